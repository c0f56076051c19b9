/* Pipes (pipe(7)): what splice(2) goes through. One that is empty has room. */
#include "sim/inside.h"

#define PIPE_SIZE 65536

struct pipe;

struct pipe_end {
    struct file file; /* first */
    struct pipe *pipe;
};

struct pipe {
    struct pipe_end reader, writer;
    bool open[2]; /* reader, writer */
    struct bytes bytes;
    size_t size;
};

static struct pipe *pipe_of(const struct file *file)
{
    return ((const struct pipe_end *)file)->pipe;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static unsigned reader_ready(const struct file *file)
{
    const struct pipe *pipe = pipe_of(file);

    return (pipe->bytes.size > 0 || !pipe->open[1] ? WORLD_READABLE : 0) | (pipe->open[1] ? 0 : WORLD_ENDED);
}

static unsigned writer_ready(const struct file *file)
{
    const struct pipe *pipe = pipe_of(file);

    return (pipe->bytes.size < pipe->size || !pipe->open[0] ? WORLD_WRITABLE : 0) | (pipe->open[0] ? 0 : WORLD_ENDED);
}

static ssize_t available(struct file *file)
{
    const struct pipe *pipe = pipe_of(file);

    if (pipe->bytes.size > 0)
        return (ssize_t)pipe->bytes.size;
    return pipe->open[1] ? -EAGAIN : 0;
}

static void take(struct file *file, void *data, size_t size)
{
    struct pipe *pipe = pipe_of(file);

    bytes_pop(&pipe->bytes, data, size);
    if (pipe->open[1])
        file_changed(&pipe->writer.file);
}

static ssize_t room(struct file *file)
{
    const struct pipe *pipe = pipe_of(file);

    if (!pipe->open[0])
        return -EPIPE;
    return pipe->bytes.size < pipe->size ? (ssize_t)(pipe->size - pipe->bytes.size) : -EAGAIN;
}

static void put(struct file *file, const void *data, size_t size)
{
    struct pipe *pipe = pipe_of(file);

    bytes_push(&pipe->bytes, data, size);
    file_changed(&pipe->reader.file);
}

static void close_end(struct file *file)
{
    struct pipe *pipe = pipe_of(file);
    int which = file == &pipe->writer.file;

    pipe->open[which] = false;
    if (pipe->open[!which]) {
        file_changed(which ? &pipe->reader.file : &pipe->writer.file);
        return;
    }
    bytes_release(&pipe->bytes);
    free(pipe);
}

static const struct file_kind reader_kind = {
    .name = "pipe", .ready = reader_ready, .available = available, .take = take, .close = close_end
};
static const struct file_kind writer_kind = {
    .name = "pipe", .ready = writer_ready, .room = room, .put = put, .close = close_end
};

int pipe_open(int ret_fds[2])
{
    if (fault_strikes(FAULT_SOCKET_EMFILE))
        return -EMFILE;
    struct pipe *pipe = must_have(calloc(1, sizeof *pipe));
    pipe->reader.pipe = pipe->writer.pipe = pipe;
    pipe->size = PIPE_SIZE;
    int reader = file_open(&pipe->reader.file, &reader_kind);
    int writer = reader < 0 ? reader : file_open(&pipe->writer.file, &writer_kind);
    pipe->open[0] = reader >= 0;
    pipe->open[1] = writer >= 0;
    if (writer >= 0) {
        ret_fds[0] = reader;
        ret_fds[1] = writer;
        return 0;
    }
    if (reader >= 0)
        file_close(reader);
    else
        free(pipe);
    return -EMFILE;
}

ssize_t pipe_tee(int from, int to, size_t size)
{
    struct file *source = file_find(from), *sink = file_find(to);

    if (!source || source->kind != &reader_kind || !sink || sink->kind != &writer_kind)
        return -EINVAL;
    ssize_t available_now = available(source), room_now = room(sink);
    if (available_now <= 0 || room_now < 0)
        return available_now <= 0 ? available_now : room_now;
    const struct bytes *bytes = &pipe_of(source)->bytes;
    size = least(least(size, (size_t)room_now), bytes->size);
    if (size > 1 && fault_strikes(FAULT_SEND_SHORT))
        size = 1 + chance_below(&world_chance, size - 1);
    put(sink, bytes->data + bytes->start, size);
    return (ssize_t)size;
}

int pipe_set_size(int fd, int size)
{
    struct file *file = file_find(fd);

    if (!file || (file->kind != &reader_kind && file->kind != &writer_kind))
        return -EBADF;
    pipe_of(file)->size = size < 4096 ? 4096 : (size_t)size;
    return (int)pipe_of(file)->size;
}
