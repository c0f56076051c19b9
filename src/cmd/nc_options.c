/* Options of nc, and what they come to. */
#include "cmd/nc.h"
#include "cmd/text.h"
#include "talk/tos.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zocalo/error.h>

#define SECONDS_MAX (INT_MAX / 1000)
#define BUFFER_MAX  (1 << 30)

/* --- kinds ---------------------------------------------------------------------------------------- */

static int read_number(const char *value, long min, long max, int *ret_number)
{
    char *end;

    if (!isdigit((unsigned char)value[*value == '-']))
        return -EINVAL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || *end || number < min || number > max)
        return -EINVAL;
    *ret_number = (int)number;
    return 0;
}

static int read_ip4(const char *value, void *field)
{
    (void)value;
    *(int *)field = AF_INET;
    return 0;
}

static int read_ip6(const char *value, void *field)
{
    (void)value;
    *(int *)field = AF_INET6;
    return 0;
}

static int read_seconds(const char *value, void *field)
{
    int seconds = 0;
    int result = read_number(value, 0, SECONDS_MAX, &seconds);

    if (result == 0)
        *(zoc_duration *)field = seconds * ZOC_SECOND;
    return result;
}

static int read_quit(const char *value, void *field)
{
    struct nc_quit *quit = field;

    quit->given = true;
    return read_number(value, INT_MIN, SECONDS_MAX, &quit->seconds);
}

static int read_ttl(const char *value, void *field)
{
    return read_number(value, 1, 255, field);
}

static int read_min_ttl(const char *value, void *field)
{
    return read_number(value, 0, 255, field);
}

static int read_length(const char *value, void *field)
{
    return read_number(value, 1, BUFFER_MAX, field);
}

static int read_tos(const char *value, void *field)
{
    return tos_read(value, field);
}

static int read_proxy_kind(const char *value, void *field)
{
    static const struct {
        const char *name;
        enum proxy_kind kind;
    } kinds[] = { { "4", PROXY_SOCKS4 }, { "4A", PROXY_SOCKS4 }, { "5", PROXY_SOCKS5 }, { "connect", PROXY_HTTP } };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcasecmp(kinds[i].name, value) == 0) {
            *(enum proxy_kind *)field = kinds[i].kind;
            return 0;
        }
    return -EINVAL;
}

static int refuse_md5(const char *value, void *field)
{
    (void)value, (void)field;
    return zoc_refuse(-EINVAL, _("TCP MD5 signatures (RFC 2385) are not here"));
}

static int refuse_table(const char *value, void *field)
{
    (void)value, (void)field;
    return zoc_refuse(-EINVAL, _("there are no alternate routing tables on this system"));
}

static int refuse_dccp(const char *value, void *field)
{
    (void)value, (void)field;
    return zoc_refuse(-EINVAL, _("DCCP is not here"));
}

static const struct option_kind ip4 = { read_ip4, NULL };
static const struct option_kind ip6 = { read_ip6, NULL };
static const struct option_kind seconds = { read_seconds, N_("a number of seconds") };
static const struct option_kind quit = { read_quit, N_("a number of seconds, or negative") };
static const struct option_kind ttl = { read_ttl, N_("a number from 1 to 255") };
static const struct option_kind min_ttl = { read_min_ttl, N_("a number from 0 to 255") };
static const struct option_kind length = { read_length, N_("a number of bytes, at most 1073741824") };
static const struct option_kind tos = {
    read_tos, N_("a number from 0 to 255 or a word such as lowdelay, throughput, ef, af11 or cs1")
};
static const struct option_kind proxy_kind = { read_proxy_kind, N_("one of 4, 4A, 5 and connect") };
static const struct option_kind no_md5 = { refuse_md5, NULL };
static const struct option_kind no_table = { refuse_table, NULL };
static const struct option_kind no_dccp = { refuse_dccp, NULL };

/* --- options -------------------------------------------------------------------------------------- */

#define FIELD(member) offsetof(struct nc, member)

const struct verb_option nc_options[] = {
    { NULL, '4', &ip4, FIELD(family), NULL, N_("IPv4 alone") },
    { NULL, '6', &ip6, FIELD(family), NULL, N_("IPv6 alone") },
    { NULL, 'b', &option_flag, FIELD(broadcast), NULL, N_("lets datagrams go to everybody") },
    { NULL, 'C', &option_flag, FIELD(crlf), NULL, N_("ends the lines of the input with CR LF") },
    { NULL, 'c', &option_word, FIELD(command), N_("COMMAND"), N_("gives the peer a command, run by /bin/sh") },
    { NULL, 'D', &option_flag, FIELD(debug), NULL, N_("sets SO_DEBUG on the socket") },
    { NULL, 'd', &option_flag, FIELD(no_input), NULL, N_("leaves standard input alone") },
    { NULL, 'e', &option_word, FIELD(program), N_("PROGRAM"), N_("gives the peer a program; the same as -c") },
    { NULL, 'F', &option_flag, FIELD(passes), NULL, N_("gives the connection away over standard output") },
    { NULL, 'I', &length, FIELD(receive_buffer), N_("BYTES"), N_("asks for a receive buffer of so many bytes") },
    { NULL, 'i', &seconds, FIELD(interval), N_("SECONDS"), N_("waits so long between lines sent, and ports") },
    { NULL, 'k', &option_flag, FIELD(keeps), NULL, N_("with -l, serves one client after the other") },
    { NULL, 'l', &option_flag, FIELD(listens), NULL, N_("listens instead of connecting") },
    { NULL, 'M', &ttl, FIELD(ttl), N_("TTL"), N_("sends packets with that TTL or hop limit") },
    { NULL, 'm', &min_ttl, FIELD(min_ttl), N_("TTL"), N_("drops packets that come with less") },
    { NULL, 'N', &option_flag, FIELD(half_closes), NULL, N_("passes the end of input on, as is always done here") },
    { NULL, 'n', &option_flag, FIELD(numeric), NULL, N_("takes and shows addresses in digits alone") },
    { NULL, 'O', &length, FIELD(send_buffer), N_("BYTES"), N_("asks for a send buffer of so many bytes") },
    { NULL, 'o', &option_word, FIELD(dump), N_("FILE"), N_("writes a dump of both directions to a file") },
    { NULL, 'P', &option_word, FIELD(proxy_user), N_("USER[:PASSWORD]"), N_("who asks the proxy") },
    { NULL, 'p', &option_text, FIELD(source_port), N_("PORT"), N_("the port to come from; with -l, to listen on") },
    { NULL, 'q', &quit, FIELD(quit), N_("SECONDS"), N_("ends so long after the end of input; -1: with the peer") },
    { NULL, 'r', &option_flag, FIELD(random), NULL, N_("takes the ports in random order") },
    { NULL, 's', &option_word, FIELD(source), N_("ADDRESS"), N_("the address to come from; with -l, to listen on") },
    { NULL, 'T', &tos, FIELD(tos), N_("TOS"), N_("type of service: a number, or a word such as lowdelay or ef") },
    { NULL, 't', &option_flag, FIELD(telnet), NULL, N_("refuses what a telnet peer proposes") },
    { NULL, 'U', &option_flag, FIELD(local), NULL, N_("a Unix socket: a path, or @NAME") },
    { NULL, 'u', &option_flag, FIELD(datagrams), NULL, N_("UDP, or Unix datagrams") },
    { NULL, 'v', &option_flag, FIELD(verbose), NULL, N_("tells of connections on standard error") },
    { NULL, 'W', &option_count, FIELD(receive_max), N_("NUMBER"), N_("ends after receiving so many times") },
    { NULL, 'w', &seconds, FIELD(timeout), N_("SECONDS"), N_("the most that connecting, and silence, may take") },
    { NULL, 'X', &proxy_kind, FIELD(proxy_kind), N_("4|5|connect"), N_("what the proxy speaks (default 5, SOCKS)") },
    { NULL, 'x', &option_word, FIELD(proxy_address), N_("HOST[:PORT]"), N_("connects through a proxy") },
    { NULL, 'z', &option_flag, FIELD(scans), NULL, N_("looks whether ports are open, and sends nothing") },
    EXPLAIN_OPTIONS(struct nc, explain),
    { NULL, 'S', &no_md5, 0, NULL, N_("not here: TCP MD5 signatures") },
    { NULL, 'V', &no_table, 0, N_("TABLE"), N_("not here: routing tables") },
    { NULL, 'Z', &no_dccp, 0, NULL, N_("not here: DCCP") },
    { 0 },
};

/* --- what contradicts itself ----------------------------------------------------------------------- */

static int check(const struct nc *nc)
{
    bool attends = nc->program || nc->command;
    const struct {
        bool wrong;
        const char *why;
    } rules[] = {
        { nc->listens && nc->scans, N_("cannot use -z and -l") },
        { nc->listens && nc->passes, N_("cannot use -F and -l") },
        { !nc->listens && nc->keeps, N_("must use -l with -k") },
        { nc->listens && nc->proxy_address, N_("no proxy support for listen") },
        { nc->local && nc->proxy_address, N_("no proxy support for unix sockets") },
        { nc->datagrams && nc->proxy_address, N_("no proxy support for UDP mode") },
        { nc->source && nc->proxy_address, N_("no proxy support for local source address") },
        { nc->local && nc->passes, N_("cannot use -F and -U") },
        { nc->local && nc->source_port, N_("cannot use -p and -U") },
        { nc->program && nc->command, N_("cannot use -e and -c") },
        { attends && nc->scans, N_("cannot use -z with -e or -c") },
        { attends && nc->passes, N_("cannot use -F with -e or -c") },
        { attends && nc->datagrams, N_("cannot use -u with -e or -c") },
        { attends && nc->dump, N_("cannot use -o with -e or -c") },
        { attends && (nc->crlf || nc->interval || nc->receive_max), N_("cannot use -C, -i or -W with -e or -c") },
        { attends && (nc->no_input || nc->quit.given), N_("cannot use -d or -q with -e or -c") },
        { nc->telnet && nc->datagrams, N_("cannot use -u and -t") },
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].wrong)
            return zoc_refuse(-EINVAL, "%s", _(rules[i].why));
    return 0;
}

/* --- hosts and ports ------------------------------------------------------------------------------- */

static int read_path(struct nc *nc, int count, char **arguments)
{
    if (count == 0)
        return zoc_refuse(-EINVAL, "%s", _("missing socket pathname"));
    if (count > 1)
        return zoc_refuse(-EINVAL, "%s", _("cannot use port with -U"));
    nc->host = arguments[0];
    return *nc->host ? 0 : zoc_refuse(-EINVAL, "%s", _("missing socket pathname"));
}

/* [HOST] PORT, or -s HOST and -p PORT. */
static int read_listening(struct nc *nc, int count, char **arguments)
{
    int most = nc->source_port ? 0 : nc->source ? 1 : 2;
    const char *port = nc->source_port ? nc->source_port : count > 0 ? arguments[count - 1] : NULL;

    if (count > most)
        return zoc_refuse(-EINVAL, _("'%s' is too much: where to listen is said already"), arguments[most]);
    if (!port)
        return zoc_refuse(-EINVAL, "%s", _("missing port number"));
    nc->host = nc->source ? nc->source : count == 2 ? arguments[0] : "";
    return ports_read(port, nc->datagrams, &nc->port);
}

static int read_connecting(struct nc *nc, int count, char **arguments)
{
    int result = 0;

    if (count < 2)
        return zoc_refuse(-EINVAL, "%s",
                          count == 0 ? _("missing destination and port number") : _("missing port number"));
    nc->host = arguments[0];
    for (int i = 1; i < count && result == 0; i++)
        result = ports_add(&nc->ports, arguments[i], nc->datagrams);
    if (nc->random)
        ports_shuffle(&nc->ports);
    if (result == 0 && nc->source_port)
        result = ports_read(nc->source_port, nc->datagrams, &nc->port);
    return result;
}

/* A name that no resolver is asked for. */
static int check_host(const struct nc *nc, const char *host)
{
    zoc_address address;
    bool digits = zoc_address_parse_ip(host, 0, &address) == 0;
    char quoted[64];

    if (digits || (!nc->numeric && strcspn(host, "/\\[], \t") == strlen(host) && strlen(host) <= ZOC_HOST_MAX))
        return 0;
    return zoc_refuse(-EINVAL,
                      nc->numeric ? _("'%s' is no address in digits, and -n asks no name servers")
                                  : _("'%s' is not the name of a host"),
                      zoc_escape(zoc_bytes_of(host), quoted, sizeof quoted));
}

static int check_hosts(const struct nc *nc)
{
    int result = 0;

    if (!nc->local && *nc->host && !nc->proxy_address)
        result = check_host(nc, nc->host);
    else if (!*nc->host && !nc->listens)
        result = zoc_refuse(-EINVAL, "%s", _("the name of the host is empty"));
    if (result == 0 && nc->source && !nc->local)
        result = check_host(nc, nc->source);
    return result;
}

/* --- proxy and program ----------------------------------------------------------------------------- */

static int read_proxy(struct nc *nc)
{
    const char *colon = nc->proxy_user ? strchr(nc->proxy_user, ':') : NULL;
    char *user = colon ? strndup(nc->proxy_user, (size_t)(colon - nc->proxy_user)) : NULL;

    if (!nc->proxy_address)
        return 0;
    if (colon && !user)
        return -ENOMEM;
    int result = proxy_init(nc->proxy_kind, nc->proxy_address, user ? user : nc->proxy_user, colon ? colon + 1 : NULL,
                            &nc->proxy);
    free(user);
    return result < 0 ? zoc_wrap(result, _("option '-x'")) : 0;
}

static int read_attendant(struct nc *nc)
{
    const char *command = nc->command ? nc->command : nc->program;
    zoc_buffer text = { 0 };

    if (!command)
        return 0;
    int result = zoc_buffer_printf(&text, "exec:%s", command);
    if (result == 0)
        result = zoc_buffer_append(&text, "", 1);
    if (result == 0)
        result = zoc_endpoint_parse(text.data, &nc->attendant);
    zoc_buffer_release(&text);
    return result;
}

int nc_prepare(struct nc *nc, int count, char **arguments)
{
    int result = explain_check(&nc->explain);

    if (result == 0)
        result = check(nc);
    if (result == 0)
        result = nc->local     ? read_path(nc, count, arguments)
                 : nc->listens ? read_listening(nc, count, arguments)
                               : read_connecting(nc, count, arguments);
    if (result == 0)
        result = check_hosts(nc);
    if (result == 0)
        result = read_proxy(nc);
    return result == 0 ? read_attendant(nc) : result;
}
