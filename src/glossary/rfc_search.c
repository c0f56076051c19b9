/* Looking for RFCs by words: which of them speak of something, what is about it first. */
#include "base/text.h"
#include "glossary/fold.h"
#include "glossary/rfc.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX   1024 /* bytes of a text that are looked at */
#define WORD_MAX   128  /* of what is asked for */
#define PLURAL_MIN 4    /* letters of a word whose s may be that of a plural */

/* Where the words were found: the sooner, the more it is about them. */
enum place { TEXT_BEGINS, TITLE_BEGINS, TITLE_HAS, ROW_HAS, NOWHERE };

struct wanted {
    const char *const *words;
    size_t count;
    char phrase[WORD_MAX]; /* all of them, one after the other */
    bool (*has)(const char *text, const char *word);
};

/* --- in one text ---------------------------------------------------------------------------------- */

/* A word as it is looked for: with a blank before it, and none behind, since a word may go on. */
static size_t plain_word(const char *word, char plain[WORD_MAX])
{
    size_t size = strlen(glossary_words(word, plain, WORD_MAX));

    if (size > 0)
        plain[--size] = '\0';
    return size;
}

/* "IP" is found in "an IP address" and in "IPv6", and not in "recipient"; "WebSockets" also in "WebSocket". */
static bool has_word(const char *text, const char *word)
{
    char known[TEXT_MAX], asked[WORD_MAX];
    size_t size = plain_word(word, asked);

    if (size > PLURAL_MIN && asked[size - 1] == 's')
        asked[size - 1] = '\0';
    return size > 0 && strstr(glossary_words(text, known, sizeof known), asked);
}

/* Whether the letters are these, blanks left out. */
static bool goes_on(const char *text, const char *letters)
{
    for (; *letters; text++) {
        if (*text == ' ')
            continue;
        if (*text != *letters)
            return false;
        letters++;
    }
    return true;
}

/* "UTF8" is found in "UTF-8", and "TLS1.3" in "TLS 1.3". */
static bool has_letters(const char *text, const char *word)
{
    char known[TEXT_MAX], asked[WORD_MAX];

    glossary_fold(word, asked, sizeof asked);
    for (const char *at = glossary_words(text, known, sizeof known); *asked && *at; at++)
        if (*at == ' ' && goes_on(at, asked))
            return true;
    return false;
}

static bool begins(const char *text, const char *phrase)
{
    char known[TEXT_MAX], asked[WORD_MAX];
    size_t size = plain_word(phrase, asked);

    return size > 0 && strncmp(glossary_words(text, known, sizeof known), asked, size) == 0 && known[size] == ' ';
}

/* --- in one row ----------------------------------------------------------------------------------- */

static bool has_in_english_or_here(const struct wanted *wanted, const char *text, const char *word)
{
    return *text && (wanted->has(text, word) || wanted->has(_(text), word));
}

static bool row_has(const struct wanted *wanted, const struct rfc *rfc, const char *word)
{
    if (wanted->has(rfc->title, word) || has_in_english_or_here(wanted, rfc->text, word))
        return true;
    for (size_t i = 0; i < RFC_SECTIONS_MAX && *rfc->sections[i].where; i++)
        if (has_in_english_or_here(wanted, rfc->sections[i].text, word))
            return true;
    return false;
}

static enum place place_in(const struct wanted *wanted, const struct rfc *rfc)
{
    bool titled = true;

    for (size_t i = 0; i < wanted->count; i++) {
        if (!row_has(wanted, rfc, wanted->words[i]))
            return NOWHERE;
        titled = titled && wanted->has(rfc->title, wanted->words[i]);
    }
    if (*rfc->text && (begins(rfc->text, wanted->phrase) || begins(_(rfc->text), wanted->phrase)))
        return TEXT_BEGINS;
    if (begins(rfc->title, wanted->phrase))
        return TITLE_BEGINS;
    return titled && wanted->count > 0 ? TITLE_HAS : ROW_HAS;
}

/* --- in all of them ------------------------------------------------------------------------------- */

/* What was found, in order. */
struct hits {
    const struct rfc **rows;
    unsigned char places[RFC_MAX]; /* of each row */
    size_t count;
};

/* What is in force, then what is most about it, of these the higher level, then the order of numbers. */
static bool is_before(const struct rfc *one, enum place place, const struct rfc *other, enum place other_place)
{
    if (rfc_is_obsolete(one) != rfc_is_obsolete(other))
        return rfc_is_obsolete(other);
    if (place != other_place)
        return place < other_place;
    if (place <= TITLE_BEGINS && one->status != other->status)
        return one->status < other->status;
    return one->number < other->number;
}

static void add(struct hits *hits, const struct rfc *rfc, enum place place)
{
    size_t at = hits->count;

    while (at > 0 && is_before(rfc, place, hits->rows[at - 1], (enum place)hits->places[at - 1]))
        at--;
    memmove(hits->rows + at + 1, hits->rows + at, (hits->count - at) * sizeof(const struct rfc *));
    memmove(hits->places + at + 1, hits->places + at, hits->count - at);
    hits->rows[at] = rfc;
    hits->places[at] = (unsigned char)place;
    hits->count++;
}

static void collect(const struct wanted *wanted, struct hits *hits)
{
    for (size_t i = 0; rfc_fields[i]; i++)
        for (size_t j = 0; j < rfc_fields[i]->count && hits->count < RFC_MAX; j++) {
            const struct rfc *rfc = &rfc_fields[i]->rows[j];
            enum place place = place_in(wanted, rfc);
            if (place != NOWHERE)
                add(hits, rfc, place);
        }
}

static void join(struct wanted *wanted)
{
    size_t used = 0;

    for (size_t i = 0; i < wanted->count && used < sizeof wanted->phrase; i++)
        used += (size_t)snprintf(wanted->phrase + used, sizeof wanted->phrase - used, "%s ", wanted->words[i]);
}

size_t rfc_search(const char *const *words, size_t count, const struct rfc *ret_rows[RFC_MAX])
{
    static bool (*const ways[])(const char *, const char *) = { has_word, has_letters };
    struct wanted wanted = { .words = words, .count = count };
    struct hits hits = { .rows = ret_rows };

    join(&wanted);
    for (size_t i = 0; i < sizeof ways / sizeof *ways && hits.count == 0; i++) {
        wanted.has = ways[i];
        collect(&wanted, &hits);
    }
    return hits.count;
}
