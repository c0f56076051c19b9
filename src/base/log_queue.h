/* Lines on their way to standard error: a bounded queue, and the thread that writes it out. */
#ifndef ZOC_BASE_LOG_QUEUE_H
#define ZOC_BASE_LOG_QUEUE_H

#include <stddef.h>
#include <zocalo/log.h>

/* Takes a line, or drops and counts it when ZOC_LOG_QUEUE_MAX bytes wait already. The first line starts the writer;
 * where no thread can be had, lines are written at once by whoever brings them. A line that cannot be written is
 * dropped. `format` is that of the notice about dropped lines, should one be due. */
void base_log_put(zoc_log_format format, const char *line, size_t size);

/* Writes what waits, ends the writer and frees the queue. The next line starts anew. Nobody may log meanwhile. */
void base_log_stop(void);

#endif
