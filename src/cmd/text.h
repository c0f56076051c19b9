/* Messages in the reader's language (gettext). */
#ifndef ZOC_CMD_TEXT_H
#define ZOC_CMD_TEXT_H

#include <libintl.h>

#define _(text)  dgettext("zocalo", text)
#define N_(text) text

#endif
