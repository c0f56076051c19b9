/* The frames that switch_x86_64.S and switch_aarch64.S save and start from. */
#include "fiber/switch.h"

#include <string.h>

void switch_start(void);

#if defined(__x86_64__)
enum { FRAME_ENTRY = 3, FRAME_ARG = 2, FRAME_POINTER = 5, FRAME_PC = 6, FRAME_WORDS = 7 };
#elif defined(__aarch64__)
enum { FRAME_ENTRY = 0, FRAME_ARG = 1, FRAME_POINTER = 10, FRAME_PC = 11, FRAME_WORDS = 20 };
#endif

switch_context switch_prepare(char *top, size_t size, void (*entry)(void *), void *arg)
{
    uintptr_t *frame = (uintptr_t *)(void *)top - FRAME_WORDS;

    (void)size;
    memset(frame, 0, FRAME_WORDS * sizeof *frame);
    frame[FRAME_ENTRY] = (uintptr_t)entry;
    frame[FRAME_ARG] = (uintptr_t)arg;
    frame[FRAME_PC] = (uintptr_t)switch_start;
    return frame;
}

void switch_frame(switch_context context, uintptr_t *ret_pc, uintptr_t *ret_frame)
{
    const uintptr_t *frame = context;

    *ret_pc = frame[FRAME_PC];
    *ret_frame = frame[FRAME_POINTER];
}
