#include "net/tty.h"

#include "base/text.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <termios.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

struct tty {
    struct descriptor descriptor; /* first */
    struct termios found;
    bool changed; /* what was found is given back at the end */
};

/* --- speeds --------------------------------------------------------------------------------------- */

#define SPEED(baud)   \
    {                 \
        baud, B##baud \
    }

static const struct {
    int baud;
    speed_t code;
} speeds[] = {
    SPEED(50),      SPEED(75),      SPEED(110),     SPEED(134),     SPEED(150),     SPEED(200),
    SPEED(300),     SPEED(600),     SPEED(1200),    SPEED(1800),    SPEED(2400),    SPEED(4800),
    SPEED(9600),    SPEED(19200),   SPEED(38400),   SPEED(57600),   SPEED(115200),  SPEED(230400),
    SPEED(460800),  SPEED(500000),  SPEED(576000),  SPEED(921600),  SPEED(1000000), SPEED(1152000),
    SPEED(1500000), SPEED(2000000), SPEED(2500000), SPEED(3000000), SPEED(3500000), SPEED(4000000),
};

#define SPEEDS (sizeof speeds / sizeof *speeds)

static size_t find_speed(int baud)
{
    size_t i = 0;

    while (i < SPEEDS && speeds[i].baud != baud)
        i++;
    return i;
}

bool tty_knows_speed(int speed)
{
    return find_speed(speed) < SPEEDS;
}

int tty_list_speeds(zoc_buffer *buffer)
{
    int error = 0;

    for (size_t i = 0; i < SPEEDS && error == 0; i++)
        error = zoc_buffer_printf(buffer, "%s%d", i > 0 ? ", " : "", speeds[i].baud);
    return error;
}

/* --- settings ------------------------------------------------------------------------------------- */

bool tty_is_meant(const zoc_endpoint_options *options)
{
    return options->raw || options->cooked || options->speed > 0;
}

void tty_make_raw(struct termios *settings)
{
    cfmakeraw(settings);
    settings->c_cflag |= CLOCAL | CREAD;
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}

/* Who types at the terminal that controls us could not even interrupt us when it is raw. */
static bool wants_raw(int fd, const zoc_endpoint_options *options, zoc_direction direction)
{
    if (options->raw || options->cooked)
        return options->raw;
    return direction == ZOC_BOTH && !zoc_world->terminal_controls(fd);
}

/* A device takes what it can of its settings, and says nothing of the rest (tcsetattr(3)). */
static int check_speed(int fd, const zoc_endpoint *endpoint, speed_t wanted)
{
    struct termios settings;
    int result = zoc_world->terminal_get(fd, &settings);

    if (result < 0)
        return zoc_fail(result, "tcgetattr");
    if (cfgetospeed(&settings) != wanted)
        return zoc_refuse(-EINVAL, _("'%s' cannot run at %d bits per second"), endpoint->path, endpoint->options.speed);
    return 0;
}

static int set(struct tty *tty, int fd, const zoc_endpoint *endpoint, const struct termios *settings)
{
    int speed = endpoint->options.speed;
    int result = zoc_world->terminal_set(fd, settings);

    if (result < 0)
        return zoc_fail(result, "tcsetattr");
    tty->changed = true;
    return speed > 0 ? check_speed(fd, endpoint, speeds[find_speed(speed)].code) : 0;
}

static int prepare(struct tty *tty, int fd, const zoc_endpoint *endpoint, zoc_direction direction)
{
    const zoc_endpoint_options *options = &endpoint->options;
    bool raw = wants_raw(fd, options, direction);
    int result = zoc_world->terminal_get(fd, &tty->found);
    struct termios settings = tty->found;

    if (result < 0)
        return zoc_fail(result, "tcgetattr");
    if (raw)
        tty_make_raw(&settings);
    if (options->speed > 0)
        cfsetspeed(&settings, speeds[find_speed(options->speed)].code);
    return raw || options->speed > 0 ? set(tty, fd, endpoint, &settings) : 0;
}

/* In the background it would stop us, and whoever is in the foreground now has settings of its own. */
static void give_back(struct tty *tty, int fd)
{
    if (tty->changed && zoc_world->terminal_is_ours(fd))
        zoc_world->terminal_set(fd, &tty->found);
}

/* --- a stream ------------------------------------------------------------------------------------- */

static ssize_t tty_read(struct descriptor *descriptor, void *data, size_t size)
{
    return descriptor_device.read(descriptor, data, size);
}

static ssize_t tty_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return descriptor_device.write(descriptor, pieces, count);
}

/* Another speed would spoil what is still on its way. */
static void leave(struct descriptor *descriptor)
{
    if (descriptor->stream.sent > 0)
        ZOC_SHIELD(TTY_PATIENCE)
            while (zoc_world->terminal_unsent(descriptor->fd) > 0 && zoc_sleep(TTY_LOOK) == 0)
                ;
    give_back((struct tty *)descriptor, descriptor->fd);
}

static const struct descriptor_kind kind = { .name = "tty", .read = tty_read, .write = tty_write, .leave = leave };

static int start(struct tty *tty, int fd, const zoc_endpoint *endpoint, zoc_direction direction)
{
    int result = prepare(tty, fd, endpoint, direction);

    if (result < 0)
        return result;
    result = descriptor_init(&tty->descriptor, fd, &kind, NULL);
    return result < 0 ? zoc_fail(result, "watch") : 0;
}

int tty_new(int fd, const zoc_endpoint *endpoint, zoc_direction direction, zoc_stream **ret_stream)
{
    struct tty *tty = calloc(1, sizeof *tty);
    int result = tty ? start(tty, fd, endpoint, direction) : -ENOMEM;

    if (result < 0) {
        if (tty)
            give_back(tty, fd);
        free(tty);
        return result;
    }
    descriptor_set_direction(&tty->descriptor, direction != ZOC_OUT, direction != ZOC_IN);
    *ret_stream = &tty->descriptor.stream;
    return 0;
}
