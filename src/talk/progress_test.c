#include "talk/progress.h"

#include "stream/testing.h"

static void the_line_has_bytes_each_way_and_the_rate(void)
{
    char text[PROGRESS_TEXT];

    assert_string_equal(progress_format(3 << 20, 512, 1 << 20, ZOC_SECOND / 2, text, sizeof text),
                        "sent 3M, received 512, 2M/s");
    assert_string_equal(progress_format(0, 0, 0, 0, text, sizeof text), "sent 0, received 0, 0/s");
}

static void the_last_line_stays(void)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    struct progress progress = progress_of(one, file);
    assert_int_equal(zoc_write(one, "hola", 4), 4);
    progress_end(&progress);
    fclose(file);
    assert_memory_equal(text, "\rsent 4, received 0, ", 21);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    zoc_close(one);
    zoc_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(the_line_has_bytes_each_way_and_the_rate),
        ON_NET(the_last_line_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
