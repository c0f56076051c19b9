/* What standard input is. */
#ifndef ZOC_TALK_INPUT_H
#define ZOC_TALK_INPUT_H

#include <stdbool.h>

/* Whether anything could come from it: not from the null device. */
bool input_is_there(void);

#endif
