/* Words and codes of protocols ("354", "EHLO", "http 308"), looked up in the tables of all of them. */
#ifndef ZOC_GLOSSARY_CODE_H
#define ZOC_GLOSSARY_CODE_H

#include "meaning/protocol.h"

struct code {
    const struct protocol *protocol;
    const char *kind; /* N_(): "reply code" */
    const struct meaning *meaning;
};

/* What the query names in any table, or, where it begins with a protocol's name, in the tables of that one. Protocols
 * that have the word itself come alone; where none has, those that have it once it is folded (glossary/fold.h); then
 * those that know the class of a code ("3xx"). `protocols` ends with NULL. Puts at most `max` into `found`, and returns
 * how many that is. */
size_t codes_named(const struct protocol *const *protocols, const char *query, struct code *found, size_t max);

#define CODES_MAX 32 /* rows that one word may name */

#endif
