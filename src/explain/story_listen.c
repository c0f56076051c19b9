/* Where we listen, and whoever came. */
#include "base/text.h"
#include "explain/inside.h"

/* --- where ----------------------------------------------------------------------------------------- */

static bool is_wildcard(const zoc_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&address->ip6.sin6_addr);
    return address->any.sa_family == AF_INET && address->ip4.sin_addr.s_addr == INADDR_ANY;
}

static void tell_wildcard(struct story *story, const zoc_address *local, const char *text)
{
    static const struct fact both = { LAYER_INTERNET, "listening", RFC(3493, "3.7"), false };
    static const struct fact six = { LAYER_INTERNET, "listening", RFC(3493, "5.3"), false };
    static const struct fact four = { LAYER_INTERNET, "listening", DOCUMENT("ip(7)"), false };
    const zoc_endpoint *place = story->options.place;

    if (local->any.sa_family == AF_INET)
        story_tell(story, &four, _("listening at %s, the wildcard: on every interface, for IPv4"), text);
    else if (place && place->options.only6)
        story_tell(story, &six, _("listening at %s, the wildcard: on every interface, for IPv6 alone"), text);
    else
        story_tell(story, &both,
                   _("listening at %s, the wildcard: on every interface, one socket for IPv6 and IPv4 (dual stack)"),
                   text);
}

/* Datagrams have no connections that could wait. */
static void tell_backlog(struct story *story)
{
    static const struct fact fact = { LAYER_TRANSPORT, "backlog", DOCUMENT("listen(2)"), true };
    const zoc_endpoint *place = story->options.place;

    if (place && zoc_endpoint_has_datagrams(place))
        return;
    story_tell(
        story, &fact, "%s",
        _("from now on the kernel answers clients by itself; who is connected waits in the backlog to be accepted"));
}

void story_listening(struct story *story, const zoc_notice *notice)
{
    static const struct fact loopback = { .layer = LAYER_INTERNET, .event = "listening" };
    static const struct fact one = { .layer = LAYER_INTERNET, .event = "listening" };
    static const struct fact path = { LAYER_TRANSPORT, "listening", DOCUMENT("unix(7)"), false };
    const zoc_address *local = notice->local;
    char text[ZOC_ADDRESS_TEXT];

    zoc_address_format(local, text, sizeof text);
    if (local->any.sa_family == AF_UNIX)
        story_tell(story, &path, _("listening at %s: programs of this machine alone can come"), text);
    else if (is_wildcard(local))
        tell_wildcard(story, local, text);
    else if (zoc_address_is_loopback(local))
        story_tell(story, &loopback, _("listening at %s, a loopback address: programs of this machine alone can come"),
                   text);
    else
        story_tell(story, &one, _("listening at %s: only those who connect to that very address can come"), text);
    tell_backlog(story);
}

/* --- who ------------------------------------------------------------------------------------------- */

static void accepted_tcp(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "accepted", RFC(9293, "3.5"), false };
    char peer[ZOC_ADDRESS_TEXT], local[ZOC_ADDRESS_TEXT];

    story_tell(
        story, &fact, _("a client came from %s to %s: the kernel did the handshake, and we took it from the backlog"),
        zoc_address_format(notice->address, peer, sizeof peer), zoc_address_format(notice->local, local, sizeof local));
    story_tell_path(story, notice);
}

static void accepted_datagrams(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "accepted", RFC(768, ""), false };
    char peer[ZOC_ADDRESS_TEXT];

    story_tell(story, &fact, _("datagrams come from %s: UDP has no connections that could be accepted"),
               zoc_address_format(notice->address, peer, sizeof peer));
}

static void accepted_local(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "accepted", DOCUMENT("unix(7)"), false };
    char local[ZOC_ADDRESS_TEXT];

    story_tell(story, &fact, _("a program of this machine connected to %s; its own end has no name as a rule"),
               zoc_address_format(notice->local, local, sizeof local));
}

void story_accepted(struct story *story, const zoc_notice *notice)
{
    static story_chapter *const kinds[] = {
        [CARRIER_TCP] = accepted_tcp,
        [CARRIER_UDP] = accepted_datagrams,
        [CARRIER_LOCAL] = accepted_local,
    };

    story_begin(story, notice);
    if (story->carrier < CARRIER_NAMED)
        kinds[story->carrier](story, notice);
}
