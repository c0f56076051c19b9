/* The world of `zocalo listen`: its two halves. */
#ifndef ZOC_TESTS_SIM_LISTEN_H
#define ZOC_TESTS_SIM_LISTEN_H

/* One program and many clients (listen.c, gather.h); many who send datagrams (listen_letters.c, letters.h). */
void listen_to_letters(void);

#define LISTEN_HOST   2U
#define LISTEN_PORT   9000U
#define LISTEN_DENIED "10.0.0.6" /* who may not come, where somebody may not */

#endif
