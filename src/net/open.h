/* What is opened rather than connected to: named pipes, files, programs. Each gives a stream, or an error with words.
 * */
#ifndef ZOC_NET_OPEN_H
#define ZOC_NET_OPEN_H

#include <zocalo/endpoint.h>
#include <zocalo/stream.h>

/* A named pipe, made when it is missing, and removed by closing the stream then. To be written, it waits for a reader.
 * */
int fifo_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

/* A file or a device, for reading or for writing. Waits for a worker thread to open it. */
int file_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

#define EXEC_PATIENCE (1 * ZOC_SECOND) /* for the end of a program after the end of its output */

/* A program, by its standard input and output. Its end decides what the end of its output is: 0, or -ZOC_EPROGRAM with
 * words when its exit status was not 0 or a signal ended it. One that goes on without output is not waited for. */
int exec_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream);

#endif
