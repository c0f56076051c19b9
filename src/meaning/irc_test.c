#include "meaning/testing.h"

static void a_client_registers(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "CAP LS 302\r\n", 0 },
        { SIDE_CLIENT, "PASS sesame\r\nNICK ana\r\nUSER ana 0 * :Ana\r\n", 0 },
        { SIDE_SERVER, ":irc.example NOTICE * :*** Looking up your hostname\r\n", 0 },
        { SIDE_SERVER, ":irc.example CAP * LS :sasl message-tags\r\n", 0 },
        { SIDE_CLIENT, "CAP REQ :sasl\r\n", 0 },
        { SIDE_SERVER, ":irc.example CAP ana ACK :sasl\r\n", 0 },
        { SIDE_CLIENT, "AUTHENTICATE PLAIN\r\n", 0 },
        { SIDE_SERVER, "AUTHENTICATE +\r\n", 0 },
        { SIDE_CLIENT, "AUTHENTICATE YW5hAGFuYQBzZXNhbWU=\r\n", 0 },
        { SIDE_SERVER, ":irc.example 903 ana :SASL authentication successful\r\n", 0 },
        { SIDE_CLIENT, "CAP END\r\n", 0 },
        { SIDE_SERVER, ":irc.example 001 ana :Welcome\r\n:irc.example 372 ana :- hello\r\n", 0 },
        { SIDE_SERVER, "PING :irc.example\r\n", 0 },
        { SIDE_CLIENT, "PONG :irc.example\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 6667,
        "C this is IRC, which lets people talk in channels, over servers that are linked to one another (RFC "
        "2812)\n"
        "C CAP LS 302: which extensions the server has; who is not registered yet is so only after CAP END (IRCv3 "
        "capability "
        "negotiation)\n"
        "C PASS: the password of the server, before NICK and USER; the rest is secret and not shown (RFC 2812, 3.1.1)\n"
        "C NICK ana: the client wants to be known by this nickname (RFC 2812, 3.1.2)\n"
        "C USER ana 0 * :Ana: the client says its user name and its real name; with NICK, that registers it (RFC 2812, "
        "3.1.3)\n"
        "S :irc.example NOTICE * :*** Looking up your hostname: a message that no program may answer by itself (RFC "
        "2812, 3.3.2)\n"
        "S :irc.example CAP * LS :sasl message-tags: which extensions the server has; who is not registered yet is so "
        "only after CAP END "
        "(IRCv3 capability negotiation)\n"
        "C CAP REQ :sasl: the client wants these extensions; - takes one back (IRCv3 capability negotiation)\n"
        "S :irc.example CAP ana ACK :sasl: the server agrees to the extensions that were asked for (IRCv3 capability "
        "negotiation)\n"
        "C AUTHENTICATE PLAIN: the client will log in with name and password, which are not encrypted (RFC 4616, 2)\n"
        "S AUTHENTICATE +: an empty piece: go on (IRCv3 SASL)\n"
        "C AUTHENTICATE: the client logs in to its account, by SASL; the rest is secret and not shown (IRCv3 SASL)\n"
        "S :irc.example 903 ana :SASL authentication successful: RPL_SASLSUCCESS: SASL succeeded (IRCv3 SASL)\n"
        "C CAP END: the client has agreed on all that it wants: registration goes on (IRCv3 capability negotiation)\n"
        "S :irc.example 001 ana :Welcome: RPL_WELCOME: the client is registered, under the nickname that comes first "
        "(RFC 2812, 5.1)\n"
        "+S :irc.example 372 ana :- hello: RPL_MOTD: a line of the message of the day (RFC 2812, 5.1)\n"
        "S PING :irc.example: the server tests whether the client is still there: it expects a PONG with the same "
        "words, or hangs up"
        " (RFC 2812, 3.7.2)\n"
        "C PONG :irc.example: the answer to PING: the client is still there (RFC 2812, 3.7.3)\n");
}

static void people_talk(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "NICK ana\nUSER ana 0 * :Ana\n", 0 },
        { SIDE_CLIENT, "JOIN #plaza\r\nJOIN #club key\r\nPRIVMSG #plaza :hola\r\nPRIVMSG bob :hola\r\n", 0 },
        { SIDE_SERVER, ":ana!a@h JOIN #plaza\r\n:s 353 ana = #plaza :@ana +bob\r\n", 0 },
        { SIDE_SERVER, "@time=2026-01-01T00:00:00Z :bob!b@h PRIVMSG #plaza :hola\r\n", 0 },
        { SIDE_SERVER, ":bob!b@h PRIVMSG ana :\1VERSION\1\r\n:bob!b@h PRIVMSG ana :\1XYZ\1\r\n", 0 },
        { SIDE_CLIENT, "NOTICE bob :\1VERSION zocalo\1\r\nPRIVMSG #plaza :\1ACTION waves\1\r\n", 0 },
        { SIDE_CLIENT, "PRIVMSG NickServ :IDENTIFY sesame\r\nNS IDENTIFY sesame\r\nOPER ana sesame\r\n", 0 },
        { SIDE_SERVER, ":s 433 * ana :in use\r\n:s 499 ana :odd\r\n:s 777 ana :odd\r\nBROKEN words\r\n\r\n", 0 },
        { SIDE_CLIENT, "XYZZY\r\nQUIT :bye", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, "ERROR :Closing link\r\n", 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 6667,
        "C this is IRC, which lets people talk in channels, over servers that are linked to one another (RFC "
        "2812)\n"
        "C NICK ana: the client wants to be known by this nickname (RFC 2812, 3.1.2)\n"
        "C USER ana 0 * :Ana: the client says its user name and its real name; with NICK, that registers it (RFC 2812, "
        "3.1.3)\n"
        "C JOIN #plaza: the client wants to enter these channels; who enters one that does not exist makes it (RFC "
        "2812, 3.2.1)\n"
        "C JOIN #club: the client wants to enter these channels; who enters one that does not exist makes it; the rest "
        "is secret and not shown (RFC 2812, 3.2.1)\n"
        "C PRIVMSG #plaza :hola: to everybody in the channel; the sender does not get it back (RFC 2812, 3.3.1)\n"
        "C PRIVMSG bob :hola: to one user alone, through the servers (RFC 2812, 3.3.1)\n"
        "S :ana!a@h JOIN #plaza: somebody entered a channel (RFC 2812, 3.2.1)\n"
        "S :s 353 ana = #plaza :@ana +bob: RPL_NAMREPLY: who is in the channel; @ before an operator, + before who has "
        "a voice (RFC 2812, 5.1)\n"
        "S @time=2026-01-01T00:00:00Z :bob!b@h PRIVMSG #plaza :hola: somebody says this to everybody in the channel "
        "(RFC 2812, 3.3.1)\n"
        "+S @time=2026-01-01T00:00:00Z: tags: they say something about the message, and are no part of it (IRCv3 "
        "message tags)\n"
        "S :bob!b@h PRIVMSG ana :\\x01VERSION\\x01: asks for the name and version of the other's client (CTCP)\n"
        "S :bob!b@h PRIVMSG ana :\\x01XYZ\\x01: a request from client to client (CTCP), which is not known here "
        "(CTCP)\n"
        "C NOTICE bob :\\x01VERSION zocalo\\x01: the answer of a client to a request of CTCP (CTCP)\n"
        "C PRIVMSG #plaza :\\x01ACTION waves\\x01: not said but done: what /me writes (CTCP)\n"
        "C PRIVMSG NickServ :IDENTIFY: to a service of the network; there may be a password in it, so the rest is not "
        "shown (RFC 2812, 3.3.1)\n"
        "C NS: a message to the service that looks after nicknames; the rest is secret and not shown\n"
        "C OPER ana: the client asks for the rights of an operator of the network; the rest is secret and not shown "
        "(RFC 2812, 3.1.4)\n"
        "S :s 433 * ana :in use: ERR_NICKNAMEINUSE: somebody else has that nickname: another one is needed (RFC 2812, "
        "5.2)\n"
        "S :s 499 ana :odd: an error: the command was not carried out (RFC 2812, 5.2)\n"
        "S :s 777 ana :odd\n"
        "S BROKEN words\n"
        "C XYZZY\n"
        "C QUIT :bye: the client leaves; the server closes the connection (RFC 2812, 3.1.7)\n"
        "S ERROR :Closing link: the server says why it closes the connection (RFC 2812, 3.7.4)\n");
}

static void a_server_may_speak_first(void **state)
{
    const struct said said[] = { { SIDE_SERVER, "NOTICE AUTH :*** Checking ident\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(
        said, 7000,
        "S this is IRC, which lets people talk in channels, over servers that are linked to one another (RFC "
        "2812)\n"
        "S NOTICE AUTH :*** Checking ident: a message that no program may answer by itself (RFC 2812, 3.3.2)\n");
}

static void a_password_alone_is_not_irc(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "PASS sesame\r\nSTAT\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(said, 7000,
                   "C no protocol that is known here: the words are shown as they are\n"
                   "C PASS sesame\n"
                   "C STAT\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_registers),
        cmocka_unit_test(people_talk),
        cmocka_unit_test(a_server_may_speak_first),
        cmocka_unit_test(a_password_alone_is_not_irc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
