#include "sim/faulty.h"

#include "sim/inside.h"

#define LATE_MAX   ZOC_MILLISECOND   /* readiness that was held back is told within this */
#define HANG       (20 * ZOC_SECOND) /* nothing happens for so long: nothing will */
#define PIECES_MAX 16                /* of a write that is cut short */

/* What it knows of a descriptor. */
struct entry {
    bool open, datagrams, watched;
    enum world_watch how;
    uint64_t token;
    unsigned owed; /* WORLD_ bits that the kernel will not tell again */
};

static const struct zoc_world *const kernel = &zoc_world_kernel;
static struct zoc_world faulty;
static struct entry entries[SIM_FILES_MAX];
static size_t open_count;
static int highest;

static long tell(const char *what, int fd, long result)
{
    now = kernel->monotonic();
    note(what, fd, result);
    return result;
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static struct entry *entry_of(int fd)
{
    if (fd < 0 || fd >= SIM_FILES_MAX || !entries[fd].open)
        sim_fail("descriptor %d is used, and is not open", fd);
    return &entries[fd];
}

static void opened(int fd, bool datagrams)
{
    if (fd >= SIM_FILES_MAX)
        sim_fail("more than %d descriptors", SIM_FILES_MAX);
    entries[fd] = (struct entry){ .open = true, .datagrams = datagrams };
    highest = fd > highest ? fd : highest;
    open_count++;
}

size_t faulty_files_open(void)
{
    return open_count;
}

static int open_one(const char *what, int fd, bool datagrams)
{
    if (fd >= 0)
        opened(fd, datagrams);
    return (int)tell(what, fd, fd);
}

static int open_two(const char *what, int result, const int fds[2], bool datagrams)
{
    if (result == 0) {
        opened(fds[0], datagrams);
        opened(fds[1], datagrams);
    }
    return (int)tell(what, result < 0 ? -1 : fds[0], result);
}

static int do_socket(int family, int type, int protocol)
{
    bool fails = fault_strikes(FAULT_SOCKET_EMFILE);

    return open_one("socket", fails ? -EMFILE : kernel->socket(family, type, protocol), type == SOCK_DGRAM);
}

static int do_socketpair(int family, int type, int ret_fds[2])
{
    int result = fault_strikes(FAULT_SOCKET_EMFILE) ? -EMFILE : kernel->socketpair(family, type, ret_fds);

    return open_two("socketpair", result, ret_fds, type == SOCK_DGRAM);
}

static int do_pipe(int ret_fds[2])
{
    int result = fault_strikes(FAULT_SOCKET_EMFILE) ? -EMFILE : kernel->pipe(ret_fds);

    return open_two("pipe", result, ret_fds, false);
}

static int do_close(int fd)
{
    *entry_of(fd) = (struct entry){ 0 };
    open_count--;
    return (int)tell("close", fd, kernel->close(fd));
}

/* It was reset before it was taken. */
static int abort_connection(int fd)
{
    const struct linger at_once = { .l_onoff = 1 };

    kernel->setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    kernel->close(fd);
    return -ECONNABORTED;
}

static int do_accept(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    if (fault_strikes(FAULT_ACCEPT_EMFILE))
        return (int)tell("accept", fd, -EMFILE); /* also when nobody is there: the number is taken first */
    int accepted = kernel->accept(fd, ret_address, size);
    if (accepted >= 0 && fault_strikes(FAULT_ACCEPT_ABORTED))
        accepted = abort_connection(accepted);
    return open_one("accept", accepted, false);
}

static int do_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    bool refused = !entry_of(fd)->datagrams && fault_strikes(FAULT_CONNECT_REFUSED);

    return (int)tell("connect", fd, refused ? -ECONNREFUSED : kernel->connect(fd, address, size));
}

/* --- bytes ---------------------------------------------------------------------------------------- */

/* What was left has to be told of again: the kernel sees no edge. */
static void owe(int fd, unsigned ready)
{
    entry_of(fd)->owed |= ready;
}

/* An event may be there and nothing behind it, as with a datagram whose checksum is wrong (select(2)). */
static bool finds_nothing(int fd)
{
    if (!fault_strikes(FAULT_KERNEL_AGAIN))
        return false;
    owe(fd, WORLD_READABLE);
    return true;
}

static size_t cut_read(int fd, size_t size)
{
    if (entry_of(fd)->datagrams || size < 2 || !fault_strikes(FAULT_RECEIVE_SHORT))
        return size;
    owe(fd, WORLD_READABLE);
    return chance_between(&world_chance, 1, size - 1);
}

static bool finds_no_room(int fd)
{
    if (!fault_strikes(entry_of(fd)->datagrams ? FAULT_DATAGRAM_FULL : FAULT_SEND_FULL))
        return false;
    owe(fd, WORLD_WRITABLE);
    return true;
}

static size_t cut_write(int fd, size_t size)
{
    if (entry_of(fd)->datagrams || size < 2 || !fault_strikes(FAULT_SEND_SHORT))
        return size;
    owe(fd, WORLD_WRITABLE);
    return chance_between(&world_chance, 1, size - 1);
}

static ssize_t do_recv(int fd, void *data, size_t size, int flags)
{
    return tell("recv", fd, finds_nothing(fd) ? -EAGAIN : kernel->recv(fd, data, cut_read(fd, size), flags));
}

static ssize_t do_read(int fd, void *data, size_t size)
{
    return tell("read", fd, finds_nothing(fd) ? -EAGAIN : kernel->read(fd, data, cut_read(fd, size)));
}

static ssize_t do_recvmsg(int fd, struct msghdr *message, int flags)
{
    return tell("recvmsg", fd, finds_nothing(fd) ? -EAGAIN : kernel->recvmsg(fd, message, flags));
}

/* The first `size` bytes of the pieces. Returns how many pieces they are. */
static int cut_pieces(const struct iovec *pieces, int count, size_t size, struct iovec ret_pieces[PIECES_MAX])
{
    int kept = 0;

    for (; kept < count && kept < PIECES_MAX && size > 0; kept++) {
        ret_pieces[kept] = pieces[kept];
        if (ret_pieces[kept].iov_len > size)
            ret_pieces[kept].iov_len = size;
        size -= ret_pieces[kept].iov_len;
    }
    return kept;
}

static size_t size_of(const struct iovec *pieces, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++)
        size += pieces[i].iov_len;
    return size;
}

static ssize_t do_writev(int fd, const struct iovec *pieces, int count)
{
    struct iovec some[PIECES_MAX];
    size_t size = size_of(pieces, count);

    if (finds_no_room(fd))
        return tell("writev", fd, -EAGAIN);
    int kept = cut_pieces(pieces, count, cut_write(fd, size), some);
    return tell("writev", fd, kernel->writev(fd, some, kept));
}

static ssize_t send_datagram(int fd, const struct msghdr *message)
{
    if (fault_strikes(FAULT_KERNEL_NOBUFS))
        return chance_once_in(&world_chance, 2) ? -ENOBUFS : -ENOMEM;
    return kernel->sendmsg(fd, message);
}

static ssize_t send_some(int fd, const struct msghdr *message)
{
    struct iovec some[PIECES_MAX];
    struct msghdr cut = *message;
    int count = (int)message->msg_iovlen;

    cut.msg_iov = some;
    cut.msg_iovlen = (size_t)cut_pieces(message->msg_iov, count, cut_write(fd, size_of(message->msg_iov, count)), some);
    return kernel->sendmsg(fd, &cut);
}

static ssize_t do_sendmsg(int fd, const struct msghdr *message)
{
    if (finds_no_room(fd))
        return tell("sendmsg", fd, -EAGAIN);
    return tell("sendmsg", fd, entry_of(fd)->datagrams ? send_datagram(fd, message) : send_some(fd, message));
}

static ssize_t do_send(int fd, const void *data, size_t size)
{
    struct iovec piece = { (void *)data, size };

    return do_sendmsg(fd, &(struct msghdr){ .msg_iov = &piece, .msg_iovlen = 1 });
}

/* Whichever side is watched: the other one is a pipe of the splicer's own, which it counts. */
static ssize_t do_splice(int from, int to, size_t size)
{
    bool fills = entry_of(from)->watched;

    if (fills ? finds_nothing(from) : finds_no_room(to))
        return tell("splice", from, -EAGAIN);
    if (size > 1 && fault_strikes(fills ? FAULT_RECEIVE_SHORT : FAULT_SEND_SHORT))
        size = chance_between(&world_chance, 1, size - 1);
    return tell("splice", from, kernel->splice(from, to, size));
}

/* --- readiness ------------------------------------------------------------------------------------ */

static int do_poller_watch(void *poller, int fd, enum world_watch how, uint64_t token)
{
    struct entry *entry = entry_of(fd);
    int result = kernel->poller_watch(poller, fd, how, token);

    if (result == 0) {
        entry->watched = true;
        entry->how = how;
        entry->token = token;
    }
    return (int)tell("watch", fd, result);
}

static int do_poller_unwatch(void *poller, int fd)
{
    struct entry *entry = entry_of(fd);

    entry->watched = false;
    entry->owed = 0; /* who watches it again is told everything */
    return (int)tell("unwatch", fd, kernel->poller_unwatch(poller, fd));
}

static unsigned due(const struct entry *entry)
{
    unsigned interest = entry->how == WORLD_EDGE_BOTH ? ~0U : ~(unsigned)WORLD_WRITABLE;

    return entry->watched ? entry->owed & interest : 0;
}

static bool anything_due(void)
{
    for (int fd = 0; fd <= highest; fd++)
        if (due(&entries[fd]))
            return true;
    return false;
}

static struct entry *find_token(uint64_t token)
{
    for (int fd = 0; fd <= highest; fd++)
        if (entries[fd].watched && entries[fd].token == token)
            return &entries[fd];
    return NULL;
}

/* Some of what is ready is told another time. */
static int hold_back(struct world_ready *ready, int count)
{
    int kept = 0;

    for (int i = 0; i < count; i++) {
        struct entry *entry = fault_strikes(FAULT_KERNEL_LATE) ? find_token(ready[i].token) : NULL;
        if (entry)
            entry->owed |= ready[i].ready;
        else
            ready[kept++] = ready[i];
    }
    return kept;
}

/* What is owed, but not always now; and, seldom, what is not so. */
static int add_owed(struct world_ready *ready, int count, int max)
{
    for (int fd = 0; fd <= highest && count < max; fd++) {
        struct entry *entry = &entries[fd];
        unsigned bits = due(entry);
        if (bits && chance_once_in(&world_chance, 2))
            entry->owed &= ~bits;
        else
            bits =
                entry->watched && entry->how != WORLD_ONESHOT && fault_strikes(FAULT_READY_EARLY) ? WORLD_READABLE : 0;
        if (bits)
            ready[count++] = (struct world_ready){ .token = entry->token, .ready = bits };
    }
    return count;
}

static int64_t earliest(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* A signal may end the wait without anything. */
static int do_poller_wait(void *poller, struct world_ready *ret_ready, int max, int64_t deadline)
{
    int64_t begun_at = kernel->monotonic();

    if (fault_strikes(FAULT_KERNEL_INTERRUPTED))
        return 0;
    int64_t limit = earliest(deadline, begun_at + (anything_due() ? LATE_MAX : HANG));
    int count = kernel->poller_wait(poller, ret_ready, max, limit);
    if (count < 0)
        sim_fail("the poller fails: %d", count);
    if (count == 0 && limit < deadline && kernel->monotonic() >= begun_at + HANG)
        sim_fail("nothing happens any more, and fibers wait");
    count = add_owed(ret_ready, hold_back(ret_ready, count), max);
    for (int i = 0; i < count; i++)
        tell("ready", (int)(uint32_t)ret_ready[i].token, ret_ready[i].ready);
    return count;
}

/* --- the table ------------------------------------------------------------------------------------ */

const struct zoc_world *faulty_begin(void)
{
    faulty = zoc_world_kernel;
    faulty.name = "faulty";
    faulty.socket = do_socket;
    faulty.socketpair = do_socketpair;
    faulty.pipe = do_pipe;
    faulty.close = do_close;
    faulty.accept = do_accept;
    faulty.connect = do_connect;
    faulty.recv = do_recv;
    faulty.read = do_read;
    faulty.recvmsg = do_recvmsg;
    faulty.writev = do_writev;
    faulty.sendmsg = do_sendmsg;
    faulty.send = do_send;
    faulty.splice = do_splice;
    faulty.poller_watch = do_poller_watch;
    faulty.poller_unwatch = do_poller_unwatch;
    faulty.poller_wait = do_poller_wait;
    now = kernel->monotonic();
    return &faulty;
}
