#include "cmd/story_lines.h"

#include "cmd/text.h"
#include "prose/paper.h"
#include "terminal/terminal.h"

#include <stdio.h>
#include <unistd.h>

#define LOST_TEXT  160                    /* bytes of the words for lines that are lost, in any language */
#define LOOK_AGAIN (20 * ZOC_MILLISECOND) /* whether there is room */
#define LAST_TIME  (1 * ZOC_SECOND)       /* for the rest, at the end */

/* --- standard error -------------------------------------------------------------------------------- */

/* Of those for the terminal: it is gone, or about to be. */
static void print_waiting(struct story_lines *lines)
{
    zoc_buffer *waiting = &lines->waiting;

    if (waiting->size > 0 && !outlet_put(&lines->outlet, (zoc_bytes){ waiting->data, waiting->size }))
        lines->lost++;
    zoc_buffer_release(waiting);
}

static bool print(struct story_lines *lines, zoc_bytes more)
{
    print_waiting(lines);
    bool taken = outlet_put(&lines->outlet, more);
    if (lines->outlet.waiting.size > 0)
        zoc_event_set(&lines->held_up);
    return taken;
}

/* Once there is room again. */
static void tell_lost(struct story_lines *lines)
{
    uint64_t lost = lines->lost;
    char text[LOST_TEXT];

    if (lost == 0)
        return;
    lines->lost = 0;
    snprintf(text, sizeof text,
             _("lines of the story that are missing here, since whoever reads standard error was too slow: %llu"),
             (unsigned long long)lost);
    teller_tell(
        &lines->teller,
        &(struct telling){ .time = zoc_now(), .layer = LAYER_APPLICATION, .event = "lines_lost", .text = text });
}

/* Waits until the reader of standard error has room for all that waits. Returns 0 or as zoc_sleep. */
static int let_read(struct story_lines *lines)
{
    int result = 0;

    while (result == 0 && !outlet_flush(&lines->outlet))
        result = zoc_sleep(LOOK_AGAIN);
    return result;
}

static int catch_up(void *arg)
{
    struct story_lines *lines = arg;
    int result = 0;

    while (result == 0 && (result = zoc_event_wait(&lines->held_up)) == 0) {
        zoc_event_clear(&lines->held_up);
        result = let_read(lines);
        if (result == 0)
            tell_lost(lines);
    }
    return result;
}

/* --- a terminal ------------------------------------------------------------------------------------ */

static bool keep_for_terminal(struct story_lines *lines, zoc_bytes more)
{
    zoc_event_set(&lines->written);
    return zoc_buffer_append(&lines->waiting, more.data, more.size) == 0;
}

static int show_waiting(struct story_lines *lines)
{
    zoc_buffer shown = lines->waiting;
    int result = 0;

    lines->waiting = (zoc_buffer){ .size_max = STORY_LINES_MAX };
    shown.size_max = 0;
    if (shown.size > 0 && zoc_buffer_append(&shown, "", 1) == 0)
        result = terminal_say(lines->terminal, shown.data);
    zoc_buffer_release(&shown);
    tell_lost(lines);
    return result;
}

static int show(void *arg)
{
    struct story_lines *lines = arg;
    int result = 0;

    while (result == 0 && !(lines->leaving && lines->waiting.size == 0)) {
        result = zoc_event_wait(&lines->written);
        zoc_event_clear(&lines->written);
        if (result == 0)
            result = show_waiting(lines);
    }
    return result;
}

/* What is written to standard error elsewhere stays away from the terminal. */
void story_lines_show_at(struct story_lines *lines, zoc_stream *terminal)
{
    if (!isatty(STDERR_FILENO))
        return;
    lines->leaving = false;
    lines->waiting.size_max = STORY_LINES_MAX;
    if (zoc_go(&lines->showing, show, lines) == 0)
        lines->terminal = terminal;
}

void story_lines_leave(struct story_lines *lines)
{
    if (!lines->terminal)
        return;
    lines->leaving = true;
    zoc_event_set(&lines->written);
    zoc_group_wait(&lines->showing);
    lines->terminal = NULL;
}

/* --- both ------------------------------------------------------------------------------------------ */

/* An observer does not wait, and writing may. Once lines were lost, so are others until that was told: the story has one gap, and
 * where it is can be seen. */
static void write_lines(void *arg, zoc_bytes more)
{
    struct story_lines *lines = arg;
    bool taken = lines->lost == 0 && (lines->terminal ? keep_for_terminal(lines, more) : print(lines, more));

    lines->lost += !taken;
}

void story_lines_open(struct story_lines *lines, const struct teller_options *options, bool plain)
{
    struct teller_options telling = *options;

    telling.paper = paper_of(stderr, plain);
    telling.write = write_lines;
    telling.arg = lines;
    teller_init(&lines->teller, &telling, zoc_now());
    outlet_open(&lines->outlet, STDERR_FILENO);
    zoc_go(&lines->catching_up, catch_up, lines);
}

void story_lines_close(struct story_lines *lines)
{
    story_lines_leave(lines);
    zoc_group_end(&lines->catching_up);
    print_waiting(lines);
    ZOC_SHIELD(LAST_TIME)
        if (let_read(lines) == 0) {
            tell_lost(lines);
            let_read(lines);
        }
    outlet_close(&lines->outlet);
}
