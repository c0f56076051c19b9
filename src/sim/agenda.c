#include "sim/agenda.h"

#include <stdbool.h>
#include <stdlib.h>

/* A heap, from place 1. */
static struct {
    struct event **events;
    size_t count, room;
    uint64_t numbers;
} agenda;

static bool is_before(const struct event *one, const struct event *other)
{
    return one->at != other->at ? one->at < other->at : one->number < other->number;
}

static void put(struct event *event, size_t place)
{
    agenda.events[place] = event;
    event->place = place;
}

static void rise(size_t place)
{
    struct event *event = agenda.events[place];

    for (; place > 1 && is_before(event, agenda.events[place / 2]); place /= 2)
        put(agenda.events[place / 2], place);
    put(event, place);
}

static void sink(size_t place)
{
    struct event *event = agenda.events[place];

    for (size_t child; (child = place * 2) <= agenda.count; place = child) {
        if (child < agenda.count && is_before(agenda.events[child + 1], agenda.events[child]))
            child++;
        if (!is_before(agenda.events[child], event))
            break;
        put(agenda.events[child], place);
    }
    put(event, place);
}

static void make_room(void)
{
    if (agenda.count + 1 < agenda.room)
        return;
    agenda.room = agenda.room ? agenda.room * 2 : 256;
    agenda.events = realloc(agenda.events, agenda.room * sizeof(struct event *));
    if (!agenda.events)
        abort();
}

void agenda_add(struct event *event, int64_t at)
{
    agenda_remove(event);
    make_room();
    event->at = at;
    event->number = agenda.numbers++;
    put(event, ++agenda.count);
    rise(agenda.count);
}

void agenda_remove(struct event *event)
{
    size_t place = event->place;

    if (!place)
        return;
    struct event *last = agenda.events[agenda.count--];
    event->place = 0;
    if (last == event)
        return;
    put(last, place);
    rise(place);
    sink(last->place);
}

struct event *agenda_first(void)
{
    return agenda.count > 0 ? agenda.events[1] : NULL;
}

void agenda_clear(void)
{
    while (agenda.count > 0)
        agenda_remove(agenda.events[1]);
    agenda.numbers = 0;
}
