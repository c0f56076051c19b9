/* One program and many who send datagrams: it gets what all of them send, and answers. */
#ifndef ZOC_TALK_LETTERS_H
#define ZOC_TALK_LETTERS_H

#include "talk/access.h"
#include "talk/flow.h"

#include <zocalo/net.h>

/* What comes is written to `local` as it comes; each piece of input that is read goes as a datagram to the peer that was heard
 * last (a longer one as several), and input is not read before there is one. Whoever may not come is not heard. The end of
 * input ends nothing, since others may still send. The observer is told who came (each time that it is another one), and what came
 * and went (NULL: nobody is told). Waits until this fiber is stopped.
 * Returns -ECANCELED then; -EPIPE when nobody reads the output any more; or another negative errno with words. */
int letters_run(zoc_stream *local, zoc_datagrams *socket, const struct access *access, zoc_observer *observer);

#endif
