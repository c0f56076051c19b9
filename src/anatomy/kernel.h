/* What the kernel tells of one connection: its counts, when data left and came, what headers have. */
#ifndef ZOC_ANATOMY_KERNEL_H
#define ZOC_ANATOMY_KERNEL_H

#include "anatomy/facts.h"
#include "anatomy/moment.h"

/* What TCP_INFO has (tcp(7)); counts.known is false where it does not. */
void kernel_counts(int fd, struct counts *ret_counts);
void kernel_terms(int fd, struct tcp_terms *ret_terms);

/* ToS, TTL and whether packets may be fragmented (ip(7), ipv6(7)). */
void kernel_packet(int fd, bool ip6, struct facts *facts);

/* Asks for times of what leaves and comes from now on (SO_TIMESTAMPING, Documentation/networking/timestamping of Linux). Where the
 * kernel has none, none are told. */
void kernel_ask_times(int fd);

/* When the data that comes next came; 0: it does not say. Does not wait: -EAGAIN where there is none yet, or why not. */
int kernel_when_came(int fd, zoc_time *ret_time);

/* When the byte (of a stream: counted from 0; of datagrams: the datagram) left and was acknowledged; 0: it does not say. What it
 * said of others is forgotten. */
void kernel_when_left(int fd, uint32_t byte, zoc_time *ret_left, zoc_time *ret_acknowledged);

#endif
