#include "glossary/entry.h"

#include "glossary/question.h"

static bool find(const struct protocol *const *protocols, const char *query, struct entries *entries)
{
    entries->term_count = terms_named(query, entries->terms, TERMS_MAX);
    entries->failure = failure_named(query);
    entries->code_count = codes_named(protocols, query, entries->codes, CODES_MAX);
    return entries->term_count > 0 || entries->failure || entries->code_count > 0;
}

bool entries_find(const struct protocol *const *protocols, const char *query, struct entries *ret_entries)
{
    char bare[QUESTION_MAX];

    return find(protocols, query, ret_entries) || find(protocols, question_bare(query, bare), ret_entries);
}
