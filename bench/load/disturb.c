/* What a service has to bear while it is busy: reloads, and at last a stop, each after so many answers; and the account
 * of what became of every request. */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#define PATIENCE_MS 10000

struct siege siege_begin(const struct plan *plan)
{
    return (struct siege){ .plan = plan, .reloads = plan->reloads, .stops = plan->stops, .next = plan->requests };
}

static void send_signal(const struct siege *siege, int number)
{
    if (kill(siege->plan->servers[0].pid, number) < 0)
        die("signal %d: %s", number, strerror(errno));
}

/* A reload that was not read yet would swallow the next one: that one then waits for its next turn. After a stop the
 * service ends it all; without one, the last answers do. */
static void disturb(struct siege *siege)
{
    siege->next += siege->plan->requests;
    if (server_has_pending(&siege->plan->servers[0], SIGHUP))
        return;
    if (siege->reloads > 0) {
        siege->reloads--;
        send_signal(siege, SIGHUP);
    } else if (siege->stops > 0) {
        siege->stops--;
        send_signal(siege, SIGTERM);
        siege->next = INT64_MAX;
    } else {
        siege->over = true;
    }
}

void siege_answered(struct siege *siege)
{
    siege->answered++;
    if (siege->answered == siege->next)
        disturb(siege);
}

void siege_lost(struct siege *siege, int error)
{
    siege->lost++;
    siege->reset += error == ECONNRESET;
    siege->why = error ? strerror(error) : "ended without the whole answer";
}

int siege_poll(int poller, struct epoll_event *ret_events, int max)
{
    int count = epoll_wait(poller, ret_events, max, PATIENCE_MS);

    if (count == 0)
        die("nothing happens for ten seconds");
    if (count < 0)
        die("epoll_wait: %s", strerror(errno));
    return count;
}

void siege_report(const struct siege *siege)
{
    printf("{\"sent\":%" PRId64 ",\"answered\":%" PRId64 ",\"lost\":%" PRId64 ",\"reset\":%" PRId64, siege->sent,
           siege->answered, siege->lost, siege->reset);
    printf(",\"refused\":%" PRId64 ",\"ended\":%" PRId64 ",\"why\":\"%s\"}\n", siege->refused, siege->ended,
           siege->why ? siege->why : "");
}
