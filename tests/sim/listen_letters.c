/* `zocalo listen udp://` below its options: many send datagrams to one program. Each that came is put out whole; what the
 * program answers goes to the one that was heard last, which here is the one that waits for it. */
#include "listen.h"

#include "local.h"
#include "talk/letters.h"
#include "worlds.h"

#include <errno.h>
#include <string.h>

#define SENDERS_MAX 4
#define LETTERS_MAX 8    /* of each */
#define LETTER_SIZE 3000 /* bytes, at most */
#define ANSWER_SIZE 700
#define LOOK        (100 * ZOC_MILLISECOND)
#define SILENCE     (20 * ZOC_SECOND)
#define ANSWERS     1000 /* number of the pattern that all answers are of */

/* What the first bytes of a letter say; the rest is a pattern. */
struct heading {
    uint32_t sender, number, size;
};

struct desk;

struct sender {
    struct desk *desk;
    unsigned number, letters;
    bool denied;
    zoc_stream *stream;
};

struct desk {
    bool quiet; /* nothing is lost, late or doubled */
    struct access access;
    zoc_datagrams *socket;
    struct local local;
    unsigned count;
    struct sender senders[SENDERS_MAX];
    bool taken;              /* it is somebody's turn */
    zoc_buffer text;         /* of a letter that has not come out whole */
    unsigned sent, come_out; /* letters */
    uint64_t answered;       /* bytes that the program has written */
    uint64_t arrived;        /* bytes of them that came to a sender */
    bool quits, quit;
    int result;
};

/* --- the program ---------------------------------------------------------------------------------- */

static int answer(struct desk *desk)
{
    char data[ANSWER_SIZE];
    size_t size = draw(1, sizeof data);

    fill_pattern(data, size, ANSWERS, desk->answered);
    desk->answered += size;
    ssize_t result = zoc_write(desk->local.writer, data, size);
    return result < 0 ? (int)result : 0;
}

/* Returns how many bytes of the text are a whole letter; 0: none yet. */
static size_t check_letter(struct desk *desk)
{
    struct heading heading;

    if (desk->text.size < sizeof heading)
        return 0;
    memcpy(&heading, desk->text.data, sizeof heading);
    sim_expect(heading.sender < desk->count && heading.size >= sizeof heading && heading.size <= LETTER_SIZE);
    sim_expect(!desk->senders[heading.sender].denied && heading.number < desk->senders[heading.sender].letters);
    if (desk->text.size < heading.size)
        return 0;
    expect_pattern(desk->text.data + sizeof heading, heading.size - sizeof heading, heading.number, heading.sender);
    desk->come_out++;
    return heading.size;
}

/* Some end their input first. */
static void quit(struct desk *desk)
{
    desk->quit = true;
    if (one_in(2))
        return;
    zoc_close(desk->local.writer);
    desk->local.writer = NULL;
    zoc_sleep(LOOK);
}

static int run_output(void *arg)
{
    struct desk *desk = arg;
    zoc_bytes chunk;
    size_t size;
    int result = 0;

    while (result == 0 && zoc_receive(desk->local.reader, &chunk) > 0) {
        sim_expect(zoc_buffer_append(&desk->text, chunk.data, chunk.size) == 0);
        while (result == 0 && (size = check_letter(desk)) > 0) {
            zoc_buffer_consume(&desk->text, size);
            result = answer(desk);
        }
        if (desk->quits && one_in(8)) {
            quit(desk);
            break;
        }
    }
    zoc_close(desk->local.reader);
    desk->local.reader = NULL;
    return 0;
}

/* --- who sends ------------------------------------------------------------------------------------ */

/* An answer is some of what the program wrote, in one piece. */
static void check_answer(struct desk *desk, zoc_bytes answer)
{
    for (uint64_t at = 0; at + answer.size <= desk->answered; at++) {
        size_t same = 0;
        while (same < answer.size && (unsigned char)answer.data[same] == pattern(ANSWERS, at + same))
            same++;
        if (same == answer.size)
            return;
    }
    sim_fail("an answer that nobody wrote");
}

/* Returns 0 when all that was answered has come, or what ended the wait for it. */
static int await_answer(struct sender *sender, uint64_t before)
{
    struct desk *desk = sender->desk;
    zoc_bytes chunk;
    ssize_t result = 0;

    while (result >= 0 && (desk->answered == before || desk->arrived < desk->answered)) {
        ZOC_WITHIN(SILENCE)
            result = zoc_receive(sender->stream, &chunk);
        if (result >= 0) {
            sim_expect(chunk.size > 0 && !sender->denied);
            check_answer(desk, chunk);
            desk->arrived += chunk.size;
        }
    }
    return result < 0 ? (int)result : 0;
}

static ssize_t send_letter(struct sender *sender)
{
    char paper[LETTER_SIZE];
    struct heading heading = { sender->number, sender->letters++, (uint32_t)draw(sizeof heading, sizeof paper) };

    memcpy(paper, &heading, sizeof heading);
    fill_pattern(paper + sizeof heading, heading.size - sizeof heading, heading.number, heading.sender);
    ssize_t result = zoc_write(sender->stream, paper, heading.size);
    sender->desk->sent += result >= 0 && !sender->denied;
    return result;
}

static void take_turn(struct sender *sender)
{
    struct desk *desk = sender->desk;
    uint64_t before = desk->answered;
    ssize_t result = send_letter(sender);

    if (result >= 0)
        result = await_answer(sender, before);
    if (result < 0)
        expect_network_error((int)result);
    if (desk->quiet && !desk->quit)
        sim_expect(sender->denied ? result == -ETIMEDOUT : result == 0);
}

static int send_letters(void *arg)
{
    struct sender *sender = arg;
    struct desk *desk = sender->desk;
    char endpoint[SITE_TEXT];
    unsigned letters = (unsigned)draw(1, LETTERS_MAX);

    snprintf(endpoint, sizeof endpoint, "udp://10.0.0.%u:%u,bind=10.0.0.%u", LISTEN_HOST, LISTEN_PORT,
             3 + sender->number);
    int result = zoc_dial(endpoint, NULL, &sender->stream);
    while (result == 0 && sender->letters < letters) {
        result = zoc_sleep(draw_pause(ZOC_SECOND));
        if (desk->taken)
            continue;
        desk->taken = true;
        take_turn(sender);
        desk->taken = false;
    }
    if (result < 0)
        expect_network_error(result);
    zoc_close(sender->stream);
    return 0;
}

/* --- the desk ------------------------------------------------------------------------------------- */

static int run_program(void *arg)
{
    struct desk *desk = arg;

    desk->result = letters_run(desk->local.stream, desk->socket, &desk->access, NULL);
    zoc_datagrams_close(desk->socket);
    desk->socket = NULL;
    local_end(&desk->local);
    return 0;
}

static void check(const struct desk *desk)
{
    sim_expect(desk->result == -ECANCELED || (desk->result == -EPIPE && desk->quit));
    if (desk->quiet && !desk->quit)
        sim_expect(desk->come_out == desk->sent && desk->arrived == desk->answered && desk->text.size == 0);
}

static void run_desk(struct desk *desk)
{
    ZOC_GROUP(user);
    ZOC_GROUP(program);
    ZOC_GROUP(senders);

    zoc_go(&user, run_output, desk);
    zoc_go(&program, run_program, desk);
    for (unsigned i = 0; i < desk->count; i++) {
        desk->senders[i] = (struct sender){ .desk = desk, .number = i, .denied = desk->access.deny.count && i == 3 };
        zoc_go(&senders, send_letters, &desk->senders[i]);
    }
    zoc_group_wait(&senders);
    zoc_group_cancel(&program);
    zoc_group_wait(&program);
    zoc_group_wait(&user);
    check(desk);
}

static int open_desk(struct desk *desk)
{
    char text[SITE_TEXT];
    zoc_endpoint *endpoint;
    int result = local_open(&desk->local);

    if (result < 0)
        return result;
    sim_expect(zoc_endpoint_parse(site_listens(text, "udp", LISTEN_HOST, LISTEN_PORT), &endpoint) == 0);
    result = zoc_datagrams_open(endpoint, &desk->socket);
    zoc_endpoint_free(endpoint);
    return result;
}

void listen_to_letters(void)
{
    static struct desk desk;

    desk = (struct desk){ .quiet = one_in(2), .count = (unsigned)draw(1, SENDERS_MAX), .quits = one_in(4) };
    if (desk.quiet)
        faults_limit(HARM_NONE);
    if (one_in(2))
        sim_expect(access_add(&desk.access.deny, LISTEN_DENIED) == 0);
    int result = open_desk(&desk);
    if (result == 0)
        run_desk(&desk);
    else
        expect_network_error(result);
    zoc_datagrams_close(desk.socket);
    zoc_buffer_release(&desk.text);
    access_release(&desk.access);
    local_close(&desk.local);
}
