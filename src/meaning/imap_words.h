/* The words of IMAP, and what they mean. */
#ifndef ZOC_MEANING_IMAP_WORDS_H
#define ZOC_MEANING_IMAP_WORDS_H

#include "meaning/meaning.h"

enum imap_table { IMAP_COMMANDS, IMAP_RESPONSES, IMAP_ANSWERS, IMAP_CODES, IMAP_TABLE_COUNT };

extern const struct meanings imap_words[IMAP_TABLE_COUNT];

#endif
