#include "base/text.h"
#include "tls/tls_certificate.h"
#include "tls/tls_inside.h"
#include "tls/tls_names.h"
#include "world/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zocalo/bytes.h>

#define NAMES_SHOWN 4 /* of the names that a certificate is for; of more, an ellipsis is shown */

/* What the peer showed, and what is wrong with it so far. */
struct judgement {
    struct tls *tls;
    gnutls_x509_crt_t chain[TLS_CHAIN_MAX]; /* its own first */
    unsigned count;
    unsigned status; /* what GnuTLS says of the chain */
    char words[TLS_WORDS_MAX];
    size_t size;
};

/* --- reasons -------------------------------------------------------------------------------------- */

/* The first reason is the one that the peer is told. */
__attribute__((format(printf, 3, 4))) static void add(struct judgement *judgement, gnutls_alert_description_t alert,
                                                      const char *format, ...)
{
    size_t left = sizeof judgement->words - judgement->size;
    char *space = judgement->words + judgement->size;
    va_list arguments;

    if (judgement->size == 0)
        judgement->tls->alert = alert;
    int before = judgement->size > 0 ? snprintf(space, left, "; ") : 0;
    va_start(arguments, format);
    int size = (size_t)before < left ? vsnprintf(space + before, left - (size_t)before, format, arguments) : 0;
    va_end(arguments);
    judgement->size += (size_t)before + (size_t)size;
    if (judgement->size >= sizeof judgement->words)
        judgement->size = sizeof judgement->words - 1;
}

static const char *date(time_t time, char text[16])
{
    struct tm broken;

    gmtime_r(&time, &broken);
    strftime(text, 16, "%Y-%m-%d", &broken);
    return text;
}

/* Of an issuer it is said which one is meant. */
static void check_time(struct judgement *judgement, gnutls_x509_crt_t certificate, bool own)
{
    time_t now = (time_t)(zoc_world->wall() / ZOC_SECOND);
    time_t from = gnutls.gnutls_x509_crt_get_activation_time(certificate);
    time_t until = gnutls.gnutls_x509_crt_get_expiration_time(certificate);
    char subject[ZOC_TLS_NAME], day[16];

    tls_certificate_subject(certificate, subject, sizeof subject);
    if (until < now && own)
        add(judgement, GNUTLS_A_CERTIFICATE_EXPIRED, _("expired on %s"), date(until, day));
    else if (until < now)
        add(judgement, GNUTLS_A_CERTIFICATE_EXPIRED, _("its issuer '%s' expired on %s"), subject, date(until, day));
    if (from > now && own)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("not valid before %s"), date(from, day));
    else if (from > now)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("its issuer '%s' is not valid before %s"), subject, date(from, day));
}

/* An issuer that was shown and is not needed may be as old as it likes: GnuTLS says whether one of those that are
 * needed is. */
static void check_times(struct judgement *judgement)
{
    bool issuers = judgement->status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED);

    for (unsigned i = 0; i < (issuers ? judgement->count : 1); i++)
        check_time(judgement, judgement->chain[i], i == 0);
}

/* --- names ---------------------------------------------------------------------------------------- */

/* Puts the name into the list of those that are shown. */
static void list_name(const char *name, unsigned number, char *list, size_t size)
{
    size_t used = strlen(list);

    if (number <= NAMES_SHOWN + 1)
        snprintf(list + used, size - used, "%s%s", number > 1 ? ", " : "", number <= NAMES_SHOWN ? name : "...");
}

static bool is_for(const struct tls_name *name, const char *host)
{
    return name->is_ip ? tls_ip_matches(name->bytes, host) : tls_name_matches(name->bytes, host);
}

static void check_host(struct judgement *judgement, const char *host)
{
    char list[(NAMES_SHOWN + 1) * TLS_NAME_TEXT] = "", text[TLS_NAME_TEXT];
    struct tls_name name;
    unsigned shown = 0;

    for (unsigned i = 0; tls_certificate_name(judgement->chain[0], i, &name) >= 0; i++) {
        if (!name.is_dns && !name.is_ip)
            continue;
        if (is_for(&name, host))
            return;
        list_name(tls_name_text(&name, text), ++shown, list, sizeof list);
    }
    if (shown > 0)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("issued for other names: %s"), list);
    else
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("issued for no name"));
}

/* --- who vouches for it --------------------------------------------------------------------------- */

/* The last one that is reached from the peer's own by issuers that it showed. */
static gnutls_x509_crt_t end_of_chain(const struct judgement *judgement)
{
    gnutls_x509_crt_t end = judgement->chain[0];

    for (unsigned i = 1; i < judgement->count; i++)
        if (gnutls.gnutls_x509_crt_check_issuer(end, judgement->chain[i]))
            end = judgement->chain[i];
    return end;
}

static void add_unknown_issuer(struct judgement *judgement)
{
    char issuer[ZOC_TLS_NAME];

    if (gnutls.gnutls_x509_crt_check_issuer(judgement->chain[0], judgement->chain[0])) {
        add(judgement, GNUTLS_A_UNKNOWN_CA, _("self-signed"));
        return;
    }
    tls_certificate_issuer(end_of_chain(judgement), issuer, sizeof issuer);
    add(judgement, GNUTLS_A_UNKNOWN_CA, _("its issuer '%s' is not known"), issuer);
}

static void verify_chain(struct judgement *judgement)
{
    bool client = judgement->tls->context->role == ZOC_TLS_CLIENT;
    const char *purpose = client ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st data = { 0 };

    data.type = GNUTLS_DT_KEY_PURPOSE_OID;
    data.data = (unsigned char *)purpose;
    int result = gnutls.gnutls_x509_trust_list_verify_crt2(
        judgement->tls->context->trust, judgement->chain, judgement->count, &data, 1,
        GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM), &judgement->status, NULL);

    if (result < 0)
        judgement->status |= GNUTLS_CERT_INVALID;
}

static const struct {
    unsigned status;
    gnutls_alert_description_t alert;
    const char *words;
} reasons[] = {
    { GNUTLS_CERT_SIGNER_NOT_CA, GNUTLS_A_UNKNOWN_CA, N_("signed by what is no authority") },
    { GNUTLS_CERT_INSECURE_ALGORITHM, GNUTLS_A_INSUFFICIENT_SECURITY,
      N_("signed with an insecure algorithm or too short a key") },
    { GNUTLS_CERT_SIGNATURE_FAILURE, GNUTLS_A_BAD_CERTIFICATE, N_("its signature is wrong") },
    { GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, GNUTLS_A_BAD_CERTIFICATE,
      N_("outside of what its authority may vouch for") },
    { GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, GNUTLS_A_UNSUPPORTED_CERTIFICATE,
      N_("it has a critical extension that is not known") },
    { GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, GNUTLS_A_BAD_CERTIFICATE,
      N_("the list of revoked certificates is too old") },
    { GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE, GNUTLS_A_BAD_CERTIFICATE,
      N_("the list of revoked certificates is not valid yet") },
    { GNUTLS_CERT_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, N_("its authority has expired") },
    { GNUTLS_CERT_NOT_ACTIVATED, GNUTLS_A_BAD_CERTIFICATE, N_("its authority is not valid yet") },
};

/* Times were looked at before, and are told once. */
static void add_reasons(struct judgement *judgement)
{
    unsigned told = judgement->size > 0 ? GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED : 0;

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (judgement->status & ~told & reasons[i].status)
            add(judgement, reasons[i].alert, "%s", _(reasons[i].words));
    if (judgement->size == 0 && judgement->status != 0)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("it is not valid"));
}

static void add_purpose(struct judgement *judgement)
{
    bool client = judgement->tls->context->role == ZOC_TLS_CLIENT;

    add(judgement, GNUTLS_A_UNSUPPORTED_CERTIFICATE, "%s",
        client ? _("not made for servers") : _("not made for clients"));
}

/* The most useful reason comes first. */
static void judge(struct judgement *judgement)
{
    const struct tls *tls = judgement->tls;
    const char *host = tls->context->sni ? tls->context->sni : tls->host;

    verify_chain(judgement);
    if (judgement->status & GNUTLS_CERT_REVOKED)
        add(judgement, GNUTLS_A_CERTIFICATE_REVOKED, _("revoked"));
    check_times(judgement);
    if (tls->context->role == ZOC_TLS_CLIENT)
        check_host(judgement, host ? host : "");
    if (judgement->status & GNUTLS_CERT_SIGNER_NOT_FOUND)
        add_unknown_issuer(judgement);
    if (judgement->status & GNUTLS_CERT_PURPOSE_MISMATCH)
        add_purpose(judgement);
    add_reasons(judgement);
}

static void judge_pin(struct judgement *judgement, const gnutls_datum_t *certificate)
{
    const char *wanted = judgement->tls->context->wanted_pin;
    char key[ZOC_TLS_PIN], whole[ZOC_TLS_PIN];

    tls_key_pin(judgement->chain[0], key);
    tls_certificate_pin(certificate, whole);
    if (strcasecmp(key, wanted) != 0 && strcasecmp(whole, wanted) != 0)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("its key has the pin %s, not %s"), key, wanted);
}

/* --- called by GnuTLS ----------------------------------------------------------------------------- */

static void import(struct judgement *judgement, const gnutls_datum_t *shown, unsigned count)
{
    for (unsigned i = 0; i < count && i < TLS_CHAIN_MAX; i++)
        if (tls_certificate_import(&shown[i], &judgement->chain[judgement->count]) == 0)
            judgement->count++;
    if (count > TLS_CHAIN_MAX)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("its chain has more than %d certificates"), TLS_CHAIN_MAX);
    else if (judgement->count < count)
        add(judgement, GNUTLS_A_BAD_CERTIFICATE, _("it cannot be read"));
    else if (count == 0)
        add(judgement, GNUTLS_A_CERTIFICATE_REQUIRED, _("there is none"));
}

static void examine(struct judgement *judgement, gnutls_session_t session)
{
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls.gnutls_certificate_get_peers(session, &count);

    import(judgement, shown, count);
    if (judgement->size > 0)
        return;
    if (judgement->tls->context->wanted_pin)
        judge_pin(judgement, shown);
    else
        judge(judgement);
}

int tls_verify(gnutls_session_t session)
{
    struct tls *tls = gnutls.gnutls_session_get_ptr(session);
    struct judgement *judgement = calloc(1, sizeof *judgement);

    if (!judgement)
        return GNUTLS_E_MEMORY_ERROR;
    judgement->tls = tls;
    examine(judgement, session);
    bool good = judgement->size == 0;
    if (!good) {
        free(tls->refusal);
        tls->refusal = strdup(judgement->words);
    }
    tls->verified = good;
    for (unsigned i = 0; i < judgement->count; i++)
        gnutls.gnutls_x509_crt_deinit(judgement->chain[i]);
    free(judgement);
    return good ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}
