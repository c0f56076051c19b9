/* What the unit tests of fibers share: tests that run on a fiber, and when not to do heavy things. */
#ifndef ZOC_FIBER_TESTING_H
#define ZOC_FIBER_TESTING_H

#include "fiber/sanitize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zocalo/fiber.h>

#include <cmocka.h>

static inline int testing_body(void *body)
{
    ((void (*)(void))body)();
    return 0;
}

static inline void testing_on_fiber(void **state)
{
    assert_int_equal(zoc_run(testing_body, *state), 0);
}

/* A test of the form `static void behaviour(void)`, run as the first fiber of a loop of its own. */
#define ON_FIBER(test)                                      \
    {                                                       \
#test, testing_on_fiber, NULL, NULL, (void *)(test) \
    }

/* Lets the other fibers run until all of them wait. */
static inline void testing_settle(void)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(zoc_yield(), 0);
}

/* --- heavy tests ----------------------------------------------------------------------------------- */

/* The tool that watches every access, and makes many fibers or much memory too dear; NULL when there is none. */
static inline const char *testing_tool(void)
{
#if SANITIZE_ADDRESS
    return "AddressSanitizer";
#elif SANITIZE_THREAD
    return "ThreadSanitizer";
#elif defined(RUNNING_ON_VALGRIND)
    return RUNNING_ON_VALGRIND ? "Valgrind" : NULL;
#else
    return NULL;
#endif
}

/* Says why when it is so. cmocka's own skip() would be a failure: it writes "not ok". */
static inline bool testing_is_too_dear(void)
{
    if (testing_tool())
        print_message("# not under %s: it changes what a stack costs, and takes its signals\n", testing_tool());
    return testing_tool();
}

static inline void testing_heavy_on_fiber(void **state)
{
    if (!testing_is_too_dear())
        testing_on_fiber(state);
}

#define HEAVY_ON_FIBER(test)                                      \
    {                                                             \
#test, testing_heavy_on_fiber, NULL, NULL, (void *)(test) \
    }

#endif
