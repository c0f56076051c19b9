/* Streams from the inside: a small table of operations, and what all streams keep. */
#ifndef ZOC_STREAM_STREAM_H
#define ZOC_STREAM_STREAM_H

#include <zocalo/stream.h>

struct descriptor;

/* What a kind of stream does. Operations do not count bytes, tell observers or remember how the stream ended: the
 * callers in stream.c do that for all of them. */
struct stream_operations {
    ssize_t (*receive)(zoc_stream *stream, zoc_bytes *ret_chunk);
    ssize_t (*read)(zoc_stream *stream, void *data, size_t size);
    /* All of it, `size` bytes, or an error; *ret_written is how many bytes went out either way, and so far while it waits. */
    int (*writev)(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written);
    int (*shut)(zoc_stream *stream);
    void (*leave)(zoc_stream *stream); /* says what is said last, without waiting, before a close; NULL: nothing */
    void (*close)(zoc_stream *stream); /* and frees it */
    void (*describe)(const zoc_stream *stream, char *text, size_t size);
    /* The descriptor under one direction of the stream, when there is nothing between; NULL otherwise. */
    struct descriptor *(*plain)(zoc_stream *stream, bool sends);
    zoc_stream *(*below)(const zoc_stream *stream); /* the stream that this one is a layer over; NULL: it is none */
};

/* A write that an observer hears of. */
struct stream_write {
    const struct iovec *pieces;
    int count;
    size_t told; /* bytes of them */
};

struct zoc_stream {
    const struct stream_operations *operations;
    zoc_observer *observer;
    struct stream_write *write; /* that waits, on the stack of its fiber; NULL: there is none, or no observer */
    zoc_duration timeout;
    zoc_time since;
    uint64_t received, sent;
    size_t under_way; /* bytes that a write which waits has got rid of so far */
    int error;
    zoc_ending ending : 8;
    bool messages : 1;   /* each receive is one */
    bool receives : 1;   /* bytes come from it; when none ever do, receiving is the end */
    bool sends : 1;      /* bytes go to it */
    bool drains : 1;     /* a close with unread input destroys what was sent: zoc_finish reads it */
    bool peer_ended : 1; /* the end was received */
    bool we_ended : 1;   /* shut */
    bool poisoned : 1;   /* a write was cut off in the middle */
    bool writing : 1;    /* a fiber is in a write */
    bool one_end : 1;    /* a half-close of ours says nothing to the peer: only the close does */
    bool served : 1;     /* accepted by zoc_serve: see ZOC_LAST_CALL */
    bool broken_off : 1; /* its close is no farewell: see stream_break_off */
};

void stream_init(zoc_stream *stream, const struct stream_operations *operations);

/* Bytes written to a TCP connection that its peer has not acknowledged, also below layers; 0 of what is none. */
size_t stream_unsent(const zoc_stream *stream);

/* Whoever closes or finishes it will break the connection off, as zoc_reset does: for what is not ours to close. */
void stream_break_off(zoc_stream *stream);

/* Keeps the account of bytes that went past the operations (spliced ones), and of failures. */
void stream_account_received(zoc_stream *stream, zoc_bytes bytes);
void stream_account_sent(zoc_stream *stream, zoc_bytes bytes);
void stream_account_end(zoc_stream *stream);
void stream_account_failure(zoc_stream *stream, int error);

/* Tells the observer, if there is one. The time is filled in here. */
void observer_tell(zoc_observer *observer, zoc_notice notice);

#endif
