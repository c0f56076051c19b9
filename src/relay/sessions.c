#include "relay/sessions.h"

#include "relay/record.h"
#include "relay/relay.h"
#include "relay/session.h"

#include <errno.h>
#include <zocalo/log.h>

/* --- coming and going ------------------------------------------------------------------------------ */

void sessions_touch(struct sessions *sessions, struct session *session)
{
    if (!session->ended)
        table_touch(&sessions->table, &session->entry, zoc_now());
}

void sessions_retire(struct sessions *sessions, struct session *session)
{
    table_remove(&sessions->table, &session->entry);
    session->next = sessions->ended;
    sessions->ended = session;
    sessions->ended_count++;
    zoc_event_set(&sessions->changed);
}

void sessions_changed(struct sessions *sessions)
{
    zoc_event_set(&sessions->changed);
}

static struct session *oldest(const struct sessions *sessions)
{
    return (struct session *)sessions->table.oldest;
}

static void free_parted(struct sessions *sessions)
{
    struct session **at = &sessions->ended;

    while (*at) {
        struct session *session = *at;
        if (!session->parted) {
            at = &session->next;
            continue;
        }
        *at = session->next;
        sessions->ended_count--;
        session_free(session);
    }
}

/* --- the keeper ------------------------------------------------------------------------------------ */

/* Ends those that were idle for too long. Returns when the next one may be. */
static zoc_time end_idle(struct sessions *sessions)
{
    zoc_time now = zoc_now();

    while (oldest(sessions) && sessions->idle && now - oldest(sessions)->entry.used >= sessions->idle)
        session_end(oldest(sessions), "idle", 0);
    return oldest(sessions) && sessions->idle ? oldest(sessions)->entry.used + sessions->idle : ZOC_NEVER;
}

static int await_change(struct sessions *sessions, zoc_time until)
{
    int result = 0;

    ZOC_WITHIN(until == ZOC_NEVER ? ZOC_NEVER : until - zoc_now())
        result = zoc_event_wait(&sessions->changed);
    return result == -ETIMEDOUT ? 0 : result;
}

static void end_all(struct sessions *sessions)
{
    while (oldest(sessions))
        session_end(oldest(sessions), "cut off", 0);
    while (sessions->ended) {
        struct session *session = sessions->ended;
        sessions->ended = session->next;
        session_free(session);
    }
}

static int keep(void *arg)
{
    struct sessions *sessions = arg;
    int result = 0;

    while (result == 0) {
        zoc_event_clear(&sessions->changed);
        free_parted(sessions);
        zoc_time until = end_idle(sessions);
        if (sessions->closing && !oldest(sessions) && !sessions->ended)
            break;
        result = await_change(sessions, until);
    }
    end_all(sessions);
    return 0;
}

int sessions_open(struct sessions *sessions, struct relay *relay, unsigned max, zoc_duration idle)
{
    *sessions = (struct sessions){ .relay = relay, .idle = idle };
    int result = table_init(&sessions->table, max);

    return result < 0 ? result : zoc_go(&sessions->keeping, keep, sessions);
}

static void stop(struct sessions *sessions)
{
    sessions->closing = true;
    if (!sessions->idle || sessions->idle > SESSIONS_LINGER)
        sessions->idle = SESSIONS_LINGER;
    zoc_event_set(&sessions->changed);
}

void sessions_close(struct sessions *sessions)
{
    stop(sessions);
    ZOC_FINISH
        zoc_group_wait(&sessions->keeping);
    if (sessions->dropped > 0)
        zoc_log(ZOC_LOG_INFO, "datagrams dropped that no session took: %llu", (unsigned long long)sessions->dropped);
    table_release(&sessions->table);
}

/* --- serving --------------------------------------------------------------------------------------- */

/* From one of our targets' sockets: it would come back here for ever. */
static bool is_from_a_session(const struct sessions *sessions, const zoc_address *peer)
{
    const struct session_entry *entry = sessions->table.oldest;

    while (entry && !zoc_address_equal(&((const struct session *)entry)->local, peer))
        entry = entry->younger;
    return entry && peer->size > 0;
}

static bool may_come(const struct sessions *sessions, const zoc_correspondent *from)
{
    if (!access_admits(&sessions->relay->access, &from->peer)) {
        record_denied(&from->peer);
        return false;
    }
    return !zoc_datagrams_is_ours(from) && !is_from_a_session(sessions, &from->peer);
}

/* Those that are over hold up newcomers only when there are as many of them as there may be at all. */
static struct session *begin(struct sessions *sessions, zoc_datagrams *socket, const zoc_correspondent *from)
{
    struct session *session;

    if (sessions->closing || !may_come(sessions, from))
        return NULL;
    if (sessions->table.count == sessions->table.max)
        session_end(oldest(sessions), "made room", 0);
    if (sessions->ended_count > sessions->table.max || session_new(sessions->relay, socket, from, &session) < 0)
        return NULL;
    table_add(&sessions->table, &session->entry, zoc_now());
    zoc_event_set(&sessions->changed);
    return session;
}

static void take(struct sessions *sessions, zoc_datagrams *socket, zoc_bytes datagram, const zoc_correspondent *from)
{
    struct session *session = (struct session *)table_find(&sessions->table, socket, from);

    if (session)
        sessions_touch(sessions, session);
    else
        session = begin(sessions, socket, from);
    if (session)
        session_feed(session, datagram);
    else
        sessions->dropped++;
}

int sessions_serve(struct sessions *sessions, zoc_datagrams *socket)
{
    zoc_correspondent from;
    zoc_bytes datagram;
    ssize_t received;

    sessions->sockets++;
    while ((received = zoc_datagrams_receive(socket, &datagram, &from)) >= 0)
        take(sessions, socket, datagram, &from);
    if (--sessions->sockets == 0)
        stop(sessions);
    return received == -ECANCELED && zoc_stopped() == ZOC_STOPPING ? 0 : (int)received;
}
