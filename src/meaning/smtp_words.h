/* The words of SMTP and of the messages that it carries, and what they mean. */
#ifndef ZOC_MEANING_SMTP_WORDS_H
#define ZOC_MEANING_SMTP_WORDS_H

#include "meaning/meaning.h"

enum smtp_table {
    SMTP_COMMANDS,
    SMTP_REPLIES,
    SMTP_ANSWERS,
    SMTP_EXTENSIONS,
    SMTP_PARAMETERS,
    SMTP_ENHANCED,
    SMTP_FIELDS,
    SMTP_TABLE_COUNT
};

extern const struct meanings smtp_words[SMTP_TABLE_COUNT];

#endif
