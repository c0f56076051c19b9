/* The server from outside: connections to it, and what the kernel says it costs. */
#include "load.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct server server_parse(const char *text)
{
    int pid, port;

    if (sscanf(text, "%d:%d", &pid, &port) != 2 || pid <= 0 || port <= 0 || port > UINT16_MAX)
        die("'%s' is not PID:PORT", text);
    return (struct server){ .pid = pid, .port = (uint16_t)port };
}

static void add_thread(struct usage *usage, const char *tasks, const char *thread)
{
    char path[512];
    int64_t cpu_ns, wait_ns;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s/schedstat", tasks, thread);
    file = fopen(path, "re");
    if (!file)
        return; /* a thread that has just ended */
    if (fscanf(file, "%" SCNd64 " %" SCNd64, &cpu_ns, &wait_ns) != 2)
        die("no CPU time in '%s': the kernel lacks schedstats", path);
    fclose(file);
    usage->wait_ns += wait_ns;
}

/* Children that have ended, and their own: user and system time, fields 16 and 17 of proc_pid_stat(5). */
static void add_ended(struct usage *usage, pid_t pid)
{
    char path[64], line[1024];
    long user, kernel;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (!file)
        return;
    const char *name_end = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    if (name_end &&
        sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %ld %ld", &user, &kernel) == 2)
        usage->cpu_ns += (user + kernel) * (1000000000LL / sysconf(_SC_CLK_TCK));
    fclose(file);
}

static void add_process(struct usage *usage, pid_t pid);

/* Those that a thread has started (CONFIG_PROC_CHILDREN). */
static void add_children(struct usage *usage, const char *tasks, const char *thread)
{
    char path[512];
    FILE *file;
    int child;

    snprintf(path, sizeof(path), "%s/%s/children", tasks, thread);
    file = fopen(path, "re");
    if (!file)
        return;
    while (fscanf(file, "%d", &child) == 1)
        add_process(usage, child);
    fclose(file);
}

/* A child may end at any time. */
/* Of all its threads, those that have ended included (clock_getcpuclockid(3)). */
static void add_cpu_time(struct usage *usage, pid_t pid)
{
    struct timespec time;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &time) == 0)
        usage->cpu_ns += time.tv_sec * 1000 * MILLISECOND + time.tv_nsec;
}

static void add_process(struct usage *usage, pid_t pid)
{
    char tasks[64];
    struct dirent *entry;
    DIR *folder;

    snprintf(tasks, sizeof(tasks), "/proc/%d/task", (int)pid);
    folder = opendir(tasks);
    if (!folder)
        return;
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.') {
            add_thread(usage, tasks, entry->d_name);
            add_children(usage, tasks, entry->d_name);
        }
    closedir(folder);
    add_cpu_time(usage, pid);
    add_ended(usage, pid);
}

struct usage server_usage(const struct server *server)
{
    struct usage usage = { 0 };

    add_process(&usage, server->pid);
    if (usage.cpu_ns == 0)
        die("server %d is gone", (int)server->pid);
    return usage;
}

/* The number after a word of a file of the process. */
static int64_t read_number(const struct server *server, const char *name, const char *word, int base)
{
    char path[64], line[256];
    int64_t number = -1;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)server->pid, name);
    file = fopen(path, "re");
    if (!file)
        die("cannot read '%s': %s", path, strerror(errno));
    while (number < 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, word, strlen(word)) == 0)
            number = strtoll(line + strlen(word), NULL, base);
    fclose(file);
    if (number < 0)
        die("no '%s' in '%s'", word, path);
    return number;
}

int64_t server_resident(const struct server *server)
{
    return read_number(server, "smaps_rollup", "Rss:", 10) * 1024;
}

bool server_has_pending(const struct server *server, int signal)
{
    return read_number(server, "status", "ShdPnd:", 16) >> (signal - 1) & 1;
}

int socket_new(void)
{
    struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    struct timeval patience = { .tv_sec = 10 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        die("socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static int try_connect(const struct server *server, int fd)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server->port) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

void server_reconnect(const struct server *server, int fd)
{
    if (try_connect(server, fd) < 0)
        die("connect to port %d: %s", server->port, strerror(errno));
}

void server_begin_connect(const struct server *server, int fd)
{
    if (try_connect(server, fd) < 0 && errno != EINPROGRESS)
        die("connect to port %d: %s", server->port, strerror(errno));
}

void server_reset(int fd)
{
    struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

    if (connect(fd, &nowhere, sizeof(nowhere)) < 0)
        die("disconnect: %s", strerror(errno));
}

int server_connect(const struct server *server)
{
    int fd = socket_new();

    server_reconnect(server, fd);
    return fd;
}

void server_echo(int fd)
{
    char message[MESSAGE_SIZE] = { 0 };
    ssize_t size;

    if (send(fd, message, sizeof(message), 0) != MESSAGE_SIZE)
        die("send: %s", strerror(errno));
    size = recv(fd, message, sizeof(message), MSG_WAITALL);
    if (size != MESSAGE_SIZE)
        die("receive: %s", size < 0 ? strerror(errno) : "the server closed the connection");
}
