/* A file that was made here, and that goes again only while it still is that one. */
#ifndef ZOC_STREAM_MADE_H
#define ZOC_STREAM_MADE_H

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

/* The same of a file that nothing else keeps open. Zeroed, nothing was made. */
struct made_file {
    struct made made;
    char *path; /* owned; NULL when nothing was made */
    int held;   /* a descriptor of it (O_PATH): no other file gets its number while we go by that */
};

/* Remembers what is at the path, a link itself included. Returns 0; -ENOMEM, or a negative errno with words, and it is
 * removed then. */
int made_file_hold(struct made_file *file, const char *path);

/* Removes it, once, and lets go of it. */
void made_file_remove(struct made_file *file);

#endif
