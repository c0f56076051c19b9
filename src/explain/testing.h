/* What tests of stories share: a story, notices that it is given, and what it told. */
#ifndef ZOC_EXPLAIN_TESTING_H
#define ZOC_EXPLAIN_TESTING_H

#include "explain/story.h"
#include "stream/testing.h"

/* --- what is told --------------------------------------------------------------------------------- */

static char told[16 * 1024];

static inline void write_down(void *arg, zoc_bytes lines)
{
    size_t used = strlen(told);

    (void)arg;
    snprintf(told + used, sizeof told - used, "%.*s", (int)lines.size, lines.data);
}

static struct teller teller;
static struct story *story;

static inline void begin_with(struct story_options options, bool more)
{
    const struct teller_options telling = { .paper.utf8 = true, .more = more, .write = write_down };

    told[0] = '\0';
    teller_init(&teller, &telling, zoc_now());
    assert_int_equal(story_new(&teller, &options, &story), 0);
}

static inline void begin(void)
{
    begin_with((struct story_options){ .peer = SIDE_SERVER }, false);
}

static inline void happen(zoc_notice notice)
{
    notice.time = teller.begun;
    story_observer(story)->tell(story_observer(story), &notice);
}

static inline void expect_told(const char *words)
{
    if (!strstr(told, words))
        fail_msg("\"%s\" is not told:\n%s", words, told);
}

static inline void expect_untold(const char *words)
{
    if (strstr(told, words))
        fail_msg("\"%s\" is told:\n%s", words, told);
}

static inline void end(void)
{
    story_free(story);
}

static inline zoc_address address_of(const char *host, uint16_t port)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(host, port, &address), 0);
    return address;
}

#endif
