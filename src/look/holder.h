/* Who is in the way: the answer to "address already in use". */
#ifndef ZOC_LOOK_HOLDER_H
#define ZOC_LOOK_HOLDER_H

#include <stddef.h>
#include <zocalo/endpoint.h>

#define LOOK_HOLDER_TEXT 160 /* bytes that are enough for the words of any holder, their NUL included */

/* Who holds the port (or the path) that an endpoint names, on this machine: "nginx (pid 1234)", or
 * "nginx (pid 1234) and 3 more". For tcp:, udp: and unix: endpoints. Sockets that listen come first; when there are
 * none, any that is bound so counts. A host that is a name counts as every address.
 *
 * Waits. Returns 0; -ENOENT when nobody is found; -EACCES when somebody is there whose process we may not see, or the
 * path leads where we may not go; -EINVAL for other endpoints; -ECANCELED, -ETIMEDOUT, or another negative errno. Sets
 * no words, so that those of the bind that failed stay. */
int look_holder(const zoc_endpoint *endpoint, char *ret_text, size_t size);

#endif
