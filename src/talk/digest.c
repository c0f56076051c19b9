#include "talk/digest.h"

#include "base/lazy.h"
#include "stream/chunk.h"
#include "world/world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_READ         (64 * 1024) /* from the pipe at a time: it stays in the cache until it is summed */

#define NETTLE_FUNCTIONS(F) F(nettle_sha256_init) F(nettle_sha256_update) F(nettle_sha256_digest)

static struct {
    NETTLE_FUNCTIONS(LAZY_POINTER)
} nettle;

static const char *const nettle_names[] = { NETTLE_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy nettle_library = { .file = "libnettle.so.8", .names = nettle_names, .pointers = &nettle };

/* --- on a worker thread --------------------------------------------------------------------------- */

static void add(struct digest *digest, const char *data, size_t size)
{
    nettle.nettle_sha256_update(&digest->context, size, (const uint8_t *)data);
}

/* All of it is in the pipe already: a read never waits. */
static void sum_pipe(struct digest *digest)
{
    while (digest->piped > 0) {
        ssize_t size = zoc_world->read(digest->pipe[0], digest->given, DIGEST_READ);
        assert(size > 0);
        add(digest, digest->given, (size_t)size);
        digest->piped -= (size_t)size;
    }
}

static int sum_there(void *arg)
{
    struct digest *digest = arg;

    add(digest, digest->given, digest->given_size);
    digest->given_size = 0;
    sum_pipe(digest);
    return 0;
}

/* --- giving work to it ---------------------------------------------------------------------------- */

/* Where there is no thread to be had, or who waits for it was cancelled, this one does. */
static int run_worker(void *arg)
{
    struct digest *digest = arg;

    if (zoc_offload(sum_there, digest) < 0)
        sum_there(digest);
    digest->busy = false;
    zoc_event_set(&digest->idle);
    return 0;
}

static int await_worker(struct digest *digest)
{
    int result = 0;

    while (digest->busy && result == 0) {
        zoc_event_clear(&digest->idle);
        result = zoc_event_wait(&digest->idle);
    }
    return result;
}

static void start_worker(struct digest *digest)
{
    digest->busy = true;
    if (zoc_go(&digest->workers, run_worker, digest) < 0)
        run_worker(digest);
}

/* The worker is idle. What was gathered is the next that it gets. */
static void give_block(struct digest *digest)
{
    char *block = digest->gathered;

    digest->gathered = digest->given;
    digest->given = block;
    digest->given_size = digest->size;
    digest->size = 0;
}

static int take_blocks(struct digest *digest)
{
    if (!digest->gathered)
        digest->gathered = aligned_alloc(CHUNK_ALIGN, DIGEST_BLOCK);
    if (!digest->given)
        digest->given = aligned_alloc(CHUNK_ALIGN, DIGEST_BLOCK);
    return digest->gathered && digest->given ? 0 : -ENOMEM;
}

static int gather(struct digest *digest, zoc_bytes bytes)
{
    int result = take_blocks(digest);

    while (bytes.size > 0 && result == 0) {
        size_t room = DIGEST_BLOCK - digest->size;
        size_t size = bytes.size < room ? bytes.size : room;
        memcpy(digest->gathered + digest->size, bytes.data, size);
        digest->size += size;
        bytes = (zoc_bytes){ bytes.data + size, bytes.size - size };
        if (digest->size < DIGEST_BLOCK)
            continue;
        result = await_worker(digest);
        if (result < 0)
            return result;
        give_block(digest);
        start_worker(digest);
    }
    return result;
}

static int see(struct tap *tap, zoc_bytes bytes)
{
    struct digest *digest = (struct digest *)tap;

    if (bytes.size >= DIGEST_SMALL || digest->size > 0 || digest->busy)
        return gather(digest, bytes);
    add(digest, bytes.data, bytes.size);
    return 0;
}

static ssize_t see_pipe(struct tap *tap, int pipe, size_t size)
{
    struct digest *digest = (struct digest *)tap;
    int result = take_blocks(digest);

    if (result == 0)
        result = await_worker(digest);
    if (result < 0)
        return result;
    ssize_t seen = zoc_world->tee(pipe, digest->pipe[1], size);
    if (seen <= 0)
        return seen < 0 ? seen : -EIO;
    give_block(digest);
    digest->piped = (size_t)seen;
    start_worker(digest);
    return seen;
}

/* --- begin and end -------------------------------------------------------------------------------- */

int digest_begin(struct digest *digest)
{
    int result = lazy_load(&nettle_library);

    if (result < 0)
        return result;
    *digest = (struct digest){ .tap = { .see = see, .see_pipe = see_pipe }, .pipe = { -1, -1 } };
    if (zoc_world->pipe(digest->pipe) == 0)
        zoc_world->pipe_size(digest->pipe[1], DIGEST_PIPE);
    else
        digest->tap.see_pipe = NULL;
    nettle.nettle_sha256_init(&digest->context);
    return 0;
}

static void close_pipe(struct digest *digest)
{
    for (int i = 0; i < 2; i++)
        if (digest->pipe[i] >= 0)
            zoc_world->close(digest->pipe[i]);
}

void digest_end(struct digest *digest, const char *what, FILE *file)
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    char text[2 * sizeof sum + 1];

    zoc_group_wait(&digest->workers); /* returns when none is left, also when we are stopped */
    add(digest, digest->gathered, digest->size);
    nettle.nettle_sha256_digest(&digest->context, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        sprintf(text + 2 * i, "%02x", sum[i]);
    fprintf(file, "sha256 %s  %s\n", text, what);
    close_pipe(digest);
    free(digest->gathered);
    free(digest->given);
}
