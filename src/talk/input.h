/* What standard input is. */
#ifndef ZOC_TALK_INPUT_H
#define ZOC_TALK_INPUT_H

#include <stdbool.h>

/* Whether anything could come from it: not from the null device. */
bool input_is_there(void);

/* Whether it is a file: all that will come from it is there. */
bool input_is_file(void);

/* Whether another program is at the other end of it: of a pipe or a socket. */
bool input_is_program(void);

#endif
