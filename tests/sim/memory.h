/* How much memory is in use: what a run leaves behind is a leak. */
#ifndef ZOC_TESTS_SIM_MEMORY_H
#define ZOC_TESTS_SIM_MEMORY_H

#include <stdbool.h>

/* Not with sanitizers, which have an allocator of their own and look themselves. */
extern const bool memory_counts;

/* Pieces of memory that were allocated and not freed. */
long memory_pieces(void);

#endif
