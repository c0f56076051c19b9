#include "base/local_time.h"

#include <pthread.h>

/* The first call in a process reads the file of the zone, as the C library does it: a small file of this machine, for
 * which a fiber may keep its loop waiting once. Every later call only calculates, and TZ is not looked at again. */
struct tm base_local_time(int64_t wall)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    time_t seconds = wall / 1000000000;
    struct tm local = { 0 };

    pthread_once(&once, tzset);
    localtime_r(&seconds, &local);
    return local;
}
