/* Messages in the reader's language (gettext). */
#ifndef ZOC_BASE_TEXT_H
#define ZOC_BASE_TEXT_H

#include <libintl.h>

#define _(text) dgettext("zocalo", text)
/* One of two, or as many as the language has, by that number; each may print it. */
#define PLURAL(one, many, number) dngettext("zocalo", one, many, number)
#define N_(text)                  (text) /* marks a text of a table, which goes through _() where it is shown */

#endif
