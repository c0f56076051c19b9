/* PROXY headers: whatever comes, in whatever pieces, ends in the same way, not a byte behind a header is asked for, and what
 * one names is named again when it is built anew. */
#include "proxy/header.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* A refusal is one line of words that nothing from the peer can break out of. */
static void check_refusal(ssize_t error)
{
    const char *words = zoc_why();

    assert(error == -EPROTO || error == -EMSGSIZE);
    assert(words[0] != '\0');
    for (const char *at = words; *at != '\0'; at++)
        assert((unsigned char)*at >= ' ' && *at != 0x7f);
}

static bool same(const zoc_address *one, const zoc_address *other)
{
    return one->size == other->size && zoc_address_equal(one, other);
}

/* IPv4 addresses that came as mapped ones are built as what they are; a path is not told from one with more NULs. */
static void check_built(struct proxy_header header, int version)
{
    char data[PROXY_HEADER_BUILT_MAX], again_data[PROXY_HEADER_BUILT_MAX];
    struct proxy_header built, again;

    header.version = version;
    size_t size = proxy_header_build(&header, data);
    assert(size <= sizeof data);
    assert(proxy_header_parse((zoc_bytes){ data, size }, &built) == (ssize_t)size);
    assert(built.version == version && (header.names || !built.names));
    if (!built.names)
        return;
    assert(zoc_address_equal(&built.source, &header.source) && built.type == header.type);
    assert(zoc_address_equal(&built.destination, &header.destination));
    assert(proxy_header_build(&built, again_data) == size && memcmp(data, again_data, size) == 0);
    assert(proxy_header_parse((zoc_bytes){ again_data, size }, &again) == (ssize_t)size);
    assert(same(&again.source, &built.source) && same(&again.destination, &built.destination));
}

/* The bytes lie in a block of their own size: who reads beyond them is seen. */
static ssize_t parse(const uint8_t *data, size_t size, struct proxy_header *ret_header)
{
    char *block = malloc(size > 0 ? size : 1);

    memcpy(block, data, size);
    ssize_t result = proxy_header_parse((zoc_bytes){ block, size }, ret_header);
    free(block);
    return result;
}

/* Step by step, as a stream is read: what it ends with, and after how many bytes. */
static ssize_t read_header(const uint8_t *data, size_t size, size_t most, struct proxy_header *ret_header)
{
    size_t have = 0;
    ssize_t result;

    while ((result = parse(data, have, ret_header)) == 0 && have < size) {
        size_t missing = proxy_header_missing((zoc_bytes){ (const char *)data, have });
        assert(missing > 0 && missing <= PROXY_HEADER_MAX);
        size_t step = missing < most ? missing : most;
        have += step < size - have ? step : size - have;
        assert(have <= PROXY_HEADER_MAX);
    }
    if (result > 0)
        assert(result == (ssize_t)have);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_header header = { 0 }, stepwise = { 0 };
    ssize_t result = parse(data, size, &header);

    assert(result <= (ssize_t)size);
    assert(read_header(data, size, 1, &stepwise) == result);
    assert(read_header(data, size, SIZE_MAX, &stepwise) == result);
    if (result < 0)
        check_refusal(result);
    if (result <= 0)
        return 0;
    check_built(header, 1);
    check_built(header, 2);
    return 0;
}
