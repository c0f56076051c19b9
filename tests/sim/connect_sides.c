/* Those who talk through a call: the user at its input and output, and the peer. */
#include "connect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HOST 2

/* What is under way between input and peer, or peer and output, at most: pipe, splicer's pipe or chunk, window. */
#define UNDER_WAY (SIM_WINDOW_MAX + 4 * ZOC_CHUNK_MAX)

/* --- scripts -------------------------------------------------------------------------------------- */

static unsigned char letter(const struct script *script)
{
    static const char letters[] = "\n\r\nabcde";
    unsigned char byte = pattern(script->number, script->at);

    return script->lines ? (unsigned char)letters[byte % (sizeof letters - 1)] : byte;
}

static unsigned char next_byte(struct script *script)
{
    unsigned char byte = letter(script);

    if (script->crlf && byte == '\n' && !script->after_cr) {
        script->after_cr = true;
        return '\r';
    }
    script->after_cr = byte == '\r';
    script->at++;
    return byte;
}

void script_fill(struct script *script, char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (char)next_byte(script);
}

void script_expect(struct script *script, zoc_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        uint64_t at = script->at;
        if ((unsigned char)bytes.data[i] != next_byte(script))
            sim_fail("script %" PRIu64 ": byte %" PRIu64 " is not what was written", script->number, at);
    }
}

/* --- input ---------------------------------------------------------------------------------------- */

static void free_data(char **data)
{
    free(*data);
}

/* Writes the next bytes of a script, in pieces. Returns 0 or what the last write returned. */
static int write_script(const struct call *call, struct script *script, zoc_stream *stream, uint64_t total)
{
    uint64_t most = call->regime->piece_max;
    char *data __attribute__((cleanup(free_data))) = malloc(most);

    while (script->at < total) {
        uint64_t left = total - script->at;
        size_t size = draw(1, left < most ? left : most);
        script_fill(script, data, size);
        ssize_t result = zoc_write(stream, data, size);
        if (result < 0)
            return (int)result;
        if (one_in(call->regime->pauses) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return 0;
}

int connect_give_input(void *arg)
{
    struct call *call = arg;

    int result = one_in(2) ? zoc_sleep(draw_pause(5 * ZOC_SECOND)) : 0;
    if (result == 0)
        result = write_script(call, &call->input, call->local.writer, call->user.total);
    if (result < 0) {
        sim_expect(result == -EPIPE || result == -ECANCELED);
        return 0;
    }
    if (call->user.ends) {
        zoc_close(call->local.writer);
        call->local.writer = NULL;
        call->user.ended = true;
        call->user.ended_at = zoc_now();
    }
    return 0;
}

/* --- output --------------------------------------------------------------------------------------- */

#define CELL 3 /* columns of a byte in a dump */

static size_t read_row(const char *columns, char *ret_bytes)
{
    size_t size = 0;

    while (size < HEXDUMP_ROW) {
        char *end;
        const char *cell = columns + size * CELL + (size >= HEXDUMP_ROW / 2);
        if (*cell == ' ')
            break;
        ret_bytes[size++] = (char)strtoul(cell, &end, 16);
        sim_expect(end == cell + 2 && *end == ' ');
    }
    return size;
}

static void check_line(struct call *call, const char *line)
{
    char way, row[HEXDUMP_ROW];
    uint64_t offset;
    int at = 0;

    sim_expect(sscanf(line, "%c %" SCNx64 " %*u.%*u %n", &way, &offset, &at) == 2 && at > 0);
    zoc_bytes bytes = { row, read_row(line + at, row) };
    uint64_t *count = way == '<' ? &call->user.heard : &call->user.shown;
    sim_expect((way == '<' || way == '>') && bytes.size > 0 && *count == offset);
    script_expect(way == '<' ? &call->to_user : &call->shown, bytes);
    *count += bytes.size;
}

static void check_dump(struct call *call, zoc_bytes bytes)
{
    char *end;

    sim_expect(zoc_buffer_append(&call->line, bytes.data, bytes.size) == 0);
    while ((end = memchr(call->line.data, '\n', call->line.size))) {
        *end = '\0';
        check_line(call, call->line.data);
        zoc_buffer_consume(&call->line, (size_t)(end + 1 - call->line.data));
    }
}

static void check_output(struct call *call, zoc_bytes bytes)
{
    if (call->join.hex) {
        check_dump(call, bytes);
        return;
    }
    script_expect(&call->to_user, bytes);
    call->user.heard += bytes.size;
}

static void quit(struct call *call)
{
    call->user.quit = true;
    zoc_close(call->local.reader);
    call->local.reader = NULL;
}

int connect_read_output(void *arg)
{
    struct call *call = arg;
    struct user *user = &call->user;
    zoc_bytes chunk;
    ssize_t result = user->deaf ? zoc_sleep(draw_pause(100 * ZOC_SECOND)) : 0;

    while (result >= 0 && (result = zoc_receive(call->local.reader, &chunk)) > 0) {
        check_output(call, chunk);
        if (user->quits_after && user->heard + user->shown >= user->quits_after) {
            quit(call);
            return 0;
        }
        if (one_in(call->regime->pauses) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return 0;
    }
    user->saw_end = result == 0;
    return 0;
}

/* --- the peer ------------------------------------------------------------------------------------- */

int connect_listen(struct call *call)
{
    char endpoint[SITE_TEXT];
    int result =
        zoc_listen(site_listens(endpoint, "tcp", HOST, CONNECT_PORT + call->number), NULL, &call->peer.listener);

    call->peer.opened = result == 0 ? zoc_now() : 0;
    return result;
}

/* What was read of the input and has not come here is bounded: not where the kernel keeps it. */
static void check_bound(const struct call *call)
{
    uint64_t written = call->local.writer ? zoc_stream_account(call->local.writer).sent : call->user.total;

    sim_expect(site_is_real || written <= call->to_peer.at + UNDER_WAY);
}

static int hear(void *arg)
{
    struct call *call = arg;
    struct peer *peer = &call->peer;
    zoc_bytes chunk;
    ssize_t result = 1;

    while ((!peer->hears_most || peer->account.received < peer->hears_most) &&
           (result = zoc_receive(peer->stream, &chunk)) > 0) {
        script_expect(&call->to_peer, chunk);
        peer->account = zoc_stream_account(peer->stream);
        check_bound(call);
        if (one_in(call->regime->pauses) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return 0;
    }
    if (result < 0)
        expect_network_error((int)result);
    peer->saw_end = result == 0;
    zoc_event_set(&peer->heard_all);
    return 0;
}

static int say(struct call *call)
{
    struct peer *peer = &call->peer;
    struct script script = { .number = call->to_user.number };
    uint64_t total = peer->ending == RESETS ? draw(0, peer->total) : peer->total;
    int result = peer->answers ? zoc_event_wait(&peer->heard_all) : 0;

    if (result == 0 && one_in(2))
        result = zoc_sleep(draw_pause(20 * ZOC_SECOND));
    return result == 0 ? write_script(call, &script, peer->stream, total) : result;
}

static int half_close(struct peer *peer)
{
    int result = zoc_shut(peer->stream);

    peer->shut = result == 0;
    peer->shut_at = zoc_now();
    return result;
}

static int end_in_order(struct peer *peer)
{
    int result = 0;

    if (peer->ending == ENDS_FIRST)
        result = half_close(peer);
    if (result == 0 && (peer->ending == ENDS_FIRST || peer->ending == ENDS_LAST))
        result = zoc_event_wait(&peer->heard_all);
    if (result == 0 && peer->ending == ENDS_LAST)
        result = half_close(peer);
    if (peer->ending == STAYS)
        result = zoc_sleep(ZOC_NEVER);
    return result;
}

static void converse(struct call *call)
{
    struct peer *peer = &call->peer;
    ZOC_GROUP(hearing);
    int result = zoc_go(&hearing, hear, call);

    if (result == 0)
        result = say(call);
    if (result == 0)
        result = end_in_order(peer);
    if (result < 0)
        expect_network_error(result);
}

static void leave(struct peer *peer)
{
    peer->account = zoc_stream_account(peer->stream);
    peer->reset = peer->ending == RESETS;
    peer->closed = !peer->reset;
    if (peer->reset)
        zoc_reset(peer->stream);
    else if (peer->ending == CLOSES || one_in(2))
        zoc_close(peer->stream);
    else
        zoc_finish(peer->stream);
    peer->stream = NULL;
}

int connect_run_peer(void *arg)
{
    struct call *call = arg;
    struct peer *peer = &call->peer;
    int result = peer->opening < 0 ? zoc_sleep(ZOC_NEVER) : zoc_sleep(peer->opening);

    if (result == 0 && !peer->listener)
        result = connect_listen(call);
    if (result == 0)
        result = zoc_accept(peer->listener, &peer->stream);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    ZOC_WITHIN(peer->patience)
        converse(call);
    leave(peer);
    return 0;
}
