#include "talk/letters.h"

#include "base/text.h"
#include "stream/stream.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

struct letters {
    zoc_stream *local;
    zoc_datagrams *socket;
    const struct access *access;
    zoc_observer *observer; /* NULL */
    zoc_correspondent last; /* who was heard last */
    zoc_event heard;        /* there is one */
    zoc_group receiving;
    int input_error;
};

/* --- input ---------------------------------------------------------------------------------------- */

/* A peer that has gone, that has no name, or whose queue is full loses what is sent to it, as datagrams do. */
static bool is_lost(ssize_t result)
{
    return result == -ECONNREFUSED || result == -EDESTADDRREQ || result == -EAGAIN;
}

static ssize_t send_piece(struct letters *letters, zoc_bytes piece)
{
    ssize_t result = 0;

    for (size_t at = 0; at < piece.size && (result >= 0 || is_lost(result)); at += LETTER_MAX) {
        size_t left = piece.size - at;
        zoc_bytes letter = { piece.data + at, left < LETTER_MAX ? left : LETTER_MAX };
        result = zoc_datagrams_send(letters->socket, letter.data, letter.size, &letters->last);
        if (result >= 0)
            observer_tell(letters->observer, (zoc_notice){ .kind = ZOC_SENT, .bytes = letter });
    }
    return is_lost(result) ? 0 : result;
}

static int run_sending(void *arg)
{
    struct letters *letters = arg;
    zoc_bytes piece;
    ssize_t result = zoc_event_wait(&letters->heard);

    while (result >= 0) {
        result = zoc_receive(letters->local, &piece);
        if (result == 0)
            return 0;
        if (result > 0)
            result = send_piece(letters, piece);
    }
    if (result != -ECANCELED) {
        letters->input_error = (int)result;
        zoc_group_cancel(&letters->receiving);
    }
    return 0;
}

/* --- output --------------------------------------------------------------------------------------- */

static void tell_received(struct letters *letters, const zoc_correspondent *from, zoc_bytes letter)
{
    if (!letters->observer)
        return;
    if (!letters->heard.is_set || !zoc_address_equal(&letters->last.peer, &from->peer))
        observer_tell(letters->observer,
                      (zoc_notice){ .kind = ZOC_ACCEPTED, .address = &from->peer, .local = &from->local });
    observer_tell(letters->observer, (zoc_notice){ .kind = ZOC_RECEIVED, .bytes = letter });
}

static int run_receiving(void *arg)
{
    struct letters *letters = arg;
    zoc_correspondent from;
    zoc_bytes letter;

    for (;;) {
        ssize_t result = zoc_datagrams_receive(letters->socket, &letter, &from);
        if (result < 0)
            return (int)result;
        if (!access_admits(letters->access, &from.peer))
            continue;
        tell_received(letters, &from, letter);
        letters->last = from;
        zoc_event_set(&letters->heard);
        result = letter.size > 0 ? zoc_write(letters->local, letter.data, letter.size) : 0;
        if (result < 0)
            return zoc_wrap((int)result, "%s", _("standard output"));
    }
}

int letters_run(zoc_stream *local, zoc_datagrams *socket, const struct access *access, zoc_observer *observer)
{
    ZOC_GROUP(sending);
    struct letters letters = { .local = local, .socket = socket, .access = access, .observer = observer };
    int result = zoc_go(&letters.receiving, run_receiving, &letters);

    if (result == 0)
        result = zoc_go(&sending, run_sending, &letters);
    int received = zoc_group_wait(&letters.receiving);
    zoc_group_end(&sending);
    if (letters.input_error)
        return zoc_fail(letters.input_error, "%s", _("sending standard input"));
    return result < 0 ? result : received;
}
