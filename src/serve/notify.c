#include "serve/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/log.h>
#include <zocalo/net.h>

#define STATE_MAX   256        /* bytes of a state at most, with its NUL; a longer one is cut */
#define NOTIFY_TIME ZOC_SECOND /* the manager takes it by then, or it is lost */

static int send_state(const char *socket, const char *state, size_t size)
{
    const bool abstract = *socket == '@';
    const zoc_endpoint manager = { .scheme = ZOC_UNIX,
                                   .path = (char *)socket + abstract,
                                   .abstract = abstract,
                                   .type = SOCK_DGRAM,
                                   .options = { .tos = -1, .mode = -1 } };
    zoc_stream *stream;
    ssize_t result = zoc_dial_endpoint(&manager, NULL, &stream);

    if (result < 0)
        return (int)result;
    result = zoc_write(stream, state, size);
    zoc_close(stream);
    return result < 0 ? (int)result : 0;
}

void notify_manager(const char *format, ...)
{
    const char *socket = getenv("NOTIFY_SOCKET");
    char state[STATE_MAX];
    va_list arguments;
    int result = 0;

    if (!socket || !*socket)
        return;
    va_start(arguments, format);
    vsnprintf(state, sizeof state, format, arguments);
    va_end(arguments);
    ZOC_WITHIN(NOTIFY_TIME)
        result = send_state(socket, state, strlen(state));
    if (result < 0 && result != -ECANCELED)
        zoc_log(ZOC_LOG_WARNING, "the service manager at %s was not told: %s", socket, zoc_error_text(result));
}
