/* All that the kernel knows of a TCP connection: more than the C library's structure has room for. */
#ifndef ZOC_STREAM_TCP_FIGURES_H
#define ZOC_STREAM_TCP_FIGURES_H

#include <zocalo/stream.h>

/* struct tcp_info as the kernel has it (linux/tcp.h), as far as it is of use here. What an older kernel does not know is 0. */
struct tcp_figures {
    struct tcp_info info;
    uint64_t pacing_rate, pacing_rate_max;
    uint64_t bytes_acked, bytes_received;
    uint32_t segments_out, segments_in;
    uint32_t unsent;
    uint32_t rtt_min_us;
    uint32_t data_segments_in, data_segments_out;
    uint64_t delivery_rate;                      /* bytes a second, of the newest samples */
    uint64_t busy_us;                            /* with something to send or unacknowledged */
    uint64_t rwnd_limited_us, sndbuf_limited_us; /* of these: held up by the peer's window, by our send buffer */
};

/* Returns 0, or -EOPNOTSUPP when it is no TCP connection. */
int stream_tcp_figures(const zoc_stream *stream, struct tcp_figures *ret_figures);

#endif
