/* SOCKS 4, and 4a, where a name stands behind an address that is none (0.0.0.x). */
#include "proxy/question.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>

enum { VERSION = 4, CONNECT = 1, GRANTED = 90 };

#define REQUEST_MAX (8 + PROXY_LOGIN_MAX + 1 + ZOC_HOST_MAX + 1)
#define ANSWER_SIZE 8 /* 0, the code, and six bytes that mean nothing here */

/* 91 is said of a closed port too: it may be open in a moment. */
static const struct refusal refusals[] = {
    { 91, ECONNREFUSED, N_("rejected or failed") },
    { 92, ZOC_EPROXY, N_("it wants to ask an ident service on this machine, and finds none") },
    { 93, ZOC_EPROXY, N_("the ident service on this machine says another user") },
    { 0 },
};

static char *put_string(char *at, const char *text)
{
    return stpcpy(at, text) + 1; /* with its NUL */
}

static int write_request(const struct question *question)
{
    static const char no_address[] = { 0, 0, 0, 1 };
    bool named = question_family(question) == AF_UNSPEC;
    char request[REQUEST_MAX] = { VERSION, CONNECT, (char)(question->port >> 8), (char)question->port };

    memcpy(request + 4, named ? (const void *)no_address : &question->address.ip4.sin_addr, 4);
    char *end = put_string(request + 8, question->proxy->user ? question->proxy->user : "");
    if (named)
        end = put_string(end, question->host);
    return question_write(question, request, (size_t)(end - request));
}

int question_ask_socks4(const struct question *question)
{
    uint8_t answer[ANSWER_SIZE] = { 0 };
    int result = write_request(question);

    if (result == 0)
        result = question_read(question, answer, sizeof answer);
    if (result < 0)
        return result;
    if (answer[0] != 0)
        return question_refuse_answer("SOCKS 4");
    return answer[1] == GRANTED ? 0 : question_refuse_code(question, refusals, answer[1]);
}
