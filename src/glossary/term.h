/* The glossary: terms of networking, each in some lines, with commands that let one see it happen here. */
#ifndef ZOC_GLOSSARY_TERM_H
#define ZOC_GLOSSARY_TERM_H

#include "meaning/meaning.h"

/* A command that shows it, as it is typed into a shell. */
struct trial {
    char command[240]; /* begins with "zocalo", or has it behind a pipe */
    char note[128];    /* N_(): where to type it, or what to look at; "" */
};

/* The most that a term has of each; a list that is shorter ends with an empty one, and none is full. */
#define TERM_ALIASES    16
#define TERM_REFERENCES 6
#define TERM_RELATED    10
#define TERM_TRIALS     4

struct term {
    char name[32];                  /* N_(): the term of the field */
    char aliases[TERM_ALIASES][48]; /* other names, in any language, without accents */
    char text[768];                 /* N_(): sentences; an empty line between paragraphs */
    struct reference references[TERM_REFERENCES];
    char related[TERM_RELATED][32]; /* names of other terms */
    struct trial trials[TERM_TRIALS];
};

/* The terms of one field, by their names. */
struct field {
    const char *title; /* N_() */
    const struct term *terms;
    size_t count;
};

/* From the oldest ideas to the programs; ends with NULL. */
extern const struct field *const glossary[];

/* The terms that have that name in English, in the reader's language, or as an alias; those with the name come first. What is
 * compared is glossary/fold.h. Puts at most `max` into `found`, and returns how many that is. */
size_t terms_named(const char *query, const struct term **found, size_t max);

#define TERMS_MAX 8 /* terms that one word may name */

#endif
