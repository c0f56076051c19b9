/* Connections through a proxy: SOCKS 4 and 4a, SOCKS 5 (RFC 1928, RFC 1929), and HTTP CONNECT (RFC 9110 section 9.3.6).
 *
 * The name of a target goes to the proxy as it is, always: no resolver that this machine asks learns it. (Some programs
 * write socks5h:// for that, and look the name up themselves for socks5://.) */
#ifndef ZOC_PROXY_PROXY_H
#define ZOC_PROXY_PROXY_H

#include <stdint.h>
#include <zocalo/net.h>

#define PROXY_SOCKS_PORT 1080 /* when none is given, or 0; nc has the same two */
#define PROXY_HTTP_PORT  3128
#define PROXY_LOGIN_MAX  255 /* bytes of a user name, and of a password (RFC 1929 section 2) */

enum proxy_kind { PROXY_SOCKS4, PROXY_SOCKS5, PROXY_HTTP };

/* Zeroed, there is none, and releasing it is fine. Strings are owned. */
struct proxy {
    enum proxy_kind kind;
    char *host; /* a name or digits, without brackets; "": this machine */
    uint16_t port;
    char *user;     /* not empty; NULL: nobody says who asks */
    char *password; /* NULL: none; of SOCKS 4 always */
};

/* Reads SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/], where the scheme is socks4, socks4a (the same), socks5, socks5h (the
 * same) or http. A user and a password may be percent-encoded (RFC 3986 section 2.1). IPv6 digits stand in brackets.
 * Does not wait. Returns 0 with a proxy that the caller releases; -EINVAL with words, which never show the password;
 * -ENOMEM. */
int proxy_parse(const char *url, struct proxy *ret_proxy);

/* The same from its parts, as nc's options have them: address is HOST[:PORT], user and password are taken as they are
 * and may be NULL. */
int proxy_init(enum proxy_kind kind, const char *address, const char *user, const char *password,
               struct proxy *ret_proxy);

/* Zeroes it. */
void proxy_release(struct proxy *proxy);

/* Asks a proxy, at the other end of the stream, for a connection to the host, a name or digits without brackets.
 * Afterwards the stream is that connection: its next byte is the target's first, its account begins anew, and its
 * observer is not told of what was said before. Waits for as long as the proxy takes: ZOC_WITHIN bounds it. A soft stop
 * lets it finish, as it does of connecting. After a failure the stream is only to be closed.
 *
 * Returns 0; -EINVAL when the host is nothing that a proxy can be asked for; what the proxy says of the target:
 * -ECONNREFUSED, -EHOSTUNREACH, -ENETUNREACH, -ETIMEDOUT; -ZOC_EPROXY when it refuses for its own reasons (a login, a
 * rule) or answers what its protocol does not know; -ZOC_ETRUNCATED when it ends without an answer; -ECONNRESET and the
 * like. The words of all but -EINVAL begin with "proxy HOST:PORT: ". */
int proxy_ask(const struct proxy *proxy, zoc_stream *stream, const char *host, uint16_t port);

/* Dials the proxy, with the options of the target (bind=, 4, 6, nodelay, ...; connect-timeout= bounds all of it), and
 * asks it for the target. The observer is told of the connection to the proxy, and then of a second one, by the name
 * HOST:PORT of the target; what is tls:// gets its TLS over that. Waits. `options` may be NULL. Returns as
 * zoc_dial_endpoint and proxy_ask; -EINVAL when the target is not tcp:// or tls://, is "listen:", or has no host. */
int proxy_dial(const struct proxy *proxy, const zoc_endpoint *target, const zoc_dial_options *options,
               zoc_stream **ret_stream);

#endif
