/* How it ends: who ends first, what a reset does, and what is left behind. */
#include "base/text.h"
#include "explain/inside.h"
#include "look/sockets.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* --- one direction --------------------------------------------------------------------------------- */

/* How the end of a direction is told, of what carries it. */
enum farewell { FAREWELL_TCP, FAREWELL_TLS, FAREWELL_UDP, FAREWELL_OTHER, FAREWELL_COUNT };

static enum farewell farewell_of(const struct story *story)
{
    if (story->carrier != CARRIER_TCP)
        return story->carrier == CARRIER_UDP ? FAREWELL_UDP : FAREWELL_OTHER;
    return story->secured ? FAREWELL_TLS : FAREWELL_TCP;
}

/* Translated where they are shown. The first end of two leaves the connection half-closed. */
static const struct {
    const char *first[2], *last[2]; /* [0]: the peer's, [1]: ours */
    enum story_layer layer;
    struct reference reference;
} farewells[FAREWELL_COUNT] = {
    [FAREWELL_TCP] = { { N_("FIN: they send no more, while our own direction stays open: a half-close"),
                         N_("FIN: we send no more, while their direction stays open: a half-close") },
                       { N_("FIN: they send no more either"), N_("FIN: we send no more either") },
                       LAYER_TRANSPORT,
                       RFC(9293, "3.6") },
    [FAREWELL_TLS] = { { N_("close_notify: they send no more, and TLS vouches that nothing is missing"),
                         N_("close_notify: we send no more, while their direction stays open: a half-close") },
                       { N_("close_notify: they send no more either"), N_("close_notify: we send no more either") },
                       LAYER_APPLICATION,
                       RFC(8446, "6.1") },
    [FAREWELL_UDP] = { { N_("UDP knows no end: nothing more comes from there"),
                         N_("we send no more, which nobody is told: UDP knows no end") },
                       { N_("UDP knows no end: nothing more comes from there"),
                         N_("we send no more, which nobody is told: UDP knows no end") },
                       LAYER_TRANSPORT,
                       RFC(768, "") },
    [FAREWELL_OTHER] = { { N_("the end: nothing more comes from there"), N_("the end: we send no more") },
                         { N_("the end: nothing more comes from there either"), N_("the end: we send no more either") },
                         LAYER_TRANSPORT,
                         { 0 } },
};

static void tell_farewell(struct story *story, bool ours, const char *event)
{
    enum farewell kind = farewell_of(story);
    bool first = !story->ending.peer_ended && !story->ending.we_ended;
    const struct fact fact = { farewells[kind].layer, event, farewells[kind].reference, false };
    const char *text = first ? farewells[kind].first[ours] : farewells[kind].last[ours];

    if (first)
        story->ending.first = ours ? story_us(story) : story_peer(story);
    story_tell_of(story, ours ? story_us(story) : story_peer(story), &fact, "%s", _(text));
}

void story_peer_ended(struct story *story, const zoc_notice *notice)
{
    (void)notice;
    story_end_words(story, story_peer(story));
    tell_farewell(story, false, "peer_ended");
    story->ending.peer_ended = true;
}

void story_we_ended(struct story *story, const zoc_notice *notice)
{
    (void)notice;
    story_end_words(story, story_us(story));
    tell_farewell(story, true, "we_ended");
    story->ending.we_ended = true;
}

/* --- breaking off ---------------------------------------------------------------------------------- */

void story_we_reset(struct story *story, const zoc_notice *notice)
{
    static const struct fact fact = { LAYER_TRANSPORT, "we_reset", RFC(9293, "3.10.5"), false };

    (void)notice;
    story->ending.broken = true;
    story_tell_of(story, story_us(story), &fact, "%s",
                  _("RST: we break it off; what has not arrived by now is thrown away, on both sides"));
}

static void tell_reset(struct story *story)
{
    static const struct fact fact = { LAYER_TRANSPORT, "reset", RFC(9293, "3.10.7.4"), false };

    if (!story->ending.broken)
        story_tell_of(
            story, story_peer(story), &fact, "%s",
            _("RST: the other side broke it off; what was on its way to it is lost, and nobody says how much"));
}

static void tell_truncation(struct story *story)
{
    static const struct fact fact = { LAYER_APPLICATION, "truncated", RFC(8446, "6.1"), false };

    story_tell_of(
        story, story_peer(story), &fact, "%s",
        _("it ended without a close_notify: anybody on the way may have cut it off, so the end may be missing"));
}

static void tell_failure(struct story *story, int error)
{
    static const struct fact fact = { .layer = LAYER_TRANSPORT, .event = "failed" };

    story_tell(story, &fact, _("the connection has failed: %s"), zoc_error_text(error));
}

/* What comes back to a datagram that found no socket. */
static void tell_unreachable(struct story *story)
{
    static const struct fact fact = { LAYER_TRANSPORT, "unreachable", RFC(1122, "4.1.3.3"), false };

    story_tell_of(
        story, story_peer(story), &fact, "%s",
        _("an ICMP message came back, 'port unreachable': a machine is there, and as a rule no socket has that "
          "UDP port"));
}

/* TLS that was not agreed on is a connection that did not come about: story_fail says why. */
static bool is_refusal(const struct story *story, int error)
{
    return !story->secured && (error == -ZOC_ETLS || error == -ZOC_ECERTIFICATE);
}

void story_failed(struct story *story, const zoc_notice *notice)
{
    bool reset = story->carrier == CARRIER_TCP && (notice->error == -ECONNRESET || notice->error == -EPIPE);

    if (reset)
        tell_reset(story);
    else if (story->carrier == CARRIER_UDP && notice->error == -ECONNREFUSED)
        tell_unreachable(story);
    else if (notice->error == -ZOC_ETRUNCATED && farewell_of(story) == FAREWELL_TLS)
        tell_truncation(story);
    else if (!is_refusal(story, notice->error))
        tell_failure(story, notice->error);
    if (!story->ending.broken && !is_refusal(story, notice->error))
        story->ending.error = notice->error;
    story->ending.broken = true;
}

/* --- closing --------------------------------------------------------------------------------------- */

/* Closing is our end as well where we had not said it before. */
static void tell_close(struct story *story)
{
    static const struct fact early = { LAYER_TRANSPORT, "closed", RFC(9293, "3.6.1"), false };
    const struct ending *ending = &story->ending;

    if (ending->broken || ending->we_ended)
        return;
    if (!ending->peer_ended && story->carrier == CARRIER_TCP)
        story_tell_of(story, story_us(story), &early, "%s",
                      _("we close before the other side has ended: what it still sends is answered with a reset"));
    else if (ending->peer_ended)
        tell_farewell(story, true, "we_ended");
}

void story_closed(struct story *story, const zoc_notice *notice)
{
    struct ending *ending = &story->ending;

    story_end_words(story, story_peer(story));
    story_end_words(story, story_us(story));
    if (story->carrier == CARRIER_TCP || story->carrier == CARRIER_LOCAL)
        tell_close(story);
    if (!ending->peer_ended && !ending->we_ended)
        ending->first = story_us(story);
    ending->closed = true;
    ending->at = notice->time;
    if (notice->stream) {
        ending->account = zoc_stream_account(notice->stream);
        stream_tcp_figures(notice->stream, &ending->tcp);
    }
}

/* --- afterwards ------------------------------------------------------------------------------------ */

#define LOOK_TIME  (1 * ZOC_SECOND) /* that what is left of a connection may be looked up for, also after a stop */
#define LOOKS      3                /* the last segments may still be under way */
#define LOOK_AGAIN (5 * ZOC_MILLISECOND)

/* What this machine has of the connection. */
struct remains {
    const zoc_address *local, *peer;
    struct look_socket ours, theirs; /* theirs: where the peer is this machine as well */
    bool have_ours, have_theirs;
};

static int look(void *arg)
{
    struct remains *remains = arg;

    remains->have_ours = look_connection(remains->local, remains->peer, &remains->ours) == 0;
    remains->have_theirs = look_connection(remains->peer, remains->local, &remains->theirs) == 0;
    return 0;
}

/* Whether a state is one in which nothing more will happen by itself. */
static bool is_settled(const struct remains *remains)
{
    return (remains->have_ours && remains->ours.state == TCP_TIME_WAIT) ||
           (remains->have_theirs && remains->theirs.state == TCP_TIME_WAIT) ||
           (!remains->have_ours && !remains->have_theirs);
}

static void find_remains(struct remains *remains)
{
    ZOC_SHIELD(LOOK_TIME)
        for (int i = 0; i < LOOKS; i++)
            if (zoc_offload(look, remains) < 0 || is_settled(remains) || zoc_sleep(LOOK_AGAIN) < 0)
                break;
}

static long seconds_of(zoc_duration left)
{
    return (long)((left + ZOC_SECOND - 1) / ZOC_SECOND);
}

/* Of two who end at the same time both are left in it: then it is nobody's for having been first. */
static void tell_time_wait(struct story *story, bool ours, const struct look_socket *socket)
{
    static const struct fact fact = { LAYER_TRANSPORT, "time_wait", RFC(9293, "3.6.1"), false };
    enum side side = ours ? story_us(story) : story_peer(story);
    long seconds = seconds_of(socket->left);

    if (story->ending.first != side)
        story_tell(story, &fact,
                   ours ? _("TIME_WAIT is on our side: for %ld s it catches segments that come late")
                        : _("TIME_WAIT is on their side: for %ld s it catches segments that come late"),
                   seconds);
    else
        story_tell(story, &fact,
                   ours ? _("TIME_WAIT is on our side, which ended first: for %ld s it catches late segments")
                        : _("TIME_WAIT is on their side, which ended first: for %ld s it catches late segments"),
                   seconds);
}

/* The kernel does not wait for ever: tcp_fin_timeout (tcp(7)). */
static void tell_waiting(struct story *story, const struct look_socket *socket)
{
    static const struct fact fact = { LAYER_TRANSPORT, "fin_wait", RFC(9293, "3.3.2"), false };

    if (socket->left > 0)
        story_tell(story, &fact, _("the kernel waits for the other side's FIN, for %ld s at most (FIN_WAIT2)"),
                   seconds_of(socket->left));
    else
        story_tell(story, &fact, "%s",
                   _("the kernel goes on until the other side has acknowledged our FIN (FIN_WAIT1)"));
}

/* TIME_WAIT on a machine that cannot be seen from here. */
static void tell_elsewhere(struct story *story)
{
    static const struct fact fact = { LAYER_TRANSPORT, "time_wait_elsewhere", RFC(9293, "3.6.1"), false };

    story_tell(story, &fact, "%s",
               _("TIME_WAIT is for the side that ended first, the other one; it cannot be seen from here"));
}

static bool is_waiting(const struct look_socket *socket)
{
    return socket->state == TCP_FIN_WAIT1 || (socket->state == TCP_FIN_WAIT2 && socket->left > 0);
}

static void tell_remains(struct story *story, const struct remains *remains)
{
    const struct ending *ending = &story->ending;

    if (remains->have_ours && remains->ours.state == TCP_TIME_WAIT)
        tell_time_wait(story, true, &remains->ours);
    else if (remains->have_theirs && remains->theirs.state == TCP_TIME_WAIT)
        tell_time_wait(story, false, &remains->theirs);
    else if (remains->have_ours && is_waiting(&remains->ours))
        tell_waiting(story, &remains->ours);
    else if (!remains->have_theirs && !story_stays_here(story) && ending->tcp.info.tcpi_state == TCP_CLOSE_WAIT)
        tell_elsewhere(story);
}

void story_end(struct story *story)
{
    struct remains remains = { .local = &story->local, .peer = &story->peer };

    if (!story->ending.closed)
        return;
    if (story->carrier == CARRIER_TCP && !story->ending.broken)
        find_remains(&remains);
    story->now = zoc_now();
    story_tell_break(story);
    tell_remains(story, &remains);
    story_tell_figures(story);
}
