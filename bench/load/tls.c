/* TLS from the client's side, by OpenSSL: `handshake` connects, shakes hands, sends a message and gets it back, and resets,
 * some at a time; `secret` asks for loads of bytes as `bulk` does, and decrypts them. Nothing is verified and nothing resumed:
 * what the server costs is measured, and the client is to be the cheaper one. */
#include "load.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_MAX 64
#define LOAD_SIZE  (16LL << 20) /* bytes that are asked for at a time */

struct guest {
    const struct server *server;
    int fd;
    SSL *ssl;
    bool asked;
    int64_t missing; /* bytes of the answer */
};

static SSL_CTX *context(void)
{
    static SSL_CTX *made;

    if (made)
        return made;
    made = SSL_CTX_new(TLS_client_method());
    if (!made)
        die("SSL_CTX_new failed");
    SSL_CTX_set_verify(made, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(made, 1);
    return made;
}

static void open_guest(struct guest *guest, const struct server *server, int poller, uint64_t token)
{
    *guest = (struct guest){ .server = server, .fd = server_connect(server), .ssl = SSL_new(context()) };
    if (!guest->ssl || SSL_set_fd(guest->ssl, guest->fd) != 1)
        die("SSL_new failed");
    SSL_set_connect_state(guest->ssl);
    set_nonblocking(guest->fd);
    poller_add(poller, guest->fd, EPOLLIN | EPOLLET, token);
}

static void close_guest(struct guest *guest)
{
    SSL_free(guest->ssl);
    close(guest->fd);
}

/* What OpenSSL wants is waited for by the caller; anything else is the end of the run. */
static void need_more(const struct guest *guest, int result)
{
    int error = SSL_get_error(guest->ssl, result);

    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        die("TLS: error %d: %s", error, ERR_reason_error_string(ERR_get_error()));
}

static void ask(struct guest *guest, int64_t size)
{
    char message[MESSAGE_SIZE] = { 0 };

    memcpy(message, &size, sizeof(size));
    if (SSL_write(guest->ssl, message, sizeof(message)) != MESSAGE_SIZE)
        die("a message was not taken");
    guest->asked = true;
    guest->missing = size > 0 ? size : MESSAGE_SIZE;
}

/* Goes on as far as it can. Returns whether the answer is whole. */
static bool advance(struct guest *guest, int64_t size)
{
    static char bytes[256 * 1024];
    int result = guest->asked ? 1 : SSL_do_handshake(guest->ssl);

    if (result == 1 && !guest->asked)
        ask(guest, size);
    while (result > 0 && guest->missing > 0) {
        result = SSL_read(guest->ssl, bytes, sizeof(bytes));
        if (result > 0)
            guest->missing -= result;
    }
    if (result <= 0)
        need_more(guest, result);
    return guest->asked && guest->missing == 0;
}

/* --- handshakes ------------------------------------------------------------------------------------- */

static int64_t shake_hands(const struct server *server, int at_a_time, int64_t end_ns)
{
    static struct epoll_event events[EVENTS_MAX];
    struct guest *guests = allocate((size_t)at_a_time, sizeof(*guests));
    int poller = poller_new(), open = at_a_time;
    int64_t done = 0;

    for (int i = 0; i < at_a_time; i++) {
        open_guest(&guests[i], server, poller, (uint64_t)i);
        advance(&guests[i], 0);
    }
    while (open > 0) {
        int count = spin_poll(poller, events, EVENTS_MAX);

        for (int e = 0; e < count; e++) {
            struct guest *guest = &guests[events[e].data.u64];

            if (!advance(guest, 0))
                continue;
            done++;
            close_guest(guest);
            if (monotonic_ns() < end_ns) {
                open_guest(guest, server, poller, events[e].data.u64);
                advance(guest, 0);
            } else {
                open--;
            }
        }
    }
    close(poller);
    free(guests);
    return done;
}

void load_handshake(const struct plan *plan)
{
    for (int round = -1; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + 1 + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t done = shake_hands(&plan->servers[s], plan->connections, slice.wall_ns + plan->slice_ns);

            if (round >= 0) /* the one before is a warm-up */
                slice_end(&slice, round, s, done);
        }
}

/* --- bulk ------------------------------------------------------------------------------------------- */

static int64_t fetch(struct guest *guest, int poller, int64_t end_ns)
{
    struct epoll_event event;
    int64_t bytes = 0;

    do {
        bool whole;

        if (guest->asked)
            ask(guest, LOAD_SIZE);
        while (!(whole = advance(guest, LOAD_SIZE)))
            spin_poll(poller, &event, 1);
        bytes += LOAD_SIZE;
    } while (monotonic_ns() < end_ns);
    return bytes;
}

void load_secret(const struct plan *plan)
{
    struct guest guests[SERVERS_MAX];
    int pollers[SERVERS_MAX];

    for (int s = 0; s < plan->server_count; s++) {
        pollers[s] = poller_new();
        open_guest(&guests[s], &plan->servers[s], pollers[s], 0);
        fetch(&guests[s], pollers[s], 0); /* warm-up */
    }
    for (int round = 0; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t bytes = fetch(&guests[s], pollers[s], slice.wall_ns + plan->slice_ns);

            slice_end(&slice, round, s, bytes);
        }
}
