#include "worlds.h"

#include "tls.h"

const struct scenario scenarios[] = {
    { "echo", "many clients of an echo service", run_echo, true, NULL },
    { "pump", "a relay between two flaky connections", run_pump, true, NULL },
    { "meet", "connecting and listening, in time, late or in vain", run_meet, false, NULL },
    { "stop", "a graceful stop while clients ask", run_stop, true, NULL },
    { "square", "services behind a gate, handed over and reloaded while clients come", run_square, false, NULL },
    { "offload", "work on other threads that is cancelled, stopped or late", run_offload, false, NULL },
    { "names", "names of several addresses, of which some work", run_names, false, NULL },
    { "datagrams", "datagrams that are lost, doubled, late or refused", run_datagrams, true, NULL },
    { "broker", "a broker, with clients that come, go, and read slowly", run_broker, false, NULL },
    { "connect", "connect's patience, and its two directions", run_connect, true, NULL },
    { "listen", "many clients of one program, and many who send it datagrams", run_listen, false, NULL },
    { "relay", "a relay of connections and of datagrams", run_relays, false, NULL },
    { "tls", "the same of connections, whose clients come by TLS", run_relay_of_tls, false, tls_prepare },
    { "impair", "a relay that delays, holds up, stalls, cuts and loses on purpose", run_impair, false, NULL },
};

const unsigned scenario_count = sizeof scenarios / sizeof *scenarios;
