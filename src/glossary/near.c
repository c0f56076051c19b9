#include "glossary/near.h"

#include "base/text.h"
#include "glossary/failure.h"
#include "glossary/fold.h"
#include "glossary/term.h"

#include <limits.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* How many letters have to be put in, left out, changed, or exchanged with the next one (Damerau, Levenshtein). */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned rows[3][FOLDED_MAX + 1];
    size_t height = strlen(a), width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= height; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), above[j] + 1, row[j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1, row[j]);
        }
    }
    return rows[height % 3][width];
}

#define FAR        UINT_MAX
#define PART_MIN   3 /* letters: less are a part of nearly every name */
#define LETTER_PER 3 /* letters, of which one may differ */

static unsigned distance_of(const char *name, const char *query)
{
    char known[FOLDED_MAX], asked[FOLDED_MAX];

    glossary_fold(name, known, sizeof known);
    size_t size = strlen(glossary_fold(query, asked, sizeof asked));
    unsigned distance = edit_distance(known, asked);
    if (distance <= size / LETTER_PER)
        return distance;
    const char *part = size >= PART_MIN ? strstr(known, asked) : NULL;
    if (!part)
        return FAR;
    return (unsigned)(strlen(known) - size) + (part == known ? 0 : FOLDED_MAX);
}

/* Keeps the best, in order. */
static void consider(struct near *near, const char *name, unsigned distance)
{
    size_t at = near->count;

    while (at > 0 && near->distances[at - 1] > distance)
        at--;
    if (distance == FAR || at == NEAR_MAX)
        return;
    size_t moved = (near->count < NEAR_MAX ? near->count : NEAR_MAX - 1) - at;
    memmove(near->names + at + 1, near->names + at, moved * sizeof *near->names);
    memmove(near->distances + at + 1, near->distances + at, moved * sizeof *near->distances);
    near->names[at] = name;
    near->distances[at] = distance;
    near->count += near->count < NEAR_MAX;
}

static unsigned distance_of_term(const struct term *term, const char *query)
{
    unsigned distance = least(distance_of(term->name, query), distance_of(_(term->name), query), FAR);

    for (int i = 0; *term->aliases[i]; i++)
        distance = least(distance, distance_of(term->aliases[i], query), FAR);
    return distance;
}

struct near near_find(const char *query)
{
    struct near near = { .count = 0 };

    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count; i++)
            consider(&near, _((*field)->terms[i].name), distance_of_term(&(*field)->terms[i], query));
    for (size_t i = 0; i < failure_count; i++)
        consider(&near, failures[i].name, distance_of(failures[i].name, query));
    return near;
}
