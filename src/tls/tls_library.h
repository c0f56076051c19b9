/* GnuTLS, loaded when it is first used: once tls_library_load has returned 0, gnutls.gnutls_init(...). */
#ifndef ZOC_TLS_TLS_LIBRARY_H
#define ZOC_TLS_TLS_LIBRARY_H

#include "base/lazy.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* clang-format off */
#define GNUTLS_FUNCTIONS(F) \
    /* a session */ \
    F(gnutls_init) F(gnutls_deinit) F(gnutls_session_set_ptr) F(gnutls_session_get_ptr) F(gnutls_credentials_set) \
    F(gnutls_priority_init) F(gnutls_priority_deinit) F(gnutls_priority_set) F(gnutls_transport_set_ptr) \
    F(gnutls_transport_set_pull_function) F(gnutls_transport_set_push_function) \
    F(gnutls_transport_set_pull_timeout_function) F(gnutls_transport_set_errno) F(gnutls_handshake) \
    F(gnutls_handshake_set_timeout) F(gnutls_handshake_set_max_packet_length) F(gnutls_record_recv) \
    F(gnutls_record_send) F(gnutls_record_check_pending) F(gnutls_bye) F(gnutls_alert_get) F(gnutls_alert_send) \
    F(gnutls_error_to_alert) F(gnutls_error_is_fatal) F(gnutls_strerror) F(gnutls_global_set_time_function) \
    /* what is offered and what was agreed on */ \
    F(gnutls_handshake_set_hook_function) F(gnutls_handshake_set_post_client_hello_function) F(gnutls_server_name_set) F(gnutls_server_name_get) \
    F(gnutls_alpn_set_protocols) F(gnutls_alpn_get_selected_protocol) F(gnutls_protocol_get_version) \
    F(gnutls_ciphersuite_get) F(gnutls_group_get) F(gnutls_group_get_name) F(gnutls_session_is_resumed) \
    F(gnutls_session_get_flags) F(gnutls_session_get_data2) F(gnutls_session_set_data) \
    F(gnutls_session_ticket_key_generate) F(gnutls_session_ticket_enable_server) \
    /* credentials */ \
    F(gnutls_certificate_allocate_credentials) F(gnutls_certificate_free_credentials) \
    F(gnutls_certificate_set_x509_key_mem2) F(gnutls_certificate_set_x509_key) \
    F(gnutls_certificate_set_x509_trust_mem) F(gnutls_certificate_server_set_request) F(gnutls_certificate_get_peers) \
    F(gnutls_session_set_verify_function) \
    /* certificates and keys */ \
    F(gnutls_x509_crt_init) F(gnutls_x509_crt_deinit) F(gnutls_x509_crt_import) F(gnutls_x509_crt_list_import2) \
    F(gnutls_x509_crt_get_dn3) F(gnutls_x509_crt_get_issuer_dn3) F(gnutls_x509_crt_get_activation_time) \
    F(gnutls_x509_crt_get_expiration_time) F(gnutls_x509_crt_get_subject_alt_name) F(gnutls_x509_crt_check_issuer) \
    F(gnutls_x509_crt_get_key_id) F(gnutls_fingerprint) F(gnutls_x509_crt_get_pk_algorithm) \
    F(gnutls_x509_crt_set_version) F(gnutls_x509_crt_set_serial) F(gnutls_x509_crt_set_activation_time) \
    F(gnutls_x509_crt_set_expiration_time) F(gnutls_x509_crt_set_key) F(gnutls_x509_crt_set_dn_by_oid) \
    F(gnutls_x509_crt_set_subject_alt_name) F(gnutls_x509_crt_set_basic_constraints) F(gnutls_x509_crt_set_key_usage) \
    F(gnutls_x509_crt_set_key_purpose_oid) F(gnutls_x509_crt_sign2) F(gnutls_x509_privkey_init) \
    F(gnutls_x509_privkey_deinit) F(gnutls_x509_privkey_generate) F(gnutls_x509_privkey_import2) \
    F(gnutls_x509_privkey_export2_pkcs8) F(gnutls_x509_trust_list_init) F(gnutls_x509_trust_list_deinit) \
    F(gnutls_x509_trust_list_add_trust_mem) F(gnutls_x509_trust_list_add_system_trust) \
    F(gnutls_x509_trust_list_verify_crt2)
/* clang-format on */

struct gnutls_functions {
    GNUTLS_FUNCTIONS(LAZY_POINTER)
};

extern struct gnutls_functions gnutls;

/* Loads it, once. It reads files: on a worker thread, where fibers are about. What it allocates is freed by free(3).
 * Returns 0 or -ELIBACC with words. */
int tls_library_load(void);

#endif
