/* Telnet: whatever a peer sends, the text and the commands do not depend on how the bytes were cut, what is answered is
 * bounded and well-formed, and text that goes over the wire comes back as it was.
 *
 * The first byte of an input says how the layer is set up, the second how long the pieces are. */
#include "telnet/decode.h"
#include "telnet/encode.h"
#include "telnet/negotiation.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { PLAIN = 1, BINARY = 2, REFUSES = 4, BEGINS = 8, KNOWS = 16 };

/* --- taking apart ------------------------------------------------------------------------------- */

/* What was found, in an order that does not depend on how it was cut. */
struct found {
    uint64_t sum;
    bool too_long;
};

static void add(struct found *found, unsigned kind, zoc_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        found->sum = (found->sum ^ (kind << 8 | (unsigned char)bytes.data[i])) * UINT64_C(0x100000001b3);
}

static void add_command(struct found *found, const struct telnet_command *command)
{
    const char head[] = { (char)command->command, (char)command->option };
    char words[64];

    add(found, 1, (zoc_bytes){ head, sizeof head });
    add(found, 2, command->parameters);
    assert(strlen(telnet_command_text(command, words, sizeof words)) < sizeof words);
}

typedef void hear(void *arg, const struct telnet_command *command);

/* Takes one piece apart, in memory of its own size. */
static void take_apart(struct decoder *decoder, zoc_bytes piece, struct found *found, hear *tell, void *arg)
{
    char *copy = malloc(piece.size > 0 ? piece.size : 1);
    zoc_bytes rest = { memcpy(copy, piece.data, piece.size), piece.size };

    while (rest.size > 0 && !found->too_long) {
        struct telnet_command command = { 0 };
        zoc_bytes text = { 0 };
        enum decoded what = decode_bytes(decoder, &rest, &text, &command);
        assert((what == DECODED_TEXT) == (text.size > 0));
        assert(what != DECODED_ALL || rest.size == 0);
        found->too_long = what == DECODED_TOO_LONG;
        add(found, 0, text);
        if (what == DECODED_COMMAND) {
            add_command(found, &command);
            tell(arg, &command);
        }
    }
    free(copy);
}

static struct found take_all_apart(struct decoder decoder, zoc_bytes bytes, size_t piece, hear *tell, void *arg)
{
    struct found found = { 0 };

    for (size_t at = 0; at < bytes.size; at += piece) {
        size_t left = bytes.size - at;
        take_apart(&decoder, (zoc_bytes){ bytes.data + at, left < piece ? left : piece }, &found, tell, arg);
    }
    add(&found, 0, decode_end(&decoder));
    return found;
}

/* --- answering ---------------------------------------------------------------------------------- */

/* What is sent is one whole command each time. */
static int check_command(void *sink, zoc_bytes bytes)
{
    struct decoder decoder = { 0 };
    struct telnet_command command;
    zoc_bytes text = { 0 }, rest = bytes;
    size_t *size = sink;

    assert(decode_bytes(&decoder, &rest, &text, &command) == DECODED_COMMAND && rest.size == 0);
    *size += bytes.size;
    return 0;
}

struct answering {
    struct negotiation negotiation;
    size_t put;
};

static void answer(void *arg, const struct telnet_command *command)
{
    struct answering *answering = arg;

    answering->put = 0;
    assert(negotiation_obey(&answering->negotiation, command) == 0);
    assert(answering->put <= NEGOTIATION_ANSWER_MAX);
}

static void pass_over(void *arg, const struct telnet_command *command)
{
    (void)arg, (void)command;
}

static void begin(struct answering *answering, unsigned how)
{
    struct telnet_options options = { .refuses = how & REFUSES, .begins = how & BEGINS };

    if (how & KNOWS) {
        options.columns = options.rows = UINT16_MAX;
        options.terminal_type = "\xff\xff";
        options.user = "\x01\xff";
        options.binary_in = options.binary_out = true;
    }
    assert(negotiation_init(&answering->negotiation, &options) == 0);
    answering->negotiation.put = check_command;
    answering->negotiation.sink = &answering->put;
    assert(negotiation_begin(&answering->negotiation) == 0 && answering->put <= NEGOTIATION_ANSWER_MAX);
}

/* --- there and back ----------------------------------------------------------------------------- */

static void send_and_receive(zoc_bytes text, size_t room)
{
    struct encoder encoder = { .binary = true };
    struct decoder decoder = { .binary = true };
    struct found sent = { 0 }, received = { 0 };
    char *wire = malloc(room);

    add(&sent, 0, text);
    while (text.size > 0) {
        size_t size = encode_text(&encoder, &text, wire, room);
        assert(size > 0 && size <= room);
        take_apart(&decoder, (zoc_bytes){ wire, size }, &received, pass_over, NULL);
    }
    assert(sent.sum == received.sum);
    free(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    unsigned how = data[0];
    size_t piece = data[1] + 1U;
    zoc_bytes bytes = { (const char *)data + 2, size - 2 };
    struct decoder decoder = { .plain = how & PLAIN, .binary = how & BINARY };
    struct answering answering = { 0 };

    begin(&answering, how);
    struct found whole = take_all_apart(decoder, bytes, bytes.size + 1, answer, &answering);
    struct found cut = take_all_apart(decoder, bytes, piece, pass_over, NULL);
    assert(whole.sum == cut.sum && whole.too_long == cut.too_long);
    negotiation_release(&answering.negotiation);
    send_and_receive(bytes, piece + 1);
    return 0;
}
