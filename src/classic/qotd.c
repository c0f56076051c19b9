#include "classic/qotd.h"

#include "base/text.h"
#include "classic/answer.h"
#include "world/world.h"

#include <errno.h>

/* --- what is said --------------------------------------------------------------------------------- */

static const char *const quotes[] = {
    "A port is a door. Listening is what makes somebody stand behind it.",
    "The network delivers bytes. Where a message ends is for you to say.",
    "A datagram that was lost leaves no note.",
    "Half of a conversation may end before the other half. Keep listening.",
    "Every queue is finite. The question is only who finds out first.",
    "A time-out is a guess about somebody whom you cannot see.",
    "Loopback is the shortest way to find out that it is not the network.",
    "Un puerto abierto sin nadie que acepte es una cola que crece.",
    "TCP entrega flujos: los mensajes los cuentas tú.",
    "Quien cierra sin leer rompe lo que aún viajaba.",
    "Lo que funciona en tu máquina todavía no ha cruzado la calle.",
    "Dos extremos, cuatro direcciones, una conexión.",
    "Antes de culpar a la red, pregunta quién tiene el puerto.",
};

#define QUOTES (sizeof quotes / sizeof *quotes)

const char *qotd_quote(unsigned number)
{
    return number < QUOTES ? quotes[number] : NULL;
}

static const char *some_quote(void)
{
    uint32_t chance;

    zoc_world->random(&chance, sizeof chance);
    return quotes[chance % QUOTES];
}

/* --- text= ---------------------------------------------------------------------------------------- */

static int read_quote(const struct key *key, const char *value, void *field)
{
    return strlen(value) > QOTD_MAX - 2 ? -EINVAL : key_text.read(key, value, field);
}

static void release_quote(void *field)
{
    key_text.release(field);
}

static const struct key_kind quote_text = { N_("TEXT"), N_("a text of at most 510 bytes"), read_quote, release_quote };

const struct key qotd_keys[] = {
    { "text", &quote_text, offsetof(struct qotd_settings, text), NULL },
    { 0 },
};

/* --- the service ---------------------------------------------------------------------------------- */

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *state)
{
    const struct qotd_settings *settings = state;

    (void)datagram;
    if (zoc_buffer_printf(room, "%s\r\n", settings->text ? settings->text : some_quote()) < 0)
        return (zoc_bytes){ 0 };
    return (zoc_bytes){ room->data, room->size };
}

void qotd_converse(zoc_stream *peer, void *settings)
{
    answer_connection(peer, answer, settings);
}

int qotd_datagrams(zoc_datagrams *socket, void *settings)
{
    return answer_datagrams(socket, answer, settings, ANSWER_ECHO_PORT);
}
