/* TLS, as it passes by: records (RFC 8446 section 5.1), and what can be read in them without the keys. */
#include "base/text.h"
#include "meaning/dialogue.h"
#include "meaning/handshake.h"
#include "meaning/handshake_names.h"

#define HEAD_SIZE   5               /* bytes of a record's head: type, version, length */
#define CONTENT_MAX (16384 + 2048)  /* bytes of a record, the most that any version allows (RFC 5246 section 6.2.3) */
#define MESSAGE_MAX ((size_t)16384) /* bytes of a handshake message that are looked at */

#define TLS_1_3     0x0304

enum record_type { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };

/* One direction. */
struct direction {
    bool encrypted;               /* all that comes is, since a change_cipher_spec */
    uint64_t hidden, hidden_size; /* records of application_data so far, and their bytes */
    size_t unread;                /* bytes of a handshake message that is too long to be looked at */
    size_t used;                  /* of `message`: what is not whole yet */
    char message[MESSAGE_MAX];
};

struct records {
    unsigned version; /* that the server chose; 0: not yet */
    struct direction directions[SIDE_COUNT];
};

struct record {
    unsigned type;
    zoc_bytes content;
};

static const zoc_bytes no_words = { NULL, 0 };

/* --- recognising ---------------------------------------------------------------------------------- */

static unsigned byte_at(zoc_bytes bytes, size_t at)
{
    return (unsigned char)bytes.data[at];
}

static size_t content_size(zoc_bytes bytes)
{
    return byte_at(bytes, 3) << 8 | byte_at(bytes, 4);
}

/* Whether they can be the beginning of a record, as far as they go. */
static bool may_be_record(zoc_bytes bytes)
{
    return (bytes.size < 1 || (byte_at(bytes, 0) >= CHANGE_CIPHER_SPEC && byte_at(bytes, 0) <= APPLICATION_DATA)) &&
           (bytes.size < 2 || byte_at(bytes, 1) == 3) && (bytes.size < 3 || byte_at(bytes, 2) <= 4) &&
           (bytes.size < HEAD_SIZE || (content_size(bytes) > 0 && content_size(bytes) <= CONTENT_MAX));
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes said = opening->said[opening->first];

    if (!may_be_record(said))
        return VERDICT_NO;
    return said.size >= HEAD_SIZE ? VERDICT_YES : VERDICT_PERHAPS;
}

/* --- handshake messages --------------------------------------------------------------------------- */

static void notice_version(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes message)
{
    unsigned version = handshake_version(message);

    if (version == 0)
        return;
    records->version = version;
    if (version >= TLS_1_3)
        dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(8446, "2"), false, "%s",
                      _("from here on everything is encrypted, the certificate too: only how much passes can be seen"));
}

static size_t message_size(const struct direction *direction)
{
    zoc_bytes head = { direction->message, direction->used };

    return 4 + ((size_t)byte_at(head, 1) << 16 | byte_at(head, 2) << 8 | byte_at(head, 3));
}

static void drop_message(struct dialogue *dialogue, struct direction *direction, enum side speaker)
{
    size_t size = message_size(direction);
    zoc_bytes head = { direction->message, direction->used };
    char number[NUMBER_TEXT];

    dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(8446, "4"), false,
                  _("%s: it has %zu bytes, more than the %zu that are looked at"),
                  numbered_name(&tls_messages, byte_at(head, 0), number), size, MESSAGE_MAX);
    direction->unread = size - direction->used;
    direction->used = 0;
}

/* Takes as much as belongs to one message, and tells it when it is whole. Returns how much. */
static size_t take_message(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes bytes)
{
    struct direction *direction = &records->directions[speaker];
    size_t wanted = direction->used < 4 ? 4 - direction->used : message_size(direction) - direction->used;
    size_t size = bytes.size < wanted ? bytes.size : wanted;

    memcpy(direction->message + direction->used, bytes.data, size);
    direction->used += size;
    if (direction->used < 4)
        return size;
    if (message_size(direction) > MESSAGE_MAX) {
        drop_message(dialogue, direction, speaker);
    } else if (direction->used == message_size(direction)) {
        zoc_bytes message = { direction->message, direction->used };
        handshake_tell(dialogue, speaker, message);
        notice_version(dialogue, records, speaker, message);
        direction->used = 0;
    }
    return size;
}

static void take_handshake(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes bytes)
{
    struct direction *direction = &records->directions[speaker];

    if (direction->encrypted) {
        dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(5246, "7.4.9"), false, "%s",
                      _("a handshake message that is encrypted; right after change_cipher_spec it is Finished"));
        return;
    }
    while (bytes.size > 0) {
        size_t size = bytes.size < direction->unread ? bytes.size : direction->unread;
        direction->unread -= size;
        if (size == 0)
            size = take_message(dialogue, records, speaker, bytes);
        bytes = (zoc_bytes){ bytes.data + size, bytes.size - size };
    }
}

/* --- other records -------------------------------------------------------------------------------- */

/* A client of TLS 1.2 says it after the ServerHello; before that, it is one of TLS 1.3. */
static void take_change(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes content)
{
    bool modern = records->version == 0 || records->version >= TLS_1_3;

    (void)content;
    if (modern) {
        dialogue_tell(
            dialogue, speaker, no_words, (struct reference)RFC(8446, "D.4"), true, "%s",
            _("change_cipher_spec: it means nothing in TLS 1.3; middleboxes know it from before and expect it"));
        return;
    }
    records->directions[speaker].encrypted = true;
    dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(5246, "7.1"), false, "%s",
                  speaker == SIDE_CLIENT ? _("change_cipher_spec: from here on what the client says is encrypted")
                                         : _("change_cipher_spec: from here on what the server says is encrypted"));
}

static void take_alert(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes content)
{
    if (records->directions[speaker].encrypted)
        dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(5246, "7.2"), false, "%s",
                      _("an alert that is encrypted; at the end of a connection it is close_notify as a rule"));
    else
        alert_tell(dialogue, speaker, content);
}

static const char *hidden_text(const struct records *records, enum side speaker)
{
    if (records->version == 0)
        return _(
            "application_data before the server has answered: early data, encrypted with a key of an earlier session");
    if (records->version < TLS_1_3)
        return _("application_data: what the protocol above says, encrypted");
    if (speaker == SIDE_SERVER)
        return _("application_data: first the rest of the server's handshake, then what the protocol above says, all "
                 "encrypted");
    return _(
        "application_data: first the end of the client's handshake, then what the protocol above says, all encrypted");
}

static struct reference hidden_reference(const struct records *records)
{
    if (records->version > 0 && records->version < TLS_1_3)
        return (struct reference)RFC(5246, "6.2.3");
    return (struct reference)RFC(8446, "5.2");
}

/* Told where it begins; the sums, at the end. */
static void count_hidden(struct dialogue *dialogue, struct records *records, enum side speaker, size_t size)
{
    struct direction *direction = &records->directions[speaker];

    if (direction->hidden == 0)
        dialogue_tell(dialogue, speaker, no_words, hidden_reference(records), false, "%s",
                      hidden_text(records, speaker));
    direction->hidden++;
    direction->hidden_size += size;
}

/* --- the protocol --------------------------------------------------------------------------------- */

typedef void record_fn(struct dialogue *dialogue, struct records *records, enum side speaker, zoc_bytes content);

static record_fn *const takers[] = {
    [CHANGE_CIPHER_SPEC] = take_change,
    [ALERT] = take_alert,
    [HANDSHAKE] = take_handshake,
};

static size_t give_up(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(8446, "5.1"), false, "%s",
                  speaker == SIDE_SERVER
                      ? _("what the server says is no record of TLS: on this port it may speak without TLS, or want "
                          "STARTTLS first")
                      : _("what the client says is no record of TLS; nothing more of it is looked at"));
    dialogue_skip(dialogue, speaker, DIALOGUE_TO_THE_END);
    return bytes.size;
}

/* A record; of application_data the head alone, for the rest is skipped. */
static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    if (!may_be_record(bytes))
        return give_up(dialogue, speaker, bytes);
    if (bytes.size < HEAD_SIZE)
        return 0;
    unsigned type = byte_at(bytes, 0);
    size_t size = content_size(bytes);
    if (type == APPLICATION_DATA) {
        count_hidden(dialogue, state, speaker, size);
        dialogue_skip(dialogue, speaker, size);
        return HEAD_SIZE;
    }
    if (bytes.size < HEAD_SIZE + size)
        return 0;
    takers[type](dialogue, state, speaker, (zoc_bytes){ bytes.data + HEAD_SIZE, size });
    return HEAD_SIZE + size;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    const struct records *records = state;
    const struct direction *direction = &records->directions[speaker];

    if (direction->hidden > 0)
        dialogue_tell(dialogue, speaker, no_words, hidden_reference(records), false,
                      PLURAL("application_data: %llu record in all, of %llu bytes as they were encrypted",
                             "application_data: %llu records in all, of %llu bytes as they were encrypted",
                             (unsigned long)direction->hidden),
                      (unsigned long long)direction->hidden, (unsigned long long)direction->hidden_size);
    if (rest.size > 0 || direction->used > 0)
        dialogue_tell(dialogue, speaker, no_words, (struct reference)RFC(8446, "6.1"), false, "%s",
                      _("the end came in the middle of a message: what was said is cut off"));
}

const struct protocol protocol_tls = {
    .name = "tls",
    .title = "TLS",
    .summary = N_("encrypts what two sides say, and proves to the client who the server is"),
    .reference = RFC(8446, ""),
    .recognise = recognise,
    .state_size = sizeof(struct records),
    .take = take,
    .end = end,
    .tables = tls_tables,
    .table_count = TLS_TABLE_COUNT,
};
