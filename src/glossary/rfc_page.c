#include "glossary/rfc_page.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

#define INDENT            2
#define YEAR_COLUMN       11  /* of a row */
#define TITLE_COLUMNS_MIN 36  /* for a title, so that its words have room */
#define NUMBERS_TEXT      192 /* bytes of "RFC 7230, RFC 7231, ...", with as many as one leads to */
#define TITLE_TEXT        384 /* bytes of "RFC 793: Transmission Control Protocol, 1981" */
#define STANDING_TEXT     96  /* bytes of "obsolete: see RFC 9293" in any language */

static const char *const months[] = { N_("January"),   N_("February"), N_("March"),    N_("April"),
                                      N_("May"),       N_("June"),     N_("July"),     N_("August"),
                                      N_("September"), N_("October"),  N_("November"), N_("December") };

/* What is being written: once it failed, nothing more is. */
struct page {
    const struct paper *paper;
    zoc_buffer *to;
    int result;
};

static void put(struct page *page, const char *text)
{
    if (page->result == 0)
        page->result = zoc_buffer_append(page->to, text, strlen(text));
}

static void put_spaces(struct page *page, unsigned count)
{
    for (; count > 0; count--)
        put(page, " ");
}

/* Text that begins at column `at` and goes on below at `indent`. */
static void put_folded(struct page *page, const char *text, unsigned at, unsigned indent)
{
    if (page->result == 0)
        page->result = prose_fold(page->to, text, page->paper->columns, at, indent);
}

static void put_text(struct page *page, const char *text, unsigned at, unsigned indent)
{
    put_folded(page, text, at, indent);
    put(page, "\n");
}

static void put_bold(struct page *page, const char *text)
{
    put(page, page->paper->colour ? "\033[1m" : "");
    put_folded(page, text, 0, INDENT);
    put(page, page->paper->colour ? "\033[0m\n" : "\n");
}

/* A paragraph with one word or number in it. */
__attribute__((format(printf, 2, 3))) static void put_line(struct page *page, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_text(page, text, 0, 0);
}

/* --- one, whole ----------------------------------------------------------------------------------- */

/* "RFC 7230, RFC 7231"; a list that is shorter than `max` ends with 0. Returns `text`. */
static char *format_numbers(const unsigned *numbers, size_t max, char text[NUMBERS_TEXT])
{
    size_t used = 0;

    *text = '\0';
    for (size_t i = 0; i < max && numbers[i] && used < NUMBERS_TEXT; i++)
        used += (size_t)snprintf(text + used, NUMBERS_TEXT - used, i == 0 ? "RFC %u" : ", RFC %u", numbers[i]);
    return text;
}

static void put_head(struct page *page, const struct rfc *rfc)
{
    char title[TITLE_TEXT], date[64];
    const char *status = _(rfc_status_name(rfc->status));

    snprintf(title, sizeof title, "RFC %u: %s", rfc->number, rfc->title);
    put_bold(page, title);
    snprintf(date, sizeof date, _("%s %u"), _(months[rfc->published.month - 1]), rfc->published.year);
    if (rfc->series == 0)
        put_line(page, "%s, %s", date, status);
    else
        put_line(page, "%s, %s, %s %u", date, status, rfc->status == RFC_INTERNET_STANDARD ? "STD" : "BCP",
                 rfc->series);
}

static void put_title_line(struct page *page, const struct rfc *rfc)
{
    char text[TITLE_TEXT];

    snprintf(text, sizeof text, "RFC %u: %s, %u", rfc->number, rfc->title, rfc->published.year);
    put_spaces(page, INDENT);
    put_text(page, text, INDENT, 2 * INDENT);
}

/* Whether what replaced it at once is what is in force. */
static bool is_direct(const struct rfc *rfc, const struct rfc *const *in_force, size_t count)
{
    size_t direct = 0;

    while (direct < RFC_REPLACED_MAX && rfc->obsoleted_by[direct])
        direct++;
    if (direct != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (rfc->obsoleted_by[i] != in_force[i]->number)
            return false;
    return true;
}

static void put_replacement(struct page *page, const struct rfc *rfc)
{
    const struct rfc *rows[RFC_RELATED_MAX];
    char numbers[NUMBERS_TEXT];
    size_t count = rfc_in_force(rfc, rows);

    if (!rfc_is_obsolete(rfc))
        return;
    put(page, "\n");
    if (is_direct(rfc, rows, count))
        put_line(page, "%s", _("It is obsolete. In force instead:"));
    else
        put_line(page, _("It is obsolete: replaced by %s. In force today:"),
                 format_numbers(rfc->obsoleted_by, RFC_REPLACED_MAX, numbers));
    for (size_t i = 0; i < count; i++)
        put_title_line(page, rows[i]);
}

static void put_relations(struct page *page, const struct rfc *rfc)
{
    const struct rfc *rows[RFC_RELATED_MAX];
    unsigned replaced[RFC_RELATED_MAX];
    char numbers[NUMBERS_TEXT];
    size_t count = rfc_replaced(rfc, rows);

    if (rfc->updated_by[0])
        put_line(page, _("Updated by %s."), format_numbers(rfc->updated_by, RFC_UPDATED_MAX, numbers));
    for (size_t i = 0; i < count; i++)
        replaced[i] = rows[i]->number;
    if (count > 0)
        put_line(page, _("It took the place of %s."), format_numbers(replaced, count, numbers));
}

static void put_sections(struct page *page, const struct rfc *rfc)
{
    unsigned widest = 0;

    if (!*rfc->sections[0].where)
        return;
    for (size_t i = 0; i < RFC_SECTIONS_MAX && *rfc->sections[i].where; i++) {
        unsigned width = prose_width(zoc_bytes_of(rfc->sections[i].where));
        widest = width > widest ? width : widest;
    }
    put(page, "\n");
    put_line(page, "%s", _("What stands where in it:"));
    for (size_t i = 0; i < RFC_SECTIONS_MAX && *rfc->sections[i].where; i++) {
        const struct rfc_section *section = &rfc->sections[i];
        put_spaces(page, INDENT);
        put(page, section->where);
        put_spaces(page, widest + 2 - prose_width(zoc_bytes_of(section->where)));
        put_text(page, _(section->text), INDENT + widest + 2, INDENT + widest + 2);
    }
}

static void put_commands(struct page *page, const struct rfc *rfc)
{
    if (!*rfc->commands[0])
        return;
    put(page, "\n");
    put_line(page, "%s", _("To see it here:"));
    for (size_t i = 0; i < RFC_COMMANDS_MAX && *rfc->commands[i]; i++) {
        put_spaces(page, INDENT);
        put(page, rfc->commands[i]);
        put(page, "\n");
    }
}

int rfc_page(const struct rfc *rfc, const struct paper *paper, zoc_buffer *to)
{
    struct page page = { .paper = paper, .to = to };
    char url[RFC_URL_SIZE];

    put_head(&page, rfc);
    put_replacement(&page, rfc);
    put(&page, "\n");
    if (*rfc->text) {
        put_text(&page, _(rfc->text), 0, 0);
        put(&page, "\n");
    }
    put_text(&page, _(rfc_status_meaning(rfc->status)), 0, 0);
    put_relations(&page, rfc);
    put_sections(&page, rfc);
    put_commands(&page, rfc);
    put(&page, "\n");
    put_line(&page, _("Full text: %s"), rfc_url(rfc, url, sizeof url));
    return page.result;
}

/* --- several, a line each ------------------------------------------------------------------------- */

/* Its status, or the first of what is to be read instead. Returns `text`. */
static char *format_standing(const struct rfc *rfc, char text[STANDING_TEXT])
{
    const struct rfc *rows[RFC_RELATED_MAX];

    if (rfc_is_obsolete(rfc) && rfc_in_force(rfc, rows) > 0)
        snprintf(text, STANDING_TEXT, _("obsolete: see RFC %u"), rows[0]->number);
    else
        snprintf(text, STANDING_TEXT, "%s", _(rfc_status_name(rfc->status)));
    return text;
}

static unsigned widen(unsigned widest, const struct rfc *rfc)
{
    char standing[STANDING_TEXT];
    unsigned width = prose_width(zoc_bytes_of(format_standing(rfc, standing)));

    return width > widest ? width : widest;
}

/* "RFC 9293   2022  Internet Standard  Transmission Control Protocol (TCP)"; the title has a line below where that would
 * leave it too little room. */
static void put_row(struct page *page, const struct rfc *rfc, unsigned widest)
{
    char head[32], standing[STANDING_TEXT];

    snprintf(head, sizeof head, "RFC %-5u  %u  ", rfc->number, rfc->published.year);
    unsigned at = (unsigned)strlen(head) + widest + 2;
    bool narrow = page->paper->columns > 0 && page->paper->columns < at + TITLE_COLUMNS_MIN;
    put(page, head);
    put(page, format_standing(rfc, standing));
    if (narrow)
        put(page, "\n");
    put_spaces(page, narrow ? YEAR_COLUMN : widest + 2 - prose_width(zoc_bytes_of(standing)));
    at = narrow ? YEAR_COLUMN : at;
    put_text(page, rfc->title, at, at);
}

int rfc_list(const struct rfc *const *rows, size_t count, const struct paper *paper, zoc_buffer *to)
{
    struct page page = { .paper = paper, .to = to };
    unsigned widest = 0;

    for (size_t i = 0; i < count; i++)
        widest = widen(widest, rows[i]);
    for (size_t i = 0; i < count; i++)
        put_row(&page, rows[i], widest);
    return page.result;
}

int rfc_catalogue(const struct paper *paper, zoc_buffer *to)
{
    struct page page = { .paper = paper, .to = to };
    unsigned widest = 0;

    for (size_t i = 0; rfc_fields[i]; i++)
        for (size_t j = 0; j < rfc_fields[i]->count; j++)
            widest = widen(widest, &rfc_fields[i]->rows[j]);
    for (size_t i = 0; rfc_fields[i]; i++) {
        put(&page, i == 0 ? "" : "\n");
        put_bold(&page, _(rfc_fields[i]->name));
        for (size_t j = 0; j < rfc_fields[i]->count; j++)
            put_row(&page, &rfc_fields[i]->rows[j], widest);
    }
    return page.result;
}
