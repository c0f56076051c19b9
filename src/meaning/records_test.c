#include "meaning/records_captured.h"

static void tls13_shows_its_hellos_and_then_only_sizes(void **state)
{
    (void)state;
    EXPECT_REMARKS(
        openssl13, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: the client wants 'zocalo.example', and offers TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0 and 30 cipher "
        "suites (RFC 8446, 4.1.2)\n"
        "+C cipher suites, the preferred first: TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, "
        "TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 and 25 more (RFC 8446, B.4)\n"
        "+C a session ID of 32 bytes: TLS 1.3 has no use for it, but middleboxes know it from before (RFC 8446, D.4)\n"
        "+C server_name: zocalo.example; the name that the client wants to reach (SNI), in plain sight; the server "
        "chooses its certificate by it (RFC 6066, 3)\n"
        "+C ec_point_formats: how points of elliptic curves may be written (RFC 8422, 5.1.2)\n"
        "+C supported_groups: x25519, secp256r1, x448, secp521r1, secp384r1, ffdhe2048 and 4 more; the curves and "
        "groups in which keys can be agreed on, the preferred first (RFC 8446, 4.2.7)\n"
        "+C session_ticket: the client has none yet, and would like one; tickets of TLS 1.2, with which a later "
        "connection is shorter (RFC 5077, 3.2)\n"
        "+C application_layer_protocol_negotiation: h2, http/1.1; which protocols may be spoken inside (ALPN), the "
        "preferred first (RFC 7301, 3.1)\n"
        "+C encrypt_then_mac: with CBC, what was encrypted is authenticated and not the other way round (RFC 7366)\n"
        "+C extended_master_secret: keys depend on the whole handshake, so that two connections cannot be made to "
        "share them (RFC 7627)\n"
        "+C signature_algorithms: ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, ed25519, "
        "ed448, rsa_pss_pss_sha256 and 14 more; the signatures that can be checked, the preferred first (RFC 8446, "
        "4.2.3)\n"
        "+C supported_versions: TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0; the versions that count; the field for the version "
        "is kept at TLS 1.2, for middleboxes refused what they did not know (RFC 8446, 4.2.1)\n"
        "+C psk_key_exchange_modes: how keys from an earlier session may be used (RFC 8446, 4.2.9)\n"
        "+C key_share: x25519 (32 bytes); public keys, sent at once so that no round trip is lost (RFC 8446, 4.2.8)\n"
        "S ServerHello: the server chooses TLS 1.3 and TLS_AES_256_GCM_SHA384 (RFC 8446, 4.1.3)\n"
        "+S TLS_AES_256_GCM_SHA384: of TLS 1.3: a cipher that authenticates as well (AEAD), and a hash; the rest is "
        "agreed on apart (RFC 8446, B.4)\n"
        "+S supported_versions: TLS 1.3; the versions that count; the field for the version is kept at TLS 1.2, for "
        "middleboxes refused what they did not know (RFC 8446, 4.2.1)\n"
        "+S key_share: x25519 (32 bytes); public keys, sent at once so that no round trip is lost (RFC 8446, 4.2.8)\n"
        "S from here on everything is encrypted, the certificate too: only how much passes can be seen (RFC 8446, 2)\n"
        "+S change_cipher_spec: it means nothing in TLS 1.3; middleboxes know it from before and expect it (RFC 8446, "
        "D.4)\n"
        "S application_data: first the rest of the server's handshake, then what the protocol above says, all "
        "encrypted (RFC 8446, 5.2)\n"
        "+C change_cipher_spec: it means nothing in TLS 1.3; middleboxes know it from before and expect it (RFC 8446, "
        "D.4)\n"
        "C application_data: first the end of the client's handshake, then what the protocol above says, all encrypted "
        "(RFC 8446, 5.2)\n"
        "C application_data: 2 records in all, of 92 bytes as they were encrypted (RFC 8446, 5.2)\n"
        "S application_data: 6 records in all, of 887 bytes as they were encrypted (RFC 8446, 5.2)\n");
}

static void tls12_shows_certificates_and_keys(void **state)
{
    (void)state;
    EXPECT_REMARKS(
        client12, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: the client wants 'zocalo.example', and offers TLS 1.2 and 27 cipher suites (RFC 8446, 4.1.2)\n"
        "+C cipher suites, the preferred first: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_DHE_RSA_WITH_AES_256_GCM_SHA384, "
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 and 23 more (RFC "
        "8446, B.4)\n"
        "+C server_name: zocalo.example; the name that the client wants to reach (SNI), in plain sight; the server "
        "chooses its certificate by it (RFC 6066, 3)\n"
        "+C ec_point_formats: how points of elliptic curves may be written (RFC 8422, 5.1.2)\n"
        "+C supported_groups: x25519, secp256r1, x448, secp521r1, secp384r1; the curves and groups in which keys can "
        "be agreed on, the preferred first (RFC 8446, 4.2.7)\n"
        "+C session_ticket: the client has none yet, and would like one; tickets of TLS 1.2, with which a later "
        "connection is shorter (RFC 5077, 3.2)\n"
        "+C encrypt_then_mac: with CBC, what was encrypted is authenticated and not the other way round (RFC 7366)\n"
        "+C extended_master_secret: keys depend on the whole handshake, so that two connections cannot be made to "
        "share them (RFC 7627)\n"
        "+C signature_algorithms: ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, ed25519, "
        "ed448, rsa_pss_pss_sha256 and 14 more; the signatures that can be checked, the preferred first (RFC 8446, "
        "4.2.3)\n"
        "S ServerHello: the server chooses TLS 1.2 and TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 (RFC 5246, 7.4.1.3)\n"
        "+S TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: of TLS 1.2: keys by Diffie-Hellman, which a stolen private key "
        "does not open later; a cipher that authenticates as well (AEAD) (RFC 5289, 3.2)\n"
        "+S renegotiation_info: ties another handshake on this connection to this one (RFC 5746, 3.2)\n"
        "+S ec_point_formats: how points of elliptic curves may be written (RFC 8422, 5.1.2)\n"
        "+S session_ticket: the server will send one; tickets of TLS 1.2, with which a later connection is shorter "
        "(RFC 5077, 3.2)\n"
        "+S extended_master_secret: keys depend on the whole handshake, so that two connections cannot be made to "
        "share them (RFC 7627)\n"
        "S Certificate: the server shows 1 certificate (386 bytes), its own (RFC 5246, 7.4.2)\n"
        "S ServerKeyExchange: the server's half of the keys, on x25519 (32 bytes), signed with its certificate's key "
        "(RFC 8422, 5.4)\n"
        "S CertificateRequest: the server asks for a certificate, of any authority (RFC 5246, 7.4.4)\n"
        "+S signatures that it can check: ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, "
        "ed25519, ed448, rsa_pss_pss_sha256 and 14 more (RFC 5246, 7.4.4)\n"
        "S ServerHelloDone: the server has said its part and waits for the client, up to TLS 1.2 (RFC 5246, 7.4.5)\n"
        "C Certificate: the client shows 1 certificate (386 bytes), its own (RFC 5246, 7.4.2)\n"
        "C ClientKeyExchange: the client's half of the keys, 32 bytes; both can compute them now (RFC 8422, 5.7)\n"
        "C CertificateVerify: a signature that proves that the speaker has the private key (ecdsa_secp256r1_sha256, 71 "
        "bytes) (RFC 8446, 4.4.3)\n"
        "C change_cipher_spec: from here on what the client says is encrypted (RFC 5246, 7.1)\n"
        "C a handshake message that is encrypted; right after change_cipher_spec it is Finished (RFC 5246, 7.4.9)\n"
        "S NewSessionTicket: for 7200 seconds, a later connection may skip certificates and key exchange with it (RFC "
        "5077, 3.3)\n"
        "S change_cipher_spec: from here on what the server says is encrypted (RFC 5246, 7.1)\n"
        "S a handshake message that is encrypted; right after change_cipher_spec it is Finished (RFC 5246, 7.4.9)\n"
        "C application_data: what the protocol above says, encrypted (RFC 5246, 6.2.3)\n"
        "S application_data: what the protocol above says, encrypted (RFC 5246, 6.2.3)\n"
        "C application_data: 1 record in all, of 30 bytes as they were encrypted (RFC 5246, 6.2.3)\n"
        "S application_data: 1 record in all, of 30 bytes as they were encrypted (RFC 5246, 6.2.3)\n");
}

static void a_wrong_guess_costs_another_hello(void **state)
{
    char *lines = overhear_all(retry, sizeof retry / sizeof *retry, 443, 7);

    (void)state;
    assert_non_null(
        strstr(lines, "\nS HelloRetryRequest: the server wants another ClientHello, with a key for secp384r1"));
    assert_non_null(strstr(lines, "\n+C key_share: x25519 (32 bytes)"));
    assert_non_null(strstr(lines, "\n+C key_share: secp384r1 (97 bytes)"));
    free(lines);
}

static void a_refusal_is_an_alert(void **state)
{
    char *lines = overhear_all(refused, sizeof refused / sizeof *refused, 443, 100);

    (void)state;
    assert_non_null(strstr(lines, "\nS alert protocol_version, which ends the connection: "));
    free(lines);
}

#define HELLO "\026\003\001\000\005\001\000\000\001\000" /* a ClientHello that is none */

static void what_is_no_record_ends_the_telling(void **state)
{
    const struct said plain[] = { { SIDE_CLIENT, HELLO, 10 }, { SIDE_SERVER, "220 mail.example\r\nmore\r\n", 0 } };
    const struct said broken[] = { { SIDE_CLIENT, HELLO "\377\377\377", 13 } };
    const struct said cut[] = { { SIDE_CLIENT, HELLO "\026\003\001\000", 14 }, { SIDE_CLIENT, NULL, 0 } };

    (void)state;
    EXPECT_REMARKS(
        plain, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, "
        "6.2)\n"
        "S what the server says is no record of TLS: on this port it may speak without TLS, or want STARTTLS first "
        "(RFC 8446, 5.1)\n");
    EXPECT_REMARKS(
        broken, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, "
        "6.2)\n"
        "C what the client says is no record of TLS; nothing more of it is looked at (RFC 8446, 5.1)\n");
    EXPECT_REMARKS(
        cut, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, "
        "6.2)\n"
        "C the end came in the middle of a message: what was said is cut off (RFC 8446, 6.1)\n");
}

static void a_message_may_span_records_and_be_too_long(void **state)
{
    const struct said split[] = { { SIDE_CLIENT,
                                    "\026\003\001\000\002\001\000"
                                    "\026\003\001\000\003\000\001\000",
                                    15 } };
    static char big[5 + 16384 + 5 + 20 + 7];
    const struct said much[] = { { SIDE_SERVER, big, sizeof big } };

    (void)state;
    memcpy(big, "\026\003\003\100\000\013\000\100\020", 9); /* 16404 bytes with its head: 16384 and 20 more */
    memcpy(big + 5 + 16384, "\026\003\003\000\024", 5);
    memcpy(big + 5 + 16384 + 25, "\025\003\003\000\002\001\000", 7);
    EXPECT_REMARKS(
        split, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, "
        "6.2)\n");
    EXPECT_REMARKS(
        much, 443,
        "S this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "S Certificate: it has 16404 bytes, more than the 16384 that are looked at (RFC 8446, 4)\n"
        "S alert close_notify: the sender says no more: the end is meant, and nothing was cut off (RFC 8446, 6.1)\n");
}

static void data_before_the_server_has_answered_are_early(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, HELLO "\027\003\003\000\003abc\027\003\003\000\001x", 24 } };

    (void)state;
    EXPECT_REMARKS(
        said, 443,
        "C this is TLS, which encrypts what two sides say, and proves to the client who the server is (RFC 8446)\n"
        "C ClientHello: it cannot be read; it is cut, or its lengths contradict each other (decode_error) (RFC 8446, "
        "6.2)\n"
        "C application_data before the server has answered: early data, encrypted with a key of an earlier session "
        "(RFC 8446, 5.2)\n");
}

static void bytes_that_begin_like_a_record_are_waited_for(void **state)
{
    const struct said text[] = { { SIDE_CLIENT, "\026\003hola", 0 } };
    const struct said empty[] = { { SIDE_CLIENT, "\026\003\001\000\000\n", 6 } };

    (void)state;
    char *lines = overhear_all(text, 1, 443, 1);
    assert_null(strstr(lines, "TLS"));
    free(lines);
    lines = overhear_all(empty, 1, 443, 100);
    assert_null(strstr(lines, "TLS"));
    free(lines);
}

/* Each byte of a conversation that was captured is changed once. */
static void no_byte_that_is_wrong_does_harm(void **state)
{
    const size_t count = sizeof client12 / sizeof *client12;
    struct said said[sizeof client12 / sizeof *client12];

    (void)state;
    memcpy(said, client12, sizeof said);
    for (size_t i = 0; i < count && client12[i].text; i++) {
        char *bytes = malloc(client12[i].size);
        memcpy(bytes, client12[i].text, client12[i].size);
        said[i].text = bytes;
        for (size_t at = 0; at < client12[i].size; at++) {
            bytes[at] = (char)(client12[i].text[at] ^ (at % 2 ? 0xff : 0x01));
            free(overhear_all(said, count, 443, SIZE_MAX / 2));
            bytes[at] = client12[i].text[at];
        }
        said[i].text = client12[i].text;
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls13_shows_its_hellos_and_then_only_sizes),
        cmocka_unit_test(tls12_shows_certificates_and_keys),
        cmocka_unit_test(a_wrong_guess_costs_another_hello),
        cmocka_unit_test(a_refusal_is_an_alert),
        cmocka_unit_test(what_is_no_record_ends_the_telling),
        cmocka_unit_test(a_message_may_span_records_and_be_too_long),
        cmocka_unit_test(data_before_the_server_has_answered_are_early),
        cmocka_unit_test(bytes_that_begin_like_a_record_are_waited_for),
        cmocka_unit_test(no_byte_that_is_wrong_does_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
