/* What an endpoint is used for, and the options that say nothing there: they are refused, since whoever wrote one meant
 * something by it. */
#include "base/text.h"
#include "net/endpoint.h"

#include <errno.h>
#include <zocalo/error.h>

struct misplaced {
    bool given;
    const char *option;
};

static int refuse_misplaced(const struct misplaced *options, size_t count, const char *role)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].given)
            return zoc_refuse(-EINVAL, _("option '%s' says nothing %s"), options[i].option, role);
    return 0;
}

int endpoint_check_dial(const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *options = &endpoint->options;
    const struct misplaced misplaced[] = {
        { options->mode >= 0 && endpoint->scheme == ZOC_UNIX, "mode=" },
        { options->bind != NULL && endpoint->scheme == ZOC_UNIX && endpoint->type != SOCK_DGRAM, "bind=" },
        { options->backlog > 0, "backlog=" },
        { options->or_free, "or-free" },
    };
    const struct misplaced unread = { options->mode >= 0 && endpoint->scheme == ZOC_FILE && !endpoint_is_out(endpoint),
                                      "mode=" };
    int result = refuse_misplaced(misplaced, sizeof misplaced / sizeof *misplaced, _("when connecting"));

    if (endpoint->scheme == ZOC_FIFO && options->direction == ZOC_BOTH)
        return zoc_refuse(-EINVAL, _("a named pipe has one direction: 'dir=in' or 'dir=out'"));
    if (result == 0 && options->tls.file_count > 1)
        return zoc_refuse(-EINVAL, _("who connects shows one certificate, and 'cert=' is given %zu times"),
                          options->tls.file_count);
    return result < 0 ? result : refuse_misplaced(&unread, 1, _("when reading a file"));
}

int endpoint_check_listen(const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *options = &endpoint->options;
    const struct misplaced misplaced[] = {
        { options->bind != NULL, "bind=" },    { options->connect_timeout > 0, "connect-timeout=" },
        { options->tls.sni != NULL, "sni=" },  { options->tls.pin != NULL, "pin=" },
        { options->tls.insecure, "insecure" },
    };

    if (!zoc_endpoint_can_listen(endpoint))
        return zoc_refuse(-EINVAL, _("'%s' cannot be listened on"), endpoint_scheme_name(endpoint->scheme));
    return refuse_misplaced(misplaced, sizeof misplaced / sizeof *misplaced, _("when listening"));
}

int endpoint_check_datagrams(const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *options = &endpoint->options;
    const struct misplaced misplaced[] = {
        { options->timeout > 0, "timeout=" },
        { options->backlog > 0, "backlog=" },
    };
    int result = endpoint_check_listen(endpoint);

    if (result < 0)
        return result;
    return refuse_misplaced(misplaced, sizeof misplaced / sizeof *misplaced, _("for datagrams that nobody connects"));
}
