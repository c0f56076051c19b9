/* A line: somebody who came, and what was opened for it on the other side. */
#ifndef ZOC_RELAY_LINE_H
#define ZOC_RELAY_LINE_H

#include "relay/dump.h"
#include "relay/joint.h"
#include "relay/relay.h"

/* The sides of a line, and of its joint. */
enum { LINE_CLIENT, LINE_TARGET };

struct line {
    struct relay *relay;
    int64_t number;    /* from 1, in this process; 0: there is but one */
    zoc_time since;    /* it came */
    zoc_address peer;  /* who came, as the log has it: whom a proxy named, where one did */
    zoc_address local; /* where to, when a proxy named that; size 0 */
    bool cut;          /* on purpose, by the relay's impairment */
    struct joint joint;
    struct dump_tap dumps[2];
    struct recording *recording; /* NULL: none */
};

/* A number that no other line or session of this process has. From any thread. */
int64_t line_number(void);

/* The line of a client, whose stream stays the caller's. */
void line_begin(struct line *line, struct relay *relay, int64_t number, zoc_stream *client);

/* When the client is one of the relay's proxies: waits for its header, which may name another peer. Returns as
 * proxy_header_receive. */
int line_hear_proxy(struct line *line);

/* Sends the target of a line a header, where its relay does that; as of zoc_dial_options. Returns as proxy_header_send. */
int line_introduce(void *line, zoc_stream *target);

/* Joins the client with the target, a stream that is the line's from here on. Waits until both have ended. Unless that
 * was in order, both are broken off: the client when it is closed. */
void line_join(struct line *line, zoc_stream *target);

/* Nothing that came is missing on the other side. Datagrams know no end but silence. */
bool line_ended_well(const struct joint *joint);

void line_end(struct line *line);

/* A zoc_handler; `relay` is a struct relay. Opens the target for somebody who may come, joins the two and logs how it
 * ended. */
void line_run(zoc_stream *client, void *relay);

#endif
