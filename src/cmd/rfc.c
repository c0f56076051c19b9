/* zocalo rfc: what an RFC is, what replaced it, and what stands where in it; or which of them speak of something. */
#include "glossary/rfc.h"

#include "cmd/text.h"
#include "cmd/verb.h"
#include "glossary/rfc_json.h"
#include "glossary/rfc_page.h"
#include "prose/paper.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORDS_MAX  32 /* that are looked for */
#define DIGITS_MAX 5  /* of a number */

struct asking {
    bool json, plain;
    const char *words[WORDS_MAX]; /* as they were given, cut at blanks */
    size_t word_count;
    const struct rfc *rows[RFC_MAX]; /* what is to be shown */
    size_t count;
};

#define FIELD(member) offsetof(struct asking, member)

static const struct verb_option options[] = {
    { "json", 0, &option_flag, FIELD(json), NULL, N_("prints each as JSON, one object a line") },
    { "no-color", 0, &option_flag, FIELD(plain), NULL,
      N_("no colours on a terminal, as with NO_COLOR in the environment") },
    { 0 },
};

/* --- what is asked for ---------------------------------------------------------------------------- */

/* Cuts each argument at its blanks. "RFC" by itself says nothing: all of them are. */
static void split(struct asking *asking, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        char *rest = NULL;
        for (char *word = strtok_r(arguments[i], " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
            if (strcasecmp(word, "rfc") != 0 && asking->word_count < WORDS_MAX)
                asking->words[asking->word_count++] = word;
    }
}

/* Reads "793", and with that prefix "RFC793" and "RFC-793". False: it is a word. */
static bool read_number(const char *word, const char *prefix, unsigned *ret_number)
{
    if (strncasecmp(word, prefix, strlen(prefix)) == 0) {
        word += strlen(prefix);
        word += strspn(word, "-_:#.");
    }
    size_t size = strspn(word, "0123456789");
    *ret_number = (unsigned)strtoul(word, NULL, 10);
    return size > 0 && size <= DIGITS_MAX && word[size] == '\0';
}

static bool are_numbers(const struct asking *asking)
{
    unsigned number;

    for (size_t i = 0; i < asking->word_count; i++)
        if (!read_number(asking->words[i], "rfc", &number))
            return false;
    return true;
}

/* Returns -1 to go on, or the exit status: one of them is not known. */
static int find_numbers(const struct verb *verb, struct asking *asking)
{
    for (size_t i = 0; i < asking->word_count; i++) {
        unsigned number = 0;
        read_number(asking->words[i], "rfc", &number);
        const struct rfc *rfc = rfc_find(number);
        if (!rfc)
            return verb_refuse(verb,
                               _("nothing is known here of RFC %u: https://www.rfc-editor.org/rfc/rfc%u has it, if "
                                 "there is one"),
                               number, number);
        asking->rows[asking->count++] = rfc;
    }
    return -1;
}

static const struct series {
    const char *name;
    enum rfc_status status;
} all_series[] = { { "STD", RFC_INTERNET_STANDARD }, { "BCP", RFC_BEST_CURRENT_PRACTICE } };

/* The series that "STD 7" and "bcp14" are of; NULL: there is none. */
static const struct series *read_series(const struct asking *asking, unsigned *ret_number)
{
    for (size_t i = 0; i < sizeof all_series / sizeof *all_series; i++) {
        const char *name = all_series[i].name, *word = asking->words[0];
        bool alone = asking->word_count == 2 && strcasecmp(word, name) == 0;
        if (!alone && (asking->word_count != 1 || strncasecmp(word, name, strlen(name)) != 0))
            continue;
        if (read_number(alone ? asking->words[1] : word, name, ret_number))
            return &all_series[i];
    }
    return NULL;
}

/* The same for a series. */
static int find_series(const struct verb *verb, struct asking *asking, const struct series *series, unsigned number)
{
    asking->count = rfc_of_series(series->status, number, asking->rows);
    return asking->count > 0 ? -1 : verb_refuse(verb, _("no RFC that is known here is %s %u"), series->name, number);
}

/* The same for words. */
static int find_words(const struct verb *verb, struct asking *asking)
{
    asking->count = rfc_search(asking->words, asking->word_count, asking->rows);
    return asking->count > 0
               ? -1
               : verb_refuse(verb, _("no RFC that is known here speaks of that: 'zocalo rfc' lists all of "
                                     "them, and https://www.rfc-editor.org has the others"));
}

/* --- answers -------------------------------------------------------------------------------------- */

static int write_objects(const struct asking *asking, zoc_buffer *text)
{
    int result = 0;

    for (size_t i = 0; i < asking->count && result == 0; i++)
        result = rfc_json(asking->rows[i], text);
    return result;
}

static int write_pages(const struct asking *asking, const struct paper *paper, zoc_buffer *text)
{
    int result = 0;

    for (size_t i = 0; i < asking->count && result == 0; i++) {
        if (i > 0)
            result = zoc_buffer_append(text, "\n", 1);
        if (result == 0)
            result = rfc_page(asking->rows[i], paper, text);
    }
    return result;
}

/* Without words, all of them by field; numbers and a single one whole; more than one as a table. */
static int write_answer(struct asking *asking, zoc_buffer *text)
{
    const struct paper paper = paper_of(stdout, asking->plain);

    if (asking->json && asking->word_count == 0)
        asking->count = rfc_search(NULL, 0, asking->rows);
    if (asking->json)
        return write_objects(asking, text);
    if (asking->word_count == 0)
        return rfc_catalogue(&paper, text);
    if (asking->count == 1 || are_numbers(asking))
        return write_pages(asking, &paper, text);
    return rfc_list(asking->rows, asking->count, &paper, text);
}

static int find(const struct verb *verb, struct asking *asking)
{
    unsigned number;
    const struct series *series;

    if (asking->word_count == 0)
        return -1;
    if (are_numbers(asking))
        return find_numbers(verb, asking);
    series = read_series(asking, &number);
    return series ? find_series(verb, asking, series, number) : find_words(verb, asking);
}

static int answer(const struct verb *verb, struct asking *asking)
{
    zoc_buffer text = { 0 };
    int result = write_answer(asking, &text);

    if (result == 0)
        fwrite(text.data, 1, text.size, stdout);
    zoc_buffer_release(&text);
    return result < 0 ? verb_fail(verb, result) : STATUS_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct asking asking = { 0 };
    int first;
    int status = verb_read_options(verb, argc, argv, &asking, &first);

    if (status >= 0)
        return status;
    split(&asking, argc - first, argv + first);
    status = find(verb, &asking);
    return status >= 0 ? status : answer(verb, &asking);
}

const struct verb verb_rfc = {
    .name = "rfc",
    .summary = N_("tells what an RFC is, what replaced it, and what stands where in it"),
    .usage = N_("[OPTIONS] [NUMBER | WORD...]"),
    .text = N_("  zocalo rfc 793                        one of them\n"
               "  zocalo rfc 821 2821 5321              several, one after the other\n"
               "  zocalo rfc STD 7                      those of a standard, or of a best current practice (BCP)\n"
               "  zocalo rfc TCP                        those that speak of it\n"
               "  zocalo rfc happy eyeballs\n"
               "  zocalo rfc                            all of them, by field\n"
               "It knows those that this program implements or cites. The texts themselves are at www.rfc-editor.org.\n"
               "Exit status: 0 it was found, 2 it was not, or something else went wrong.\n"),
    .options = options,
    .run = run,
};
