/* What fibers cost, measured inside one process, on the public headers alone. Prints JSON lines.
 *
 *     fibers switch FIBERS        CPU time of a switch, in a ring of so many that yield to one another; several runs
 *     fibers spawn TOTAL ALIVE    so many are started and joined, ALIVE at a time; resident memory before and after
 *     fibers alive FIBERS         so many wait at once, or as many as the kernel allows and the words that say so */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

#define RUNS         7       /* of the ring; the median counts */
#define RUN_SWITCHES 8000000 /* switches of one run, about */

/* What others do on this core meanwhile is not counted. */
static int64_t cpu_ns(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * ZOC_SECOND + used.tv_nsec;
}

static int64_t resident_bytes(void)
{
    char line[256];
    int64_t kibibytes = -1;
    FILE *file = fopen("/proc/self/smaps_rollup", "re");

    while (file && fgets(line, sizeof(line), file) && sscanf(line, "Rss: %" SCNd64, &kibibytes) != 1)
        ;
    if (file)
        fclose(file);
    return kibibytes < 0 ? -1 : kibibytes * 1024;
}

/* --- switch -------------------------------------------------------------------------------------- */

struct ring {
    long fibers;
    long rounds;
    bool is_timed; /* the first fiber has begun */
    double switch_ns;
};

/* Between two turns of the first fiber each of the ring had one. All run the same code, as connections do: a return
 * that the processor did not foresee would be measured otherwise. */
static int go_round(void *arg)
{
    struct ring *ring = arg;
    bool is_first = !ring->is_timed;
    int64_t begun = 0;

    ring->is_timed = true;
    zoc_yield(); /* until every stack was touched */
    if (is_first)
        begun = cpu_ns();
    for (long round = 0; round < ring->rounds; round++)
        zoc_yield();
    if (is_first)
        ring->switch_ns = (double)(cpu_ns() - begun) / (double)(ring->rounds * ring->fibers);
    return 0;
}

static int run_ring(struct ring *ring)
{
    ZOC_GROUP(group);
    int result = 0;

    ring->is_timed = false;
    for (long i = 0; i < ring->fibers && result == 0; i++)
        result = zoc_go(&group, go_round, ring);
    if (result < 0)
        return result;
    return zoc_group_wait(&group);
}

static int measure_switch(void *arg)
{
    long fibers = *(const long *)arg;
    struct ring ring = { .fibers = fibers, .rounds = RUN_SWITCHES / fibers };
    int result = 0;

    for (int run = 0; run < RUNS && result == 0; run++) {
        result = run_ring(&ring);
        if (result == 0)
            printf("{\"fibers\":%ld,\"switch_ns\":%.3f}\n", fibers, ring.switch_ns);
    }
    return result;
}

/* --- spawn --------------------------------------------------------------------------------------- */

static int live_briefly(void *arg)
{
    (void)arg;
    return zoc_yield(); /* until the others of its batch have begun */
}

static int run_batch(long alive)
{
    ZOC_GROUP(group);
    int result = 0;

    for (long i = 0; i < alive && result == 0; i++)
        result = zoc_go(&group, live_briefly, NULL);
    return result < 0 ? result : zoc_group_wait(&group);
}

static int measure_spawn(void *arg)
{
    long total = ((const long *)arg)[0], alive = ((const long *)arg)[1];
    int result = run_batch(alive); /* warm-up: its memory is kept for the next ones */
    int64_t before = resident_bytes();
    zoc_time begun = cpu_ns();

    for (long spawned = 0; spawned < total && result == 0; spawned += alive)
        result = run_batch(alive);
    if (result == 0)
        printf("{\"total\":%ld,\"alive\":%ld,\"spawn_ns\":%.1f,\"before\":%" PRId64 ",\"after\":%" PRId64 "}\n", total,
               alive, (double)(cpu_ns() - begun) / (double)total, before, resident_bytes());
    return result;
}

/* --- alive --------------------------------------------------------------------------------------- */

static int wait_for_end(void *arg)
{
    return zoc_event_wait(arg);
}

static void report_alive(long wanted, long reached, int64_t grown, const char *why)
{
    char words[1024];

    printf("{\"wanted\":%ld,\"reached\":%ld,\"resident\":%" PRId64 ",\"why\":\"", wanted, reached, grown);
    snprintf(words, sizeof(words), "%s", why);
    for (const char *c = words; *c; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    puts("\"}");
}

static int measure_alive(void *arg)
{
    long wanted = *(const long *)arg, reached = 0;
    int64_t before = resident_bytes();
    zoc_event end = { 0 };
    char why[512] = "";
    ZOC_GROUP(group);

    while (reached < wanted && zoc_go(&group, wait_for_end, &end) == 0)
        reached++;
    if (reached < wanted)
        snprintf(why, sizeof(why), "%s", zoc_why());
    zoc_yield(); /* now all of them wait */
    report_alive(wanted, reached, resident_bytes() - before, why);
    zoc_event_set(&end);
    return zoc_group_wait(&group);
}

/* --- verbs --------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    zoc_fn *run;
    int numbers;
} verbs[] = {
    { "switch", measure_switch, 1 },
    { "spawn", measure_spawn, 2 },
    { "alive", measure_alive, 1 },
};

static zoc_fn *find_verb(const char *name, int numbers)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
        if (strcmp(verbs[i].name, name) == 0 && verbs[i].numbers == numbers)
            return verbs[i].run;
    return NULL;
}

int main(int argc, char **argv)
{
    zoc_fn *run = argc > 2 ? find_verb(argv[1], argc - 2) : NULL;
    long numbers[2] = { 0 };
    int result;

    for (int i = 2; run && i < argc; i++) {
        numbers[i - 2] = atol(argv[i]);
        if (numbers[i - 2] <= 0)
            run = NULL;
    }
    if (!run) {
        fputs("usage: fibers switch FIBERS | spawn TOTAL ALIVE | alive FIBERS\n", stderr);
        return 2;
    }
    result = zoc_run(run, numbers);
    if (result < 0)
        fprintf(stderr, "fibers: %s: %s\n", argv[1], zoc_error_text(result));
    return result < 0 ? 2 : 0;
}
