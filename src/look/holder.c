#include "look/holder.h"

#include "base/text.h"
#include "look/processes.h"
#include "look/sockets.h"
#include "net/dial.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <zocalo/fiber.h>

/* --- what is looked for --------------------------------------------------------------------------- */

struct search {
    const zoc_endpoint *endpoint;
    struct look_local wanted;
    struct look_file file; /* of a path */
    bool (*is_it)(const struct search *search, const struct look_socket *socket);
    zoc_buffer inodes; /* uint32_t each: what was found */
};

static bool has_port(const struct search *search, const struct look_socket *socket)
{
    return look_clash(&search->wanted, &socket->local);
}

/* Each type has abstract names of its own. */
static bool has_name(const struct search *search, const struct look_socket *socket)
{
    return socket->type == search->endpoint->type && zoc_address_equal(&search->wanted.address, &socket->local.address);
}

/* The path alone proves nothing: a socket keeps it after its file was unlinked, and says it as seen from its own
 * folder. Nor does the device: stat(2) tells another one than the kernel's on btrfs, and on overlays. */
static bool has_file(const struct search *search, const struct look_socket *socket)
{
    return socket->file.inode == search->file.inode && socket->file.inode != 0 &&
           (socket->file.device == search->file.device ||
            zoc_address_equal(&search->wanted.address, &socket->local.address));
}

/* As net/bind.c binds it: without a host to both families, with one to that address alone. */
static int want_port(struct search *search)
{
    const zoc_endpoint *endpoint = search->endpoint;
    const char *any = endpoint->options.only4 ? "0.0.0.0" : "::";
    struct look_local *wanted = &search->wanted;

    wanted->only6 = endpoint->options.only6;
    if (zoc_address_parse_ip(endpoint->host, endpoint->port, &wanted->address) < 0)
        zoc_address_parse_ip(any, endpoint->port, &wanted->address);
    else
        wanted->only6 = true;
    if (wanted->address.any.sa_family == AF_INET6)
        wanted->interface = wanted->address.ip6.sin6_scope_id;
    search->is_it = has_port;
    return 0;
}

static int want_local(struct search *search)
{
    struct stat status;

    search->is_it = search->endpoint->abstract ? has_name : has_file;
    dial_local_address(search->endpoint, &search->wanted.address);
    if (search->endpoint->abstract)
        return 0;
    if (stat(search->endpoint->path, &status) < 0)
        return -errno;
    search->file.device = major(status.st_dev) << 20 | minor(status.st_dev);
    search->file.inode = (uint32_t)status.st_ino;
    return 0;
}

static const struct kind {
    int (*want)(struct search *search);
    int families[2]; /* whose tables are read; AF_UNSPEC: none */
    int protocol;
} kinds[] = {
    [ZOC_TCP] = { want_port, { AF_INET, AF_INET6 }, IPPROTO_TCP },
    [ZOC_UDP] = { want_port, { AF_INET, AF_INET6 }, IPPROTO_UDP },
    [ZOC_TLS] = { want_port, { AF_INET, AF_INET6 }, IPPROTO_TCP },
    [ZOC_UNIX] = { want_local, { AF_UNIX, AF_UNSPEC }, 0 },
    [ZOC_PATH] = { want_local, { AF_UNIX, AF_UNSPEC }, 0 }, /* which is one to who listens */
};

/* --- sockets -------------------------------------------------------------------------------------- */

static int keep(const struct look_socket *socket, void *arg)
{
    struct search *search = arg;

    if (socket->inode == 0 || !search->is_it(search, socket))
        return 0;
    return zoc_buffer_append(&search->inodes, &socket->inode, sizeof(socket->inode));
}

static int find_in_state(struct search *search, uint32_t states)
{
    const struct kind *kind = &kinds[search->endpoint->scheme];
    int result = 0;

    for (size_t i = 0; i < 2 && kind->families[i] != AF_UNSPEC && result == 0; i++) {
        const struct look_query query = { kind->families[i], kind->protocol, states, search->endpoint->port };
        result = look_sockets(&query, keep, search);
    }
    return result;
}

static int find_sockets(struct search *search)
{
    int result = find_in_state(search, LOOK_LISTENING);

    if (result == 0 && search->inodes.size == 0)
        result = find_in_state(search, LOOK_EVERY_STATE & ~LOOK_LISTENING);
    return result < 0 ? result : search->inodes.size == 0 ? -ENOENT : 0;
}

/* --- their processes ------------------------------------------------------------------------------ */

struct holders {
    struct look_process first;
    size_t count;
};

static int count_process(const struct look_process *process, void *arg)
{
    struct holders *holders = arg;

    if (holders->count++ == 0)
        holders->first = *process;
    return 0;
}

static int find_holders(struct search *search, struct holders *holders)
{
    uint32_t *inodes = (uint32_t *)(void *)search->inodes.data;
    int result = look_processes(inodes, search->inodes.size / sizeof(*inodes), count_process, holders);

    return result < 0 ? result : holders->count == 0 ? -EACCES : 0;
}

/* --- all of it, on a worker thread ---------------------------------------------------------------- */

struct job {
    const zoc_endpoint *endpoint;
    char *text;
    size_t size;
};

static void describe(const struct holders *holders, char *text, size_t size)
{
    const struct look_process *first = &holders->first;

    if (holders->count == 1)
        snprintf(text, size, _("%s (pid %d)"), first->name, first->pid);
    else
        snprintf(text, size, _("%s (pid %d) and %zu more"), first->name, first->pid, holders->count - 1);
}

static void release(struct search *search)
{
    zoc_buffer_release(&search->inodes);
}

static int look(void *arg)
{
    const struct job *job = arg;
    struct search search __attribute__((cleanup(release))) = { .endpoint = job->endpoint };
    struct holders holders = { .count = 0 };

    int result = kinds[job->endpoint->scheme].want(&search);
    if (result == 0)
        result = find_sockets(&search);
    if (result == 0)
        result = find_holders(&search, &holders);
    if (result == 0)
        describe(&holders, job->text, job->size);
    return result;
}

int look_holder(const zoc_endpoint *endpoint, char *ret_text, size_t size)
{
    struct job job = { endpoint, ret_text, size };

    if (kinds[endpoint->scheme].want == NULL)
        return -EINVAL;
    return zoc_offload(look, &job);
}
