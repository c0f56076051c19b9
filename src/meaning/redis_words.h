/* The words of Redis, as tables. */
#ifndef ZOC_MEANING_REDIS_WORDS_H
#define ZOC_MEANING_REDIS_WORDS_H

#include "meaning/meaning.h"

enum redis_table { REDIS_COMMANDS, REDIS_TYPES, REDIS_ERRORS, REDIS_REPLIES, REDIS_PUSHES, REDIS_TABLE_COUNT };

extern const struct meanings redis_tables[REDIS_TABLE_COUNT];

#define REDIS_PROTOCOL DOCUMENT("Redis serialization protocol")

#endif
