/* Words for the type of service of IPv4 and the traffic class of IPv6. */
#ifndef ZOC_TALK_TOS_H
#define ZOC_TALK_TOS_H

/* Reads a keyword (RFC 1349, RFC 791 section 3.1, RFC 2474, RFC 2597, RFC 3246), without regard to case, or a number from 0 to
 * 255, decimal or hexadecimal after 0x. Returns 0, or -EINVAL. */
int tos_read(const char *text, int *ret_tos);

#endif
