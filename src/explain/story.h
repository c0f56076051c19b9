/* The story of a connection: what an observer hears, told with what it means. */
#ifndef ZOC_EXPLAIN_STORY_H
#define ZOC_EXPLAIN_STORY_H

#include "explain/teller.h"

#include <zocalo/endpoint.h>
#include <zocalo/observer.h>

struct story_options {
    enum side peer;            /* what the other side is: SIDE_SERVER for who dials, SIDE_CLIENT for who listens */
    const char *connection;    /* its name, where there are several; it lives as long as the story; NULL */
    bool silent;               /* what is said is not told: somebody else's story has it */
    const zoc_endpoint *place; /* what is dialled or listened on; lives as long as the story; NULL */
};

struct story;

/* Returns 0 or -ENOMEM. The teller outlives it. */
int story_new(struct teller *teller, const struct story_options *options, struct story **ret_story);

/* What a dial, a listener or a stream is to be observed by. The story outlives what it observes. One connection at a time; of a
 * listener, the one that was accepted last. */
zoc_observer *story_observer(struct story *story);

/* The connection did not come about, or broke: what the error means at the protocol's level, and what usually causes it, with what
 * can be looked up here looked up. Before the words of zoc_why() are changed by others, which it keeps. May wait. */
void story_fail(struct story *story, int error);

/* The stream was closed: how it stands now, who closed first, who is left in TIME_WAIT. May wait, some milliseconds. */
void story_end(struct story *story);

void story_free(struct story *story); /* NULL is fine */

#endif
