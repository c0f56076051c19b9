#include "cmd/explaining.h"

#include "cmd/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

/* --- options -------------------------------------------------------------------------------------- */

static int read_explain(const char *value, void *field)
{
    struct explain_options *options = field;

    options->given = true;
    options->more = value != NULL;
    return !value || strcmp(value, "more") == 0 ? 0 : -EINVAL;
}

const struct option_kind option_explain = { read_explain, N_("'more'") };

int explain_check(const struct explain_options *options)
{
    if (options->json && !options->given)
        return zoc_refuse(-EINVAL, _("option '--json' is for '--explain'"));
    return 0;
}

/* --- one connection ------------------------------------------------------------------------------- */

static void tell_both(zoc_observer *observer, const zoc_notice *notice)
{
    const struct fork *fork = (const struct fork *)observer;

    if (fork->also)
        fork->also->tell(fork->also, notice);
    if (fork->story && (!fork->places || notice->kind == ZOC_LISTENING))
        fork->story->tell(fork->story, notice);
}

static zoc_observer *observe(struct explaining *explaining, const struct story_options *options, zoc_observer *also)
{
    if (!explaining->on)
        return also;
    story_free(explaining->story);
    explaining->story = NULL;
    if (story_new(&explaining->lines.teller, options, &explaining->story) < 0)
        return also;
    explaining->fork =
        (struct fork){ .observer.tell = tell_both, .story = story_observer(explaining->story), .also = also };
    return &explaining->fork.observer;
}

zoc_observer *explaining_observer(struct explaining *explaining, enum side peer, const zoc_endpoint *place,
                                  zoc_observer *also)
{
    const struct story_options options = { .peer = peer, .place = place };

    return observe(explaining, &options, also);
}

/* A stream that is there already: the story begins with its having come. */
static void tell_came(struct story *story, zoc_stream *stream, const zoc_address *peer)
{
    zoc_address local = { 0 };
    const zoc_notice accepted = {
        .kind = ZOC_ACCEPTED, .time = zoc_now(), .stream = stream, .address = peer, .local = &local
    };

    zoc_stream_local(stream, &local);
    story_observer(story)->tell(story_observer(story), &accepted);
}

void explaining_meet(struct explaining *explaining, zoc_stream *stream, const zoc_address *peer)
{
    zoc_observer *observer = explaining_observer(explaining, SIDE_CLIENT, NULL, NULL);

    if (!observer)
        return;
    zoc_observe(stream, observer);
    tell_came(explaining->story, stream, peer);
}

void explaining_fail(struct explaining *explaining, int error)
{
    if (explaining->story)
        story_fail(explaining->story, error);
}

void explaining_end(struct explaining *explaining)
{
    if (explaining->story)
        story_end(explaining->story);
}

/* --- many connections ------------------------------------------------------------------------------ */

zoc_observer *explaining_places(struct explaining *explaining, const zoc_endpoint *place, zoc_observer *also)
{
    zoc_observer *observer = explaining_observer(explaining, SIDE_CLIENT, place, also);

    explaining->fork.places = true;
    return observer;
}

#define NAME_TEXT 32 /* bytes of "#12 client" */

struct followed {
    struct fork fork; /* first */
    struct explaining *explaining;
    struct story *story;
    struct followed *next; /* of those that are over */
    bool dialling;         /* it is not known yet what comes of it */
    bool closed;
    char name[NAME_TEXT];
};

static void free_followed(struct followed *followed)
{
    story_free(followed->story);
    free(followed);
}

static void end_followed(struct explaining *explaining)
{
    while (explaining->over) {
        struct followed *followed = explaining->over;
        explaining->over = followed->next;
        explaining->over_count--;
        story_end(followed->story);
        free_followed(followed);
    }
}

/* What is left of a connection can be looked up once it is closed, and that waits: no observer may. */
static int keep(void *arg)
{
    struct explaining *explaining = arg;

    while (zoc_event_wait(&explaining->ended) == 0) {
        zoc_event_clear(&explaining->ended);
        end_followed(explaining);
    }
    return 0;
}

static void let_go(struct followed *followed)
{
    struct explaining *explaining = followed->explaining;
    struct followed **last = &explaining->over;

    if (explaining->over_count == EXPLAINING_ENDS_MAX) {
        free_followed(followed);
        return;
    }
    explaining->over_count++;
    while (*last)
        last = &(*last)->next;
    *last = followed;
    zoc_event_set(&explaining->ended);
}

static void tell_followed(zoc_observer *observer, const zoc_notice *notice)
{
    struct followed *followed = (struct followed *)observer;

    tell_both(observer, notice);
    if (notice->kind == ZOC_CONNECTED)
        followed->closed = false; /* it is tried again, and has a stream of its own */
    followed->closed |= notice->kind == ZOC_CLOSED;
    if (followed->closed && !followed->dialling)
        let_go(followed);
}

static struct followed *new_followed(struct explaining *explaining, const struct follow *follow)
{
    struct followed *followed = calloc(1, sizeof *followed);
    const struct story_options options = { .peer = follow->peer,
                                           .silent = follow->silent,
                                           .place = follow->place,
                                           .connection = followed ? followed->name : "" };

    if (!followed || story_new(&explaining->lines.teller, &options, &followed->story) < 0) {
        free(followed);
        return NULL;
    }
    if (follow->name)
        snprintf(followed->name, sizeof followed->name, "%s", follow->name);
    else
        snprintf(followed->name, sizeof followed->name, "#%u", ++explaining->count);
    followed->explaining = explaining;
    followed->dialling = !follow->stream;
    followed->fork =
        (struct fork){ .observer.tell = tell_followed, .story = story_observer(followed->story), .also = follow->also };
    return followed;
}

zoc_observer *explaining_follow(struct explaining *explaining, const struct follow *follow)
{
    struct followed *followed = explaining->on ? new_followed(explaining, follow) : NULL;

    if (!followed)
        return follow->also;
    if (follow->stream) {
        zoc_observe(follow->stream, &followed->fork.observer);
        tell_came(followed->story, follow->stream, zoc_stream_peer(follow->stream));
    }
    return &followed->fork.observer;
}

/* A stream that was closed before (a handshake of TLS failed) is told of no more. */
void explaining_settle(zoc_observer *observer, int result)
{
    struct followed *followed = (struct followed *)observer;

    if (!observer || observer->tell != tell_followed)
        return;
    bool dialled = followed->dialling;
    followed->dialling = false;
    if (result < 0)
        story_fail(followed->story, result);
    if (result < 0 && dialled)
        free_followed(followed);
}

/* --- begin and end -------------------------------------------------------------------------------- */

void explaining_open(struct explaining *explaining, const struct explain_options *options)
{
    explaining->on = options->given;
    if (!explaining->on)
        return;
    const struct teller_options telling = { .json = options->json, .more = options->more };
    story_lines_open(&explaining->lines, &telling, options->plain);
    zoc_go(&explaining->keeping, keep, explaining);
}

void explaining_close(struct explaining *explaining)
{
    if (!explaining->on)
        return;
    zoc_group_end(&explaining->keeping);
    end_followed(explaining);
    story_lines_close(&explaining->lines);
    story_free(explaining->story);
    explaining->story = NULL;
}

/* --- a terminal ------------------------------------------------------------------------------------ */

void explaining_show_at(struct explaining *explaining, zoc_stream *terminal)
{
    if (explaining->on && terminal)
        story_lines_show_at(&explaining->lines, terminal);
}

void explaining_leave(struct explaining *explaining)
{
    if (explaining->on)
        story_lines_leave(&explaining->lines);
}
