/* The kernel's world, with faults at the system calls: they fail, do less than they could, say that they would have to
 * wait, and readiness is told late. What real system calls may do, but seldom do when one looks. */
#ifndef ZOC_SIM_FAULTY_H
#define ZOC_SIM_FAULTY_H

#include "world/world.h"

#include <stddef.h>

/* Begins a run. Its operations are for one loop, on one thread. */
const struct zoc_world *faulty_begin(void);

/* How many descriptors are open that it opened. */
size_t faulty_files_open(void);

#endif
