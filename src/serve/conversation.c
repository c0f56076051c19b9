#include "serve/conversation.h"

#include "serve/spec.h"
#include "stream/stream.h"

#include <stdio.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/log.h>
#include <zocalo/metrics.h>
#include <zocalo/tls.h>

static zoc_metric open_connections = { .name = "open_connections",
                                       .help = "connections that are open now",
                                       .kind = ZOC_GAUGE };
static zoc_metric connections = { .name = "connections_total",
                                  .help = "connections that were accepted",
                                  .kind = ZOC_COUNTER };
static zoc_metric bytes_in = { .name = "received_bytes",
                               .help = "bytes that ended connections received",
                               .kind = ZOC_COUNTER };
static zoc_metric bytes_out = { .name = "sent_bytes",
                                .help = "bytes that ended connections sent",
                                .kind = ZOC_COUNTER };

__attribute__((constructor)) static void register_metrics(void)
{
    zoc_metric_register(&open_connections);
    zoc_metric_register(&connections);
    zoc_metric_register(&bytes_in);
    zoc_metric_register(&bytes_out);
}

struct conversation {
    zoc_observer observer; /* first: tells of every read and write at debug level */
    const struct spec *spec;
    int64_t number; /* from 1, in this process */
};

static int64_t next_number(void)
{
    static int64_t last;

    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

/* --- what is logged ------------------------------------------------------------------------------- */

static const char *const endings[] = {
    [ZOC_OPEN] = "by us", /* the service had enough */
    [ZOC_ENDED_BY_PEER] = "by peer",
    [ZOC_ENDED_BY_US] = "by us",
    [ZOC_ENDED_BY_RESET] = "reset",
    [ZOC_ENDED_BY_TIME] = "timed out",
    [ZOC_ENDED_BY_ERROR] = "error",
};

/* What was stopped hard, or in the middle of a write, has not ended by itself. */
static const char *ending_of(const zoc_stream *peer, const zoc_account *account)
{
    bool cut_off = account->ending == ZOC_OPEN && (peer->poisoned || zoc_stopped() == ZOC_CANCELLED);

    return cut_off ? "cut off" : endings[account->ending];
}

/* TLS has more to say than the number of its error. */
static const char *error_of(const zoc_account *account)
{
    bool has_words = account->error == -ZOC_ETLS || account->error == -ZOC_ECERTIFICATE;

    return has_words ? zoc_why() : account->error ? zoc_error_text(account->error) : "";
}

/* Not in the frame of the conversation: that one is there all the time that a connection is. */
static __attribute__((noinline)) void log_end(const struct conversation *conversation, zoc_stream *peer)
{
    char text[ZOC_ADDRESS_TEXT];
    zoc_account account = zoc_stream_account(peer);
    const struct zoc_log_field fields[] = {
        { "service", conversation->spec->service->name, 0 },
        { "connection", NULL, conversation->number },
        { "loop", NULL, zoc_crew_loop() },
        { "peer", zoc_address_format(zoc_stream_peer(peer), text, sizeof text), 0 },
        { "duration_ns", NULL, zoc_now() - account.since },
        { "bytes_in", NULL, (int64_t)account.received },
        { "bytes_out", NULL, (int64_t)account.sent },
        { "ended", ending_of(peer, &account), 0 },
        { "error", error_of(&account), 0 },
    };
    unsigned count = sizeof fields / sizeof *fields;

    zoc_log_record(ZOC_LOG_INFO, "connection ended", fields, account.error ? count : count - 1);
}

static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    const struct conversation *conversation = (struct conversation *)observer;
    const struct zoc_log_field fields[] = {
        { "service", conversation->spec->service->name, 0 },
        { "connection", NULL, conversation->number },
        { "bytes", NULL, (int64_t)notice->bytes.size },
    };
    bool has_bytes = notice->kind == ZOC_RECEIVED || notice->kind == ZOC_SENT;

    zoc_log_record(ZOC_LOG_DEBUG, zoc_notice_name(notice->kind), fields, has_bytes ? 3 : 2);
}

static void count_end(zoc_stream *peer)
{
    zoc_account account = zoc_stream_account(peer);

    zoc_metric_add(&open_connections, -1);
    zoc_metric_add(&bytes_in, (int64_t)account.received);
    zoc_metric_add(&bytes_out, (int64_t)account.sent);
}

/* --- the conversation ----------------------------------------------------------------------------- */

void conversation_run(zoc_stream *peer, void *arg)
{
    const struct spec *spec = arg;
    struct conversation conversation = { .observer.tell = tell, .spec = spec, .number = next_number() };

    zoc_set_name(spec->service->name);
    zoc_metric_add(&connections, 1);
    zoc_metric_add(&open_connections, 1);
    if (spec->idle)
        zoc_set_timeout(peer, spec->idle);
    if (zoc_log_enabled(ZOC_LOG_DEBUG))
        zoc_observe(peer, &conversation.observer);

    if (zoc_tls_handshake(peer) == 0)
        spec->service->converse(peer, spec->settings);

    count_end(peer);
    if (zoc_log_enabled(ZOC_LOG_INFO))
        log_end(&conversation, peer);
    zoc_observe(peer, NULL); /* what follows is the farewell, and the observer lives in this frame */
}
