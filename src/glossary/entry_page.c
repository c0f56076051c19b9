/* Entries for people. */
#include "base/text.h"
#include "glossary/entry.h"
#include "glossary/list.h"

#include <stdio.h>

#define COLUMNS_MAX 80 /* longer lines are hard to read */
#define MARGIN      2
#define INDENT      4
#define DEEP        8

/* What is being written. After a failure nothing more is. */
struct page {
    const struct paper *paper;
    zoc_buffer *to;
    int error;
};

static void put(struct page *page, const char *text)
{
    if (page->error == 0)
        page->error = zoc_buffer_append(page->to, text, strlen(text));
}

static void put_bold(struct page *page, const char *text)
{
    put(page, page->paper->colour ? "\033[1m" : "");
    put(page, text);
    put(page, page->paper->colour ? "\033[0m" : "");
}

/* A paragraph or more, behind `indent` blanks and a mark, such as "1. ". */
static void put_folded(struct page *page, unsigned indent, const char *mark, const char *text)
{
    unsigned columns = page->paper->columns < COLUMNS_MAX ? page->paper->columns : COLUMNS_MAX;
    unsigned at = indent + (unsigned)strlen(mark);

    for (unsigned i = 0; i < indent; i++)
        put(page, " ");
    put(page, mark);
    if (page->error == 0)
        page->error = prose_fold(page->to, text, columns, at, at);
    put(page, "\n");
}

/* A text that is made here. */
static void put_list(struct page *page, const zoc_buffer *items)
{
    put_folded(page, MARGIN, "", items->data);
}

static void put_references(struct page *page, const struct reference *references)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer items = { .data = NULL };
    char text[REFERENCE_TEXT];

    if (reference_is_empty(references))
        return;
    page->error = page->error ? page->error : zoc_buffer_printf(&items, "%s ", _("Written down in:"));
    for (; !reference_is_empty(references) && page->error == 0; references++)
        page->error = zoc_buffer_printf(&items, "%s%s", reference_format(references, text, sizeof text),
                                        reference_is_empty(references + 1) ? "" : "; ");
    if (page->error == 0)
        put_list(page, &items);
}

/* --- terms ---------------------------------------------------------------------------------------- */

/* The name in the reader's language, with the English one behind it where that is another. */
static void put_name(struct page *page, const struct term *term)
{
    const char *name = _(term->name);

    put_bold(page, name);
    if (strcmp(name, term->name) != 0) {
        put(page, " (");
        put(page, term->name);
        put(page, ")");
    }
    put(page, "\n\n");
}

static void put_related(struct page *page, const struct term *term)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer items = { .data = NULL };

    if (!*term->related[0])
        return;
    page->error = page->error ? page->error : zoc_buffer_printf(&items, "%s ", _("See also:"));
    for (int i = 0; *term->related[i] && page->error == 0; i++)
        page->error = zoc_buffer_printf(&items, "%s%s", i > 0 ? ", " : "", _(term->related[i]));
    if (page->error == 0)
        put_list(page, &items);
}

static void put_trials(struct page *page, const struct term *term)
{
    if (!*term->trials[0].command)
        return;
    put(page, "\n");
    put_folded(page, MARGIN, "", _("To see it here:"));
    for (const struct trial *trial = term->trials; *trial->command; trial++) {
        put(page, "    $ ");
        put(page, trial->command);
        put(page, "\n");
        if (*trial->note)
            put_folded(page, DEEP, "", _(trial->note));
    }
}

static void put_term(struct page *page, const struct term *term)
{
    put_name(page, term);
    put_folded(page, MARGIN, "", _(term->text));
    put(page, "\n");
    put_related(page, term);
    put_references(page, term->references);
    put_trials(page, term);
}

/* --- failures ------------------------------------------------------------------------------------- */

static void put_clauses(struct page *page, const char *title, const char (*clauses)[FAILURE_TEXT], bool numbered)
{
    char mark[16] = "- ";

    put(page, "\n");
    put_folded(page, MARGIN, "", title);
    for (unsigned i = 0; *clauses[i]; i++) {
        if (numbered)
            snprintf(mark, sizeof mark, "%u. ", i + 1);
        put_folded(page, INDENT, mark, _(clauses[i]));
    }
}

static void put_failure(struct page *page, const struct failure *failure)
{
    char number[16];

    snprintf(number, sizeof number, " (%d): ", failure->error);
    put_bold(page, failure->name);
    put(page, number);
    put(page, failure_words(failure));
    put(page, "\n\n");
    put_folded(page, MARGIN, "", _(failure->meaning));
    put_clauses(page, _("What usually causes it, likeliest first:"), failure->causes, true);
    put_clauses(page, _("What to try:"), failure->remedies, false);
    if (!reference_is_empty(failure->references))
        put(page, "\n");
    put_references(page, failure->references);
}

/* --- words of protocols --------------------------------------------------------------------------- */

static void put_code(struct page *page, const struct code *code)
{
    put_bold(page, code->meaning->word);
    put(page, " (");
    put(page, code->protocol->title);
    put(page, ", ");
    put(page, _(code->kind));
    put(page, ")\n\n");
    put_folded(page, MARGIN, "", _(code->meaning->text));
    put_references(page, (const struct reference[]){ code->meaning->reference, { .rfc = 0 } });
}

/* --- all of them ---------------------------------------------------------------------------------- */

static void part(struct page *page)
{
    if (page->to->size > 0)
        put(page, "\n");
}

int entries_write(const struct entries *entries, const struct paper *paper, zoc_buffer *to)
{
    struct page page = { .paper = paper, .to = to };

    for (size_t i = 0; i < entries->term_count; i++) {
        part(&page);
        put_term(&page, entries->terms[i]);
    }
    if (entries->failure) {
        part(&page);
        put_failure(&page, entries->failure);
    }
    for (size_t i = 0; i < entries->code_count; i++) {
        part(&page);
        put_code(&page, &entries->codes[i]);
    }
    return page.error;
}
