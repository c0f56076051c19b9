#include "worlds.h"

#include <errno.h>
#include <inttypes.h>

unsigned char pattern(uint64_t number, uint64_t at)
{
    uint64_t bits = (number + 1) * 0x9e3779b97f4a7c15 + at * 0xbf58476d1ce4e5b9;

    return (unsigned char)(bits >> 56 ^ bits >> 24);
}

void fill_pattern(void *data, size_t size, uint64_t number, uint64_t at)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)data)[i] = pattern(number, at + i);
}

void expect_pattern(const void *data, size_t size, uint64_t number, uint64_t at)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)data)[i] != pattern(number, at + i))
            sim_fail("stream %" PRIu64 ": byte %" PRIu64 " is not what was sent", number, at + i);
}

uint64_t draw(uint64_t least, uint64_t most)
{
    return chance_between(sim_chance(), least, most);
}

bool one_in(uint64_t times)
{
    return chance_once_in(sim_chance(), times);
}

void expect_network_error(int error)
{
    static const int errors[] = { -ECONNREFUSED, -ECONNRESET,  -ECONNABORTED, -EPIPE,    -ETIMEDOUT, -ECANCELED,
                                  -ENETDOWN,     -ENETUNREACH, -EMFILE,       -ENOTCONN, -ZOC_ENAME, -ZOC_ENAMEFAIL };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i] == error)
            return;
    sim_fail("an error that the network does not make: %s", zoc_error_text(error));
}

bool any_struck(const enum fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fault_count_of_run(faults[i]) > 0)
            return true;
    return false;
}

static void count(zoc_observer *observer, const zoc_notice *notice)
{
    struct tally *tally = (struct tally *)observer;

    if (notice->kind == ZOC_RECEIVED)
        tally->received += notice->bytes.size;
    if (notice->kind == ZOC_SENT)
        tally->sent += notice->bytes.size;
    tally->closed += notice->kind == ZOC_CLOSED;
    tally->failed += notice->kind == ZOC_FAILED;
}

void tally_init(struct tally *tally)
{
    *tally = (struct tally){ .observer.tell = count };
}
