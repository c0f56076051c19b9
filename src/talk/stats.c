#include "talk/stats.h"

#include "base/text.h"

#include <zocalo/fiber.h>

static void print_tcp(const struct tcp_info *info, FILE *file)
{
    char trip[ZOC_UNIT_TEXT], variation[ZOC_UNIT_TEXT];

    fprintf(file, _("round trip %s, give or take %s; segments sent again: %u\n"),
            zoc_duration_format(info->tcpi_rtt * ZOC_MICROSECOND, trip, sizeof trip),
            zoc_duration_format(info->tcpi_rttvar * ZOC_MICROSECOND, variation, sizeof variation),
            (unsigned)info->tcpi_total_retrans);
}

void stats_print(const zoc_stream *peer, FILE *file)
{
    zoc_account account = zoc_stream_account(peer);
    char took[ZOC_UNIT_TEXT];
    struct tcp_info info;

    fprintf(file, _("sent %llu bytes, received %llu bytes, in %s\n"), (unsigned long long)account.sent,
            (unsigned long long)account.received, zoc_duration_format(zoc_now() - account.since, took, sizeof took));
    if (zoc_stream_tcp_info(peer, &info) == 0)
        print_tcp(&info, file);
}
