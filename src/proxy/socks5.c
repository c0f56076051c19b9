/* SOCKS 5 (RFC 1928), with nobody's word or a user name and a password (RFC 1929). */
#include "proxy/question.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>

enum { VERSION = 5, CONNECT = 1, SUCCEEDED = 0 };
enum { OPEN_TO_ALL = 0, PASSWORD = 2, NO_METHOD = 0xff };    /* section 3 */
enum { ADDRESS_IP4 = 1, ADDRESS_NAME = 3, ADDRESS_IP6 = 4 }; /* section 4 */

#define LOGIN_VERSION 1 /* RFC 1929 section 2 */
#define REQUEST_MAX   (4 + 1 + ZOC_HOST_MAX + 2)
#define LOGIN_MAX     (1 + 2 * (1 + PROXY_LOGIN_MAX))

/* Section 6. */
static const struct refusal refusals[] = {
    { 1, ZOC_EPROXY, N_("general failure of the proxy") },
    { 2, ZOC_EPROXY, N_("a rule of the proxy forbids it") },
    { 3, ENETUNREACH, NULL },
    { 4, EHOSTUNREACH, NULL },
    { 5, ECONNREFUSED, NULL },
    { 6, ETIMEDOUT, N_("the time to live of its packets ended on the way") },
    { 7, ZOC_EPROXY, N_("the proxy does not make connections") },
    { 8, ZOC_EPROXY, N_("the proxy does not know addresses of that kind") },
    { 0 },
};

/* A size in one byte, and then so many. Returns where the next one goes. */
static char *put_counted(char *at, const void *data, size_t size)
{
    *at++ = (char)size;
    memcpy(at, data, size);
    return at + size;
}

/* --- who asks ------------------------------------------------------------------------------------- */

static int log_in(const struct question *question)
{
    const char *user = question->proxy->user, *password = question->proxy->password ? question->proxy->password : "";
    char request[LOGIN_MAX] = { LOGIN_VERSION };
    uint8_t answer[2] = { 0 };
    char *end = put_counted(put_counted(request + 1, user, strlen(user)), password, strlen(password));
    int result = question_write(question, request, (size_t)(end - request));

    if (result == 0)
        result = question_read(question, answer, sizeof answer);
    if (result < 0)
        return result;
    if (answer[0] != LOGIN_VERSION)
        return question_refuse_answer("SOCKS 5");
    return answer[1] == 0 ? 0 : zoc_refuse(-ZOC_EPROXY, "%s", _("it refused the user name and the password"));
}

static int refuse_methods(const struct question *question)
{
    return zoc_refuse(-ZOC_EPROXY, "%s",
                      question->proxy->user ? _("it takes neither nobody's word nor a user name and a password")
                                            : _("it wants a user name and a password, and has none from us"));
}

/* A user name is offered where there is one; the proxy chooses. */
static int agree_on_method(const struct question *question)
{
    bool named = question->proxy->user != NULL;
    const char offer[] = { VERSION, named ? 2 : 1, OPEN_TO_ALL, PASSWORD };
    uint8_t answer[2] = { 0 };
    int result = question_write(question, offer, named ? 4 : 3);

    if (result == 0)
        result = question_read(question, answer, sizeof answer);
    if (result < 0)
        return result;
    if (answer[0] != VERSION)
        return question_refuse_answer("SOCKS 5");
    if (answer[1] == OPEN_TO_ALL)
        return 0;
    if (answer[1] == PASSWORD && named)
        return log_in(question);
    return answer[1] == NO_METHOD ? refuse_methods(question) : question_refuse_answer("SOCKS 5");
}

/* --- what for ------------------------------------------------------------------------------------- */

static char *put_address(char *at, const struct question *question)
{
    switch (question_family(question)) {
    case AF_INET:
        *at = ADDRESS_IP4;
        return mempcpy(at + 1, &question->address.ip4.sin_addr, 4);
    case AF_INET6:
        *at = ADDRESS_IP6;
        return mempcpy(at + 1, &question->address.ip6.sin6_addr, 16);
    default:
        *at = ADDRESS_NAME;
        return put_counted(at + 1, question->host, strlen(question->host));
    }
}

static int write_request(const struct question *question)
{
    char request[REQUEST_MAX] = { VERSION, CONNECT, 0 };
    char *end = put_address(request + 3, question);

    *end++ = (char)(question->port >> 8);
    *end++ = (char)question->port;
    return question_write(question, request, (size_t)(end - request));
}

/* The address and the port that the proxy connects from: nobody wants to know, but the target's bytes come after. */
static int skip_address(const struct question *question, uint8_t type)
{
    uint8_t size = type == ADDRESS_IP4 ? 4 : 16;
    char rest[UINT8_MAX + 2];

    if (type != ADDRESS_IP4 && type != ADDRESS_IP6 && type != ADDRESS_NAME)
        return question_refuse_answer("SOCKS 5");
    int result = type == ADDRESS_NAME ? question_read(question, &size, 1) : 0;
    return result < 0 ? result : question_read(question, rest, (size_t)size + 2);
}

/* A refusal is taken as soon as its code is there: some proxies end in the middle of it. */
int question_ask_socks5(const struct question *question)
{
    uint8_t answer[4] = { 0 }; /* version, code, 0, type of the address */
    int result = agree_on_method(question);

    if (result == 0)
        result = write_request(question);
    if (result == 0)
        result = question_read(question, answer, 2);
    if (result < 0)
        return result;
    if (answer[0] != VERSION)
        return question_refuse_answer("SOCKS 5");
    if (answer[1] != SUCCEEDED)
        return question_refuse_code(question, refusals, answer[1]);
    result = question_read(question, answer + 2, 2);
    return result < 0 ? result : skip_address(question, answer[3]);
}
