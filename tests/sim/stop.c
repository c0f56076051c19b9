/* A graceful stop in traffic: clients ask and are answered, again and again, until the service is stopped. What was
 * taken is answered, nobody waits beyond the grace, and a second stop is a cancel. */
#include "worlds.h"

#include <errno.h>
#include <string.h>

#define CLIENTS_MAX 8
#define WORDS       16                      /* bytes of a question, and of an answer */
#define SLACK       (10 * ZOC_MILLISECOND)  /* of what happens at once */
#define SYN_TIME    (50 * ZOC_MILLISECOND)  /* on this machine; who is held off tries again after a second */
#define FLIGHT      (450 * ZOC_MILLISECOND) /* more than anything of this size is on its way between two hosts */

/* How long a service takes that nothing hinders: who was only just taken may speak, what is half here comes, is
 * answered, and the client ends. */
#define GRACE_ENOUGH (ZOC_HANDSHAKE_TIME + ZOC_LAST_CALL + 2 * FLIGHT + ZOC_FAREWELL_TIME + SLACK)

struct client {
    struct traffic *traffic;
    uint32_t number;
    char endpoint[SITE_TEXT];
    uint32_t asked, taken, answered; /* questions */
    zoc_time asked_at;               /* the last one that was sent whole */
};

struct traffic {
    enum harm harm;
    zoc_listener *listener;
    zoc_event ended; /* the service */
    zoc_time stopped_at, cancelled_at, ended_at;
    unsigned count;
    struct client clients[CLIENTS_MAX];
};

/* --- the service ---------------------------------------------------------------------------------- */

static struct client *who_asks(struct traffic *traffic, const char *words)
{
    uint32_t number, question;

    memcpy(&number, words, sizeof number);
    memcpy(&question, words + sizeof number, sizeof question);
    sim_expect(number < traffic->count);
    struct client *client = &traffic->clients[number];
    sim_expect(question == client->taken + 1 && question == client->asked);
    expect_pattern(words + 8, WORDS - 8, number, question);
    return client;
}

static void converse(zoc_stream *peer, void *state)
{
    __attribute__((cleanup(zoc_reader_release))) zoc_reader reader;
    zoc_bytes words;
    ssize_t result;

    zoc_reader_init(&reader, peer, WORDS);
    while ((result = zoc_reader_exactly(&reader, WORDS, &words)) > 0) {
        who_asks(state, words.data)->taken++;
        if (one_in(4) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0 && zoc_stopped() == ZOC_CANCELLED)
            return;
        result = zoc_write(peer, words.data, words.size);
        if (result < 0)
            break;
    }
    if (result < 0 && result != -ZOC_ETRUNCATED)
        expect_network_error((int)result);
}

static int serve(void *arg)
{
    struct traffic *traffic = arg;
    int result = zoc_serve(traffic->listener, converse, traffic);

    sim_expect(traffic->stopped_at > 0);
    sim_expect(result == 0 || (result == -ECANCELED && zoc_stopped() == ZOC_CANCELLED));
    traffic->ended_at = zoc_now();
    zoc_event_set(&traffic->ended);
    return 0;
}

/* --- clients -------------------------------------------------------------------------------------- */

static int ask_once(struct client *client, zoc_stream *stream, zoc_reader *answers)
{
    char words[WORDS];
    zoc_bytes bytes = { 0 };

    client->asked++;
    memcpy(words, &client->number, sizeof client->number);
    memcpy(words + 4, &client->asked, sizeof client->asked);
    fill_pattern(words + 8, WORDS - 8, client->number, client->asked);
    ssize_t result = zoc_write(stream, words, WORDS);
    if (result < 0)
        return (int)result;
    client->asked_at = zoc_now();
    result = zoc_reader_exactly(answers, WORDS, &bytes);
    if (result == WORDS) {
        sim_expect(memcmp(bytes.data, words, WORDS) == 0);
        client->answered++;
    }
    return (int)result;
}

static int ask(struct client *client, zoc_stream *stream)
{
    __attribute__((cleanup(zoc_reader_release))) zoc_reader answers;
    int result = WORDS;

    zoc_reader_init(&answers, stream, WORDS);
    for (uint64_t left = draw(1, 50); left > 0 && result == WORDS; left--) {
        result = ask_once(client, stream, &answers);
        if (one_in(4) && result == WORDS)
            zoc_sleep(draw_pause(ZOC_SECOND));
    }
    return result;
}

static int run_client(void *arg)
{
    struct client *client = arg;
    zoc_stream *stream = NULL;
    int result = -ETIMEDOUT;

    zoc_sleep(draw_pause(10 * ZOC_SECOND));
    ZOC_WITHIN(client->traffic->harm == HARM_LOSS ? site_time(300 * ZOC_SECOND) : ZOC_NEVER) {
        ZOC_WITHIN(site_is_real ? SYN_TIME : ZOC_NEVER)
            result = zoc_dial(client->endpoint, NULL, &stream);
        if (result == 0)
            result = ask(client, stream);
    }
    if (result < 0 && result != -ZOC_ETRUNCATED)
        expect_network_error(result);
    if (one_in(2))
        zoc_finish(stream);
    else
        zoc_close(stream);
    return 0;
}

/* --- the stop ------------------------------------------------------------------------------------- */

/* A soft stop, and a cancel when the grace is over or somebody has no patience. */
static void stop_service(struct traffic *traffic, zoc_group *service)
{
    bool by_hand = one_in(3);
    zoc_duration grace = draw_pause(10 * ZOC_SECOND);
    int result = 0;

    traffic->stopped_at = zoc_now();
    zoc_group_stop(service);
    ZOC_WITHIN(grace)
        result = by_hand ? zoc_event_wait(&traffic->ended) : zoc_group_wait(service);
    if (result == -ETIMEDOUT)
        traffic->cancelled_at = traffic->stopped_at + grace;
    if (result == -ETIMEDOUT && by_hand)
        zoc_group_cancel(service);
    zoc_group_wait(service);
}

/* A question that came in time is answered: the first one of whoever was connected, and any that was there by the stop.
 * Who was cancelled owes nothing any more. */
static void check_client(const struct client *client)
{
    const struct traffic *traffic = client->traffic;

    sim_expect(client->answered <= client->taken && client->taken <= client->asked);
    if (traffic->harm > HARM_NONE || traffic->cancelled_at > 0 || client->answered == client->asked)
        return;
    sim_expect(client->taken == client->answered);
    sim_expect(client->asked > 1);
    sim_expect(client->asked_at + FLIGHT > traffic->stopped_at);
}

static void check_times(const struct traffic *traffic)
{
    zoc_duration took = traffic->ended_at - traffic->stopped_at;

    if (site_is_real)
        return; /* how long things take is the machine's */
    if (traffic->cancelled_at > 0)
        sim_expect(traffic->ended_at <= traffic->cancelled_at + SLACK);
    if (traffic->harm == HARM_NONE)
        sim_expect(took <= GRACE_ENOUGH);
}

int run_stop(void *unused)
{
    ZOC_GROUP(service);
    ZOC_GROUP(clients);
    struct traffic traffic = { .harm = (enum harm)draw(HARM_NONE, HARM_LOSS), .count = (unsigned)draw(1, CLIENTS_MAX) };
    char endpoint[SITE_TEXT];

    (void)unused;
    faults_limit(traffic.harm);
    if (traffic.harm == HARM_NONE)
        sim_windows(1024, SIM_WINDOW_MAX);
    int result = zoc_listen(site_listens(endpoint, "tcp", 2, 7), NULL, &traffic.listener);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    zoc_go(&service, serve, &traffic);
    for (unsigned i = 0; i < traffic.count; i++) {
        traffic.clients[i] = (struct client){ .traffic = &traffic, .number = i };
        site_dials(traffic.clients[i].endpoint, zoc_listener_endpoint(traffic.listener), 3 + i % 4);
        zoc_go(&clients, run_client, &traffic.clients[i]);
    }
    zoc_sleep(draw_pause(15 * ZOC_SECOND));
    stop_service(&traffic, &service);
    check_times(&traffic);
    zoc_listener_close(traffic.listener);
    zoc_group_wait(&clients);
    for (unsigned i = 0; i < traffic.count; i++)
        check_client(&traffic.clients[i]);
    return 0;
}
