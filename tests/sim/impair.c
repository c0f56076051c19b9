/* A relay that stands for a bad network, between hosts whose network is bad already: what it lets pass arrives in order, so
 * much as it was to, and at the end whole; and of datagrams exactly those are lost that the seed says. */
#include "relay/impair.h"
#include "relay/transit.h"
#include "relay/wire.h"
#include "worlds.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define TOTAL_MAX   20000
#define PIECE_MAX   3000
#define LETTERS_MAX 30 /* all of them find room in a queue */

/* --- streams -------------------------------------------------------------------------------------- */

/* One of the two who talk. */
struct end {
    uint64_t sends, expects; /* numbers of the patterns */
    uint64_t total;          /* bytes that it has to say */
    zoc_stream *stream;
    uint64_t received, sent; /* the latter by its stream's account, at the end */
    bool ended;              /* it has seen the other's end */
};

struct way {
    struct impaired_pump pump; /* first */
    struct tap tap;
    struct line *line;
    int result;
};

struct line {
    bool calm;
    zoc_duration patience;
    struct impairment impairment;
    struct end client, server;
    zoc_listener *relay, *service;
    struct way forth, back;
    zoc_group pumps;
    bool pumped;
    zoc_account to_client, to_server; /* of the relay's streams */
};

static int send_all(void *arg)
{
    struct end *end = arg;
    char data[PIECE_MAX];

    for (uint64_t sent = 0; sent < end->total;) {
        uint64_t left = end->total - sent;
        size_t size = draw(1, left < PIECE_MAX ? left : PIECE_MAX);
        fill_pattern(data, size, end->sends, sent);
        ssize_t result = zoc_write(end->stream, data, size);
        if (result < 0)
            return (int)result;
        sent += size;
        if (one_in(8) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return zoc_shut(end->stream);
}

static int receive_all(struct end *end)
{
    zoc_bytes chunk;
    ssize_t result;

    while ((result = zoc_receive(end->stream, &chunk)) > 0) {
        expect_pattern(chunk.data, chunk.size, end->expects, end->received);
        end->received += chunk.size;
        if (one_in(8) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    end->ended = result == 0;
    return (int)result;
}

static void expect_fine_or_network(int result)
{
    if (result < 0)
        expect_network_error(result);
}

static void talk(struct end *end)
{
    ZOC_GROUP(sender);

    zoc_go(&sender, send_all, end);
    int received = receive_all(end);
    if (received < 0)
        zoc_group_cancel(&sender);
    expect_fine_or_network(received);
    expect_fine_or_network(zoc_group_wait(&sender));
}

static void part_from(struct end *end)
{
    end->sent = zoc_stream_account(end->stream).sent;
    zoc_close(end->stream);
}

static int run_client(void *arg)
{
    struct line *line = arg;
    char endpoint[SITE_TEXT];
    int result = -ETIMEDOUT;

    site_dials(endpoint, zoc_listener_endpoint(line->relay), 3);
    ZOC_WITHIN(line->patience) {
        result = zoc_dial(endpoint, NULL, &line->client.stream);
        if (result == 0)
            talk(&line->client);
    }
    expect_fine_or_network(result);
    if (result == 0)
        part_from(&line->client);
    return 0;
}

static int run_server(void *arg)
{
    struct line *line = arg;
    int result = zoc_accept(line->service, &line->server.stream);

    expect_fine_or_network(result);
    if (result < 0)
        return 0;
    ZOC_WITHIN(line->patience)
        talk(&line->server);
    part_from(&line->server);
    return 0;
}

/* --- the relay ------------------------------------------------------------------------------------ */

/* What was received and has not gone is on its way, and bounded. */
static int see(struct tap *tap, zoc_bytes bytes)
{
    const struct way *way = (const struct way *)((char *)tap - offsetof(struct way, tap));
    uint64_t received = zoc_stream_account(way->pump.source).received;

    sim_expect(bytes.size > 0 && way->pump.passed <= received);
    sim_expect(received - way->pump.passed <= TRANSIT_MAX);
    return 0;
}

static int run_way(void *arg)
{
    struct way *way = arg;

    way->result = impair_pump(&way->pump);
    if (way->result < 0 && way->result != -ECANCELED)
        zoc_group_cancel(&way->line->pumps);
    return 0;
}

static void check_way(const struct way *way, const zoc_account *source, const zoc_account *sink)
{
    const struct impairment *impairment = way->pump.impaired.impairment;

    sim_expect(way->pump.passed <= sink->sent && sink->sent <= source->received);
    sim_expect(!impairment->cut_after || way->pump.passed <= impairment->cut_after);
    if (way->pump.impaired.cut)
        sim_expect(way->pump.passed == impairment->cut_after && way->result == -ECONNRESET);
    if (way->result == 0)
        sim_expect(way->pump.passed == source->received && way->pump.passed == sink->sent);
    else
        expect_network_error(way->result);
}

static struct way way_of(struct line *line, zoc_stream *source, zoc_stream *sink, unsigned direction)
{
    return (struct way){ .pump = { .impaired = { .impairment = &line->impairment, .direction = direction },
                                   .source = source,
                                   .sink = sink },
                         .tap = { .see = see },
                         .line = line };
}

static void join(struct line *line, zoc_stream *client, zoc_stream *server)
{
    line->forth = way_of(line, client, server, 0);
    line->back = way_of(line, server, client, 1);
    line->forth.pump.tap = &line->forth.tap;
    line->back.pump.tap = &line->back.tap;
    zoc_go(&line->pumps, run_way, &line->forth);
    zoc_go(&line->pumps, run_way, &line->back);
    zoc_group_wait(&line->pumps);
    line->pumped = true;
    line->to_client = zoc_stream_account(client);
    line->to_server = zoc_stream_account(server);
    check_way(&line->forth, &line->to_client, &line->to_server);
    check_way(&line->back, &line->to_server, &line->to_client);
}

static void part(const struct line *line, zoc_stream *stream)
{
    if (line->forth.result < 0 || line->back.result < 0)
        zoc_reset(stream);
    else
        zoc_finish(stream);
}

static int run_relay(void *arg)
{
    struct line *line = arg;
    char endpoint[SITE_TEXT];
    zoc_stream *client, *server;
    int result = zoc_accept(line->relay, &client);

    expect_fine_or_network(result);
    if (result < 0)
        return 0;
    result = zoc_dial(site_dials(endpoint, zoc_listener_endpoint(line->service), 2), NULL, &server);
    expect_fine_or_network(result);
    if (result == 0) {
        join(line, client, server);
        part(line, server);
    }
    part(line, client);
    return 0;
}

/* --- what must hold ------------------------------------------------------------------------------- */

static bool was_cut(const struct line *line)
{
    return line->forth.pump.impaired.cut || line->back.pump.impaired.cut;
}

static void check_ends(const struct line *line)
{
    const struct end *client = &line->client, *server = &line->server;

    sim_expect(server->received <= client->total && client->received <= server->total);
    if (!line->pumped || was_cut(line))
        return;
    sim_expect(!server->ended || server->received == client->sent);
    sim_expect(!client->ended || client->received == server->sent);
    if (line->calm)
        sim_expect(client->ended && server->ended && server->received == client->total &&
                   client->received == server->total);
}

static struct impairment draw_impairment(void)
{
    return (struct impairment){ .rate = one_in(2) ? draw(500, 1 << 24) : 0,
                                .delay = one_in(2) ? draw_pause(10 * ZOC_SECOND) : 0,
                                .jitter = one_in(2) ? draw_pause(10 * ZOC_SECOND) : 0,
                                .stall = one_in(3) ? draw_pause(100 * ZOC_SECOND) : 0,
                                .stall_after = one_in(2) ? draw(0, TOTAL_MAX) : 0,
                                .cut_after = one_in(3) ? draw(1, TOTAL_MAX) : 0,
                                .loss = one_in(2) ? (unsigned)draw(0, LOSS_ALL) : 0,
                                .seed = draw(0, UINT64_MAX) };
}

static void run_line(struct line *line)
{
    ZOC_GROUP(client);
    ZOC_GROUP(services);

    zoc_go(&services, run_server, line);
    zoc_go(&services, run_relay, line);
    zoc_go(&client, run_client, line);
    zoc_group_wait(&client);
    if (!line->calm) {
        zoc_sleep(draw_pause(100 * ZOC_SECOND));
        zoc_group_stop(&services);
        ZOC_WITHIN(10 * ZOC_SECOND)
            zoc_group_wait(&services);
    }
    zoc_group_wait(&services);
}

static void try_streams(void)
{
    char endpoint[SITE_TEXT];
    struct line line = { .impairment = draw_impairment() };

    line.calm = line.impairment.cut_after == 0 && one_in(2);
    line.client = (struct end){ .sends = 0, .expects = 1, .total = draw(0, TOTAL_MAX) };
    line.server = (struct end){ .sends = 1, .expects = 0, .total = draw(0, TOTAL_MAX) };
    line.patience = line.calm ? ZOC_NEVER : draw_time(1, 1000 * ZOC_SECOND);
    if (line.calm)
        faults_limit(HARM_DELAY);
    int result = zoc_listen(site_listens(endpoint, "tcp", 4, 90), NULL, &line.service);
    if (result == 0)
        result = zoc_listen(site_listens(endpoint, "tcp", 2, 80), NULL, &line.relay);
    expect_fine_or_network(result);
    if (result == 0) {
        run_line(&line);
        check_ends(&line);
    }
    zoc_listener_close(line.relay);
    zoc_listener_close(line.service);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

/* Letters come by themselves, one after the other, and how often each went is counted. */
struct mail {
    struct impaired impaired; /* first */
    unsigned written, count;
    uint32_t letter; /* the last one */
    unsigned gone[LETTERS_MAX];
};

static ssize_t receive_letter(struct impaired *impaired, zoc_bytes *ret_bytes)
{
    struct mail *mail = (struct mail *)impaired;
    int result = zoc_sleep(draw_pause(ZOC_SECOND));

    if (result < 0 || mail->written == mail->count) {
        *ret_bytes = (zoc_bytes){ 0 };
        return result;
    }
    mail->letter = mail->written++;
    *ret_bytes = (zoc_bytes){ (const char *)&mail->letter, sizeof mail->letter };
    return (ssize_t)ret_bytes->size;
}

static int pass_letter(struct impaired *impaired, zoc_bytes bytes)
{
    struct mail *mail = (struct mail *)impaired;
    uint32_t letter;

    sim_expect(bytes.size == sizeof letter);
    memcpy(&letter, bytes.data, sizeof letter);
    sim_expect(letter < mail->written);
    mail->gone[letter]++;
    return 0;
}

static void try_datagrams(void)
{
    struct impairment impairment = draw_impairment();
    struct mail mail = { .impaired = { .impairment = &impairment,
                                       .connection = draw(0, UINT64_MAX),
                                       .datagrams = true,
                                       .receive = receive_letter,
                                       .pass = pass_letter },
                         .count = (unsigned)draw(0, LETTERS_MAX) };
    struct wire wire;

    impairment.cut_after = 0;
    sim_expect(impair_run(&mail.impaired) == 0 && mail.written == mail.count);
    wire_init(&wire, &impairment, mail.impaired.connection, 0, true);
    for (unsigned i = 0; i < mail.count; i++)
        sim_expect(mail.gone[i] == (wire_loses(&wire) ? 0 : 1));
}

int run_impair(void *unused)
{
    (void)unused;
    if (one_in(4))
        try_datagrams();
    else
        try_streams();
    return 0;
}
