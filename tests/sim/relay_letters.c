/* A relay of datagrams, which are lost, doubled, late or refused: what comes back to a peer is what it sent, whole,
 * and no more often than that; and there are never more sessions than there may be. */
#include "relay.h"

#include "classic/echo.h"
#include "relay/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PEERS_MAX   6
#define LETTERS_MAX 16 /* of each: all of them find room in a queue, */
#define LETTER_COST 64 /* with no more than this for each beside its bytes */
#define LONGEST     65507
#define SILENCE     (15 * ZOC_SECOND)
#define STOP_TIME   (SESSIONS_LINGER + ZOC_SECOND)
#define GRACE       (30 * ZOC_SECOND)
#define LOOK        (100 * ZOC_MILLISECOND)

/* What the first bytes of a letter say; the rest is a pattern. */
struct heading {
    uint32_t peer, number, size;
};

struct peer {
    unsigned number;
    zoc_stream *stream;
    char *paper;
    uint32_t sizes[LETTERS_MAX];
    size_t room; /* for what it has still to send */
    unsigned sent, received;
    unsigned came[LETTERS_MAX];
};

static struct desk {
    struct relayed relayed;
    zoc_datagrams *target;
    bool orderly; /* nothing is late, doubled or lost (but datagrams overtake one another) */
    bool loaded;  /* somebody may have had to make room, or idled */
    struct peer peers[PEERS_MAX];
    unsigned count;
} desk;

/* --- peers ----------------------------------------------------------------------------------------- */

static uint32_t draw_size(struct peer *peer)
{
    size_t size = one_in(16) ? LONGEST : draw(0, LONGEST / 4);

    if (size < sizeof(struct heading) || size > peer->room)
        return 0;
    peer->room -= size;
    return (uint32_t)size;
}

static int send_letter(struct peer *peer)
{
    uint32_t number = peer->sent, size = peer->sizes[number] = draw_size(peer);
    struct heading heading = { peer->number, number, size };

    if (size > 0) {
        memcpy(peer->paper, &heading, sizeof heading);
        fill_pattern(peer->paper + sizeof heading, size - sizeof heading, number, peer->number);
    }
    ssize_t result = zoc_write(peer->stream, peer->paper, size);
    peer->sent++;
    if (result < 0)
        expect_network_error((int)result);
    return result == -ECANCELED ? -ECANCELED : 0;
}

static void judge(struct peer *peer, zoc_bytes letter)
{
    struct heading heading;

    peer->received++;
    if (letter.size == 0)
        return;
    sim_expect(letter.size >= sizeof heading);
    memcpy(&heading, letter.data, sizeof heading);
    sim_expect(heading.peer == peer->number && heading.number < peer->sent);
    sim_expect(heading.size == letter.size && peer->sizes[heading.number] == letter.size);
    expect_pattern(letter.data + sizeof heading, letter.size - sizeof heading, heading.number, heading.peer);
    peer->came[heading.number]++;
    sim_expect(peer->came[heading.number] == 1 || !desk.orderly);
}

static bool receive_letter(struct peer *peer, zoc_duration patience)
{
    zoc_bytes letter = { 0 };
    ssize_t result = 0;

    ZOC_WITHIN(patience)
        result = zoc_receive(peer->stream, &letter);
    if (result < 0)
        expect_network_error((int)result);
    else
        judge(peer, letter);
    return result >= 0 || result == -ECONNREFUSED;
}

static void correspond_with(struct peer *peer)
{
    uint64_t letters = draw(1, LETTERS_MAX);

    while (peer->sent < letters) {
        if (send_letter(peer) < 0)
            return;
        while (one_in(2) && receive_letter(peer, (zoc_duration)draw(0, ZOC_SECOND)))
            ;
    }
    while (receive_letter(peer, SILENCE))
        ;
}

static int correspond(void *arg)
{
    struct peer *peer = arg;
    char endpoint[SITE_TEXT];

    snprintf(endpoint, sizeof endpoint, "udp://10.0.0.%d:53,bind=10.0.0.%u", RELAY_HOST, 3 + 2 * (peer->number % 2));
    zoc_sleep(draw_pause(ZOC_SECOND));
    int result = zoc_dial(endpoint, NULL, &peer->stream);
    if (result < 0) {
        expect_network_error(result);
        return 0;
    }
    peer->paper = malloc(LONGEST);
    correspond_with(peer);
    free(peer->paper);
    zoc_close(peer->stream);
    return 0;
}

/* --- the target ------------------------------------------------------------------------------------ */

static int answer(void *unused)
{
    zoc_endpoint *endpoint;

    (void)unused;
    sim_expect(zoc_endpoint_parse("udp://10.0.0.4:2000", &endpoint) == 0);
    int result = zoc_datagrams_open(endpoint, &desk.target);
    zoc_endpoint_free(endpoint);
    if (result < 0)
        return 0;
    echo_datagrams(desk.target, &(struct echo_settings){ ECHO_RAW });
    zoc_datagrams_close(desk.target);
    return 0;
}

/* --- what must hold -------------------------------------------------------------------------------- */

static int watch(void *unused)
{
    const struct sessions *sessions = &desk.relayed.relay.sessions;

    (void)unused;
    do {
        sim_expect(sessions->table.count <= sessions->table.max);
        sim_expect(sessions->ended_count <= sessions->table.max + 1);
        for (const struct session_entry *entry = sessions->table.oldest; entry; entry = entry->younger) {
            sim_expect(((const struct session *)entry)->load <= SESSION_QUEUE_MAX);
            sim_expect(!entry->younger || entry->used <= entry->younger->used);
        }
    } while (zoc_sleep(LOOK) == 0);
    return 0;
}

static void check(void)
{
    for (unsigned i = 0; i < desk.count && desk.orderly && !desk.loaded; i++)
        sim_expect(desk.peers[i].received == desk.peers[i].sent);
}

/* --- the world ------------------------------------------------------------------------------------- */

static void draw_desk(void)
{
    struct relay *relay = &desk.relayed.relay;

    desk = (struct desk){ .orderly = one_in(2), .count = (unsigned)draw(1, PEERS_MAX) };
    relayed_prepare(&desk.relayed, "listen:udp://10.0.0.2:53", "udp://10.0.0.4:2000,bind=10.0.0.2");
    relay->max = one_in(2) ? (unsigned)draw(1, desk.count) : 0;
    relay->idle = one_in(3) ? (zoc_duration)draw(ZOC_MILLISECOND, 10 * ZOC_SECOND) : RELAY_UNSET;
    desk.loaded = (relay->max && relay->max < desk.count) || relay->idle != RELAY_UNSET;
    for (unsigned i = 0; i < desk.count; i++)
        desk.peers[i] = (struct peer){ .number = i, .room = SESSION_QUEUE_MAX - LETTERS_MAX * LETTER_COST };
    if (desk.orderly)
        faults_limit(HARM_NONE);
}

void relay_letters(void)
{
    ZOC_GROUP(relaying);
    ZOC_GROUP(target);
    ZOC_GROUP(peers);

    draw_desk();
    zoc_go(&relaying, relayed_run, &desk.relayed);
    zoc_go(&target, answer, NULL);
    zoc_sleep(ZOC_SECOND);
    zoc_go(&target, watch, NULL);
    for (unsigned i = 0; i < desk.count; i++)
        zoc_go(&peers, correspond, &desk.peers[i]);
    zoc_group_wait(&peers);
    zoc_time begun_at = zoc_now();
    relayed_stop(&desk.relayed, &relaying, GRACE);
    sim_expect(zoc_now() <= begun_at + STOP_TIME); /* nobody has written for a while */
    zoc_group_stop(&target);
    zoc_group_wait(&target);
    check();
}
