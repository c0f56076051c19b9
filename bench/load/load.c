/* load VERB [--connections=N] [--rounds=N] [--slice=MS] [--requests=N] [--reloads=N] [--stops=1]
 * [--speakers=N] [--burst=N] PID:PORT... */
#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct verb {
    const char *name;
    void (*run)(const struct plan *plan);
    struct plan defaults;
};

static const struct verb verbs[] = {
    { "echo", load_echo, { .connections = 200, .rounds = 60, .slice_ns = 100 * MILLISECOND } },
    { "accept", load_accept, { .connections = 16, .rounds = 60, .slice_ns = 100 * MILLISECOND } },
    { "fair", load_fair, { .connections = 50, .rounds = 16, .slice_ns = 250 * MILLISECOND } },
    { "idle", load_idle, { .connections = 9000 } },
    { "busy", load_busy, { .connections = 1000, .requests = 10000 } },
    { "visit", load_visit, { .connections = 1000, .requests = 2000 } },
    { "broker",
      load_broker,
      { .connections = 500, .rounds = 20, .slice_ns = 200 * MILLISECOND, .speakers = 1, .burst = 1 } },
    { "bulk", load_bulk, { .connections = 1, .rounds = 20, .slice_ns = 300 * MILLISECOND } },
#ifdef WITH_OPENSSL
    { "handshake", load_handshake, { .connections = 16, .rounds = 20, .slice_ns = 500 * MILLISECOND } },
    { "secret", load_secret, { .rounds = 20, .slice_ns = 300 * MILLISECOND } },
#endif
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
        if (name && strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    die("usage: load echo|accept|fair|idle|busy|visit|broker|bulk|handshake|secret [--connections=N] [--rounds=N] "
        "[--slice=MS] [--requests=N]"
        " [--reloads=N] [--stops=1] [--speakers=N] [--burst=N] PID:PORT...");
}

static int positive(const char *text)
{
    int number = atoi(text);

    if (number <= 0)
        die("'%s' is not a positive number", text);
    return number;
}

static struct plan read_plan(const struct verb *verb, int argc, char **argv)
{
    static const struct option options[] = {
        { "connections", required_argument, NULL, 'c' },
        { "rounds", required_argument, NULL, 'r' },
        { "slice", required_argument, NULL, 's' },
        { "requests", required_argument, NULL, 'q' },
        { "reloads", required_argument, NULL, 'l' },
        { "stops", required_argument, NULL, 't' },
        { "speakers", required_argument, NULL, 'p' },
        { "burst", required_argument, NULL, 'b' },
        { 0 },
    };
    struct plan plan = verb->defaults;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            plan.connections = positive(optarg);
        else if (option == 'r')
            plan.rounds = positive(optarg);
        else if (option == 's')
            plan.slice_ns = positive(optarg) * MILLISECOND;
        else if (option == 'q')
            plan.requests = positive(optarg);
        else if (option == 'l')
            plan.reloads = positive(optarg);
        else if (option == 't')
            plan.stops = positive(optarg);
        else if (option == 'p')
            plan.speakers = positive(optarg);
        else if (option == 'b')
            plan.burst = positive(optarg);
        else
            exit(2);
    }
    while (optind < argc && plan.server_count < SERVERS_MAX)
        plan.servers[plan.server_count++] = server_parse(argv[optind++]);
    if (plan.server_count == 0)
        die("no server was given");
    return plan;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    const struct verb *verb = find_verb(argc > 1 ? argv[1] : NULL);
    struct plan plan = read_plan(verb, argc - 1, argv + 1);

    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    setvbuf(stdout, NULL, _IOLBF, 0);
    verb->run(&plan);
    return 0;
}
