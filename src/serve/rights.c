#include "serve/rights.h"

#include "base/text.h"
#include "world/world.h"

#include <errno.h>
#include <zocalo/error.h>

int rights_give_up(const char *user, const char *group)
{
    int result = user || group ? zoc_world->become(user, group) : 0;
    const char *separator = user && group ? ":" : "";

    if (result == -ENOENT)
        return zoc_refuse(result, _("become '%s%s%s': there is no such user or group (a number needs --group)"),
                          user ? user : "", separator, group ? group : "");
    if (result == -EPERM)
        return zoc_refuse(result, _("become '%s%s%s': there is no right to, or groups or capabilities would stay"),
                          user ? user : "", separator, group ? group : "");
    return result < 0 ? zoc_fail(result, _("become '%s%s%s'"), user ? user : "", separator, group ? group : "") : 0;
}
