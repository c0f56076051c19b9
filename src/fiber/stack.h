/* Stacks: reserved large, committed as they are touched, each with a guard below it.
 *
 * They come from slabs of STACKS_PER_SLAB, and are handed out last-in first-out, so that the one in hand is the
 * one whose pages are warm. What a deep use left behind goes back to the kernel. */
#ifndef ZOC_FIBER_STACK_H
#define ZOC_FIBER_STACK_H

#include <stddef.h>
#include <zocalo/fiber.h>

#define STACK_GUARD     (64 * 1024) /* bytes below each stack that must not be touched */
#define STACKS_PER_SLAB 64
#define STACKS_HOT      16   /* free stacks, those that are taken next, that keep all their pages */
#define STACKS_WARM     1024 /* that keep STACK_KEPT bytes; those that are taken later keep nothing */
#define STACK_KEPT      (16 * 1024)

enum stack_guard {
    STACK_GUARD_UNKNOWN,
    STACK_GUARD_MADVISE, /* MADV_GUARD_INSTALL (Linux 6.13): costs no mapping */
    STACK_GUARD_MPROTECT /* splits the mapping: vm.max_map_count bounds how many there can be */
};

/* The stacks of one loop. Zeroed, it is empty. */
struct stacks {
    char **free; /* the ends (exclusive) of stacks that are not in use, last in first out; room for `made` */
    size_t free_count;
    size_t shallow;   /* of them, the first so many keep STACK_KEPT bytes at most */
    size_t empty;     /* of them, the first so many keep nothing: empty <= shallow <= free_count */
    size_t made;      /* stacks that were ever handed out: they come back to `free` or are in use */
    char *slab;       /* the newest slab */
    size_t slab_used; /* of it, how many stacks were handed out */
    char **slabs;
    size_t slab_count;
    enum stack_guard guard;
};

/* A stack for use: *ret_top is its end (exclusive, 64-byte aligned); what is usable below it is STACK_USABLE bytes.
 * Returns 0, -ENOMEM, or -EAGAIN with words when the kernel has no mappings left. ZOC_STACK_GUARD=mprotect or
 * =madvise in the environment forces the kind of guard, for tests. */
int stacks_take(struct stacks *stacks, char **ret_top);
void stacks_give(struct stacks *stacks, char *top);

/* Unmaps them all; none may be in use. */
void stacks_release(struct stacks *stacks);

#define STACK_USABLE (ZOC_STACK_SIZE - STACK_GUARD)

#endif
