/* Daytime (RFC 867): the date and the time of day as a line of text, in English and in local time. */
#ifndef ZOC_CLASSIC_DAYTIME_H
#define ZOC_CLASSIC_DAYTIME_H

#include <time.h>
#include <zocalo/net.h>

/* Appends "Saturday, November 21, 2026 13:45:00-UTC\r\n". Returns 0 or -ENOMEM. */
int daytime_append(zoc_buffer *text, const struct tm *local);

/* A zoc_handler. Neither looks at its state. */
void daytime_converse(zoc_stream *peer, void *state);
int daytime_datagrams(zoc_datagrams *socket, void *state); /* as answer_datagrams */

#endif
