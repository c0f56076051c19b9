#include "talk/idle.h"

#include <zocalo/fiber.h>

static uint64_t bytes_of(const zoc_stream *stream)
{
    zoc_account account = zoc_stream_account(stream);

    return account.received + account.sent;
}

/* Looking now and then costs nothing per byte, and keeps bulk traffic inside the kernel. */
int idle_await(const zoc_stream *stream, zoc_duration idle)
{
    zoc_duration step = idle > IDLE_LOOKS ? idle / IDLE_LOOKS : 1;
    uint64_t before = bytes_of(stream);
    zoc_time last = zoc_now();

    while (zoc_now() - last < idle) {
        int result = zoc_sleep(step);
        if (result < 0)
            return result;
        uint64_t bytes = bytes_of(stream);
        if (bytes != before)
            last = zoc_now();
        before = bytes;
    }
    return 0;
}
