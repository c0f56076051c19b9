/* What TCP of this machine offers and does, as its settings have it (Documentation/networking/ip-sysctl of Linux). */
#ifndef ZOC_LOOK_OFFER_H
#define ZOC_LOOK_OFFER_H

#include <stdbool.h>

struct look_offer {
    bool timestamps, sack, window_scale; /* stand in a SYN */
    unsigned syn_retries;                /* a SYN is sent again so often */
    unsigned syn_linear;                 /* so many of these come one second apart; each pause after doubles */
};

/* Waits. What cannot be read is as Linux has it by default. Returns 0 or as zoc_offload. */
int look_offer(struct look_offer *ret_offer);

#endif
