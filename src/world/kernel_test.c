/* What the kernel's world knows of this process: who it is, what it may, and chance. */
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_process_knows_its_number(void **state)
{
    (void)state;
    assert_int_equal(zoc_world->process_id(), getpid());
}

static void chance_fills_what_it_is_given_and_no_more(void **state)
{
    unsigned char data[34] = { 0 }, before[34];
    unsigned seen = 0;

    (void)state;
    for (int i = 0; i < 4; i++) {
        memcpy(before, data, sizeof data);
        zoc_world->random(data + 1, sizeof data - 2);
        assert_memory_not_equal(data, before, sizeof data);
        seen |= data[1] | data[sizeof data - 2];
        assert_int_equal(data[0], 0);
        assert_int_equal(data[sizeof data - 1], 0);
    }
    assert_int_not_equal(seen, 0);
    zoc_world->random(NULL, 0);
}

static void an_adopted_descriptor_waits_for_nobody_and_goes_to_no_program(void **state)
{
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(zoc_world->adopt(fds[0]), 0);
    assert_int_equal(fcntl(fds[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(zoc_world->adopt(fds[0]), -EBADF);
}

static void who_does_not_exist_cannot_be_become(void **state)
{
    uid_t user = geteuid();

    (void)state;
    assert_int_equal(zoc_world->become("no such user", NULL), -ENOENT);
    assert_int_equal(zoc_world->become(NULL, "no such group"), -ENOENT);
    assert_int_equal(zoc_world->become("", NULL), -ENOENT);
    assert_int_equal(zoc_world->become("-1", NULL), -ENOENT);
    assert_int_equal(zoc_world->become("4294967295", "0"), -ENOENT);
    assert_int_equal(zoc_world->become("4294967296", "0"), -ENOENT);
    assert_int_equal(geteuid(), user);
}

static void a_number_without_a_record_needs_a_group(void **state)
{
    (void)state;
    if (!getpwuid(3999999999))
        assert_int_equal(zoc_world->become("3999999999", NULL), -ENOENT);
}

/* --- giving rights up, in a child ------------------------------------------------------------------ */

/* The first of these that is not so, or 0. */
static int become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    uid_t user = nobody->pw_uid, real, effective, saved;
    gid_t group = nobody->pw_gid, groups[64];

    if (zoc_world->become("nobody", NULL) != 0)
        return 1;
    if (getresuid(&real, &effective, &saved) < 0 || real != user || effective != user || saved != user)
        return 2;
    if (getresgid(&real, &effective, &saved) < 0 || real != group || effective != group || saved != group)
        return 3;
    for (int count = getgroups(64, groups), i = 0; i < count; i++)
        if (groups[i] == 0)
            return 4;
    if (zoc_world->become("root", NULL) != -EPERM || zoc_world->become(NULL, "root") != -EPERM)
        return 5;
    return geteuid() == user && getegid() == group ? 0 : 6;
}

static int become_a_number(void)
{
    gid_t groups[64];

    if (zoc_world->become("3999999999", "3999999998") != 0)
        return 1;
    if (getuid() != 3999999999 || getgid() != 3999999998)
        return 2;
    return getgroups(64, groups) == 1 && groups[0] == 3999999998 ? 0 : 3;
}

static int become_another_group(void)
{
    uid_t user = geteuid();

    if (zoc_world->become(NULL, NULL) != 0 || geteuid() != user || getegid() != 0)
        return 1;
    if (zoc_world->become(NULL, "3999999998") != 0)
        return 2;
    return geteuid() == user && getegid() == 3999999998 ? 0 : 3;
}

static void assert_in_a_child(int (*body)(void))
{
    int status;

    if (geteuid() != 0) {
        print_message("# not tried: only root can give rights up\n");
        return;
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void rights_that_were_given_up_do_not_come_back(void **state)
{
    (void)state;
    assert_in_a_child(become_nobody);
}

static void a_number_and_a_group_are_enough(void **state)
{
    (void)state;
    assert_in_a_child(become_a_number);
}

static void a_group_alone_keeps_the_user(void **state)
{
    (void)state;
    assert_in_a_child(become_another_group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_knows_its_number),
        cmocka_unit_test(chance_fills_what_it_is_given_and_no_more),
        cmocka_unit_test(an_adopted_descriptor_waits_for_nobody_and_goes_to_no_program),
        cmocka_unit_test(who_does_not_exist_cannot_be_become),
        cmocka_unit_test(a_number_without_a_record_needs_a_group),
        cmocka_unit_test(rights_that_were_given_up_do_not_come_back),
        cmocka_unit_test(a_number_and_a_group_are_enough),
        cmocka_unit_test(a_group_alone_keeps_the_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
