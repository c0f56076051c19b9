/* A broker with many clients, of which some read slowly or not at all: who stays hears every byte of the others, in order for
 * each of them, and what waits for anybody is bounded. */
#include "talk/broker.h"

#include "worlds.h"

#include <errno.h>
#include <stdlib.h>

#define GUESTS_MAX 7      /* a byte says in its upper three bits who said it */
#define TURN       31     /* and in the lower five its place, modulo this: what is lost is hardly ever a multiple */
#define PIECE_MAX  16000  /* bytes */
#define WINDOW_MIN 512    /* bytes, where all has to come through in time */
#define TOTAL_MAX  400000 /* bytes that one says */
#define TOTAL_FEW  30000

struct party;

struct guest {
    struct party *party;
    unsigned number;
    uint64_t total; /* bytes to say */
    bool slow;
    zoc_stream *stream;
    bool met[GUESTS_MAX + 1];           /* somebody was heard */
    unsigned char next[GUESTS_MAX + 1]; /* the place of the next byte of somebody */
    uint64_t heard;
};

struct party {
    bool calm;     /* nothing is lost, and nobody speaks before all are there, or leaves before all was said */
    bool complete; /* all were there at once */
    struct broker *broker;
    zoc_listener *listener;
    unsigned count, dropped, missed;
    uint64_t total;
    struct guest guests[GUESTS_MAX];
};

static void note_dropped(void *state, zoc_stream *peer)
{
    (void)peer;
    ((struct party *)state)->dropped++;
}

static int serve(void *arg)
{
    struct party *party = arg;
    int result = zoc_serve(party->listener, broker_converse, party->broker);

    expect_network_error(result < 0 ? result : -ECANCELED);
    return 0;
}

/* --- a guest -------------------------------------------------------------------------------------- */

static void free_data(unsigned char **data)
{
    free(*data);
}

static int speak(void *arg)
{
    struct guest *guest = arg;
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
    return 0;
}

static void check_byte(struct guest *guest, unsigned char byte)
{
    unsigned speaker = byte >> 5;
    unsigned char place = byte & 31;

    sim_expect(speaker != guest->number + 1); /* nobody hears himself */
    sim_expect(speaker >= 1 && speaker <= guest->party->count);
    if (guest->party->calm && !guest->met[speaker])
        sim_expect(place == 0);
    if (guest->met[speaker])
        sim_expect(place == guest->next[speaker]);
    guest->met[speaker] = true;
    guest->next[speaker] = (unsigned char)((place + 1) % TURN);
}

static int hear(struct guest *guest, uint64_t all)
{
    zoc_bytes chunk;
    ssize_t result = 1;

    while (guest->heard < all && (result = zoc_receive(guest->stream, &chunk)) > 0) {
        for (size_t i = 0; i < chunk.size; i++)
            check_byte(guest, (unsigned char)chunk.data[i]);
        guest->heard += chunk.size;
        sim_expect(broker_longest(guest->party->broker) <= BROKER_QUEUE_MAX);
        if (one_in(guest->slow ? 2 : 16) && zoc_sleep(draw_pause(guest->slow ? 60 * ZOC_SECOND : ZOC_SECOND)) < 0)
            return -ECANCELED;
    }
    return result < 0 ? (int)result : 0;
}

/* Whoever has nothing to hear may leave as soon as all have been there. */
static int await_all(struct party *party)
{
    int result = 0;

    while (party->calm && !party->complete && result == 0) {
        party->complete = broker_count(party->broker) == party->count;
        result = party->complete ? 0 : zoc_sleep(10 * ZOC_MILLISECOND);
    }
    return result;
}

static void take_part(struct guest *guest)
{
    struct party *party = guest->party;
    uint64_t all = party->total - guest->total;
    ZOC_GROUP(speaking);
    int result = await_all(party);

    if (result == 0)
        result = zoc_go(&speaking, speak, guest);
    if (guest->slow && one_in(2))
        zoc_sleep(draw_pause(600 * ZOC_SECOND)); /* deaf meanwhile */
    if (result == 0)
        result = hear(guest, party->calm || one_in(2) ? all : draw(0, all));
    if (result < 0) {
        expect_network_error(result);
        zoc_group_cancel(&speaking);
    }
    zoc_group_wait(&speaking);
    party->missed += guest->heard < all;
}

static int come(void *arg)
{
    struct guest *guest = arg;
    char endpoint[64];
    int result = -ETIMEDOUT;

    snprintf(endpoint, sizeof endpoint, "tcp://10.0.0.2:7373,bind=10.0.0.%u", 3 + guest->number % 4);
    zoc_sleep(draw_pause(5 * ZOC_SECOND));
    ZOC_WITHIN(guest->party->calm ? 20000 * ZOC_SECOND : (zoc_duration)draw(ZOC_MILLISECOND, 300 * ZOC_SECOND)) {
        result = zoc_dial(endpoint, NULL, &guest->stream);
        if (result == 0)
            take_part(guest);
    }
    if (result < 0)
        expect_network_error(result);
    if (one_in(2))
        zoc_finish(guest->stream);
    else
        zoc_close(guest->stream);
    return 0;
}

/* --- the party ------------------------------------------------------------------------------------ */

static void invite(struct party *party)
{
    ZOC_GROUP(guests);

    uint64_t most = one_in(4) ? TOTAL_MAX : TOTAL_FEW;

    for (unsigned i = 0; i < party->count; i++) {
        party->guests[i] =
            (struct guest){ .party = party, .number = i, .total = one_in(3) ? 0 : draw(1, most), .slow = one_in(4) };
        party->total += party->guests[i].total;
    }
    for (unsigned i = 0; i < party->count; i++)
        zoc_go(&guests, come, &party->guests[i]);
    zoc_group_wait(&guests);
}

/* Where nothing is lost, only who was dropped has missed something, and those whose words went with it. */
static void check(const struct party *party)
{
    if (party->calm && party->dropped == 0)
        sim_expect(party->missed == 0);
}

int run_broker(void *unused)
{
    ZOC_GROUP(service);
    struct party party = { .calm = one_in(2), .count = (unsigned)draw(1, GUESTS_MAX) };
    const struct broker_options options = { .tell_dropped = note_dropped, .state = &party };

    (void)unused;
    if (party.calm) {
        faults_limit(one_in(2) ? HARM_DELAY : HARM_NONE);
        sim_windows(WINDOW_MIN, SIM_WINDOW_MAX);
    }
    int result = broker_new(&options, &party.broker);
    if (result == 0)
        result = zoc_listen("tcp://10.0.0.2:7373", NULL, &party.listener);
    if (result == 0) {
        zoc_go(&service, serve, &party);
        invite(&party);
        check(&party);
    } else {
        expect_network_error(result);
    }
    zoc_group_stop(&service);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&service);
    zoc_group_end(&service);
    zoc_listener_close(party.listener);
    broker_free(party.broker);
    return 0;
}
