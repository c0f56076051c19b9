#include "tls/tls_sessions.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct kept {
    char *key; /* NULL: the place is free */
    char *data;
    size_t size;
    uint64_t put; /* when, counted in puts */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept sessions[TLS_SESSIONS_MAX];
static uint64_t puts;

static struct kept *find(const char *key)
{
    for (size_t i = 0; i < TLS_SESSIONS_MAX; i++)
        if (sessions[i].key && strcmp(sessions[i].key, key) == 0)
            return &sessions[i];
    return NULL;
}

static struct kept *oldest(void)
{
    struct kept *found = &sessions[0];

    for (size_t i = 1; i < TLS_SESSIONS_MAX; i++)
        if (sessions[i].put < found->put)
            found = &sessions[i];
    return found;
}

static void forget(struct kept *session)
{
    free(session->key);
    free(session->data);
    *session = (struct kept){ 0 };
}

void tls_sessions_put(const char *key, zoc_bytes session)
{
    struct kept kept = { .size = session.size };

    if (session.size == 0 || session.size > TLS_SESSION_SIZE_MAX)
        return;
    kept.key = strdup(key);
    kept.data = malloc(session.size);
    if (!kept.key || !kept.data) {
        forget(&kept);
        return;
    }
    memcpy(kept.data, session.data, session.size);
    pthread_mutex_lock(&lock);
    struct kept *place = find(key);
    if (!place)
        place = oldest();
    forget(place);
    kept.put = ++puts;
    *place = kept;
    pthread_mutex_unlock(&lock);
}

zoc_bytes tls_sessions_take(const char *key)
{
    zoc_bytes session = { 0 };

    pthread_mutex_lock(&lock);
    struct kept *kept = find(key);
    if (kept) {
        session = (zoc_bytes){ kept->data, kept->size };
        kept->data = NULL;
        forget(kept);
    }
    pthread_mutex_unlock(&lock);
    return session;
}
