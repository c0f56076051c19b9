#include "terminal/settings.h"

#include "world/world.h"

/* Keys come one by one and unseen; those that make signals still do, and output is processed. */
static void prepare_lines(struct termios *settings)
{
    settings->c_iflag &= ~(tcflag_t)(INLCR | IGNCR | ISTRIP);
    settings->c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
    settings->c_lflag |= ISIG;
    settings->c_oflag |= OPOST | ONLCR;
}

/* Nothing is done to keys or output. */
static void prepare_keys(struct termios *settings)
{
    settings->c_iflag &= ~(tcflag_t)(BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings->c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN | ISIG);
    settings->c_oflag &= ~(tcflag_t)OPOST;
}

struct termios settings_for(enum terminal_mode mode, const struct termios *found)
{
    struct termios settings = *found;

    if (mode == TERMINAL_KEYS)
        prepare_keys(&settings);
    else
        prepare_lines(&settings);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return settings;
}

bool settings_apply(const struct termios *settings)
{
    if (!zoc_world->terminal_is_ours(0))
        return false;
    zoc_world->terminal_set(0, settings);
    return true;
}
