/* Writing a transcript: what observers are told of connections becomes the lines of a file. */
#ifndef ZOC_TRANSCRIPT_RECORD_H
#define ZOC_TRANSCRIPT_RECORD_H

#include "transcript/side.h"

#include <stdbool.h>
#include <zocalo/observer.h>
#include <zocalo/stream.h>

/* A transcript that is written. It belongs to one loop. Zeroed, there is none, and nothing is recorded. */
struct transcript {
    const char *path, *by; /* borrowed; by: the program's own name in messages and in the file */
    bool open;
    int fd;
    zoc_time start;
    zoc_buffer line;
    unsigned connections; /* so far: they are numbered from 1 */
    int error;            /* why writing failed; nothing more is written then. 0 */
};

/* Makes the file, for its owner alone, in place of one that is there. Each event is written as it happens, before what made it
 * goes on: nothing waits in memory, and nothing is lost when the program is killed. When that fails, one line on standard error
 * says so, and the conversation goes on. Returns 0 or a negative errno with words. */
int transcript_open(struct transcript *transcript, const char *path, const char *by);

/* Returns 0, or why not all of it was written, which has been said. A second time, and of a zeroed one, 0. */
int transcript_close(struct transcript *transcript);

/* --- one connection ------------------------------------------------------------------------------- */

/* What records one connection: of connect and listen the one stream, and of a relay both, of which each is recorded as it is
 * received. It goes when its maker has let go of it and its streams have been closed. */
struct recording;

/* `relays`: both sides are streams. Returns 0 or -ENOMEM. */
int recording_new(struct transcript *transcript, bool relays, struct recording **ret_recording);
void recording_free(struct recording *recording); /* lets go of it; NULL is fine */

/* For a dial: its peer is that side. What it is told goes on to `also`; NULL: to nobody. Where the dial may fail, or the stream
 * is closed by somebody else, the recording is held until then. */
zoc_observer *recording_observer(struct recording *recording, enum side peer, zoc_observer *also);

/* Follows a stream that was accepted, whose peer is that side. Its observer is told of everything as before. */
void recording_follow(struct recording *recording, enum side peer, zoc_stream *stream);

#endif
