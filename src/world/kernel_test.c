/* What the kernel's world knows of this process: who it is, what it may, and chance. */
#include "world/world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

static void a_descriptor_for_another_program_waits_again(void **state)
{
    int fds[2];

    (void)state;
    assert_int_equal(zoc_world->pipe(fds), 0);
    assert_int_equal(fcntl(fds[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(zoc_world->block(fds[0]), 0);
    assert_int_equal(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(zoc_world->block(fds[0]), -EBADF);
}

static void what_the_peer_has_not_acknowledged_is_unsent(void **state)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client = zoc_world->socket(AF_INET, SOCK_STREAM, 0);
    static char data[1 << 20];

    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &size), 0);
    zoc_world->connect(client, (struct sockaddr *)&here, sizeof here);
    int server = accept(listener, NULL, NULL);
    assert_int_equal(zoc_world->unsent(client), 0);
    while (zoc_world->send(client, data, sizeof data) > 0)
        ;
    assert_true(zoc_world->unsent(client) > 0);
    close(server);
    close(client);
    close(listener);
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

/* --- a start without root, but with capabilities, as a service manager may make it ------------------ */

#define ORDINARY 3999999997 /* a user and a group without a record */
#define RIGHTS   (1 << CAP_SETUID | 1 << CAP_SETGID)

static int begin_as_ordinary(gid_t group, unsigned capabilities)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct sets[2] = { { capabilities, capabilities, capabilities } };

    if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(1, &group) < 0 || setresgid(ORDINARY, ORDINARY, ORDINARY) < 0 ||
        setresuid(ORDINARY, ORDINARY, ORDINARY) < 0 || syscall(SYS_capset, &header, sets) < 0)
        return -1;
    for (int i = 0; i < 32; i++)
        if (capabilities & 1U << i && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
            return -1;
    return prctl(PR_SET_KEEPCAPS, 0);
}

static bool thread_has_capabilities(const char *number)
{
    char path[300], line[128];
    bool has = false;

    snprintf(path, sizeof path, "/proc/self/task/%s/status", number);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "CapPrm", 6) == 0 || strncmp(line, "CapEff", 6) == 0 || strncmp(line, "CapAmb", 6) == 0)
            has = has || strpbrk(strchr(line, ':'), "123456789abcdef");
    if (file)
        fclose(file);
    return has || !file;
}

static int threads_with_capabilities(int *ret_threads)
{
    DIR *folder = opendir("/proc/self/task");
    int count = 0;

    for (const struct dirent *entry; folder && (entry = readdir(folder));)
        if (*entry->d_name != '.') {
            ++*ret_threads;
            count += thread_has_capabilities(entry->d_name);
        }
    if (folder)
        closedir(folder);
    return count;
}

static int to_thread[2], bequeathed;

/* Another thread, that was there before. What it starts finds out what it was given. */
static void wait_and_spawn(void *unused)
{
    char *const argv[] = { "/bin/sh", "-c", "grep -q '^Cap[IPEA].*:.*[1-9a-f]' /proc/self/status", NULL };
    struct world_child child;
    char byte;

    (void)unused;
    bequeathed = -1;
    int result = read(to_thread[0], &byte, 1) == 1 ? zoc_world->spawn(argv, 0, 1, &child) : -EIO;

    if (result == 0)
        zoc_world->child_wait(&child, INT64_MAX, &bequeathed);
    if (result == -ENOSYS) /* Valgrind knows no pidfd_open(2), and nothing is started there */
        bequeathed = W_EXITCODE(1, 0);
}

static int give_up_capabilities(void)
{
    int threads = 0;
    gid_t groups[64];
    void *thread;

    if (begin_as_ordinary(0, RIGHTS | 1 << CAP_NET_BIND_SERVICE) < 0 || pipe(to_thread) < 0)
        return 1;
    if (zoc_world->thread_start(wait_and_spawn, NULL, &thread) < 0 || threads_with_capabilities(&threads) < 2)
        return 2;
    threads = 0;
    if (zoc_world->become("3999999999", "3999999998") != 0)
        return 3;
    if (getgroups(64, groups) != 1 || groups[0] != 3999999998)
        return 4;
    if (threads_with_capabilities(&threads) != 0 || threads < 2)
        return 5;
    if (setresuid(0, 0, 0) == 0 || setresuid(ORDINARY, ORDINARY, ORDINARY) == 0)
        return 6;
    if (write(to_thread[1], "x", 1) != 1)
        return 7;
    zoc_world->thread_join(thread);
    return WIFEXITED(bequeathed) && WEXITSTATUS(bequeathed) == 1 ? 0 : 8;
}

static int keep_a_capability(void)
{
    if (begin_as_ordinary(ORDINARY, 1 << CAP_NET_BIND_SERVICE) < 0)
        return 1;
    return zoc_world->become("3999999997", "3999999997") == -EPERM ? 0 : 2;
}

static int keep_a_group(void)
{
    if (begin_as_ordinary(0, 0) < 0)
        return 1;
    return zoc_world->become("3999999997", "3999999997") == -EPERM ? 0 : 2;
}

static int stay_the_same(void)
{
    if (begin_as_ordinary(ORDINARY, 0) < 0)
        return 1;
    return zoc_world->become("3999999997", "3999999997") == 0 ? 0 : 2;
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

static void capabilities_go_in_every_thread_and_from_programs(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    print_message("not run: a child of ThreadSanitizer cannot start threads and change its user in all of them\n");
    return;
#endif
    assert_in_a_child(give_up_capabilities);
}

static void what_would_stay_is_refused(void **state)
{
    (void)state;
    assert_in_a_child(keep_a_capability);
    assert_in_a_child(keep_a_group);
    assert_in_a_child(stay_the_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_knows_its_number),
        cmocka_unit_test(chance_fills_what_it_is_given_and_no_more),
        cmocka_unit_test(a_descriptor_for_another_program_waits_again),
        cmocka_unit_test(what_the_peer_has_not_acknowledged_is_unsent),
        cmocka_unit_test(an_adopted_descriptor_waits_for_nobody_and_goes_to_no_program),
        cmocka_unit_test(who_does_not_exist_cannot_be_become),
        cmocka_unit_test(a_number_without_a_record_needs_a_group),
        cmocka_unit_test(rights_that_were_given_up_do_not_come_back),
        cmocka_unit_test(a_number_and_a_group_are_enough),
        cmocka_unit_test(a_group_alone_keeps_the_user),
        cmocka_unit_test(capabilities_go_in_every_thread_and_from_programs),
        cmocka_unit_test(what_would_stay_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
