#include "proxy/proxy.h"

#include "base/text.h"
#include "net/endpoint.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zocalo/error.h>

static const struct {
    const char *scheme;
    enum proxy_kind kind;
} schemes[] = {
    { "socks4", PROXY_SOCKS4 },  { "socks4a", PROXY_SOCKS4 }, { "socks5", PROXY_SOCKS5 },
    { "socks5h", PROXY_SOCKS5 }, { "http", PROXY_HTTP },
};

static const uint16_t default_port[] = {
    [PROXY_SOCKS4] = PROXY_SOCKS_PORT, [PROXY_SOCKS5] = PROXY_SOCKS_PORT, [PROXY_HTTP] = PROXY_HTTP_PORT
};

/* --- from its parts ------------------------------------------------------------------------------- */

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            return true;
    return false;
}

static int check_word(const char *word)
{
    if (word && strlen(word) > PROXY_LOGIN_MAX)
        return zoc_refuse(-EINVAL, _("a user name and a password have at most %d bytes"), PROXY_LOGIN_MAX);
    if (word && has_control(word))
        return zoc_refuse(-EINVAL, "%s", _("a user name and a password have no control characters"));
    return 0;
}

static int check_login(enum proxy_kind kind, const char *user, const char *password)
{
    int result = check_word(user);

    if (result == 0)
        result = check_word(password);
    if (result < 0)
        return result;
    if (!user && password)
        return zoc_refuse(-EINVAL, "%s", _("a password without a user name"));
    if (kind == PROXY_SOCKS4 && password)
        return zoc_refuse(-EINVAL, "%s", _("SOCKS 4 knows no password; socks5:// does"));
    if (kind == PROXY_HTTP && user && strchr(user, ':')) /* RFC 7617 section 2 */
        return zoc_refuse(-EINVAL, "%s", _("a user name for HTTP has no ':'"));
    return 0;
}

static int copy(const char *text, char **ret_copy)
{
    *ret_copy = text ? strdup(text) : NULL;
    return text && !*ret_copy ? -ENOMEM : 0;
}

int proxy_init(enum proxy_kind kind, const char *address, const char *user, const char *password,
               struct proxy *ret_proxy)
{
    const struct endpoint_reader reader = { .text = address, .scheme = ZOC_TCP };
    struct proxy proxy = { .kind = kind };

    user = user && *user ? user : NULL;
    int result = check_login(kind, user, password);
    if (result == 0 && !*address)
        result = zoc_refuse(-EINVAL, "%s", _("the proxy's host is missing"));
    if (result == 0)
        result = endpoint_read_bind(&reader, zoc_bytes_of(address), &proxy.host, &proxy.port);
    if (result == 0)
        result = copy(user, &proxy.user);
    if (result == 0)
        result = copy(password, &proxy.password);
    if (result < 0) {
        proxy_release(&proxy);
        return result;
    }
    if (proxy.port == 0)
        proxy.port = default_port[kind];
    *ret_proxy = proxy;
    return 0;
}

void proxy_release(struct proxy *proxy)
{
    free(proxy->host);
    free(proxy->user);
    free(proxy->password);
    *proxy = (struct proxy){ 0 };
}

/* --- from a URL ----------------------------------------------------------------------------------- */

static int refuse_scheme(zoc_bytes scheme)
{
    ENDPOINT_BUFFER known = { 0 };

    if (scheme.size == 5 && strncasecmp(scheme.data, "https", 5) == 0)
        return zoc_refuse(-EINVAL, "%s", _("a proxy is not reached by https://, which needs TLS; by http:// it is"));
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (zoc_buffer_printf(&known, i ? ", %s://" : "%s://", schemes[i].scheme) < 0)
            return -ENOMEM;
    return zoc_refuse(-EINVAL, _("unknown scheme '%s://' (known: %.*s)"), endpoint_quote(scheme), (int)known.size,
                      known.data);
}

static int read_scheme(zoc_bytes scheme, enum proxy_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strlen(schemes[i].scheme) == scheme.size && strncasecmp(schemes[i].scheme, scheme.data, scheme.size) == 0) {
            *ret_kind = schemes[i].kind;
            return 0;
        }
    return refuse_scheme(scheme);
}

static int digit_of(char byte)
{
    if (!isxdigit((unsigned char)byte))
        return -1;
    return isdigit((unsigned char)byte) ? byte - '0' : tolower((unsigned char)byte) - 'a' + 10;
}

/* In place. The text may hold no NUL: what comes of it is a string. */
static int decode(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text != '%') {
            *to++ = *text;
            continue;
        }
        int high = digit_of(text[1]), low = high < 0 ? -1 : digit_of(text[2]);
        if (low < 0)
            return zoc_refuse(-EINVAL, "%s",
                              _("a percent sign in a user name or a password comes before two hexadecimal digits"));
        if (high == 0 && low == 0)
            return zoc_refuse(-EINVAL, "%s", _("a user name and a password have no control characters"));
        *to++ = (char)(high << 4 | low);
        text += 2;
    }
    *to = '\0';
    return 0;
}

/* USER[:PASSWORD], which is taken apart in place. */
static int split_login(char *login, char **ret_password)
{
    char *password = strchr(login, ':');

    if (password)
        *password++ = '\0';
    int result = decode(login);
    if (result == 0 && password)
        result = decode(password);
    *ret_password = password;
    return result;
}

/* A slash at the end is the whole path that there may be. */
static void cut_slash(char *rest)
{
    size_t size = strlen(rest);

    if (size > 0 && rest[size - 1] == '/')
        rest[size - 1] = '\0';
}

int proxy_parse(const char *url, struct proxy *ret_proxy)
{
    const char *colon = strstr(url, "://");
    enum proxy_kind kind = PROXY_SOCKS5;
    char *user = NULL, *password = NULL;

    if (!colon)
        return zoc_refuse(-EINVAL, "%s", _("a proxy begins with its scheme, such as 'socks5://' or 'http://'"));
    int result = read_scheme(endpoint_slice(url, colon), &kind);
    if (result < 0)
        return result;
    ENDPOINT_STRING rest = strdup(colon + strlen("://"));
    if (!rest)
        return -ENOMEM;
    cut_slash(rest);
    char *at =
        strrchr(rest, '@'); /* the last one: it cannot stand in a host, and in a password it is often forgotten */
    if (at) {
        *at = '\0';
        user = rest;
        result = split_login(user, &password);
    }
    return result < 0 ? result : proxy_init(kind, at ? at + 1 : rest, user, password, ret_proxy);
}
