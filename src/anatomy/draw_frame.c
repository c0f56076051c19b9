#include "anatomy/canvas.h"
#include "anatomy/drawing.h"
#include "base/text.h"

#include <stdio.h>

#define LEFT      13 /* columns for the name of a layer */
#define RIGHT     22 /* for what it is called, and its bytes */
#define DATA_MIN  12 /* columns of the data, its borders included */
#define LABEL_MAX 64
#define LEVELS    (HEADERS_MAX + 1)

/* What a layer makes: its header, what it was given, and perhaps a trailer. */
struct level {
    const struct header *front, *behind; /* NULL: none; the innermost has neither */
    size_t bytes;
    unsigned left, right; /* columns of its borders */
    unsigned inner_left, inner_right;
};

struct stairs {
    struct level levels[LEVELS]; /* from the inside */
    unsigned count;
    struct canvas canvas;
    unsigned end; /* the column of the right-most border */
};

/* --- words ---------------------------------------------------------------------------------------- */

static const char *layer_name(enum story_layer layer)
{
    static const char *const names[] = {
        [LAYER_APPLICATION] = N_("application"),
        [LAYER_TRANSPORT] = N_("transport"),
        [LAYER_INTERNET] = N_("internet"),
        [LAYER_LINK] = N_("link"),
    };

    return _(names[layer]);
}

/* What each layer calls what it sends (RFC 1122 section 1.3.3; of TLS, RFC 8446 section 5.1). */
static const char *unit_of(const struct level *level)
{
    static const struct {
        const char *header, *unit;
    } units[] = {
        { "TLS", N_("record") },  { "TCP", N_("segment") }, { "UDP", N_("datagram") },
        { "IPv4", N_("packet") }, { "IPv6", N_("packet") }, { "Ethernet", N_("frame") },
    };

    for (size_t i = 0; level->front && i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].header, level->front->name) == 0)
            return _(units[i].unit);
    return _("data");
}

static enum ink level_ink(const struct level *level)
{
    return ink_of(level->front ? level->front->layer : LAYER_APPLICATION);
}

/* --- places --------------------------------------------------------------------------------------- */

static void add_levels(struct stairs *stairs, const struct frame *frame)
{
    size_t bytes = frame->data;

    stairs->levels[stairs->count++] = (struct level){ .bytes = bytes };
    for (unsigned i = frame->header_count; i-- > 0;) {
        const struct header *header = &frame->headers[i];
        if (header->behind)
            continue;
        const struct header *next = i + 1 < frame->header_count ? header + 1 : NULL;
        const struct header *behind = next && next->behind ? next : NULL;
        bytes += header->bytes + (behind ? behind->bytes : 0);
        stairs->levels[stairs->count++] = (struct level){ .front = header, .behind = behind, .bytes = bytes };
    }
}

static char *part_label(const struct header *header, char label[static LABEL_MAX])
{
    snprintf(label, LABEL_MAX, "%s %u", header->name, header->bytes);
    return label;
}

static unsigned part_width(const struct header *header)
{
    char label[LABEL_MAX];

    return prose_width(zoc_bytes_of(part_label(header, label))) + 3;
}

static char *inside_label(const struct level *level, char label[static LABEL_MAX])
{
    snprintf(label, LABEL_MAX, "%s %zu", unit_of(level), level->bytes);
    return label;
}

static unsigned columns_wanted(const struct stairs *stairs, const struct frame *frame)
{
    char label[LABEL_MAX];
    unsigned data = prose_width(zoc_bytes_of(inside_label(&stairs->levels[0], label))) + 4;
    unsigned columns = LEFT + (data > DATA_MIN ? data : DATA_MIN);

    for (unsigned i = 0; i < frame->header_count; i++)
        columns += part_width(&frame->headers[i]);
    return columns;
}

/* From the outside to the inside each has its headers' room; the data has the rest. */
static void place_levels(struct stairs *stairs, unsigned left, unsigned right)
{
    for (unsigned i = stairs->count; i-- > 0;) {
        struct level *level = &stairs->levels[i];
        level->left = left;
        level->right = right;
        left += level->front ? part_width(level->front) : 0;
        right -= level->behind ? part_width(level->behind) : 0;
        level->inner_left = left;
        level->inner_right = right;
    }
}

/* --- drawing -------------------------------------------------------------------------------------- */

/* A level that is another's inside has that one's border below. */
static void draw_borders(struct stairs *stairs, unsigned index)
{
    const struct level *level = &stairs->levels[index];
    struct canvas *canvas = &stairs->canvas;
    unsigned top = 2 * index;
    enum ink ink = level_ink(level);

    canvas_across(canvas, top, level->left, level->right, ink);
    canvas_across(canvas, top + 2, level->left, level->right, ink);
    canvas_down(canvas, level->left, top, top + 2, ink);
    canvas_down(canvas, level->right, top, top + 2, ink);
    if (level->front)
        canvas_down(canvas, level->inner_left, top, top + 2, ink);
    if (level->behind)
        canvas_down(canvas, level->inner_right, top, top + 2, ink);
}

static void draw_inside(struct stairs *stairs, unsigned index, zoc_bytes said)
{
    const struct level *level = &stairs->levels[index];
    char label[LABEL_MAX] = "";

    if (index == 0)
        zoc_escape(said, label, sizeof label);
    else
        inside_label(&stairs->levels[index - 1], label);
    canvas_text(&stairs->canvas, 2 * index + 1, level->inner_left + 2, level->inner_right - level->inner_left - 2,
                index == 0 ? ALIGN_LEFT : ALIGN_CENTRE, index == 0 ? INK_BOLD : INK_DIM, label);
}

static void draw_part(struct stairs *stairs, unsigned row, unsigned column, const struct header *header)
{
    char label[LABEL_MAX];

    if (header)
        canvas_text(&stairs->canvas, row, column + 2, part_width(header) - 3, ALIGN_LEFT, ink_of(header->layer),
                    part_label(header, label));
}

static void draw_level(struct stairs *stairs, unsigned index, zoc_bytes said)
{
    const struct level *level = &stairs->levels[index];
    struct canvas *canvas = &stairs->canvas;
    unsigned row = 2 * index + 1;
    char label[LABEL_MAX];
    enum ink ink = level_ink(level);

    draw_inside(stairs, index, said);
    draw_part(stairs, row, level->left, level->front);
    draw_part(stairs, row, level->inner_right, level->behind);
    if (index == 0 || !level->front || level->front->layer != LAYER_APPLICATION)
        canvas_text(canvas, row, 0, LEFT, ALIGN_LEFT, ink,
                    layer_name(level->front ? level->front->layer : LAYER_APPLICATION));
    snprintf(label, sizeof label, PLURAL("%zu byte, %s", "%zu bytes, %s", level->bytes), level->bytes, unit_of(level));
    canvas_text(canvas, row, stairs->end + 2, RIGHT - 2, ALIGN_LEFT, ink, label);
}

int draw_frame(const struct frame *frame, zoc_bytes said, const struct paper *paper, zoc_buffer *to)
{
    unsigned columns = paper->columns ? paper->columns : DRAWING_COLUMNS;
    struct stairs stairs = { .end = columns - 1 };

    add_levels(&stairs, frame);
    if (columns_wanted(&stairs, frame) + RIGHT <= columns + 1)
        stairs.end -= RIGHT; /* what is said on the right has room */
    place_levels(&stairs, LEFT, stairs.end);
    canvas_open(&stairs.canvas, columns, 2 * stairs.count + 1);
    for (unsigned i = 0; i < stairs.count; i++)
        draw_borders(&stairs, i);
    for (unsigned i = 0; i < stairs.count; i++)
        draw_level(&stairs, i, said);
    int result = canvas_print(&stairs.canvas, paper, to);
    canvas_release(&stairs.canvas);
    return result;
}
