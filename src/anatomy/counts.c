/* TCP_INFO as the kernel has it: the header of the C library ends before the counts. */
#include "anatomy/kernel.h"
#include "world/world.h"

#include <linux/tcp.h>
#include <netinet/in.h>

/* linux/tcp.h does not name them (net/tcp_states.h). */
enum { KERNEL_TIME_WAIT = 6, KERNEL_CLOSE = 7, KERNEL_CLOSE_WAIT = 8, KERNEL_LAST_ACK = 9, KERNEL_CLOSING = 11 };

#define TIMESTAMPS_BYTES 12 /* of the option, with its padding */

static bool ask(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof *info;

    *info = (struct tcp_info){ .tcpi_state = 0 };
    return zoc_world->getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

static bool has_ended(unsigned state)
{
    static const unsigned ended[] = { KERNEL_TIME_WAIT, KERNEL_CLOSE, KERNEL_CLOSE_WAIT, KERNEL_LAST_ACK,
                                      KERNEL_CLOSING };

    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
        if (ended[i] == state)
            return true;
    return false;
}

/* A kernel before 4.19 has no tcpi_bytes_sent: none is known then. */
void kernel_counts(int fd, struct counts *ret_counts)
{
    struct tcp_info info;

    *ret_counts = (struct counts){ .known = false };
    if (!ask(fd, &info) || info.tcpi_segs_out == 0)
        return;
    bool ended = has_ended(info.tcpi_state);
    *ret_counts = (struct counts){
        .known = true,
        .peer_ended = ended,
        .peer_first = info.tcpi_state == KERNEL_CLOSE_WAIT || info.tcpi_state == KERNEL_LAST_ACK,
        .closed = info.tcpi_state == KERNEL_CLOSE,
        .out = info.tcpi_segs_out,
        .in = info.tcpi_segs_in,
        .data_out = info.tcpi_data_segs_out,
        .data_in = info.tcpi_data_segs_in,
        .again = info.tcpi_total_retrans,
        .bytes_out = info.tcpi_bytes_sent - info.tcpi_bytes_retrans,
        .bytes_in =
            info.tcpi_bytes_received - (ended && info.tcpi_bytes_received > 0), /* which counts a FIN as a byte */
        .rtt_us = info.tcpi_rtt,
    };
}

void kernel_terms(int fd, struct tcp_terms *ret_terms)
{
    struct tcp_info info;

    *ret_terms = (struct tcp_terms){ .mss = 0 };
    if (!ask(fd, &info))
        return;
    bool timestamps = info.tcpi_options & TCPI_OPT_TIMESTAMPS;
    *ret_terms = (struct tcp_terms){
        .timestamps = timestamps,
        .sack = info.tcpi_options & TCPI_OPT_SACK,
        .window_scale = info.tcpi_options & TCPI_OPT_WSCALE,
        .ecn = info.tcpi_options & TCPI_OPT_ECN,
        .mss =
            info.tcpi_advmss + (timestamps ? TIMESTAMPS_BYTES : 0), /* which Linux takes off once they are agreed on */
        .scale = info.tcpi_rcv_wscale,
        .peer_scale = info.tcpi_snd_wscale,
        .segment = info.tcpi_snd_mss,
    };
}

static unsigned option(int fd, int level, int name, unsigned otherwise)
{
    int value = 0;
    socklen_t size = sizeof value;

    return zoc_world->getsockopt(fd, level, name, &value, &size) == 0 && value >= 0 ? (unsigned)value : otherwise;
}

void kernel_packet(int fd, bool ip6, struct facts *facts)
{
    unsigned discover = option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT);

    facts->tos = ip6 ? option(fd, IPPROTO_IPV6, IPV6_TCLASS, 0) : option(fd, IPPROTO_IP, IP_TOS, 0);
    facts->ttl = ip6 ? option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64) : option(fd, IPPROTO_IP, IP_TTL, 64);
    facts->dont_fragment = discover == IP_PMTUDISC_WANT || discover == IP_PMTUDISC_DO;
}
