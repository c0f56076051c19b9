#include "proxy/header.h"

#include "sim/testing.h"
#include "stream/stream.h"

#define LINE  "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"
#define BLOCK "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc6\x33\x64\2\xdc\4\1\xbb"

static const zoc_bytes headers[] = { { LINE, sizeof LINE - 1 }, { BLOCK, sizeof BLOCK - 1 } };

struct words {
    zoc_stream *stream;
    zoc_bytes bytes;
    size_t piece; /* bytes that go at a time */
};

static int say(void *arg)
{
    struct words *words = arg;

    for (size_t done = 0; done < words->bytes.size; done += words->piece) {
        size_t left = words->bytes.size - done;
        zoc_write(words->stream, words->bytes.data + done, left < words->piece ? left : words->piece);
        zoc_sleep(ZOC_MILLISECOND);
    }
    return 0;
}

static int receive(struct testing_pair *pair, zoc_bytes bytes, size_t piece, struct proxy_header *ret_header)
{
    ZOC_GROUP(group);
    struct words words = { pair->client, bytes, piece };

    zoc_go(&group, say, &words);
    int result = proxy_header_receive(pair->server, ret_header);
    zoc_group_wait(&group);
    return result;
}

static void not_a_byte_behind_a_header_is_read(void)
{
    static const size_t pieces[] = { 1, 7, SIZE_MAX / 2 };

    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++) {
            struct testing_pair pair = testing_connect();
            struct proxy_header header;
            char said[128], text[ZOC_ADDRESS_TEXT];
            memcpy(mempcpy(said, headers[i].data, headers[i].size), "hello", 5);
            assert_int_equal(receive(&pair, (zoc_bytes){ said, headers[i].size + 5 }, pieces[j], &header), 0);
            assert_string_equal(zoc_address_format(&header.source, text, sizeof text), "192.0.2.1:56324");
            assert_int_equal(zoc_stream_account(pair.server).received, 0);
            testing_expect(pair.server, "hello");
            assert_int_equal(zoc_stream_account(pair.server).received, 5);
            testing_close(pair);
        }
    }
}

static void what_is_sent_is_received(void)
{
    for (int version = 1; version <= 2; version++) {
        struct testing_pair pair = testing_connect();
        struct proxy_header header = { .version = version, .names = true, .type = SOCK_STREAM }, received;

        header.source = *zoc_stream_peer(pair.server);
        assert_int_equal(zoc_stream_local(pair.server, &header.destination), 0);
        assert_int_equal(proxy_header_send(pair.client, &header), 0);
        assert_int_equal(zoc_stream_account(pair.client).sent, 0);
        testing_write(pair.client, "hello");
        assert_int_equal(proxy_header_receive(pair.server, &received), 0);
        assert_int_equal(received.version, version);
        assert_true(zoc_address_equal(&received.source, &header.source));
        assert_true(zoc_address_equal(&received.destination, &header.destination));
        testing_expect(pair.server, "hello");
        testing_close(pair);
    }
}

static void a_stream_that_ends_in_a_header_is_truncated(void)
{
    for (size_t size = 0; size < sizeof LINE - 1; size += 9) {
        struct testing_pair pair = testing_connect();
        struct proxy_header header;

        assert_int_equal(zoc_write(pair.client, LINE, size), size);
        zoc_shut(pair.client);
        assert_int_equal(proxy_header_receive(pair.server, &header), -ZOC_ETRUNCATED);
        assert_string_equal(zoc_why(), "PROXY header: the stream ended before its end");
        testing_close(pair);
    }
}

static void what_is_no_header_is_refused_without_waiting_for_more(void)
{
    struct testing_pair pair = testing_connect();
    struct proxy_header header;
    zoc_time begun_at = zoc_now();

    testing_write(pair.client, "GET / ");
    assert_int_equal(proxy_header_receive(pair.server, &header), -EPROTO);
    assert_string_equal(zoc_why(), "PROXY header, byte 1: this is no PROXY protocol");
    assert_true(zoc_now() - begun_at < PROXY_HEADER_TIME);
    testing_close(pair);
}

static void a_header_has_so_long_to_come_whole(void)
{
    struct testing_pair pair = testing_connect();
    struct proxy_header header;
    zoc_time begun_at = zoc_now();

    testing_write(pair.client, "PROXY TCP4 ");
    assert_int_equal(proxy_header_receive(pair.server, &header), -ETIMEDOUT);
    assert_string_equal(zoc_why(), "PROXY header: Connection timed out");
    assert_in_range(zoc_now() - begun_at, PROXY_HEADER_TIME, PROXY_HEADER_TIME + ZOC_SECOND);
    testing_close(pair);
}

struct hearing {
    zoc_stream *stream;
    struct proxy_header header;
    int result;
};

static int hear(void *arg)
{
    struct hearing *hearing = arg;

    hearing->result = proxy_header_receive(hearing->stream, &hearing->header);
    return 0;
}

static void a_soft_stop_lets_a_header_end_that_has_begun(void)
{
    ZOC_GROUP(group);
    struct testing_pair pair = testing_connect();
    struct hearing hearing = { .stream = pair.server, .result = 1 };

    testing_write(pair.client, "PROXY TCP4 ");
    zoc_go(&group, hear, &hearing);
    zoc_sleep(ZOC_SECOND);
    zoc_group_stop(&group);
    testing_write(pair.client, "192.0.2.1 198.51.100.2 56324 443\r\n");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(hearing.result, 0);
    testing_close(pair);
}

static void a_soft_stop_ends_the_wait_for_one_that_has_not(void)
{
    ZOC_GROUP(group);
    struct testing_pair pair = testing_connect();
    struct hearing hearing = { .stream = pair.server, .result = 1 };

    zoc_go(&group, hear, &hearing);
    zoc_sleep(ZOC_SECOND);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(hearing.result, -ECANCELED);
    testing_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(not_a_byte_behind_a_header_is_read),
        IN_WORLD(what_is_sent_is_received),
        IN_WORLD(a_stream_that_ends_in_a_header_is_truncated),
        IN_WORLD(what_is_no_header_is_refused_without_waiting_for_more),
        IN_WORLD(a_header_has_so_long_to_come_whole),
        IN_WORLD(a_soft_stop_lets_a_header_end_that_has_begun),
        IN_WORLD(a_soft_stop_ends_the_wait_for_one_that_has_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
