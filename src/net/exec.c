/* A program as a stream: what is written goes to its standard input, and what it prints is received. */
#include "base/text.h"
#include "net/open.h"
#include "net/program.h"
#include "stream/descriptor.h"
#include "stream/duplex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <zocalo/error.h>

#define QUOTE 160 /* bytes of the command in words */

struct exec {
    struct duplex duplex; /* first */
    char *command;        /* owned */
    struct program program;
};

/* --- the end of its output ------------------------------------------------------------------------ */

static int judge(const struct exec *exec)
{
    int status = exec->program.status;
    char quoted[QUOTE];

    if (!exec->program.ended || status == 0)
        return 0;
    zoc_escape(zoc_bytes_of(exec->command), quoted, sizeof quoted);
    if (status == PROGRAM_STATUS_UNKNOWN)
        return zoc_refuse(-ZOC_EPROGRAM, _("exec '%s': ended, and its exit status is not known"), quoted);
    if (WIFSIGNALED(status))
        return zoc_refuse(-ZOC_EPROGRAM, _("exec '%s': ended by signal %d"), quoted, WTERMSIG(status));
    return zoc_refuse(-ZOC_EPROGRAM, _("exec '%s': ended with status %d"), quoted, WEXITSTATUS(status));
}

static int end_of_output(struct exec *exec)
{
    int result = program_await_end(&exec->program, EXEC_PATIENCE);

    return result < 0 ? result : judge(exec);
}

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    ssize_t result = duplex_receive(stream, ret_chunk);

    return result == 0 ? end_of_output((struct exec *)stream) : result;
}

static ssize_t read_some(zoc_stream *stream, void *data, size_t size)
{
    ssize_t result = duplex_read(stream, data, size);

    return result == 0 ? end_of_output((struct exec *)stream) : result;
}

/* --- a stream ------------------------------------------------------------------------------------- */

/* The pipes go first: a program that lives by them ends by itself. */
static void close_stream(zoc_stream *stream)
{
    struct exec *exec = (struct exec *)stream;
    struct program program = exec->program;

    free(exec->command);
    duplex_close(stream);
    program_release(&program);
}

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    char quoted[QUOTE];

    zoc_escape(zoc_bytes_of(((const struct exec *)stream)->command), quoted, sizeof quoted);
    snprintf(text, size, "exec '%s'", quoted);
}

/* Its output has more behind it than the pipe: the end is for receive to see. */
static struct descriptor *plain(zoc_stream *stream, bool sends)
{
    return sends ? duplex_plain(stream, true) : NULL;
}

static const struct stream_operations operations = {
    .receive = receive,
    .read = read_some,
    .writev = duplex_write,
    .shut = duplex_shut,
    .close = close_stream,
    .describe = describe,
    .plain = plain,
};

/* --- opening -------------------------------------------------------------------------------------- */

/* A pipe, of which one end is a stream of ours and the other is for the program. */
static int open_side(bool receives, zoc_stream **ret_ours, int *ret_theirs)
{
    struct descriptor *descriptor;
    int fds[2];
    int result = zoc_world->pipe(fds);

    if (result < 0)
        return result;
    int ours = fds[receives ? 0 : 1], theirs = fds[receives ? 1 : 0];
    result = descriptor_new(ours, &descriptor_pipe, NULL, &descriptor);
    if (result < 0) {
        descriptor_close_fd(ours);
        descriptor_close_fd(theirs);
        return result;
    }
    descriptor_set_direction(descriptor, receives, !receives);
    *ret_ours = &descriptor->stream;
    *ret_theirs = theirs;
    return 0;
}

static int open_sides(struct exec *exec, int *ret_input, int *ret_output)
{
    int result = open_side(true, &exec->duplex.input, ret_output);

    if (result == 0)
        result = open_side(false, &exec->duplex.output, ret_input);
    return result < 0 ? zoc_fail(result, "pipe") : 0;
}

static int start(struct exec *exec)
{
    int input = -1, output = -1;
    int result = open_sides(exec, &input, &output);

    if (result == 0)
        result = program_start(&exec->program, exec->command, input, output);
    if (input >= 0)
        descriptor_close_fd(input);
    if (output >= 0)
        descriptor_close_fd(output);
    return result;
}

int exec_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream)
{
    struct exec *exec = calloc(1, sizeof *exec);

    if (!exec)
        return -ENOMEM;
    stream_init(&exec->duplex.stream, &operations);
    exec->duplex.stream.drains = true; /* a farewell lets it come to its own end */
    exec->command = strdup(endpoint->command);
    int result = exec->command ? start(exec) : -ENOMEM;
    if (result < 0) {
        close_stream(&exec->duplex.stream);
        return result;
    }
    *ret_stream = &exec->duplex.stream;
    return 0;
}
