#include "base/text.h"
#include "fiber/fiber.h"
#include "stream/chunk.h"
#include "tls/tls_inside.h"
#include "tls/tls_sessions.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

#define RECORD_MAX   (16 * 1024) /* bytes of text in a record (RFC 8446 section 5.1) */
#define OVERHEAD_MAX 128         /* bytes that a cipher adds to them at most */

/* --- failures -------------------------------------------------------------------------------------- */

/* Words for a failure that has none of its own. */
static int say(int error)
{
    return error < 0 ? zoc_refuse(error, "%s", zoc_error_text(error)) : 0;
}

int tls_fail_again(const struct tls *tls)
{
    return zoc_refuse(tls->failure, "%s", tls->why ? tls->why : zoc_error_text(tls->failure));
}

int tls_give_up(struct tls *tls, int error)
{
    const char *why = zoc_why();

    tls->failure = error;
    tls->why = strdup(*why ? why : zoc_error_text(error));
    tls_outbox_offer_last(&tls->outbox, layer_inner(&tls->layer.stream));
    return tls_fail_again(tls);
}

bool tls_is_patient(struct tls *tls)
{
    return tls->patience++ < TLS_PATIENCE_MAX;
}

/* --- receiving ------------------------------------------------------------------------------------- */

int tls_receive_below(struct tls *tls)
{
    tls->taken = 0;
    ssize_t received = zoc_receive(layer_inner(&tls->layer.stream), &tls->input);
    if (received < 0)
        return (int)received;
    tls->input_ended = received == 0;
    return 0;
}

static void take_back(struct tls *tls)
{
    chunk_give(tls->lent);
    tls->lent = NULL;
}

/* What it says after the handshake is the first that it says: see ZOC_LAST_CALL. */
static int receive_first_words(struct tls *tls)
{
    const zoc_stream *stream = &tls->layer.stream;
    zoc_duration rest = stream->since + ZOC_LAST_CALL - zoc_now();
    int result = -ECANCELED;

    if (!stream->served || stream->received > 0 || rest <= 0 || zoc_stopped() != ZOC_STOPPING)
        return result;
    ZOC_FINISH
        ZOC_WITHIN(rest)
            result = tls_receive_below(tls);
    return result == -ETIMEDOUT && zoc_now() >= stream->since + ZOC_LAST_CALL ? -ECANCELED : result;
}

static int refuse_end(struct tls *tls)
{
    return tls_give_up(
        tls, zoc_refuse(-ZOC_ETRUNCATED, _("the peer ended without a TLS close_notify: what came may be cut short")));
}

static int receive_more(struct tls *tls)
{
    tls_outbox_offer(&tls->outbox, layer_inner(&tls->layer.stream));
    if (tls->outbox.waiting.size > TLS_WAITING_MAX)
        return tls_give_up(tls, zoc_refuse(-ZOC_ETLS, _("the peer asks for answers of TLS and does not read them")));
    int result = tls_receive_below(tls);
    if (result == -ECANCELED)
        result = receive_first_words(tls);
    return result == 0 && tls->input_ended ? refuse_end(tls) : result;
}

/* The ticket of TLS 1.3 comes after the handshake; before it came, asking for the session would wait. */
static bool has_session(const struct tls *tls)
{
    return gnutls.gnutls_protocol_get_version(tls->session) < GNUTLS_TLS1_3 ||
           gnutls.gnutls_session_get_flags(tls->session) & GNUTLS_SFLAGS_SESSION_TICKET;
}

static void keep_session(struct tls *tls)
{
    gnutls_datum_t session = { 0 };

    if (!tls->session_key || tls->saved || !has_session(tls))
        return;
    tls->saved = true;
    if (gnutls.gnutls_session_get_data2(tls->session, &session) == 0)
        tls_sessions_put(tls->session_key, (zoc_bytes){ (const char *)session.data, session.size });
    free(session.data);
}

/* A client goes on after its refusal. A server cannot: GnuTLS keeps the hello of its client for a handshake that does
 * not come. */
static int refuse_renegotiation(struct tls *tls)
{
    tls_alert(tls, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
    if (tls->context->role == ZOC_TLS_CLIENT && tls_is_patient(tls))
        return 0;
    return tls_give_up(tls, zoc_refuse(-ZOC_ETLS, _("the peer asks for a renegotiation, which is refused")));
}

static int refuse_record(struct tls *tls, int error)
{
    tls_send_alert(tls, error);
    return tls_give_up(tls, tls_refuse(tls, error));
}

/* What is not text. Returns 0 when receiving goes on. */
static int heed(struct tls *tls, int error)
{
    tls_hear_alert(tls, error);
    switch (error) {
    case GNUTLS_E_AGAIN: /* a message for GnuTLS itself, or the end of what there is */
    case GNUTLS_E_INTERRUPTED:
        return 0;
    case GNUTLS_E_REHANDSHAKE:
        return refuse_renegotiation(tls);
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
        return tls_is_patient(tls) ? 0 : refuse_record(tls, error);
    default:
        return refuse_record(tls, error);
    }
}

static void hear_end(struct tls *tls)
{
    tls->ended = true;
    tls_told_alert(tls, false, GNUTLS_AL_WARNING, GNUTLS_A_CLOSE_NOTIFY);
}

static bool has_input(const struct tls *tls)
{
    return tls->input.size > 0 || gnutls.gnutls_record_check_pending(tls->session) > 0;
}

/* Text out of what has come, as much as there is of it and room for. Returns how much; 0 when none is there yet, or
 * tls->ended; or the failure, when no text is before it. */
static ssize_t decrypt(struct tls *tls, char *data, size_t size)
{
    size_t got = 0;
    int result = 0;

    while (result == 0 && got < size && !tls->ended && has_input(tls)) {
        ssize_t text = gnutls.gnutls_record_recv(tls->session, data + got, size - got);
        if (text > 0)
            got += (size_t)text;
        else if (text == 0)
            hear_end(tls);
        else
            result = heed(tls, (int)text);
        if (got == 0) /* what came behind text is told after it */
            tls_tell(tls);
    }
    keep_session(tls);
    return got > 0 ? (ssize_t)got : result;
}

/* Into `data`, or, when that is NULL, into a chunk that is lent if there is text. */
static ssize_t try_decrypt(struct tls *tls, void *data, size_t size)
{
    if (data)
        return decrypt(tls, data, size);
    char *chunk = chunk_take();
    if (!chunk)
        return say(-ENOMEM);
    ssize_t got = decrypt(tls, chunk, size);
    if (got > 0)
        tls->lent = chunk;
    else
        chunk_give(chunk);
    return got;
}

/* Until there is text, or receiving ends. */
static ssize_t receive_text(struct tls *tls, void *data, size_t size)
{
    ssize_t got = 0;

    while (got == 0 && !tls->ended) {
        int result = has_input(tls) ? 0 : receive_more(tls);
        if (result < 0)
            return result;
        got = try_decrypt(tls, data, size);
    }
    return got;
}

/* Waits until what there is to say is written. */
static int flush(struct tls *tls)
{
    int result = tls->outbox.waiting.size > 0 ? tls_outbox_take(&tls->outbox) : 0;

    if (result < 0 || tls->outbox.waiting.size == 0)
        return result;
    result = tls_outbox_flush(&tls->outbox, layer_inner(&tls->layer.stream));
    tls_outbox_give(&tls->outbox);
    return result;
}

/* What the handshake left to be said is said before the peer is waited for. */
int tls_agree_and_flush(struct tls *tls)
{
    bool agreed = tls->state == TLS_AGREED;
    int result = tls_agree(tls);

    return agreed || result < 0 ? result : flush(tls);
}

static ssize_t receive_into(zoc_stream *stream, void *data, size_t size)
{
    struct tls *tls = (struct tls *)stream;

    take_back(tls);
    int result = say(fiber_begin(HEED_HARD));
    if (result == 0)
        result = tls_agree_and_flush(tls);
    if (result == 0)
        tls_tell(tls);
    if (result == 0 && tls->failure)
        result = tls_fail_again(tls);
    return result < 0 || tls->ended ? result : receive_text(tls, data, size);
}

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    ssize_t got = receive_into(stream, NULL, ZOC_CHUNK_MAX);

    if (got > 0)
        *ret_chunk = (zoc_bytes){ ((struct tls *)stream)->lent, (size_t)got };
    return got;
}

static ssize_t read_some(zoc_stream *stream, void *data, size_t size)
{
    return size > 0 ? receive_into(stream, data, size) : 0;
}

/* --- writing --------------------------------------------------------------------------------------- */

/* What of the pieces was not made into records yet. */
struct text {
    const struct iovec *pieces;
    int count;
    size_t at; /* bytes of the first piece that are gone */
};

/* The next bytes that lie together, at most `size`: a record's worth of small pieces is gathered in `space`. */
static zoc_bytes next_record(struct text *text, size_t size, char *space)
{
    size_t gathered = 0;

    while (text->count > 0 && gathered < size) {
        const char *data = (const char *)text->pieces->iov_base + text->at;
        size_t left = text->pieces->iov_len - text->at;
        size_t taken = left < size - gathered ? left : size - gathered;
        bool alone = gathered == 0 && (taken == size || text->count == 1);
        if (!alone && taken > 0)
            memcpy(space + gathered, data, taken);
        gathered += taken;
        text->at += taken;
        if (taken == left)
            *text = (struct text){ text->pieces + 1, text->count - 1, 0 };
        if (alone)
            return (zoc_bytes){ data, taken };
    }
    return (zoc_bytes){ space, gathered };
}

static size_t room_for_text(const struct tls *tls)
{
    size_t room = tls_outbox_room(&tls->outbox);

    room = room > OVERHEAD_MAX ? room - OVERHEAD_MAX : 0;
    return room < RECORD_MAX ? room : RECORD_MAX;
}

static int encrypt(struct tls *tls, zoc_bytes record)
{
    while (record.size > 0) {
        ssize_t made = gnutls.gnutls_record_send(tls->session, record.data, record.size);
        if (made < 0)
            return tls->failure ? tls_fail_again(tls) : tls_refuse(tls, (int)made);
        record.data += made;
        record.size -= (size_t)made;
    }
    return 0;
}

/* Records until the chunk is full, which are written at once. */
static int write_block(struct tls *tls, struct text *text, char *space, size_t *ret_text)
{
    zoc_stream *below = layer_inner(&tls->layer.stream);
    int result = tls_outbox_open(&tls->outbox, below);
    size_t size;

    if (result < 0)
        return result;
    while (result == 0 && text->count > 0 && (size = room_for_text(tls)) > 0) {
        zoc_bytes record = next_record(text, size, space);
        result = encrypt(tls, record);
        *ret_text += record.size;
    }
    int written = tls_outbox_write(&tls->outbox, below);
    return result < 0 ? result : written;
}

static int write_blocks(struct tls *tls, const struct iovec *pieces, int count, size_t *ret_written)
{
    struct text text = { pieces, count, 0 };
    char *space = count > 1 ? chunk_take() : NULL;
    int result = count > 1 && !space ? say(-ENOMEM) : 0;

    while (result == 0 && text.count > 0) {
        size_t size = 0;
        result = write_block(tls, &text, space, &size);
        if (result == 0)
            *ret_written += size;
    }
    chunk_give(space);
    return result;
}

/* A write that was begun and did not end leaves the peer with half a record, or us with a number that it does not
 * expect. */
static int write_text(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct tls *tls = (struct tls *)stream;
    int result = say(fiber_begin(HEED_HARD));

    if (result == 0)
        result = tls_agree(tls);
    if (result < 0 || size == 0)
        return result;
    result = tls_outbox_take(&tls->outbox);
    if (result < 0)
        return result;
    result = write_blocks(tls, pieces, count, ret_written);
    tls->outbox.broken |= result < 0;
    stream->poisoned |= tls->outbox.broken;
    tls_outbox_give(&tls->outbox);
    return result;
}

/* --- ends ------------------------------------------------------------------------------------------ */

static void end_session(struct tls *tls)
{
    tls_told_alert(tls, true, GNUTLS_AL_WARNING, GNUTLS_A_CLOSE_NOTIFY);
    gnutls.gnutls_bye(tls->session, GNUTLS_SHUT_WR);
    tls_tell(tls);
}

/* Where there is room it is said even by who was cancelled. A peer that is gone needs none. */
static int say_goodbye(struct tls *tls)
{
    int result = tls_agree(tls);

    if (result == 0)
        result = tls_outbox_take(&tls->outbox);
    if (result < 0)
        return result;
    end_session(tls);
    tls_outbox_give(&tls->outbox);
    tls_outbox_offer(&tls->outbox, layer_inner(&tls->layer.stream));
    result = flush(tls);
    return result == -EPIPE || result == -ECONNRESET ? 0 : result;
}

/* The stream below ends either way; after a record that was cut, without a goodbye. */
static int shut(zoc_stream *stream)
{
    struct tls *tls = (struct tls *)stream;
    int result = tls->outbox.broken || stream->poisoned ? 0 : say_goodbye(tls);
    int ended = layer_shut(stream);

    return result < 0 ? result : ended;
}

static bool may_say_goodbye(const struct tls *tls)
{
    const zoc_stream *stream = &tls->layer.stream;
    bool healthy = tls->state == TLS_AGREED && stream->error == 0 && !stream->poisoned && !stream->we_ended;

    return healthy && !tls->outbox.taken && !tls->outbox.broken;
}

/* Without waiting. */
static void leave(zoc_stream *stream)
{
    struct tls *tls = (struct tls *)stream;

    tls_tell(tls);
    if (!may_say_goodbye(tls))
        return;
    end_session(tls);
    tls_outbox_offer_last(&tls->outbox, layer_inner(stream));
}

void tls_release(struct tls *tls)
{
    tls_session_close(tls);
    tls_outbox_release(&tls->outbox);
    tls_told_release(&tls->told);
    zoc_tls_context_free(tls->context);
    free(tls->host);
    free(tls->session_key);
    free(tls->refusal);
    free(tls->why);
}

static void close_tls(zoc_stream *stream)
{
    struct tls *tls = (struct tls *)stream;

    take_back(tls);
    tls_release(tls);
    layer_close(stream);
}

const struct stream_operations tls_operations = {
    .receive = receive,
    .read = read_some,
    .writev = write_text,
    .shut = shut,
    .leave = leave,
    .close = close_tls,
    .describe = layer_describe,
    .plain = layer_plain,
    .below = layer_below,
};
