/* Entries for programs: one JSON object a line. */
#include "base/json.h"
#include "base/text.h"
#include "glossary/entry.h"
#include "glossary/list.h"

/* What is being written. After a failure nothing more is. */
struct record {
    zoc_buffer *to;
    int error;
};

static void put(struct record *record, const char *text)
{
    if (record->error == 0)
        record->error = zoc_buffer_append(record->to, text, strlen(text));
}

static void put_string(struct record *record, const char *text)
{
    if (record->error == 0)
        record->error = base_json_string(record->to, zoc_bytes_of(text));
}

/* ,"key":"text" */
static void put_member(struct record *record, const char *key, const char *text)
{
    put(record, ",\"");
    put(record, key);
    put(record, "\":");
    put_string(record, text);
}

static void put_number(struct record *record, const char *key, unsigned number)
{
    if (record->error == 0)
        record->error = zoc_buffer_printf(record->to, "\"%s\":%u", key, number);
}

/* ,"key":["text",...] of a list whose texts have `size` bytes of room each; in the reader's language where `translated`. */
static void put_texts(struct record *record, const char *key, const char *texts, size_t size, bool translated)
{
    put(record, ",\"");
    put(record, key);
    put(record, "\":[");
    for (const char *text = texts; *text; text += size) {
        put(record, text > texts ? "," : "");
        put_string(record, translated ? _(text) : text);
    }
    put(record, "]");
}

static void put_reference(struct record *record, const struct reference *reference)
{
    put(record, "{");
    if (reference->rfc)
        put_number(record, "rfc", reference->rfc);
    else {
        put(record, "\"document\":");
        put_string(record, reference->document);
    }
    if (*reference->section)
        put_member(record, "section", reference->section);
    put(record, "}");
}

static void put_references(struct record *record, const struct reference *references)
{
    put(record, ",\"references\":[");
    for (size_t i = 0; !reference_is_empty(&references[i]); i++) {
        put(record, i > 0 ? "," : "");
        put_reference(record, &references[i]);
    }
    put(record, "]");
}

static void put_trials(struct record *record, const struct trial *trials)
{
    put(record, ",\"commands\":[");
    for (size_t i = 0; *trials[i].command; i++) {
        put(record, i > 0 ? ",{\"command\":" : "{\"command\":");
        put_string(record, trials[i].command);
        if (*trials[i].note)
            put_member(record, "note", _(trials[i].note));
        put(record, "}");
    }
    put(record, "]");
}

static void put_term(struct record *record, const struct term *term)
{
    put(record, "{\"kind\":\"term\"");
    put_member(record, "name", term->name);
    put_member(record, "title", _(term->name));
    put_texts(record, "aliases", *term->aliases, sizeof *term->aliases, false);
    put_member(record, "text", _(term->text));
    put_texts(record, "related", *term->related, sizeof *term->related, false);
    put_references(record, term->references);
    put_trials(record, term->trials);
    put(record, "}\n");
}

static void put_failure(struct record *record, const struct failure *failure)
{
    put(record, "{\"kind\":\"error\"");
    put_member(record, "name", failure->name);
    put(record, ",");
    put_number(record, "number", (unsigned)failure->error);
    put_member(record, "words", failure_words(failure));
    put_member(record, "text", _(failure->meaning));
    put_texts(record, "causes", *failure->causes, sizeof *failure->causes, true);
    put_texts(record, "remedies", *failure->remedies, sizeof *failure->remedies, true);
    put_references(record, failure->references);
    put(record, "}\n");
}

static void put_code(struct record *record, const struct code *code)
{
    put(record, "{\"kind\":\"word\"");
    put_member(record, "name", code->meaning->word);
    put_member(record, "protocol", code->protocol->name);
    put_member(record, "what", code->kind);
    put_member(record, "text", _(code->meaning->text));
    put_references(record, (const struct reference[]){ code->meaning->reference, { .rfc = 0 } });
    put(record, "}\n");
}

int entries_write_json(const struct entries *entries, zoc_buffer *to)
{
    struct record record = { .to = to };

    for (size_t i = 0; i < entries->term_count; i++)
        put_term(&record, entries->terms[i]);
    if (entries->failure)
        put_failure(&record, entries->failure);
    for (size_t i = 0; i < entries->code_count; i++)
        put_code(&record, &entries->codes[i]);
    return record.error;
}

int index_write_json(zoc_buffer *to)
{
    struct record record = { .to = to };

    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count; i++)
            put_term(&record, &(*field)->terms[i]);
    for (size_t i = 0; i < failure_count; i++)
        put_failure(&record, &failures[i]);
    return record.error;
}
