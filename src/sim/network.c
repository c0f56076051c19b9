/* Hosts, the links between them, and what goes wrong with either. */
#include "sim/inside.h"

#define TROUBLES_MAX 6 /* crashes and cuts of a run at most */

struct link {
    int64_t quickest, slowest; /* nanoseconds from one host to the other */
    int64_t byte_time;         /* nanoseconds for each byte */
    int64_t cut_until;
};

struct trouble {
    struct event event;
    enum fault fault;
};

static struct link links[SIM_HOSTS][SIM_HOSTS];
static int64_t down_until[SIM_HOSTS];
static int64_t tick; /* nanoseconds */
static struct trouble troubles[TROUBLES_MAX];

/* --- addresses ------------------------------------------------------------------------------------ */

struct address address_of(const struct sockaddr *any, socklen_t size)
{
    struct address address = { .size = size < sizeof address.local ? size : sizeof address.local };

    memcpy(&address.any, any, address.size);
    return address;
}

void address_give(const struct address *address, struct sockaddr *ret_any, socklen_t *size)
{
    if (!ret_any)
        return;
    memcpy(ret_any, &address->any, *size < address->size ? *size : address->size);
    *size = address->size;
}

unsigned address_port(const struct address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->ip6.sin6_port : address->ip4.sin_port);
}

void address_set_port(struct address *address, unsigned port)
{
    if (address->any.sa_family == AF_INET6)
        address->ip6.sin6_port = htons((uint16_t)port);
    else
        address->ip4.sin_port = htons((uint16_t)port);
}

static bool is_ip(const struct address *address)
{
    return address->size > 0 && (address->any.sa_family == AF_INET || address->any.sa_family == AF_INET6);
}

/* IPv4 digits, of a mapped address too; 0 for IPv6 alone. */
static uint32_t ip4_of(const struct address *address)
{
    uint32_t digits;

    if (address->any.sa_family == AF_INET)
        return ntohl(address->ip4.sin_addr.s_addr);
    if (!IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr))
        return 0;
    memcpy(&digits, &address->ip6.sin6_addr.s6_addr[12], sizeof digits);
    return ntohl(digits);
}

bool address_is_any(const struct address *address)
{
    return address->any.sa_family == AF_INET ? address->ip4.sin_addr.s_addr == INADDR_ANY
                                             : IN6_IS_ADDR_UNSPECIFIED(&address->ip6.sin6_addr);
}

struct address address_in_family(const struct address *address, int family)
{
    struct address seen = { .size = sizeof seen.ip6 };
    uint32_t ip4 = is_ip(address) ? htonl(ip4_of(address)) : 0;

    if (!ip4 || address->any.sa_family == family)
        return *address;
    if (family == AF_INET) {
        seen.ip4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = ip4 };
        seen.size = sizeof seen.ip4;
    } else {
        seen.ip6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr.s6_addr = { [10] = 0xff, [11] = 0xff } };
        memcpy(&seen.ip6.sin6_addr.s6_addr[12], &ip4, sizeof ip4);
    }
    address_set_port(&seen, address_port(address));
    return seen;
}

int network_host(const struct address *address)
{
    static const uint8_t prefix[16] = { 0xfd };
    const uint8_t *bytes = address->ip6.sin6_addr.s6_addr;
    uint32_t ip4 = is_ip(address) ? ip4_of(address) : INADDR_LOOPBACK;
    bool ip6 = is_ip(address) && address->any.sa_family == AF_INET6 && !ip4;

    if (ip4 >> 24 == IN_LOOPBACKNET || (ip6 && IN6_IS_ADDR_LOOPBACK(&address->ip6.sin6_addr)))
        return 0;
    if (ip4 >> 8 == 0x0a0000 && (ip4 & 255) < SIM_HOSTS)
        return (int)(ip4 & 255);
    return ip6 && memcmp(bytes, prefix, 15) == 0 && bytes[15] < SIM_HOSTS ? bytes[15] : -1;
}

struct address network_source(unsigned host, const struct address *to)
{
    struct address source = *to;

    address_set_port(&source, 0);
    if (to->any.sa_family == AF_INET && ip4_of(to) >> 24 != IN_LOOPBACKNET)
        source.ip4.sin_addr.s_addr = htonl(0x0a000000 | host);
    if (to->any.sa_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(&to->ip6.sin6_addr))
        source.ip6.sin6_addr.s6_addr[15] = (uint8_t)host;
    return source;
}

bool address_matches(const struct address *bound, const struct address *to)
{
    if (!is_ip(bound) || !is_ip(to) || address_port(bound) != address_port(to))
        return false;
    if (address_is_any(bound))
        return bound->any.sa_family == AF_INET6 || to->any.sa_family == AF_INET;
    if (ip4_of(bound) || ip4_of(to))
        return ip4_of(bound) == ip4_of(to);
    return memcmp(&bound->ip6.sin6_addr, &to->ip6.sin6_addr, sizeof bound->ip6.sin6_addr) == 0;
}

/* --- links ---------------------------------------------------------------------------------------- */

bool network_reaches(unsigned from, unsigned to)
{
    return down_until[from] <= now && down_until[to] <= now && links[from][to].cut_until <= now;
}

/* Links deliver in ticks, so that things happen at the same moment, as they do for a process that was kept from
 * running. */
static int64_t until_tick(int64_t latency)
{
    return (now + latency + tick - 1) / tick * tick - now;
}

int64_t network_latency(unsigned from, unsigned to, size_t size)
{
    const struct link *link = &links[from][to];
    int64_t latency = (int64_t)chance_between(&world_chance, (uint64_t)link->quickest, (uint64_t)link->slowest);

    return until_tick(latency + (int64_t)size * link->byte_time);
}

void sim_cut(unsigned from, unsigned to, zoc_duration duration)
{
    note("cut", from * SIM_HOSTS + to, duration);
    if (links[from][to].cut_until < now + duration)
        links[from][to].cut_until = now + duration;
}

void sim_crash(unsigned host, zoc_duration duration)
{
    note("crash", host, duration);
    down_until[host] = now + duration;
    streams_crash(host);
}

/* --- what the seed draws -------------------------------------------------------------------------- */

/* Loopback is quick; other hosts are in the same rack, or on the other side of the world. */
static void draw_link(unsigned from, unsigned to)
{
    bool loopback = from == to;
    uint64_t quickest = chance_between(&world_chance, 1000, loopback ? 50000 : 100000000);

    links[from][to] = (struct link){
        .quickest = (int64_t)quickest,
        .slowest = (int64_t)(quickest + chance_between(&world_chance, 0, quickest * 3)),
        .byte_time = (int64_t)chance_between(&world_chance, 0, loopback ? 1 : 2000),
    };
}

static unsigned any_host(void)
{
    return (unsigned)chance_below(&world_chance, SIM_HOSTS);
}

static void happen_trouble(struct event *event)
{
    enum fault fault = ((struct trouble *)event)->fault;
    unsigned host = any_host(), other = any_host();
    int64_t duration = (int64_t)chance_between(&world_chance, ZOC_MILLISECOND, 100 * ZOC_SECOND);

    if (!fault_strikes(fault))
        return;
    if (fault == FAULT_HOST_CRASH)
        sim_crash(host, duration);
    else
        sim_cut(host, other, duration);
    if (fault == FAULT_LINK_CUT)
        sim_cut(other, host, duration);
}

void network_begin(void)
{
    static const int64_t ticks[] = { 1, 1000, ZOC_MILLISECOND, 100 * ZOC_MILLISECOND };
    static const enum fault kinds[] = { FAULT_HOST_CRASH, FAULT_LINK_CUT, FAULT_LINK_ONE_WAY };

    for (unsigned from = 0; from < SIM_HOSTS; from++)
        for (unsigned to = 0; to < SIM_HOSTS; to++)
            draw_link(from, to);
    memset(down_until, 0, sizeof down_until);
    tick = ticks[chance_below(&world_chance, sizeof ticks / sizeof *ticks)];
    for (size_t i = 0; i < TROUBLES_MAX; i++) {
        troubles[i] = (struct trouble){ { .happen = happen_trouble }, kinds[i % 3] };
        agenda_add(&troubles[i].event, now + (int64_t)chance_between(&world_chance, ZOC_MILLISECOND, 30 * ZOC_SECOND));
    }
}
