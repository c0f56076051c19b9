#include "telnet/reply.h"

#define USER "USER"

static zoc_bytes put(zoc_bytes text, char byte)
{
    ((char *)text.data)[text.size] = byte;
    return (zoc_bytes){ text.data, text.size + 1 };
}

static zoc_bytes put_text(zoc_bytes text, const char *more)
{
    while (*more != '\0')
        text = put(text, *more++);
    return text;
}

zoc_bytes reply_size(unsigned columns, unsigned rows, char *text)
{
    const char size[] = { (char)(columns >> 8), (char)columns, (char)(rows >> 8), (char)rows };

    memcpy(text, size, sizeof size);
    return (zoc_bytes){ text, sizeof size };
}

zoc_bytes reply_type(zoc_bytes asked, const char *type, char *text)
{
    zoc_bytes reply = { text, 0 };

    if (asked.size == 0 || *asked.data != TELNET_TTYPE_SEND)
        return reply;
    return put_text(put(reply, TELNET_TTYPE_IS), type);
}

/* --- variables ------------------------------------------------------------------------------------ */

static bool begins_variable(char byte)
{
    return byte == TELNET_ENVIRON_VAR || byte == TELNET_ENVIRON_USERVAR;
}

/* The variable at the front: its kind and its name. */
static zoc_bytes next_variable(zoc_bytes asked)
{
    size_t size = 1;

    while (size < asked.size && !begins_variable(asked.data[size]))
        size++;
    return (zoc_bytes){ asked.data, size };
}

/* By name, or as one of all variables that have a name in the RFC. */
static bool is_user(zoc_bytes variable)
{
    return *variable.data == TELNET_ENVIRON_VAR &&
           (variable.size == 1 ||
            (variable.size == sizeof USER && memcmp(variable.data + 1, USER, sizeof USER - 1) == 0));
}

/* Whoever asks for none asks for all. */
static bool asks_for_user(zoc_bytes asked)
{
    bool asks = asked.size == 0;

    while (asked.size > 0 && !asks) {
        zoc_bytes variable = next_variable(asked);
        asks = is_user(variable);
        asked = (zoc_bytes){ asked.data + variable.size, asked.size - variable.size };
    }
    return asks;
}

static zoc_bytes put_value(zoc_bytes text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value >= TELNET_ENVIRON_VAR && *value <= TELNET_ENVIRON_USERVAR)
            text = put(text, TELNET_ENVIRON_ESC);
        text = put(text, *value);
    }
    return text;
}

zoc_bytes reply_user(zoc_bytes asked, const char *user, char *text)
{
    zoc_bytes reply = { text, 0 };

    if (asked.size == 0 || *asked.data != TELNET_ENVIRON_SEND)
        return reply;
    reply = put(reply, TELNET_ENVIRON_IS);
    if (!asks_for_user((zoc_bytes){ asked.data + 1, asked.size - 1 }))
        return reply;
    reply = put_text(put(reply, TELNET_ENVIRON_VAR), USER);
    return put_value(put(reply, TELNET_ENVIRON_VALUE), user);
}

/* --- the wire ------------------------------------------------------------------------------------- */

size_t reply_wrap(const struct telnet_command *command, char *wire)
{
    zoc_bytes bytes = { wire, 0 };

    bytes = put(put(put(bytes, (char)TELNET_IAC), (char)TELNET_SB), (char)command->option);
    for (size_t i = 0; i < command->parameters.size; i++) {
        if (command->parameters.data[i] == (char)TELNET_IAC)
            bytes = put(bytes, (char)TELNET_IAC);
        bytes = put(bytes, command->parameters.data[i]);
    }
    return put(put(bytes, (char)TELNET_IAC), (char)TELNET_SE).size;
}
