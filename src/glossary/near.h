/* Names that are close to a word that is none: what may have been meant. */
#ifndef ZOC_GLOSSARY_NEAR_H
#define ZOC_GLOSSARY_NEAR_H

#include <stddef.h>

#define NEAR_MAX 6

/* The closest names, best first, in the reader's language. */
struct near {
    const char *names[NEAR_MAX];
    unsigned distances[NEAR_MAX];
    size_t count;
};

/* What of the glossary and of the failures is closest to the query: a name that begins with it or contains it, or one that
 * differs by a few letters. */
struct near near_find(const char *query);

#endif
