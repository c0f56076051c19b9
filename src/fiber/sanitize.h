/* Tells AddressSanitizer, ThreadSanitizer and Valgrind about stacks and switches. Nothing without them. */
#ifndef ZOC_FIBER_SANITIZE_H
#define ZOC_FIBER_SANITIZE_H

#include "fiber/fiber.h"
#include "fiber/stack.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZE_ADDRESS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZE_ADDRESS 1
#endif
#if __has_feature(thread_sanitizer)
#define SANITIZE_THREAD 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define SANITIZE_THREAD 1
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high)
#endif

/* A stack was made; it stays registered as long as the process lives. */
static inline void sanitize_stack_made(char *top)
{
    (void)top;
    VALGRIND_STACK_REGISTER(top - STACK_USABLE, top - 1);
}

#if SANITIZE_ADDRESS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

static inline void sanitize_fiber_made(struct zoc_fiber *fiber)
{
    fiber->sanitizer = NULL;
}

static inline void sanitize_fiber_gone(struct zoc_fiber *fiber)
{
    __asan_unpoison_memory_region(fiber->stack_top - STACK_USABLE,
                                  STACK_USABLE); /* redzones of frames that never returned */
}

static inline void sanitize_before_switch(struct zoc_fiber *from, struct zoc_fiber *to, bool ends)
{
    /* The loop's own context has no stack of ours: ASan learned its bounds when it was left. */
    char *low = to->stack_top ? to->stack_top - STACK_USABLE : to->arg;
    size_t size = to->stack_top ? STACK_USABLE : (size_t)to->number;

    __sanitizer_start_switch_fiber(ends ? NULL : &from->sanitizer, low, size);
}

static inline void sanitize_after_switch(struct zoc_fiber *self, struct zoc_fiber *root)
{
    const void *low;
    size_t size;

    __sanitizer_finish_switch_fiber(self->sanitizer, &low, &size);
    if (root && !root->arg) { /* the first switch ever came from the loop's own context */
        root->arg = (void *)low;
        root->number = size;
    }
}
#elif SANITIZE_THREAD
#include <sanitizer/tsan_interface.h>

static inline void sanitize_fiber_made(struct zoc_fiber *fiber)
{
    fiber->sanitizer = fiber->stack_top ? __tsan_create_fiber(0) : __tsan_get_current_fiber();
}

static inline void sanitize_fiber_gone(struct zoc_fiber *fiber)
{
    __tsan_destroy_fiber(fiber->sanitizer);
}

static inline void sanitize_before_switch(struct zoc_fiber *from, struct zoc_fiber *to, bool ends)
{
    (void)from, (void)ends;
    __tsan_switch_to_fiber(to->sanitizer, 0);
}

static inline void sanitize_after_switch(struct zoc_fiber *self, struct zoc_fiber *root)
{
    (void)self, (void)root;
}
#else
static inline void sanitize_fiber_made(struct zoc_fiber *fiber)
{
    (void)fiber;
}

static inline void sanitize_fiber_gone(struct zoc_fiber *fiber)
{
    (void)fiber;
}

static inline void sanitize_before_switch(struct zoc_fiber *from, struct zoc_fiber *to, bool ends)
{
    (void)from, (void)to, (void)ends;
}

static inline void sanitize_after_switch(struct zoc_fiber *self, struct zoc_fiber *root)
{
    (void)self, (void)root;
}
#endif

#endif
