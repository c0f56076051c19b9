/* `zocalo connect udp://` below its options: pieces of the input go as datagrams, what is answered comes out, and after the
 * end of input nobody waits longer than something still comes. */
#include "connect.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>

#define TOTAL_MAX 8000 /* bytes of the input */
#define NOTES_MAX (TOTAL_MAX + 1)
#define LINGER    (5 * ZOC_SECOND) /* longer than a question and its answer are on their way, where nothing is lost */
#define LATE      ZOC_SECOND       /* at most, for an answer */
#define SLACK     (10 * ZOC_MILLISECOND)

/* A datagram that went out. */
struct slip {
    uint32_t at, size;
};

struct exchange {
    bool quiet;  /* nothing is lost, late or doubled */
    bool absent; /* nobody is there */
    bool slow;   /* answers come a little later */
    struct join join;
    struct local local;
    struct tap sent, received;
    zoc_datagrams *socket;
    uint64_t total;
    bool ends, ended, cut_off;
    struct slip slips[NOTES_MAX];
    unsigned went, came; /* datagrams */
    uint64_t bytes_went, bytes_came, come_out, heard;
    zoc_time last; /* when something came or went */
    int result;
};

/* --- what is seen from inside ----------------------------------------------------------------------- */

static struct exchange *exchange_of_sent(struct tap *tap)
{
    return (struct exchange *)((char *)tap - offsetof(struct exchange, sent));
}

static int see_sent(struct tap *tap, zoc_bytes bytes)
{
    struct exchange *exchange = exchange_of_sent(tap);

    expect_pattern(bytes.data, bytes.size, 0, exchange->bytes_went);
    sim_expect(exchange->went < NOTES_MAX && bytes.size > 0);
    exchange->slips[exchange->went++] = (struct slip){ (uint32_t)exchange->bytes_went, (uint32_t)bytes.size };
    exchange->bytes_went += bytes.size;
    exchange->last = zoc_now();
    return 0;
}

/* It is a datagram that went, whole and alone. */
static void check_datagram(const struct exchange *exchange, zoc_bytes bytes)
{
    for (unsigned i = 0; i < exchange->went; i++) {
        struct slip slip = exchange->slips[i];
        size_t same = 0;
        while (slip.size == bytes.size && same < slip.size &&
               (unsigned char)bytes.data[same] == pattern(0, slip.at + same))
            same++;
        if (same == bytes.size)
            return;
    }
    sim_fail("a datagram that nobody sent");
}

static int see_received(struct tap *tap, zoc_bytes bytes)
{
    struct exchange *exchange = (struct exchange *)((char *)tap - offsetof(struct exchange, received));

    check_datagram(exchange, bytes);
    exchange->came++;
    exchange->bytes_came += bytes.size;
    exchange->last = zoc_now();
    return 0;
}

/* --- the user and the peer ------------------------------------------------------------------------ */

static int give_input(void *arg)
{
    struct exchange *exchange = arg;
    char data[TOTAL_MAX];
    ssize_t result = 0;

    for (uint64_t at = 0; at < exchange->total && result >= 0;) {
        uint64_t left = exchange->total - at;
        size_t size = draw(1, left);
        fill_pattern(data, size, 0, at);
        result = zoc_write(exchange->local.writer, data, size);
        at += size;
        if (result >= 0 && one_in(2))
            result = zoc_sleep(draw_pause(ZOC_SECOND));
    }
    if (result >= 0 && exchange->ends) {
        zoc_close(exchange->local.writer);
        exchange->local.writer = NULL;
        exchange->ended = true;
    }
    return 0;
}

static int read_output(void *arg)
{
    struct exchange *exchange = arg;
    zoc_bytes chunk;

    while (zoc_receive(exchange->local.reader, &chunk) > 0)
        exchange->come_out += chunk.size;
    return 0;
}

static int echo(void *arg)
{
    struct exchange *exchange = arg;
    zoc_correspondent from;
    zoc_bytes letter;

    while (zoc_datagrams_receive(exchange->socket, &letter, &from) >= 0) {
        check_datagram(exchange, letter);
        exchange->heard += letter.size;
        if (exchange->slow && exchange->heard == exchange->total)
            zoc_sleep(draw_pause(LATE)); /* only before the last: all the others have their turn */
        ssize_t result = zoc_datagrams_send(exchange->socket, letter.data, letter.size, &from);
        if (result < 0)
            expect_network_error((int)result);
    }
    return 0;
}

/* --- the verb ------------------------------------------------------------------------------------- */

static int run_program(void *arg)
{
    struct exchange *exchange = arg;
    struct join *join = &exchange->join;

    exchange->result = zoc_dial("udp://10.0.0.2:5000,bind=10.0.0.3", NULL, &join->peer);
    if (exchange->result == 0) {
        join->local = exchange->local.stream;
        exchange->last = zoc_now();
        exchange->result = join_run(join);
        sim_expect(exchange->result == 0 || (*zoc_why() && !join->local_failed));
    }
    exchange->cut_off = zoc_stopped() != ZOC_RUNNING;
    if (exchange->result == 0 && !exchange->cut_off) /* it waited for an answer, and not for ever */
        sim_expect(zoc_now() >= exchange->last + join->linger &&
                   zoc_now() <= exchange->last + 2 * join->linger + SLACK);
    local_end(&exchange->local);
    zoc_close(join->peer);
    return 0;
}

/* --- what must hold ------------------------------------------------------------------------------- */

static void check(const struct exchange *exchange)
{
    bool told = exchange->result == -ECONNREFUSED;

    if (exchange->result < 0)
        expect_network_error(exchange->result);
    sim_expect(exchange->come_out == exchange->bytes_came);
    if (!exchange->quiet || exchange->cut_off)
        return;
    sim_expect(told == (exchange->absent && exchange->went > 0));
    if (!told)
        sim_expect(exchange->result == 0 && exchange->bytes_went == exchange->total);
    if (!exchange->absent && exchange->went <= SIM_QUEUE_MAX)
        sim_expect(exchange->heard == exchange->total && exchange->bytes_came == exchange->total);
}

static void run_exchange(struct exchange *exchange)
{
    ZOC_GROUP(users);
    ZOC_GROUP(peers);
    ZOC_GROUP(program);
    bool waits = exchange->quiet && exchange->ends;

    if (exchange->socket)
        zoc_go(&peers, echo, exchange);
    zoc_go(&users, give_input, exchange);
    zoc_go(&users, read_output, exchange);
    zoc_go(&program, run_program, exchange);
    ZOC_WITHIN(waits ? ZOC_NEVER : (zoc_duration)draw(ZOC_MILLISECOND, 300 * ZOC_SECOND))
        zoc_group_wait(&program);
    zoc_group_wait(&users);
    zoc_group_end(&peers);
    check(exchange);
}

static int open_exchange(struct exchange *exchange)
{
    zoc_endpoint *endpoint;
    int result = local_open(&exchange->local);

    if (result < 0 || exchange->absent)
        return result;
    sim_expect(zoc_endpoint_parse("udp://10.0.0.2:5000", &endpoint) == 0);
    result = zoc_datagrams_open(endpoint, &exchange->socket);
    zoc_endpoint_free(endpoint);
    return result;
}

void connect_by_letters(void)
{
    static struct exchange exchange;

    exchange = (struct exchange){ .quiet = one_in(2),
                                  .absent = one_in(6),
                                  .slow = one_in(2),
                                  .sent.see = see_sent,
                                  .received.see = see_received,
                                  .total = one_in(8) ? 0 : draw(1, TOTAL_MAX),
                                  .ends = !one_in(4) };
    exchange.join = (struct join){ .linger = LINGER,
                                   .piece = one_in(2) ? draw(exchange.total / 16 + 1, TOTAL_MAX) : 0,
                                   .pause = one_in(3) ? draw_pause(ZOC_SECOND) : 0,
                                   .sent = &exchange.sent,
                                   .received = &exchange.received };
    if (exchange.quiet)
        faults_limit(HARM_NONE);
    int result = open_exchange(&exchange);
    if (result == 0)
        run_exchange(&exchange);
    else
        expect_network_error(result);
    zoc_datagrams_close(exchange.socket);
    local_close(&exchange.local);
}
