/* What is typed: bytes as they come, and characters made of them. */
#ifndef ZOC_TERMINAL_KEYS_H
#define ZOC_TERMINAL_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>

struct keys {
    zoc_stream *input;
    zoc_bytes typed; /* came, and was not taken yet */
    int end;         /* once nothing more comes: 1 after the end, or a negative errno; 0 before */
    zoc_event news;  /* something was typed, or whoever waits is to look around */
    zoc_event taken;
    char begun[16]; /* bytes of a character */
    size_t begun_size;
    void (*arrived)(void *state); /* called when something was typed; NULL */
    void *state;
};

/* Receives until the end, as a fiber of its own: keys_run(keys). */
int keys_run(void *keys);

/* Waits until something was typed, or somebody called keys_interrupt. Returns 1 when there is something; 0 when somebody
 * called; -ENODATA at the end; -ECANCELED, -ETIMEDOUT or another negative errno. */
int keys_await(struct keys *keys);

/* Wakes whoever waits in keys_await, or will. */
void keys_interrupt(struct keys *keys);

/* Takes a byte of what was typed, which there must be. */
char keys_take_byte(struct keys *keys);

/* Takes bytes of it up to a character. Returns whether there was a whole one. Does not wait. */
bool keys_take(struct keys *keys, wchar_t *ret_key);

/* Takes what can be printed of what was typed, up to the first key that cannot, or is `stop` (-1: none). Returns the
 * characters with a NUL, to be freed; NULL when there are fewer than `least` bytes of them, or no memory. */
wchar_t *keys_take_run(struct keys *keys, size_t least, int stop);

#endif
