#include "serve/set.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

/* --- making --------------------------------------------------------------------------------------- */

void set_free(struct set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->place_count; i++) {
        place_close(&set->places[i]);
        free(set->places[i].text);
    }
    for (size_t i = 0; set->gates && i < set->gate_count; i++)
        zoc_gate_free(set->gates[i]);
    free(set->places);
    free(set->gates);
    free(set->inherits_gate);
    specs_release(&set->specs);
    free(set);
}

static size_t count_endpoints(const struct specs *specs)
{
    size_t count = 0;

    for (size_t i = 0; i < specs->count; i++)
        count += specs->list[i].endpoint_count;
    return count;
}

static int add_places(struct set *set, size_t number, zoc_crew *crew)
{
    const struct spec *spec = &set->specs.list[number];

    for (size_t i = 0; i < spec->endpoint_count; i++) {
        struct place *place = &set->places[set->place_count];
        *place = (struct place){ .spec = spec, .wanted = spec->endpoints[i], .crew = crew, .gate = set->gates[number] };
        place->text = zoc_endpoint_text(place->wanted);
        if (!place->text)
            return -ENOMEM;
        set->place_count++;
    }
    return 0;
}

static int fill(struct set *set, zoc_crew *crew)
{
    int result = 0;

    for (size_t i = 0; i < set->specs.count && result == 0; i++) {
        const struct spec *spec = &set->specs.list[i];
        if (spec->connections_max > 0 || spec->clients > 0)
            result = zoc_gate_new(spec->connections_max, spec->clients, &set->gates[i]);
        if (result == 0)
            result = add_places(set, i, crew);
    }
    return result;
}

/* Borrows the specs until it is known that all goes well. */
static int make(const struct specs *specs, zoc_crew *crew, struct set **ret_set)
{
    struct set *set = calloc(1, sizeof *set);
    int result = -ENOMEM;

    if (!set)
        return result;
    set->specs = *specs;
    set->places = calloc(count_endpoints(specs), sizeof *set->places);
    set->gates = calloc(specs->count, sizeof(zoc_gate *));
    set->gate_count = specs->count;
    set->inherits_gate = calloc(specs->count, sizeof *set->inherits_gate);
    if (set->places && set->gates && set->inherits_gate)
        result = fill(set, crew);
    *ret_set = set;
    return result;
}

/* --- opening -------------------------------------------------------------------------------------- */

/* A port that the system chose (0) goes to the first that wants one. */
static struct place *find_open(const struct set *previous, const char *text)
{
    for (size_t i = 0; previous && i < previous->place_count; i++)
        if (!previous->places[i].has_heir && strcmp(previous->places[i].text, text) == 0)
            return &previous->places[i];
    return NULL;
}

/* The same place with other options would have to be closed first, and who comes meanwhile would be refused. */
static int refuse_other_options(const struct set *previous, const struct place *place)
{
    for (size_t i = 0; previous && i < previous->place_count; i++)
        if (spec_same_place(previous->places[i].wanted, place->wanted))
            return zoc_refuse(-EINVAL, _("'%s': the options of an endpoint that is open cannot change"), place->text);
    return 0;
}

static int open_place(struct place *place, const struct set *previous)
{
    place->heir_of = find_open(previous, place->text);
    if (place->heir_of) {
        place->heir_of->has_heir = true;
        return place_renew(place);
    }
    int result = refuse_other_options(previous, place);
    return result < 0 ? result : place_open(place);
}

static void forget_heirs(struct set *set)
{
    for (size_t i = 0; set && i < set->place_count; i++)
        set->places[i].has_heir = false;
}

int set_open(struct specs *specs, zoc_crew *crew, struct set *previous, struct set **ret_set)
{
    struct set *set = NULL;
    int result = make(specs, crew, &set);

    for (size_t i = 0; result == 0 && i < set->place_count; i++)
        result = open_place(&set->places[i], previous);
    if (result < 0) {
        forget_heirs(previous);
        if (set)
            set->specs = (struct specs){ 0 }; /* they stay the caller's */
        set_free(set);
        return result;
    }
    *specs = (struct specs){ 0 };
    *ret_set = set;
    return 0;
}

/* --- replacing ------------------------------------------------------------------------------------ */

/* A spec that was bounded before is bounded by the same gate, so that those it let in count still. */
static void take_over_gate(struct set *set, struct set *previous, struct place *place)
{
    size_t number = (size_t)(place->spec - set->specs.list);
    zoc_gate *gate = place->heir_of ? place->heir_of->gate : NULL;

    if (!gate || !set->gates[number] || place->gate != set->gates[number] || set->inherits_gate[number])
        return;
    zoc_gate_change(gate, place->spec->connections_max, place->spec->clients);
    for (size_t i = 0; i < set->place_count; i++)
        if (set->places[i].spec == place->spec)
            set->places[i].gate = gate;
    zoc_gate_free(set->gates[number]);
    set->gates[number] = zoc_gate_share(gate);
    set->inherits_gate[number] = true;
    for (size_t i = 0; i < previous->place_count; i++)
        if (previous->places[i].gate == gate)
            previous->places[i].gate = NULL; /* it is given once */
}

/* What has ended meanwhile (clients=) is opened anew. Where that cannot be, the rest goes on without it. */
static void take_over_places(struct set *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->place_count; i++) {
        struct place *place = &set->places[i];
        if (!place->heir_of || place_take_over(place) == 0) {
            set->places[kept++] = *place;
            continue;
        }
        zoc_log(ZOC_LOG_ERROR, "%s is lost by the reload: %s", place->spec->service->name, zoc_why());
        place_close(place);
        free(place->text);
    }
    set->place_count = kept;
}

void set_replace(struct set *set, struct set *previous)
{
    for (size_t i = 0; i < set->place_count; i++)
        take_over_gate(set, previous, &set->places[i]);
    take_over_places(set);
    for (size_t i = 0; i < previous->place_count; i++)
        place_end(&previous->places[i]);
    previous->retired = true;
    if (previous->ended)
        set_free(previous);
}

/* --- serving -------------------------------------------------------------------------------------- */

/* One place of a set, and what its end means for the others. */
struct duty {
    struct set *set;
    struct place *place;
};

/* Where so many connections were to be served (clients=), the datagrams of the spec end with them. */
static int serve_place(void *arg)
{
    struct duty *duty = arg;
    const struct spec *spec = duty->place->spec;
    int result = place_serve(duty->place);

    for (struct place *place = duty->set->places; place < duty->set->places + duty->set->place_count; place++)
        if (spec->clients > 0 && place->spec == spec && place->datagrams)
            zoc_datagrams_end(place->datagrams);
    return result;
}

static int serve_places(struct set *set, struct duty *duties)
{
    ZOC_GROUP(places);
    int result = 0;

    for (size_t i = 0; i < set->place_count && result == 0; i++) {
        struct place *place = &set->places[i];
        duties[i] = (struct duty){ set, place };
        result = zoc_go(&places, serve_place, &duties[i]);
    }
    return result < 0 ? result : zoc_group_wait(&places);
}

int set_serve(void *arg)
{
    struct set *set = arg;
    struct duty *duties = calloc(set->place_count, sizeof *duties);
    int result = duties ? serve_places(set, duties) : -ENOMEM;

    free(duties);
    set->ended = true;
    if (set->retired)
        set_free(set);
    return result;
}
