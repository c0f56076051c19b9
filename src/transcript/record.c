#include "transcript/record.h"

#include "base/text.h"
#include "net/stream.h"
#include "transcript/form.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* --- lines ---------------------------------------------------------------------------------------- */

static int write_line(struct transcript *transcript)
{
    zoc_buffer *line = &transcript->line;

    while (line->size > 0) {
        struct iovec piece = { line->data, line->size };
        ssize_t written = zoc_world->writev(transcript->fd, &piece, 1);
        if (written <= 0)
            return written < 0 ? (int)written : -EIO;
        zoc_buffer_consume(line, (size_t)written);
    }
    return 0;
}

static void give_up(struct transcript *transcript, int error)
{
    char name[256];

    transcript->error = error;
    fprintf(stderr, _("%s: transcript '%s': %s\n"), transcript->by,
            zoc_escape(zoc_bytes_of(transcript->path), name, sizeof name), zoc_error_text(error));
}

/* `formed`: what putting the line together returned. */
static void finish_line(struct transcript *transcript, int formed)
{
    int result = formed < 0 ? formed : write_line(transcript);

    if (result < 0)
        give_up(transcript, result);
}

/* --- its beginning and end ------------------------------------------------------------------------ */

/* A pipe or a socket could keep the whole program waiting for its reader. */
static int check_kind(int fd)
{
    struct stat status;
    int result = zoc_world->fstat(fd, &status);

    if (result == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        return zoc_refuse(-EINVAL, _("it is a pipe or a socket, and no file"));
    if (result == 0 && S_ISREG(status.st_mode))
        result = zoc_world->fchmod(fd, 0600);
    return result < 0 ? zoc_refuse(result, "%s", zoc_error_text(result)) : 0;
}

static int wrap_open(int error, const char *path)
{
    char name[256];

    return zoc_wrap(error, _("transcript '%s'"), zoc_escape(zoc_bytes_of(path), name, sizeof name));
}

int transcript_open(struct transcript *transcript, const char *path, const char *by)
{
    if (strcmp(path, "-") == 0)
        return zoc_refuse(-EINVAL, _("a transcript goes to a file, not to standard output"));
    int fd = zoc_world->open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0)
        return wrap_open(zoc_refuse(fd, "%s", zoc_error_text(fd)), path);
    int result = check_kind(fd);
    if (result < 0) {
        zoc_world->close(fd);
        return wrap_open(result, path);
    }
    *transcript = (struct transcript){ .path = path,
                                       .by = by,
                                       .open = true,
                                       .fd = fd,
                                       .start = zoc_world->monotonic(),
                                       .line.size_max = TRANSCRIPT_LINE_MAX };
    finish_line(transcript, form_header(&transcript->line, zoc_world->wall(), by));
    return 0;
}

int transcript_close(struct transcript *transcript)
{
    if (!transcript->open)
        return 0;
    int result = zoc_world->close(transcript->fd);
    if (result < 0 && !transcript->error)
        give_up(transcript, result);
    zoc_buffer_release(&transcript->line);
    transcript->open = false;
    return transcript->error;
}

/* --- one connection ------------------------------------------------------------------------------- */

/* A stream of it, whose peer is one of its sides. */
struct seen {
    zoc_observer observer; /* first */
    zoc_observer *also;    /* told afterwards; NULL */
    struct recording *recording;
    enum side peer;
    bool open;  /* there is a stream */
    bool reset; /* that was said */
};

struct recording {
    struct transcript *transcript;
    bool relays;
    unsigned number; /* of the connection; 0 while there is no stream */
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
    struct transcript *transcript = seen->recording->transcript;

    if (!event.event)
        event.event = zoc_notice_name(notice->kind);
    event.time = notice->time - transcript->start;
    event.connection = seen->recording->open ? seen->recording->number : 0;
    if (!transcript->error)
        finish_line(transcript, form_event(&transcript->line, &event));
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
static void record_attempt(const struct seen *seen, const zoc_notice *notice)
{
    char server[ZOC_ADDRESS_TEXT];

    record(seen, notice,
           (struct form_event){ .server = text_of(notice->address, server),
                                .name = notice->name,
                                .error = zoc_error_text(notice->error) });
}

static void record_data(const struct seen *seen, const zoc_notice *notice, enum side from)
{
    bool datagram = zoc_stream_has_messages(notice->stream);
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

static void heed(struct seen *seen, const zoc_notice *notice)
{
    enum side peer = seen->peer, us = side_other(peer);

    switch (notice->kind) {
    case ZOC_CONNECTED:
    case ZOC_ACCEPTED:
        begin(seen, notice);
        break;
    case ZOC_CONNECT_FAILED:
        record_attempt(seen, notice);
        break;
    case ZOC_RECEIVED:
        record_data(seen, notice, peer);
        break;
    case ZOC_SENT:
        if (hears_both(seen))
            record_data(seen, notice, us);
        break;
    case ZOC_PEER_ENDED:
        record(seen, notice, (struct form_event){ .event = "end", .from = side_name(peer) });
        break;
    case ZOC_WE_ENDED:
        if (hears_both(seen))
            record(seen, notice, (struct form_event){ .event = "end", .from = side_name(us) });
        break;
    case ZOC_WE_RESET:
        if (hears_both(seen))
            record(seen, notice, (struct form_event){ .event = "reset", .from = side_name(us) });
        break;
    case ZOC_FAILED:
        record_failure(seen, notice);
        break;
    case ZOC_TLS_AGREED:
        record(seen, notice, (struct form_event){ .event = "tls_agreed", .from = side_name(peer) });
        break;
    case ZOC_CLOSED:
        end(seen, notice);
        break;
    case ZOC_RESOLVING:
    case ZOC_RESOLVED:
    case ZOC_CONNECTING:
    case ZOC_LISTENING:
        break; /* no part of the conversation */
    }
}

/* After the last notice there is nothing of ours left, it may be. */
static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    struct seen *seen = (struct seen *)observer;

    if (seen->also)
        seen->also->tell(seen->also, notice);
    heed(seen, notice);
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
