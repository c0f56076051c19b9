/* A peer that does not read: what waits to be written, and what does not wait for it. */
#include "telnet/testing.h"

/* --- between text --------------------------------------------------------------------------------- */

static int write_much(void *arg)
{
    struct line *line = arg;
    static char text[1 << 20];

    memset(text, 'x', sizeof text);
    assert_int_equal(zoc_write(line->telnet, text, sizeof text), sizeof text);
    assert_int_equal(zoc_shut(line->telnet), 0);
    return 0;
}

struct traffic {
    size_t text, commands; /* bytes */
    size_t text_after;     /* the last command */
};

/* Everything up to the end, where text is made of x. */
static struct traffic read_to_the_end(zoc_stream *wire)
{
    struct traffic traffic = { 0 };
    zoc_bytes chunk;

    while (zoc_receive(wire, &chunk) > 0)
        for (size_t i = 0; i < chunk.size; i++) {
            bool is_text = chunk.data[i] == 'x';
            traffic.text += is_text;
            traffic.commands += !is_text;
            traffic.text_after = is_text ? traffic.text_after + 1 : 0;
        }
    return traffic;
}

static void a_writer_that_waits_holds_up_no_reader(void)
{
    struct line line;
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_go(&group, write_much, &line), 0);
    testing_settle_io();
    OBEY(&line, "\xff\xfb\x01"); /* while the peer reads nothing */
    OBEY(&line, "\xff\xfd\x22");
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), 0);
    struct traffic traffic = read_to_the_end(line.wire);
    assert_int_equal(traffic.commands, 3 + 3 + 2);
    assert_int_equal(traffic.text, 1 << 20);
    assert_true(traffic.text_after > 0); /* they went in between */
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close(&line);
}

static void a_command_that_came_too_late_goes_after_the_text(void)
{
    struct line line;
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ .waits = true }); /* plain text is written as it is, at once */
    assert_int_equal(zoc_go(&group, write_much, &line), 0);
    testing_settle_io();
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), 0);
    struct traffic traffic = read_to_the_end(line.wire);
    assert_int_equal(traffic.commands, 2);
    assert_int_equal(traffic.text, 1 << 20);
    assert_int_equal(traffic.text_after, 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close(&line);
}

/* --- the queue ------------------------------------------------------------------------------------ */

static void commands_have_a_bound(void)
{
    struct line line;
    size_t size = 0;
    int result = 0;
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_go(&group, write_much, &line), 0);
    testing_settle_io(); /* the writer is stuck */
    for (; result == 0; size += 2)
        result = telnet_send_command(line.telnet, TELNET_NOP);
    assert_int_equal(result, -ENOBUFS);
    assert_int_equal(size, TELNET_OUTBOX_MAX + 2);
    assert_int_equal(read_to_the_end(line.wire).commands, TELNET_OUTBOX_MAX);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close(&line);
}

static int write_in_vain(void *arg)
{
    static char text[1 << 20];

    assert_int_equal(zoc_write(((struct line *)arg)->telnet, text, sizeof text), -ECANCELED);
    return 0;
}

static void a_close_waits_for_nothing(void)
{
    struct line line;
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_go(&group, write_in_vain, &line), 0);
    testing_settle_io();
    zoc_group_end(&group); /* half of it is written */
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), 0);
    testing_close(&line);
}

/* Returns how many bytes of commands were sent before there was no room. */
static size_t send_until_full(zoc_stream *telnet)
{
    size_t size = 0;

    for (; telnet_send_command(telnet, TELNET_NOP) == 0; size += 2)
        zoc_yield();
    return size;
}

static void commands_outlive_the_deadline_of_who_sends_them(void)
{
    struct line line;
    size_t sent = 0;

    testing_open(&line, (struct telnet_options){ 0 });
    ZOC_WITHIN(200 * ZOC_MILLISECOND) {
        sent = send_until_full(line.telnet);
        assert_int_equal(zoc_sleep(ZOC_MINUTE), -ETIMEDOUT);
    }
    assert_int_equal(zoc_shut(line.telnet), 0); /* after all of them */
    assert_int_equal(read_to_the_end(line.wire).commands, sent);
    testing_close(&line);
}

/* --- storms --------------------------------------------------------------------------------------- */

struct storm {
    struct line *line;
    unsigned rounds; /* of requests for every option; 0: without end */
};

/* DO and WILL of every option, again and again. */
static int storm(void *arg)
{
    const struct storm *storm = arg;
    char requests[256 * 6];
    ssize_t written = 0;

    for (size_t i = 0; i < sizeof requests; i += 3) {
        const char request[] = { (char)TELNET_IAC, (char)(i % 2 ? TELNET_WILL : TELNET_DO), (char)(i / 6) };
        memcpy(requests + i, request, sizeof request);
    }
    for (unsigned i = 0; written >= 0 && (storm->rounds == 0 || i < storm->rounds); i++)
        written = zoc_write(storm->line->wire, requests, sizeof requests);
    zoc_shut(storm->line->wire);
    return 0;
}

static int receive_to_the_end(void *arg)
{
    struct line *line = arg;
    zoc_bytes text;
    ssize_t received;

    line->telnet->timeout = 30 * ZOC_SECOND;
    while ((received = zoc_receive(line->telnet, &text)) > 0)
        continue;
    if (received == 0)
        zoc_shut(line->telnet);
    return (int)received;
}

static void a_storm_is_answered_to_who_reads(void)
{
    struct line line;
    struct storm all = { &line, 100 };
    size_t agreed = 3 * (2 + 3); /* BINARY and SUPPRESS-GO-AHEAD both ways, ECHO by the peer */
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ .columns = 80, .rows = 24 });
    OBEY(&line, "\xff\xfd\x18\xff\xfd\x1f"); /* two more that are agreed on already */
    EXPECT(line.wire, "\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0");
    assert_int_equal(zoc_go(&group, storm, &all), 0);
    assert_int_equal(zoc_go(&group, receive_to_the_end, &line), 0);
    struct traffic traffic = read_to_the_end(line.wire);
    assert_int_equal(zoc_group_wait(&group), 0);
    size_t size = traffic.commands + traffic.text;            /* option 120 is an x */
    assert_int_equal(size, agreed + 3 * 100 * (512 - 5 - 2)); /* each refusal again, nothing else again */
    testing_close(&line);
}

static void a_storm_from_who_does_not_read_ends_it(void)
{
    struct line line;
    struct storm endless = { &line, 0 };
    ZOC_GROUP(peers);
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_go(&peers, storm, &endless), 0);
    assert_int_equal(zoc_go(&group, receive_to_the_end, &line), 0);
    assert_int_equal(zoc_group_wait(&group), -EPROTO);
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), 0); /* there is a little room left */
    zoc_bytes text;
    assert_int_equal(zoc_receive(line.telnet, &text), -EPROTO); /* it stays so */
    zoc_close(line.telnet);
    zoc_group_end(&peers);
    zoc_close(line.wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_writer_that_waits_holds_up_no_reader),
        ON_NET(a_command_that_came_too_late_goes_after_the_text),
        ON_NET(commands_have_a_bound),
        ON_NET(a_close_waits_for_nothing),
        ON_NET(commands_outlive_the_deadline_of_who_sends_them),
        ON_NET(a_storm_is_answered_to_who_reads),
        ON_NET(a_storm_from_who_does_not_read_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
