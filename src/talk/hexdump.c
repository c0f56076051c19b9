#include "talk/hexdump.h"

#include <inttypes.h>
#include <stdio.h>
#include <zocalo/fiber.h>

#define TEXT_AT_ONCE 8192 /* bytes of lines that are gathered before they are written */

struct hexdump hexdump_to(zoc_stream *output)
{
    return (struct hexdump){ .output = output, .start = zoc_now() };
}

/* Two columns of eight, padded. */
static void format_row(zoc_bytes row, char *text)
{
    for (size_t i = 0; i < HEXDUMP_ROW; i++) {
        if (i == HEXDUMP_ROW / 2)
            *text++ = ' ';
        text += i < row.size ? sprintf(text, "%02x ", (unsigned char)row.data[i]) : sprintf(text, "   ");
    }
}

int hexdump_line(zoc_buffer *text, bool received, uint64_t offset, zoc_duration since, zoc_bytes row)
{
    char columns[3 * HEXDUMP_ROW + 2], escaped[4 * HEXDUMP_ROW + 8];

    format_row(row, columns);
    return zoc_buffer_printf(text, "%c %08" PRIx64 "  %" PRId64 ".%06" PRId64 "  %s %s\n", received ? '<' : '>', offset,
                             since / ZOC_SECOND, since % ZOC_SECOND / ZOC_MICROSECOND, columns,
                             zoc_escape(row, escaped, sizeof escaped));
}

static int flush(struct hexdump *dump, zoc_buffer *text)
{
    ssize_t written = zoc_write(dump->output, text->data, text->size);

    zoc_buffer_consume(text, text->size);
    return written < 0 ? (int)written : 0;
}

static int write_lines(struct hexdump *dump, bool received, zoc_bytes bytes, zoc_buffer *text)
{
    zoc_duration since = zoc_now() - dump->start;
    size_t done = 0;
    int result = 0;

    do {
        size_t size = bytes.size - done < HEXDUMP_ROW ? bytes.size - done : HEXDUMP_ROW;
        result = hexdump_line(text, received, dump->offsets[received], since, (zoc_bytes){ bytes.data + done, size });
        dump->offsets[received] += size;
        done += size;
        if (result == 0 && (text->size >= TEXT_AT_ONCE || done == bytes.size))
            result = flush(dump, text);
    } while (result == 0 && done < bytes.size);
    return result;
}

/* One direction at a time: the lines of a read stay together. */
static int enter(struct hexdump *dump)
{
    int result = 0;

    while (dump->busy && result == 0) {
        zoc_event_clear(&dump->idle);
        result = zoc_event_wait(&dump->idle);
    }
    if (result == 0)
        dump->busy = true;
    return result;
}

int hexdump_show(struct hexdump *dump, bool received, zoc_bytes bytes)
{
    zoc_buffer text = { 0 };
    int result = enter(dump);

    if (result < 0)
        return result;
    result = write_lines(dump, received, bytes, &text);
    zoc_buffer_release(&text);
    dump->busy = false;
    zoc_event_set(&dump->idle);
    return result;
}
