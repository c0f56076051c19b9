#include "look/holder.h"

#include "fiber/testing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zocalo/endpoint.h>
#include <zocalo/error.h>

#define NOBODY 65534 /* a user who may not look into root's processes */

/* --- sockets to be found ------------------------------------------------------------------------- */

static char folder[] = "/tmp/zocalo-holder-XXXXXX"; /* for files of sockets */
static char path[sizeof(folder) + sizeof("/socket")];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/socket", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* A socket that is bound there; listens when it is of TCP. *ret_port is where. */
static int bound(int type, const char *host, bool only6, uint16_t *ret_port)
{
    zoc_address address;
    int v6only = only6;

    assert_int_equal(zoc_address_parse_ip(host, 0, &address), 0);
    int fd = socket(address.any.sa_family, type | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (address.any.sa_family == AF_INET6)
        assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)), 0);
    assert_int_equal(bind(fd, &address.any, address.size), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, &address.any, &address.size), 0);
    *ret_port = zoc_address_port(&address);
    return fd;
}

/* The same for a Unix socket; an abstract name begins with @. */
static int bound_local(int type, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (*name != '@'));
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    memcpy(address.sun_path, name, strlen(name));
    if (*name == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    if (type != SOCK_DGRAM)
        assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static const char *abstract_name(void)
{
    static char name[64];

    snprintf(name, sizeof(name), "@zocalo-holder-test-%d", getpid());
    return name;
}

/* --- looking ------------------------------------------------------------------------------------- */

static int look_at(const char *text, char *ret_holder)
{
    zoc_endpoint *endpoint = NULL;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    int result = look_holder(endpoint, ret_holder, LOOK_HOLDER_TEXT);
    zoc_endpoint_free(endpoint);
    return result;
}

static int look_for(char *ret_holder, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int look_for(char *ret_holder, const char *format, ...)
{
    char text[ZOC_ENDPOINT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return look_at(text, ret_holder);
}

/* "NAME (pid PID)", as it is to be said of a process that bears this one's name. */
static const char *words_for(pid_t pid)
{
    static char words[LOOK_HOLDER_TEXT];
    char name[64] = "";
    FILE *file = fopen("/proc/self/comm", "r");

    assert_non_null(file);
    assert_non_null(fgets(name, sizeof(name), file));
    fclose(file);
    snprintf(words, sizeof(words), "%.*s (pid %d)", (int)strcspn(name, "\n"), name, pid);
    return words;
}

#define assert_held_by(pid, ...)                            \
    do {                                                    \
        char holder[LOOK_HOLDER_TEXT] = "";                 \
        assert_int_equal(look_for(holder, __VA_ARGS__), 0); \
        assert_string_equal(holder, words_for(pid));        \
    } while (0)

#define assert_free(...)                                          \
    do {                                                          \
        char holder[LOOK_HOLDER_TEXT] = "untouched";              \
        assert_int_equal(look_for(holder, __VA_ARGS__), -ENOENT); \
        assert_string_equal(holder, "untouched");                 \
    } while (0)

/* --- ports --------------------------------------------------------------------------------------- */

static void a_listening_tcp_socket_is_found(void)
{
    uint16_t port;
    int fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);

    assert_held_by(getpid(), "tcp://127.0.0.1:%u", port);
    assert_held_by(getpid(), "tcp://:%u", port);
    assert_held_by(getpid(), "tcp://localhost:%u", port);
    assert_free("udp://127.0.0.1:%u", port);
    close(fd);
}

static void a_udp_socket_is_found(void)
{
    uint16_t port;
    int fd = bound(SOCK_DGRAM, "127.0.0.1", false, &port);

    assert_held_by(getpid(), "udp://127.0.0.1:%u", port);
    assert_held_by(getpid(), "udp://:%u", port);
    assert_free("tcp://127.0.0.1:%u", port);
    close(fd);
}

static void a_socket_of_another_address_is_not_meant(void)
{
    uint16_t port;
    int fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);

    assert_free("tcp://127.83.1.9:%u", port);
    assert_free("tcp://[::1]:%u", port);
    assert_free("tcp://[::]:%u", port); /* a host is bound to its own family alone */
    assert_free("tcp://:%u,6", port);
    close(fd);
}

static void skip_without_ip6(void)
{
    zoc_address loopback;

    assert_int_equal(zoc_address_parse_ip("::1", 0, &loopback), 0);
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = fd >= 0 && bind(fd, &loopback.any, loopback.size) == 0;
    if (fd >= 0)
        close(fd);
    if (!works)
        skip();
}

static void a_dual_stack_socket_holds_ip4_too(void)
{
    uint16_t port;

    skip_without_ip6();
    int fd = bound(SOCK_STREAM, "::", false, &port);

    assert_held_by(getpid(), "tcp://127.0.0.1:%u", port);
    assert_held_by(getpid(), "tcp://[::1]:%u", port);
    assert_held_by(getpid(), "tcp://:%u,4", port);
    close(fd);
}

static void a_socket_of_ip6_alone_does_not_hold_ip4(void)
{
    uint16_t port;

    skip_without_ip6();
    int fd = bound(SOCK_STREAM, "::", true, &port);

    assert_held_by(getpid(), "tcp://[::1]:%u", port);
    assert_free("tcp://127.0.0.1:%u", port);
    close(fd);
}

static void a_port_that_nobody_holds_is_free(void)
{
    uint16_t port;

    close(bound(SOCK_STREAM, "127.83.1.9", false, &port));
    assert_free("tcp://127.83.1.9:%u", port);
}

/* As when a server left its connections to others and went away. */
static void a_connection_is_found_where_nobody_listens(void)
{
    uint16_t port;
    zoc_address server;
    int listener = bound(SOCK_STREAM, "127.0.0.1", false, &port);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(zoc_address_parse_ip("127.0.0.1", port, &server), 0);
    assert_int_equal(connect(client, &server.any, server.size), 0);
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(connection >= 0);
    close(listener);
    assert_held_by(getpid(), "tcp://127.0.0.1:%u", port);
    close(connection);
    close(client);
}

/* --- Unix sockets -------------------------------------------------------------------------------- */

static void a_path_is_found_whatever_its_type(void)
{
    const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        int fd = bound_local(types[i], path);
        assert_held_by(getpid(), "unix:%s", path);
        close(fd);
        assert_free("unix:%s", path); /* the file is there, and nobody behind it */
        unlink(path);
        assert_free("unix:%s", path);
    }
}

static void a_path_is_found_by_another_name(void)
{
    int fd = bound_local(SOCK_STREAM, path);

    assert_held_by(getpid(), "unix:%s/./socket", folder);
    close(fd);
    unlink(path);
}

/* Both sockets say that they are bound to the path; only the second one has it. */
static void a_path_that_was_taken_over_is_its_new_owner_s(void)
{
    int old = bound_local(SOCK_STREAM, path);

    unlink(path);
    int fd = bound_local(SOCK_STREAM, path);
    close(fd);
    assert_free("unix:%s", path);
    close(old);
    unlink(path);
}

static void an_abstract_name_is_found_with_its_type(void)
{
    int fd = bound_local(SOCK_SEQPACKET, abstract_name());

    assert_held_by(getpid(), "unix:%s,type=seqpacket", abstract_name());
    assert_free("unix:%s,type=stream", abstract_name());
    assert_free("unix:%s.,type=seqpacket", abstract_name());
    close(fd);
    assert_free("unix:%s,type=seqpacket", abstract_name());
}

/* --- processes ----------------------------------------------------------------------------------- */

/* A process that has what this one has open, until *ret_lifeline is closed. */
static pid_t start_child(int *ret_lifeline)
{
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    *ret_lifeline = ends[1];
    return child;
}

static void end_child(pid_t child, int lifeline)
{
    close(lifeline);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_port_that_another_process_holds_is_found(void)
{
    uint16_t port;
    int lifeline, fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);
    pid_t child = start_child(&lifeline);

    close(fd);
    assert_held_by(child, "tcp://127.0.0.1:%u", port);
    end_child(child, lifeline);
    assert_free("tcp://127.0.0.1:%u", port);
}

static void more_holders_are_counted(void)
{
    char expected[LOOK_HOLDER_TEXT], holder[LOOK_HOLDER_TEXT];
    uint16_t port;
    int lifeline, other_lifeline, fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);
    pid_t child = start_child(&lifeline), other = start_child(&other_lifeline);

    assert_int_equal(look_for(holder, "tcp://127.0.0.1:%u", port), 0);
    pid_t first = (pid_t)strtol(strstr(holder, "(pid ") + 5, NULL, 10);
    assert_true(first == getpid() || first == child || first == other);
    snprintf(expected, sizeof(expected), "%.100s and 2 more", words_for(first));
    assert_string_equal(holder, expected);
    close(fd);
    end_child(other, other_lifeline); /* first: it has the lifeline of the other one, too */
    end_child(child, lifeline);
}

static void a_name_that_could_move_the_cursor_is_escaped(void)
{
    char name[16] = "", holder[LOOK_HOLDER_TEXT], expected[LOOK_HOLDER_TEXT];
    uint16_t port;
    int fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);

    snprintf(expected, sizeof(expected), "a\\r\\e[2Jb\\n (pid %d)", getpid());
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_NAME, "a\r\033[2Jb\n");
    int result = look_for(holder, "tcp://127.0.0.1:%u", port);
    prctl(PR_SET_NAME, name);
    assert_int_equal(result, 0);
    assert_string_equal(holder, expected);
    close(fd);
}

/* --- what cannot be told ------------------------------------------------------------------------- */

static int look_at_port(void *port)
{
    char holder[LOOK_HOLDER_TEXT];

    return look_for(holder, "tcp://127.0.0.1:%u", *(uint16_t *)port) == -EACCES ? 0 : 1;
}

/* Comes before all tests that start worker threads, which a child would believe to have. */
static void a_holder_whom_we_may_not_see_is_refused(void **state)
{
    uint16_t port;
    int status, fd = bound(SOCK_STREAM, "127.0.0.1", false, &port);

    (void)state;
    if (geteuid() != 0) {
        close(fd);
        skip();
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fd);
        _exit(setuid(NOBODY) < 0 ? 2 : zoc_run(look_at_port, &port));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(fd);
}

static void other_endpoints_have_no_holder(void)
{
    char holder[LOOK_HOLDER_TEXT];

    assert_int_equal(look_at("-", holder), -EINVAL);
    assert_int_equal(look_at("fd:0", holder), -EINVAL);
}

static void the_words_of_the_failure_before_stay(void)
{
    char holder[LOOK_HOLDER_TEXT];

    zoc_fail(-EADDRINUSE, "bind");
    char *words = strdup(zoc_why());
    assert_int_equal(look_for(holder, "unix:%s/nothing", folder), -ENOENT);
    assert_string_equal(zoc_why(), words);
    free(words);
}

static void what_is_late_does_not_begin(void)
{
    char holder[LOOK_HOLDER_TEXT];

    ZOC_WITHIN(-ZOC_SECOND)
        assert_int_equal(look_at("tcp://127.0.0.1:1", holder), -ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holder_whom_we_may_not_see_is_refused),
        ON_FIBER(a_listening_tcp_socket_is_found),
        ON_FIBER(a_udp_socket_is_found),
        ON_FIBER(a_socket_of_another_address_is_not_meant),
        ON_FIBER(a_dual_stack_socket_holds_ip4_too),
        ON_FIBER(a_socket_of_ip6_alone_does_not_hold_ip4),
        ON_FIBER(a_connection_is_found_where_nobody_listens),
        ON_FIBER(a_port_that_nobody_holds_is_free),
        ON_FIBER(a_path_is_found_whatever_its_type),
        ON_FIBER(a_path_is_found_by_another_name),
        ON_FIBER(a_path_that_was_taken_over_is_its_new_owner_s),
        ON_FIBER(an_abstract_name_is_found_with_its_type),
        ON_FIBER(a_port_that_another_process_holds_is_found),
        ON_FIBER(more_holders_are_counted),
        ON_FIBER(a_name_that_could_move_the_cursor_is_escaped),
        ON_FIBER(other_endpoints_have_no_holder),
        ON_FIBER(the_words_of_the_failure_before_stay),
        ON_FIBER(what_is_late_does_not_begin),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
