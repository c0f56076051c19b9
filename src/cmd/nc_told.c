/* What nc says on standard error: with -v to the letter what netcat-openbsd says, whose readers are scripts as often as people.
 * So none of it is translated. */
#include "cmd/nc.h"
#include "cmd/text.h"
#include "talk/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

/* --- words ---------------------------------------------------------------------------------------- */

static const char *words_of(int error)
{
    const char *words = -error < ZOC_ENAME ? strerrordesc_np(-error) : NULL;

    return words ? words : zoc_error_text(error);
}

static const char *protocol(const struct nc *nc)
{
    return nc->datagrams ? "udp" : "tcp";
}

static const char *speaker(const struct nc *nc)
{
    static char text[VERB_SPEAKER];

    return verb_speaker(nc->verb, text);
}

/* A name comes from the command line: it may hold anything. */
static const char *escape(const char *name, char text[static NAMES_HOST])
{
    return zoc_escape(zoc_bytes_of(name), text, NAMES_HOST);
}

/* A signal that ended it says enough. */
int nc_fail(const struct nc *nc)
{
    if (!nc->signal)
        verb_refuse(nc->verb, "%s", zoc_why());
    return NC_FAILURE;
}

/* --- connecting ------------------------------------------------------------------------------------ */

/* "localhost (127.0.0.1)", or the host alone where there is no more to say. */
static void print_target(const struct nc_attempts *attempts, const char *host, bool with_address)
{
    char digits[NAMES_HOST], name[NAMES_HOST];

    fputs(escape(host, name), stderr);
    if (with_address && attempts->address.size && !attempts->nc->numeric &&
        strcmp(names_digits(&attempts->address, digits), host) != 0)
        fprintf(stderr, " (%s)", digits);
}

static const char *words_of_resolver(int error)
{
    return error == -ZOC_ENAME ? "Name or service not known" : "Temporary failure in name resolution";
}

static bool is_unresolved(int error)
{
    return error == -ZOC_ENAME || error == -ZOC_ENAMEFAIL;
}

/* It is what -s or -p say that it fails for, before anything is sent. */
static bool is_about_source(const struct nc *nc, int error)
{
    bool fits = error == -EADDRNOTAVAIL || error == -EADDRINUSE || error == -EACCES || is_unresolved(error);

    return fits && (nc->source || nc->source_port);
}

static void print_source_failure(const struct nc *nc, int error)
{
    if (is_unresolved(error))
        fprintf(stderr, "%s: getaddrinfo: %s\n", speaker(nc), words_of_resolver(error));
    else
        fprintf(stderr, "%s: bind failed: %s\n", speaker(nc), words_of(error));
}

/* A proxy stands for what lies behind it. */
static void print_failure(const struct nc_attempts *attempts, int error)
{
    const struct nc *nc = attempts->nc;
    bool late = error == -ETIMEDOUT && nc->timeout > 0;
    unsigned port = nc->proxy_address ? nc->proxy.port : attempts->port;

    if (is_about_source(nc, error)) {
        print_source_failure(nc, error);
        return;
    }
    fprintf(stderr, "%s: connect to ", speaker(nc));
    print_target(attempts, nc->proxy_address ? nc->proxy.host : nc->host, true);
    fprintf(stderr, " port %u (%s) %s: %s\n", port, protocol(nc), late ? "timed out" : "failed",
            words_of(late ? -EINPROGRESS : error));
}

/* A name for this machine is tried in both families, and its IPv4 address is what people know it by: of the other one nothing is
 * said unless it answers. */
static bool is_second(const struct nc *nc, const zoc_notice *notice)
{
    return nc->family == AF_UNSPEC && notice->address->any.sa_family == AF_INET6 &&
           zoc_address_is_loopback(notice->address) && !strchr(nc->host, ':');
}

static void tell_attempt(zoc_observer *observer, const zoc_notice *notice)
{
    struct nc_attempts *attempts = (struct nc_attempts *)observer;
    const struct nc *nc = attempts->nc;

    if (!notice->address ||
        (notice->kind != ZOC_CONNECTING && notice->kind != ZOC_CONNECTED && notice->kind != ZOC_CONNECT_FAILED))
        return;
    if (notice->error != -ECANCELED) {
        attempts->address = *notice->address;
        attempts->error = notice->error;
        attempts->told = false;
    }
    if (notice->kind != ZOC_CONNECT_FAILED || !nc->verbose || nc->local || !attempts->error || is_second(nc, notice))
        return;
    print_failure(attempts, notice->error);
    attempts->told = true;
}

struct nc_attempts nc_attempts_at(const struct nc *nc, uint16_t port)
{
    return (struct nc_attempts){ .observer.tell = tell_attempt, .nc = nc, .port = port };
}

static void tell_unresolved(const struct nc_attempts *attempts, int error)
{
    const char *name = attempts->nc->host;
    char host[NAMES_HOST];
    zoc_address address;
    bool digits = zoc_address_parse_ip(name, 0, &address) == 0; /* of the other family */

    fprintf(stderr, "%s: getaddrinfo for host \"%s\" port %u: %s\n", speaker(attempts->nc), escape(name, host),
            attempts->port, digits ? "Address family for hostname not supported" : words_of_resolver(error));
}

void nc_tell_unreached(struct nc_attempts *attempts, int error)
{
    const struct nc *nc = attempts->nc;
    char path[NAMES_HOST];

    if (attempts->told || nc->signal)
        return;
    if (nc->local)
        fprintf(stderr, "%s: %s: %s\n", speaker(nc), escape(nc->host, path), words_of(error));
    else if (attempts->error || (attempts->address.size && error == -ETIMEDOUT)) {
        if (!nc->scans || nc->verbose || is_about_source(nc, error))
            print_failure(attempts, error);
    } else if (is_unresolved(error))
        tell_unresolved(attempts, error);
    else
        nc_fail(nc);
}

void nc_tell_reached(const struct nc_attempts *attempts)
{
    const struct nc *nc = attempts->nc;
    char service[NAMES_SERVICE], path[NAMES_HOST];

    if (nc->verbose && nc->local && nc->datagrams && nc->source)
        fprintf(stderr, "Bound on %s\n", escape(nc->source, path));
    if (!nc->verbose || nc->local)
        return;
    fputs("Connection to ", stderr);
    print_target(attempts, nc->host, !nc->proxy_address);
    fprintf(stderr, " %u port [%s/%s] succeeded!\n", attempts->port, protocol(nc),
            nc->numeric ? "*" : names_service(attempts->port, nc->datagrams, service));
}

/* --- listening ------------------------------------------------------------------------------------- */

static const char *name_of(const struct nc *nc, const zoc_address *address, char text[static NAMES_HOST])
{
    return nc->numeric ? names_digits(address, text) : names_host(address, text);
}

/* The original has one family, and IPv4 when nobody says which. */
static const char *name_of_place(const struct nc *nc, const zoc_endpoint *place, char text[static NAMES_HOST])
{
    zoc_address address;

    if (!*place->host)
        return nc->family == AF_INET6 ? "::" : "0.0.0.0";
    if (zoc_address_parse_ip(place->host, 0, &address) < 0)
        return escape(place->host, text);
    return name_of(nc, &address, text);
}

static void tell_place(const struct nc *nc, const char *what, const zoc_endpoint *place)
{
    char text[NAMES_HOST];

    if (!nc->verbose)
        return;
    if (nc->local)
        fprintf(stderr, "%s on %s\n", what, escape(nc->host, text));
    else
        fprintf(stderr, "%s on %s %u\n", what, name_of_place(nc, place, text), place->port);
}

void nc_tell_bound(const struct nc *nc, const zoc_endpoint *place)
{
    tell_place(nc, "Bound", place);
}

void nc_tell_listening(const struct nc *nc, const zoc_endpoint *place)
{
    if (nc->local)
        nc_tell_bound(nc, place);
    tell_place(nc, "Listening", place);
}

/* A Unix socket's peer has no name as a rule: the original says where it came to. */
void nc_tell_received(const struct nc *nc, const zoc_address *peer)
{
    char text[NAMES_HOST];

    if (!nc->verbose)
        return;
    if (nc->local)
        fprintf(stderr, "Connection received on %s\n", escape(nc->host, text));
    else
        fprintf(stderr, "Connection received on %s %u\n", name_of(nc, peer, text), zoc_address_port(peer));
}
