#include "talk/post.h"

#include "stream/testing.h"

/* A post at a port of 127.0.0.1, and two who send to it. */
struct office {
    zoc_datagrams *socket;
    zoc_stream *post;
    int peers[2];
};

static int new_peer(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void open_office(struct office *office)
{
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_endpoint_parse("udp://127.0.0.1:0", &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &office->socket), 0);
    zoc_endpoint_free(endpoint);
    uint16_t port = zoc_datagrams_endpoint(office->socket)->port;
    for (int i = 0; i < 2; i++)
        office->peers[i] = new_peer(port);
    assert_int_equal(send(office->peers[0], "first", 5, 0), 5);
    assert_int_equal(post_open(office->socket, &office->post), 0);
}

static void close_office(struct office *office)
{
    zoc_close(office->post);
    zoc_datagrams_close(office->socket);
    for (int i = 0; i < 2; i++)
        close(office->peers[i]);
}

static void assert_received(zoc_stream *post, const char *text)
{
    zoc_bytes letter;

    assert_int_equal(zoc_receive(post, &letter), strlen(text));
    assert_memory_equal(letter.data, text, strlen(text));
}

static void assert_hears(int fd, const char *text)
{
    char letter[64];

    assert_int_equal(recv(fd, letter, sizeof letter, 0), strlen(text));
    assert_memory_equal(letter, text, strlen(text));
}

static void the_first_letter_is_received_and_its_sender_known(void)
{
    struct office office;
    struct sockaddr_in name;
    socklen_t size = sizeof name;

    open_office(&office);
    getsockname(office.peers[0], (struct sockaddr *)&name, &size);
    assert_int_equal(zoc_address_port(&post_first(office.post)->peer), ntohs(name.sin_port));
    assert_received(office.post, "first");
    assert_true(zoc_stream_has_messages(office.post));
    close_office(&office);
}

static void who_was_heard_last_is_answered(void)
{
    struct office office;

    open_office(&office);
    assert_received(office.post, "first");
    assert_int_equal(zoc_write(office.post, "one", 3), 3);
    assert_hears(office.peers[0], "one");
    assert_int_equal(send(office.peers[1], "second", 6, 0), 6);
    assert_received(office.post, "second");
    assert_int_equal(zoc_write(office.post, "two", 3), 3);
    assert_hears(office.peers[1], "two");
    close_office(&office);
}

static void an_empty_letter_is_no_end(void)
{
    struct office office;
    zoc_bytes letter = { 0 };

    open_office(&office);
    assert_received(office.post, "first");
    assert_int_equal(send(office.peers[0], "", 0, 0), 0);
    assert_int_equal(zoc_receive(office.post, &letter), 0);
    assert_non_null(letter.data);
    assert_int_equal(zoc_write(office.post, "", 0), 0);
    assert_hears(office.peers[0], "");
    close_office(&office);
}

static void a_letter_to_who_has_gone_is_lost_and_nothing_else(void)
{
    struct office office;

    open_office(&office);
    assert_received(office.post, "first");
    close(office.peers[0]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zoc_write(office.post, "lost", 4), 4);
    assert_int_equal(send(office.peers[1], "second", 6, 0), 6);
    assert_received(office.post, "second");
    office.peers[0] = socket(AF_INET, SOCK_DGRAM, 0);
    close_office(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(the_first_letter_is_received_and_its_sender_known),
        ON_NET(who_was_heard_last_is_answered),
        ON_NET(an_empty_letter_is_no_end),
        ON_NET(a_letter_to_who_has_gone_is_lost_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
