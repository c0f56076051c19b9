/* A line that is typed and not seen. */
#ifndef ZOC_TERMINAL_SECRET_H
#define ZOC_TERMINAL_SECRET_H

#include <zocalo/bytes.h>

/* What a key does to the line. */
enum secret_step {
    SECRET_GOES_ON,
    SECRET_ENTERED, /* the line is whole, with its newline */
    SECRET_ENDED    /* Ctrl-D on an empty line */
};

/* Adds a key, or obeys it: Backspace takes a character back, Ctrl-U all of them. */
enum secret_step secret_take(zoc_buffer *line, char key);

/* Empties it, and leaves nothing of it in memory. */
void secret_forget(zoc_buffer *line);

#endif
