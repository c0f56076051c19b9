/* The words of IRC, as tables. */
#ifndef ZOC_MEANING_IRC_WORDS_H
#define ZOC_MEANING_IRC_WORDS_H

#include "meaning/meaning.h"

enum irc_table { IRC_COMMANDS, IRC_EVENTS, IRC_NUMERICS, IRC_CAP, IRC_CTCP, IRC_SASL, IRC_TABLE_COUNT };

extern const struct meanings irc_tables[IRC_TABLE_COUNT];

#endif
