/* How the terminal treats keys and output (termios(3)). */
#ifndef ZOC_TERMINAL_SETTINGS_H
#define ZOC_TERMINAL_SETTINGS_H

#include "terminal/terminal.h"

#include <termios.h>

/* The settings that a mode needs, made from those that were found. */
struct termios settings_for(enum terminal_mode mode, const struct termios *found);

/* Sets them on standard input, unless this process is in the background. Returns whether it is not. */
bool settings_apply(const struct termios *settings);

#endif
