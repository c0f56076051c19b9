/* Chance that is drawn from a seed: the same seed, the same draws. */
#ifndef ZOC_BASE_CHANCE_H
#define ZOC_BASE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Draws that do not disturb those of another. */
struct chance {
    uint64_t state;
};

void chance_seed(struct chance *chance, uint64_t seed);

uint64_t chance_bits(struct chance *chance);

/* From 0 to below `bound`, which is at least 1. */
uint64_t chance_below(struct chance *chance, uint64_t bound);

/* From `least` to `most`, both included. Small numbers come as often as large ones: the size of the number is drawn
 * first. */
uint64_t chance_between(struct chance *chance, uint64_t least, uint64_t most);

/* Once in `times`; never for 0. */
bool chance_once_in(struct chance *chance, uint64_t times);

#endif
