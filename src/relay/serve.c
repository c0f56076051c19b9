/* Serving: the places of a relay, and what those who come at them share. */
#include "base/text.h"
#include "relay/line.h"
#include "relay/record.h"
#include "relay/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

/* Where somebody can come: one of the two. */
struct place {
    struct relay *relay;
    zoc_listener *listener;
    zoc_datagrams *socket;
};

/* --- places ---------------------------------------------------------------------------------------- */

static void tell_listener(const struct relay *relay, const zoc_listener *listener)
{
    relay->tell_place(zoc_listener_endpoint(listener), zoc_listener_tls(listener));
}

static int open_place(struct place *place, const zoc_endpoint *endpoint)
{
    const struct relay *relay = place->relay;
    const zoc_listen_options options = { .observer = relay->observer };
    bool datagrams = zoc_endpoint_has_datagrams(endpoint);
    int result = datagrams ? zoc_datagrams_open(endpoint, &place->socket)
                           : zoc_listen_endpoint(endpoint, &options, &place->listener);

    if (result == 0 && datagrams)
        relay->tell_place(zoc_datagrams_endpoint(place->socket), NULL);
    else if (result == 0)
        tell_listener(relay, place->listener);
    return result;
}

static void close_place(struct place *place)
{
    zoc_listener_close(place->listener);
    zoc_datagrams_close(place->socket);
}

static int serve_place(void *arg)
{
    struct place *place = arg;
    struct relay *relay = place->relay;
    const zoc_serve_options options = { .crew = relay->crew, .gate = relay->gate };

    return place->socket ? sessions_serve(&relay->sessions, place->socket)
                         : zoc_serve_with(place->listener, &options, line_run, relay);
}

/* Where the target's partners come is told last. */
static int open_all(struct relay *relay, struct place *places)
{
    const zoc_listen_options options = { .observer = relay->observer };
    int result = 0;

    for (size_t i = 0; i < relay->place_count && result == 0; i++) {
        places[i].relay = relay;
        result = open_place(&places[i], relay->places[i]);
    }
    if (result < 0 || !relay->target->listens)
        return result;
    relay->partners = (struct partners){ .access = &relay->access };
    result = zoc_listen_endpoint(relay->target, &options, &relay->partners.listener);
    if (result == 0)
        tell_listener(relay, relay->partners.listener);
    return result;
}

/* --- what they share ------------------------------------------------------------------------------- */

static int open_shared(struct relay *relay)
{
    int result = relay->threads == 1 ? 0 : zoc_crew_new(relay->threads, &relay->crew);

    relay->dump = dump_to(relay->output, &relay->serving);
    if (result == 0 && relay->max)
        result = zoc_gate_new(relay->max, 0, &relay->gate);
    if (result == 0)
        result =
            sessions_open(&relay->sessions, relay, relay->max ? relay->max : RELAY_SESSIONS, relay_idle(relay, true));
    return result;
}

static void close_shared(struct relay *relay)
{
    zoc_listener_close(relay->partners.listener);
    zoc_gate_free(relay->gate);
    zoc_crew_free(relay->crew);
}

/* --- certificates ---------------------------------------------------------------------------------- */

static void renew(zoc_listener *listener)
{
    if (!listener || !zoc_listener_tls(listener))
        return;
    int result = zoc_listener_renew_tls(listener);
    if (result == 0)
        record_renewed(zoc_listener_endpoint(listener));
    else if (result != -ECANCELED)
        zoc_log(ZOC_LOG_ERROR, "certificates stay as they were: %s", zoc_why());
}

static int renew_all(void *arg)
{
    struct relay *relay = arg;

    for (size_t i = 0; i < relay->place_count; i++)
        renew(relay->open[i].listener);
    renew(relay->partners.listener);
    return 0;
}

/* One of those who serve: the places stay until it has ended. */
void relay_renew(struct relay *relay)
{
    if (relay->open)
        zoc_go(&relay->serving, renew_all, relay);
}

/* --- serving --------------------------------------------------------------------------------------- */

static int serve_all(struct relay *relay, struct place *places)
{
    int result = 0;

    relay->open = places;

    for (size_t i = 0; i < relay->place_count && result == 0; i++)
        result = zoc_go(&relay->serving, serve_place, &places[i]);
    if (result < 0)
        zoc_group_cancel(&relay->serving);
    int served = zoc_group_wait(&relay->serving);
    relay->open = NULL;
    return result < 0 ? result : served;
}

/* A reader of the dump that has gone is a quiet end. */
static int judge(const struct relay *relay, int result)
{
    int error = relay->dump.error;

    if (!error)
        return result;
    return error == -EPIPE ? 0 : zoc_fail(error, "%s", _("standard output"));
}

int relay_serve(struct relay *relay)
{
    struct place *places = calloc(relay->place_count, sizeof *places);

    if (!places)
        return -ENOMEM;
    int result = open_shared(relay);
    if (result == 0)
        result = open_all(relay, places);
    if (result == 0)
        result = serve_all(relay, places);
    sessions_close(&relay->sessions);
    for (size_t i = 0; i < relay->place_count; i++)
        close_place(&places[i]);
    free(places);
    close_shared(relay);
    return judge(relay, result);
}
