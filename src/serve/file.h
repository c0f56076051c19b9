/* Files that are read whole, such as a file of specs. */
#ifndef ZOC_SERVE_FILE_H
#define ZOC_SERVE_FILE_H

#include <zocalo/bytes.h>

/* Appends what is in the file ("-": standard input) to the buffer, whose size_max bounds it. Blocks: not on a fiber, or
 * in zoc_offload. Returns 0 or a negative errno with words. */
int file_read(const char *path, zoc_buffer *buffer);

#endif
