/* What follows a head, and where it ends (RFC 9112, 6.3). */
#include "base/text.h"
#include "meaning/http.h"

#include <ctype.h>
#include <inttypes.h>

#define CHUNK_DIGITS 15 /* of the size of a chunk: more would be no size */

static const struct reference body_length = RFC(9112, "6.3");

static void tell(const struct http_hearing *hearing, struct reference reference, const char *text)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, (zoc_bytes){ 0 }, reference, false, "%s", text);
}

/* --- bodies --------------------------------------------------------------------------------------- */

static void expect_bytes(const struct http_hearing *hearing, uint64_t size)
{
    http_side(hearing)->promised = size;
    dialogue_skip(hearing->dialogue, hearing->speaker, size);
}

static void expect_nothing(const struct http_hearing *hearing, const char *text)
{
    tell(hearing, body_length, text);
    http_side(hearing)->phase = HTTP_START;
}

static void expect_sized(const struct http_hearing *hearing)
{
    struct http_side *side = http_side(hearing);

    dialogue_tell(
        hearing->dialogue, hearing->speaker, (zoc_bytes){ 0 }, body_length, false,
        PLURAL("the head ends with the empty line; a body of %" PRIu64 " byte follows, as Content-Length says",
               "the head ends with the empty line; a body of %" PRIu64 " bytes follows, as Content-Length says",
               (unsigned long)side->head.length),
        side->head.length);
    side->phase = HTTP_START;
    expect_bytes(hearing, side->head.length);
}

static void expect_chunks(const struct http_hearing *hearing)
{
    struct http_side *side = http_side(hearing);

    if (side->head.sized)
        tell(hearing, (struct reference)RFC(9112, "11.2"),
             _("Content-Length and Transfer-Encoding are both there: Transfer-Encoding counts, and who goes by "
               "Content-Length can be tricked (request smuggling)"));
    tell(hearing, (struct reference)RFC(9112, "7.1"),
         _("the head ends with the empty line; the body follows in chunks, each with its size before it, up to one of "
           "size 0"));
    side->phase = HTTP_CHUNK;
    side->chunked = side->count = 0;
}

static void expect_until_end(const struct http_hearing *hearing)
{
    struct http_side *side = http_side(hearing);

    tell(hearing, body_length,
         _("the head ends with the empty line; the body follows, and ends when the server closes the connection, "
           "because "
           "nothing says how long it is"));
    side->phase = HTTP_START;
    side->until_end = true;
    dialogue_skip(hearing->dialogue, hearing->speaker, DIALOGUE_TO_THE_END);
}

static void expect_what_cannot_be_known(const struct http_hearing *hearing)
{
    tell(hearing, body_length,
         _("the head ends with the empty line; where the body ends cannot be known, and what this side says from here "
           "on is "
           "not told"));
    http_lose(hearing);
}

/* --- requests ------------------------------------------------------------------------------------- */

static void end_request(const struct http_hearing *hearing)
{
    const struct http_head *head = &http_side(hearing)->head;

    if (head->minor > 0 && !head->host && !head->malformed)
        tell(hearing, (struct reference)RFC(9112, "3.2"),
             _("Host is missing, which HTTP/1.1 does not allow: a server has to answer 400"));
    hearing->http->waits = head->websocket || head->asked == HTTP_ASKED_CONNECT;
    if (head->chunked)
        expect_chunks(hearing);
    else if (head->coded || head->differs)
        expect_what_cannot_be_known(hearing);
    else if (head->sized && head->length > 0)
        expect_sized(hearing);
    else
        expect_nothing(hearing, _("the request ends with the empty line; it has no body"));
}

/* --- answers -------------------------------------------------------------------------------------- */

static void switch_protocols(const struct http_hearing *hearing)
{
    bool websocket = http_side(hearing)->head.websocket;

    tell(hearing, (struct reference)RFC(9110, "7.8"),
         websocket ? _("the head ends with the empty line; from here on both sides speak WebSocket")
                   : _("the head ends with the empty line; from here on both sides speak what Upgrade names"));
    dialogue_become(hearing->dialogue, websocket ? &protocol_websocket : NULL);
}

static void open_tunnel(const struct http_hearing *hearing)
{
    tell(hearing, (struct reference)RFC(9110, "9.3.6"),
         _("the head ends with the empty line; the tunnel is open, and what follows is between the client and the host "
           "behind "
           "the proxy"));
    dialogue_become(hearing->dialogue, NULL);
}

static bool has_no_body(const struct http_head *head)
{
    return head->status < 200 || head->status == 204 || head->status == 304;
}

static void end_answer(const struct http_hearing *hearing)
{
    const struct http_head *head = &http_side(hearing)->head;

    hearing->http->waits &= head->status < 200 || hearing->http->waiting > 0;
    if (head->status == 101)
        switch_protocols(hearing);
    else if (head->status < 200)
        expect_nothing(hearing, _("the empty line ends what the server says on the way; its answer follows"));
    else if (head->asked == HTTP_ASKED_HEAD)
        expect_nothing(hearing,
                       _("the answer ends with the empty line: HEAD asked for no body, and lengths in the head are "
                         "those that GET would get"));
    else if (has_no_body(head))
        expect_nothing(hearing, _("the answer ends with the empty line: with this code there is no body"));
    else if (head->asked == HTTP_ASKED_CONNECT && head->status < 300)
        open_tunnel(hearing);
    else if (head->chunked)
        expect_chunks(hearing);
    else if (head->differs && !head->coded)
        expect_what_cannot_be_known(hearing);
    else if (head->sized && !head->coded && head->length == 0)
        expect_nothing(hearing, _("the answer ends with the empty line: its length is 0"));
    else if (head->sized && !head->coded)
        expect_sized(hearing);
    else
        expect_until_end(hearing);
}

void http_end_head(const struct http_hearing *hearing)
{
    struct http_side *side = http_side(hearing);

    side->promised = 0;
    if (hearing->speaker == SIDE_CLIENT)
        end_request(hearing);
    else
        end_answer(hearing);
}

/* --- chunks --------------------------------------------------------------------------------------- */

/* Hexadecimal digits; what is behind them, after a semicolon, is an extension that nobody has to know. */
static bool read_size(zoc_bytes line, uint64_t *ret_size)
{
    size_t i = 0;

    *ret_size = 0;
    for (; i < line.size && i <= CHUNK_DIGITS && isxdigit((unsigned char)line.data[i]); i++) {
        char digit = (char)tolower((unsigned char)line.data[i]);
        *ret_size = 16 * *ret_size + (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return i > 0 && i <= CHUNK_DIGITS && (i == line.size || strchr("; \t", line.data[i]));
}

static void tell_last_chunk(const struct http_hearing *hearing, zoc_bytes line)
{
    const struct http_side *side = http_side(hearing);

    dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "7.1"), false,
                  PLURAL("the chunk of size 0 ends the body: %" PRIu64 " byte in all",
                         "the chunk of size 0 ends the body: %" PRIu64 " bytes in all", (unsigned long)side->chunked),
                  side->chunked);
}

/* The first chunk shows how they look; the others are detail. */
static void tell_chunk(const struct http_hearing *hearing, zoc_bytes line, uint64_t size)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "7.1"),
                  http_side(hearing)->count > 0,
                  PLURAL("a chunk of %" PRIu64 " byte follows; the size is hexadecimal",
                         "a chunk of %" PRIu64 " bytes follows; the size is hexadecimal", (unsigned long)size),
                  size);
}

static void tell_wrong_chunk(const struct http_hearing *hearing, zoc_bytes line)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "7.1"), false, "%s",
                  _("no chunk: where the body ends cannot be known, and what this side says from here on is not told"));
    http_lose(hearing);
}

void http_hear_chunk(const struct http_hearing *hearing, zoc_bytes line)
{
    struct http_side *side = http_side(hearing);
    uint64_t size;

    if (!read_size(line, &size) || size > INT64_MAX - side->chunked) {
        tell_wrong_chunk(hearing, line);
        return;
    }
    if (size == 0) {
        tell_last_chunk(hearing, line);
        side->phase = HTTP_TRAILERS;
        side->promised = 0;
        return;
    }
    tell_chunk(hearing, line, size);
    side->count++;
    side->chunked += size;
    side->phase = HTTP_CHUNK_END;
    expect_bytes(hearing, size);
}

/* The quote would be of the body. */
void http_hear_chunk_end(const struct http_hearing *hearing, zoc_bytes line)
{
    if (line.size > 0)
        tell_wrong_chunk(hearing, (zoc_bytes){ 0 });
    else
        http_side(hearing)->phase = HTTP_CHUNK;
}

/* --- the end -------------------------------------------------------------------------------------- */

static void tell_body_ended(const struct http_hearing *hearing)
{
    uint64_t size = dialogue_skipped(hearing->dialogue, hearing->speaker);

    dialogue_tell(hearing->dialogue, hearing->speaker, (zoc_bytes){ 0 }, body_length, false,
                  PLURAL("the end of the connection is the end of the body: %" PRIu64 " byte",
                         "the end of the connection is the end of the body: %" PRIu64 " bytes", (unsigned long)size),
                  size);
}

static void tell_cut_off(const struct http_hearing *hearing, uint64_t missing)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, (zoc_bytes){ 0 }, (struct reference)RFC(9112, "8"), false,
                  PLURAL("the end came too early: %" PRIu64 " byte of the body is missing",
                         "the end came too early: %" PRIu64 " bytes of the body are missing", (unsigned long)missing),
                  missing);
}

static void tell_unanswered(const struct http_hearing *hearing, unsigned count)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, (zoc_bytes){ 0 }, (struct reference)RFC(9112, "9.5"), false,
                  PLURAL("the server says no more, and %u request has no answer",
                         "the server says no more, and %u requests have no answer", count),
                  count);
}

void http_hear_end(const struct http_hearing *hearing, bool rest)
{
    const struct http_side *side = http_side(hearing);
    const struct http *http = hearing->http;
    uint64_t skipped = dialogue_skipped(hearing->dialogue, hearing->speaker);

    if (side->lost || (hearing->speaker == SIDE_CLIENT && http->waits))
        return;
    if (side->until_end)
        tell_body_ended(hearing);
    else if (side->promised > skipped)
        tell_cut_off(hearing, side->promised - skipped);
    else if (side->phase == HTTP_CHUNK || side->phase == HTTP_CHUNK_END)
        tell(hearing, (struct reference)RFC(9112, "8"), _("the end came too early: the last chunk is missing"));
    else if (side->phase != HTTP_START || (rest && !side->discards))
        tell(hearing, (struct reference)RFC(9112, "8"), _("the end came too early, in the middle of the head"));
    if (hearing->speaker == SIDE_SERVER && side->phase == HTTP_START && http->waiting > 0 && !http->overflowed)
        tell_unanswered(hearing, http->waiting);
}
