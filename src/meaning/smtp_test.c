#include "meaning/testing.h"

#define SMTP "this is SMTP, which carries mail from one host to the next (RFC 5321)\n"

static void a_session_typed_by_hand_is_told_wholly(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mail.example.com ESMTP Postfix\r\n", 0 },
        { SIDE_CLIENT, "HELO yourdomain.com\n", 0 },
        { SIDE_SERVER, "250 mail.example.com\r\n", 0 },
        { SIDE_CLIENT, "MAIL FROM: you@yourdomain.com\n", 0 },
        { SIDE_SERVER, "250 2.1.0 Ok\r\n", 0 },
        { SIDE_CLIENT, "RCPT TO: recipient@example.com\n", 0 },
        { SIDE_SERVER, "250 2.1.5 Ok\r\n", 0 },
        { SIDE_CLIENT, "DATA\n", 0 },
        { SIDE_SERVER, "354 End data with <CR><LF>.<CR><LF>\r\n", 0 },
        { SIDE_CLIENT, "Subject: Test message via Telnet\n", 0 },
        { SIDE_CLIENT, "\n", 0 },
        { SIDE_CLIENT, "This is a test message sent directly via SMTP using Telnet.\n", 0 },
        { SIDE_CLIENT, ".\n", 0 },
        { SIDE_SERVER, "250 2.0.0 Ok: queued as 12345ABCDE\r\n", 0 },
        { SIDE_CLIENT, "QUIT\n", 0 },
        { SIDE_SERVER, "221 2.0.0 Bye\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 25,
        "S " SMTP "S 220 mail.example.com ESMTP Postfix: the server is ready, and says its name; the client says who "
        "it is next (RFC 5321, 3.1)\n"
        "C HELO yourdomain.com: the client says who it is, in the old way: without extensions (RFC 5321, 4.1.1.1)\n"
        "+C that line ends with LF alone; the standard wants CR LF (RFC 5321, 2.3.8)\n"
        "S 250 mail.example.com: the server greets the client; a message may begin (RFC 5321, 3.2)\n"
        "C MAIL FROM: you@yourdomain.com: a message begins: this is its sender on the envelope, the address that "
        "reports of failure go to (RFC 5321, 4.1.1.2)\n"
        "C you@yourdomain.com: the standard wants the address in angle brackets, right behind the colon; not every "
        "server takes it like this (RFC 5321, 3.3)\n"
        "S 250 2.1.0 Ok: the sender is accepted (RFC 5321, 3.3)\n"
        "+S 2.1.0: it is about the address, no more is said (RFC 3463, 3.2)\n"
        "C RCPT TO: recipient@example.com: an address that the message is to go to; each recipient has a command of "
        "its own (RFC 5321, 4.1.1.3)\n"
        "S 250 2.1.5 Ok: the recipient is accepted (RFC 5321, 3.3)\n"
        "+S 2.1.5: the address of the recipient is valid (RFC 3463, 3.2)\n"
        "C DATA: the envelope is finished; the client wants to send the message itself (RFC 5321, 4.1.1.4)\n"
        "S 354 End data with <CR><LF>.<CR><LF>: the server is ready for the message, which ends with a line that has a "
        "dot alone (RFC 5321, 4.1.1.4)\n"
        "C Subject: Test message via Telnet: what the message is about (RFC 5322, 3.6.5)\n"
        "+C an empty line: the head is over; the body follows, which is not shown (RFC 5322, 2.1)\n"
        "C .: a dot alone ends the message, which has 94 bytes (RFC 5321, 4.5.2)\n"
        "S 250 2.0.0 Ok: queued as 12345ABCDE: the message is taken over: from here on the server is responsible, and "
        "must deliver it or report that it could not (RFC 5321, 6.1)\n"
        "+S 2.0.0: nothing more exact is said (RFC 3463, 3.1)\n"
        "C QUIT: the client has finished, and waits for the server's goodbye before it closes (RFC 5321, 4.1.1.10)\n"
        "S 221 2.0.0 Bye: the server says goodbye, and closes the connection (RFC 5321, 4.2.3)\n"
        "+S 2.0.0: nothing more exact is said (RFC 3463, 3.1)\n");
}

static void extensions_are_told_one_by_one(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "EHLO me.example\r\n", 0 },
        { SIDE_SERVER, "250-mx.example greets me.example\r\n", 0 },
        { SIDE_SERVER, "250-SIZE 10240000\r\n", 0 },
        { SIDE_SERVER, "250-8BITMIME\r\n", 0 },
        { SIDE_SERVER, "250-AUTH=PLAIN LOGIN\r\n", 0 },
        { SIDE_SERVER, "250-X-OTHER\r\n", 0 },
        { SIDE_SERVER, "250 STARTTLS\r\n", 0 },
        { SIDE_CLIENT, "HELP\r\n", 0 },
        { SIDE_SERVER, "214-there is\r\n", 0 },
        { SIDE_SERVER, "214 no help\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it is next (RFC "
        "5321, 3.1)\n"
        "C EHLO me.example: the client says who it is, and asks which extensions the server has (RFC 5321, 4.1.1.1)\n"
        "S 250-mx.example greets me.example: the server greets the client; lines that follow name the extensions that "
        "it has (RFC 5321, 3.2)\n"
        "S 250-SIZE 10240000: how many bytes a message may have at most; 0, or no number: the server names no limit "
        "(RFC 1870)\n"
        "+S 250-8BITMIME: messages may have bytes above 127 (RFC 6152)\n"
        "S 250-AUTH=PLAIN LOGIN: the client may log in; these are the ways (RFC 4954, 3)\n"
        "+S 250-X-OTHER: an extension that is not known here\n"
        "S 250 STARTTLS: the client may go on under TLS with the command STARTTLS (RFC 3207, 4)\n"
        "C HELP: the client asks for help, which is meant for people (RFC 5321, 4.1.1.8)\n"
        "S 214-there is: help for a person who reads it (RFC 5321, 4.2.3)\n"
        "+S 214 no help: the reply goes on (RFC 5321, 4.2.1)\n");
}

static void what_proves_who_logs_in_is_never_shown(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "AUTH LOGIN\r\n", 0 },
        { SIDE_SERVER, "334 VXNlcm5hbWU6\r\n", 0 },
        { SIDE_CLIENT, "c2VjcmV0\r\n", 0 },
        { SIDE_SERVER, "334 UGFzc3dvcmQ6\r\n", 0 },
        { SIDE_CLIENT, "c2VjcmV0\r\n", 0 },
        { SIDE_SERVER, "535 5.7.8 no\r\n", 0 },
        { SIDE_CLIENT, "AUTH PLAIN AHNlY3JldABzZWNyZXQ=\r\n", 0 },
        { SIDE_SERVER, "235 2.7.0 ok\r\n", 0 },
        { SIDE_CLIENT, "AUTH CRAM-MD5\r\n", 0 },
        { SIDE_SERVER, "334 PDE+\r\n", 0 },
        { SIDE_CLIENT, "*\r\n", 0 },
        { SIDE_SERVER, "501 5.7.0 given up\r\n", 0 },
        { SIDE_CLIENT, "NOOP\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it is next (RFC "
        "5321, 3.1)\n"
        "C AUTH LOGIN: the client wants to log in (RFC 4954, 4)\n"
        "S 334 VXNlcm5hbWU6: the server waits for the next step of the login; its own words are in base64 (RFC 4954, "
        "4)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 4954, 4)\n"
        "S 334 UGFzc3dvcmQ6: the server waits for the next step of the login; its own words are in base64 (RFC 4954, "
        "4)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 4954, 4)\n"
        "S 535 5.7.8 no: the login is refused: as a rule the name or the secret is wrong (RFC 4954, 6)\n"
        "S 5.7.8: the name or the secret is wrong (RFC 4954, 6)\n"
        "C AUTH PLAIN: the client wants to log in (RFC 4954, 4)\n"
        "C a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees the "
        "connection can read it (RFC 4954, 4)\n"
        "S 235 2.7.0 ok: the client is logged in (RFC 4954, 6)\n"
        "+S 2.7.0: it is about security or rules, no more is said (RFC 3463, 3.8)\n"
        "C AUTH CRAM-MD5: the client wants to log in (RFC 4954, 4)\n"
        "S 334 PDE+: the server waits for the next step of the login; its own words are in base64 (RFC 4954, 4)\n"
        "C *: the client gives up the login (RFC 4954, 4)\n"
        "S 501 5.7.0 given up: what stands behind the command is not well formed (RFC 5321, 4.2.3)\n"
        "S 5.7.0: it is about security or rules, no more is said (RFC 3463, 3.8)\n"
        "C NOOP: nothing is to be done; the reply shows that the server is still there (RFC 5321, 4.1.1.9)\n"
        "S 250 ok: the server is still there (RFC 5321, 4.1.1.9)\n");
}

static void replies_find_their_commands_when_several_were_sent_at_once(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "MAIL FROM:<> SIZE=1000 BODY=8BITMIME\r\n", 0 },
        { SIDE_CLIENT, "RCPT TO:<nobody@mx.example>\r\n", 0 },
        { SIDE_CLIENT, "RCPT TO:<b@mx.example> NOTIFY=NEVER\r\n", 0 },
        { SIDE_CLIENT, "DATA\r\n", 0 },
        { SIDE_SERVER, "250 2.1.0 ok\r\n", 0 },
        { SIDE_SERVER, "550 5.1.1 no such user\r\n", 0 },
        { SIDE_SERVER, "250 2.1.5 ok\r\n", 0 },
        { SIDE_SERVER, "354 go on\r\n", 0 },
        { SIDE_CLIENT, "From: me <a@me.example>\r\n", 0 },
        { SIDE_CLIENT, "X-Mine: 1\r\n", 0 },
        { SIDE_CLIENT, " folded\r\n", 0 },
        { SIDE_CLIENT, "\r\n", 0 },
        { SIDE_CLIENT, "body\r\n", 0 },
        { SIDE_CLIENT, ".\r\n", 0 },
        { SIDE_CLIENT, "RSET\r\n", 0 },
        { SIDE_SERVER, "452 4.3.1 full\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it is next (RFC "
        "5321, 3.1)\n"
        "C MAIL FROM:<> SIZE=1000 BODY=8BITMIME: a message begins: this is its sender on the envelope, the address "
        "that reports of failure go to (RFC 5321, 4.1.1.2)\n"
        "C <>: there is no sender: as a rule the message is itself a report, and no report on it is to be sent (RFC "
        "5321, "
        "4.5.5)\n"
        "+C SIZE=1000: how many bytes the message will have, so that the server can refuse it before it is sent (RFC "
        "1870, 6)\n"
        "+C BODY=8BITMIME: which bytes the message has: 7BIT, 8BITMIME or BINARYMIME (RFC 6152)\n"
        "C RCPT TO:<nobody@mx.example>: an address that the message is to go to; each recipient has a command of its "
        "own (RFC 5321, 4.1.1.3)\n"
        "C RCPT TO:<b@mx.example> NOTIFY=NEVER: an address that the message is to go to; each recipient has a command "
        "of its own (RFC 5321, 4.1.1.3)\n"
        "+C NOTIFY=NEVER: when a report is to be sent (RFC 3461, 4.1)\n"
        "C DATA: the envelope is finished; the client wants to send the message itself (RFC 5321, 4.1.1.4)\n"
        "S 250 2.1.0 ok: the sender is accepted (RFC 5321, 3.3)\n"
        "+S 2.1.0: it is about the address, no more is said (RFC 3463, 3.2)\n"
        "S 550 5.1.1 no such user: the recipient is refused: there is no such mailbox, the server does not pass mail "
        "on to it, or a rule forbids it"
        " (RFC 5321, 3.3)\n"
        "S 5.1.1: the mailbox does not exist (RFC 3463, 3.2)\n"
        "S 250 2.1.5 ok: the recipient is accepted (RFC 5321, 3.3)\n"
        "+S 2.1.5: the address of the recipient is valid (RFC 3463, 3.2)\n"
        "S 354 go on: the server is ready for the message, which ends with a line that has a dot alone (RFC 5321, "
        "4.1.1.4)\n"
        "C From: me <a@me.example>: who wrote the message, as the reader will see it; it may differ from the sender on "
        "the envelope (RFC 5322, 3.6.2)\n"
        "+C X-Mine: 1: a field that is not known here; programs may add their own (RFC 5322, 3.6.8)\n"
        "+C an empty line: the head is over; the body follows, which is not shown (RFC 5322, 2.1)\n"
        "C .: a dot alone ends the message, which has 53 bytes (RFC 5321, 4.5.2)\n"
        "C RSET: the message that was begun is given up: its sender and recipients are forgotten (RFC 5321, 4.1.1.5)\n"
        "S 452 4.3.1 full: the message was not taken because there is no room; the client keeps it, and may try again "
        "later (RFC 5321, 4.2.5)\n"
        "S 4.3.1: the mail system has no storage left (RFC 3463, 3.4)\n"
        "S 250 ok: nothing of the message that was begun is left (RFC 5321, 4.1.1.5)\n");
}

static void a_dot_that_was_put_before_a_dot_is_explained_once(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "DATA\r\n", 0 },
        { SIDE_SERVER, "354 go on\r\n", 0 },
        { SIDE_CLIENT, "..\r\n", 0 },
        { SIDE_CLIENT, "...\r\n", 0 },
        { SIDE_CLIENT, ".\r\n", 0 },
        { SIDE_SERVER, "250 2.0.0 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it "
                   "is next (RFC 5321, 3.1)\n"
                   "C DATA: the envelope is finished; the client wants to send the message itself (RFC 5321, 4.1.1.4)\n"
                   "S 354 go on: the server is ready for the message, which ends with a line that has a dot alone (RFC "
                   "5321, 4.1.1.4)\n"
                   "C a line of the message begins with a dot; another dot was put before it, which the receiver takes "
                   "away, so that such a line never ends the message (RFC 5321, 4.5.2)\n"
                   "C .: a dot alone ends the message, which has 7 bytes (RFC 5321, 4.5.2)\n"
                   "S 250 2.0.0 ok: the message is taken over: from here on the server is responsible, and must "
                   "deliver it or report that it could not (RFC 5321, 6.1)\n"
                   "+S 2.0.0: nothing more exact is said (RFC 3463, 3.1)\n");
}

static void a_command_follows_when_the_message_is_not_wanted(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "DATA\r\n", 0 },
        { SIDE_SERVER, "503 5.5.1 no sender\r\n", 0 },
        { SIDE_CLIENT, "NOOP\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it "
                   "is next (RFC 5321, 3.1)\n"
                   "C DATA: the envelope is finished; the client wants to send the message itself (RFC 5321, 4.1.1.4)\n"
                   "S 503 5.5.1 no sender: refused at this point: as a rule there is no sender or no recipient yet "
                   "(RFC 5321, 3.3)\n"
                   "S 5.5.1: the command is not known, or comes at the wrong time (RFC 3463, 3.6)\n"
                   "C NOOP: nothing is to be done; the reply shows that the server is still there (RFC 5321, 4.1.1.9)\n"
                   "S 250 ok: the server is still there (RFC 5321, 4.1.1.9)\n");
}

static void a_piece_of_known_size_is_passed_over(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "BDAT 9\r\n", 0 },
        { SIDE_CLIENT, "1234567\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
        { SIDE_CLIENT, "BDAT 0 LAST\r\n", 0 },
        { SIDE_SERVER, "250 2.0.0 ok\r\n", 0 },
        { SIDE_CLIENT, "BDAT 99999999999999999999\r\n", 0 },
        { SIDE_SERVER, "501 5.5.4 no\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it is next (RFC "
        "5321, 3.1)\n"
        "C BDAT 9: a piece of the message follows, of exactly so many bytes; no dot ends it (RFC 3030, 2)\n"
        "S 250 ok: the piece has come; after the last one the server is responsible for the message (RFC 3030, 2)\n"
        "C BDAT 0 LAST: a piece of the message follows, of exactly so many bytes; no dot ends it (RFC 3030, 2)\n"
        "S 250 2.0.0 ok: the piece has come; after the last one the server is responsible for the message (RFC 3030, "
        "2)\n"
        "+S 2.0.0: nothing more exact is said (RFC 3463, 3.1)\n"
        "C BDAT 99999999999999999999: a piece of the message follows, of exactly so many bytes; no dot ends it (RFC "
        "3030, 2)\n"
        "S 501 5.5.4 no: what stands behind the command is not well formed (RFC 5321, 4.2.3)\n"
        "S 5.5.4: the parameters of the command are not valid (RFC 3463, 3.6)\n");
}

static void what_follows_starttls_is_recognised_anew(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example\r\n", 0 }, { SIDE_CLIENT, "STARTTLS\r\n", 0 },
        { SIDE_SERVER, "220 2.0.0 go\r\n", 0 },   { SIDE_CLIENT, "EHLO me.example\r\n", 0 },
        { SIDE_SERVER, "250 mx.example\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 587,
        "S " SMTP
        "S 220 mx.example: the server is ready, and says its name; the client says who it is next (RFC 5321, 3.1)\n"
        "C STARTTLS: the client wants to go on under TLS, on this same connection (RFC 3207, 4)\n"
        "S 220 2.0.0 go: the server agrees: the TLS handshake begins right behind this line (RFC 3207, 4)\n"
        "+S 2.0.0: nothing more exact is said (RFC 3463, 3.1)\n"
        "C " SMTP
        "C EHLO me.example: the client says who it is, and asks which extensions the server has (RFC 5321, 4.1.1.1)\n"
        "S 250 mx.example: the server greets the client; lines that follow name the extensions that it has (RFC 5321, "
        "3.2)\n");
}

static void a_client_that_does_not_wait_is_understood(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "HELO me\n", 0 },
        { SIDE_CLIENT, "DATA\n", 0 },
        { SIDE_CLIENT, "Subject: x\n", 0 },
        { SIDE_CLIENT, "\n", 0 },
        { SIDE_CLIENT, "unfinished\n", 0 },
        { SIDE_SERVER, "220 x\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, "554 5.5.1 no valid recipients\r\n", 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 7000,
        "C " SMTP "C HELO me: the client says who it is, in the old way: without extensions (RFC 5321, 4.1.1.1)\n"
        "+C that line ends with LF alone; the standard wants CR LF (RFC 5321, 2.3.8)\n"
        "C DATA: the envelope is finished; the client wants to send the message itself (RFC 5321, 4.1.1.4)\n"
        "C Subject: x: what the message is about (RFC 5322, 3.6.5)\n"
        "+C an empty line: the head is over; the body follows, which is not shown (RFC 5322, 2.1)\n"
        "S 220 x: the server is ready, and says its name; the client says who it is next (RFC 5321, 3.1)\n"
        "S 250 ok: the server greets the client; a message may begin (RFC 5321, 3.2)\n"
        "C the client ends before the message is whole; the server must not deliver it (RFC 5321, 4.1.1.10)\n"
        "S 554 5.5.1 no valid recipients: refused: as a rule no recipient was accepted, so the message has nowhere to "
        "go (RFC 5321, 3.3)\n"
        "S 5.5.1: the command is not known, or comes at the wrong time (RFC 3463, 3.6)\n");
}

static void what_is_no_command_and_no_reply_is_said_to_be_none(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "XYZZY\r\n", 0 },
        { SIDE_SERVER, "what\r\n", 0 },
        { SIDE_SERVER, "500-5.5.1\r\n", 0 },
        { SIDE_SERVER, "500 5.5.1 what\r\n", 0 },
        { SIDE_CLIENT, "\r\n", 0 },
        { SIDE_SERVER, "999 5.300.1 what\r\n", 0 },
        { SIDE_SERVER, "25\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " SMTP "S 220 mx.example ESMTP: the server is ready, and says its name; the client says who it "
                   "is next (RFC 5321, 3.1)\n"
                   "C XYZZY: no command that is known here\n"
                   "S what: no reply: it would begin with three digits (RFC 5321, 4.2)\n"
                   "S 500-5.5.1: the server does not know this command, or the line is too long (RFC 5321, 4.2.3)\n"
                   "S 5.5.1: the command is not known, or comes at the wrong time (RFC 3463, 3.6)\n"
                   "+S 500 5.5.1 what: the reply goes on (RFC 5321, 4.2.1)\n"
                   "C no command that is known here\n"
                   "S 999 5.300.1 what\n"
                   "S 5.300.1: it did not work, and will not as it is (RFC 3463, 2)\n"
                   "S 25: no reply: it would begin with three digits (RFC 5321, 4.2)\n");
}

static void the_first_command_tells_smtp_from_ftp(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 ready\r\n", 0 },
        { SIDE_CLIENT, "NOOP\r\n", 0 },
        { SIDE_CLIENT, "HELO me\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 7000,
        "S " SMTP
        "S 220 ready: the server is ready, and says its name; the client says who it is next (RFC 5321, 3.1)\n"
        "C NOOP: nothing is to be done; the reply shows that the server is still there (RFC 5321, 4.1.1.9)\n"
        "C HELO me: the client says who it is, in the old way: without extensions (RFC 5321, 4.1.1.1)\n");
}

static void the_port_tells_smtp_from_ftp(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 ftp.example smtp\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 2525,
                   "S " SMTP "S 220 ftp.example smtp: the server is ready, and says its name; the client says who it "
                   "is next (RFC 5321, 3.1)\n"
                   "S 250 ok: done as was asked (RFC 5321, 4.2.3)\n");
}

static void commands_beyond_what_is_remembered_are_answered_unmatched(void **state)
{
    struct said said[2 * 66 + 1] = { { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 } };

    (void)state;
    for (int i = 0; i < 66; i++) {
        said[1 + i] = (struct said){ SIDE_CLIENT, i < 65 ? "NOOP\r\n" : "RSET\r\n", 0 };
        said[1 + 66 + i] = (struct said){ SIDE_SERVER, "250 ok\r\n", 0 };
    }
    char *lines = overhear_all(said, sizeof said / sizeof *said, 0, SIZE_MAX / 2);
    unsigned matched = 0;
    for (const char *at = lines; (at = strstr(at, "S 250 ok: the server is still there")); at++)
        matched++;
    assert_int_equal(matched, 64);
    assert_non_null(strstr(lines, "S 250 ok: done as was asked (RFC 5321, 4.2.3)\n"
                                  "S 250 ok: done as was asked (RFC 5321, 4.2.3)\n"));
    free(lines);
}

static void a_long_line_of_a_message_is_counted_and_not_told(void **state)
{
    static char line[3000];
    const struct said said[] = {
        { SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
        { SIDE_CLIENT, "DATA\r\nSubject: ", 0 },
        { SIDE_CLIENT, line, sizeof line },
        { SIDE_CLIENT, "\r\nTo: b\r\n\r\n", 0 },
        { SIDE_CLIENT, line, sizeof line },
        { SIDE_CLIENT, "\r\n.\r\n", 0 },
    };

    (void)state;
    memset(line, '.', sizeof line);
    for (size_t step = 1; step < 5000; step = 3 * step + 1) {
        char *lines = overhear_all(said, sizeof said / sizeof *said, 0, step);
        assert_null(strstr(lines, "Subject"));
        assert_non_null(strstr(lines, "C To: b: "));
        assert_non_null(strstr(lines, "C .: a dot alone ends the message, which has 6021 bytes"));
        free(lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_typed_by_hand_is_told_wholly),
        cmocka_unit_test(extensions_are_told_one_by_one),
        cmocka_unit_test(what_proves_who_logs_in_is_never_shown),
        cmocka_unit_test(replies_find_their_commands_when_several_were_sent_at_once),
        cmocka_unit_test(a_dot_that_was_put_before_a_dot_is_explained_once),
        cmocka_unit_test(a_command_follows_when_the_message_is_not_wanted),
        cmocka_unit_test(a_piece_of_known_size_is_passed_over),
        cmocka_unit_test(what_follows_starttls_is_recognised_anew),
        cmocka_unit_test(a_client_that_does_not_wait_is_understood),
        cmocka_unit_test(what_is_no_command_and_no_reply_is_said_to_be_none),
        cmocka_unit_test(the_first_command_tells_smtp_from_ftp),
        cmocka_unit_test(the_port_tells_smtp_from_ftp),
        cmocka_unit_test(commands_beyond_what_is_remembered_are_answered_unmatched),
        cmocka_unit_test(a_long_line_of_a_message_is_counted_and_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
