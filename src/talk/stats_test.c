#include "talk/stats.h"

#include "stream/testing.h"

static char *print(const zoc_stream *stream)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    stats_print(stream, file);
    fclose(file);
    return text;
}

static void of_tcp_there_are_two_lines(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);

    assert_int_equal(zoc_write(stream, "hola", 4), 4);
    assert_int_equal(write(peer, "hi", 2), 2);
    testing_expect(stream, "hi");
    char *text = print(stream);
    assert_memory_equal(text, "sent 4 bytes, received 2 bytes, in ", 35);
    assert_non_null(strstr(text, "\nround trip "));
    assert_non_null(strstr(text, "; segments sent again: 0\n"));
    free(text);
    zoc_close(stream);
    close(peer);
}

static void of_anything_else_there_is_one(void)
{
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    char *text = print(one);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
    zoc_close(one);
    zoc_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(of_tcp_there_are_two_lines),
        ON_NET(of_anything_else_there_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
