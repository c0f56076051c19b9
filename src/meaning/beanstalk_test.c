#include "meaning/testing.h"

static void a_job_goes_from_a_producer_to_a_worker(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "use mail\r\n", 0 },
        { SIDE_SERVER, "USING mail\r\n", 0 },
        { SIDE_CLIENT, "put 0 0 60 7\r\nhe\r\nllo\r\n", 0 },
        { SIDE_SERVER, "INSERTED 1\r\n", 0 },
        { SIDE_CLIENT, "watch mail\r\nreserve-with-timeout 5\r\n", 0 },
        { SIDE_SERVER, "WATCHING 2\r\nRESERVED 1 7\r\nDELETED\r\n", 0 },
        { SIDE_CLIENT, "delete 1\r\nstats\r\n", 0 },
        { SIDE_SERVER, "DELETED\r\nOK 9\r\n---\na: 1\n\r\n", 0 },
        { SIDE_CLIENT, "dance\r\nqui", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, "UNKNOWN_COMMAND\r\nMOOD\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 7000,
                   "C this is beanstalkd, which hands out jobs: some put them into queues, others reserve, do and "
                   "delete them (beanstalkd protocol.txt)\n"
                   "C use mail: the tube that the client's jobs go to from here on; a tube is a queue with a name, and "
                   "is made when somebody names it (beanstalkd protocol.txt)\n"
                   "S USING mail: the tube that the client's jobs go to (beanstalkd protocol.txt)\n"
                   "C put 0 0 60 7: a job for the tube that the client uses: priority (0 is the most urgent), seconds "
                   "to wait, seconds that a worker may take (TTR), bytes (beanstalkd protocol.txt)\n"
                   "+C the body follows: 7 bytes, and CR LF (beanstalkd protocol.txt)\n"
                   "S INSERTED 1: the job is in the tube, under this number (beanstalkd protocol.txt)\n"
                   "C watch mail: the client takes jobs from this tube as well (beanstalkd protocol.txt)\n"
                   "C reserve-with-timeout 5: the client wants a job to work on, and waits for so many seconds at most "
                   "(beanstalkd protocol.txt)\n"
                   "S WATCHING 2: from how many tubes the client takes jobs now (beanstalkd protocol.txt)\n"
                   "S RESERVED 1 7: a job for the client, its number and the bytes of its body: nobody else gets it "
                   "until its time to run (TTR) is over (beanstalkd protocol.txt)\n"
                   "+S the body follows: 7 bytes, and CR LF (beanstalkd protocol.txt)\n"
                   "C delete 1: the job is done, or not wanted any more: it is removed (beanstalkd protocol.txt)\n"
                   "C stats: asks for the server's figures, as YAML (beanstalkd protocol.txt)\n"
                   "S DELETED: the job is gone (beanstalkd protocol.txt)\n"
                   "S OK 9: what was asked for follows, as YAML: so many bytes (beanstalkd protocol.txt)\n"
                   "+S the body follows: 9 bytes, and CR LF (beanstalkd protocol.txt)\n"
                   "C dance\n"
                   "C qui\n"
                   "S UNKNOWN_COMMAND: the server does not know that command (beanstalkd protocol.txt)\n"
                   "S MOOD\n");
}

static void a_size_that_is_none_skips_nothing(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "put 0 0 60 99999999999\r\n", 0 },
        { SIDE_SERVER, "BAD_FORMAT\r\n", 0 },
        { SIDE_CLIENT, "put 0 0 60 1x\r\nput 0 0 60\r\nreserve\r\n", 0 },
        { SIDE_SERVER, "OK\r\nTIMED_OUT\r\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 11300,
        "C this is beanstalkd, which hands out jobs: some put them into queues, others reserve, do and delete "
        "them (beanstalkd protocol.txt)\n"
        "C put 0 0 60 99999999999: a job for the tube that the client uses: priority (0 is the most urgent), seconds "
        "to wait, seconds that a worker may take (TTR), bytes (beanstalkd protocol.txt)\n"
        "S BAD_FORMAT: the line was not as it should be: no CR LF, a number that is none, too few or too many words "
        "(beanstalkd protocol.txt)\n"
        "C put 0 0 60 1x: a job for the tube that the client uses: priority (0 is the most urgent), seconds to wait, "
        "seconds that a worker may take (TTR), bytes (beanstalkd protocol.txt)\n"
        "C put 0 0 60: a job for the tube that the client uses: priority (0 is the most urgent), seconds to wait, "
        "seconds that a worker may take (TTR), bytes (beanstalkd protocol.txt)\n"
        "C reserve: the client wants a job to work on, and waits until there is one (beanstalkd protocol.txt)\n"
        "S OK: what was asked for follows, as YAML: so many bytes (beanstalkd protocol.txt)\n"
        "S TIMED_OUT: no job came in the time that the client wanted to wait (beanstalkd protocol.txt)\n");
}

static void a_word_that_others_have_too_is_decided_by_the_answer(void **state)
{
    const struct said tube[] = { { SIDE_CLIENT, "delete 5\r\n", 0 }, { SIDE_SERVER, "NOT_FOUND\r\n", 0 } };
    const struct said other[] = { { SIDE_CLIENT, "delete 5\r\n", 0 }, { SIDE_SERVER, "ERROR\r\n", 0 } };

    (void)state;
    EXPECT_REMARKS(
        tube, 7000,
        "C this is beanstalkd, which hands out jobs: some put them into queues, others reserve, do and delete "
        "them (beanstalkd protocol.txt)\n"
        "C delete 5: the job is done, or not wanted any more: it is removed (beanstalkd protocol.txt)\n"
        "S NOT_FOUND: there is no such job or tube, or the job is not this client's (beanstalkd protocol.txt)\n");
    EXPECT_REMARKS(other, 7000,
                   "C no protocol that is known here: the words are shown as they are\n"
                   "C delete 5\n"
                   "S ERROR\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_goes_from_a_producer_to_a_worker),
        cmocka_unit_test(a_size_that_is_none_skips_nothing),
        cmocka_unit_test(a_word_that_others_have_too_is_decided_by_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
