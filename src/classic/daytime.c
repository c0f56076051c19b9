#include "classic/daytime.h"

#include "base/local_time.h"
#include "classic/answer.h"
#include "world/world.h"

/* The C library's names would be in the user's language. */
static const char *const days[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};

static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

int daytime_append(zoc_buffer *text, const struct tm *local)
{
    return zoc_buffer_printf(text, "%s, %s %d, %d %02d:%02d:%02d-%s\r\n", days[local->tm_wday], months[local->tm_mon],
                             local->tm_mday, local->tm_year + 1900, local->tm_hour, local->tm_min, local->tm_sec,
                             local->tm_zone);
}

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    struct tm now = base_local_time(zoc_world->wall());

    (void)datagram, (void)settings;
    if (daytime_append(room, &now) < 0)
        return (zoc_bytes){ 0 };
    return (zoc_bytes){ room->data, room->size };
}

void daytime_converse(zoc_stream *peer, void *state)
{
    answer_connection(peer, answer, state);
}

int daytime_datagrams(zoc_datagrams *socket, void *state)
{
    return answer_datagrams(socket, answer, state, ANSWER_ECHO_PORT);
}
