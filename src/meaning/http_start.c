/* The first line of a message: what is asked, or how it is answered. */
#include "base/text.h"
#include "meaning/http.h"

#include <ctype.h>

static const struct meanings methods = MEANINGS(NULL, http_methods);
static const struct meanings statuses = MEANINGS(NULL, http_statuses);

static bool is(zoc_bytes bytes, const char *word)
{
    return bytes.size == strlen(word) && memcmp(bytes.data, word, bytes.size) == 0;
}

static bool begins(zoc_bytes bytes, const char *word)
{
    return bytes.size >= strlen(word) && memcmp(bytes.data, word, strlen(word)) == 0;
}

/* --- versions ------------------------------------------------------------------------------------- */

static const struct meaning versions[] = {
    { "HTTP/1.0", N_("in this version the connection ends after each answer, unless both sides ask to keep it"),
      RFC(9112, "9.3"), true },
    { "HTTP/1.1",
      N_("in this version Host has to be there, and the connection stays open after the answer unless a side says "
         "Connection: close"),
      RFC(9112, "9.3"), true },
};

/* What a version means is said once. */
static void tell_version(const struct http_hearing *hearing, zoc_bytes version, unsigned minor)
{
    if (hearing->http->told_version[minor])
        return;
    hearing->http->told_version[minor] = true;
    dialogue_remark(hearing->dialogue, hearing->speaker, version, &versions[minor]);
}

/* HTTP/1.x with x beyond 1 is read as 1.1 (RFC 9110, 2.5). */
static bool read_version(zoc_bytes version, unsigned *ret_minor)
{
    if (version.size != strlen("HTTP/1.1") || !begins(version, "HTTP/1.") || !isdigit((unsigned char)version.data[7]))
        return false;
    *ret_minor = version.data[7] != '0';
    return true;
}

/* --- requests ------------------------------------------------------------------------------------- */

static void tell_method(const struct http_hearing *hearing, zoc_bytes line, zoc_bytes method)
{
    const struct meaning *row = meanings_find(&methods, method);

    if (!row)
        dialogue_tell(
            hearing->dialogue, SIDE_CLIENT, line, (struct reference)RFC(9110, "9.1"), false, "%s",
            _("the client uses a method that is not registered; a server that does not know it is to answer 501"));
    else if (!is(method, row->word))
        dialogue_tell(hearing->dialogue, SIDE_CLIENT, line, (struct reference)RFC(9110, "9.1"), false,
                      _("no method is spelt like that: %s is written in capitals, and another case is another method"),
                      row->word);
    else
        dialogue_remark(hearing->dialogue, SIDE_CLIENT, line, row);
}

/* The four forms of a target (RFC 9112, 3.2). */
static const struct meaning *form_of(zoc_bytes method, zoc_bytes target)
{
    static const struct meaning origin = {
        "", N_("the path, and the query behind a question mark, at the site that Host names"), RFC(9112, "3.2.1"), true
    };
    static const struct meaning authority = { "", N_("the host and the port that the proxy is to connect to"),
                                              RFC(9112, "3.2.3"), true };
    static const struct meaning asterisk = { "", N_("the server as a whole, and nothing in it"), RFC(9112, "3.2.4"),
                                             false };
    static const struct meaning absolute = { "", N_("a whole address, which is how a client asks a proxy"),
                                             RFC(9112, "3.2.2"), false };
    static const struct meaning none = { "", N_("a target may not be written like this"), RFC(9112, "3.2"), false };

    if (begins(target, "/"))
        return &origin;
    if (is(method, "CONNECT"))
        return &authority;
    if (is(target, "*"))
        return &asterisk;
    return memmem(target.data, target.size, "://", 3) ? &absolute : &none;
}

/* A password may stand in an address, before the host. */
static bool has_user(zoc_bytes target)
{
    const char *end = target.data + target.size, *host = memmem(target.data, target.size, "://", 3);
    const char *path = host ? memchr(host + 3, '/', (size_t)(end - host - 3)) : NULL;

    return host && memchr(host, '@', (size_t)((path ? path : end) - host));
}

static void tell_target(const struct http_hearing *hearing, zoc_bytes method, zoc_bytes target)
{
    static const struct meaning user = {
        "", N_("the address has a user in it, and maybe a password, which no client is to send: it is not shown"),
        RFC(9110, "4.2.4"), false
    };

    if (has_user(target))
        dialogue_remark(hearing->dialogue, SIDE_CLIENT, (zoc_bytes){ 0 }, &user);
    else
        dialogue_remark(hearing->dialogue, SIDE_CLIENT, target, form_of(method, target));
}

static void remember(struct http *http, enum http_asked asked)
{
    if (http->waiting == HTTP_PIPELINE_MAX)
        http->overflowed = true;
    else
        http->queue[(http->first + http->waiting++) % HTTP_PIPELINE_MAX] = asked;
}

static void tell_preface(const struct http_hearing *hearing, zoc_bytes line)
{
    const struct http_hearing answer = { hearing->dialogue, hearing->http, SIDE_SERVER };

    dialogue_tell(hearing->dialogue, SIDE_CLIENT, line, (struct reference)RFC(9113, "3.4"), false, "%s",
                  _("the client begins HTTP/2: its frames are binary, and are not taken apart here"));
    http_lose(hearing);
    http_lose(&answer);
}

static void hear_request(const struct http_hearing *hearing, zoc_bytes line)
{
    struct http_head *head = &http_side(hearing)->head;
    zoc_bytes rest = line;
    zoc_bytes method = dialogue_word(&rest), target = dialogue_word(&rest), version = dialogue_word(&rest);
    zoc_bytes shown = has_user(target) ? method : line;

    if (is(method, "PRI") && is(version, "HTTP/2.0")) {
        tell_preface(hearing, line);
        return;
    }
    remember(hearing->http, is(method, "HEAD")      ? HTTP_ASKED_HEAD
                            : is(method, "CONNECT") ? HTTP_ASKED_CONNECT
                                                    : HTTP_ASKED_OTHER);
    head->asked = is(method, "CONNECT") ? HTTP_ASKED_CONNECT : HTTP_ASKED_OTHER;
    head->malformed = rest.size > 0 || !read_version(version, &head->minor);
    if (head->malformed) {
        dialogue_tell(hearing->dialogue, SIDE_CLIENT, shown, (struct reference)RFC(9112, "3"), false, "%s",
                      _("no request line: that is a method, a target and HTTP/1.1, with one space between them"));
        return;
    }
    tell_method(hearing, shown, method);
    tell_target(hearing, method, target);
    tell_version(hearing, version, head->minor);
}

/* --- answers -------------------------------------------------------------------------------------- */

/* Which request is answered. A code of 1xx answers none: another answer follows. */
static enum http_asked recall(const struct http_hearing *hearing, unsigned status)
{
    struct http *http = hearing->http;

    if (http->waiting == 0) {
        dialogue_tell(hearing->dialogue, SIDE_SERVER, (zoc_bytes){ 0 }, (struct reference)RFC(9112, "9.2"), false, "%s",
                      _("nothing was asked that this could answer: a client is not to take it for an answer"));
        return HTTP_ASKED_OTHER;
    }
    enum http_asked asked = http->queue[http->first];
    if (status >= 200) {
        http->first = (http->first + 1) % HTTP_PIPELINE_MAX;
        http->waiting--;
    }
    return asked;
}

static bool read_status(zoc_bytes word, unsigned *ret_status)
{
    unsigned status = 0;

    for (size_t i = 0; i < word.size && word.size == 3; i++) {
        if (!isdigit((unsigned char)word.data[i]))
            return false;
        status = 10 * status + (unsigned)(word.data[i] - '0');
    }
    *ret_status = status;
    return status >= 100;
}

static void tell_status(const struct http_hearing *hearing, zoc_bytes line, zoc_bytes code)
{
    const struct meaning *row = meanings_find(&statuses, code);

    if (row)
        dialogue_remark(hearing->dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(hearing->dialogue, SIDE_SERVER, line, (struct reference)RFC(9110, "15"), false, "%s",
                      _("a code of no class that HTTP has: a client is to take it for an error of the server"));
}

static void hear_answer(const struct http_hearing *hearing, zoc_bytes line)
{
    struct http_head *head = &http_side(hearing)->head;
    zoc_bytes rest = line, version = dialogue_word(&rest), code = dialogue_word(&rest);

    if (!read_version(version, &head->minor) || !read_status(code, &head->status)) {
        dialogue_tell(hearing->dialogue, SIDE_SERVER, line, (struct reference)RFC(9112, "4"), false, "%s",
                      _("no status line: what the server says from here on is not told"));
        http_lose(hearing);
        return;
    }
    if (hearing->http->overflowed && hearing->http->waiting == 0) {
        dialogue_tell(
            hearing->dialogue, SIDE_SERVER, line, (struct reference)RFC(9112, "9.3.2"), false, "%s",
            _("so many requests had no answer that it is not known which one this is for; what the server says from "
              "here on is not told"));
        http_lose(hearing);
        return;
    }
    tell_status(hearing, line, code);
    tell_version(hearing, version, head->minor);
    head->asked = recall(hearing, head->status);
}

void http_hear_start(const struct http_hearing *hearing, zoc_bytes line)
{
    struct http_side *side = http_side(hearing);

    if (line.size == 0)
        return; /* an empty line too many (RFC 9112, 2.2) */
    side->head = (struct http_head){ 0 };
    side->secret = false;
    side->phase = HTTP_HEAD;
    if (hearing->speaker == SIDE_CLIENT)
        hear_request(hearing, line);
    else
        hear_answer(hearing, line);
}
