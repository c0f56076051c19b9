#include "glossary/term.h"

#include "base/text.h"
#include "glossary/field.h"
#include "glossary/fold.h"

const struct field *const glossary[] = {
    &field_history, &field_layers,     &field_internet,    &field_address, &field_name,
    &field_socket,  &field_connection, &field_flow,        &field_quality, &field_between,
    &field_tls,     &field_text,       &field_application, &field_program, NULL,
};

static bool has_name(const struct term *term, const char *query)
{
    return glossary_is(term->name, query) || glossary_is(_(term->name), query);
}

static bool has_alias(const struct term *term, const char *query)
{
    for (int i = 0; *term->aliases[i]; i++)
        if (glossary_is(term->aliases[i], query))
            return !has_name(term, query);
    return false;
}

static size_t collect(const char *query, bool (*has)(const struct term *, const char *), const struct term **found,
                      size_t count, size_t max)
{
    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count && count < max; i++)
            if (has(&(*field)->terms[i], query))
                found[count++] = &(*field)->terms[i];
    return count;
}

size_t terms_named(const char *query, const struct term **found, size_t max)
{
    return collect(query, has_alias, found, collect(query, has_name, found, 0, max), max);
}
