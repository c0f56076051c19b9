/* The worlds that are explored: each is a scenario over services and clients as they are, and what must hold in it. */
#ifndef ZOC_TESTS_SIM_WORLDS_H
#define ZOC_TESTS_SIM_WORLDS_H

#include "sim/sim.h"

#include <zocalo/zocalo.h>

struct scenario {
    const char *name;
    const char *what; /* one line */
    zoc_fn *run;      /* on the first fiber; whatever does not hold says so with sim_fail or sim_expect */
    bool real;        /* it can also take place on this machine */
    void (*prepare)(
        void); /* before each run, with the kernel behind it; NULL. A world that has to be prepared is explored
                            * when it is named, and by itself: it loads a library, and what that keeps for each
                            * thread would be taken for something that another world has left */
};

extern const struct scenario scenarios[];
extern const unsigned scenario_count;

zoc_fn run_echo;
zoc_fn run_pump;
zoc_fn run_meet;
zoc_fn run_stop;
zoc_fn run_square;
zoc_fn run_offload;
zoc_fn run_names;
zoc_fn run_datagrams;
zoc_fn run_broker;
zoc_fn run_connect;
zoc_fn run_listen;
zoc_fn run_relays;
zoc_fn run_relay_of_tls;
zoc_fn run_impair;

/* --- what scenarios share (common.c) ---------------------------------------------------------------- */

/* The byte number `at` of the stream `number`: what is lost, doubled or out of order does not fit. */
unsigned char pattern(uint64_t number, uint64_t at);

void fill_pattern(void *data, size_t size, uint64_t number, uint64_t at);
void expect_pattern(const void *data, size_t size, uint64_t number, uint64_t at);

/* Draws of the scenario. */
uint64_t draw(uint64_t least, uint64_t most);
bool one_in(uint64_t times);

/* Nothing but these ends what a client or server does; anything else is a failure that is told. */
void expect_network_error(int error);

/* Whether one of these struck in this run. */
bool any_struck(const enum fault *faults, size_t count);

/* Where a scenario takes place: among simulated hosts, or on this machine, with the kernel's sockets (site.c). */
extern bool site_is_real;

#define SITE_TEXT 64

/* The endpoint where `host` listens; on this machine any free port. Returns `text`. */
char *site_listens(char text[SITE_TEXT], const char *scheme, unsigned host, unsigned port);

/* The same for all addresses, of every host. */
char *site_listens_everywhere(char text[SITE_TEXT], const char *scheme, unsigned port);

/* How host `from` dials what listens there; at any of its addresses, when that is all of them. Returns `text`. */
char *site_dials(char text[SITE_TEXT], const zoc_endpoint *where, unsigned from);

/* On this machine nobody waits for seconds: they are milliseconds. */
zoc_duration site_time(zoc_duration duration);

/* Draws a time of the site. */
zoc_duration draw_time(zoc_duration least, zoc_duration most);

/* Draws one below `most`: often one that is far below, and otherwise any. */
zoc_duration draw_pause(zoc_duration most);

/* An observer that counts, to be compared with what went through. */
struct tally {
    zoc_observer observer; /* first */
    uint64_t received, sent;
    unsigned closed, failed;
};

void tally_init(struct tally *tally);

#endif
