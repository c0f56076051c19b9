/* A relay between flaky connections: zoc_pump joins a client and a server that each send as much as they like and end
 * when they like. What comes out at one end went in at the other, whole or with an error, and so do the ends. */
#include "classic/echo.h"
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>

#define LINES_MAX 3
#define SLACK     (10 * ZOC_MILLISECOND) /* of what happens at once */

/* How much goes through, and how wide it is. */
struct regime {
    uint64_t total_max, piece_max; /* bytes */
    size_t window_least, window_most;
    unsigned pauses; /* a receiver sleeps once in so many times */
};

static const struct regime regimes[] = {
    { 2000, 500, 1, 64, 8 },                                   /* windows that are always full */
    { 20000, 3000, 64, SIM_WINDOW_MAX, 8 },                    /* */
    { 1500000, ZOC_CHUNK_MAX, 200 * 1024, SIM_WINDOW_MAX, 2 }, /* enough at a time that splicing is worth it */
};

/* One of the two who talk through the relay. */
struct end {
    uint64_t sends, expects; /* numbers of the patterns */
    uint64_t total;          /* bytes that it has to say */
    uint64_t quits_after;    /* bytes that it receives at most; 0: all */
    zoc_duration patience;
    zoc_stream *stream;
    zoc_account account;
    bool shut;  /* it has said all, and that this was all */
    bool ended; /* it has seen the other's end */
};

struct line {
    const struct regime *regime;
    unsigned number;
    bool calm, echo, observed;
    struct end client, server;
    zoc_listener *relay, *service;
    bool pumped; /* the relay got to that */
    zoc_pump_result result;
    zoc_account to_client, to_server; /* of the relay's streams */
};

struct job {
    struct line *line;
    struct end *end;
};

/* --- the two who talk ----------------------------------------------------------------------------- */

static int send_pieces(const struct job *job, char *data)
{
    struct end *end = job->end;

    for (uint64_t sent = 0; sent < end->total;) {
        uint64_t left = end->total - sent, most = job->line->regime->piece_max;
        size_t size = draw(1, left < most ? left : most);
        fill_pattern(data, size, end->sends, sent);
        ssize_t result = zoc_write(end->stream, data, size);
        if (result < 0)
            return (int)result;
        sent += size;
        if (one_in(16) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    int result = zoc_shut(end->stream);
    end->shut = result == 0;
    return result;
}

static int send_all(void *arg)
{
    struct job *job = arg;
    char *data = malloc(job->line->regime->piece_max);
    int result = data ? send_pieces(job, data) : -ENOMEM;

    free(data);
    return result;
}

static int receive_all(const struct job *job)
{
    struct end *end = job->end;
    zoc_bytes chunk;
    uint64_t received = 0;
    ssize_t result;

    while ((result = zoc_receive(end->stream, &chunk)) > 0) {
        expect_pattern(chunk.data, chunk.size, end->expects, received);
        received += chunk.size;
        if (end->quits_after && received >= end->quits_after)
            return -ECANCELED;
        if (one_in(job->line->regime->pauses) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    end->ended = result == 0;
    return (int)result;
}

static void talk(struct line *line, struct end *end)
{
    ZOC_GROUP(sender);
    struct job job = { line, end };

    zoc_go(&sender, send_all, &job);
    int received = receive_all(&job);
    if (received < 0) {
        expect_network_error(received);
        zoc_group_cancel(&sender);
    }
    int sent = zoc_group_wait(&sender);
    if (sent < 0)
        expect_network_error(sent);
}

static void part(struct end *end)
{
    end->account = zoc_stream_account(end->stream);
    if (one_in(2))
        zoc_finish(end->stream);
    else
        zoc_close(end->stream);
}

static int run_client(void *arg)
{
    struct line *line = arg;
    struct end *end = &line->client;
    char endpoint[SITE_TEXT];
    int result = -ETIMEDOUT;

    site_dials(endpoint, zoc_listener_endpoint(line->relay), 3);
    ZOC_WITHIN(end->patience) {
        result = zoc_dial(endpoint, NULL, &end->stream);
        if (result == 0)
            talk(line, end);
    }
    if (result < 0)
        expect_network_error(result);
    else
        part(end);
    return 0;
}

static int run_server(void *arg)
{
    struct line *line = arg;
    struct end *end = &line->server;
    int result = zoc_accept(line->service, &end->stream);

    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    ZOC_WITHIN(end->patience) {
        if (line->echo)
            echo_converse(end->stream, &(struct echo_settings){ 0 });
        else
            talk(line, end);
    }
    part(end);
    return 0;
}

/* --- what the relay's streams tell ---------------------------------------------------------------- */

struct watcher {
    zoc_observer observer; /* first */
    struct tally tally;
    zoc_time failed_at; /* 0: nothing did */
};

static void watch(zoc_observer *observer, const zoc_notice *notice)
{
    struct watcher *watcher = (struct watcher *)observer;

    watcher->tally.observer.tell(&watcher->tally.observer, notice);
    if (notice->kind == ZOC_FAILED && !watcher->failed_at)
        watcher->failed_at = notice->time;
}

static void watch_begin(struct watcher *watcher, zoc_stream *stream)
{
    *watcher = (struct watcher){ .observer.tell = watch };
    tally_init(&watcher->tally);
    zoc_observe(stream, &watcher->observer);
}

/* Its counts are the stream's own, and a failure ended the pump at once. */
static void watch_end(const struct watcher *watcher, zoc_stream *stream)
{
    zoc_account account = zoc_stream_account(stream);

    zoc_observe(stream, NULL);
    sim_expect(watcher->tally.received == account.received && watcher->tally.sent == account.sent);
    sim_expect(!watcher->failed_at || zoc_now() <= watcher->failed_at + SLACK);
}

/* --- the relay ------------------------------------------------------------------------------------ */

/* What it counted is what went through its streams; all of it, where the source ended. */
static void check_direction(uint64_t bytes, int error, const zoc_account *source, const zoc_account *sink)
{
    sim_expect(bytes <= source->received && bytes <= sink->sent);
    sim_expect(sink->sent <= source->received);
    if (error == 0)
        sim_expect(bytes == source->received && bytes == sink->sent);
    else
        expect_network_error(error);
}

static bool is_excused(int error)
{
    return error == 0 || (error == -ECANCELED && zoc_stopped() != ZOC_RUNNING);
}

static void check_pump(const struct line *line, int pumped)
{
    const zoc_pump_result *result = &line->result;

    check_direction(result->forth, result->forth_error, &line->to_client, &line->to_server);
    check_direction(result->back, result->back_error, &line->to_server, &line->to_client);
    sim_expect(result->spliced <= result->forth + result->back);
    sim_expect(!line->observed || result->spliced == 0);
    if (pumped == 0)
        sim_expect(is_excused(result->forth_error) && is_excused(result->back_error));
    else
        sim_expect(pumped == result->forth_error || pumped == result->back_error || zoc_stopped() != ZOC_RUNNING);
}

static int pump_observed(struct line *line, zoc_stream *client, zoc_stream *server)
{
    struct watcher to_client, to_server;

    watch_begin(&to_client, client);
    watch_begin(&to_server, server);
    int pumped = zoc_pump(client, server, &line->result);
    watch_end(&to_client, client);
    watch_end(&to_server, server);
    return pumped;
}

static void pump(struct line *line, zoc_stream *client, zoc_stream *server)
{
    int pumped = line->observed ? pump_observed(line, client, server) : zoc_pump(client, server, &line->result);

    line->pumped = true;
    line->to_client = zoc_stream_account(client);
    line->to_server = zoc_stream_account(server);
    check_pump(line, pumped);
}

static void relay(struct line *line, zoc_stream *client)
{
    char endpoint[SITE_TEXT];
    zoc_stream *server;
    int result = zoc_dial(site_dials(endpoint, zoc_listener_endpoint(line->service), 2), NULL, &server);

    if (result < 0) {
        expect_network_error(result);
        return;
    }
    pump(line, client, server);
    if (one_in(2))
        zoc_finish(server);
    else
        zoc_close(server);
}

static int run_relay(void *arg)
{
    struct line *line = arg;
    zoc_stream *client;
    int result = zoc_accept(line->relay, &client);

    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    relay(line, client);
    if (one_in(2))
        zoc_finish(client);
    else
        zoc_close(client);
    return 0;
}

/* --- what must hold ------------------------------------------------------------------------------- */

/* A clean end says that nothing is missing. Where the source broke off, the relay must have told of it. */
static void check_way(const struct end *from, const struct end *to, int error, const zoc_account *relay)
{
    sim_expect(to->account.received <= relay->sent && relay->sent <= from->account.sent);
    if (error == 0)
        sim_expect(relay->sent == from->account.sent);
    if (to->account.ending == ZOC_ENDED_BY_PEER && error == 0)
        sim_expect(to->account.received == from->account.sent);
}

static void check_calm(const struct line *line)
{
    const struct end *client = &line->client, *server = &line->server;

    sim_expect(line->pumped && line->result.forth_error == 0 && line->result.back_error == 0);
    sim_expect(client->shut && client->ended && client->account.sent == client->total);
    sim_expect(server->account.received == client->total);
    sim_expect(client->account.received == (line->echo ? client->total : server->total));
    sim_expect(line->echo || (server->shut && server->ended));
}

static void check_line(const struct line *line)
{
    if (line->pumped) {
        check_way(&line->client, &line->server, line->result.forth_error, &line->to_server);
        check_way(&line->server, &line->client, line->result.back_error, &line->to_client);
    } else {
        sim_expect(line->client.account.received == 0 && line->server.account.received == 0);
    }
    if (line->calm)
        check_calm(line);
}

/* --- the world ------------------------------------------------------------------------------------ */

static void draw_end(struct end *end, const struct line *line, uint64_t sends, uint64_t expects)
{
    bool loses = !line->calm && one_in(4);

    *end = (struct end){ .sends = sends,
                         .expects = expects,
                         .total = one_in(2) ? line->regime->total_max : draw(0, line->regime->total_max),
                         .quits_after = loses ? draw(1, line->regime->total_max) : 0,
                         .patience = line->calm ? ZOC_NEVER : draw_time(1, 1000 * ZOC_SECOND) };
}

static int open_line(struct line *line, unsigned number, const struct regime *regime, bool calm)
{
    char endpoint[SITE_TEXT];

    *line = (struct line){ .regime = regime, .number = number, .calm = calm, .echo = one_in(3), .observed = one_in(3) };
    draw_end(&line->client, line, 2 * number, line->echo ? 2 * number : 2 * number + 1);
    draw_end(&line->server, line, 2 * number + 1, 2 * number);
    int result = zoc_listen(site_listens(endpoint, "tcp", 4, 90 + number), NULL, &line->service);
    if (result < 0)
        return result;
    return zoc_listen(site_listens(endpoint, "tcp", 2, 80 + number), NULL, &line->relay);
}

static void run_lines(struct line *lines, unsigned count, bool calm)
{
    ZOC_GROUP(clients);
    ZOC_GROUP(services);

    for (unsigned i = 0; i < count; i++) {
        zoc_go(&services, run_server, &lines[i]);
        zoc_go(&services, run_relay, &lines[i]);
        zoc_go(&clients, run_client, &lines[i]);
    }
    zoc_group_wait(&clients);
    if (calm) {
        zoc_group_wait(&services);
        return;
    }
    zoc_sleep(draw_pause(100 * ZOC_SECOND));
    zoc_group_stop(&services);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&services);
}

int run_pump(void *unused)
{
    const struct regime *regime = &regimes[draw(0, 2)];
    struct line lines[LINES_MAX] = { 0 };
    unsigned count = (unsigned)draw(1, LINES_MAX);
    bool calm = one_in(3);
    int result = 0;

    (void)unused;
    if (calm)
        faults_limit(HARM_DELAY);
    sim_windows(regime->window_least, regime->window_most);
    for (unsigned i = 0; i < count && result == 0; i++)
        result = open_line(&lines[i], i, regime, calm);
    if (result == 0)
        run_lines(lines, count, calm);
    else
        expect_network_error(result);
    for (unsigned i = 0; i < count; i++) {
        if (result == 0)
            check_line(&lines[i]);
        zoc_listener_close(lines[i].relay);
        zoc_listener_close(lines[i].service);
    }
    return 0;
}
