/* Echo with many clients: what comes back is what was sent, in order, whole or with an error. */
#include "classic/echo.h"
#include "worlds.h"

#include <errno.h>

#define CLIENTS_MAX 6
#define PIECE_MAX   3000
#define TOTAL_MAX   20000

struct client {
    uint64_t number;
    uint64_t total; /* bytes to send */
    bool calm;      /* nothing is lost, and there is no hurry: all of it has to come back */
    const zoc_endpoint *where;
    zoc_stream *stream;
};

struct square {
    zoc_listener *listener;
    unsigned clients;
    struct client list[CLIENTS_MAX];
};

static int serve(void *arg)
{
    struct square *square = arg;
    int result = zoc_serve(square->listener, echo_converse, &(struct echo_settings){ 0 });

    expect_network_error(result < 0 ? result : -ECANCELED);
    return 0;
}

static int send_all(void *arg)
{
    struct client *client = arg;
    char data[PIECE_MAX];

    for (uint64_t sent = 0; sent < client->total;) {
        uint64_t left = client->total - sent;
        size_t size = draw(1, left < PIECE_MAX ? left : PIECE_MAX);
        fill_pattern(data, size, client->number, sent);
        ssize_t result = zoc_write(client->stream, data, size);
        if (result < 0)
            return (int)result;
        sim_expect((size_t)result == size);
        sent += size;
        if (one_in(4) && zoc_sleep(draw_time(1, ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return zoc_shut(client->stream);
}

/* Returns how many bytes came back, or an error. */
static int64_t receive_all(struct client *client)
{
    zoc_bytes chunk;
    uint64_t received = 0;
    ssize_t result;

    while ((result = zoc_receive(client->stream, &chunk)) > 0) {
        expect_pattern(chunk.data, chunk.size, client->number, received);
        received += chunk.size;
        if (one_in(8) && zoc_sleep(draw_time(1, ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return result < 0 ? result : (int64_t)received;
}

static void talk(struct client *client)
{
    ZOC_GROUP(sender);
    struct tally tally;

    tally_init(&tally);
    zoc_observe(client->stream, &tally.observer);
    zoc_go(&sender, send_all, client);
    int64_t received = receive_all(client);
    zoc_account account = zoc_stream_account(client->stream);
    sim_expect(tally.received == account.received);
    if (received < 0) {
        expect_network_error((int)received);
        zoc_group_cancel(&sender);
    }
    int sent = zoc_group_wait(&sender);
    if (client->calm)
        sim_expect(sent == 0 && received == (int64_t)client->total);
    if (received >= 0 && sent == 0)
        sim_expect((uint64_t)received == client->total || zoc_stopped() != ZOC_RUNNING || account.error);
    account = zoc_stream_account(client->stream);
    sim_expect(tally.sent == account.sent);
    zoc_observe(client->stream, NULL);
}

static int call(void *arg)
{
    struct client *client = arg;
    char endpoint[SITE_TEXT];
    int result = -ETIMEDOUT;

    site_dials(endpoint, client->where, 3 + (unsigned)(client->number % 4));
    zoc_sleep(draw_time(1, ZOC_SECOND));
    ZOC_WITHIN(client->calm ? ZOC_NEVER : draw_time(ZOC_MILLISECOND, 300 * ZOC_SECOND)) {
        result = zoc_dial(endpoint, NULL, &client->stream);
        if (result == 0)
            talk(client);
    }
    sim_expect(!client->calm || result == 0);
    if (result < 0)
        expect_network_error(result);
    else if (one_in(2))
        zoc_finish(client->stream);
    else
        zoc_close(client->stream);
    return 0;
}

int run_echo(void *unused)
{
    ZOC_GROUP(service);
    ZOC_GROUP(clients);
    struct square square = { .clients = (unsigned)draw(1, CLIENTS_MAX) };
    char endpoint[SITE_TEXT];
    bool calm = one_in(3);

    (void)unused;
    if (calm)
        faults_limit(HARM_DELAY);
    int result = zoc_listen(site_listens(endpoint, "tcp", 2, 7), NULL, &square.listener);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    zoc_go(&service, serve, &square);
    for (unsigned i = 0; i < square.clients; i++) {
        square.list[i] = (struct client){
            .number = i, .total = draw(0, TOTAL_MAX), .calm = calm, .where = zoc_listener_endpoint(square.listener)
        };
        zoc_go(&clients, call, &square.list[i]);
    }
    zoc_group_wait(&clients);
    zoc_group_stop(&service);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&service);
    zoc_listener_close(square.listener);
    return 0;
}
