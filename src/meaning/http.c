#include "meaning/http.h"

#include "base/text.h"

#include <ctype.h>

#define METHOD_MAX 24 /* bytes of a first word that may be a method */

/* --- recognising ---------------------------------------------------------------------------------- */

static bool begins(zoc_bytes bytes, const char *word)
{
    return bytes.size >= strlen(word) && memcmp(bytes.data, word, strlen(word)) == 0;
}

/* The bytes may still become what begins with the word. */
static bool may_begin(zoc_bytes bytes, const char *word)
{
    return bytes.size < strlen(word) && memcmp(bytes.data, word, bytes.size) == 0;
}

static bool ends_with_version(zoc_bytes line)
{
    return line.size > 8 && begins((zoc_bytes){ line.data + line.size - 8, 8 }, "HTTP/") &&
           isdigit((unsigned char)line.data[line.size - 3]) && line.data[line.size - 2] == '.' &&
           isdigit((unsigned char)line.data[line.size - 1]);
}

/* A character of a token (RFC 9110, 5.6.2). */
static bool is_token(char byte)
{
    return isalnum((unsigned char)byte) || (byte && strchr("!#$%&'*+-.^_`|~", byte));
}

/* A request line that is not whole: so far nothing speaks against it. */
static bool may_be_request(zoc_bytes bytes)
{
    size_t size = 0;

    while (size < bytes.size && is_token(bytes.data[size]))
        size++;
    if (size > METHOD_MAX)
        return false;
    return size == bytes.size || (size > 0 && bytes.data[size] == ' ');
}

/* A line that is longer than an opening has its version beyond it. */
static bool is_long_request(zoc_bytes bytes)
{
    const struct meanings methods = MEANINGS(NULL, http_methods);
    zoc_bytes method = dialogue_word(&bytes);

    return meanings_find(&methods, method) && (begins(bytes, "/") || begins(bytes, "http"));
}

static zoc_bytes without_empty_lines(zoc_bytes bytes)
{
    while (bytes.size > 0 && (*bytes.data == '\r' || *bytes.data == '\n'))
        bytes = (zoc_bytes){ bytes.data + 1, bytes.size - 1 };
    return bytes;
}

static enum verdict recognise_request(zoc_bytes bytes)
{
    zoc_bytes line;
    size_t used;
    bool full = bytes.size == OPENING_MAX;

    bytes = without_empty_lines(bytes);
    if (dialogue_line(bytes, &line, &used))
        return may_be_request(line) && ends_with_version(line) ? VERDICT_YES : VERDICT_NO;
    if (!may_be_request(bytes))
        return VERDICT_NO;
    return full && is_long_request(bytes) ? VERDICT_YES : VERDICT_PERHAPS;
}

static enum verdict recognise_answer(zoc_bytes bytes)
{
    if (begins(bytes, "HTTP/1."))
        return VERDICT_YES;
    return may_begin(bytes, "HTTP/1.") ? VERDICT_PERHAPS : VERDICT_NO;
}

/* Whoever speaks first decides: a server that greets is none of HTTP, and a client asks before it is answered. */
static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes answer = opening->said[SIDE_SERVER];

    if (opening->first == SIDE_SERVER || (answer.size > 0 && recognise_answer(answer) == VERDICT_YES))
        return recognise_answer(answer);
    return recognise_request(opening->said[SIDE_CLIENT]);
}

/* --- lines ---------------------------------------------------------------------------------------- */

/* The next line, or the beginning of one that is too long. It is the same however the bytes came. */
static bool next_line(struct http_side *side, zoc_bytes bytes, zoc_bytes *ret_line, size_t *ret_used)
{
    if (dialogue_line(bytes, ret_line, ret_used) && ret_line->size <= HTTP_LINE_MAX)
        return true;
    if (bytes.size < HTTP_LINE_MAX + sizeof "\r")
        return false;
    *ret_line = (zoc_bytes){ bytes.data, HTTP_LINE_MAX };
    *ret_used = HTTP_LINE_MAX;
    side->discards = true;
    return true;
}

static size_t discard(struct http_side *side, zoc_bytes bytes)
{
    const char *end = memchr(bytes.data, '\n', bytes.size);

    side->discards = !end;
    return end ? (size_t)(end - bytes.data) + 1 : bytes.size;
}

static void hear_head(const struct http_hearing *hearing, zoc_bytes line)
{
    if (line.size > 0)
        http_hear_field(hearing, line, true);
    else
        http_end_head(hearing);
}

static void hear_trailer(const struct http_hearing *hearing, zoc_bytes line)
{
    if (line.size > 0) {
        http_hear_field(hearing, line, false);
        return;
    }
    dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "7.1.2"), true, "%s",
                  _("the empty line ends the message"));
    http_side(hearing)->phase = HTTP_START;
}

static void (*const hear_line[])(const struct http_hearing *hearing, zoc_bytes line) = {
    [HTTP_START] = http_hear_start,         [HTTP_HEAD] = hear_head,        [HTTP_CHUNK] = http_hear_chunk,
    [HTTP_CHUNK_END] = http_hear_chunk_end, [HTTP_TRAILERS] = hear_trailer,
};

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    const struct http_hearing hearing = { dialogue, state, speaker };
    struct http_side *side = http_side(&hearing);
    zoc_bytes line;
    size_t used;

    if (speaker == SIDE_CLIENT && hearing.http->waits)
        return 0;
    if (side->discards)
        return discard(side, bytes);
    if (!next_line(side, bytes, &line, &used))
        return 0;
    hear_line[side->phase](&hearing, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    http_hear_end(&(struct http_hearing){ dialogue, state, speaker }, rest.size > 0);
}

void http_lose(const struct http_hearing *hearing)
{
    http_side(hearing)->lost = true;
    hearing->http->waits &= hearing->speaker == SIDE_CLIENT;
    dialogue_skip(hearing->dialogue, hearing->speaker, DIALOGUE_TO_THE_END);
}

/* --- the protocol --------------------------------------------------------------------------------- */

static const struct meanings tables[] = {
    MEANINGS(N_("method"), http_methods),
    MEANINGS(N_("status code"), http_statuses),
    MEANINGS(N_("header field"), http_fields),
};

const struct protocol protocol_http = {
    .name = "http",
    .title = "HTTP",
    .summary = N_("carries the web"),
    .reference = RFC(9112, ""),
    .recognise = recognise,
    .state_size = sizeof(struct http),
    .take = take,
    .end = end,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
};
