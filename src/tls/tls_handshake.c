#include "base/text.h"
#include "tls/tls_inside.h"
#include "tls/tls_words.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define ALERT_RECORD 7 /* bytes of one in plain text: head, level, alert */

/* --- words for what went wrong --------------------------------------------------------------------- */

static int refuse_stranger(const struct tls *tls)
{
    const char *other = tls_looks_like((zoc_bytes){ tls->head, tls->head_size });

    if (other)
        return zoc_refuse(-ZOC_ETLS, _("what the peer sent is not TLS: it looks like %s"), _(other));
    return zoc_refuse(-ZOC_ETLS, _("what the peer sent is not TLS"));
}

static int refuse_certificate(const struct tls *tls)
{
    return zoc_refuse(-ZOC_ECERTIFICATE, _("the peer's certificate is refused: %s"), tls->refusal);
}

static const struct {
    int error;
    const char *words;
} failures[] = {
    { GNUTLS_E_NO_CIPHER_SUITES, N_("no version of TLS or cipher suite that both sides have") },
    { GNUTLS_E_INSUFFICIENT_CREDENTIALS, N_("no certificate for what the peer can check") },
    { GNUTLS_E_UNSUPPORTED_VERSION_PACKET, N_("no version of TLS that both sides have") },
    { GNUTLS_E_NO_APPLICATION_PROTOCOL, N_("no application protocol that both sides have") },
    { GNUTLS_E_NO_COMMON_KEY_SHARE, N_("no group for the key exchange that both sides have") },
    { GNUTLS_E_DECRYPTION_FAILED, N_("a record was changed on its way, or has another key") },
    { GNUTLS_E_HANDSHAKE_TOO_LARGE, N_("the peer sent a TLS handshake that is too long") },
    { GNUTLS_E_TOO_MANY_EMPTY_PACKETS, N_("the peer sends empty TLS records without end") },
    { GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS, N_("the peer sends TLS handshake messages without end") },
};

static int refuse_failure(int error)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].error == error)
            return zoc_refuse(-ZOC_ETLS, "%s", _(failures[i].words));
    return zoc_refuse(-ZOC_ETLS, "TLS: %s", gnutls.gnutls_strerror(error));
}

/* Who gives up before it has the keys of a handshake of TLS 1.3 sends its alert in plain text (RFC 8446 section 6), which
 * GnuTLS takes for a record that cannot be decrypted. Returns the two bytes of the alert that was taken last, or NULL. */
static const unsigned char *plain_alert(const struct tls *tls, int error)
{
    static const char head[] = { 21, 3, 3, 0, 2 };

    if (error != GNUTLS_E_DECRYPTION_FAILED || tls->state != TLS_UNDER_WAY || tls->taken < ALERT_RECORD ||
        memcmp(tls->input.data - ALERT_RECORD, head, sizeof head) != 0)
        return NULL;
    return (const unsigned char *)tls->input.data - 2;
}

static int refuse_alert(int alert)
{
    const char *name = tls_alert_name(alert);

    if (name)
        return zoc_refuse(-ZOC_ETLS, _("the peer's alert: %s"), name);
    return zoc_refuse(-ZOC_ETLS, _("the peer's alert: number %d"), alert);
}

static bool is_alert(int error)
{
    return error == GNUTLS_E_FATAL_ALERT_RECEIVED || error == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

static bool lacks_certificate(int error)
{
    return error == GNUTLS_E_NO_CERTIFICATE_FOUND || error == GNUTLS_E_CERTIFICATE_REQUIRED;
}

int tls_refuse(const struct tls *tls, int error)
{
    const unsigned char *plain = plain_alert(tls, error);

    if (error == GNUTLS_E_MEMORY_ERROR)
        return zoc_refuse(-ENOMEM, "%s", zoc_error_text(-ENOMEM));
    if (is_alert(error))
        return refuse_alert((int)gnutls.gnutls_alert_get(tls->session));
    if (plain)
        return refuse_alert(plain[1]);
    if (tls->refusal)
        return refuse_certificate(tls);
    if (lacks_certificate(error))
        return zoc_refuse(-ZOC_ECERTIFICATE, _("the peer showed no certificate"));
    return refuse_failure(error);
}

void tls_send_alert(struct tls *tls, int error)
{
    int level = GNUTLS_AL_FATAL;

    if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return;
    if (tls->refusal) {
        tls_alert(tls, GNUTLS_AL_FATAL, tls->alert);
    } else if (gnutls.gnutls_error_is_fatal(error)) {
        int description = gnutls.gnutls_error_to_alert(error, &level);
        tls_alert(tls, (gnutls_alert_level_t)level, (gnutls_alert_description_t)description);
    }
}

void tls_alert(struct tls *tls, gnutls_alert_level_t level, gnutls_alert_description_t description)
{
    tls_told_alert(tls, true, level, description);
    gnutls.gnutls_alert_send(tls->session, level, description);
}

void tls_hear_alert(struct tls *tls, int result)
{
    const unsigned char *plain = plain_alert(tls, result);

    if (is_alert(result))
        tls_told_alert(tls, false, result == GNUTLS_E_FATAL_ALERT_RECEIVED ? GNUTLS_AL_FATAL : GNUTLS_AL_WARNING,
                       (int)gnutls.gnutls_alert_get(tls->session));
    else if (plain)
        tls_told_alert(tls, false, plain[0], plain[1]);
}

/* --- the handshake --------------------------------------------------------------------------------- */

static int step(void *arg)
{
    struct tls *tls = arg;

    tls->step = gnutls.gnutls_handshake(tls->session);
    return 0;
}

/* A signature with RSA takes about a millisecond, in which others would wait. */
static int take_step(struct tls *tls)
{
    int result = tls->context->slow && tls->input.size > 0 ? zoc_offload(step, tls) : -EAGAIN;

    return result == -EAGAIN ? step(tls) : result;
}

/* A plain peer is told from one with TLS before GnuTLS sees a byte of it. */
static int look_at_head(struct tls *tls)
{
    size_t left = sizeof tls->head - tls->head_size;
    size_t more = tls->input.size < left ? tls->input.size : left;

    if (more == 0)
        return 0;
    memcpy(tls->head + tls->head_size, tls->input.data, more);
    tls->head_size += (uint8_t)more;
    if (tls_looks_right((zoc_bytes){ tls->head, tls->head_size }))
        return 0;
    tls_alert(tls, GNUTLS_AL_FATAL, GNUTLS_A_UNEXPECTED_MESSAGE);
    return refuse_stranger(tls);
}

static int check_size(struct tls *tls)
{
    tls->shaken += tls->input.size;
    if (tls->shaken <= TLS_HANDSHAKE_MAX)
        return look_at_head(tls);
    tls_alert(tls, GNUTLS_AL_FATAL, GNUTLS_A_RECORD_OVERFLOW);
    return zoc_refuse(-ZOC_ETLS, _("the peer sent a TLS handshake that is too long"));
}

static int exchange(struct tls *tls)
{
    int result = tls_outbox_flush(&tls->outbox, layer_inner(&tls->layer.stream));

    if (result < 0 || tls->input.size > 0)
        return result;
    result = tls_receive_below(tls);
    if (result == 0 && tls->input_ended)
        return zoc_refuse(-ZOC_ETLS, _("the peer ended in the middle of the TLS handshake"));
    return result < 0 ? result : check_size(tls);
}

static bool goes_on(struct tls *tls)
{
    if (tls->step == GNUTLS_E_WARNING_ALERT_RECEIVED)
        return tls_is_patient(tls);
    return tls->step == GNUTLS_E_AGAIN || tls->step == GNUTLS_E_INTERRUPTED;
}

static int run(struct tls *tls)
{
    int result;

    do {
        result = take_step(tls);
        if (result < 0 || tls->step == 0)
            return result;
        tls_hear_alert(tls, tls->step);
        if (!goes_on(tls)) {
            tls_send_alert(tls, tls->step);
            return tls_refuse(tls, tls->step);
        }
        tls_tell(tls);
        result = exchange(tls);
    } while (result == 0);
    return result;
}

/* A client that has not begun yet is told of a stop as one without TLS is: see ZOC_LAST_CALL. */
static int hear_client(struct tls *tls)
{
    zoc_stream *stream = &tls->layer.stream;

    if (tls->context->role == ZOC_TLS_CLIENT || tls->head_size > 0)
        return 0;
    layer_inner(stream)->served = stream->served;
    return exchange(tls);
}

static int run_to_the_end(struct tls *tls)
{
    int result = hear_client(tls);

    if (result == 0)
        ZOC_FINISH
            result = run(tls);
    return result;
}

/* --- who does it ----------------------------------------------------------------------------------- */

static bool is_late(const struct tls *tls)
{
    return zoc_now() >= tls->begun + ZOC_TLS_HANDSHAKE_TIME;
}

/* A cancel or the deadline of who did it says nothing of the handshake: unless a record was cut, the next who comes
 * goes on with it. */
static void fail(struct tls *tls, int result)
{
    char limit[ZOC_UNIT_TEXT];
    bool cut = result == -ECANCELED || (result == -ETIMEDOUT && !is_late(tls));

    tls->state = cut && !tls->outbox.broken ? TLS_UNDONE : TLS_FAILED;
    if (tls->state == TLS_UNDONE)
        return;
    if (cut)
        result = zoc_refuse(-ZOC_ETLS, _("the TLS handshake was cut off in the middle of a record"));
    else if (result == -ETIMEDOUT)
        zoc_refuse(result, _("the TLS handshake took longer than %s"),
                   zoc_duration_format(ZOC_TLS_HANDSHAKE_TIME, limit, sizeof limit));
    tls_give_up(tls, result);
}

static void tell_agreed(struct tls *tls)
{
    zoc_stream *stream = &tls->layer.stream;

    observer_tell(stream->observer,
                  (zoc_notice){ .kind = ZOC_TLS_AGREED, .stream = stream, .took = zoc_now() - tls->begun });
}

/* A session that is resumed began when the certificate was good, which may be long ago, and under authorities that are
 * not those of today. */
static int verify_again(struct tls *tls)
{
    bool resumed = tls_asks_for_certificate(tls->context) && gnutls.gnutls_session_is_resumed(tls->session);
    int result = resumed ? tls_verify(tls->session) : 0;

    if (result == 0)
        return 0;
    tls_send_alert(tls, result);
    return tls_refuse(tls, result);
}

static int conclude(struct tls *tls, int result)
{
    if (result == 0)
        result = verify_again(tls);
    tls_tell(tls);
    if (result < 0) {
        fail(tls, result);
    } else {
        tls->state = TLS_AGREED;
        if (tls->context->role == ZOC_TLS_SERVER)
            tls_acknowledge_at_once(tls);
        tell_agreed(tls);
    }
    zoc_event_set(&tls->settled);
    return result;
}

static int do_handshake(struct tls *tls)
{
    int result = 0;

    if (tls->begun == 0)
        tls->begun = zoc_now();
    tls->state = TLS_UNDER_WAY;
    tls_told_begin(tls);
    zoc_event_clear(&tls->settled);
    ZOC_WITHIN(tls->begun + ZOC_TLS_HANDSHAKE_TIME - zoc_now())
        result = run_to_the_end(tls);
    return conclude(tls, result);
}

static int await_handshake(struct tls *tls)
{
    int result = 0;

    ZOC_FINISH
        result = zoc_event_wait(&tls->settled);
    return result < 0 ? zoc_refuse(result, "%s", zoc_error_text(result)) : 0;
}

int tls_agree(struct tls *tls)
{
    int result = 0;

    while (result == 0 && tls->state == TLS_UNDER_WAY)
        result = await_handshake(tls);
    if (result < 0 || tls->state == TLS_AGREED)
        return result;
    return tls->state == TLS_FAILED ? tls_fail_again(tls) : do_handshake(tls);
}
