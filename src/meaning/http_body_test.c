/* HTTP: what follows a head, and where it ends. */
#include "meaning/http.h"
#include "meaning/testing.h"

#define GET  "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"

/* What is remarked from the first place on where `from` stands. */
static char *overhear_from(const struct said *said, size_t count, const char *from)
{
    char *lines = overhear_all(said, count, 80, 1000), *pieces = overhear_all(said, count, 80, 1);
    char *start = strstr(lines, from);

    assert_string_equal(lines, pieces);
    assert_non_null(start);
    memmove(lines, start, strlen(start) + 1);
    free(pieces);
    return lines;
}

static void expect_from(const struct said *said, size_t count, const char *expected)
{
    char first[8];

    snprintf(first, sizeof first, "%.6s", expected);
    char *lines = overhear_from(said, count, first);
    assert_string_equal(lines, expected);
    free(lines);
}

#define EXPECT_FROM(said, expected) expect_from(said, sizeof(said) / sizeof *(said), expected)

static void chunks_are_told_with_their_sizes_and_their_trailers(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, GET, 0 },
        { SIDE_SERVER, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 0 },
        { SIDE_SERVER, "5\r\nhello\r\n1A;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nETag: 1\r\n\r\n", 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_FROM(
        said,
        "S HTTP/1.1 200 OK: the request succeeded (RFC 9110, 15.3.1)\n"
        "S Transfer-Encoding: gzip, chunked: how the body is written on the wire; with chunked its length need "
        "not be known ahead (RFC 9112, 6.1)\n"
        "S the head ends with the empty line; the body follows in chunks, each with its size before it, up to one "
        "of size 0 (RFC 9112, 7.1)\n"
        "S 5: a chunk of 5 bytes follows; the size is hexadecimal (RFC 9112, 7.1)\n"
        "+S 1A;x=y: a chunk of 26 bytes follows; the size is hexadecimal (RFC 9112, 7.1)\n"
        "S 0: the chunk of size 0 ends the body: 31 bytes in all (RFC 9112, 7.1)\n"
        "+S ETag: 1: a mark of this version, to ask later whether it is still the same (RFC 9110, 8.8.3)\n"
        "+S the empty line ends the message (RFC 9112, 7.1.2)\n");
}

static void what_is_no_chunk_ends_the_telling(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\nmore", 0 },
        { SIDE_CLIENT, NULL, 0 },
    };
    const struct said other[] = {
        { SIDE_CLIENT, "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nmore", 0 },
    };

    (void)state;
    EXPECT_FROM(said,
                "C 2: a chunk of 2 bytes follows; the size is hexadecimal (RFC 9112, 7.1)\n"
                "C no chunk: where the body ends cannot be known, and what this side says from here on is not told "
                "(RFC 9112, 7.1)\n");
    EXPECT_FROM(other,
                "C 1000"
                "0000000000000: no chunk: where the body ends cannot be known, and what this side says from here "
                "on is not told (RFC 9112, 7.1)\n");
}

static void answers_belong_to_requests_in_their_order(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, HEAD GET, 0 },
        { SIDE_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 0 },
        { SIDE_SERVER, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", 0 },
    };

    (void)state;
    EXPECT_FROM(
        said,
        "S HTTP/1.1 200 OK: the request succeeded (RFC 9110, 15.3.1)\n"
        "+S Content-Length: 1000: how many bytes the body has (RFC 9110, 8.6)\n"
        "S the answer ends with the empty line: HEAD asked for no body, and lengths in the head are those that GET "
        "would get (RFC 9112, 6.3)\n"
        "S HTTP/1.1 100 Continue: the server has read the head, and the client may send the body (RFC 9110, 15.2.1)\n"
        "S the empty line ends what the server says on the way; its answer follows (RFC 9112, 6.3)\n"
        "S HTTP/1.1 404 Not Found: the server has nothing at this target, or does not want to say so (RFC 9110, "
        "15.5.5)\n"
        "+S Content-Length: 2: how many bytes the body has (RFC 9110, 8.6)\n"
        "S the head ends with the empty line; a body of 2 bytes follows, as Content-Length says (RFC 9112, 6.3)\n"
        "S HTTP/1.1 408 Request Timeout: the server did not get a whole request in the time that it was ready to wait "
        "(RFC 9110, 15.5.9)\n"
        "S nothing was asked that this could answer: a client is not to take it for an answer (RFC 9112, 9.2)\n"
        "+S Content-Length: 0: how many bytes the body has (RFC 9110, 8.6)\n"
        "S the answer ends with the empty line: its length is 0 (RFC 9112, 6.3)\n");
}

/* So many requests, a HEAD last, and as many answers. */
static char *overhear_pipeline(unsigned requests)
{
    zoc_buffer asked = { 0 }, answered = { 0 };

    for (unsigned i = 0; i < requests; i++) {
        assert_int_equal(zoc_buffer_printf(&asked, "%s", i + 1 < requests ? GET : HEAD), 0);
        assert_int_equal(
            zoc_buffer_printf(&answered, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%s", i + 1 < requests ? "x" : ""),
            0);
    }
    const struct said said[] = { { SIDE_CLIENT, asked.data, asked.size },
                                 { SIDE_SERVER, answered.data, answered.size },
                                 { SIDE_SERVER, NULL, 0 } };
    char *lines = overhear_all(said, 3, 80, 1000);
    zoc_buffer_release(&asked);
    zoc_buffer_release(&answered);
    return lines;
}

static void more_requests_than_are_remembered_end_the_telling_of_answers(void **state)
{
    char *lines = overhear_pipeline(HTTP_PIPELINE_MAX);

    (void)state;
    assert_non_null(strstr(lines, "HEAD asked for no body"));
    assert_null(strstr(lines, "it is not known which one this is for"));
    free(lines);
    lines = overhear_pipeline(HTTP_PIPELINE_MAX + 1);
    assert_null(strstr(lines, "HEAD asked for no body"));
    assert_non_null(strstr(lines, "it is not known which one this is for"));
    assert_null(strstr(lines, "too early"));
    free(lines);
}

static void a_body_of_no_known_length_ends_with_the_connection(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "GET / HTTP/1.0\r\n\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.0 200 OK\r\n\r\nhello", 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_FROM(said, "S HTTP/1.0 200 OK: the request succeeded (RFC 9110, 15.3.1)\n"
                      "S the head ends with the empty line; the body follows, and ends when the server closes the "
                      "connection, because nothing says how long it is (RFC 9112, 6.3)\n"
                      "S the end of the connection is the end of the body: 5 bytes (RFC 9112, 6.3)\n");
}

static void an_end_that_comes_too_early_is_noticed(void **state)
{
    static const struct {
        const char *answer, *remark;
    } cases[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
          "S the end came too early: 1 byte of the body is missing (" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
          "S the end came too early: 2 bytes of the body" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
          "S the end came too early: the last chunk" },
        { "HTTP/1.1 200 OK\r\nServer: x\r\n", "S the end came too early, in the middle of the head (" },
        { "HTTP/1.1 200", "S the end came too early, in the middle of the head (" },
        { "HTTP/1.1 100 Continue\r\n\r\n", "S the server says no more, and 1 request has no answer (" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct said said[] = { { SIDE_CLIENT, GET, 0 },
                                     { SIDE_SERVER, cases[i].answer, 0 },
                                     { SIDE_SERVER, NULL, 0 } };
        free(overhear_from(said, 3, cases[i].remark));
    }
}

static void lengths_that_differ_are_said_to_be_dangerous(void **state)
{
    static const char *const lengths[] = { "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6",
                                           "Content-Length: 0x5", "Content-Length: 99999999999999999999",
                                           "Content-Length:" };

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char head[256];
        snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\nGET /smuggled HTTP/1.1\r\n", lengths[i]);
        char *lines = overhear_from(&(struct said){ SIDE_CLIENT, head, 0 }, 1, ": not one length");
        assert_non_null(strstr(lines, "(request smuggling) (RFC 9112, 6.3)\n"));
        assert_non_null(
            strstr(lines, "where the body ends cannot be known, and what this side says from here on is not told"));
        assert_null(strstr(lines, "smuggled"));
        free(lines);
    }
}

static void two_ways_to_say_a_length_are_said_to_be_dangerous(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT,
          "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET / HTTP/1.0\r\n", 0 },
    };
    char *lines = overhear_from(said, 1, "C Content-Length and Transfer-Encoding are both there: ");

    (void)state;
    assert_non_null(strstr(lines, "(request smuggling) (RFC 9112, 11.2)\n"));
    assert_non_null(strstr(lines, "C GET / HTTP/1.0: "));
    free(lines);
}

static void behind_a_tunnel_there_is_another_protocol(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" GET, 0 },
        { SIDE_SERVER, "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 0 },
    };
    char *lines = overhear_from(said, 2, "S the head ends with the empty line; the tunnel is open");

    (void)state;
    assert_non_null(strstr(lines, "C this is HTTP"));
    assert_non_null(strstr(lines, "S HTTP/1.1 204 No Content: "));
    assert_null(strstr(lines, "nothing was asked"));
    free(lines);
}

static void a_tunnel_that_is_refused_leaves_http(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno", 0 },
        { SIDE_CLIENT, GET, 0 },
    };

    (void)state;
    free(overhear_from(said, 3, "C GET / HTTP/1.1: "));
}

static void tunnels_may_lead_to_tunnels(void **state)
{
    enum { TUNNELS = 600 };
    zoc_buffer asked = { 0 }, answered = { 0 };

    (void)state;
    for (int i = 0; i < TUNNELS; i++) {
        assert_int_equal(zoc_buffer_printf(&asked, "CONNECT a:1 HTTP/1.0\r\n\r\n"), 0);
        assert_int_equal(zoc_buffer_printf(&answered, "HTTP/1.0 200 OK\r\n\r\n"), 0);
    }
    const struct said said[] = { { SIDE_CLIENT, asked.data, asked.size },
                                 { SIDE_SERVER, answered.data, answered.size } };
    char *lines = overhear_all(said, 2, 80, 100000);
    size_t opened = 0;
    for (const char *at = lines; (at = strstr(at, "the tunnel is open")); at++)
        opened++;
    assert_int_equal(opened, TUNNELS);
    free(lines);
    zoc_buffer_release(&asked);
    zoc_buffer_release(&answered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_told_with_their_sizes_and_their_trailers),
        cmocka_unit_test(what_is_no_chunk_ends_the_telling),
        cmocka_unit_test(answers_belong_to_requests_in_their_order),
        cmocka_unit_test(more_requests_than_are_remembered_end_the_telling_of_answers),
        cmocka_unit_test(a_body_of_no_known_length_ends_with_the_connection),
        cmocka_unit_test(an_end_that_comes_too_early_is_noticed),
        cmocka_unit_test(lengths_that_differ_are_said_to_be_dangerous),
        cmocka_unit_test(two_ways_to_say_a_length_are_said_to_be_dangerous),
        cmocka_unit_test(behind_a_tunnel_there_is_another_protocol),
        cmocka_unit_test(a_tunnel_that_is_refused_leaves_http),
        cmocka_unit_test(tunnels_may_lead_to_tunnels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
