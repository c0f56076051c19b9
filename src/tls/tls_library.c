#include "tls/tls_library.h"

#include "world/world.h"

#include <pthread.h>
#include <stddef.h>
#include <zocalo/units.h>

struct gnutls_functions gnutls;

static const char *const names[] = { GNUTLS_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy library = { .file = "libgnutls.so.30", .names = names, .pointers = &gnutls };

static time_t tell_time(time_t *ret_time)
{
    time_t now = (time_t)(zoc_world->wall() / ZOC_SECOND);

    if (ret_time)
        *ret_time = now;
    return now;
}

static void set_clock(void)
{
    gnutls.gnutls_global_set_time_function(tell_time);
}

int tls_library_load(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int result = lazy_load(&library);

    if (result == 0)
        pthread_once(&once, set_clock);
    return result;
}
