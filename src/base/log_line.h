/* One record of the log as one line of text or of JSON. */
#ifndef ZOC_BASE_LOG_LINE_H
#define ZOC_BASE_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <zocalo/log.h>

struct base_log_record {
    int64_t wall; /* nanoseconds since 1970 */
    zoc_log_level level;
    const char *message;
    const zoc_log_field *fields;
    unsigned count;
};

/* Writes the record with a newline at its end, and no NUL; returns how many bytes that took.
 *
 *     2026-11-21T10:14:08.123Z info MESSAGE key=5 key="value with spaces"
 *     {"time":"2026-11-21T10:14:08.123Z","level":"info","message":"MESSAGE","key":5}
 *
 * What is too long is cut, never inside a character: text then ends with "...", JSON with "cut":true. */
size_t base_log_line(zoc_log_format format, const struct base_log_record *record, char text[ZOC_LOG_LINE_MAX]);

#endif
