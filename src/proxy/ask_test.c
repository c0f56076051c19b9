#include "proxy/testing.h"

static const struct proxy plain = { .kind = PROXY_SOCKS5, .host = "127.0.0.1", .port = 1080 };

static const struct exchange granting[] = { { BYTES("\5\1\0"), BYTES("\5\0") },
                                            { BYTES("\5\1\0\3\1h\0\7"), BYTES("\5\0\0\1\0\0\0\0\0\0") },
                                            LAST };
static const struct exchange refusing[] = { { BYTES("\5\1\0"), BYTES("\5\0") },
                                            { BYTES("\5\1\0\3\1h\0\7"), BYTES("\5\5") },
                                            LAST };

static zoc_endpoint *endpoint_of(const char *text)
{
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    return endpoint;
}

/* --- asking --------------------------------------------------------------------------------------- */

static void a_host_that_says_something_else_is_not_asked_for(void)
{
    static const char *const hosts[] = { "", "a b", "a\r\nX: y", "fe80::1%lo", "a:b", "a\x7f" };
    static const struct proxy http = { .kind = PROXY_HTTP, .host = "127.0.0.1", .port = 3128 };
    static const struct exchange none[] = { LAST };
    char host[ZOC_HOST_MAX + 2] = "";

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_int_equal(testing_ask(&http, hosts[i], 80, (struct script){ .steps = none }), -EINVAL);
    memset(host, 'h', ZOC_HOST_MAX + 1);
    assert_int_equal(testing_ask(&http, host, 80, (struct script){ .steps = none }), -EINVAL);
}

static void a_proxy_that_goes_on_for_ever_ends_at_the_callers_deadline(void)
{
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    ZOC_WITHIN(2 * ZOC_MILLISECOND)
        assert_int_equal(proxy_ask(&plain, one, "h", 7), -ETIMEDOUT);
    assert_string_equal(zoc_why(), "proxy 127.0.0.1:1080: Connection timed out");
    zoc_close(one);
    zoc_close(other);
}

static int ask_in_vain(void *stream)
{
    return proxy_ask(&plain, stream, "h", 7) == -ECANCELED ? 0 : -EIO;
}

static void a_cancel_ends_it(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    zoc_go(&group, ask_in_vain, one);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(one);
    zoc_close(other);
}

static int ask_with_success(void *stream)
{
    return proxy_ask(&plain, stream, "h", 7);
}

static void a_soft_stop_lets_it_finish(void)
{
    ZOC_GROUP(group);
    struct script script = { .steps = granting, .split = 0 };
    zoc_stream *one;

    assert_int_equal(zoc_stream_pair(&one, &script.stream), 0);
    zoc_go(&group, ask_with_success, one);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(testing_follow(&script), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(one);
}

static void a_reset_keeps_its_name(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    const struct linger linger = { .l_onoff = 1 };

    setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(peer);
    int result = proxy_ask(&plain, stream, "h", 7);
    assert_true(result == -ECONNRESET || result == -EPIPE);
    assert_int_equal(strncmp(zoc_why(), "proxy 127.0.0.1:1080: ", 22), 0);
    zoc_close(stream);
}

/* --- dialling ------------------------------------------------------------------------------------- */

/* A proxy on a port of 127.0.0.1, for one connection. */
struct served {
    struct script script;
    zoc_listener *listener;
    zoc_address peer; /* who came */
};

static int serve_one(void *arg)
{
    struct served *served = arg;

    assert_int_equal(zoc_accept(served->listener, &served->script.stream), 0);
    served->peer = *zoc_stream_peer(served->script.stream);
    return testing_follow(&served->script);
}

static struct proxy open_proxy(struct served *served)
{
    assert_int_equal(zoc_listen("tcp://127.0.0.1:0", NULL, &served->listener), 0);
    return (struct proxy){ .kind = PROXY_SOCKS5,
                           .host = "127.0.0.1",
                           .port = zoc_listener_endpoint(served->listener)->port };
}

static int dial_through(struct served *served, const char *target, zoc_observer *observer, zoc_stream **ret_stream)
{
    ZOC_GROUP(group);
    struct proxy proxy = open_proxy(served);
    zoc_endpoint *endpoint = endpoint_of(target);

    assert_int_equal(zoc_go(&group, serve_one, served), 0);
    int result = proxy_dial(&proxy, endpoint, &(zoc_dial_options){ .observer = observer }, ret_stream);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_endpoint_free(endpoint);
    zoc_listener_close(served->listener);
    return result;
}

static void the_options_of_the_target_are_those_of_the_way_to_the_proxy(void)
{
    struct served served = { .script = { .steps = granting, .follows = BYTES("hello") } };
    char text[ZOC_ADDRESS_TEXT];
    zoc_stream *stream;

    assert_int_equal(dial_through(&served, "tcp://h:7,bind=127.0.0.9,nodelay", NULL, &stream), 0);
    testing_expect(stream, "hello");
    assert_int_equal(testing_option(stream, IPPROTO_TCP, TCP_NODELAY), 1);
    zoc_address_set_port(&served.peer, 1);
    assert_string_equal(zoc_address_format(&served.peer, text, sizeof text), "127.0.0.9:1");
    zoc_close(stream);
}

static void an_observer_is_told_of_the_proxy_and_then_of_the_target(void)
{
    RECORDER(granted);
    RECORDER(refused);
    struct served served = { .script = { .steps = granting, .split = AT_ONCE } };
    zoc_stream *stream;

    assert_int_equal(dial_through(&served, "tcp://h:7", &granted.observer, &stream), 0);
    zoc_close(stream);
    assert_string_equal(granted.text, "resolving, resolved, connecting, connected, connecting, connected, closed, ");
    served.script.steps = refusing;
    assert_int_equal(dial_through(&served, "tcp://h:7", &refused.observer, &stream), -ECONNREFUSED);
    assert_string_equal(refused.text,
                        "resolving, resolved, connecting, connected, connecting, connect_failed -111, closed, ");
}

static void a_proxy_that_is_not_there_is_named(void)
{
    struct served served = { 0 };
    struct proxy proxy = open_proxy(&served);
    zoc_endpoint *endpoint = endpoint_of("tcp://h:7");
    char why[128];
    zoc_stream *stream;

    zoc_listener_close(served.listener);
    assert_int_equal(proxy_dial(&proxy, endpoint, NULL, &stream), -ECONNREFUSED);
    snprintf(why, sizeof why, "proxy: dial tcp://127.0.0.1:%u: connect 127.0.0.1:%u: Connection refused", proxy.port,
             proxy.port);
    assert_string_equal(zoc_why(), why);
    zoc_endpoint_free(endpoint);
}

/* A listener that nobody accepts from: the connection comes about, and no answer. */
static void the_connect_timeout_is_that_of_the_whole_way(void)
{
    struct served served = { 0 };
    struct proxy proxy = open_proxy(&served);
    zoc_endpoint *endpoint = endpoint_of("tcp://h:7,connect-timeout=5ms");
    zoc_stream *stream;

    assert_int_equal(proxy_dial(&proxy, endpoint, NULL, &stream), -ETIMEDOUT);
    zoc_endpoint_free(endpoint);
    zoc_listener_close(served.listener);
}

static void only_a_connection_by_tcp_with_a_host_goes_through_a_proxy(void)
{
    static const char *const targets[] = { "udp://h:7", "unix:/h", "listen:tcp://127.0.0.1:0", "-", ":7" };
    zoc_stream *stream;

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        zoc_endpoint *endpoint = endpoint_of(targets[i]);
        assert_int_equal(proxy_dial(&plain, endpoint, NULL, &stream), -EINVAL);
        zoc_endpoint_free(endpoint);
    }
    assert_string_equal(zoc_why(), "through a proxy a host is needed: 'this machine' is another one there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_host_that_says_something_else_is_not_asked_for),
        ON_NET(a_proxy_that_goes_on_for_ever_ends_at_the_callers_deadline),
        ON_NET(a_cancel_ends_it),
        ON_NET(a_soft_stop_lets_it_finish),
        ON_NET(a_reset_keeps_its_name),
        ON_NET(the_options_of_the_target_are_those_of_the_way_to_the_proxy),
        ON_NET(an_observer_is_told_of_the_proxy_and_then_of_the_target),
        ON_NET(a_proxy_that_is_not_there_is_named),
        ON_NET(the_connect_timeout_is_that_of_the_whole_way),
        ON_NET(only_a_connection_by_tcp_with_a_host_goes_through_a_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
