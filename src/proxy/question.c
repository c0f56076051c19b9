#include "proxy/question.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zocalo/error.h>

#define QUOTE_MAX   280 /* bytes of a host in words, with the NUL: a longer one is cut */

#define quote(text) zoc_escape(zoc_bytes_of(text), (char[QUOTE_MAX]){ 0 }, QUOTE_MAX)

/* --- hosts ---------------------------------------------------------------------------------------- */

/* In a request of HTTP a space or a line end would say something else. */
static bool is_clean(const char *host)
{
    for (; *host; host++)
        if ((unsigned char)*host <= ' ' || *host == 0x7f)
            return false;
    return true;
}

static int check_host(const char *host)
{
    if (!*host)
        return zoc_refuse(-EINVAL, _("through a proxy a host is needed: 'this machine' is another one there"));
    if (strlen(host) > ZOC_HOST_MAX)
        return zoc_refuse(-EINVAL, _("the name of a host has at most %d bytes"), ZOC_HOST_MAX);
    if (!is_clean(host))
        return zoc_refuse(-EINVAL, _("'%s' is not the name of a host"), quote(host));
    if (strchr(host, '%'))
        return zoc_refuse(-EINVAL, _("'%s' has a zone, which means nothing to a proxy"), quote(host));
    return 0;
}

int question_init(const struct proxy *proxy, const char *host, uint16_t port, struct question *ret_question)
{
    struct question question = { .proxy = proxy, .host = host, .port = port };
    int result = check_host(host);

    if (result < 0)
        return result;
    if (zoc_address_parse_ip(host, port, &question.address) < 0)
        question.address.size = 0;
    if (question_family(&question) == AF_UNSPEC && strchr(host, ':'))
        return zoc_refuse(-EINVAL, _("'%s' is not the name of a host"), quote(host));
    if (proxy->kind == PROXY_SOCKS4 && question_family(&question) == AF_INET6)
        return zoc_refuse(-EINVAL, _("SOCKS 4 does not reach IPv6 addresses, such as '%s'; socks5:// does"), host);
    *ret_question = question;
    return 0;
}

int question_family(const struct question *question)
{
    return question->address.size ? question->address.any.sa_family : AF_UNSPEC;
}

char *question_authority(const char *host, uint16_t port, char text[QUESTION_AUTHORITY])
{
    snprintf(text, QUESTION_AUTHORITY, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    return text;
}

/* --- bytes ---------------------------------------------------------------------------------------- */

int question_write(const struct question *question, const void *data, size_t size)
{
    ssize_t written = zoc_write(question->stream, data, size);

    return written < 0 ? (int)written : 0;
}

int question_read(const struct question *question, void *data, size_t size)
{
    for (size_t have = 0; have < size;) {
        ssize_t count = zoc_read(question->stream, (char *)data + have, size - have);
        if (count < 0)
            return (int)count;
        if (count == 0)
            return zoc_refuse(-ZOC_ETRUNCATED, "%s", _("it ended without an answer"));
        have += (size_t)count;
    }
    return 0;
}

/* --- refusals ------------------------------------------------------------------------------------- */

int question_refuse(const struct question *question, int error, const char *why)
{
    return zoc_refuse(error, _("refused to connect to '%s' port %u: %s"), quote(question->host), question->port, why);
}

int question_refuse_code(const struct question *question, const struct refusal *table, uint8_t code)
{
    char why[64];

    for (; table->code; table++)
        if (table->code == code)
            return question_refuse(question, -table->error, table->why ? _(table->why) : zoc_error_text(-table->error));
    snprintf(why, sizeof why, _("code %u, which its protocol does not know"), code);
    return question_refuse(question, -ZOC_EPROXY, why);
}

int question_refuse_answer(const char *protocol)
{
    return zoc_refuse(-ZOC_EPROXY, _("what it answers is not %s"), protocol);
}
