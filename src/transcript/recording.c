#include "transcript/recording.h"

#include "stream/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/tls.h>

/* A stream of it, whose peer is one of its sides. */
struct seen {
    zoc_observer observer; /* first */
    zoc_observer *also;    /* told first; NULL */
    struct recording *recording;
    enum side peer;
    bool open;  /* there is a stream */
    bool reset; /* that was said */
};

struct recording {
    struct transcript *transcript;
    bool relays;
    unsigned number; /* of the connection, while there are streams */
    unsigned open;   /* streams */
    bool held;       /* by its maker */
    struct seen seen[SIDE_COUNT];
};

static void let_go(struct recording *recording)
{
    if (!recording->held && recording->open == 0)
        free(recording);
}

/* --- what is told --------------------------------------------------------------------------------- */

static void record(const struct seen *seen, const zoc_notice *notice, struct form_event event)
{
    const struct recording *recording = seen->recording;

    if (!event.event)
        event.event = zoc_notice_name(notice->kind);
    event.connection = recording->open ? recording->number : 0;
    transcript_write(recording->transcript, notice->time, event);
}

/* In a relay, what goes out at one stream came in at the other one. */
static bool hears_both(const struct seen *seen)
{
    return !seen->recording->relays;
}

static const char *text_of(const zoc_address *address, char *text)
{
    return address && address->size ? zoc_address_format(address, text, ZOC_ADDRESS_TEXT) : NULL;
}

static void record_addresses(const struct seen *seen, const zoc_notice *notice)
{
    char peer_text[ZOC_ADDRESS_TEXT], local_text[ZOC_ADDRESS_TEXT];
    const char *peer = text_of(notice->address, peer_text), *local = text_of(notice->local, local_text);
    bool is_client = seen->peer == SIDE_CLIENT;

    record(seen, notice,
           (struct form_event){
               .client = is_client ? peer : local, .server = is_client ? local : peer, .name = notice->name });
}

/* A connection through a proxy is told of twice: the way to the proxy, and what is behind it. */
static void begin(struct seen *seen, const zoc_notice *notice)
{
    struct recording *recording = seen->recording;

    if (recording->open == 0)
        recording->number = ++recording->transcript->connections;
    recording->open += !seen->open;
    seen->open = true;
    seen->reset = false;
    record_addresses(seen, notice);
}

/* A name has several addresses, and each may fail. */
static void record_attempt(struct seen *seen, const zoc_notice *notice)
{
    char server[ZOC_ADDRESS_TEXT];

    record(seen, notice,
           (struct form_event){ .server = text_of(notice->address, server),
                                .name = notice->name,
                                .error = zoc_error_text(notice->error) });
}

static void record_data(const struct seen *seen, const zoc_notice *notice, enum side from)
{
    bool datagram = !notice->stream || zoc_stream_has_messages(notice->stream);
    zoc_bytes rest = notice->bytes;

    do {
        zoc_bytes piece = form_piece(&rest);
        record(seen, notice,
               (struct form_event){ .event = "data", .from = side_name(from), .data = &piece, .datagram = datagram });
    } while (rest.size > 0);
}

static void record_failure(struct seen *seen, const zoc_notice *notice)
{
    bool reset = notice->error == -ECONNRESET || notice->error == -EPIPE;
    struct form_event event = { .event = reset ? "reset" : NULL, .from = side_name(seen->peer) };

    if (seen->reset)
        return;
    seen->reset = reset;
    if (!reset)
        event.error = zoc_error_text(notice->error);
    record(seen, notice, event);
}

/* The connection is over when the last of its streams is closed. */
static void end(struct seen *seen, const zoc_notice *notice)
{
    struct recording *recording = seen->recording;

    if (!seen->open)
        return;
    if (recording->open == 1)
        record(seen, notice, (struct form_event){ 0 });
    seen->open = false;
    recording->open--;
    let_go(recording);
}

static void record_received(struct seen *seen, const zoc_notice *notice)
{
    record_data(seen, notice, seen->peer);
}

static void record_sent(struct seen *seen, const zoc_notice *notice)
{
    if (hears_both(seen))
        record_data(seen, notice, side_other(seen->peer));
}

static void record_peers_end(struct seen *seen, const zoc_notice *notice)
{
    record(seen, notice, (struct form_event){ .event = "end", .from = side_name(seen->peer) });
}

static void record_our_end(struct seen *seen, const zoc_notice *notice)
{
    if (hears_both(seen))
        record(seen, notice, (struct form_event){ .event = "end", .from = side_name(side_other(seen->peer)) });
}

static void record_our_reset(struct seen *seen, const zoc_notice *notice)
{
    if (hears_both(seen))
        record(seen, notice, (struct form_event){ .event = "reset", .from = side_name(side_other(seen->peer)) });
}

static void record_agreement(struct seen *seen, const zoc_notice *notice)
{
    struct form_event event = { .event = "tls_agreed", .from = side_name(seen->peer) };
    zoc_tls_info info;

    if (zoc_tls_get_info(notice->stream, &info) == 0) {
        event.version = info.version;
        event.cipher = info.cipher;
        event.alpn = *info.alpn ? info.alpn : NULL;
    }
    record(seen, notice, event);
}

/* What is not here is no part of the conversation. */
static void (*const heeds[])(struct seen *seen, const zoc_notice *notice) = {
    [ZOC_CONNECT_FAILED] = record_attempt,
    [ZOC_CONNECTED] = begin,
    [ZOC_ACCEPTED] = begin,
    [ZOC_TLS_AGREED] = record_agreement,
    [ZOC_RECEIVED] = record_received,
    [ZOC_SENT] = record_sent,
    [ZOC_PEER_ENDED] = record_peers_end,
    [ZOC_WE_ENDED] = record_our_end,
    [ZOC_WE_RESET] = record_our_reset,
    [ZOC_FAILED] = record_failure,
    [ZOC_CLOSED] = end,
};

/* After the last notice there is nothing of ours left, it may be. */
static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    struct seen *seen = (struct seen *)observer;

    if (seen->also)
        seen->also->tell(seen->also, notice);
    if (heeds[notice->kind])
        heeds[notice->kind](seen, notice);
}

/* --- making them ---------------------------------------------------------------------------------- */

int recording_new(struct transcript *transcript, bool relays, struct recording **ret_recording)
{
    struct recording *recording = calloc(1, sizeof *recording);

    if (!recording)
        return -ENOMEM;
    recording->transcript = transcript;
    recording->relays = relays;
    recording->held = true;
    *ret_recording = recording;
    return 0;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    recording->held = false;
    let_go(recording);
}

zoc_observer *recording_observer(struct recording *recording, enum side peer, zoc_observer *also)
{
    struct seen *seen = &recording->seen[peer];

    *seen = (struct seen){ .observer.tell = tell, .also = also, .recording = recording, .peer = peer };
    return &seen->observer;
}

void recording_follow(struct recording *recording, enum side peer, zoc_stream *stream)
{
    zoc_observer *observer = recording_observer(recording, peer, stream->observer);
    zoc_address local = { 0 };
    const zoc_notice accepted = {
        .kind = ZOC_ACCEPTED, .time = zoc_now(), .stream = stream, .address = zoc_stream_peer(stream), .local = &local
    };

    zoc_stream_local(stream, &local);
    zoc_observe(stream, observer);
    begin((struct seen *)observer, &accepted);
}

void recording_meet(struct recording *recording, enum side peer, const zoc_address *address, const zoc_address *local)
{
    zoc_observer *observer = recording_observer(recording, peer, NULL);

    observer_tell(observer, (zoc_notice){ .kind = ZOC_ACCEPTED, .address = address, .local = local });
}

void recording_hear(struct recording *recording, enum side peer, zoc_bytes datagram)
{
    observer_tell(&recording->seen[peer].observer, (zoc_notice){ .kind = ZOC_RECEIVED, .bytes = datagram });
}

void recording_part(struct recording *recording, enum side peer)
{
    observer_tell(&recording->seen[peer].observer, (zoc_notice){ .kind = ZOC_CLOSED });
}
