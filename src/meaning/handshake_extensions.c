/* Extensions of TLS (RFC 8446 section 4.2): a line for each. */
#include "base/text.h"
#include "meaning/handshake_inside.h"

#include <stdio.h>

#define NAME_TEXT 128 /* bytes of a name that somebody else wrote, escaped */

/* Each gets the content of its extension, and gives what is to be said beside what the extension is. False: its lengths lie. */
typedef bool content_fn(const struct message *message, struct cursor *content, char *text, size_t size);

/* In a ClientHello, which offers; in others, somebody answers. */
static bool from_client(const struct message *message)
{
    return message->type == 1;
}

/* --- contents ------------------------------------------------------------------------------------- */

static bool numbers_content(struct cursor *list, const struct numbered *numbered, char *text, size_t size)
{
    struct names names = { 0 };

    names_add_numbers(&names, numbered, list);
    snprintf(text, size, "%s", names_text(&names));
    return cursor_is_done(list);
}

/* A vector of numbers whose size stands in so many bytes before it, and nothing behind. */
static bool vector_content(struct cursor *content, size_t width, const struct numbered *numbered, char *text,
                           size_t size)
{
    struct cursor list = cursor_vector(content, width);

    return numbers_content(&list, numbered, text, size) && cursor_is_done(content);
}

static bool groups_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    (void)message;
    return vector_content(content, 2, &tls_groups, text, size);
}

static bool signatures_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    (void)message;
    return vector_content(content, 2, &tls_signatures, text, size);
}

static bool versions_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    if (from_client(message))
        return vector_content(content, 1, &tls_versions, text, size);
    return numbers_content(content, &tls_versions, text, size);
}

static bool server_name_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    if (content->size == 0 && !from_client(message)) {
        snprintf(text, size, "%s", _("the server has heeded the name"));
        return true;
    }
    struct cursor list = cursor_vector(content, 2);
    unsigned type = cursor_number(&list, 1);
    struct cursor name = cursor_vector(&list, 2);
    if (list.bad || !cursor_is_done(content))
        return false;
    if (type == 0)
        zoc_escape(cursor_rest(&name), text, size < NAME_TEXT ? size : NAME_TEXT);
    return true;
}

static bool alpn_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    struct cursor list = cursor_vector(content, 2);
    struct names names = { 0 };

    (void)message;
    while (list.size > 0) {
        struct cursor name = cursor_vector(&list, 1);
        char escaped[NAME_TEXT];
        if (!list.bad)
            names_add(&names, zoc_escape(cursor_rest(&name), escaped, sizeof escaped));
    }
    snprintf(text, size, "%s", names_text(&names));
    return cursor_is_done(&list) && cursor_is_done(content);
}

static void add_share(struct names *names, unsigned group, size_t bytes)
{
    char number[NUMBER_TEXT], share[64];

    /* translators: a group of Diffie-Hellman, and the size of a public key of it */
    snprintf(share, sizeof share, PLURAL("%s (%zu byte)", "%s (%zu bytes)", bytes),
             numbered_name(&tls_groups, group, number), bytes);
    names_add(names, share);
}

/* A list of the client, one of the server, or the group alone that it wants to have a key of (HelloRetryRequest). */
static bool key_share_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    bool client = from_client(message);
    struct cursor list = client ? cursor_vector(content, 2) : cursor_take(content, content->size);
    struct names names = { 0 };

    if (!client && list.size == 2)
        return numbers_content(&list, &tls_groups, text, size);
    while (list.size > 0) {
        unsigned group = cursor_number(&list, 2);
        struct cursor key = cursor_vector(&list, 2);
        if (!list.bad)
            add_share(&names, group, key.size);
    }
    snprintf(text, size, "%s", names_text(&names));
    return cursor_is_done(&list) && cursor_is_done(content);
}

static bool shared_key_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    if (!from_client(message)) {
        unsigned chosen = cursor_number(content, 2);
        snprintf(text, size, _("the server takes number %u, counted from 0"), chosen);
        return cursor_is_done(content);
    }
    struct cursor identities = cursor_vector(content, 2);
    unsigned count = 0;
    for (; identities.size > 0; count++) {
        cursor_vector(&identities, 2);
        cursor_take(&identities, 4); /* obfuscated_ticket_age */
    }
    cursor_vector(content, 2); /* binders */
    snprintf(text, size, PLURAL("the client has %u", "the client has %u", count), count);
    return cursor_is_done(&identities) && cursor_is_done(content);
}

static bool ticket_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    if (content->size > 0)
        snprintf(text, size, PLURAL("one of %zu byte", "one of %zu bytes", content->size), content->size);
    else if (from_client(message))
        snprintf(text, size, "%s", _("the client has none yet, and would like one"));
    else
        snprintf(text, size, "%s", _("the server will send one"));
    return true;
}

static bool size_limit_content(const struct message *message, struct cursor *content, char *text, size_t size)
{
    unsigned limit = cursor_number(content, 2);

    (void)message;
    snprintf(text, size, PLURAL("%u byte", "%u bytes", limit), limit);
    return cursor_is_done(content);
}

static const struct {
    unsigned type;
    content_fn *content;
} contents[] = {
    { EXTENSION_SERVER_NAME, server_name_content },
    { 10, groups_content },
    { 13, signatures_content },
    { 16, alpn_content },
    { 28, size_limit_content },
    { 35, ticket_content },
    { EXTENSION_PRE_SHARED_KEY, shared_key_content },
    { EXTENSION_SUPPORTED_VERSIONS, versions_content },
    { 50, signatures_content },
    { EXTENSION_KEY_SHARE, key_share_content },
};

/* --- lines ---------------------------------------------------------------------------------------- */

static bool read_content(const struct message *message, unsigned type, struct cursor content, char *text, size_t size)
{
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        if (contents[i].type == type)
            return contents[i].content(message, &content, text, size);
    return true;
}

static const struct meaning *find(unsigned type)
{
    const struct meaning *row = numbered_find(&tls_extensions, type);

    return row || !tls_is_grease(type) ? row : numbered_find(&tls_extensions, 0x0a0a);
}

static void describe(const struct message *message, unsigned type, struct cursor content)
{
    const struct meaning *row = find(type);
    char text[NAMES_TEXT] = "";

    if (!row)
        handshake_line(message->reader, (struct reference)RFC(8446, "4.2"), true,
                       PLURAL("extension %u, %zu byte, which is not known here",
                              "extension %u, %zu bytes, which is not known here", content.size),
                       type, content.size);
    else if (!read_content(message, type, content, text, sizeof text))
        handshake_line(message->reader, row->reference, true, _("%s: its lengths contradict each other"), row->word);
    else if (*text)
        /* translators: the name of an extension, what is in it, and what the extension is for */
        handshake_line(message->reader, row->reference, true, _("%s: %s; %s"), row->word, text, _(row->text));
    else
        handshake_line(message->reader, row->reference, true, _("%s: %s"), row->word, _(row->text));
}

bool extensions_describe(const struct message *message, struct cursor extensions)
{
    while (extensions.size > 0) {
        unsigned type = cursor_number(&extensions, 2);
        struct cursor content = cursor_vector(&extensions, 2);
        if (!extensions.bad)
            describe(message, type, content);
    }
    return cursor_is_done(&extensions);
}

struct cursor extensions_find(struct cursor extensions, unsigned wanted)
{
    while (extensions.size > 0) {
        unsigned type = cursor_number(&extensions, 2);
        struct cursor content = cursor_vector(&extensions, 2);
        if (!extensions.bad && type == wanted)
            return content;
    }
    return (struct cursor){ .data = extensions.data, .bad = true };
}

const char *extensions_server_name(struct cursor extensions, char *text, size_t size)
{
    struct cursor content = extensions_find(extensions, EXTENSION_SERVER_NAME);
    const struct message hello = { .type = 1 };

    *text = '\0';
    if (content.bad || !server_name_content(&hello, &content, text, size))
        *text = '\0';
    return text;
}
