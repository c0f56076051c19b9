#include "relay/session.h"

#include "relay/impair.h"
#include "relay/line.h"
#include "relay/record.h"
#include "talk/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

/* A datagram that waits. */
struct letter {
    struct letter *next;
    size_t size;
    char data[];
};

/* --- the queue ------------------------------------------------------------------------------------- */

static size_t load_of(const struct letter *letter)
{
    return sizeof *letter + letter->size;
}

void session_feed(struct session *session, zoc_bytes datagram)
{
    bool fits = session->load + sizeof(struct letter) + datagram.size <= SESSION_QUEUE_MAX;
    struct letter *letter = fits ? malloc(sizeof *letter + datagram.size) : NULL;

    if (session->recording)
        recording_hear(session->recording, SIDE_CLIENT, datagram);
    if (!letter) {
        session->dropped++;
        return;
    }
    *letter = (struct letter){ .size = datagram.size };
    memcpy(letter->data, datagram.data, datagram.size);
    session->load += load_of(letter);
    *session->last = letter;
    session->last = &letter->next;
    zoc_event_set(&session->fed);
}

static void drop_first(struct session *session)
{
    struct letter *letter = session->first;

    session->load -= load_of(letter);
    session->first = letter->next;
    if (!session->first)
        session->last = &session->first;
    free(letter);
}

static int await_letter(struct session *session)
{
    int result = 0;

    while (!session->first && result == 0) {
        zoc_event_clear(&session->fed);
        result = zoc_event_wait(&session->fed);
    }
    return result;
}

/* --- there ----------------------------------------------------------------------------------------- */

/* A datagram that is too long for where it goes, or that the system has no room for, is lost, as datagrams are. */
static bool is_lost(ssize_t result)
{
    return result == -EMSGSIZE || result == -ENOBUFS || result == -EAGAIN || result == -ENOMEM || result == -EPERM;
}

static int send_letter(struct session *session, zoc_bytes bytes)
{
    ssize_t result = zoc_write(session->target, bytes.data, bytes.size);

    if (is_lost(result) && zoc_stream_has_messages(session->target)) {
        session->dropped++;
        return 0;
    }
    if (result < 0)
        return (int)result;
    session->bytes_in += bytes.size;
    return tap_see(session->taps[LINE_CLIENT], bytes);
}

static int send_letters(struct session *session)
{
    int result;

    while ((result = await_letter(session)) == 0) {
        result = send_letter(session, (zoc_bytes){ session->first->data, session->first->size });
        if (result < 0)
            return result;
        drop_first(session);
    }
    return result;
}

/* --- and back -------------------------------------------------------------------------------------- */

/* Who has gone, has no name or whose queue is full loses its answers. */
static bool is_unwanted(ssize_t result)
{
    return is_lost(result) || result == -ECONNREFUSED || result == -EDESTADDRREQ || result == -EHOSTUNREACH ||
           result == -ENETUNREACH || result == -ENOENT;
}

static ssize_t send_back(struct session *session, zoc_bytes piece)
{
    struct turn *turn = &session->relay->sessions.answering;
    ssize_t result = turn_take(turn);

    if (result < 0)
        return result;
    result = zoc_datagrams_send(session->entry.socket, piece.data, piece.size, &session->entry.who);
    turn_give(turn);
    return result;
}

static int answer(struct session *session, zoc_bytes piece)
{
    ssize_t result = send_back(session, piece);

    if (is_unwanted(result)) {
        session->dropped++;
        return 0;
    }
    if (result < 0)
        return (int)result;
    session->bytes_out += piece.size;
    return tap_see(session->taps[LINE_TARGET], piece);
}

/* A message stays one; bytes of a stream go in pieces that a datagram can be. */
static int answer_all(struct session *session, zoc_bytes bytes)
{
    size_t most = zoc_stream_has_messages(session->target) ? bytes.size : LETTER_MAX, done = 0;
    int result;

    do {
        size_t left = bytes.size - done, size = left < most ? left : most;
        result = answer(session, (zoc_bytes){ bytes.data + done, size });
        done += size;
    } while (result == 0 && done < bytes.size);
    return result;
}

static ssize_t receive_answer(struct session *session, zoc_bytes *ret_answer)
{
    ssize_t received = zoc_receive(session->target, ret_answer);

    sessions_touch(&session->relay->sessions, session);
    return received;
}

static int receive_answers(struct session *session)
{
    zoc_bytes chunk = { 0 };

    for (;;) {
        ssize_t received = receive_answer(session, &chunk);
        if (received < 0)
            return (int)received;
        if (received == 0 && !(zoc_stream_has_messages(session->target) && chunk.data))
            return 0;
        int result = answer_all(session, chunk);
        if (result < 0)
            return result;
    }
}

/* --- through a bad network -------------------------------------------------------------------------- */

struct impaired_session {
    struct impaired impaired; /* first */
    struct session *session;
    bool lends; /* the first letter of the queue */
};

static ssize_t take_letter(struct impaired *impaired, zoc_bytes *ret_letter)
{
    struct impaired_session *way = (struct impaired_session *)impaired;

    if (way->lends)
        drop_first(way->session);
    way->lends = false;
    int result = await_letter(way->session);
    if (result < 0)
        return result;
    way->lends = true;
    *ret_letter = (zoc_bytes){ way->session->first->data, way->session->first->size };
    return (ssize_t)ret_letter->size;
}

/* What is on its way keeps the session as alive as what comes. */
static int pass_letter(struct impaired *impaired, zoc_bytes letter)
{
    struct session *session = ((struct impaired_session *)impaired)->session;

    sessions_touch(&session->relay->sessions, session);
    return send_letter(session, letter);
}

static ssize_t take_answer(struct impaired *impaired, zoc_bytes *ret_answer)
{
    return receive_answer(((struct impaired_session *)impaired)->session, ret_answer);
}

static int pass_answer(struct impaired *impaired, zoc_bytes piece)
{
    struct session *session = ((struct impaired_session *)impaired)->session;

    sessions_touch(&session->relay->sessions, session);
    return answer_all(session, piece);
}

static int run_impaired(struct session *session, unsigned direction)
{
    bool forth = direction == LINE_CLIENT;
    struct impaired_session way = { .impaired = { .impairment = &session->relay->impairment,
                                                  .connection = (uint64_t)session->number,
                                                  .direction = direction,
                                                  .datagrams = true,
                                                  .receive = forth ? take_letter : take_answer,
                                                  .pass = forth ? pass_letter : pass_answer },
                                    .session = session };
    int result = impair_run(&way.impaired);

    session->lost |= way.impaired.lost;
    if (!way.impaired.cut)
        return result;
    session->cut = true;
    session_end(session, "cut on purpose", result);
    return -ECANCELED;
}

/* --- its life -------------------------------------------------------------------------------------- */

static void drop_all(struct session *session)
{
    for (; session->first; session->dropped++)
        drop_first(session);
}

/* What did not go to a stream is missing there: its end is none. */
static void part(struct session *session)
{
    bool whole = !session->error && !session->first && !session->lost;

    drop_all(session);
    record_session(session);
    if (session->target && !whole)
        zoc_reset(session->target);
    else
        zoc_finish(session->target);
    if (session->recording)
        recording_part(session->recording, SIDE_CLIENT);
    session->target = NULL;
    session->parted = true;
    sessions_changed(&session->relay->sessions);
}

static void leave(struct session *session, int result)
{
    if (result != -ECANCELED)
        session_end(session, "by target", result);
    if (--session->active == 0)
        part(session);
}

static int run_back(void *arg)
{
    struct session *session = arg;

    if (!zoc_stream_receives(session->target))
        leave(session, -ECANCELED);
    else if (impairment_does_anything(&session->relay->impairment))
        leave(session, run_impaired(session, LINE_TARGET));
    else
        leave(session, receive_answers(session));
    return 0;
}

static int open_target(struct session *session)
{
    const struct relay_caller caller = { .number = session->number, .recording = session->recording };
    int result = relay_open_target(session->relay, &caller, &session->target);

    if (result < 0)
        return result;
    if (zoc_stream_has_messages(session->target))
        zoc_stream_local(session->target, &session->local);
    session->active++;
    result = zoc_go(&session->work, run_back, session);
    if (result < 0)
        session->active--;
    return result;
}

static int run_forth(void *arg)
{
    struct session *session = arg;
    int result = open_target(session);

    if (result == 0 && impairment_does_anything(&session->relay->impairment))
        result = run_impaired(session, LINE_CLIENT);
    else if (result == 0)
        result = send_letters(session);
    leave(session, result);
    return 0;
}

static void attach(struct session *session)
{
    struct relay *relay = session->relay;

    if (!relay->hex)
        return;
    for (int side = LINE_CLIENT; side <= LINE_TARGET; side++) {
        session->dumps[side] = dump_tap_of(&relay->dump, session->number, side == LINE_TARGET);
        session->taps[side] = &session->dumps[side].tap;
    }
}

static int begin_recording(struct session *session)
{
    const zoc_correspondent *who = &session->entry.who;
    int result = relay_record(session->relay, &session->recording);

    if (result == 0 && session->recording)
        recording_meet(session->recording, SIDE_CLIENT, &who->peer, &who->local);
    return result;
}

int session_new(struct relay *relay, zoc_datagrams *socket, const zoc_correspondent *who, struct session **ret_session)
{
    struct session *session = malloc(sizeof *session);

    if (!session)
        return -ENOMEM;
    *session = (struct session){ .entry = { .socket = socket, .who = *who },
                                 .relay = relay,
                                 .number = line_number(),
                                 .since = zoc_now(),
                                 .active = 1 };
    session->last = &session->first;
    attach(session);
    int result = begin_recording(session);
    if (result == 0)
        result = zoc_go(&session->work, run_forth, session);
    if (result == 0) {
        *ret_session = session;
        return 0;
    }
    if (session->recording)
        recording_part(session->recording, SIDE_CLIENT);
    recording_free(session->recording);
    free(session);
    return result;
}

void session_end(struct session *session, const char *how, int error)
{
    if (session->ended)
        return;
    session->ended = how;
    session->error = error;
    session->why = error ? strdup(zoc_why()) : NULL;
    sessions_retire(&session->relay->sessions, session);
    zoc_group_cancel(&session->work);
}

void session_free(struct session *session)
{
    zoc_group_end(&session->work);
    recording_free(session->recording);
    free(session->why);
    free(session);
}
