#include "cmd/locale.h"

#include "cmd/text.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/bytes.h>
#include <zocalo/error.h>

/* <folder of this program>/po, when that exists. */
static const char *uninstalled(char path[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - sizeof "/po");
    if (size <= 0)
        return NULL;
    path[size] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    strcpy(slash, "/po");
    return access(path, X_OK) == 0 ? path : NULL;
}

void locale_prepare(void)
{
    static char path[PATH_MAX];
    const char *folder = getenv("ZOCALO_LOCALEDIR");

    setlocale(LC_CTYPE, ""); /* the other categories are not used, and each is a file that every start would read */
    setlocale(LC_MESSAGES, "");
    if (!folder)
        folder = uninstalled(path);
    bindtextdomain("zocalo", folder ? folder : ZOC_LOCALEDIR);
    bind_textdomain_codeset("zocalo", "UTF-8");
}

/* --- a language that was asked for ---------------------------------------------------------------- */

#define LANGUAGES "en " ZOC_LINGUAS /* of the messages themselves, and of po/LINGUAS */

/* Whether one of the languages is the first part of that name: "es" of "es_MX". */
static bool is_known(const char *name)
{
    size_t size = strcspn(name, "_-.@");

    for (const char *next = LANGUAGES; *next; next += strspn(next, " ")) {
        size_t length = strcspn(next, " ");
        if (length == size && strncmp(next, name, size) == 0)
            return true;
        next += length;
    }
    return false;
}

/* In the locale "C" no catalogue is looked at (gettext(3)), whatever the language. */
int locale_choose(const char *language)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);
    char quoted[64];

    if (!is_known(language))
        return zoc_refuse(-EINVAL, _("there are no messages in '%s' (known: %s)"),
                          zoc_escape(zoc_bytes_of(language), quoted, sizeof quoted), LANGUAGES);
    if (setenv("LANGUAGE", language, 1) < 0)
        return zoc_fail(-ENOMEM, "LANGUAGE");
    bool none = strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
    setlocale(LC_MESSAGES, none ? "C.UTF-8" : locale);
    return 0;
}
