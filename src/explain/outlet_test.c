#include "explain/outlet.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* What can be read there without waiting. Returns how many bytes. */
static size_t drain(int fd, char *text, size_t size)
{
    size_t used = 0;
    ssize_t result;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((result = read(fd, text + used, size - used)) > 0)
        used += (size_t)result;
    return used;
}

/* Puts lines of 64 bytes until one is refused. Returns how many were taken. */
static size_t fill(struct outlet *outlet)
{
    char line[64];
    size_t count = 0;

    do {
        snprintf(line, sizeof line, "%063zu", count);
        line[sizeof line - 1] = '\n';
    } while (outlet_put(outlet, (zoc_bytes){ line, sizeof line }) && ++count < 100000);
    return count;
}

/* Both kinds of descriptor that can be full. */
static void open_pair(bool is_socket, int fds[2])
{
    if (is_socket)
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    else
        assert_int_equal(pipe(fds), 0);
}

static void expect_nothing_is_waited_for(bool is_socket)
{
    char *text = malloc(4 * OUTLET_MAX);
    struct outlet outlet;
    int fds[2];

    open_pair(is_socket, fds);
    outlet_open(&outlet, fds[1]);
    size_t count = fill(&outlet);
    assert_true(count > OUTLET_MAX / 64 && count < 100000);
    assert_true(outlet.waiting.size > OUTLET_MAX - 64);

    size_t used = drain(fds[0], text, 4 * OUTLET_MAX);
    while (!outlet_flush(&outlet))
        used += drain(fds[0], text + used, 4 * OUTLET_MAX - used);
    used += drain(fds[0], text + used, 4 * OUTLET_MAX - used);
    assert_int_equal(used, count * 64);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(strtoul(text + i * 64, NULL, 10), i);

    outlet_close(&outlet);
    assert_int_equal(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0); /* whoever shares it is not disturbed */
    close(fds[0]);
    close(fds[1]);
    free(text);
}

static void a_full_pipe_is_not_waited_for_and_loses_what_has_no_room(void **state)
{
    (void)state;
    expect_nothing_is_waited_for(false);
}

static void a_full_socket_is_not_waited_for_either(void **state)
{
    (void)state;
    expect_nothing_is_waited_for(true);
}

static void what_nobody_reads_any_more_is_dropped(void **state)
{
    struct outlet outlet;
    int fds[2];

    (void)state;
    open_pair(false, fds);
    outlet_open(&outlet, fds[1]);
    close(fds[0]);
    assert_true(outlet_put(&outlet, zoc_bytes_of("hola\n")));
    assert_int_equal(outlet.waiting.size, 0);
    outlet_close(&outlet);
    close(fds[1]);
}

static void a_file_is_written_where_others_have_left_it(void **state)
{
    char path[] = "/tmp/zocalo-outlet-XXXXXX", text[32];
    struct outlet outlet;
    int fd = mkstemp(path);

    (void)state;
    unlink(path);
    assert_int_equal(write(fd, "one\n", 4), 4);
    outlet_open(&outlet, fd);
    assert_true(outlet_put(&outlet, zoc_bytes_of("two\n")));
    assert_int_equal(write(fd, "three\n", 6), 6);
    assert_int_equal(pread(fd, text, sizeof text, 0), 14);
    assert_memory_equal(text, "one\ntwo\nthree\n", 14);
    outlet_close(&outlet);
    close(fd);
}

static void a_descriptor_that_is_not_there_takes_everything(void **state)
{
    struct outlet outlet;

    (void)state;
    outlet_open(&outlet, -1);
    assert_true(outlet_put(&outlet, zoc_bytes_of("hola\n")));
    assert_true(outlet_flush(&outlet));
    outlet_close(&outlet);
}

static int ignore_broken_pipes(void **state)
{
    (void)state;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pipe_is_not_waited_for_and_loses_what_has_no_room),
        cmocka_unit_test(a_full_socket_is_not_waited_for_either),
        cmocka_unit_test(what_nobody_reads_any_more_is_dropped),
        cmocka_unit_test(a_file_is_written_where_others_have_left_it),
        cmocka_unit_test(a_descriptor_that_is_not_there_takes_everything),
    };

    return cmocka_run_group_tests(tests, ignore_broken_pipes, NULL);
}
