#include "look/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/bytes.h>

#define PATH_TEXT sizeof("/proc/-2147483648/comm")
#define LINK_TEXT sizeof("socket:[18446744073709551615]")

struct inodes {
    const uint32_t *items; /* ascending */
    size_t count;
};

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

/* --- one process ---------------------------------------------------------------------------------- */

static int compare(const void *one, const void *other)
{
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;

    return (left > right) - (left < right);
}

/* The inode of a socket that a link of /proc/PID/fd leads to; 0 when it leads elsewhere. */
static uint32_t socket_behind(int folder, const char *name)
{
    char link[LINK_TEXT];
    unsigned inode = 0;
    ssize_t size = readlinkat(folder, name, link, sizeof(link) - 1);

    if (size < 0)
        return 0;
    link[size] = '\0';
    return sscanf(link, "socket:[%u]", &inode) == 1 ? inode : 0;
}

/* One that we may not see has none. */
static bool has_one_open(pid_t pid, const struct inodes *inodes)
{
    char path[PATH_TEXT];
    const struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    DIR *folder __attribute__((cleanup(close_folder))) = opendir(path);
    while (folder && (entry = readdir(folder)) != NULL) {
        uint32_t inode = socket_behind(dirfd(folder), entry->d_name);
        if (inode != 0 && bsearch(&inode, inodes->items, inodes->count, sizeof(inode), compare))
            return true;
    }
    return false;
}

/* A process may call itself anything (prctl(2), PR_SET_NAME), line ends included: the last one is the kernel's. */
static void read_name(struct look_process *process)
{
    char path[PATH_TEXT], name[LOOK_NAME_TEXT];
    ssize_t size = -1;

    snprintf(path, sizeof(path), "/proc/%d/comm", process->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        size = read(fd, name, sizeof(name));
        close(fd);
    }
    if (size > 0 && name[size - 1] == '\n')
        size--;
    zoc_escape(size < 0 ? zoc_bytes_of("?") : (zoc_bytes){ name, (size_t)size }, process->name, sizeof(process->name));
}

/* --- all of them ---------------------------------------------------------------------------------- */

/* The process that an entry of /proc stands for; 0 for all else that is in there. */
static pid_t process_of(const char *name)
{
    return name[strspn(name, "0123456789")] == '\0' ? atoi(name) : 0;
}

int look_processes(uint32_t *inodes, size_t count, look_process_fn *visit, void *arg)
{
    const struct inodes wanted = { inodes, count };
    const struct dirent *entry;
    int result = 0;
    DIR *folder __attribute__((cleanup(close_folder))) = opendir("/proc");

    if (!folder)
        return -errno;
    qsort(inodes, count, sizeof(*inodes), compare);
    while (result >= 0 && (entry = readdir(folder)) != NULL) {
        struct look_process process = { .pid = process_of(entry->d_name) };
        if (process.pid <= 0 || !has_one_open(process.pid, &wanted))
            continue;
        read_name(&process);
        result = visit(&process, arg);
    }
    return result < 0 ? result : 0;
}
