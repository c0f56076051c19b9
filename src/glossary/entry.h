/* Entries: all that a word names, and how it is shown, to people and to programs. */
#ifndef ZOC_GLOSSARY_ENTRY_H
#define ZOC_GLOSSARY_ENTRY_H

#include "glossary/code.h"
#include "glossary/failure.h"
#include "glossary/term.h"
#include "prose/prose.h"

struct entries {
    const struct term *terms[TERMS_MAX];
    size_t term_count;
    const struct failure *failure; /* NULL: none */
    struct code codes[CODES_MAX];
    size_t code_count;
};

/* All that the query names: terms, then an error, then words of protocols; where it names nothing, what it names
 * without the words that only say a kind ("status 404"). False: nothing. */
bool entries_find(const struct protocol *const *protocols, const char *query, struct entries *ret_entries);

/* Appends them as text, folded and coloured for the paper. Returns 0 or as zoc_buffer_append. */
int entries_write(const struct entries *entries, const struct paper *paper, zoc_buffer *to);

/* Appends them as JSON, one object a line. */
int entries_write_json(const struct entries *entries, zoc_buffer *to);

/* Appends the names of all terms, field by field, and those of the failures, in as many columns as the paper has room
 * for; where nothing is folded, in one. */
int index_write(const struct paper *paper, zoc_buffer *to);

/* Appends all terms and failures as JSON, one object a line. */
int index_write_json(zoc_buffer *to);

#endif
