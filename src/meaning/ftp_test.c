#include "meaning/testing.h"

#define FTP                                                                                                     \
    "this is FTP, which carries files: commands on this connection, each file or list on a data connection of " \
    "its own "                                                                                                  \
    "(RFC 959)\n"

static void a_session_is_told_and_its_password_is_not(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 ready\r\n", 0 },
        { SIDE_CLIENT, "USER ana\r\n", 0 },
        { SIDE_SERVER, "331 and now the password\r\n", 0 },
        { SIDE_CLIENT, "PASS hunter2\r\n", 0 },
        { SIDE_SERVER, "230 logged in\r\n", 0 },
        { SIDE_CLIENT, "CWD /pub\r\n", 0 },
        { SIDE_SERVER, "250 ok\r\n", 0 },
        { SIDE_CLIENT, "RETR nothing\r\n", 0 },
        { SIDE_SERVER, "550 no such file\r\n", 0 },
        { SIDE_CLIENT, "SIZE a\r\n", 0 },
        { SIDE_SERVER, "213 42\r\n", 0 },
        { SIDE_CLIENT, "QUIT\r\n", 0 },
        { SIDE_SERVER, "221 bye\r\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 21,
                   "S " FTP "S 220 ready: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "C USER ana: the client says who wants to log in (RFC 959, 4.1.1)\n"
                   "S 331 and now the password: the server takes the name, which does not say that there is such a "
                   "user; the password is wanted (RFC 959, 4.2.2)\n"
                   "C PASS: the password, which is never shown here; without TLS, whoever sees the connection can read "
                   "it (RFC 959, 4.1.1)\n"
                   "S 230 logged in: the password is right, and the user is logged in (RFC 959, 5.4)\n"
                   "C CWD /pub: the client goes to another directory (RFC 959, 4.1.1)\n"
                   "S 250 ok: the client is in that directory now (RFC 959, 5.4)\n"
                   "C RETR nothing: the client wants this file; it comes on the data connection (RFC 959, 4.1.3)\n"
                   "S 550 no such file: there is no such file, or the user may not read it (RFC 959, 5.4)\n"
                   "C SIZE a: the client asks how many bytes the file would be sent as (RFC 3659, 4)\n"
                   "S 213 42: how many bytes the file has, as it would be sent (RFC 3659, 4)\n"
                   "C QUIT: the client has finished (RFC 959, 4.1.1)\n"
                   "S 221 bye: the server says goodbye, and closes this connection (RFC 959, 4.2.2)\n");
}

static void data_connections_are_told_with_their_ports_worked_out(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 (vsFTPd 3.0.5)\r\n", 0 },
        { SIDE_CLIENT, "PASV\r\n", 0 },
        { SIDE_SERVER, "227 Entering Passive Mode (10,0,0,1,195,101).\r\n", 0 },
        { SIDE_CLIENT, "LIST\r\n", 0 },
        { SIDE_SERVER, "150 here it comes\r\n", 0 },
        { SIDE_SERVER, "226 done\r\n", 0 },
        { SIDE_CLIENT, "PORT 127,0,0,1,4,1\r\n", 0 },
        { SIDE_SERVER, "200 ok\r\n", 0 },
        { SIDE_CLIENT, "EPSV\r\n", 0 },
        { SIDE_SERVER, "229 Entering Extended Passive Mode (|||6446|)\r\n", 0 },
        { SIDE_CLIENT, "EPRT |2|::1|5282|\r\n", 0 },
        { SIDE_SERVER, "200 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 0,
        "S " FTP "S 220 (vsFTPd 3.0.5): the server is ready for a user to log in (RFC 959, 4.2.2)\n"
        "C PASV: passive mode: the client asks the server to listen, and will make the data connection itself (RFC "
        "959, 4.1.2)\n"
        "S 227 Entering Passive Mode (10,0,0,1,195,101).: passive mode: the server listens for the data connection at "
        "10.0.0.1:50021 (195 * 256 + 101), and the client connects there (RFC 959, 4.1.2)\n"
        "+S that address is private: nobody outside of its own network can connect to it (RFC 1918, 3)\n"
        "C LIST: the client asks for the list of a directory, written for people; it comes on the data connection (RFC "
        "959, 4.1.3)\n"
        "S 150 here it comes: the list is about to come on the data connection (RFC 959, 5.4)\n"
        "S 226 done: the whole list was sent, and the data connection closes (RFC 959, 5.4)\n"
        "C PORT 127,0,0,1,4,1: active mode: the client listens for the data connection at 127.0.0.1:1025 (4 * 256 + "
        "1), and the server connects there; behind NAT or a firewall it may not get through (RFC 959, 4.1.2)\n"
        "S 200 ok: done as was asked (RFC 959, 4.2.2)\n"
        "C EPSV: passive mode, for IPv6 too: the client asks the server to listen (RFC 2428, 3)\n"
        "S 229 Entering Extended Passive Mode (|||6446|): passive mode: the server listens for the data connection at "
        "this same address, port 6446, and the client connects there (RFC 2428, 3)\n"
        "C EPRT |2|::1|5282|: active mode: the client listens for the data connection at address ::1, port 5282, and "
        "the server connects there; behind NAT or a firewall it may not get through (RFC 2428, 2)\n"
        "S 200 ok: done as was asked (RFC 959, 4.2.2)\n");
}

static void places_that_are_not_well_formed_are_told_by_their_word(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 (vsFTPd 3.0.5)\r\n", 0 },
        { SIDE_CLIENT, "PORT 1,2,3,4,5\r\n", 0 },
        { SIDE_CLIENT, "PORT 1,2,3,4,5,256\r\n", 0 },
        { SIDE_CLIENT, "EPRT |2|::1|66000|\r\n", 0 },
        { SIDE_CLIENT, "EPRT |\r\n", 0 },
        { SIDE_SERVER, "227 (1,2,3\r\n", 0 },
        { SIDE_SERVER, "229 (||\r\n", 0 },
        { SIDE_SERVER, "229\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " FTP "S 220 (vsFTPd 3.0.5): the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "C PORT 1,2,3,4,5: active mode: the client says where it listens, and the server makes the data "
                   "connection to there (RFC 959, 4.1.2)\n"
                   "C PORT 1,2,3,4,5,256: active mode: the client says where it listens, and the server makes the data "
                   "connection to there (RFC 959, 4.1.2)\n"
                   "C EPRT |2|::1|66000|: active mode, for IPv6 too: the client says where it listens (RFC 2428, 2)\n"
                   "C EPRT |: active mode, for IPv6 too: the client says where it listens (RFC 2428, 2)\n"
                   "S 227 (1,2,3: passive mode: the server listens for the data connection (RFC 959, 4.2.2)\n"
                   "S 229 (||: passive mode: the server listens for the data connection, at the same address as this "
                   "connection (RFC 2428, 3)\n"
                   "S 229: passive mode: the server listens for the data connection, at the same address as this "
                   "connection (RFC 2428, 3)\n");
}

static void extensions_are_told_one_by_one(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220-Welcome to the FTP server\r\n", 0 },
        { SIDE_SERVER, "no code here\r\n", 0 },
        { SIDE_SERVER, "220 ready\r\n", 0 },
        { SIDE_CLIENT, "FEAT\r\n", 0 },
        { SIDE_SERVER, "211-Features:\r\n", 0 },
        { SIDE_SERVER, " MDTM\r\n", 0 },
        { SIDE_SERVER, " XCRC\r\n", 0 },
        { SIDE_SERVER, "211 End\r\n", 0 },
        { SIDE_CLIENT, "feat\r\n", 0 },
        { SIDE_SERVER, "502 no\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " FTP
                   "S 220-Welcome to the FTP server: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "+S no code here: the reply goes on (RFC 959, 4.2)\n"
                   "+S 220 ready: the reply goes on (RFC 959, 4.2)\n"
                   "C FEAT: the client asks which extensions the server has (RFC 2389, 3)\n"
                   "S 211-Features:: the server tells its extensions: each has a line of its own (RFC 2389, 3.2)\n"
                   "+S  MDTM: the time of a file can be asked for (RFC 3659, 3)\n"
                   "+S  XCRC: the reply goes on (RFC 959, 4.2)\n"
                   "+S 211 End: the reply goes on (RFC 959, 4.2)\n"
                   "C feat: the client asks which extensions the server has (RFC 2389, 3)\n"
                   "S 502 no: the server does not have FEAT (RFC 2389, 3.2)\n");
}

static void what_follows_auth_is_recognised_anew(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 ready\r\n", 0 }, { SIDE_CLIENT, "AUTH TLS\r\n", 0 }, { SIDE_SERVER, "234 go\r\n", 0 },
        { SIDE_CLIENT, "USER ana\r\n", 0 },  { SIDE_SERVER, "220 FTP\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 0,
                   "S " FTP "S 220 ready: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "C AUTH TLS: the client wants to secure the connection this way (RFC 2228, 3)\n"
                   "S 234 go: the server agrees: the TLS handshake begins right behind this line (RFC 4217)\n"
                   "C " FTP "C USER ana: the client says who wants to log in (RFC 959, 4.1.1)\n"
                   "S 220 FTP: the server is ready for a user to log in (RFC 959, 4.2.2)\n");
}

static void the_first_command_tells_ftp_from_smtp(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220-ready\r\n", 0 }, { SIDE_SERVER, "220 ready\r\n", 0 }, { SIDE_CLIENT, "NOOP\r\n", 0 },
        { SIDE_CLIENT, "USER ana\r\n", 0 },  { SIDE_SERVER, "200 ok\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 7000,
                   "S " FTP "S 220-ready: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "+S 220 ready: the reply goes on (RFC 959, 4.2)\n"
                   "C NOOP: nothing is to be done; the reply shows that the server is still there (RFC 959, 4.1.3)\n"
                   "C USER ana: the client says who wants to log in (RFC 959, 4.1.1)\n"
                   "S 200 ok: done as was asked (RFC 959, 4.2.2)\n");
}

static void a_word_in_the_greeting_outweighs_the_port(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "220 FTP server\r\n", 0 },
        { SIDE_SERVER, "421 bye\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 25,
                   "S " FTP "S 220 FTP server: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "S 421 bye: the server cannot go on, and closes this connection (RFC 959, 4.2.2)\n");
}

static void what_is_no_command_and_no_reply_is_said_to_be_none(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, "120 wait\r\n", 0 }, { SIDE_SERVER, "220 ready\r\n", 0 }, { SIDE_CLIENT, "XYZZY\r\n", 0 },
        { SIDE_SERVER, "what\r\n", 0 },     { SIDE_SERVER, "500 what\r\n", 0 },  { SIDE_CLIENT, "AB\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 21,
                   "S " FTP "S 120 wait: the server will be ready in some minutes (RFC 959, 4.2.2)\n"
                   "S 220 ready: the server is ready for a user to log in (RFC 959, 4.2.2)\n"
                   "C XYZZY: no command that is known here\n"
                   "S what: no reply: it would begin with three digits (RFC 959, 4.2)\n"
                   "S 500 what: the server does not know this command, or the line is too long (RFC 959, 4.2.2)\n"
                   "C AB: no command that is known here\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_told_and_its_password_is_not),
        cmocka_unit_test(data_connections_are_told_with_their_ports_worked_out),
        cmocka_unit_test(places_that_are_not_well_formed_are_told_by_their_word),
        cmocka_unit_test(extensions_are_told_one_by_one),
        cmocka_unit_test(what_follows_auth_is_recognised_anew),
        cmocka_unit_test(the_first_command_tells_ftp_from_smtp),
        cmocka_unit_test(a_word_in_the_greeting_outweighs_the_port),
        cmocka_unit_test(what_is_no_command_and_no_reply_is_said_to_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
