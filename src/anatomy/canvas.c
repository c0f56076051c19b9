#include "anatomy/canvas.h"

#include "base/escape.h"

#include <errno.h>
#include <stdlib.h>

enum { CELL_UP = 1, CELL_RIGHT = 2, CELL_DOWN = 4, CELL_LEFT = 8 };

void canvas_open(struct canvas *canvas, unsigned columns, unsigned rows)
{
    *canvas = (struct canvas){ columns, rows, calloc((size_t)columns * rows, sizeof *canvas->cells) };
}

void canvas_release(struct canvas *canvas)
{
    free(canvas->cells);
}

static struct cell *cell_at(const struct canvas *canvas, unsigned row, unsigned column)
{
    static struct cell beyond;

    if (!canvas->cells || row >= canvas->rows || column >= canvas->columns)
        return &beyond;
    return &canvas->cells[(size_t)row * canvas->columns + column];
}

static void add_lines(struct cell *cell, unsigned lines, enum ink ink)
{
    cell->lines |= lines & 15U;
    cell->ink = ink;
}

void canvas_across(struct canvas *canvas, unsigned row, unsigned from, unsigned to, enum ink ink)
{
    for (unsigned column = from; column <= to; column++)
        add_lines(cell_at(canvas, row, column), (column > from ? CELL_LEFT : 0U) | (column < to ? CELL_RIGHT : 0U),
                  ink);
}

void canvas_down(struct canvas *canvas, unsigned column, unsigned from, unsigned to, enum ink ink)
{
    for (unsigned row = from; row <= to; row++)
        add_lines(cell_at(canvas, row, column), (row > from ? CELL_UP : 0U) | (row < to ? CELL_DOWN : 0U), ink);
}

/* Takes the next character that stands in one column. */
static uint32_t next_character(zoc_bytes *text)
{
    uint32_t character;
    size_t size = base_utf8_decode(*text, &character);
    bool simple = size > 0 && prose_width((zoc_bytes){ text->data, size }) == 1 && !base_is_unsafe(character);

    size = size ? size : 1;
    *text = (zoc_bytes){ text->data + size, text->size - size };
    return simple ? character : '?';
}

static unsigned characters_in(zoc_bytes text)
{
    unsigned count = 0;

    for (; text.size > 0; count++)
        next_character(&text);
    return count;
}

void canvas_text(struct canvas *canvas, unsigned row, unsigned column, unsigned width, enum align align, enum ink ink,
                 const char *text)
{
    zoc_bytes rest = zoc_bytes_of(text);
    unsigned count = characters_in(rest);
    unsigned room = count < width ? width - count : 0;
    unsigned at = column + (align == ALIGN_LEFT ? 0 : align == ALIGN_CENTRE ? room / 2 : room);

    for (; rest.size > 0 && at < column + width; at++) {
        struct cell *cell = cell_at(canvas, row, at);
        cell->character = next_character(&rest);
        cell->ink = ink;
    }
}

/* --- printing ------------------------------------------------------------------------------------- */

static const char *shape_of(unsigned lines, bool utf8)
{
    static const char *const shapes[] = {
        " ", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼",
    };
    static const char plain[][2] = { " ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+" };

    return utf8 ? shapes[lines] : plain[lines];
}

static const char *const colours[] = {
    [INK_PLAIN] = "",        [INK_APPLICATION] = "\033[32m", [INK_TRANSPORT] = "\033[36m", [INK_INTERNET] = "\033[33m",
    [INK_LINK] = "\033[35m", [INK_DIM] = "\033[2m",          [INK_BOLD] = "\033[1m",
};

static size_t encode(uint32_t character, char bytes[static 4])
{
    if (character < 0x80) {
        bytes[0] = (char)character;
        return 1;
    }
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size - 1; i > 0; i--, character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3f));
    bytes[0] = (char)(marks[size] | character);
    return size;
}

static int print_cell(const struct cell *cell, const struct paper *paper, zoc_buffer *to)
{
    char bytes[4];

    if (!cell->character)
        return zoc_buffer_printf(to, "%s", shape_of(cell->lines, paper->utf8));
    return zoc_buffer_append(to, bytes, encode(!paper->utf8 && cell->character > 0x7f ? '?' : cell->character, bytes));
}

static int change_ink(enum ink *ink, enum ink next, const struct paper *paper, zoc_buffer *to)
{
    bool same = *ink == next || !paper->colour;
    const char *reset = *ink != INK_PLAIN ? "\033[0m" : "";

    *ink = next;
    return same ? 0 : zoc_buffer_printf(to, "%s%s", reset, colours[next]);
}

static bool is_blank(const struct cell *cell)
{
    return cell->lines == 0 && (cell->character == 0 || cell->character == ' ');
}

static int print_row(const struct canvas *canvas, unsigned row, const struct paper *paper, zoc_buffer *to)
{
    enum ink ink = INK_PLAIN;
    unsigned end = canvas->columns;
    int result = 0;

    while (end > 0 && is_blank(cell_at(canvas, row, end - 1)))
        end--;
    for (unsigned column = 0; column < end && result == 0; column++) {
        const struct cell *cell = cell_at(canvas, row, column);
        result = change_ink(&ink, is_blank(cell) ? INK_PLAIN : cell->ink, paper, to);
        if (result == 0)
            result = print_cell(cell, paper, to);
    }
    if (result == 0)
        result = change_ink(&ink, INK_PLAIN, paper, to);
    return result == 0 ? zoc_buffer_append(to, "\n", 1) : result;
}

int canvas_print(const struct canvas *canvas, const struct paper *paper, zoc_buffer *to)
{
    int result = canvas->cells ? 0 : -ENOMEM;

    for (unsigned row = 0; row < canvas->rows && result == 0; row++)
        result = print_row(canvas, row, paper, to);
    return result;
}
