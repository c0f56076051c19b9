/* zocalo nc, in parts: what was asked for, what is said about it, and what is done. */
#ifndef ZOC_CMD_NC_H
#define ZOC_CMD_NC_H

#include "cmd/explaining.h"
#include "cmd/verb.h"
#include "proxy/proxy.h"
#include "talk/ports.h"

#include <zocalo/net.h>

#define NC_FAILURE 1 /* the exit status of every failure, wrong options included, as the original has it */

/* -q: when it is over after the end of input. */
struct nc_quit {
    bool given;
    int seconds; /* negative: when the peer has ended */
};

struct nc {
    const struct verb *verb;

    /* options */
    int family; /* -4, -6: AF_INET, AF_INET6; AF_UNSPEC: either */
    bool listens, keeps, scans, datagrams, local, verbose, numeric, random;
    bool crlf, no_input, telnet, passes, half_closes;
    bool broadcast, debug;
    int ttl, min_ttl, tos, receive_buffer, send_buffer; /* as in zoc_endpoint_options */
    unsigned receive_max;
    zoc_duration interval, timeout;
    struct nc_quit quit;
    const char *source, *source_port, *program, *command, *dump;
    struct explain_options explain;
    const char *proxy_address, *proxy_user;
    enum proxy_kind proxy_kind;

    /* what they come to */
    const char *host;   /* or the path of a Unix socket; "": every interface */
    struct ports ports; /* to connect to */
    uint16_t port;      /* to listen on, or to come from */
    struct proxy proxy;
    zoc_endpoint *attendant; /* the program of -e or -c; NULL */
    zoc_endpoint *place;     /* where to listen, or what is dialled now; owned */

    /* while it runs */
    zoc_stream *console; /* standard input and output, once they are used */
    zoc_stream *dumped;  /* the file of -o */
    struct explaining explaining;
    bool input_ended;
    int status;
    int signal; /* that ended it; 0 */
};

/* --- what was asked for (nc_options.c) ------------------------------------------------------------- */

extern const struct verb_option nc_options[];

/* Reads the arguments, and refuses what contradicts itself. Returns 0 or a negative errno with words. */
int nc_prepare(struct nc *nc, int count, char **arguments);

/* The endpoint of that port (of the Unix socket, where it is one), with what the options ask of its socket; owned by nc. Returns
 * NULL without memory. */
const zoc_endpoint *nc_place(struct nc *nc, uint16_t port);

/* --- what is said on standard error (nc_told.c) ---------------------------------------------------- */

/* Hears of attempts to connect to a port. They are told with -v; without, the last one that failed can be told afterwards. */
struct nc_attempts {
    zoc_observer observer; /* first */
    const struct nc *nc;
    uint16_t port;
    zoc_address address; /* of the last attempt; size 0: there was none */
    int error;           /* why it failed; 0 */
    bool told;           /* it was */
};

struct nc_attempts nc_attempts_at(const struct nc *nc, uint16_t port);

/* No connection came about, for that reason. Says so, once, but for a scan without -v. */
void nc_tell_unreached(struct nc_attempts *attempts, int error);
void nc_tell_reached(const struct nc_attempts *attempts);

/* A socket is bound, listens (both with -v only), or has a peer. The last waits for the peer's name. */
void nc_tell_bound(const struct nc *nc, const zoc_endpoint *place);
void nc_tell_listening(const struct nc *nc, const zoc_endpoint *place);
void nc_tell_received(const struct nc *nc, const zoc_address *peer);

/* The words of the last failure as one line, unless a signal was behind it. Returns NC_FAILURE. */
int nc_fail(const struct nc *nc);

/* --- what is done ----------------------------------------------------------------------------------- */

/* Joins the peer with standard input and output, or with the program, and closes it. Waits. Returns an exit status. (nc_talk.c) */
int nc_talk(struct nc *nc, zoc_stream *peer);

/* A client of many: the program talks to it. A zoc_handler whose state is the struct nc. The peer stays its owner's. */
void nc_attend(zoc_stream *peer, void *nc);

/* Each on a fiber. Returns an exit status. */
int nc_listen(struct nc *nc);
int nc_connect(struct nc *nc);

#endif
