#include "look/way.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <zocalo/fiber.h>

#define QUESTION_MAX 112        /* bytes of the longest question behind its header */
#define ANSWER_MAX   (8 * 1024) /* bytes of an answer that are looked at: what is wanted stands in front */

struct job {
    const zoc_address *peer;
    struct look_way *way;
};

/* --- questions ------------------------------------------------------------------------------------ */

struct question {
    struct nlmsghdr header;
    _Alignas(struct nlmsghdr) char body[QUESTION_MAX]; /* the fixed part, and attributes behind it */
};

struct asking {
    int netlink;
    struct question question;
    _Alignas(struct nlmsghdr) char answer[ANSWER_MAX];
};

/* Begins one with its fixed part. */
static void begin(struct question *question, uint16_t type, const void *fixed, size_t size)
{
    *question = (struct question){
        .header = { .nlmsg_len = (uint32_t)NLMSG_LENGTH(size), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST }
    };
    memcpy(question->body, fixed, size);
}

static void add(struct question *question, uint16_t type, const void *data, size_t size)
{
    const struct rtattr attribute = { .rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type };
    size_t at = NLMSG_ALIGN(question->header.nlmsg_len) - sizeof question->header;

    memcpy(question->body + at, &attribute, sizeof attribute);
    memcpy(question->body + at + RTA_LENGTH(0), data, size);
    question->header.nlmsg_len = (uint32_t)(sizeof question->header + at + RTA_LENGTH(size));
}

static const void *digits_of(const zoc_address *address, size_t *ret_size)
{
    bool ip6 = address->any.sa_family == AF_INET6;

    *ret_size = ip6 ? sizeof(address->ip6.sin6_addr) : sizeof(address->ip4.sin_addr);
    return ip6 ? (const void *)&address->ip6.sin6_addr : &address->ip4.sin_addr;
}

static void ask_route(struct question *question, const zoc_address *peer)
{
    size_t size;
    const void *digits = digits_of(peer, &size);
    const struct rtmsg route = { .rtm_family = (uint8_t)peer->any.sa_family, .rtm_dst_len = (uint8_t)(8 * size) };

    begin(question, RTM_GETROUTE, &route, sizeof route);
    add(question, RTA_DST, digits, size);
    if (peer->any.sa_family == AF_INET6 && peer->ip6.sin6_scope_id)
        add(question, RTA_OIF, &peer->ip6.sin6_scope_id, sizeof(peer->ip6.sin6_scope_id));
}

static void ask_link(struct question *question, unsigned index)
{
    const struct ifinfomsg link = { .ifi_index = (int)index };

    begin(question, RTM_GETLINK, &link, sizeof link);
}

static void ask_neighbour(struct question *question, const zoc_address *next, unsigned index)
{
    size_t size;
    const void *digits = digits_of(next, &size);
    const struct ndmsg neighbour = { .ndm_family = (uint8_t)next->any.sa_family, .ndm_ifindex = (int)index };

    begin(question, RTM_GETNEIGH, &neighbour, sizeof neighbour);
    add(question, NDA_DST, digits, size);
}

/* --- answers -------------------------------------------------------------------------------------- */

typedef void read_attribute(const struct rtattr *attribute, struct look_way *way);

static void copy(void *to, size_t room, const struct rtattr *attribute)
{
    size_t size = RTA_PAYLOAD(attribute);

    memcpy(to, RTA_DATA(attribute), size < room ? size : room);
}

static void read_route(const struct rtattr *attribute, struct look_way *way)
{
    zoc_address *gateway = &way->gateway;

    if (attribute->rta_type == RTA_OIF)
        copy(&way->index, sizeof(way->index), attribute);
    if (attribute->rta_type != RTA_GATEWAY)
        return;
    bool ip6 = RTA_PAYLOAD(attribute) == sizeof(struct in6_addr);
    gateway->any.sa_family = ip6 ? AF_INET6 : AF_INET;
    gateway->size = ip6 ? sizeof(gateway->ip6) : sizeof(gateway->ip4);
    copy(ip6 ? (void *)&gateway->ip6.sin6_addr : &gateway->ip4.sin_addr, RTA_PAYLOAD(attribute), attribute);
}

static void read_link(const struct rtattr *attribute, struct look_way *way)
{
    if (attribute->rta_type == IFLA_IFNAME)
        copy(way->name, sizeof(way->name) - 1, attribute);
    else if (attribute->rta_type == IFLA_MTU)
        copy(&way->mtu, sizeof(way->mtu), attribute);
    else if (attribute->rta_type == IFLA_ADDRESS)
        copy(way->hardware, sizeof(way->hardware), attribute);
}

static void read_neighbour(const struct rtattr *attribute, struct look_way *way)
{
    if (attribute->rta_type != NDA_LLADDR || RTA_PAYLOAD(attribute) != sizeof(way->next))
        return;
    copy(way->next, sizeof(way->next), attribute);
    way->has_next = true;
}

static enum look_link link_of(unsigned short type)
{
    return type == ARPHRD_LOOPBACK ? LOOK_LINK_LOOPBACK
           : type == ARPHRD_ETHER  ? LOOK_LINK_ETHERNET
           : type == ARPHRD_NONE   ? LOOK_LINK_NONE
                                   : LOOK_LINK_OTHER;
}

static const struct answer {
    uint16_t type;
    size_t fixed; /* bytes before its attributes */
    read_attribute *read;
} answers[] = {
    { RTM_NEWROUTE, sizeof(struct rtmsg), read_route },
    { RTM_NEWLINK, sizeof(struct ifinfomsg), read_link },
    { RTM_NEWNEIGH, sizeof(struct ndmsg), read_neighbour },
};

static void read_attributes(const struct nlmsghdr *header, const struct answer *answer, struct look_way *way)
{
    size_t rest = header->nlmsg_len - NLMSG_LENGTH(answer->fixed);
    const struct rtattr *attribute = (const void *)((const char *)NLMSG_DATA(header) + NLMSG_ALIGN(answer->fixed));

    for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest))
        answer->read(attribute, way);
}

static int read_answer(struct nlmsghdr *header, size_t size, struct look_way *way)
{
    if (size < sizeof(*header))
        return -EBADMSG;
    if (header->nlmsg_len > size)
        header->nlmsg_len = (uint32_t)size; /* cut */
    if (header->nlmsg_type == NLMSG_ERROR)
        return header->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr))
                   ? -EBADMSG
                   : ((struct nlmsgerr *)NLMSG_DATA(header))->error;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        if (answers[i].type != header->nlmsg_type || header->nlmsg_len < NLMSG_LENGTH(answers[i].fixed))
            continue;
        read_attributes(header, &answers[i], way);
        if (header->nlmsg_type == RTM_NEWLINK)
            way->link = link_of(((const struct ifinfomsg *)NLMSG_DATA(header))->ifi_type);
        return 0;
    }
    return -EBADMSG;
}

/* The kernel has answered when send returns. */
static int ask(struct asking *asking, struct look_way *way)
{
    const struct question *question = &asking->question;

    if (send(asking->netlink, question, question->header.nlmsg_len, 0) < 0)
        return -errno;
    ssize_t size = recv(asking->netlink, asking->answer, sizeof(asking->answer), 0);
    return size < 0 ? -errno : read_answer((struct nlmsghdr *)(void *)asking->answer, (size_t)size, way);
}

/* --- the way -------------------------------------------------------------------------------------- */

static int look_by(struct asking *asking, const zoc_address *peer, struct look_way *way)
{
    ask_route(&asking->question, peer);
    int result = ask(asking, way);
    if (result == 0) {
        ask_link(&asking->question, way->index);
        result = ask(asking, way);
    }
    if (result < 0 || way->link != LOOK_LINK_ETHERNET)
        return result;
    ask_neighbour(&asking->question, way->gateway.size ? &way->gateway : peer, way->index);
    ask(asking, way); /* who is next may be unknown */
    return 0;
}

static void end_asking(struct asking **asking)
{
    if (*asking && (*asking)->netlink >= 0)
        close((*asking)->netlink);
    free(*asking);
}

static int look(void *arg)
{
    const struct job *job = arg;
    struct look_way way = { .index = 0 };
    struct asking *asking __attribute__((cleanup(end_asking))) = malloc(sizeof(*asking));

    if (!asking)
        return -ENOMEM;
    asking->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (asking->netlink < 0)
        return -errno;
    int result = look_by(asking, job->peer, &way);
    if (result == 0)
        *job->way = way;
    return result;
}

int look_way(const zoc_address *peer, struct look_way *ret_way)
{
    struct job job = { peer, ret_way };

    if (peer->size == 0 || (peer->any.sa_family != AF_INET && peer->any.sa_family != AF_INET6))
        return -EAFNOSUPPORT;
    return zoc_offload(look, &job);
}
