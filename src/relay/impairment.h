/* What a bad network is to do to what passes through it, in the words of tc-netem(8): rate, delay, jitter, loss; and what
 * it does to a whole connection: a stall, a cut. */
#ifndef ZOC_RELAY_IMPAIRMENT_H
#define ZOC_RELAY_IMPAIRMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zocalo/units.h>

#define LOSS_ALL 1000000 /* `loss` of what loses everything */

/* Zeroed, nothing is done. Each direction of each connection is treated by itself. */
struct impairment {
    size_t rate;         /* bytes per second; 0: as fast as it goes */
    zoc_duration delay;  /* of all that passes, the end too */
    zoc_duration jitter; /* up to so much more is drawn for each piece and datagram */
    unsigned loss;       /* so many of LOSS_ALL datagrams are lost */
    size_t cut_after;    /* bytes of one direction that pass, and then the connection is cut; 0: it is not */
    zoc_duration stall;  /* silence of each direction, once; 0: there is none */
    size_t stall_after;  /* bytes that pass before it */
    uint64_t seed;       /* of what is drawn */
};

/* Whether anything is done at all. */
bool impairment_does_anything(const struct impairment *impairment);

/* Whether chance has a part in it, so that the seed matters. */
bool impairment_draws(const struct impairment *impairment);

/* Draws a seed that nobody can foresee. */
void impairment_draw_seed(struct impairment *impairment);

/* Reads a share of datagrams: "1%", "0.5%", "100%", also without the sign, with at most four digits after the point. Returns
 * 0, or -EINVAL when it is none or more than 100. Sets no words. */
int impairment_parse_loss(const char *text, unsigned *ret_loss);

#endif
