#include "talk/ports.h"

#include "base/text.h"
#include "world/world.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/endpoint.h>
#include <zocalo/error.h>

#define QUOTE 64 /* bytes of the text in words */

/* --- one port ------------------------------------------------------------------------------------- */

static int refuse(const char *problem, const char *text, size_t size)
{
    char quoted[QUOTE];

    return zoc_refuse(-EINVAL, _("port number %s: %s"), problem,
                      zoc_escape((zoc_bytes){ text, size }, quoted, sizeof quoted));
}

/* Digits alone, from `min` on. */
static int read_number(const char *text, size_t size, unsigned min, uint16_t *ret_port)
{
    unsigned number = 0;

    if (size == 0)
        return refuse(_("invalid"), text, size);
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)text[i]))
            return refuse(_("invalid"), text, size);
        number = number * 10 + (unsigned)(text[i] - '0');
        if (number > UINT16_MAX)
            return refuse(_("too large"), text, size);
    }
    if (number < min)
        return refuse(_("too small"), text, size);
    *ret_port = (uint16_t)number;
    return 0;
}

/* What else may stand in an endpoint stands in no such name. */
static bool may_be_service(const char *text)
{
    size_t size = strlen(text);

    return size > 0 && size < QUOTE && !isdigit((unsigned char)*text) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+") == size;
}

static bool read_service(const char *text, bool datagrams, uint16_t *ret_port)
{
    char place[QUOTE + 8] = "";
    zoc_endpoint *endpoint;

    if (!may_be_service(text))
        return false;
    strcpy(place, datagrams ? "udp://:" : "tcp://:");
    strcat(place, text);
    if (zoc_endpoint_parse(place, &endpoint) < 0)
        return false;
    *ret_port = endpoint->port;
    zoc_endpoint_free(endpoint);
    return true;
}

int ports_read(const char *text, bool datagrams, uint16_t *ret_port)
{
    return read_service(text, datagrams, ret_port) ? 0 : read_number(text, strlen(text), 0, ret_port);
}

/* --- lists ---------------------------------------------------------------------------------------- */

static int add_range(struct ports *ports, uint16_t low, uint16_t high)
{
    size_t more = (size_t)(high - low) + 1;
    uint16_t *numbers = reallocarray(ports->numbers, ports->count + more, sizeof *numbers);

    if (!numbers)
        return zoc_fail(-ENOMEM, "%s", _("list of ports"));
    ports->numbers = numbers;
    for (unsigned port = low; port <= high; port++)
        numbers[ports->count++] = (uint16_t)port;
    return 0;
}

int ports_add(struct ports *ports, const char *text, bool datagrams)
{
    const char *hyphen = isdigit((unsigned char)*text) ? strchr(text, '-') : NULL;
    uint16_t one = 0, other;

    if (read_service(text, datagrams, &one))
        return add_range(ports, one, one);
    int result = read_number(text, hyphen ? (size_t)(hyphen - text) : strlen(text), 1, &one);
    other = one;
    if (result == 0 && hyphen)
        result = read_number(hyphen + 1, strlen(hyphen + 1), 1, &other);
    if (result < 0)
        return result;
    return one < other ? add_range(ports, one, other) : add_range(ports, other, one);
}

/* Fisher and Yates. */
void ports_shuffle(struct ports *ports)
{
    for (size_t left = ports->count; left > 1; left--) {
        uint32_t chance;
        zoc_world->random(&chance, sizeof chance);
        size_t other = chance % left;
        uint16_t port = ports->numbers[other];
        ports->numbers[other] = ports->numbers[left - 1];
        ports->numbers[left - 1] = port;
    }
}

void ports_release(struct ports *ports)
{
    if (!ports)
        return;
    free(ports->numbers);
    *ports = (struct ports){ 0 };
}
