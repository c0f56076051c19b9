/* HTTP: first lines, header fields, and what is kept out of them. */
#include "meaning/http.h"
#include "meaning/testing.h"

extern const struct protocol protocol_http, protocol_telnet;

#define KNOWN                                     \
    "C this is HTTP, which carries the web (RFC " \
    "9112)\n"
#define PATH "the path, and the query behind a question mark, at the site that Host names (RFC 9112, 3.2.1)\n"
#define VERSION_1_1                                                                                                 \
    "HTTP/1.1: in this version Host has to be there, and the connection stays open after the answer unless a side " \
    "says Connection: close (RFC 9112, 9.3)\n"
#define VERSION_1_0                                                                                                 \
    "HTTP/1.0: in this version the connection ends after each answer, unless both sides ask to keep it (RFC 9112, " \
    "9.3)\n"
#define GET       "the client asks for what the target names (RFC 9110, 9.3.1)\n"
#define HOST      "the name of the site that is meant: one server may have many (RFC 9110, 7.2)\n"
#define NO_BODY   "C the request ends with the empty line; it has no body (RFC 9112, 6.3)\n"
#define NO_HOST   "C Host is missing, which HTTP/1.1 does not allow: a server has to answer 400 (RFC 9112, 3.2)\n"
#define SECRET    " (the value is a secret, and is not shown)"
#define REQUEST   "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define REQUESTED KNOWN "C GET / HTTP/1.1: " GET "+C /: " PATH "+C " VERSION_1_1 "C Host: a: " HOST NO_BODY

/* Chapter 5: typed by hand, a line at a time. */
static void the_session_of_the_book_is_told(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "GET / HTTP/1.1\r\n", 0 },
        { SIDE_CLIENT, "Host: www.example.com\r\n", 0 },
        { SIDE_CLIENT, "\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n", 0 },
        { SIDE_SERVER, "Content-Type: text/html; charset=UTF-8\r\nContent-Length: 5\r\n\r\nhello", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 80,
                   KNOWN "C GET / HTTP/1.1: " GET "+C /: " PATH "+C " VERSION_1_1
                         "C Host: www.example.com: " HOST NO_BODY
                         "S HTTP/1.1 200 OK: the request succeeded (RFC 9110, 15.3.1)\n"
                         "+S Date: Mon, 01 Jan 2024 00:00:00 GMT: when the message was made (RFC 9110, 6.6.1)\n"
                         "+S Content-Type: text/html; charset=UTF-8: what kind of data the body is (RFC 9110, 8.3)\n"
                         "+S Content-Length: 5: how many bytes the body has (RFC 9110, 8.6)\n"
                         "S the head ends with the empty line; a body of 5 bytes follows, as Content-Length says (RFC "
                         "9112, 6.3)\n");
}

static void a_line_may_end_with_lf_alone_and_an_empty_one_come_before(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "\n\r\nGET / HTTP/1.1\nhost: a\n\n", 0 } };

    (void)state;
    EXPECT_REMARKS(said, 8080,
                   KNOWN "C GET / HTTP/1.1: " GET "+C /: " PATH "+C " VERSION_1_1 "C host: a: " HOST NO_BODY);
}

static void a_password_in_an_address_is_not_shown(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "GET http://me:secret@a/x HTTP/1.1\r\nHost: a\r\n\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(said, 8080,
                   KNOWN "C GET: " GET
                         "C the address has a user in it, and maybe a password, which no client is to send: "
                         "it is not shown (RFC 9110, 4.2.4)\n+C " VERSION_1_1 "C Host: a: " HOST NO_BODY);
}

static void an_at_sign_behind_the_host_is_no_user(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "GET http://a/@me HTTP/1.1\r\nHost: a\r\n\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(
        said, 8080,
        KNOWN "C GET http://a/@me HTTP/1.1: " GET
              "C http://a/@me: a whole address, which is how a client asks a proxy (RFC 9112, 3.2.2)\n+C " VERSION_1_1
              "C Host: a: " HOST NO_BODY);
}

static void the_version_is_told_once_for_each(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "GET / HTTP/1.0\r\n\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.1 304 Not Modified\r\n\r\n", 0 },
        { SIDE_CLIENT, "GET / HTTP/1.0\r\n\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 80,
                   KNOWN "C GET / HTTP/1.0: " GET "+C /: " PATH "+C " VERSION_1_0 NO_BODY
                         "S HTTP/1.1 304 Not Modified: it has not changed, and the client's copy is good; there is no "
                         "body (RFC 9110, 15.4.5)\n+S " VERSION_1_1
                         "S the answer ends with the empty line: with this code there is no body (RFC 9112, 6.3)\n"
                         "C GET / HTTP/1.0: " GET "+C /: " PATH NO_BODY);
}

static void a_target_has_one_of_four_forms(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "OPTIONS * HTTP/1.0\n\nGET http://a/ HTTP/1.0\n\nGET a HTTP/1.0\n\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 80,
                   KNOWN "C OPTIONS * HTTP/1.0: the client asks what can be done with the target (RFC 9110, 9.3.7)\n"
                         "C *: the server as a whole, and nothing in it (RFC 9112, 3.2.4)\n"
                         "+C " VERSION_1_0 NO_BODY "C GET http://a/ HTTP/1.0: " GET
                         "C http://a/: a whole address, which is how a client asks a proxy (RFC 9112, 3.2.2)\n" NO_BODY
                         "C GET a HTTP/1.0: " GET
                         "C a: a target may not be written like this (RFC 9112, 3.2)\n" NO_BODY);
}

static void what_is_no_request_line_is_said_to_be_none(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, REQUEST "hello\r\n\r\nget / HTTP/1.0\r\n\r\nBREW / HTTP/1.0\r\n\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 80,
        REQUESTED
        "C hello: no request line: that is a method, a target and HTTP/1.1, with one space between them (RFC 9112, "
        "3)\n" NO_BODY
        "C get / HTTP/1.0: no method is spelt like that: GET is written in capitals, and another case is another "
        "method (RFC 9110, 9.1)\n+C /: " PATH "+C " VERSION_1_0 NO_BODY
        "C BREW / HTTP/1.0: the client uses a method that is not registered; a server that does not know it is to "
        "answer 501"
        " (RFC 9110, 9.1)\n+C /: " PATH NO_BODY);
}

static void http_2_is_told_as_what_it_is(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0", 27 },
        { SIDE_SERVER, "\0\0\0\4", 4 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 80,
        KNOWN "C PRI * HTTP/2.0: the client begins HTTP/2: its frames are binary, and are not taken apart here (RFC "
              "9113, 3.4)\n");
}

static void a_code_that_is_not_registered_means_what_its_class_does(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, REQUEST REQUEST REQUEST, 0 },
        { SIDE_SERVER, "HTTP/1.1 299 Fine\nContent-Length: 0\n\nHTTP/1.1 999 Odd\nContent-Length: 0\n\n", 0 },
        { SIDE_SERVER, "hello\n", 0 },
    };
    char *lines = overhear_all(said, 3, 80, 1000);

    (void)state;
    assert_non_null(strstr(lines, "S HTTP/1.1 299 Fine: the server did what was asked (RFC 9110, 15.3)\n"));
    assert_non_null(strstr(lines, "S HTTP/1.1 999 Odd: a code of no class that HTTP has"));
    assert_non_null(
        strstr(lines, "S hello: no status line: what the server says from here on is not told (RFC 9112, 4)\n"));
    free(lines);
}

static void secrets_are_not_quoted(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT,
          "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic c2VjcmV0\r\n c2VjcmV0\r\nproxy-authorization : "
          "c2VjcmV0\r\n"
          "Cookie: id=c2VjcmV0\r\nX-API-Key: c2VjcmV0\r\n\r\n",
          0 },
        { SIDE_SERVER, "HTTP/1.1 204 No Content\r\nSet-Cookie: id=c2VjcmV0; Secure\r\n\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 80,
        KNOWN
        "C GET / HTTP/1.1: " GET "+C /: " PATH "+C " VERSION_1_1 "C Host: a: " HOST
        "C Authorization: Basic: the client shows who it is" SECRET " (RFC 9110, 11.6.2)\n"
        "C the line goes on with the field before it: that is obsolete, and a server may refuse it (RFC 9112, 5.2)\n"
        "C proxy-authorization : a blank stands before the colon: a server has to refuse the request with 400, because "
        "others may read another name (RFC 9112, 5.1)\n"
        "C proxy-authorization: the client shows to the proxy who it is" SECRET " (RFC 9110, 11.7.2)\n"
        "C Cookie: what the server gave the client to keep, so that it knows it again" SECRET " (RFC 6265, 4.2)\n"
        "C X-API-Key: a key that lets a program in" SECRET "\n" NO_BODY
        "S HTTP/1.1 204 No Content: the request succeeded, and the answer has no body (RFC 9110, 15.3.5)\n"
        "S Set-Cookie: something that the client is to keep, and to send with its next requests" SECRET
        " (RFC 6265, 4.1)\n"
        "S the answer ends with the empty line: with this code there is no body (RFC 9112, 6.3)\n");
}

static void a_secret_that_is_too_long_for_a_line_is_not_quoted_either(void **state)
{
    char *head = malloc(4 * HTTP_LINE_MAX);
    int size = snprintf(head, 4 * HTTP_LINE_MAX, "GET / HTTP/1.1\r\nHost: a\r\nCookie: ");
    const struct said said[] = { { SIDE_CLIENT, head, 3 * HTTP_LINE_MAX }, { SIDE_CLIENT, "\r\n\r\n", 0 } };

    (void)state;
    memset(head + size, 'x', 3 * HTTP_LINE_MAX);
    char *lines = overhear_all(said, 2, 80, 1000), *whole = overhear_all(said, 2, 80, SIZE_MAX / 2);
    assert_string_equal(lines, whole);
    assert_null(strstr(lines, "xx"));
    assert_non_null(strstr(lines, NO_BODY));
    free(lines);
    free(whole);
    free(head);
}

static void who_will_close_is_told(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, close\r\n\r\n", 0 },
        { SIDE_SERVER, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 0 },
    };
    char *lines = overhear_all(said, 2, 80, 1000);

    (void)state;
    assert_non_null(strstr(lines, "C Connection: TE, close: the client asks nothing more: the server is to close the "
                                  "connection after its answer (RFC 9112, 9.6)\n"));
    assert_non_null(
        strstr(lines, "S Connection: close: the server closes the connection after this answer (RFC 9112, 9.6)\n"));
    free(lines);
}

static void a_request_of_http_1_1_names_its_host_once(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 80,
                   KNOWN "C GET / HTTP/1.1: " GET "+C /: " PATH "+C " VERSION_1_1 NO_HOST NO_BODY
                         "C GET / HTTP/1.1: " GET "+C /: " PATH "C Host: a: " HOST
                         "C Host: b: Host a second time: a server has to answer 400 (RFC 9112, 3.2)\n" NO_BODY);
}

static void a_line_that_is_no_field_is_said_to_be_none(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "GET / HTTP/1.0\nhello\nX-Strange: 1\n\n", 0 } };

    (void)state;
    EXPECT_REMARKS(said, 80,
                   KNOWN
                   "C GET / HTTP/1.0: " GET "+C /: " PATH "+C " VERSION_1_0
                   "C hello: no header field: there is no colon in it (RFC 9112, 5)\n"
                   "+C X-Strange: 1: a header field that is not known here; whoever does not know one passes over it "
                   "(RFC 9110, 5.1)\n" NO_BODY);
}

static void what_is_not_http_is_not_taken_for_it(void **state)
{
    const char *const others[] = { "EHLO example.com\r\n", "GET\r\n", "hello HTTP/1.1 world\r\n", " / HTTP/1.1\r\n" };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *lines = overhear_all(&(struct said){ SIDE_CLIENT, others[i], 0 }, 1, 80, 1000);
        assert_null(strstr(lines, "this is HTTP"));
        free(lines);
    }
}

static void a_request_line_that_is_longer_than_an_opening_is_recognised(void **state)
{
    char line[3 * OPENING_MAX];
    int size = snprintf(line, sizeof line, "GET /%0*d HTTP/1.1\r\n", 2 * OPENING_MAX, 0);
    char *lines = overhear_all(&(struct said){ SIDE_CLIENT, line, (size_t)size }, 1, 80, 100);

    (void)state;
    assert_non_null(strstr(lines, "this is HTTP"));
    free(lines);
}

static void every_row_has_a_word_and_a_meaning(void **state)
{
    const struct protocol *const all[] = { &protocol_http, &protocol_websocket, &protocol_telnet };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t table = 0; table < all[i]->table_count; table++)
            for (size_t row = 0; row < all[i]->tables[table].count; row++) {
                const struct meaning *meaning = &all[i]->tables[table].rows[row];
                assert_ptr_equal(meanings_find(&all[i]->tables[table], zoc_bytes_of(meaning->word)), meaning);
                assert_true(strlen(meaning->text) > 0 && meaning->text[strlen(meaning->text) - 1] != '.');
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_of_the_book_is_told),
        cmocka_unit_test(a_line_may_end_with_lf_alone_and_an_empty_one_come_before),
        cmocka_unit_test(a_password_in_an_address_is_not_shown),
        cmocka_unit_test(an_at_sign_behind_the_host_is_no_user),
        cmocka_unit_test(the_version_is_told_once_for_each),
        cmocka_unit_test(a_target_has_one_of_four_forms),
        cmocka_unit_test(what_is_no_request_line_is_said_to_be_none),
        cmocka_unit_test(http_2_is_told_as_what_it_is),
        cmocka_unit_test(a_code_that_is_not_registered_means_what_its_class_does),
        cmocka_unit_test(secrets_are_not_quoted),
        cmocka_unit_test(a_secret_that_is_too_long_for_a_line_is_not_quoted_either),
        cmocka_unit_test(who_will_close_is_told),
        cmocka_unit_test(a_request_of_http_1_1_names_its_host_once),
        cmocka_unit_test(a_line_that_is_no_field_is_said_to_be_none),
        cmocka_unit_test(what_is_not_http_is_not_taken_for_it),
        cmocka_unit_test(a_request_line_that_is_longer_than_an_opening_is_recognised),
        cmocka_unit_test(every_row_has_a_word_and_a_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
