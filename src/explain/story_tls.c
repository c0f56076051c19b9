/* TLS: what its handshake says, and what came of it. */
#include "base/text.h"
#include "explain/inside.h"
#include "meaning/handshake.h"

#include <time.h>
#include <zocalo/tls.h>

#define DAY_TEXT 32 /* bytes of "2026-11-30", also of years that are far off */

/* --- messages -------------------------------------------------------------------------------------- */

static void count_rounds(struct story *story, enum side speaker)
{
    story->rounds += speaker == SIDE_SERVER && story->asked == SIDE_CLIENT;
    story->asked = speaker;
}

/* The alert close_notify (RFC 8446 section 6.1) is told as the end that it is. */
static bool is_farewell(zoc_bytes alert)
{
    return alert.size == 2 && alert.data[1] == 0;
}

void story_tls_message(struct story *story, const zoc_notice *notice)
{
    enum side speaker = notice->outgoing ? story_us(story) : story_peer(story);

    if (notice->content == ZOC_TLS_HANDSHAKE && !story->secured)
        count_rounds(story, speaker);
    if (!story->dialogue)
        return;
    if (notice->content == ZOC_TLS_HANDSHAKE)
        handshake_tell(story->dialogue, speaker, notice->bytes);
    else if (!is_farewell(notice->bytes))
        alert_tell(story->dialogue, speaker, notice->bytes);
}

/* --- what came of it ------------------------------------------------------------------------------- */

static void tell_suite(struct story *story, const zoc_notice *notice, const zoc_tls_info *info)
{
    static const struct fact fact = { .layer = LAYER_APPLICATION, .event = "tls_agreed", .reference = RFC(8446, "2") };
    char took[ZOC_UNIT_TEXT];

    story_duration_text(notice->took, took);
    if (story->rounds > 0)
        story_tell(story, &fact,
                   PLURAL("%s is agreed on, after %s and %u round trip: what follows is encrypted with %s",
                          "%s is agreed on, after %s and %u round trips: what follows is encrypted with %s",
                          story->rounds),
                   info->version, took, story->rounds, info->cipher);
    else
        story_tell(story, &fact, _("%s is agreed on, after %s: what follows is encrypted with %s"), info->version, took,
                   info->cipher);
}

static void tell_agreements(struct story *story, const zoc_tls_info *info)
{
    static const struct fact group = { LAYER_APPLICATION, "tls_group", RFC(8446, "7.4"), true };
    static const struct fact alpn = { LAYER_APPLICATION, "tls_alpn", RFC(7301, "3"), false };
    static const struct fact resumed = { LAYER_APPLICATION, "tls_resumed", RFC(8446, "2.2"), false };

    if (*info->group)
        story_tell(story, &group,
                   _("the keys were agreed on in the group %s: they are computed on both sides, and never sent"),
                   info->group);
    if (*info->alpn)
        story_tell(story, &alpn, _("both sides will speak '%s', which TLS agreed on as well (ALPN)"), info->alpn);
    if (info->resumed)
        story_tell(story, &resumed, "%s",
                   _("an earlier session goes on: the certificate is that of then, and was not shown again"));
}

static const char *day(int64_t seconds, char *text)
{
    time_t time = (time_t)seconds;
    struct tm parts;

    return gmtime_r(&time, &parts) && strftime(text, DAY_TEXT, "%Y-%m-%d", &parts) > 0 ? text : "";
}

static void tell_certificate(struct story *story, const zoc_tls_info *info)
{
    static const struct fact fact = { LAYER_APPLICATION, "tls_certificate", RFC(5280, "6"), false };
    char from[DAY_TEXT], until[DAY_TEXT];

    if (!*info->pin)
        return;
    story_tell_of(story, story_peer(story), &fact,
                  info->verified
                      ? _("certificate of '%s', issued by '%s', good from %s to %s: it was checked, and is good")
                      : _("certificate of '%s', issued by '%s', good from %s to %s: nobody has checked it"),
                  info->subject, info->issuer, day(info->not_before, from), day(info->not_after, until));
}

void story_tls_agreed(struct story *story, const zoc_notice *notice)
{
    zoc_tls_info info;

    story->secured = true;
    if (zoc_tls_get_info(notice->stream, &info) < 0)
        return;
    tell_suite(story, notice, &info);
    tell_agreements(story, &info);
    tell_certificate(story, &info);
}
