#include "cmd/shown.h"

#include "cmd/text.h"
#include "talk/digest.h"
#include "talk/progress.h"

#include <stdio.h>
#include <unistd.h>
#include <zocalo/fiber.h>

static int join_with_progress(const struct shown *shown, struct join *join)
{
    struct progress progress = progress_of(join->peer, stderr);
    bool drawn = shown->progress && isatty(STDERR_FILENO);
    ZOC_GROUP(drawing);

    if (drawn)
        zoc_go(&drawing, progress_run, &progress);
    int result = join_run(join);
    zoc_group_end(&drawing);
    if (drawn)
        progress_end(&progress);
    return result;
}

int shown_join(const struct shown *shown, struct join *join)
{
    struct digest sent, received;

    if (!shown->sha256)
        return join_with_progress(shown, join);
    int result = digest_begin(&sent);
    if (result == 0)
        result = digest_begin(&received);
    if (result < 0)
        return result;
    join->sent = &sent.tap;
    join->received = &received.tap;
    result = join_with_progress(shown, join);
    join->sent = join->received = NULL;
    digest_end(&sent, _("sent"), stderr);
    digest_end(&received, _("received"), stderr);
    return result;
}
