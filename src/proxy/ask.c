#include "proxy/question.h"

#include "base/text.h"
#include "net/dial.h"
#include "net/endpoint.h"
#include "stream/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

static int (*const ask_kind[])(const struct question *) = {
    [PROXY_SOCKS4] = question_ask_socks4,
    [PROXY_SOCKS5] = question_ask_socks5,
    [PROXY_HTTP] = question_ask_http,
};

static int wrap_ask(int error, const struct proxy *proxy)
{
    char name[QUESTION_AUTHORITY], quoted[QUESTION_AUTHORITY];

    question_authority(proxy->host, proxy->port, name);
    return zoc_wrap(error, _("proxy %s"), zoc_escape(zoc_bytes_of(name), quoted, sizeof quoted));
}

/* What is said to the proxy is no part of the conversation: neither the account nor the observer has it. */
static int ask(const struct question *question)
{
    zoc_stream *stream = question->stream;
    zoc_observer *observer = stream->observer;
    int result = 0;

    zoc_observe(stream, NULL);
    ZOC_FINISH
        result = ask_kind[question->proxy->kind](question);
    zoc_observe(stream, observer);
    if (result < 0)
        return wrap_ask(result, question->proxy);
    stream->received = stream->sent = 0;
    return 0;
}

int proxy_ask(const struct proxy *proxy, zoc_stream *stream, const char *host, uint16_t port)
{
    struct question question;
    int result = question_init(proxy, host, port, &question);

    question.stream = stream;
    return result < 0 ? result : ask(&question);
}

/* --- dialling ------------------------------------------------------------------------------------- */

/* The strings stay the target's and the proxy's. */
static int dial_proxy(const struct proxy *proxy, const zoc_endpoint *target, const zoc_dial_options *options,
                      zoc_stream **ret_stream)
{
    zoc_endpoint endpoint = { .scheme = ZOC_TCP, .host = proxy->host, .port = proxy->port, .options = target->options };
    const zoc_dial_options observed = { .observer = options ? options->observer : NULL };

    endpoint.options.tls = (zoc_tls_options){ 0 };
    int result = zoc_dial_endpoint(&endpoint, &observed, ret_stream);

    return result < 0 ? zoc_wrap(result, "%s", _("proxy")) : 0;
}

/* The observer, which was told of the proxy's address, is told of the target by its name: no address of it is known. */
static int ask_and_tell(const struct question *question)
{
    zoc_observer *observer = question->stream->observer;
    zoc_time start = zoc_now();
    char name[QUESTION_AUTHORITY];

    question_authority(question->host, question->port, name);
    observer_tell(observer, (zoc_notice){ .kind = ZOC_CONNECTING, .name = name });
    int result = ask(question);
    observer_tell(observer, (zoc_notice){ .kind = result < 0 ? ZOC_CONNECT_FAILED : ZOC_CONNECTED,
                                          .stream = result < 0 ? NULL : question->stream,
                                          .name = name,
                                          .error = result,
                                          .took = zoc_now() - start });
    return result;
}

static int dial_and_ask(struct question *question, const zoc_endpoint *target, const zoc_dial_options *options)
{
    int result = dial_proxy(question->proxy, target, options, &question->stream);

    if (result < 0)
        return result;
    result = ask_and_tell(question);
    if (result < 0)
        zoc_close(question->stream);
    return result;
}

/* From now on what goes through the stream below is for nobody to see. */
static int put_tls_over(const zoc_endpoint *target, zoc_tls_context *context, zoc_stream **stream)
{
    zoc_stream *below = *stream;
    zoc_observer *observer = below->observer;

    zoc_observe(below, NULL);
    int result = dial_tls_over(target, context, observer, below, stream);
    if (result < 0)
        return dial_wrap(result, target);
    zoc_set_timeout(*stream, target->options.timeout);
    return 0;
}

static int dial_and_ask_tls(struct question *question, const zoc_endpoint *target, const zoc_dial_options *options)
{
    zoc_tls_context *context = NULL;
    int result = dial_tls_context(target, &context);

    if (result < 0)
        return dial_wrap(result, target);
    result = dial_and_ask(question, target, options);
    if (result == 0)
        result = put_tls_over(target, context, &question->stream);
    zoc_tls_context_free(context);
    return result;
}

int proxy_dial(const struct proxy *proxy, const zoc_endpoint *target, const zoc_dial_options *options,
               zoc_stream **ret_stream)
{
    zoc_duration timeout = target->options.connect_timeout;
    struct question question;

    if (!endpoint_is_tcp(target) || target->listens)
        return zoc_refuse(-EINVAL, "%s", _("only a connection by tcp:// or tls:// goes through a proxy"));
    int result = endpoint_check_dial(target);
    if (result < 0)
        return result;
    result = question_init(proxy, target->host, target->port, &question);
    if (result < 0)
        return result;
    ZOC_WITHIN(timeout ? timeout : ZOC_NEVER)
        result = target->scheme == ZOC_TLS ? dial_and_ask_tls(&question, target, options)
                                           : dial_and_ask(&question, target, options);
    if (result == 0)
        *ret_stream = question.stream;
    return result;
}
