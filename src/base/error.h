/* Where the words behind a failure are kept (zocalo/error.h). */
#ifndef ZOC_BASE_ERROR_H
#define ZOC_BASE_ERROR_H

#include <zocalo/error.h>

#define BASE_WORDS_MAX 1024 /* bytes of words with their NUL; longer ones are cut and end with "..." */

/* The words of one fiber, or of one thread. Zeroed, nothing has failed yet. */
struct base_words {
    char *text; /* owned; NULL when there was no memory for the words of `error` */
    int error;  /* negative, or 0 when nothing has failed yet */
};

void base_words_release(struct base_words *words);

/* Gives the text of the words away (NULL when there is none), and makes words out of such a text, which it owns then.
 * */
char *base_words_take(struct base_words *words);
void base_words_give(struct base_words *words, int error, char *text);

/* The words of this thread. They are released when it ends. */
struct base_words *base_words_of_thread(void);

/* Finds whose words are meant: base_words_of_thread, until the fibers put a hook here that knows whose turn it is.
 * Set before the first fiber runs, never after. */
extern struct base_words *(*base_words_slot)(void);

#endif
