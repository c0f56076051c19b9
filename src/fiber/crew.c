#include "fiber/crew.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

static _Thread_local unsigned number_here;

unsigned zoc_crew_loop(void)
{
    return number_here;
}

static unsigned processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > ZOC_CREW_MAX ? ZOC_CREW_MAX : (unsigned)count;
}

static void deliver_up(struct message *message)
{
    struct member *member = (struct member *)((char *)message - offsetof(struct member, up));
    zoc_crew *crew = member->crew;

    if (++crew->up == crew->size)
        zoc_event_set(&crew->all_up);
}

static void deliver_end(struct message *message)
{
    struct member *member = (struct member *)((char *)message - offsetof(struct member, end));

    zoc_event_set(&member->ended);
}

static int run_member(void *arg)
{
    struct member *member = arg;

    member->loop = loop_here;
    number_here = (unsigned)(member - member->crew->members);
    loop_post(member->crew->members[0].loop, &member->up);
    zoc_event_wait(&member->ended); /* nobody cancels the first fiber of a loop */
    return zoc_group_wait(&member->parts);
}

static void member_thread(void *arg)
{
    struct member *member = arg;
    int result = zoc_run(run_member, member);

    if (member->loop)
        return;
    member->failure = result;
    loop_post(member->crew->members[0].loop, &member->up);
}

/* Waits for as many members as were started, whatever happens to this fiber: they hold pointers to the crew. */
static void wait_all_up(zoc_crew *crew)
{
    struct fiber_wait wait = { .what = "loops to open", .until = ZOC_NEVER, .queue = &crew->all_up.waiters };

    while (!crew->all_up.is_set)
        fiber_park(&wait);
}

static int start_members(zoc_crew *crew)
{
    int result = 0;

    crew->up = 1;
    for (unsigned i = 1; i < crew->size && result == 0; i++) {
        struct member *member = &crew->members[i];
        *member = (struct member){ .up.deliver = deliver_up, .end.deliver = deliver_end, .crew = crew };
        result = zoc_world->thread_start(member_thread, member, &member->thread);
        if (result < 0)
            crew->size = i;
    }
    if (crew->up < crew->size)
        wait_all_up(crew);
    for (unsigned i = 1; i < crew->size && result == 0; i++)
        result = crew->members[i].failure;
    return result;
}

int zoc_crew_new(unsigned loops, zoc_crew **ret_crew)
{
    unsigned size = loops ? loops : processors();
    if (size > ZOC_CREW_MAX)
        return -EINVAL;

    zoc_crew *crew = calloc(1, sizeof *crew + size * sizeof crew->members[0]);
    if (!crew)
        return -ENOMEM;
    crew->size = size;
    crew->members[0].crew = crew;
    crew->members[0].loop = loop_here;
    int result = start_members(crew);
    if (result < 0) {
        zoc_crew_free(crew);
        return result;
    }
    *ret_crew = crew;
    return 0;
}

unsigned zoc_crew_size(const zoc_crew *crew)
{
    return crew ? crew->size : 1;
}

static int join_members(void *arg)
{
    zoc_crew *crew = arg;

    for (unsigned i = 1; i < crew->size; i++)
        zoc_world->thread_join(crew->members[i].thread);
    return 0;
}

void zoc_crew_free(zoc_crew *crew)
{
    if (!crew)
        return;
    for (unsigned i = 1; i < crew->size; i++)
        if (crew->members[i].loop)
            loop_post(crew->members[i].loop, &crew->members[i].end);
    join_members(crew);
    zoc_group_wait(&crew->members[0].parts);
    free(crew);
}
