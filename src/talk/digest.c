#include "talk/digest.h"

#include "base/lazy.h"

#include <errno.h>
#include <stdlib.h>

#define NETTLE_FUNCTIONS(F) F(nettle_sha256_init) F(nettle_sha256_update) F(nettle_sha256_digest)

static struct {
    NETTLE_FUNCTIONS(LAZY_POINTER)
} nettle;

static const char *const nettle_names[] = { NETTLE_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy nettle_library = { .file = "libnettle.so.8", .names = nettle_names, .pointers = &nettle };

static int sum_given(void *arg)
{
    struct digest *digest = arg;

    nettle.nettle_sha256_update(&digest->context, DIGEST_BLOCK, (const uint8_t *)digest->given);
    return 0;
}

/* Where there is no thread to be had, or who waits for it was cancelled, this one does. */
static int run_worker(void *arg)
{
    struct digest *digest = arg;

    if (zoc_offload(sum_given, digest) < 0)
        sum_given(digest);
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

static int give_block(struct digest *digest)
{
    int result = await_worker(digest);

    if (result < 0)
        return result;
    char *block = digest->gathered;
    digest->gathered = digest->given;
    digest->given = block;
    digest->size = 0;
    digest->busy = true;
    result = zoc_go(&digest->workers, run_worker, digest);
    if (result < 0)
        run_worker(digest);
    return 0;
}

static int take_blocks(struct digest *digest)
{
    if (!digest->gathered)
        digest->gathered = malloc(DIGEST_BLOCK);
    if (!digest->given)
        digest->given = malloc(DIGEST_BLOCK);
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
        if (digest->size == DIGEST_BLOCK)
            result = give_block(digest);
    }
    return result;
}

static int see(struct tap *tap, zoc_bytes bytes)
{
    struct digest *digest = (struct digest *)tap;

    if (bytes.size >= DIGEST_SMALL || digest->size > 0 || digest->busy)
        return gather(digest, bytes);
    nettle.nettle_sha256_update(&digest->context, bytes.size, (const uint8_t *)bytes.data);
    return 0;
}

int digest_begin(struct digest *digest)
{
    int result = lazy_load(&nettle_library);

    if (result < 0)
        return result;
    *digest = (struct digest){ .tap.see = see };
    nettle.nettle_sha256_init(&digest->context);
    return 0;
}

void digest_end(struct digest *digest, const char *what, FILE *file)
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    char text[2 * sizeof sum + 1];

    zoc_group_wait(&digest->workers); /* returns when none is left, also when we are stopped */
    nettle.nettle_sha256_update(&digest->context, digest->size, (const uint8_t *)digest->gathered);
    nettle.nettle_sha256_digest(&digest->context, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        sprintf(text + 2 * i, "%02x", sum[i]);
    fprintf(file, "sha256 %s  %s\n", text, what);
    free(digest->gathered);
    free(digest->given);
}
