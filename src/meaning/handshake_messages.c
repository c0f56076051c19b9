/* What follows the hellos: certificates, keys, and the end of the handshake. TLS 1.2 and 1.3 write some of them differently;
 * which of the two it is can be told from the lengths. */
#include "base/text.h"
#include "meaning/handshake_inside.h"

/* --- extensions of the server --------------------------------------------------------------------- */

void encrypted_extensions_describe(struct message *message)
{
    struct cursor extensions = cursor_vector(&message->body, 2);

    if (!cursor_is_done(&message->body)) {
        message_is_bad(message);
        return;
    }
    handshake_line(message->reader, (struct reference)RFC(8446, "4.3.1"), false, "%s",
                   extensions.size > 0 ? _("EncryptedExtensions: the server answers what else the client offered; this "
                                           "message is the first that is encrypted")
                                       : _("EncryptedExtensions: the server has nothing more to answer; this message "
                                           "is the first that is encrypted"));
    extensions_describe(message, extensions);
}

/* --- certificates --------------------------------------------------------------------------------- */

/* The list of a Certificate message; of TLS 1.3, with a context before it (RFC 8446 section 4.4.2). */
static struct cursor certificate_list(struct cursor body, bool *ret_modern)
{
    struct cursor older = body;
    struct cursor list = cursor_vector(&older, 3);

    *ret_modern = !cursor_is_done(&older);
    if (!*ret_modern)
        return list;
    cursor_vector(&body, 1);
    list = cursor_vector(&body, 3);
    list.bad |= !cursor_is_done(&body);
    return list;
}

static void describe_chain(const struct message *message, unsigned count, size_t total, bool modern)
{
    struct reference reference = modern ? (struct reference)RFC(8446, "4.4.2") : (struct reference)RFC(5246, "7.4.2");

    if (count == 0)
        handshake_line(message->reader, reference, false, "%s",
                       message->speaker == SIDE_CLIENT ? _("Certificate: the client has none to show")
                                                       : _("Certificate: the server shows none"));
    else if (message->speaker == SIDE_CLIENT)
        handshake_line(message->reader, reference, false,
                       PLURAL("Certificate: the client shows %u certificate (%zu bytes), its own",
                              "Certificate: the client shows %u certificates (%zu bytes), its own first", count),
                       count, total);
    else
        handshake_line(message->reader, reference, false,
                       PLURAL("Certificate: the server shows %u certificate (%zu bytes), its own",
                              "Certificate: the server shows %u certificates (%zu bytes), its own first", count),
                       count, total);
}

void certificate_describe(struct message *message)
{
    bool modern;
    struct cursor list = certificate_list(message->body, &modern), rest = list;
    unsigned count = 0;
    size_t total = 0;

    for (; rest.size > 0; count++) {
        total += cursor_vector(&rest, 3).size;
        if (modern)
            cursor_vector(&rest, 2); /* extensions of one certificate */
    }
    if (!cursor_is_done(&rest))
        message_is_bad(message);
    else
        describe_chain(message, count, total, modern);
}

static void describe_older_request(const struct message *message)
{
    struct cursor body = message->body;
    struct names names = { 0 };

    cursor_vector(&body, 1); /* types of certificates */
    struct cursor algorithms = cursor_vector(&body, 2);
    struct cursor authorities = cursor_vector(&body, 2);
    if (!cursor_is_done(&body)) {
        message_is_bad(message);
        return;
    }
    handshake_line(
        message->reader, (struct reference)RFC(5246, "7.4.4"), false, "%s",
        authorities.size > 0
            ? _("CertificateRequest: the server asks for a certificate of one of the authorities that it names")
            : _("CertificateRequest: the server asks for a certificate, of any authority"));
    names_add_numbers(&names, &tls_signatures, &algorithms);
    handshake_line(message->reader, (struct reference)RFC(5246, "7.4.4"), true, _("signatures that it can check: %s"),
                   names_text(&names));
}

void certificate_request_describe(struct message *message)
{
    struct cursor body = message->body;

    cursor_vector(&body, 1); /* certificate_request_context */
    struct cursor extensions = cursor_vector(&body, 2);
    if (!cursor_is_done(&body)) {
        describe_older_request(message);
        return;
    }
    handshake_line(message->reader, (struct reference)RFC(8446, "4.3.2"), false, "%s",
                   _("CertificateRequest: the server asks the client for a certificate"));
    extensions_describe(message, extensions);
}

void certificate_verify_describe(struct message *message)
{
    unsigned algorithm = cursor_number(&message->body, 2);
    struct cursor signature = cursor_vector(&message->body, 2);
    char number[NUMBER_TEXT];

    if (cursor_is_done(&message->body))
        handshake_line(
            message->reader, (struct reference)RFC(8446, "4.4.3"), false,
            PLURAL("CertificateVerify: a signature that proves that the speaker has the private key (%s, %zu byte)",
                   "CertificateVerify: a signature that proves that the speaker has the private key (%s, %zu bytes)",
                   signature.size),
            numbered_name(&tls_signatures, algorithm, number), signature.size);
    else
        message_is_bad(message);
}

void certificate_status_describe(struct message *message)
{
    unsigned type = cursor_number(&message->body, 1);
    struct cursor response = cursor_vector(&message->body, 3);

    if (!cursor_is_done(&message->body))
        message_is_bad(message);
    else if (type == 1)
        handshake_line(
            message->reader, (struct reference)RFC(6066, "8"), false,
            PLURAL("CertificateStatus: the authority's word on whether the certificate was revoked (OCSP, %zu byte)",
                   "CertificateStatus: the authority's word on whether the certificate was revoked (OCSP, %zu bytes)",
                   response.size),
            response.size);
    else
        message_describe_plainly(message);
}

/* --- keys ----------------------------------------------------------------------------------------- */

static bool describe_curve(const struct message *message)
{
    struct cursor body = message->body;
    unsigned kind = cursor_number(&body, 1), group = cursor_number(&body, 2);
    struct cursor key = cursor_vector(&body, 1);
    char number[NUMBER_TEXT];

    if (kind != 3 || body.bad) /* named_curve (RFC 8422 section 5.4) */
        return false;
    handshake_line(
        message->reader, (struct reference)RFC(8422, "5.4"), false,
        _("ServerKeyExchange: the server's half of the keys, on %s (%zu bytes), signed with its certificate's key"),
        numbered_name(&tls_groups, group, number), key.size);
    return true;
}

static bool describe_prime(const struct message *message)
{
    struct cursor body = message->body;
    struct cursor prime = cursor_vector(&body, 2);

    cursor_vector(&body, 2); /* generator */
    cursor_vector(&body, 2); /* public value */
    if (body.bad)
        return false;
    handshake_line(message->reader, (struct reference)RFC(5246, "7.4.3"), false,
                   _("ServerKeyExchange: the server's half of the keys, by Diffie-Hellman with a prime of %zu bits"),
                   prime.size * 8);
    return true;
}

void server_key_exchange_describe(struct message *message)
{
    if (!describe_curve(message) && !describe_prime(message))
        message_describe_plainly(message);
}

/* A point of a curve has one byte for its size, what RSA or Diffie-Hellman need has two. */
void client_key_exchange_describe(struct message *message)
{
    struct cursor body = message->body;
    struct cursor point = cursor_vector(&body, 1);

    if (cursor_is_done(&body))
        handshake_line(message->reader, (struct reference)RFC(8422, "5.7"), false,
                       PLURAL("ClientKeyExchange: the client's half of the keys, %zu byte; both can compute them now",
                              "ClientKeyExchange: the client's half of the keys, %zu bytes; both can compute them now",
                              point.size),
                       point.size);
    else
        handshake_line(
            message->reader, (struct reference)RFC(5246, "7.4.7"), false, "%s",
            _("ClientKeyExchange: the client's half of the keys, or a secret encrypted for the server's RSA key"));
}

void finished_describe(struct message *message)
{
    size_t size = message->body.size;
    bool older = size == 12; /* bytes of verify_data (RFC 5246 section 7.4.9); later as many as the hash has */

    handshake_line(message->reader, older ? (struct reference)RFC(5246, "7.4.9") : (struct reference)RFC(8446, "4.4.4"),
                   false,
                   PLURAL("Finished: a checksum over the whole handshake, made with the new keys (%zu byte): the other "
                          "side sees by it that nobody changed anything",
                          "Finished: a checksum over the whole handshake, made with the new keys (%zu bytes): the "
                          "other side sees by it that nobody changed anything",
                          size),
                   size);
}

/* --- afterwards ----------------------------------------------------------------------------------- */

static bool describe_older_ticket(const struct message *message)
{
    struct cursor body = message->body;
    unsigned lifetime = cursor_number(&body, 4);

    cursor_vector(&body, 2);
    if (!cursor_is_done(&body))
        return false;
    handshake_line(
        message->reader, (struct reference)RFC(5077, "3.3"), false,
        PLURAL("NewSessionTicket: for %u second, a later connection may skip certificates and key exchange with it",
               "NewSessionTicket: for %u seconds, a later connection may skip certificates and key exchange with it",
               lifetime),
        lifetime);
    return true;
}

void session_ticket_describe(struct message *message)
{
    struct cursor body = message->body;
    unsigned lifetime = cursor_number(&body, 4);

    cursor_take(&body, 4);   /* ticket_age_add */
    cursor_vector(&body, 1); /* nonce */
    cursor_vector(&body, 2); /* ticket */
    struct cursor extensions = cursor_vector(&body, 2);
    if (!cursor_is_done(&body)) {
        if (!describe_older_ticket(message))
            message_is_bad(message);
        return;
    }
    handshake_line(message->reader, (struct reference)RFC(8446, "4.6.1"), false,
                   PLURAL("NewSessionTicket: for %u second, a later connection may skip the certificates with it",
                          "NewSessionTicket: for %u seconds, a later connection may skip the certificates with it",
                          lifetime),
                   lifetime);
    extensions_describe(message, extensions);
}

void key_update_describe(struct message *message)
{
    unsigned requested = cursor_number(&message->body, 1);

    if (!cursor_is_done(&message->body) || requested > 1)
        message_is_bad(message);
    else
        handshake_line(message->reader, (struct reference)RFC(8446, "4.6.3"), false, "%s",
                       requested
                           ? _("KeyUpdate: the speaker goes on with new keys, and asks the other side to do the same")
                           : _("KeyUpdate: the speaker goes on with new keys"));
}
