/* The words of POP3, and what they mean. */
#ifndef ZOC_MEANING_POP3_WORDS_H
#define ZOC_MEANING_POP3_WORDS_H

#include "meaning/meaning.h"

enum pop3_table {
    POP3_COMMANDS,
    POP3_STATES,
    POP3_REPLIES,
    POP3_ANSWERS,
    POP3_CAPABILITIES,
    POP3_CODES,
    POP3_TABLE_COUNT
};

extern const struct meanings pop3_words[POP3_TABLE_COUNT];

#endif
