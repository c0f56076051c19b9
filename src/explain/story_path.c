/* There is a connection: what carries it, where both ends are, and what the kernel says of the path between them. */
#include "base/text.h"
#include "explain/inside.h"
#include "look/network.h"
#include "net/endpoint.h"

#include <stdlib.h>

#define NAME_TEXT 260 /* bytes of a path or command as it is shown, its NUL included */

/* --- what carries it ------------------------------------------------------------------------------- */

static enum carrier carrier_of(const zoc_notice *notice)
{
    struct tcp_info info;

    if (!notice->address)
        return CARRIER_NAMED;
    if (notice->address->any.sa_family == AF_UNIX || notice->local->any.sa_family == AF_UNIX)
        return CARRIER_LOCAL;
    return notice->stream && zoc_stream_tcp_info(notice->stream, &info) == 0 ? CARRIER_TCP : CARRIER_UDP;
}

/* Words are guessed better with the port of the server. */
static unsigned server_port(const struct story *story)
{
    bool inet = story->carrier == CARRIER_TCP || story->carrier == CARRIER_UDP;

    return inet ? zoc_address_port(story_peer(story) == SIDE_SERVER ? &story->peer : &story->local) : 0;
}

void story_begin(struct story *story, const zoc_notice *notice)
{
    bool datagrams = !notice->stream || zoc_stream_has_messages(notice->stream);

    story->carrier = carrier_of(notice);
    story->since = notice->time;
    story->secured = false;
    story->rounds = 0;
    story->ending = (struct ending){ 0 };
    story->peer = notice->address ? *notice->address : (zoc_address){ 0 };
    story->local = notice->local ? *notice->local : (zoc_address){ 0 };
    dialogue_free(story->dialogue);
    story->dialogue = NULL;
    dialogue_new(&story->hearer, server_port(story), datagrams, &story->dialogue);
}

/* --- our own end ----------------------------------------------------------------------------------- */

/* Whether somebody asked for that very port to come from. */
static bool port_was_asked_for(const zoc_endpoint *place)
{
    char *host;
    uint16_t port = 0;

    if (!place || !place->host || !place->options.bind || endpoint_split_bind(place, &host, &port) < 0)
        return false;
    free(host);
    return port != 0;
}

/* Where the kernel takes ports from is a setting, and not what the registry of ports says. */
static void tell_chosen_port(struct story *story, const char *own)
{
    static const struct fact chosen = { LAYER_TRANSPORT, "local_address", DOCUMENT("ip(7)"), false };
    static const struct fact registry = { LAYER_TRANSPORT, "ephemeral_ports", RFC(6335, "6"), true };
    uint16_t port = zoc_address_port(&story->local), first, last;

    if (look_ephemeral_ports(&first, &last) < 0 || port < first || port > last) {
        story_tell(story, &chosen, _("our own end is %s: the kernel chose the port"), own);
        return;
    }
    story_tell(story, &chosen, _("our own end is %s: the kernel chose the port, from its ephemeral range %u to %u"),
               own, first, last);
    story_tell(
        story, &registry, "%s",
        _("the registry of ports sets 49152 to 65535 aside for this; the range that a kernel uses is a setting"));
}

static void tell_own_end(struct story *story)
{
    static const struct fact asked = { .layer = LAYER_TRANSPORT, .event = "local_address" };
    char text[ZOC_ADDRESS_TEXT];

    zoc_address_format(&story->local, text, sizeof text);
    if (port_was_asked_for(story->options.place))
        story_tell(story, &asked, _("our own end is %s: that port was asked for"), text);
    else
        tell_chosen_port(story, text);
}

/* --- the path -------------------------------------------------------------------------------------- */

static bool same_host(const zoc_address *one, const zoc_address *other)
{
    zoc_address bare_one = *one, bare_other = *other;

    zoc_address_set_port(&bare_one, 0);
    zoc_address_set_port(&bare_other, 0);
    return zoc_address_equal(&bare_one, &bare_other);
}

bool story_stays_here(const struct story *story)
{
    return zoc_address_is_loopback(&story->peer) || same_host(&story->local, &story->peer);
}

static void tell_segments(struct story *story, const struct tcp_info *info)
{
    static const struct fact loopback = { .layer = LAYER_LINK, .event = "path" };
    static const struct fact wire = { LAYER_LINK, "path", RFC(9293, "3.7.1"), false };

    if (story_stays_here(story))
        story_tell(story, &loopback, _("no wire: both ends are this machine (path MTU %u)"), info->tcpi_pmtu);
    else
        story_tell(story, &wire,
                   _("as far as is known yet, a packet may have %u bytes (path MTU), and a segment carries at most %u "
                     "bytes of data (MSS)"),
                   info->tcpi_pmtu, info->tcpi_snd_mss);
}

/* What both SYNs had (TCP_INFO). */
static void tell_options(struct story *story, const struct tcp_info *info)
{
    static const struct {
        unsigned bit;
        const char *name;
    } options[] = {
        { TCPI_OPT_WSCALE, N_("window scaling") },
        { TCPI_OPT_SACK, N_("selective acknowledgements (SACK)") },
        { TCPI_OPT_TIMESTAMPS, N_("timestamps") },
    };
    static const struct fact agreed = { LAYER_TRANSPORT, "tcp_options", RFC(9293, "3.2"), true };
    zoc_buffer list = { 0 };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (info->tcpi_options & options[i].bit)
            zoc_buffer_printf(&list, list.size ? ", %s" : "%s", _(options[i].name));
    if (list.size > 0)
        story_tell(story, &agreed, _("both SYNs offered these options, so they are in use: %.*s"), (int)list.size,
                   list.data);
    zoc_buffer_release(&list);
}

static void tell_windows(struct story *story, const struct tcp_info *info)
{
    static const struct fact fact = { LAYER_TRANSPORT, "windows", RFC(7323, "2.2"), true };

    if (info->tcpi_options & TCPI_OPT_WSCALE)
        story_tell(story, &fact, _("the peer multiplies the windows that it announces by %u, and we ours by %u"),
                   1u << info->tcpi_snd_wscale, 1u << info->tcpi_rcv_wscale);
}

void story_tell_path(struct story *story, const zoc_notice *notice)
{
    struct tcp_info info;

    if (story->carrier != CARRIER_TCP || zoc_stream_tcp_info(notice->stream, &info) < 0)
        return;
    tell_segments(story, &info);
    tell_options(story, &info);
    tell_windows(story, &info);
}

/* --- connected ------------------------------------------------------------------------------------- */

static void connected_tcp(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "connected", RFC(9293, "3.5"), false };
    static const struct fact again = { LAYER_TRANSPORT, "syn_sent_again", RFC(6298, "5"), false };
    char address[ZOC_ADDRESS_TEXT], took[ZOC_UNIT_TEXT], trip[ZOC_UNIT_TEXT];
    struct tcp_info info = { 0 };

    zoc_stream_tcp_info(notice->stream, &info);
    story_tell(story, &fact, _("connected to %s in %s: SYN, SYN-ACK, ACK; measured round trip: %s"),
               zoc_address_format(notice->address, address, sizeof address), story_duration_text(notice->took, took),
               story_duration_text(info.tcpi_rtt * ZOC_MICROSECOND, trip));
    if (info.tcpi_total_retrans > 0)
        story_tell(story, &again, "%s", _("nothing answered the first SYN in time, so it was sent again"));
    tell_own_end(story);
    story_tell_path(story, notice);
}

static void connected_udp(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "connected", RFC(768, ""), false };
    char address[ZOC_ADDRESS_TEXT];

    story_tell(story, &fact,
               _("UDP has no handshake: nothing was sent to %s yet, and whether anybody is there is not known"),
               zoc_address_format(notice->address, address, sizeof address));
    tell_own_end(story);
}

static void connected_local(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "connected", DOCUMENT("unix(7)"), false };
    char address[ZOC_ADDRESS_TEXT];

    story_tell(story, &fact,
               _("connected to the Unix socket %s: the kernel copies from process to process; there are no packets, "
                 "no ports and no handshake"),
               zoc_address_format(notice->address, address, sizeof address));
}

/* What was opened by its name. */
static void connected_named(struct story *story, const zoc_notice *notice)
{
    static const struct {
        const char *text;
        struct reference reference;
    } kinds[] = {
        [ZOC_FIFO] = { N_("a named pipe: the kernel hands bytes on, in one direction, on this machine alone"),
                       DOCUMENT("fifo(7)") },
        [ZOC_FILE] = { N_("open, as a file or a device; no network is involved"), DOCUMENT("open(2)") },
        [ZOC_PTY] = { N_("a pseudo terminal: whoever opens it talks to us, on this machine alone"),
                      DOCUMENT("pty(7)") },
        [ZOC_EXEC] = { N_("started as a program, whose standard input and output are the connection"), { 0 } },
    };
    const zoc_endpoint *place = story->options.place;
    zoc_scheme scheme = place ? place->scheme : ZOC_FILE;
    bool known = scheme < sizeof kinds / sizeof *kinds && kinds[scheme].text;
    zoc_scheme kind = known ? scheme : ZOC_FILE;
    const struct fact fact = { LAYER_TRANSPORT, "connected", kinds[kind].reference, false };
    char text[NAME_TEXT];

    zoc_escape(zoc_bytes_of(notice->name ? notice->name : "-"), text, sizeof text);
    story_tell(story, &fact, "'%s': %s", text, _(kinds[kind].text));
}

static void connected_through_proxy(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { .layer = LAYER_APPLICATION, .event = "connected" };
    char text[NAME_TEXT], took[ZOC_UNIT_TEXT];

    story_tell(story, &fact,
               _("the proxy says that it is connected to '%s', after %s; it passes on what is said from here on"),
               zoc_escape(zoc_bytes_of(notice->name), text, sizeof text), story_duration_text(notice->took, took));
}

void story_connected(struct story *story, const zoc_notice *notice)
{
    static story_chapter *const kinds[] = {
        [CARRIER_TCP] = connected_tcp,
        [CARRIER_UDP] = connected_udp,
        [CARRIER_LOCAL] = connected_local,
        [CARRIER_NAMED] = connected_named,
    };

    if (story->carrier != CARRIER_NONE && !notice->address && notice->name) {
        story->course.proxied = false;
        connected_through_proxy(story, notice);
        return;
    }
    story_begin(story, notice);
    kinds[story->carrier](story, notice);
}
