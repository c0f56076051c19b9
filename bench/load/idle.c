/* Idle: so many connections that have each echoed once and are silent now, and what they cost the server in memory. */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void load_idle(const struct plan *plan)
{
    const struct server *server = &plan->servers[0];
    int64_t before = server_resident(server), after;

    for (int i = 0; i < plan->connections; i++)
        server_echo(server_connect(server)); /* stays open until the program ends */
    after = server_resident(server);
    printf("{\"connections\":%d,\"before\":%" PRId64 ",\"after\":%" PRId64 "}\n", plan->connections, before, after);
}
