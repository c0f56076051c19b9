#include "meaning/handshake_names.h"

#include "base/text.h"

#include <stdio.h>

/* Each list is a table of rows and one of their numbers, from one place. */
#define NUMBER_OF(number, ...)          number,
#define ROW_OF(number, word, text, ...) { word, text, __VA_ARGS__, false },
#define NUMBERED(name, LIST)                                      \
    static const uint16_t name##_numbers[] = { LIST(NUMBER_OF) }; \
    static const struct meaning name##_rows[] = { LIST(ROW_OF) }; \
    const struct numbered name = { name##_numbers, name##_rows, sizeof name##_numbers / sizeof *name##_numbers }

/* clang-format off */

#define VERSIONS(ROW) \
    ROW(0x0300, "SSL 3.0", N_("of 1996, and broken: nobody may use it any more"), RFC(7568, "3")) \
    ROW(0x0301, "TLS 1.0", N_("of 1999, and deprecated"), RFC(8996, "4")) \
    ROW(0x0302, "TLS 1.1", N_("of 2006, and deprecated"), RFC(8996, "5")) \
    ROW(0x0303, "TLS 1.2", N_("of 2008: most of the handshake is in plain text, the certificates too"), RFC(5246, "")) \
    ROW(0x0304, "TLS 1.3", N_("of 2018: everything after the two hellos is encrypted, and the handshake takes one round trip"), RFC(8446, ""))

#define RECORD_TYPES(ROW) \
    ROW(20, "change_cipher_spec", N_("up to TLS 1.2: what the sender says from here on is encrypted; TLS 1.3 sends it for the sake of middleboxes only"), RFC(8446, "D.4")) \
    ROW(21, "alert", N_("a message on the state of the connection: something went wrong, or the sender says no more"), RFC(8446, "6")) \
    ROW(22, "handshake", N_("messages by which both sides agree on versions, ciphers and keys"), RFC(8446, "4")) \
    ROW(23, "application_data", N_("what the protocol above has to say, encrypted; TLS 1.3 dresses everything that is encrypted as this"), RFC(8446, "5.2")) \
    ROW(24, "heartbeat", N_("a sign of life that the other side echoes"), RFC(6520, "3"))

#define MESSAGES(ROW) \
    ROW(0, "HelloRequest", N_("the server asks for another handshake on the same connection"), RFC(5246, "7.4.1.1")) \
    ROW(1, "ClientHello", N_("the client offers what it can: versions, cipher suites, extensions"), RFC(8446, "4.1.2")) \
    ROW(2, "ServerHello", N_("the server has chosen from the client's offer"), RFC(8446, "4.1.3")) \
    ROW(4, "NewSessionTicket", N_("the server hands out a ticket, with which a later connection can skip the certificates"), RFC(8446, "4.6.1")) \
    ROW(5, "EndOfEarlyData", N_("the client's early data end here"), RFC(8446, "4.5")) \
    ROW(8, "EncryptedExtensions", N_("the server answers those extensions that do not belong into the ServerHello"), RFC(8446, "4.3.1")) \
    ROW(11, "Certificate", N_("who the speaker is: its certificate, and those that vouch for it"), RFC(8446, "4.4.2")) \
    ROW(12, "ServerKeyExchange", N_("the server's half of the keys, up to TLS 1.2"), RFC(5246, "7.4.3")) \
    ROW(13, "CertificateRequest", N_("the server asks the client for a certificate"), RFC(8446, "4.3.2")) \
    ROW(14, "ServerHelloDone", N_("the server has said its part and waits for the client, up to TLS 1.2"), RFC(5246, "7.4.5")) \
    ROW(15, "CertificateVerify", N_("a signature that proves that the speaker has the private key of its certificate"), RFC(8446, "4.4.3")) \
    ROW(16, "ClientKeyExchange", N_("the client's half of the keys, up to TLS 1.2"), RFC(5246, "7.4.7")) \
    ROW(20, "Finished", N_("a checksum with the new keys over the whole handshake, by which the other side sees that nobody changed anything"), RFC(8446, "4.4.4")) \
    ROW(21, "CertificateURL", N_("the client's certificate is to be fetched from an address"), RFC(6066, "5")) \
    ROW(22, "CertificateStatus", N_("the authority's word on whether the server's certificate was revoked (OCSP stapling)"), RFC(6066, "8")) \
    ROW(24, "KeyUpdate", N_("the speaker goes on with new keys, derived from the old ones"), RFC(8446, "4.6.3")) \
    ROW(25, "CompressedCertificate", N_("the certificates, compressed"), RFC(8879, "4"))

#define ALERTS(ROW) \
    ROW(0, "close_notify", N_("the sender says no more: the end is meant, and nothing was cut off"), RFC(8446, "6.1")) \
    ROW(10, "unexpected_message", N_("a message came that does not belong there"), RFC(8446, "6.2")) \
    ROW(20, "bad_record_mac", N_("a record did not decrypt: it was changed on the way, or the keys differ"), RFC(8446, "6.2")) \
    ROW(21, "decryption_failed", N_("a record did not decrypt; old versions alone say so, for it helps attackers"), RFC(5246, "7.2.2")) \
    ROW(22, "record_overflow", N_("a record was longer than is allowed"), RFC(8446, "6.2")) \
    ROW(30, "decompression_failure", N_("a record did not decompress, up to TLS 1.2"), RFC(5246, "7.2.2")) \
    ROW(40, "handshake_failure", N_("the sender found nothing that both sides accept: as a rule of cipher suites, groups or signatures"), RFC(8446, "6.2")) \
    ROW(41, "no_certificate", N_("there is no certificate to show; SSL 3.0 alone says so"), RFC(5246, "7.2.2")) \
    ROW(42, "bad_certificate", N_("a certificate is damaged, or its signature is wrong"), RFC(8446, "6.2")) \
    ROW(43, "unsupported_certificate", N_("a certificate is of a kind that the sender cannot use"), RFC(8446, "6.2")) \
    ROW(44, "certificate_revoked", N_("a certificate was revoked by who issued it"), RFC(8446, "6.2")) \
    ROW(45, "certificate_expired", N_("a certificate has expired, or is not valid yet"), RFC(8446, "6.2")) \
    ROW(46, "certificate_unknown", N_("a certificate was not accepted, for some other reason"), RFC(8446, "6.2")) \
    ROW(47, "illegal_parameter", N_("a field in the handshake has a value that is not allowed, or contradicts others"), RFC(8446, "6.2")) \
    ROW(48, "unknown_ca", N_("the sender does not know or trust the authority behind the certificate"), RFC(8446, "6.2")) \
    ROW(49, "access_denied", N_("the certificate is valid, but its holder may not come in"), RFC(8446, "6.2")) \
    ROW(50, "decode_error", N_("a message could not be read: a length or a field in it is wrong"), RFC(8446, "6.2")) \
    ROW(51, "decrypt_error", N_("a signature or a Finished message did not check out"), RFC(8446, "6.2")) \
    ROW(60, "export_restriction", N_("weak keys for export were refused; long out of use"), RFC(5246, "7.2.2")) \
    ROW(70, "protocol_version", N_("the version that was offered is known, but not accepted"), RFC(8446, "6.2")) \
    ROW(71, "insufficient_security", N_("the server wants stronger ciphers than the client has"), RFC(8446, "6.2")) \
    ROW(80, "internal_error", N_("something failed on the sender's side that has nothing to do with the peer"), RFC(8446, "6.2")) \
    ROW(86, "inappropriate_fallback", N_("the client came back with a lower version although the server has a higher one"), RFC(7507, "3")) \
    ROW(90, "user_canceled", N_("the sender gives up the handshake, for no fault of the protocol"), RFC(8446, "6.1")) \
    ROW(100, "no_renegotiation", N_("the sender does not want another handshake on this connection, up to TLS 1.2"), RFC(5246, "7.2.2")) \
    ROW(109, "missing_extension", N_("an extension is missing that has to be there"), RFC(8446, "6.2")) \
    ROW(110, "unsupported_extension", N_("an extension came that is not allowed in that message, or was not asked for"), RFC(8446, "6.2")) \
    ROW(111, "certificate_unobtainable", N_("the client's certificate could not be fetched from its address"), RFC(6066, "5")) \
    ROW(112, "unrecognized_name", N_("the server does not serve the name that the client asked for"), RFC(8446, "6.2")) \
    ROW(113, "bad_certificate_status_response", N_("the proof that the certificate was not revoked is no good"), RFC(8446, "6.2")) \
    ROW(114, "bad_certificate_hash_value", N_("a certificate that was fetched is not the one that was meant"), RFC(6066, "5")) \
    ROW(115, "unknown_psk_identity", N_("the server knows none of the shared keys that the client named"), RFC(8446, "6.2")) \
    ROW(116, "certificate_required", N_("the server wants a certificate, and the client showed none"), RFC(8446, "6.2")) \
    ROW(120, "no_application_protocol", N_("the server speaks none of the protocols that the client offered by ALPN"), RFC(7301, "3.2")) \
    ROW(121, "ech_required", N_("the server could not decrypt the hidden ClientHello, and the client does not go on without it"), RFC(9849, "11.2"))

#define SUITE_TLS13 N_("of TLS 1.3: a cipher that authenticates as well (AEAD), and a hash; the rest is agreed on apart")
#define SUITE_AEAD N_("of TLS 1.2: keys by Diffie-Hellman, which a stolen private key does not open later; a cipher that authenticates as well (AEAD)")
#define SUITE_CBC N_("of TLS 1.2 or older: keys by Diffie-Hellman; blocks that are chained (CBC), which attacks have used")
#define SUITE_RSA_AEAD N_("of TLS 1.2: keys encrypted for the server's RSA key: whoever gets that key later can read what was recorded; AEAD")
#define SUITE_RSA_CBC N_("of TLS 1.2 or older: keys encrypted for the server's RSA key: whoever gets that key later can read what was recorded; CBC")

#define SUITES(ROW) \
    ROW(0x1301, "TLS_AES_128_GCM_SHA256", SUITE_TLS13, RFC(8446, "B.4")) \
    ROW(0x1302, "TLS_AES_256_GCM_SHA384", SUITE_TLS13, RFC(8446, "B.4")) \
    ROW(0x1303, "TLS_CHACHA20_POLY1305_SHA256", SUITE_TLS13, RFC(8446, "B.4")) \
    ROW(0x1304, "TLS_AES_128_CCM_SHA256", SUITE_TLS13, RFC(8446, "B.4")) \
    ROW(0x1305, "TLS_AES_128_CCM_8_SHA256", SUITE_TLS13, RFC(8446, "B.4")) \
    ROW(0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", SUITE_AEAD, RFC(5289, "3.2")) \
    ROW(0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", SUITE_AEAD, RFC(5289, "3.2")) \
    ROW(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", SUITE_AEAD, RFC(5289, "3.2")) \
    ROW(0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", SUITE_AEAD, RFC(5289, "3.2")) \
    ROW(0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", SUITE_AEAD, RFC(7905, "2")) \
    ROW(0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", SUITE_AEAD, RFC(7905, "2")) \
    ROW(0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", SUITE_AEAD, RFC(7905, "2")) \
    ROW(0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", SUITE_AEAD, RFC(7251, "2")) \
    ROW(0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", SUITE_AEAD, RFC(7251, "2")) \
    ROW(0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", SUITE_AEAD, RFC(5288, "3")) \
    ROW(0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", SUITE_AEAD, RFC(5288, "3")) \
    ROW(0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM", SUITE_AEAD, RFC(6655, "3")) \
    ROW(0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM", SUITE_AEAD, RFC(6655, "3")) \
    ROW(0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", SUITE_CBC, RFC(8422, "6")) \
    ROW(0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", SUITE_CBC, RFC(8422, "6")) \
    ROW(0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", SUITE_CBC, RFC(8422, "6")) \
    ROW(0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", SUITE_CBC, RFC(8422, "6")) \
    ROW(0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", SUITE_CBC, RFC(5289, "3.1")) \
    ROW(0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", SUITE_CBC, RFC(5289, "3.1")) \
    ROW(0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", SUITE_CBC, RFC(5289, "3.1")) \
    ROW(0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", SUITE_CBC, RFC(5289, "3.1")) \
    ROW(0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", SUITE_CBC, RFC(5246, "A.5")) \
    ROW(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", SUITE_CBC, RFC(5246, "A.5")) \
    ROW(0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", SUITE_CBC, RFC(5246, "A.5")) \
    ROW(0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", SUITE_CBC, RFC(5246, "A.5")) \
    ROW(0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", SUITE_RSA_AEAD, RFC(5288, "3")) \
    ROW(0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", SUITE_RSA_AEAD, RFC(5288, "3")) \
    ROW(0xc09c, "TLS_RSA_WITH_AES_128_CCM", SUITE_RSA_AEAD, RFC(6655, "3")) \
    ROW(0xc09d, "TLS_RSA_WITH_AES_256_CCM", SUITE_RSA_AEAD, RFC(6655, "3")) \
    ROW(0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", SUITE_RSA_CBC, RFC(5246, "A.5")) \
    ROW(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", SUITE_RSA_CBC, RFC(5246, "A.5")) \
    ROW(0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256", SUITE_RSA_CBC, RFC(5246, "A.5")) \
    ROW(0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256", SUITE_RSA_CBC, RFC(5246, "A.5")) \
    ROW(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", SUITE_RSA_CBC, RFC(5246, "A.5")) \
    ROW(0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", N_("no cipher: a sign that the client knows how to renegotiate safely"), RFC(5746, "3.3")) \
    ROW(0x5600, "TLS_FALLBACK_SCSV", N_("no cipher: a sign that the client tried a higher version before and failed"), RFC(7507, "2"))

#define GROUPS(ROW) \
    ROW(0x0017, "secp256r1", N_("the elliptic curve P-256 of NIST"), RFC(8422, "5.1.1")) \
    ROW(0x0018, "secp384r1", N_("the elliptic curve P-384 of NIST"), RFC(8422, "5.1.1")) \
    ROW(0x0019, "secp521r1", N_("the elliptic curve P-521 of NIST"), RFC(8422, "5.1.1")) \
    ROW(0x001d, "x25519", N_("the elliptic curve Curve25519; public keys have 32 bytes"), RFC(7748, "6.1")) \
    ROW(0x001e, "x448", N_("the elliptic curve Curve448; public keys have 56 bytes"), RFC(7748, "6.2")) \
    ROW(0x0100, "ffdhe2048", N_("Diffie-Hellman with a prime of 2048 bits"), RFC(7919, "A.1")) \
    ROW(0x0101, "ffdhe3072", N_("Diffie-Hellman with a prime of 3072 bits"), RFC(7919, "A.2")) \
    ROW(0x0102, "ffdhe4096", N_("Diffie-Hellman with a prime of 4096 bits"), RFC(7919, "A.3")) \
    ROW(0x0103, "ffdhe6144", N_("Diffie-Hellman with a prime of 6144 bits"), RFC(7919, "A.4")) \
    ROW(0x0104, "ffdhe8192", N_("Diffie-Hellman with a prime of 8192 bits"), RFC(7919, "A.5")) \
    ROW(0x11ec, "X25519MLKEM768", N_("Curve25519 together with ML-KEM, which a quantum computer is not known to break"), DOCUMENT("draft-ietf-tls-ecdhe-mlkem"))

#define SIGNATURES(ROW) \
    ROW(0x0401, "rsa_pkcs1_sha256", N_("RSA with the older padding of PKCS #1; TLS 1.3 has it in certificates alone"), RFC(8446, "4.2.3")) \
    ROW(0x0501, "rsa_pkcs1_sha384", N_("RSA with the older padding of PKCS #1; TLS 1.3 has it in certificates alone"), RFC(8446, "4.2.3")) \
    ROW(0x0601, "rsa_pkcs1_sha512", N_("RSA with the older padding of PKCS #1; TLS 1.3 has it in certificates alone"), RFC(8446, "4.2.3")) \
    ROW(0x0403, "ecdsa_secp256r1_sha256", N_("ECDSA, on an elliptic curve of NIST"), RFC(8446, "4.2.3")) \
    ROW(0x0503, "ecdsa_secp384r1_sha384", N_("ECDSA, on an elliptic curve of NIST"), RFC(8446, "4.2.3")) \
    ROW(0x0603, "ecdsa_secp521r1_sha512", N_("ECDSA, on an elliptic curve of NIST"), RFC(8446, "4.2.3")) \
    ROW(0x0804, "rsa_pss_rsae_sha256", N_("RSA with the padding PSS, by an ordinary RSA key"), RFC(8446, "4.2.3")) \
    ROW(0x0805, "rsa_pss_rsae_sha384", N_("RSA with the padding PSS, by an ordinary RSA key"), RFC(8446, "4.2.3")) \
    ROW(0x0806, "rsa_pss_rsae_sha512", N_("RSA with the padding PSS, by an ordinary RSA key"), RFC(8446, "4.2.3")) \
    ROW(0x0807, "ed25519", N_("EdDSA on the curve edwards25519"), RFC(8446, "4.2.3")) \
    ROW(0x0808, "ed448", N_("EdDSA on the curve edwards448"), RFC(8446, "4.2.3")) \
    ROW(0x0809, "rsa_pss_pss_sha256", N_("RSA with the padding PSS, by a key that is for that alone"), RFC(8446, "4.2.3")) \
    ROW(0x080a, "rsa_pss_pss_sha384", N_("RSA with the padding PSS, by a key that is for that alone"), RFC(8446, "4.2.3")) \
    ROW(0x080b, "rsa_pss_pss_sha512", N_("RSA with the padding PSS, by a key that is for that alone"), RFC(8446, "4.2.3")) \
    ROW(0x0201, "rsa_pkcs1_sha1", N_("with SHA-1, which is broken for signatures"), RFC(9155, "")) \
    ROW(0x0203, "ecdsa_sha1", N_("with SHA-1, which is broken for signatures"), RFC(9155, ""))

#define EXTENSIONS(ROW) \
    ROW(0, "server_name", N_("the name that the client wants to reach (SNI), in plain sight; the server chooses its certificate by it"), RFC(6066, "3")) \
    ROW(1, "max_fragment_length", N_("smaller records are wanted"), RFC(6066, "4")) \
    ROW(5, "status_request", N_("the authority's word is wanted on whether the certificate was revoked (OCSP stapling)"), RFC(6066, "8")) \
    ROW(10, "supported_groups", N_("the curves and groups in which keys can be agreed on, the preferred first"), RFC(8446, "4.2.7")) \
    ROW(11, "ec_point_formats", N_("how points of elliptic curves may be written"), RFC(8422, "5.1.2")) \
    ROW(13, "signature_algorithms", N_("the signatures that can be checked, the preferred first"), RFC(8446, "4.2.3")) \
    ROW(14, "use_srtp", N_("keys are wanted for SRTP: sound and pictures"), RFC(5764, "4.1.1")) \
    ROW(15, "heartbeat", N_("signs of life may be sent"), RFC(6520, "2")) \
    ROW(16, "application_layer_protocol_negotiation", N_("which protocols may be spoken inside (ALPN), the preferred first"), RFC(7301, "3.1")) \
    ROW(18, "signed_certificate_timestamp", N_("proof that the certificate stands in a public log (Certificate Transparency)"), RFC(6962, "3.3.1")) \
    ROW(19, "client_certificate_type", N_("what the client may show instead of a certificate of X.509"), RFC(7250, "3")) \
    ROW(20, "server_certificate_type", N_("what the server may show instead of a certificate of X.509"), RFC(7250, "3")) \
    ROW(21, "padding", N_("zeroes that make the message longer: some servers failed at certain sizes"), RFC(7685, "")) \
    ROW(22, "encrypt_then_mac", N_("with CBC, what was encrypted is authenticated and not the other way round"), RFC(7366, "")) \
    ROW(23, "extended_master_secret", N_("keys depend on the whole handshake, so that two connections cannot be made to share them"), RFC(7627, "")) \
    ROW(27, "compress_certificate", N_("certificates may come compressed"), RFC(8879, "3")) \
    ROW(28, "record_size_limit", N_("the longest record that the speaker takes"), RFC(8449, "4")) \
    ROW(34, "delegated_credential", N_("the server may use a short-lived key that its certificate vouches for"), RFC(9345, "4")) \
    ROW(35, "session_ticket", N_("tickets of TLS 1.2, with which a later connection is shorter"), RFC(5077, "3.2")) \
    ROW(41, "pre_shared_key", N_("keys that both sides have already, mostly from an earlier session"), RFC(8446, "4.2.11")) \
    ROW(42, "early_data", N_("data that the client sends at once, before the server has answered (0-RTT); somebody may replay them"), RFC(8446, "4.2.10")) \
    ROW(43, "supported_versions", N_("the versions that count; the field for the version is kept at TLS 1.2, for middleboxes refused what they did not know"), RFC(8446, "4.2.1")) \
    ROW(44, "cookie", N_("what the server wanted to have sent back"), RFC(8446, "4.2.2")) \
    ROW(45, "psk_key_exchange_modes", N_("how keys from an earlier session may be used"), RFC(8446, "4.2.9")) \
    ROW(47, "certificate_authorities", N_("the authorities that the speaker trusts"), RFC(8446, "4.2.4")) \
    ROW(48, "oid_filters", N_("what the client's certificate has to contain"), RFC(8446, "4.2.5")) \
    ROW(49, "post_handshake_auth", N_("the client can be asked for a certificate later"), RFC(8446, "4.2.6")) \
    ROW(50, "signature_algorithms_cert", N_("the signatures that may be in certificates"), RFC(8446, "4.2.3")) \
    ROW(51, "key_share", N_("public keys, sent at once so that no round trip is lost"), RFC(8446, "4.2.8")) \
    ROW(57, "quic_transport_parameters", N_("what QUIC has to agree on"), RFC(9001, "8.2")) \
    ROW(0xfe0d, "encrypted_client_hello", N_("another ClientHello, encrypted, with the name that is really wanted (ECH)"), RFC(9849, "5")) \
    ROW(0xff01, "renegotiation_info", N_("ties another handshake on this connection to this one"), RFC(5746, "3.2")) \
    ROW(0x0a0a, "GREASE", N_("a number without meaning: servers are to stay used to what they do not know"), RFC(8701, "2"))

/* clang-format on */

NUMBERED(tls_versions, VERSIONS);
NUMBERED(tls_record_types, RECORD_TYPES);
NUMBERED(tls_messages, MESSAGES);
NUMBERED(tls_alerts, ALERTS);
NUMBERED(tls_suites, SUITES);
NUMBERED(tls_groups, GROUPS);
NUMBERED(tls_signatures, SIGNATURES);
NUMBERED(tls_extensions, EXTENSIONS);

const struct meanings tls_tables[TLS_TABLE_COUNT] = {
    MEANINGS(N_("version of TLS"), tls_versions_rows),
    MEANINGS(N_("record type of TLS"), tls_record_types_rows),
    MEANINGS(N_("handshake message"), tls_messages_rows),
    MEANINGS(N_("alert of TLS"), tls_alerts_rows),
    MEANINGS(N_("cipher suite"), tls_suites_rows),
    MEANINGS(N_("group of TLS"), tls_groups_rows),
    MEANINGS(N_("signature algorithm"), tls_signatures_rows),
    MEANINGS(N_("extension of TLS"), tls_extensions_rows),
};

const struct meaning *numbered_find(const struct numbered *numbered, unsigned number)
{
    for (size_t i = 0; i < numbered->count; i++)
        if (numbered->numbers[i] == number)
            return &numbered->rows[i];
    return NULL;
}

bool tls_is_grease(unsigned number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

const char *numbered_name(const struct numbered *numbered, unsigned number, char *text)
{
    const struct meaning *row = numbered_find(numbered, number);

    if (row)
        return row->word;
    if (tls_is_grease(number))
        return "GREASE";
    snprintf(text, NUMBER_TEXT, "0x%04x", number & 0xffffu);
    return text;
}
