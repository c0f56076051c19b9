#include "talk/reach.h"

#include "proxy/proxy.h"
#include "stream/testing.h"

/* Begins to listen once a try has failed. */
struct late {
    zoc_observer observer; /* first */
    int fd;
    int failures;
};

static void listen_after_a_failure(zoc_observer *observer, const zoc_notice *notice)
{
    struct late *late = (struct late *)observer;

    if (notice->kind == ZOC_CONNECT_FAILED && late->failures++ == 0)
        assert_int_equal(listen(late->fd, 1), 0);
}

static zoc_endpoint *endpoint_of(const char *text)
{
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    return endpoint;
}

/* A socket that is bound, and does not listen. */
static int bind_only(zoc_endpoint **ret_endpoint)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char text[64];

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(text, sizeof text, "tcp://127.0.0.1:%u", ntohs(address.sin_port));
    *ret_endpoint = endpoint_of(text);
    return fd;
}

static void it_tries_again_until_somebody_listens(void)
{
    zoc_endpoint *endpoint;
    struct late late = { .observer.tell = listen_after_a_failure, .fd = bind_only(&endpoint) };
    const struct reach reach = { .endpoint = endpoint, .observer = &late.observer, .wait = 30 * ZOC_SECOND };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), 0);
    assert_int_equal(late.failures, 1);
    zoc_close(stream);
    close(late.fd);
    zoc_endpoint_free(endpoint);
}

static void without_wait_there_is_one_try(void)
{
    zoc_endpoint *endpoint;
    struct late late = { .observer.tell = listen_after_a_failure, .fd = bind_only(&endpoint) };
    const struct reach reach = { .endpoint = endpoint, .observer = &late.observer };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), -ECONNREFUSED);
    assert_int_equal(late.failures, 1);
    close(late.fd);
    zoc_endpoint_free(endpoint);
}

static void when_nobody_comes_in_time_the_last_try_says_why(void)
{
    zoc_endpoint *endpoint;
    struct late late = { .observer.tell = listen_after_a_failure, .fd = bind_only(&endpoint), .failures = 1 };
    const struct reach reach = { .endpoint = endpoint, .observer = &late.observer, .wait = 700 * ZOC_MILLISECOND };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), -ECONNREFUSED);
    assert_true(late.failures > 2);
    assert_non_null(strstr(zoc_why(), "Connection refused"));
    close(late.fd);
    zoc_endpoint_free(endpoint);
}

static void what_will_not_change_is_not_tried_again(void)
{
    zoc_endpoint *endpoint = endpoint_of("tcp://127.0.0.1:9,bind=192.0.2.1"); /* of no interface: RFC 5737 */
    const struct reach reach = { .endpoint = endpoint, .wait = 3600 * ZOC_SECOND };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), -EADDRNOTAVAIL);
    zoc_endpoint_free(endpoint);
}

static void a_connection_that_does_not_come_about_in_time_is_a_timeout(void)
{
    zoc_endpoint *endpoint = endpoint_of("listen:tcp://127.0.0.1:0");
    const struct reach reach = { .endpoint = endpoint, .timeout = 10 * ZOC_MILLISECOND };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), -ETIMEDOUT);
    zoc_endpoint_free(endpoint);
}

/* --- through a proxy ------------------------------------------------------------------------------ */

#define REQUEST_SIZE 11 /* of SOCKS 4a for "h", by nobody */

/* A SOCKS 4 proxy that refuses so often, and then grants. */
struct proxy_server {
    zoc_listener *listener;
    int refusals; /* -1: it has granted */
};

static int answer_each(void *arg)
{
    struct proxy_server *server = arg;
    char byte;
    zoc_stream *client;

    while (server->refusals >= 0) {
        if (zoc_accept(server->listener, &client) < 0)
            return 0;
        for (int i = 0; i < REQUEST_SIZE; i++)
            assert_int_equal(zoc_read(client, &byte, 1), 1);
        const char answer[8] = { 0, server->refusals-- > 0 ? 91 : 90 };
        assert_int_equal(zoc_write(client, answer, sizeof answer), sizeof answer);
        zoc_finish(client);
    }
    return 0;
}

static struct proxy open_proxy(struct proxy_server *server)
{
    assert_int_equal(zoc_listen("tcp://127.0.0.1:0", NULL, &server->listener), 0);
    return (struct proxy){ .kind = PROXY_SOCKS4,
                           .host = "127.0.0.1",
                           .port = zoc_listener_endpoint(server->listener)->port };
}

static int reach_through(struct proxy_server *server, zoc_duration wait, zoc_stream **ret_stream)
{
    ZOC_GROUP(group);
    struct proxy proxy = open_proxy(server);
    zoc_endpoint *endpoint = endpoint_of("tcp://h:7");
    const struct reach reach = { .endpoint = endpoint, .proxy = &proxy, .wait = wait };

    assert_int_equal(zoc_go(&group, answer_each, server), 0);
    int result = reach_peer(&reach, ret_stream);
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    zoc_listener_close(server->listener);
    zoc_endpoint_free(endpoint);
    return result;
}

static void what_a_proxy_cannot_reach_yet_is_tried_again(void)
{
    struct proxy_server server = { .refusals = 1 };
    zoc_stream *stream;

    assert_int_equal(reach_through(&server, 30 * ZOC_SECOND, &stream), 0);
    testing_expect_end(stream);
    zoc_close(stream);
}

static void without_wait_a_proxy_is_asked_once(void)
{
    struct proxy_server server = { .refusals = 1 };
    zoc_stream *stream;

    assert_int_equal(reach_through(&server, 0, &stream), -ECONNREFUSED);
    assert_int_equal(server.refusals, 0);
    assert_non_null(strstr(zoc_why(), ": refused to connect to 'h' port 7: rejected or failed"));
}

/* Its connections come about, and nobody answers on them. */
static void a_proxy_that_does_not_answer_in_time_is_a_timeout(void)
{
    struct proxy_server server = { 0 };
    struct proxy proxy = open_proxy(&server);
    zoc_endpoint *endpoint = endpoint_of("tcp://h:7");
    const struct reach reach = { .endpoint = endpoint, .proxy = &proxy, .timeout = 10 * ZOC_MILLISECOND };
    zoc_stream *stream;

    assert_int_equal(reach_peer(&reach, &stream), -ETIMEDOUT);
    zoc_listener_close(server.listener);
    zoc_endpoint_free(endpoint);
}

/* --- sources -------------------------------------------------------------------------------------- */

static void only_a_connection_has_a_source(void)
{
    static const char *const wrong[] = { "unix:/tmp/none", "exec:true", "listen:tcp://127.0.0.1:0" };
    zoc_endpoint *endpoint;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        endpoint = endpoint_of(wrong[i]);
        assert_int_equal(reach_set_source(endpoint, "127.0.0.2"), -EINVAL);
        zoc_endpoint_free(endpoint);
    }
    endpoint = endpoint_of("udp://127.0.0.1:9,bind=127.0.0.3");
    assert_int_equal(reach_set_source(endpoint, "127.0.0.2:70000"), -EINVAL);
    assert_int_equal(reach_set_source(endpoint, "127.0.0.2:7"), 0);
    assert_string_equal(endpoint->options.bind, "127.0.0.2:7");
    zoc_endpoint_free(endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(it_tries_again_until_somebody_listens),
        ON_NET(without_wait_there_is_one_try),
        ON_NET(when_nobody_comes_in_time_the_last_try_says_why),
        ON_NET(what_will_not_change_is_not_tried_again),
        ON_NET(a_connection_that_does_not_come_about_in_time_is_a_timeout),
        ON_NET(what_a_proxy_cannot_reach_yet_is_tried_again),
        ON_NET(without_wait_a_proxy_is_asked_once),
        ON_NET(a_proxy_that_does_not_answer_in_time_is_a_timeout),
        ON_NET(only_a_connection_has_a_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
