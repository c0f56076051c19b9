/* Libraries that few need: loaded when first used (dlopen(3)), so that nobody else's start waits for them.
 *
 *     #define EDIT_FUNCTIONS(F) F(el_init) F(el_gets) F(el_end)
 *     static struct { EDIT_FUNCTIONS(LAZY_POINTER) } edit;
 *     static const char *const names[] = { EDIT_FUNCTIONS(LAZY_NAME) NULL };
 *     static struct lazy library = { .file = "libedit.so.2", .names = names, .pointers = &edit };
 *
 * and once lazy_load(&library) has returned 0: edit.el_init(...). */
#ifndef ZOC_BASE_LAZY_H
#define ZOC_BASE_LAZY_H

#include <stdbool.h>

struct lazy {
    const char *file;         /* its soname */
    const char *const *names; /* of functions; ends with NULL */
    void *pointers;           /* a structure of as many pointers, in their order */
    bool loaded;
};

/* The members and names of a list of functions, whose types its header gives. */
#define LAZY_POINTER(function) __typeof__(&(function)) function;
#define LAZY_NAME(function)    #function,

/* Loads it, once; it stays loaded. It reads files: where a fiber waits for others, through zoc_offload. From any thread.
 * Returns 0, or -ELIBACC with words that name the library and say why. */
int lazy_load(struct lazy *library);

#endif
