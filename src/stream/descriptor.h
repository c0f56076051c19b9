/* Streams over one descriptor. */
#ifndef ZOC_STREAM_DESCRIPTOR_H
#define ZOC_STREAM_DESCRIPTOR_H

#include "fiber/loop.h"
#include "stream/stream.h"

/* How bytes go through a descriptor. Both return at once, -EAGAIN when they would have to wait, or wait by
 * themselves where the descriptor cannot be watched. */
struct descriptor_kind {
    const char *name;
    ssize_t (*read)(struct descriptor *descriptor, void *data, size_t size);
    ssize_t (*write)(struct descriptor *descriptor, const struct iovec *pieces, int count);
    bool waits;   /* the two wait by themselves, and the descriptor is not watched */
    bool splices; /* splice(2) takes it */
    bool socket;
    bool flows; /* without boundaries: a read that brings less than was asked for has emptied it */
    void (*leave)(struct descriptor *descriptor);   /* what is done before the close; may wait; NULL */
    void (*release)(struct descriptor *descriptor); /* what a struct around it keeps, after the close; NULL */
};

extern const struct descriptor_kind descriptor_socket; /* MSG_DONTWAIT */
extern const struct descriptor_kind
    descriptor_packets;                              /* the same for those that keep boundaries (SOCK_SEQPACKET, ...) */
extern const struct descriptor_kind descriptor_pipe; /* O_NONBLOCK: pipes that were reopened so */
extern const struct descriptor_kind descriptor_device;   /* the same for terminals and other devices */
extern const struct descriptor_kind descriptor_file;     /* read and written by worker threads: regular files */
extern const struct descriptor_kind descriptor_blocking; /* the same for the rest, and for files that do not splice */

/* A descriptor that a worker may still be in when its stream is closed: whoever is last closes it, since its number
 * would otherwise go to another while the worker is about to use it. */
struct shared_fd {
    int fd;
    unsigned holders; /* atomic */
};

struct descriptor {
    zoc_stream stream; /* first */
    struct watch watch;
    const struct descriptor_kind *kind;
    int fd;
    int original;             /* what was reopened as fd, closed with it; -1 when nothing was */
    int loss;                 /* why the connection is gone, which a write was told; 0 */
    bool inherited;           /* others may hold its description: closing it here does not end the kernel's watch */
    char *lent;               /* the chunk that the last receive lent; NULL */
    struct shared_fd *shared; /* fd, once workers have used it; NULL before */
    zoc_address peer;
};

/* A stream over a descriptor, which it takes over on success only. `peer` may be NULL. Returns 0 or a negative errno.
 * */
int descriptor_new(int fd, const struct descriptor_kind *kind, const zoc_address *peer, struct descriptor **ret_new);

/* The same, for the first member of a zeroed struct on the heap, which closing the stream frees. */
int descriptor_init(struct descriptor *descriptor, int fd, const struct descriptor_kind *kind, const zoc_address *peer);

/* A stream for one direction alone; of what is no socket, its half-close closes it. */
void descriptor_set_direction(struct descriptor *descriptor, bool receives, bool sends);

/* The kernel tells once why a connection is gone (socket(7), SO_ERROR). When a write is told, a read finds an end that
 * is none: so what a write returned is noted, and what a read returned is checked. Both return what to go on with. */
ssize_t descriptor_note_loss(struct descriptor *descriptor, ssize_t written);
ssize_t descriptor_check_end(const struct descriptor *descriptor, ssize_t received);

/* Waits; as fiber_park. Both heed the stream's timeout; receiving heeds a soft stop too. */
int descriptor_wait_readable(struct descriptor *descriptor);
int descriptor_wait_writable(struct descriptor *descriptor);

/* Set whenever a descriptor of this loop is closed while somebody waits for that. */
extern _Thread_local zoc_event descriptor_closed;

/* Closes a descriptor and says so to who waits for one. */
void descriptor_close_fd(int fd);

/* Takes hold of it for a worker; NULL when there is no memory. */
struct shared_fd *descriptor_hold(struct descriptor *descriptor);

/* Lets go of it; the last one closes it. From any thread. */
void descriptor_release_shared(struct shared_fd *shared);

/* Sets an integer socket option; returns 0 or a negative errno. */
int descriptor_set_option(int fd, int level, int name, int value);

#endif
