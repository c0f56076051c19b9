#include "meaning/handshake.h"

#include "meaning/handshake_names.h"
#include "meaning/testing.h"

/* Lines of a message, as testing.h has those of a conversation. */
struct lines {
    struct handshake_reader reader; /* first */
    zoc_buffer text;
};

static void read_line(struct handshake_reader *reader, const struct handshake_line *line)
{
    struct lines *lines = (struct lines *)reader;
    char reference[REFERENCE_TEXT];

    assert_int_equal(zoc_buffer_printf(&lines->text, "%s%s (%s)\n", line->detail ? "+" : "", line->text,
                                       reference_format(&line->reference, reference, sizeof reference)),
                     0);
}

/* To be freed. */
static char *describe(enum side speaker, zoc_bytes message)
{
    struct lines lines = { .reader.read = read_line };

    handshake_describe(message, speaker, &lines.reader);
    assert_int_equal(zoc_buffer_append(&lines.text, "", 1), 0);
    return lines.text.data;
}

/* clang-format off */

static const struct {
    const char *name;
    enum side speaker;
    const char *bytes;
    size_t size;
    const char *lines;
} messages[] = {
    { "the client offers a key that both have", SIDE_CLIENT,
      "\001\000\000\170\003\003\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024"
      "\025\026\027\030\031\032\033\034\035\036\037\000\000\006\012\012\023\001\000\377\001\000\000\111\032\032\000"
      "\000\000\053\000\005\004\012\012\003\004\022\064\000\003\141\142\143\000\051\000\061\000\014\000\006\164\151"
      "\143\153\145\164\000\000\000\001\000\041\040\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017"
      "\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037", 124,
      "ClientHello: the client offers TLS 1.3 and 1 cipher suite; it names no server (RFC 8446, 4.1.2)\n"
      "+cipher suites, the preferred first: GREASE, TLS_AES_128_GCM_SHA256, TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 8446, B.4)\n"
      "+GREASE: a number without meaning: servers are to stay used to what they do not know (RFC 8701, 2)\n"
      "+supported_versions: GREASE, TLS 1.3; the versions that count; the field for the version is kept at TLS 1.2, for middleboxes refused what they did not know (RFC 8446, 4.2.1)\n"
      "+extension 4660, 3 bytes, which is not known here (RFC 8446, 4.2)\n"
      "+pre_shared_key: the client has 1; keys that both sides have already, mostly from an earlier session (RFC 8446, 4.2.11)\n" },
    { "an old client has no extensions", SIDE_CLIENT,
      "\001\000\000\057\003\001\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024"
      "\025\026\027\030\031\032\033\034\035\036\037\004\061\062\063\064\000\004\000\005\000\012\001\000", 51,
      "ClientHello: the client offers TLS 1.0 and 2 cipher suites; it names no server (RFC 8446, 4.1.2)\n"
      "+cipher suites, the preferred first: 0x0005, TLS_RSA_WITH_3DES_EDE_CBC_SHA (RFC 8446, B.4)\n"
      "+a session ID of 4 bytes: the client would like to go on with an earlier session (RFC 5246, 7.4.1.2)\n" },
    { "an extension whose lengths lie", SIDE_CLIENT,
      "\001\000\000\067\003\003\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024"
      "\025\026\027\030\031\032\033\034\035\036\037\000\000\002\023\001\001\000\000\014\000\000\000\010\000\020\000"
      "\000\003\141\142\143", 59,
      "ClientHello: the client offers TLS 1.2 and 1 cipher suite; it names no server (RFC 8446, 4.1.2)\n"
      "+cipher suites, the preferred first: TLS_AES_128_GCM_SHA256 (RFC 8446, B.4)\n"
      "+server_name: its lengths contradict each other (RFC 6066, 3)\n" },
    { "the server goes on with it", SIDE_SERVER,
      "\002\000\000\064\003\003\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024"
      "\025\026\027\030\031\032\033\034\035\036\037\000\023\001\000\000\014\000\053\000\002\003\004\000\051\000\002"
      "\000\000", 56,
      "ServerHello: the server chooses TLS 1.3 and TLS_AES_128_GCM_SHA256, and goes on with a key that both have already (RFC 8446, 2.2)\n"
      "+TLS_AES_128_GCM_SHA256: of TLS 1.3: a cipher that authenticates as well (AEAD), and a hash; the rest is agreed on apart (RFC 8446, B.4)\n"
      "+supported_versions: TLS 1.3; the versions that count; the field for the version is kept at TLS 1.2, for middleboxes refused what they did not know (RFC 8446, 4.2.1)\n"
      "+pre_shared_key: the server takes number 0, counted from 0; keys that both sides have already, mostly from an earlier session (RFC 8446, 4.2.11)\n" },
    { "the server warns of a downgrade", SIDE_SERVER,
      "\002\000\000\050\003\003\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024"
      "\025\026\027\104\117\127\116\107\122\104\001\000\300\057\000\000\000", 44,
      "ServerHello: the server chooses TLS 1.2 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5246, 7.4.1.3)\n"
      "+TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: of TLS 1.2: keys by Diffie-Hellman, which a stolen private key does not open later; a cipher that authenticates as well (AEAD) (RFC 5289, 3.2)\n"
      "+the random says that the server can do more than this version: a client that offered more breaks off (RFC 8446, 4.1.3)\n" },
    { "encrypted extensions", SIDE_SERVER,
      "\010\000\000\025\000\023\000\000\000\000\000\020\000\005\000\003\002\150\062\000\034\000\002\100\001", 25,
      "EncryptedExtensions: the server answers what else the client offered; this message is the first that is encrypted (RFC 8446, 4.3.1)\n"
      "+server_name: the server has heeded the name; the name that the client wants to reach (SNI), in plain sight; the server chooses its certificate by it (RFC 6066, 3)\n"
      "+application_layer_protocol_negotiation: h2; which protocols may be spoken inside (ALPN), the preferred first (RFC 7301, 3.1)\n"
      "+record_size_limit: 16385 bytes; the longest record that the speaker takes (RFC 8449, 4)\n" },
    { "no encrypted extensions", SIDE_SERVER,
      "\010\000\000\002\000\000", 6,
      "EncryptedExtensions: the server has nothing more to answer; this message is the first that is encrypted (RFC 8446, 4.3.1)\n" },
    { "certificate request of tls13", SIDE_SERVER,
      "\015\000\000\015\000\000\012\000\015\000\006\000\004\010\004\004\003", 17,
      "CertificateRequest: the server asks the client for a certificate (RFC 8446, 4.3.2)\n"
      "+signature_algorithms: rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256; the signatures that can be checked, the preferred first (RFC 8446, 4.2.3)\n" },
    { "certificate of tls13", SIDE_SERVER,
      "\013\000\001\116\000\000\001\112\000\001\054\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\000\000\000\000\024\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\000\000", 338,
      "Certificate: the server shows 2 certificates (320 bytes), its own first (RFC 8446, 4.4.2)\n" },
    { "certificate of tls12", SIDE_CLIENT,
      "\013\000\001\111\000\001\106\000\001\054\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\000\000\024\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171", 333,
      "Certificate: the client shows 2 certificates (320 bytes), its own first (RFC 5246, 7.4.2)\n" },
    { "no certificate", SIDE_CLIENT,
      "\013\000\000\004\000\000\000\000", 8,
      "Certificate: the client has none to show (RFC 8446, 4.4.2)\n" },
    { "certificate whose lengths lie", SIDE_SERVER,
      "\013\000\000\047\000\000\000\043\000\000\036\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170\170"
      "\170\170\170\170\170\170\170\170\170\170\170\170\170\170\000\011", 43,
      "Certificate: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, 6.2)\n" },
    { "certificate verify", SIDE_SERVER,
      "\017\000\001\004\010\004\001\000\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163"
      "\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163\163", 264,
      "CertificateVerify: a signature that proves that the speaker has the private key (rsa_pss_rsae_sha256, 256 bytes) (RFC 8446, 4.4.3)\n" },
    { "finished of tls13", SIDE_CLIENT,
      "\024\000\000\040\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026"
      "\027\030\031\032\033\034\035\036\037", 36,
      "Finished: a checksum over the whole handshake, made with the new keys (32 bytes): the other side sees by it that nobody changed anything (RFC 8446, 4.4.4)\n" },
    { "finished of tls12", SIDE_CLIENT,
      "\024\000\000\014\000\001\002\003\004\005\006\007\010\011\012\013", 16,
      "Finished: a checksum over the whole handshake, made with the new keys (12 bytes): the other side sees by it that nobody changed anything (RFC 5246, 7.4.9)\n" },
    { "ticket of tls13", SIDE_SERVER,
      "\004\000\000\052\000\000\034\040\141\142\143\144\001\156\000\024\164\164\164\164\164\164\164\164\164\164\164"
      "\164\164\164\164\164\164\164\164\164\000\010\000\052\000\004\000\000\100\000", 46,
      "NewSessionTicket: for 7200 seconds, a later connection may skip the certificates with it (RFC 8446, 4.6.1)\n"
      "+early_data: data that the client sends at once, before the server has answered (0-RTT); somebody may replay them (RFC 8446, 4.2.10)\n" },
    { "ticket of tls12", SIDE_SERVER,
      "\004\000\000\032\000\000\034\040\000\024\164\164\164\164\164\164\164\164\164\164\164\164\164\164\164\164\164"
      "\164\164\164", 30,
      "NewSessionTicket: for 7200 seconds, a later connection may skip certificates and key exchange with it (RFC 5077, 3.3)\n" },
    { "key update", SIDE_CLIENT,
      "\030\000\000\001\001", 5,
      "KeyUpdate: the speaker goes on with new keys, and asks the other side to do the same (RFC 8446, 4.6.3)\n" },
    { "key update of one side", SIDE_CLIENT,
      "\030\000\000\001\000", 5,
      "KeyUpdate: the speaker goes on with new keys (RFC 8446, 4.6.3)\n" },
    { "key update that is none", SIDE_CLIENT,
      "\030\000\000\001\002", 5,
      "KeyUpdate: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, 6.2)\n" },
    { "end of early data", SIDE_CLIENT,
      "\005\000\000\000", 4,
      "EndOfEarlyData: the client's early data end here (RFC 8446, 4.5)\n" },
    { "hello request", SIDE_SERVER,
      "\000\000\000\000", 4,
      "HelloRequest: the server asks for another handshake on the same connection (RFC 5246, 7.4.1.1)\n" },
    { "certificate status", SIDE_SERVER,
      "\026\000\000\010\001\000\000\004\157\143\163\160", 12,
      "CertificateStatus: the authority's word on whether the certificate was revoked (OCSP, 4 bytes) (RFC 6066, 8)\n" },
    { "server key exchange with a prime", SIDE_SERVER,
      "\014\000\002\025\001\000\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160"
      "\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\160\000\001\002\001\000\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171\171"
      "\171\171\171\171\171\171\171\171\171\171\004\001\000\012\163\163\163\163\163\163\163\163\163\163", 537,
      "ServerKeyExchange: the server's half of the keys, by Diffie-Hellman with a prime of 2048 bits (RFC 5246, 7.4.3)\n" },
    { "server key exchange of another kind", SIDE_SERVER,
      "\014\000\000\006\000\004\150\151\156\164", 10,
      "ServerKeyExchange: the server's half of the keys, up to TLS 1.2 (RFC 5246, 7.4.3)\n" },
    { "client key exchange with rsa", SIDE_CLIENT,
      "\020\000\001\002\001\000\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162"
      "\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162\162", 262,
      "ClientKeyExchange: the client's half of the keys, or a secret encrypted for the server's RSA key (RFC 5246, 7.4.7)\n" },
    { "compressed certificate", SIDE_SERVER,
      "\031\000\000\011\000\001\000\000\000\000\000\001\172", 13,
      "CompressedCertificate: the certificates, compressed (RFC 8879, 4)\n" },
    { "an unknown message", SIDE_SERVER,
      "\143\000\000\003\170\171\172", 7,
      "a handshake message of type 99, 3 bytes, which is not known here (RFC 8446, 4)\n" },
    { "a message that is cut", SIDE_SERVER,
      "\013\000\000\003\000\000", 6,
      "Certificate: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, 6.2)\n" },
    { "a head that is cut", SIDE_SERVER,
      "\001", 1,
      "ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, 6.2)\n" },
};

/* clang-format on */

#define MESSAGE_COUNT (sizeof messages / sizeof *messages)

static void each_message_has_its_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        char *lines = describe(messages[i].speaker, (zoc_bytes){ messages[i].bytes, messages[i].size });
        if (strcmp(lines, messages[i].lines) != 0)
            print_error("%s\n", messages[i].name);
        assert_string_equal(lines, messages[i].lines);
        free(lines);
    }
}

static void a_message_that_is_cut_anywhere_is_said_to_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        for (size_t size = 0; size < messages[i].size; size++) {
            char *bytes = malloc(size ? size : 1); /* so that ASan sees what is read past the end */
            memcpy(bytes, messages[i].bytes, size);
            char *lines = describe(SIDE_SERVER, (zoc_bytes){ bytes, size });
            assert_non_null(strstr(lines, "it cannot be read"));
            free(lines);
            free(bytes);
        }
}

static void no_length_that_lies_does_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        char *bytes = malloc(messages[i].size);
        memcpy(bytes, messages[i].bytes, messages[i].size);
        for (size_t at = 0; at < messages[i].size; at++)
            for (unsigned value = 0; value < 256; value += 15) {
                bytes[at] = (char)value;
                free(describe(messages[i].speaker, (zoc_bytes){ bytes, messages[i].size }));
                bytes[at] = messages[i].bytes[at];
            }
        free(bytes);
    }
}

static void the_server_settles_the_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        unsigned version = handshake_version((zoc_bytes){ messages[i].bytes, messages[i].size });
        bool modern = strcmp(messages[i].name, "the server goes on with it") == 0;
        bool older = strcmp(messages[i].name, "the server warns of a downgrade") == 0;
        assert_int_equal(version, modern ? 0x0304 : older ? 0x0303 : 0);
    }
}

static void expect_alert(const char *bytes, size_t size, const char *expected)
{
    struct lines lines = { .reader.read = read_line };

    alert_describe((zoc_bytes){ bytes, size }, &lines.reader);
    assert_int_equal(zoc_buffer_append(&lines.text, "", 1), 0);
    assert_string_equal(lines.text.data, expected);
    zoc_buffer_release(&lines.text);
}

static void alerts_have_their_meanings(void **state)
{
    (void)state;
    expect_alert("\1\0", 2,
                 "alert close_notify: the sender says no more: the end is meant, and nothing was cut off "
                 "(RFC 8446, 6.1)\n");
    expect_alert("\2\60", 2,
                 "alert unknown_ca, which ends the connection: the sender does not know or trust the "
                 "authority behind the certificate (RFC 8446, 6.2)\n");
    expect_alert("\2\377", 2, "alert number 255, which is not known here (RFC 8446, 6)\n");
    expect_alert("\2", 1, "an alert of 1 byte; it should have two: a level and a description (RFC 8446, 6)\n");
    expect_alert("\2\0\0", 3, "an alert of 3 bytes; it should have two: a level and a description (RFC 8446, 6)\n");
}

static void numbers_have_names(void **state)
{
    char text[NUMBER_TEXT];

    (void)state;
    assert_string_equal(numbered_name(&tls_suites, 0x1301, text), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(numbered_name(&tls_suites, 0xfafa, text), "GREASE");
    assert_string_equal(numbered_name(&tls_suites, 0xfa0a, text), "0xfa0a");
    assert_string_equal(numbered_name(&tls_groups, 0x001d, text), "x25519");
    assert_string_equal(numbered_name(&tls_signatures, 0xffff, text), "0xffff");
    assert_string_equal(numbered_find(&tls_alerts, 40)->word, "handshake_failure");
    assert_null(numbered_find(&tls_alerts, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_has_its_lines),    cmocka_unit_test(a_message_that_is_cut_anywhere_is_said_to_be),
        cmocka_unit_test(no_length_that_lies_does_harm), cmocka_unit_test(the_server_settles_the_version),
        cmocka_unit_test(alerts_have_their_meanings),    cmocka_unit_test(numbers_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
