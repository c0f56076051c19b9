#include "transcript/script.h"

#include "base/base64.h"
#include "base/lazy.h"
#include "base/text.h"
#include "transcript/form.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define READ_AT_ONCE   (64 * 1024)
#define WORDS_MAX      256 /* bytes of a part of the file that a message shows */
#define CONNECTION_MAX UINT32_MAX

#define JANSSON_FUNCTIONS(F) \
    F(json_loadb)            \
    F(json_delete) F(json_object_get) F(json_string_value) F(json_string_length) F(json_integer_value)

static struct {
    JANSSON_FUNCTIONS(LAZY_POINTER)
} jansson;

static const char *const jansson_names[] = { JANSSON_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy jansson_library = { .file = "libjansson.so.4", .names = jansson_names, .pointers = &jansson };

/* --- fields --------------------------------------------------------------------------------------- */

static int refuse_field(const char *key, const char *expects)
{
    return zoc_refuse(-EINVAL, _("'%s' is not %s"), key, expects);
}

/* Returns 0, or -EINVAL with words. A text has no NUL in it, since jansson refuses such. */
static int get_text(const json_t *object, const char *key, const char **ret_text)
{
    const json_t *value = jansson.json_object_get(object, key);

    if (!json_is_string(value))
        return refuse_field(key, _("a string"));
    *ret_text = jansson.json_string_value(value);
    return 0;
}

static int get_number(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *ret_number)
{
    const json_t *value = jansson.json_object_get(object, key);

    if (!json_is_integer(value))
        return refuse_field(key, _("an integer"));
    int64_t number = jansson.json_integer_value(value);
    if (number < min || number > max)
        return zoc_refuse(-EINVAL, _("'%s' is out of range"), key);
    *ret_number = number;
    return 0;
}

static int get_side(const json_t *object, enum side *ret_side)
{
    const char *text = "";
    int result = get_text(object, "from", &text);

    if (result < 0)
        return result;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (strcmp(text, side_name(side)) == 0) {
            *ret_side = side;
            return 0;
        }
    return refuse_field("from", _("'client' or 'server'"));
}

/* --- data ----------------------------------------------------------------------------------------- */

static int append_base64(zoc_buffer *said, zoc_bytes text)
{
    char *space;
    int result = zoc_buffer_reserve(said, BASE64_DATA(text.size) + 1, &space);

    if (result < 0)
        return result;
    ssize_t size = base64_decode(text, space);
    if (size < 0)
        return refuse_field("base64", _("base64"));
    zoc_buffer_commit(said, (size_t)size);
    return 0;
}

static int append_data(const json_t *object, zoc_buffer *said)
{
    const json_t *text = jansson.json_object_get(object, "text"), *base64 = jansson.json_object_get(object, "base64");
    const json_t *given = text ? text : base64;

    if (!json_is_string(given) || (text && base64))
        return zoc_refuse(-EINVAL, _("data has one string, 'text' or 'base64'"));
    zoc_bytes bytes = { jansson.json_string_value(given), jansson.json_string_length(given) };
    return text ? zoc_buffer_append(said, bytes.data, bytes.size) : append_base64(said, bytes);
}

/* A connection is of one kind. */
static int check_kind(struct script *script, const struct script_event *event, const json_t *object)
{
    const json_t *datagram = jansson.json_object_get(object, "datagram");
    bool first = script->pieces[SIDE_CLIENT] + script->pieces[SIDE_SERVER] == 0;

    if (datagram && !json_is_boolean(datagram))
        return refuse_field("datagram", _("true or false"));
    if (first)
        script->datagrams = json_is_true(datagram);
    if (script->datagrams != json_is_true(datagram))
        return zoc_refuse(-EINVAL, _("datagrams and other data in one connection"));
    return event->size > TRANSCRIPT_PIECE_MAX
               ? zoc_refuse(-EINVAL, _("more than %d bytes at once"), TRANSCRIPT_PIECE_MAX)
               : 0;
}

static int read_data(struct script *script, struct script_event *event, const json_t *object)
{
    zoc_buffer *said = &script->said[event->from];

    event->offset = said->size;
    event->piece = script->pieces[event->from];
    int result = append_data(object, said);
    event->size = said->size - event->offset;
    if (result == 0)
        result = check_kind(script, event, object);
    if (result == 0)
        script->pieces[event->from]++;
    return result;
}

/* --- events --------------------------------------------------------------------------------------- */

static int add_event(struct script *script, const struct script_event *event)
{
    if (script->count == script->capacity) {
        size_t capacity = script->capacity ? 2 * script->capacity : 64;
        struct script_event *events = reallocarray(script->events, capacity, sizeof *events);
        if (!events)
            return -ENOMEM;
        script->events = events;
        script->capacity = capacity;
    }
    script->events[script->count++] = *event;
    return 0;
}

static int play_data(struct script *script, struct script_event *event, const json_t *object)
{
    int result = read_data(script, event, object);

    return result == 0 ? add_event(script, event) : result;
}

static int play_end(struct script *script, struct script_event *event, const json_t *object)
{
    (void)object;
    script->over[event->from] = true;
    script->broken = event->kind == SCRIPT_RESET;
    return add_event(script, event);
}

static int play_closed(struct script *script, struct script_event *event, const json_t *object)
{
    (void)object;
    script->closed = true;
    return add_event(script, event);
}

/* That there is a connection says only which is the first. */
static int play_nothing(struct script *script, struct script_event *event, const json_t *object)
{
    (void)script, (void)event, (void)object;
    return 0;
}

static const struct known {
    const char *name;
    enum script_kind kind;
    bool sided; /* it has 'from' */
    int (*play)(struct script *script, struct script_event *event, const json_t *object);
} known[] = {
    { "accepted", SCRIPT_DATA, false, play_nothing }, { "connected", SCRIPT_DATA, false, play_nothing },
    { "data", SCRIPT_DATA, true, play_data },         { "end", SCRIPT_END, true, play_end },
    { "reset", SCRIPT_RESET, true, play_end },        { "closed", SCRIPT_CLOSED, false, play_closed },
};

static const struct known *find_known(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    return NULL;
}

static int check_order(const struct script *script, const struct known *event, enum side from)
{
    if (script->closed)
        return zoc_refuse(-EINVAL, _("connection %u goes on after it was closed"), script->connection);
    if (event->sided && event->kind != SCRIPT_RESET && script->over[from])
        return zoc_refuse(-EINVAL, "%s",
                          from == SIDE_CLIENT ? _("the client goes on after its end")
                                              : _("the server goes on after its end"));
    return 0;
}

static int read_known(struct script *script, const struct known *kind, const json_t *object)
{
    struct script_event event = { .kind = kind->kind, .line = script->line };
    int64_t number = 0;
    int result = get_number(object, "connection", 1, CONNECTION_MAX, &number);

    if (result == 0)
        result = get_number(object, "time_ns", 0, INT64_MAX, &event.time);
    if (result == 0 && kind->sided)
        result = get_side(object, &event.from);
    if (result < 0)
        return result;
    if (number > script->connections)
        script->connections = (unsigned)number;
    if (script->connection == 0)
        script->connection = (unsigned)number;
    if (number != script->connection)
        return 0;
    if (!script->met)
        script->since = event.time;
    script->met = true;
    result = check_order(script, kind, event.from);
    if (result < 0 || (script->broken && kind->sided))
        return result;
    return kind->play(script, &event, object);
}

static int read_header(const char *event, const json_t *object)
{
    int64_t version = 0;

    if (strcmp(event, "transcript") != 0)
        return zoc_refuse(-EINVAL, _("it does not begin as a transcript does"));
    int result = get_number(object, "version", 1, INT64_MAX, &version);
    if (result == 0 && version != TRANSCRIPT_VERSION)
        return zoc_refuse(-EINVAL, _("version %" PRId64 " is not known (known: %d)"), version, TRANSCRIPT_VERSION);
    return result;
}

static int read_object(struct script *script, const json_t *object)
{
    const char *name = "";
    int result =
        json_is_object(object) ? get_text(object, "event", &name) : zoc_refuse(-EINVAL, _("it is no JSON object"));

    if (result < 0)
        return result;
    if (script->line == 1)
        return read_header(name, object);
    if (strcmp(name, "transcript") == 0)
        return zoc_refuse(-EINVAL, _("another transcript begins"));
    const struct known *event = find_known(name);
    return event ? read_known(script, event, object) : 0;
}

/* --- lines ---------------------------------------------------------------------------------------- */

static int parse_line(struct script *script, zoc_bytes line)
{
    json_error_t error;
    char words[WORDS_MAX];

    if (line.size > TRANSCRIPT_LINE_MAX)
        return zoc_refuse(-EINVAL, _("longer than %d bytes"), TRANSCRIPT_LINE_MAX);
    json_t *object = jansson.json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &error);
    if (!object)
        return zoc_refuse(-EINVAL, _("malformed JSON: %s"), zoc_escape(zoc_bytes_of(error.text), words, sizeof words));
    int result = read_object(script, object);
    jansson.json_delete(object); /* there is one reference */
    return result;
}

static int wrap_line(int error, const struct script *script)
{
    return error == -EINVAL ? zoc_wrap(error, _("line %" PRIu64), script->line) : error;
}

int script_read_line(struct script *script, zoc_bytes line)
{
    uint64_t bytes_max = script->bytes_max ? script->bytes_max : SCRIPT_BYTES_MAX;
    int result = lazy_load(&jansson_library);

    if (result < 0)
        return result;
    script->line++;
    script->bytes += line.size;
    if (script->bytes > bytes_max)
        return zoc_refuse(-EFBIG, _("more than %" PRIu64 " bytes"), bytes_max);
    return wrap_line(parse_line(script, line), script);
}

int script_finish(const struct script *script)
{
    if (script->line == 0)
        return zoc_refuse(-EINVAL, _("it is empty"));
    if (script->connections == 0)
        return zoc_refuse(-EINVAL, _("no connection is in it"));
    if (!script->met)
        return zoc_refuse(-EINVAL, _("connection %u is not in it (the last is %u)"), script->connection,
                          script->connections);
    return 0;
}

void script_release(struct script *script)
{
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        zoc_buffer_release(&script->said[side]);
    free(script->events);
    script->events = NULL;
    script->count = script->capacity = 0;
}

/* --- files ---------------------------------------------------------------------------------------- */

/* Lines are cut off as soon as they are too long, since no more than one is held. */
static int read_lines(struct script *script, zoc_buffer *pending)
{
    const char *newline;

    while (pending->size > 0 && (newline = memchr(pending->data, '\n', pending->size))) {
        size_t size = (size_t)(newline - pending->data) + 1;
        int result = script_read_line(script, (zoc_bytes){ pending->data, size });
        if (result < 0)
            return result;
        zoc_buffer_consume(pending, size);
    }
    return pending->size > TRANSCRIPT_LINE_MAX ? script_read_line(script, (zoc_bytes){ pending->data, pending->size })
                                               : 0;
}

static int read_file(struct script *script, int fd, zoc_buffer *pending)
{
    for (;;) {
        char *space;
        int result = zoc_buffer_reserve(pending, READ_AT_ONCE, &space);
        if (result < 0)
            return result;
        ssize_t size = zoc_world->read(fd, space, READ_AT_ONCE);
        if (size < 0)
            return zoc_refuse((int)size, "%s", zoc_error_text((int)size));
        if (size == 0)
            break;
        zoc_buffer_commit(pending, (size_t)size);
        result = read_lines(script, pending);
        if (result < 0)
            return result;
    }
    int result = pending->size > 0 ? script_read_line(script, (zoc_bytes){ pending->data, pending->size }) : 0;
    return result == 0 ? script_finish(script) : result;
}

int script_load(struct script *script, const char *path)
{
    zoc_buffer pending = { 0 };
    char name[WORDS_MAX];
    int fd = zoc_world->open(path, O_RDONLY | O_NOCTTY, 0);
    int result = fd < 0 ? zoc_refuse(fd, "%s", zoc_error_text(fd)) : read_file(script, fd, &pending);

    if (fd >= 0)
        zoc_world->close(fd);
    zoc_buffer_release(&pending);
    return result < 0 ? zoc_wrap(result, "%s", zoc_escape(zoc_bytes_of(path), name, sizeof name)) : 0;
}
