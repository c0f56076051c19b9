#include "classic/echo.h"

#include "base/local_time.h"
#include "classic/answer.h"
#include "world/world.h"

#include <errno.h>
#include <zocalo/error.h>

#define PREFIX_TEXT 40

const struct key echo_keys[] = {
    { "mode", &key_choice, offsetof(struct echo_settings, mode),
      (const char *const[]){ "raw", "line", "stamp", NULL } },
    { 0 },
};

/* --- the words before ----------------------------------------------------------------------------- */

static zoc_bytes line_prefix(char text[PREFIX_TEXT])
{
    (void)text;
    return zoc_bytes_of("ECHO: ");
}

static zoc_bytes stamp_prefix(char text[PREFIX_TEXT])
{
    struct tm now = base_local_time(zoc_world->wall());

    return (zoc_bytes){ text, strftime(text, PREFIX_TEXT, "[%Y-%m-%d %H:%M:%S] Echo: ", &now) };
}

static ssize_t write_both(zoc_stream *peer, zoc_bytes prefix, zoc_bytes bytes)
{
    struct iovec pieces[] = { { (void *)prefix.data, prefix.size }, { (void *)bytes.data, bytes.size } };

    return zoc_writev(peer, pieces, 2);
}

/* --- streams -------------------------------------------------------------------------------------- */

static void converse_raw(zoc_stream *peer)
{
    zoc_bytes chunk;

    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
}

static void converse_stamped(zoc_stream *peer)
{
    char text[PREFIX_TEXT];
    zoc_bytes chunk;

    while (zoc_receive(peer, &chunk) > 0)
        if (write_both(peer, stamp_prefix(text), chunk) < 0)
            break;
}

/* Lends the next line, or a piece of one that is too long or has no end. Returns as zoc_receive. */
static ssize_t next_piece(zoc_reader *lines, zoc_bytes *ret_piece)
{
    ssize_t result = zoc_reader_until(lines, zoc_bytes_of("\n"), ret_piece);

    if (result == -EMSGSIZE)
        return zoc_reader_exactly(lines, ECHO_LINE_MAX, ret_piece);
    if (result == -ZOC_ETRUNCATED)
        return (ssize_t)zoc_reader_rest(lines, ret_piece);
    return result;
}

static void converse_by_line(zoc_stream *peer)
{
    __attribute__((cleanup(zoc_reader_release))) zoc_reader lines;
    zoc_bytes prefix = line_prefix(NULL), piece;
    bool begins = true;

    zoc_reader_init(&lines, peer, ECHO_LINE_MAX);
    while (next_piece(&lines, &piece) > 0) {
        if (write_both(peer, begins ? prefix : zoc_bytes_of(""), piece) < 0)
            break;
        begins = piece.data[piece.size - 1] == '\n';
    }
}

/* --- modes ---------------------------------------------------------------------------------------- */

static const struct mode {
    void (*converse)(zoc_stream *peer);
    zoc_bytes (*prefix)(char text[PREFIX_TEXT]); /* of a datagram; NULL: none */
} modes[] = {
    [ECHO_RAW] = { converse_raw, NULL },
    [ECHO_LINE] = { converse_by_line, line_prefix },
    [ECHO_STAMP] = { converse_stamped, stamp_prefix },
};

static const struct mode *mode_of(const void *settings)
{
    return &modes[((const struct echo_settings *)settings)->mode];
}

bool echo_lengthens(const void *settings)
{
    return mode_of(settings)->prefix != NULL;
}

void echo_converse(zoc_stream *peer, void *settings)
{
    mode_of(settings)->converse(peer);
}

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    const struct mode *mode = mode_of(settings);
    char text[PREFIX_TEXT];

    if (!mode->prefix)
        return datagram;
    zoc_bytes prefix = mode->prefix(text);
    if (zoc_buffer_append(room, prefix.data, prefix.size) < 0 ||
        zoc_buffer_append(room, datagram.data, datagram.size) < 0)
        return (zoc_bytes){ 0 };
    return (zoc_bytes){ room->data, room->size };
}

int echo_datagrams(zoc_datagrams *socket, void *settings)
{
    return answer_datagrams(socket, answer, settings, 0);
}
