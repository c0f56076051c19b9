#include "stream/tap.h"
#include "stream/testing.h"

#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#define BULK (UINT64_C(8) << 20)

/* The kernel's world, but for what a test changes. */
static struct zoc_world world;

static struct {
    int file;         /* splices from or to it end with: */
    int error;        /* 0: as ever */
    unsigned after;   /* so many that went well */
    sem_t begun, end; /* one that blocks */
    bool blocks;
} trouble;

static ssize_t splice_in_trouble(int from, int to, size_t size)
{
    if (from != trouble.file && to != trouble.file)
        return zoc_world_kernel.splice(from, to, size);
    if (trouble.blocks) {
        sem_post(&trouble.begun);
        sem_wait(&trouble.end);
        return -EIO;
    }
    if (trouble.error && trouble.after-- == 0)
        return trouble.error;
    return zoc_world_kernel.splice(from, to, size);
}

static int no_workers(void (*work)(void *), void *arg)
{
    (void)work, (void)arg;
    return -EAGAIN;
}

/* --- files and connections ------------------------------------------------------------------------ */

static int new_file(uint64_t size)
{
    static char chunk[ZOC_CHUNK_MAX];
    int fd = memfd_create("file", MFD_CLOEXEC);

    for (uint64_t at = 0; at < size; at += sizeof chunk) {
        testing_fill(chunk, sizeof chunk, at);
        assert_int_equal(write(fd, chunk, sizeof chunk), sizeof chunk);
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void expect_file(int fd, uint64_t size)
{
    static char chunk[ZOC_CHUNK_MAX];

    assert_int_equal(lseek(fd, 0, SEEK_END), size);
    for (uint64_t at = 0; at < size; at += sizeof chunk) {
        assert_int_equal(pread(fd, chunk, sizeof chunk, (off_t)at), sizeof chunk);
        assert_true(testing_is_filled(chunk, sizeof chunk, at));
    }
}

/* From a source to a sink, and what is at the other ends of them. */
struct way {
    zoc_stream *source, *sink, *speaker, *hearer;
    int kept; /* another descriptor of the file */
    struct tap *tap;
    uint64_t heard, bytes, spliced;
    int returned;
};

static void tcp_streams(zoc_stream *ret_streams[2])
{
    int fds[2];

    testing_tcp_pair(fds);
    for (int i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        ret_streams[i] = testing_stream_of(fds[i], true, true);
    }
}

static struct way way_from_file(uint64_t size)
{
    struct way way = { .kept = new_file(size) };
    zoc_stream *ends[2];

    tcp_streams(ends);
    trouble.file = dup(way.kept);
    way.source = testing_stream_of(trouble.file, true, false);
    way.sink = ends[0];
    way.hearer = ends[1];
    return way;
}

static struct way way_to_file(int flags)
{
    struct way way = { .kept = new_file(0) };
    zoc_stream *ends[2];

    tcp_streams(ends);
    fcntl(way.kept, F_SETFL, flags);
    trouble.file = dup(way.kept);
    way.source = ends[0];
    way.speaker = ends[1];
    way.sink = testing_stream_of(trouble.file, false, true);
    return way;
}

static int speak(void *arg)
{
    static char chunk[ZOC_CHUNK_MAX];
    struct way *way = arg;

    for (uint64_t at = 0; at < BULK; at += sizeof chunk) {
        testing_fill(chunk, sizeof chunk, at);
        if (zoc_write(way->speaker, chunk, sizeof chunk) < 0)
            return 0;
    }
    return zoc_shut(way->speaker);
}

static int hear(void *arg)
{
    struct way *way = arg;
    zoc_bytes chunk;

    while (zoc_receive(way->hearer, &chunk) > 0) {
        assert_true(testing_is_filled(chunk.data, chunk.size, way->heard));
        way->heard += chunk.size;
    }
    return 0;
}

static int pump(void *arg)
{
    struct way *way = arg;

    way->returned = pump_tapped(way->source, way->sink, way->tap, &way->bytes, &way->spliced);
    if (way->returned < 0) { /* whoever is at the other end need not wait */
        zoc_close(way->speaker ? way->source : way->sink);
        *(way->speaker ? &way->source : &way->sink) = NULL;
    }
    return 0;
}

static void start(struct way *way, zoc_group *group)
{
    way->returned = 1;
    assert_int_equal(zoc_go(group, pump, way), 0);
    assert_int_equal(zoc_go(group, way->speaker ? speak : hear, way), 0);
}

static void run(struct way *way)
{
    ZOC_GROUP(group);

    start(way, &group);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void close_way(struct way *way)
{
    zoc_close(way->source);
    zoc_close(way->sink);
    zoc_close(way->speaker);
    zoc_close(way->hearer);
    close(way->kept);
    trouble.error = 0;
    trouble.after = 0;
    trouble.file = -1;
}

static void expect_heard(const struct way *way)
{
    assert_int_equal(way->returned, 0);
    assert_int_equal(way->heard, BULK);
    assert_int_equal(way->bytes, BULK);
    assert_int_equal(zoc_stream_account(way->source).received, BULK);
    assert_int_equal(zoc_stream_account(way->sink).sent, BULK);
}

static void expect_written(const struct way *way)
{
    assert_int_equal(way->returned, 0);
    expect_file(way->kept, BULK);
    assert_int_equal(way->bytes, BULK);
    assert_int_equal(zoc_stream_account(way->sink).sent, BULK);
}

/* --- tests ---------------------------------------------------------------------------------------- */

static void a_file_is_spliced_into_a_connection(void)
{
    struct way way = way_from_file(BULK);

    run(&way);
    expect_heard(&way);
    assert_true(way.spliced > BULK / 2);
    close_way(&way);
}

static void what_comes_is_spliced_into_a_file(void)
{
    struct way way = way_to_file(O_RDWR);

    run(&way);
    expect_written(&way);
    assert_true(way.spliced > 0);
    close_way(&way);
}

static void a_file_that_is_appended_to_gets_copies(void)
{
    struct way way = way_to_file(O_RDWR | O_APPEND);

    run(&way);
    expect_written(&way);
    assert_int_equal(way.spliced, 0);
    close_way(&way);
}

static void a_file_system_that_gives_nothing_to_a_pipe_is_read(void)
{
    struct way way = way_from_file(BULK);

    trouble.error = -EINVAL;
    run(&way);
    expect_heard(&way);
    assert_int_equal(way.spliced, 0);
    close_way(&way);
}

static void a_file_system_that_takes_nothing_from_a_pipe_is_written(void)
{
    struct way way = way_to_file(O_RDWR);

    trouble.error = -EINVAL;
    run(&way);
    expect_written(&way);
    close_way(&way);
}

static void a_full_disk_is_a_failure_of_the_file(void)
{
    struct way way = way_to_file(O_RDWR);

    trouble.error = -ENOSPC;
    trouble.after = 1;
    run(&way);
    assert_int_equal(way.returned, -ENOSPC);
    assert_int_equal(zoc_stream_account(way.sink).error, -ENOSPC);
    close_way(&way);
}

static void without_workers_the_loop_reads_the_file(void)
{
    ZOC_GROUP(group);
    struct way way = way_from_file(BULK);

    start(&way, &group);
    while (way.spliced == 0 && way.bytes < 4 * ZOC_CHUNK_MAX)
        assert_int_equal(zoc_yield(), 0);
    world.offload = no_workers;
    assert_int_equal(zoc_group_wait(&group), 0);
    world.offload = zoc_world_kernel.offload;
    expect_heard(&way);
    close_way(&way);
}

/* It may hang at a dead server of files: who is cancelled goes, and the worker closes what it has when it comes back. */
static void a_cancel_does_not_wait_for_the_disk(void)
{
    ZOC_GROUP(group);
    int before = testing_descriptors();
    struct way way = way_from_file(BULK);

    trouble.blocks = true;
    start(&way, &group);
    while (sem_trywait(&trouble.begun) < 0)
        assert_int_equal(zoc_yield(), 0);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(way.returned, -ECANCELED);
    zoc_close(way.source);
    way.source = NULL;
    trouble.blocks = false;
    sem_post(&trouble.end);
    close_way(&way);
    while (testing_descriptors() > before)
        assert_int_equal(zoc_yield(), 0);
}

/* --- taps ----------------------------------------------------------------------------------------- */

/* Sees a little of what is in a pipe at a time, as where its own has less room. */
struct watcher {
    struct tap tap; /* first */
    int pipe[2];
    uint64_t seen;
};

static int see(struct tap *tap, zoc_bytes bytes)
{
    struct watcher *watcher = (struct watcher *)tap;

    assert_true(testing_is_filled(bytes.data, bytes.size, watcher->seen));
    watcher->seen += bytes.size;
    return 0;
}

static ssize_t see_pipe(struct tap *tap, int pipe, size_t size)
{
    static char data[30000];
    struct watcher *watcher = (struct watcher *)tap;
    ssize_t seen = zoc_world->tee(pipe, watcher->pipe[1], size < sizeof data ? size : sizeof data);

    assert_true(seen > 0);
    assert_int_equal(read(watcher->pipe[0], data, sizeof data), seen);
    see(tap, (zoc_bytes){ data, (size_t)seen });
    return seen;
}

static void expect_seen(struct way way, ssize_t (*pipes)(struct tap *, int, size_t))
{
    struct watcher watcher = { .tap = { .see = see, .see_pipe = pipes } };

    assert_int_equal(pipe2(watcher.pipe, O_CLOEXEC), 0);
    way.tap = &watcher.tap;
    run(&way);
    assert_int_equal(way.returned, 0);
    assert_int_equal(watcher.seen, BULK);
    assert_int_equal(way.spliced > 0, pipes != NULL);
    close_way(&way);
    close(watcher.pipe[0]);
    close(watcher.pipe[1]);
}

static void a_tap_sees_all_that_is_spliced(void)
{
    expect_seen(way_from_file(BULK), see_pipe);
    expect_seen(way_to_file(O_RDWR), see_pipe);
}

static void a_tap_that_sees_no_pipes_gets_copies(void)
{
    expect_seen(way_from_file(BULK), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_file_is_spliced_into_a_connection),
        ON_NET(what_comes_is_spliced_into_a_file),
        ON_NET(a_file_that_is_appended_to_gets_copies),
        ON_NET(a_file_system_that_gives_nothing_to_a_pipe_is_read),
        ON_NET(a_file_system_that_takes_nothing_from_a_pipe_is_written),
        ON_NET(a_full_disk_is_a_failure_of_the_file),
        ON_NET(without_workers_the_loop_reads_the_file),
        ON_NET(a_cancel_does_not_wait_for_the_disk),
        ON_NET(a_tap_sees_all_that_is_spliced),
        ON_NET(a_tap_that_sees_no_pipes_gets_copies),
    };

    trouble.file = -1;
    sem_init(&trouble.begun, 0, 0);
    sem_init(&trouble.end, 0, 0);
    world = zoc_world_kernel;
    world.splice = splice_in_trouble;
    zoc_world = &world;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
