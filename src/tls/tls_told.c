#include "tls/tls_told.h"

#include "tls/tls_inside.h"

#define HEAD_SIZE 4 /* bytes before a message: its type, and its size in three bytes (RFC 8446 section 4) */

struct entry {
    zoc_tls_content content;
    bool outgoing;
    size_t size; /* bytes that follow */
};

/* Keeps a message in two parts. Where there is no room or memory for it, it is not told. */
static void keep(struct tls_told *told, struct entry entry, zoc_bytes head, zoc_bytes body)
{
    size_t kept = body.size < TLS_TOLD_MESSAGE - head.size ? body.size : TLS_TOLD_MESSAGE - head.size;
    char *space;

    entry.size = head.size + kept;
    if (zoc_buffer_reserve(&told->waiting, sizeof entry + entry.size, &space) < 0)
        return;
    memcpy(space, &entry, sizeof entry);
    memcpy(space + sizeof entry, head.data, head.size);
    if (kept > 0)
        memcpy(space + sizeof entry + head.size, body.data, kept);
    zoc_buffer_commit(&told->waiting, sizeof entry + entry.size);
}

/* The type on the wire; -1 of what is no message there: GnuTLS has numbers of its own. */
static int type_of(unsigned type)
{
    if (type == GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST) /* RFC 8446 section 4.1.3 */
        return GNUTLS_HANDSHAKE_SERVER_HELLO;
    return type < GNUTLS_HANDSHAKE_CHANGE_CIPHER_SPEC ? (int)type : -1;
}

/* Called by GnuTLS, from a worker thread too. */
static int keep_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                        const gnutls_datum_t *body)
{
    struct tls *tls = gnutls.gnutls_session_get_ptr(session);
    int known = type_of(type);
    const char head[HEAD_SIZE] = { (char)known, (char)(body->size >> 16), (char)(body->size >> 8), (char)body->size };

    (void)when;
    if (known >= 0)
        keep(&tls->told, (struct entry){ .content = ZOC_TLS_HANDSHAKE, .outgoing = !incoming },
             (zoc_bytes){ head, sizeof head }, (zoc_bytes){ (const char *)body->data, body->size });
    return 0;
}

void tls_told_begin(struct tls *tls)
{
    tls->told.observed = tls->layer.stream.observer != NULL;
    tls->told.waiting.size_max = TLS_TOLD_MAX;
    if (tls->told.observed) /* before GnuTLS sends it, or looks at it: it may answer with an alert */
        gnutls.gnutls_handshake_set_hook_function(tls->session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, keep_message);
}

void tls_told_alert(struct tls *tls, bool outgoing, int level, int description)
{
    const char alert[] = { (char)level, (char)description };

    if (tls->told.observed)
        keep(&tls->told, (struct entry){ .content = ZOC_TLS_ALERT, .outgoing = outgoing },
             (zoc_bytes){ alert, sizeof alert }, (zoc_bytes){ 0 });
}

void tls_tell(struct tls *tls)
{
    zoc_buffer *waiting = &tls->told.waiting;
    struct entry entry;

    if (waiting->size == 0)
        return;
    while (waiting->size > 0) {
        memcpy(&entry, waiting->data, sizeof entry);
        zoc_notice notice = { .kind = ZOC_TLS_MESSAGE,
                              .stream = &tls->layer.stream,
                              .content = entry.content,
                              .outgoing = entry.outgoing,
                              .bytes = { waiting->data + sizeof entry, entry.size } };
        observer_tell(tls->layer.stream.observer, notice);
        zoc_buffer_consume(waiting, sizeof entry + entry.size);
    }
    zoc_buffer_release(waiting);
}

void tls_told_release(struct tls_told *told)
{
    zoc_buffer_release(&told->waiting);
}
