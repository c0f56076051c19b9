#include "glossary/failure.h"

#include "glossary/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

const struct failure *failure_find(int error)
{
    for (size_t i = 0; i < failure_count; i++)
        if (failures[i].error == abs(error))
            return &failures[i];
    return NULL;
}

const char *failure_words(const struct failure *failure)
{
    return zoc_error_text(-failure->error);
}

/* The words as they are in English, whatever the reader's language is. NULL: the system has none. */
static const char *english_words(const struct failure *failure)
{
    return strerrordesc_np(failure->error);
}

/* As it is written, without zeros before it: "001" is a numeric of IRC. */
static bool has_number(const struct failure *failure, const char *query)
{
    char number[16];

    snprintf(number, sizeof number, "%d", failure->error);
    return strcmp(number, query) == 0;
}

static bool has_alias(const struct failure *failure, const char *query)
{
    for (int i = 0; *failure->aliases[i]; i++)
        if (glossary_is(failure->aliases[i], query))
            return true;
    return false;
}

const struct failure *failure_named(const char *query)
{
    for (size_t i = 0; i < failure_count; i++) {
        const struct failure *failure = &failures[i];
        const char *words = english_words(failure);
        if (glossary_is(failure->name, query) || has_number(failure, query) ||
            glossary_is(failure_words(failure), query) || (words && glossary_is(words, query)) ||
            has_alias(failure, query))
            return failure;
    }
    return NULL;
}
