/* Words as somebody may type them: "Half-Close", "half close", "cierre a medias", "Códigos". */
#ifndef ZOC_GLOSSARY_FOLD_H
#define ZOC_GLOSSARY_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#define FOLDED_MAX 96 /* bytes that are compared; what is longer is in no table */

/* Letters in lower case and digits, nothing else: blanks, hyphens, question marks and the like are left out, and an
 * accented letter of Latin becomes the plain one. Other characters stay as they are. Cut at `size`, which counts the
 * NUL. Returns `folded`. */
char *glossary_fold(const char *text, char *folded, size_t size);

/* The same, with a blank wherever something was left out, at the beginning and at the end: " utf 8 ". Empty when no
 * letter or digit is left. Returns `words`. */
char *glossary_words(const char *text, char *words, size_t size);

/* Whether the two are the same once folded. What is asked for may also be the plural in -s or -es of the entry. */
bool glossary_is(const char *entry, const char *query);

#endif
