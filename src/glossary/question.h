/* Questions: what is left of one without the words that only say what kind of thing it is about. */
#ifndef ZOC_GLOSSARY_QUESTION_H
#define ZOC_GLOSSARY_QUESTION_H

#include <stddef.h>

#define QUESTION_MAX 128 /* bytes that are looked at, the NUL included; what is longer is in no table */

/* "status 404" is about "404", "qué es un socket" about "socket". Words of English and Spanish, whatever their case and
 * accents. Returns `bare`, which is empty when nothing is left. */
char *question_bare(const char *question, char bare[QUESTION_MAX]);

/* Copies the next word from *rest and moves *rest behind it. Returns `word`; NULL: there is none. */
char *question_word(const char **rest, char word[QUESTION_MAX]);

#endif
