#include "net/resolver.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

resolver_lookup_fn *resolver_lookup = resolver_cares;

/* --- one family ------------------------------------------------------------------------------------ */

static bool is_localhost(const char *name)
{
    static const char suffix[] = ".localhost";
    size_t size = strlen(name);

    if (size > 0 && name[size - 1] == '.') /* rooted */
        size--;
    if (size == 0 || (size == sizeof suffix - 2 && strncasecmp(name, suffix + 1, size) == 0))
        return true;
    return size >= sizeof suffix - 1 && strncasecmp(name + size - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

/* The answers that need nobody. Returns as resolver_lookup; -ENOENT when somebody has to be asked. */
static int know(const char *name, int family, zoc_address *ret_address, zoc_answer *answer)
{
    if (zoc_address_parse_ip(name, 0, ret_address) == 0) {
        answer->by = ZOC_ANSWER_DIGITS;
        return ret_address->any.sa_family == family ? 1 : -ZOC_ENAME;
    }
    if (!is_localhost(name))
        return -ENOENT;
    answer->by = ZOC_ANSWER_RULE;
    zoc_address_parse_ip(family == AF_INET6 ? "::1" : "127.0.0.1", 0, ret_address);
    return 1;
}

static int look_up(const char *name, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *answer)
{
    int result = know(name, family, ret_addresses, answer);

    return result == -ENOENT ? resolver_lookup(name, family, ret_addresses, max, answer) : result;
}

static int refuse(int error, const char *host, const zoc_answer *answer)
{
    if (error == -ZOC_ENAME && answer->by == ZOC_ANSWER_DIGITS)
        return zoc_refuse(
            error, answer->family == AF_INET ? _("'%s' is no IPv4 address") : _("'%s' is no IPv6 address"), host);
    return zoc_fail(error, _("resolve '%s'"), host);
}

int resolver_find(const char *host, uint16_t port, int family, zoc_address *ret_addresses, unsigned max,
                  zoc_answer *ret_answer)
{
    *ret_answer = (zoc_answer){ .family = family };
    int result = look_up(host, family, ret_addresses, max, ret_answer);

    if (result < 0) {
        ret_answer->error = result;
        return refuse(result, host, ret_answer);
    }
    ret_answer->count = (unsigned)result;
    for (int i = 0; i < result; i++)
        zoc_address_set_port(&ret_addresses[i], port);
    return result;
}

/* --- both families at once ----------------------------------------------------------------------- */

struct lookup {
    const char *host;
    uint16_t port;
    int family;
    zoc_address found[ZOC_ADDRESSES_MAX];
    zoc_answer answer;
};

static int run_lookup(void *arg)
{
    struct lookup *lookup = arg;

    resolver_find(lookup->host, lookup->port, lookup->family, lookup->found, ZOC_ADDRESSES_MAX, &lookup->answer);
    return 0;
}

/* Families in turn, so that a broken one costs one attempt (RFC 8305 section 4). */
static unsigned interleave(const struct lookup *one, const struct lookup *other, zoc_address *ret_addresses,
                           unsigned max)
{
    unsigned count = 0;

    for (unsigned i = 0; i < one->answer.count || i < other->answer.count; i++) {
        if (i < one->answer.count && count < max)
            ret_addresses[count++] = one->found[i];
        if (i < other->answer.count && count < max)
            ret_addresses[count++] = other->found[i];
    }
    return count;
}

/* That a family has no address says least. */
static int no_address(const struct lookup lookups[2])
{
    for (int i = 0; i < 2; i++)
        if (lookups[i].answer.error != -ZOC_ENAME && lookups[i].answer.error != 0)
            return refuse(lookups[i].answer.error, lookups[i].host, &lookups[i].answer);
    return refuse(-ZOC_ENAME, lookups[0].host, &lookups[lookups[0].answer.error == 0].answer);
}

int zoc_resolve(const char *host, uint16_t port, int family, zoc_address *ret_addresses, unsigned max)
{
    static const int families[2] = { AF_INET6, AF_INET };
    struct lookup *lookups = calloc(2, sizeof *lookups);
    zoc_group group = { 0 };
    int result = lookups ? 0 : -ENOMEM;

    for (int i = 0; i < 2 && result == 0; i++) {
        lookups[i] = (struct lookup){ .host = host, .port = port, .family = families[i] };
        if (family == AF_UNSPEC || family == families[i])
            result = zoc_go(&group, run_lookup, &lookups[i]);
    }
    if (result == 0)
        result = zoc_group_wait(&group);
    zoc_group_end(&group);
    if (result < 0)
        zoc_fail(result, _("resolve '%s'"), host);
    else if ((result = (int)interleave(&lookups[0], &lookups[1], ret_addresses, max)) == 0)
        result = no_address(lookups);
    free(lookups);
    return result;
}
