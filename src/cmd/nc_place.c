/* The endpoint that nc's options describe. */
#include "cmd/nc.h"

#include <stdlib.h>
#include <string.h>

/* -s and -p, where they say what to come from. IPv6 digits get brackets. */
static char *bind_text(const struct nc *nc)
{
    const char *source = nc->source && !nc->listens ? nc->source : "";
    bool ip6 = !nc->local && strchr(source, ':');
    zoc_buffer text = { 0 };
    int result = zoc_buffer_printf(&text, "%s%s%s", ip6 ? "[" : "", source, ip6 ? "]" : "");

    if (result == 0 && !nc->listens && !nc->local && nc->source_port)
        result = zoc_buffer_printf(&text, ":%u", nc->port);
    char *copy = result == 0 && text.size > 0 ? strndup(text.data, text.size) : NULL;
    zoc_buffer_release(&text);
    return copy;
}

/* Who comes from an address goes to one of its family. */
static int family_of(const struct nc *nc)
{
    zoc_address address;

    if (nc->family != AF_UNSPEC || !nc->source || zoc_address_parse_ip(nc->source, 0, &address) < 0)
        return nc->family;
    return address.any.sa_family;
}

static void set_options(const struct nc *nc, zoc_endpoint_options *options)
{
    options->only4 = family_of(nc) == AF_INET;
    options->only6 = family_of(nc) == AF_INET6;
    options->broadcast = nc->broadcast && nc->datagrams;
    options->debug = nc->debug;
    options->rcvbuf = nc->receive_buffer;
    options->sndbuf = nc->send_buffer;
    options->ttl = nc->ttl;
    options->min_ttl = nc->min_ttl;
    options->tos = nc->tos;
}

static const char *skeleton(const struct nc *nc)
{
    if (nc->local)
        return nc->datagrams ? "unix:x,type=dgram" : "unix:x";
    return nc->datagrams ? "udp://x:0" : "tcp://x:0";
}

const zoc_endpoint *nc_place(struct nc *nc, uint16_t port)
{
    zoc_endpoint *place = NULL;
    bool binds = !nc->listens && (nc->source || nc->source_port);

    zoc_endpoint_free(nc->place);
    nc->place = NULL;
    if (zoc_endpoint_parse(skeleton(nc), &place) < 0)
        return NULL;
    char **name = nc->local ? &place->path : &place->host;
    place->abstract = nc->local && *nc->host == '@';
    free(*name);
    *name = strdup(nc->host + place->abstract);
    place->port = port;
    place->options.bind = bind_text(nc);
    if (!nc->local)
        set_options(nc, &place->options);
    nc->place = place;
    return *name && (!binds || place->options.bind) ? place : NULL;
}
