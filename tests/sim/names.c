/* Names and happy eyeballs (RFC 8305): a name has addresses of hosts that answer, refuse, are slow, or are not there,
 * and who dials it is connected if that can be. */
#include "resolver.h"
#include "worlds.h"

#include <errno.h>
#include <string.h>

#define FIRST_HOST  2 /* that has services; host 1 dials */
#define DIALERS_MAX 3
#define PORT        80

#define PROMPT      (20 * ZOC_MILLISECOND) /* what is due happens within this, of virtual time: some naps */
#define SILENCE     (60 * ZOC_SECOND)
#define HOLE        ZOC_HOUR /* a host that nothing reaches stays so */
#define ATTEMPTS    (FAMILIES * NAME_ADDRESSES)

struct host {
    zoc_listener *listeners[FAMILIES]; /* NULL: refused */
    bool hole;
};

struct attempt {
    zoc_address address;
    zoc_time began_at, failed_at; /* failed_at 0: not yet */
    int error;
};

/* What the observer of a dial was told. */
struct journal {
    zoc_observer observer; /* first */
    struct attempt attempts[ATTEMPTS];
    unsigned count, failed, connected;
    int last_error;
};

struct dialer {
    struct name *name;
    bool only[FAMILIES];
    struct journal journal;
};

static struct town {
    struct host hosts[SIM_HOSTS];
    struct name names[DIALERS_MAX];
    struct dialer dialers[DIALERS_MAX];
    unsigned count;
    bool busy; /* the loop is often late, and times say nothing */
} town;

/* --- services ------------------------------------------------------------------------------------- */

/* Says which address it is. */
static void greet(zoc_stream *peer, void *unused)
{
    zoc_address local;
    char text[ZOC_ADDRESS_TEXT];

    (void)unused;
    if (zoc_stream_local(peer, &local) == 0) {
        zoc_address_format(&local, text, sizeof text);
        zoc_write(peer, text, strlen(text));
    }
}

static int serve(void *listener)
{
    int result = zoc_serve(listener, greet, NULL);

    expect_network_error(result < 0 ? result : -ECANCELED);
    return 0;
}

static void format_address(char text[ZOC_ADDRESS_TEXT], unsigned host, int family)
{
    snprintf(text, ZOC_ADDRESS_TEXT, family == SIX ? "fd00::%x" : "10.0.0.%u", host);
}

static void open_service(zoc_group *services, struct host *host, int family)
{
    char address[ZOC_ADDRESS_TEXT], endpoint[ZOC_ADDRESS_TEXT + 16];

    format_address(address, (unsigned)(host - town.hosts), family);
    snprintf(endpoint, sizeof endpoint, family == SIX ? "tcp://[%s]:%d" : "tcp://%s:%d", address, PORT);
    if (zoc_listen(endpoint, NULL, &host->listeners[family]) < 0)
        host->listeners[family] = NULL;
    else
        zoc_go(services, serve, host->listeners[family]);
}

static void open_services(zoc_group *services)
{
    for (unsigned i = FIRST_HOST; i < SIM_HOSTS; i++) {
        struct host *host = &town.hosts[i];
        for (int family = 0; family < FAMILIES; family++)
            if (one_in(2))
                open_service(services, host, family);
        host->hole = one_in(5);
        if (host->hole)
            sim_cut(1, i, HOLE);
    }
}

static void close_services(zoc_group *services)
{
    zoc_group_stop(services);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(services);
    for (unsigned i = 0; i < SIM_HOSTS * FAMILIES; i++)
        zoc_listener_close(town.hosts[i / FAMILIES].listeners[i % FAMILIES]);
}

/* --- names ---------------------------------------------------------------------------------------- */

static void draw_answer(struct answer *answer, int family)
{
    *answer = (struct answer){ .takes = draw_time(1, ZOC_SECOND) };
    if (one_in(4))
        return; /* no address of this family */
    answer->count = (unsigned)draw(1, NAME_ADDRESSES);
    for (unsigned i = 0; i < answer->count; i++) {
        char text[ZOC_ADDRESS_TEXT];
        unsigned host = FIRST_HOST + (unsigned)chance_below(sim_chance(), SIM_HOSTS - FIRST_HOST);
        format_address(text, one_in(8) ? 99 : host, family); /* 99: no such host */
        zoc_address_parse_ip(text, PORT, &answer->addresses[i]);
    }
}

static unsigned host_of(const zoc_address *address)
{
    return address->any.sa_family == AF_INET6 ? address->ip6.sin6_addr.s6_addr[15]
                                              : ntohl(address->ip4.sin_addr.s_addr) & 255;
}

static int family_of(const zoc_address *address)
{
    return address->any.sa_family == AF_INET6 ? SIX : FOUR;
}

static bool works(const zoc_address *address)
{
    unsigned host = host_of(address);

    return host < SIM_HOSTS && town.hosts[host].listeners[family_of(address)] && !town.hosts[host].hole;
}

/* The addresses that the dialer came to know. */
static unsigned count_known(const struct dialer *dialer, int family)
{
    const struct answer *answer = &dialer->name->answers[family];

    return answer->answered_at && !answer->failed ? answer->count : 0;
}

static bool knows_one_that_works(const struct dialer *dialer)
{
    for (int family = 0; family < FAMILIES; family++)
        for (unsigned i = 0; i < count_known(dialer, family); i++)
            if (works(&dialer->name->answers[family].addresses[i]))
                return true;
    return false;
}

/* --- what an observer hears ------------------------------------------------------------------------ */

static void keep_journal(zoc_observer *observer, const zoc_notice *notice)
{
    struct journal *journal = (struct journal *)observer;

    if (notice->kind == ZOC_CONNECTING) {
        sim_expect(journal->count < ATTEMPTS);
        journal->attempts[journal->count++] = (struct attempt){ .address = *notice->address, .began_at = zoc_now() };
    }
    if (notice->kind == ZOC_CONNECT_FAILED) {
        struct attempt *attempt = journal->attempts;
        while (attempt->failed_at || !zoc_address_equal(&attempt->address, notice->address))
            sim_expect(++attempt < journal->attempts + journal->count);
        attempt->failed_at = zoc_now();
        attempt->error = notice->error;
        journal->failed++;
        if (notice->error != -ECANCELED)
            journal->last_error = notice->error;
    }
    journal->connected += notice->kind == ZOC_CONNECTED;
}

/* --- when attempts are due ------------------------------------------------------------------------- */

static bool is_near(zoc_time at, zoc_time due)
{
    return due <= at + PROMPT && at <= due + PROMPT;
}

/* RFC 8305 section 3: at once with IPv6; IPv4 waits a little for it. */
static zoc_time first_due(const struct dialer *dialer)
{
    const struct answer *six = &dialer->name->answers[SIX], *four = &dialer->name->answers[FOUR];
    zoc_time due = count_known(dialer, SIX) > 0 ? six->answered_at : ZOC_NEVER, patience;

    if (count_known(dialer, FOUR) == 0)
        return due;
    patience = four->answered_at + ZOC_RESOLUTION_DELAY;
    if (dialer->only[FOUR])
        patience = four->answered_at;
    else if (six->answered_at && six->answered_at < patience)
        patience = six->answered_at > four->answered_at ? six->answered_at : four->answered_at;
    return patience < due ? patience : due;
}

/* Section 5: a little after the one before, or when one has failed meanwhile. */
static void expect_spaced(const struct journal *journal, unsigned number)
{
    const struct attempt *before = &journal->attempts[number - 1], *attempt = &journal->attempts[number];

    if (attempt->began_at + PROMPT >= before->began_at + ZOC_ATTEMPT_DELAY)
        return;
    for (unsigned i = 0; i < number; i++) {
        zoc_time failed_at = journal->attempts[i].failed_at;
        if (failed_at && failed_at + PROMPT >= before->began_at && failed_at <= attempt->began_at)
            return;
    }
    sim_fail("attempt %u came %lld ns after the one before", number, (long long)(attempt->began_at - before->began_at));
}

/* No later either, when there was an address to try. */
static void expect_not_late(const struct dialer *dialer, unsigned number)
{
    const struct journal *journal = &dialer->journal;
    zoc_time before = journal->attempts[number - 1].began_at, due = before + ZOC_ATTEMPT_DELAY;

    for (unsigned i = 0; i < number; i++) {
        zoc_time failed_at = journal->attempts[i].failed_at;
        due = failed_at > before && failed_at < due ? failed_at : due;
    }
    for (int family = 0; family < FAMILIES; family++) {
        zoc_time answered_at = dialer->name->answers[family].answered_at;
        due = answered_at > due ? answered_at : due;
    }
    sim_expect(journal->attempts[number].began_at <= due + PROMPT);
}

/* Section 4: each address in its turn, and the families in turns, once both are known. */
static void expect_order(const struct dialer *dialer)
{
    const struct journal *journal = &dialer->journal;
    unsigned tried[FAMILIES] = { 0 };

    for (unsigned i = 0; i < journal->count; i++) {
        const struct attempt *attempt = &journal->attempts[i];
        int family = family_of(&attempt->address), other = !family;
        zoc_time other_at = dialer->name->answers[other].answered_at;
        sim_expect(tried[family] < count_known(dialer, family));
        sim_expect(zoc_address_equal(&attempt->address, &dialer->name->answers[family].addresses[tried[family]]));
        bool other_known = other_at && other_at + PROMPT < attempt->began_at;
        if (i > 0 && family_of(&attempt[-1].address) == family && other_known)
            sim_expect(tried[other] == count_known(dialer, other));
        tried[family]++;
    }
}

static void expect_timing(const struct dialer *dialer, zoc_time deadline)
{
    sim_expect(deadline == ZOC_NEVER || zoc_now() <= deadline + PROMPT);
    expect_order(dialer);
    if (dialer->journal.count > 0)
        sim_expect(is_near(dialer->journal.attempts[0].began_at, first_due(dialer)));
    for (unsigned i = 1; i < dialer->journal.count; i++) {
        expect_spaced(&dialer->journal, i);
        expect_not_late(dialer, i);
    }
}

/* --- what came of it ------------------------------------------------------------------------------- */

/* Each of these may keep an address that works from being reached. */
static bool had_trouble(void)
{
    static const enum fault faults[] = { FAULT_SOCKET_EMFILE, FAULT_CONNECT_REFUSED, FAULT_CONNECT_LOST,
                                         FAULT_CONNECT_NEVER, FAULT_ACCEPT_ABORTED,  FAULT_STREAM_RESET,
                                         FAULT_HOST_CRASH,    FAULT_LINK_CUT,        FAULT_LINK_ONE_WAY };

    return any_struck(faults, sizeof faults / sizeof *faults);
}

static void expect_all_tried(const struct dialer *dialer)
{
    const struct journal *journal = &dialer->journal;
    unsigned known = 0;

    for (int family = 0; family < FAMILIES; family++) {
        sim_expect(dialer->name->answers[family].asked == !dialer->only[!family]);
        sim_expect(dialer->only[!family] || dialer->name->answers[family].answered_at);
        known += count_known(dialer, family);
    }
    sim_expect(journal->count == known && journal->failed == known);
}

static bool is_cut(int result, zoc_time deadline)
{
    return (result == -ECANCELED && zoc_stopped() == ZOC_CANCELLED) || (result == -ETIMEDOUT && zoc_now() >= deadline);
}

static void expect_reason(const struct dialer *dialer, int result)
{
    const struct journal *journal = &dialer->journal;
    int names = dialer->name->answers[SIX].failed || dialer->name->answers[FOUR].failed ? -ZOC_ENAMEFAIL : -ZOC_ENAME;

    expect_all_tried(dialer);
    sim_expect(result == (journal->count > 0 ? journal->last_error : names));
    sim_expect(strncmp(zoc_why(), "dial tcp://", 11) == 0 && strstr(zoc_why(), zoc_error_text(result)));
    if (!had_trouble())
        sim_expect(!knows_one_that_works(dialer));
}

/* Who answers is who was dialled. */
static void expect_greeting(struct dialer *dialer, zoc_stream *stream)
{
    char expected[ZOC_ADDRESS_TEXT], text[ZOC_ADDRESS_TEXT];
    size_t size = 0;
    ssize_t received;

    sim_expect(works(zoc_stream_peer(stream)) && dialer->journal.connected == 1);
    zoc_address_format(zoc_stream_peer(stream), expected, sizeof expected);
    zoc_set_timeout(stream, SILENCE); /* a host that crashes says nothing */
    while ((received = zoc_read(stream, text + size, sizeof text - size)) > 0)
        size += (size_t)received;
    if (received < 0)
        expect_network_error((int)received);
    else
        sim_expect(size == strlen(expected) && memcmp(text, expected, size) == 0);
}

/* --- the run -------------------------------------------------------------------------------------- */

static int dial(void *arg)
{
    struct dialer *dialer = arg;
    char endpoint[64];
    zoc_stream *stream = NULL;
    zoc_duration limit = one_in(2) ? draw_time(ZOC_MILLISECOND, 200 * ZOC_SECOND) : ZOC_NEVER;
    int result = 0;

    snprintf(endpoint, sizeof endpoint, "tcp://%s:%d%s", dialer->name->text, PORT,
             dialer->only[SIX]    ? ",6"
             : dialer->only[FOUR] ? ",4"
                                  : "");
    ZOC_WITHIN(limit) {
        zoc_time deadline = zoc_deadline();
        result = zoc_dial(endpoint, &(zoc_dial_options){ .observer = &dialer->journal.observer }, &stream);
        if (!town.busy)
            expect_timing(dialer, deadline);
        if (result == 0)
            expect_greeting(dialer, stream);
        else if (!is_cut(result, deadline))
            expect_reason(dialer, result);
    }
    if (one_in(2))
        zoc_finish(stream);
    else
        zoc_close(stream);
    return 0;
}

static void draw_dialer(unsigned number)
{
    struct name *name = &town.names[number];
    struct dialer *dialer = &town.dialers[number];

    snprintf(name->text, sizeof name->text, "name-%u.test", number);
    *dialer = (struct dialer){ .name = name, .journal.observer.tell = keep_journal };
    for (int family = 0; family < FAMILIES; family++)
        draw_answer(&name->answers[family], family);
    if (one_in(6))
        dialer->only[one_in(2)] = true;
}

/* Connections, answers and deadlines come at the same time for who looks seldom. */
static int compute(void *unused)
{
    (void)unused;
    while (zoc_sleep(draw_time(1, ZOC_SECOND)) == 0)
        sim_compute(draw_time(ZOC_ATTEMPT_DELAY, 2 * ZOC_SECOND));
    return 0;
}

static void interrupt_sometime(zoc_group *group)
{
    if (one_in(2))
        return;
    zoc_sleep(draw_time(ZOC_MILLISECOND, 10 * ZOC_SECOND));
    if (one_in(2))
        zoc_group_stop(group);
    else
        zoc_group_cancel(group);
}

int run_names(void *unused)
{
    ZOC_GROUP(services);
    ZOC_GROUP(dialers);
    ZOC_GROUP(others);

    (void)unused;
    town = (struct town){ .count = (unsigned)draw(1, DIALERS_MAX), .busy = one_in(3) };
    open_services(&services);
    for (unsigned i = 0; i < town.count; i++)
        draw_dialer(i);
    resolver_begin(town.names, town.count);
    for (unsigned i = 0; i < town.count; i++)
        zoc_go(&dialers, dial, &town.dialers[i]);
    if (town.busy)
        zoc_go(&others, compute, NULL);
    interrupt_sometime(&dialers);
    zoc_group_wait(&dialers);
    zoc_group_end(&others);
    close_services(&services);
    resolver_end();
    return 0;
}
