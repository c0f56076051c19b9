/* Sends a message in pieces of 5 bytes, with a tenth of a second between them.
 *
 *     fragment_client [ENDPOINT [MESSAGE]]   tcp://127.0.0.1:50007 and a long message when there are none
 *     fragment_server [ENDPOINT]             shows how it comes */
#include <stdio.h>
#include <zocalo/zocalo.h>

#define PIECE_SIZE 5
#define PAUSE      (100 * ZOC_MILLISECOND)

struct plan {
    const char *endpoint;
    const char *message;
};

static int send_pieces(zoc_stream *server, zoc_bytes message)
{
    char text[64];

    for (size_t from = 0; from < message.size; from += PIECE_SIZE) {
        size_t left = message.size - from;
        zoc_bytes piece = { message.data + from, left < PIECE_SIZE ? left : PIECE_SIZE };
        ssize_t sent = zoc_write(server, piece.data, piece.size);
        int result = sent < 0 ? (int)sent : zoc_sleep(PAUSE);

        if (result < 0)
            return result;
        printf("sent %zu bytes: '%s'\n", piece.size, zoc_escape(piece, text, sizeof text));
    }
    return 0;
}

static int run(void *arg)
{
    const struct plan *plan = arg;
    zoc_stream *server;
    int result = zoc_dial(plan->endpoint, NULL, &server);

    if (result < 0)
        return result;
    result = send_pieces(server, zoc_bytes_of(plan->message));
    zoc_finish(server);
    return result;
}

int main(int argc, char **argv)
{
    struct plan plan = { argc > 1 ? argv[1] : "tcp://127.0.0.1:50007",
                         argc > 2 ? argv[2] : "Este es un mensaje largo que será fragmentado" };

    if (zoc_run(run, &plan) == 0)
        return 0;
    fprintf(stderr, "fragment_client: %s\n", zoc_why());
    return 1;
}
