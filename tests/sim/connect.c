/* `zocalo connect` below its options: a peer is reached with patience, and joined with pipes that begin and end when they
 * like. What came out at one end went in at the other, whole or with a failure that is told. */
#include "connect.h"

#include <errno.h>
#include <zocalo/error.h>

#define CALLS_MAX 3
#define SLACK     (10 * ZOC_MILLISECOND) /* of what happens at once */
#define LONG      (1000 * ZOC_SECOND)    /* longer than anything takes where nothing is lost */
#define HANDSHAKE (5 * ZOC_SECOND)       /* takes less where no SYN is lost */

static const struct regime regimes[] = {
    { 2000, 500, 1, 64, 8 },                                   /* windows that are always full */
    { 20000, 3000, 64, SIM_WINDOW_MAX, 8 },                    /* */
    { 20000, 3000, 64, SIM_WINDOW_MAX, 64 },                   /* */
    { 1500000, ZOC_CHUNK_MAX, 200 * 1024, SIM_WINDOW_MAX, 4 }, /* enough at a time that splicing is worth it */
};

/* --- what is seen from inside --------------------------------------------------------------------- */

struct watcher {
    zoc_observer observer; /* first */
    unsigned tries;
    zoc_time last_try;
    zoc_time last_received, last_progress; /* what a long write got rid of is told at its end */
};

static void watch(zoc_observer *observer, const zoc_notice *notice)
{
    struct watcher *watcher = (struct watcher *)observer;

    if (notice->kind == ZOC_CONNECTING) {
        watcher->tries++;
        watcher->last_try = notice->time;
    }
    if (notice->kind == ZOC_RECEIVED || notice->kind == ZOC_SENT)
        watcher->last_progress = notice->time;
    if (notice->kind == ZOC_RECEIVED)
        watcher->last_received = notice->time;
}

struct spy {
    struct tap tap; /* first */
    struct script script;
    uint64_t seen;
};

static int spy_see(struct tap *tap, zoc_bytes bytes)
{
    struct spy *spy = (struct spy *)tap;

    script_expect(&spy->script, bytes);
    spy->seen += bytes.size;
    return one_in(16) ? zoc_sleep(draw_pause(ZOC_SECOND)) : 0;
}

/* --- reaching ------------------------------------------------------------------------------------- */

static zoc_duration shorter(zoc_duration one, zoc_duration other)
{
    return one && (!other || one < other) ? one : other;
}

/* It tries for as long as it may, not longer, and not less. */
static void check_patience(const struct call *call, const struct watcher *watcher, zoc_time start, int result)
{
    static const enum fault lost[] = { FAULT_CONNECT_LOST };
    zoc_duration most = shorter(call->reach.timeout, call->reach.wait);
    zoc_duration took = zoc_now() - start;
    bool cut_off = zoc_stopped() != ZOC_RUNNING;

    if (site_is_real)
        return; /* where nobody knows how long anything takes */
    sim_expect(!most || took <= most + SLACK);
    sim_expect(!most || watcher->last_try <= start + most);
    sim_expect(call->reach.wait || watcher->tries <= 1);
    if (call->calm && call->peer.opened && !any_struck(lost, 1))
        sim_expect(zoc_now() <= call->peer.opened + REACH_DELAY_MAX + HANDSHAKE);
    if (call->reach.wait && (result == -ECONNREFUSED || result == -ENETUNREACH) && !cut_off)
        sim_expect(took >= most - REACH_REST);
    if (call->quiet && !most && !cut_off && call->peer.opened && call->peer.opened <= start)
        sim_expect(result == 0 || (result == -ECONNRESET && call->peer.reset)); /* as soon as it was made */
}

static int reach(struct call *call, struct watcher *watcher)
{
    zoc_time start = zoc_now();
    zoc_stream *untouched = (zoc_stream *)call;

    *watcher = (struct watcher){ .observer.tell = watch };
    call->reach.observer = &watcher->observer;
    call->join.peer = untouched;
    int result = reach_peer(&call->reach, &call->join.peer);
    check_patience(call, watcher, start, result);
    if (result < 0) {
        expect_network_error(result);
        sim_expect(call->join.peer == untouched && *zoc_why());
        sim_expect(!call->calm);
        call->join.peer = NULL;
    }
    return result;
}

/* --- joining -------------------------------------------------------------------------------------- */

static void check_idle(const struct call *call, const struct watcher *watcher, zoc_time start)
{
    zoc_duration most = call->join.idle, step = most / IDLE_LOOKS + 1;
    zoc_time last = watcher->last_progress > start ? watcher->last_progress : start;
    zoc_duration silence = zoc_now() - last;

    sim_expect(!most || site_is_real || silence <= most + 2 * step + SLACK);
    sim_expect(!call->join.idled || (most && zoc_now() >= watcher->last_received + most));
}

static struct outcome join(struct call *call, const struct watcher *watcher)
{
    struct join *join = &call->join;
    struct spy sent = { .tap.see = spy_see, .script = call->to_peer };
    struct spy received = { .tap.see = spy_see, .script = call->to_user };
    bool taps = one_in(3);
    zoc_time start = zoc_now();

    if (one_in(2))
        zoc_observe(join->peer, NULL); /* now it is spliced */
    else
        call->observed = true;
    join->local = call->local.stream;
    join->sent = taps ? &sent.tap : NULL;
    join->received = taps ? &received.tap : NULL;
    int result = join_run(join);
    if (call->observed)
        check_idle(call, watcher, start);
    return (struct outcome){ .result = result,
                             .cut_off = zoc_stopped() != ZOC_RUNNING,
                             .orderly = call->peer.shut || call->peer.closed,
                             .account = zoc_stream_account(join->peer),
                             .sent_seen = taps ? sent.seen : zoc_stream_account(join->peer).sent,
                             .received_seen = taps ? received.seen : zoc_stream_account(join->peer).received };
}

/* --- what must hold ------------------------------------------------------------------------------- */

/* Success says that the peer ended in order, and that nothing of what it said is missing. */
static void check_success(const struct call *call)
{
    const struct outcome *outcome = &call->outcome;
    const struct user *user = &call->user;
    bool broke_off = (call->join.breaks_off || call->join.hangs_up) && user->ended;

    if (outcome->cut_off || user->quit || broke_off || call->join.receive_max || !user->saw_end)
        return;
    sim_expect(outcome->orderly);
    sim_expect(user->heard == call->peer.account.sent && user->heard == outcome->account.received);
    sim_expect(outcome->received_seen == user->heard);
    sim_expect(!call->join.hex || user->shown >= outcome->account.sent);
}

/* Failure has a reason, and is the network's: pipes do not fail. */
static void check_failure(const struct call *call)
{
    const struct outcome *outcome = &call->outcome;
    const struct peer *peer = &call->peer;

    expect_network_error(outcome->result);
    sim_expect(!call->calm && !call->join.local_failed);
    if (call->quiet)
        sim_expect(call->join.idled || peer->reset || peer->closed);
}

static void check_calm(const struct call *call)
{
    const struct outcome *outcome = &call->outcome;
    const struct user *user = &call->user;
    const struct peer *peer = &call->peer;
    bool was_there = user->ended_at && user->ended_at <= peer->shut_at; /* all of the input, when the peer ended */
    bool heard_all =
        peer->ending == ENDS_LAST || peer->answers || ((call->join.finite || was_there) && !call->join.mute);

    sim_expect(outcome->result == 0 && user->saw_end && user->heard == peer->total);
    if (heard_all)
        sim_expect(peer->saw_end && call->to_peer.at == user->total && outcome->sent_seen == outcome->account.sent);
}

static void check(const struct call *call)
{
    const struct outcome *outcome = &call->outcome;
    const struct peer *peer = &call->peer;

    if (outcome->result == 0)
        check_success(call);
    else
        check_failure(call);
    sim_expect(outcome->sent_seen <= outcome->account.sent && outcome->received_seen <= outcome->account.received);
    sim_expect(peer->account.received <= outcome->account.sent && outcome->account.received <= peer->account.sent);
    sim_expect(!call->join.mute || outcome->account.sent == 0);
    sim_expect(!call->join.breaks_off || !peer->saw_end);
    if (call->calm)
        check_calm(call);
}

/* --- a call --------------------------------------------------------------------------------------- */

static void draw_times(struct call *call)
{
    struct reach *reach = &call->reach;
    struct peer *peer = &call->peer;

    reach->timeout = one_in(2) ? 0 : call->calm ? site_time(LONG) : draw_time(ZOC_MILLISECOND, 60 * ZOC_SECOND);
    reach->wait = one_in(2) ? 0 : call->calm ? site_time(LONG) : draw_time(ZOC_MILLISECOND, 60 * ZOC_SECOND);
    peer->opening = !one_in(3) ? 0 : call->calm || !one_in(4) ? draw_pause(20 * ZOC_SECOND) : -1;
    if (site_is_real || (call->calm && !reach->wait))
        peer->opening = 0;
    peer->patience = call->calm ? ZOC_NEVER : draw_time(ZOC_MILLISECOND, LONG);
}

static void draw_join(struct call *call)
{
    struct join *join = &call->join;
    bool bulk = call->regime->total_max > 1000000;

    join->linger = JOIN_LINGER;
    join->idle = one_in(6) ? draw_time(ZOC_MILLISECOND, 60 * ZOC_SECOND) : 0;
    join->crlf = one_in(4);
    join->mute = one_in(8);
    join->piece = one_in(4) ? draw(call->regime->total_max / 64, call->regime->total_max) : 0;
    join->pause = one_in(4) ? draw_pause(ZOC_SECOND) : 0;
    join->breaks_off = one_in(8);
    join->hex = !bulk && one_in(4);
    join->by_lines = !bulk && one_in(8);
    join->finite = one_in(8);
    join->receive_max = one_in(12) ? (unsigned)draw(1, 20) : 0;
    join->hangs_up = one_in(8);
    join->patience = one_in(2) ? 0 : draw_pause(5 * ZOC_SECOND);
    bool cuts_off = join->idle || join->breaks_off || join->receive_max || join->hangs_up;
    call->calm = call->quiet && !cuts_off && !one_in(3);
}

static void draw_user(struct call *call)
{
    uint64_t most = call->regime->total_max;

    call->user = (struct user){ .total = one_in(8)   ? 0
                                         : one_in(2) ? most
                                                     : draw(0, most),
                                .ends = !one_in(4) || (call->calm && call->join.finite),
                                .deaf = one_in(6),
                                .quits_after = !call->calm && one_in(6) ? draw(1, most) : 0 };
}

/* Where all is in order, nobody waits for what does not come. */
static void draw_peer(struct call *call)
{
    struct peer *peer = &call->peer;
    bool end_comes = call->user.ends && !call->join.mute;
    uint64_t most = call->regime->total_max;

    peer->total = one_in(8) ? 0 : one_in(2) ? most : draw(0, most);
    peer->answers = one_in(3) && (end_comes || !call->calm);
    peer->hears_most = !call->calm && one_in(6) ? draw(1, most) : 0;
    peer->ending = (enum ending)draw(ENDS_FIRST, call->calm ? ENDS_LAST : STAYS);
    if (call->calm && !end_comes)
        peer->ending = ENDS_FIRST;
}

static void draw_call(struct call *call, unsigned number, const struct regime *regime, bool quiet)
{
    *call = (struct call){ .regime = regime, .number = number, .quiet = quiet };
    draw_join(call);
    draw_user(call);
    draw_peer(call);
    draw_times(call);
    call->input = (struct script){ .number = 2 * number, .lines = call->join.crlf };
    call->to_peer = call->shown = call->input;
    call->to_peer.crlf = call->shown.crlf = call->join.crlf;
    call->to_user = (struct script){ .number = 2 * number + 1 };
}

static zoc_endpoint *endpoint_of(const struct call *call)
{
    char text[SITE_TEXT];
    zoc_endpoint *endpoint;

    if (call->peer.listener)
        site_dials(text, zoc_listener_endpoint(call->peer.listener), 3);
    else
        snprintf(text, sizeof text, "tcp://10.0.0.%u:%u", call->peer.opening < 0 && one_in(2) ? 99U : 2U,
                 CONNECT_PORT + call->number);
    sim_expect(zoc_endpoint_parse(text, &endpoint) == 0);
    if (!site_is_real)
        sim_expect(reach_set_source(endpoint, "10.0.0.3") == 0);
    return endpoint;
}

/* As the verb does it. */
static int reach_and_join(void *arg)
{
    struct call *call = arg;
    struct watcher watcher;

    call->reached = reach(call, &watcher) == 0;
    if (call->reached)
        call->outcome = join(call, &watcher);
    local_end(&call->local);
    if (call->join.breaks_off)
        zoc_reset(call->join.peer);
    else
        zoc_close(call->join.peer);
    return 0;
}

/* Whoever has no patience any more interrupts it. */
static void talk(struct call *call, zoc_group *peers)
{
    ZOC_GROUP(users);
    ZOC_GROUP(program);

    zoc_go(&users, connect_give_input, call);
    zoc_go(&users, connect_read_output, call);
    zoc_go(&program, reach_and_join, call);
    ZOC_WITHIN(call->calm ? ZOC_NEVER : draw_time(ZOC_MILLISECOND, LONG))
        zoc_group_wait(&program);
    zoc_group_wait(&users);
    if (call->calm)
        zoc_group_wait(peers);
    zoc_group_end(peers);
    if (call->reached)
        check(call);
}

static int run_call(void *arg)
{
    struct call *call = arg;
    ZOC_GROUP(peers);
    int result = local_open(&call->local);

    if (result == 0 && call->peer.opening == 0)
        result = connect_listen(call);
    if (result == 0) {
        zoc_endpoint *endpoint = endpoint_of(call);
        call->reach.endpoint = endpoint;
        zoc_go(&peers, connect_run_peer, call);
        talk(call, &peers);
        zoc_endpoint_free(endpoint);
    } else {
        expect_network_error(result);
    }
    zoc_listener_close(call->peer.listener);
    zoc_buffer_release(&call->line);
    local_close(&call->local);
    return 0;
}

/* --- the world ------------------------------------------------------------------------------------ */

static void connect_by_streams(void)
{
    const struct regime *regime = &regimes[draw(0, sizeof regimes / sizeof *regimes - 1)];
    struct call list[CALLS_MAX];
    unsigned count = (unsigned)draw(1, CALLS_MAX);
    bool quiet = one_in(2);
    ZOC_GROUP(calls);

    if (quiet)
        faults_limit(one_in(2) ? HARM_DELAY : HARM_NONE);
    sim_windows(regime->window_least, regime->window_most);
    for (unsigned i = 0; i < count; i++) {
        draw_call(&list[i], i, regime, quiet);
        zoc_go(&calls, run_call, &list[i]);
    }
    if (!quiet && one_in(4)) {
        zoc_sleep(draw_pause(100 * ZOC_SECOND));
        zoc_group_cancel(&calls);
    }
    zoc_group_wait(&calls);
}

int run_connect(void *unused)
{
    (void)unused;
    if (!site_is_real && one_in(6))
        connect_by_letters();
    else
        connect_by_streams();
    return 0;
}
