/* A file that was made here, and that goes again only while it still is that one. */
#ifndef ZOC_NET_MADE_H
#define ZOC_NET_MADE_H

#include "world/world.h"

/* Zeroed, nothing was made. The path is its owner's. */
struct made {
    bool is_there;
    dev_t device;
    ino_t number; /* nobody else gets it while its socket or a descriptor of the file is open */
};

/* Remembers what is at the path: to be called right after making it. */
void made_note(struct made *made, const char *path);

/* Removes it, once. What somebody else has put in its place since then stays. */
void made_remove(struct made *made, const char *path);

#endif
