/* Unix datagram sockets that are sent from with a path of their own, where answers come to. */
#ifndef ZOC_NET_RETURN_PATH_H
#define ZOC_NET_RETURN_PATH_H

#include "stream/descriptor.h"

/* A stream over the socket, which is bound to that path first. Its file is removed with the stream. Takes the descriptor over on
 * success only. Returns 0; -EADDRINUSE and the like with words. */
int return_path_new(int fd, const char *path, const zoc_address *peer, struct descriptor **ret_new);

#endif
