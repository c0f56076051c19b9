/* Quote of the day (RFC 865): a short text. */
#ifndef ZOC_CLASSIC_QOTD_H
#define ZOC_CLASSIC_QOTD_H

#include "base/key.h"

#include <zocalo/net.h>

#define QOTD_MAX 512 /* bytes of a quote with its CR LF, as the RFC has it */

struct qotd_settings {
    char *text; /* at most QOTD_MAX - 2 bytes; NULL: one of ours by chance */
};

extern const struct key qotd_keys[];

/* The quotes that there are without text=, by number from 0; NULL after the last one. */
const char *qotd_quote(unsigned number);

/* A zoc_handler. Both take a struct qotd_settings. */
void qotd_converse(zoc_stream *peer, void *settings);
int qotd_datagrams(zoc_datagrams *socket, void *settings); /* as answer_datagrams */

#endif
