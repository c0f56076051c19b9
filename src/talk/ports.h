/* Ports as people list them: 80, http, 20-80. */
#ifndef ZOC_TALK_PORTS_H
#define ZOC_TALK_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed, it is empty. */
struct ports {
    uint16_t *numbers; /* in the order in which they were added; owned */
    size_t count;
};

/* A number from 0 to 65535, or the name of a service in /etc/services. Returns 0, or -EINVAL with words. */
int ports_read(const char *text, bool datagrams, uint16_t *ret_port);

/* Adds a port from 1 on, or a range of them by numbers, both ends included; its ends may stand in any order, and it goes up.
 * Returns 0; -EINVAL with words that quote what is wrong; -ENOMEM. */
int ports_add(struct ports *ports, const char *text, bool datagrams);

/* Puts them into an order that nobody can foresee. */
void ports_shuffle(struct ports *ports);

/* NULL is fine. It is empty again. */
void ports_release(struct ports *ports);

#endif
