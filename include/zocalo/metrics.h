/* A registry of numbers about the program: counters that only grow, gauges that go both ways.
 *
 * Metrics are static objects; each registers itself once and stays. Adding is one relaxed atomic
 * operation and may be done from any thread. */
#ifndef ZOCALO_METRICS_H
#define ZOCALO_METRICS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum zoc_metric_kind { ZOC_COUNTER, ZOC_GAUGE } zoc_metric_kind;

typedef struct zoc_metric {
    const char *name;   /* snake_case with its unit last: "echo_received_bytes" */
    const char *help;   /* one line */
    const char *labels; /* NULL, or as Prometheus writes them: service="echo" */
    zoc_metric_kind kind;
    int64_t value;           /* private: read it with zoc_metric_value */
    struct zoc_metric *next; /* private */
} zoc_metric;

/* Puts the metric into the registry; a second time does nothing. The metric, its name, help and labels
 * are borrowed until the program ends, or until zoc_metric_unregister. From any thread. */
void zoc_metric_register(zoc_metric *metric);

/* Takes it out again; NULL and a metric that is not in the registry are fine. */
void zoc_metric_unregister(zoc_metric *metric);

void zoc_metric_add(zoc_metric *metric, int64_t amount);
int64_t zoc_metric_value(const zoc_metric *metric);

/* Calls `visit` for each metric, by name and then labels, while the registry is held: `visit` must not
 * register or wait. */
void zoc_metrics_visit(void (*visit)(const zoc_metric *metric, void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
