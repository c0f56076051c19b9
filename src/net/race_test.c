#include "stream/testing.h"

#include "net/resolver.h"

/* --- a name with the addresses that a test wants ---------------------------------------------------- */

static struct {
    const char *addresses[4]; /* digits; NULL ends them */
    int error;                /* instead */
    int yields;               /* so often others run before the answer comes */
    bool silent;              /* no answer ever comes */
    int asked;
} answers[2]; /* AAAA, A */

static int answer(const char *name, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *ret_answer)
{
    int which = family == AF_INET, count = 0;

    assert_string_equal(name, "name.test");
    ret_answer->by = ZOC_ANSWER_SERVER;
    answers[which].asked++;
    if (answers[which].silent) {
        ZOC_FINISH {
            return zoc_sleep(ZOC_NEVER);
        }
    }
    for (int i = 0; i < answers[which].yields; i++)
        zoc_yield();
    for (; answers[which].addresses[count]; count++) {
        assert_true((unsigned)count < max);
        assert_int_equal(zoc_address_parse_ip(answers[which].addresses[count], 0, &ret_addresses[count]), 0);
    }
    return answers[which].error ? answers[which].error : count;
}

static void answer_with(const char *six, const char *four, const char *other_four)
{
    memset(answers, 0, sizeof answers);
    answers[0].addresses[0] = six;
    answers[1].addresses[0] = four;
    answers[1].addresses[1] = other_four;
    answers[0].error = six ? 0 : -ZOC_ENAME;
    answers[1].error = four ? 0 : -ZOC_ENAME;
}

/* --- addresses that listen, and black holes --------------------------------------------------------- */

static int listen_on(const char *digits, uint16_t *port, int backlog)
{
    zoc_address address;
    int one = 1;

    assert_int_equal(zoc_address_parse_ip(digits, *port, &address), 0);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    assert_int_equal(bind(fd, &address.any, address.size), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, &address.any, &address.size), 0);
    *port = zoc_address_port(&address);
    return fd;
}

/* A listener with a full backlog drops what else comes. */
struct hole {
    int listening, queued[2];
};

static struct hole open_hole(const char *digits, uint16_t *port)
{
    struct hole hole = { .listening = listen_on(digits, port, 0) };
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, *port, &address), 0);
    for (int i = 0; i < 2; i++) {
        hole.queued[i] = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | (i ? SOCK_NONBLOCK : 0), 0);
        assert_int_equal(connect(hole.queued[i], &address.any, address.size), -i);
    }
    return hole;
}

static void close_hole(struct hole hole)
{
    close(hole.listening);
    close(hole.queued[0]);
    close(hole.queued[1]);
}

static int dial(uint16_t port, const char *options, zoc_observer *observer, zoc_stream **ret_stream)
{
    char endpoint[96];

    snprintf(endpoint, sizeof endpoint, "tcp://name.test:%u%s", port, options);
    return zoc_dial(endpoint, &(zoc_dial_options){ .observer = observer }, ret_stream);
}

/* Dials, and says whom it reached and how long that took. */
static zoc_duration expect_peer(uint16_t port, const char *digits)
{
    zoc_time start = zoc_now();
    zoc_stream *stream;
    zoc_address expected;

    assert_int_equal(dial(port, "", NULL, &stream), 0);
    zoc_duration took = zoc_now() - start;
    assert_int_equal(zoc_address_parse_ip(digits, port, &expected), 0);
    assert_true(zoc_address_equal(zoc_stream_peer(stream), &expected));
    zoc_close(stream);
    return took;
}

/* --- attempts ------------------------------------------------------------------------------------ */

static void who_does_not_answer_costs_one_attempt_delay(void)
{
    uint16_t port = 0;
    struct hole hole = open_hole("127.0.0.2", &port);
    int listening = listen_on("127.0.0.3", &port, 4);

    answer_with(NULL, "127.0.0.2", "127.0.0.3");
    zoc_duration took = expect_peer(port, "127.0.0.3");
    assert_true(took >= ZOC_ATTEMPT_DELAY);
    assert_true(took < 20 * ZOC_ATTEMPT_DELAY);
    close_hole(hole);
    close(listening);
}

static void who_refuses_costs_no_delay(void)
{
    uint16_t port = 0;
    int listening = listen_on("127.0.0.3", &port, 4);

    answer_with(NULL, "127.0.0.2", "127.0.0.3");
    assert_true(expect_peer(port, "127.0.0.3") < ZOC_ATTEMPT_DELAY);
    close(listening);
}

static void an_answer_for_the_other_family_does_not_hasten_the_next_attempt(void)
{
    uint16_t port = 0;

    if (!testing_has_ip6())
        return;
    struct hole hole = open_hole("::1", &port);
    int listening = listen_on("127.0.0.3", &port, 4);
    answer_with("::1", "127.0.0.3", NULL);
    answers[1].yields = 20;
    assert_true(expect_peer(port, "127.0.0.3") >= ZOC_ATTEMPT_DELAY);
    close_hole(hole);
    close(listening);
}

static void when_all_refuse_the_last_is_named(void)
{
    uint16_t port = 0;
    zoc_stream *stream;
    RECORDER(recorder);
    char why[160];

    close(listen_on("127.0.0.3", &port, 1));
    answer_with(NULL, "127.0.0.2", "127.0.0.3");
    assert_int_equal(dial(port, "", &recorder.observer, &stream), -ECONNREFUSED);
    snprintf(why, sizeof why, "dial tcp://name.test:%u: connect 127.0.0.3:%u: Connection refused", port, port);
    assert_string_equal(zoc_why(), why);
    assert_string_equal(recorder.text, "resolving, resolved, connecting, connect_failed -111, connecting, "
                                       "connect_failed -111, ");
}

static void a_deadline_ends_all_attempts(void)
{
    uint16_t port = 0;
    struct hole hole = open_hole("127.0.0.2", &port);
    zoc_stream *stream;

    answer_with(NULL, "127.0.0.2", NULL);
    assert_int_equal(dial(port, ",connect-timeout=20ms", NULL, &stream), -ETIMEDOUT);
    assert_int_equal(zoc_fibers_alive(), 1);
    close_hole(hole);
}

static int dial_in_vain(void *arg)
{
    zoc_stream *stream;

    return dial(*(uint16_t *)arg, "", NULL, &stream) == -ECANCELED ? 0 : -EIO;
}

static void a_cancel_ends_all_attempts_and_a_soft_stop_none(void)
{
    ZOC_GROUP(group);
    uint16_t port = 0;
    struct hole hole = open_hole("127.0.0.2", &port);

    answer_with(NULL, "127.0.0.2", NULL);
    zoc_go(&group, dial_in_vain, &port);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_true(zoc_fibers_alive() > 1);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_fibers_alive(), 1);
    close_hole(hole);
}

/* --- families ------------------------------------------------------------------------------------ */

/* Listens on ::1 and 127.0.0.3, on the same port. */
static uint16_t listen_on_both(int ret_listening[2])
{
    uint16_t port = 0;

    ret_listening[0] = listen_on("::1", &port, 4);
    ret_listening[1] = listen_on("127.0.0.3", &port, 4);
    return port;
}

static void a_slow_family_does_not_hold_up_the_other_for_long(void)
{
    int listening[2];

    if (!testing_has_ip6())
        return;
    uint16_t port = listen_on_both(listening);
    answer_with("::1", "127.0.0.3", NULL);
    answers[1].silent = true;
    expect_peer(port, "::1");
    answer_with("::1", "127.0.0.3", NULL);
    answers[0].silent = true;
    assert_true(expect_peer(port, "127.0.0.3") >= ZOC_RESOLUTION_DELAY);
    close(listening[0]);
    close(listening[1]);
}

static void ip6_that_comes_a_little_later_still_goes_first(void)
{
    int listening[2];

    if (!testing_has_ip6())
        return;
    uint16_t port = listen_on_both(listening);
    answer_with("::1", "127.0.0.3", NULL);
    answers[0].yields = 5;
    expect_peer(port, "::1");
    close(listening[0]);
    close(listening[1]);
}

static void one_family_alone_is_asked_for_when_it_is_wanted_alone(void)
{
    uint16_t port = 0;
    int listening = listen_on("127.0.0.3", &port, 4);
    zoc_stream *stream;

    answer_with("::1", "127.0.0.3", NULL);
    assert_int_equal(dial(port, ",4", NULL, &stream), 0);
    zoc_close(stream);
    assert_int_equal(answers[0].asked, 0);
    assert_int_equal(dial(port, ",6", NULL, &stream), -ECONNREFUSED);
    assert_int_equal(answers[1].asked, 1);
    close(listening);
}

/* --- names --------------------------------------------------------------------------------------- */

static void a_name_that_does_not_exist_is_said_to_be_none(void)
{
    zoc_stream *stream;

    answer_with(NULL, NULL, NULL);
    assert_int_equal(dial(9, "", NULL, &stream), -ZOC_ENAME);
    assert_string_equal(zoc_why(), "dial tcp://name.test:9: resolve 'name.test': no such name");
}

static void name_servers_that_fail_say_more_than_a_missing_family(void)
{
    zoc_stream *stream;

    for (int i = 0; i < 2; i++) {
        answer_with(NULL, NULL, NULL);
        answers[i].error = -ZOC_ENAMEFAIL;
        assert_int_equal(dial(9, "", NULL, &stream), -ZOC_ENAMEFAIL);
    }
}

/* --- what the observer hears of a name ------------------------------------------------------------------- */

struct hearer {
    zoc_observer observer; /* first */
    unsigned told, addresses, count;
    zoc_answer answers[2];
};

static void hear(zoc_observer *observer, const zoc_notice *notice)
{
    struct hearer *hearer = (struct hearer *)observer;

    if (notice->kind != ZOC_RESOLVED)
        return;
    assert_string_equal(notice->name, "name.test");
    hearer->told++;
    hearer->addresses = notice->address_count;
    hearer->count = notice->answer_count;
    assert_in_range(hearer->count, 0, 2);
    memcpy(hearer->answers, notice->answers, hearer->count * sizeof *notice->answers);
}

static struct hearer hear_in_vain(uint16_t port, const char *options)
{
    struct hearer hearer = { .observer.tell = hear };
    zoc_stream *stream;

    assert_true(dial(port, options, &hearer.observer, &stream) < 0);
    assert_int_equal(hearer.told, 1);
    return hearer;
}

static void expect_answer(const zoc_answer *answer, int family, unsigned count, int error)
{
    assert_int_equal(answer->family, family);
    assert_int_equal(answer->count, count);
    assert_int_equal(answer->error, error);
    assert_int_equal(answer->by, ZOC_ANSWER_SERVER);
}

static void the_observer_hears_what_was_answered_for_each_family(void)
{
    uint16_t port = 0;

    close(listen_on("127.0.0.2", &port, 1));
    answer_with(NULL, "127.0.0.2", "127.0.0.3");
    struct hearer hearer = hear_in_vain(port, "");
    assert_int_equal(hearer.addresses, 2);
    assert_int_equal(hearer.count, 2);
    expect_answer(&hearer.answers[0], AF_INET6, 0, -ZOC_ENAME);
    expect_answer(&hearer.answers[1], AF_INET, 2, 0);
}

static void a_family_that_nobody_asked_for_has_no_answer(void)
{
    answer_with(NULL, NULL, NULL);
    struct hearer hearer = hear_in_vain(9, ",4");
    assert_int_equal(hearer.addresses, 0);
    assert_int_equal(hearer.count, 1);
    expect_answer(&hearer.answers[0], AF_INET, 0, -ZOC_ENAME);
}

static void a_lookup_that_was_in_vain_is_told_once(void)
{
    answer_with(NULL, NULL, NULL);
    answers[1].error = -ZOC_ENAMEFAIL;
    struct hearer hearer = hear_in_vain(9, "");
    assert_int_equal(hearer.addresses, 0);
    assert_int_equal(hearer.count, 2);
    expect_answer(&hearer.answers[0], AF_INET6, 0, -ZOC_ENAME);
    expect_answer(&hearer.answers[1], AF_INET, 0, -ZOC_ENAMEFAIL);
}

static void a_lookup_that_the_deadline_cut_off_is_told_too(void)
{
    answer_with(NULL, NULL, NULL);
    answers[1].silent = true;
    struct hearer hearer = hear_in_vain(9, ",connect-timeout=20ms");
    assert_int_equal(hearer.count, 2);
    expect_answer(&hearer.answers[0], AF_INET6, 0, -ZOC_ENAME);
    assert_true(hearer.answers[1].error == -ETIMEDOUT || hearer.answers[1].error == -ECANCELED);
    assert_string_equal(zoc_why(),
                        "dial tcp://name.test:9,connect-timeout=20ms: resolve 'name.test': Connection timed out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(who_does_not_answer_costs_one_attempt_delay),
        ON_NET(who_refuses_costs_no_delay),
        ON_NET(an_answer_for_the_other_family_does_not_hasten_the_next_attempt),
        ON_NET(when_all_refuse_the_last_is_named),
        ON_NET(a_deadline_ends_all_attempts),
        ON_NET(a_cancel_ends_all_attempts_and_a_soft_stop_none),
        ON_NET(a_slow_family_does_not_hold_up_the_other_for_long),
        ON_NET(ip6_that_comes_a_little_later_still_goes_first),
        ON_NET(one_family_alone_is_asked_for_when_it_is_wanted_alone),
        ON_NET(a_name_that_does_not_exist_is_said_to_be_none),
        ON_NET(name_servers_that_fail_say_more_than_a_missing_family),
        ON_NET(the_observer_hears_what_was_answered_for_each_family),
        ON_NET(a_family_that_nobody_asked_for_has_no_answer),
        ON_NET(a_lookup_that_was_in_vain_is_told_once),
        ON_NET(a_lookup_that_the_deadline_cut_off_is_told_too),
    };

    resolver_lookup = answer;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
