/* Switching between stacks. One implementation is linked: switch_x86_64.S, switch_aarch64.S or switch_ucontext.c. */
#ifndef ZOC_FIBER_SWITCH_H
#define ZOC_FIBER_SWITCH_H

#include <stddef.h>
#include <stdint.h>

/* Where a stack that does not run goes on: its stack pointer, with the callee-saved registers above it (System V
 * ABI; the floating-point control words are not among them: a fiber that changes its rounding mode changes it for
 * the thread). With ucontext, a pointer to the saved context. */
typedef void *switch_context;

/* Saves this stack into *save and goes on at `next`. Returns when somebody switches back. */
void switch_to(switch_context *save, switch_context next);

/* A context that calls entry(arg) on the stack that ends at `top` (16-byte aligned, exclusive). entry never returns.
 * `size` is what lies below top. */
switch_context switch_prepare(char *top, size_t size, void (*entry)(void *), void *arg);

/* The frame pointer chain of a context that does not run: puts the address at which it goes on into *ret_pc and its
 * frame pointer into *ret_frame (0 where the implementation has none). */
void switch_frame(switch_context context, uintptr_t *ret_pc, uintptr_t *ret_frame);

#endif
