#include "look/sockets.h"

#include "base/lazy.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX 128         /* bytes of the longest request, its header included */
#define ANSWER_MAX  (32 * 1024) /* bytes of one answer: the kernel sends no longer one (netlink_dump) */
#define SEQUENCE    1           /* each netlink socket asks once */
#define TIMER_WAIT  3           /* idiag_timer of what is in TIME_WAIT (sock_diag(7)) */

/* clang-format off */
#define MNL_FUNCTIONS(F) \
    F(mnl_socket_open2) F(mnl_socket_bind) F(mnl_socket_get_portid) F(mnl_socket_sendto) F(mnl_socket_recvfrom) \
    F(mnl_socket_close) F(mnl_cb_run) F(mnl_nlmsg_put_header) F(mnl_nlmsg_put_extra_header) \
    F(mnl_nlmsg_get_payload) F(mnl_nlmsg_get_payload_len) F(mnl_nlmsg_get_payload_offset) \
    F(mnl_nlmsg_get_payload_tail) F(mnl_attr_ok) F(mnl_attr_next) F(mnl_attr_get_type) F(mnl_attr_get_payload) \
    F(mnl_attr_get_payload_len) F(mnl_attr_get_u8)
/* clang-format on */

static struct {
    MNL_FUNCTIONS(LAZY_POINTER)
} mnl;

static const char *const mnl_names[] = { MNL_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy mnl_library = { .file = "libmnl.so.0", .names = mnl_names, .pointers = &mnl };

struct walk {
    look_socket_fn *visit;
    void *arg;
    int failure; /* what visit returned */
};

static int show(const struct look_socket *socket, struct walk *walk)
{
    walk->failure = walk->visit(socket, walk->arg);
    return walk->failure < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int refuse_short(void)
{
    errno = EBADMSG;
    return MNL_CB_ERROR;
}

/* mnl_attr_for_each() would have to be linked. */
static const struct nlattr *if_whole(const struct nlmsghdr *header, const struct nlattr *attribute)
{
    const char *end = mnl.mnl_nlmsg_get_payload_tail(header);

    return mnl.mnl_attr_ok(attribute, (int)(end - (const char *)attribute)) ? attribute : NULL;
}

static const struct nlattr *first_attribute(const struct nlmsghdr *header, size_t offset)
{
    return if_whole(header, mnl.mnl_nlmsg_get_payload_offset(header, offset));
}

static const struct nlattr *next_attribute(const struct nlmsghdr *header, const struct nlattr *attribute)
{
    return if_whole(header, mnl.mnl_attr_next(attribute));
}

/* --- internet sockets ----------------------------------------------------------------------------- */

static void ask_inet(struct nlmsghdr *header, const void *what)
{
    const struct look_query *query = what;
    struct inet_diag_req_v2 *request = mnl.mnl_nlmsg_put_extra_header(header, sizeof(*request));

    request->sdiag_family = (uint8_t)query->family;
    request->sdiag_protocol = (uint8_t)query->protocol;
    request->idiag_states = query->states;
    request->id.idiag_sport = htons(query->port);
}

static zoc_address inet_address(const struct inet_diag_msg *message)
{
    zoc_address address = { .ip6.sin6_family = message->idiag_family }; /* the same field for both */

    if (message->idiag_family == AF_INET) {
        address.size = sizeof(address.ip4);
        memcpy(&address.ip4.sin_addr, message->id.idiag_src, sizeof(address.ip4.sin_addr));
    } else {
        address.size = sizeof(address.ip6);
        memcpy(&address.ip6.sin6_addr, message->id.idiag_src, sizeof(address.ip6.sin6_addr));
    }
    zoc_address_set_port(&address, ntohs(message->id.idiag_sport));
    return address;
}

static int read_inet(const struct nlmsghdr *header, void *walk)
{
    const struct inet_diag_msg *message = mnl.mnl_nlmsg_get_payload(header);
    const struct nlattr *attribute;

    if (mnl.mnl_nlmsg_get_payload_len(header) < sizeof(*message))
        return refuse_short();

    struct look_socket socket = {
        .local = { .address = inet_address(message), .interface = message->id.idiag_if },
        .state = message->idiag_state,
        .left = message->idiag_timer == TIMER_WAIT ? message->idiag_expires * ZOC_MILLISECOND : 0,
        .inode = message->idiag_inode,
    };

    if (message->idiag_state == TCP_LISTEN) { /* as ss(8) has it: Recv-Q and Send-Q */
        socket.waiting = message->idiag_rqueue;
        socket.backlog = message->idiag_wqueue;
    }
    for (attribute = first_attribute(header, sizeof(*message)); attribute;
         attribute = next_attribute(header, attribute))
        if (mnl.mnl_attr_get_type(attribute) == INET_DIAG_SKV6ONLY)
            socket.local.only6 = mnl.mnl_attr_get_u8(attribute) != 0;
    return show(&socket, walk);
}

/* --- Unix sockets --------------------------------------------------------------------------------- */

static void ask_unix(struct nlmsghdr *header, const void *what)
{
    const struct look_query *query = what;
    struct unix_diag_req *request = mnl.mnl_nlmsg_put_extra_header(header, sizeof(*request));

    request->sdiag_family = AF_UNIX;
    request->udiag_states = query->states;
    request->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS;
}

static void read_name(const struct nlattr *attribute, struct look_socket *socket)
{
    zoc_address *address = &socket->local.address;
    size_t size = mnl.mnl_attr_get_payload_len(attribute);

    if (size > sizeof(address->local.sun_path))
        size = sizeof(address->local.sun_path); /* a NUL behind a path that fills the field */
    memcpy(address->local.sun_path, mnl.mnl_attr_get_payload(attribute), size);
    address->local.sun_family = AF_UNIX;
    address->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
}

static void read_file(const struct nlattr *attribute, struct look_socket *socket)
{
    struct unix_diag_vfs file;

    if (mnl.mnl_attr_get_payload_len(attribute) < sizeof(file))
        return;
    memcpy(&file, mnl.mnl_attr_get_payload(attribute), sizeof(file));
    socket->file = (struct look_file){ .device = file.udiag_vfs_dev, .inode = file.udiag_vfs_ino };
}

static int read_unix(const struct nlmsghdr *header, void *walk)
{
    const struct unix_diag_msg *message = mnl.mnl_nlmsg_get_payload(header);
    const struct nlattr *attribute;

    if (mnl.mnl_nlmsg_get_payload_len(header) < sizeof(*message))
        return refuse_short();

    struct look_socket socket = {
        .type = message->udiag_type,
        .state = message->udiag_state,
        .inode = message->udiag_ino,
    };

    for (attribute = first_attribute(header, sizeof(*message)); attribute;
         attribute = next_attribute(header, attribute)) {
        if (mnl.mnl_attr_get_type(attribute) == UNIX_DIAG_NAME)
            read_name(attribute, &socket);
        else if (mnl.mnl_attr_get_type(attribute) == UNIX_DIAG_VFS)
            read_file(attribute, &socket);
    }
    return show(&socket, walk);
}

/* --- one connection ------------------------------------------------------------------------------- */

struct connection {
    zoc_address local, remote; /* of one family */
    struct look_socket found;
};

static void put_address(const zoc_address *address, __be32 *bytes, __be16 *port)
{
    *port = htons(zoc_address_port(address));
    if (address->any.sa_family == AF_INET)
        memcpy(bytes, &address->ip4.sin_addr, sizeof(address->ip4.sin_addr));
    else
        memcpy(bytes, &address->ip6.sin6_addr, sizeof(address->ip6.sin6_addr));
}

static void ask_connection(struct nlmsghdr *header, const void *what)
{
    const struct connection *connection = what;
    struct inet_diag_req_v2 *request = mnl.mnl_nlmsg_put_extra_header(header, sizeof(*request));
    struct inet_diag_sockid *id = &request->id;

    request->sdiag_family = (uint8_t)connection->local.any.sa_family;
    request->sdiag_protocol = IPPROTO_TCP;
    put_address(&connection->local, id->idiag_src, &id->idiag_sport);
    put_address(&connection->remote, id->idiag_dst, &id->idiag_dport);
    if (connection->local.any.sa_family == AF_INET6)
        id->idiag_if = connection->local.ip6.sin6_scope_id;
    id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* Where there is no such connection, the kernel shows who would be asked for one. */
static int take_connection(const struct look_socket *socket, void *arg)
{
    struct connection *connection = arg;

    if (socket->state == TCP_LISTEN)
        return -ENOENT;
    connection->found = *socket;
    return 0;
}

/* As IPv4, where it is mapped: the kernel finds it so, whichever family its socket has. */
static zoc_address unmapped(const zoc_address *address)
{
    zoc_address plain = *address;

    if (address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr))
        return plain;
    plain =
        (zoc_address){ .size = sizeof(plain.ip4), .ip4.sin_family = AF_INET, .ip4.sin_port = address->ip6.sin6_port };
    memcpy(&plain.ip4.sin_addr, address->ip6.sin6_addr.s6_addr + 12, sizeof(plain.ip4.sin_addr));
    return plain;
}

/* --- asking --------------------------------------------------------------------------------------- */

struct question {
    void (*ask)(struct nlmsghdr *header, const void *what);
    const void *what;
    uint16_t flags;
    mnl_cb_t read_one;
};

static int ask(struct mnl_socket *netlink, const struct question *question)
{
    _Alignas(struct nlmsghdr) char request[REQUEST_MAX];
    struct nlmsghdr *header = mnl.mnl_nlmsg_put_header(request);

    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | question->flags;
    header->nlmsg_seq = SEQUENCE;
    question->ask(header, question->what);
    return mnl.mnl_socket_sendto(netlink, header, header->nlmsg_len) < 0 ? -errno : 0;
}

static int read_answers(struct mnl_socket *netlink, char *answer, mnl_cb_t read_one, struct walk *walk)
{
    unsigned port = mnl.mnl_socket_get_portid(netlink);
    int result;

    do {
        ssize_t size = mnl.mnl_socket_recvfrom(netlink, answer, ANSWER_MAX);
        result = size < 0 ? MNL_CB_ERROR : mnl.mnl_cb_run(answer, (size_t)size, SEQUENCE, port, read_one, walk);
    } while (result > MNL_CB_STOP);
    if (result == MNL_CB_STOP)
        return 0;
    return walk->failure < 0 ? walk->failure : -errno;
}

static void close_netlink(struct mnl_socket **netlink)
{
    if (*netlink)
        mnl.mnl_socket_close(*netlink);
}

static void free_answer(char **answer)
{
    free(*answer);
}

/* Asks the kernel, and shows what it answers. */
static int converse(const struct question *question, struct walk *walk)
{
    struct mnl_socket *netlink __attribute__((cleanup(close_netlink))) = NULL;
    char *answer __attribute__((cleanup(free_answer))) = malloc(ANSWER_MAX);

    int result = answer ? lazy_load(&mnl_library) : -ENOMEM;
    if (result < 0)
        return result;
    netlink = mnl.mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (!netlink || mnl.mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) < 0)
        return -errno;
    result = ask(netlink, question);
    return result < 0 ? result : read_answers(netlink, answer, question->read_one, walk);
}

/* The kernel says ENOENT when nobody in it answers for the family or protocol. */
int look_sockets(const struct look_query *query, look_socket_fn *visit, void *arg)
{
    bool local = query->family == AF_UNIX;
    const struct question question = { local ? ask_unix : ask_inet, query, NLM_F_DUMP, local ? read_unix : read_inet };
    struct walk walk = { .visit = visit, .arg = arg };
    int result = converse(&question, &walk);

    return result == -ENOENT && walk.failure == 0 ? -EPROTONOSUPPORT : result;
}

/* What is no dump has an end only when it is acknowledged. */
int look_connection(const zoc_address *local, const zoc_address *remote, struct look_socket *ret_socket)
{
    struct connection connection = { .local = unmapped(local), .remote = unmapped(remote) };
    const struct question question = { ask_connection, &connection, NLM_F_ACK, read_inet };
    struct walk walk = { .visit = take_connection, .arg = &connection };

    if (connection.local.any.sa_family != connection.remote.any.sa_family)
        return -ENOENT;
    int result = converse(&question, &walk);
    if (result == 0)
        *ret_socket = connection.found;
    return result;
}
