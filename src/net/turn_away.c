/* Closing the door before the house: a listener that is to close, with nobody lost who got in.
 *
 * Between the last accept(2) and close(2) the kernel can complete one more handshake, and the close resets it: a client
 * that was told "connected" loses what it sent. So SYNs are dropped first: a client sends its SYN again a second later,
 * and is refused then, or finds whoever took the port over. */
#include "net/endpoint.h"
#include "net/listener.h"

#include <linux/filter.h>
#include <zocalo/error.h>

#define TCP_FLAGS_OFFSET 13 /* RFC 9293 section 3.1 */
#define TCP_FLAG_SYN     0x02
#define TCP_FLAG_ACK     0x10

/* Everything passes but a segment with SYN and without ACK. The filter sees a segment from its TCP header on. */
static void drop_syns(int fd)
{
    static struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS_OFFSET),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TCP_FLAG_SYN | TCP_FLAG_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TCP_FLAG_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

    zoc_world->setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void listener_turn_away(zoc_listener *listener)
{
    made_remove(&listener->made, listener->endpoint->path);
    if (endpoint_is_tcp(listener->endpoint) && !listener->inherited)
        drop_syns(listener->watch.fd);
}

/* On loopback as well what is under way may wait for a softirq, but not for the other side of the world. */
zoc_duration listener_handshake_time(const zoc_listener *listener)
{
    zoc_address local = { .size = sizeof local.local };

    if (!endpoint_is_tcp(listener->endpoint) || listener->inherited)
        return 0;
    bool loopback =
        zoc_world->getsockname(listener->watch.fd, &local.any, &local.size) == 0 && zoc_address_is_loopback(&local);
    return loopback ? ZOC_HANDSHAKE_TIME / 10 : ZOC_HANDSHAKE_TIME;
}
