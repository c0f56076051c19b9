/* Durations and sizes, and how people write them. */
#ifndef ZOCALO_UNITS_H
#define ZOCALO_UNITS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int64_t zoc_duration; /* nanoseconds */
typedef int64_t zoc_time;     /* nanoseconds on the monotonic clock (CLOCK_MONOTONIC) */

#define ZOC_NANOSECOND  ((zoc_duration)1)
#define ZOC_MICROSECOND (1000 * ZOC_NANOSECOND)
#define ZOC_MILLISECOND (1000 * ZOC_MICROSECOND)
#define ZOC_SECOND      (1000 * ZOC_MILLISECOND)
#define ZOC_MINUTE      (60 * ZOC_SECOND)
#define ZOC_HOUR        (60 * ZOC_MINUTE)

#define ZOC_NEVER       ((zoc_time)INT64_MAX) /* a deadline that does not come */

/* Reads "500ms", "30s", "5m", "2h", "10us", "7ns", "1.5s"; "0" needs no unit.
 * Returns 0, -EINVAL when it is no duration, -ERANGE when it does not fit. Sets no words. */
int zoc_duration_parse(const char *text, zoc_duration *ret_duration);

/* Writes it in the largest of the units above that it reaches, with at most three digits after the point: "1.5s",
 * "52.1us"; in minutes and hours only what they hold exactly. Returns `text`. ZOC_UNIT_TEXT bytes are always enough. */
char *zoc_duration_format(zoc_duration duration, char *text, size_t size);

/* Reads "0", "1500", "64K", "10M", "1G", "1.5M" (powers of 1024, either case, no "B").
 * Returns as zoc_duration_parse. */
int zoc_size_parse(const char *text, uint64_t *ret_bytes);

/* Writes "512", "64K", "1.5M": the largest unit, at most one digit after the point. Returns `text`. */
char *zoc_size_format(uint64_t bytes, char *text, size_t size);

#define ZOC_UNIT_TEXT 32 /* bytes, NUL included, that any of the formats needs at most */

#ifdef __cplusplus
}
#endif

#endif
