#include <zocalo/metrics.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ADDS 100000

static void append_name(const zoc_metric *metric, void *arg)
{
    char *names = arg;

    sprintf(names + strlen(names), "%s{%s} ", metric->name, metric->labels ? metric->labels : "");
}

static void assert_visited(const char *expected)
{
    char names[256] = "";

    zoc_metrics_visit(append_name, names);
    assert_string_equal(names, expected);
}

static void metrics_are_visited_by_name_and_then_labels(void **state)
{
    zoc_metric metrics[] = {
        { .name = "b", .labels = "x=\"2\"" }, { .name = "c" }, { .name = "a" },
        { .name = "b", .labels = "x=\"1\"" }, { .name = "b" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        zoc_metric_register(&metrics[i]);
    assert_visited("a{} b{} b{x=\"1\"} b{x=\"2\"} c{} ");
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        zoc_metric_unregister(&metrics[i]);
    assert_visited("");
}

static void registering_twice_does_nothing(void **state)
{
    zoc_metric one = { .name = "one" }, two = { .name = "two" };

    (void)state;
    zoc_metric_register(&one);
    zoc_metric_register(&two);
    zoc_metric_register(&one);
    zoc_metric_register(&two);
    assert_visited("one{} two{} ");
    zoc_metric_unregister(&one);
    assert_visited("two{} ");
    zoc_metric_unregister(&two);
}

static void unregistering_a_stranger_does_nothing(void **state)
{
    zoc_metric one = { .name = "one" }, stranger = { .name = "one" };

    (void)state;
    zoc_metric_register(&one);
    zoc_metric_unregister(NULL);
    zoc_metric_unregister(&stranger);
    assert_visited("one{} ");
    zoc_metric_unregister(&one);
    zoc_metric_unregister(&one);
    assert_visited("");
}

static void a_metric_may_come_back_with_its_value(void **state)
{
    zoc_metric one = { .name = "one", .kind = ZOC_GAUGE };

    (void)state;
    zoc_metric_register(&one);
    zoc_metric_add(&one, 5);
    zoc_metric_unregister(&one);
    zoc_metric_register(&one);
    zoc_metric_add(&one, -2);
    assert_int_equal(zoc_metric_value(&one), 3);
    assert_visited("one{} ");
    zoc_metric_unregister(&one);
}

static zoc_metric shared = { .name = "shared" };

static void *add_many(void *arg)
{
    zoc_metric own = { .name = arg };

    for (int i = 0; i < ADDS; i++) {
        zoc_metric_add(&shared, 1);
        if (i % 1000 == 0) {
            zoc_metric_register(&shared);
            zoc_metric_register(&own);
            zoc_metric_unregister(&own);
        }
    }
    return NULL;
}

static void no_add_is_lost_between_threads(void **state)
{
    pthread_t threads[2];

    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, i ? "left" : "right"), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(zoc_metric_value(&shared), 2 * ADDS);
    assert_visited("shared{} ");
    zoc_metric_unregister(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_visited_by_name_and_then_labels),
        cmocka_unit_test(registering_twice_does_nothing),
        cmocka_unit_test(unregistering_a_stranger_does_nothing),
        cmocka_unit_test(a_metric_may_come_back_with_its_value),
        cmocka_unit_test(no_add_is_lost_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
