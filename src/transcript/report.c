#include "transcript/report.h"

#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <zocalo/error.h>

#define SHOWN_TEXT (4 * (COMPARE_BEFORE + COMPARE_SHOWN) + 8) /* bytes of what is shown, escaped */

/* --- what is shown -------------------------------------------------------------------------------- */

static zoc_bytes said_from(const struct comparison *heard, size_t start, size_t size)
{
    const zoc_buffer *said = &heard->script->said[heard->from];
    size_t rest = said->size - start;

    return (zoc_bytes){ said->data ? said->data + start : "", size < rest ? size : rest };
}

/* Where what is shown around the difference begins: a datagram is shown without the one before. */
static size_t start_of_shown(const struct comparison *heard)
{
    size_t piece = heard->script->datagrams ? heard->script->events[heard->event].offset : 0;

    return heard->offset - piece > COMPARE_BEFORE ? heard->offset - COMPARE_BEFORE : piece;
}

static size_t end_of_recorded(const struct comparison *heard)
{
    const struct script_event *event = &heard->script->events[heard->event];

    return heard->script->datagrams ? event->offset + event->size : heard->script->said[heard->from].size;
}

static const char *show_recorded(const struct comparison *heard, char text[SHOWN_TEXT])
{
    size_t start = start_of_shown(heard), end = heard->offset + COMPARE_SHOWN, last = end_of_recorded(heard);

    return zoc_escape(said_from(heard, start, (end < last ? end : last) - start), text, SHOWN_TEXT);
}

/* The bytes before the difference are those that were recorded. */
static const char *show_live(const struct comparison *heard, char text[SHOWN_TEXT])
{
    char live[COMPARE_BEFORE + COMPARE_SHOWN];
    size_t start = start_of_shown(heard), before = heard->offset - start;

    memcpy(live, said_from(heard, start, before).data, before);
    memcpy(live + before, heard->live.data, heard->live.size);
    return zoc_escape((zoc_bytes){ live, before + heard->live.size }, text, SHOWN_TEXT);
}

static const char *show_missing(const struct comparison *heard, char text[SHOWN_TEXT])
{
    return zoc_escape(said_from(heard, heard->at, COMPARE_SHOWN), text, SHOWN_TEXT);
}

static const char *show_beyond(const struct comparison *heard, char text[SHOWN_TEXT])
{
    return zoc_escape((zoc_bytes){ heard->extra.data, heard->extra.size }, text, SHOWN_TEXT);
}

/* --- what there is to say ------------------------------------------------------------------------- */

static bool is_missing(const struct comparison *heard)
{
    return comparison_missing(heard) > 0 || comparison_missing_pieces(heard) > 0;
}

static bool is_beyond(const struct comparison *heard)
{
    return heard->beyond > 0 || heard->pieces_beyond > 0;
}

/* The event that the first missing byte, or datagram, is in. */
static const struct script_event *missing_event(const struct comparison *heard)
{
    size_t index = heard->script->datagrams ? heard->next : comparison_event_at(heard, heard->at);

    return &heard->script->events[index];
}

/* --- in words ------------------------------------------------------------------------------------- */

static const char *who(const struct comparison *heard)
{
    return heard->from == SIDE_SERVER ? _("the server") : _("the client");
}

static int put_where(const struct script_event *event, zoc_buffer *text)
{
    return zoc_buffer_printf(text, _(" (line %" PRIu64 ", after %" PRId64 ".%06" PRId64 "s)"), event->line,
                             event->time / ZOC_SECOND, event->time % ZOC_SECOND / ZOC_MICROSECOND);
}

static int say_same(const struct comparison *heard, zoc_buffer *text)
{
    size_t bytes = heard->script->said[heard->from].size, pieces = heard->script->pieces[heard->from];

    if (heard->script->datagrams)
        return zoc_buffer_printf(
            text, PLURAL("the same: %zu datagram from %s\n", "the same: %zu datagrams from %s\n", pieces), pieces,
            who(heard));
    return zoc_buffer_printf(text, PLURAL("the same: %zu byte from %s\n", "the same: %zu bytes from %s\n", bytes),
                             bytes, who(heard));
}

static int say_different(const struct comparison *heard, zoc_buffer *text)
{
    const struct script_event *event = &heard->script->events[heard->event];
    char recorded[SHOWN_TEXT], live[SHOWN_TEXT];
    int result = heard->script->datagrams
                     ? zoc_buffer_printf(text, _("different at byte %zu of datagram %zu from %s"),
                                         heard->offset - event->offset, event->piece + 1, who(heard))
                     : zoc_buffer_printf(text, _("different at byte %zu from %s"), heard->offset, who(heard));

    if (result == 0)
        result = put_where(event, text);
    if (result == 0)
        result = zoc_buffer_printf(text, _("\n  recorded: %s\n  live:     %s\n"), show_recorded(heard, recorded),
                                   show_live(heard, live));
    return result;
}

static int say_what_is_missing(const struct comparison *heard, zoc_buffer *text)
{
    uint64_t bytes = comparison_missing(heard), datagrams = comparison_missing_pieces(heard);

    if (heard->script->datagrams)
        return zoc_buffer_printf(text,
                                 PLURAL("missing: %" PRIu64 " datagram, from datagram %" PRIu64 " on",
                                        "missing: %" PRIu64 " datagrams, from datagram %" PRIu64 " on", datagrams),
                                 datagrams, heard->pieces + 1);
    return zoc_buffer_printf(
        text,
        PLURAL("missing: %" PRIu64 " byte, from byte %zu on", "missing: %" PRIu64 " bytes, from byte %zu on", bytes),
        bytes, heard->at);
}

static int say_missing(const struct comparison *heard, zoc_buffer *text)
{
    char shown[SHOWN_TEXT];
    int result = say_what_is_missing(heard, text);

    if (result == 0)
        result = put_where(missing_event(heard), text);
    return result == 0 ? zoc_buffer_printf(text, "\n  %s\n", show_missing(heard, shown)) : result;
}

static int say_beyond(const struct comparison *heard, zoc_buffer *text)
{
    char shown[SHOWN_TEXT];

    if (heard->script->datagrams)
        return zoc_buffer_printf(text,
                                 PLURAL("beyond: %" PRIu64 " datagram after the last\n  %s\n",
                                        "beyond: %" PRIu64 " datagrams after the last\n  %s\n", heard->pieces_beyond),
                                 heard->pieces_beyond, show_beyond(heard, shown));
    return zoc_buffer_printf(text,
                             PLURAL("beyond: %" PRIu64 " byte, from byte %zu on\n  %s\n",
                                    "beyond: %" PRIu64 " bytes, from byte %zu on\n  %s\n", heard->beyond),
                             heard->beyond, heard->at, show_beyond(heard, shown));
}

/* The timeout is over. */
static int say_open(const struct replay *replay, zoc_buffer *text)
{
    char time[ZOC_UNIT_TEXT];

    zoc_duration_format(replay->timeout, time, sizeof time);
    if (is_missing(&replay->heard))
        return zoc_buffer_printf(text, _("%s said nothing more for %s\n"), who(&replay->heard), time);
    return zoc_buffer_printf(text,
                             replay_recorded_ending(replay) == REPLAY_RESET ? _("%s did not break off within %s\n")
                                                                            : _("%s did not end within %s\n"),
                             who(&replay->heard), time);
}

static int say_ended(const struct replay *replay, zoc_buffer *text)
{
    return zoc_buffer_printf(text,
                             replay_recorded_ending(replay) == REPLAY_RESET && !is_missing(&replay->heard)
                                 ? _("%s ended in order, and had broken off\n")
                                 : _("%s ended early\n"),
                             who(&replay->heard));
}

static int say_reset(const struct replay *replay, zoc_buffer *text)
{
    return zoc_buffer_printf(text,
                             replay_recorded_ending(replay) == REPLAY_ENDED
                                 ? _("%s broke off, and had ended in order\n")
                                 : _("%s broke off\n"),
                             who(&replay->heard));
}

static int say_failed(const struct replay *replay, zoc_buffer *text)
{
    return zoc_buffer_printf(text, _("the connection failed: %s\n"), zoc_error_text(replay->error));
}

static int say_ending(const struct replay *replay, zoc_buffer *text)
{
    static int (*const endings[])(const struct replay *, zoc_buffer *) = {
        [REPLAY_OPEN] = say_open,
        [REPLAY_ENDED] = say_ended,
        [REPLAY_RESET] = say_reset,
        [REPLAY_FAILED] = say_failed,
    };
    char time[ZOC_UNIT_TEXT];

    if (replay->unread)
        return zoc_buffer_printf(text, _("%s did not read for %s\n"), who(&replay->heard),
                                 zoc_duration_format(replay->timeout, time, sizeof time));
    return endings[replay->ending](replay, text);
}

int report_text(const struct replay *replay, zoc_buffer *text)
{
    const struct comparison *heard = &replay->heard;

    if (replay_is_same(replay))
        return say_same(heard, text);
    int result = heard->differs ? say_different(heard, text) : 0;
    if (result == 0 && is_missing(heard))
        result = say_missing(heard, text);
    if (result == 0 && is_beyond(heard))
        result = say_beyond(heard, text);
    if (result == 0 && (is_missing(heard) || !replay_ended_as_recorded(replay)))
        result = say_ending(replay, text);
    return result;
}

/* --- in JSON -------------------------------------------------------------------------------------- */

static int begin(const struct comparison *heard, const char *name, zoc_buffer *text)
{
    return zoc_buffer_printf(text, "{\"result\":\"%s\",\"from\":\"%s\"", name, side_name(heard->from));
}

static int put_number(zoc_buffer *text, const char *key, uint64_t number)
{
    return zoc_buffer_printf(text, ",\"%s\":%" PRIu64, key, number);
}

static int put_string(zoc_buffer *text, const char *key, const char *value)
{
    int result = zoc_buffer_printf(text, ",\"%s\":", key);

    return result == 0 ? base_json_string(text, zoc_bytes_of(value)) : result;
}

static int put_event(zoc_buffer *text, const struct script_event *event)
{
    int result = put_number(text, "line", event->line);

    return result == 0 ? put_number(text, "time_ns", (uint64_t)event->time) : result;
}

/* Of datagrams, how many of them as well. */
static int put_amount(zoc_buffer *text, const struct comparison *heard, uint64_t bytes, uint64_t datagrams)
{
    int result = put_number(text, "bytes", bytes);

    return result == 0 && heard->script->datagrams ? put_number(text, "datagrams", datagrams) : result;
}

static int end(zoc_buffer *text, int result)
{
    return result == 0 ? zoc_buffer_append(text, "}\n", 2) : result;
}

static int put_same(const struct comparison *heard, zoc_buffer *text)
{
    int result = begin(heard, "same", text);

    if (result == 0)
        result = put_number(text, "pieces", heard->script->pieces[heard->from]);
    if (result == 0)
        result = put_number(text, "bytes", heard->script->said[heard->from].size);
    return end(text, result);
}

static int put_different(const struct comparison *heard, zoc_buffer *text)
{
    const struct script_event *event = &heard->script->events[heard->event];
    char recorded[SHOWN_TEXT], live[SHOWN_TEXT];
    int result = begin(heard, "different", text);

    if (result == 0)
        result = put_number(text, "offset", heard->offset);
    if (result == 0 && heard->script->datagrams)
        result = put_number(text, "datagram", event->piece + 1);
    if (result == 0)
        result = put_event(text, event);
    if (result == 0)
        result = put_string(text, "recorded", show_recorded(heard, recorded));
    if (result == 0)
        result = put_string(text, "live", show_live(heard, live));
    return end(text, result);
}

static int put_missing(const struct comparison *heard, zoc_buffer *text)
{
    char shown[SHOWN_TEXT];
    int result = begin(heard, "missing", text);

    if (result == 0)
        result = put_number(text, "offset", heard->at);
    if (result == 0)
        result = put_amount(text, heard, comparison_missing(heard), comparison_missing_pieces(heard));
    if (result == 0)
        result = put_event(text, missing_event(heard));
    if (result == 0)
        result = put_string(text, "recorded", show_missing(heard, shown));
    return end(text, result);
}

static int put_beyond(const struct comparison *heard, zoc_buffer *text)
{
    char shown[SHOWN_TEXT];
    int result = begin(heard, "beyond", text);

    if (result == 0)
        result = put_number(text, "offset", heard->at);
    if (result == 0)
        result = put_amount(text, heard, heard->beyond, heard->pieces_beyond);
    if (result == 0)
        result = put_string(text, "live", show_beyond(heard, shown));
    return end(text, result);
}

static int put_ending(const struct replay *replay, zoc_buffer *text)
{
    static const char *const names[] = {
        [REPLAY_OPEN] = "open", [REPLAY_ENDED] = "end", [REPLAY_RESET] = "reset", [REPLAY_FAILED] = "failed"
    };
    int result = begin(&replay->heard, replay->unread ? "unread" : "ending", text);

    if (result == 0)
        result = put_string(text, "recorded", names[replay_recorded_ending(replay)]);
    if (result == 0)
        result = put_string(text, "live", names[replay->ending]);
    if (result == 0 && replay->ending == REPLAY_FAILED)
        result = put_string(text, "error", zoc_error_text(replay->error));
    return end(text, result);
}

int report_json(const struct replay *replay, zoc_buffer *text)
{
    const struct comparison *heard = &replay->heard;

    if (replay_is_same(replay))
        return put_same(heard, text);
    int result = heard->differs ? put_different(heard, text) : 0;
    if (result == 0 && is_missing(heard))
        result = put_missing(heard, text);
    if (result == 0 && is_beyond(heard))
        result = put_beyond(heard, text);
    if (result == 0 && (is_missing(heard) || !replay_ended_as_recorded(replay)))
        result = put_ending(replay, text);
    return result;
}
