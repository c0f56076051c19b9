/* A relay, with clients that come and servers that it reaches, which say as much as they like, end when they like, and
 * break off: an end in order is nowhere seen but behind everything that was said before it. */
#include "relay.h"

#include "relay/line.h"
#include "stream/splice.h"
#include "tls.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/log.h>

#define CLIENTS_MAX  4
#define SERVERS      100 /* the numbers of servers begin here, those of clients with 0 */
#define PARTIES_MAX  (2 * SERVERS)
#define DENIED_HOST  6
#define DENIED       "10.0.0.6"
#define PLACE        "listen:tcp://10.0.0.2:80"
#define TARGET       "tcp://10.0.0.4:90,bind=10.0.0.2"
#define MEETING      "listen:tcp://10.0.0.2:90"
#define LONG_ENOUGH  (60 * ZOC_SECOND)
#define HELD_MAX     (3 * SIM_WINDOW_MAX + SPLICE_PIPE_SIZE)
#define TLS_HELD_MAX (2 * ZOC_CHUNK_MAX) /* of what was received, and of what is a record by now */
#define LOOK         (100 * ZOC_MILLISECOND)

/* How much goes through, and how wide it is. */
struct regime {
    uint64_t total_max, piece_max; /* bytes */
    size_t window_least, window_most;
    unsigned pauses; /* a receiver sleeps once in so many times */
};

static const struct regime regimes[] = {
    { 2000, 500, 1, 64, 8 },
    { 20000, 3000, 64, SIM_WINDOW_MAX, 8 },
    { 4000000, ZOC_CHUNK_MAX, 200 * 1024, SIM_WINDOW_MAX, 4 }, /* splicing is worth it */
};

/* A client or a server. The first byte that it says is its number. */
struct party {
    unsigned number;
    uint64_t total; /* bytes that it has to say, at least 1 */
    uint64_t said, heard;
    uint64_t quits_after; /* bytes that it hears at most; 0: all */
    zoc_duration patience;
    struct party *other; /* who it hears; NULL: nobody yet */
    zoc_stream *stream;
    bool denied, deaf; /* deaf: it says all before it listens */
    bool shut;         /* it has said all, and that this was all */
    bool ended;        /* it has heard the other's end, in order */
};

static struct world {
    const struct regime *regime;
    struct relayed relayed;
    bool stops;        /* in the middle */
    bool calm;         /* nothing is lost, and nobody breaks off */
    bool meets;        /* the servers come to the relay as well */
    bool secure;       /* clients come by TLS */
    zoc_duration away; /* before there are servers */
    struct party parties[PARTIES_MAX];
    unsigned clients, denied, servers;
    unsigned talking; /* parties that are at it */
    zoc_group relaying, serving;
} world;

/* --- a party --------------------------------------------------------------------------------------- */

static unsigned char byte_of(const struct party *party, uint64_t at)
{
    return at == 0 ? (unsigned char)party->number : pattern(party->number, at);
}

static int speak(void *arg)
{
    struct party *party = arg;
    size_t most = world.regime->piece_max;
    char *data = malloc(most);
    ssize_t result = 0;

    while (party->said < party->total && result >= 0) {
        uint64_t left = party->total - party->said;
        size_t size = draw(1, left < most ? left : most);
        for (size_t i = 0; i < size; i++)
            data[i] = (char)byte_of(party, party->said + i);
        result = zoc_write(party->stream, data, size);
        if (result >= 0)
            party->said += size;
        if (result >= 0 && one_in(16))
            result = zoc_sleep(draw_pause(ZOC_SECOND));
    }
    free(data);
    party->shut = result >= 0;
    return result >= 0 ? zoc_shut(party->stream) : (int)result;
}

static void recognize(struct party *party, unsigned char number)
{
    sim_expect((number < SERVERS) != (party->number < SERVERS));
    party->other = &world.parties[number];
    sim_expect(!party->other->denied && (!party->other->other || party->other->other == party));
}

/* What others said is kept nowhere without bound. */
static void expect_bounded(const struct party *speaker, const struct party *hearer)
{
    size_t held = world.regime->piece_max + HELD_MAX;

    if (world.regime->window_most < SIM_WINDOW_MAX)
        held = world.regime->piece_max + 3 * world.regime->window_most;
    if (world.secure)
        held += TLS_HELD_MAX;
    sim_expect(speaker->said <= hearer->heard + held);
}

static int hear(struct party *party)
{
    zoc_bytes chunk;
    ssize_t result;

    if (party->deaf)
        zoc_sleep(draw_pause(20 * ZOC_SECOND));
    while ((result = zoc_receive(party->stream, &chunk)) > 0) {
        if (!party->other)
            recognize(party, (unsigned char)*chunk.data);
        expect_bounded(party->other, party);
        for (size_t i = 0; i < chunk.size; i++)
            sim_expect((unsigned char)chunk.data[i] == byte_of(party->other, party->heard + i));
        party->heard += chunk.size;
        if (party->quits_after && party->heard >= party->quits_after)
            return -ECANCELED;
        if (one_in(world.regime->pauses) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    party->ended = result == 0;
    return (int)result;
}

/* An end in order stands behind everything. But who gives up while it still connects may be taken for one who ended
 * without a word: the relay of a server, and in a meeting both. */
static void expect_whole(const struct party *party)
{
    bool given_up = party->heard == 0 && (party->number >= SERVERS || world.meets);

    sim_expect(given_up || (party->other && party->other->shut && party->heard == party->other->total));
}

static void talk(struct party *party)
{
    ZOC_GROUP(speaker);

    world.talking++;
    zoc_go(&speaker, speak, party);
    int heard = hear(party);
    if (party->ended)
        expect_whole(party);
    else
        expect_network_error(heard);
    if (!party->ended)
        zoc_group_cancel(&speaker);
    int spoken = zoc_group_wait(&speaker);
    if (spoken < 0)
        expect_network_error(spoken);
    if (party->ended && party->shut && spoken == 0)
        zoc_finish(party->stream);
    else
        zoc_reset(party->stream);
    world.talking--;
}

static void draw_party(struct party *party, unsigned number)
{
    const struct regime *regime = world.regime;
    bool loses = !world.calm && one_in(4);

    *party = (struct party){ .number = number,
                             .total = one_in(2) ? regime->total_max : draw(1, regime->total_max),
                             .quits_after = loses ? draw(1, regime->total_max) : 0,
                             .patience = world.calm ? ZOC_NEVER : (zoc_duration)draw(1, 1000 * ZOC_SECOND),
                             .deaf = one_in(4) };
}

/* By TLS, where that is so. */
static int dial(struct party *party, const char *endpoint)
{
    zoc_stream *below;
    int result = zoc_dial(endpoint, NULL, &below);

    if (result < 0)
        return result;
    party->stream = below;
    if (world.secure && party->number < SERVERS)
        sim_expect(zoc_tls_client(below, tls_clients[draw(0, 1)], "sim", NULL, &party->stream) == 0);
    return 0;
}

static void come(struct party *party, const char *endpoint)
{
    int result = -ETIMEDOUT;

    ZOC_WITHIN(party->patience) {
        result = dial(party, endpoint);
        if (result == 0)
            talk(party);
    }
    if (result < 0)
        expect_network_error(result);
}

static int run_client(void *arg)
{
    struct party *party = arg;
    char endpoint[SITE_TEXT];
    unsigned host = party->denied ? DENIED_HOST : 3 + 2 * (party->number % 2);

    zoc_sleep(draw_pause(5 * ZOC_SECOND));
    snprintf(endpoint, sizeof endpoint, "tcp://10.0.0.%d:80,bind=10.0.0.%u", RELAY_HOST, host);
    come(party, endpoint);
    sim_expect(!party->denied || (party->heard == 0 && !party->ended));
    return 0;
}

/* --- servers --------------------------------------------------------------------------------------- */

static struct party *new_server(void)
{
    struct party *party = &world.parties[SERVERS + world.servers];

    sim_expect(world.servers < SERVERS);
    draw_party(party, SERVERS + world.servers++);
    return party;
}

static void serve_one(zoc_stream *stream, void *unused)
{
    struct party *party = new_server();

    (void)unused;
    party->stream = stream;
    ZOC_WITHIN(party->patience)
        talk(party);
}

static int run_accepted(void *arg)
{
    serve_one(arg, NULL);
    return 0;
}

static int accept_all(void *unused)
{
    zoc_listener *listener;
    zoc_stream *stream;

    (void)unused;
    if (zoc_sleep(world.away) < 0)
        return 0;
    int result = zoc_listen("tcp://10.0.0.4:90", NULL, &listener);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    while (zoc_accept(listener, &stream) == 0)
        zoc_go(&world.serving, run_accepted, stream);
    zoc_listener_close(listener);
    return 0;
}

static int run_guest(void *unused)
{
    (void)unused;
    zoc_sleep(draw_pause(5 * ZOC_SECOND));
    come(new_server(), "tcp://10.0.0.2:90,bind=10.0.0.4");
    return 0;
}

/* --- the relay ------------------------------------------------------------------------------------- */

static void note_place(const zoc_endpoint *where, const zoc_tls_context *tls)
{
    (void)where, (void)tls;
    world.relayed.places++;
}

void relayed_prepare(struct relayed *relayed, const char *place, const char *target)
{
    zoc_endpoint **endpoints = calloc(2, sizeof *endpoints);

    *relayed = (struct relayed){ .relay = { .idle = RELAY_UNSET, .threads = 1, .tell_place = note_place } };
    sim_expect(zoc_endpoint_parse(place, &endpoints[0]) == 0 && zoc_endpoint_parse(target, &endpoints[1]) == 0);
    sim_expect(relay_arrange(&relayed->relay, endpoints, 2) == 0);
}

/* There are no files in this network, so the place has its certificate from elsewhere. */
static int run_by_tls(void *arg)
{
    struct relayed *relayed = arg;
    zoc_listener *listener;

    relayed->result = zoc_listen_endpoint(relayed->relay.places[0], NULL, &listener);
    if (relayed->result == 0) {
        zoc_listener_set_tls(listener, tls_server);
        relayed->places++;
        relayed->result = zoc_serve(listener, line_run, &relayed->relay);
        zoc_listener_close(listener);
    }
    relayed->over = true;
    return 0;
}

int relayed_run(void *arg)
{
    struct relayed *relayed = arg;

    relayed->result = relay_serve(&relayed->relay);
    relayed->over = true;
    return 0;
}

void relayed_stop(struct relayed *relayed, zoc_group *group, zoc_duration grace)
{
    sim_expect(!relayed->over || relayed->result < 0);
    if (relayed->over)
        expect_network_error(relayed->result);
    zoc_group_stop(group);
    ZOC_WITHIN(grace)
        zoc_group_wait(group);
    sim_expect(relayed->over);
    relay_release(&relayed->relay);
}

/* --- what must hold -------------------------------------------------------------------------------- */

/* A try takes no longer than the time for all of them. */
static bool target_was_there(void)
{
    zoc_duration wait = world.relayed.relay.wait;

    return world.meets || (wait == 0 ? world.away == 0 : world.away < wait - LONG_ENOUGH);
}

/* Who has got through is not cut off by a stop that leaves the time. */
static void check_finished(void)
{
    for (unsigned i = 0; i < world.servers; i++) {
        const struct party *server = &world.parties[SERVERS + i];
        if (server->other)
            sim_expect(server->ended && server->shut && server->other->ended && server->other->shut);
    }
}

static void check_calm(void)
{
    check_finished();
    if (world.stops)
        return;
    for (unsigned i = 0; i < world.clients; i++) {
        const struct party *client = &world.parties[i];
        if (client->denied)
            continue;
        if (target_was_there())
            sim_expect(client->ended && client->shut && client->other->ended && client->other->heard == client->total);
        else if (world.relayed.relay.wait == 0 && world.away == ZOC_NEVER)
            sim_expect(!client->ended && client->heard == 0);
    }
}

/* --- the world ------------------------------------------------------------------------------------- */

static void draw_world(bool secure)
{
    struct relay *relay = &world.relayed.relay;

    world = (struct world){ .regime = &regimes[draw(0, 2)], .calm = one_in(3), .secure = secure };
    world.meets = !secure && one_in(4);
    if (secure && world.calm) /* a handshake has its time: who listens late has a window that all of it fits into */
        world.regime = &regimes[2];
    world.stops = one_in(3);
    relayed_prepare(&world.relayed, PLACE, world.meets ? MEETING : TARGET);
    world.clients = (unsigned)draw(1, CLIENTS_MAX);
    if (!world.meets && one_in(3))
        world.away = one_in(4) ? ZOC_NEVER : (zoc_duration)draw(0, 10 * ZOC_SECOND);
    relay->wait = one_in(2) ? (zoc_duration)draw(1, 1000 * ZOC_SECOND) : 0;
    relay->max = one_in(3) ? (unsigned)draw(1, world.clients) : 0;
    relay->idle = !world.calm && one_in(4) ? (zoc_duration)draw(1, 60 * ZOC_SECOND) : RELAY_UNSET;
    if (one_in(3))
        sim_expect(access_add(&relay->access.deny, DENIED) == 0);
    for (unsigned i = 0; i < world.clients; i++) {
        draw_party(&world.parties[i], i);
        world.parties[i].denied = relay->access.deny.count > 0 && one_in(3);
        world.denied += world.parties[i].denied;
    }
    if (world.calm)
        faults_limit(one_in(2) ? HARM_DELAY : HARM_NONE);
    sim_windows(world.regime->window_least, world.regime->window_most);
}

static void stop_relay(void)
{
    relayed_stop(&world.relayed, &world.relaying, world.calm ? ZOC_NEVER : draw_pause(20 * ZOC_SECOND));
}

static void run_parties(void)
{
    ZOC_GROUP(clients);

    if (!world.meets)
        zoc_go(&world.serving, accept_all, NULL);
    for (unsigned i = 0; world.meets && i < world.clients - world.denied; i++)
        zoc_go(&world.serving, run_guest, NULL);
    for (unsigned i = 0; i < world.clients; i++)
        zoc_go(&clients, run_client, &world.parties[i]);
    if (world.stops) {
        zoc_sleep(draw_pause(20 * ZOC_SECOND));
        stop_relay();
    }
    zoc_group_wait(&clients);
    while (world.calm && world.talking > 0)
        zoc_sleep(LOOK);
    if (!world.stops)
        stop_relay();
}

static void relay_connections(bool secure)
{
    draw_world(secure);
    zoc_go(&world.relaying, secure ? run_by_tls : relayed_run, &world.relayed);
    while (world.relayed.places < (world.meets ? 2U : 1U) && !world.relayed.over)
        zoc_sleep(LOOK);
    if (world.relayed.over)
        stop_relay();
    else
        run_parties();
    zoc_group_stop(&world.serving);
    ZOC_WITHIN(LONG_ENOUGH)
        zoc_group_wait(&world.serving);
    if (world.calm && world.relayed.places > 0)
        check_calm();
}

int run_relays(void *unused)
{
    (void)unused;
    zoc_log_set_level(ZOC_LOG_OFF);
    if (one_in(4))
        relay_letters();
    else
        relay_connections(false);
    return 0;
}

int run_relay_of_tls(void *unused)
{
    (void)unused;
    zoc_log_set_level(ZOC_LOG_OFF);
    relay_connections(true);
    return 0;
}
