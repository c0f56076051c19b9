#include "tls/tls_kept.h"

#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CA, CERTIFICATE, KEY, FILES };

/* What tells a file from what it was before. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

struct kept {
    char *options; /* as text; NULL: the place is free */
    struct stamp stamps[FILES];
    zoc_tls_context *context;
    uint64_t used; /* when, counted in uses */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept contexts[TLS_KEPT_MAX];
static uint64_t uses;

/* --- what is wanted ------------------------------------------------------------------------------- */

static char *text_of(const zoc_tls_options *options)
{
    char no_host[] = "";
    const zoc_endpoint bare = { .scheme = ZOC_TLS,
                                .host = no_host,
                                .options = { .tos = -1, .mode = -1, .tls = *options } };

    return zoc_endpoint_text(&bare);
}

/* A file that is missing has a stamp too: opening it says what is wrong. */
static struct stamp stamp_of(const char *path)
{
    struct stat status;

    if (!path || zoc_world->stat(path, &status) < 0)
        return (struct stamp){ 0 };
    return (struct stamp){ status.st_dev, status.st_ino, status.st_size, status.st_mtim, status.st_ctim };
}

static bool same_time(struct timespec one, struct timespec other)
{
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool same_stamps(const struct stamp *one, const struct stamp *other)
{
    bool same = true;

    for (int i = 0; i < FILES && same; i++)
        same = one[i].device == other[i].device && one[i].inode == other[i].inode && one[i].size == other[i].size &&
               same_time(one[i].modified, other[i].modified) && same_time(one[i].changed, other[i].changed);
    return same;
}

static int want(const zoc_tls_options *options, struct kept *ret_wanted)
{
    const zoc_tls_files none = { 0 }, *files = options->file_count > 0 ? options->files : &none;

    *ret_wanted = (struct kept){ .options = text_of(options) };
    ret_wanted->stamps[CA] = stamp_of(options->ca);
    ret_wanted->stamps[CERTIFICATE] = stamp_of(files->certificate);
    ret_wanted->stamps[KEY] = stamp_of(files->key);
    return ret_wanted->options ? 0 : -ENOMEM;
}

/* --- what is kept --------------------------------------------------------------------------------- */

static void forget(struct kept *kept)
{
    zoc_tls_context_free(kept->context);
    free(kept->options);
    *kept = (struct kept){ 0 };
}

static struct kept *find(const char *options)
{
    for (size_t i = 0; i < TLS_KEPT_MAX; i++)
        if (contexts[i].options && strcmp(contexts[i].options, options) == 0)
            return &contexts[i];
    return NULL;
}

static struct kept *oldest(void)
{
    struct kept *found = &contexts[0];

    for (size_t i = 1; i < TLS_KEPT_MAX; i++)
        if (contexts[i].used < found->used)
            found = &contexts[i];
    return found;
}

static zoc_tls_context *take(const struct kept *wanted)
{
    zoc_tls_context *context = NULL;

    pthread_mutex_lock(&lock);
    struct kept *kept = find(wanted->options);
    if (kept && same_stamps(kept->stamps, wanted->stamps)) {
        kept->used = ++uses;
        context = zoc_tls_context_share(kept->context);
    }
    pthread_mutex_unlock(&lock);
    return context;
}

/* Takes over what `made` owns. */
static void put(struct kept *made)
{
    pthread_mutex_lock(&lock);
    struct kept *place = find(made->options);
    if (!place)
        place = oldest();
    forget(place);
    made->used = ++uses;
    *place = *made;
    pthread_mutex_unlock(&lock);
}

int tls_kept_context(const zoc_tls_options *options, zoc_tls_context **ret_context)
{
    struct kept wanted;
    int result = want(options, &wanted);

    if (result < 0)
        return result;
    *ret_context = take(&wanted);
    if (!*ret_context)
        result = zoc_tls_context_new(options, ZOC_TLS_CLIENT, NULL, &wanted.context);
    if (!wanted.context) {
        forget(&wanted);
        return result;
    }
    *ret_context = zoc_tls_context_share(wanted.context);
    put(&wanted);
    return 0;
}
