/* The names of what TLS has numbers for. */
#ifndef ZOC_MEANING_HANDSHAKE_NAMES_H
#define ZOC_MEANING_HANDSHAKE_NAMES_H

#include "meaning/meaning.h"

#include <stdint.h>

/* A table whose words are numbers on the wire: numbers[i] is that of rows[i]. */
struct numbered {
    const uint16_t *numbers;
    const struct meaning *rows;
    size_t count;
};

extern const struct numbered tls_versions, tls_suites, tls_groups, tls_signatures, tls_extensions, tls_messages,
    tls_alerts, tls_record_types;

/* The same tables, for 'zocalo explain'. */
#define TLS_TABLE_COUNT 8
extern const struct meanings tls_tables[TLS_TABLE_COUNT];

/* NULL: the number has no row. */
const struct meaning *numbered_find(const struct numbered *numbered, unsigned number);

#define NUMBER_TEXT 8 /* bytes of "0x1301" and some */

/* Its word, "GREASE", or the number in `text`, of NUMBER_TEXT bytes. */
const char *numbered_name(const struct numbered *numbered, unsigned number, char *text);

/* Values that clients throw in so that servers keep to ignoring what they do not know (RFC 8701 section 2). */
bool tls_is_grease(unsigned number);

#endif
