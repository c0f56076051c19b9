/* Redis: values with their type in front, in RESP2 and RESP3. What is nested is told as one, when it is whole; of that only the
 * first words are kept. */
#include "base/text.h"
#include "meaning/dialogue.h"
#include "meaning/redis_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define DEPTH_MAX  8                  /* aggregates inside one another */
#define WORD_MAX   64                 /* bytes of a word that are shown */
#define WORDS_MAX  240                /* bytes of all words of a value that are shown */
#define COUNT_MAX  (INT64_C(1) << 31) /* elements or bytes that a head may promise */
#define REDIS_PORT 6379

/* One direction. */
struct flow {
    char type;                  /* of the value that is being taken, the outermost one */
    int64_t count;              /* what its head promised: elements, pairs or bytes */
    unsigned depth;             /* aggregates that are open */
    int64_t missing[DEPTH_MAX]; /* elements of each */
    char words[WORDS_MAX];      /* those that are shown, with blanks between */
    size_t used;
    size_t first; /* bytes of the first word */
    bool cut;     /* there was no room for a word */
    bool secret;  /* the words that follow are not shown */
};

struct redis {
    struct flow flows[SIDE_COUNT];
    bool subscribed; /* the server may speak without being asked */
};

static const struct meaning *find(enum redis_table table, zoc_bytes word)
{
    return meanings_find(&redis_tables[table], word);
}

static bool is(zoc_bytes word, const char *wanted)
{
    return word.size == strlen(wanted) && strncasecmp(word.data, wanted, word.size) == 0;
}

/* --- words of a value ----------------------------------------------------------------------------- */

static zoc_bytes words_of(const struct flow *flow)
{
    return (zoc_bytes){ flow->words, flow->used };
}

static zoc_bytes first_word(const struct flow *flow)
{
    return (zoc_bytes){ flow->words, flow->first };
}

/* Words of commands behind which passwords stand. */
static const struct {
    const char *command, *word;
} secrets[] = {
    { "AUTH", "AUTH" },   { "HELLO", "AUTH" },         { "MIGRATE", "AUTH" },      { "MIGRATE", "AUTH2" },
    { "ACL", "SETUSER" }, { "CONFIG", "requirepass" }, { "CONFIG", "masterauth" },
};

static bool hides(const struct flow *flow, zoc_bytes word)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (is(first_word(flow), secrets[i].command) && is(word, secrets[i].word))
            return true;
    return false;
}

static void append(struct flow *flow, zoc_bytes bytes)
{
    memcpy(flow->words + flow->used, bytes.data, bytes.size);
    flow->used += bytes.size;
}

static void add_word(struct flow *flow, enum side speaker, zoc_bytes word)
{
    size_t shown = word.size < WORD_MAX ? word.size : WORD_MAX;
    size_t blank = flow->used > 0, dots = shown < word.size ? 3 : 0;

    if (flow->secret)
        return;
    if (flow->cut || flow->used + blank + shown + dots + strlen(" ...") > WORDS_MAX) {
        flow->cut = true;
        return;
    }
    append(flow, (zoc_bytes){ " ", blank });
    append(flow, (zoc_bytes){ word.data, shown });
    append(flow, (zoc_bytes){ "...", dots });
    if (flow->first == 0)
        flow->first = flow->used;
    flow->secret = speaker == SIDE_CLIENT && hides(flow, word);
}

/* --- telling a value ------------------------------------------------------------------------------ */

static void tell_command(struct dialogue *dialogue, struct redis *redis, const struct flow *flow)
{
    const struct meaning *row = find(REDIS_COMMANDS, first_word(flow));

    redis->subscribed |= is(first_word(flow), "SUBSCRIBE") || is(first_word(flow), "PSUBSCRIBE");
    if (flow->used == 0)
        dialogue_tell(dialogue, SIDE_CLIENT, words_of(flow), (struct reference)REDIS_PROTOCOL, false, "%s",
                      _("an empty command, which the server passes over"));
    else if (flow->secret && row)
        dialogue_tell(dialogue, SIDE_CLIENT, words_of(flow), row->reference, false,
                      _("%s; the rest is secret and not shown"), _(row->text));
    else
        dialogue_remark(dialogue, SIDE_CLIENT, words_of(flow), row);
}

static void tell_line(struct dialogue *dialogue, enum redis_table table, zoc_bytes line)
{
    zoc_bytes rest = { line.data + 1, line.size - 1 }, word = dialogue_word(&rest);
    const struct meaning *row = find(table, word), *type = find(REDIS_TYPES, (zoc_bytes){ line.data, 1 });

    dialogue_remark(dialogue, SIDE_SERVER, line, row ? row : type);
}

static void tell_bulk(struct dialogue *dialogue, const struct flow *flow)
{
    const struct meaning *error = flow->type == '!' ? find(REDIS_ERRORS, first_word(flow)) : NULL;
    size_t size = (size_t)flow->count;

    if (error)
        dialogue_remark(dialogue, SIDE_SERVER, words_of(flow), error);
    else if (flow->type == '!')
        dialogue_remark(dialogue, SIDE_SERVER, words_of(flow), find(REDIS_TYPES, zoc_bytes_of("!")));
    else
        dialogue_tell(dialogue, SIDE_SERVER, words_of(flow), (struct reference)REDIS_PROTOCOL, false,
                      PLURAL("a string of %zu byte", "a string of %zu bytes", size), size);
}

static void tell_aggregate(struct dialogue *dialogue, const struct redis *redis, const struct flow *flow)
{
    const struct reference protocol = REDIS_PROTOCOL;
    const struct meaning *push = find(REDIS_PUSHES, first_word(flow));
    unsigned long count = (unsigned long)flow->count;
    zoc_bytes words = words_of(flow);

    if (push && (flow->type == '>' || (flow->type == '*' && redis->subscribed)))
        dialogue_remark(dialogue, SIDE_SERVER, words, push);
    else if (flow->type == '*')
        dialogue_tell(dialogue, SIDE_SERVER, words, protocol, false,
                      PLURAL("an array of %lu element", "an array of %lu elements", count), count);
    else if (flow->type == '~')
        dialogue_tell(dialogue, SIDE_SERVER, words, protocol, false,
                      PLURAL("a set of %lu member", "a set of %lu members", count), count);
    else if (flow->type == '%')
        dialogue_tell(dialogue, SIDE_SERVER, words, protocol, false,
                      PLURAL("a map of %lu pair of key and value", "a map of %lu pairs of key and value", count),
                      count);
    else
        dialogue_remark(dialogue, SIDE_SERVER, words, find(REDIS_TYPES, (zoc_bytes){ &flow->type, 1 }));
}

static void tell_null(struct dialogue *dialogue, enum side speaker, zoc_bytes line)
{
    dialogue_tell(dialogue, speaker, line, (struct reference)REDIS_PROTOCOL, false, "%s", _("null: nothing is there"));
}

/* The value is whole. */
static void tell_value(struct dialogue *dialogue, struct redis *redis, enum side speaker)
{
    struct flow *flow = &redis->flows[speaker];

    if (flow->cut)
        append(flow, zoc_bytes_of(" ..."));
    if (speaker == SIDE_CLIENT)
        tell_command(dialogue, redis, flow);
    else if (strchr("$=!", flow->type))
        tell_bulk(dialogue, flow);
    else
        tell_aggregate(dialogue, redis, flow);
    *flow = (struct flow){ 0 };
}

/* --- taking values apart -------------------------------------------------------------------------- */

/* An element is over, and with it the aggregates of which it was the last. */
static void close_element(struct dialogue *dialogue, struct redis *redis, enum side speaker)
{
    struct flow *flow = &redis->flows[speaker];

    while (flow->depth > 0 && --flow->missing[flow->depth - 1] == 0)
        flow->depth--;
    if (flow->depth == 0)
        tell_value(dialogue, redis, speaker);
}

static void give_up(struct dialogue *dialogue, struct redis *redis, enum side speaker, const char *why)
{
    dialogue_tell(dialogue, speaker, words_of(&redis->flows[speaker]), (struct reference)REDIS_PROTOCOL, false, "%s",
                  why);
    dialogue_skip(dialogue, speaker, DIALOGUE_TO_THE_END);
}

/* The number behind the type; -1 is null. False: it is none, or too big. */
static bool read_count(zoc_bytes line, int64_t *ret_count)
{
    char digits[16], *end;
    size_t size = line.size - 1;

    if (size == 0 || size >= sizeof digits ||
        !(isdigit((unsigned char)line.data[1]) || is(line, "$-1") || is(line, "*-1")))
        return false;
    memcpy(digits, line.data + 1, size);
    digits[size] = '\0';
    *ret_count = strtoll(digits, &end, 10);
    return *end == '\0' && *ret_count <= COUNT_MAX;
}

static void open_value(struct flow *flow, char type, int64_t count)
{
    if (flow->depth > 0)
        return;
    flow->type = type;
    flow->count = count;
}

/* A bulk string that is whole, or of which nothing is looked at because it is long. Returns bytes with its head; 0: not whole. */
static size_t take_bulk(struct dialogue *dialogue, struct redis *redis, enum side speaker, zoc_bytes bytes, size_t head,
                        size_t size)
{
    struct flow *flow = &redis->flows[speaker];
    size_t looked = size < 2 * WORD_MAX ? size + 2 : WORD_MAX + 1; /* CR LF, or what shows that there is more */

    if (bytes.size < head + looked)
        return 0;
    open_value(flow, *bytes.data, (int64_t)size);
    bool ends = size >= 2 * WORD_MAX || memcmp(bytes.data + head + size, "\r\n", 2) == 0;
    add_word(flow, speaker, (zoc_bytes){ bytes.data + head, size < looked ? size : looked });
    if (!ends)
        give_up(dialogue, redis, speaker, _("the string is longer than its size says: nothing more is looked at"));
    else
        close_element(dialogue, redis, speaker);
    if (size >= 2 * WORD_MAX)
        dialogue_skip(dialogue, speaker, size + 2 - looked);
    return head + looked;
}

static size_t take_aggregate(struct dialogue *dialogue, struct redis *redis, enum side speaker, zoc_bytes line,
                             size_t used, int64_t count)
{
    struct flow *flow = &redis->flows[speaker];
    int64_t elements = strchr("%|", *line.data) ? 2 * count : count;

    open_value(flow, *line.data, count);
    if (elements == 0) {
        close_element(dialogue, redis, speaker);
    } else if (flow->depth == DEPTH_MAX) {
        give_up(dialogue, redis, speaker, _("nested too deeply: nothing more is looked at"));
    } else {
        flow->missing[flow->depth++] = elements;
    }
    return used;
}

/* A value of one line. */
static void take_simple(struct dialogue *dialogue, struct redis *redis, enum side speaker, zoc_bytes line)
{
    struct flow *flow = &redis->flows[speaker];

    if (flow->depth > 0) {
        add_word(flow, speaker, (zoc_bytes){ line.data + 1, line.size - 1 });
        close_element(dialogue, redis, speaker);
    } else if (*line.data == '_') {
        tell_null(dialogue, speaker, line);
    } else {
        tell_line(dialogue, *line.data == '-' ? REDIS_ERRORS : REDIS_REPLIES, line);
    }
}

static void take_null(struct dialogue *dialogue, struct redis *redis, enum side speaker, zoc_bytes line)
{
    struct flow *flow = &redis->flows[speaker];

    if (flow->depth > 0) {
        add_word(flow, speaker, zoc_bytes_of("null"));
        close_element(dialogue, redis, speaker);
    } else {
        tell_null(dialogue, speaker, line);
    }
}

/* A line that a person typed, or a program that knows no RESP: words with blanks between. */
static void take_inline(struct dialogue *dialogue, struct redis *redis, zoc_bytes line)
{
    struct flow *flow = &redis->flows[SIDE_CLIENT];

    for (zoc_bytes word = dialogue_word(&line); word.size > 0; word = dialogue_word(&line))
        add_word(flow, SIDE_CLIENT, word);
    if (flow->used > 0)
        tell_value(dialogue, redis, SIDE_CLIENT);
}

static bool is_type(char byte, const char *types)
{
    return byte != '\0' && strchr(types, byte);
}

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    struct redis *redis = state;
    bool outside = redis->flows[speaker].depth == 0;
    zoc_bytes line;
    size_t used;
    int64_t count;

    if (!dialogue_line(bytes, &line, &used))
        return 0;
    char type = '\0';

    if (line.size > 0)
        type = *line.data;
    if (speaker == SIDE_CLIENT && outside && type != '*')
        take_inline(dialogue, redis, line);
    else if (is_type(type, "+-:_#,("))
        take_simple(dialogue, redis, speaker, line);
    else if (!is_type(type, "$=!*%~>|") || !read_count(line, &count))
        give_up(dialogue, redis, speaker, _("this is no type of Redis: nothing more is looked at"));
    else if (count < 0)
        take_null(dialogue, redis, speaker, line);
    else if (is_type(type, "$=!"))
        return take_bulk(dialogue, redis, speaker, bytes, used, (size_t)count);
    else
        return take_aggregate(dialogue, redis, speaker, line, used, count);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    const struct redis *redis = state;

    if (rest.size > 0 || redis->flows[speaker].depth > 0)
        dialogue_tell(dialogue, speaker, words_of(&redis->flows[speaker]), (struct reference)REDIS_PROTOCOL, false,
                      "%s", _("the end came in the middle of a value: what was said is cut off"));
}

/* --- recognising ---------------------------------------------------------------------------------- */

/* "*2\r\n$3\r\n": an array of bulk strings. */
static enum verdict array_begins(zoc_bytes said)
{
    size_t at = 1;

    while (at < said.size && at < 12 && isdigit((unsigned char)said.data[at]))
        at++;
    for (const char *expected = "\r\n$"; *expected; expected++, at++) {
        if (at >= said.size)
            return VERDICT_PERHAPS;
        if (said.data[at] != *expected || at == 1)
            return VERDICT_NO;
    }
    return VERDICT_YES;
}

/* A command that somebody types looks like that of other protocols: what the server answers decides. */
static enum verdict inline_begins(const struct opening *opening)
{
    zoc_bytes line, said = opening->said[SIDE_CLIENT], answer = opening->said[SIDE_SERVER];
    size_t used;

    if (!dialogue_line(said, &line, &used))
        return said.size < WORDS_MAX && isalpha((unsigned char)*said.data) ? VERDICT_PERHAPS : VERDICT_NO;
    zoc_bytes word = dialogue_word(&line);
    if (!find(REDIS_COMMANDS, word) || (line.size >= 8 && memcmp(line.data + line.size - 8, "HTTP/1.", 7) == 0))
        return VERDICT_NO;
    if (opening->port == REDIS_PORT)
        return VERDICT_YES;
    if (answer.size == 0)
        return VERDICT_PERHAPS;
    return is_type(*answer.data, "+-:$*%_") ? VERDICT_YES : VERDICT_NO;
}

/* The server speaks first only when it wants nobody; POP3 begins with "+OK". */
static enum verdict refusal_begins(zoc_bytes said)
{
    static const char *const refusals[] = { "-DENIED Redis", "-ERR max number of clients" };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        size_t whole = strlen(refusals[i]), size = said.size < whole ? said.size : whole;
        if (memcmp(said.data, refusals[i], size) == 0)
            return size == whole ? VERDICT_YES : VERDICT_PERHAPS;
    }
    return VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes said = opening->said[opening->first];

    if (said.size == 0)
        return VERDICT_PERHAPS;
    if (opening->first == SIDE_SERVER)
        return refusal_begins(said);
    return *said.data == '*' ? array_begins(said) : inline_begins(opening);
}

const struct protocol protocol_redis = {
    .name = "redis",
    .title = "Redis",
    .summary = N_("keeps values under keys, in the server's memory"),
    .reference = REDIS_PROTOCOL,
    .recognise = recognise,
    .state_size = sizeof(struct redis),
    .take = take,
    .end = end,
    .tables = redis_tables,
    .table_count = REDIS_TABLE_COUNT,
};
