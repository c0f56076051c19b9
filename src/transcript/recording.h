/* What observers are told of a connection, as lines of a transcript. */
#ifndef ZOC_TRANSCRIPT_RECORDING_H
#define ZOC_TRANSCRIPT_RECORDING_H

#include "base/side.h"
#include "transcript/transcript.h"

/* What records one connection: of connect and listen the one stream, and of a relay both, of which each is recorded as it is
 * received. It goes when its maker has let go of it and its streams have been closed. */
struct recording;

/* `relays`: both sides are streams. Returns 0 or -ENOMEM. */
int recording_new(struct transcript *transcript, bool relays, struct recording **ret_recording);
void recording_free(struct recording *recording); /* lets go of it; NULL is fine */

/* For a dial: its peer is that side. What it is told goes on to `also`; NULL: to nobody. Where the dial may fail, or the stream
 * is closed by somebody else, the recording is held until then. */
zoc_observer *recording_observer(struct recording *recording, enum side peer, zoc_observer *also);

/* The same for a peer whose datagrams come to a socket of many: it came, and said that; and it is over. */
void recording_meet(struct recording *recording, enum side peer, const zoc_address *address, const zoc_address *local);
void recording_hear(struct recording *recording, enum side peer, zoc_bytes datagram);
void recording_part(struct recording *recording, enum side peer);

/* Follows a stream that was accepted, whose peer is that side. Its observer is told of everything as before. */
void recording_follow(struct recording *recording, enum side peer, zoc_stream *stream);

#endif
