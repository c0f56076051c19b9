#include "anatomy/sequence.h"

#include "anatomy/states.h"
#include "base/text.h"

/* What is being told, and what of the kernel's counts has no row yet. */
struct tale {
    struct sequence *sequence;
    const struct facts *facts;
    struct counts before;          /* at the moment before */
    unsigned data[SIDE_COUNT];     /* segments with data, counted and not drawn */
    unsigned bare[SIDE_COUNT];     /* the others */
    uint64_t bytes[SIDE_COUNT];    /* of data */
    zoc_time left;                 /* when our data left, as the kernel has it; 0 */
    zoc_time acknowledged;         /* when the kernel saw our data acknowledged; 0 */
    bool peer_ended;               /* its FIN is drawn */
    zoc_time early;                /* data had come when the connection was there, before any was read; 0 */
    zoc_time latest;               /* of the row before */
    zoc_time places[SEGMENTS_MAX]; /* by which rows are put in order */
};

/* --- rows ----------------------------------------------------------------------------------------- */

/* A row; where it has no time it stands behind the one before it. Its numbers and states follow when all are there. */
static void draw(struct tale *tale, const struct segment *segment)
{
    struct sequence *sequence = tale->sequence;

    if (sequence->count == SEGMENTS_MAX) {
        sequence->cut = true;
        return;
    }
    if (segment->time)
        tale->latest = segment->time;
    tale->places[sequence->count] = tale->latest;
    struct segment *drawn = &sequence->segments[sequence->count++];
    *drawn = *segment;
    drawn->count = segment->count ? segment->count : 1;
    if (!segment->icmp)
        sequence->drawn_by[segment->from] += drawn->count;
}

/* Segments without data that the kernel counted, but for `kept` of them that are drawn as something else. */
static void draw_acks(struct tale *tale, enum side from, unsigned kept, zoc_time time, enum certainty certainty)
{
    unsigned count = tale->bare[from] > kept ? tale->bare[from] - kept : 0;

    if (count == 0)
        return;
    tale->bare[from] -= count;
    draw(tale,
         &(struct segment){ .from = from, .flags = FLAG_ACK, .count = count, .time = time, .certainty = certainty });
}

/* The peer's FIN is counted among what came, and has no row yet. */
static bool has_fin_to_come(const struct tale *tale, const struct moment *moment)
{
    return moment->counts.peer_ended && !tale->peer_ended;
}

static void draw_their_acks(struct tale *tale, unsigned kept)
{
    draw_acks(tale, SIDE_SERVER, kept, tale->acknowledged, tale->acknowledged ? CERTAIN_MEASURED : CERTAIN_INFERRED);
    tale->acknowledged = 0;
}

/* At least one segment, where nobody counts. */
static void draw_data(struct tale *tale, const struct segment *segment)
{
    bool tcp = tale->facts->carrier == CARRIER_TCP;
    struct segment row = *segment;

    row.flags = tcp ? FLAG_PSH | FLAG_ACK : 0;
    row.count = tale->before.known ? tale->data[row.from] : 1;
    tale->data[row.from] = 0;
    if (tale->before.known && tale->facts->tls.version)
        row.bytes = tale->bytes[row.from];
    tale->bytes[row.from] = 0;
    draw(tale, &row);
}

/* The data of a side that nobody noticed by itself: what TLS says to its peer. */
static void draw_unnoticed(struct tale *tale, enum side from, const char *note, zoc_time time)
{
    if (tale->data[from] == 0)
        return;
    draw_data(tale, &(struct segment){ .from = from,
                                       .bytes = tale->bytes[from],
                                       .note = note,
                                       .time = time,
                                       .certainty = time ? CERTAIN_SEEN : CERTAIN_INFERRED });
}

/* --- moments -------------------------------------------------------------------------------------- */

static unsigned syn_flags(const struct tale *tale, enum side from)
{
    unsigned ecn = tale->facts->tcp.ecn ? FLAG_ECE | (from == SIDE_CLIENT ? FLAG_CWR : 0U) : 0;

    return FLAG_SYN | ecn | (from == SIDE_SERVER ? FLAG_ACK : 0U);
}

static void draw_syn(struct tale *tale, zoc_time time, enum certainty certainty)
{
    draw(tale, &(struct segment){
                   .from = SIDE_CLIENT, .flags = syn_flags(tale, SIDE_CLIENT), .time = time, .certainty = certainty });
}

/* SYNs that were sent again, at most so many, and when (RFC 6298 section 2: the first one after a second). */
static void draw_syns(struct tale *tale, zoc_time begun, zoc_time until, unsigned max)
{
    zoc_duration pause = ZOC_SECOND;
    zoc_time time = begun;

    draw_syn(tale, begun, CERTAIN_SEEN);
    for (unsigned again = 1; again <= max && time + pause <= until; again++) {
        time += pause;
        draw_syn(tale, time, CERTAIN_INFERRED);
        if (again > tale->facts->offer.syn_linear)
            pause *= 2;
    }
}

static unsigned take(unsigned *from, unsigned count)
{
    unsigned taken = *from < count ? *from : count;

    *from -= taken;
    return taken;
}

/* SYNs out, one segment in, and an ACK, which may go with the first data. What was counted beyond that is drawn
 * later. */
static void tell_connected(struct tale *tale, const struct moment *moment)
{
    const struct counts *counts = &moment->counts;
    zoc_duration rtt = (zoc_duration)counts->rtt_us * ZOC_MICROSECOND;
    bool measured = rtt && !counts->again;
    zoc_time answered = measured ? moment->since + rtt : moment->time;

    if (tale->facts->carrier != CARRIER_TCP)
        return;
    take(&tale->bare[SIDE_CLIENT], 1 + counts->again);
    take(&tale->bare[SIDE_SERVER], 1);
    tale->early = tale->data[SIDE_SERVER] ? moment->time : 0;
    draw_syns(tale, moment->since, moment->time, counts->again);
    draw(tale, &(struct segment){ .from = SIDE_SERVER,
                                  .flags = syn_flags(tale, SIDE_SERVER),
                                  .time = answered,
                                  .certainty = measured ? CERTAIN_MEASURED : CERTAIN_SEEN });
    if (!counts->known || take(&tale->bare[SIDE_CLIENT], 1))
        draw(tale, &(struct segment){
                       .from = SIDE_CLIENT, .flags = FLAG_ACK, .time = answered, .certainty = CERTAIN_INFERRED });
}

static void tell_refused(struct tale *tale, const struct moment *moment)
{
    if (tale->facts->carrier != CARRIER_TCP)
        return;
    draw_syn(tale, moment->since, CERTAIN_SEEN);
    draw(tale,
         &(struct segment){
             .from = SIDE_SERVER, .flags = FLAG_RST | FLAG_ACK, .time = moment->time, .certainty = CERTAIN_INFERRED });
}

static void tell_silence(struct tale *tale, const struct moment *moment)
{
    if (tale->facts->carrier == CARRIER_TCP)
        draw_syns(tale, moment->since, moment->time, tale->facts->offer.syn_retries);
}

/* Whether anything left before the network said no is not known. */
static void tell_nothing(struct tale *tale, const struct moment *moment)
{
    (void)tale, (void)moment;
}

/* Which side said what first is not counted. */
static void tell_sealed(struct tale *tale, const struct moment *moment)
{
    draw_unnoticed(tale, SIDE_CLIENT, N_("TLS handshake"), 0);
    draw_their_acks(tale, has_fin_to_come(tale, moment));
    draw_unnoticed(tale, SIDE_SERVER, N_("TLS handshake"), 0);
    draw_acks(tale, SIDE_CLIENT, 0, 0, CERTAIN_INFERRED);
    tale->sequence->segments[tale->sequence->count - 1].time = moment->time;
}

static void tell_said(struct tale *tale, const struct moment *moment)
{
    bool measured = moment->left != 0;

    draw_data(tale, &(struct segment){ .from = SIDE_CLIENT,
                                       .bytes = moment->bytes,
                                       .time = measured ? moment->left : moment->time,
                                       .certainty = measured ? CERTAIN_MEASURED : CERTAIN_SEEN });
    tale->left = moment->left;
    tale->acknowledged = moment->acknowledged;
}

/* What was read may have come in a segment that has its row already. */
static void tell_heard(struct tale *tale, const struct moment *moment)
{
    bool measured = moment->came != 0;

    if (tale->before.known && tale->data[SIDE_SERVER] == 0) {
        struct segment *last = &tale->sequence->segments[tale->sequence->count - 1];
        if (!tale->facts->tls.version && tale->sequence->count > 0 && last->from == SIDE_SERVER) {
            last->bytes += moment->bytes;
        }
        return;
    }
    if (measured && moment->came > tale->left && moment->came < tale->acknowledged)
        tale->acknowledged = 0; /* this may have been what acknowledged it */
    draw_their_acks(tale, has_fin_to_come(tale, moment));
    draw_data(tale, &(struct segment){ .from = SIDE_SERVER,
                                       .bytes = moment->bytes,
                                       .time = measured      ? moment->came
                                               : tale->early ? tale->early
                                                             : moment->time,
                                       .certainty = measured ? CERTAIN_MEASURED : CERTAIN_SEEN });
    tale->early = 0;
    draw_acks(tale, SIDE_CLIENT, has_fin_to_come(tale, moment), 0, CERTAIN_INFERRED);
}

/* The last row of a side that has data; NULL. */
static struct segment *last_data(const struct tale *tale, enum side from)
{
    for (unsigned i = tale->sequence->count; i-- > 0;) {
        struct segment *segment = &tale->sequence->segments[i];
        if (segment->from == from && segment->bytes > 0)
            return segment;
    }
    return NULL;
}

/* Where no segment of its own was counted, it went with data. */
static void draw_fin(struct tale *tale, enum side from, zoc_time time)
{
    bool alone = !tale->before.known || take(&tale->bare[from], 1);
    struct segment *data = alone ? NULL : last_data(tale, from);

    tale->peer_ended |= from == SIDE_SERVER;
    if (data) {
        data->flags |= FLAG_FIN;
        return;
    }
    draw(tale, &(struct segment){ .from = from,
                                  .flags = FLAG_FIN | FLAG_ACK,
                                  .time = time,
                                  .certainty = time ? CERTAIN_SEEN : CERTAIN_INFERRED });
}

static void tell_we_ended(struct tale *tale, const struct moment *moment)
{
    if (tale->facts->carrier != CARRIER_TCP)
        return;
    draw_unnoticed(tale, SIDE_CLIENT, N_("TLS close_notify"), moment->time);
    if (!has_fin_to_come(tale, moment)) /* otherwise they may be for that FIN */
        draw_acks(tale, SIDE_CLIENT, 1, 0, CERTAIN_INFERRED);
    if (moment->counts.peer_first && !tale->peer_ended) {
        if (tale->facts->tls.version)
            draw_unnoticed(tale, SIDE_SERVER, N_("TLS close_notify"), 0);
        draw_fin(tale, SIDE_SERVER, 0);
    }
    draw_fin(tale, SIDE_CLIENT, moment->time);
}

static void tell_peer_ended(struct tale *tale, const struct moment *moment)
{
    if (tale->facts->carrier != CARRIER_TCP)
        return;
    draw_their_acks(tale, !tale->peer_ended);
    draw_unnoticed(tale, SIDE_SERVER, tale->facts->tls.version ? N_("TLS close_notify") : NULL, moment->time);
    if (!tale->peer_ended)
        draw_fin(tale, SIDE_SERVER, moment->time);
    draw_acks(tale, SIDE_CLIENT, 0, 0, CERTAIN_INFERRED);
}

static void tell_reset(struct tale *tale, const struct moment *moment)
{
    bool tcp = tale->facts->carrier == CARRIER_TCP;

    if (tale->facts->carrier == CARRIER_UNIX)
        return;
    draw_their_acks(tale, 1);
    tale->bare[SIDE_SERVER] = 0;
    draw(tale, &(struct segment){ .from = SIDE_SERVER,
                                  .flags = tcp ? FLAG_RST : 0,
                                  .icmp = !tcp,
                                  .note = tcp ? NULL : N_("ICMP: port unreachable"),
                                  .time = moment->time,
                                  .certainty = CERTAIN_INFERRED });
}

static void tell_over(struct tale *tale, const struct moment *moment)
{
    (void)moment;
    if (tale->facts->carrier != CARRIER_TCP)
        return;
    draw_unnoticed(tale, SIDE_SERVER, NULL, 0);
    draw_their_acks(tale, 0);
    draw_acks(tale, SIDE_CLIENT, 0, 0, CERTAIN_INFERRED);
}

static void (*const tell[])(struct tale *tale, const struct moment *moment) = {
    [MOMENT_CONNECTED] = tell_connected, [MOMENT_REFUSED] = tell_refused,   [MOMENT_SILENCE] = tell_silence,
    [MOMENT_UNREACHABLE] = tell_nothing, [MOMENT_SEALED] = tell_sealed,     [MOMENT_SAID] = tell_said,
    [MOMENT_HEARD] = tell_heard,         [MOMENT_WE_ENDED] = tell_we_ended, [MOMENT_PEER_ENDED] = tell_peer_ended,
    [MOMENT_RESET] = tell_reset,         [MOMENT_OVER] = tell_over,
};

/* --- all of it ------------------------------------------------------------------------------------ */

static void count(struct tale *tale, const struct counts *now)
{
    const struct counts *before = &tale->before;

    if (!now->known)
        return;
    unsigned data_out = now->data_out - before->data_out, data_in = now->data_in - before->data_in;
    tale->data[SIDE_CLIENT] += data_out;
    tale->data[SIDE_SERVER] += data_in;
    tale->bare[SIDE_CLIENT] += now->out - before->out - data_out;
    tale->bare[SIDE_SERVER] += now->in - before->in - data_in;
    tale->bytes[SIDE_CLIENT] += now->bytes_out - before->bytes_out;
    tale->bytes[SIDE_SERVER] += now->bytes_in - before->bytes_in;
    tale->before = *now;
}

/* By time: the kernel's times come to light after what followed them. */
static void put_in_order(struct tale *tale)
{
    struct segment *segments = tale->sequence->segments;

    for (unsigned i = 1; i < tale->sequence->count; i++) {
        struct segment moved = segments[i];
        zoc_time place = tale->places[i];
        unsigned to = i;
        for (; to > 0 && tale->places[to - 1] > place; to--) {
            segments[to] = segments[to - 1];
            tale->places[to] = tale->places[to - 1];
        }
        segments[to] = moved;
        tale->places[to] = place;
    }
}

/* Sequence numbers and states follow from the order (RFC 9293 section 3.4). */
static void number(struct sequence *sequence)
{
    struct ends ends = { .of = { { .syn = false } } };
    uint64_t next[SIDE_COUNT] = { 0 };

    for (unsigned i = 0; i < sequence->count; i++) {
        struct segment *segment = &sequence->segments[i];
        if (segment->flags & FLAG_SYN)
            next[segment->from] = 0; /* also when it is sent again */
        segment->seq = next[segment->from];
        segment->ack = segment->flags & FLAG_ACK ? next[side_other(segment->from)] : 0;
        next[segment->from] += segment->bytes + ((segment->flags & (FLAG_SYN | FLAG_FIN)) != 0);
        ends_see(&ends, segment->from, segment->flags);
        ends_states(&ends, segment->states);
    }
}

void sequence_build(struct sequence *sequence, const struct facts *facts, const struct moment *moments,
                    size_t moment_count)
{
    struct tale tale = { .sequence = sequence, .facts = facts };

    *sequence = (struct sequence){ .count = 0 };
    for (size_t i = 0; i < moment_count; i++) {
        count(&tale, &moments[i].counts);
        tell[moments[i].kind](&tale, &moments[i]);
        if (moments[i].kind == MOMENT_CONNECTED)
            sequence->rtt_us = moments[i].counts.rtt_us;
    }
    put_in_order(&tale);
    number(sequence);
    sequence->counted = tale.before.known;
    sequence->counted_by[SIDE_CLIENT] = tale.before.out;
    sequence->counted_by[SIDE_SERVER] = tale.before.in;
    sequence->again = tale.before.again;
}
