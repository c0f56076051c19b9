/* What happens to a terminal from outside: it is stopped and continued, and its window changes. */
#include "terminal/inside.h"
#include "terminal/settings.h"
#include "world/world.h"

#include <signal.h>
#include <sys/ioctl.h>

#define STOP_PATIENCE ZOC_SECOND /* output may take so long before a stop */

/* --- settings -------------------------------------------------------------------------------------- */

void terminal_apply(struct terminal *terminal)
{
    enum terminal_mode mode = terminal->commanding ? TERMINAL_LINES : terminal->mode;
    struct termios settings = settings_for(mode, &terminal->found);

    terminal->background = !settings_apply(&settings);
    terminal->screen.withheld = terminal->background;
    screen_set_raw(&terminal->screen, mode == TERMINAL_KEYS);
}

void terminal_measure(struct terminal *terminal)
{
    const struct terminal_options *options = &terminal->options;
    struct winsize size = { 0 };

    zoc_world->terminal_size(0, &size);
    unsigned columns = size.ws_col ? size.ws_col : 80, rows = size.ws_row ? size.ws_row : 24;
    if (columns == terminal->screen.columns && rows == terminal->screen.rows)
        return;
    screen_resize(&terminal->screen, columns, rows);
    if (options->resized)
        options->resized(options->state, columns, rows);
}

void terminal_resume(struct terminal *terminal)
{
    terminal_apply(terminal);
    if (terminal->background)
        return;
    terminal_measure(terminal);
    screen_redraw(&terminal->screen);
}

/* --- signals --------------------------------------------------------------------------------------- */

/* What a program that was started with a signal ignored (nohup(1), a shell without jobs) is to leave alone. */
static bool is_ignored(int signal)
{
    struct sigaction action;

    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int terminal_open_signals(struct terminal *terminal)
{
    int signals[4] = { SIGCONT, SIGWINCH, 0 };

    if (!is_ignored(SIGTSTP))
        signals[2] = SIGTSTP;
    return zoc_signals_open(signals, &terminal->signals);
}

static void stop(struct terminal *terminal)
{
    screen_leave(&terminal->screen);
    ZOC_WITHIN(STOP_PATIENCE)
        screen_flush(&terminal->screen);
    settings_apply(&terminal->found);
    zoc_world->stop();
    terminal_resume(terminal);
    terminal->resumed = true;
}

/* Also after a stop that nobody saw coming (SIGSTOP). */
static void go_on(struct terminal *terminal)
{
    bool done = terminal->resumed && !terminal->background;

    terminal->resumed = false;
    if (!done)
        terminal_resume(terminal);
}

static const struct {
    int signal;
    void (*obey)(struct terminal *terminal);
} duties[] = { { SIGTSTP, stop }, { SIGCONT, go_on }, { SIGWINCH, terminal_measure } };

int terminal_attend(void *arg)
{
    struct terminal *terminal = arg;
    int signal;

    while ((signal = zoc_signals_wait(terminal->signals)) > 0) {
        for (size_t i = 0; i < sizeof duties / sizeof *duties; i++)
            if (duties[i].signal == signal)
                duties[i].obey(terminal);
        screen_flush(&terminal->screen);
    }
    return 0;
}
