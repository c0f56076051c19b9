#include "anatomy/canvas.h"
#include "anatomy/drawing.h"
#include "base/text.h"

#include <stdio.h>

#define TIME_COLUMNS  11 /* "12345.678", a blank, the mark */
#define STATE_COLUMNS 12
#define BYTES_COLUMNS 7
#define ARROW_MIN     12
#define LABEL_MAX     128

struct ladder {
    const struct sequence *sequence;
    const struct facts *facts;
    const struct paper *paper;
    zoc_time begun;
    struct canvas canvas;
    unsigned left, right; /* columns of the two sides */
    enum tcp_state states[SIDE_COUNT];
};

size_t segment_bytes(const struct facts *facts, const struct segment *segment)
{
    if (segment->icmp || segment->flags == FLAG_RST || facts->carrier == CARRIER_UNIX)
        return 0;
    return headers_bytes(facts, segment->from, segment->flags) * segment->count + segment->bytes;
}

/* --- what is written on an arrow ------------------------------------------------------------------ */

/* "PSH, ACK seq=1 ack=1 len=6", as far as there is room: the last is what matters most. */
static void label_tcp(const struct segment *segment, char *label, size_t size, unsigned room)
{
    char flags[FLAGS_TEXT], count[24] = "", numbers[64], length[32] = "";
    const char *what = segment->note ? _(segment->note) : flags_format(segment->flags, flags);

    if (segment->count > 1)
        snprintf(count, sizeof count, "%u x ", segment->count);
    snprintf(numbers, sizeof numbers, " seq=%llu", (unsigned long long)segment->seq);
    if (segment->flags & FLAG_ACK)
        snprintf(numbers, sizeof numbers, " seq=%llu ack=%llu", (unsigned long long)segment->seq,
                 (unsigned long long)segment->ack);
    if (segment->bytes)
        snprintf(length, sizeof length, " len=%llu", (unsigned long long)segment->bytes);
    snprintf(label, size, "%s%s%s%s", count, what, segment->note ? "" : numbers, length);
    if (prose_width(zoc_bytes_of(label)) > room)
        snprintf(label, size, "%s%s%s", count, what, length);
}

static void label_bytes(const struct segment *segment, char *label, size_t size, unsigned room)
{
    (void)room;
    if (segment->note)
        snprintf(label, size, "%s", _(segment->note));
    else
        snprintf(label, size, PLURAL("%llu byte", "%llu bytes", segment->bytes), (unsigned long long)segment->bytes);
}

/* --- rows ----------------------------------------------------------------------------------------- */

static const char *mark_of(enum certainty certainty, bool utf8)
{
    static const char *const marks[] = { "●", "○", "·" }, *const plain[] = { "*", "o", "." };

    return utf8 ? marks[certainty] : plain[certainty];
}

static enum ink ink_of_certainty(enum certainty certainty)
{
    return certainty == CERTAIN_INFERRED ? INK_DIM : certainty == CERTAIN_MEASURED ? INK_BOLD : INK_PLAIN;
}

static void draw_time(struct ladder *ladder, unsigned row, const struct segment *segment)
{
    char time[32] = "";
    double ms = (double)(segment->time - ladder->begun) / (double)ZOC_MILLISECOND;

    if (segment->time)
        snprintf(time, sizeof time, "%.3f", ms);
    canvas_text(&ladder->canvas, row, 0, TIME_COLUMNS - 2, ALIGN_RIGHT, ink_of_certainty(segment->certainty), time);
    canvas_text(&ladder->canvas, row, TIME_COLUMNS - 1, 1, ALIGN_LEFT, ink_of_certainty(segment->certainty),
                mark_of(segment->certainty, ladder->paper->utf8));
}

static void draw_arrow(struct ladder *ladder, unsigned row, const struct segment *segment)
{
    bool right = segment->from == SIDE_CLIENT, tcp = ladder->facts->carrier == CARRIER_TCP && !segment->icmp;
    enum ink ink = segment->icmp                            ? INK_INTERNET
                   : ladder->facts->carrier == CARRIER_UNIX ? INK_APPLICATION
                                                            : INK_TRANSPORT;
    unsigned from = ladder->left + 1, to = ladder->right - 1;
    const char *utf8 = right ? "▶" : "◀", *plain = right ? ">" : "<";
    char label[LABEL_MAX] = "", padded[LABEL_MAX + 4];

    canvas_across(&ladder->canvas, row, from - 1, to + 1, ink);
    canvas_text(&ladder->canvas, row, right ? to : from, 1, ALIGN_LEFT, ink, ladder->paper->utf8 ? utf8 : plain);
    (tcp ? label_tcp : label_bytes)(segment, label, sizeof label, to - from - 5);
    snprintf(padded, sizeof padded, " %s ", label);
    canvas_text(&ladder->canvas, row, from + 2, to - from - 3, ALIGN_LEFT, segment->bytes ? INK_BOLD : INK_PLAIN,
                padded);
}

static const char *shown_state(struct ladder *ladder, const struct segment *segment, enum side side)
{
    enum tcp_state state = segment->states[side];

    if (state == ladder->states[side] || state == STATE_UNKNOWN)
        return "";
    ladder->states[side] = state;
    return tcp_state_name(state);
}

static void draw_states(struct ladder *ladder, unsigned row, const char *client, const char *server)
{
    canvas_text(&ladder->canvas, row, ladder->left - STATE_COLUMNS - 1, STATE_COLUMNS, ALIGN_RIGHT, INK_PLAIN, client);
    canvas_text(&ladder->canvas, row, ladder->right + 2, STATE_COLUMNS, ALIGN_LEFT, INK_PLAIN, server);
}

static void draw_segment(struct ladder *ladder, unsigned row, const struct segment *segment)
{
    char bytes[24];

    draw_time(ladder, row, segment);
    draw_arrow(ladder, row, segment);
    if (ladder->facts->carrier == CARRIER_TCP) {
        const char *client = shown_state(ladder, segment, SIDE_CLIENT);
        draw_states(ladder, row, client, shown_state(ladder, segment, SIDE_SERVER));
    }
    size_t size = segment_bytes(ladder->facts, segment);
    if (size == 0)
        return;
    snprintf(bytes, sizeof bytes, "%zu", size);
    canvas_text(&ladder->canvas, row, ladder->canvas.columns - BYTES_COLUMNS, BYTES_COLUMNS, ALIGN_RIGHT, INK_LINK,
                bytes);
}

static void draw_heads(struct ladder *ladder)
{
    unsigned middle = (ladder->left + ladder->right) / 2;
    char client[ZOC_ADDRESS_TEXT], server[ZOC_ADDRESS_TEXT];
    bool local = ladder->facts->carrier == CARRIER_UNIX;

    canvas_text(&ladder->canvas, 0, 0, TIME_COLUMNS - 2, ALIGN_RIGHT, INK_DIM, "ms");
    canvas_text(&ladder->canvas, 0, TIME_COLUMNS + 1, middle - TIME_COLUMNS - 2, ALIGN_LEFT, INK_BOLD, _("client"));
    canvas_text(&ladder->canvas, 0, middle + 1, ladder->canvas.columns - middle - 1 - BYTES_COLUMNS, ALIGN_RIGHT,
                INK_BOLD, _("server"));
    if (ladder->facts->client.size)
        canvas_text(&ladder->canvas, 1, TIME_COLUMNS + 1, middle - TIME_COLUMNS - 2, ALIGN_LEFT, INK_DIM,
                    zoc_address_format(&ladder->facts->client, client, sizeof client));
    canvas_text(&ladder->canvas, 1, middle + 1, ladder->canvas.columns - middle - 1 - BYTES_COLUMNS, ALIGN_RIGHT,
                INK_DIM, zoc_address_format(&ladder->facts->server, server, sizeof server));
    if (!local)
        canvas_text(&ladder->canvas, 0, ladder->canvas.columns - BYTES_COLUMNS, BYTES_COLUMNS, ALIGN_RIGHT, INK_LINK,
                    _("bytes"));
    if (ladder->facts->carrier == CARRIER_TCP)
        draw_states(ladder, 2, "CLOSED", ladder->facts->client.size ? "LISTEN" : "");
}

int draw_sequence(const struct sequence *sequence, const struct facts *facts, zoc_time begun, const struct paper *paper,
                  zoc_buffer *to)
{
    unsigned columns = paper->columns ? paper->columns : DRAWING_COLUMNS;
    unsigned left = TIME_COLUMNS + 1 + STATE_COLUMNS + 1, right = columns - BYTES_COLUMNS - STATE_COLUMNS - 2;
    struct ladder ladder = { .sequence = sequence, .facts = facts, .paper = paper, .begun = begun, .left = left };

    ladder.right = right > left + ARROW_MIN ? right : left + ARROW_MIN;
    canvas_open(&ladder.canvas, columns > ladder.right + 1 ? columns : ladder.right + 1, 4 + sequence->count);
    canvas_down(&ladder.canvas, ladder.left, 2, sequence->count + 3, INK_DIM);
    canvas_down(&ladder.canvas, ladder.right, 2, sequence->count + 3, INK_DIM);
    draw_heads(&ladder);
    for (unsigned i = 0; i < sequence->count; i++)
        draw_segment(&ladder, i + 3, &sequence->segments[i]);
    int result = canvas_print(&ladder.canvas, paper, to);
    canvas_release(&ladder.canvas);
    return result;
}
