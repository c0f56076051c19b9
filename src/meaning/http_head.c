/* Header fields: what they mean, and what they do to the message that they are in. */
#include "base/text.h"
#include "meaning/http.h"

#include <ctype.h>
#include <strings.h>

#define LENGTH_MAX INT64_MAX /* bytes of a body */

static const struct meanings fields = MEANINGS(NULL, http_fields);

/* A field, taken apart. */
struct field {
    zoc_bytes line, name, value;
    const struct meaning *meaning; /* NULL: it is not known */
};

static bool is(zoc_bytes bytes, const char *word)
{
    return bytes.size == strlen(word) && strncasecmp(bytes.data, word, bytes.size) == 0;
}

static zoc_bytes trimmed(zoc_bytes bytes)
{
    while (bytes.size > 0 && isblank((unsigned char)*bytes.data))
        bytes = (zoc_bytes){ bytes.data + 1, bytes.size - 1 };
    while (bytes.size > 0 && isblank((unsigned char)bytes.data[bytes.size - 1]))
        bytes.size--;
    return bytes;
}

/* Takes the next element from the front of a list (RFC 9110, 5.6.1). False: there is none left. */
static bool next_element(zoc_bytes *list, zoc_bytes *ret_element)
{
    if (list->size == 0)
        return false;
    const char *comma = memchr(list->data, ',', list->size);
    size_t size = comma ? (size_t)(comma - list->data) : list->size;
    *ret_element = trimmed((zoc_bytes){ list->data, size });
    size += comma != NULL;
    *list = (zoc_bytes){ list->data + size, list->size - size };
    return true;
}

/* --- what is kept out ----------------------------------------------------------------------------- */

static const struct secret {
    const char *name;
    bool scheme; /* its value begins with a word that may be shown */
} secrets[] = {
    { "Authorization", true }, { "Proxy-Authorization", true }, { "Cookie", false },
    { "Set-Cookie", false },   { "X-API-Key", false },          { "X-Auth-Token", false },
};

static const struct secret *find_secret(zoc_bytes name)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (is(name, secrets[i].name))
            return &secrets[i];
    return NULL;
}

/* The part of the line that may be shown: the name, and the scheme where something follows it. */
static zoc_bytes shown(const struct field *field, const struct secret *secret)
{
    zoc_bytes rest = field->value, scheme = dialogue_word(&rest);
    const char *end = secret->scheme && rest.size > 0 ? scheme.data + scheme.size : field->name.data + field->name.size;

    return (zoc_bytes){ field->line.data, (size_t)(end - field->line.data) };
}

static void tell_secret(const struct http_hearing *hearing, const struct field *field, const struct secret *secret)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, shown(field, secret), field->meaning->reference,
                  field->meaning->detail, _("%s (the value is a secret, and is not shown)"), _(field->meaning->text));
}

/* --- what is told in another way ------------------------------------------------------------------ */

/* Options of Connection (RFC 9110, 7.6.1) in the order of versions, HTTP/1.0 and HTTP/1.1. */
static const struct option {
    const char *name;
    struct meaning said[SIDE_COUNT][2];
} options[] = {
    { "close",
      { [SIDE_CLIENT] = { { "", N_("HTTP/1.0 has it so anyway: the server closes the connection after its answer"),
                            RFC(9112, "9.6"), false },
                          { "",
                            N_("the client asks nothing more: the server is to close the connection after its answer"),
                            RFC(9112, "9.6"), false } },
        [SIDE_SERVER] = { { "", N_("the server closes the connection after this answer"), RFC(9112, "9.6"), false },
                          { "", N_("the server closes the connection after this answer"), RFC(9112, "9.6"),
                            false } } } },
    { "keep-alive",
      { [SIDE_CLIENT] = { { "", N_("the client asks that the connection stay open after the answer"),
                            RFC(9112, "C.2.2"), false },
                          { "", N_("HTTP/1.1 has it so anyway: the connection stays open"), RFC(9112, "9.3"), true } },
        [SIDE_SERVER] = { { "", N_("the server agrees: the connection stays open after this answer"),
                            RFC(9112, "C.2.2"), false },
                          { "", N_("HTTP/1.1 has it so anyway: the connection stays open"), RFC(9112, "9.3"),
                            true } } } },
};

/* Returns whether it said what the field means here. */
typedef bool note(const struct http_hearing *hearing, struct http_head *head, const struct field *field);

static bool note_connection(const struct http_hearing *hearing, struct http_head *head, const struct field *field)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        zoc_bytes list = field->value, element;
        while (next_element(&list, &element))
            if (is(element, options[i].name)) {
                dialogue_remark(hearing->dialogue, hearing->speaker, field->line,
                                &options[i].said[hearing->speaker][head->minor]);
                return true;
            }
    }
    return false;
}

static bool note_host(const struct http_hearing *hearing, struct http_head *head, const struct field *field)
{
    bool again = head->host;

    head->host = true;
    if (again)
        dialogue_tell(hearing->dialogue, hearing->speaker, field->line, (struct reference)RFC(9112, "3.2"), false, "%s",
                      _("Host a second time: a server has to answer 400"));
    return again;
}

static bool read_length(zoc_bytes digits, uint64_t *ret_length)
{
    uint64_t length = 0;

    for (size_t i = 0; i < digits.size; i++) {
        if (!isdigit((unsigned char)digits.data[i]) || length > (LENGTH_MAX - 9) / 10)
            return false;
        length = 10 * length + (uint64_t)(digits.data[i] - '0');
    }
    *ret_length = length;
    return digits.size > 0;
}

/* One length, or the same one several times (RFC 9110, 8.6). */
static bool note_length(const struct http_hearing *hearing, struct http_head *head, const struct field *field)
{
    zoc_bytes list = field->value, element;
    bool wrong = list.size == 0;

    while (next_element(&list, &element)) {
        uint64_t length = 0;
        wrong |= !read_length(element, &length) || (head->sized && length != head->length);
        head->length = length;
        head->sized = true;
    }
    head->differs |= wrong;
    if (wrong)
        dialogue_tell(hearing->dialogue, hearing->speaker, field->line, (struct reference)RFC(9112, "6.3"), false, "%s",
                      _("not one length: where the body ends cannot be known, and who reads it in another way than "
                        "somebody before can be tricked (request smuggling)"));
    return wrong;
}

/* Only what comes last matters: chunked says where the body ends. */
static bool note_coding(const struct http_hearing *hearing, struct http_head *head, const struct field *field)
{
    zoc_bytes list = field->value, element;

    (void)hearing;
    head->coded = true;
    while (next_element(&list, &element))
        head->chunked = is(element, "chunked");
    return false;
}

static bool note_upgrade(const struct http_hearing *hearing, struct http_head *head, const struct field *field)
{
    zoc_bytes list = field->value, element;

    (void)hearing;
    while (next_element(&list, &element))
        head->websocket |= is(element, "websocket");
    return false;
}

static const struct {
    const char *name;
    note *note;
} notes[] = {
    { "Connection", note_connection },    { "Host", note_host },       { "Content-Length", note_length },
    { "Transfer-Encoding", note_coding }, { "Upgrade", note_upgrade },
};

static bool take_note(const struct http_hearing *hearing, const struct field *field)
{
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (is(field->name, notes[i].name))
            return notes[i].note(hearing, &http_side(hearing)->head, field);
    return false;
}

/* --- fields --------------------------------------------------------------------------------------- */

static void tell_field(const struct http_hearing *hearing, const struct field *field)
{
    if (field->meaning)
        dialogue_remark(hearing->dialogue, hearing->speaker, field->line, field->meaning);
    else
        dialogue_tell(hearing->dialogue, hearing->speaker, field->line, (struct reference)RFC(9110, "5.1"), true, "%s",
                      _("a header field that is not known here; whoever does not know one passes over it"));
}

static void tell_blank(const struct http_hearing *hearing, zoc_bytes name)
{
    dialogue_tell(hearing->dialogue, hearing->speaker, name, (struct reference)RFC(9112, "5.1"), false, "%s",
                  _("a blank stands before the colon: a server has to refuse the request with 400, because others may "
                    "read another name"));
}

/* A line that begins with a blank. A secret goes on as one. */
static void tell_folded(const struct http_hearing *hearing, zoc_bytes line)
{
    if (http_side(hearing)->secret)
        line.size = 0;
    dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "5.2"), false, "%s",
                  _("the line goes on with the field before it: that is obsolete, and a server may refuse it"));
}

void http_hear_field(const struct http_hearing *hearing, zoc_bytes line, bool counts)
{
    const char *colon = memchr(line.data, ':', line.size);

    if (isblank((unsigned char)*line.data)) {
        tell_folded(hearing, line);
        return;
    }
    if (!colon) {
        dialogue_tell(hearing->dialogue, hearing->speaker, line, (struct reference)RFC(9112, "5"), false, "%s",
                      _("no header field: there is no colon in it"));
        return;
    }
    zoc_bytes name = { line.data, (size_t)(colon - line.data) };
    struct field field = { line, trimmed(name), trimmed((zoc_bytes){ colon + 1, line.size - name.size - 1 }), NULL };
    const struct secret *secret = find_secret(field.name);
    field.meaning = meanings_find(&fields, field.name);
    http_side(hearing)->secret = secret;
    if (field.name.size < name.size)
        tell_blank(hearing, name);
    if (secret)
        tell_secret(hearing, &field, secret);
    else if (!counts || !take_note(hearing, &field))
        tell_field(hearing, &field);
}
