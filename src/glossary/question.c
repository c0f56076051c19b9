#include "glossary/question.h"

#include "glossary/fold.h"

#include <stdbool.h>
#include <string.h>

/* As glossary/fold.h leaves them. */
static const char *const kinds[] = {
    "a",        "alert",     "alerta",    "an",     "cabecera", "campo",  "close", "code",  "codigo",
    "comando",  "command",   "de",        "del",    "el",       "en",     "errno", "error", "es",
    "estado",   "field",     "header",    "in",     "is",       "la",     "las",   "los",   "mean",
    "means",    "method",    "metodo",    "of",     "opcion",   "option", "orden", "que",   "reply",
    "response", "respuesta", "significa", "status", "the",      "un",     "una",   "what",
};

static bool says_a_kind(const char *word)
{
    char folded[QUESTION_MAX];

    glossary_fold(word, folded, sizeof folded);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], folded) == 0)
            return true;
    return false;
}

char *question_word(const char **rest, char word[QUESTION_MAX])
{
    const char *begin = *rest + strspn(*rest, " \t");
    size_t size = strcspn(begin, " \t");

    *rest = begin + size;
    if (size == 0)
        return NULL;
    size = size < QUESTION_MAX ? size : QUESTION_MAX - 1;
    memcpy(word, begin, size);
    word[size] = '\0';
    return word;
}

char *question_bare(const char *question, char bare[QUESTION_MAX])
{
    char word[QUESTION_MAX];
    size_t used = 0;

    *bare = '\0';
    while (question_word(&question, word)) {
        size_t size = strlen(word);
        if (says_a_kind(word))
            continue;
        if (used + size + 2 > QUESTION_MAX)
            break;
        if (used > 0)
            bare[used++] = ' ';
        memcpy(bare + used, word, size + 1);
        used += size;
    }
    return bare;
}
