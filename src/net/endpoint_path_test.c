/* Paths without a scheme, opened and listened on. */
#include "stream/testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = "/tmp/zocalo-path-test-XXXXXX";
static char path[64]; /* of what is there */

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/it", mkdtemp(folder) ? folder : "");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *with(const char *before, const char *options)
{
    static char text[256];

    snprintf(text, sizeof text, "%s%s%s", before, path, options);
    return text;
}

static zoc_stream *dialled(const char *options)
{
    zoc_stream *stream = NULL;

    if (zoc_dial(with("", options), NULL, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

static zoc_listener *listening(const char *options)
{
    zoc_listener *listener = NULL;

    if (zoc_listen(with("", options), NULL, &listener) < 0)
        fail_msg("%s", zoc_why());
    return listener;
}

static void assert_refused(const char *options, const char *words)
{
    zoc_stream *stream;
    char all[256];

    assert_int_equal(zoc_dial(with("", options), NULL, &stream), -EINVAL);
    snprintf(all, sizeof all, "dial %s%s: %s", path, options, words);
    assert_string_equal(zoc_why(), all);
}

/* --- dialling ------------------------------------------------------------------------------------- */

static void a_socket_is_connected_to(void)
{
    zoc_listener *listener = listening("");
    zoc_stream *stream = dialled(",connect-timeout=5s"), *peer;

    assert_int_equal(zoc_accept(listener, &peer), 0);
    assert_int_equal(zoc_write(peer, "here", 4), 4);
    testing_expect(stream, "here");
    zoc_close(stream);
    zoc_close(peer);
    assert_refused(
        ",dir=in",
        "'unix:' has no option 'dir' (known: bind=, connect-timeout=, timeout=, or-free, backlog=, mode=, type=)");
    assert_refused(",mode=0600", "option 'mode=' says nothing when connecting");
    zoc_listener_close(listener);
}

static void a_pipe_is_opened_as_one(void)
{
    assert_int_equal(mkfifo(path, 0600), 0);
    zoc_stream *in = dialled(",dir=in"), *out = dialled(",dir=out,connect-timeout=5s");

    assert_int_equal(zoc_write(out, "through", 7), 7);
    zoc_close(out);
    testing_expect(in, "through");
    testing_expect_end(in);
    zoc_close(in);
    assert_refused(",dir=both", "a named pipe has one direction: 'dir=in' or 'dir=out'");
    assert_refused(",append", "'fifo:' has no option 'append' (known: connect-timeout=, timeout=, mode=, dir=)");
    unlink(path);
}

static void anything_else_is_a_file(void)
{
    zoc_stream *out = dialled(",dir=out,mode=0600");

    assert_int_equal(zoc_write(out, "kept", 4), 4);
    zoc_close(out);
    zoc_stream *in = dialled("");
    testing_expect(in, "kept");
    testing_expect_end(in);
    zoc_close(in);
    assert_refused(",type=dgram", "'file:' has no option 'type' "
                                  "(known: timeout=, mode=, dir=, append, raw, cooked, speed=)");
    unlink(path);
}

static void a_link_is_what_it_leads_to(void)
{
    char link[80];
    zoc_stream *stream;

    snprintf(link, sizeof link, "%s.link", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(zoc_dial(link, NULL, &stream), 0);
    close(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    testing_expect_end(stream);
    zoc_close(stream);
    unlink(link);
    unlink(path);
}

static void where_nothing_is_a_file_was_meant_or_a_socket_of_that_type(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial(with("", ""), NULL, &stream), -ENOENT);
    assert_non_null(strstr(zoc_why(), ": open: No such file"));
    assert_int_equal(zoc_dial(with("", ",type=dgram"), NULL, &stream), -ENOENT);
    assert_non_null(strstr(zoc_why(), ": connect /tmp"));
}

static void a_step_is_told_by_its_name(void)
{
    RECORDER(recorder);
    const zoc_dial_options options = { .observer = &recorder.observer };
    zoc_stream *stream;

    assert_int_equal(zoc_dial(with("", ""), &options, &stream), -ENOENT);
    assert_string_equal(recorder.text, "connecting, connect_failed -2, ");
    *recorder.text = '\0';
    assert_int_equal(zoc_dial("/dev/null", &options, &stream), 0);
    testing_expect_end(stream);
    zoc_close(stream);
    assert_string_equal(recorder.text, "connecting, connected, peer_ended, closed, ");
}

/* --- listening ------------------------------------------------------------------------------------ */

static void to_listen_it_is_a_socket(void)
{
    zoc_listener *listener = listening(",mode=0600");
    char *text = zoc_endpoint_text(zoc_listener_endpoint(listener));

    assert_string_equal(text, with("unix:", ",mode=0600"));
    free(text);
    zoc_listener_close(listener);
    assert_int_equal(access(path, F_OK), -1);
}

static void datagrams_are_bound_at_a_path_too(void)
{
    zoc_endpoint *endpoint;
    zoc_datagrams *socket;

    assert_int_equal(zoc_endpoint_parse(with("", ",type=dgram"), &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &socket), 0);
    assert_int_equal(zoc_datagrams_endpoint(socket)->scheme, ZOC_UNIX);
    zoc_datagrams_close(socket);
    zoc_endpoint_free(endpoint);
    assert_int_equal(access(path, F_OK), -1);
}

static int meet(void *arg)
{
    return zoc_dial(with("listen:", ""), NULL, arg);
}

static void two_meet_at_a_path(void)
{
    ZOC_GROUP(group);
    zoc_stream *one = NULL;

    zoc_go(&group, meet, &one);
    testing_settle();
    zoc_stream *other = dialled("");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_write(other, "met", 3), 3);
    testing_expect(one, "met");
    zoc_close(one);
    zoc_close(other);
}

static void what_cannot_be_listened_on_is_refused(void)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "fifo:p", "listen fifo:p: 'fifo:' cannot be listened on" },
        { "file:f", "listen file:f: 'file:' cannot be listened on" },
        { "exec:cat", "listen exec:cat: 'exec:' cannot be listened on" },
        { "-", "listen -: '-' cannot be listened on" },
        { "/nowhere/s,dir=in", "listen /nowhere/s,dir=in: 'unix:' has no option 'dir' (known: bind=, connect-timeout=, "
                               "timeout=, or-free, backlog=, mode=, type=)" },
    };
    zoc_listener *listener;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(zoc_listen(cases[i].text, NULL, &listener), -EINVAL);
        assert_string_equal(zoc_why(), cases[i].words);
    }
}

static void a_path_that_is_too_long_for_a_socket_is_refused(void)
{
    char text[200] = "./";
    zoc_listener *listener;

    memset(text + 2, 'p', 106);
    assert_int_equal(zoc_listen(text, NULL, &listener), -EINVAL);
    assert_non_null(strstr(zoc_why(), "108 bytes of path, and a socket has room for 107"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_socket_is_connected_to),
        ON_NET(a_pipe_is_opened_as_one),
        ON_NET(anything_else_is_a_file),
        ON_NET(a_link_is_what_it_leads_to),
        ON_NET(where_nothing_is_a_file_was_meant_or_a_socket_of_that_type),
        ON_NET(a_step_is_told_by_its_name),
        ON_NET(to_listen_it_is_a_socket),
        ON_NET(datagrams_are_bound_at_a_path_too),
        ON_NET(two_meet_at_a_path),
        ON_NET(what_cannot_be_listened_on_is_refused),
        ON_NET(a_path_that_is_too_long_for_a_socket_is_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
