/* zocalo nc: what Debian's netcat-openbsd does, by its options, without its traps. */
#include "cmd/nc.h"

#include "cmd/text.h"
#include "talk/interrupt.h"

static int converse(void *arg)
{
    struct nc *nc = arg;

    explaining_open(&nc->explaining, &nc->explain);
    nc->status = nc->listens ? nc_listen(nc) : nc_connect(nc);
    zoc_close(nc->console);
    zoc_close(nc->dumped);
    explaining_close(&nc->explaining);
    return 0;
}

static int run_fiber(void *arg)
{
    struct nc *nc = arg;

    return interrupt_run(converse, nc, &nc->signal);
}

static void release(struct nc *nc)
{
    ports_release(&nc->ports);
    proxy_release(&nc->proxy);
    zoc_endpoint_free(nc->attendant);
    zoc_endpoint_free(nc->place);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct nc nc = { .verb = verb, .tos = -1, .proxy_kind = PROXY_SOCKS5 };
    int first;
    int status = verb_read_options(verb, argc, argv, &nc, &first);

    if (status >= 0)
        return status == STATUS_OK ? STATUS_OK : NC_FAILURE;
    int result = nc_prepare(&nc, argc - first, argv + first);
    if (result == 0)
        result = zoc_run(run_fiber, &nc);
    status = result < 0 ? nc_fail(&nc) : nc.status;
    release(&nc);
    if (nc.signal)
        interrupt_end(nc.signal);
    return status;
}

const struct verb verb_nc = {
    .name = "nc",
    .summary = N_("netcat: connects, listens and scans, with the options of netcat-openbsd"),
    .usage = N_("[OPTIONS] [HOST] [PORT...]"),
    .text = N_("  zocalo nc example.org 80\n"
               "  zocalo nc -l -p 7373                  or -l 7373: one client, on every interface\n"
               "  zocalo nc -l 1234 > copy              takes a file; 'zocalo nc host 1234 < file' gives it\n"
               "  zocalo nc -z -v localhost 20-80       which ports are open\n"
               "  zocalo nc -u localhost 53             datagrams\n"
               "  zocalo nc -U /run/desk.sock           a Unix socket\n"
               "The end of input is passed on, and what still comes is awaited; the peer's end is the end.\n"
               "Exit status: 0 it worked (with -z: every port is open), 1 everything else.\n"),
    .options = nc_options,
    .classic = true,
    .help_to_stderr = true,
    .run = run,
};
