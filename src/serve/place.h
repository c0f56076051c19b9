/* Places: one endpoint at which one service listens. */
#ifndef ZOC_SERVE_PLACE_H
#define ZOC_SERVE_PLACE_H

#include "serve/spec.h"

struct place {
    const struct spec *spec;
    const zoc_endpoint *wanted; /* as the spec says */
    char *text;                 /* the same in words, by which places of two sets are compared; owned */
    bool has_heir;              /* another place is to take it over */
    struct place *heir_of;      /* the place of an earlier set that it takes over; NULL: it was opened anew */
    zoc_listener *listener;     /* one of these two is open */
    zoc_datagrams *datagrams;
    zoc_tls_context *renewed; /* of a place at tls:// that takes another over: what its files say now; NULL */
    zoc_crew *crew;
    zoc_gate *gate; /* what bounds the connections of its spec; NULL: nothing */
};

/* Opens it. Returns 0 or an error with words. May wait for a name. */
int place_open(struct place *place);

/* Reads what TLS needs of it (certificates, keys) for when it takes heir_of over, so that what cannot be read is known
 * before anything has changed. Nothing of a place without TLS. Returns 0 or an error with words. May wait. */
int place_renew(struct place *place);

/* Takes the socket of heir_of over. Where that has ended meanwhile, opens it anew, and is nobody's heir. Returns 0 or
 * an error with words. */
int place_take_over(struct place *place);

/* Takes nobody new: what it serves goes on, and place_serve returns when that has ended by itself. */
void place_end(struct place *place);

void place_close(struct place *place);

/* Where it really listens. */
const zoc_endpoint *place_endpoint(const struct place *place);

/* What it shows and trusts with TLS; NULL without. */
const zoc_tls_context *place_tls(const struct place *place);

/* Whether something else had the endpoint, and another was taken (or-free). */
bool place_moved(const struct place *place);

/* A zoc_fn: serves until it is stopped or has ended; logs why when it cannot go on. */
int place_serve(void *place);

#endif
