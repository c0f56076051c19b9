/* What is opened rather than connected to: named pipes, files, terminals, programs. Each gives a stream, or an error
 * with words. */
#ifndef ZOC_NET_OPEN_H
#define ZOC_NET_OPEN_H

#include <zocalo/endpoint.h>
#include <zocalo/stream.h>

/* A named pipe, made when it is missing, and removed by closing the stream then. To be written, it waits for a reader.
 * */
int fifo_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

/* A file, for reading or for writing, or a device, also for both. Waits for a worker thread to open it. A terminal or
 * serial device gets its settings back when the stream is closed, which waits for what was sent (TTY_PATIENCE). */
int file_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

/* A pseudo terminal whose other side others open, by a link at the path, which closing the stream removes. Nobody who
 * opens it ends it before a byte came from there; after that the last who closes it does. */
int pty_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

#define EXEC_PATIENCE (1 * ZOC_SECOND) /* for the end of a program after the end of its output */

/* A program, by its standard input and output. Its end decides what the end of its output is: 0, or -ZOC_EPROGRAM with
 * words when its exit status was not 0 or a signal ended it. One that goes on without output is not waited for. */
int exec_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

#endif
