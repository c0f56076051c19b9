/* Descriptors, and what every kind of them does. */
#include "sim/inside.h"

#define FIRST_FD   3     /* standard input, output and error stay the kernel's */
#define SPLICE_MAX 65536 /* bytes that one splice moves at most */

static struct file *files[SIM_FILES_MAX];
static size_t count;

int file_open(struct file *file, const struct file_kind *kind)
{
    for (int fd = FIRST_FD; fd < SIM_FILES_MAX; fd++)
        if (!files[fd]) {
            files[fd] = file;
            file->kind = kind;
            file->fd = fd;
            count++;
            return fd;
        }
    return -EMFILE;
}

struct file *file_find(int fd)
{
    return fd >= FIRST_FD && fd < SIM_FILES_MAX ? files[fd] : NULL;
}

size_t files_open(void)
{
    return count;
}

int file_close(int fd)
{
    struct file *file = file_find(fd);

    if (!file)
        sim_fail("descriptor %d is closed, and was not open", fd);
    poller_forget(file);
    files[fd] = NULL;
    count--;
    file->kind->close(file);
    return 0;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Not always all that there is. */
static size_t some_of(struct file *file, size_t size)
{
    if (size <= 1 || !fault_strikes(FAULT_RECEIVE_SHORT))
        return size;
    file_changed(file); /* the rest is told, as if it had come now */
    return 1 + chance_below(&world_chance, size - 1);
}

ssize_t file_read(int fd, void *data, size_t size)
{
    struct file *file = file_find(fd);
    ssize_t available = !file ? -EBADF : file->kind->available ? file->kind->available(file) : -EINVAL;

    if (available <= 0 || size == 0)
        return size == 0 && available > 0 ? 0 : available;
    size_t taken = some_of(file, least(size, (size_t)available));
    file->kind->take(file, data, taken);
    return (ssize_t)taken;
}

/* How much of `size` bytes it takes now. */
static ssize_t room_for(struct file *file, size_t size)
{
    ssize_t room = !file ? -EBADF : file->kind->room ? file->kind->room(file) : -EINVAL;

    if (room <= 0)
        return room < 0 ? room : -EAGAIN;
    if (file->kind->full && fault_strikes(FAULT_SEND_FULL)) {
        file->kind->full(file);
        return -EAGAIN;
    }
    size = least(size, (size_t)room);
    if (size > 1 && fault_strikes(FAULT_SEND_SHORT))
        size = 1 + chance_below(&world_chance, size - 1);
    return (ssize_t)size;
}

ssize_t file_write(int fd, const struct iovec *pieces, int count_of_pieces)
{
    struct file *file = file_find(fd);
    size_t size = 0, written = 0;

    for (int i = 0; i < count_of_pieces; i++)
        size += pieces[i].iov_len;
    ssize_t room = room_for(file, size);
    if (room < 0)
        return room;
    for (int i = 0; written < (size_t)room; i++) {
        size_t part = least(pieces[i].iov_len, (size_t)room - written);
        if (part > 0)
            file->kind->put(file, pieces[i].iov_base, part);
        written += part;
    }
    return (ssize_t)written;
}

ssize_t file_splice(int from, int to, size_t size)
{
    struct file *source = file_find(from), *sink = file_find(to);
    ssize_t available = source && source->kind->available ? source->kind->available(source) : -EBADF;
    static char data[SPLICE_MAX];

    if (available <= 0)
        return available;
    size = some_of(source, least(least(size, sizeof data), (size_t)available));
    ssize_t room = room_for(sink, size);
    if (room < 0)
        return room;
    source->kind->take(source, data, (size_t)room);
    sink->kind->put(sink, data, (size_t)room);
    return room;
}
