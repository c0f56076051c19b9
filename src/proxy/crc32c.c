#include "proxy/crc32c.h"

#define POLYNOMIAL 0x82f63b78 /* reflected */

uint32_t crc32c(uint32_t before, zoc_bytes bytes)
{
    uint32_t sum = ~before;

    for (size_t i = 0; i < bytes.size; i++) {
        sum ^= (uint8_t)bytes.data[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? POLYNOMIAL : 0);
    }
    return ~sum;
}
