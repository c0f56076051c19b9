/* For processors that have no switch of their own here: slower, since every swapcontext(3) asks the kernel for the
 * signal mask. */
#include "fiber/switch.h"

#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

/* makecontext passes ints only: a pointer goes in two halves. */
struct start {
    ucontext_t context;
    void (*entry)(void *);
    void *arg;
};

static void run_start(unsigned high, unsigned low)
{
    struct start *start = (struct start *)(uintptr_t)((uint64_t)high << 32 | low);

    start->entry(start->arg);
    abort();
}

switch_context switch_prepare(char *top, size_t size, void (*entry)(void *), void *arg)
{
    struct start *start = (struct start *)(void *)(top - ((sizeof *start + 63) & ~(size_t)63));
    uint64_t pointer = (uintptr_t)start;

    start->entry = entry;
    start->arg = arg;
    getcontext(&start->context);
    start->context.uc_link = NULL;
    start->context.uc_stack.ss_sp = top - size;
    start->context.uc_stack.ss_size = (size_t)((char *)start - (top - size));
    makecontext(&start->context, (void (*)(void))run_start, 2, (unsigned)(pointer >> 32), (unsigned)pointer);
    return &start->context;
}

void switch_to(switch_context *save, switch_context next)
{
    ucontext_t here; /* lives in the frame that is switched away from */
    ucontext_t *there = next;

    *save = &here;
    pthread_sigmask(SIG_SETMASK, NULL, &there->uc_sigmask); /* the mask is the thread's, and not that of one fiber */
    swapcontext(&here, there);
}

void switch_frame(switch_context context, uintptr_t *ret_pc, uintptr_t *ret_frame)
{
    (void)context;
    *ret_pc = 0;
    *ret_frame = 0;
}
