#include "transcript/compare.h"

static size_t lesser(size_t one, size_t other)
{
    return one < other ? one : other;
}

static void keep(struct sample *sample, zoc_bytes bytes)
{
    size_t size = lesser(bytes.size, sizeof sample->data - sample->size);

    if (size > 0)
        memcpy(sample->data + sample->size, bytes.data, size);
    sample->size += size;
}

/* The first data of that side from the event `index` on. */
static size_t find_data(const struct script *script, enum side from, size_t index)
{
    while (index < script->count && (script->events[index].kind != SCRIPT_DATA || script->events[index].from != from))
        index++;
    return index;
}

struct comparison comparison_of(const struct script *script, enum side from)
{
    return (struct comparison){ .script = script, .from = from, .next = find_data(script, from, 0) };
}

size_t comparison_event_at(const struct comparison *comparison, size_t offset)
{
    const struct script *script = comparison->script;
    size_t index = find_data(script, comparison->from, 0);

    while (index < script->count && script->events[index].offset + script->events[index].size <= offset)
        index = find_data(script, comparison->from, index + 1);
    return index;
}

/* How many bytes are the same. */
static size_t match(const char *recorded, const char *live, size_t size)
{
    size_t same = 0;

    if (size == 0 || memcmp(recorded, live, size) == 0)
        return size;
    while (recorded[same] == live[same])
        same++;
    return same;
}

static void differ(struct comparison *comparison, size_t event, size_t offset, zoc_bytes live)
{
    comparison->differs = true;
    comparison->event = event;
    comparison->offset = offset;
    keep(&comparison->live, live);
}

static void go_beyond(struct comparison *comparison, zoc_bytes live)
{
    comparison->beyond += live.size;
    keep(&comparison->extra, live);
}

/* --- streams -------------------------------------------------------------------------------------- */

static void see_stream(struct comparison *comparison, zoc_bytes live)
{
    const zoc_buffer *said = &comparison->script->said[comparison->from];
    size_t size = lesser(live.size, said->size - comparison->at);
    size_t same = comparison->differs || size == 0 ? size : match(said->data + comparison->at, live.data, size);

    if (comparison->differs)
        keep(&comparison->live, (zoc_bytes){ live.data, size });
    else if (same < size)
        differ(comparison, comparison_event_at(comparison, comparison->at + same), comparison->at + same,
               (zoc_bytes){ live.data + same, size - same });
    comparison->at += size;
    if (size < live.size)
        go_beyond(comparison, (zoc_bytes){ live.data + size, live.size - size });
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static void see_datagram(struct comparison *comparison, zoc_bytes live)
{
    const struct script *script = comparison->script;

    if (comparison->next == script->count) {
        comparison->pieces_beyond++;
        go_beyond(comparison, live);
        return;
    }
    const struct script_event *event = &script->events[comparison->next];
    size_t size = lesser(live.size, event->size);
    size_t same = size ? match(script->said[comparison->from].data + event->offset, live.data, size) : 0;
    if (!comparison->differs && (same < event->size || same < live.size))
        differ(comparison, comparison->next, event->offset + same, (zoc_bytes){ live.data + same, live.size - same });
    comparison->at = event->offset + event->size;
    comparison->next = find_data(script, comparison->from, comparison->next + 1);
}

/* --- both ----------------------------------------------------------------------------------------- */

void comparison_see(struct comparison *comparison, zoc_bytes live)
{
    comparison->bytes += live.size;
    comparison->pieces++;
    if (comparison->script->datagrams)
        see_datagram(comparison, live);
    else
        see_stream(comparison, live);
}

bool comparison_has(const struct comparison *comparison, const struct script_event *event)
{
    return comparison->script->datagrams ? comparison->pieces > event->piece
                                         : comparison->at >= event->offset + event->size;
}

uint64_t comparison_missing(const struct comparison *comparison)
{
    return comparison->script->said[comparison->from].size - comparison->at;
}

uint64_t comparison_missing_pieces(const struct comparison *comparison)
{
    size_t pieces = comparison->script->datagrams ? comparison->script->pieces[comparison->from] : 0;

    return comparison->pieces < pieces ? pieces - comparison->pieces : 0;
}
