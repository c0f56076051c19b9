#include <zocalo/log.h>

#include "base/log_line.h"
#include "base/log_queue.h"
#include "world/world.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int log_level = ZOC_LOG_WARNING;
static atomic_int log_format = ZOC_LOG_TEXT;

void zoc_log_set_level(zoc_log_level level)
{
    atomic_store_explicit(&log_level, (int)level, memory_order_relaxed);
}

void zoc_log_set_format(zoc_log_format format)
{
    atomic_store_explicit(&log_format, (int)format, memory_order_relaxed);
}

bool zoc_log_enabled(zoc_log_level level)
{
    return level != ZOC_LOG_OFF && (int)level <= atomic_load_explicit(&log_level, memory_order_relaxed);
}

void zoc_log_record(zoc_log_level level, const char *message, const zoc_log_field *fields, unsigned count)
{
    static _Thread_local char line[ZOC_LOG_LINE_MAX]; /* a fiber's stack is small, and no fiber waits in here */

    if (!zoc_log_enabled(level))
        return;
    zoc_log_format format = (zoc_log_format)atomic_load_explicit(&log_format, memory_order_relaxed);
    struct base_log_record record = { zoc_world->wall(), level, message, fields, count };
    base_log_put(format, line, base_log_line(format, &record, line));
}

void zoc_log(zoc_log_level level, const char *format, ...)
{
    static _Thread_local char message[ZOC_LOG_LINE_MAX]; /* whatever is longer does not fit into a line either */
    va_list arguments;

    if (!zoc_log_enabled(level))
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    zoc_log_record(level, message, NULL, 0);
}
