/* A story from the inside: what it keeps of its connection, and its chapters. */
#ifndef ZOC_EXPLAIN_INSIDE_H
#define ZOC_EXPLAIN_INSIDE_H

#include "explain/story.h"
#include "meaning/dialogue.h"
#include "stream/tcp_figures.h"

/* What carries the bytes. */
enum carrier {
    CARRIER_NONE, /* there is no connection yet */
    CARRIER_TCP,
    CARRIER_UDP,
    CARRIER_LOCAL, /* a Unix socket */
    CARRIER_NAMED  /* a pipe, a file, a device, a program: what has a name and no address */
};

/* How far dialling has come. */
struct course {
    unsigned tries;        /* of the whole; from the second one on it has all been told */
    unsigned addresses;    /* that the name has */
    unsigned begun;        /* attempts of this try */
    unsigned failed;       /* of these */
    bool six, four;        /* there are addresses of that family */
    bool six_is_late;      /* IPv6 was still being looked up */
    bool proxied;          /* a proxy was asked, and has not made the connection yet */
    zoc_address failed_at; /* the last attempt that failed; size 0: none has */
};

/* Who ended first, and how it stood when it was closed. */
struct ending {
    bool peer_ended, we_ended; /* a FIN, a close_notify, the end of a pipe */
    bool broken;               /* by a reset, or a failure */
    int error;                 /* that broke it, and whose causes are not told yet; 0 */
    bool closed;
    enum side first; /* who ended first, when somebody has */
    zoc_time at;     /* it was closed */
    zoc_account account;
    struct tcp_figures tcp; /* of TCP */
};

struct story {
    zoc_observer observer; /* first */
    struct hearer hearer;
    struct teller *teller;
    struct story_options options;
    zoc_time now;              /* when what is being told happened */
    zoc_time since;            /* there is a connection */
    struct dialogue *dialogue; /* NULL: there is no connection yet, or no memory */
    struct course course;
    enum carrier carrier;
    bool secured;            /* TLS was agreed on */
    enum side asked;         /* who sent the last message of the TLS handshake */
    unsigned rounds;         /* of it: times that the server answered the client */
    zoc_address local, peer; /* of the connection; size 0 */
    struct ending ending;
};

/* What is always the same of an event. */
struct fact {
    enum story_layer layer;
    const char *event;
    struct reference reference;
    bool detail;
};

/* One line, with words that are made for the occasion. */
void story_tell(struct story *story, const struct fact *fact, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of something that a side did. */
void story_tell_of(struct story *story, enum side speaker, const struct fact *fact, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The other side, and this one. */
static inline enum side story_peer(const struct story *story)
{
    return story->options.peer;
}

static inline enum side story_us(const struct story *story)
{
    return side_other(story->options.peer);
}

/* An address without its port: digits, without brackets. Returns `text`, of ZOC_ADDRESS_TEXT bytes. */
char *story_host_text(const zoc_address *address, char *text);

/* A duration as people read it: three digits, and its unit. Returns `text`, of ZOC_UNIT_TEXT bytes. */
char *story_duration_text(zoc_duration duration, char *text);

/* That side says no more. */
void story_end_words(struct story *story, enum side speaker);

/* --- chapters -------------------------------------------------------------------------------------- */

/* Each tells of one kind of notice. */
typedef void story_chapter(struct story *story, const zoc_notice *notice);

/* Names, addresses and attempts (story_dial.c). */
story_chapter story_resolving, story_resolved, story_connecting, story_connect_failed;

/* Whoever came, and where (story_listen.c). */
story_chapter story_listening, story_accepted;

/* There is a connection: what carries it, where both ends are, what the kernel says of the path (story_path.c). */
story_chapter story_connected;

/* Begins to keep what is known of a connection. */
void story_begin(struct story *story, const zoc_notice *notice);

/* Our own end of it, and the path. */
void story_tell_path(struct story *story, const zoc_notice *notice);

/* Whether the other end is this machine as well. */
bool story_stays_here(const struct story *story);

/* TLS (story_tls.c). */
story_chapter story_tls_message, story_tls_agreed;

/* How it ends (story_end.c). */
story_chapter story_peer_ended, story_we_ended, story_we_reset, story_failed, story_closed;

/* What usually breaks a connection as this one was (failure.c). May wait. */
void story_tell_break(struct story *story);

/* What can be found out of a failure here: told; whether there was something that says why (findings.c). May wait. */
bool story_tell_findings(struct story *story, int error);

/* What went and came, and the kernel's figures, where they are unusual with what they mean (figures.c). */
void story_tell_figures(struct story *story);

#endif
