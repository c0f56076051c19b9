/* RFCs as people read them: one whole, several as a table, all of them by field. */
#ifndef ZOC_GLOSSARY_RFC_PAGE_H
#define ZOC_GLOSSARY_RFC_PAGE_H

#include "glossary/rfc.h"
#include "prose/prose.h"

/* Each appends lines for paper of that kind. Returns 0 or as zoc_buffer_append. */

/* All that is known of one. */
int rfc_page(const struct rfc *rfc, const struct paper *paper, zoc_buffer *to);

/* A line for each: number, year, status or what to read instead, title. */
int rfc_list(const struct rfc *const *rows, size_t count, const struct paper *paper, zoc_buffer *to);

/* Every field with its lines. */
int rfc_catalogue(const struct paper *paper, zoc_buffer *to);

#endif
