#include "cmd/narrate.h"

#include "cmd/text.h"

#include <time.h>
#include <zocalo/error.h>
#include <zocalo/stream.h>
#include <zocalo/tls.h>

#define DAY_TEXT 32 /* bytes of "2026-11-30", also of years that are far off */

static const char *address(const zoc_notice *notice, char *text)
{
    return notice->address ? zoc_address_format(notice->address, text, ZOC_ADDRESS_TEXT) : "";
}

static const char *took(const zoc_notice *notice, char *text)
{
    return zoc_duration_format(notice->took, text, ZOC_UNIT_TEXT);
}

static void tell_resolved(FILE *file, const zoc_notice *notice)
{
    char text[ZOC_ADDRESS_TEXT], duration[ZOC_UNIT_TEXT], name[ZOC_HOST_MAX * 4 + 1];

    if (notice->address_count == 0) /* whoever dialled says why */
        return;
    fprintf(file, _("resolved '%s' in %s:"),
            zoc_escape(zoc_bytes_of(*notice->name ? notice->name : "localhost"), name, sizeof name),
            took(notice, duration));
    for (unsigned i = 0; i < notice->address_count; i++)
        fprintf(file, " %s", zoc_address_format(&notice->addresses[i], text, sizeof text));
    fputc('\n', file);
}

static void tell_connecting(FILE *file, const zoc_notice *notice)
{
    char text[ZOC_ADDRESS_TEXT];

    if (notice->name)
        fprintf(file, _("opening '%s'\n"), zoc_escape(zoc_bytes_of(notice->name), text, sizeof text));
    else
        fprintf(file, _("connecting to %s\n"), address(notice, text));
}

static void tell_connect_failed(FILE *file, const zoc_notice *notice)
{
    char text[ZOC_ADDRESS_TEXT], duration[ZOC_UNIT_TEXT];

    if (notice->name)
        fprintf(file, _("not opened after %s: %s\n"), took(notice, duration), zoc_error_text(notice->error));
    else
        fprintf(file, _("no connection to %s after %s: %s\n"), address(notice, text), took(notice, duration),
                zoc_error_text(notice->error));
}

static void tell_connected(FILE *file, const zoc_notice *notice)
{
    char text[ZOC_ADDRESS_TEXT], local[ZOC_ADDRESS_TEXT], duration[ZOC_UNIT_TEXT];

    if (notice->name)
        fprintf(file, _("opened in %s\n"), took(notice, duration));
    else
        fprintf(file, _("connected to %s from %s in %s\n"), address(notice, text),
                zoc_address_format(notice->local, local, sizeof local), took(notice, duration));
}

static const char *day(int64_t seconds, char *text)
{
    time_t time = (time_t)seconds;
    struct tm parts;

    return gmtime_r(&time, &parts) && strftime(text, DAY_TEXT, "%Y-%m-%d", &parts) > 0 ? text : "";
}

static void tell_certificate(FILE *file, const zoc_tls_info *info)
{
    char from[DAY_TEXT], until[DAY_TEXT];

    fprintf(file, _("certificate of '%s', issued by '%s' for %s to %s%s, pin=%s\n"), info->subject, info->issuer,
            day(info->not_before, from), day(info->not_after, until),
            info->verified ? "" : _(", which nobody has checked"), info->pin);
}

static void tell_agreed(FILE *file, const zoc_notice *notice)
{
    char duration[ZOC_UNIT_TEXT];
    zoc_tls_info info;

    if (zoc_tls_get_info(notice->stream, &info) < 0)
        return;
    fprintf(file, _("agreed on %s with %s"), info.version, info.cipher);
    if (*info.group)
        fprintf(file, ", %s", info.group);
    if (*info.alpn)
        fprintf(file, ", ALPN '%s'", info.alpn);
    if (info.resumed)
        fputs(_(", resuming a session"), file);
    fprintf(file, _(" in %s\n"), took(notice, duration));
    if (*info.pin)
        tell_certificate(file, &info);
}

static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    FILE *file = ((struct narrator *)observer)->file;
    char text[ZOC_ADDRESS_TEXT], local[ZOC_ADDRESS_TEXT];

    switch (notice->kind) {
    case ZOC_RESOLVING:
        break; /* the answer says what was asked */
    case ZOC_RESOLVED:
        tell_resolved(file, notice);
        break;
    case ZOC_CONNECTING:
        tell_connecting(file, notice);
        break;
    case ZOC_CONNECT_FAILED:
        tell_connect_failed(file, notice);
        break;
    case ZOC_CONNECTED:
        tell_connected(file, notice);
        break;
    case ZOC_TLS_MESSAGE:
        break; /* what was agreed on says more */
    case ZOC_TLS_AGREED:
        tell_agreed(file, notice);
        break;
    case ZOC_LISTENING:
        fprintf(file, _("listening at %s\n"), zoc_address_format(notice->local, local, sizeof local));
        if (notice->pin)
            fprintf(file, _("certificate made here, for clients: ,pin=%s\n"), notice->pin);
        break;
    case ZOC_ACCEPTED:
        fprintf(file, _("accepted a connection from %s\n"), address(notice, text));
        break;
    case ZOC_RECEIVED:
        fprintf(file, _("received %zu bytes\n"), notice->bytes.size);
        break;
    case ZOC_SENT:
        fprintf(file, _("sent %zu bytes\n"), notice->bytes.size);
        break;
    case ZOC_PEER_ENDED:
        fprintf(file, _("the peer sends no more\n"));
        break;
    case ZOC_WE_ENDED:
        fprintf(file, _("we send no more\n"));
        break;
    case ZOC_WE_RESET:
        fprintf(file, _("we reset the connection\n"));
        break;
    case ZOC_FAILED:
        fprintf(file, _("failed: %s\n"), zoc_error_text(notice->error));
        break;
    case ZOC_CLOSED:
        fprintf(file, _("closed\n"));
        break;
    }
}

struct narrator narrator_of(FILE *file)
{
    return (struct narrator){ .observer.tell = tell, .file = file };
}
