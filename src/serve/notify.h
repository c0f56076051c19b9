/* Telling a service manager how we are (sd_notify(3)). */
#ifndef ZOC_SERVE_NOTIFY_H
#define ZOC_SERVE_NOTIFY_H

/* Sends the state, "READY=1" or the like, to the socket that NOTIFY_SOCKET names; nothing when it names none. A failure
 * is logged as a warning. Waits. */
void notify_manager(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
