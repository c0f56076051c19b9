/* Failures: what an error of a call means at the protocol's level, and what usually brings it about. */
#ifndef ZOC_GLOSSARY_FAILURE_H
#define ZOC_GLOSSARY_FAILURE_H

#include "meaning/meaning.h"

#define FAILURE_TEXTS      8 /* of each kind, the empty one that ends a list included */
#define FAILURE_TEXT       160
#define FAILURE_REFERENCES 4

struct failure {
    int error;                                  /* positive: an errno, or one of ZOC_E... (<zocalo/error.h>) */
    char name[20];                              /* "ECONNREFUSED" */
    char aliases[FAILURE_TEXTS][64];            /* other words for it, without accents */
    char meaning[384];                          /* N_(): whole sentences: what happened */
    char causes[FAILURE_TEXTS][FAILURE_TEXT];   /* N_(): one clause each, the likeliest first */
    char remedies[FAILURE_TEXTS][FAILURE_TEXT]; /* N_(): what to try: one clause each */
    struct reference references[FAILURE_REFERENCES];
};

/* By their names. */
extern const struct failure failures[];
extern const size_t failure_count;

/* NULL: nothing is known of it. The sign does not matter. */
const struct failure *failure_find(int error);

/* By the name ("econnrefused"), the number ("111"), the words, in English or in the reader's language ("connection
 * refused"), or an alias. Case and accents do not matter. NULL: it is none of them. */
const struct failure *failure_named(const char *query);

/* The words for it in the reader's language: "Connection refused". Static storage. */
const char *failure_words(const struct failure *failure);

#endif
