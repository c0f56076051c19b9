/* zocalo explain: what a term, an error or a word of a protocol means, and how to see it happen. */
#include "cmd/text.h"
#include "cmd/verb.h"
#include "glossary/entry.h"
#include "glossary/near.h"
#include "glossary/question.h"
#include "prose/paper.h"

#include <zocalo/error.h>

struct explaining {
    bool json, plain;
};

#define FIELD(member) offsetof(struct explaining, member)

static const struct verb_option options[] = {
    { "json", 0, &option_flag, FIELD(json), NULL, N_("prints JSON, one object a line") },
    { "no-color", 0, &option_flag, FIELD(plain), NULL,
      N_("no colours on a terminal, as with NO_COLOR in the environment") },
    { 0 },
};

/* The arguments as one text, with a blank between two. */
static int join(int count, char **words, zoc_buffer *query)
{
    int error = 0;

    for (int i = 0; i < count && error == 0; i++)
        error = zoc_buffer_printf(query, "%s%s", i > 0 ? " " : "", words[i]);
    return error;
}

static int print(const struct verb *verb, int error, const zoc_buffer *text)
{
    if (error < 0)
        return verb_fail(verb, error);
    fwrite(text->data, 1, text->size, stdout);
    return STATUS_OK;
}

static int explain_index(const struct verb *verb, const struct explaining *explaining)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer text = { .data = NULL };
    struct paper paper = paper_of(stdout, explaining->plain);

    return print(verb, explaining->json ? index_write_json(&text) : index_write(&paper, &text), &text);
}

/* --- what was meant ------------------------------------------------------------------------------- */

static void suggest(const char *name)
{
    char shown[QUESTION_MAX];

    fprintf(stderr, "  zocalo explain \"%s\"\n", zoc_escape(zoc_bytes_of(name), shown, sizeof shown));
}

/* Shows the words of a question of several that each name something, and returns how many there are; `show` NULL:
 * counts them. */
static size_t each_known_word(const char *query, void (*show)(const char *word))
{
    char word[QUESTION_MAX];
    struct entries entries;
    size_t count = 0;

    while (question_word(&query, word))
        if (entries_find(protocols, word, &entries)) {
            count++;
            if (show)
                show(word);
        }
    return count;
}

/* The names that are close, or the words that are known, one a line as commands. */
static int refuse(const struct verb *verb, const char *query)
{
    struct near near = near_find(query);
    char shown[128];

    zoc_escape(zoc_bytes_of(query), shown, sizeof shown);
    if (near.count == 0 && each_known_word(query, NULL) == 0)
        return verb_refuse(verb, _("nothing is known of '%s'; 'zocalo explain' lists the terms"), shown);
    verb_refuse(verb, _("nothing is known of '%s'; close to it:"), shown);
    for (size_t i = 0; i < near.count; i++)
        suggest(near.names[i]);
    if (near.count == 0)
        each_known_word(query, suggest);
    return STATUS_OTHER;
}

static int explain_word(const struct verb *verb, const struct explaining *explaining, const char *query)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer text = { .data = NULL };
    struct paper paper = paper_of(stdout, explaining->plain);
    struct entries entries;

    if (!entries_find(protocols, query, &entries))
        return refuse(verb, query);
    return print(verb, explaining->json ? entries_write_json(&entries, &text) : entries_write(&entries, &paper, &text),
                 &text);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer query = { .data = NULL };
    struct explaining explaining = { .json = false };
    int first, status = verb_read_options(verb, argc, argv, &explaining, &first);

    if (status >= 0)
        return status;
    if (first == argc)
        return explain_index(verb, &explaining);
    int error = join(argc - first, argv + first, &query);
    return error < 0 ? verb_fail(verb, error) : explain_word(verb, &explaining, query.data);
}

const struct verb verb_explain = {
    .name = "explain",
    .summary = N_("says what a term, an error or a code means, and how to see it happen"),
    .usage = N_("[OPTIONS] [TERM...]"),
    .text = N_("  zocalo explain half-close           a term; case and accents do not matter\n"
               "  zocalo explain three-way handshake  words are joined\n"
               "  zocalo explain ECONNREFUSED         an error, by its name, number or words\n"
               "  zocalo explain 354                  a code, in all protocols that have it\n"
               "  zocalo explain http 308             in one of them\n"
               "  zocalo explain Content-Length       a command or a header field\n"
               "  zocalo explain                      lists the terms\n"),
    .options = options,
    .run = run,
};
