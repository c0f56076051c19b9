/* A run of the simulated world, and its table of operations. */
#include "sim/faulty.h"
#include "sim/inside.h"

#include "fiber/loop.h"

#include <stdarg.h>
#include <zocalo/error.h>

#define LAST_NOTES 1024 /* lines of the trace that a failure looks through */
#define TOLD_NOTES 8    /* of each fiber, that it prints */

struct line {
    int64_t at;
    uint64_t fiber; /* 0: the loop, or nobody */
    const char *what;
    int64_t number, result;
};

struct chance world_chance;
int64_t now;
const char *sim_replay = "";

static struct {
    uint64_t seed, digest, steps;
    FILE *trace;
    struct chance scenario;
    struct line lines[LAST_NOTES];
    const struct zoc_world *before;
    bool failing;
} run;

void *must_have(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* --- the trace ------------------------------------------------------------------------------------ */

static void print_line(FILE *file, const struct line *line)
{
    fprintf(file, "%14lld  fiber %-4llu %-13s %6lld  %lld\n", (long long)line->at, (unsigned long long)line->fiber,
            line->what, (long long)line->number, (long long)line->result);
}

static void mix(uint64_t value)
{
    run.digest = (run.digest ^ value) * 0x100000001b3; /* FNV-1a, by words */
    run.digest ^= run.digest >> 29;
}

static void mix_text(const char *text)
{
    for (; *text; text++)
        mix((unsigned char)*text);
}

void note(const char *what, int64_t number, int64_t result)
{
    struct line *line = &run.lines[run.steps++ % LAST_NOTES];

    *line = (struct line){ now, loop_here ? loop_here->current->number : 0, what, number, result };
    mix((uint64_t)line->at);
    mix(line->fiber);
    mix_text(what);
    mix((uint64_t)number);
    mix((uint64_t)result);
    if (run.trace)
        print_line(run.trace, line);
    if (run.steps > SIM_STEPS_MAX)
        sim_fail("%d steps are done, and it has not ended", SIM_STEPS_MAX);
}

uint64_t sim_digest(void)
{
    return run.digest;
}

struct chance *sim_chance(void)
{
    return &run.scenario;
}

int64_t sim_time(void)
{
    return now;
}

/* --- failing -------------------------------------------------------------------------------------- */

static void print_last_of(uint64_t fiber)
{
    const struct line *last[TOLD_NOTES];
    int count = 0;

    for (uint64_t i = 0; i < LAST_NOTES && i < run.steps && count < TOLD_NOTES; i++) {
        const struct line *line = &run.lines[(run.steps - 1 - i) % LAST_NOTES];
        if (line->fiber == fiber)
            last[count++] = line;
    }
    while (count > 0)
        print_line(stderr, last[--count]);
}

static void print_fibers(void)
{
    for (struct zoc_fiber *fiber = loop_here->all; fiber; fiber = fiber->all_next) {
        fprintf(stderr, "fiber %llu, %s%s%s, did last:\n", (unsigned long long)fiber->number, fiber->name,
                fiber->wait ? ", waits for: " : "", fiber->wait ? fiber->wait->what : "");
        print_last_of(fiber->number);
    }
    fprintf(stderr, "the world did last:\n");
    print_last_of(0);
}

void sim_fail(const char *format, ...)
{
    va_list arguments;

    if (run.failing)
        abort();
    run.failing = true;
    fprintf(stderr, "seed %llu: ", (unsigned long long)run.seed);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nreplay it with: %s\n", sim_replay);
    if (loop_here) {
        print_fibers();
        zoc_world = &zoc_world_kernel;
        zoc_dump(2);
    }
    if (run.trace)
        fflush(run.trace);
    _Exit(1);
}

/* --- a run ---------------------------------------------------------------------------------------- */

static unsigned shuffle(void)
{
    return chance_once_in(&world_chance, 2);
}

static void begin(uint64_t seed, FILE *trace)
{
    struct chance root;

    chance_seed(&root, seed);
    run.seed = seed;
    run.digest = 0xcbf29ce484222325;
    run.steps = 0;
    run.trace = trace;
    run.failing = false;
    chance_seed(&world_chance, chance_bits(&root));
    chance_seed(&run.scenario, chance_bits(&root));
    chance_seed(&entropy, chance_bits(&root));
    faults_forbid();
    run.before = zoc_world;
    loop_shuffles = shuffle;
}

void sim_begin(uint64_t seed, FILE *trace)
{
    begin(seed, trace);
    now = ZOC_SECOND; /* a machine that has been on for a while */
    sim_windows(1, SIM_WINDOW_MAX);
    network_begin();
    sockets_begin();
    zoc_world = &sim_operations;
}

void sim_begin_real(uint64_t seed, FILE *trace)
{
    begin(seed, trace);
    zoc_world = faulty_begin();
}

/* What is still under way arrives at nobody, and work that was abandoned ends. */
static void let_the_rest_happen(void)
{
    struct event *event;

    while ((event = agenda_first())) {
        agenda_remove(event);
        now = event->at > now ? event->at : now;
        event->happen(event);
    }
}

void sim_end(void)
{
    size_t files = files_open() + faulty_files_open();

    let_the_rest_happen();
    if (files > 0)
        sim_fail("%zu descriptors are left open", files);
    if (streams_alive() > 0)
        sim_fail("%zu connections are left", streams_alive());
    if (work_alive() > 0)
        sim_fail("%zu pieces of work are left", work_alive());
    if (datagrams_alive() > 0)
        sim_fail("%zu datagrams are left", datagrams_alive());
    zoc_world = run.before;
    loop_shuffles = NULL;
}
