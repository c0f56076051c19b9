/* Giving a connection away to another process. */
#ifndef ZOC_TALK_PASS_H
#define ZOC_TALK_PASS_H

#include <zocalo/stream.h>

/* Sends the descriptor under the stream, with one byte of data, over standard output, which is a Unix socket (unix(7),
 * SCM_RIGHTS): whoever started this program goes on with it, as ssh(1) does (ProxyUseFdpass). The stream is only to be closed
 * then, which does not end the connection. Returns 0; -EOPNOTSUPP when there is more than a descriptor; -ENOTSOCK and the like,
 * with words. */
int pass_stream(zoc_stream *stream);

#endif
