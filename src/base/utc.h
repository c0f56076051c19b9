/* Dates and times of day in UTC. */
#ifndef ZOC_BASE_UTC_H
#define ZOC_BASE_UTC_H

#include <stdint.h>

#define BASE_UTC_TEXT 64 /* bytes of such a text, its NUL included */

/* Nanoseconds since 1970 as RFC 3339 has them, to the millisecond: 2026-11-21T10:14:08.123Z. Returns `text`. */
char *base_utc_text(int64_t wall, char text[BASE_UTC_TEXT]);

#endif
