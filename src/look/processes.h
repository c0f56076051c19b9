/* Whose sockets they are: the descriptors of all processes (proc(5), /proc/PID/fd). */
#ifndef ZOC_LOOK_PROCESSES_H
#define ZOC_LOOK_PROCESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LOOK_NAME_TEXT 80 /* bytes of a process's name: 15 (TASK_COMM_LEN), each escaped as \xNN, and a NUL fit */

struct look_process {
    pid_t pid;
    char name[LOOK_NAME_TEXT]; /* /proc/PID/comm, escaped; "?" when the process ended meanwhile */
};

/* Is shown one process. 0 to go on; a negative number ends the walk and becomes its result. */
typedef int look_process_fn(const struct look_process *process, void *arg);

/* Shows each process that has one of the sockets open, once, as far as this user may see its descriptors. Puts the
 * inodes in order. May block: only on a worker thread. Returns 0, what visit returned, or a negative errno. */
int look_processes(uint32_t *inodes, size_t count, look_process_fn *visit, void *arg);

#endif
