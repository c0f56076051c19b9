/* An RFC for programs. */
#ifndef ZOC_GLOSSARY_RFC_JSON_H
#define ZOC_GLOSSARY_RFC_JSON_H

#include "glossary/rfc.h"

#include <zocalo/bytes.h>

/* Appends it as one JSON object and the end of the line. Texts are in the reader's language; "status" and "field" are
 * words that stay. Returns 0 or as zoc_buffer_append. */
int rfc_json(const struct rfc *rfc, zoc_buffer *to);

#endif
