/* Happy eyeballs (RFC 8305): both families are looked up at once, their addresses are tried in turn, each a little
 * after the one before, and the first connection wins. Every lookup and every attempt is a fiber of one group; the race
 * itself decides who starts when. */
#include "base/text.h"
#include "net/dial.h"
#include "net/resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

enum { SIX, FOUR, FAMILIES };

struct lookup {
    struct race *race;
    int family;
    zoc_address found[ZOC_ADDRESSES_MAX];
    zoc_answer answer; /* once it is there; its count is 0 before */
    unsigned tried;    /* of the addresses found */
    bool done;         /* or nobody asks */
};

struct attempt {
    struct race *race;
    zoc_address address;
};

struct race {
    const zoc_endpoint *endpoint;
    zoc_observer *observer;
    zoc_time since; /* names are looked up */
    bool told;      /* what they are */
    zoc_group group;
    zoc_event changed; /* a lookup or an attempt ended */
    struct lookup lookups[FAMILIES];
    zoc_address found[FAMILIES * ZOC_ADDRESSES_MAX]; /* of both, for the observer */
    zoc_answer answers[FAMILIES];                    /* likewise */
    struct attempt attempts[FAMILIES * ZOC_ADDRESSES_MAX];
    unsigned started, ended; /* attempts */
    int next_family;
    zoc_time next_at;    /* when another attempt may start although the one before has not answered */
    zoc_time hold_until; /* IPv4 waits so long for IPv6 to be looked up; 0: not begun */
    int error;           /* of the last lookup or attempt that failed */
    char *words;         /* behind it; owned */
    struct descriptor *winner;
    zoc_duration took;
};

/* Words belong to the fiber that failed, and that one is about to end. */
static void keep_failure(struct race *race, int error)
{
    if (error == -ECANCELED)
        return;
    free(race->words);
    race->words = strdup(zoc_why());
    race->error = error;
}

/* --- the fibers ---------------------------------------------------------------------------------- */

static int run_lookup(void *arg)
{
    struct lookup *lookup = arg;
    struct race *race = lookup->race;
    const zoc_endpoint *endpoint = race->endpoint;
    int result = resolver_find(endpoint->host, endpoint->port, lookup->family, lookup->found, ZOC_ADDRESSES_MAX,
                               &lookup->answer);

    if (result < 0 && (!race->error || race->error == -ZOC_ENAME)) /* that one family has no address says least */
        keep_failure(race, result);
    lookup->done = true;
    zoc_event_set(&race->changed);
    return 0;
}

static int run_attempt(void *arg)
{
    struct attempt *attempt = arg;
    struct race *race = attempt->race;
    struct descriptor *descriptor;
    zoc_time start = zoc_now();

    observer_tell(race->observer, (zoc_notice){ .kind = ZOC_CONNECTING, .address = &attempt->address });
    int result = dial_address(race->endpoint, &attempt->address, &descriptor);
    zoc_duration took = zoc_now() - start;
    if (result == 0 && race->winner) {
        zoc_close(&descriptor->stream);
    } else if (result == 0) {
        race->winner = descriptor;
        race->took = took;
    } else {
        keep_failure(race, result);
        race->next_at = 0;
        observer_tell(
            race->observer,
            (zoc_notice){ .kind = ZOC_CONNECT_FAILED, .address = &attempt->address, .error = result, .took = took });
    }
    race->ended++;
    zoc_event_set(&race->changed);
    return 0;
}

/* --- the race ------------------------------------------------------------------------------------ */

static bool has_next(const struct lookup *lookup)
{
    return lookup->tried < lookup->answer.count;
}

/* IPv4 was answered first: it waits a little for IPv6 (RFC 8305 section 3). */
static bool must_hold(struct race *race)
{
    if (race->lookups[SIX].done || race->started > 0)
        return false;
    if (race->hold_until == 0)
        race->hold_until = zoc_now() + ZOC_RESOLUTION_DELAY;
    return zoc_now() < race->hold_until;
}

/* The next address to try, families in turn; NULL when there is none now. */
static const zoc_address *next_address(struct race *race)
{
    int family = has_next(&race->lookups[race->next_family]) ? race->next_family : !race->next_family;
    struct lookup *lookup = &race->lookups[family];

    if (!has_next(lookup) || zoc_now() < race->next_at || (family == FOUR && must_hold(race)))
        return NULL;
    race->next_family = !family;
    return &lookup->found[lookup->tried++];
}

static bool lookups_done(const struct race *race)
{
    return race->lookups[SIX].done && race->lookups[FOUR].done;
}

/* Waits until something changes, or until it is time for another attempt. */
static int wait_change(struct race *race)
{
    bool holds = race->hold_until && race->started == 0;
    bool more = has_next(&race->lookups[SIX]) || has_next(&race->lookups[FOUR]);
    zoc_duration limit = holds ? race->hold_until - zoc_now() : more ? race->next_at - zoc_now() : ZOC_NEVER;
    zoc_time deadline = zoc_deadline();
    int result = 0;

    zoc_event_clear(&race->changed);
    ZOC_FINISH
        ZOC_WITHIN(limit > 0 ? limit : 0)
            result = zoc_event_wait(&race->changed);
    return result == -ETIMEDOUT && zoc_now() < deadline ? 0 : result;
}

static int start_attempt(struct race *race, const zoc_address *address)
{
    struct attempt *attempt = &race->attempts[race->started++];

    *attempt = (struct attempt){ .race = race, .address = *address };
    race->next_at = zoc_now() + ZOC_ATTEMPT_DELAY;
    return zoc_go(&race->group, run_attempt, attempt);
}

static int start_lookups(struct race *race)
{
    const zoc_endpoint_options *options = &race->endpoint->options;
    int result = 0;

    race->lookups[SIX] = (struct lookup){ .race = race, .family = AF_INET6, .done = options->only4 };
    race->lookups[FOUR] = (struct lookup){ .race = race, .family = AF_INET, .done = options->only6 };
    for (int i = 0; i < FAMILIES && result == 0; i++)
        if (!race->lookups[i].done)
            result = zoc_go(&race->group, run_lookup, &race->lookups[i]);
    return result;
}

/* What is known by now; once. */
static void tell_resolved(struct race *race)
{
    zoc_notice notice = { .kind = ZOC_RESOLVED,
                          .name = race->endpoint->host,
                          .addresses = race->found,
                          .answers = race->answers,
                          .took = zoc_now() - race->since };

    if (!race->observer || race->told)
        return;
    race->told = true;
    for (const struct lookup *lookup = race->lookups; lookup < race->lookups + FAMILIES; lookup++) {
        if (!lookup->done || lookup->answer.family == AF_UNSPEC)
            continue;
        race->answers[notice.answer_count++] = lookup->answer;
        for (unsigned i = 0; i < lookup->answer.count; i++)
            race->found[notice.address_count++] = lookup->found[i];
    }
    observer_tell(race->observer, notice);
}

static int run_race(struct race *race)
{
    int result = start_lookups(race);

    while (result == 0 && !race->winner) {
        const zoc_address *address = next_address(race);
        if (address || lookups_done(race))
            tell_resolved(race);
        if (address)
            result = start_attempt(race, address);
        else if (lookups_done(race) && race->ended == race->started)
            return race->error; /* everything was tried */
        if (result == 0)
            result = wait_change(race);
    }
    return race->winner ? 0 : result;
}

static int words_of(struct race *race, int result)
{
    if (result < 0 && result == race->error && race->words)
        return zoc_refuse(result, "%s", race->words);
    if (result == -ETIMEDOUT && race->started == 0)
        return zoc_fail(result, _("resolve '%s'"), race->endpoint->host);
    return result < 0 ? zoc_refuse(result, "%s", zoc_error_text(result)) : 0;
}

int dial_race(const zoc_endpoint *endpoint, zoc_observer *observer, struct descriptor **ret_descriptor,
              zoc_duration *ret_took)
{
    struct race *race = calloc(1, sizeof *race);

    if (!race)
        return -ENOMEM;
    race->endpoint = endpoint;
    race->observer = observer;
    race->since = zoc_now();
    observer_tell(observer, (zoc_notice){ .kind = ZOC_RESOLVING, .name = endpoint->host });
    int result = run_race(race);
    zoc_group_end(&race->group);
    tell_resolved(race); /* now even a lookup that was cut off has an end */
    if (result == 0) {
        *ret_descriptor = race->winner;
        *ret_took = race->took;
    } else if (race->winner) { /* it won while we were cut off */
        zoc_close(&race->winner->stream);
    }
    result = words_of(race, result);
    free(race->words);
    free(race);
    return result;
}
