#include "fiber/loop.h"
#include "fiber/testing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/sync.h>

static char text[16 * 1024];

/* What zoc_dump writes to a pipe. */
static const char *dump(void)
{
    int fds[2];
    size_t size = 0;
    ssize_t count;

    assert_int_equal(zoc_world->pipe(fds), 0);
    zoc_dump(fds[1]);
    close(fds[1]);
    while ((count = read(fds[0], text + size, sizeof text - 1 - size)) > 0)
        size += (size_t)count;
    close(fds[0]);
    text[size] = '\0';
    return text;
}

static int wait_in_vain(void *event)
{
    return zoc_event_wait(event);
}

static int sleep_long(void *name)
{
    zoc_set_name(name);
    return zoc_sleep(ZOC_HOUR);
}

static int receive_in_vain(void *channel)
{
    void *item;

    return zoc_channel_receive(channel, &item);
}

static void who_runs_is_named(void)
{
    assert_string_equal(dump(), "1 fibers\nfiber 1 main runs\n");
    zoc_set_name("listener");
    assert_string_equal(dump(), "1 fibers\nfiber 1 listener runs\n");
}

static void who_is_ready_is_said_to_be(void)
{
    zoc_event event = { 0 };
    ZOC_GROUP(group);

    zoc_go(&group, wait_in_vain, &event);
    assert_non_null(strstr(dump(), "fiber 2 wait_in_vain is ready\n"));
}

static void names_and_waits_are_told(void)
{
    zoc_event event = { 0 };
    zoc_channel channel;
    ZOC_GROUP(group);

    assert_int_equal(zoc_channel_init(&channel, 1), 0);
    zoc_go(&group, wait_in_vain, &event);
    zoc_go(&group, sleep_long, "sleeper");
    zoc_go(&group, receive_in_vain, &channel);
    testing_settle();
    dump();
    assert_non_null(strstr(text, "4 fibers\n"));
    assert_non_null(strstr(text, "fiber 2 wait_in_vain waits for event since "));
    assert_non_null(strstr(text, "fiber 3 sleeper waits for sleep since "));
    assert_non_null(strstr(text, "fiber 4 receive_in_vain waits for item in channel since "));
    zoc_group_end(&group);
    assert_string_equal(dump(), "1 fibers\nfiber 1 main runs\n");
    zoc_channel_release(&channel);
}

/* Only where frames can be followed: ucontext keeps them to itself. */
static void the_calls_that_led_there_are_told(void)
{
    zoc_event event = { 0 };
    uintptr_t pc, frame;
    ZOC_GROUP(group);

    zoc_go(&group, wait_in_vain, &event);
    testing_settle();
    switch_frame(loop_here->all->context, &pc, &frame);
    if (!frame) {
        print_message("# this switch shows no frames\n");
        return;
    }
    assert_non_null(strstr(dump(), "fiber_park < zoc_event_wait < "));
}

static void describe(const void *object, char *ret_text, size_t size)
{
    snprintf(ret_text, size, "from %s", (const char *)object);
}

static int wait_for_peer(void *peer)
{
    struct fiber_wait wait = {
        .what = "input", .heeds = HEED_ALL, .until = ZOC_NEVER, .describe = describe, .object = peer
    };

    return fiber_park(&wait);
}

static void what_is_waited_on_is_described(void)
{
    ZOC_GROUP(group);

    zoc_go(&group, wait_for_peer, "tcp:[::1]:7");
    testing_settle();
    assert_non_null(strstr(dump(), "wait_for_peer waits for input from tcp:[::1]:7 since "));
}

static void without_a_loop_there_is_nothing_to_tell(void **state)
{
    (void)state;
    assert_string_equal(dump(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(who_runs_is_named),
        ON_FIBER(who_is_ready_is_said_to_be),
        ON_FIBER(names_and_waits_are_told),
        ON_FIBER(the_calls_that_led_there_are_told),
        ON_FIBER(what_is_waited_on_is_described),
        cmocka_unit_test(without_a_loop_there_is_nothing_to_tell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
