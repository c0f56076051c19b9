#include "explain/teller.h"

#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define QUOTE_TEXT     128  /* bytes of a quote as it is shown, its NUL included */
#define QUOTE_HEX      16   /* bytes of a quote that are shown as hexadecimal digits */
#define QUOTE_JSON     1024 /* bytes of a quote that programs are given */
#define COLUMNS_NARROW 64   /* with fewer, lines that are folded begin further left */
#define INDENT_NARROW  4

static const struct {
    const char *name, *shown;
    const char *colour; /* ECMA-48 SGR */
} layers[] = {
    [LAYER_APPLICATION] = { "application", N_("application"), "32" },
    [LAYER_TRANSPORT] = { "transport", N_("transport"), "36" },
    [LAYER_INTERNET] = { "internet", N_("internet"), "33" },
    [LAYER_LINK] = { "link", N_("link"), "35" },
};

enum { LAYER_COUNT = sizeof layers / sizeof *layers };

void teller_init(struct teller *teller, const struct teller_options *options, zoc_time begun)
{
    *teller = (struct teller){ .options = *options, .begun = begun };
}

/* --- what was said -------------------------------------------------------------------------------- */

/* Bytes that nobody would read as text: shown as such, they would be little but escapes. */
static bool is_binary(zoc_bytes quote)
{
    size_t strange = 0, count = 0;

    for (zoc_bytes rest = quote; rest.size > 0; count++) {
        char unit[BASE_UNIT_MAX];
        size_t size = base_escape_next(&rest, unit);
        strange += unit[0] == '\\' && size > 2;
    }
    return strange > count / 4;
}

static void put_hex(zoc_buffer *line, zoc_bytes quote)
{
    size_t shown = quote.size < QUOTE_HEX ? quote.size : QUOTE_HEX;

    for (size_t i = 0; i < shown; i++)
        zoc_buffer_printf(line, i ? " %02x" : "%02x", (unsigned char)quote.data[i]);
    if (shown < quote.size)
        zoc_buffer_printf(line, " ...");
}

static void put_quote(zoc_buffer *line, zoc_bytes quote)
{
    char text[QUOTE_TEXT];

    if (is_binary(quote))
        put_hex(line, quote);
    else
        zoc_buffer_printf(line, "%s", zoc_escape(quote, text, sizeof text));
}

/* --- for people ----------------------------------------------------------------------------------- */

static void put_coloured(zoc_buffer *line, const struct paper *paper, const char *colour, const char *text)
{
    if (paper->colour)
        zoc_buffer_printf(line, "\033[%sm%s\033[0m", colour, text);
    else
        zoc_buffer_printf(line, "%s", text);
}

/* The widest name of a layer in the reader's language. */
static unsigned layer_width(void)
{
    unsigned widest = 0;

    for (int i = 0; i < LAYER_COUNT; i++) {
        unsigned width = prose_width(zoc_bytes_of(_(layers[i].shown)));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* The time and the layer. Returns the columns that they take. */
static unsigned put_head(zoc_buffer *line, const struct teller *teller, const struct telling *telling)
{
    const char *layer = _(layers[telling->layer].shown);
    unsigned width = layer_width(), own = prose_width(zoc_bytes_of(layer));
    char clock[ZOC_UNIT_TEXT];

    int size = snprintf(clock, sizeof clock, "%7.3f s", (double)(telling->time - teller->begun) / ZOC_SECOND);
    zoc_buffer_printf(line, "%s  ", clock);
    put_coloured(line, &teller->options.paper, layers[telling->layer].colour, layer);
    zoc_buffer_printf(line, "%*s", (int)(width - own) + 2, "");
    return (unsigned)size + 2 + width + 2;
}

static const char *arrow_of(enum side speaker, bool utf8)
{
    static const char *const arrows[][SIDE_COUNT] = { { "->", "<-" }, { "→", "←" } };

    return arrows[utf8][speaker];
}

static void put_words(zoc_buffer *line, const struct paper *paper, const struct telling *telling)
{
    char reference[REFERENCE_TEXT];

    if (telling->connection)
        zoc_buffer_printf(line, "%s: ", telling->connection);
    if (telling->speaker)
        zoc_buffer_printf(line, "%s ", arrow_of(*telling->speaker, paper->utf8));
    if (telling->quote.size > 0)
        put_quote(line, telling->quote);
    if (telling->quote.size > 0 && *telling->text)
        zoc_buffer_printf(line, ": ");
    zoc_buffer_printf(line, "%s", telling->text);
    if (*reference_format(&telling->reference, reference, sizeof reference))
        zoc_buffer_printf(line, " (%s)", reference);
}

static void put_line(zoc_buffer *line, const struct teller *teller, const struct telling *telling)
{
    const struct paper *paper = &teller->options.paper;
    unsigned at = put_head(line, teller, telling);
    bool narrow = paper->columns < COLUMNS_NARROW;
    zoc_buffer words = { 0 };

    put_words(&words, paper, telling);
    if (zoc_buffer_append(&words, "", 1) == 0)
        prose_fold(line, words.data, paper->columns, at, narrow ? INDENT_NARROW : at);
    zoc_buffer_release(&words);
}

/* --- for programs --------------------------------------------------------------------------------- */

static void put_key(zoc_buffer *line, const char *key, zoc_bytes value)
{
    if (value.size == 0)
        return;
    zoc_buffer_printf(line, ",\"%s\":", key);
    base_json_string(line, value);
}

static void put_word(zoc_buffer *line, const char *key, const char *value)
{
    put_key(line, key, zoc_bytes_of(value ? value : ""));
}

static void put_reference(zoc_buffer *line, const struct reference *reference)
{
    if (reference->rfc)
        zoc_buffer_printf(line, ",\"rfc\":%u", reference->rfc);
    put_word(line, "section", reference->section);
    put_word(line, "document", reference->document);
}

static void put_object(zoc_buffer *line, const struct teller *teller, const struct telling *telling)
{
    zoc_duration time = telling->time - teller->begun;
    zoc_bytes quote = telling->quote;

    quote.size = quote.size < QUOTE_JSON ? quote.size : QUOTE_JSON;
    zoc_buffer_printf(line, "{\"time\":%" PRId64 ".%09" PRId64, time / ZOC_SECOND, time % ZOC_SECOND);
    put_word(line, "layer", layers[telling->layer].name);
    put_word(line, "event", telling->event);
    put_word(line, "connection", telling->connection);
    put_word(line, "protocol", telling->protocol);
    put_word(line, "from", telling->speaker ? side_name(*telling->speaker) : NULL);
    put_key(line, "quote", quote);
    put_word(line, "text", telling->text);
    put_reference(line, &telling->reference);
    zoc_buffer_printf(line, "}");
}

/* --- both ----------------------------------------------------------------------------------------- */

void teller_tell(struct teller *teller, const struct telling *telling)
{
    zoc_buffer line = { 0 };

    if (teller->options.json)
        put_object(&line, teller, telling);
    else
        put_line(&line, teller, telling);
    if (zoc_buffer_append(&line, "\n", 1) == 0)
        teller->options.write(teller->options.arg, (zoc_bytes){ line.data, line.size });
    zoc_buffer_release(&line);
}
