#include "base/state_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The specification has relative paths ignored. */
static const char *absolute(const char *variable)
{
    const char *path = getenv(variable);

    return path && *path == '/' ? path : NULL;
}

int state_path(const char *name, char **ret_path)
{
    const char *state = absolute("XDG_STATE_HOME");
    const char *home = absolute("HOME");

    if (!state && !home)
        return -ENOENT;
    int size = asprintf(ret_path, "%s%s/zocalo/%s", state ? state : home, state ? "" : "/.local/state", name);
    return size < 0 ? -ENOMEM : 0;
}
