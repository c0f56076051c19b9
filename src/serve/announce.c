#include "serve/announce.h"

#include "serve/table.h"

#include <stdlib.h>
#include <zocalo/log.h>

/* Those that were open before have had their line. */
static int print_lines(zoc_buffer *text, const struct set *set)
{
    int result = 0;

    for (const struct place *place = set->places; place < set->places + set->place_count && result == 0; place++) {
        if (place->heir_of)
            continue;
        zoc_endpoint shown = *place_endpoint(place);
        shown.options = (zoc_endpoint_options){ .tos = -1, .mode = -1 };
        result = zoc_buffer_printf(text, "listening %s ", place->spec->service->name);
        if (result == 0)
            result = zoc_endpoint_print(&shown, text);
        if (result == 0)
            result = zoc_buffer_append(text, "\n", 1);
    }
    return result;
}

static int print_set(zoc_buffer *text, const struct set *set, const struct serve_options *options)
{
    return options->table ? table_print(text, set->places, set->place_count, options->program, options->colour)
                          : print_lines(text, set);
}

/* Nobody vouches for such a certificate: its pin is what clients know it by. */
static void log_made_here(const struct place *place)
{
    const zoc_tls_context *tls = place_tls(place);

    if (place->heir_of || !tls || !zoc_tls_context_is_self_made(tls))
        return;
    char *endpoint = zoc_endpoint_text(place_endpoint(place));
    const struct zoc_log_field fields[] = {
        { "service", place->spec->service->name, 0 },
        { "endpoint", endpoint, 0 },
        { "pin", zoc_tls_context_pin(tls), 0 },
    };
    zoc_log_record(ZOC_LOG_INFO, "certificate made here", fields, sizeof fields / sizeof *fields);
    free(endpoint);
}

int announce(const struct set *set, const struct serve_options *options, zoc_stream **output)
{
    zoc_buffer text = { 0 };
    ssize_t result = print_set(&text, set, options);

    for (size_t i = 0; i < set->place_count; i++)
        log_made_here(&set->places[i]);
    if (result == 0 && !*output)
        zoc_stream_of_fd(1, false, true, output);
    if (result == 0 && *output && text.size > 0)
        ZOC_WITHIN(ANNOUNCE_TIME)
            result = zoc_write(*output, text.data, text.size);
    zoc_buffer_release(&text);
    return result < 0 ? (int)result : 0;
}
