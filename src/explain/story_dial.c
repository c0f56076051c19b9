/* Names, addresses and attempts: from what was asked for to the address that is tried. */
#include "base/text.h"
#include "explain/inside.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

#define ADDRESSES_SHOWN 6   /* of a name */
#define NAME_TEXT       260 /* bytes of a name as it is shown, its NUL included */

/* --- names ---------------------------------------------------------------------------------------- */

/* An empty host is localhost. */
static const char *name_of(const zoc_notice *notice, char *text)
{
    return zoc_escape(zoc_bytes_of(*notice->name ? notice->name : "localhost"), text, NAME_TEXT);
}

static void list_addresses(const zoc_notice *notice, zoc_buffer *list)
{
    char text[ZOC_ADDRESS_TEXT];

    for (unsigned i = 0; i < notice->address_count && i < ADDRESSES_SHOWN; i++)
        zoc_buffer_printf(list, i ? ", %s" : "%s", story_host_text(&notice->addresses[i], text));
    if (notice->address_count > ADDRESSES_SHOWN)
        zoc_buffer_printf(list, ", ...");
    zoc_buffer_append(list, "", 1);
}

static void look_at_addresses(struct course *course, const zoc_notice *notice)
{
    course->addresses = notice->address_count;
    course->six = course->four = false;
    for (unsigned i = 0; i < notice->address_count; i++) {
        course->six |= notice->addresses[i].any.sa_family == AF_INET6;
        course->four |= notice->addresses[i].any.sa_family == AF_INET;
    }
}

static const zoc_answer *answer_of(const zoc_notice *notice, int family)
{
    for (unsigned i = 0; i < notice->answer_count; i++)
        if (notice->answers[i].family == family)
            return &notice->answers[i];
    return NULL;
}

/* The first that brought addresses; of none, the first one; NULL: nothing is known of who answered. */
static const zoc_answer *best_answer(const zoc_notice *notice)
{
    for (unsigned i = 0; i < notice->answer_count; i++)
        if (notice->answers[i].count > 0)
            return &notice->answers[i];
    return notice->answer_count > 0 ? &notice->answers[0] : NULL;
}

void story_resolving(struct story *story, const zoc_notice *notice)
{
    static const struct fact again = { .layer = LAYER_APPLICATION, .event = "tried_again" };
    static const struct fact asked = { .layer = LAYER_APPLICATION, .event = "resolving", .detail = true };
    char name[NAME_TEXT];

    story->course = (struct course){ .tries = story->course.tries + 1 };
    if (story->course.tries == 2)
        story_tell(story, &again, "%s",
                   _("it did not come about, and is tried again and again until the time is over"));
    if (story->course.tries == 1)
        story_tell(story, &asked, _("the addresses of '%s' are looked up"), name_of(notice, name));
}

static void tell_served(struct story *story, const zoc_notice *notice, const zoc_answer *answer, const char *list)
{
    static const struct fact served = { LAYER_APPLICATION, "resolved", RFC(1035, "4.2.1"), false };
    char name[NAME_TEXT], server[ZOC_ADDRESS_TEXT], took[ZOC_UNIT_TEXT];

    story_duration_text(notice->took, took);
    name_of(notice, name);
    if (answer->server.size == 0)
        story_tell(story, &served, _("a name server was asked for '%s', and said after %s: %s"), name, took, list);
    else
        story_tell(story, &served, _("name server %s was asked for '%s' over UDP, and said after %s: %s"),
                   zoc_address_format(&answer->server, server, sizeof server), name, took, list);
}

static void tell_ttl(struct story *story, const zoc_answer *answer)
{
    static const struct fact kept = { LAYER_APPLICATION, "ttl", RFC(1035, "3.2.1"), true };
    char ttl[ZOC_UNIT_TEXT];

    if (answer->ttl > 0)
        story_tell(story, &kept, _("who asks may keep this answer for %s (its TTL)"),
                   zoc_duration_format(answer->ttl, ttl, sizeof ttl));
}

static void tell_found(struct story *story, const zoc_notice *notice, const char *list)
{
    static const struct fact digits = { .layer = LAYER_APPLICATION, .event = "resolved", .detail = true };
    static const struct fact rule = { LAYER_APPLICATION, "resolved", RFC(6761, "6.3"), false };
    static const struct fact hosts = { LAYER_APPLICATION, "resolved", DOCUMENT("hosts(5)"), false };
    static const struct fact somehow = { .layer = LAYER_APPLICATION, .event = "resolved" };
    const zoc_answer *answer = best_answer(notice);
    char name[NAME_TEXT];

    name_of(notice, name);
    if (!answer)
        story_tell(story, &somehow, _("'%s' is %s"), name, list);
    else if (answer->by == ZOC_ANSWER_DIGITS)
        story_tell(story, &digits, _("%s is an address: there is no name to look up"), list);
    else if (answer->by == ZOC_ANSWER_RULE)
        story_tell(story, &rule, _("'%s' always means this machine, so no name server is asked: %s"), name, list);
    else if (answer->by == ZOC_ANSWER_HOSTS)
        story_tell(story, &hosts, _("'%s' stands in this machine's hosts file, which comes before any name server: %s"),
                   name, list);
    else
        tell_served(story, notice, answer, list);
    if (answer && answer->by == ZOC_ANSWER_SERVER)
        tell_ttl(story, answer);
}

/* Nothing in the DNS was looked at where the hosts file has the name. */
static void tell_family_missing(struct story *story, const zoc_answer *answer)
{
    static const struct fact no_six = { LAYER_APPLICATION, "family_missing", RFC(3596, "2.1"), false };
    static const struct fact no_four = { LAYER_APPLICATION, "family_missing", RFC(1035, "3.4.1"), false };
    static const struct fact no_line = { LAYER_APPLICATION, "family_missing", DOCUMENT("hosts(5)"), false };
    bool six = answer->family == AF_INET6;

    if (answer->by == ZOC_ANSWER_HOSTS)
        story_tell(story, &no_line, "%s",
                   six ? _("the hosts file has no IPv6 address for it, so only IPv4 is tried")
                       : _("the hosts file has no IPv4 address for it, so only IPv6 is tried"));
    else if (six)
        story_tell(story, &no_six, "%s", _("it has no IPv6 address (no AAAA record), so only IPv4 is tried"));
    else
        story_tell(story, &no_four, "%s", _("it has no IPv4 address (no A record), so only IPv6 is tried"));
}

/* A family of which nothing was found, where something was of the other one. */
static void tell_lack(struct story *story, const zoc_answer *answer)
{
    static const struct fact unsaid = { .layer = LAYER_APPLICATION, .event = "family_unknown" };

    if (answer->count > 0 || answer->by == ZOC_ANSWER_DIGITS)
        return;
    if (answer->error == -ZOC_ENAME)
        tell_family_missing(story, answer);
    else
        story_tell(story, &unsaid,
                   answer->family == AF_INET6 ? _("whether it has an IPv6 address, nobody could say: %s")
                                              : _("whether it has an IPv4 address, nobody could say: %s"),
                   zoc_error_text(answer->error));
}

void story_resolved(struct story *story, const zoc_notice *notice)
{
    const struct course *course = &story->course;
    zoc_buffer list = { 0 };

    look_at_addresses(&story->course, notice);
    story->course.six_is_late = notice->answer_count > 0 && !answer_of(notice, AF_INET6);
    if (course->tries > 1 || course->addresses == 0)
        return; /* that nothing was found is the failure, which has words of its own */
    list_addresses(notice, &list);
    tell_found(story, notice, list.data ? list.data : "");
    zoc_buffer_release(&list);
    for (unsigned i = 0; i < notice->answer_count; i++)
        tell_lack(story, &notice->answers[i]);
}

/* --- attempts ------------------------------------------------------------------------------------- */

static void tell_first(struct story *story, const zoc_address *address)
{
    static const struct fact both = { LAYER_INTERNET, "connecting", RFC(8305, "4"), false };
    static const struct fact one = { LAYER_INTERNET, "connecting", RFC(6724, "6"), false };
    static const struct fact late = { LAYER_INTERNET, "connecting", RFC(8305, "3"), false };
    static const struct fact only = { .layer = LAYER_INTERNET, .event = "connecting", .detail = true };
    const struct course *course = &story->course;
    const zoc_endpoint *place = story->options.place;
    bool six_may_come = course->six_is_late && !(place && place->options.only4);
    char text[ZOC_ADDRESS_TEXT];

    zoc_address_format(address, text, sizeof text);
    if (course->six && course->four)
        story_tell(story, &both, _("%s is tried first: IPv6 comes before IPv4, and then the families take turns"),
                   text);
    else if (six_may_come)
        story_tell(story, &late, _("%s is tried first: whether there is an IPv6 address was not known in time"), text);
    else if (course->addresses > 1)
        story_tell(story, &one, _("%s is tried first: the rules for the order of addresses put it there"), text);
    else
        story_tell(story, &only, _("%s is tried"), text);
}

static void tell_further(struct story *story, const zoc_address *address)
{
    static const struct fact beside = { LAYER_INTERNET, "connecting", RFC(8305, "5"), false };
    static const struct fact next = { .layer = LAYER_INTERNET, .event = "connecting", .detail = true };
    const struct course *course = &story->course;
    char text[ZOC_ADDRESS_TEXT];

    zoc_address_format(address, text, sizeof text);
    if (course->begun > course->failed)
        story_tell(story, &beside, _("%s is tried as well, since the one before has not answered for %d ms"), text,
                   (int)(ZOC_ATTEMPT_DELAY / ZOC_MILLISECOND));
    else
        story_tell(story, &next, _("%s is tried"), text);
}

static void tell_named(struct story *story, const char *name)
{
    static const struct fact asked = { .layer = LAYER_APPLICATION, .event = "connecting" };
    char text[NAME_TEXT];

    story->course.proxied = story->carrier != CARRIER_NONE;
    if (story->course.proxied)
        story_tell(story, &asked, _("the proxy is asked for a connection to '%s'"),
                   zoc_escape(zoc_bytes_of(name), text, sizeof text));
}

void story_connecting(struct story *story, const zoc_notice *notice)
{
    struct course *course = &story->course;

    if (!notice->address)
        tell_named(story, notice->name);
    else if (course->tries <= 1 && course->begun == 0)
        tell_first(story, notice->address);
    else if (course->tries <= 1)
        tell_further(story, notice->address);
    course->begun++;
}

/* What lost the race against another one has not failed. */
void story_connect_failed(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { .layer = LAYER_TRANSPORT, .event = "connect_failed" };
    struct course *course = &story->course;
    char address[ZOC_ADDRESS_TEXT], took[ZOC_UNIT_TEXT];

    course->failed++;
    if (notice->address && notice->error != -ECANCELED)
        course->failed_at = *notice->address;
    if (course->tries > 1 || !notice->address || notice->error == -ECANCELED)
        return;
    zoc_address_format(notice->address, address, sizeof address);
    story_duration_text(notice->took, took);
    if (course->failed == course->begun && course->begun < course->addresses)
        story_tell(story, &fact, _("%s: %s, after %s; the next address is tried at once"), address,
                   zoc_error_text(notice->error), took);
    else
        story_tell(story, &fact, _("%s: %s, after %s"), address, zoc_error_text(notice->error), took);
}
