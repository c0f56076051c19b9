/* Runs worlds from seeds. scripts/sim and `make sim` call it. */
#include "memory.h"
#include "worlds.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define REPLAY_MAX    256
#define LINE_MAX      256 /* bytes of a line of the corpus */
#define SCENARIOS_MAX 64
#define OCCASIONS     8 /* at which each fault is forced */

struct order {
    uint64_t seed, runs;
    const struct scenario *scenario; /* NULL: the seed draws one */
    enum fault fault;                /* forced; FAULTS: the seed draws */
    uint64_t nth;
    bool seeded, trace, twice, real;
    const char *corpus; /* NULL: none */
    bool each_fault;
};

/* --- one run -------------------------------------------------------------------------------------- */

static const struct scenario *choose(const struct order *order, uint64_t seed)
{
    struct chance chance;

    if (order->scenario)
        return order->scenario;
    chance_seed(&chance, ~seed);
    const struct scenario *scenario;
    do
        scenario = &scenarios[chance_below(&chance, scenario_count)];
    while (scenario->prepare || (order->real && !scenario->real));
    return scenario;
}

static void tell_how_to_replay(const struct order *order, const struct scenario *scenario, uint64_t seed)
{
    static char command[REPLAY_MAX];
    int size = snprintf(command, sizeof command, "make sim SEED=%" PRIu64 " WORLD=%s", seed, scenario->name);

    if (order->real)
        size += snprintf(command + size, sizeof command - (size_t)size, " REAL=yes");
    if (order->fault < FAULTS)
        snprintf(command + size, sizeof command - (size_t)size, " FAULT=%s:%" PRIu64, fault_name(order->fault),
                 order->nth);
    sim_replay = command;
}

/* Nothing is left but what the first run of a world keeps for the next, and a thread that there was none of before. */
static void check_memory(const struct scenario *scenario, long left)
{
    static bool warm[SCENARIOS_MAX];
    static size_t threads;
    size_t number = (size_t)(scenario - scenarios);

    if (memory_counts && warm[number] && left != 0 && threads == sim_work_most())
        sim_fail("%ld pieces of memory are left", left);
    warm[number] = true;
    threads = sim_work_most();
}

/* Returns the digest of what happened. */
static uint64_t run_once(const struct order *order, uint64_t seed, FILE *trace)
{
    const struct scenario *scenario = choose(order, seed);
    struct chance faults;
    long before = memory_pieces();

    tell_how_to_replay(order, scenario, seed);
    if (scenario->prepare)
        scenario->prepare();
    site_is_real = order->real;
    if (order->real)
        sim_begin_real(seed, trace);
    else
        sim_begin(seed, trace);
    chance_seed(&faults, seed * 3 + 1);
    if (order->fault < FAULTS)
        faults_force(order->fault, order->nth);
    else
        faults_draw(&faults);
    if (trace)
        fprintf(trace, "seed %" PRIu64 ", world %s\n", seed, scenario->name);
    int result = zoc_run(scenario->run, NULL);
    if (result < 0)
        sim_fail("the world could not run: %s", zoc_error_text(result));
    sim_end();
    check_memory(scenario, memory_pieces() - before);
    return sim_digest();
}

static char *trace_of(const struct order *order, uint64_t seed)
{
    char *text = NULL;
    size_t size = 0;
    FILE *trace = open_memstream(&text, &size);

    if (!trace)
        abort();
    run_once(order, seed, trace);
    fclose(trace);
    return text;
}

/* The same seed, the same trace, byte for byte. */
static void run_twice(const struct order *order, uint64_t seed)
{
    char *first = trace_of(order, seed), *second = trace_of(order, seed);

    if (strcmp(first, second) != 0) {
        fprintf(stderr, "seed %" PRIu64 ": two runs of it were not the same\n", seed);
        exit(EXIT_FAILURE);
    }
    free(first);
    free(second);
}

/* --- the corpus ------------------------------------------------------------------------------------ */

static const struct scenario *find_scenario(const char *name)
{
    for (unsigned i = 0; i < scenario_count; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    fprintf(stderr, "no such world: %s\n", name);
    exit(2);
}

/* NAME[:NTH] */
static void read_fault(struct order *order, char *text)
{
    char *colon = strchr(text, ':');

    if (colon)
        *colon = '\0';
    order->nth = colon ? strtoull(colon + 1, NULL, 10) : 1;
    order->fault = fault_find(text);
    if (order->fault == FAULTS || order->nth == 0) {
        fprintf(stderr, "no such fault: %s\n", text);
        exit(2);
    }
}

/* WORLD FIRST[-LAST] [FAULT:NTH] */
static uint64_t run_line(struct order order, char *line)
{
    char *world = strtok(line, " \t\n"), *seeds = strtok(NULL, " \t\n"), *fault = strtok(NULL, " \t\n"), *dash;
    uint64_t last, runs = 0;

    if (!world || !seeds)
        return 0;
    order.scenario = find_scenario(world);
    order.seed = last = strtoull(seeds, &dash, 10);
    if (*dash == '-')
        last = strtoull(dash + 1, NULL, 10);
    if (fault)
        read_fault(&order, fault);
    for (; order.seed <= last; order.seed++, runs++)
        run_twice(&order, order.seed);
    return runs;
}

static int run_corpus(const struct order *order, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX];
    uint64_t runs = 0;

    if (!file) {
        perror(path);
        return 2;
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "#")] = '\0';
        runs += run_line(*order, line);
    }
    fclose(file);
    printf("%" PRIu64 " seeds of the corpus, each twice: all held\n", runs);
    return EXIT_SUCCESS;
}

/* The one that was named, or all that need not be. */
static bool is_asked_for(const struct order *order, const struct scenario *scenario)
{
    return order->scenario ? scenario == order->scenario : !scenario->prepare;
}

/* Each fault at its first, second, ... occasion, in every world: in one of them it has to be met. */
static int run_each_fault(const struct order *asked)
{
    struct order order = *asked;
    int missed = 0;

    for (order.fault = 0; order.fault < FAULTS; order.fault++) {
        if (!fault_is_simulated(order.fault))
            continue;
        uint64_t before = fault_count(order.fault);
        for (unsigned i = 0; i < scenario_count; i++)
            for (order.nth = 1; is_asked_for(asked, &scenarios[i]) && order.nth <= OCCASIONS; order.nth++) {
                order.scenario = &scenarios[i];
                run_twice(&order, order.nth);
            }
        if (!asked->scenario && fault_count(order.fault) == before) {
            fprintf(stderr, "fault %s: no world meets it\n", fault_name(order.fault));
            missed++;
        }
    }
    printf("each fault at %d occasions in each world, twice: all held\n", OCCASIONS);
    return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- many ------------------------------------------------------------------------------------------ */

static bool is_possible(const struct order *order, enum fault fault)
{
    return order->real ? fault_is_real(fault) : fault_is_simulated(fault);
}

static void print_faults(const struct order *order)
{
    for (enum fault fault = 0; fault < FAULTS; fault++)
        if (is_possible(order, fault))
            printf("%-18s %" PRIu64 "\n", fault_name(fault), fault_count(fault));
}

/* A run of everything that never meets a fault does not prove that the fault is survived. */
static int check_all_hit(const struct order *order)
{
    bool all = !order->scenario && order->fault == FAULTS;
    int missed = 0;

    for (enum fault fault = 0; all && fault < FAULTS; fault++)
        if (is_possible(order, fault) && fault_count(fault) == 0) {
            fprintf(stderr, "fault %s was never hit\n", fault_name(fault));
            missed++;
        }
    return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_many(const struct order *order)
{
    for (uint64_t i = 0; i < order->runs; i++)
        if (order->twice)
            run_twice(order, order->seed + i);
        else
            run_once(order, order->seed + i, order->trace ? stdout : NULL);
    if (order->runs == 1)
        return EXIT_SUCCESS;
    print_faults(order);
    printf("%" PRIu64 " runs from seed %" PRIu64 ": all held\n", order->runs, order->seed);
    return check_all_hit(order);
}

/* --- the command line ------------------------------------------------------------------------------ */

static void list_all(void)
{
    for (unsigned i = 0; i < scenario_count; i++)
        printf("world %-18s %s\n", scenarios[i].name, scenarios[i].what);
    for (enum fault fault = 0; fault < FAULTS; fault++)
        printf("fault %s\n", fault_name(fault));
    exit(EXIT_SUCCESS);
}

static const struct option options[] = {
    { "seed", required_argument, NULL, 's' },
    { "runs", required_argument, NULL, 'r' },
    { "world", required_argument, NULL, 'w' },
    { "fault", required_argument, NULL, 'f' },
    { "trace", no_argument, NULL, 't' },
    { "twice", no_argument, NULL, '2' },
    { "corpus", required_argument, NULL, 'c' },
    { "each-fault", no_argument, NULL, 'e' },
    { "list", no_argument, NULL, 'l' },
    { "real", no_argument, NULL, 'k' },
    { 0 },
};

static void read_option(struct order *order, int option)
{
    switch (option) {
    case 's':
        order->seed = strtoull(optarg, NULL, 10);
        order->seeded = true;
        break;
    case 'r':
        order->runs = strtoull(optarg, NULL, 10);
        break;
    case 'w':
        order->scenario = find_scenario(optarg);
        break;
    case 'f':
        read_fault(order, optarg);
        break;
    case 't':
        order->trace = true;
        break;
    case '2':
        order->twice = true;
        break;
    case 'k':
        order->real = true;
        break;
    case 'c':
        order->corpus = optarg;
        break;
    case 'e':
        order->each_fault = true;
        break;
    case 'l':
        list_all();
        break;
    default:
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct order order = { .runs = 1, .fault = FAULTS };
    int option;

    tzset(); /* what the C library keeps of the time zone is no leak */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        read_option(&order, option);
    if (!order.seeded && getrandom(&order.seed, sizeof order.seed, 0) == sizeof order.seed)
        order.seed >>= 16; /* a number that can be typed */
    if (order.real && order.scenario && !order.scenario->real) {
        fprintf(stderr, "the world %s is a simulated one only\n", order.scenario->name);
        return 2;
    }
    if (order.corpus)
        return run_corpus(&order, order.corpus);
    return order.each_fault ? run_each_fault(&order) : run_many(&order);
}
