/* The way from this machine to an address: by which interface, and who is next on it. */
#ifndef ZOC_LOOK_WAY_H
#define ZOC_LOOK_WAY_H

#include <stdbool.h>
#include <stdint.h>
#include <zocalo/endpoint.h>

/* What an interface puts around a packet. */
enum look_link {
    LOOK_LINK_OTHER,    /* something that is not known here */
    LOOK_LINK_LOOPBACK, /* the host itself */
    LOOK_LINK_ETHERNET, /* or what looks like it to the host: Wi-Fi, a virtual interface */
    LOOK_LINK_NONE      /* nothing: the packet as it is (a tunnel) */
};

#define LOOK_NAME     16 /* bytes of an interface's name, its NUL included */
#define LOOK_HARDWARE 6  /* bytes of an address of Ethernet */

struct look_way {
    char name[LOOK_NAME];
    unsigned index;
    enum look_link link;
    unsigned mtu; /* bytes of the largest packet */
    uint8_t hardware[LOOK_HARDWARE];
    uint8_t next[LOOK_HARDWARE]; /* the address that frames go to */
    bool has_next;               /* it is known */
    zoc_address gateway;         /* size 0: the peer is on the link itself */
};

/* Asks the kernel (rtnetlink(7)) how it would send to that address now. Waits. Returns 0; -ENETUNREACH and the like;
 * -EAFNOSUPPORT for an address without such ways; another negative errno. Sets no words. */
int look_way(const zoc_address *peer, struct look_way *ret_way);

#endif
