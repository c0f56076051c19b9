#include "transcript/replay.h"

#include <errno.h>
#include <zocalo/error.h>

/* --- hearing -------------------------------------------------------------------------------------- */

static void tell_news(struct replay *replay)
{
    replay->last = zoc_now();
    zoc_event_set(&replay->news);
}

static bool is_reset(int error)
{
    return error == -ECONNRESET || error == -EPIPE;
}

static void end_hearing(struct replay *replay, int result)
{
    if (replay->ending == REPLAY_OPEN) {
        replay->ending = result == 0 ? REPLAY_ENDED : is_reset(result) ? REPLAY_RESET : REPLAY_FAILED;
        replay->error = result;
    }
    tell_news(replay);
}

static int run_hearing(void *arg)
{
    struct replay *replay = arg;
    zoc_bytes chunk = { 0 };
    ssize_t size;

    while ((size = zoc_receive(replay->peer, &chunk)) > 0 || (size == 0 && chunk.data)) {
        comparison_see(&replay->heard, (zoc_bytes){ chunk.data, (size_t)size });
        tell_news(replay);
    }
    if (size != -ECANCELED)
        end_hearing(replay, (int)size);
    return 0;
}

/* --- waiting for what was said before ------------------------------------------------------------- */

static bool has_come(const struct replay *replay, const struct script_event *event)
{
    if (event->kind == SCRIPT_DATA)
        return comparison_has(&replay->heard, event);
    return replay->ending != REPLAY_OPEN;
}

/* Returns 0; -ENODATA when it will not come, or does not; -ECANCELED. */
static int await(struct replay *replay, const struct script_event *event)
{
    replay->last = zoc_now();
    while (!has_come(replay, event)) {
        zoc_duration rest = replay->timeout - (zoc_now() - replay->last);
        int result = 0;
        if (replay->ending != REPLAY_OPEN || rest <= 0)
            return -ENODATA;
        zoc_event_clear(&replay->news);
        ZOC_WITHIN(rest)
            result = zoc_event_wait(&replay->news);
        if (result < 0 && result != -ETIMEDOUT)
            return result;
    }
    return 0;
}

/* --- saying --------------------------------------------------------------------------------------- */

static int say(struct replay *replay, const struct script_event *event)
{
    const zoc_buffer *said = &replay->script->said[replay->side];
    ssize_t written = 0;

    ZOC_WITHIN(replay->timeout)
        written = zoc_write(replay->peer, event->size ? said->data + event->offset : "", event->size);
    if (written >= 0 || written == -ECANCELED)
        return written < 0 ? (int)written : 0;
    if (written == -ETIMEDOUT)
        replay->unread = true;
    else
        end_hearing(replay, (int)written);
    return -ENODATA;
}

/* The peer may have gone by then, which is heard. */
static int say_end(struct replay *replay, const struct script_event *event)
{
    (void)event;
    zoc_shut(replay->peer);
    return 0;
}

/* It is the last that is played, and is done once nobody hears the peer any more. */
static int break_off(struct replay *replay, const struct script_event *event)
{
    (void)event;
    replay->breaks_off = true;
    return 0;
}

/* The pause is between what happened before, whenever that was, and this. */
static int pause_before(const struct replay *replay, size_t index)
{
    const struct script *script = replay->script;
    zoc_duration before = index > 0 ? script->events[index - 1].time : script->since;
    zoc_duration pause = script->events[index].time - before;

    return replay->fast || pause <= 0 ? 0 : zoc_sleep(pause);
}

static int play_own(struct replay *replay, size_t index)
{
    static int (*const plays[])(struct replay *, const struct script_event *) = {
        [SCRIPT_DATA] = say,
        [SCRIPT_END] = say_end,
        [SCRIPT_RESET] = break_off,
    };
    const struct script_event *event = &replay->script->events[index];
    int result = pause_before(replay, index);

    return result == 0 ? plays[event->kind](replay, event) : result;
}

static int play(struct replay *replay)
{
    const struct script *script = replay->script;
    int result = 0;

    while (replay->played < script->count && result == 0) {
        const struct script_event *event = &script->events[replay->played];
        if (event->kind != SCRIPT_CLOSED)
            result = event->from == replay->side ? play_own(replay, replay->played) : await(replay, event);
        replay->played += result == 0;
    }
    return result == -ENODATA ? 0 : result;
}

/* Who was waited for in vain is not waited for once more. */
static void part(const struct replay *replay)
{
    if (replay->breaks_off)
        zoc_reset(replay->peer);
    else if (replay->played < replay->script->count)
        zoc_close(replay->peer);
    else
        zoc_finish(replay->peer);
}

int replay_run(struct replay *replay, zoc_stream *peer)
{
    ZOC_GROUP(hearing);

    replay->peer = peer;
    replay->heard = comparison_of(replay->script, side_other(replay->side));
    int result = zoc_go(&hearing, run_hearing, replay);
    if (result == 0)
        result = play(replay);
    zoc_group_end(&hearing);
    part(replay);
    return result;
}

/* --- what came of it ------------------------------------------------------------------------------ */

enum replay_ending replay_recorded_ending(const struct replay *replay)
{
    const struct script *script = replay->script;

    for (size_t i = 0; i < script->count; i++)
        if (script->events[i].from != replay->side &&
            (script->events[i].kind == SCRIPT_END || script->events[i].kind == SCRIPT_RESET))
            return script->events[i].kind == SCRIPT_END ? REPLAY_ENDED : REPLAY_RESET;
    return REPLAY_OPEN;
}

bool replay_ended_as_recorded(const struct replay *replay)
{
    enum replay_ending recorded = replay_recorded_ending(replay);

    return replay->played == replay->script->count && (recorded == REPLAY_OPEN || recorded == replay->ending);
}

bool replay_is_same(const struct replay *replay)
{
    const struct comparison *heard = &replay->heard;

    return replay_ended_as_recorded(replay) && !heard->differs && heard->beyond == 0 && heard->pieces_beyond == 0 &&
           comparison_missing(heard) == 0 && comparison_missing_pieces(heard) == 0;
}
