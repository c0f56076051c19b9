#include "tls/tls_kept.h"
#include "tls/tls_testing.h"

static zoc_tls_context *kept(zoc_tls_options options)
{
    zoc_tls_context *context = NULL;

    if (tls_kept_context(&options, &context) != 0)
        fail_msg("%s", zoc_why());
    return context;
}

/* Whether both options get the same context. */
static bool are_one(zoc_tls_options one, zoc_tls_options other)
{
    zoc_tls_context *first = kept(one), *second = kept(other);
    bool same = first == second;

    zoc_tls_context_free(first);
    zoc_tls_context_free(second);
    return same;
}

/* A file of a certificate that signed itself, instead of an earlier one of that name. */
static char *put_authority(const char *name)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .authority = true });

    remove(testing_path(name));
    char *path = testing_put_certificate(name, own.certificate);
    testing_forget(&own);
    return path;
}

static void the_same_options_get_the_same_context(void)
{
    char *ca = put_authority("authority");
    const zoc_tls_options none = { 0 }, trusting = { .ca = ca }, insecure = { .insecure = true };

    assert_true(are_one(none, none));
    assert_true(are_one(trusting, trusting));
    assert_true(are_one(insecure, insecure));
}

static void other_options_get_another(void)
{
    char one[] = "h2", other[] = "http/1.1";
    const zoc_tls_options none = { 0 }, old = { .version = 12 }, first = { .alpn = one }, second = { .alpn = other };

    assert_false(are_one(none, old));
    assert_false(are_one(first, second));
}

static void a_file_that_was_replaced_is_read_anew(void)
{
    const zoc_tls_options trusting = { .ca = put_authority("replaced") };
    zoc_tls_context *before = kept(trusting);

    put_authority("replaced");
    zoc_tls_context *after = kept(trusting);
    assert_ptr_not_equal(before, after);
    zoc_tls_context_free(before);
    zoc_tls_context_free(after);
    assert_true(are_one(trusting, trusting));
}

static void what_cannot_be_read_is_refused_each_time(void)
{
    const zoc_tls_options missing = { .ca = testing_path("missing") };
    zoc_tls_context *context = NULL;

    for (int i = 0; i < 2; i++)
        assert_int_equal(tls_kept_context(&missing, &context), -ENOENT);
    put_authority("missing");
    zoc_tls_context_free(kept(missing));
}

static zoc_tls_options numbered(unsigned number, char *name)
{
    sprintf(name, "protocol-%u", number);
    return (zoc_tls_options){ .insecure = true, .alpn = name };
}

/* Uses so many others, one after the other. */
static void use_others(unsigned count)
{
    char name[32];

    for (unsigned i = 0; i < count; i++)
        zoc_tls_context_free(kept(numbered(i, name)));
}

static void so_many_are_kept_and_the_one_that_was_not_used_goes_first(void)
{
    zoc_tls_context *first = kept((zoc_tls_options){ .version = 13 }), *again;

    use_others(TLS_KEPT_MAX - 1);
    again = kept((zoc_tls_options){ .version = 13 });
    assert_ptr_equal(first, again);
    zoc_tls_context_free(again);

    use_others(TLS_KEPT_MAX);
    again = kept((zoc_tls_options){ .version = 13 });
    assert_ptr_not_equal(first, again); /* which its owner has still */
    zoc_tls_context_free(again);
    zoc_tls_context_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(the_same_options_get_the_same_context),
        ON_NET(other_options_get_another),
        ON_NET(a_file_that_was_replaced_is_read_anew),
        ON_NET(what_cannot_be_read_is_refused_each_time),
        ON_NET(so_many_are_kept_and_the_one_that_was_not_used_goes_first),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}
