/* beanstalkd: lines of commands and replies, and the bodies of jobs behind some of them. */
#include "base/text.h"
#include "meaning/dialogue.h"

#include <ctype.h>
#include <stdlib.h>

#define BEANSTALK_PORT 11300
#define SIZE_DIGITS    10  /* of a body's size, at most */
#define LINE_MAX       224 /* bytes of a command (protocol.txt), with its CR LF */

#define PROTOCOL       DOCUMENT("beanstalkd protocol.txt")

/* clang-format off */

static const struct meaning commands[] = {
    { "put", N_("a job for the tube that the client uses: priority (0 is the most urgent), seconds to wait, seconds that a worker may take (TTR), bytes"), PROTOCOL, false },
    { "use", N_("the tube that the client's jobs go to from here on; a tube is a queue with a name, and is made when somebody names it"), PROTOCOL, false },
    { "reserve", N_("the client wants a job to work on, and waits until there is one"), PROTOCOL, false },
    { "reserve-with-timeout", N_("the client wants a job to work on, and waits for so many seconds at most"), PROTOCOL, false },
    { "reserve-job", N_("the client wants to work on this very job"), PROTOCOL, false },
    { "delete", N_("the job is done, or not wanted any more: it is removed"), PROTOCOL, false },
    { "release", N_("the client gives a job back, with a new priority and seconds to wait: somebody else may have it"), PROTOCOL, false },
    { "bury", N_("the client puts a job aside: nobody gets it until somebody kicks it"), PROTOCOL, false },
    { "touch", N_("the client needs more time for a job: its time to run (TTR) starts again"), PROTOCOL, false },
    { "watch", N_("the client takes jobs from this tube as well"), PROTOCOL, false },
    { "ignore", N_("the client takes no more jobs from this tube"), PROTOCOL, false },
    { "peek", N_("shows a job without reserving it"), PROTOCOL, false },
    { "peek-ready", N_("shows the job that is next in the tube"), PROTOCOL, false },
    { "peek-delayed", N_("shows the delayed job whose turn comes first"), PROTOCOL, false },
    { "peek-buried", N_("shows the next job that was put aside"), PROTOCOL, false },
    { "kick", N_("so many buried jobs become ready again; where there are none, delayed ones"), PROTOCOL, false },
    { "kick-job", N_("this job becomes ready, if it is buried or delayed"), PROTOCOL, false },
    { "stats", N_("asks for the server's figures, as YAML"), PROTOCOL, false },
    { "stats-job", N_("asks for what is known of a job, as YAML"), PROTOCOL, false },
    { "stats-tube", N_("asks for what is known of a tube, as YAML"), PROTOCOL, false },
    { "list-tubes", N_("asks for all tubes"), PROTOCOL, false },
    { "list-tube-used", N_("asks which tube the client's jobs go to"), PROTOCOL, false },
    { "list-tubes-watched", N_("asks from which tubes the client takes jobs"), PROTOCOL, false },
    { "pause-tube", N_("for so many seconds nobody gets a job of this tube"), PROTOCOL, false },
    { "quit", N_("the client closes the connection; jobs that it has reserved become ready again"), PROTOCOL, false },
};

static const struct meaning replies[] = {
    { "INSERTED", N_("the job is in the tube, under this number"), PROTOCOL, false },
    { "BURIED", N_("the job was put aside; where put or release get this answer, there was no memory for its queue"), PROTOCOL, false },
    { "EXPECTED_CRLF", N_("behind the body there was no CR LF: its size was wrong"), PROTOCOL, false },
    { "JOB_TOO_BIG", N_("the body is bigger than the server takes (65535 bytes unless it was told otherwise)"), PROTOCOL, false },
    { "DRAINING", N_("the server takes no new jobs any more (drain mode)"), PROTOCOL, false },
    { "USING", N_("the tube that the client's jobs go to"), PROTOCOL, false },
    { "RESERVED", N_("a job for the client, its number and the bytes of its body: nobody else gets it until its time to run (TTR) is over"), PROTOCOL, false },
    { "DEADLINE_SOON", N_("of a job that the client has reserved, the time to run (TTR) is in its last second: delete, release or touch it"), PROTOCOL, false },
    { "TIMED_OUT", N_("no job came in the time that the client wanted to wait"), PROTOCOL, false },
    { "DELETED", N_("the job is gone"), PROTOCOL, false },
    { "RELEASED", N_("the job is back in its tube"), PROTOCOL, false },
    { "TOUCHED", N_("the job's time to run starts again"), PROTOCOL, false },
    { "WATCHING", N_("from how many tubes the client takes jobs now"), PROTOCOL, false },
    { "NOT_IGNORED", N_("the client would have no tube left to take jobs from"), PROTOCOL, false },
    { "NOT_FOUND", N_("there is no such job or tube, or the job is not this client's"), PROTOCOL, false },
    { "FOUND", N_("a job, its number and the bytes of its body"), PROTOCOL, false },
    { "KICKED", N_("jobs are ready again"), PROTOCOL, false },
    { "OK", N_("what was asked for follows, as YAML: so many bytes"), PROTOCOL, false },
    { "PAUSED", N_("nobody gets a job of that tube for a while"), PROTOCOL, false },
    { "OUT_OF_MEMORY", N_("the server has no memory for the job; the client may try again later"), PROTOCOL, false },
    { "INTERNAL_ERROR", N_("a mistake in the server"), PROTOCOL, false },
    { "BAD_FORMAT", N_("the line was not as it should be: no CR LF, a number that is none, too few or too many words"), PROTOCOL, false },
    { "UNKNOWN_COMMAND", N_("the server does not know that command"), PROTOCOL, false },
};

/* clang-format on */

enum beanstalk_table { COMMANDS, REPLIES, TABLE_COUNT };

static const struct meanings tables[TABLE_COUNT] = {
    [COMMANDS] = MEANINGS(N_("command of beanstalkd"), commands),
    [REPLIES] = MEANINGS(N_("reply of beanstalkd"), replies),
};

/* What says that it is this protocol and no other: how many words follow, and whether others have the same. */
static const struct {
    const char *command;
    unsigned words;
    bool shared;
} shapes[] = {
    { "put", 4, false },         { "use", 1, true },
    { "reserve", 0, false },     { "reserve-with-timeout", 1, false },
    { "reserve-job", 1, false }, { "delete", 1, true },
    { "release", 3, false },     { "bury", 2, false },
    { "touch", 1, true },        { "watch", 1, true },
    { "ignore", 1, true },       { "peek", 1, true },
    { "peek-ready", 0, false },  { "peek-delayed", 0, false },
    { "peek-buried", 0, false }, { "kick", 1, true },
    { "kick-job", 1, false },    { "stats", 0, true },
    { "stats-job", 1, false },   { "stats-tube", 1, false },
    { "list-tubes", 0, false },  { "list-tube-used", 0, false },
    { "pause-tube", 2, false },  { "list-tubes-watched", 0, false },
};

/* --- lines ---------------------------------------------------------------------------------------- */

static bool is(zoc_bytes word, const char *wanted)
{
    return word.size == strlen(wanted) && memcmp(word.data, wanted, word.size) == 0;
}

/* Words of this protocol have their case. */
static const struct meaning *find(enum beanstalk_table table, zoc_bytes word)
{
    const struct meaning *row = meanings_find(&tables[table], word);

    return row && is(word, row->word) ? row : NULL;
}

static unsigned count_words(zoc_bytes line)
{
    unsigned count = 0;

    while (line.size > 0) {
        dialogue_word(&line);
        count++;
    }
    return count;
}

/* Which of the words behind the first is the size of a body; 0: none has one. */
static unsigned size_place(enum side speaker, zoc_bytes word)
{
    if (speaker == SIDE_CLIENT)
        return is(word, "put") ? 4 : 0;
    if (is(word, "RESERVED") || is(word, "FOUND"))
        return 2;
    return is(word, "OK") ? 1 : 0;
}

static bool read_size(zoc_bytes word, size_t *ret_size)
{
    char digits[SIZE_DIGITS + 1];

    if (word.size == 0 || word.size > SIZE_DIGITS)
        return false;
    for (size_t i = 0; i < word.size; i++)
        if (!isdigit((unsigned char)word.data[i]))
            return false;
    memcpy(digits, word.data, word.size);
    digits[word.size] = '\0';
    *ret_size = strtoul(digits, NULL, 10);
    return true;
}

/* The body is passed over, with its CR LF. */
static void pass_over_body(struct dialogue *dialogue, enum side speaker, zoc_bytes rest, unsigned place)
{
    zoc_bytes word = { 0 };
    size_t size;

    while (place-- > 0)
        word = dialogue_word(&rest);
    if (!read_size(word, &size) || rest.size > 0)
        return;
    dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)PROTOCOL, true,
                  PLURAL("the body follows: %zu byte, and CR LF", "the body follows: %zu bytes, and CR LF", size),
                  size);
    dialogue_skip(dialogue, speaker, (uint64_t)size + 2);
}

static void hear(struct dialogue *dialogue, enum side speaker, zoc_bytes line)
{
    zoc_bytes rest = line, word = dialogue_word(&rest);
    unsigned place = size_place(speaker, word);

    dialogue_remark(dialogue, speaker, line, find(speaker == SIDE_CLIENT ? COMMANDS : REPLIES, word));
    if (place > 0)
        pass_over_body(dialogue, speaker, rest, place);
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    zoc_bytes line;
    size_t used;

    (void)state;
    if (!dialogue_line(bytes, &line, &used))
        return 0;
    hear(dialogue, speaker, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    (void)state;
    if (rest.size > 0)
        dialogue_remark(dialogue, speaker, rest, NULL);
}

/* Whether the server's first word is of this protocol. */
static enum verdict answer_begins(zoc_bytes answer)
{
    zoc_bytes line;
    size_t used;

    if (!dialogue_line(answer, &line, &used))
        return answer.size < LINE_MAX ? VERDICT_PERHAPS : VERDICT_NO;
    return find(REPLIES, dialogue_word(&line)) ? VERDICT_YES : VERDICT_NO;
}

static enum verdict command_begins(const struct opening *opening, zoc_bytes line)
{
    zoc_bytes word = dialogue_word(&line);

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (is(word, shapes[i].command) && count_words(line) == shapes[i].words)
            return !shapes[i].shared || opening->port == BEANSTALK_PORT ? VERDICT_YES
                                                                        : answer_begins(opening->said[SIDE_SERVER]);
    return VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes line, said = opening->said[SIDE_CLIENT];
    size_t used;

    if (opening->first == SIDE_SERVER)
        return VERDICT_NO;
    if (dialogue_line(said, &line, &used))
        return command_begins(opening, line);
    return said.size < LINE_MAX && islower((unsigned char)*said.data) ? VERDICT_PERHAPS : VERDICT_NO;
}

const struct protocol protocol_beanstalk = {
    .name = "beanstalk",
    .title = "beanstalkd",
    .summary = N_("hands out jobs: some put them into queues, others reserve, do and delete them"),
    .reference = PROTOCOL,
    .recognise = recognise,
    .take = take,
    .end = end,
    .tables = tables,
    .table_count = TABLE_COUNT,
};
