/* `zocalo listen --keep` below its options: many clients share a program's input and output. What each says comes out whole
 * and in order; whoever stays hears all that the program said since it joined, or is dropped. */
#include "listen.h"

#include "local.h"
#include "talk/access.h"
#include "talk/gather.h"
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>

#define GUESTS_MAX 7   /* a byte says in its upper three bits who said it */
#define TURN       31  /* and in the lower five its place, modulo this: what is lost is hardly ever a multiple */
#define CYCLE      251 /* the same for what the program says */
#define PIECE_MAX  16000
#define TOTAL_MAX  300000 /* bytes */
#define TOTAL_FEW  20000
#define LOOK       (100 * ZOC_MILLISECOND) /* somebody looks whether it may leave */

struct hall;

struct guest {
    struct hall *hall;
    unsigned number;
    uint64_t total; /* bytes to say */
    bool denied, slow;
    bool stays; /* until it has heard all; otherwise it leaves when it has said all */
    zoc_stream *stream;
    uint64_t heard;
    unsigned char next;       /* of what the program says */
    bool joined;              /* something of it came out */
    uint64_t joined_at;       /* bytes that the program had begun to say then */
    uint64_t come_out;        /* bytes of it */
    bool content;             /* it stayed until it had */
    bool said, saw_end, deaf; /* all of it; the end, after its own; it hears nothing any more */
};

struct hall {
    bool quiet; /* nothing is lost */
    bool shut_by_gate;
    unsigned at_once; /* 0: any number */
    struct access access;
    struct gather *gather;
    zoc_listener *listener;
    zoc_gate *gate;
    struct local local;
    unsigned count, inside, dropped;
    struct guest guests[GUESTS_MAX];
    uint64_t total, begun; /* bytes that the program says, and has begun to */
    bool said, ends, quits, quit;
    uint64_t quits_after; /* bytes that come out */
    int result;
};

static void free_data(unsigned char **data)
{
    free(*data);
}

/* --- the program ---------------------------------------------------------------------------------- */

static int say_all(struct hall *hall)
{
    unsigned char *data __attribute__((cleanup(free_data))) = malloc(PIECE_MAX);

    while (hall->begun < hall->total) {
        uint64_t left = hall->total - hall->begun;
        size_t size = draw(1, left < PIECE_MAX ? left : PIECE_MAX);
        for (size_t i = 0; i < size; i++)
            data[i] = (unsigned char)((hall->begun + i) % CYCLE);
        hall->begun += size;
        ssize_t result = zoc_write(hall->local.writer, data, size);
        if (result < 0)
            return (int)result;
        if (one_in(4) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return 0;
}

static int run_input(void *arg)
{
    struct hall *hall = arg;
    int result = one_in(2) ? zoc_sleep(draw_pause(10 * ZOC_SECOND)) : 0;

    if (result == 0)
        result = say_all(hall);
    if (result < 0) {
        sim_expect(result == -EPIPE || result == -ECANCELED);
        return 0;
    }
    hall->said = true;
    if (hall->ends) {
        zoc_close(hall->local.writer);
        hall->local.writer = NULL;
    }
    return 0;
}

static void check_word(struct hall *hall, unsigned char byte)
{
    unsigned speaker = byte >> 5;

    sim_expect(speaker >= 1 && speaker <= hall->count);
    struct guest *guest = &hall->guests[speaker - 1];
    sim_expect(!guest->denied && guest->come_out < guest->total);
    sim_expect((byte & 31) == guest->come_out % TURN);
    guest->come_out++;
    if (!guest->joined) {
        guest->joined = true;
        guest->joined_at = hall->begun;
    }
}

static int run_output(void *arg)
{
    struct hall *hall = arg;
    zoc_bytes chunk;
    uint64_t out = 0;

    while (zoc_receive(hall->local.reader, &chunk) > 0) {
        for (size_t i = 0; i < chunk.size; i++)
            check_word(hall, (unsigned char)chunk.data[i]);
        out += chunk.size;
        if (hall->quits_after && out >= hall->quits_after) {
            hall->quit = true;
            zoc_close(hall->local.reader);
            hall->local.reader = NULL;
            return 0;
        }
        if (one_in(16) && zoc_sleep(draw_pause(5 * ZOC_SECOND)) < 0)
            return 0;
    }
    return 0;
}

/* --- a guest -------------------------------------------------------------------------------------- */

static int speak(struct guest *guest)
{
    unsigned char *data __attribute__((cleanup(free_data))) = malloc(PIECE_MAX);

    for (uint64_t said = 0; said < guest->total;) {
        uint64_t left = guest->total - said;
        size_t size = draw(1, left < PIECE_MAX ? left : PIECE_MAX);
        for (size_t i = 0; i < size; i++)
            data[i] = (unsigned char)((guest->number + 1) << 5 | (said + i) % TURN);
        ssize_t result = zoc_write(guest->stream, data, size);
        if (result < 0)
            return (int)result;
        said += size;
        if (one_in(8) && zoc_sleep(draw_pause(ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    guest->said = true;
    return 0;
}

static int hear(void *arg)
{
    struct guest *guest = arg;
    zoc_bytes chunk;
    ssize_t result;

    if (guest->slow && one_in(2))
        zoc_sleep(draw_pause(60 * ZOC_SECOND)); /* deaf meanwhile */
    while ((result = zoc_receive(guest->stream, &chunk)) > 0) {
        sim_expect(!guest->denied);
        for (size_t i = 0; i < chunk.size; i++) {
            unsigned char byte = (unsigned char)chunk.data[i];
            sim_expect(byte < CYCLE && (guest->heard + i == 0 || byte == guest->next));
            guest->next = (unsigned char)((byte + 1) % CYCLE);
        }
        guest->heard += chunk.size;
        if (one_in(guest->slow ? 2 : 16) && zoc_sleep(draw_pause(guest->slow ? 10 * ZOC_SECOND : ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    guest->saw_end = result == 0;
    guest->deaf = true;
    return result < 0 ? (int)result : 0;
}

/* Whoever joined when so much had been said heard the rest. */
static bool heard_all(const struct guest *guest)
{
    const struct hall *hall = guest->hall;

    bool last = guest->heard == 0 || guest->next == hall->total % CYCLE;

    return hall->said && last && guest->joined && guest->heard >= hall->total - guest->joined_at;
}

static int stay(struct guest *guest)
{
    int result = 0;

    while (guest->stays && !guest->denied && !guest->hall->quit && !guest->deaf && !heard_all(guest) && result == 0)
        result = zoc_sleep(LOOK);
    guest->content = heard_all(guest);
    return result;
}

static void take_part(struct guest *guest)
{
    ZOC_GROUP(hearing);
    int result = zoc_go(&hearing, hear, guest);

    if (result == 0)
        result = speak(guest);
    if (result == 0)
        result = stay(guest);
    if (result == 0)
        result = zoc_shut(guest->stream);
    if (result < 0) {
        expect_network_error(result);
        zoc_group_cancel(&hearing);
    }
    result = zoc_group_wait(&hearing);
    if (result < 0)
        expect_network_error(result);
}

static int come(void *arg)
{
    struct guest *guest = arg;
    char endpoint[SITE_TEXT];
    int result = -ETIMEDOUT;

    snprintf(endpoint, sizeof endpoint, "tcp://10.0.0.%u:%u,bind=10.0.0.%u", LISTEN_HOST, LISTEN_PORT,
             3 + guest->number % 4);
    zoc_sleep(draw_pause(5 * ZOC_SECOND));
    ZOC_WITHIN(guest->hall->quiet ? ZOC_NEVER : (zoc_duration)draw(ZOC_MILLISECOND, 300 * ZOC_SECOND)) {
        result = zoc_dial(endpoint, NULL, &guest->stream);
        if (result == 0)
            take_part(guest);
    }
    if (result < 0)
        expect_network_error(result);
    zoc_close(guest->stream);
    return 0;
}

/* --- the verb ------------------------------------------------------------------------------------- */

static void note_dropped(void *state, zoc_stream *peer)
{
    (void)peer;
    ((struct hall *)state)->dropped++;
}

static void welcome(zoc_stream *peer, void *state)
{
    struct hall *hall = state;

    hall->inside++;
    sim_expect(!hall->at_once || hall->inside <= hall->at_once);
    if (access_admits(&hall->access, zoc_stream_peer(peer)))
        gather_converse(peer, hall->gather);
    hall->inside--;
}

static int serve(void *arg)
{
    struct hall *hall = arg;

    return zoc_serve_with(hall->listener, &(zoc_serve_options){ .gate = hall->gate }, welcome, hall);
}

static int run_program(void *arg)
{
    struct hall *hall = arg;

    hall->result = gather_run(hall->gather, serve, hall);
    zoc_listener_close(hall->listener);
    hall->listener = NULL;
    local_end(&hall->local);
    return 0;
}

/* --- what must hold ------------------------------------------------------------------------------- */

static void check(const struct hall *hall)
{
    sim_expect(hall->result == 0 || hall->result == -EPIPE || hall->result == -ECANCELED);
    sim_expect(hall->result != -EPIPE || hall->quit);
    sim_expect(hall->inside == 0);
    if (!hall->quiet || hall->quit || hall->dropped > 0)
        return;
    sim_expect(hall->result == 0);
    for (unsigned i = 0; i < hall->count; i++) {
        const struct guest *guest = &hall->guests[i];
        sim_expect(guest->saw_end || guest->denied);
        sim_expect(guest->denied || (guest->said && guest->come_out == guest->total));
        sim_expect(guest->denied || !guest->stays || guest->content);
    }
}

/* --- the world ------------------------------------------------------------------------------------ */

static void draw_hall(struct hall *hall)
{
    uint64_t most = one_in(4) ? TOTAL_MAX : TOTAL_FEW;
    bool denies = one_in(3);

    *hall = (struct hall){ .quiet = one_in(2), .count = (unsigned)draw(1, GUESTS_MAX), .ends = one_in(2) };
    hall->total = one_in(4) ? 0 : draw(1, most);
    hall->at_once = one_in(2) ? 0 : (unsigned)draw(1, hall->count);
    hall->shut_by_gate = hall->quiet && one_in(2);
    hall->quits_after = one_in(6) ? draw(1, most) : 0;
    if (denies)
        sim_expect(access_add(&hall->access.deny, LISTEN_DENIED) == 0);
    for (unsigned i = 0; i < hall->count; i++)
        hall->guests[i] = (struct guest){ .hall = hall,
                                          .number = i,
                                          .total = one_in(4) ? 1 : draw(1, most),
                                          .denied = denies && i % 4 == 3,
                                          .slow = one_in(6),
                                          .stays = one_in(2) };
}

static int open_hall(struct hall *hall)
{
    const struct broker_options options = { .tell_dropped = note_dropped, .state = hall };
    char endpoint[SITE_TEXT];
    int result = local_open(&hall->local);

    if (result == 0)
        result = gather_new(hall->local.stream, &options, &hall->gather);
    if (result == 0)
        result = zoc_gate_new(hall->at_once, hall->shut_by_gate ? hall->count : 0, &hall->gate);
    if (result == 0)
        result = zoc_listen(site_listens(endpoint, "tcp", LISTEN_HOST, LISTEN_PORT), NULL, &hall->listener);
    return result;
}

static void close_hall(struct hall *hall)
{
    zoc_listener_close(hall->listener);
    zoc_gate_free(hall->gate);
    gather_free(hall->gather);
    access_release(&hall->access);
    local_close(&hall->local);
}

/* It ends when its gate was shut, when its listener has ended, or when it is interrupted. */
static void run_hall(struct hall *hall)
{
    ZOC_GROUP(users);
    ZOC_GROUP(program);
    ZOC_GROUP(guests);

    zoc_go(&users, run_input, hall);
    zoc_go(&users, run_output, hall);
    zoc_go(&program, run_program, hall);
    for (unsigned i = 0; i < hall->count; i++)
        zoc_go(&guests, come, &hall->guests[i]);
    zoc_group_wait(&guests);
    if (!hall->quiet)
        zoc_group_cancel(&program);
    else if (!hall->shut_by_gate && hall->listener)
        zoc_listener_end(hall->listener);
    zoc_group_wait(&program);
    zoc_group_wait(&users);
    check(hall);
}

static void listen_to_guests(void)
{
    static struct hall hall;

    draw_hall(&hall);
    if (hall.quiet) {
        faults_limit(one_in(2) ? HARM_DELAY : HARM_NONE);
        sim_windows(512, SIM_WINDOW_MAX);
    }
    int result = open_hall(&hall);
    if (result == 0)
        run_hall(&hall);
    else
        expect_network_error(result);
    close_hall(&hall);
}

int run_listen(void *unused)
{
    (void)unused;
    if (one_in(4))
        listen_to_letters();
    else
        listen_to_guests();
    return 0;
}
