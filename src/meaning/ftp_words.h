/* The words of FTP, and what they mean. */
#ifndef ZOC_MEANING_FTP_WORDS_H
#define ZOC_MEANING_FTP_WORDS_H

#include "meaning/meaning.h"

enum ftp_table { FTP_COMMANDS, FTP_REPLIES, FTP_ANSWERS, FTP_EXTENSIONS, FTP_TABLE_COUNT };

extern const struct meanings ftp_words[FTP_TABLE_COUNT];

#endif
