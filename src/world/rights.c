/* Users and groups: giving rights up. */
#include "world/kernel.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define RECORD_ROOM 16384 /* bytes for the strings of a user's or a group's record */

struct rights {
    const char *name; /* of the user, for its supplementary groups; NULL: it has no record */
    uid_t user;
    gid_t group;
};

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

static int set_groups(const struct rights *rights)
{
    return rights->name ? initgroups(rights->name, rights->group) : setgroups(1, &rights->group);
}

/* The group first: who is no longer root cannot change it. */
static int take(const struct rights *rights)
{
    if (geteuid() == 0 && set_groups(rights) < 0)
        return -errno;
    if (setresgid(rights->group, rights->group, rights->group) < 0)
        return -errno;
    return setresuid(rights->user, rights->user, rights->user) < 0 ? -errno : 0;
}

int kernel_become(const char *user, const char *group)
{
    char *room = malloc(RECORD_ROOM);
    struct rights rights = { NULL, geteuid(), getegid() };
    struct passwd record;
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
