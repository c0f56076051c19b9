#include "talk/attend.h"

#include "base/text.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/net.h>

struct attendance {
    zoc_stream *client, *program;
    zoc_group answering;
};

/* A program that takes no more of its input may still have something to say. */
static int run_asking(void *arg)
{
    struct attendance *attendance = arg;

    zoc_pump_one_way(attendance->client, attendance->program, NULL, NULL);
    if (zoc_stream_account(attendance->client).error)
        zoc_group_cancel(&attendance->answering);
    return 0;
}

static int run_answering(void *arg)
{
    struct attendance *attendance = arg;

    return zoc_pump_one_way(attendance->program, attendance->client, NULL, NULL);
}

/* That a client hears no more of what a program says is no failure, when it has ended first. */
static int outcome(const zoc_stream *client, int answered)
{
    zoc_account account = zoc_stream_account(client);

    if (answered == -ZOC_EPROGRAM)
        return answered; /* the words are there */
    if (account.error)
        return zoc_fail(account.error, "%s", _("connection"));
    return answered == -EPIPE ? 0 : answered;
}

int attend(zoc_stream *client, const zoc_endpoint *program)
{
    ZOC_GROUP(asking);
    struct attendance attendance = { .client = client };
    int result = zoc_dial_endpoint(program, NULL, &attendance.program);

    if (result < 0)
        return result;
    result = zoc_go(&attendance.answering, run_answering, &attendance);
    if (result == 0)
        result = zoc_go(&asking, run_asking, &attendance);
    int answered = zoc_group_wait(&attendance.answering);
    if (result == 0)
        result = outcome(client, answered);
    zoc_group_end(&asking);
    zoc_close(attendance.program);
    return result;
}
