/* Names through c-ares: the hosts file, then name servers. ZOCALO_NAMESERVERS in the environment (a list as
 * ares_set_servers_ports_csv(3) takes it) replaces those of resolv.conf.
 *
 * Each lookup has a channel of its own, and its sockets stand, level-triggered, in an epoll set of their own, whose
 * descriptor is what the fiber waits on: the library's sockets come and go without the loop knowing them. What reads
 * files (resolv.conf, hosts) runs on a worker thread; the fiber waits meanwhile, so only one of them is in c-ares. */
#include "net/resolver.h"

#include "base/lazy.h"
#include "fiber/loop.h"

#include <ares.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <zocalo/error.h>

#define QUERY_EVENTS 16 /* sockets of c-ares that are served at a time */

/* clang-format off */
#define CARES_FUNCTIONS(F) \
    F(ares_library_init) F(ares_init_options) F(ares_set_servers_ports_csv) F(ares_getaddrinfo) \
    F(ares_getnameinfo) F(ares_freeaddrinfo) F(ares_timeout) F(ares_process_fd) F(ares_destroy)
/* clang-format on */

static struct {
    CARES_FUNCTIONS(LAZY_POINTER)
} cares;

static const char *const cares_names[] = { CARES_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy cares_library = { .file = "libcares.so.2", .names = cares_names, .pointers = &cares };

struct query {
    void (*ask)(struct query *query); /* sends the first question */
    const char *name;
    int family;
    ares_channel channel;
    bool opened; /* the channel was */
    int epoll_fd;
    struct watch watch;
    bool done;
    int result;
    bool asked;         /* a name server was; otherwise it is the hosts file that answers */
    zoc_address server; /* whose datagram came last */
    zoc_duration ttl;   /* of its records, the shortest; 0 */
    zoc_address *addresses;
    unsigned max;
    zoc_address of; /* whose name is asked for */
    char *text;     /* for it, of that size; not written when it is 0 */
    size_t size;
};

static void watch_socket(void *arg, ares_socket_t socket, int readable, int writable)
{
    struct query *query = arg;
    struct epoll_event event = { .events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0), .data.fd = socket };

    query->asked = true;
    if (!readable && !writable)
        epoll_ctl(query->epoll_fd, EPOLL_CTL_DEL, socket, NULL);
    else if (epoll_ctl(query->epoll_fd, EPOLL_CTL_ADD, socket, &event) < 0)
        epoll_ctl(query->epoll_fd, EPOLL_CTL_MOD, socket, &event);
}

static int error_of(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
        return -ZOC_ENAME;
    case ARES_ENOMEM:
        return -ENOMEM;
    default:
        return -ZOC_ENAMEFAIL;
    }
}

static zoc_duration shorter(zoc_duration ttl, int seconds)
{
    return ttl < seconds * ZOC_SECOND ? ttl : seconds * ZOC_SECOND;
}

/* An answer is as good as the first of its records to expire, aliases included. */
static void take_addresses(struct query *query, const struct ares_addrinfo *info)
{
    unsigned count = 0;
    zoc_duration ttl = ZOC_NEVER;

    for (const struct ares_addrinfo_cname *alias = info->cnames; alias; alias = alias->next)
        ttl = shorter(ttl, alias->ttl);
    for (const struct ares_addrinfo_node *node = info->nodes; node && count < query->max; node = node->ai_next) {
        if (node->ai_family != query->family || node->ai_addrlen > sizeof query->addresses[0].local)
            continue;
        zoc_address *address = &query->addresses[count++];
        address->size = node->ai_addrlen;
        memcpy(&address->any, node->ai_addr, node->ai_addrlen);
        ttl = shorter(ttl, node->ai_ttl);
    }
    query->ttl = query->asked && count > 0 ? ttl : 0;
    query->result = count > 0 ? (int)count : -ZOC_ENAME;
}

static void answered(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct query *query = arg;

    (void)timeouts;
    query->done = true;
    if (status == ARES_SUCCESS)
        take_addresses(query, info);
    else
        query->result = error_of(status);
    if (info)
        cares.ares_freeaddrinfo(info);
}

static void ask_addresses(struct query *query)
{
    struct ares_addrinfo_hints hints = { .ai_family = query->family, .ai_socktype = SOCK_STREAM };

    cares.ares_getaddrinfo(query->channel, query->name, NULL, &hints, answered, query);
}

static void named(void *arg, int status, int timeouts, char *node, char *service)
{
    struct query *query = arg;

    (void)timeouts, (void)service;
    query->done = true;
    query->result = status != ARES_SUCCESS ? error_of(status) : node && strlen(node) < query->size ? 0 : -ZOC_ENAME;
    if (query->result == 0)
        strcpy(query->text, node);
}

static void ask_name(struct query *query)
{
    cares.ares_getnameinfo(query->channel, &query->of.any, query->of.size, ARES_NI_LOOKUPHOST | ARES_NI_NAMEREQD, named,
                           query);
}

static void init_library(void)
{
    cares.ares_library_init(ARES_LIB_INIT_ALL);
}

/* On a worker thread: reads the files and sends the first question. */
static int ask(void *arg)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct query *query = arg;
    struct ares_options options = { .sock_state_cb = watch_socket, .sock_state_cb_data = query };
    const char *servers = getenv("ZOCALO_NAMESERVERS");

    int loaded = lazy_load(&cares_library);
    if (loaded < 0)
        return loaded;
    pthread_once(&once, init_library);
    int status = cares.ares_init_options(&query->channel, &options, ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS)
        return error_of(status);
    query->opened = true;
    if (servers && cares.ares_set_servers_ports_csv(query->channel, servers) != ARES_SUCCESS)
        return -ZOC_ENAMEFAIL;
    query->ask(query);
    return 0;
}

static zoc_time next_timeout(struct query *query)
{
    struct timeval time;

    if (!cares.ares_timeout(query->channel, NULL, &time))
        return ZOC_NEVER;
    return zoc_now() + time.tv_sec * ZOC_SECOND + time.tv_usec * ZOC_MICROSECOND;
}

/* Whose readiness may bring the answer: afterwards the socket may be closed. */
static void note_server(struct query *query, const struct epoll_event *event)
{
    zoc_address server = { .size = sizeof server.local };

    if (!query->done && event->events & EPOLLIN && !(event->events & EPOLLERR) &&
        getpeername(event->data.fd, &server.any, &server.size) == 0)
        query->server = server;
}

static void serve_sockets(struct query *query)
{
    struct epoll_event events[QUERY_EVENTS];
    int count = epoll_wait(query->epoll_fd, events, QUERY_EVENTS, 0);

    for (int i = 0; i < count; i++) {
        int fd = events[i].data.fd;
        note_server(query, &events[i]);
        cares.ares_process_fd(query->channel, events[i].events & ~(uint32_t)EPOLLOUT ? fd : ARES_SOCKET_BAD,
                              events[i].events & (EPOLLOUT | EPOLLERR) ? fd : ARES_SOCKET_BAD);
    }
    if (count <= 0) /* its time has come: c-ares asks again, or gives up */
        cares.ares_process_fd(query->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static int wait_answer(struct query *query)
{
    while (!query->done) {
        struct fiber_wait wait = { .what = "a name server", .heeds = HEED_HARD, .until = next_timeout(query) };
        int result = watch_readable(&query->watch, &wait);
        bool late = result == -ETIMEDOUT && fiber_cut_off(HEED_HARD) == -ETIMEDOUT; /* we, and not the server */
        if (result == -ECANCELED || late)
            return result;
        serve_sockets(query);
    }
    return query->result;
}

static int run_query(struct query *query)
{
    query->watch.fd = -1;
    query->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (query->epoll_fd < 0)
        return -errno;
    int result = watch_open(&query->watch, query->epoll_fd, WORLD_ONESHOT);
    if (result == 0)
        result = zoc_offload(ask, query);
    if (result == 0)
        result = wait_answer(query);
    if (query->opened) {
        query->max = 0; /* the answer that the end of the channel gives is not for the caller */
        query->size = 0;
        cares.ares_destroy(query->channel);
    }
    watch_close(&query->watch, false);
    close(query->epoll_fd);
    return result;
}

int resolver_cares(const char *name, int family, zoc_address *ret_addresses, unsigned max, zoc_answer *ret_answer)
{
    struct query query = {
        .ask = ask_addresses, .name = name, .family = family, .addresses = ret_addresses, .max = max
    };
    int result = run_query(&query);

    ret_answer->by = query.asked ? ZOC_ANSWER_SERVER : ZOC_ANSWER_HOSTS;
    ret_answer->server = query.server;
    ret_answer->ttl = query.ttl;
    return result;
}

/* As IPv4, where it is mapped. */
static zoc_address unmap(const zoc_address *address)
{
    zoc_address plain = *address;

    if (address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr))
        return plain;
    plain = (zoc_address){ .size = sizeof plain.ip4, .ip4.sin_family = AF_INET };
    memcpy(&plain.ip4.sin_addr, address->ip6.sin6_addr.s6_addr + 12, sizeof plain.ip4.sin_addr);
    return plain;
}

int resolver_name(const zoc_address *address, char *ret_name, size_t size)
{
    struct query query = { .ask = ask_name, .of = unmap(address), .text = ret_name, .size = size };

    return run_query(&query);
}
