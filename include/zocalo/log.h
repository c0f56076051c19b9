/* The log: one line a record, on standard error, as text or as JSON.
 *
 * Library code logs at debug level only; what a program says at other levels is the program's
 * choice. A line never waits for its reader: lines go into a bounded queue (ZOC_LOG_QUEUE_MAX bytes)
 * that a thread of its own writes out; past the bound lines are dropped, counted, and the count is
 * told in a line as soon as there is room. Everything that is put into a record is escaped. */
#ifndef ZOCALO_LOG_H
#define ZOCALO_LOG_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZOC_LOG_QUEUE_MAX (1024 * 1024) /* bytes of lines that wait to be written */
#define ZOC_LOG_LINE_MAX  2048          /* bytes of one line; a longer one is cut */

typedef enum zoc_log_level { ZOC_LOG_OFF, ZOC_LOG_ERROR, ZOC_LOG_WARNING, ZOC_LOG_INFO, ZOC_LOG_DEBUG } zoc_log_level;

typedef enum zoc_log_format { ZOC_LOG_TEXT, ZOC_LOG_JSON } zoc_log_format;

/* One fact of a record: {"bytes_in", .number = 5}. In text: bytes_in=5. In JSON: "bytes_in":5. */
typedef struct zoc_log_field {
    const char *key;  /* snake_case */
    const char *text; /* the value when not NULL; otherwise `number` is */
    int64_t number;
} zoc_log_field;

/* Both may be changed at any time. The default is text, warnings and worse. */
void zoc_log_set_level(zoc_log_level level);
void zoc_log_set_format(zoc_log_format format);

/* Whether a record of that level would be written: asked before costly preparations. Cheap. */
bool zoc_log_enabled(zoc_log_level level);

/* Writes a record: `message` (not a format), then `count` fields. Does not wait. */
void zoc_log_record(zoc_log_level level, const char *message, const zoc_log_field *fields, unsigned count);

/* Writes a record that is a formatted message alone. */
void zoc_log(zoc_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Blocks until what was logged before is written (at most a second); for the end of a program. */
void zoc_log_flush(void);

/* Lines that were dropped at the bound since the start. */
uint64_t zoc_log_dropped(void);

#ifdef __cplusplus
}
#endif

#endif
