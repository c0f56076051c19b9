#include <zocalo/metrics.h>

#include <pthread.h>
#include <string.h>

/* The metrics, by name and then labels, linked through themselves. */
static struct {
    pthread_mutex_t lock;
    zoc_metric *first;
} registry = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int compare(const zoc_metric *one, const zoc_metric *other)
{
    int order = strcmp(one->name, other->name);

    return order ? order : strcmp(one->labels ? one->labels : "", other->labels ? other->labels : "");
}

/* The link that points to the metric, or the last one, which points to nothing. */
static zoc_metric **link_to(const zoc_metric *metric)
{
    zoc_metric **link = &registry.first;

    while (*link && *link != metric)
        link = &(*link)->next;
    return link;
}

static zoc_metric **place_for(const zoc_metric *metric)
{
    zoc_metric **link = &registry.first;

    while (*link && compare(*link, metric) <= 0)
        link = &(*link)->next;
    return link;
}

void zoc_metric_register(zoc_metric *metric)
{
    pthread_mutex_lock(&registry.lock);
    if (!*link_to(metric)) {
        zoc_metric **place = place_for(metric);

        metric->next = *place;
        *place = metric;
    }
    pthread_mutex_unlock(&registry.lock);
}

void zoc_metric_unregister(zoc_metric *metric)
{
    if (!metric)
        return;
    pthread_mutex_lock(&registry.lock);
    zoc_metric **link = link_to(metric);
    if (*link) {
        *link = metric->next;
        metric->next = NULL;
    }
    pthread_mutex_unlock(&registry.lock);
}

void zoc_metric_add(zoc_metric *metric, int64_t amount)
{
    __atomic_fetch_add(&metric->value, amount, __ATOMIC_RELAXED);
}

int64_t zoc_metric_value(const zoc_metric *metric)
{
    return __atomic_load_n(&metric->value, __ATOMIC_RELAXED);
}

void zoc_metrics_visit(void (*visit)(const zoc_metric *metric, void *arg), void *arg)
{
    pthread_mutex_lock(&registry.lock);
    for (const zoc_metric *metric = registry.first; metric; metric = metric->next)
        visit(metric, arg);
    pthread_mutex_unlock(&registry.lock);
}
