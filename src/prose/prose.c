#include "prose/prose.h"

#include "base/escape.h"

#include <wchar.h>

/* --- width ---------------------------------------------------------------------------------------- */

/* Bytes of the sequence ESC [ ... m that the text begins with; 0: it begins with none. */
static size_t colour_size(zoc_bytes text)
{
    if (text.size < 3 || text.data[0] != '\033' || text.data[1] != '[')
        return 0;
    size_t size = 2;
    while (size < text.size && (text.data[size] == ';' || (text.data[size] >= '0' && text.data[size] <= '9')))
        size++;
    return size < text.size && text.data[size] == 'm' ? size + 1 : 0;
}

static unsigned character_width(uint32_t character)
{
    int width = wcwidth((wchar_t)character);

    return width < 0 ? 1 : (unsigned)width; /* in a locale without it, a character is a character */
}

unsigned prose_width(zoc_bytes text)
{
    unsigned width = 0;

    while (text.size > 0) {
        uint32_t character;
        size_t size = colour_size(text);
        if (size == 0) {
            size = base_utf8_decode(text, &character);
            width += size ? character_width(character) : 1;
        }
        size = size ? size : 1;
        text = (zoc_bytes){ text.data + size, text.size - size };
    }
    return width;
}

/* --- folding -------------------------------------------------------------------------------------- */

struct folding {
    zoc_buffer *to;
    unsigned columns, indent;
    unsigned at;     /* the column that comes next */
    bool fresh;      /* no word stands in this line yet */
    bool unindented; /* nor its indentation */
    int result;
};

static void put(struct folding *folding, zoc_bytes bytes)
{
    if (folding->result == 0)
        folding->result = zoc_buffer_append(folding->to, bytes.data, bytes.size);
}

static void begin_line(struct folding *folding)
{
    put(folding, zoc_bytes_of("\n"));
    folding->at = folding->indent;
    folding->fresh = folding->unindented = true;
}

static void indent(struct folding *folding)
{
    for (unsigned i = 0; folding->unindented && i < folding->indent; i++)
        put(folding, zoc_bytes_of(" "));
    folding->unindented = false;
}

static void put_word(struct folding *folding, zoc_bytes word)
{
    unsigned width = prose_width(word);

    if (!folding->fresh && folding->columns && folding->at + 1 + width > folding->columns)
        begin_line(folding);
    indent(folding);
    if (!folding->fresh) {
        put(folding, zoc_bytes_of(" "));
        folding->at++;
    }
    put(folding, word);
    folding->at += width;
    folding->fresh = false;
}

static void put_words(struct folding *folding, zoc_bytes line)
{
    while (line.size > 0) {
        size_t blanks = 0, size = 0;
        while (blanks < line.size && line.data[blanks] == ' ')
            blanks++;
        line = (zoc_bytes){ line.data + blanks, line.size - blanks };
        while (size < line.size && line.data[size] != ' ')
            size++;
        if (size > 0)
            put_word(folding, (zoc_bytes){ line.data, size });
        line = (zoc_bytes){ line.data + size, line.size - size };
    }
}

static bool is_example(zoc_bytes line)
{
    return line.size > 2 && line.data[0] == ' ' && line.data[1] == ' ';
}

static void put_line(struct folding *folding, zoc_bytes line)
{
    if (!is_example(line)) {
        put_words(folding, line);
        return;
    }
    indent(folding);
    put(folding, line);
    folding->fresh = false;
}

int prose_fold(zoc_buffer *to, const char *text, unsigned columns, unsigned at, unsigned indent)
{
    struct folding folding = { .to = to, .columns = columns, .indent = indent, .at = at, .fresh = true };

    for (;;) {
        size_t size = strcspn(text, "\n");
        put_line(&folding, (zoc_bytes){ text, size });
        if (!text[size])
            return folding.result;
        begin_line(&folding);
        text += size + 1;
    }
}
