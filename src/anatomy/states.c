#include "anatomy/states.h"

const char *tcp_state_name(enum tcp_state state)
{
    static const char *const names[] = {
        [STATE_CLOSED] = "CLOSED",           [STATE_LISTEN] = "LISTEN",
        [STATE_SYN_SENT] = "SYN_SENT",       [STATE_SYN_RECEIVED] = "SYN_RECEIVED",
        [STATE_ESTABLISHED] = "ESTABLISHED", [STATE_FIN_WAIT_1] = "FIN_WAIT_1",
        [STATE_FIN_WAIT_2] = "FIN_WAIT_2",   [STATE_CLOSING] = "CLOSING",
        [STATE_TIME_WAIT] = "TIME_WAIT",     [STATE_CLOSE_WAIT] = "CLOSE_WAIT",
        [STATE_LAST_ACK] = "LAST_ACK",       [STATE_UNKNOWN] = "?",
    };

    return names[state];
}

void ends_see(struct ends *ends, enum side from, unsigned flags)
{
    struct end *sender = &ends->of[from], *receiver = &ends->of[side_other(from)];

    if (flags & FLAG_RST)
        sender->reset = receiver->reset = true;
    if (flags & FLAG_SYN)
        sender->syn = true;
    if (flags & FLAG_ACK && receiver->syn)
        receiver->established = true;
    if (flags & FLAG_ACK && receiver->fin)
        receiver->fin_acked = true;
    if (!(flags & FLAG_FIN))
        return;
    sender->fin = true;
    receiver->peer_fin = true;
    receiver->peer_fin_first = !receiver->fin;
}

static enum tcp_state state_of(const struct end *end)
{
    if (end->fin && end->peer_fin && end->peer_fin_first)
        return end->fin_acked ? STATE_CLOSED : STATE_LAST_ACK;
    if (end->fin && end->peer_fin)
        return end->fin_acked ? STATE_TIME_WAIT : STATE_CLOSING;
    if (end->fin)
        return end->fin_acked ? STATE_FIN_WAIT_2 : STATE_FIN_WAIT_1;
    return end->peer_fin ? STATE_CLOSE_WAIT : STATE_ESTABLISHED;
}

void ends_states(const struct ends *ends, enum tcp_state ret_states[static SIDE_COUNT])
{
    const struct end *client = &ends->of[SIDE_CLIENT], *server = &ends->of[SIDE_SERVER];

    ret_states[SIDE_CLIENT] = client->reset         ? STATE_CLOSED
                              : client->established ? state_of(client)
                              : client->syn         ? STATE_SYN_SENT
                                                    : STATE_CLOSED;
    ret_states[SIDE_SERVER] = server->reset         ? STATE_CLOSED
                              : server->established ? state_of(server)
                              : server->syn         ? STATE_SYN_RECEIVED
                                                    : STATE_UNKNOWN;
}
