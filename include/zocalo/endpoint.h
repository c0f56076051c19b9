/* Addresses and endpoints: names for anything that bytes go through.
 *
 *     tcp://HOST:PORT  udp://HOST:PORT      then options, each after a comma: tcp://:80,nodelay
 *     tls://HOST:PORT                       TLS over TCP: ca=, cert=, key=, pin=, sni=, alpn=, version=, insecure
 *     unix:PATH  unix:@ABSTRACT             type=stream|dgram|seqpacket, mode=0660
 *     fifo:PATH                             a named pipe: dir=in|out, mode=0660; made when it is missing
 *     file:PATH                             a file or a device: dir=in|out|both, append, mode=0644; of a terminal or
 *                                           serial device: raw, cooked, speed=115200
 *     pty:PATH                              a pseudo terminal, made here, that others open by that path: mode=0660
 *     exec:COMMAND                          a program, through /bin/sh -c; the command is all that follows
 *     fd:N  -                               a descriptor that is open already; standard input and output
 *     HOST:PORT, :PORT                      mean tcp://
 *     listen:ENDPOINT                       listen there where one would dial
 *
 * A word with a / in it and no scheme is a path: a Unix socket, a named pipe or a file, which is found out when it is
 * dialled, and a Unix socket when it is listened on. A comma in a path is written \, and a backslash \\. */
#ifndef ZOCALO_ENDPOINT_H
#define ZOCALO_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zocalo/bytes.h>
#include <zocalo/units.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- socket addresses --------------------------------------------------------------------------- */

typedef struct zoc_address {
    socklen_t size; /* bytes of `any` in use; 0 when there is no address */
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
        struct sockaddr_un local;
    };
} zoc_address;

#define ZOC_ADDRESS_TEXT 460 /* bytes that any address needs as text at most, NUL and escapes included */

/* "127.0.0.1:80", "[::1]:80", "[fe80::1%2]:80", "/run/socket", "@abstract", "(unnamed)". An IPv4 address that
 * is mapped into IPv6 is written as the IPv4 address that it is. Control characters are escaped. Returns `text`. */
char *zoc_address_format(const zoc_address *address, char *text, size_t size);

/* Reads an address as IPv4 or IPv6 digits (no brackets; a zone after % is an interface name or number).
 * Returns 0 or -EINVAL; sets no words. */
int zoc_address_parse_ip(const char *text, uint16_t port, zoc_address *ret_address);

/* The port in host order; 0 when it has none. */
uint16_t zoc_address_port(const zoc_address *address);
void zoc_address_set_port(zoc_address *address, uint16_t port);

/* 127.0.0.0/8 and ::1. */
bool zoc_address_is_loopback(const zoc_address *address);

/* Same family (a mapped one counts as IPv4), address and port. */
bool zoc_address_equal(const zoc_address *one, const zoc_address *other);

/* --- endpoints ---------------------------------------------------------------------------------- */

#define ZOC_ENDPOINT_MAX 1024 /* bytes of an endpoint's text at most, without its NUL; a longer one is refused */
#define ZOC_HOST_MAX     253  /* bytes of a host name (RFC 1035 section 2.3.4, without the final dot) */

typedef enum zoc_scheme {
    ZOC_TCP,
    ZOC_UDP,
    ZOC_TLS, /* over TCP */
    ZOC_UNIX,
    ZOC_FIFO,
    ZOC_FILE,
    ZOC_PTY,
    ZOC_EXEC,
    ZOC_FD,
    ZOC_STDIO,
    ZOC_PATH /* written without a scheme */
} zoc_scheme;

typedef enum zoc_direction {
    ZOC_DIRECTION_DEFAULT, /* nobody said: in, but out with `append`, and both of a terminal or serial device */
    ZOC_IN,                /* it is read */
    ZOC_OUT,               /* it is written */
    ZOC_BOTH               /* of a device: through one descriptor */
} zoc_direction;

/* A certificate and its private key, each a PEM file (RFC 7468). */
typedef struct zoc_tls_files {
    char *certificate; /* with the chain that leads to an authority behind it */
    char *key;         /* NULL: it is in the same file */
} zoc_tls_files;

/* What TLS is to be, of a client or a server. Strings are owned; zeroed, everything is as it is by default. */
typedef struct zoc_tls_options {
    zoc_tls_files *files; /* cert=, key=: of a server, one for each name that it goes by; of a client, at most one */
    size_t file_count;    /* 0: a server makes a certificate of its own, a client shows none */
    char *ca;             /* ca=: PEM file of the authorities that vouch for the peer. NULL: of a client, those of the
                              * system; of a server, the client is not asked for a certificate */
    char *pin;            /* pin=: "sha256:" and 64 hexadecimal digits: the peer's public key (SubjectPublicKeyInfo,
                              * RFC 7469 section 2.4) or certificate has that hash, and nothing else is looked at; NULL */
    char *sni;            /* sni=: the name that is asked for (RFC 6066 section 3) and that the certificate has to be
                              * for, of a client; NULL: the host */
    char *alpn;           /* alpn=: protocols with ':' between, the best first (RFC 7301); NULL: none */
    int version;          /* version=: 12 or 13, that one alone; 0: TLS 1.2 and 1.3 */
    bool insecure;        /* whoever answers is taken for the peer, of a client */
} zoc_tls_options;

typedef struct zoc_endpoint_options {
    char *bind;                   /* local address, "HOST", "HOST:PORT" or ":PORT", of a connection, or the path that
                                   * Unix datagrams come from; NULL */
    bool only4, only6;            /* 4, 6: one family alone */
    zoc_duration connect_timeout; /* connect-timeout=; 0: none but the kernel's */
    zoc_duration timeout;         /* timeout=: nothing received for so long ends it; 0: none */
    bool keepalive;               /* SO_KEEPALIVE */
    bool nodelay;                 /* TCP_NODELAY */
    bool reuseport;               /* SO_REUSEPORT */
    bool or_free;                 /* or-free: when it is taken, listen on a free port (a free path) instead */
    bool broadcast;               /* udp: may send to everybody (SO_BROADCAST) */
    bool debug;                   /* SO_DEBUG: wants the capability CAP_NET_ADMIN (socket(7)) */
    int rcvbuf, sndbuf;           /* bytes asked for in the kernel, each way (SO_RCVBUF, SO_SNDBUF); 0: the system's */
    int ttl;                      /* 1 to 255; 0: the system's */
    int min_ttl;                  /* what comes with less is dropped (IP_MINTTL, RFC 5082), 1 to 255; 0: nothing is */
    int tos;                      /* 0 to 255; -1: the system's */
    int backlog;                  /* 1 to 65535; 0: SOMAXCONN */
    int mode;                     /* of a file, pipe or socket that is made, 0 to 07777; -1: as umask says */
    zoc_direction direction;      /* dir= of a pipe or file */
    bool append;                  /* what is written goes to the end of the file */
    bool raw;                     /* of a terminal or serial device: bytes pass as they are (cfmakeraw(3)) */
    bool cooked;                  /* of the same: its settings stay as they are found. Neither: raw when it is both
                                   * read and written, and does not control this process */
    int speed;                    /* speed=: bits per second of its line, one of the standard ones; 0: as it is */
    zoc_tls_options tls;          /* of tls:// */
} zoc_endpoint_options;

typedef struct zoc_endpoint {
    zoc_scheme scheme;
    bool listens;  /* it had "listen:" before it */
    char *host;    /* tcp, udp, tls: a name or digits, without brackets; "" when there was none */
    uint16_t port; /* tcp, udp, tls: host order */
    char *path;    /* unix, fifo, file, pty, path: the path, or the abstract name without its @ */
    char *command; /* exec: what the shell is given */
    bool abstract; /* unix: an abstract name (unix(7)) */
    int type;      /* unix, path: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET */
    int fd;        /* fd: the number */
    zoc_endpoint_options options;
} zoc_endpoint;

/* Reads an endpoint. Does not wait, looks up service names (getservbyname's file) and nothing else.
 * Returns 0 with an endpoint that the caller frees; -EINVAL with words that quote the text, say what is wrong
 * and at which character, and for an unknown option or scheme list the known ones; -ENOMEM. */
int zoc_endpoint_parse(const char *text, zoc_endpoint **ret_endpoint);

/* Reads HOST and PORT as two arguments; the same otherwise. HOST may carry a scheme ("udp://::1"). */
int zoc_endpoint_parse_pair(const char *host, const char *port, zoc_endpoint **ret_endpoint);

/* NULL is fine. */
void zoc_endpoint_free(zoc_endpoint *endpoint);

/* Whether bytes go there in datagrams, and nobody connects: udp, and unix or a path with type=dgram. */
bool zoc_endpoint_has_datagrams(const zoc_endpoint *endpoint);

/* Whether one can listen there at all: not at a pipe, a file, a terminal, a program, or standard input and output. */
bool zoc_endpoint_can_listen(const zoc_endpoint *endpoint);

/* The endpoint as text that parses to the same endpoint again, appended to the buffer. Returns 0 or -ENOMEM. */
int zoc_endpoint_print(const zoc_endpoint *endpoint, zoc_buffer *buffer);

/* The same as a string that the caller frees with free(); NULL when there is no memory. */
char *zoc_endpoint_text(const zoc_endpoint *endpoint);

#ifdef __cplusplus
}
#endif

#endif
