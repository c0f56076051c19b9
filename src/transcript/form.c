#include "transcript/form.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/utc.h"

#include <inttypes.h>

#define CHARACTER_MAX 4 /* bytes of UTF-8 */

static int put(zoc_buffer *text, const char *what)
{
    return zoc_buffer_append(text, what, strlen(what));
}

static int put_text(zoc_buffer *text, const char *key, const char *value)
{
    int result = value ? zoc_buffer_printf(text, ",\"%s\":", key) : 0;

    return value && result == 0 ? base_json_string(text, zoc_bytes_of(value)) : result;
}

int form_header(zoc_buffer *text, int64_t wall, const char *by)
{
    char started[BASE_UTC_TEXT];
    int result = zoc_buffer_printf(text, "{\"event\":\"transcript\",\"version\":%d", TRANSCRIPT_VERSION);

    if (result == 0)
        result = put_text(text, "started", base_utc_text(wall, started));
    if (result == 0)
        result = put_text(text, "by", by);
    return result == 0 ? put(text, "}\n") : result;
}

/* --- data ----------------------------------------------------------------------------------------- */

/* Whether a JSON string can hold the bytes so that they come back as they were. Many readers know no NUL in a string. */
static bool is_text(zoc_bytes bytes)
{
    uint32_t character;

    while (bytes.size > 0) {
        bool plain = *bytes.data > 0 && *bytes.data < 0x7f;
        size_t size = plain ? 1 : *bytes.data ? base_utf8_decode(bytes, &character) : 0;
        if (size == 0)
            return false;
        bytes = (zoc_bytes){ bytes.data + size, bytes.size - size };
    }
    return true;
}

static int put_base64(zoc_buffer *text, zoc_bytes bytes)
{
    size_t room = BASE64_TEXT(bytes.size);
    char *space;
    int result = zoc_buffer_reserve(text, room, &space);

    if (result < 0)
        return result;
    base64_encode(bytes, space);
    zoc_buffer_commit(text, room - 1);
    return put(text, "\"");
}

static int put_data(zoc_buffer *text, const struct form_event *event)
{
    bool plain = is_text(*event->data);
    int result = put(text, plain ? ",\"text\":" : ",\"base64\":\"");

    if (result == 0)
        result = plain ? base_json_string(text, *event->data) : put_base64(text, *event->data);
    return result == 0 && event->datagram ? put(text, ",\"datagram\":true") : result;
}

/* Where to cut what is too long. Where it is no text, it does not matter. */
static size_t find_cut(zoc_bytes rest)
{
    for (size_t cut = TRANSCRIPT_PIECE_MAX; cut > TRANSCRIPT_PIECE_MAX - CHARACTER_MAX; cut--)
        if ((rest.data[cut] & 0xc0) != 0x80)
            return cut;
    return TRANSCRIPT_PIECE_MAX;
}

zoc_bytes form_piece(zoc_bytes *rest)
{
    zoc_bytes piece = { rest->data, rest->size <= TRANSCRIPT_PIECE_MAX ? rest->size : find_cut(*rest) };

    *rest = (zoc_bytes){ rest->data + piece.size, rest->size - piece.size };
    return piece;
}

/* --- an event ------------------------------------------------------------------------------------- */

int form_event(zoc_buffer *text, const struct form_event *event)
{
    const char *const texts[][2] = {
        { "event", event->event },     { "from", event->from },     { "client", event->client },
        { "server", event->server },   { "name", event->name },     { "error", event->error },
        { "version", event->version }, { "cipher", event->cipher }, { "alpn", event->alpn },
    };
    int result = zoc_buffer_printf(text, "{\"time_ns\":%" PRId64, event->time);

    if (result == 0 && event->connection)
        result = zoc_buffer_printf(text, ",\"connection\":%u", event->connection);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && result == 0; i++)
        result = put_text(text, texts[i][0], texts[i][1]);
    if (result == 0 && event->data)
        result = put_data(text, event);
    return result == 0 ? put(text, "}\n") : result;
}
