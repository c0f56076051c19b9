/* Stands before the C library's allocator, and counts. */
#include "memory.h"

#include <errno.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static long pieces; /* atomic: work runs on threads of its own */

long memory_pieces(void)
{
    return __atomic_load_n(&pieces, __ATOMIC_RELAXED);
}

#if SANITIZED
const bool memory_counts = false;
#else
const bool memory_counts = true;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static void *counted(void *memory)
{
    if (memory)
        __atomic_fetch_add(&pieces, 1, __ATOMIC_RELAXED);
    return memory;
}

void *malloc(size_t size)
{
    return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
    void *memory = __libc_realloc(old, size);

    if (!old)
        counted(memory);
    else if (size == 0)
        __atomic_fetch_sub(&pieces, 1, __ATOMIC_RELAXED); /* glibc frees it */
    return memory;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    void *memory = counted(__libc_memalign(alignment, size));

    if (!memory)
        return ENOMEM;
    *ret_memory = memory;
    return 0;
}

void free(void *memory)
{
    if (memory)
        __atomic_fetch_sub(&pieces, 1, __ATOMIC_RELAXED);
    __libc_free(memory);
}
#endif
