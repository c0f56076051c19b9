/* What can be found out here about why something failed: looked up at that moment, and told as what it is. */
#include "base/text.h"
#include "explain/inside.h"
#include "look/holder.h"
#include "look/listening.h"
#include "look/network.h"
#include "look/sockets.h"
#include "world/world.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/net.h>

#define PLACES_MAX  512 /* sockets that listen and are looked at */
#define PORTS_SHOWN 8

/* What could not be reached, or who refused; NULL: it has no address. */
static const zoc_address *target_of(const struct story *story)
{
    const zoc_address *target = story->carrier == CARRIER_NONE ? &story->course.failed_at : &story->peer;

    return target->size > 0 ? target : NULL;
}

static const struct fact found_here = { .layer = LAYER_TRANSPORT, .event = "found" };

/* --- who listens here ------------------------------------------------------------------------------ */

/* Whether an address is one of this machine: a socket can be bound to it. */
static bool is_here(const zoc_address *address)
{
    zoc_address place = *address;
    int fd = zoc_address_is_loopback(address) ? -1 : zoc_world->socket(address->any.sa_family, SOCK_DGRAM, 0);

    if (fd < 0)
        return zoc_address_is_loopback(address);
    zoc_address_set_port(&place, 0);
    bool here = zoc_world->bind(fd, &place.any, place.size) == 0;
    zoc_world->close(fd);
    return here;
}

struct listening {
    int protocol;
    zoc_address places[PLACES_MAX];
    int count; /* or a negative errno */
};

static int look_who_listens(void *arg)
{
    struct listening *listening = arg;

    listening->count = look_listening(listening->protocol, listening->places, PLACES_MAX);
    return 0;
}

/* The places with that port, and no others, or every port once; `list` gets them with commas. */
static unsigned list_places(const struct listening *listening, uint16_t port, zoc_buffer *list)
{
    char text[ZOC_ADDRESS_TEXT];
    unsigned shown = 0;
    uint16_t last = 0;

    for (int i = 0; i < listening->count && shown < PORTS_SHOWN; i++) {
        uint16_t other = zoc_address_port(&listening->places[i]);
        if (port ? other != port : other == last)
            continue;
        last = other;
        if (port)
            zoc_buffer_printf(list, shown++ ? ", %s" : "%s",
                              zoc_address_format(&listening->places[i], text, sizeof text));
        else
            zoc_buffer_printf(list, shown++ ? ", %u" : "%u", other);
    }
    zoc_buffer_append(list, "", 1);
    return shown;
}

static void tell_who_listens(struct story *story, const struct listening *listening, uint16_t port)
{
    zoc_buffer list = { 0 };

    if (list_places(listening, port, &list) > 0) {
        story_tell(story, &found_here, _("looked up on this machine: somebody has that port, but listens at %s"),
                   list.data);
    } else {
        zoc_buffer_release(&list);
        if (list_places(listening, 0, &list) > 0)
            story_tell(story, &found_here,
                       _("looked up on this machine: nobody listens on port %u; on these ports somebody does: %s"),
                       port, list.data);
        else
            story_tell(story, &found_here, _("looked up on this machine: nobody listens on port %u, nor on any other"),
                       port);
    }
    zoc_buffer_release(&list);
}

static bool find_listeners(struct story *story)
{
    const zoc_address *target = target_of(story);
    struct listening *listening;

    if (!target || target->any.sa_family == AF_UNIX || !is_here(target))
        return false;
    listening = calloc(1, sizeof *listening);
    if (!listening)
        return false;
    listening->protocol = story->options.place && story->options.place->scheme == ZOC_UDP ? IPPROTO_UDP : IPPROTO_TCP;
    int result = zoc_offload(look_who_listens, listening);
    if (result == 0 && listening->count >= 0)
        tell_who_listens(story, listening, zoc_address_port(target));
    bool told = result == 0 && listening->count >= 0;
    free(listening);
    return told;
}

/* --- a queue that is full --------------------------------------------------------------------------- */

/* The socket that would take the connection; `found.backlog` 0 and nobody waiting: there is none, or it is not known. */
struct queue {
    const zoc_address *target;
    struct look_socket found;
};

/* One at that very address, or at every address, comes before others. */
static int keep_listener(const struct look_socket *socket, void *arg)
{
    struct queue *queue = arg;

    if (queue->found.state != TCP_LISTEN || zoc_address_equal(&socket->local.address, queue->target))
        queue->found = *socket;
    return 0;
}

static int look_at_queue(void *arg)
{
    static const int families[] = { AF_INET, AF_INET6 };
    struct queue *queue = arg;

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        look_sockets(&(struct look_query){ .family = families[i],
                                           .protocol = IPPROTO_TCP,
                                           .states = LOOK_LISTENING,
                                           .port = zoc_address_port(queue->target) },
                     keep_listener, queue);
    return 0;
}

/* Silence of this machine itself: the kernel answers no newcomer while too many wait to be accepted. */
static bool find_full_queue(struct story *story)
{
    static const struct fact fact = { LAYER_TRANSPORT, "found", DOCUMENT("listen(2)"), false };
    const zoc_address *target = target_of(story);
    struct queue queue = { .target = target };

    if (story->carrier != CARRIER_NONE || !target || target->any.sa_family == AF_UNIX || !is_here(target) ||
        zoc_offload(look_at_queue, &queue) < 0 || queue.found.state != TCP_LISTEN ||
        queue.found.waiting < queue.found.backlog)
        return false;
    story_tell(story, &fact,
               PLURAL("looked up on this machine: the backlog is full: %u connection waits to be accepted, and nobody "
                      "new is answered until somebody accepts",
                      "looked up on this machine: the backlog is full: %u connections wait to be accepted, and nobody "
                      "new is answered until somebody accepts",
                      queue.found.waiting),
               queue.found.waiting);
    return true;
}

/* --- names ----------------------------------------------------------------------------------------- */

/* Whether the name has an address of the family that nobody asked for. */
static bool find_other_family(struct story *story)
{
    static const struct fact fact = { LAYER_APPLICATION, "found", RFC(3596, "2.1"), false };
    const zoc_endpoint *place = story->options.place;
    zoc_address found;
    char text[ZOC_ADDRESS_TEXT];

    if (!place || !place->host || place->options.only4 == place->options.only6)
        return false;
    int family = place->options.only6 ? AF_INET : AF_INET6;
    if (zoc_resolve(place->host, 0, family, &found, 1) <= 0)
        return false;
    story_host_text(&found, text);
    if (family == AF_INET)
        story_tell(story, &fact,
                   _("looked up: the name exists, and has an IPv4 address (%s); IPv6 alone was asked for"), text);
    else
        story_tell(story, &fact,
                   _("looked up: the name exists, and has an IPv6 address (%s); IPv4 alone was asked for"), text);
    return true;
}

/* --- routes ---------------------------------------------------------------------------------------- */

static bool find_no_ip6(struct story *story)
{
    static const struct fact fact = { .layer = LAYER_INTERNET, .event = "found" };
    const zoc_address *target = target_of(story);
    struct look_ip6 ip6;

    if (!target || target->any.sa_family != AF_INET6 || look_ip6(&ip6) < 0 || (ip6.address && ip6.route))
        return false;
    story_tell(story, &fact, "%s",
               ip6.address ? _("looked up on this machine: it has IPv6 addresses, and no default route for them")
                           : _("looked up on this machine: it has no IPv6 address that reaches beyond its own link"));
    return true;
}

/* --- who is in the way ----------------------------------------------------------------------------- */

static bool find_holder(struct story *story)
{
    char holder[LOOK_HOLDER_TEXT];
    int result = story->options.place ? look_holder(story->options.place, holder, sizeof holder) : -EINVAL;

    if (result == -EACCES)
        story_tell(story, &found_here, "%s",
                   _("looked up on this machine: a process has it that this user may not see; root may"));
    else if (result == 0)
        story_tell(story, &found_here, _("looked up on this machine: %s has it"), holder);
    return result == 0 || result == -EACCES;
}

/* --- files of Unix sockets ------------------------------------------------------------------------- */

static bool find_file(struct story *story)
{
    const zoc_endpoint *place = story->options.place;
    struct stat status;

    if (!place || !place->path || zoc_world->stat(place->path, &status) < 0)
        return false;
    story_tell(story, &found_here,
               _("looked up on this machine: the file belongs to user number %u, and its mode is %04o"),
               (unsigned)status.st_uid, status.st_mode & 07777);
    return true;
}

/* --- which of them --------------------------------------------------------------------------------- */

static const struct {
    int error;
    bool (*find)(struct story *story);
} finders[] = {
    { ECONNREFUSED, find_listeners }, { ZOC_ENAME, find_other_family }, { ENETUNREACH, find_no_ip6 },
    { ETIMEDOUT, find_full_queue },   { EADDRINUSE, find_holder },      { EACCES, find_file },
};

bool story_tell_findings(struct story *story, int error)
{
    bool found = false;

    for (size_t i = 0; i < sizeof finders / sizeof *finders; i++)
        if (finders[i].error == -error)
            found |= finders[i].find(story);
    return found;
}
