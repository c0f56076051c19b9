/* Parts of dialling that listening shares, and the race between the addresses of a name. */
#ifndef ZOC_NET_DIAL_H
#define ZOC_NET_DIAL_H

#include "stream/descriptor.h"

#include <zocalo/tls.h>

/* A socket for the endpoint in that family, with its options set. Returns the descriptor or an error with words. */
int dial_open_socket(const zoc_endpoint *endpoint, int family);

/* The address of a unix: endpoint (unix(7)). Returns 0; -ENAMETOOLONG with words, of a path that was never read as one.
 * */
int dial_local_address(const zoc_endpoint *endpoint, zoc_address *ret_address);

/* Connects to one address. Waits. */
int dial_address(const zoc_endpoint *endpoint, const zoc_address *address, struct descriptor **ret_descriptor);

/* Resolves the host and tries its addresses until one answers (RFC 8305). Waits. *ret_took is how long the connection
 * that won took. */
int dial_race(const zoc_endpoint *endpoint, zoc_observer *observer, struct descriptor **ret_descriptor,
              zoc_duration *ret_took);

/* What is wrong with a file of certificates is no failure of the network: makes -EINVAL with the same words of what
 * zoc_tls_context_new says of one. Returns other errors as they are. */
int dial_blame_files(int error);

/* What who dials tls:// shows and trusts. Waits for a worker thread. Returns as zoc_tls_context_new, blaming files. */
int dial_tls_context(const zoc_endpoint *endpoint, zoc_tls_context **ret_context);

/* Puts TLS over a connection to the endpoint, and does the handshake, of which the observer is told. Takes the stream
 * below over, and closes it when that fails. Waits. Returns as zoc_tls_handshake. */
int dial_tls_over(const zoc_endpoint *endpoint, zoc_tls_context *context, zoc_observer *observer, zoc_stream *below,
                  zoc_stream **ret_stream);

/* Puts "dial ENDPOINT" before the words. Returns the error. */
int dial_wrap(int error, const zoc_endpoint *endpoint);

#endif
