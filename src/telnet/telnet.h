/* Telnet (RFC 854) as a layer over a stream: text in and out, and commands on the side.
 *
 * The layer takes commands out of what comes and puts them into what goes, doubles the byte 255 and takes it apart
 * again, and does the ends of lines. Which options both sides agree on is negotiated by libtelnet (RFC 1143), which is
 * loaded when the first stream needs it. Bytes of text alone count as received and sent.
 *
 * Ends of lines, where BINARY (RFC 856) is not agreed on: of a received CR NUL the NUL is left out, everything else is
 * as it came. Sent, LF becomes CR LF and CR becomes CR NUL; CR LF stays. A CR at the end of a write goes as CR NUL at
 * once, since nobody knows what follows and a person waits for the answer; an LF at the beginning of the next write
 * goes as it is then, so that what the peer makes of both is CR LF all the same.
 *
 * Whatever the peer does is bounded. Answers to it wait in a queue of TELNET_OUTBOX_MAX bytes until they can be
 * written, so that a peer that does not read never holds up what comes from it; when the queue is full, receiving waits
 * for room for TELNET_PATIENCE and then fails. A subnegotiation of more than TELNET_PARAMETERS_MAX bytes is a failure.
 *
 * Not here: what RFC 854 calls Synch. Urgent data of TCP is taken where it stands (SO_OOBINLINE, socket(7)), and the
 * data mark is a command like any other: text before it is not thrown away. Compression is refused. */
#ifndef ZOC_TELNET_TELNET_H
#define ZOC_TELNET_TELNET_H

#include "telnet/command.h"

#include <zocalo/stream.h>

#define TELNET_OUTBOX_MAX       4096 /* bytes of commands that wait to be written, besides as many on their way */
#define TELNET_PATIENCE         (2 * ZOC_SECOND)
#define TELNET_NAME_MAX         64        /* bytes of a terminal type or a user's name */
#define TELNET_TERMINAL_UNKNOWN "UNKNOWN" /* the terminal type where none was given (RFC 1091) */

/* What both sides agreed on so far. */
struct telnet_state {
    bool speaks;            /* it is telnet: always, but with `waits` only once the peer has begun */
    bool peer_echoes;       /* ECHO (RFC 857): a terminal must not echo */
    bool peer_goes_on;      /* SUPPRESS-GO-AHEAD (RFC 858) by the peer; with ECHO: a character at a time */
    bool we_go_on;          /* and by us */
    bool binary_in;         /* BINARY (RFC 856) by the peer */
    bool binary_out;        /* and by us */
    bool tells_size;        /* NAWS (RFC 1073): telnet_resize reaches the peer */
    unsigned columns, rows; /* as they were told last; 0: not told */
};

enum telnet_event {
    TELNET_RECEIVED, /* a command came */
    TELNET_SENT,     /* one was put into what goes */
    TELNET_CHANGED   /* an option was agreed on or given up, or telnet began; the command is none */
};

struct telnet_notice {
    enum telnet_event event;
    const struct telnet_command *command; /* NULL: none */
    const struct telnet_state *state;
};

/* Texts need to live until telnet_open has returned, `state` as long as the stream. */
struct telnet_options {
    const char *terminal_type; /* TERMINAL-TYPE (RFC 1091); NULL: TELNET_TERMINAL_UNKNOWN */
    const char *user;          /* NEW-ENVIRON USER (RFC 1572); NULL: not told */
    unsigned columns, rows;    /* NAWS, each at most 65535; 0: not told */
    bool binary_in;            /* asks the peer for BINARY */
    bool binary_out;           /* offers it */
    bool begins;               /* says at once what it is ready for, as clients do on port 23 */
    bool waits;                /* plain bytes both ways until IAC and WILL, WONT, DO, DONT or SB comes */
    bool refuses;              /* agrees to nothing */
    void (*tell)(void *state, const struct telnet_notice *notice); /* does not wait; NULL: nobody is told */
    void *state;
};

/* The layer owns `inner` from then on, on success only. Waits for the library to be read, but not with `waits`: then
 * the first receive that needs it does.
 * Returns 0; -ELIBACC with words when there is no libtelnet; -EINVAL with words when the terminal type or the user is
 * empty or too long, or the stream is one of messages; -ENOMEM.
 *
 * Receiving from the stream fails, besides as every stream does, with -EPROTO when a subnegotiation is too long or the
 * peer does not read the answers to what it asks, and with -ELIBACC. With `waits`, a 255 that is the last byte to have
 * come is kept back until the next one says what it was. */
int telnet_open(zoc_stream *inner, const struct telnet_options *options, zoc_stream **ret_telnet);

/* Sends IAC and one command, TELNET_BREAK and the like, after the text that was written so far; does not wait.
 * Returns 0, -ENOBUFS when too much waits to be written, or -EPIPE after a half-close. */
int telnet_send_command(zoc_stream *telnet, unsigned char command);

/* TELNET_WILL, TELNET_WONT, TELNET_DO or TELNET_DONT and an option. What would say nothing new is not sent (RFC 1143).
 * Waits where the library has to be read. Returns as telnet_send_command, or -ELIBACC. */
int telnet_send_request(zoc_stream *telnet, unsigned char request, unsigned char option);

/* The terminal has another size, each at most 65535; the peer is told if it asked for that. Returns as
 * telnet_send_command. */
int telnet_resize(zoc_stream *telnet, unsigned columns, unsigned rows);

struct telnet_state telnet_get_state(const zoc_stream *telnet);

#endif
