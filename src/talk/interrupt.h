/* Work that a signal ends in order, so that a pipe or a socket that was made for it goes away. */
#ifndef ZOC_TALK_INTERRUPT_H
#define ZOC_TALK_INTERRUPT_H

#include <zocalo/fiber.h>

/* Runs work(arg) as a fiber that SIGINT, SIGTERM and SIGHUP cancel, but for those that this process was started to ignore
 * (nohup(1)). *signal is set as soon as one comes, for the work to see. Waits.
 * Returns 0, or a negative errno when it could not begin; what the work returns is not looked at. */
int interrupt_run(zoc_fn *work, void *arg, int *signal);

struct interrupt_manners {
    zoc_duration grace; /* the first signal stops the work softly; so much later, or with the next one, it is cancelled.
                         * 0: the first one cancels it */
    zoc_fn *renew; /* what SIGHUP asks for, with the work's arg, instead of the end; what it returns is not looked at.
                         * NULL: it asks for the end */
};

/* The same with manners. */
int interrupt_run_with(const struct interrupt_manners *manners, zoc_fn *work, void *arg, int *signal);

/* Ends this process by that signal, so that whoever waits for it sees what ended it. */
void interrupt_end(int signal);

#endif
