#include "anatomy/exchange.h"

#include "anatomy/headers.h"
#include "anatomy/kernel.h"
#include "base/text.h"
#include "look/sockets.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <zocalo/error.h>

#define SAY_TIME_MIN ZOC_SECOND      /* for what is said to be taken, also by who waits for no answer */
#define SETTLE_STEP  ZOC_MILLISECOND /* between two looks whether the last segment has come: nothing tells */

struct watcher {
    zoc_observer observer; /* first */
    struct exchange *exchange;
    struct descriptor *socket; /* under the stream; NULL: not yet */
    zoc_stream *stream;
    zoc_time sealed; /* TLS was agreed on; 0: it was not */
};

/* --- moments -------------------------------------------------------------------------------------- */

/* The last place is kept for the end. */
static struct moment *note(struct watcher *watcher, enum moment_kind kind, zoc_time time)
{
    struct exchange *exchange = watcher->exchange;
    static struct moment lost;

    if (exchange->moment_count >= MOMENTS_MAX - (kind != MOMENT_OVER))
        return &lost;
    struct moment *moment = &exchange->moments[exchange->moment_count++];
    *moment = (struct moment){ .kind = kind, .time = time };
    if (watcher->socket && exchange->facts.carrier == CARRIER_TCP)
        kernel_counts(watcher->socket->fd, &moment->counts);
    return moment;
}

/* --- connecting ----------------------------------------------------------------------------------- */

static void see_attempt(struct exchange *exchange, const zoc_notice *notice)
{
    if (notice->address && exchange->attempt_count < ZOC_ADDRESSES_MAX)
        exchange->attempts[exchange->attempt_count++] =
            (struct attempt){ .address = *notice->address, .begun = notice->time };
}

static struct attempt *find_attempt(struct exchange *exchange, const zoc_address *address)
{
    for (unsigned i = exchange->attempt_count; address && i-- > 0;)
        if (exchange->attempts[i].ended == 0 && zoc_address_equal(&exchange->attempts[i].address, address))
            return &exchange->attempts[i];
    return NULL;
}

static void end_attempt(struct exchange *exchange, const zoc_notice *notice, int error)
{
    struct attempt *attempt = find_attempt(exchange, notice->address);

    if (!attempt)
        return;
    attempt->ended = notice->time;
    attempt->error = error;
    exchange->begun = attempt->begun;
}

static void ask_socket(struct watcher *watcher)
{
    struct facts *facts = &watcher->exchange->facts;
    int fd = watcher->socket->fd;
    bool ip6 = facts_plain(&facts->server).any.sa_family == AF_INET6;

    kernel_ask_times(fd);
    kernel_packet(fd, ip6, facts);
    if (facts->carrier == CARRIER_TCP)
        kernel_terms(fd, &facts->tcp);
}

static void see_connected(struct watcher *watcher, const zoc_notice *notice)
{
    struct exchange *exchange = watcher->exchange;
    zoc_stream *stream = notice->stream;

    end_attempt(exchange, notice, 0);
    watcher->socket = stream->operations->plain ? stream->operations->plain(stream, true) : NULL;
    if (!watcher->socket)
        return;
    exchange->facts.server = *notice->address;
    if (notice->local)
        exchange->facts.client = *notice->local;
    if (exchange->facts.carrier != CARRIER_UNIX)
        ask_socket(watcher);
    note(watcher, MOMENT_CONNECTED, notice->time)->since = exchange->begun;
}

static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    struct watcher *watcher = (struct watcher *)observer;

    if (notice->kind == ZOC_CONNECTING)
        see_attempt(watcher->exchange, notice);
    else if (notice->kind == ZOC_CONNECT_FAILED)
        end_attempt(watcher->exchange, notice, notice->error);
    else if (notice->kind == ZOC_CONNECTED)
        see_connected(watcher, notice);
    else if (notice->kind == ZOC_TLS_AGREED)
        watcher->sealed = notice->time;
}

/* No connection came about: how the last attempt ended. */
static void note_failure(struct watcher *watcher, int error)
{
    struct exchange *exchange = watcher->exchange;

    if (exchange->attempt_count == 0 || watcher->socket)
        return;
    struct attempt *last = &exchange->attempts[exchange->attempt_count - 1];
    if (last->ended == 0) { /* it was broken off */
        last->ended = zoc_now();
        last->error = error;
    }
    exchange->begun = last->begun;
    exchange->facts.server = last->address;
    enum moment_kind kind = last->error == -ECONNREFUSED ? MOMENT_REFUSED
                            : last->error == -ETIMEDOUT  ? MOMENT_SILENCE
                                                         : MOMENT_UNREACHABLE;
    note(watcher, kind, last->ended)->since = last->begun;
}

/* --- hearing -------------------------------------------------------------------------------------- */

/* When what comes next came, as the kernel says. Under TLS it is not asked: records are no segments. */
static int await(struct watcher *watcher, zoc_time *ret_came)
{
    struct descriptor *socket = watcher->socket;
    int result;

    *ret_came = 0;
    if (watcher->exchange->facts.carrier == CARRIER_UNIX || watcher->stream != &socket->stream)
        return 0;
    while ((result = kernel_when_came(socket->fd, ret_came)) == -EAGAIN) {
        socket->watch.ready &= ~(unsigned)WORLD_READABLE;
        int waited = descriptor_wait_readable(socket);
        if (waited < 0)
            return waited;
    }
    return result == -EOPNOTSUPP ? 0 : result; /* the kernel tells a reset once: to who asks first */
}

static bool is_reset(ssize_t error)
{
    return error == -ECONNRESET || error == -ECONNREFUSED || error == -EPIPE;
}

/* Returns 1 when something came, 0 at the end, or why neither. */
static int hear(struct watcher *watcher)
{
    struct exchange *exchange = watcher->exchange;
    zoc_time came;
    zoc_bytes chunk;
    int waited = await(watcher, &came);
    ssize_t result = waited < 0 ? waited : zoc_receive(watcher->stream, &chunk);
    zoc_time now = zoc_now();

    if (result == 0 && !chunk.data) {
        note(watcher, MOMENT_PEER_ENDED, now);
        return 0;
    }
    if (is_reset(result))
        note(watcher, MOMENT_RESET, now);
    if (result < 0)
        return (int)result;
    struct moment *moment = note(watcher, MOMENT_HEARD, now);
    moment->came = came;
    moment->bytes = (size_t)result;
    exchange->heard += (size_t)result;
    return exchange->heard < EXCHANGE_HEARD_MAX ? 1 : -EMSGSIZE;
}

static zoc_time limit_of(const struct watcher *watcher)
{
    zoc_time now = zoc_now();
    zoc_duration wait = watcher->exchange->wait;

    return wait < ZOC_NEVER - now ? now + wait : ZOC_NEVER;
}

static int hear_within(struct watcher *watcher, zoc_time limit)
{
    int result = 0;

    ZOC_WITHIN(limit == ZOC_NEVER ? ZOC_NEVER : limit - zoc_now())
        result = hear(watcher);
    return result;
}

/* --- the conversation ----------------------------------------------------------------------------- */

static struct moment *say(struct watcher *watcher)
{
    struct exchange *exchange = watcher->exchange;
    zoc_time time = zoc_now();
    ssize_t result = 0;

    if (exchange->say.size == 0)
        return NULL;
    ZOC_WITHIN(exchange->wait > SAY_TIME_MIN ? exchange->wait : SAY_TIME_MIN)
        result = zoc_write(watcher->stream, exchange->say.data, exchange->say.size);
    if (is_reset(result))
        note(watcher, MOMENT_RESET, zoc_now());
    if (result < 0)
        return NULL;
    struct moment *moment = note(watcher, MOMENT_SAID, time);
    moment->bytes = exchange->said = exchange->say.size;
    return moment;
}

/* The last segment of a connection comes after the last thing that a program is told. */
static void settle(struct watcher *watcher)
{
    zoc_time limit = limit_of(watcher);
    struct counts counts;

    do {
        kernel_counts(watcher->socket->fd, &counts);
    } while (counts.known && !counts.closed && zoc_now() < limit && zoc_sleep(SETTLE_STEP) == 0);
}

static void ask_times(struct watcher *watcher, struct moment *said)
{
    uint32_t byte = 0; /* of datagrams: the first */

    if (watcher->exchange->facts.carrier == CARRIER_TCP)
        byte = said->counts.known ? (uint32_t)said->counts.bytes_out - 1 : (uint32_t)said->bytes - 1;
    kernel_when_left(watcher->socket->fd, byte, &said->left, &said->acknowledged);
}

/* 0: the kernel keeps the connection in TIME_WAIT, although the socket says that it is closed; -ENOENT: it does not. */
static int look_whether_it_waits(void *arg)
{
    const struct facts *facts = arg;
    struct look_socket socket;

    return look_connection(&facts->client, &facts->server, &socket);
}

/* Where both had ended by the time the kernel was asked, its state is CLOSE whoever was first: but only who was is left
 * in TIME_WAIT. */
static void learn_who_was_first(struct exchange *exchange)
{
    for (size_t i = 0; i < exchange->moment_count; i++) {
        struct moment *moment = &exchange->moments[i];
        if (moment->kind == MOMENT_WE_ENDED && moment->counts.closed)
            moment->counts.peer_first = zoc_offload(look_whether_it_waits, &exchange->facts) == -ENOENT;
    }
}

static void finish(struct watcher *watcher, struct moment *said, bool both_ended)
{
    if (both_ended && watcher->exchange->facts.carrier == CARRIER_TCP) {
        settle(watcher);
        learn_who_was_first(watcher->exchange);
    }
    if (said && watcher->exchange->facts.carrier != CARRIER_UNIX)
        ask_times(watcher, said);
    note(watcher, MOMENT_OVER, zoc_now());
}

/* The peer's FIN has come already, and waits behind what was not read yet. */
static bool peer_was_first(const struct watcher *watcher)
{
    struct counts counts;

    kernel_counts(watcher->socket->fd, &counts);
    return counts.peer_first;
}

static int hear_to_end(struct watcher *watcher, int result)
{
    zoc_time limit = limit_of(watcher);

    while (result == 1)
        result = hear_within(watcher, limit);
    return result;
}

/* What was reset has no end to tell. */
static bool shut(struct watcher *watcher)
{
    struct counts counts;

    kernel_counts(watcher->socket->fd, &counts);
    zoc_time now = zoc_now();
    if (counts.closed || zoc_shut(watcher->stream) < 0)
        return false;
    note(watcher, MOMENT_WE_ENDED, now);
    return true;
}

/* The half-close comes after an answer, or after the time for one. Who ended first is as it was: what has ended already
 * is read to its end before ours is sent. */
static void converse(struct watcher *watcher)
{
    struct moment *said = say(watcher);
    int result = hear_within(watcher, limit_of(watcher));

    if (zoc_stream_has_messages(watcher->stream) || (result < 0 && result != -ETIMEDOUT)) {
        finish(watcher, said, false);
        return;
    }
    if (result == 1 && peer_was_first(watcher))
        result = hear_to_end(watcher, result);
    bool done = shut(watcher);
    if (result != 0)
        result = hear_to_end(watcher, 1);
    finish(watcher, said, done && result == 0);
}

/* --- what else is known --------------------------------------------------------------------------- */

static bool contains(const char *text, const char *word)
{
    return strstr(text, word) != NULL;
}

/* RFC 8446 section 5.2; RFC 5288, RFC 6655 and RFC 7905 for what TLS 1.2 has. */
static void learn_tls(const zoc_stream *stream, struct tls_terms *tls)
{
    zoc_tls_info info;

    if (zoc_tls_get_info(stream, &info) < 0)
        return;
    bool newest = strcmp(info.version, "TLS 1.3") == 0;
    bool chacha = contains(info.cipher, "CHACHA20");
    *tls = (struct tls_terms){
        .version = info.version,
        .cipher = info.cipher,
        .inner_type = newest,
        .nonce = newest || chacha ? 0 : 8,
        .tag = contains(info.cipher, "CCM_8") ? 8 : 16,
        .sized = newest || chacha || contains(info.cipher, "GCM") || contains(info.cipher, "CCM"),
    };
}

/* The kernel counted what TLS made of it: no record is drawn that is of another size. */
static void check_tls(struct exchange *exchange)
{
    struct tls_terms *tls = &exchange->facts.tls;

    for (size_t i = 1; i < exchange->moment_count; i++) {
        const struct moment *moment = &exchange->moments[i];
        const struct counts *before = &exchange->moments[i - 1].counts;
        if (moment->kind == MOMENT_SAID && moment->counts.known && before->known)
            tls->sized &= moment->counts.bytes_out - before->bytes_out == moment->bytes + tls_bytes(tls);
    }
}

static void learn_way(struct exchange *exchange)
{
    zoc_address server = facts_plain(&exchange->facts.server);

    look_offer(&exchange->facts.offer);
    look_way(&server, &exchange->facts.way);
}

/* --- all of it ------------------------------------------------------------------------------------ */

static const struct {
    bool can;
    enum carrier carrier;
} carriers[] = {
    [ZOC_TCP] = { true, CARRIER_TCP },   [ZOC_UDP] = { true, CARRIER_UDP },   [ZOC_TLS] = { true, CARRIER_TCP },
    [ZOC_UNIX] = { true, CARRIER_UNIX }, [ZOC_PATH] = { true, CARRIER_UNIX },
};

static bool is_possible(const zoc_endpoint *endpoint)
{
    return !endpoint->listens && endpoint->scheme < sizeof carriers / sizeof *carriers &&
           carriers[endpoint->scheme].can;
}

static int dial(struct watcher *watcher)
{
    struct exchange *exchange = watcher->exchange;
    zoc_dial_options options = { .observer = &watcher->observer };
    zoc_endpoint endpoint = *exchange->endpoint;
    int result = 0;

    if (endpoint.scheme == ZOC_PATH)
        endpoint.scheme = ZOC_UNIX; /* a pipe or a file has no exchange in it */
    ZOC_WITHIN(exchange->timeout ? exchange->timeout : ZOC_NEVER)
        result = zoc_dial_endpoint(&endpoint, &options, &watcher->stream);
    return result;
}

int exchange_run(struct exchange *exchange)
{
    struct watcher watcher = { .observer.tell = tell, .exchange = exchange };

    if (!is_possible(exchange->endpoint))
        return zoc_refuse(-EINVAL, _("only what connects by tcp://, tls://, udp:// or unix: can be looked at so"));
    exchange->facts.carrier = carriers[exchange->endpoint->scheme].carrier;
    int result = dial(&watcher);
    if (result == 0) {
        learn_tls(watcher.stream, &exchange->facts.tls);
        if (watcher.sealed)
            note(&watcher, MOMENT_SEALED, watcher.sealed);
        converse(&watcher);
        check_tls(exchange);
        zoc_close(watcher.stream);
    } else {
        note_failure(&watcher, result);
    }
    learn_way(exchange);
    return result;
}
