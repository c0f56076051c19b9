/* A transcript that is written: the file, line by line. */
#ifndef ZOC_TRANSCRIPT_TRANSCRIPT_H
#define ZOC_TRANSCRIPT_TRANSCRIPT_H

#include "transcript/form.h"

/* It belongs to one loop. Zeroed, there is none. */
struct transcript {
    const char *path, *by; /* borrowed; by: the program's own name in messages and in the file */
    bool open;
    int fd;
    zoc_time start;
    zoc_buffer line;
    unsigned connections; /* so far: they are numbered from 1 */
    int error;            /* why writing failed; nothing more is written then. 0 */
};

/* Makes the file, for its owner alone, in place of one that is there. Each event is written as it happens, before what made it
 * goes on: nothing waits in memory, and nothing is lost when the program is killed. When that fails, one line on standard error
 * says so, and the conversation goes on. Returns 0 or a negative errno with words. */
int transcript_open(struct transcript *transcript, const char *path, const char *by);

/* Writes a line. Its time is set here, from that of the notice. Does not wait. */
void transcript_write(struct transcript *transcript, zoc_time time, struct form_event event);

/* Returns 0, or why not all of it was written, which has been said. A second time, and of a zeroed one, 0. */
int transcript_close(struct transcript *transcript);

#endif
