/* Accept: connect, send a message, receive it, reset. So many are in flight at once, in a ring: the one that was opened
 * first is answered first, so no poller is needed. A connection costs its client more than its server; what can be
 * saved is saved here (no poller, no new descriptors), and the share of time for which the server was busy is told. */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static const char message[MESSAGE_SIZE];

static void open_one(const struct server *server, int fd)
{
    server_reconnect(server, fd);
    if (send(fd, message, sizeof(message), 0) != MESSAGE_SIZE)
        die("send: %s", strerror(errno));
}

static void finish_one(int fd)
{
    char answer[MESSAGE_SIZE];
    ssize_t missing = MESSAGE_SIZE;

    while (missing > 0)
        missing -= spin_receive(fd, answer, (size_t)missing);
    server_reset(fd);
}

static int64_t drive(const struct server *server, const int *ring, int in_flight, int64_t end_ns)
{
    int64_t served = 0;

    for (int i = 0; i < in_flight; i++)
        open_one(server, ring[i]);
    while (monotonic_ns() < end_ns) {
        int fd = ring[served++ % in_flight];

        finish_one(fd);
        open_one(server, fd);
    }
    for (int i = 0; i < in_flight; i++)
        finish_one(ring[served++ % in_flight]);
    return served;
}

void load_accept(const struct plan *plan)
{
    int *ring = allocate((size_t)plan->connections, sizeof(int));

    for (int i = 0; i < plan->connections; i++)
        ring[i] = socket_new();
    for (int s = 0; s < plan->server_count; s++)
        drive(&plan->servers[s], ring, plan->connections, 0); /* warm-up */
    for (int round = 0; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t served = drive(&plan->servers[s], ring, plan->connections, slice.wall_ns + plan->slice_ns);

            slice_end(&slice, round, s, served);
        }
}
