/* Names of addresses and ports, for people. */
#ifndef ZOC_TALK_NAMES_H
#define ZOC_TALK_NAMES_H

#include <zocalo/endpoint.h>

#define NAMES_HOST     (ZOC_HOST_MAX * 4 + 1) /* bytes of any host as text, NUL and escapes included */
#define NAMES_SERVICE  64                     /* of any service */
#define NAMES_PATIENCE (5 * ZOC_SECOND)       /* for name servers */

/* The digits of an address, without brackets and port; the path of a Unix socket. Returns `text`. */
char *names_digits(const zoc_address *address, char text[static NAMES_HOST]);

/* The name of an address, from the hosts file or name servers; its digits where it has none, or nobody answers in time. The
 * address of every interface (0.0.0.0, ::) has none. Waits. Returns `text`. */
char *names_host(const zoc_address *address, char text[static NAMES_HOST]);

/* The name of a port, from /etc/services; "*" where it has none. Returns `text`. */
char *names_service(uint16_t port, bool datagrams, char text[static NAMES_SERVICE]);

#endif
