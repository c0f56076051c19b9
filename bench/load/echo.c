/* Echo: every connection sends a message, waits for it to come back, and sends it again. The servers are driven in
 * turn, one slice each, in an order that rotates from round to round; a slice ends when the last answer is in. */
#include "load.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define EVENTS_MAX 256

struct crowd {
    int poller;
    int count;
    int *fds;
    int *missing; /* bytes of the answer that have not come yet; 0 when nothing is asked */
};

static void ask(struct crowd *crowd, int i)
{
    static const char message[MESSAGE_SIZE];

    if (send(crowd->fds[i], message, sizeof(message), 0) != MESSAGE_SIZE)
        die("send: %s", strerror(errno));
    crowd->missing[i] = MESSAGE_SIZE;
}

/* Whether the whole answer is in now. */
static bool take_answer(struct crowd *crowd, int i)
{
    char answer[MESSAGE_SIZE];
    ssize_t size = recv(crowd->fds[i], answer, (size_t)crowd->missing[i], 0);

    if (size < 0 && errno == EAGAIN)
        return false;
    if (size <= 0)
        die("receive: %s", size < 0 ? strerror(errno) : "the server closed the connection");
    crowd->missing[i] -= (int)size;
    return crowd->missing[i] == 0;
}

static int64_t drive(struct crowd *crowd, int64_t end_ns)
{
    static struct epoll_event events[EVENTS_MAX];
    int64_t answers = 0;
    int asked = crowd->count;

    for (int i = 0; i < crowd->count; i++)
        ask(crowd, i);
    while (asked > 0) {
        int count = spin_poll(crowd->poller, events, EVENTS_MAX);
        bool go_on = monotonic_ns() < end_ns;

        for (int e = 0; e < count; e++) {
            int i = (int)events[e].data.u64;

            if (crowd->missing[i] == 0 || !take_answer(crowd, i))
                continue;
            answers++;
            if (go_on)
                ask(crowd, i);
            else
                asked--;
        }
    }
    return answers;
}

static void gather(struct crowd *crowd, const struct server *server, int connections)
{
    crowd->poller = poller_new();
    crowd->count = connections;
    crowd->fds = allocate((size_t)connections, sizeof(int));
    crowd->missing = allocate((size_t)connections, sizeof(int));
    for (int i = 0; i < connections; i++) {
        crowd->fds[i] = server_connect(server);
        set_nonblocking(crowd->fds[i]);
        poller_add(crowd->poller, crowd->fds[i], EPOLLIN | EPOLLET, (uint64_t)i);
    }
}

void load_echo(const struct plan *plan)
{
    struct crowd crowds[SERVERS_MAX];

    for (int s = 0; s < plan->server_count; s++) {
        gather(&crowds[s], &plan->servers[s], plan->connections);
        drive(&crowds[s], 0); /* warm-up */
    }
    for (int round = 0; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t answers = drive(&crowds[s], slice.wall_ns + plan->slice_ns);

            slice_end(&slice, round, s, answers);
        }
}
