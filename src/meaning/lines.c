#include "meaning/lines.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define ANSWER_KEY 32 /* bytes of the longest "COMMAND REPLY" in a table, and more */

/* --- commands that wait --------------------------------------------------------------------------- */

void asked_push(struct asked *asked, const char *command)
{
    if (asked->lost > 0 || asked->count == ASKED_MAX)
        asked->lost++;
    else
        asked->commands[(asked->first + asked->count++) % ASKED_MAX] = command;
}

const char *asked_front(const struct asked *asked)
{
    return asked->count > 0 ? asked->commands[asked->first] : NULL;
}

void asked_pop(struct asked *asked)
{
    if (asked->count > 0) {
        asked->first = (asked->first + 1) % ASKED_MAX;
        asked->count--;
    } else if (asked->lost > 0) {
        asked->lost--;
    }
}

const struct meaning *lines_answer(const struct meanings *answers, const struct meanings *replies, const char *command,
                                   zoc_bytes reply)
{
    char key[ANSWER_KEY];
    const struct meaning *row = NULL;

    if (command && strlen(command) + 1 + reply.size < sizeof key) {
        snprintf(key, sizeof key, "%s %.*s", command, (int)reply.size, reply.data);
        row = meanings_find(answers, zoc_bytes_of(key));
    }
    return row ? row : meanings_find(replies, reply);
}

/* --- lines ---------------------------------------------------------------------------------------- */

bool lines_coded(zoc_bytes line, struct coded_line *ret_coded)
{
    if (line.size < 3 || (line.size > 3 && line.data[3] != ' ' && line.data[3] != '-'))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!isdigit((unsigned char)line.data[i]))
            return false;
    size_t begin = line.size > 3 ? 4 : 3;
    *ret_coded = (struct coded_line){ .code = { line.data, 3 },
                                      .text = { line.data + begin, line.size - begin },
                                      .more = line.size > 3 && line.data[3] == '-' };
    return true;
}

bool lines_is(zoc_bytes word, const char *wanted)
{
    return word.size == strlen(wanted) && strncasecmp(word.data, wanted, word.size) == 0;
}

bool lines_has(zoc_bytes text, const char *wanted)
{
    size_t size = strlen(wanted);

    for (size_t at = 0; at + size <= text.size; at++)
        if (strncasecmp(text.data + at, wanted, size) == 0)
            return true;
    return false;
}

bool lines_may_begin(zoc_bytes said, const char *beginning)
{
    size_t size = strlen(beginning) < said.size ? strlen(beginning) : said.size;

    return size == 0 || strncasecmp(said.data, beginning, size) == 0;
}

bool lines_number(zoc_bytes digits, uint64_t max, uint64_t *ret_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits.size; i++) {
        unsigned digit = (unsigned char)digits.data[i] - '0';
        if (digit > 9 || number > (max - digit) / 10)
            return false;
        number = 10 * number + digit;
    }
    *ret_number = number;
    return digits.size > 0;
}

bool lines_next(zoc_bytes *opening, zoc_bytes *ret_line)
{
    size_t used;

    if (!dialogue_line(*opening, ret_line, &used))
        return false;
    *opening = (zoc_bytes){ opening->data + used, opening->size - used };
    return true;
}

zoc_bytes lines_up_to(zoc_bytes line, zoc_bytes word)
{
    return (zoc_bytes){ line.data, (size_t)(word.data + word.size - line.data) };
}

/* --- what is not shown ---------------------------------------------------------------------------- */

void lines_tell_secret(struct dialogue *dialogue, enum side speaker, struct reference reference)
{
    dialogue_tell(
        dialogue, speaker, (zoc_bytes){ 0 }, reference, false, "%s",
        _("a step of the login, which is never shown here; base64 is no encryption: without TLS, whoever sees "
          "the connection can read it"));
}

bool lines_login_goes_on(zoc_bytes arguments)
{
    zoc_bytes mechanism = dialogue_word(&arguments);
    bool one_step = lines_is(mechanism, "PLAIN") || lines_is(mechanism, "EXTERNAL");

    return arguments.size == 0 || !one_step;
}

void lines_tell_unfinished(struct dialogue *dialogue, enum side speaker, zoc_bytes rest)
{
    if (rest.size > 0)
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false,
                      PLURAL("the end comes in the middle of a line, of which there is %zu byte",
                             "the end comes in the middle of a line, of which there are %zu bytes", rest.size),
                      rest.size);
}
