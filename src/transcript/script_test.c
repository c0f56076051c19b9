#include "transcript/script.h"

#include "transcript/form.h"
#include "transcript/testing.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define DATA "{\"event\":\"data\",\"time_ns\":1,\"connection\":1,\"from\":\"client\","

static void a_connection_is_read_event_by_event(void **state)
{
    struct script script =
        TESTING_SCRIPT("{\"event\":\"connected\",\"time_ns\":5,\"connection\":1}", TESTING_DATA(10, "client", "hola"),
                       TESTING_DATA(20, "server", "bue"), TESTING_DATA(30, "server", "nas"), TESTING_END(40, "client"),
                       TESTING_RESET(50, "server"), TESTING_CLOSED(60));
    static const struct script_event wanted[] = {
        { SCRIPT_DATA, SIDE_CLIENT, 10, 3, 0, 4, 0 },  { SCRIPT_DATA, SIDE_SERVER, 20, 4, 0, 3, 0 },
        { SCRIPT_DATA, SIDE_SERVER, 30, 5, 3, 3, 1 },  { SCRIPT_END, SIDE_CLIENT, 40, 6, 0, 0, 0 },
        { SCRIPT_RESET, SIDE_SERVER, 50, 7, 0, 0, 0 }, { SCRIPT_CLOSED, SIDE_CLIENT, 60, 8, 0, 0, 0 },
    };

    (void)state;
    assert_int_equal(script.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < script.count; i++) {
        const struct script_event *got = &script.events[i];
        assert_int_equal(got->kind, wanted[i].kind);
        assert_int_equal(got->from, wanted[i].from);
        assert_int_equal(got->time, wanted[i].time);
        assert_int_equal(got->line, wanted[i].line);
        assert_int_equal(got->offset, wanted[i].offset);
        assert_int_equal(got->size, wanted[i].size);
        assert_int_equal(got->piece, wanted[i].piece);
    }
    testing_said(&script, SIDE_CLIENT, "hola");
    testing_said(&script, SIDE_SERVER, "buenas");
    assert_int_equal(script.since, 5);
    assert_false(script.datagrams);
    script_release(&script);
}

static void unknown_events_and_fields_are_skipped(void **state)
{
    struct script script =
        TESTING_SCRIPT("{\"event\":\"tls_agreed\",\"time_ns\":-1,\"connection\":\"x\"}", "{\"event\":\"dreamt\"}",
                       "{\"event\":\"end\",\"from\":\"client\",\"connection\":1,\"time_ns\":0,\"mood\":[{}]}");

    (void)state;
    assert_int_equal(script.count, 1);
    script_release(&script);
}

/* --- which connection ----------------------------------------------------------------------------- */

static const char *const two[] = {
    "{\"event\":\"accepted\",\"time_ns\":0,\"connection\":7}",
    "{\"event\":\"data\",\"time_ns\":1,\"connection\":9,\"from\":\"client\",\"text\":\"nine\"}",
    "{\"event\":\"data\",\"time_ns\":1,\"connection\":7,\"from\":\"client\",\"text\":\"seven\"}",
    NULL,
};

static void the_first_connection_is_read_unless_another_is_asked_for(void **state)
{
    struct script first = { 0 }, other = { .connection = 9 };

    (void)state;
    assert_int_equal(testing_try(&first, two), 0);
    assert_int_equal(script_finish(&first), 0);
    testing_said(&first, SIDE_CLIENT, "seven");
    assert_int_equal(testing_try(&other, two), 0);
    assert_int_equal(script_finish(&other), 0);
    testing_said(&other, SIDE_CLIENT, "nine");
    script_release(&first);
    script_release(&other);
}

static void a_connection_that_is_not_there_is_missed(void **state)
{
    struct script script = { .connection = 8 }, none = { 0 }, empty = { 0 };
    const char *const nothing[] = { NULL };

    (void)state;
    assert_int_equal(testing_try(&script, two), 0);
    assert_int_equal(script_finish(&script), -EINVAL);
    assert_string_equal(zoc_why(), "connection 8 is not in it (the last is 9)");
    assert_int_equal(testing_try(&none, nothing), 0);
    assert_int_equal(script_finish(&none), -EINVAL);
    assert_string_equal(zoc_why(), "no connection is in it");
    assert_int_equal(script_finish(&empty), -EINVAL);
    assert_string_equal(zoc_why(), "it is empty");
    script_release(&script);
}

/* --- what ends it --------------------------------------------------------------------------------- */

static void after_a_reset_nothing_reaches_anybody(void **state)
{
    struct script script = TESTING_SCRIPT(TESTING_DATA(1, "server", "a"), TESTING_RESET(2, "client"),
                                          TESTING_DATA(3, "server", "b"), TESTING_END(4, "server"), TESTING_CLOSED(5));

    (void)state;
    assert_int_equal(script.count, 3);
    testing_said(&script, SIDE_SERVER, "a");
    script_release(&script);
}

static void datagrams_are_counted(void **state)
{
    struct script script = TESTING_SCRIPT(TESTING_LETTER(1, "client", "a"), TESTING_LETTER(2, "client", ""));

    (void)state;
    assert_true(script.datagrams);
    assert_int_equal(script.pieces[SIDE_CLIENT], 2);
    assert_int_equal(script.events[1].size, 0);
    script_release(&script);
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void everything_else_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *lines[3];
        const char *why;
    } bad[] = {
        { { "" }, "line 2: malformed JSON: '[' or '{' expected near end of file" },
        { { "{\"event\":\"end\"" }, "line 2: malformed JSON: '}' expected near end of file" },
        { { "{} x" }, "line 2: malformed JSON: end of file expected near 'x'" },
        { { "{\"event\":\"\033\"}" }, "line 2: malformed JSON: control character 0x1b near '\"'" },
        { { "{\"a\":1,\"a\":1}" }, "line 2: malformed JSON: duplicate object key near '\"a\"'" },
        { { "[]" }, "line 2: it is no JSON object" },
        { { "{}" }, "line 2: 'event' is not a string" },
        { { "{\"event\":1}" }, "line 2: 'event' is not a string" },
        { { TESTING_HEADER }, "line 2: another transcript begins" },
        { { "{\"event\":\"end\"}" }, "line 2: 'connection' is not an integer" },
        { { "{\"event\":\"end\",\"connection\":0}" }, "line 2: 'connection' is out of range" },
        { { "{\"event\":\"end\",\"connection\":4294967296}" }, "line 2: 'connection' is out of range" },
        { { "{\"event\":\"end\",\"connection\":1}" }, "line 2: 'time_ns' is not an integer" },
        { { "{\"event\":\"end\",\"connection\":1,\"time_ns\":1.5}" }, "line 2: 'time_ns' is not an integer" },
        { { "{\"event\":\"end\",\"connection\":1,\"time_ns\":-1}" }, "line 2: 'time_ns' is out of range" },
        { { "{\"event\":\"end\",\"connection\":1,\"time_ns\":1}" }, "line 2: 'from' is not a string" },
        { { TESTING_END(1, "me") }, "line 2: 'from' is not 'client' or 'server'" },
        { { DATA "\"size\":1}" }, "line 2: data has one string, 'text' or 'base64'" },
        { { DATA "\"text\":1}" }, "line 2: data has one string, 'text' or 'base64'" },
        { { DATA "\"text\":\"\",\"base64\":\"\"}" }, "line 2: data has one string, 'text' or 'base64'" },
        { { DATA "\"base64\":\"Z\"}" }, "line 2: 'base64' is not base64" },
        { { DATA "\"text\":\"\",\"datagram\":1}" }, "line 2: 'datagram' is not true or false" },
        { { TESTING_DATA(1, "client", "a"), TESTING_LETTER(1, "server", "a") },
          "line 3: datagrams and other data in one connection" },
        { { TESTING_LETTER(1, "client", "a"), TESTING_DATA(1, "server", "a") },
          "line 3: datagrams and other data in one connection" },
        { { TESTING_END(1, "client"), TESTING_DATA(1, "client", "a") }, "line 3: the client goes on after its end" },
        { { TESTING_END(1, "server"), TESTING_END(1, "server") }, "line 3: the server goes on after its end" },
        { { TESTING_CLOSED(1), TESTING_CLOSED(1) }, "line 3: connection 1 goes on after it was closed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct script script = { 0 };
        assert_int_equal(testing_try(&script, bad[i].lines), -EINVAL);
        assert_string_equal(zoc_why(), bad[i].why);
        script_release(&script);
    }
}

static void a_nul_in_a_text_is_refused(void **state)
{
    struct script script = { 0 };

    (void)state;
    assert_int_equal(script_read_line(&script, zoc_bytes_of(TESTING_HEADER)), 0);
    assert_int_equal(script_read_line(&script, zoc_bytes_of(DATA "\"text\":\"\\u0000\"}")), -EINVAL);
    script_release(&script);
}

static void only_a_transcript_of_this_version_is_read(void **state)
{
    static const char *const bad[][2] = {
        { "{\"event\":\"end\"}", "line 1: it does not begin as a transcript does" },
        { "{\"event\":\"transcript\"}", "line 1: 'version' is not an integer" },
        { "{\"event\":\"transcript\",\"version\":0}", "line 1: 'version' is out of range" },
        { "{\"event\":\"transcript\",\"version\":2}", "line 1: version 2 is not known (known: 1)" },
        { "GET / HTTP/1.0", "line 1: malformed JSON: '[' or '{' expected near 'GET'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct script script = { 0 };
        assert_int_equal(script_read_line(&script, zoc_bytes_of(bad[i][0])), -EINVAL);
        assert_string_equal(zoc_why(), bad[i][1]);
        script_release(&script);
    }
}

/* --- limits --------------------------------------------------------------------------------------- */

/* A line of so many bytes. Freed by the caller. */
static char *line_of(size_t size)
{
    static const char start[] = "{\"event\":\"x\",\"y\":\"", end[] = "\"}";
    char *line = malloc(size);

    assert_non_null(line);
    memset(line, 'z', size);
    memcpy(line, start, sizeof start - 1);
    memcpy(line + size - 2, end, 2);
    return line;
}

static void a_line_has_a_limit(void **state)
{
    struct script script = { 0 };
    char *line = line_of(TRANSCRIPT_LINE_MAX), *longer = line_of(TRANSCRIPT_LINE_MAX + 1);

    (void)state;
    assert_int_equal(script_read_line(&script, zoc_bytes_of(TESTING_HEADER)), 0);
    assert_int_equal(script_read_line(&script, (zoc_bytes){ line, TRANSCRIPT_LINE_MAX }), 0);
    assert_int_equal(script_read_line(&script, (zoc_bytes){ longer, TRANSCRIPT_LINE_MAX + 1 }), -EINVAL);
    assert_string_equal(zoc_why(), "line 3: longer than 524288 bytes");
    free(line);
    free(longer);
    script_release(&script);
}

static void a_piece_has_a_limit(void **state)
{
    static char text[TRANSCRIPT_PIECE_MAX + 1];
    struct script script = { 0 };
    zoc_buffer line = { 0 };

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(script_read_line(&script, zoc_bytes_of(TESTING_HEADER)), 0);
    for (int over = 0; over < 2; over++) {
        assert_int_equal(zoc_buffer_printf(&line, DATA "\"text\":\"%.*s\"}", TRANSCRIPT_PIECE_MAX + over, text), 0);
        assert_int_equal(script_read_line(&script, (zoc_bytes){ line.data, line.size }), over ? -EINVAL : 0);
        zoc_buffer_consume(&line, line.size);
    }
    assert_string_equal(zoc_why(), "line 3: more than 65536 bytes at once");
    zoc_buffer_release(&line);
    script_release(&script);
}

static void a_transcript_has_a_limit(void **state)
{
    const size_t header = strlen(TESTING_HEADER), size = strlen(TESTING_END(1, "client"));
    struct script script = { .bytes_max = header + size }, less = { .bytes_max = header + size - 1 };
    const char *const lines[] = { TESTING_END(1, "client"), NULL };

    (void)state;
    assert_int_equal(testing_try(&script, lines), 0);
    assert_int_equal(testing_try(&less, lines), -EFBIG);
    script_release(&script);
    script_release(&less);
}

/* --- input that ends anywhere --------------------------------------------------------------------- */

/* Every beginning of a line, flush against a page that may not be touched. */
static void a_line_may_end_anywhere(void **state)
{
    static const char line[] = DATA "\"base64\":\"w7NjYWxv\",\"datagram\":true,\"z\":[1.5e3,null,\"\\ud83c\\udfdb\"]}";
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_ptr_not_equal(memory, MAP_FAILED);
    assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
    for (size_t size = 0; size < sizeof line; size++) {
        struct script script = { 0 };
        char *copy = memory + page - size;
        memcpy(copy, line, size);
        assert_int_equal(script_read_line(&script, zoc_bytes_of(TESTING_HEADER)), 0);
        assert_int_equal(script_read_line(&script, (zoc_bytes){ copy, size }), size == sizeof line - 1 ? 0 : -EINVAL);
        script_release(&script);
    }
    munmap(memory, 2 * page);
}

/* --- files ---------------------------------------------------------------------------------------- */

static int load(const char *text, size_t size, struct script *script)
{
    char path[] = "/tmp/zocalo-script-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    close(fd);
    int result = script_load(script, path);
    unlink(path);
    return result;
}

static void a_file_is_read_with_or_without_a_newline_at_its_end(void **state)
{
    static const char text[] = TESTING_HEADER "\n" TESTING_DATA(1, "client", "a") "\n" TESTING_END(2, "client") "\n";

    (void)state;
    for (size_t less = 1; less <= 2; less++) {
        struct script script = { 0 };
        assert_int_equal(load(text, sizeof text - less, &script), 0);
        assert_int_equal(script.count, 2);
        script_release(&script);
    }
}

static void a_file_of_one_endless_line_is_refused_before_it_is_read(void **state)
{
    struct script script = { 0 };
    char *line = line_of(2 * TRANSCRIPT_LINE_MAX);

    (void)state;
    assert_int_equal(load(line, 2 * TRANSCRIPT_LINE_MAX, &script), -EINVAL);
    assert_non_null(strstr(zoc_why(), "line 1: longer than"));
    assert_true(script.bytes < 2 * TRANSCRIPT_LINE_MAX);
    free(line);
    script_release(&script);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    struct script script = { 0 };

    (void)state;
    assert_int_equal(script_load(&script, "/nowhere/a\nb"), -ENOENT);
    assert_string_equal(zoc_why(), "/nowhere/a\\nb: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_is_read_event_by_event),
        cmocka_unit_test(unknown_events_and_fields_are_skipped),
        cmocka_unit_test(the_first_connection_is_read_unless_another_is_asked_for),
        cmocka_unit_test(a_connection_that_is_not_there_is_missed),
        cmocka_unit_test(after_a_reset_nothing_reaches_anybody),
        cmocka_unit_test(datagrams_are_counted),
        cmocka_unit_test(everything_else_is_refused_with_its_line),
        cmocka_unit_test(a_nul_in_a_text_is_refused),
        cmocka_unit_test(only_a_transcript_of_this_version_is_read),
        cmocka_unit_test(a_line_has_a_limit),
        cmocka_unit_test(a_piece_has_a_limit),
        cmocka_unit_test(a_transcript_has_a_limit),
        cmocka_unit_test(a_line_may_end_anywhere),
        cmocka_unit_test(a_file_is_read_with_or_without_a_newline_at_its_end),
        cmocka_unit_test(a_file_of_one_endless_line_is_refused_before_it_is_read),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
