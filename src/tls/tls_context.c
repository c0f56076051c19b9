#include "base/error.h"
#include "base/text.h"
#include "tls/tls_files.h"
#include "tls/tls_inside.h"
#include "tls/tls_trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

int tls_refuse_file(int error, const char *path)
{
    char shown[ZOC_TLS_NAME];
    int failure = error == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -ZOC_ETLS;

    if (!path)
        return zoc_refuse(failure, "TLS: %s", gnutls.gnutls_strerror(error));
    zoc_escape(zoc_bytes_of(path), shown, sizeof shown);
    return zoc_refuse(failure, _("file '%s': %s"), shown, gnutls.gnutls_strerror(error));
}

/* --- who may vouch for the peer --------------------------------------------------------------------- */

/* A client chooses its certificate by the names of authorities that a server tells it. */
static int tell_authorities(zoc_tls_context *context, const char *path)
{
    zoc_buffer text = { 0 };
    mode_t mode;
    int result = tls_file_read(path, &text, &mode);

    gnutls_datum_t pem = { (unsigned char *)text.data, (unsigned)text.size };
    for (size_t i = 0; i < context->shown_count && result >= 0; i++)
        result = gnutls.gnutls_certificate_set_x509_trust_mem(context->shown[i].credentials, &pem, GNUTLS_X509_FMT_PEM);
    tls_file_forget(&text);
    return result < 0 ? tls_refuse_file(result, path) : 0;
}

static int get_trust(zoc_tls_context *context, const zoc_tls_options *options)
{
    bool client = context->role == ZOC_TLS_CLIENT;

    if (context->insecure || context->wanted_pin)
        return 0;
    if (!options->ca)
        return client ? tls_trust_system(&context->trust) : 0;
    int result = tls_trust_file(options->ca, &context->trust);
    context->owns_trust = result == 0;
    return result == 0 && !client ? tell_authorities(context, options->ca) : result;
}

/* --- what is offered -------------------------------------------------------------------------------- */

static int get_protocols(zoc_tls_context *context, const char *alpn)
{
    char *rest, *name;

    if (!alpn)
        return 0;
    context->alpn = rest = strdup(alpn);
    if (!rest)
        return -ENOMEM;
    while ((name = strsep(&rest, ":"))) {
        size_t size = strlen(name);
        if (size == 0 || size > UINT8_MAX || context->protocol_count == TLS_ALPN_MAX)
            return zoc_refuse(-EINVAL, _("application protocols '%s': expects at most %d of 1 to 255 bytes"), alpn,
                              TLS_ALPN_MAX);
        context->protocols[context->protocol_count++] = (gnutls_datum_t){ (unsigned char *)name, (unsigned)size };
    }
    return 0;
}

/* What is shorter than 2048 bits of RSA is refused (NIST SP 800-57 part 1, table 2: 112 bits of strength). Of what is
 * left, all of it authenticated encryption, the fastest comes first. */
#define CIPHERS                                                                                                     \
    "NORMAL:%PROFILE_MEDIUM:%SERVER_PRECEDENCE:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:-GROUP-ALL" \
    ":+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1:-VERS-ALL:"

static int get_priority(zoc_tls_context *context, int version)
{
    static const struct {
        int version;
        const char *text;
    } priorities[] = {
        { 0, CIPHERS "+VERS-TLS1.3:+VERS-TLS1.2" },
        { 12, CIPHERS "+VERS-TLS1.2" },
        { 13, CIPHERS "+VERS-TLS1.3" },
    };

    for (size_t i = 0; i < sizeof priorities / sizeof *priorities; i++) {
        if (priorities[i].version != version)
            continue;
        int result = gnutls.gnutls_priority_init(&context->priority, priorities[i].text, NULL);
        return result < 0 ? tls_refuse_file(result, NULL) : 0;
    }
    return zoc_refuse(-EINVAL, _("version %d of TLS: expects 12 or 13"), version);
}

static int get_ticket_key(zoc_tls_context *context)
{
    int result = 0;

    if (context->role == ZOC_TLS_SERVER)
        result = gnutls.gnutls_session_ticket_key_generate(&context->ticket_key);
    return result < 0 ? tls_refuse_file(result, NULL) : 0;
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* A session that was agreed on under other conditions is another one. */
static int identify(zoc_tls_context *context, const zoc_tls_options *options)
{
    const zoc_tls_files *files = options->file_count > 0 ? options->files : &(zoc_tls_files){ 0 };
    int size = asprintf(&context->identity, "%d %d\n%s\n%s\n%s\n%s\n%s\n%s", options->insecure, options->version,
                        text_of(options->ca), text_of(options->pin), text_of(options->sni), text_of(options->alpn),
                        text_of(files->certificate), text_of(files->key));

    if (size >= 0)
        return 0;
    context->identity = NULL;
    return -ENOMEM;
}

static int copy(const char *text, char **ret_copy)
{
    *ret_copy = text ? strdup(text) : NULL;
    return text && !*ret_copy ? -ENOMEM : 0;
}

static int get_options(zoc_tls_context *context, const zoc_tls_options *options)
{
    int result = identify(context, options);

    context->insecure = options->insecure && context->role == ZOC_TLS_CLIENT;
    if (result == 0)
        result = copy(options->sni, &context->sni);
    if (result == 0)
        result = copy(options->pin, &context->wanted_pin);
    if (result == 0)
        result = get_protocols(context, options->alpn);
    if (result == 0)
        result = get_priority(context, options->version);
    return result;
}

/* --- making one ------------------------------------------------------------------------------------- */

/* What a worker thread makes for a fiber, and why it could not. */
struct errand {
    const zoc_tls_options *options;
    const char *host;
    zoc_tls_context *context;
    char *why;
};

static int fill(const struct errand *errand)
{
    zoc_tls_context *context = errand->context;
    int result = tls_library_load();

    if (result == 0)
        result = get_options(context, errand->options);
    if (result == 0)
        result = get_ticket_key(context);
    if (result == 0)
        result = tls_shown_get(context, errand->options, errand->host);
    if (result == 0)
        result = get_trust(context, errand->options);
    return result;
}

/* The words are those of the worker, and go to the fiber. */
static int run_errand(void *arg)
{
    struct errand *errand = arg;
    struct base_words *words = base_words_slot();

    base_words_release(words);
    int result = fill(errand);
    if (result < 0)
        errand->why = base_words_take(words);
    return result;
}

int zoc_tls_context_new(const zoc_tls_options *options, zoc_tls_role role, const char *host,
                        zoc_tls_context **ret_context)
{
    struct errand errand = { .options = options, .host = host, .context = calloc(1, sizeof *errand.context) };

    if (!errand.context)
        return -ENOMEM;
    errand.context->owners = 1;
    errand.context->role = role;
    int result = zoc_offload(run_errand, &errand);
    if (result < 0) {
        zoc_tls_context_free(errand.context);
        base_words_give(base_words_slot(), result, errand.why);
        return result;
    }
    *ret_context = errand.context;
    return 0;
}

/* --- owners ----------------------------------------------------------------------------------------- */

zoc_tls_context *zoc_tls_context_share(zoc_tls_context *context)
{
    __atomic_add_fetch(&context->owners, 1, __ATOMIC_RELAXED);
    return context;
}

static void release(zoc_tls_context *context)
{
    tls_shown_release(context);
    if (context->priority)
        gnutls.gnutls_priority_deinit(context->priority);
    if (context->owns_trust)
        gnutls.gnutls_x509_trust_list_deinit(context->trust, 1);
    if (context->ticket_key.data)
        explicit_bzero(context->ticket_key.data, context->ticket_key.size);
    free(context->ticket_key.data);
    free(context->alpn);
    free(context->sni);
    free(context->wanted_pin);
    free(context->identity);
}

void zoc_tls_context_free(zoc_tls_context *context)
{
    if (!context || __atomic_sub_fetch(&context->owners, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    release(context);
    free(context);
}

const char *zoc_tls_context_pin(const zoc_tls_context *context)
{
    return context->pin;
}

bool zoc_tls_context_is_self_made(const zoc_tls_context *context)
{
    return context->self_made;
}
