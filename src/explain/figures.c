/* What went and came, and what the kernel measured meanwhile (tcp(7), TCP_INFO). */
#include "base/text.h"
#include "explain/inside.h"

#define WINDOW_INITIAL 10 /* segments (RFC 6928 section 2) */
#define UNSTEADY_US \
    40000             /* of variation; acknowledgements that are delayed bring about half of it (RFC 1122, 4.2.3.2) */
#define SHARE_TOLD 10 /* percent of the busy time; with less, being held up is usual */

static zoc_duration us(uint64_t microseconds)
{
    return (zoc_duration)microseconds * ZOC_MICROSECOND;
}

/* --- what is unusual -------------------------------------------------------------------------------- */

static bool is_lossy(const struct tcp_figures *tcp)
{
    return tcp->info.tcpi_total_retrans > 0;
}

static void tell_loss(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { LAYER_TRANSPORT, "retransmissions", RFC(9293, "3.8"), false };
    unsigned again = tcp->info.tcpi_total_retrans;

    story_tell(story, &fact,
               PLURAL("%u of our segments was sent again, since the kernel took it for lost",
                      "%u of our segments were sent again, since the kernel took them for lost", again),
               again);
}

static bool is_unsteady(const struct tcp_figures *tcp)
{
    const struct tcp_info *info = &tcp->info;

    return tcp->data_segments_out > 4 && info->tcpi_rttvar > UNSTEADY_US && info->tcpi_rttvar > info->tcpi_rtt / 2;
}

static void tell_unsteadiness(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { LAYER_TRANSPORT, "rtt_variation", RFC(6298, "2"), false };
    char trip[ZOC_UNIT_TEXT], variation[ZOC_UNIT_TEXT];

    story_tell(story, &fact,
               _("the round trip of %s varied by %s: queues that fill up on the way do that, and sides that are slow "
                 "to acknowledge"),
               story_duration_text(us(tcp->info.tcpi_rtt), trip),
               story_duration_text(us(tcp->info.tcpi_rttvar), variation));
}

static bool is_congested(const struct tcp_figures *tcp)
{
    return is_lossy(tcp) && tcp->info.tcpi_snd_cwnd > 0 && tcp->info.tcpi_snd_cwnd < WINDOW_INITIAL;
}

static void tell_congestion(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { LAYER_TRANSPORT, "congestion_window", RFC(5681, "3"), false };
    unsigned window = tcp->info.tcpi_snd_cwnd;

    story_tell(story, &fact,
               PLURAL("the congestion window is down to %u segment, where it begins with %d as a rule: losses were "
                      "taken for congestion",
                      "the congestion window is down to %u segments, where it begins with %d as a rule: losses were "
                      "taken for congestion",
                      window),
               window, WINDOW_INITIAL);
}

static bool is_held_up(const struct tcp_figures *tcp, uint64_t limited)
{
    return limited > 0 && limited * 100 >= tcp->busy_us * SHARE_TOLD;
}

static bool is_held_up_by_peer(const struct tcp_figures *tcp)
{
    return is_held_up(tcp, tcp->rwnd_limited_us);
}

static void tell_full_window(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { LAYER_TRANSPORT, "window_limited", RFC(9293, "3.8.6"), false };
    char held[ZOC_UNIT_TEXT], busy[ZOC_UNIT_TEXT];

    story_tell(story, &fact,
               _("for %s of the %s in which there was something to send, the peer's receive window was full: "
                 "it read more slowly than we wrote"),
               story_duration_text(us(tcp->rwnd_limited_us), held), story_duration_text(us(tcp->busy_us), busy));
}

static bool is_held_up_by_us(const struct tcp_figures *tcp)
{
    return is_held_up(tcp, tcp->sndbuf_limited_us);
}

static void tell_small_buffer(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { LAYER_TRANSPORT, "buffer_limited", DOCUMENT("tcp(7)"), false };
    char held[ZOC_UNIT_TEXT], busy[ZOC_UNIT_TEXT];

    story_tell(story, &fact,
               _("for %s of the %s in which there was something to send, our send buffer was too small to "
                 "fill the path"),
               story_duration_text(us(tcp->sndbuf_limited_us), held), story_duration_text(us(tcp->busy_us), busy));
}

static const struct {
    bool (*is_so)(const struct tcp_figures *tcp);
    void (*tell)(struct story *story, const struct tcp_figures *tcp);
} oddities[] = {
    { is_lossy, tell_loss },
    { is_unsteady, tell_unsteadiness },
    { is_congested, tell_congestion },
    { is_held_up_by_peer, tell_full_window },
    { is_held_up_by_us, tell_small_buffer },
};

enum { ODDITY_COUNT = sizeof oddities / sizeof *oddities };

/* --- the whole --------------------------------------------------------------------------------------- */

static void tell_rate(struct story *story, const struct tcp_figures *tcp)
{
    static const struct fact fact = { .layer = LAYER_TRANSPORT, .event = "delivery_rate", .detail = true };
    char rate[ZOC_UNIT_TEXT], lowest[ZOC_UNIT_TEXT];

    if (tcp->delivery_rate > 0)
        story_tell(story, &fact,
                   _("what we sent last arrived at %s bytes a second; the shortest round trip was %s, the congestion "
                     "window %u segments"),
                   zoc_size_format(tcp->delivery_rate, rate, sizeof rate),
                   story_duration_text(us(tcp->rtt_min_us), lowest), tcp->info.tcpi_snd_cwnd);
}

static void tell_tcp(struct story *story, const char *took)
{
    static const struct fact fact = { .layer = LAYER_TRANSPORT, .event = "summary" };
    const struct ending *ending = &story->ending;
    const struct tcp_figures *tcp = &ending->tcp;
    char trip[ZOC_UNIT_TEXT];
    unsigned odd = 0;

    story_duration_text(us(tcp->info.tcpi_rtt), trip);
    for (int i = 0; i < ODDITY_COUNT; i++)
        odd += oddities[i].is_so(tcp);
    story_tell(story, &fact,
               odd ? _("in all: bytes sent %llu, received %llu, in %s; a round trip took %s")
                   : _("in all: bytes sent %llu, received %llu, in %s; a round trip took %s, and nothing had to be "
                       "sent again"),
               (unsigned long long)ending->account.sent, (unsigned long long)ending->account.received, took, trip);
    for (int i = 0; i < ODDITY_COUNT; i++)
        if (oddities[i].is_so(tcp))
            oddities[i].tell(story, tcp);
    tell_rate(story, tcp);
}

void story_tell_figures(struct story *story)
{
    static const struct fact fact = { .layer = LAYER_TRANSPORT, .event = "summary" };
    const struct ending *ending = &story->ending;
    char took[ZOC_UNIT_TEXT];

    story_duration_text(ending->at - story->since, took);
    if (story->carrier == CARRIER_TCP)
        tell_tcp(story, took);
    else
        story_tell(story, &fact, _("in all: bytes sent %llu, received %llu, in %s"),
                   (unsigned long long)ending->account.sent, (unsigned long long)ending->account.received, took);
}
