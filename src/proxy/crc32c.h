/* Castagnoli's checksum (CRC32C: RFC 9260 appendix A, RFC 3720 section 12.1). */
#ifndef ZOC_PROXY_CRC32C_H
#define ZOC_PROXY_CRC32C_H

#include <stdint.h>
#include <zocalo/bytes.h>

/* In pieces: of the bytes before, or 0 at the beginning, and then of these. */
uint32_t crc32c(uint32_t before, zoc_bytes bytes);

#endif
