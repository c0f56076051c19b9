#include "meaning/handshake.h"

#include "base/text.h"
#include "meaning/dialogue.h"
#include "meaning/handshake_inside.h"

#include <stdarg.h>
#include <stdio.h>

#define HEAD_SIZE 4 /* bytes: type, and the size of what follows (RFC 8446 section 4) */

/* --- fields --------------------------------------------------------------------------------------- */

struct cursor cursor_take(struct cursor *cursor, size_t size)
{
    if (cursor->bad || size > cursor->size) {
        *cursor = (struct cursor){ cursor->data, 0, true };
        return *cursor;
    }
    struct cursor taken = { cursor->data, size, false };
    if (size > 0)
        *cursor = (struct cursor){ cursor->data + size, cursor->size - size, false };
    return taken;
}

unsigned cursor_number(struct cursor *cursor, size_t width)
{
    struct cursor digits = cursor_take(cursor, width);
    unsigned number = 0;

    for (size_t i = 0; i < digits.size; i++)
        number = number << 8 | digits.data[i];
    return number;
}

struct cursor cursor_vector(struct cursor *cursor, size_t width)
{
    return cursor_take(cursor, cursor_number(cursor, width));
}

bool cursor_is_done(const struct cursor *cursor)
{
    return !cursor->bad && cursor->size == 0;
}

/* --- lines ---------------------------------------------------------------------------------------- */

void handshake_line(struct handshake_reader *reader, struct reference reference, bool detail, const char *format, ...)
{
    char text[LINE_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reader->read(reader, &(struct handshake_line){ text, reference, detail });
}

void message_is_bad(const struct message *message)
{
    handshake_line(message->reader, (struct reference)RFC(8446, "6.2"), false,
                   _("%s: it cannot be read; it is cut, or its lengths contradict each other (decode_error)"),
                   message->name);
}

/* --- lists of names ------------------------------------------------------------------------------- */

#define MORE_TEXT 32 /* bytes of " and 3 more", in any language */

void names_add(struct names *names, const char *name)
{
    size_t size = strlen(name) + 2;

    names->count++;
    if (names->shown == NAMES_SHOWN || names->used + size + MORE_TEXT >= sizeof names->text)
        return;
    names->used += (size_t)snprintf(names->text + names->used, sizeof names->text - names->used, "%s%s",
                                    names->shown ? ", " : "", name);
    names->shown++;
}

const char *names_text(struct names *names)
{
    unsigned more = names->count - names->shown;

    if (more > 0)
        /* translators: the end of a list: "A, B, C and 3 more" */
        snprintf(names->text + names->used, sizeof names->text - names->used,
                 PLURAL(" and %u more", " and %u more", more), more);
    return names->text;
}

void names_add_numbers(struct names *names, const struct numbered *numbered, struct cursor *numbers)
{
    char text[NUMBER_TEXT];

    while (numbers->size > 0) {
        unsigned number = cursor_number(numbers, 2);
        if (!numbers->bad)
            names_add(names, numbered_name(numbered, number, text));
    }
}

/* --- messages ------------------------------------------------------------------------------------- */

/* How each is described; NULL: as its row says. */
static const struct {
    unsigned type;
    void (*describe)(struct message *message);
} describers[] = {
    { 1, client_hello_describe },         { 2, server_hello_describe },
    { 4, session_ticket_describe },       { 8, encrypted_extensions_describe },
    { 11, certificate_describe },         { 12, server_key_exchange_describe },
    { 13, certificate_request_describe }, { 15, certificate_verify_describe },
    { 16, client_key_exchange_describe }, { 20, finished_describe },
    { 22, certificate_status_describe },  { 24, key_update_describe },
};

void message_describe_plainly(const struct message *message)
{
    const struct meaning *row = numbered_find(&tls_messages, message->type);

    if (row)
        handshake_line(message->reader, row->reference, false, _("%s: %s"), row->word, _(row->text));
    else
        handshake_line(message->reader, (struct reference)RFC(8446, "4"), false,
                       _("a handshake message of type %u, %zu bytes, which is not known here"), message->type,
                       message->body.size);
}

static void describe(struct message *message)
{
    for (size_t i = 0; i < sizeof describers / sizeof *describers; i++)
        if (describers[i].type == message->type) {
            describers[i].describe(message);
            return;
        }
    message_describe_plainly(message);
}

void handshake_describe(zoc_bytes bytes, enum side speaker, struct handshake_reader *reader)
{
    struct cursor cursor = cursor_of(bytes);
    struct message message = { .reader = reader, .speaker = speaker, .type = cursor_number(&cursor, 1) };
    char number[NUMBER_TEXT];

    message.name = numbered_name(&tls_messages, message.type, number);
    message.body = cursor_vector(&cursor, 3);
    if (cursor_is_done(&cursor))
        describe(&message);
    else
        message_is_bad(&message);
}

/* --- alerts --------------------------------------------------------------------------------------- */

void alert_describe(zoc_bytes alert, struct handshake_reader *reader)
{
    struct cursor cursor = cursor_of(alert);
    unsigned level = cursor_number(&cursor, 1), number = cursor_number(&cursor, 1);
    const struct meaning *row = numbered_find(&tls_alerts, number);

    if (!cursor_is_done(&cursor))
        handshake_line(reader, (struct reference)RFC(8446, "6"), false,
                       PLURAL("an alert of %zu byte; it should have two: a level and a description",
                              "an alert of %zu bytes; it should have two: a level and a description", alert.size),
                       alert.size);
    else if (row && level == 2)
        handshake_line(reader, row->reference, false, _("alert %s, which ends the connection: %s"), row->word,
                       _(row->text));
    else if (row)
        handshake_line(reader, row->reference, false, _("alert %s: %s"), row->word, _(row->text));
    else
        handshake_line(reader, (struct reference)RFC(8446, "6"), false, _("alert number %u, which is not known here"),
                       number);
}

/* --- as remarks ----------------------------------------------------------------------------------- */

struct remarking {
    struct handshake_reader reader; /* first */
    struct dialogue *dialogue;
    enum side speaker;
};

static void remark_on(struct handshake_reader *reader, const struct handshake_line *line)
{
    const struct remarking *remarking = (const struct remarking *)reader;

    dialogue_tell(remarking->dialogue, remarking->speaker, (zoc_bytes){ 0 }, line->reference, line->detail, "%s",
                  line->text);
}

void handshake_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes message)
{
    struct remarking remarking = { { remark_on }, dialogue, speaker };

    handshake_describe(message, speaker, &remarking.reader);
}

void alert_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes alert)
{
    struct remarking remarking = { { remark_on }, dialogue, speaker };

    alert_describe(alert, &remarking.reader);
}
