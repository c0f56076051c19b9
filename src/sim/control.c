/* What goes beside a datagram (ip(7), IP_PKTINFO; ipv6(7), IPV6_PKTINFO): which of our addresses it came to, and which
 * one an answer is to come from. Whoever has room for it is told. */
#include "sim/inside.h"

static void put(struct msghdr *message, int level, int type, const void *info, size_t size)
{
    struct cmsghdr *control = message->msg_control;

    if (message->msg_controllen < CMSG_SPACE(size)) {
        message->msg_controllen = 0;
        return;
    }
    *control = (struct cmsghdr){ .cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(size) };
    memcpy(CMSG_DATA(control), info, size);
    message->msg_controllen = CMSG_SPACE(size);
}

void control_give(struct msghdr *message, const struct address *local)
{
    if (local->any.sa_family == AF_INET6) {
        struct in6_pktinfo info = { .ipi6_addr = local->ip6.sin6_addr };
        put(message, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    } else {
        struct in_pktinfo info = { .ipi_spec_dst = local->ip4.sin_addr, .ipi_addr = local->ip4.sin_addr };
        put(message, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
}

struct address control_source(const struct msghdr *message)
{
    const struct cmsghdr *control = message->msg_controllen > 0 ? CMSG_FIRSTHDR(message) : NULL;
    struct address source = { 0 };

    if (control && control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(control), sizeof info);
        source.ip4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = info.ipi_spec_dst };
        source.size = sizeof source.ip4;
    } else if (control && control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(control), sizeof info);
        source.ip6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = info.ipi6_addr };
        source.size = sizeof source.ip6;
    }
    return source;
}
