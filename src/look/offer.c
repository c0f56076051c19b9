#include "look/offer.h"

#include <stddef.h>
#include <stdio.h>
#include <zocalo/fiber.h>

static unsigned setting(const char *name, unsigned otherwise)
{
    char path[64];
    unsigned value;

    snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
    FILE *file = fopen(path, "re");
    if (!file)
        return otherwise;
    int count = fscanf(file, "%u", &value); /* NOLINT(cert-err34-c): the kernel wrote it */
    fclose(file);
    return count == 1 ? value : otherwise;
}

static int look(void *arg)
{
    struct look_offer *offer = arg;

    *offer = (struct look_offer){
        .timestamps = setting("tcp_timestamps", 1) != 0,
        .sack = setting("tcp_sack", 1) != 0,
        .window_scale = setting("tcp_window_scaling", 1) != 0,
        .syn_retries = setting("tcp_syn_retries", 6),
        .syn_linear = setting("tcp_syn_linear_timeouts", 0), /* since Linux 6.5 */
    };
    return 0;
}

int look_offer(struct look_offer *ret_offer)
{
    return zoc_offload(look, ret_offer);
}
