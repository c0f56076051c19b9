/* What every fiber waits for, for whoever asks a program why it does not go on. */
#include "fiber/loop.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/bytes.h>

#define DUMP_FRAMES 8 /* innermost calls that are named */

static void print_call(zoc_buffer *line, const char *before, uintptr_t pc)
{
    Dl_info info;

    if (!dladdr((void *)pc, &info) || !info.dli_fname)
        zoc_buffer_printf(line, "%s0x%zx", before, (size_t)pc);
    else if (info.dli_sname)
        zoc_buffer_printf(line, "%s%s", before, info.dli_sname);
    else /* a static function: addr2line(1) takes the offset */
        zoc_buffer_printf(line, "%s%s+0x%zx", before,
                          strrchr(info.dli_fname, '/') ? strrchr(info.dli_fname, '/') + 1 : info.dli_fname,
                          (size_t)(pc - (uintptr_t)info.dli_fbase));
}

static bool on_stack(const struct zoc_fiber *fiber, uintptr_t frame)
{
    uintptr_t top = (uintptr_t)fiber->stack_top;

    return frame > top - STACK_USABLE && frame <= top - 2 * sizeof frame && frame % sizeof frame == 0;
}

/* Follows the frame pointers that lie in the waiting fiber's stack. */
__attribute__((no_sanitize("address", "thread"))) static void print_calls(zoc_buffer *line,
                                                                          const struct zoc_fiber *fiber)
{
    uintptr_t pc, frame;
    const char *before = ", in ";

    switch_frame(fiber->context, &pc, &frame);
    for (int depth = 0; depth < DUMP_FRAMES && pc && on_stack(fiber, frame); depth++) {
        const uintptr_t *saved = (const uintptr_t *)frame;
        print_call(line, before, pc);
        before = " < ";
        pc = saved[1];
        if (saved[0] <= frame)
            break;
        frame = saved[0];
    }
}

static void print_wait(zoc_buffer *line, const struct zoc_fiber *fiber)
{
    char since[ZOC_UNIT_TEXT];
    char object[256] = "";

    if (!fiber->wait) {
        zoc_buffer_printf(line, fiber == loop_here->current ? " runs" : " is ready");
        return;
    }
    if (fiber->wait->describe) {
        object[0] = ' ';
        fiber->wait->describe(fiber->wait->object, object + 1, sizeof object - 1);
    }
    zoc_buffer_printf(line, " waits for %s%s since %s", fiber->wait->what, object,
                      zoc_duration_format(zoc_now() - fiber->since, since, sizeof since));
    print_calls(line, fiber);
}

void zoc_dump(int fd)
{
    zoc_buffer text = { 0 };

    if (!loop_here)
        return;
    zoc_buffer_printf(&text, "%zu fibers\n", loop_here->alive);
    for (const struct zoc_fiber *fiber = loop_here->all; fiber; fiber = fiber->all_next) {
        zoc_buffer_printf(&text, "fiber %llu %s", (unsigned long long)fiber->number, fiber->name);
        print_wait(&text, fiber);
        zoc_buffer_append(&text, "\n", 1);
    }
    while (text.size > 0) {
        struct iovec piece = { text.data, text.size };
        ssize_t written = zoc_world->writev(fd, &piece, 1);
        if (written <= 0)
            break;
        zoc_buffer_consume(&text, (size_t)written);
    }
    zoc_buffer_release(&text);
}
