#include "classic/hello.h"

const struct key hello_keys[] = {
    { "mode", &key_choice, offsetof(struct hello_settings, mode), (const char *const[]){ "greet", "ask", NULL } },
    { "text", &key_text, offsetof(struct hello_settings, text), NULL },
    { 0 },
};

static const struct manner {
    const char *text, *end;
    bool waits;
} manners[] = {
    [HELLO_GREET] = { "Hola Mundo", "\r\n", false },
    [HELLO_ASK] = { "Hola desde el servidor", "", true },
};

void hello_converse(zoc_stream *peer, void *state)
{
    const struct hello_settings *settings = state;
    const struct manner *manner = &manners[settings->mode];
    zoc_bytes text = zoc_bytes_of(settings->text ? settings->text : manner->text), end = zoc_bytes_of(manner->end);
    struct iovec pieces[] = { { (void *)text.data, text.size }, { (void *)end.data, end.size } };
    zoc_bytes asked;

    if (manner->waits && zoc_receive(peer, &asked) < 0)
        return;
    zoc_writev(peer, pieces, 2);
}
