#include "fiber/stack.h"

#include "base/text.h"
#include "fiber/sanitize.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zocalo/error.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define SLAB_SIZE ((size_t)STACKS_PER_SLAB * ZOC_STACK_SIZE)

static enum stack_guard guard_from_environment(void)
{
    const char *forced = getenv("ZOC_STACK_GUARD");

    if (forced && strcmp(forced, "mprotect") == 0)
        return STACK_GUARD_MPROTECT;
    if (forced && strcmp(forced, "madvise") == 0)
        return STACK_GUARD_MADVISE;
    return STACK_GUARD_UNKNOWN;
}

static int no_mappings(int error)
{
    if (error != ENOMEM)
        return zoc_fail(-error, _("guard of a fiber's stack"));
    return zoc_refuse(-EAGAIN,
                      _("fiber's stack: the kernel has no mappings left for this process: raise vm.max_map_count"));
}

/* Makes the lowest bytes of a stack fault when they are touched. */
static int install_guard(struct stacks *stacks, char *base)
{
    if (stacks->guard == STACK_GUARD_UNKNOWN)
        stacks->guard = guard_from_environment();
    if (stacks->guard != STACK_GUARD_MPROTECT) {
        if (madvise(base, STACK_GUARD, MADV_GUARD_INSTALL) == 0) {
            stacks->guard = STACK_GUARD_MADVISE;
            return 0;
        }
        if (stacks->guard == STACK_GUARD_MADVISE)
            return no_mappings(errno);
        stacks->guard = STACK_GUARD_MPROTECT;
    }
    return mprotect(base, STACK_GUARD, PROT_NONE) < 0 ? no_mappings(errno) : 0;
}

static int add_slab(struct stacks *stacks)
{
    char **slabs = realloc(stacks->slabs, (stacks->slab_count + 1) * sizeof *slabs);
    if (!slabs)
        return -ENOMEM;
    stacks->slabs = slabs;

    char *slab =
        mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (slab == MAP_FAILED)
        return no_mappings(errno);
    /* A huge page would make every stack resident whole. Kernels without huge pages refuse, which is as good. */
    madvise(slab, SLAB_SIZE, MADV_NOHUGEPAGE);

    slabs[stacks->slab_count++] = stacks->slab = slab;
    stacks->slab_used = 0;
    return 0;
}

static int grow_free(struct stacks *stacks)
{
    if (stacks->made % STACKS_PER_SLAB != 0)
        return 0;
    char **room = realloc(stacks->free, (stacks->made + STACKS_PER_SLAB) * sizeof *room);
    if (!room)
        return -ENOMEM;
    stacks->free = room;
    return 0;
}

static int make_stack(struct stacks *stacks, char **ret_top)
{
    int result = grow_free(stacks);

    if (result == 0 && (!stacks->slab || stacks->slab_used == STACKS_PER_SLAB))
        result = add_slab(stacks);
    if (result < 0)
        return result;

    char *base = stacks->slab + stacks->slab_used * ZOC_STACK_SIZE;
    result = install_guard(stacks, base);
    if (result < 0)
        return result;
    stacks->slab_used++;
    stacks->made++;
    *ret_top = base + ZOC_STACK_SIZE;
    sanitize_stack_made(*ret_top);
    return 0;
}

static size_t at_most(size_t count, size_t bound)
{
    return count < bound ? count : bound;
}

int stacks_take(struct stacks *stacks, char **ret_top)
{
    if (stacks->free_count == 0)
        return make_stack(stacks, ret_top);
    *ret_top = stacks->free[--stacks->free_count];
    stacks->shallow = at_most(stacks->shallow, stacks->free_count);
    stacks->empty = at_most(stacks->empty, stacks->free_count);
    return 0;
}

static void drop_pages(char *top, size_t kept)
{
    madvise(top - STACK_USABLE, STACK_USABLE - kept, MADV_DONTNEED);
}

/* Whether the page just below what is kept was touched: a deep use touches them all, one after the other. */
static int was_deep(char *top)
{
    unsigned char resident = 0;

    mincore(top - STACK_KEPT - 4096, 4096, &resident);
    return resident & 1;
}

/* Each stack that comes back pushes one other over each of the two bounds at most. */
void stacks_give(struct stacks *stacks, char *top)
{
    stacks->free[stacks->free_count++] = top;
    if (stacks->shallow + STACKS_HOT < stacks->free_count) {
        char *cooled = stacks->free[stacks->shallow++];
        if (was_deep(cooled))
            drop_pages(cooled, STACK_KEPT);
    }
    if (stacks->empty + STACKS_HOT + STACKS_WARM < stacks->free_count)
        drop_pages(stacks->free[stacks->empty++], 0);
}

void stacks_release(struct stacks *stacks)
{
    for (size_t i = 0; i < stacks->slab_count; i++)
        munmap(stacks->slabs[i], SLAB_SIZE);
    free(stacks->slabs);
    free(stacks->free);
    *stacks = (struct stacks){ .guard = stacks->guard };
}
