/* Transcripts: whatever is in the file, what was read of it holds together, and so does what compares with it. */
#include "transcript/compare.h"
#include "transcript/form.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* A refusal is one line of words that nothing from the file can break out of. */
static void check_words(void)
{
    const char *words = zoc_why();

    assert(words[0] != '\0');
    for (const char *at = words; *at != '\0'; at++)
        assert((unsigned char)*at >= ' ' && *at != 0x7f);
}

/* Pieces lie side by side in what a side says, in their order. */
static void check_events(const struct script *script)
{
    size_t at[SIDE_COUNT] = { 0 }, pieces[SIDE_COUNT] = { 0 };

    for (size_t i = 0; i < script->count; i++) {
        const struct script_event *event = &script->events[i];
        assert(event->time >= 0 && event->line > 1 && event->line <= script->line);
        if (event->kind != SCRIPT_DATA)
            continue;
        assert(event->offset == at[event->from] && event->piece == pieces[event->from]++);
        assert(event->size <= TRANSCRIPT_PIECE_MAX);
        at[event->from] += event->size;
    }
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        assert(at[side] == script->said[side].size && pieces[side] == script->pieces[side]);
}

/* Who says what it had said says the same. */
static void check_comparison(const struct script *script, enum side side)
{
    struct comparison comparison = comparison_of(script, side);

    for (size_t i = 0; i < script->count; i++) {
        const struct script_event *event = &script->events[i];
        if (event->kind != SCRIPT_DATA || event->from != side)
            continue;
        comparison_see(&comparison,
                       (zoc_bytes){ event->size ? script->said[side].data + event->offset : "", event->size });
        assert(comparison_has(&comparison, event));
    }
    assert(!comparison.differs && comparison.beyond == 0 && comparison.pieces_beyond == 0);
    assert(comparison_missing(&comparison) == 0 && comparison_missing_pieces(&comparison) == 0);
}

/* The first byte says which connection; what follows is the file, after a header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = { 0 };
    int result = script_read_line(&script, zoc_bytes_of("{\"event\":\"transcript\",\"version\":1}"));

    assert(result == 0);
    if (size > 0)
        script.connection = data[0] % 4;
    for (size_t at = 1; at < size && result == 0;) {
        const uint8_t *newline = memchr(data + at, '\n', size - at);
        size_t end = newline ? (size_t)(newline - data) + 1 : size;
        result = script_read_line(&script, (zoc_bytes){ (const char *)data + at, end - at });
        at = end;
    }
    if (result == 0)
        result = script_finish(&script);
    assert(result == 0 || result == -EINVAL);
    if (result < 0)
        check_words();
    if (result == 0) {
        check_events(&script);
        check_comparison(&script, SIDE_CLIENT);
        check_comparison(&script, SIDE_SERVER);
    }
    script_release(&script);
    return 0;
}
