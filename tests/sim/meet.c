/* Connecting and listening: whoever was told that it is connected is answered or told otherwise, whoever was not leaves
 * nothing behind, and a listener that ends loses nobody. */
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX 8
#define SLACK       (10 * ZOC_MILLISECOND) /* between a deadline and the word of it */
#define SYNS_GIVEN  (127 * ZOC_SECOND)     /* how long the kernel tries */

/* Where one listens, and how others get there. */
struct site {
    const char *listen;
    const char *dial[4];
    unsigned ways;
    bool takes_one; /* by a dial of listen:, which takes the first connection alone */
};

static const struct site sites[] = {
    { "tcp://:80", { "10.0.0.2:80", "[fd00::2]:80", "localhost:80", "[::1]:80" }, 4, false },
    { "tcp://10.0.0.2:80", { "10.0.0.2:80" }, 1, false },
    { "tcp://10.0.0.2:80,backlog=1", { "10.0.0.2:80" }, 1, false },
    { "tcp://localhost:80", { "localhost:80", "127.0.0.1:80" }, 2, false }, /* 127.0.0.1; localhost is ::1 too */
    { "tcp://[::1]:80", { "localhost:80" }, 1, false },
    { "listen:tcp://10.0.0.2:80", { "10.0.0.2:80" }, 1, true },
};

/* What both say to each other. */
struct words {
    uint32_t number; /* of the client */
    uint32_t port;   /* that the server sees it come from */
};

struct client {
    struct meeting *meeting;
    uint32_t number;
    zoc_duration patience, limit; /* of everything; connect-timeout= of the dial, or 0 */
    bool connected, answered;
};

struct meeting {
    const struct site *site;
    bool calm, ends;
    zoc_event open; /* somebody listens, or cannot */
    zoc_listener *listener;
    zoc_observer watcher;
    bool ended; /* newcomers are turned away */
    bool seen[CLIENTS_MAX];
    unsigned count;
    struct client clients[CLIENTS_MAX];
};

struct guest {
    struct meeting *meeting;
    zoc_stream *stream;
};

/* --- who listens ---------------------------------------------------------------------------------- */

static void answer(struct meeting *meeting, zoc_stream *stream)
{
    __attribute__((cleanup(zoc_reader_release))) zoc_reader reader;
    struct words words;
    zoc_bytes bytes;

    zoc_reader_init(&reader, stream, sizeof words);
    ssize_t result = zoc_reader_exactly(&reader, sizeof words, &bytes);
    if (result <= 0) {
        expect_network_error(result == 0 || result == -ZOC_ETRUNCATED ? -ECANCELED : (int)result);
        return;
    }
    memcpy(&words, bytes.data, sizeof words);
    sim_expect(words.number < meeting->count && meeting->clients[words.number].connected);
    sim_expect(!meeting->seen[words.number]);
    meeting->seen[words.number] = true;
    words.port = zoc_address_port(zoc_stream_peer(stream));
    result = zoc_write(stream, &words, sizeof words);
    if (result < 0)
        expect_network_error((int)result);
}

static int receive_guest(void *arg)
{
    struct guest *guest = arg;

    answer(guest->meeting, guest->stream);
    zoc_finish(guest->stream);
    free(guest);
    return 0;
}

static int take_guest(struct meeting *meeting, zoc_group *guests)
{
    struct guest *guest = malloc(sizeof *guest);

    *guest = (struct guest){ .meeting = meeting };
    int result = zoc_accept(meeting->listener, &guest->stream);
    if (result == 0)
        zoc_go(guests, receive_guest, guest);
    else
        free(guest);
    return result;
}

/* Connections wait in the backlog now and then. What befalls one of them, or want of descriptors, ends no listener. */
static int accept_guests(void *arg)
{
    struct meeting *meeting = arg;
    ZOC_GROUP(guests);
    int result = 0;

    while (result == 0) {
        if (one_in(4))
            zoc_sleep(draw_pause(5 * ZOC_SECOND));
        result = take_guest(meeting, &guests);
    }
    if (result == -ESHUTDOWN)
        sim_expect(meeting->ended);
    else
        sim_expect(result == -ECANCELED && zoc_stopped() != ZOC_RUNNING);
    zoc_listener_close(meeting->listener);
    meeting->listener = NULL;
    return zoc_group_wait(&guests);
}

static void tell_open(zoc_observer *observer, const zoc_notice *notice)
{
    struct meeting *meeting = (struct meeting *)((char *)observer - offsetof(struct meeting, watcher));

    if (notice->kind == ZOC_LISTENING)
        zoc_event_set(&meeting->open);
}

static int accept_one(void *arg)
{
    struct meeting *meeting = arg;
    zoc_stream *stream;
    int result = zoc_dial(meeting->site->listen, &(zoc_dial_options){ .observer = &meeting->watcher }, &stream);

    zoc_event_set(&meeting->open);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    answer(meeting, stream);
    zoc_observe(stream, NULL);
    zoc_finish(stream);
    return 0;
}

static int end_some_time(void *arg)
{
    struct meeting *meeting = arg;

    if (zoc_sleep(draw_pause(20 * ZOC_SECOND)) < 0 || !meeting->listener)
        return 0;
    meeting->ended = true;
    zoc_listener_end(meeting->listener);
    return 0;
}

/* --- who connects --------------------------------------------------------------------------------- */

static void check_answer(const struct client *client, const zoc_stream *stream, zoc_bytes bytes)
{
    zoc_address local;
    struct words words;

    memcpy(&words, bytes.data, sizeof words);
    sim_expect(words.number == client->number && client->meeting->seen[client->number]);
    sim_expect(zoc_stream_local(stream, &local) == 0 && words.port == zoc_address_port(&local));
}

/* Nobody hangs up on a client without an answer: that would be an error that nobody is told of. */
static void ask(struct client *client, zoc_stream *stream)
{
    __attribute__((cleanup(zoc_reader_release))) zoc_reader reader;
    const struct words words = { .number = client->number };
    zoc_bytes bytes;

    zoc_reader_init(&reader, stream, sizeof words);
    if (one_in(4))
        zoc_sleep(draw_pause(10 * ZOC_SECOND));
    ssize_t result = zoc_write(stream, &words, sizeof words);
    if (result >= 0 && one_in(2))
        result = zoc_shut(stream);
    if (result >= 0)
        result = zoc_reader_exactly(&reader, sizeof words, &bytes);
    client->answered = result == sizeof words;
    if (client->answered)
        check_answer(client, stream, bytes);
    else
        expect_network_error((int)result);
}

static zoc_time earlier(zoc_time one, zoc_time other)
{
    return one < other ? one : other;
}

static zoc_time after(zoc_time start, zoc_duration duration)
{
    return duration < ZOC_NEVER - start ? start + duration : ZOC_NEVER;
}

/* Nobody waits beyond a deadline, nor gives up before. */
static void check_times(const struct client *client, zoc_time start, int result)
{
    zoc_time end = after(start, client->patience);

    if (client->limit)
        end = earlier(end, after(start, client->limit));
    sim_expect(end == ZOC_NEVER || zoc_now() <= end + SLACK);
    if (result == -ETIMEDOUT)
        sim_expect(zoc_now() >= earlier(end, start + SYNS_GIVEN));
}

static int connect_client(struct client *client, zoc_stream **ret_stream)
{
    const struct site *site = client->meeting->site;
    const char *way = site->dial[draw(0, site->ways - 1)];
    char endpoint[128], from[32] = "", limit[64] = "";
    zoc_time start = zoc_now();

    if (strncmp(way, "10.", 3) == 0)
        snprintf(from, sizeof from, ",bind=10.0.0.%u", 3 + (unsigned)draw(0, 3));
    if (client->limit)
        snprintf(limit, sizeof limit, ",connect-timeout=%lldns", (long long)client->limit);
    snprintf(endpoint, sizeof endpoint, "tcp://%s%s%s", way, from, limit);
    int result = zoc_dial(endpoint, NULL, ret_stream);
    client->connected = result == 0;
    check_times(client, start, result);
    return result;
}

static int run_client(void *arg)
{
    struct client *client = arg;
    zoc_stream *stream = NULL;
    int result = 0;

    zoc_sleep(draw_pause(20 * ZOC_SECOND));
    ZOC_WITHIN(client->patience) {
        result = connect_client(client, &stream);
        if (result == 0)
            ask(client, stream);
    }
    if (result < 0)
        expect_network_error(result);
    if (one_in(2))
        zoc_finish(stream);
    else
        zoc_close(stream);
    return 0;
}

/* --- the world ------------------------------------------------------------------------------------ */

/* Where nothing is lost, all connect unless the listener ends, and all who connected are answered. Who takes one alone
 * resets the others. */
static void check_calm(const struct meeting *meeting)
{
    unsigned answered = 0;

    for (unsigned i = 0; i < meeting->count; i++) {
        const struct client *client = &meeting->clients[i];
        answered += client->answered;
        sim_expect(client->answered || !client->connected || meeting->site->takes_one);
        sim_expect(client->connected || meeting->ended || meeting->site->takes_one);
    }
    if (meeting->site->takes_one)
        sim_expect(answered == 1);
}

static void draw_clients(struct meeting *meeting)
{
    meeting->count = (unsigned)draw(1, CLIENTS_MAX);
    for (unsigned i = 0; i < meeting->count; i++)
        meeting->clients[i] =
            (struct client){ .meeting = meeting,
                             .number = i,
                             .patience = meeting->calm ? ZOC_NEVER : (zoc_duration)draw(1, 300 * ZOC_SECOND),
                             .limit = !meeting->calm && one_in(3) ? (zoc_duration)draw(1, 60 * ZOC_SECOND) : 0 };
}

static void run_all(struct meeting *meeting)
{
    ZOC_GROUP(hosts);
    ZOC_GROUP(clients);

    zoc_go(&hosts, meeting->site->takes_one ? accept_one : accept_guests, meeting);
    zoc_event_wait(&meeting->open);
    for (unsigned i = 0; i < meeting->count; i++)
        zoc_go(&clients, run_client, &meeting->clients[i]);
    if (meeting->ends)
        zoc_go(&hosts, end_some_time, meeting);
    zoc_group_wait(&clients);
    zoc_group_stop(&hosts);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&hosts);
}

int run_meet(void *unused)
{
    struct meeting meeting = { .site = &sites[draw(0, sizeof sites / sizeof *sites - 1)],
                               .watcher.tell = tell_open,
                               .calm = one_in(3),
                               .ends = one_in(2) };

    (void)unused;
    meeting.ends &= !meeting.site->takes_one;
    if (meeting.calm)
        faults_limit(HARM_DELAY);
    draw_clients(&meeting);
    if (!meeting.site->takes_one) {
        int result = zoc_listen(meeting.site->listen, NULL, &meeting.listener);
        if (result < 0) {
            expect_network_error(result);
            return 0;
        }
        zoc_event_set(&meeting.open);
    }
    run_all(&meeting);
    zoc_listener_close(meeting.listener);
    if (meeting.calm)
        check_calm(&meeting);
    return 0;
}
