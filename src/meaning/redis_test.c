#include "meaning/testing.h"

static void commands_and_replies_are_told_as_they_are_meant(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$6\r\nzocalo\r\n", 0 },
        { SIDE_SERVER, "+OK\r\n", 0 },
        { SIDE_CLIENT, "*2\r\n$3\r\nGET\r\n$4\r\nname\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\nINCR n\r\n", 0 },
        { SIDE_SERVER, "$6\r\nzocalo\r\n$-1\r\n:1\r\n", 0 },
        { SIDE_CLIENT, "*2\r\n$4\r\nLLEN\r\n$4\r\nname\r\n*1\r\n$7\r\nFOOBARX\r\n*0\r\n", 0 },
        { SIDE_SERVER, "-WRONGTYPE Operation against a key\r\n-ODD thing\r\n*-1\r\n", 0 },
        { SIDE_SERVER, "*2\r\n*2\r\n:1\r\n$3\r\ntwo\r\n*1\r\n$-1\r\n*0\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 7000,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C SET name zocalo: gives a key a value; as a rule, whatever it had before is replaced (Redis commands)\n"
        "S +OK: done (Redis serialization protocol)\n"
        "C GET name: asks for the value of a key (Redis commands)\n"
        "C GET x: asks for the value of a key (Redis commands)\n"
        "C INCR n: adds one to a number; nobody can come in between (Redis commands)\n"
        "S zocalo: a string of 6 bytes (Redis serialization protocol)\n"
        "S $-1: null: nothing is there (Redis serialization protocol)\n"
        "S :1: an integer: a count; or 1 and 0, yes and no (Redis serialization protocol)\n"
        "C LLEN name: asks for the length of a list (Redis commands)\n"
        "C FOOBARX\n"
        "C an empty command, which the server passes over (Redis serialization protocol)\n"
        "S -WRONGTYPE Operation against a key: the key has a value of another kind than the command is for (Redis "
        "serialization protocol)\n"
        "S -ODD thing: an error; its first word says which kind (Redis serialization protocol)\n"
        "S *-1: null: nothing is there (Redis serialization protocol)\n"
        "S 1 two null: an array of 2 elements (Redis serialization protocol)\n"
        "S an array of 0 elements (Redis serialization protocol)\n");
}

static void passwords_are_not_shown(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n", 0 },
        { SIDE_CLIENT, "*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$3\r\nana\r\n$6\r\nsesame\r\n", 0 },
        { SIDE_CLIENT, "CONFIG SET requirepass sesame\r\nauth sesame\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C AUTH: logs in with a password, or a name and a password; the rest is secret and not shown (Redis commands)\n"
        "C HELLO 3 AUTH: which version of the protocol is to be spoken; may log in as well; the rest is secret and not "
        "shown (Redis commands)\n"
        "C CONFIG SET requirepass: asks for or sets the server's configuration; the rest is secret and not shown "
        "(Redis commands)\n"
        "C auth: logs in with a password, or a name and a password; the rest is secret and not shown (Redis "
        "commands)\n");
}

static void types_of_resp3_have_their_meanings(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", 0 },
        { SIDE_SERVER, "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n", 0 },
        { SIDE_SERVER, "_\r\n#t\r\n,1.5\r\n(123456789012345678901\r\n~2\r\n+a\r\n+b\r\n", 0 },
        { SIDE_SERVER, "=7\r\ntxt:abc\r\n!9\r\nERR wrong\r\n!7\r\nODD one\r\n|1\r\n+ttl\r\n:3\r\n", 0 },
        { SIDE_SERVER, ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C HELLO 3: which version of the protocol is to be spoken; may log in as well (Redis commands)\n"
        "S server redis proto 3: a map of 2 pairs of key and value (Redis serialization protocol)\n"
        "S _: null: nothing is there (Redis serialization protocol)\n"
        "S #t: true or false (RESP3) (Redis serialization protocol)\n"
        "S ,1.5: a floating-point number (RESP3) (Redis serialization protocol)\n"
        "S (123456789012345678901: an integer that is too big for 64 bits (RESP3) (Redis serialization protocol)\n"
        "S a b: a set of 2 members (Redis serialization protocol)\n"
        "S txt:abc: a string of 7 bytes (Redis serialization protocol)\n"
        "S ERR wrong: an error with its size before it, as a bulk string has (RESP3) (Redis serialization protocol)\n"
        "S ODD one: an error with its size before it, as a bulk string has (RESP3) (Redis serialization protocol)\n"
        "S ttl 3: attributes of what follows (RESP3) (Redis serialization protocol)\n"
        "S message news hello: somebody published this: the channel, then the message (Redis serialization "
        "protocol)\n");
}

static void long_strings_are_passed_over(void **state)
{
    static char words[40000];
    int size = snprintf(words, sizeof words, "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$30000\r\n");
    memset(words + size, 'x', 30000);
    memcpy(words + size + 30000, "\r\nPING\r\n", 8);
    const struct said said[] = { { SIDE_CLIENT, words, (size_t)size + 30008 }, { SIDE_SERVER, "+OK\r\n+PONG\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(
        said, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C SET big xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...: gives a key a value; as a "
        "rule, whatever it had before is replaced"
        " (Redis commands)\n"
        "C PING: tests whether the server is still there: it answers PONG (Redis commands)\n"
        "S +OK: done (Redis serialization protocol)\n"
        "S +PONG: the answer to PING: the server is there (Redis serialization protocol)\n");
}

static void who_subscribes_is_told_without_asking(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "SUBSCRIBE news\r\n", 0 },
        { SIDE_SERVER, "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n",
          0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 7000,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C SUBSCRIBE news: the client wants to get what is published in these channels (Redis commands)\n"
        "S subscribe news 1: the client gets what is published there: the channel, and how many it has subscribed to "
        "(Redis serialization protocol)\n"
        "S message news hi: somebody published this: the channel, then the message (Redis serialization protocol)\n");
}

static void what_is_no_value_ends_the_telling(void **state)
{
    const struct said sized[] = { { SIDE_CLIENT, "*1\r\n$4\r\nPING\r\n", 0 },
                                  { SIDE_SERVER, "$3\r\nabcdef\r\n+OK\r\n", 0 } };
    const struct said nested[] = { { SIDE_CLIENT, "*1\r\n$4\r\nPING\r\n", 0 },
                                   { SIDE_SERVER, "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+a\r\n+b\r\n",
                                     0 } };
    const struct said huge[] = { { SIDE_CLIENT, "*1\r\n$4\r\nPING\r\n", 0 },
                                 { SIDE_SERVER, "*99999999999999\r\n+a\r\n", 0 } };
    const struct said cut[] = { { SIDE_CLIENT, "*2\r\n$4\r\nPING\r\n", 0 }, { SIDE_CLIENT, NULL, 0 } };

    (void)state;
    EXPECT_REMARKS(
        sized, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C PING: tests whether the server is still there: it answers PONG (Redis commands)\n"
        "S abc: the string is longer than its size says: nothing more is looked at (Redis serialization protocol)\n");
    EXPECT_REMARKS(
        nested, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C PING: tests whether the server is still there: it answers PONG (Redis commands)\n"
        "S nested too deeply: nothing more is looked at (Redis serialization protocol)\n");
    EXPECT_REMARKS(
        huge, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C PING: tests whether the server is still there: it answers PONG (Redis commands)\n"
        "S this is no type of Redis: nothing more is looked at (Redis serialization protocol)\n");
    EXPECT_REMARKS(
        cut, 6379,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C PING: the end came in the middle of a value: what was said is cut off (Redis serialization protocol)\n");
}

static void a_typed_command_is_redis_when_the_answer_is(void **state)
{
    const struct said redis[] = { { SIDE_CLIENT, "PING\r\n", 0 }, { SIDE_SERVER, "+PONG\r\n", 0 } };
    const struct said echo[] = { { SIDE_CLIENT, "PING\r\n", 0 }, { SIDE_SERVER, "PING\r\n", 0 } };
    const struct said pop3[] = { { SIDE_SERVER, "+OK ready\r\n", 0 }, { SIDE_CLIENT, "QUIT\r\n", 0 } };
    const struct said refusal[] = { { SIDE_SERVER, "-DENIED Redis is running in protected mode\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(
        redis, 7000,
        "C this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "C PING: tests whether the server is still there: it answers PONG (Redis commands)\n"
        "S +PONG: the answer to PING: the server is there (Redis serialization protocol)\n");
    EXPECT_REMARKS(echo, 7000,
                   "C no protocol that is known here: the words are shown as they are\n"
                   "C PING\n"
                   "S PING\n"
                   "S the same came back as was sent: an echo service does that (RFC 862)\n");
    EXPECT_REMARKS(pop3, 7000,
                   "S this is POP3, which fetches mail from a mailbox, mostly to keep it elsewhere (RFC 1939)\n"
                   "S +OK ready: the server is ready for the client to log in (AUTHORIZATION state) (RFC 1939, 4)\n"
                   "C QUIT: the client has finished (RFC 1939, 4)\n");
    EXPECT_REMARKS(
        refusal, 7000,
        "S this is Redis, which keeps values under keys, in the server's memory (Redis serialization protocol)\n"
        "S -DENIED Redis is running in protected mode: protected mode: without a password the server talks to its own "
        "machine only (Redis serialization protocol)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_and_replies_are_told_as_they_are_meant),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(types_of_resp3_have_their_meanings),
        cmocka_unit_test(long_strings_are_passed_over),
        cmocka_unit_test(who_subscribes_is_told_without_asking),
        cmocka_unit_test(what_is_no_value_ends_the_telling),
        cmocka_unit_test(a_typed_command_is_redis_when_the_answer_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
