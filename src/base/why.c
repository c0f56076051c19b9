#include "base/error.h"

#include "base/text.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int error;
    const char *text;
} our_errors[] = {
    { ZOC_ENAME, N_("no such name") },
    { ZOC_ENAMEFAIL, N_("the name servers gave no answer") },
    { ZOC_ETRUNCATED, N_("the peer ended in the middle") },
    { ZOC_EPROGRAM, N_("the program failed") },
    { ZOC_EPROXY, N_("the proxy refused") },
    { ZOC_ETLS, N_("TLS failed") },
    { ZOC_ECERTIFICATE, N_("the certificate is refused") },
};

static pthread_once_t thread_once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_key;
static bool has_thread_key;

struct base_words *(*base_words_slot)(void) = base_words_of_thread;

const char *zoc_error_text(int error)
{
    int number = error < 0 ? -error : error;

    for (size_t i = 0; i < sizeof our_errors / sizeof *our_errors; i++)
        if (our_errors[i].error == number)
            return _(our_errors[i].text);
    return strerror(number);
}

void base_words_release(struct base_words *words)
{
    free(words->text);
    *words = (struct base_words){ 0 };
}

char *base_words_take(struct base_words *words)
{
    char *text = words->text;

    *words = (struct base_words){ 0 };
    return text;
}

void base_words_give(struct base_words *words, int error, char *text)
{
    free(words->text);
    *words = (struct base_words){ .text = text, .error = error };
}

static void release_at_thread_end(void *words)
{
    base_words_release(words);
}

static void make_thread_key(void)
{
    has_thread_key = pthread_key_create(&thread_key, release_at_thread_end) == 0;
}

struct base_words *base_words_of_thread(void)
{
    static _Thread_local struct base_words words;

    pthread_once(&thread_once, make_thread_key);
    if (has_thread_key && !pthread_getspecific(thread_key))
        pthread_setspecific(thread_key, &words);
    return &words;
}

const char *zoc_why(void)
{
    const struct base_words *words = base_words_slot();

    if (words->text)
        return words->text;
    return words->error ? zoc_error_text(words->error) : "";
}

/* Ends words that fill their block with an ellipsis, which does not split a UTF-8 character. */
static void cut(char *text)
{
    static const char ellipsis[] = "...";
    size_t end = BASE_WORDS_MAX - sizeof ellipsis;

    while (end > 0 && (text[end] & 0xc0) == 0x80)
        end--;
    memcpy(text + end, ellipsis, sizeof ellipsis);
}

/* "<format>", or "<format>: <tail>". On the heap, because a fiber's stack is small. NULL when there is no memory. */
__attribute__((format(printf, 1, 0))) static char *build(const char *format, va_list arguments, const char *tail)
{
    char *text = malloc(BASE_WORDS_MAX);

    if (!text)
        return NULL;
    int size = vsnprintf(text, BASE_WORDS_MAX, format, arguments);
    if (size < 0) {
        free(text);
        return NULL;
    }
    if (tail && size < BASE_WORDS_MAX)
        size += snprintf(text + size, BASE_WORDS_MAX - (size_t)size, ": %s", tail);
    if (size >= BASE_WORDS_MAX)
        cut(text);

    char *fitted = realloc(text, strlen(text) + 1);
    return fitted ? fitted : text;
}

/* The arguments and the tail may point into the words so far: those go only when the new ones are built. */
__attribute__((format(printf, 2, 0))) static void say(int error, const char *format, va_list arguments,
                                                      const char *tail)
{
    struct base_words *words = base_words_slot();
    char *text = build(format, arguments, tail);

    free(words->text);
    *words = (struct base_words){ .text = text, .error = error };
}

int zoc_fail(int error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(error, format, arguments, zoc_error_text(error));
    va_end(arguments);
    return error;
}

int zoc_refuse(int error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(error, format, arguments, NULL);
    va_end(arguments);
    return error;
}

int zoc_wrap(int error, const char *format, ...)
{
    const char *so_far = zoc_why();
    va_list arguments;

    va_start(arguments, format);
    say(error, format, arguments, *so_far ? so_far : zoc_error_text(error));
    va_end(arguments);
    return error;
}
