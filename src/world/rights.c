/* Users, groups and capabilities: giving rights up. */
#include "world/kernel.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUPS_MAX  65536 /* NGROUPS_MAX of Linux */
#define RECORD_ROOM 16384 /* bytes for the strings of a user's or a group's record */

struct rights {
    const char *name; /* of the user, for its supplementary groups; NULL: it has no record */
    uid_t user;
    gid_t group;
};

static bool given_up; /* by who is not root any more */

static int read_number(const char *text, unsigned *ret_number)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || number >= UINT32_MAX) /* the last one means "none" to the kernel */
        return -ENOENT;
    *ret_number = (unsigned)number;
    return 0;
}

static int find_user(const char *user, char *room, struct passwd *record, struct rights *rights)
{
    struct passwd *found = NULL;
    int error = getpwnam_r(user, record, room, RECORD_ROOM, &found);

    if (!found && read_number(user, &rights->user) < 0)
        return error ? -error : -ENOENT;
    if (!found)
        getpwuid_r(rights->user, record, room, RECORD_ROOM, &found); /* a number may well have no record */
    if (found)
        *rights = (struct rights){ found->pw_name, found->pw_uid, found->pw_gid };
    return 0;
}

static int find_group(const char *group, gid_t *ret_group)
{
    char *room = malloc(RECORD_ROOM);
    struct group record, *found = NULL;
    int error = room ? getgrnam_r(group, &record, room, RECORD_ROOM, &found) : ENOMEM;

    if (found)
        *ret_group = found->gr_gid;
    free(room);
    if (found)
        return 0;
    return error ? -error : read_number(group, ret_group);
}

/* --- supplementary groups ------------------------------------------------------------------------- */

struct groups {
    gid_t numbers[GROUPS_MAX];
    int count;
};

static void find_wanted(const struct rights *rights, struct groups *groups)
{
    groups->count = 1;
    groups->numbers[0] = rights->group;
    if (!rights->name)
        return;
    groups->count = GROUPS_MAX;
    if (getgrouplist(rights->name, rights->group, groups->numbers, &groups->count) < 0)
        groups->count = GROUPS_MAX; /* as many as the kernel takes */
}

static bool has_group(const struct groups *groups, gid_t wanted)
{
    for (int i = 0; i < groups->count; i++)
        if (groups->numbers[i] == wanted)
            return true;
    return false;
}

/* Who may not set them may be in no other than those that are wanted. */
static int check_groups(const struct groups *wanted)
{
    struct groups *now = malloc(sizeof *now);
    int result = now ? 0 : -ENOMEM;

    if (now) {
        now->count = getgroups(GROUPS_MAX, now->numbers);
        if (now->count < 0)
            result = -EPERM;
        for (int i = 0; i < now->count; i++)
            if (!has_group(wanted, now->numbers[i]))
                result = -EPERM;
    }
    free(now);
    return result;
}

static int set_groups(const struct rights *rights)
{
    struct groups *wanted = malloc(sizeof *wanted);
    int result = wanted ? 0 : -ENOMEM;

    if (wanted) {
        find_wanted(rights, wanted);
        if (setgroups((size_t)wanted->count, wanted->numbers) < 0)
            result = errno == EPERM ? check_groups(wanted) : -errno;
    }
    free(wanted);
    return result;
}

/* --- capabilities --------------------------------------------------------------------------------- */

/* What may be used, now or after more system calls. Threads begin with those of who started them, and system calls
 * change them in one thread alone: what is left here is left elsewhere. */
static bool has_capabilities(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

    if (syscall(SYS_capget, &header, sets) < 0)
        return true;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        if (sets[i].permitted || sets[i].effective)
            return true;
    return false;
}

/* Inheritable ones are of no use but to programs that are started, and only this thread's can be taken away. */
void kernel_bequeath_nothing(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

    if (!given_up)
        return;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    syscall(SYS_capset, &header, none);
}

/* --- becoming another ----------------------------------------------------------------------------- */

/* The kernel takes the capabilities away when root becomes somebody else, and the C library has every thread do it. Who
 * is not root, but may become it, does so first, to lose them in every thread too. Who may not would keep some, and is
 * refused. */
static int take_user(uid_t user)
{
    if (user != 0 && has_capabilities() && setresuid(0, 0, 0) < 0)
        return -EPERM;
    if (setresuid(user, user, user) < 0)
        return -errno;
    if (user == 0)
        return 0;
    if (has_capabilities())
        return -EPERM;
    given_up = true;
    kernel_bequeath_nothing();
    return setresuid(0, 0, 0) == 0 ? -EPERM : 0;
}

/* The group first: who is no longer root cannot change it. */
static int take(const struct rights *rights)
{
    int result = set_groups(rights);

    if (result < 0)
        return result;
    if (setresgid(rights->group, rights->group, rights->group) < 0)
        return -errno;
    return take_user(rights->user);
}

int kernel_become(const char *user, const char *group)
{
    struct rights rights = { NULL, geteuid(), getegid() };
    struct passwd record;

    if (!user && !group)
        return 0;
    char *room = malloc(RECORD_ROOM);
    int result = room ? 0 : -ENOMEM;
    if (result == 0 && user)
        result = find_user(user, room, &record, &rights);
    if (result == 0 && group)
        result = find_group(group, &rights.group);
    else if (result == 0 && user && !rights.name)
        result = -ENOENT; /* a bare number has no group of its own, and must not keep root's */
    if (result == 0)
        result = take(&rights);
    free(room);
    return result;
}
