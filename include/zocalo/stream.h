/* Streams: bytes in, bytes out, and an end in each direction.
 *
 * One fiber at a time may receive from a stream and one at a time write to it; they may be two. A second
 * writer, or a second receiver, is a programmer's error and crashes. Calls that wait end with -ECANCELED when
 * their fiber was stopped and with -ETIMEDOUT at its deadline; a soft stop ends the waits for input only
 * (see ZOC_FINISH), and only when there is none.
 *
 * A write that was cut off in the middle poisons the stream for writing: what follows would not connect to what
 * the peer has, so every later write answers -EPIPE. */
#ifndef ZOCALO_STREAM_H
#define ZOCALO_STREAM_H

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <zocalo/bytes.h>
#include <zocalo/observer.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZOC_CHUNK_MAX (64 * 1024) /* bytes that zoc_receive lends at most; a longer datagram is cut */

typedef struct zoc_stream zoc_stream;

/* Waits for bytes and lends them: they are valid until the next receive, read or close of this stream.
 * Returns how many (at most ZOC_CHUNK_MAX); 0 at the end; -ECONNRESET and the like.
 *
 * On a stream of messages (UDP, Unix datagrams) each call lends one message. There is no end; a message
 * of no bytes is 0 with ret_chunk->data not NULL, while at the end it is NULL. */
ssize_t zoc_receive(zoc_stream *stream, zoc_bytes *ret_chunk);

/* Waits for bytes and copies at most `size` of them. Returns as zoc_receive; of a message, the rest is lost. */
ssize_t zoc_read(zoc_stream *stream, void *data, size_t size);

/* Writes all of it, or fails; a message on a stream of messages. Waits while the peer does not read.
 * Returns `size`, or -EPIPE, -ECONNRESET, ... */
ssize_t zoc_write(zoc_stream *stream, const void *data, size_t size);
ssize_t zoc_writev(zoc_stream *stream, const struct iovec *pieces, int count); /* count at most 16 */

/* Half-close: we send no more, and still receive. The peer sees the end, but on a stream that knows no half-close
 * (UDP, a terminal), where it is told nothing. Returns 0 or a negative errno. */
int zoc_shut(zoc_stream *stream);

/* Ends a conversation so that nothing in flight is destroyed: half-closes, reads and throws away what still
 * comes until the peer ends (at most ZOC_FAREWELL_TIME and ZOC_FAREWELL_BYTES), closes. (A close with unread
 * input would make the kernel reset the connection, RFC 1122 section 4.2.2.13, and the peer lose what it had
 * not read.) Waits, also after a soft stop; after a cancel it throws away what has come and closes. NULL is fine. */
void zoc_finish(zoc_stream *stream);

#define ZOC_FAREWELL_TIME  (2 * ZOC_SECOND)
#define ZOC_FAREWELL_BYTES (1024 * 1024)

/* Closes at once. NULL is fine. */
void zoc_close(zoc_stream *stream);

/* Closes at once and breaks the connection off: of TCP the peer is told -ECONNRESET, and what has not reached it yet
 * is lost (RFC 9293 section 3.10.5; SO_LINGER, socket(7)). What is no TCP connection is closed as by zoc_close. NULL
 * is fine. */
void zoc_reset(zoc_stream *stream);

/* Whether each receive is a message of its own. */
bool zoc_stream_has_messages(const zoc_stream *stream);

/* Whether the peer sees a half-close of ours: not that of datagrams, of a terminal or of another device that is both read
 * and written. Such a peer may wait for more for ever, and say nothing. */
bool zoc_stream_tells_end(const zoc_stream *stream);

/* Whether bytes come from it, and whether they go to it: a pipe or a file has one direction. In the other, receiving is
 * the end at once and a write answers -EBADF. */
bool zoc_stream_receives(const zoc_stream *stream);
bool zoc_stream_sends(const zoc_stream *stream);

/* Words for it: "tcp 127.0.0.1:50007 < 127.0.0.1:41234". Returns `text`. */
char *zoc_describe(const zoc_stream *stream, char *text, size_t size);

/* Tells the observer from now on; NULL: nobody. */
void zoc_observe(zoc_stream *stream, zoc_observer *observer);

/* When nothing was received for so long, receiving ends with -ETIMEDOUT; and so does writing when nothing could be
 * written for so long, since the peer does not read. 0: never. What worker threads read and write (files) takes its
 * time. */
void zoc_set_timeout(zoc_stream *stream, zoc_duration timeout);

/* --- accounts ----------------------------------------------------------------------------------- */

typedef enum zoc_ending {
    ZOC_OPEN,           /* it has not ended */
    ZOC_ENDED_BY_PEER,  /* the peer sent its end first */
    ZOC_ENDED_BY_US,    /* we half-closed or closed first */
    ZOC_ENDED_BY_RESET, /* the peer reset it */
    ZOC_ENDED_BY_TIME,  /* nothing came or went for too long, or a deadline passed */
    ZOC_ENDED_BY_ERROR  /* anything else: see the error */
} zoc_ending;

typedef struct zoc_account {
    uint64_t received; /* bytes */
    uint64_t sent;     /* bytes */
    zoc_ending ending; /* what ended it first */
    int error;         /* the negative errno behind it, or 0 */
    zoc_time since;    /* when the stream was made */
} zoc_account;

/* What went through so far. */
zoc_account zoc_stream_account(const zoc_stream *stream);

/* The two ends of it. The peer has size 0 where a stream has none; zoc_stream_local returns 0, or -EOPNOTSUPP then. */
const zoc_address *zoc_stream_peer(const zoc_stream *stream);
int zoc_stream_local(const zoc_stream *stream, zoc_address *ret_address);

/* What the kernel knows of a TCP connection (tcp(7), TCP_INFO): round trip time, window, retransmissions.
 * Returns 0, or -EOPNOTSUPP when it is none. */
int zoc_stream_tcp_info(const zoc_stream *stream, struct tcp_info *ret_info);

/* --- descriptors as streams ---------------------------------------------------------------------- */

/* A stream over a descriptor that is open already, of any kind: socket, pipe, terminal, file. The stream takes
 * it over, on success only. O_NONBLOCK is never set on it: pipes and terminals are reopened, or read and
 * written by a worker thread where they cannot be. `receives` and `sends` say what it is used for.
 * Returns 0 or a negative errno. */
int zoc_stream_of_fd(int fd, bool receives, bool sends, zoc_stream **ret_stream);

/* Standard input and output as one stream; its half-close closes standard output. Closing it closes both. */
int zoc_stream_of_stdio(zoc_stream **ret_stream);

/* Opens /dev/null wherever descriptors 0 to 2 are not open, so that no socket can end up where a program prints. To be
 * called first in main. */
void zoc_stdio_prepare(void);

/* Two streams, each the other's peer, inside this process (socketpair(2)). */
int zoc_stream_pair(zoc_stream **ret_one, zoc_stream **ret_other);

/* --- reading by line, by number, until a mark ----------------------------------------------------- */

/* A reader keeps what was received beyond what was asked for. While it holds part of what was asked for, a soft
 * stop does not end its wait. It borrows the stream. zoc_reader_init makes one. */
typedef struct zoc_reader {
    zoc_stream *stream;
    zoc_buffer buffer;
    size_t lent; /* bytes at the front of the buffer that the last call returned */
    bool ended;  /* the stream's end was seen */
} zoc_reader;

/* size_max: the longest line or piece that is accepted, in bytes, its mark included. At least 1. */
void zoc_reader_init(zoc_reader *reader, zoc_stream *stream, size_t size_max);
void zoc_reader_release(zoc_reader *reader);

/* Each lends bytes until the next call on the reader, and returns how many; 0 at the end of the stream before the
 * first byte; -ZOC_ETRUNCATED when it ends in the middle (what there is stays readable with zoc_reader_rest);
 * -EMSGSIZE when size_max is not enough. zoc_reader_line takes CR LF or LF as the mark and leaves it out of
 * *ret_line: it returns 1 or more for an empty line. */
ssize_t zoc_reader_line(zoc_reader *reader, zoc_bytes *ret_line);
ssize_t zoc_reader_exactly(zoc_reader *reader, size_t size, zoc_bytes *ret_bytes);
ssize_t zoc_reader_until(zoc_reader *reader, zoc_bytes mark, zoc_bytes *ret_bytes); /* with the mark; not empty */

/* Lends what was received already and not asked for; does not wait. Returns how many bytes. */
size_t zoc_reader_rest(zoc_reader *reader, zoc_bytes *ret_bytes);

/* --- pump --------------------------------------------------------------------------------------- */

typedef struct zoc_pump_result {
    uint64_t forth;   /* bytes from the first stream to the second */
    uint64_t back;    /* bytes from the second to the first */
    uint64_t spliced; /* of both, those that never entered this process */
    int forth_error;  /* 0 when that direction ended with the end of its source */
    int back_error;
} zoc_pump_result;

/* Joins two streams until both directions have ended; each half-close is passed on by itself. Bulk traffic between
 * plain descriptors is spliced, unless it is observed. Waits. A failure in one direction ends the other.
 * Returns 0, or the first failure, with ret_result (may be NULL) filled in either way. Closes nothing. */
int zoc_pump(zoc_stream *one, zoc_stream *other, zoc_pump_result *ret_result);

/* One direction: from `source` to `sink` until the source ends, and then half-closes the sink. Returns 0 or a
 * failure; *bytes and *spliced are added to as they pass. Either may be NULL. */
int zoc_pump_one_way(zoc_stream *source, zoc_stream *sink, uint64_t *bytes, uint64_t *spliced);

#ifdef __cplusplus
}
#endif

#endif
