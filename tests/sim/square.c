/* Several listeners behind one gate, and sets of services that are reloaded while clients come: the bounds hold, and a
 * hand-over loses nobody. */
#include "serve/set.h"
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#define DOORS       3
#define CLIENTS_MAX 10
#define WORDS       8 /* bytes that a client says, and hears again */

struct client {
    const char *endpoint; /* where it goes */
    uint64_t number;
    bool calm, messages;
    bool connected, answered;
};

/* --- clients -------------------------------------------------------------------------------------- */

static int hear(struct client *client, zoc_stream *stream)
{
    char words[WORDS];
    size_t heard = 0;
    ssize_t result = 0;

    while (heard < WORDS && (result = zoc_read(stream, words + heard, WORDS - heard)) > 0) {
        expect_pattern(words + heard, (size_t)result, client->number, heard);
        heard += (size_t)result;
    }
    client->answered = heard == WORDS;
    return result < 0 ? (int)result : 0;
}

static int say(struct client *client, zoc_stream *stream)
{
    char words[WORDS];

    if (one_in(2))
        zoc_sleep(draw_pause(3 * ZOC_SECOND));
    fill_pattern(words, WORDS, client->number, 0);
    ssize_t result = zoc_write(stream, words, WORDS);
    if (result >= 0)
        result = hear(client, stream);
    if (one_in(2))
        zoc_sleep(draw_pause(3 * ZOC_SECOND));
    return (int)result;
}

static int run_client(void *arg)
{
    struct client *client = arg;
    zoc_stream *stream = NULL;
    char endpoint[64];
    int result = 0;

    snprintf(endpoint, sizeof endpoint, "%s,bind=10.0.0.%u", client->endpoint, 5 + (unsigned)(client->number % 3));
    zoc_sleep(draw_pause(10 * ZOC_SECOND));
    ZOC_WITHIN(client->calm && !client->messages ? ZOC_NEVER : 200 * ZOC_SECOND) {
        result = zoc_dial(endpoint, NULL, &stream);
        client->connected = result == 0;
        if (result == 0)
            result = say(client, stream);
    }
    if (result < 0)
        expect_network_error(result);
    if (one_in(2))
        zoc_finish(stream);
    else
        zoc_close(stream);
    return 0;
}

/* --- a gate --------------------------------------------------------------------------------------- */

struct door;

struct gated {
    bool calm;
    unsigned at_once, in_all; /* 0: no bound */
    unsigned inside, entered;
    unsigned let_in; /* at most: who waited at a door that was handed over */
    bool ending;     /* whoever waits is let in */
    zoc_gate *gate;
    zoc_group serving;
    struct door *doors[DOORS]; /* those that are open; NULL: that one has closed */
    unsigned count;
    struct client clients[CLIENTS_MAX];
};

struct door {
    struct gated *gated;
    unsigned number;
    zoc_listener *listener;
};

static void host(zoc_stream *peer, void *state)
{
    struct gated *gated = state;
    zoc_bytes chunk;

    gated->inside++;
    gated->entered++;
    sim_expect(!gated->at_once || gated->ending || gated->inside <= gated->at_once + gated->let_in);
    sim_expect(!gated->in_all || gated->entered <= gated->in_all);
    while (zoc_receive(peer, &chunk) > 0 && zoc_write(peer, chunk.data, chunk.size) >= 0)
        continue;
    gated->inside--;
}

/* It ends when it is stopped, when another has its place, or when the gate was shut. */
static int serve_door(void *arg)
{
    struct door *door = arg;
    struct gated *gated = door->gated;
    int result = zoc_serve_with(door->listener, &(zoc_serve_options){ .gate = gated->gate }, host, gated);
    bool has_heir = gated->doors[door->number] != door;

    sim_expect(result == 0 || (result == -ECANCELED && zoc_stopped() == ZOC_CANCELLED));
    if (!has_heir && zoc_stopped() == ZOC_RUNNING)
        sim_expect(gated->in_all && gated->entered == gated->in_all);
    if (!has_heir)
        gated->doors[door->number] = NULL;
    zoc_listener_close(door->listener);
    free(door);
    return 0;
}

static void open_door(struct gated *gated, unsigned number, zoc_listener *listener)
{
    struct door *door = malloc(sizeof *door);

    *door = (struct door){ gated, number, listener };
    gated->doors[number] = door;
    zoc_go(&gated->serving, serve_door, door);
}

static int hand_over_doors(void *arg)
{
    struct gated *gated = arg;
    zoc_listener *to;

    for (uint64_t left = draw(0, 15); left > 0; left--) {
        if (zoc_sleep(draw_pause(3 * ZOC_SECOND)) < 0)
            return 0;
        struct door *door = gated->doors[draw(0, DOORS - 1)];
        if (!door || zoc_listener_hand_over(door->listener, &to) < 0)
            continue;
        gated->let_in++;
        open_door(gated, door->number, to);
    }
    return 0;
}

static int open_doors(struct gated *gated)
{
    char endpoint[32];
    zoc_listener *listener;
    int result = zoc_gate_new(gated->at_once, gated->in_all, &gated->gate);

    for (unsigned i = 0; i < DOORS && result == 0; i++) {
        snprintf(endpoint, sizeof endpoint, "tcp://10.0.0.2:%u", 80 + i);
        result = zoc_listen(endpoint, NULL, &listener);
        if (result == 0)
            open_door(gated, i, listener);
    }
    return result;
}

/* Where nothing is lost, as many are served as may be, and all of them are answered. */
static void check_gate(const struct gated *gated)
{
    unsigned served = gated->in_all && gated->in_all < gated->count ? gated->in_all : gated->count, answered = 0;

    for (unsigned i = 0; i < gated->count; i++)
        answered += gated->clients[i].answered;
    sim_expect(gated->entered == served && answered == served);
}

static void visit_doors(struct gated *gated)
{
    static const char *const endpoints[DOORS] = { "tcp://10.0.0.2:80", "tcp://10.0.0.2:81", "tcp://10.0.0.2:82" };
    ZOC_GROUP(clients);
    ZOC_GROUP(handing);

    for (unsigned i = 0; i < gated->count; i++) {
        gated->clients[i] =
            (struct client){ .endpoint = endpoints[draw(0, DOORS - 1)], .number = i, .calm = gated->calm };
        zoc_go(&clients, run_client, &gated->clients[i]);
    }
    zoc_go(&handing, hand_over_doors, gated);
    zoc_group_wait(&clients);
    zoc_group_end(&handing);
    if (gated->calm && gated->in_all && gated->in_all <= gated->count)
        zoc_group_wait(&gated->serving); /* by itself: the gate was shut */
    if (gated->calm)
        check_gate(gated);
}

static int run_gate(bool calm)
{
    struct gated gated = { .calm = calm,
                           .at_once = one_in(2) ? (unsigned)draw(1, 3) : 0,
                           .in_all = one_in(2) ? (unsigned)draw(1, CLIENTS_MAX) : 0,
                           .count = (unsigned)draw(1, CLIENTS_MAX) };
    int result = open_doors(&gated);

    if (result == 0)
        visit_doors(&gated);
    else
        expect_network_error(result);
    gated.ending = true;
    zoc_group_stop(&gated.serving);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&gated.serving);
    zoc_group_end(&gated.serving);
    zoc_gate_free(gated.gate);
    return 0;
}

/* --- reloads -------------------------------------------------------------------------------------- */

struct square {
    bool calm;
    struct set *set;
    unsigned served; /* sets */
    zoc_event one_left;
    zoc_group serving;
    unsigned count;
    struct client clients[CLIENTS_MAX];
};

/* Two endpoints are in every reading; two others come and go. */
static void read_specs(struct specs *specs)
{
    char line[128], bound[32] = "";

    if (one_in(2))
        snprintf(bound, sizeof bound, " max-connections=%u", (unsigned)draw(1, 2));
    snprintf(line, sizeof line, "echo tcp://10.0.0.2:7 udp://10.0.0.2:7%s%s", one_in(2) ? " tcp://10.0.0.3:7" : "",
             bound);
    sim_expect(specs_add_line(specs, "spec", line) == 0);
    if (one_in(2))
        sim_expect(specs_add_line(specs, "spec", "echo tcp://10.0.0.4:7") == 0);
}

struct duty {
    struct square *square;
    struct set *set;
};

static int serve_set(void *arg)
{
    struct duty duty = *(struct duty *)arg;

    free(arg);
    int result = set_serve(duty.set);
    if (--duty.square->served == 1)
        zoc_event_set(&duty.square->one_left);
    return result;
}

static int start_set(struct square *square, struct set *set)
{
    struct duty *duty = malloc(sizeof *duty);

    *duty = (struct duty){ square, set };
    square->set = set;
    square->served++;
    return zoc_go(&square->serving, serve_set, duty);
}

/* A reading that cannot be opened changes nothing. */
static int load(struct square *square)
{
    struct specs specs = { 0 };
    struct set *set = NULL, *previous = square->set;

    read_specs(&specs);
    int result = set_open(&specs, NULL, previous, &set);
    if (result < 0) {
        specs_release(&specs);
        return result;
    }
    if (previous)
        set_replace(set, previous);
    return start_set(square, set);
}

static int reload(void *arg)
{
    struct square *square = arg;

    for (uint64_t left = draw(0, 15); left > 0; left--) {
        if (zoc_sleep(draw_pause(3 * ZOC_SECOND)) < 0)
            return 0;
        int result = load(square);
        if (result < 0 && result != -EADDRINUSE) /* somebody is still being served where one listened before */
            expect_network_error(result);
    }
    return 0;
}

/* Who comes where one always listens is answered, and so is who came in where one does so no more. */
static void check_square(const struct square *square)
{
    for (unsigned i = 0; i < square->count; i++) {
        const struct client *client = &square->clients[i];
        bool stays = strcmp(client->endpoint, "tcp://10.0.0.2:7") == 0 || client->messages;
        sim_expect(client->connected || !stays);
        sim_expect(client->answered || !client->connected);
    }
}

static void draw_visitor(struct client *client, uint64_t number, bool calm)
{
    static const char *const endpoints[] = { "tcp://10.0.0.2:7", "udp://10.0.0.2:7", "tcp://10.0.0.3:7",
                                             "tcp://10.0.0.4:7" };
    const char *endpoint = endpoints[draw(0, 3)];

    *client = (struct client){
        .endpoint = endpoint, .number = number, .calm = calm, .messages = strncmp(endpoint, "udp", 3) == 0
    };
}

static void visit_square(struct square *square)
{
    ZOC_GROUP(clients);
    ZOC_GROUP(reloading);

    for (unsigned i = 0; i < square->count; i++) {
        draw_visitor(&square->clients[i], i, square->calm);
        zoc_go(&clients, run_client, &square->clients[i]);
    }
    zoc_go(&reloading, reload, square);
    zoc_group_wait(&clients);
    zoc_group_end(&reloading);
    if (!square->calm)
        return;
    check_square(square);
    while (square->served > 1) { /* a set that was replaced ends with its last client */
        zoc_event_clear(&square->one_left);
        zoc_event_wait(&square->one_left);
    }
}

static int run_reloads(bool calm)
{
    struct square square = { .calm = calm, .count = (unsigned)draw(1, CLIENTS_MAX) };
    int result = load(&square);

    if (result == 0)
        visit_square(&square);
    else
        expect_network_error(result);
    zoc_group_stop(&square.serving);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&square.serving);
    zoc_group_end(&square.serving);
    set_free(square.set);
    return 0;
}

int run_square(void *unused)
{
    bool calm = one_in(2);

    (void)unused;
    zoc_log_set_level(ZOC_LOG_OFF);
    sim_windows(WORDS, SIM_WINDOW_MAX); /* clients say all before they hear any of it */
    if (calm)
        faults_limit(one_in(2) ? HARM_DELAY : HARM_NONE);
    return one_in(2) ? run_gate(calm) : run_reloads(calm);
}
