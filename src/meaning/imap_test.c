#include "meaning/testing.h"

#define IMAP "this is IMAP, which works with mail that stays in the mailboxes of a server (RFC 9051)\n"

static void a_session_is_told_and_its_password_is_not(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK [CAPABILITY IMAP4rev2] ready\r\n", 0 },
        { SIDE_CLIENT, "a1 LOGIN ana hunter2\r\n", 0 },
        { SIDE_SERVER, "a1 OK in\r\n", 0 },
        { SIDE_CLIENT, "a2 SELECT INBOX\r\n", 0 },
        { SIDE_SERVER, "* 23 EXISTS\r\n", 0 },
        { SIDE_SERVER, "* OK [UIDVALIDITY 17] ok\r\n", 0 },
        { SIDE_SERVER, "* FLAGS (\\Seen)\r\n", 0 },
        { SIDE_SERVER, "a2 OK [READ-WRITE] done\r\n", 0 },
        { SIDE_CLIENT, "a3 UID FETCH 1 BODY[]\r\n", 0 },
        { SIDE_SERVER, "* 1 FETCH (BODY[] {12}\r\n", 0 },
        { SIDE_SERVER, "0123456789\r\n", 0 },
        { SIDE_SERVER, " FLAGS (\\Seen))\r\n", 0 },
        { SIDE_SERVER, "a3 OK done\r\n", 0 },
        { SIDE_CLIENT, "a4 LOGOUT\r\n", 0 },
        { SIDE_SERVER, "* BYE bye\r\n", 0 },
        { SIDE_SERVER, "a4 OK bye\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 143,
        "S " IMAP
        "S * OK [CAPABILITY IMAP4rev2] ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
        "+S [CAPABILITY IMAP4rev2]: what the server is capable of (RFC 9051, 7.1)\n"
        "C a1 LOGIN: the client logs in with name and password, which are never shown here; without TLS, whoever sees "
        "the connection can read them (RFC 9051, 6.2.3)\n"
        "S a1 OK in: the client is logged in (RFC 9051, 6.2.3)\n"
        "C a2 SELECT INBOX: the client opens this mailbox (RFC 9051, 6.3.2)\n"
        "S * 23 EXISTS: the number of messages in the mailbox (RFC 9051, 7.4.1)\n"
        "+S * OK [UIDVALIDITY 17] ok: a piece of news, which belongs to no command (RFC 9051, 7.1.1)\n"
        "+S [UIDVALIDITY 17]: while this number stays the same, identifiers name the same messages (RFC 9051, 7.1)\n"
        "+S * FLAGS (\\\\Seen): the flags that messages of this mailbox may have (RFC 9051, 7.3.5)\n"
        "S a2 OK [READ-WRITE] done: the mailbox is open (RFC 9051, 6.3.2)\n"
        "+S [READ-WRITE]: the mailbox is open to read and to change (RFC 9051, 7.1)\n"
        "C a3 UID FETCH 1 BODY[]: the client asks for parts of these messages, or what is known of them (RFC 9051, "
        "6.4.5)\n"
        "+C UID: the command behind it names messages by identifiers that do not change (RFC 9051, 6.4.9)\n"
        "S * 1 FETCH (BODY[] {12}: parts of the message of that number, or what is known of it (RFC 9051, 7.5.2)\n"
        "S {12}: a literal: 12 bytes follow as they are, which are not shown (RFC 9051, 4.3)\n"
        "+S  FLAGS (\\\\Seen)): the line goes on behind the literal (RFC 9051, 4.3)\n"
        "S a3 OK done: all that was asked for was sent (RFC 9051, 6.4.5)\n"
        "C a4 LOGOUT: the client has finished, and waits for the server's goodbye (RFC 9051, 6.1.3)\n"
        "S * BYE bye: the server says goodbye (RFC 9051, 6.1.3)\n"
        "S a4 OK bye: the session is over, and the connection closes (RFC 9051, 6.1.3)\n");
}

static void what_proves_who_logs_in_is_never_shown(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK ready\r\n", 0 },
        { SIDE_CLIENT, "a1 LOGIN {3}\r\n", 0 },
        { SIDE_SERVER, "+ go on\r\n", 0 },
        { SIDE_CLIENT, "ana {7+}\r\n", 0 },
        { SIDE_CLIENT, "hunter2\r\n", 0 },
        { SIDE_SERVER, "a1 NO [AUTHENTICATIONFAILED] no\r\n", 0 },
        { SIDE_CLIENT, "a2 AUTHENTICATE PLAIN\r\n", 0 },
        { SIDE_SERVER, "+ \r\n", 0 },
        { SIDE_CLIENT, "AHNlY3JldA==\r\n", 0 },
        { SIDE_SERVER, "a2 NO no\r\n", 0 },
        { SIDE_CLIENT, "a3 AUTHENTICATE PLAIN AHNlY3JldA==\r\n", 0 },
        { SIDE_SERVER, "a3 OK in\r\n", 0 },
        { SIDE_CLIENT, "LOGIN ana hunter2\r\n", 0 },
        { SIDE_SERVER, "LOGIN BAD what\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " IMAP "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
        "C a1 LOGIN: the client logs in with name and password, which are never shown here; without TLS, whoever sees "
        "the connection can read them (RFC 9051, 6.2.3)\n"
        "C {3}: a literal of 3 bytes, which the client sends when the server says +; they are not shown (RFC 9051, "
        "4.3)\n"
        "S + go on: the server is ready for what the client says next (RFC 9051, 7.6)\n"
        "+C the line goes on behind the literal (RFC 9051, 4.3)\n"
        "C {7+}: a literal: 7 bytes follow as they are, which are not shown (RFC 9051, 4.3)\n"
        "S a1 NO [AUTHENTICATIONFAILED] no: the login is refused: as a rule the name or the password is wrong, or "
        "LOGIN is not allowed without TLS"
        " (RFC 9051, 6.2.3)\n"
        "S [AUTHENTICATIONFAILED]: the name or the secret is wrong, and the server does not say which (RFC 9051, 7.1)\n"
        "C a2 AUTHENTICATE PLAIN: the client wants to log in this way (RFC 9051, 6.2.2)\n"
        "S + : the server waits for the next step of the login; its own words are in base64 (RFC 9051, 6.2.2)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 9051, 6.2.2)\n"
        "S a2 NO no: the login is refused, or the server does not have that way (RFC 9051, 6.2.2)\n"
        "C a3 AUTHENTICATE PLAIN: the client wants to log in this way (RFC 9051, 6.2.2)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 9051, 6.2.2)\n"
        "S a3 OK in: the client is logged in (RFC 9051, 6.2.2)\n"
        "C LOGIN: no command that is known here; a command begins with a tag of the client's choice (RFC 9051, 2.2.1)\n"
        "S LOGIN BAD what: the server did not understand, or the command comes at the wrong time (RFC 9051, 7.1.3)\n");
}

static void replies_find_their_commands_by_their_tags(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* PREAUTH ready\r\n", 0 },
        { SIDE_CLIENT, "a CREATE x\r\n", 0 },
        { SIDE_CLIENT, "b APPEND Sent {5+}\r\n", 0 },
        { SIDE_CLIENT, "hello\r\n", 0 },
        { SIDE_CLIENT, "c CLOSE\r\n", 0 },
        { SIDE_SERVER, "b OK [APPENDUID 17 4] done\r\n", 0 },
        { SIDE_SERVER, "c OK done\r\n", 0 },
        { SIDE_SERVER, "a NO [ALREADYEXISTS] no\r\n", 0 },
        { SIDE_SERVER, "d OK what\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " IMAP "S * PREAUTH ready: the client is logged in already, by other means (RFC 9051, 7.1.4)\n"
                   "C a CREATE x: a mailbox is to be made (RFC 9051, 6.3.4)\n"
                   "C b APPEND Sent {5+}: the client puts a message into a mailbox (RFC 9051, 6.3.12)\n"
                   "C {5+}: a literal: 5 bytes follow as they are, which are not shown (RFC 9051, 4.3)\n"
                   "C c CLOSE: the mailbox is closed, and messages marked as deleted are removed (RFC 9051, 6.4.1)\n"
                   "S b OK [APPENDUID 17 4] done: the message is in the mailbox (RFC 9051, 6.3.12)\n"
                   "+S [APPENDUID 17 4]: the identifier that the new message got (RFC 9051, 7.1)\n"
                   "S c OK done: no mailbox is open now (RFC 9051, 6.4.1)\n"
                   "S a NO [ALREADYEXISTS] no: it could not be done (RFC 9051, 7.1.2)\n"
                   "S [ALREADYEXISTS]: there is such a mailbox already (RFC 9051, 7.1)\n"
                   "S d OK what: it was done as was asked (RFC 9051, 7.1.1)\n");
}

static void a_literal_that_is_refused_does_not_come(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK ready\r\n", 0 },
        { SIDE_CLIENT, "a APPEND Sent {5}\r\n", 0 },
        { SIDE_SERVER, "a NO [OVERQUOTA] full\r\n", 0 },
        { SIDE_CLIENT, "b NOOP\r\n", 0 },
        { SIDE_SERVER, "b OK done\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " IMAP "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
                   "C a APPEND Sent {5}: the client puts a message into a mailbox (RFC 9051, 6.3.12)\n"
                   "C {5}: a literal of 5 bytes, which the client sends when the server says +; they are not shown "
                   "(RFC 9051, 4.3)\n"
                   "S a NO [OVERQUOTA] full: the message was not put into the mailbox (RFC 9051, 6.3.12)\n"
                   "S [OVERQUOTA]: the user has no room left (RFC 9051, 7.1)\n"
                   "C b NOOP: nothing is to be done; the server uses the occasion to tell what is new in the mailbox "
                   "(RFC 9051, 6.1.2)\n"
                   "S b OK done: it was done as was asked (RFC 9051, 7.1.1)\n");
}

static void a_client_may_wait_for_news(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK ready\r\n", 0 },  { SIDE_CLIENT, "a IDLE\r\n", 0 }, { SIDE_SERVER, "+ idling\r\n", 0 },
        { SIDE_SERVER, "* 24 EXISTS\r\n", 0 }, { SIDE_CLIENT, "DONE\r\n", 0 },   { SIDE_SERVER, "a OK done\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " IMAP "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
                   "C a IDLE: the client waits: the server is to tell what is new as it comes, until the client says "
                   "DONE (RFC 9051, 6.3.13)\n"
                   "S + idling: the server will tell what is new as it comes (RFC 9051, 6.3.13)\n"
                   "S * 24 EXISTS: the number of messages in the mailbox (RFC 9051, 7.4.1)\n"
                   "C DONE: the client ends its waiting (RFC 9051, 6.3.13)\n"
                   "S a OK done: the waiting is over (RFC 9051, 6.3.13)\n");
}

static void what_follows_starttls_is_recognised_anew(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK ready\r\n", 0 },   { SIDE_CLIENT, "a STARTTLS\r\n", 0 }, { SIDE_SERVER, "a OK go\r\n", 0 },
        { SIDE_CLIENT, "b CAPABILITY\r\n", 0 }, { SIDE_SERVER, "* OK ready\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " IMAP "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
                   "C a STARTTLS: the client wants to go on under TLS, on this same connection (RFC 9051, 6.2.1)\n"
                   "S a OK go: the server agrees: the TLS handshake begins right behind this line (RFC 9051, 6.2.1)\n"
                   "C " IMAP "C b CAPABILITY: the client asks what the server is capable of (RFC 9051, 6.1.1)\n"
                   "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n");
}

static void what_follows_compress_is_not_told(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* OK ready\r\n", 0 }, { SIDE_CLIENT, "a COMPRESS DEFLATE\r\n", 0 },
        { SIDE_SERVER, "a OK go\r\n", 0 },    { SIDE_CLIENT, "b NOOP\r\n", 0 },
        { SIDE_SERVER, "b OK\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " IMAP "S * OK ready: the server is ready; the client has to log in first (RFC 9051, 7.1.1)\n"
        "C a COMPRESS DEFLATE: the client asks that what follows be compressed (RFC 4978)\n"
        "S a OK go: from here on both sides compress what they say; nothing more is told of it (RFC 4978)\n");
}

static void what_is_no_command_and_no_response_is_said_to_be_none(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "* BYE not now\r\n", 0 },
        { SIDE_CLIENT, "\r\n", 0 },
        { SIDE_CLIENT, "XYZZY\r\n", 0 },
        { SIDE_CLIENT, "a XYZZY {\r\n", 0 },
        { SIDE_CLIENT, "a {99999999999999999999}\r\n", 0 },
        { SIDE_SERVER, "* 1 WHAT {x}\r\n", 0 },
        { SIDE_SERVER, "\r\n", 0 },
        { SIDE_SERVER, "*\r\n", 0 },
        { SIDE_SERVER, "a\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " IMAP "S * BYE not now: the server takes no clients now (RFC 9051, 7.1.5)\n"
        "C no command that is known here; a command begins with a tag of the client's choice (RFC 9051, 2.2.1)\n"
        "C XYZZY: no command that is known here; a command begins with a tag of the client's choice (RFC 9051, 2.2.1)\n"
        "C a XYZZY {: no command that is known here; a command begins with a tag of the client's choice (RFC 9051, "
        "2.2.1)\n"
        "C a {99999999999999999999}: no command that is known here; a command begins with a tag of the client's choice "
        "(RFC 9051, 2.2.1)\n"
        "S * 1 WHAT {x}: a response that is not known here (RFC 9051, 7)\n"
        "S a response that is not known here (RFC 9051, 7)\n"
        "S *: a response that is not known here (RFC 9051, 7)\n"
        "S a: a response that is not known here (RFC 9051, 7)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_told_and_its_password_is_not),
        cmocka_unit_test(what_proves_who_logs_in_is_never_shown),
        cmocka_unit_test(replies_find_their_commands_by_their_tags),
        cmocka_unit_test(a_literal_that_is_refused_does_not_come),
        cmocka_unit_test(a_client_may_wait_for_news),
        cmocka_unit_test(what_follows_starttls_is_recognised_anew),
        cmocka_unit_test(what_follows_compress_is_not_told),
        cmocka_unit_test(what_is_no_command_and_no_response_is_said_to_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
