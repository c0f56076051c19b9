#include "anatomy/canvas.h"
#include "anatomy/drawing.h"
#include "base/text.h"

#include <stdio.h>

#define LABEL_MAX  96
#define WIDE       64 /* columns for all the bits of a line, without the first border */
#define NARROW     32
#define WORD       32 /* bits of a line of the headers that are numbered */
#define WEIGHT_MIN 24
#define ROWS_FIELD 3 /* rows of a line of fields at most: border, name, value */

/* Fields that stand in one line. */
struct line {
    unsigned first, count;
    unsigned bits;
    bool tall; /* names and values stand in rows of their own */
};

struct form {
    const struct frame *frame;
    const struct header *header;
    struct canvas canvas;
    unsigned width;  /* columns for a line */
    unsigned weight; /* of a line: its bits, or what stands for them */
    unsigned row;
};

static struct line line_at(const struct form *form, unsigned first)
{
    struct line line = { .first = first };
    unsigned end = form->header->first + form->header->count;

    while (first + line.count < end && line.bits < form->header->across)
        line.bits += form->frame->fields[first + line.count++].bits;
    return line;
}

static const char *value_of(const struct field *field)
{
    return field->value[0] ? field->value : "?";
}

/* A byte of a header that has one line alone is drawn as wide as three, for its name to have room. A field of several lines
 * is as wide as one. */
static unsigned weight_of(const struct form *form, const struct field *field)
{
    unsigned across = form->header->across;

    if (across != WORD)
        return field->bits < WEIGHT_MIN ? WEIGHT_MIN : field->bits;
    return field->bits < across ? field->bits : across;
}

static unsigned weigh(const struct form *form, const struct line *line)
{
    unsigned weight = 0;

    for (unsigned i = line->first; i < line->first + line->count; i++)
        weight += weight_of(form, &form->frame->fields[i]);
    return weight;
}

/* The column of the border behind so much weight. */
static unsigned column_of(const struct form *form, unsigned weight)
{
    return weight * form->width / form->weight;
}

static char *joint_label(const struct field *field, char label[static LABEL_MAX])
{
    snprintf(label, LABEL_MAX, "%s %s", _(field->name), value_of(field));
    return label;
}

static bool is_tall(const struct form *form, const struct line *line)
{
    unsigned before = 0;
    char label[LABEL_MAX];

    for (unsigned i = line->first; i < line->first + line->count; i++) {
        const struct field *field = &form->frame->fields[i];
        unsigned behind = before + weight_of(form, field);
        unsigned room = column_of(form, behind) - column_of(form, before) - 1;
        if (prose_width(zoc_bytes_of(joint_label(field, label))) > room)
            return true;
        before = behind;
    }
    return false;
}

static void draw_field(struct form *form, const struct line *line, const struct field *field, unsigned before)
{
    unsigned left = column_of(form, before), right = column_of(form, before + weight_of(form, field));
    unsigned width = right - left - 1;
    enum ink ink = field->known == KNOWN_NOT ? INK_DIM : INK_BOLD;

    canvas_down(&form->canvas, right, form->row, form->row + (line->tall ? 3 : 2), ink_of(form->header->layer));
    if (line->tall) {
        canvas_text(&form->canvas, form->row + 1, left + 1, width, ALIGN_CENTRE, INK_PLAIN, _(field->name));
        canvas_text(&form->canvas, form->row + 2, left + 1, width, ALIGN_CENTRE, ink, value_of(field));
        return;
    }
    unsigned name = prose_width(zoc_bytes_of(_(field->name))), value = prose_width(zoc_bytes_of(value_of(field)));
    unsigned at = left + 1 + (width - name - value - 1) / 2;
    canvas_text(&form->canvas, form->row + 1, at, name, ALIGN_LEFT, INK_PLAIN, _(field->name));
    canvas_text(&form->canvas, form->row + 1, at + name + 1, value, ALIGN_LEFT, ink, value_of(field));
}

static void draw_line(struct form *form, const struct line *line)
{
    enum ink ink = ink_of(form->header->layer);
    unsigned rows = line->tall ? 3 : 2, before = 0, right = column_of(form, weigh(form, line));

    canvas_across(&form->canvas, form->row, 0, right, ink);
    canvas_across(&form->canvas, form->row + rows, 0, right, ink);
    canvas_down(&form->canvas, 0, form->row, form->row + rows, ink);
    for (unsigned i = line->first; i < line->first + line->count; i++) {
        draw_field(form, line, &form->frame->fields[i], before);
        before += weight_of(form, &form->frame->fields[i]);
    }
    form->row += rows;
}

/* The numbers of bits, at each byte. */
static void draw_ruler(struct form *form)
{
    char number[16];

    for (unsigned bit = 0; bit < WORD; bit += 8) {
        snprintf(number, sizeof number, "%u", bit);
        canvas_text(&form->canvas, form->row, column_of(form, bit), 2, ALIGN_LEFT, INK_DIM, number);
    }
    snprintf(number, sizeof number, "%d", WORD - 1);
    canvas_text(&form->canvas, form->row++, form->width - 1, 2, ALIGN_LEFT, INK_DIM, number);
}

/* "TCP header, 32 bytes (RFC 9293, 3.1)" */
static void draw_title(struct form *form)
{
    const struct header *header = form->header;
    char reference[REFERENCE_TEXT], title[LABEL_MAX];

    reference_format(&header->reference, reference, sizeof reference);
    if (header->behind)
        snprintf(title, sizeof title, PLURAL("%s trailer, %u byte (%s)", "%s trailer, %u bytes (%s)", header->bytes),
                 header->name, header->bytes, reference);
    else
        snprintf(title, sizeof title, PLURAL("%s header, %u byte (%s)", "%s header, %u bytes (%s)", header->bytes),
                 header->name, header->bytes, reference);
    canvas_text(&form->canvas, form->row++, 0, form->canvas.columns, ALIGN_LEFT, ink_of(header->layer), title);
}

int draw_header(const struct frame *frame, const struct header *header, const struct paper *paper, zoc_buffer *to)
{
    unsigned columns = paper->columns ? paper->columns : DRAWING_COLUMNS;
    struct form form = { .frame = frame, .header = header, .width = columns > WIDE ? WIDE : NARROW };

    canvas_open(&form.canvas, columns, 3 + ROWS_FIELD * header->count);
    struct line first_line = line_at(&form, header->first);
    form.weight = header->across == WORD ? WORD : weigh(&form, &first_line);
    draw_title(&form);
    if (header->across == WORD)
        draw_ruler(&form);
    for (unsigned first = header->first; first < header->first + header->count;) {
        struct line line = line_at(&form, first);
        line.tall = is_tall(&form, &line);
        draw_line(&form, &line);
        first += line.count;
    }
    form.canvas.rows = form.row + 1; /* the rest stayed empty */
    int result = canvas_print(&form.canvas, paper, to);
    canvas_release(&form.canvas);
    return result;
}
