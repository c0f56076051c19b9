#include "base/lazy.h"

#include "base/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <zocalo/error.h>

static int refuse(const struct lazy *library)
{
    const char *why = dlerror();

    return zoc_refuse(-ELIBACC, _("library '%s' cannot be loaded: %s"), library->file, why ? why : "");
}

static int load(struct lazy *library)
{
    char *pointers = library->pointers;
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

    if (!handle)
        return refuse(library);
    for (size_t i = 0; library->names[i]; i++) {
        void *function = dlsym(handle, library->names[i]);
        if (!function)
            return refuse(library);
        memcpy(pointers + i * sizeof function, &function, sizeof function);
    }
    library->loaded = true;
    return 0;
}

int lazy_load(struct lazy *library)
{
    static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&loading);
    int result = library->loaded ? 0 : load(library);
    pthread_mutex_unlock(&loading);
    return result;
}
