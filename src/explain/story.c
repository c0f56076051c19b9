#include "explain/inside.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- lines ---------------------------------------------------------------------------------------- */

static __attribute__((format(printf, 4, 0))) void tell_words(struct story *story, const enum side *speaker,
                                                             const struct fact *fact, const char *format,
                                                             va_list arguments)
{
    char *text;

    if (fact->detail && !story->teller->options.more)
        return;
    if (vasprintf(&text, format, arguments) < 0)
        return;
    teller_tell(story->teller, &(struct telling){ .time = story->now,
                                                  .layer = fact->layer,
                                                  .event = fact->event,
                                                  .connection = story->options.connection,
                                                  .speaker = speaker,
                                                  .text = text,
                                                  .reference = fact->reference });
    free(text);
}

void story_tell(struct story *story, const struct fact *fact, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell_words(story, NULL, fact, format, arguments);
    va_end(arguments);
}

void story_tell_of(struct story *story, enum side speaker, const struct fact *fact, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell_words(story, &speaker, fact, format, arguments);
    va_end(arguments);
}

char *story_host_text(const zoc_address *address, char *text)
{
    zoc_address host = *address;

    zoc_address_set_port(&host, 0);
    zoc_address_format(&host, text, ZOC_ADDRESS_TEXT);
    char *port = strrchr(text, ':');
    if (port)
        *port = '\0'; /* it was ":0" */
    size_t size = strlen(text);
    if (size > 2 && text[0] == '[') {
        memmove(text, text + 1, size - 2);
        text[size - 2] = '\0';
    }
    return text;
}

char *story_duration_text(zoc_duration duration, char *text)
{
    zoc_duration unit = 1;

    while (duration / unit >= 1000)
        unit *= 10;
    return zoc_duration_format((duration + unit / 2) / unit * unit, text, ZOC_UNIT_TEXT);
}

/* --- what is said --------------------------------------------------------------------------------- */

static void hear(struct hearer *hearer, const struct remark *remark)
{
    struct story *story = (struct story *)((char *)hearer - offsetof(struct story, hearer));

    bool empty = remark->quote.size == 0 && !*remark->text;

    if (remark->detail && !story->teller->options.more)
        return;
    teller_tell(story->teller, &(struct telling){ .time = story->now,
                                                  .layer = LAYER_APPLICATION,
                                                  .event = remark->introduces ? "recognised" : "message",
                                                  .connection = story->options.connection,
                                                  .protocol = remark->protocol ? remark->protocol->name : NULL,
                                                  .speaker = remark->introduces ? NULL : &remark->speaker,
                                                  .quote = remark->quote,
                                                  .text = empty ? _("an empty line") : remark->text,
                                                  .reference = remark->reference });
}

static void say(struct story *story, enum side speaker, zoc_bytes bytes)
{
    if (!story->dialogue || story->options.silent)
        return;
    if (bytes.data)
        dialogue_say(story->dialogue, speaker, bytes);
    else
        dialogue_miss(story->dialogue, speaker, bytes.size);
}

void story_end_words(struct story *story, enum side speaker)
{
    if (story->dialogue && !story->options.silent)
        dialogue_end(story->dialogue, speaker);
}

static void story_received(struct story *story, const zoc_notice *notice)
{
    say(story, story_peer(story), notice->bytes);
}

static void story_sent(struct story *story, const zoc_notice *notice)
{
    say(story, story_us(story), notice->bytes);
}

/* --- the observer --------------------------------------------------------------------------------- */

static story_chapter *const chapters[] = {
    [ZOC_RESOLVING] = story_resolving,
    [ZOC_RESOLVED] = story_resolved,
    [ZOC_CONNECTING] = story_connecting,
    [ZOC_CONNECT_FAILED] = story_connect_failed,
    [ZOC_CONNECTED] = story_connected,
    [ZOC_TLS_MESSAGE] = story_tls_message,
    [ZOC_TLS_AGREED] = story_tls_agreed,
    [ZOC_LISTENING] = story_listening,
    [ZOC_ACCEPTED] = story_accepted,
    [ZOC_RECEIVED] = story_received,
    [ZOC_SENT] = story_sent,
    [ZOC_PEER_ENDED] = story_peer_ended,
    [ZOC_WE_ENDED] = story_we_ended,
    [ZOC_WE_RESET] = story_we_reset,
    [ZOC_FAILED] = story_failed,
    [ZOC_CLOSED] = story_closed,
};

static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    struct story *story = (struct story *)observer;

    story->now = notice->time;
    chapters[notice->kind](story, notice);
}

/* --- making it ------------------------------------------------------------------------------------ */

int story_new(struct teller *teller, const struct story_options *options, struct story **ret_story)
{
    struct story *story = calloc(1, sizeof *story);

    if (!story)
        return -ENOMEM;
    story->observer.tell = tell;
    story->hearer.hear = hear;
    story->teller = teller;
    story->options = *options;
    *ret_story = story;
    return 0;
}

zoc_observer *story_observer(struct story *story)
{
    return &story->observer;
}

void story_free(struct story *story)
{
    if (!story)
        return;
    dialogue_free(story->dialogue);
    free(story);
}
