#include "relay/dump.h"

#include "talk/hexdump.h"

#include <errno.h>
#include <inttypes.h>

#define TEXT_AT_ONCE 8192 /* bytes of lines that are gathered before they are written */

struct dump dump_to(zoc_stream *output, zoc_group *users)
{
    return (struct dump){ .output = output, .start = zoc_now(), .users = users };
}

static int flush(struct dump *dump, zoc_buffer *text)
{
    ssize_t written = zoc_write(dump->output, text->data, text->size);

    zoc_buffer_consume(text, text->size);
    if (written >= 0)
        return 0;
    if (written != -ECANCELED && !dump->error) {
        dump->error = (int)written;
        if (dump->users)
            zoc_group_cancel(dump->users);
    }
    return (int)written;
}

/* --- lines ----------------------------------------------------------------------------------------- */

/* Appends one line of what is left, and says how much of it that was. */
static int add_line(struct dump_tap *tap, zoc_duration since, zoc_bytes rest, zoc_buffer *text, size_t *ret_size)
{
    size_t size = rest.size < HEXDUMP_ROW ? rest.size : HEXDUMP_ROW;
    int result = tap->number ? zoc_buffer_printf(text, "%" PRId64 " ", tap->number) : 0;

    if (result == 0)
        result = hexdump_line(text, tap->received, tap->offset, since, (zoc_bytes){ rest.data, size });
    tap->offset += size;
    *ret_size = size;
    return result;
}

static int write_lines(struct dump_tap *tap, zoc_bytes bytes, zoc_buffer *text)
{
    zoc_duration since = zoc_now() - tap->dump->start;
    size_t done = 0, size;
    int result;

    do {
        result = add_line(tap, since, (zoc_bytes){ bytes.data + done, bytes.size - done }, text, &size);
        done += size;
        if (result == 0 && (text->size >= TEXT_AT_ONCE || done == bytes.size))
            result = flush(tap->dump, text);
    } while (result == 0 && done < bytes.size);
    return result;
}

/* A message of no bytes is a line too. */
static int see(struct tap *seen, zoc_bytes bytes)
{
    struct dump_tap *tap = (struct dump_tap *)seen;
    zoc_buffer text = { 0 };
    int result = turn_take(&tap->dump->writing);

    if (result < 0)
        return result;
    result = write_lines(tap, bytes, &text);
    zoc_buffer_release(&text);
    turn_give(&tap->dump->writing);
    return result;
}

struct dump_tap dump_tap_of(struct dump *dump, int64_t number, bool received)
{
    return (struct dump_tap){ .tap.see = see, .dump = dump, .number = number, .received = received };
}
