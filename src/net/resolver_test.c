#include "stream/testing.h"

#include "net/resolver.h"

#include <fcntl.h>
#include <pthread.h>

/* --- a name server ------------------------------------------------------------------------------- */

/* It knows a name by its first letter: a and b have addresses (b an IPv4 one alone), m is missing, f fails, s and t get
 * no answer. A datagram of one byte ends it. */
static struct {
    int fd;
    uint16_t port;
    pthread_t thread;
    int told[2]; /* a pipe that gets a byte for each question for a name with t */
} server;

enum { HEADER = 12, TYPE_A = 1, TYPE_PTR = 12, TYPE_AAAA = 28, TTL = 60, SERVFAIL = 2, NXDOMAIN = 3 };

/* Where the question ends. */
static size_t question_end(const unsigned char *packet, size_t size)
{
    size_t at = HEADER;

    while (at < size && packet[at] != 0)
        at += packet[at] + 1u;
    return at + 5;
}

static size_t add_record(unsigned char *at, unsigned type, const void *data, unsigned size)
{
    const unsigned char head[] = { 0xc0, HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0, TTL, 0, (unsigned char)size };

    memcpy(at, head, sizeof head);
    memcpy(at + sizeof head, data, size);
    return sizeof head + size;
}

/* Turns the question into its answer; 0: none. */
static size_t answer(unsigned char *packet, size_t size)
{
    static const unsigned char four[] = { 192, 0, 2, 1 };
    static const unsigned char six[] = { 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    static const char name[] = "\x03who\x07"
                               "example"; /* with the NUL that ends it */
    size_t end = question_end(packet, size);
    unsigned type = packet[end - 3];
    unsigned char letter = packet[HEADER + 1];

    packet[2] = 0x81, packet[3] = letter == 'm' ? NXDOMAIN : letter == 'f' ? SERVFAIL : 0;
    packet[7] = 0, packet[11] = 0; /* no answers yet, nothing additional */
    if (letter == 't')
        assert_int_equal(write(server.told[1], "", 1), 1);
    if (letter == 's' || letter == 't')
        return 0;
    if ((letter == 'a' || letter == 'b') && type == TYPE_A)
        end += add_record(packet + end, TYPE_A, four, sizeof four), packet[7] = 1;
    if (letter == '7' && type == TYPE_PTR)
        end += add_record(packet + end, TYPE_PTR, name, sizeof name), packet[7] = 1;
    if (letter == 'a' && type == TYPE_AAAA)
        end += add_record(packet + end, TYPE_AAAA, six, sizeof six), packet[7] = 1;
    return end;
}

static void *serve_names(void *unused)
{
    unsigned char packet[1024];
    struct sockaddr_in from;
    socklen_t from_size = sizeof from;
    ssize_t size;

    (void)unused;
    while ((size = recvfrom(server.fd, packet, 512, 0, (struct sockaddr *)&from, &from_size)) > HEADER) {
        size_t answered = answer(packet, (size_t)size);
        if (answered > 0)
            sendto(server.fd, packet, answered, 0, (struct sockaddr *)&from, from_size);
        from_size = sizeof from;
    }
    return NULL;
}

static int start_server(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    char text[32];

    (void)state;
    if (pipe2(server.told, O_CLOEXEC) < 0)
        return -1;
    server.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(server.fd, (struct sockaddr *)&address, size) < 0)
        return -1;
    getsockname(server.fd, (struct sockaddr *)&address, &size);
    server.port = ntohs(address.sin_port);
    snprintf(text, sizeof text, "127.0.0.1:%u", server.port);
    setenv("ZOCALO_NAMESERVERS", text, 1);
    return pthread_create(&server.thread, NULL, serve_names, NULL);
}

static int stop_server(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(server.port) };

    (void)state;
    sendto(server.fd, "", 1, 0, (struct sockaddr *)&address, sizeof address);
    pthread_join(server.thread, NULL);
    close(server.fd);
    close(server.told[0]);
    close(server.told[1]);
    return 0;
}

/* --- what needs nobody --------------------------------------------------------------------------- */

static int ask_nobody(const char *name, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *ret_answer)
{
    (void)name, (void)family, (void)ret_addresses, (void)max, (void)ret_answer;
    fail_msg("somebody was asked");
    return -ZOC_ENAMEFAIL;
}

static void expect_addresses(const char *host, int family, const char *first, const char *second)
{
    zoc_address found[4] = { 0 };
    char text[ZOC_ADDRESS_TEXT];
    const char *expected[] = { first, second };
    int count = zoc_resolve(host, 80, family, found, 4);

    if (count < 0)
        print_message("%s\n", zoc_why());
    assert_int_equal(count, second ? 2 : 1);
    for (int i = 0; i < 2 && expected[i]; i++)
        assert_string_equal(zoc_address_format(&found[i], text, sizeof text), expected[i]);
}

static void digits_and_localhost_are_known(void)
{
    zoc_address found;

    resolver_lookup = ask_nobody;
    expect_addresses("192.0.2.7", AF_UNSPEC, "192.0.2.7:80", NULL);
    expect_addresses("2001:db8::7", AF_UNSPEC, "[2001:db8::7]:80", NULL);
    expect_addresses("localhost", AF_UNSPEC, "[::1]:80", "127.0.0.1:80");
    expect_addresses("", AF_UNSPEC, "[::1]:80", "127.0.0.1:80");
    expect_addresses("LocalHost.", AF_INET, "127.0.0.1:80", NULL);
    expect_addresses("web.localhost", AF_INET6, "[::1]:80", NULL);
    assert_int_equal(zoc_resolve("192.0.2.7", 80, AF_INET6, &found, 1), -ZOC_ENAME);
    resolver_lookup = resolver_cares;
}

static int two_of_each(const char *name, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *ret_answer)
{
    (void)name, (void)max, (void)ret_answer;
    for (int i = 0; i < 2; i++)
        zoc_address_parse_ip(family == AF_INET ? (i ? "192.0.2.2" : "192.0.2.1") : (i ? "2001:db8::2" : "2001:db8::1"),
                             0, &ret_addresses[i]);
    return 2;
}

static void families_take_turns(void)
{
    static const char *const expected[] = { "[2001:db8::1]:7", "192.0.2.1:7", "[2001:db8::2]:7" };
    zoc_address found[3];
    char text[ZOC_ADDRESS_TEXT];

    resolver_lookup = two_of_each;
    assert_int_equal(zoc_resolve("two.test", 7, AF_UNSPEC, found, 3), 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(zoc_address_format(&found[i], text, sizeof text), expected[i]);
    resolver_lookup = resolver_cares;
}

/* --- who answers -------------------------------------------------------------------------------------- */

static zoc_answer find(const char *host, int family)
{
    zoc_address found[4];
    zoc_answer answer;
    int result = resolver_find(host, 80, family, found, 4, &answer);

    assert_int_equal(answer.family, family);
    assert_int_equal(result, answer.error ? answer.error : (int)answer.count);
    return answer;
}

static void expect_nobody(const char *host, int family, zoc_answerer by, int error)
{
    zoc_answer answer = find(host, family);

    assert_int_equal(answer.error, error);
    assert_int_equal(answer.count, error == 0);
    assert_int_equal(answer.by, by);
    assert_int_equal(answer.server.size, 0);
    assert_int_equal(answer.ttl, 0);
}

static void digits_are_told_from_the_rule_for_localhost(void)
{
    expect_nobody("192.0.2.7", AF_INET, ZOC_ANSWER_DIGITS, 0);
    expect_nobody("192.0.2.7", AF_INET6, ZOC_ANSWER_DIGITS, -ZOC_ENAME);
    expect_nobody("localhost", AF_INET6, ZOC_ANSWER_RULE, 0);
    expect_nobody("a.localhost", AF_INET, ZOC_ANSWER_RULE, 0);
}

/* A name of the hosts file that no rule knows: the first of a line, and its address. */
static bool find_in_hosts(char name[static 256], char digits[static 64])
{
    FILE *file = fopen("/etc/hosts", "re");
    char line[1024];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file))
        found = sscanf(line, "%63[0-9a-fA-F.:] %255s", digits, name) == 2 && strcmp(name, "localhost") != 0;
    if (file)
        fclose(file);
    return found;
}

static void the_hosts_file_answers_before_any_server(void)
{
    char name[256], digits[64];
    zoc_address address;

    if (!find_in_hosts(name, digits)) {
        print_message("not tried: /etc/hosts has no name but localhost\n");
        return;
    }
    assert_int_equal(zoc_address_parse_ip(digits, 0, &address), 0);
    zoc_answer answer = find(name, address.any.sa_family);
    assert_int_equal(answer.error, 0);
    assert_int_equal(answer.by, ZOC_ANSWER_HOSTS);
    assert_int_equal(answer.server.size, 0);
    assert_int_equal(answer.ttl, 0);
}

static void expect_server(const zoc_answer *answer)
{
    zoc_address expected;

    assert_int_equal(answer->by, ZOC_ANSWER_SERVER);
    assert_int_equal(zoc_address_parse_ip("127.0.0.1", server.port, &expected), 0);
    assert_true(zoc_address_equal(&answer->server, &expected));
}

static void a_server_is_named_with_how_long_its_answer_is_good(void)
{
    zoc_answer answer = find("a.test", AF_INET);

    assert_int_equal(answer.count, 1);
    assert_int_equal(answer.ttl, TTL * ZOC_SECOND);
    expect_server(&answer);
}

static void a_server_is_named_that_knows_no_address_or_fails(void)
{
    zoc_answer none = find("b.test", AF_INET6);
    zoc_answer missing = find("missing.test", AF_INET);
    zoc_answer failing = find("fails.test", AF_INET);

    assert_int_equal(none.error, -ZOC_ENAME);
    assert_int_equal(none.ttl, 0);
    expect_server(&none);
    assert_int_equal(missing.error, -ZOC_ENAME);
    expect_server(&missing);
    assert_int_equal(failing.error, -ZOC_ENAMEFAIL);
    expect_server(&failing);
}

static void a_silent_server_was_asked_and_is_not_named(void)
{
    ZOC_WITHIN(30 * ZOC_MILLISECOND) {
        zoc_answer answer = find("silent.test", AF_INET);
        assert_int_equal(answer.error, -ETIMEDOUT);
        assert_int_equal(answer.by, ZOC_ANSWER_SERVER);
        assert_int_equal(answer.server.size, 0);
    }
}

/* --- name servers -------------------------------------------------------------------------------- */

static void a_name_server_is_asked_for_both_families(void)
{
    expect_addresses("a.test", AF_UNSPEC, "[2001:db8::1]:80", "192.0.2.1:80");
    expect_addresses("a.test", AF_INET, "192.0.2.1:80", NULL);
    expect_addresses("a.test", AF_INET6, "[2001:db8::1]:80", NULL);
    expect_addresses("b.test", AF_UNSPEC, "192.0.2.1:80", NULL);
}

static void a_name_without_an_address_of_that_family_does_not_exist_there(void)
{
    zoc_address found;

    assert_int_equal(zoc_resolve("b.test", 80, AF_INET6, &found, 1), -ZOC_ENAME);
}

static void a_missing_name_is_told_from_a_failing_server(void)
{
    zoc_address found;

    assert_int_equal(zoc_resolve("missing.test", 80, AF_UNSPEC, &found, 1), -ZOC_ENAME);
    assert_string_equal(zoc_why(), "resolve 'missing.test': no such name");
    assert_int_equal(zoc_resolve("fails.test", 80, AF_UNSPEC, &found, 1), -ZOC_ENAMEFAIL);
    assert_string_equal(zoc_why(), "resolve 'fails.test': the name servers gave no answer");
}

static void a_silent_server_is_waited_for_until_the_deadline(void)
{
    zoc_address found;

    ZOC_WITHIN(30 * ZOC_MILLISECOND) {
        assert_int_equal(zoc_resolve("silent.test", 80, AF_UNSPEC, &found, 1), -ETIMEDOUT);
    }
    assert_int_equal(zoc_fibers_alive(), 1);
}

static int ask_in_vain(void *arg)
{
    zoc_address found;

    (void)arg;
    return zoc_resolve("tells.test", 80, AF_UNSPEC, &found, 1) == -ECANCELED ? 0 : -EIO;
}

static void a_cancel_ends_the_asking(void)
{
    ZOC_GROUP(group);
    zoc_bytes chunk;

    zoc_go(&group, ask_in_vain, NULL);
    testing_settle(); /* before the first question */
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);

    ZOC_GROUP(later);
    zoc_stream *told = testing_stream_of(dup(server.told[0]), true, false);
    zoc_go(&later, ask_in_vain, NULL);
    assert_true(zoc_receive(told, &chunk) > 0); /* and after it */
    zoc_group_cancel(&later);
    assert_int_equal(zoc_group_wait(&later), 0);
    zoc_close(told);
}

static int ask_one(void *arg)
{
    (void)arg;
    expect_addresses("a.test", AF_UNSPEC, "[2001:db8::1]:80", "192.0.2.1:80");
    return 0;
}

static void an_address_has_a_name_mapped_into_ip6_too(void)
{
    char name[64];
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip("192.0.2.7", 80, &address), 0);
    assert_int_equal(resolver_name(&address, name, sizeof name), 0);
    assert_string_equal(name, "who.example");
    assert_int_equal(zoc_address_parse_ip("::ffff:192.0.2.7", 80, &address), 0);
    assert_int_equal(resolver_name(&address, name, sizeof name), 0);
    assert_string_equal(name, "who.example");
    assert_int_equal(resolver_name(&address, name, sizeof "who.example" - 1), -ZOC_ENAME);
}

static void an_address_without_a_name_has_none(void)
{
    char name[64] = "untouched";
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip("192.0.2.8", 80, &address), 0);
    assert_int_equal(resolver_name(&address, name, sizeof name), -ZOC_ENAME);
    assert_string_equal(name, "untouched");
}

static void many_ask_at_the_same_time(void)
{
    ZOC_GROUP(group);

    for (int i = 0; i < 20; i++)
        zoc_go(&group, ask_one, NULL);
    assert_int_equal(zoc_group_wait(&group), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(digits_and_localhost_are_known),
        ON_NET(families_take_turns),
        ON_NET(digits_are_told_from_the_rule_for_localhost),
        ON_NET(the_hosts_file_answers_before_any_server),
        ON_NET(a_server_is_named_with_how_long_its_answer_is_good),
        ON_NET(a_server_is_named_that_knows_no_address_or_fails),
        ON_NET(a_silent_server_was_asked_and_is_not_named),
        ON_NET(a_name_server_is_asked_for_both_families),
        ON_NET(a_name_without_an_address_of_that_family_does_not_exist_there),
        ON_NET(a_missing_name_is_told_from_a_failing_server),
        ON_NET(a_silent_server_is_waited_for_until_the_deadline),
        ON_NET(a_cancel_ends_the_asking),
        ON_NET(an_address_has_a_name_mapped_into_ip6_too),
        ON_NET(an_address_without_a_name_has_none),
        ON_NET(many_ask_at_the_same_time),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
