#include "classic/chargen.h"

#include "classic/answer.h"
#include "world/world.h"

#include <errno.h>
#include <zocalo/fiber.h>

static const char characters[] = " !\"#$%&'()*+,-./0123456789:;<=>?@"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

_Static_assert(sizeof characters - 1 == CHARGEN_CYCLE, "the printing ones of ASCII");

/* --- lines ---------------------------------------------------------------------------------------- */

/* Each line begins one character further than the one before, in a ring of all characters. */
static void write_line(char *line, unsigned number)
{
    unsigned first = number % CHARGEN_CYCLE, until_end = CHARGEN_CYCLE - first;
    unsigned size = until_end < CHARGEN_LINE ? until_end : CHARGEN_LINE;

    memcpy(line, characters + first, size);
    memcpy(line + size, characters, CHARGEN_LINE - size);
    memcpy(line + CHARGEN_LINE, "\r\n", 2);
}

int chargen_append(zoc_buffer *text, unsigned lines)
{
    char *space;
    int result = zoc_buffer_reserve(text, lines * (CHARGEN_LINE + 2), &space);

    if (result < 0)
        return result;
    for (unsigned i = 0; i < lines; i++)
        write_line(space + i * (CHARGEN_LINE + 2), i);
    zoc_buffer_commit(text, lines * (CHARGEN_LINE + 2));
    return 0;
}

/* --- streams -------------------------------------------------------------------------------------- */

struct generation {
    zoc_stream *peer;
    zoc_group both; /* one fiber sends; the other throws away, and ends what nobody reads */
};

static int generate(void *arg)
{
    struct generation *generation = arg;
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer lines = { 0 };
    ssize_t result = chargen_append(&lines, CHARGEN_CYCLE);

    while (result >= 0 && zoc_stopped() == ZOC_RUNNING)
        result = zoc_write(generation->peer, lines.data, lines.size);
    zoc_group_cancel(&generation->both);
    return (int)result;
}

static int throw_away(void *arg)
{
    struct generation *generation = arg;
    zoc_bytes chunk;
    ssize_t result;

    do {
        result = zoc_receive(generation->peer, &chunk);
    } while (result > 0 && zoc_stopped() == ZOC_RUNNING);
    if (result == 0) /* the peer's end lets the lines go on */
        zoc_sleep(ZOC_NEVER);
    if (zoc_stopped() == ZOC_STOPPING)
        ZOC_FINISH
            zoc_sleep(CHARGEN_LAST_LINES);
    zoc_group_cancel(&generation->both);
    return (int)result;
}

void chargen_converse(zoc_stream *peer, void *state)
{
    struct generation generation = { .peer = peer };

    (void)state;
    if (zoc_go(&generation.both, generate, &generation) == 0 && zoc_go(&generation.both, throw_away, &generation) == 0)
        zoc_group_wait(&generation.both);
    zoc_group_end(&generation.both);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    uint32_t chance;

    (void)datagram, (void)settings;
    if (chargen_append(room, CHARGEN_DATAGRAM_MAX / CHARGEN_LINE) < 0)
        return (zoc_bytes){ 0 };
    zoc_world->random(&chance, sizeof chance);
    return (zoc_bytes){ room->data, chance % (CHARGEN_DATAGRAM_MAX + 1) };
}

int chargen_datagrams(zoc_datagrams *socket, void *state)
{
    return answer_datagrams(socket, answer, state, ANSWER_ECHO_PORT);
}
