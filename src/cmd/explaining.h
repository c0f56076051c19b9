/* --explain: the story of each connection, on standard error. A verb embeds this, zeroed; where the option was not given, all of it
 * does nothing. */
#ifndef ZOC_CMD_EXPLAINING_H
#define ZOC_CMD_EXPLAINING_H

#include "cmd/story_lines.h"
#include "cmd/verb.h"
#include "explain/story.h"

#include <zocalo/fiber.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>

struct explain_options {
    bool given; /* --explain */
    bool more;  /* --explain=more */
    bool json;
    bool plain; /* --no-color */
};

extern const struct option_kind option_explain; /* struct explain_options */

/* Rows of a verb's table, for options that are a member of its settings. */
#define EXPLAIN_OPTIONS(settings, member)                                                                       \
    { "explain",       0,                                                                                       \
      &option_explain, offsetof(settings, member),                                                              \
      "[more]",        N_("tells what happens and what it means, on standard error; with more: details too") }, \
        { "json",       0,                                                                                      \
          &option_flag, offsetof(settings, member.json),                                                        \
          NULL,         N_("with --explain, tells it as JSON, one object a line") },                            \
    {                                                                                                           \
        "no-color", 0, &option_flag, offsetof(settings, member.plain), NULL, N_("with --explain, no colours")   \
    }

/* Refuses what has no meaning without --explain. Returns 0 or -EINVAL with words. */
int explain_check(const struct explain_options *options);

#define EXPLAINING_ENDS_MAX \
    256 /* connections that are over, and whose end was not told yet; that of more is not told */

struct followed;

/* An observer that tells a story, and somebody else. */
struct fork {
    zoc_observer observer; /* first */
    zoc_observer *story;   /* NULL: it is not told */
    zoc_observer *also;    /* NULL */
    bool places;           /* the story is told of places where one listens, and of nothing else */
};

struct explaining {
    bool on;
    struct story_lines lines; /* of all stories */
    struct story *story;      /* of the one connection, or of the places; NULL */
    struct fork fork;

    unsigned count;        /* of connections that were followed */
    struct followed *over; /* whose streams are closed */
    unsigned over_count;
    zoc_event ended; /* there are such */
    zoc_group keeping;
};

/* Begins, now. On a fiber. What is made below is released by explaining_close, which may wait, as story_lines_close does. */
void explaining_open(struct explaining *explaining, const struct explain_options *options);
void explaining_close(struct explaining *explaining);

/* --- one connection ------------------------------------------------------------------------------- */

/* The observer of a dial or a listener at that place; who is there is `peer`. `also` is told as well (NULL: nobody); it is `also`
 * itself where nothing is explained. A story that was begun before is over. */
zoc_observer *explaining_observer(struct explaining *explaining, enum side peer, const zoc_endpoint *place,
                                  zoc_observer *also);

/* The same of a peer of datagrams who was heard first: it came. */
void explaining_meet(struct explaining *explaining, zoc_stream *stream, const zoc_address *peer);

/* It did not come about; the words of zoc_why() stay. It was closed. Both may wait. */
void explaining_fail(struct explaining *explaining, int error);
void explaining_end(struct explaining *explaining);

/* --- many connections ------------------------------------------------------------------------------ */

/* The observer of a listener whose connections are followed one by one. */
zoc_observer *explaining_places(struct explaining *explaining, const zoc_endpoint *place, zoc_observer *also);

/* A story for a connection, "#1", "#2" ..., whose end is told when its stream was closed; of a dial, once that was settled. */
struct follow {
    enum side peer;
    const char *name;          /* is copied; NULL: its number */
    bool silent;               /* as of struct story_options */
    const zoc_endpoint *place; /* where it is dialled; NULL */
    zoc_stream *stream;        /* was accepted, and is observed from here on; NULL: it is to be dialled */
    zoc_observer *also;        /* is told as well; NULL */
};

/* Returns the observer, or `also` without memory, or where nothing is explained. */
zoc_observer *explaining_follow(struct explaining *explaining, const struct follow *follow);

/* The dial of such an observer has come to that result; or the handshake of TLS with a stream that was accepted, before that is
 * closed. Other observers are left alone. The words of zoc_why() stay. May wait. */
void explaining_settle(zoc_observer *observer, int result);

/* --- a terminal ------------------------------------------------------------------------------------ */

/* From now on lines appear above what is edited there (NULL: there is no such terminal), until that is about to be closed, which
 * waits for lines that wait. */
void explaining_show_at(struct explaining *explaining, zoc_stream *terminal);
void explaining_leave(struct explaining *explaining);

#endif
