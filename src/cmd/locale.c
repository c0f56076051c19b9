#include "cmd/locale.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
