/* WebSocket (RFC 6455): frames, each with a head of 2 to 14 bytes. HTTP has done the handshake (meaning/http.c). */
#include "base/text.h"
#include "meaning/dialogue.h"
#include "meaning/websocket_words.h"

#include <stdio.h>

#include <inttypes.h>

#define HEAD_MAX    14  /* bytes: 2, 8 of the length, 4 of the mask */
#define QUOTE_MAX   256 /* bytes of a payload that is quoted */
#define CONTROL_MAX 125 /* bytes of the payload of a control frame (RFC 6455, 5.5) */
#define CODE_SIZE   2   /* bytes of a close code */

struct frame {
    unsigned opcode;
    bool final, compressed, reserved, masked;
    unsigned char mask[4];
    uint64_t length;
    size_t head; /* bytes before the payload */
};

struct websocket {
    struct websocket_side {
        unsigned opcode; /* of the message whose fragments are coming; 0: none */
        bool closed;     /* it sent a close frame */
        bool lost;
        uint64_t promised; /* bytes that are to be skipped */
    } sides[SIDE_COUNT];
};

static void tell(struct dialogue *dialogue, enum side speaker, const char *section, const char *text)
{
    struct reference reference = RFC(6455, "");

    snprintf(reference.section, sizeof reference.section, "%s", section);
    dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, reference, false, "%s", text);
}

/* --- heads ---------------------------------------------------------------------------------------- */

static uint64_t read_number(const char *data, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | (unsigned char)data[i];
    return number;
}

/* False: it is not whole (RFC 6455, 5.2). */
static bool read_head(zoc_bytes bytes, struct frame *ret_frame)
{
    if (bytes.size < 2)
        return false;
    unsigned first = (unsigned char)bytes.data[0], second = (unsigned char)bytes.data[1], length = second & 0x7f;
    size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    struct frame frame = {
        .opcode = first & 0x0f,
        .final = first & 0x80,
        .compressed = first & 0x40,
        .reserved = first & 0x30,
        .masked = second & 0x80,
        .head = 2 + wide + (second & 0x80 ? 4 : 0),
    };

    if (bytes.size < frame.head)
        return false;
    frame.length = wide ? read_number(bytes.data + 2, wide) : length;
    if (frame.masked)
        memcpy(frame.mask, bytes.data + frame.head - 4, 4);
    *ret_frame = frame;
    return true;
}

static bool is_control(const struct frame *frame)
{
    return frame->opcode >= WEBSOCKET_CLOSE;
}

/* --- what is wrong -------------------------------------------------------------------------------- */

static void tell_masking(struct dialogue *dialogue, enum side speaker, const struct frame *frame)
{
    if (speaker == SIDE_CLIENT && !frame->masked)
        tell(dialogue, speaker, "5.1",
             _("an error: a client has to mask its frames, and the server has to close the connection"));
    if (speaker == SIDE_SERVER && frame->masked)
        tell(dialogue, speaker, "5.1",
             _("an error: a server must not mask its frames, and the client has to close the connection"));
}

static void tell_fragments(struct dialogue *dialogue, enum side speaker, const struct websocket_side *side,
                           const struct frame *frame)
{
    if (is_control(frame))
        return;
    if (frame->opcode == WEBSOCKET_CONTINUATION && !side->opcode)
        tell(dialogue, speaker, "5.4", _("an error: it continues a message, and none has begun"));
    if (frame->opcode != WEBSOCKET_CONTINUATION && side->opcode)
        tell(dialogue, speaker, "5.4",
             _("an error: another message begins before the last fragment of the one before"));
}

static void tell_errors(struct dialogue *dialogue, enum side speaker, const struct websocket_side *side,
                        const struct frame *frame)
{
    tell_masking(dialogue, speaker, frame);
    tell_fragments(dialogue, speaker, side, frame);
    if (side->closed)
        tell(dialogue, speaker, "5.5.1", _("an error: nothing may follow a close frame"));
    if (frame->reserved)
        tell(dialogue, speaker, "5.2", _("an error, unless an extension was agreed on: reserved bits are set"));
    if (is_control(frame) && !frame->final)
        tell(dialogue, speaker, "5.5", _("an error: control frames are never in fragments"));
    if (is_control(frame) && frame->length > CONTROL_MAX)
        tell(dialogue, speaker, "5.5", _("an error: control frames have at most 125 bytes of payload"));
}

/* --- payloads ------------------------------------------------------------------------------------- */

/* A payload that may be quoted: what it was before the mask. */
struct payload {
    char data[QUOTE_MAX];
    size_t size;
};

static void unmask(struct payload *payload, const struct frame *frame, const char *data)
{
    payload->size = (size_t)frame->length;
    for (size_t i = 0; i < payload->size; i++)
        payload->data[i] = (char)(data[i] ^ (frame->masked ? frame->mask[i % 4] : 0));
}

/* Text is quoted where it is short; a control frame always, for it is no longer than that. */
static bool is_quoted(const struct websocket_side *side, const struct frame *frame)
{
    unsigned opcode = frame->opcode == WEBSOCKET_CONTINUATION ? side->opcode : frame->opcode;

    return frame->length <= QUOTE_MAX && !frame->compressed && (opcode == WEBSOCKET_TEXT || is_control(frame));
}

/* --- frames --------------------------------------------------------------------------------------- */

static void tell_close(struct dialogue *dialogue, enum side speaker, const struct payload *payload)
{
    if (payload->size < CODE_SIZE) {
        tell(dialogue, speaker, "5.5.1", _("a close frame without a code: this side says nothing more"));
        return;
    }
    unsigned number = (unsigned)read_number(payload->data, CODE_SIZE);
    const struct meaning *row = websocket_find_code(number);
    zoc_bytes reason = { payload->data + CODE_SIZE, payload->size - CODE_SIZE };
    dialogue_tell(dialogue, speaker, reason, row->reference, false, _("a close frame with code %u: %s"), number,
                  _(row->text));
}

static void tell_frame(struct dialogue *dialogue, enum side speaker, const struct frame *frame, zoc_bytes quote)
{
    const struct meaning *row = &websocket_opcodes[frame->opcode];
    unsigned long number = (unsigned long)frame->length;

    if (frame->compressed)
        dialogue_tell(dialogue, speaker, quote, (struct reference)RFC(7692, "6"), false,
                      PLURAL("%s, compressed: %" PRIu64 " byte", "%s, compressed: %" PRIu64 " bytes", number),
                      _(row->text), frame->length);
    else if (!frame->final && frame->opcode != WEBSOCKET_CONTINUATION)
        dialogue_tell(dialogue, speaker, quote, (struct reference)RFC(6455, "5.4"), false,
                      PLURAL("%s, of which this is the first fragment: %" PRIu64 " byte",
                             "%s, of which this is the first fragment: %" PRIu64 " bytes", number),
                      _(row->text), frame->length);
    else if (frame->final && frame->opcode == WEBSOCKET_CONTINUATION)
        dialogue_tell(
            dialogue, speaker, quote, (struct reference)RFC(6455, "5.4"), false,
            PLURAL("%s, and it is the last: %" PRIu64 " byte", "%s, and it is the last: %" PRIu64 " bytes", number),
            _(row->text), frame->length);
    else
        dialogue_tell(dialogue, speaker, quote, row->reference, row->detail,
                      PLURAL("%s: %" PRIu64 " byte", "%s: %" PRIu64 " bytes", number), _(row->text), frame->length);
}

static void tell_mask(struct dialogue *dialogue, enum side speaker, const struct frame *frame)
{
    if (frame->masked)
        dialogue_tell(
            dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)RFC(6455, "10.3"), true,
            _("masked with %02x %02x %02x %02x, which is undone here: so no client can choose the bytes that a "
              "proxy on the way sees"),
            frame->mask[0], frame->mask[1], frame->mask[2], frame->mask[3]);
}

static void follow(struct websocket_side *side, const struct frame *frame)
{
    if (frame->opcode == WEBSOCKET_CLOSE)
        side->closed = true;
    if (is_control(frame))
        return;
    if (frame->final)
        side->opcode = 0;
    else if (frame->opcode != WEBSOCKET_CONTINUATION)
        side->opcode = frame->opcode;
}

static void hear_frame(struct dialogue *dialogue, enum side speaker, struct websocket_side *side,
                       const struct frame *frame, const struct payload *payload)
{
    tell_errors(dialogue, speaker, side, frame);
    if (frame->opcode == WEBSOCKET_CLOSE && payload->size == frame->length)
        tell_close(dialogue, speaker, payload);
    else
        tell_frame(dialogue, speaker, frame, (zoc_bytes){ payload->data, payload->size });
    tell_mask(dialogue, speaker, frame);
    follow(side, frame);
}

static size_t lose(struct dialogue *dialogue, enum side speaker, struct websocket_side *side, size_t head)
{
    tell(dialogue, speaker, "5.2", _("an error: no frame is so long; what this side says from here on is not told"));
    side->lost = true;
    dialogue_skip(dialogue, speaker, DIALOGUE_TO_THE_END);
    return head;
}

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    struct websocket_side *side = &((struct websocket *)state)->sides[speaker];
    struct payload payload = { .size = 0 };
    struct frame frame;

    if (!read_head(bytes, &frame))
        return 0;
    if (frame.length > INT64_MAX)
        return lose(dialogue, speaker, side, frame.head);
    if (!is_quoted(side, &frame)) {
        hear_frame(dialogue, speaker, side, &frame, &payload);
        side->promised = frame.length;
        dialogue_skip(dialogue, speaker, frame.length);
        return frame.head;
    }
    if (bytes.size - frame.head < frame.length)
        return 0;
    unmask(&payload, &frame, bytes.data + frame.head);
    hear_frame(dialogue, speaker, side, &frame, &payload);
    return frame.head + payload.size;
}

/* --- the protocol --------------------------------------------------------------------------------- */

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    const struct websocket_side *side = &((struct websocket *)state)->sides[speaker];

    if (side->lost)
        return;
    if (rest.size > 0 || side->promised > dialogue_skipped(dialogue, speaker))
        tell(dialogue, speaker, "7.1.5", _("the end came too early, in the middle of a frame"));
    else if (!side->closed)
        tell(dialogue, speaker, "7.1.5", _("this side ends without a close frame, which counts as code 1006"));
}

/* Nobody speaks it from the beginning. */
static enum verdict recognise(const struct opening *opening)
{
    (void)opening;
    return VERDICT_NO;
}

const struct protocol protocol_websocket = {
    .name = "websocket",
    .title = "WebSocket",
    .summary = N_("carries messages both ways, at any time, over a connection that began as HTTP"),
    .reference = RFC(6455, ""),
    .recognise = recognise,
    .state_size = sizeof(struct websocket),
    .take = take,
    .end = end,
    .tables = websocket_tables,
    .table_count = WEBSOCKET_TABLES,
};
