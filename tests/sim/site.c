/* The same scenario among simulated hosts and on this machine. */
#include "worlds.h"

bool site_is_real;

char *site_listens_everywhere(char text[SITE_TEXT], const char *scheme, unsigned port)
{
    snprintf(text, SITE_TEXT, "%s://:%u", scheme, site_is_real ? 0 : port);
    return text;
}

char *site_listens(char text[SITE_TEXT], const char *scheme, unsigned host, unsigned port)
{
    if (site_is_real)
        snprintf(text, SITE_TEXT, "%s://127.0.0.1:0", scheme);
    else
        snprintf(text, SITE_TEXT, "%s://10.0.0.%u:%u", scheme, host, port);
    return text;
}

/* 127.0.0.0/8 is this machine, all of it. */
static void draw_address(char text[SITE_TEXT], bool *ret_ip6)
{
    unsigned host = (unsigned)draw(2, SIM_HOSTS - 1);

    *ret_ip6 = one_in(2);
    if (site_is_real)
        snprintf(text, SITE_TEXT, *ret_ip6 ? "[::1]" : "127.0.0.%u", host);
    else
        snprintf(text, SITE_TEXT, *ret_ip6 ? "[fd00::%x]" : "10.0.0.%u", host);
}

char *site_dials(char text[SITE_TEXT], const zoc_endpoint *where, unsigned from)
{
    char host[SITE_TEXT];
    bool ip6 = false;

    snprintf(host, sizeof host, "%s", where->host);
    if (!*where->host)
        draw_address(host, &ip6);
    int size = snprintf(text, SITE_TEXT, "%s://%s:%u", where->scheme == ZOC_UDP ? "udp" : "tcp", host, where->port);
    if (!site_is_real)
        snprintf(text + size, SITE_TEXT - (size_t)size, ip6 ? ",bind=[fd00::%x]" : ",bind=10.0.0.%u", from);
    return text;
}

zoc_duration site_time(zoc_duration duration)
{
    return site_is_real ? duration / 1000 : duration;
}

zoc_duration draw_time(zoc_duration least, zoc_duration most)
{
    return site_time((zoc_duration)draw((uint64_t)least, (uint64_t)most));
}

zoc_duration draw_pause(zoc_duration most)
{
    return one_in(2) ? draw_time(1, most) : site_time((zoc_duration)chance_below(sim_chance(), (uint64_t)most));
}
