#include "talk/progress.h"

#include "base/text.h"

#include <zocalo/fiber.h>

#define ERASE_REST "\033[K" /* ECMA-48, EL */

static uint64_t bytes_of(const zoc_stream *peer)
{
    zoc_account account = zoc_stream_account(peer);

    return account.sent + account.received;
}

struct progress progress_of(const zoc_stream *peer, FILE *file)
{
    zoc_time now = zoc_now();

    return (struct progress){ .peer = peer, .file = file, .start = now, .since = now, .before = bytes_of(peer) };
}

char *progress_format(uint64_t sent, uint64_t received, uint64_t moved, zoc_duration took, char *text, size_t size)
{
    char out[ZOC_UNIT_TEXT], in[ZOC_UNIT_TEXT], rate[ZOC_UNIT_TEXT];
    double seconds = (double)(took > 0 ? took : 1) / (double)ZOC_SECOND;

    snprintf(text, size, _("sent %s, received %s, %s/s"), zoc_size_format(sent, out, sizeof out),
             zoc_size_format(received, in, sizeof in),
             zoc_size_format((uint64_t)((double)moved / seconds), rate, sizeof rate));
    return text;
}

static void draw(const struct progress *progress, zoc_time since, uint64_t before, const char *end)
{
    zoc_account account = zoc_stream_account(progress->peer);
    char text[PROGRESS_TEXT];

    fprintf(progress->file, "\r%s" ERASE_REST "%s",
            progress_format(account.sent, account.received, account.sent + account.received - before, zoc_now() - since,
                            text, sizeof text),
            end);
    fflush(progress->file);
}

int progress_run(void *arg)
{
    struct progress *progress = arg;

    while (zoc_sleep(PROGRESS_EVERY) == 0) {
        draw(progress, progress->since, progress->before, "");
        if (zoc_now() - progress->since < PROGRESS_RATE)
            continue;
        progress->since = zoc_now();
        progress->before = bytes_of(progress->peer);
    }
    return 0;
}

void progress_end(const struct progress *progress)
{
    draw(progress, progress->start, 0, "\n");
}
