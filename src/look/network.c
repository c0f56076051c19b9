#include "look/network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PORTS     "/proc/sys/net/ipv4/ip_local_port_range"
#define ADDRESSES "/proc/net/if_inet6"
#define ROUTES    "/proc/net/ipv6_route"
#define LINE_TEXT 256 /* bytes of the longest line of these files, and more */

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

int look_ephemeral_ports(uint16_t *ret_first, uint16_t *ret_last)
{
    FILE *file __attribute__((cleanup(close_file))) = fopen(PORTS, "re");

    if (!file)
        return -errno;
    return fscanf(file, "%hu %hu", ret_first, ret_last) == 2 ? 0 : -EBADMSG;
}

/* "ADDRESS INTERFACE PREFIX SCOPE FLAGS NAME", all in hex but the name; scope 0 is the global one. */
static bool reaches_far(const char *line)
{
    unsigned scope;

    return sscanf(line, "%*s %*x %*x %x", &scope) == 1 && scope == 0;
}

/* "TARGET PREFIX SOURCE PREFIX GATEWAY METRIC USERS USES FLAGS NAME". The kernel's own default route, which refuses, is
 * on the loopback interface. */
static bool is_default_route(const char *line)
{
    unsigned prefix;
    char name[LINE_TEXT];

    return sscanf(line, "%*32[0] %x %*s %*x %*s %*x %*x %*x %*x %255s", &prefix, name) == 2 && prefix == 0 &&
           strcmp(name, "lo") != 0;
}

/* Whether it is so of any line. */
static int find_line(const char *path, bool (*is_it)(const char *line), bool *ret_found)
{
    FILE *file __attribute__((cleanup(close_file))) = fopen(path, "re");
    char line[LINE_TEXT];

    *ret_found = false;
    if (!file)
        return errno == ENOENT ? 0 : -errno;
    while (!*ret_found && fgets(line, sizeof(line), file))
        *ret_found = is_it(line);
    return 0;
}

int look_ip6(struct look_ip6 *ret_ip6)
{
    int result = find_line(ADDRESSES, reaches_far, &ret_ip6->address);

    return result < 0 ? result : find_line(ROUTES, is_default_route, &ret_ip6->route);
}
