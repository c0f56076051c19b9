/* Options of endpoints: how the files that know kinds of them fit into the table of endpoint_options.c. */
#ifndef NET_ENDPOINT_OPTION_H
#define NET_ENDPOINT_OPTION_H

#include "net/endpoint.h"

struct endpoint_option;

/* How the values of a kind are read and written. */
struct endpoint_kind {
    const char *value; /* what stands after the '=', for people; NULL: a flag, no '=' and no value */
    int (*read)(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                void *ret_field);
    int (*print)(const struct endpoint_option *option, const void *field,
                 zoc_buffer *buffer); /* nothing when it was not given */
};

struct endpoint_option {
    const char *name;
    const struct endpoint_kind *kind;
    size_t field;     /* where it is kept: an offset into zoc_endpoint */
    unsigned schemes; /* which take it: a bit for each */
    bool repeats;     /* may be given again */
    int min, max;     /* of a number */
    int absent;       /* of a number: the value when it is not given */
};

/* Prints a string, with backslashes before commas; nothing for NULL. */
int endpoint_print_text(const struct endpoint_option *option, const void *field, zoc_buffer *buffer);

/* --- TLS (endpoint_tls.c) ------------------------------------------------------------------------- */

/* The fields are strings, but for those of cert= and key=, which are the zoc_tls_options, and of version=, an int. */
extern const struct endpoint_kind endpoint_file_kind, endpoint_certificate_kind, endpoint_key_kind, endpoint_pin_kind,
    endpoint_name_kind, endpoint_protocols_kind, endpoint_version_kind;

/* Refuses ways to trust the peer that contradict one another; `name` is the option that came last. Returns 0; -EINVAL with
 * words; -ENOMEM. */
int endpoint_check_trust(const struct endpoint_reader *reader, zoc_bytes name, const zoc_tls_options *options);

#endif
