#include "resolver.h"
#include "worlds.h"

#include "net/resolver.h"

#include <errno.h>
#include <string.h>

#define SLOW_MAX (20 * ZOC_SECOND)

static struct {
    struct name *names;
    unsigned count;
} known;

static struct name *find(const char *text)
{
    for (struct name *name = known.names; name < known.names + known.count; name++)
        if (strcmp(name->text, text) == 0)
            return name;
    return NULL;
}

/* A soft stop does not end a lookup. */
static int wait_for(struct answer *answer)
{
    zoc_duration takes = answer->takes;
    int result = 0;

    if (fault_strikes(FAULT_NAME_SLOW))
        takes += draw_time(ZOC_MILLISECOND, SLOW_MAX);
    ZOC_FINISH
        result = zoc_sleep(takes);
    return result;
}

static int look_up(const char *text, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *ret_answer)
{
    struct name *name = find(text);

    ret_answer->by = ZOC_ANSWER_SERVER;
    if (!name)
        return -ZOC_ENAME;
    struct answer *answer = &name->answers[family == AF_INET ? FOUR : SIX];
    answer->asked++;
    int result = wait_for(answer);
    if (result < 0)
        return result;
    answer->answered_at = zoc_now();
    answer->failed = fault_strikes(FAULT_NAME_FAILS);
    if (answer->failed)
        return -ZOC_ENAMEFAIL;
    unsigned count = answer->count < max ? answer->count : max;
    memcpy(ret_addresses, answer->addresses, count * sizeof *ret_addresses);
    return count > 0 ? (int)count : -ZOC_ENAME;
}

void resolver_begin(struct name *names, unsigned count)
{
    known.names = names;
    known.count = count;
    resolver_lookup = look_up;
}

void resolver_end(void)
{
    resolver_lookup = resolver_cares;
}
