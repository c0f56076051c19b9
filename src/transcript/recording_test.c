#include "transcript/recording.h"

#include "stream/testing.h"
#include "transcript/testing.h"

#include <sys/stat.h>

/* Both ends of a pair of sockets. */
#define ACCEPTED "\"connection\":1,\"event\":\"accepted\",\"client\":\"(unnamed)\",\"server\":\"(unnamed)\"}\n"

/* --- a transcript in a file of its own ------------------------------------------------------------ */

static char path[] = "/tmp/zocalo-record-XXXXXX";
static struct transcript transcript;

static void begin(void)
{
    int fd = mkstemp(strcpy(path, "/tmp/zocalo-record-XXXXXX"));

    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(transcript_open(&transcript, path, "test"), 0);
}

/* Leaves what was written in `text`, without times and without the first line. */
static void end(char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, used = 0;

    assert_int_equal(transcript_close(&transcript), 0);
    assert_non_null(file);
    assert_true(getline(&line, &room, file) > 0);
    text[0] = '\0';
    while (getline(&line, &room, file) > 0)
        used += (size_t)snprintf(text + used, size - used, "%s", strchr(line, ',') + 1);
    assert_true(used < size);
    free(line);
    fclose(file);
    unlink(path);
}

static void expect_end(const char *wanted)
{
    static char text[4096];

    end(text, sizeof text);
    assert_string_equal(text, wanted);
}

/* --- one stream ----------------------------------------------------------------------------------- */

static struct recording *follow(enum side peer, bool relays, zoc_stream *stream)
{
    struct recording *recording;

    assert_int_equal(recording_new(&transcript, relays, &recording), 0);
    recording_follow(recording, peer, stream);
    return recording;
}

static void a_recording_stays_until_its_stream_is_closed(void)
{
    zoc_stream *one, *other;

    begin();
    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    recording_free(follow(SIDE_CLIENT, false, one));
    assert_int_equal(zoc_write(one, "hola", 4), 4);
    zoc_close(one);
    zoc_close(other);
    expect_end(ACCEPTED "\"connection\":1,\"event\":\"data\",\"from\":\"server\",\"text\":\"hola\"}\n"
                        "\"connection\":1,\"event\":\"closed\"}\n");
}

static void its_maker_may_let_go_of_it_afterwards(void)
{
    zoc_stream *one, *other;

    begin();
    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    struct recording *recording = follow(SIDE_SERVER, false, one);
    zoc_shut(other);
    testing_expect_end(one);
    zoc_close(one);
    zoc_close(other);
    recording_free(recording);
    recording_free(NULL);
    expect_end(ACCEPTED "\"connection\":1,\"event\":\"end\",\"from\":\"server\"}\n"
                        "\"connection\":1,\"event\":\"closed\"}\n");
}

static void an_observer_that_was_there_is_told_as_before(void)
{
    RECORDER(recorder);
    zoc_stream *one, *other;

    begin();
    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    zoc_observe(one, &recorder.observer);
    recording_free(follow(SIDE_CLIENT, false, one));
    assert_int_equal(zoc_write(one, "hola", 4), 4);
    zoc_close(one);
    zoc_close(other);
    assert_string_equal(recorder.text, "sent 4, closed, ");
    expect_end(ACCEPTED "\"connection\":1,\"event\":\"data\",\"from\":\"server\",\"text\":\"hola\"}\n"
                        "\"connection\":1,\"event\":\"closed\"}\n");
}

static void a_failed_dial_is_no_connection(void)
{
    struct recording *recording;
    zoc_stream *stream;

    begin();
    assert_int_equal(recording_new(&transcript, false, &recording), 0);
    const zoc_dial_options options = { .observer = recording_observer(recording, SIDE_SERVER, NULL) };
    assert_true(zoc_dial("unix:/nowhere/sock", &options, &stream) < 0);
    recording_free(recording);
    expect_end("\"event\":\"connect_failed\",\"server\":\"/nowhere/sock\","
               "\"error\":\"No such file or directory\"}\n");
}

static void a_long_write_is_several_lines(void)
{
    static char text[ZOC_CHUNK_MAX + 1], lines[2 * ZOC_CHUNK_MAX], *second;
    zoc_stream *one, *other;
    zoc_bytes chunk;
    size_t received = 0;

    begin();
    memset(text, 'x', sizeof text);
    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    recording_free(follow(SIDE_CLIENT, false, one));
    assert_int_equal(zoc_write(one, text, sizeof text), sizeof text);
    while (received < sizeof text)
        received += (size_t)zoc_receive(other, &chunk);
    zoc_close(one);
    zoc_close(other);
    end(lines, sizeof lines);
    second = strstr(lines, "x\"}\n");
    assert_non_null(second);
    assert_non_null(strstr(second, "\"text\":\"x\"}\n"));
}

/* --- both streams of a relay ---------------------------------------------------------------------- */

static void of_a_relay_each_side_is_what_was_received_of_it(void)
{
    zoc_stream *client, *front, *back, *server;
    struct recording *recording;
    zoc_bytes chunk;

    begin();
    assert_int_equal(zoc_stream_pair(&client, &front), 0);
    assert_int_equal(zoc_stream_pair(&back, &server), 0);
    recording = follow(SIDE_CLIENT, true, front);
    recording_follow(recording, SIDE_SERVER, back);
    recording_free(recording);
    assert_int_equal(zoc_write(client, "ask", 3), 3);
    assert_int_equal(zoc_receive(front, &chunk), 3);
    assert_int_equal(zoc_write(back, chunk.data, 3), 3);
    assert_int_equal(zoc_write(server, "say", 3), 3);
    zoc_shut(server);
    assert_int_equal(zoc_receive(back, &chunk), 3);
    assert_int_equal(zoc_write(front, chunk.data, 3), 3);
    testing_expect_end(back);
    zoc_shut(front);
    zoc_close(back);
    zoc_close(front);
    zoc_close(client);
    zoc_close(server);
    expect_end(ACCEPTED ACCEPTED "\"connection\":1,\"event\":\"data\",\"from\":\"client\",\"text\":\"ask\"}\n"
                                 "\"connection\":1,\"event\":\"data\",\"from\":\"server\",\"text\":\"say\"}\n"
                                 "\"connection\":1,\"event\":\"end\",\"from\":\"server\"}\n"
                                 "\"connection\":1,\"event\":\"closed\"}\n");
}

/* --- the file ------------------------------------------------------------------------------------- */

static void the_file_is_its_owners_alone(void)
{
    struct stat status;

    begin();
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(transcript_close(&transcript), 0);
    assert_int_equal(transcript_open(&transcript, path, "test"), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    expect_end("");
}

static void nothing_is_recorded_where_there_is_no_transcript(void)
{
    struct transcript none = { 0 };

    assert_int_equal(transcript_close(&none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_recording_stays_until_its_stream_is_closed),
        ON_NET(its_maker_may_let_go_of_it_afterwards),
        ON_NET(an_observer_that_was_there_is_told_as_before),
        ON_NET(a_failed_dial_is_no_connection),
        ON_NET(a_long_write_is_several_lines),
        ON_NET(of_a_relay_each_side_is_what_was_received_of_it),
        ON_NET(the_file_is_its_owners_alone),
        ON_NET(nothing_is_recorded_where_there_is_no_transcript),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
