#include "meaning/testing.h"

#define POP3 "this is POP3, which fetches mail from a mailbox, mostly to keep it elsewhere (RFC 1939)\n"

static void a_session_is_told_and_its_password_is_not(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "+OK ready <1896.697170952@pop.example>\r\n", 0 },
        { SIDE_CLIENT, "USER ana\r\n", 0 },
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "PASS hunter2\r\n", 0 },
        { SIDE_SERVER, "+OK 2 messages\r\n", 0 },
        { SIDE_CLIENT, "STAT\r\n", 0 },
        { SIDE_SERVER, "+OK 2 320\r\n", 0 },
        { SIDE_CLIENT, "LIST\r\n", 0 },
        { SIDE_SERVER, "+OK 2 messages\r\n", 0 },
        { SIDE_SERVER, "1 120\r\n", 0 },
        { SIDE_SERVER, "2 200\r\n", 0 },
        { SIDE_SERVER, ".\r\n", 0 },
        { SIDE_CLIENT, "LIST 2\r\n", 0 },
        { SIDE_SERVER, "+OK 2 200\r\n", 0 },
        { SIDE_CLIENT, "RETR 1\r\n", 0 },
        { SIDE_SERVER, "+OK 120 octets\r\n", 0 },
        { SIDE_SERVER, "Subject: hi\r\n", 0 },
        { SIDE_SERVER, "\r\n", 0 },
        { SIDE_SERVER, "..dots\r\n", 0 },
        { SIDE_SERVER, ".\r\n", 0 },
        { SIDE_CLIENT, "DELE 1\r\n", 0 },
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "QUIT\r\n", 0 },
        { SIDE_SERVER, "+OK bye\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 110,
        "S " POP3 "S +OK ready <1896.697170952@pop.example>: the server is ready for the client to log in "
        "(AUTHORIZATION state) (RFC 1939, 4)\n"
        "+S <1896.697170952@pop.example>: a stamp that no other greeting has: with it the client may log in "
        "by APOP (RFC 1939, 7)\n"
        "C USER ana: the client says whose mailbox it wants (RFC 1939, 7)\n"
        "S +OK: the server takes the name, which does not say that there is such a mailbox; the password is wanted "
        "(RFC 1939, 7)\n"
        "C PASS: the password, which is never shown here; without TLS, whoever sees the connection can read "
        "it (RFC 1939, 7)\n"
        "S +OK 2 messages: the client is logged in (TRANSACTION state); a server that keeps to the standard lets "
        "nobody else change the mailbox meanwhile"
        " (RFC 1939, 7)\n"
        "C STAT: the client asks how many messages there are, and how many bytes (RFC 1939, 5)\n"
        "S +OK 2 320: the number of messages, and the bytes that they have together (RFC 1939, 5)\n"
        "C LIST: the client asks for the sizes of messages (RFC 1939, 5)\n"
        "S +OK 2 messages: the messages, each with its size in bytes (RFC 1939, 5)\n"
        "+S 1 120: a line of the list\n"
        "+S 2 200: a line of the list\n"
        "S .: a dot alone ends the list, which has 2 lines (RFC 1939, 3)\n"
        "C LIST 2: the client asks for the sizes of messages (RFC 1939, 5)\n"
        "S +OK 2 200: the message, and its size in bytes (RFC 1939, 5)\n"
        "C RETR 1: the client wants this message (RFC 1939, 5)\n"
        "S +OK 120 octets: the message follows, and ends with a line that has a dot alone (RFC 1939, 5)\n"
        "S Subject: hi: what the message is about (RFC 5322, 3.6.5)\n"
        "+S an empty line: the head is over; the body follows, which is not shown (RFC 5322, 2.1)\n"
        "S a line of the message begins with a dot; another dot was put before it, which the receiver takes "
        "away, so that such a line never ends the message (RFC 1939, 3)\n"
        "S .: a dot alone ends the message, which has 22 bytes (RFC 1939, 3)\n"
        "C DELE 1: the message is marked; it is deleted when the session ends with QUIT (RFC 1939, 5)\n"
        "S +OK: the message is marked to be deleted (RFC 1939, 5)\n"
        "C QUIT: the client has finished: now, and not before, the server deletes the messages that were "
        "marked (RFC 1939, 6)\n"
        "S +OK bye: messages that were marked are deleted now, the mailbox is free for others, and the connection "
        "closes (UPDATE state)"
        " (RFC 1939, 6)\n");
}

static void capabilities_are_told_one_by_one(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "+OK\r\n", 0 },  { SIDE_CLIENT, "CAPA\r\n", 0 }, { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_SERVER, "TOP\r\n", 0 },  { SIDE_SERVER, "STLS\r\n", 0 }, { SIDE_SERVER, "OTHER\r\n", 0 },
        { SIDE_SERVER, ".\r\n", 0 },    { SIDE_CLIENT, "STLS\r\n", 0 }, { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "CAPA\r\n", 0 }, { SIDE_SERVER, "-ERR\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " POP3 "S +OK: the server is ready for the client to log in (AUTHORIZATION state) (RFC 1939, 4)\n"
                   "C CAPA: the client asks what the server is capable of (RFC 2449, 5)\n"
                   "S +OK: the lines that follow say what the server is capable of (RFC 2449, 5)\n"
                   "+S TOP: the command TOP is there (RFC 2449, 6.1)\n"
                   "S STLS: the client may go on under TLS with the command STLS (RFC 2595, 4)\n"
                   "+S OTHER: a capability that is not known here\n"
                   "S .: a dot alone ends the list, which has 3 lines (RFC 1939, 3)\n"
                   "C STLS: the client wants to go on under TLS, on this same connection (RFC 2595, 4)\n"
                   "S +OK: the server agrees: the TLS handshake begins right behind this line (RFC 2595, 4)\n"
                   "C " POP3 "C CAPA: the client asks what the server is capable of (RFC 2449, 5)\n"
                   "S -ERR: the server takes no clients now (RFC 1939, 4)\n");
}

static void what_proves_who_logs_in_is_never_shown(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "APOP ana c4c9334bac560ecc979e58001b3e22fb\r\n", 0 },
        { SIDE_SERVER, "-ERR [IN-USE] no\r\n", 0 },
        { SIDE_CLIENT, "AUTH PLAIN\r\n", 0 },
        { SIDE_SERVER, "+ \r\n", 0 },
        { SIDE_CLIENT, "AHNlY3JldA==\r\n", 0 },
        { SIDE_SERVER, "-ERR [AUTH] no\r\n", 0 },
        { SIDE_CLIENT, "AUTH PLAIN AHNlY3JldA==\r\n", 0 },
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " POP3 "S +OK: the server is ready for the client to log in (AUTHORIZATION state) (RFC 1939, 4)\n"
        "C APOP ana: the client logs in without sending the password: a digest of it and of the stamp in the greeting "
        "shows that it knows it; the digest is never shown here (RFC 1939, 7)\n"
        "S -ERR [IN-USE] no: the login is refused, or the mailbox is in use (RFC 1939, 7)\n"
        "S [IN-USE]: the name and the password are fine, but another session has the mailbox (RFC 2449, 8.1.2)\n"
        "C AUTH PLAIN: the client wants to log in this way (RFC 5034, 4)\n"
        "S + : the server waits for the next step of the login; its own words are in base64 (RFC 5034, 4)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 5034, 4)\n"
        "S -ERR [AUTH] no: the login is refused, or the server does not have that way (RFC 5034, 4)\n"
        "S [AUTH]: the name or the password is the reason (RFC 3206)\n"
        "C AUTH PLAIN: the client wants to log in this way (RFC 5034, 4)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 5034, 4)\n"
        "S +OK: the client is logged in (TRANSACTION state) (RFC 5034, 4)\n"
        "C the client ends without QUIT: the server must not delete the messages that were marked (RFC 1939, 6)\n");
}

static void a_session_without_login_ends_without_update(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "QUIT\r\n", 0 },
        { SIDE_SERVER, "+OK bye\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " POP3 "S +OK: the server is ready for the client to log in (AUTHORIZATION state) (RFC 1939, 4)\n"
                   "C QUIT: the client has finished (RFC 1939, 4)\n"
                   "S +OK bye: the server says goodbye, and closes the connection (RFC 1939, 4)\n");
}

static void what_is_no_command_and_no_reply_is_said_to_be_none(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "-ERR [SYS/TEMP] not now\r\n", 0 },
        { SIDE_CLIENT, "XYZZY\r\n", 0 },
        { SIDE_SERVER, "what\r\n", 0 },
        { SIDE_SERVER, "-ERR [\r\n", 0 },
        { SIDE_CLIENT, "LIST 9\r\n", 0 },
        { SIDE_SERVER, "-ERR [] no\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " POP3 "S -ERR [SYS/TEMP] not now: the server takes no clients now (RFC 1939, 4)\n"
                   "S [SYS/TEMP]: trouble at the server, which may pass (RFC 3206)\n"
                   "C XYZZY: no command that is known here\n"
                   "S what: no reply: it would begin with +OK or -ERR (RFC 1939, 3)\n"
                   "S -ERR [: the server did not do what was asked (RFC 1939, 3)\n"
                   "C LIST 9: the client asks for the sizes of messages (RFC 1939, 5)\n"
                   "S -ERR [] no: there is no such message (RFC 1939, 5)\n");
}

static void a_client_that_does_not_wait_is_understood(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "USER ana\n", 0 }, { SIDE_CLIENT, "PASS hunter2\n", 0 }, { SIDE_SERVER, "+OK ready\r\n", 0 },
        { SIDE_SERVER, "+OK\r\n", 0 },    { SIDE_SERVER, "+OK\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "C " POP3 "C USER ana: the client says whose mailbox it wants (RFC 1939, 7)\n"
        "C PASS: the password, which is never shown here; without TLS, whoever sees the connection can read "
        "it (RFC 1939, 7)\n"
        "S +OK ready: the server is ready for the client to log in (AUTHORIZATION state) (RFC 1939, 4)\n"
        "S +OK: the server takes the name, which does not say that there is such a mailbox; the password is wanted "
        "(RFC 1939, 7)\n"
        "S +OK: the client is logged in (TRANSACTION state); a server that keeps to the standard lets nobody else "
        "change the mailbox meanwhile"
        " (RFC 1939, 7)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_told_and_its_password_is_not),
        cmocka_unit_test(capabilities_are_told_one_by_one),
        cmocka_unit_test(what_proves_who_logs_in_is_never_shown),
        cmocka_unit_test(a_session_without_login_ends_without_update),
        cmocka_unit_test(what_is_no_command_and_no_reply_is_said_to_be_none),
        cmocka_unit_test(a_client_that_does_not_wait_is_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
