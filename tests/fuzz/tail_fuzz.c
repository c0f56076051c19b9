/* What a peer began and did not end: it is the same however its bytes are split, and little of it is held back. */
#include "terminal/tail.h"

#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

static void follow(struct tail *tail, zoc_buffer *held, const uint8_t *data, size_t size)
{
    assert(zoc_buffer_append(held, data, size) == 0);
    size_t done = tail_follow(tail, (zoc_bytes){ held->data, held->size });

    assert(done <= held->size && held->size - done <= TAIL_HELD);
    zoc_buffer_consume(held, done);
}

static void check(const struct tail *tail)
{
    assert(tail->length <= TAIL_MAX && tail->size <= sizeof tail->raw);
    assert(wcslen(tail->text) == tail->length);
    assert(!tail->lost || (tail->length == 0 && tail->size == 0));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

/* The first byte says how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tail whole, pieces;
    zoc_buffer held = { 0 }, rest = { 0 };
    size_t step = size > 0 ? 1 + *data : 1;

    tail_clear(&whole);
    tail_clear(&pieces);
    follow(&whole, &held, data, size);
    for (size_t i = 0; i < size; i += step)
        follow(&pieces, &rest, data + i, size - i < step ? size - i : step);
    check(&whole);
    check(&pieces);
    assert(whole.lost == pieces.lost && whole.size == pieces.size && held.size == rest.size);
    assert(memcmp(whole.raw, pieces.raw, whole.size) == 0 && wcscmp(whole.text, pieces.text) == 0);
    zoc_buffer_release(&held);
    zoc_buffer_release(&rest);
    return 0;
}
