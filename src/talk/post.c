#include "talk/post.h"

#include "stream/stream.h"
#include "talk/flow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct post {
    zoc_stream stream; /* first */
    zoc_datagrams *socket;
    zoc_correspondent first, last; /* who was heard so */
    zoc_bytes kept;                /* the first letter, until it is received */
    bool keeps;                    /* it is not yet */
};

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    struct post *post = (struct post *)stream;

    if (!post->keeps)
        return zoc_datagrams_receive(post->socket, ret_chunk, &post->last);
    post->keeps = false;
    *ret_chunk = post->kept;
    return (ssize_t)post->kept.size;
}

static ssize_t read_letter(zoc_stream *stream, void *data, size_t size)
{
    zoc_bytes letter;
    ssize_t received = receive(stream, &letter);

    if (received < 0)
        return received;
    size_t taken = letter.size < size ? letter.size : size;
    memcpy(data, letter.data, taken);
    return (ssize_t)taken;
}

/* A peer that has gone, that has no name, or whose queue is full. */
static bool is_lost(ssize_t result)
{
    return result == -ECONNREFUSED || result == -EDESTADDRREQ || result == -EAGAIN;
}

/* An empty message is one too. */
static int send_letters(struct post *post, const char *data, size_t size)
{
    size_t at = 0;
    ssize_t result;

    do {
        size_t piece = size - at < LETTER_MAX ? size - at : LETTER_MAX;
        result = zoc_datagrams_send(post->socket, data + at, piece, &post->last);
        at += piece;
    } while (at < size && (result >= 0 || is_lost(result)));
    return result < 0 && !is_lost(result) ? (int)result : 0;
}

static int write_letters(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    char *letter = count == 1 ? pieces[0].iov_base : malloc(size);
    size_t at = 0;

    if (!letter)
        return -ENOMEM;
    for (int i = 0; count > 1 && i < count; at += pieces[i++].iov_len)
        memcpy(letter + at, pieces[i].iov_base, pieces[i].iov_len);
    int result = send_letters((struct post *)stream, letter, size);
    if (count > 1)
        free(letter);
    *ret_written = result < 0 ? 0 : size;
    return result;
}

/* Others may still send. */
static int shut(zoc_stream *stream)
{
    (void)stream;
    return 0;
}

static void close_post(zoc_stream *stream)
{
    free(stream);
}

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    (void)stream;
    snprintf(text, size, "datagrams");
}

static const struct stream_operations operations = {
    .receive = receive,
    .read = read_letter,
    .writev = write_letters,
    .shut = shut,
    .close = close_post,
    .describe = describe,
};

int post_open(zoc_datagrams *socket, zoc_stream **ret_post)
{
    struct post *post = calloc(1, sizeof *post);

    if (!post)
        return -ENOMEM;
    stream_init(&post->stream, &operations);
    post->stream.messages = true;
    post->socket = socket;
    ssize_t received = zoc_datagrams_receive(socket, &post->kept, &post->last);
    if (received < 0) {
        free(post);
        return (int)received;
    }
    post->first = post->last;
    post->keeps = true;
    *ret_post = &post->stream;
    return 0;
}

const zoc_correspondent *post_first(const zoc_stream *post)
{
    return &((const struct post *)post)->first;
}
