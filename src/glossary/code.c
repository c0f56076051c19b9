#include "glossary/code.h"

#include "glossary/fold.h"

#include <string.h>
#include <strings.h>

struct search {
    const struct protocol *const *protocols;
    const struct protocol *only; /* NULL: any */
    const char *word;
    struct code *found;
    size_t count, max;
};

/* How a table is asked for the word. */
typedef const struct meaning *(*look_fn)(const struct meanings *table, const char *word);

static const struct meaning *find_word(const struct meanings *table, const char *word)
{
    const struct meaning *row = meanings_find(table, zoc_bytes_of(word));

    return row && strcasecmp(row->word, word) == 0 ? row : NULL;
}

/* "content length" for Content-Length. */
static const struct meaning *find_folded(const struct meanings *table, const char *word)
{
    for (size_t i = 0; i < table->count; i++)
        if (glossary_is(table->rows[i].word, word))
            return &table->rows[i];
    return NULL;
}

/* Of a code without a row of its own, the row of its class. */
static const struct meaning *find_class(const struct meanings *table, const char *word)
{
    return meanings_find(table, zoc_bytes_of(word));
}

static void look_into(struct search *search, const struct protocol *protocol, look_fn look)
{
    for (size_t i = 0; i < protocol->table_count; i++) {
        const struct meanings *table = &protocol->tables[i];
        const struct meaning *row = look(table, search->word);
        if (row && search->count < search->max)
            search->found[search->count++] = (struct code){ protocol, table->kind, row };
    }
}

static size_t find(struct search *search)
{
    static const look_fn looks[] = { find_word, find_folded, find_class };

    for (size_t i = 0; i < sizeof looks / sizeof *looks && search->count == 0; i++)
        for (const struct protocol *const *protocol = search->protocols; *protocol; protocol++)
            if (!search->only || search->only == *protocol)
                look_into(search, *protocol, looks[i]);
    return search->count;
}

/* "HTTP/1.1", "https" and "imap4" mean http and imap. */
static bool means(const char *query, size_t size, const char *name)
{
    size_t length = strlen(name);

    return length <= size && strncasecmp(name, query, length) == 0;
}

/* The protocol whose name or title the query begins with; what follows the blank is *ret_word. NULL: there is none. */
static const struct protocol *protocol_before(const struct protocol *const *protocols, const char *query,
                                              const char **ret_word)
{
    size_t size = strcspn(query, " ");

    *ret_word = query + size + strspn(query + size, " ");
    for (; *protocols && **ret_word; protocols++)
        if (means(query, size, (*protocols)->name) || means(query, size, (*protocols)->title))
            return *protocols;
    return NULL;
}

size_t codes_named(const struct protocol *const *protocols, const char *query, struct code *found, size_t max)
{
    struct search search = { .protocols = protocols, .word = query, .found = found, .max = max };
    const char *word;

    if (find(&search) > 0)
        return search.count;
    search.only = protocol_before(protocols, query, &word);
    search.word = word;
    return search.only ? find(&search) : 0;
}
