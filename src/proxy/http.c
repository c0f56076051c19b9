/* HTTP CONNECT (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617). */
#include "base/base64.h"
#include "proxy/question.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zocalo/error.h>

#define HEADER_MAX (16 * 1024) /* bytes of an answer, with the interim ones before it */
#define LINE_KEPT  128         /* bytes of a line that are looked at */

enum { SWITCHING_PROTOCOLS = 101, UNAUTHORIZED = 401, LOGIN_WANTED = 407 };
enum { INTERNAL_ERROR = 500, BAD_GATEWAY = 502, UNAVAILABLE = 503, GATEWAY_TIMEOUT = 504 };

/* --- the request ---------------------------------------------------------------------------------- */

static int put_login(zoc_buffer *request, const struct proxy *proxy)
{
    char login[2 * PROXY_LOGIN_MAX + 2], text[BASE64_TEXT(sizeof login)];

    if (!proxy->user)
        return 0;
    snprintf(login, sizeof login, "%s:%s", proxy->user, proxy->password ? proxy->password : "");
    return zoc_buffer_printf(request, "Proxy-Authorization: Basic %s\r\n", base64_encode(zoc_bytes_of(login), text));
}

static int write_request(const struct question *question)
{
    zoc_buffer request = { 0 };
    char authority[QUESTION_AUTHORITY];

    question_authority(question->host, question->port, authority);
    int result = zoc_buffer_printf(&request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", authority, authority);
    if (result == 0)
        result = put_login(&request, question->proxy);
    if (result == 0)
        result = zoc_buffer_append(&request, "\r\n", 2);
    if (result == 0)
        result = question_write(question, request.data, request.size);
    zoc_buffer_release(&request);
    return result;
}

/* --- the answer ----------------------------------------------------------------------------------- */

struct answer {
    const struct question *question;
    size_t size; /* read so far */
    struct {
        char data[LINE_KEPT];
        size_t size;
    } line; /* without its end; of a longer one its beginning */
};

/* Byte by byte: what follows the header is the target's. A line may end with LF alone (RFC 9112 section 2.2). */
static int read_line(struct answer *answer)
{
    char byte = '\0';

    for (answer->line.size = 0; byte != '\n'; answer->size++) {
        if (answer->size == HEADER_MAX)
            return zoc_refuse(-ZOC_EPROXY, _("its answer is longer than %d bytes"), HEADER_MAX);
        int result = question_read(answer->question, &byte, 1);
        if (result < 0)
            return result;
        if (byte != '\n' && answer->line.size < LINE_KEPT)
            answer->line.data[answer->line.size++] = byte;
    }
    if (answer->line.size > 0 && answer->line.data[answer->line.size - 1] == '\r')
        answer->line.size--;
    return 0;
}

/* The fields say nothing here: not even that a body follows (RFC 9110 section 9.3.6). */
static int skip_fields(struct answer *answer)
{
    int result;

    do
        result = read_line(answer);
    while (result == 0 && answer->line.size > 0);
    return result;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "HTTP/1.1 200 OK", of which the last word may be missing (RFC 9112 section 4). Returns the status, or 0. */
static int status_of(const char *line, size_t size)
{
    static const char pattern[] = "HTTP/1.d ddd";

    if (size < strlen(pattern) || (size > strlen(pattern) && line[strlen(pattern)] != ' '))
        return 0;
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == 'd' ? !is_digit(line[i]) : line[i] != pattern[i])
            return 0;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

/* Returns the status, or -ZOC_EPROXY and the like. */
static int read_status(struct answer *answer)
{
    char quoted[2 * LINE_KEPT];
    int result = read_line(answer);

    if (result < 0)
        return result;
    int status = status_of(answer->line.data, answer->line.size);
    zoc_bytes line = { answer->line.data, answer->line.size };
    return status >= 100 ? status
                         : zoc_refuse(-ZOC_EPROXY, _("what it answers is not %s: '%s'"), "HTTP",
                                      zoc_escape(line, quoted, sizeof quoted));
}

/* --- refusals ------------------------------------------------------------------------------------- */

/* What a status says of the target; of any other the proxy is to blame, or whoever asks. (Where nobody listens,
 * tinyproxy says 500 and ncat 504.) */
static int error_of(int status)
{
    static const struct {
        int status, error;
    } of_targets[] = {
        { INTERNAL_ERROR, EHOSTUNREACH },
        { BAD_GATEWAY, EHOSTUNREACH },
        { UNAVAILABLE, EHOSTUNREACH },
        { GATEWAY_TIMEOUT, ETIMEDOUT },
    };

    for (size_t i = 0; i < sizeof of_targets / sizeof *of_targets; i++)
        if (of_targets[i].status == status)
            return -of_targets[i].error;
    return -ZOC_EPROXY;
}

static int refuse(const struct answer *answer, int status)
{
    const char *user = answer->question->proxy->user;
    const zoc_bytes said = { answer->line.data + strlen("HTTP/1.1 "), answer->line.size - strlen("HTTP/1.1 ") };
    char quoted[2 * LINE_KEPT];

    if (status == LOGIN_WANTED || (status == UNAUTHORIZED && user)) /* so tinyproxy refuses a login */
        return zoc_refuse(-ZOC_EPROXY, "%s",
                          user ? _("it refused the user name and the password")
                               : _("it wants a user name and a password, and has none from us"));
    return question_refuse(answer->question, error_of(status), zoc_escape(said, quoted, sizeof quoted));
}

int question_ask_http(const struct question *question)
{
    struct answer answer = { .question = question };
    int result = write_request(question), status = 0;

    while (result == 0 && status < 200) { /* an interim answer is followed by another one */
        status = read_status(&answer);
        if (status < 0)
            return status;
        if (status >= 300 || status == SWITCHING_PROTOCOLS)
            return refuse(&answer, status);
        result = skip_fields(&answer);
    }
    return result;
}
