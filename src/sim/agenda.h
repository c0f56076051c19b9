/* What is to happen, and when. Two things at the same time happen in the order in which they were put down. */
#ifndef ZOC_SIM_AGENDA_H
#define ZOC_SIM_AGENDA_H

#include <stddef.h>
#include <stdint.h>

struct event {
    void (*happen)(struct event *event);
    int64_t at;      /* virtual nanoseconds */
    uint64_t number; /* of the putting down */
    size_t place;    /* in the agenda, from 1; 0: it is not there */
};

/* An event that is there already is moved. */
void agenda_add(struct event *event, int64_t at);
void agenda_remove(struct event *event);

/* The earliest, which stays; NULL when nothing is to happen. */
struct event *agenda_first(void);

/* Forgets all. */
void agenda_clear(void);

#endif
