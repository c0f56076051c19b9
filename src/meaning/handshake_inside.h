/* What the describing of handshake messages shares: reading fields, telling lines, lists of names. */
#ifndef ZOC_MEANING_HANDSHAKE_INSIDE_H
#define ZOC_MEANING_HANDSHAKE_INSIDE_H

#include "meaning/handshake.h"
#include "meaning/handshake_names.h"

/* --- fields --------------------------------------------------------------------------------------- */

/* What is still to be read. Past the end, fields are 0 and empty, and it is bad from then on. */
struct cursor {
    const unsigned char *data;
    size_t size;
    bool bad;
};

static inline struct cursor cursor_of(zoc_bytes bytes)
{
    return (struct cursor){ (const unsigned char *)bytes.data, bytes.size, false };
}

/* A big-endian number of so many bytes, at most 4. */
unsigned cursor_number(struct cursor *cursor, size_t width);

/* The next bytes as a cursor of their own. */
struct cursor cursor_take(struct cursor *cursor, size_t size);

/* The same of a vector, whose size stands in so many bytes before it (RFC 8446 section 3.4). */
struct cursor cursor_vector(struct cursor *cursor, size_t width);

/* All of it was read, and it was all there. */
bool cursor_is_done(const struct cursor *cursor);

static inline zoc_bytes cursor_rest(const struct cursor *cursor)
{
    return (zoc_bytes){ (const char *)cursor->data, cursor->size };
}

/* --- lines ---------------------------------------------------------------------------------------- */

/* A message that is being described. */
struct message {
    struct handshake_reader *reader;
    enum side speaker;
    unsigned type;
    const char *name; /* "ClientHello" */
    struct cursor body;
};

#define LINE_TEXT 512 /* bytes of a line at most, its NUL included */

void handshake_line(struct handshake_reader *reader, struct reference reference, bool detail, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The message cannot be read. */
void message_is_bad(const struct message *message);

/* As its row says, or that it is not known. */
void message_describe_plainly(const struct message *message);

/* --- lists of names ------------------------------------------------------------------------------- */

#define NAMES_SHOWN 6   /* of a list; of the others, how many they are */
#define NAMES_TEXT  256 /* bytes of a list: with what is said around it, it fits on a line in any language */

struct names {
    char text[NAMES_TEXT];
    size_t used;
    unsigned shown, count;
};

void names_add(struct names *names, const char *name);

/* "x25519, secp256r1 and 4 more", in the reader's language. May be called again. */
const char *names_text(struct names *names);

/* Numbers of two bytes each, to the end. */
void names_add_numbers(struct names *names, const struct numbered *numbered, struct cursor *numbers);

/* --- messages ------------------------------------------------------------------------------------- */

/* The extensions of a message, as details; the cursor is what is in their vector. False: their lengths lie. */
bool extensions_describe(const struct message *message, struct cursor extensions);

/* The content of an extension of a ClientHello or ServerHello; empty and bad: it is not there. */
struct cursor extensions_find(struct cursor extensions, unsigned type);

/* The name that a client wants to reach (SNI), escaped, in `text`; "": it says none. */
const char *extensions_server_name(struct cursor extensions, char *text, size_t size);

void client_hello_describe(struct message *message);
void server_hello_describe(struct message *message);
void encrypted_extensions_describe(struct message *message);
void certificate_describe(struct message *message);
void certificate_request_describe(struct message *message);
void certificate_verify_describe(struct message *message);
void certificate_status_describe(struct message *message);
void server_key_exchange_describe(struct message *message);
void client_key_exchange_describe(struct message *message);
void finished_describe(struct message *message);
void session_ticket_describe(struct message *message);
void key_update_describe(struct message *message);

#define EXTENSION_SERVER_NAME        0
#define EXTENSION_PRE_SHARED_KEY     41
#define EXTENSION_SUPPORTED_VERSIONS 43
#define EXTENSION_KEY_SHARE          51

#define TLS_1_3                      0x0304

#endif
