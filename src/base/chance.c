#include "base/chance.h"

void chance_seed(struct chance *chance, uint64_t seed)
{
    chance->state = seed;
}

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
uint64_t chance_bits(struct chance *chance)
{
    uint64_t bits = chance->state += 0x9e3779b97f4a7c15;

    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

uint64_t chance_below(struct chance *chance, uint64_t bound)
{
    return chance_bits(chance) % bound; /* the bias is far below what a schedule could notice */
}

static unsigned size_of(uint64_t number)
{
    return number ? 64 - (unsigned)__builtin_clzll(number) : 0;
}

uint64_t chance_between(struct chance *chance, uint64_t least, uint64_t most)
{
    uint64_t span = most - least;
    unsigned size = (unsigned)chance_below(chance, size_of(span) + 1);
    uint64_t drawn = size ? chance_bits(chance) >> (64 - size) : 0;

    return least + (drawn < span ? drawn : span);
}

bool chance_once_in(struct chance *chance, uint64_t times)
{
    return times > 0 && chance_below(chance, times) == 0;
}
