/* The names of all that the glossary has, in columns. */
#include "base/text.h"
#include "glossary/entry.h"

#define MARGIN 2
#define GAP    2

struct names {
    const char *const *of; /* they are written down the columns */
    size_t count;
    unsigned width; /* of a column, its gap included */
};

static int put_name(zoc_buffer *to, const char *name, unsigned width)
{
    unsigned used = prose_width(zoc_bytes_of(name));

    return zoc_buffer_printf(to, "%s%*s", name, used < width ? (int)(width - used) : 0, "");
}

static int put_row(zoc_buffer *to, const struct names *names, size_t row, size_t rows)
{
    int error = zoc_buffer_printf(to, "%*s", MARGIN, "");

    for (size_t i = row; i < names->count && error == 0; i += rows)
        error = put_name(to, names->of[i], i + rows < names->count ? names->width : 0);
    return error ? error : zoc_buffer_append(to, "\n", 1);
}

static int put_names(zoc_buffer *to, const struct names *names, const struct paper *paper)
{
    size_t columns = paper->columns > MARGIN ? (paper->columns - MARGIN + GAP) / names->width : 1;
    int error = 0;

    columns = columns > 0 ? columns : 1;
    size_t rows = (names->count + columns - 1) / columns;
    for (size_t row = 0; row < rows && error == 0; row++)
        error = put_row(to, names, row, rows);
    return error;
}

static int put_field(zoc_buffer *to, const char *title, const char *const *of, size_t count, const struct paper *paper)
{
    struct names names = { .of = of, .count = count };

    for (size_t i = 0; i < count; i++) {
        unsigned width = prose_width(zoc_bytes_of(of[i])) + GAP;
        names.width = width > names.width ? width : names.width;
    }
    int error = zoc_buffer_printf(to, "%s%s%s%s\n", to->size > 0 ? "\n" : "", paper->colour ? "\033[1m" : "", title,
                                  paper->colour ? "\033[0m" : "");
    return error ? error : put_names(to, &names, paper);
}

#define NAMES_MAX 64 /* of one field; a test proves that it is enough */

static int put_terms(zoc_buffer *to, const struct field *field, const struct paper *paper)
{
    const char *names[NAMES_MAX];
    size_t count = field->count < NAMES_MAX ? field->count : NAMES_MAX;

    for (size_t i = 0; i < count; i++)
        names[i] = _(field->terms[i].name);
    return put_field(to, _(field->title), names, count, paper);
}

int index_write(const struct paper *paper, zoc_buffer *to)
{
    const char *names[NAMES_MAX];
    size_t count = failure_count < NAMES_MAX ? failure_count : NAMES_MAX;
    int error = 0;

    for (const struct field *const *field = glossary; *field && error == 0; field++)
        error = put_terms(to, *field, paper);
    for (size_t i = 0; i < count; i++)
        names[i] = failures[i].name;
    return error ? error : put_field(to, _("errors"), names, count, paper);
}
