#include "terminal/tail.h"

#include <wctype.h>

#define ESCAPE '\033'
#define BELL   '\a'

/* What a sequence of characters does, and how long it is. */
enum effect {
    INCOMPLETE,
    MOVES, /* the cursor, or who knows */
    STAYS, /* colours, titles, modes: the cursor stays where it is */
    SHOWS  /* one character */
};

struct item {
    enum effect effect;
    size_t size;
    wchar_t character;
};

/* ESC [ parameters intermediates final (ECMA-48 section 5.4): m colours, K erases to the end, ?..h and ?..l set modes. */
static struct item judge_control(const char *data, size_t size)
{
    for (size_t i = 2; i < size; i++) {
        if (data[i] >= 0x20 && data[i] < 0x40)
            continue;
        bool sets_mode = data[2] == '?' && (data[i] == 'h' || data[i] == 'l');
        bool stays = data[i] == 'm' || data[i] == 'K' || sets_mode;
        return (struct item){ .effect = stays ? STAYS : MOVES, .size = i + 1 };
    }
    return (struct item){ .effect = INCOMPLETE };
}

/* ESC ] ... BEL, or ESC ] ... ESC \ : titles. */
static struct item judge_string(const char *data, size_t size)
{
    for (size_t i = 2; i < size; i++)
        if (data[i] == BELL || (data[i] == '\\' && data[i - 1] == ESCAPE))
            return (struct item){ .effect = STAYS, .size = i + 1 };
    return (struct item){ .effect = INCOMPLETE };
}

static struct item judge_escape(const char *data, size_t size)
{
    if (size < 2)
        return (struct item){ .effect = INCOMPLETE };
    if (data[1] == '[')
        return judge_control(data, size);
    if (data[1] == ']')
        return judge_string(data, size);
    if (data[1] == '(' || data[1] == ')') /* character sets */
        return (struct item){ .effect = size < 3 ? INCOMPLETE : STAYS, .size = 3 };
    return (struct item){ .effect = data[1] == '=' || data[1] == '>' ? STAYS : MOVES, .size = 2 };
}

static struct item judge_character(const char *data, size_t size)
{
    wchar_t character;
    mbstate_t state = { 0 };
    size_t used = mbrtowc(&character, data, size, &state);

    if (used == (size_t)-2)
        return (struct item){ .effect = INCOMPLETE };
    if (used == (size_t)-1)
        return (struct item){ .effect = MOVES, .size = 1 };
    bool shows = iswprint((wint_t)character) && wcwidth(character) > 0;
    return (struct item){ .effect = shows ? SHOWS : MOVES, .size = used, .character = character };
}

static struct item judge(const struct tail *tail, const char *data, size_t size)
{
    struct item item;

    if (*data == ESCAPE)
        item = judge_escape(data, size);
    else if (*data == '\r') /* before a newline it is nothing */
        item = (struct item){ .effect = size < 2 ? INCOMPLETE : tail->size > 0 ? MOVES : STAYS, .size = 1 };
    else if (*data == BELL || *data == '\0')
        item = (struct item){ .effect = STAYS, .size = 1 };
    else
        item = judge_character(data, size);
    if ((item.effect == INCOMPLETE ? size : item.size) > TAIL_HELD)
        item = (struct item){ .effect = MOVES, .size = 1 };
    return item;
}

static void forget(struct tail *tail, bool lost)
{
    tail->length = tail->size = 0;
    tail->text[0] = L'\0';
    tail->lost = lost;
}

static void keep(struct tail *tail, struct item item, const char *data)
{
    if (tail->lost || *data == BELL) /* it need not ring each time that the line is drawn */
        return;
    if (item.effect == MOVES || tail->size + item.size > sizeof tail->raw || tail->length == TAIL_MAX) {
        forget(tail, true);
        return;
    }
    memcpy(tail->raw + tail->size, data, item.size);
    tail->size += item.size;
    if (item.effect == SHOWS)
        tail->text[tail->length++] = item.character;
    tail->text[tail->length] = L'\0';
}

void tail_clear(struct tail *tail)
{
    forget(tail, false);
}

void tail_lose(struct tail *tail)
{
    forget(tail, true);
}

size_t tail_follow(struct tail *tail, zoc_bytes bytes)
{
    const char *newline = bytes.size > 0 ? memrchr(bytes.data, '\n', bytes.size) : NULL;
    size_t done = newline ? (size_t)(newline + 1 - bytes.data) : 0;

    if (newline)
        tail_clear(tail);
    while (done < bytes.size) {
        struct item item = judge(tail, bytes.data + done, bytes.size - done);
        if (item.effect == INCOMPLETE)
            break;
        keep(tail, item, bytes.data + done);
        done += item.size;
    }
    return done;
}
