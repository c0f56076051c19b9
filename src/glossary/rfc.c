#include "glossary/rfc.h"

#include "base/text.h"
#include "glossary/rfc_fields.h"

#include <stdio.h>
#include <stdlib.h>

const struct rfc_field *const rfc_fields[] = { &rfc_series,   &rfc_internet, &rfc_transport, &rfc_names,
                                               &rfc_classics, &rfc_telnet,   &rfc_mail,      &rfc_web,
                                               &rfc_chat,     &rfc_security, &rfc_formats,   &rfc_cited,
                                               NULL };

/* --- finding -------------------------------------------------------------------------------------- */

static int compare_number(const void *number, const void *row)
{
    unsigned wanted = *(const unsigned *)number, has = ((const struct rfc *)row)->number;

    return (wanted > has) - (wanted < has);
}

const struct rfc *rfc_find(unsigned number)
{
    for (size_t i = 0; rfc_fields[i]; i++) {
        const struct rfc *row =
            bsearch(&number, rfc_fields[i]->rows, rfc_fields[i]->count, sizeof *row, compare_number);
        if (row)
            return row;
    }
    return NULL;
}

bool rfc_is_obsolete(const struct rfc *rfc)
{
    return rfc->obsoleted_by[0] != 0;
}

/* Rows that were found, each once. */
struct found {
    const struct rfc **rows;
    size_t count, max;
};

static void add(struct found *found, const struct rfc *rfc)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->rows[i] == rfc)
            return;
    if (found->count < found->max)
        found->rows[found->count++] = rfc;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct rfc *one = *(const struct rfc *const *)a, *other = *(const struct rfc *const *)b;

    return (one->number > other->number) - (one->number < other->number);
}

static size_t sort(struct found *found, int (*compare)(const void *, const void *))
{
    qsort(found->rows, found->count, sizeof *found->rows, compare);
    return found->count;
}

/* Of all fields, the rows of which the test is true. */
static void choose(struct found *found, bool (*test)(const struct rfc *, const void *), const void *argument)
{
    for (size_t i = 0; rfc_fields[i]; i++)
        for (size_t j = 0; j < rfc_fields[i]->count; j++)
            if (test(&rfc_fields[i]->rows[j], argument))
                add(found, &rfc_fields[i]->rows[j]);
}

/* --- what replaced what --------------------------------------------------------------------------- */

/* Numbers grow along the way, so that it ends. */
static void follow(struct found *found, const struct rfc *rfc)
{
    if (!rfc_is_obsolete(rfc)) {
        add(found, rfc);
        return;
    }
    for (size_t i = 0; i < RFC_REPLACED_MAX && rfc->obsoleted_by[i]; i++) {
        const struct rfc *next = rfc_find(rfc->obsoleted_by[i]);
        if (next && next->number > rfc->number)
            follow(found, next);
    }
}

size_t rfc_in_force(const struct rfc *rfc, const struct rfc *ret_rows[RFC_RELATED_MAX])
{
    struct found found = { .rows = ret_rows, .max = RFC_RELATED_MAX };

    follow(&found, rfc);
    return sort(&found, compare_numbers);
}

static bool is_replaced_by(const struct rfc *rfc, const void *argument)
{
    const struct rfc *other = argument;

    for (size_t i = 0; i < RFC_REPLACED_MAX && rfc->obsoleted_by[i]; i++)
        if (rfc->obsoleted_by[i] == other->number)
            return true;
    return false;
}

size_t rfc_replaced(const struct rfc *rfc, const struct rfc *ret_rows[RFC_RELATED_MAX])
{
    struct found found = { .rows = ret_rows, .max = RFC_RELATED_MAX };

    choose(&found, is_replaced_by, rfc);
    return sort(&found, compare_numbers);
}

/* --- series of standards and practices ------------------------------------------------------------ */

struct series {
    enum rfc_status status;
    unsigned number;
};

static bool is_of_series(const struct rfc *rfc, const void *argument)
{
    const struct series *series = argument;

    return rfc->status == series->status && rfc->series == series->number;
}

size_t rfc_of_series(enum rfc_status status, unsigned number, const struct rfc *ret_rows[RFC_RELATED_MAX])
{
    struct found found = { .rows = ret_rows, .max = RFC_RELATED_MAX };

    if (number > 0)
        choose(&found, is_of_series, &(struct series){ status, number });
    return sort(&found, compare_numbers);
}

/* --- categories ----------------------------------------------------------------------------------- */

static const struct status {
    const char *word, *name, *meaning;
} statuses[RFC_STATUS_COUNT] = {
    [RFC_INTERNET_STANDARD] = { "internet standard", N_("Internet Standard"),
                                N_("Internet Standard is the highest level of the standards track: for what is in wide "
                                   "use, and whose independent implementations work together (RFC 6410, 2.2).") },
    [RFC_DRAFT_STANDARD] = { "draft standard", N_("Draft Standard"),
                             N_("Draft Standard was the middle level of the standards track. It was abolished in 2011 "
                                "(RFC "
                                "6410); what had reached it by then keeps the name until somebody moves it.") },
    [RFC_PROPOSED_STANDARD] = { "proposed standard", N_("Proposed Standard"),
                                N_("Proposed Standard is the first level of the standards track: stable, reviewed, and "
                                   "meant "
                                   "to be implemented (RFC 2026, 4.1.1). Most standards in daily use never leave "
                                   "it.") },
    [RFC_BEST_CURRENT_PRACTICE] = { "best current practice", N_("Best Current Practice"),
                                    N_("A Best Current Practice says how something is best done: running networks, "
                                       "giving "
                                       "out numbers, making standards. It has no levels (RFC 2026, 5).") },
    [RFC_INFORMATIONAL] = { "informational", N_("Informational"),
                            N_("An Informational RFC is published so that it is known. It is no standard, and nobody "
                               "is asked "
                               "to follow it (RFC 2026, 4.2.2).") },
    [RFC_EXPERIMENTAL] = { "experimental", N_("Experimental"),
                           N_("An Experimental RFC describes work of research or development, so that others can try "
                              "it (RFC "
                              "2026, 4.2.1).") },
    [RFC_HISTORIC] = { "historic", N_("Historic"),
                       N_("Historic is what something newer has superseded, or what is out of use for another reason "
                          "(RFC "
                          "2026, 4.2.4).") },
    [RFC_UNKNOWN] = { "unknown", N_("Unknown"),
                      N_("The index calls its status unknown: it is older than the categories, and nobody has given it "
                         "one "
                         "since.") },
};

const char *rfc_status_word(enum rfc_status status)
{
    return statuses[status].word;
}

const char *rfc_status_name(enum rfc_status status)
{
    return statuses[status].name;
}

const char *rfc_status_meaning(enum rfc_status status)
{
    return statuses[status].meaning;
}

char *rfc_url(const struct rfc *rfc, char *text, size_t size)
{
    snprintf(text, size, "https://www.rfc-editor.org/rfc/rfc%u", rfc->number);
    return text;
}
