/* Who could be reached here: the ports of this machine where somebody waits. */
#ifndef ZOC_LOOK_LISTENING_H
#define ZOC_LOOK_LISTENING_H

#include <zocalo/endpoint.h>

/* Where sockets of TCP listen, or those of UDP wait for anybody (bound, and connected to nobody), in this network
 * namespace: the first `max` in the order of their ports, each address and port once. `protocol` is IPPROTO_TCP or
 * IPPROTO_UDP. May block: only on a worker thread. Returns how many are in ret_places, or a negative errno as
 * look_sockets. */
int look_listening(int protocol, zoc_address *ret_places, unsigned max);

#endif
