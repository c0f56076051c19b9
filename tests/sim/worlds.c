#include "worlds.h"

const struct scenario scenarios[] = {
    { "echo", "many clients of an echo service", run_echo, true },
    { "pump", "a relay between two flaky connections", run_pump, true },
    { "meet", "connecting and listening, in time, late or in vain", run_meet, false },
    { "stop", "a graceful stop while clients ask", run_stop, true },
    { "square", "services behind a gate, handed over and reloaded while clients come", run_square, false },
    { "offload", "work on other threads that is cancelled, stopped or late", run_offload, false },
    { "names", "names of several addresses, of which some work", run_names, false },
    { "datagrams", "datagrams that are lost, doubled, late or refused", run_datagrams, true },
    { "broker", "a broker, with clients that come, go, and read slowly", run_broker, false },
    { "connect", "connect's patience, and its two directions", run_connect, true },
    { "listen", "many clients of one program, and many who send it datagrams", run_listen, false },
    { "relay", "a relay of connections and of datagrams", run_relays, false },
    { "impair", "a relay that delays, holds up, stalls, cuts and loses on purpose", run_impair, false },
};

const unsigned scenario_count = sizeof scenarios / sizeof *scenarios;
