/* The date and the time of day as the clocks on the wall here show them. */
#ifndef ZOC_BASE_LOCAL_TIME_H
#define ZOC_BASE_LOCAL_TIME_H

#include <stdint.h>
#include <time.h>

/* Of nanoseconds since 1970, such as zoc_world->wall() gives; tm_zone is the zone's short name. */
struct tm base_local_time(int64_t wall);

#endif
