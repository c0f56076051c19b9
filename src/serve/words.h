/* Splitting a line into words as a shell does: white space between them, '...' as it is, "..." with \" and \\. */
#ifndef ZOC_SERVE_WORDS_H
#define ZOC_SERVE_WORDS_H

#include <stddef.h>

struct word {
    char *text; /* without its quotes; owned */
    size_t at;  /* where it begins in the line: byte offset from 0 */
};

struct words {
    struct word *list;
    size_t count;
};

/* A # that begins a word begins a comment. Returns 0; -EINVAL with *ret_at where a quote was opened that nobody closes;
 * -ENOMEM. */
int words_split(const char *line, struct words *words, size_t *ret_at);

/* Adds a word. Returns 0 or -ENOMEM. */
int words_add(struct words *words, const char *text, size_t size, size_t at);

void words_release(struct words *words);

#endif
