#include "terminal/history.h"

#include "fiber/testing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128], deep[128];

static void expect_lines(const char *expected)
{
    zoc_buffer lines = { 0 };

    assert_int_equal(history_read(path, &lines), 0);
    assert_int_equal(lines.size, strlen(expected));
    assert_memory_equal(lines.size ? lines.data : "", expected, lines.size);
    zoc_buffer_release(&lines);
}

static int add(const char *line)
{
    return history_add(path, zoc_bytes_of(line));
}

static void no_file_is_no_line(void)
{
    unlink(path);
    expect_lines("");
}

static void what_was_added_is_read(void)
{
    unlink(path);
    assert_int_equal(add("one"), 0);
    assert_int_equal(add("two"), 0);
    assert_int_equal(add("two"), 0);
    assert_int_equal(add("wo"), 0);
    expect_lines("one\ntwo\nwo\n");
}

static void its_folders_are_made_and_nobody_else_reads_it(void)
{
    struct stat status;
    char where[128];

    assert_int_equal(history_add(deep, zoc_bytes_of("line")), 0);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    snprintf(where, sizeof where, "%s/a/b", folder);
    assert_int_equal(stat(where, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    chmod(deep, 0644);
    assert_int_equal(history_add(deep, zoc_bytes_of("more")), 0);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void the_oldest_lines_are_forgotten(void)
{
    FILE *file = fopen(path, "w");
    zoc_buffer lines = { 0 };

    for (int i = 0; i < HISTORY_LINES_MAX; i++)
        fprintf(file, "%d\n", i);
    fclose(file);
    assert_int_equal(add("new"), 0);
    assert_int_equal(history_read(path, &lines), 0);
    assert_memory_equal(lines.data, "1\n2\n", 4);
    assert_memory_equal(lines.data + lines.size - 8, "999\nnew\n", 8);
    size_t count = 0;
    for (size_t i = 0; i < lines.size; i++)
        count += lines.data[i] == '\n';
    assert_int_equal(count, HISTORY_LINES_MAX);
    zoc_buffer_release(&lines);
}

static void a_line_that_is_too_long_is_not_kept(void)
{
    char line[HISTORY_LINE_MAX + 2] = "";

    unlink(path);
    memset(line, 'x', HISTORY_LINE_MAX + 1);
    assert_int_equal(add(line), 0);
    expect_lines("");
    line[HISTORY_LINE_MAX] = '\0';
    assert_int_equal(add(line), 0);
    zoc_buffer lines = { 0 };
    assert_int_equal(history_read(path, &lines), 0);
    assert_int_equal(lines.size, HISTORY_LINE_MAX + 1);
    zoc_buffer_release(&lines);
}

static void a_place_that_cannot_be_written_is_an_error(void)
{
    assert_int_equal(history_add("/proc/none/history", zoc_bytes_of("x")), -ENOENT);
}

static void what_begins_with_a_space_is_not_wanted(void **state)
{
    (void)state;
    assert_true(history_wants(zoc_bytes_of("line")));
    assert_false(history_wants(zoc_bytes_of(" line")));
    assert_false(history_wants(zoc_bytes_of("")));
    assert_false(history_wants(zoc_bytes_of("two\nlines")));
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/zochistXXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/history", folder);
    snprintf(deep, sizeof deep, "%s/a/b/history", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char where[128];

    (void)state;
    unlink(path);
    unlink(deep);
    snprintf(where, sizeof where, "%s/a/b", folder);
    rmdir(where);
    snprintf(where, sizeof where, "%s/a", folder);
    rmdir(where);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(no_file_is_no_line),
        ON_FIBER(what_was_added_is_read),
        ON_FIBER(its_folders_are_made_and_nobody_else_reads_it),
        ON_FIBER(the_oldest_lines_are_forgotten),
        ON_FIBER(a_line_that_is_too_long_is_not_kept),
        ON_FIBER(a_place_that_cannot_be_written_is_an_error),
        cmocka_unit_test(what_begins_with_a_space_is_not_wanted),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
