#include "telnet/telnet.h"

#include "base/text.h"
#include "stream/descriptor.h"
#include "telnet/decode.h"
#include "telnet/encode.h"
#include "telnet/negotiation.h"
#include "telnet/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <zocalo/error.h>

#define BLOCK_SIZE (16 * 1024) /* bytes that are written at once */

struct telnet {
    struct layer layer; /* first */
    struct negotiation negotiation;
    struct outbox outbox;
    struct decoder decoder;
    struct encoder encoder;
    zoc_bytes rest;                /* was received and not looked at yet; lent by the stream below */
    zoc_bytes text;                /* in front of it; was not lent yet */
    struct telnet_command command; /* came, and was not obeyed yet */
    bool due;                      /* there is such a command */
    int failure;                   /* that receiving ends with, or 0 */
    const char *why;               /* its words */
    char block[BLOCK_SIZE];
};

/* What was agreed on holds from here on, and what that needs to say is sent. */
static int carry_out(struct telnet *telnet)
{
    telnet->decoder.plain = !telnet->negotiation.state.speaks;
    telnet->decoder.binary = telnet->negotiation.state.binary_in;
    telnet->encoder.binary = telnet->negotiation.state.binary_out;
    return outbox_send(&telnet->outbox);
}

static int put_into_outbox(void *sink, zoc_bytes bytes)
{
    return outbox_put(sink, bytes);
}

/* --- receiving ------------------------------------------------------------------------------------ */

static int give_up(struct telnet *telnet, int failure, const char *why)
{
    telnet->failure = failure;
    telnet->why = why;
    return zoc_refuse(failure, "%s", _(why));
}

/* Words for a failure that has none of its own. */
static int say(int failure)
{
    return failure < 0 && failure != -ECANCELED ? zoc_refuse(failure, "%s", zoc_error_text(failure)) : failure;
}

/* A peer that reads what we answer is waited for. */
static int await_room(struct telnet *telnet)
{
    int result = 0;

    ZOC_WITHIN(TELNET_PATIENCE)
        result = outbox_await_room(&telnet->outbox, NEGOTIATION_ANSWER_MAX);
    if (result != -ETIMEDOUT || zoc_deadline() <= zoc_now())
        return say(result);
    return give_up(telnet, -EPROTO, N_("the peer asks for telnet options and does not read the answers"));
}

static int obey(struct telnet *telnet)
{
    int result = telnet->negotiation.state.speaks ? 0 : negotiation_begin(&telnet->negotiation);

    if (result == 0)
        result = await_room(telnet);
    if (result < 0)
        return result;
    telnet->due = false;
    result = negotiation_obey(&telnet->negotiation, &telnet->command);
    if (result < 0 && result != -EPIPE) /* after our half-close there are no answers */
        return say(result);
    return say(carry_out(telnet));
}

static int look_at_rest(struct telnet *telnet)
{
    switch (decode_bytes(&telnet->decoder, &telnet->rest, &telnet->text, &telnet->command)) {
    case DECODED_COMMAND:
        telnet->due = true;
        return 0;
    case DECODED_TOO_LONG:
        return give_up(telnet, -EPROTO, N_("the peer sent a telnet subnegotiation that is too long"));
    default:
        return 0;
    }
}

/* At the end there may be text that was kept back. */
static int receive_more(struct telnet *telnet, bool *ret_ended)
{
    ssize_t received = zoc_receive(layer_inner(&telnet->layer.stream), &telnet->rest);

    if (received < 0)
        return (int)received;
    *ret_ended = received == 0;
    if (received == 0)
        telnet->text = decode_end(&telnet->decoder);
    return 0;
}

static int advance(struct telnet *telnet, bool *ret_ended)
{
    if (telnet->failure)
        return give_up(telnet, telnet->failure, telnet->why);
    if (telnet->due)
        return obey(telnet);
    if (telnet->rest.size > 0)
        return look_at_rest(telnet);
    return receive_more(telnet, ret_ended);
}

/* Until there is text, or receiving ends. Returns how much text, 0 at the end, or a negative errno. */
static ssize_t find_text(struct telnet *telnet)
{
    bool ended = false;

    while (telnet->text.size == 0 && !ended) {
        int result = advance(telnet, &ended);
        if (result < 0)
            return result;
    }
    return (ssize_t)telnet->text.size;
}

/* Takes at most `size` bytes of the text that was found. */
static zoc_bytes take_text(struct telnet *telnet, size_t size)
{
    zoc_bytes text = { telnet->text.data, telnet->text.size < size ? telnet->text.size : size };

    telnet->text.data += text.size;
    telnet->text.size -= text.size;
    return text;
}

static ssize_t receive_text(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    struct telnet *telnet = (struct telnet *)stream;
    ssize_t found = find_text(telnet);

    if (found > 0)
        *ret_chunk = take_text(telnet, (size_t)found);
    return found;
}

static ssize_t read_text(zoc_stream *stream, void *data, size_t size)
{
    struct telnet *telnet = (struct telnet *)stream;
    ssize_t found = find_text(telnet);

    if (found <= 0)
        return found;
    zoc_bytes text = take_text(telnet, size);
    memcpy(data, text.data, text.size);
    return (ssize_t)text.size;
}

/* --- writing -------------------------------------------------------------------------------------- */

/* Commands go first: of what they agree on, the text is an example. Encoding and writing follow without a wait. */
static int write_block(struct telnet *telnet, zoc_bytes *text)
{
    int result = outbox_flush(&telnet->outbox);
    zoc_bytes left = *text;

    if (result < 0)
        return result;
    size_t size = encode_text(&telnet->encoder, &left, telnet->block, sizeof telnet->block);
    ssize_t written = zoc_write(layer_inner(&telnet->layer.stream), telnet->block, size);
    if (written < 0)
        return (int)written;
    *text = left;
    return 0;
}

static int write_piece(struct telnet *telnet, zoc_bytes text, size_t *ret_written)
{
    while (text.size > 0) {
        size_t before = text.size;
        int result = write_block(telnet, &text);
        *ret_written += before - text.size;
        if (result < 0)
            return result;
    }
    return 0;
}

static int write_plain(struct telnet *telnet, const struct iovec *pieces, int count, size_t *ret_written)
{
    zoc_stream *inner = layer_inner(&telnet->layer.stream);
    int result = outbox_flush(&telnet->outbox);

    if (result < 0)
        return result;
    uint64_t before = inner->sent;
    ssize_t written = zoc_writev(inner, pieces, count);
    *ret_written = (size_t)(inner->sent - before);
    return written < 0 ? (int)written : 0;
}

static int write_pieces(struct telnet *telnet, const struct iovec *pieces, int count, size_t *ret_written)
{
    int result = 0;

    if (!telnet->negotiation.state.speaks)
        return write_plain(telnet, pieces, count, ret_written);
    for (int i = 0; i < count && result == 0; i++)
        result = write_piece(telnet, (zoc_bytes){ pieces[i].iov_base, pieces[i].iov_len }, ret_written);
    return result;
}

static int write_text(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct telnet *telnet = (struct telnet *)stream;
    int result = outbox_take(&telnet->outbox);

    (void)size;
    if (result < 0)
        return say(result);
    result = write_pieces(telnet, pieces, count, ret_written);
    outbox_give(&telnet->outbox);
    return result;
}

/* --- the stream ----------------------------------------------------------------------------------- */

static int shut_telnet(zoc_stream *stream)
{
    return outbox_shut(&((struct telnet *)stream)->outbox);
}

static void close_telnet(zoc_stream *stream)
{
    struct telnet *telnet = (struct telnet *)stream;

    outbox_close(&telnet->outbox);
    negotiation_release(&telnet->negotiation);
    layer_close(stream);
}

static const struct stream_operations operations = {
    .receive = receive_text,
    .read = read_text,
    .writev = write_text,
    .shut = shut_telnet,
    .close = close_telnet,
    .describe = layer_describe,
    .plain = layer_plain,
    .below = layer_below,
};

static void lay_over(struct telnet *telnet, zoc_stream *inner)
{
    zoc_stream *stream = &telnet->layer.stream;

    stream_init(stream, &operations);
    stream->timeout = inner->timeout;
    stream->receives = inner->receives;
    stream->sends = inner->sends;
    stream->drains = inner->drains;
    stream->served = inner->served;
    telnet->layer.inner = inner;
    telnet->outbox.stream = stream;
    telnet->negotiation.put = put_into_outbox;
    telnet->negotiation.sink = &telnet->outbox;
    telnet->decoder.plain = true;
}

/* Of "IAC DM", either byte is sent as urgent by some: out of line it would be missing where commands are taken apart.
 * Where there is no urgent data, there is nothing to be done. */
static void take_urgent_data_inline(zoc_stream *stream)
{
    while (stream->operations->below)
        stream = stream->operations->below(stream);
    const struct descriptor *descriptor = stream->operations->plain(stream, false);

    if (descriptor && descriptor->kind->socket)
        descriptor_set_option(descriptor->fd, SOL_SOCKET, SO_OOBINLINE, 1);
}

static int check(const zoc_stream *inner, const struct telnet_options *options)
{
    if (inner->messages)
        return zoc_refuse(-EINVAL, _("telnet needs a stream of bytes, not one of messages"));
    if (options->columns > UINT16_MAX || options->rows > UINT16_MAX)
        return zoc_refuse(-EINVAL, _("size of the terminal: expects at most 65535 columns and rows"));
    return 0;
}

int telnet_open(zoc_stream *inner, const struct telnet_options *options, zoc_stream **ret_telnet)
{
    int result = check(inner, options);
    struct telnet *telnet = result == 0 ? calloc(1, sizeof *telnet) : NULL;

    if (!telnet)
        return result < 0 ? result : -ENOMEM;
    lay_over(telnet, inner);
    result = negotiation_init(&telnet->negotiation, options);
    if (result == 0 && !options->waits)
        result = negotiation_begin(&telnet->negotiation);
    if (result == 0)
        result = carry_out(telnet);
    if (result < 0) {
        negotiation_release(&telnet->negotiation);
        free(telnet);
        return result;
    }
    take_urgent_data_inline(inner);
    *ret_telnet = &telnet->layer.stream;
    return 0;
}

/* --- commands ------------------------------------------------------------------------------------- */

/* What was put is sent, whatever came of the rest. */
static int send_put(struct telnet *telnet, int result)
{
    int sent = carry_out(telnet);

    return result < 0 ? result : sent;
}

int telnet_send_command(zoc_stream *stream, unsigned char command)
{
    struct telnet *telnet = (struct telnet *)stream;

    return send_put(telnet, negotiation_command(&telnet->negotiation, command));
}

int telnet_send_request(zoc_stream *stream, unsigned char request, unsigned char option)
{
    struct telnet *telnet = (struct telnet *)stream;
    int result = telnet->negotiation.state.speaks ? 0 : negotiation_begin(&telnet->negotiation);

    if (result == 0)
        result = negotiation_request(&telnet->negotiation, request, option);
    return send_put(telnet, result);
}

int telnet_resize(zoc_stream *stream, unsigned columns, unsigned rows)
{
    struct telnet *telnet = (struct telnet *)stream;

    return send_put(telnet, negotiation_resize(&telnet->negotiation, columns, rows));
}

struct telnet_state telnet_get_state(const zoc_stream *stream)
{
    return ((const struct telnet *)stream)->negotiation.state;
}
