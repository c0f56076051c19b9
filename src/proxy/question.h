/* What a proxy is asked, and how its answer is read: what the protocols share. */
#ifndef ZOC_PROXY_QUESTION_H
#define ZOC_PROXY_QUESTION_H

#include "proxy/proxy.h"

#include <stddef.h>

struct question {
    const struct proxy *proxy;
    const char *host; /* what is asked for: a name or digits */
    uint16_t port;
    zoc_address address; /* of a host in digits; size 0 when it is a name */
    zoc_stream *stream;  /* to the proxy */
};

#define QUESTION_AUTHORITY (ZOC_HOST_MAX + sizeof "[]:65535") /* bytes of HOST:PORT at most, with the NUL */

/* Whether the proxy can be asked for that host. Returns 0 with a question that has no stream yet, and borrows the rest;
 * -EINVAL with words. */
int question_init(const struct proxy *proxy, const char *host, uint16_t port, struct question *ret_question);

/* AF_INET, AF_INET6, or AF_UNSPEC of a name. */
int question_family(const struct question *question);

/* HOST:PORT, or [HOST]:PORT of IPv6 digits (RFC 3986 section 3.2). Returns `text`. */
char *question_authority(const char *host, uint16_t port, char text[QUESTION_AUTHORITY]);

/* Each protocol: asks and reads the answer, and not a byte beyond it. Waits. Returns as proxy_ask; the words do not say
 * yet which proxy it was. */
int question_ask_socks4(const struct question *question);
int question_ask_socks5(const struct question *question);
int question_ask_http(const struct question *question);

/* --- bytes ---------------------------------------------------------------------------------------- */

/* All of it. Returns 0 or a negative errno with words. */
int question_write(const struct question *question, const void *data, size_t size);

/* Exactly so many. Returns 0; -ZOC_ETRUNCATED when the proxy ended before; a negative errno, with words. */
int question_read(const struct question *question, void *data, size_t size);

/* --- refusals ------------------------------------------------------------------------------------- */

/* What a code in an answer means. Tables end with code 0, which is no refusal in any protocol. */
struct refusal {
    uint8_t code;
    int error;       /* positive */
    const char *why; /* NULL: as of the error */
};

/* Words for a target that the proxy does not connect to. Return the negative error; the code that the table does not
 * have is -ZOC_EPROXY. */
int question_refuse(const struct question *question, int error, const char *why);
int question_refuse_code(const struct question *question, const struct refusal *table, uint8_t code);

/* The proxy does not speak as it should. Returns -ZOC_EPROXY with the words "what it answers is not PROTOCOL". */
int question_refuse_answer(const char *protocol);

#endif
