/* Services that answer datagrams, which are lost, doubled, late or refused: what comes back is what was sent, whole and
 * to who sent it, never more often than it arrived; and the socket is handed over in the middle. */
#include "classic/chargen.h"
#include "classic/daytime.h"
#include "classic/echo.h"
#include "classic/qotd.h"
#include "classic/time.h"
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX   3
#define LETTERS_MAX   16 /* of each client: all of them find room in a queue */
#define HANDED_MAX    3
#define HOST          2
#define PORT          7

#define LONGEST       65507 /* bytes of a datagram (RFC 768) */
#define LONGEST_HERE  1000  /* on this machine, where queues are counted in bytes */
#define SILENCE       (15 * ZOC_SECOND)
#define SILENCE_HERE  (5 * ZOC_SECOND) /* while something must come */
#define SHORT_SILENCE (5 * ZOC_MILLISECOND)
#define STOP_TIME     ZOC_SECOND

/* What the first bytes of a letter say; the rest is a pattern. */
struct heading {
    uint32_t client, number, size;
};

struct client {
    unsigned number;
    zoc_stream *stream;
    char *paper;
    unsigned letters; /* that were begun */
    bool sent[LETTERS_MAX];
    uint32_t sizes[LETTERS_MAX];
    unsigned received;
};

struct kind {
    int (*answer)(zoc_datagrams *socket, void *settings);
    void *settings;
    size_t prefix; /* bytes before what is echoed */
    void (*judge)(const struct kind *kind, const struct client *client, zoc_bytes answer);
};

/* One fiber that answers, until its socket is another's. */
struct post {
    zoc_datagrams *socket;
    bool gone, ended;
};

static struct desk {
    const struct kind *kind;
    struct post posts[HANDED_MAX + 1];
    unsigned handed;
    bool closed; /* before the clients were done */
    struct client clients[CLIENTS_MAX];
    unsigned count, sent, received, unanswerable;
    zoc_group service;
} desk;

/* --- answers -------------------------------------------------------------------------------------- */

static void judge_echo(const struct kind *kind, const struct client *client, zoc_bytes answer)
{
    struct heading heading;
    const struct echo_settings *settings = kind->settings;
    zoc_bytes letter = { answer.data + kind->prefix, answer.size - kind->prefix };

    sim_expect(answer.size >= kind->prefix);
    if (settings->mode == ECHO_LINE)
        sim_expect(memcmp(answer.data, "ECHO: ", 6) == 0);
    if (letter.size == 0) {
        bool sent = false;
        for (unsigned i = 0; i < client->letters; i++)
            sent |= client->sizes[i] == 0;
        sim_expect(sent);
        return;
    }
    sim_expect(letter.size >= sizeof heading);
    memcpy(&heading, letter.data, sizeof heading);
    sim_expect(heading.client == client->number && heading.number < client->letters);
    sim_expect(heading.size == letter.size && client->sizes[heading.number] == letter.size);
    expect_pattern(letter.data + sizeof heading, letter.size - sizeof heading, heading.number, heading.client);
}

static void judge_time(const struct kind *kind, const struct client *client, zoc_bytes answer)
{
    (void)kind, (void)client;
    sim_expect(answer.size == 4);
}

static void judge_line(const struct kind *kind, const struct client *client, zoc_bytes answer)
{
    (void)kind, (void)client;
    sim_expect(answer.size > 2 && answer.size <= 512 && memcmp(answer.data + answer.size - 2, "\r\n", 2) == 0);
}

static void judge_characters(const struct kind *kind, const struct client *client, zoc_bytes answer)
{
    (void)kind, (void)client;
    sim_expect(answer.size <= 512);
    for (size_t i = 0; i < answer.size; i++)
        sim_expect((answer.data[i] >= ' ' && answer.data[i] <= '~') || strchr("\r\n", answer.data[i]));
}

static struct echo_settings raw = { ECHO_RAW }, line = { ECHO_LINE }, stamp = { ECHO_STAMP };
static struct qotd_settings quotes;

static const struct kind kinds[] = {
    { echo_datagrams, &raw, 0, judge_echo },
    { echo_datagrams, &line, sizeof "ECHO: " - 1, judge_echo },
    { echo_datagrams, &stamp, sizeof "[2026-11-21 13:45:00] Echo: " - 1, judge_echo },
    { time_datagrams, NULL, 0, judge_time },
    { daytime_datagrams, NULL, 0, judge_line },
    { qotd_datagrams, &quotes, 0, judge_line },
    { chargen_datagrams, NULL, 0, judge_characters },
};

static const struct kind *draw_kind(void)
{
    return &kinds[one_in(2) ? 0 : draw(0, sizeof kinds / sizeof *kinds - 1)];
}

/* --- what may go wrong ------------------------------------------------------------------------------ */

/* What keeps an answer from coming back. That the socket is handed over does not. */
static bool may_have_lost(void)
{
    static const enum fault faults[] = { FAULT_DATAGRAM_LOST, FAULT_DATAGRAM_TWICE, FAULT_DATAGRAM_ICMP,
                                         FAULT_HOST_CRASH,    FAULT_LINK_CUT,       FAULT_LINK_ONE_WAY,
                                         FAULT_KERNEL_NOBUFS };

    return desk.closed || any_struck(faults, sizeof faults / sizeof *faults);
}

/* --- clients -------------------------------------------------------------------------------------- */

static uint32_t draw_size(void)
{
    size_t most = site_is_real ? LONGEST_HERE : one_in(16) ? LONGEST + 1 : LONGEST / 2;
    size_t size = one_in(16) ? most : draw(0, most);

    return (uint32_t)(size < sizeof(struct heading) ? 0 : size);
}

static bool cannot_be_answered(uint32_t size)
{
    return size + desk.kind->prefix > LONGEST && desk.kind->judge == judge_echo;
}

/* Returns 0, or why nothing more can be sent. */
static int send_letter(struct client *client)
{
    uint32_t number = client->letters++, size = client->sizes[number] = draw_size();
    struct heading heading = { client->number, number, size };

    if (size > 0) {
        memcpy(client->paper, &heading, sizeof heading);
        fill_pattern(client->paper + sizeof heading, size - sizeof heading, number, client->number);
    }
    ssize_t result = zoc_write(client->stream, client->paper, size);
    if (result == -ENOBUFS || result == -ENOMEM)
        sim_expect(fault_count_of_run(FAULT_KERNEL_NOBUFS) > 0);
    else if (size > LONGEST)
        sim_expect(result == -EMSGSIZE || result == -ECONNREFUSED || result == -ECANCELED);
    else if (result >= 0)
        sim_expect(result == size);
    else
        expect_network_error((int)result);
    client->sent[number] = result >= 0;
    desk.sent += result >= 0;
    desk.unanswerable += result >= 0 && cannot_be_answered(size);
    return result == -ECANCELED ? -ECANCELED : 0;
}

/* Returns whether there may be more. */
static bool receive_answer(struct client *client, zoc_duration patience)
{
    zoc_bytes chunk = { 0 };
    ssize_t result = 0;

    ZOC_WITHIN(patience)
        result = zoc_receive(client->stream, &chunk);
    if (result >= 0) {
        sim_expect(chunk.data && chunk.size == (size_t)result);
        desk.kind->judge(desk.kind, client, chunk);
        client->received++;
        desk.received++;
        return true;
    }
    expect_network_error((int)result);
    return result == -ECONNREFUSED; /* an ICMP error says nothing of the next one */
}

/* On this machine nobody waits for long when nothing more can come. */
static bool must_get_more(const struct client *client)
{
    unsigned sent = 0;

    for (unsigned i = 0; i < client->letters; i++)
        sent += client->sent[i];
    return site_is_real && client->received < sent && !may_have_lost();
}

static void receive_the_rest(struct client *client)
{
    zoc_time give_up_at = zoc_now() + SILENCE_HERE;
    zoc_duration patience = site_is_real ? SHORT_SILENCE : SILENCE;

    while (receive_answer(client, patience) || (must_get_more(client) && zoc_now() < give_up_at))
        ;
}

static void correspond_with(struct client *client)
{
    uint64_t letters = draw(1, LETTERS_MAX);

    for (uint64_t i = 0; i < letters; i++) {
        if (send_letter(client) < 0)
            return;
        while (one_in(2) && receive_answer(client, draw_time(0, ZOC_SECOND)))
            ;
    }
    receive_the_rest(client);
}

static int correspond(void *arg)
{
    struct client *client = arg;
    char endpoint[SITE_TEXT];

    site_dials(endpoint, zoc_datagrams_endpoint(desk.posts[0].socket), 3 + client->number);
    zoc_sleep(draw_time(0, ZOC_SECOND));
    int result = zoc_dial(endpoint, NULL, &client->stream);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    client->paper = malloc(LONGEST + 1);
    if (!client->paper)
        abort();
    correspond_with(client);
    zoc_close(client->stream);
    free(client->paper);
    return 0;
}

/* --- the service ---------------------------------------------------------------------------------- */

static int serve(void *arg)
{
    struct post *post = arg;
    int result = desk.kind->answer(post->socket, desk.kind->settings);

    post->ended = true;
    if (result == 0 ? zoc_stopped() != ZOC_STOPPING : result != -ESHUTDOWN || !post->gone)
        sim_fail("the service ended: %s", zoc_error_text(result));
    return 0;
}

static void hand_over(void)
{
    struct post *old = &desk.posts[desk.handed], *next = &desk.posts[desk.handed + 1];

    old->gone = true;
    sim_expect(zoc_datagrams_hand_over(old->socket, &next->socket) == 0);
    desk.handed++;
    zoc_go(&desk.service, serve, next);
}

/* While the clients write. */
static void interrupt_sometime(void)
{
    for (int i = 0; i < HANDED_MAX && one_in(3); i++) {
        zoc_sleep(draw_time(0, 3 * ZOC_SECOND));
        hand_over();
    }
    if (one_in(6)) {
        zoc_sleep(draw_time(0, 5 * ZOC_SECOND));
        desk.closed = true;
        desk.posts[desk.handed].gone = true;
        zoc_datagrams_end(desk.posts[desk.handed].socket);
    }
}

/* It stops at once: nobody waits for datagrams that have not come, and who has handed his socket over has gone. */
static void stop_service(void)
{
    if (desk.handed > 0)
        zoc_sleep(SHORT_SILENCE);
    for (unsigned i = 0; i < desk.handed; i++)
        sim_expect(desk.posts[i].ended);

    zoc_time begun_at = zoc_now();
    zoc_group_stop(&desk.service);
    sim_expect(zoc_group_wait(&desk.service) == 0);
    sim_expect(zoc_now() - begun_at <= STOP_TIME);
    for (unsigned i = 0; i <= desk.handed; i++)
        zoc_datagrams_close(desk.posts[i].socket);
}

static int open_service(void)
{
    char text[SITE_TEXT];
    zoc_endpoint *endpoint;

    if (one_in(2))
        site_listens(text, "udp", HOST, PORT);
    else
        site_listens_everywhere(text, "udp", PORT);
    int result = zoc_endpoint_parse(text, &endpoint);
    sim_expect(result == 0);
    result = zoc_datagrams_open(endpoint, &desk.posts[0].socket);
    zoc_endpoint_free(endpoint);
    return result;
}

/* --- the run -------------------------------------------------------------------------------------- */

int run_datagrams(void *unused)
{
    ZOC_GROUP(clients);

    (void)unused;
    desk = (struct desk){ .kind = draw_kind(), .count = (unsigned)draw(1, CLIENTS_MAX) };
    int result = open_service();
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    zoc_go(&desk.service, serve, &desk.posts[0]);
    for (unsigned i = 0; i < desk.count; i++) {
        desk.clients[i] = (struct client){ .number = i };
        zoc_go(&clients, correspond, &desk.clients[i]);
    }
    interrupt_sometime();
    zoc_group_wait(&clients);
    stop_service();
    sim_expect(desk.received <= desk.sent + fault_count_of_run(FAULT_DATAGRAM_TWICE));
    if (!may_have_lost())
        sim_expect(desk.received == desk.sent - desk.unanswerable);
    return 0;
}
