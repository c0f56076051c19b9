/* Terminals and serial devices (termios(3)), and how they are set while a stream goes through them. */
#ifndef ZOC_NET_TTY_H
#define ZOC_NET_TTY_H

#include <zocalo/endpoint.h>
#include <zocalo/stream.h>

struct termios;

#define TTY_SPEED_MAX 4000000                /* bits per second */
#define TTY_PATIENCE  (5 * ZOC_SECOND)       /* for what was sent to leave, at the close: a 16550's 4 KiB at 9600 */
#define TTY_LOOK      (10 * ZOC_MILLISECOND) /* between two looks whether it has */

/* Whether it is one of the standard speeds, in bits per second. */
bool tty_knows_speed(int speed);

/* Appends all of them, with commas between. Returns 0 or -ENOMEM. */
int tty_list_speeds(zoc_buffer *buffer);

/* Whether options are given that say something of terminals alone. */
bool tty_is_meant(const zoc_endpoint_options *options);

/* Bytes pass as they are, both ways; a read has at least one; no carrier is waited for. */
void tty_make_raw(struct termios *settings);

/* A stream over a descriptor (O_NONBLOCK) of a terminal, set as the endpoint says; it takes it over on success only.
 * `direction` is what it was opened for. Returns 0; a negative errno with words. */
int tty_new(int fd, const zoc_endpoint *endpoint, zoc_direction direction, zoc_stream **ret_stream);

#endif
