/* What the world of TLS shows and trusts: made once, before there is a simulated network, since there are files in it.
 *
 * Keys and signatures of Ed25519 and X25519 have one size, whatever is drawn for them: so traces are the same although
 * GnuTLS draws by itself. */
#include "tls.h"

#include "tls/tls_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIN "sha256:ea861c5b052b96d35473a917ea34f947d4c22f09b0506688dfc139555ce9cc30"

static const char identity[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MC4CAQAwBQYDK2VwBCIEIMtojOKq7WiUKBVRYQ2Z3IsejvPKzvi/cqKEwaFQgelN\n"
                               "-----END PRIVATE KEY-----\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "MIIBQjCB9aADAgECAhQrSBInpiFF9or3hau2vcAa6FqkpjAFBgMrZXAwDjEMMAoG\n"
                               "A1UEAwwDc2ltMCAXDTI2MTEzMDA5MDUxMVoYDzIxMjYxMTA2MDkwNTExWjAOMQww\n"
                               "CgYDVQQDDANzaW0wKjAFBgMrZXADIQB1JdVQeRLnUqsx/9RZNYsdzxgAlHXq7ew3\n"
                               "MhRVIOcroKNjMGEwHQYDVR0OBBYEFN2E3onNvkD0Wvg7kr8NVaxom6fsMB8GA1Ud\n"
                               "IwQYMBaAFN2E3onNvkD0Wvg7kr8NVaxom6fsMA8GA1UdEwEB/wQFMAMBAf8wDgYD\n"
                               "VR0RBAcwBYIDc2ltMAUGAytlcANBANbjBz6HXjXYrLCwQv7fq2XyTxpkEnzptF3W\n"
                               "UZK8zuiKXehacHb25+RbUHKQMkDhYb/3Cdphb+GctbccIChorAY=\n"
                               "-----END CERTIFICATE-----\n";

zoc_tls_context *tls_server, *tls_clients[2];

static void open_server(void)
{
    char path[32];
    int fd = memfd_create("identity", MFD_CLOEXEC);

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fchmod(fd, 0600) < 0 || write(fd, identity, sizeof identity - 1) < 0)
        abort();
    zoc_tls_files files = { path, NULL };
    const zoc_tls_options options = { .files = &files, .file_count = 1 };
    if (zoc_tls_context_new(&options, ZOC_TLS_SERVER, NULL, &tls_server) < 0)
        abort();
    close(fd);
}

static int open_all(void *unused)
{
    (void)unused;
    open_server();
    for (int i = 0; i < 2; i++) {
        const zoc_tls_options options = { .pin = (char[]){ PIN }, .version = 12 + i };
        if (zoc_tls_context_new(&options, ZOC_TLS_CLIENT, NULL, &tls_clients[i]) < 0)
            abort();
    }
    return 0;
}

/* GnuTLS keeps what it draws from for each thread, from its first draw on: that is no leak of the run that it falls into. */
static void draw_once(void)
{
    gnutls_datum_t drawn = { 0 };

    if (gnutls.gnutls_session_ticket_key_generate(&drawn) < 0)
        abort();
    free(drawn.data);
}

void tls_prepare(void)
{
    if (tls_server)
        return;
    if (zoc_run(open_all, NULL) < 0)
        abort();
    draw_once();
}
