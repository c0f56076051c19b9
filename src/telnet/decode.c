#include "telnet/decode.h"

#define IAC '\xff'
#define CR  '\r'
#define NUL '\0'

static const zoc_bytes lone_iac = { "\xff", 1 };

static bool begins_telnet(char byte)
{
    return (unsigned char)byte >= TELNET_SB && (unsigned char)byte <= TELNET_DONT;
}

/* --- text ----------------------------------------------------------------------------------------- */

/* Whether the byte at that place is none of the text. In plain text an IAC is one that begins telnet, or may. */
static bool ends_text(const struct decoder *decoder, zoc_bytes bytes, size_t at)
{
    bool after_cr = at > 0 ? bytes.data[at - 1] == CR : decoder->after_cr;

    if (bytes.data[at] == IAC)
        return !decoder->plain || at + 1 == bytes.size || begins_telnet(bytes.data[at + 1]);
    return bytes.data[at] == NUL && after_cr && !decoder->plain && !decoder->binary;
}

static void skip(zoc_bytes *bytes, size_t size)
{
    *bytes = (zoc_bytes){ bytes->data + size, bytes->size - size };
}

/* Takes text, of which the first `size` bytes are text whatever they are, and what it ended with: an IAC, or the NUL
 * after a CR. */
static enum decoded take_text(struct decoder *decoder, zoc_bytes *bytes, size_t size, zoc_bytes *ret_text)
{
    while (size < bytes->size && !ends_text(decoder, *bytes, size))
        size++;
    zoc_bytes text = { bytes->data, size };
    bool goes_on = size < bytes->size;

    decoder->after_cr = !goes_on && size > 0 && text.data[size - 1] == CR;
    decoder->state = goes_on && bytes->data[size] == IAC ? DECODE_IAC : DECODE_TEXT;
    skip(bytes, size + goes_on);
    if (size == 0)
        return DECODED_ALL;
    *ret_text = text;
    return DECODED_TEXT;
}

/* A 255 was kept back, and is text after all. */
static enum decoded give_lone_iac(struct decoder *decoder, zoc_bytes *ret_text)
{
    decoder->state = DECODE_TEXT;
    *ret_text = lone_iac;
    return DECODED_TEXT;
}

/* --- commands, byte by byte ----------------------------------------------------------------------- */

static enum decoded complete(struct decoder *decoder, struct telnet_command *ret_command)
{
    decoder->state = DECODE_TEXT;
    *ret_command = (struct telnet_command){ decoder->command, decoder->option, { decoder->parameters, decoder->size } };
    return DECODED_COMMAND;
}

static enum decoded begin_command(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command)
{
    decoder->command = byte;
    decoder->option = 0;
    decoder->size = 0;
    if (byte != TELNET_SB && !telnet_is_request(byte))
        return complete(decoder, ret_command);
    decoder->plain = false;
    decoder->state = byte == TELNET_SB ? DECODE_SB : DECODE_OPTION;
    return DECODED_ALL;
}

static enum decoded take_option(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command)
{
    decoder->option = byte;
    return complete(decoder, ret_command);
}

static enum decoded begin_parameters(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command)
{
    (void)ret_command;
    decoder->option = byte;
    decoder->state = DECODE_PARAMETERS;
    return DECODED_ALL;
}

static enum decoded keep(struct decoder *decoder, unsigned char byte)
{
    if (decoder->size == sizeof decoder->parameters) {
        decoder->state = DECODE_TEXT;
        return DECODED_TOO_LONG;
    }
    decoder->parameters[decoder->size++] = (char)byte;
    decoder->state = DECODE_PARAMETERS;
    return DECODED_ALL;
}

static enum decoded take_parameter(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command)
{
    (void)ret_command;
    if (byte != TELNET_IAC)
        return keep(decoder, byte);
    decoder->state = DECODE_PARAMETERS_IAC;
    return DECODED_ALL;
}

/* IAC SE is the end of it. IAC and something else is the next command: the end was forgotten, and so is the rest. */
static enum decoded end_parameters(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command)
{
    if (byte == TELNET_SE)
        return complete(decoder, ret_command);
    if (byte == TELNET_IAC)
        return keep(decoder, byte);
    return begin_command(decoder, byte, ret_command);
}

typedef enum decoded step(struct decoder *decoder, unsigned char byte, struct telnet_command *ret_command);

static step *const steps[] = {
    [DECODE_IAC] = begin_command,
    [DECODE_OPTION] = take_option,
    [DECODE_SB] = begin_parameters,
    [DECODE_PARAMETERS] = take_parameter,
    [DECODE_PARAMETERS_IAC] = end_parameters,
};

/* --- both ----------------------------------------------------------------------------------------- */

static enum decoded decode_next(struct decoder *decoder, zoc_bytes *bytes, zoc_bytes *ret_text,
                                struct telnet_command *ret_command)
{
    if (decoder->state == DECODE_TEXT)
        return take_text(decoder, bytes, 0, ret_text);
    if (decoder->state == DECODE_IAC && decoder->plain && !begins_telnet(*bytes->data))
        return give_lone_iac(decoder, ret_text);
    if (decoder->state == DECODE_IAC && *bytes->data == IAC)
        return take_text(decoder, bytes, 1, ret_text);
    unsigned char byte = (unsigned char)*bytes->data;
    skip(bytes, 1);
    return steps[decoder->state](decoder, byte, ret_command);
}

enum decoded decode_bytes(struct decoder *decoder, zoc_bytes *bytes, zoc_bytes *ret_text,
                          struct telnet_command *ret_command)
{
    enum decoded found = DECODED_ALL;

    while (bytes->size > 0 && found == DECODED_ALL)
        found = decode_next(decoder, bytes, ret_text, ret_command);
    return found;
}

zoc_bytes decode_end(struct decoder *decoder)
{
    bool keeps = decoder->plain && decoder->state == DECODE_IAC;

    decoder->state = DECODE_TEXT;
    return keeps ? lone_iac : (zoc_bytes){ 0 };
}
