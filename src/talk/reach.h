/* Connecting with patience: within a time, and again where nobody listens yet. */
#ifndef ZOC_TALK_REACH_H
#define ZOC_TALK_REACH_H

#include <zocalo/net.h>

#define REACH_DELAY     (100 * ZOC_MILLISECOND) /* after the first try; it doubles with each one */
#define REACH_DELAY_MAX (1 * ZOC_SECOND)
#define REACH_REST      (10 * ZOC_MILLISECOND) /* with less left than this it does not try again */

struct proxy;

struct reach {
    const zoc_endpoint *endpoint;
    const struct proxy *proxy; /* the way there: endpoint is tcp:// or tls:// then. NULL: straight */
    zoc_observer *observer;    /* told of every try; stays with the stream. NULL: nobody */
    int (*introduce)(void *arg, zoc_stream *stream); /* as of zoc_dial_options, not through a proxy; NULL */
    void *arg;
    zoc_duration timeout; /* it must have come about by then; 0: whenever */
    zoc_duration wait;    /* so long it tries again when it is refused, unreachable or not there yet, or when the
                                * proxy says so of what lies behind it; 0: one try */
};

/* Waits. Returns as zoc_dial_endpoint or proxy_dial: what the last try returned. */
int reach_peer(const struct reach *reach, zoc_stream **ret_peer);

/* Makes the endpoint's connections come from ADDRESS, ADDRESS:PORT or :PORT, as bind= does. Returns 0; -EINVAL with words
 * when that is malformed, or the endpoint has no such address; -ENOMEM. */
int reach_set_source(zoc_endpoint *endpoint, const char *source);

#endif
