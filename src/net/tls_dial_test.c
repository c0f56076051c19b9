/* tls:// dialled and listened at: what net/ makes of the layer. */
#include "net/listener.h"
#include "tls/tls_testing.h"

#define OPTIONS 512 /* bytes of options in these tests */
#define WHERE   (OPTIONS + 64)

/* --- a server -------------------------------------------------------------------------------------- */

static void echo(zoc_stream *peer, void *state)
{
    zoc_bytes chunk;

    (void)state;
    while (zoc_receive(peer, &chunk) > 0)
        zoc_write(peer, chunk.data, chunk.size);
}

static int serve(void *listener)
{
    return zoc_serve(listener, echo, NULL);
}

struct service {
    zoc_listener *listener;
    char *file; /* certificate and key */
    zoc_group group;
};

/* Both in a file of that name. */
static char *put_certificate(const char *name, const char *host)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { host } });

    remove(testing_path(name));
    char *file = testing_put(name, &own);
    testing_forget(&own);
    return file;
}

static void listen_there(struct service *service, const char *host)
{
    char where[WHERE];

    service->file = put_certificate("server", host);
    snprintf(where, sizeof where, "tls://127.0.0.1:0,cert=%s", service->file);
    if (zoc_listen(where, NULL, &service->listener) != 0)
        fail_msg("%s", zoc_why());
}

static void begin(struct service *service, const char *host)
{
    listen_there(service, host);
    assert_int_equal(zoc_go(&service->group, serve, service->listener), 0);
}

static void end(struct service *service)
{
    zoc_group_stop(&service->group);
    zoc_group_wait(&service->group);
    zoc_listener_close(service->listener);
}

/* Dials it, with those options behind the port. */
static int dial(const struct service *service, const char *options, zoc_observer *observer, zoc_stream **ret_stream)
{
    const zoc_dial_options how = { .observer = observer };
    char where[WHERE];

    snprintf(where, sizeof where, "tls://127.0.0.1:%u%s", zoc_listener_endpoint(service->listener)->port, options);
    return zoc_dial(where, &how, ret_stream);
}

static char *trusting(const char *file)
{
    static char options[OPTIONS];

    snprintf(options, sizeof options, ",ca=%s", file);
    return options;
}

/* --- dialling -------------------------------------------------------------------------------------- */

static void a_dial_has_done_its_handshake(void)
{
    struct service service = { 0 };
    zoc_stream *stream = NULL;
    zoc_tls_info info;

    begin(&service, "127.0.0.1");
    assert_int_equal(dial(&service, trusting(service.file), NULL, &stream), 0);
    assert_int_equal(zoc_tls_get_info(stream, &info), 0);
    assert_true(info.verified);
    assert_string_equal(info.pin, zoc_tls_context_pin(zoc_listener_tls(service.listener)));
    assert_int_equal(zoc_write(stream, "hi", 2), 2);
    testing_expect(stream, "hi");
    zoc_close(stream);
    end(&service);
}

static void the_observer_is_told_of_the_handshake_and_of_text_alone(void)
{
    struct service service = { 0 };
    zoc_stream *stream = NULL;
    RECORDER(recorder);

    begin(&service, "127.0.0.1");
    assert_int_equal(dial(&service, ",insecure", &recorder.observer, &stream), 0);
    zoc_write(stream, "hi", 2);
    testing_expect(stream, "hi");
    zoc_close(stream);
    end(&service);
    assert_string_equal(
        recorder.text, "resolving, resolved, connecting, connected, tls_message > 1, tls_message < 2, tls_message < 8, "
                       "tls_message < 11, tls_message < 15, tls_message < 20, tls_message > 20, tls_agreed, sent 2, "
                       "tls_message < 4, tls_message < 4, received 2, tls_message > alert 0, closed, ");
}

static void the_observer_of_a_dial_in_vain_hears_the_messages_the_failure_and_the_close(void)
{
    struct service service = { 0 };
    zoc_stream *stream = NULL;
    RECORDER(recorder);

    begin(&service, "other.example");
    assert_int_equal(dial(&service, trusting(service.file), &recorder.observer, &stream), -ZOC_ECERTIFICATE);
    end(&service);
    assert_string_equal(
        recorder.text, "resolving, resolved, connecting, connected, tls_message > 1, tls_message < 2, tls_message < 8, "
                       "tls_message < 11, tls_message < 15, tls_message > alert 42, failed -5007, closed, ");
}

static void a_bad_certificate_fails_the_dial(void)
{
    struct service service = { 0 };
    zoc_stream *stream = NULL;

    begin(&service, "other.example");
    assert_int_equal(dial(&service, trusting(service.file), NULL, &stream), -ZOC_ECERTIFICATE);
    assert_non_null(strstr(zoc_why(), ": the peer's certificate is refused: issued for other names: other.example"));
    assert_null(stream);
    end(&service);
}

static void the_time_to_connect_counts_for_the_handshake(void)
{
    uint16_t port;
    int silent = testing_listen(1, &port);
    char where[WHERE];
    zoc_stream *stream = NULL;

    snprintf(where, sizeof where, "tls://127.0.0.1:%u,insecure,connect-timeout=5ms", port);
    assert_int_equal(zoc_dial(where, NULL, &stream), -ETIMEDOUT);
    assert_null(stream);
    close(silent);
}

static void what_is_wrong_with_a_file_is_no_failure_of_the_network(void)
{
    char *nothing = testing_path("nothing"), where[WHERE];
    zoc_stream *stream = NULL;
    zoc_listener *listener = NULL;

    remove(nothing);
    testing_write_file(nothing, "nothing\n", 8, 0600);
    snprintf(where, sizeof where, "tls://127.0.0.1:1,ca=%s", nothing);
    assert_int_equal(zoc_dial(where, NULL, &stream), -EINVAL);
    snprintf(where, sizeof where, "tls://127.0.0.1:0,cert=%s", nothing);
    assert_int_equal(zoc_listen(where, NULL, &listener), -EINVAL);
    assert_non_null(strstr(zoc_why(), ": there is no certificate in it"));
    assert_null(listener);
}

/* --- listening ------------------------------------------------------------------------------------- */

static void a_listener_without_tls_has_no_context(void)
{
    zoc_listener *listener;

    assert_int_equal(zoc_listen("tcp://127.0.0.1:0", NULL, &listener), 0);
    assert_null(zoc_listener_tls(listener));
    zoc_listener_close(listener);
}

static void who_accepts_waits_for_no_handshake(void)
{
    struct service service = { 0 };
    zoc_stream *stream;

    listen_there(&service, "localhost");
    int silent = testing_connect(zoc_listener_endpoint(service.listener)->port);
    assert_int_equal(zoc_accept(service.listener, &stream), 0);
    zoc_close(stream);
    close(silent);
    zoc_listener_close(service.listener);
}

/* What a client sees as the key of the server. */
static void expect_pin(const struct service *service, const zoc_tls_context *shown)
{
    zoc_stream *stream = NULL;
    zoc_tls_info info;

    assert_int_equal(dial(service, ",insecure,version=1.3", NULL, &stream), 0);
    assert_int_equal(zoc_tls_get_info(stream, &info), 0);
    assert_string_equal(info.pin, zoc_tls_context_pin(shown));
    zoc_close(stream);
}

static void who_takes_a_listener_over_shows_the_same_or_another_certificate(void)
{
    struct service service = { 0 };
    zoc_listener *heir = NULL;

    listen_there(&service, "localhost");
    assert_int_equal(zoc_listener_hand_over(service.listener, &heir), 0);
    assert_ptr_equal(zoc_listener_tls(heir), zoc_listener_tls(service.listener));
    zoc_listener_close(service.listener);

    zoc_tls_context *renewed = testing_server(put_certificate("renewed", "localhost"));
    zoc_listener_set_tls(heir, renewed);
    service.listener = heir;
    assert_int_equal(zoc_go(&service.group, serve, heir), 0);
    expect_pin(&service, renewed);
    zoc_tls_context_free(renewed);
    end(&service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_dial_has_done_its_handshake),
        ON_NET(the_observer_is_told_of_the_handshake_and_of_text_alone),
        ON_NET(the_observer_of_a_dial_in_vain_hears_the_messages_the_failure_and_the_close),
        ON_NET(a_bad_certificate_fails_the_dial),
        ON_NET(the_time_to_connect_counts_for_the_handshake),
        ON_NET(what_is_wrong_with_a_file_is_no_failure_of_the_network),
        ON_NET(a_listener_without_tls_has_no_context),
        ON_NET(who_accepts_waits_for_no_handshake),
        ON_NET(who_takes_a_listener_over_shows_the_same_or_another_certificate),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}
