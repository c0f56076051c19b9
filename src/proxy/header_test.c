#include "proxy/header.h"

#include "proxy/crc32c.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zocalo/error.h>

#include <cmocka.h>

#define BYTES(text) ((zoc_bytes){ text, sizeof text - 1 })
#define SIGNATURE   "\r\n\r\n\0\r\nQUIT\n"
#define TCP4                   \
    SIGNATURE "\x21\x11\0\x0c" \
              "\xc0\0\2\1"     \
              "\xc6\x33\x64\2" \
              "\xdc\4\1\xbb"
#define TCP6                                          \
    SIGNATURE "\x21\x21\0\x24"                        \
              "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
              "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2" \
              "\xdc\4\1\xbb"

/* --- every way in which bytes may come ------------------------------------------------------------ */

/* Right before a page that nobody may touch. */
struct guarded {
    char *pages;
    size_t size;
    zoc_bytes bytes;
};

static struct guarded guard(zoc_bytes bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (bytes.size / page + 1) * page;
    char *pages = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + size, page, PROT_NONE), 0);
    char *at = pages + size - bytes.size;
    if (bytes.size > 0)
        memcpy(at, bytes.data, bytes.size);
    return (struct guarded){ pages, size + page, { at, bytes.size } };
}

static ssize_t parse_guarded(zoc_bytes bytes, struct proxy_header *ret_header)
{
    struct guarded guarded = guard(bytes);
    ssize_t result = proxy_header_parse(guarded.bytes, ret_header);

    munmap(guarded.pages, guarded.size);
    return result;
}

/* Reads as many bytes as are missing at a time, and at most `most`; never one that is not the header's. */
static void read_in_steps(zoc_bytes bytes, size_t most)
{
    struct proxy_header header;
    size_t have = 0;
    ssize_t result;

    while ((result = proxy_header_parse((zoc_bytes){ bytes.data, have }, &header)) == 0) {
        size_t missing = proxy_header_missing((zoc_bytes){ bytes.data, have });
        assert_in_range(missing, 1, bytes.size - have);
        have += missing < most ? missing : most;
    }
    assert_int_equal(result, bytes.size);
    assert_int_equal(have, bytes.size);
}

/* Whatever comes behind it, and at whatever byte it is split. */
static struct proxy_header parse(zoc_bytes bytes)
{
    struct proxy_header header = { .version = 7 };
    char *longer = malloc(bytes.size + 1);

    for (size_t split = 0; split < bytes.size; split++) {
        assert_int_equal(parse_guarded((zoc_bytes){ bytes.data, split }, &header), 0);
        assert_int_equal(header.version, 7);
    }
    for (int next = 0; next < 256; next += 85) {
        *(char *)mempcpy(longer, bytes.data, bytes.size) = (char)next;
        assert_int_equal(parse_guarded((zoc_bytes){ longer, bytes.size + 1 }, &header), bytes.size);
    }
    free(longer);
    read_in_steps(bytes, 1);
    read_in_steps(bytes, 3);
    read_in_steps(bytes, SIZE_MAX);
    assert_int_equal(parse_guarded(bytes, &header), bytes.size);
    return header;
}

/* It is refused as soon as `certain` bytes of it are there, and not before; the words say at which byte. */
static void refuse_as(zoc_bytes bytes, size_t certain, int error, const char *words)
{
    struct proxy_header header = { .version = 7 };

    for (size_t split = 0; split <= bytes.size; split++) {
        ssize_t result = parse_guarded((zoc_bytes){ bytes.data, split }, &header);
        assert_int_equal(result, split < certain ? 0 : error);
    }
    assert_string_equal(zoc_why(), words);
    assert_int_equal(header.version, 7);
}

static void refuse(zoc_bytes bytes, size_t certain, const char *words)
{
    refuse_as(bytes, certain, -EPROTO, words);
}

static void expect_names(zoc_bytes bytes, int type, const char *source, const char *destination)
{
    struct proxy_header header = parse(bytes);
    char text[ZOC_ADDRESS_TEXT];

    assert_true(header.names);
    assert_int_equal(header.type, type);
    assert_string_equal(zoc_address_format(&header.source, text, sizeof text), source);
    assert_string_equal(zoc_address_format(&header.destination, text, sizeof text), destination);
}

static void expect_nobody(zoc_bytes bytes, int version)
{
    struct proxy_header header = parse(bytes);

    assert_false(header.names);
    assert_int_equal(header.version, version);
}

/* --- version 1 ------------------------------------------------------------------------------------ */

static void a_line_names_the_client_and_where_it_went(void **state)
{
    (void)state;
    expect_names(BYTES("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"), SOCK_STREAM, "192.0.2.1:56324",
                 "198.51.100.2:443");
    expect_names(BYTES("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), SOCK_STREAM,
                 "255.255.255.255:65535", "255.255.255.255:65535");
    expect_names(BYTES("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), SOCK_STREAM, "0.0.0.0:0", "0.0.0.0:0");
    expect_names(BYTES("PROXY TCP6 2001:DB8::1 ::1 1 2\r\n"), SOCK_STREAM, "[2001:db8::1]:1", "[::1]:2");
    expect_names(BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                       "65535 65535\r\n"),
                 SOCK_STREAM, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
                 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

static void behind_unknown_anything_is_skipped(void **state)
{
    (void)state;
    expect_nobody(BYTES("PROXY UNKNOWN\r\n"), 1);
    expect_nobody(BYTES("PROXY UNKNOWN \r\n"), 1);
    expect_nobody(BYTES("PROXY UNKNOWN \0 \xff TCP4\r\n"), 1);
    expect_nobody(BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
                  1);
}

static void a_line_ends_after_107_bytes_at_the_latest(void **state)
{
    char line[PROXY_HEADER_TEXT_MAX + 2] = "PROXY UNKNOWN ";

    (void)state;
    memset(line + 14, 'x', sizeof line - 14);
    memcpy(line + PROXY_HEADER_TEXT_MAX - 2, "\r\n", 2);
    expect_nobody((zoc_bytes){ line, PROXY_HEADER_TEXT_MAX }, 1);
    memcpy(line + PROXY_HEADER_TEXT_MAX - 2, "x\r\n", 3);
    refuse_as((zoc_bytes){ line, PROXY_HEADER_TEXT_MAX + 1 }, PROXY_HEADER_TEXT_MAX, -EMSGSIZE,
              "PROXY header: its line is longer than 107 bytes");
}

static void a_line_that_is_not_exactly_so_is_refused(void **state)
{
    static const struct {
        const char *line, *why;
    } lines[] = {
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n", "byte 36: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n", "byte 39: here the line has to end" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n", "byte 39: here the line has to end" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1  2\r\n", "byte 37: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n", "byte 35: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n", "byte 37: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 1 100000\r\n", "byte 37: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.2 -1 2\r\n", "byte 35: this is no port" },
        { "PROXY TCP4 192.0.2.1 198.51.100.256 1 2\r\n", "byte 22: this is no IPv4 address" },
        { "PROXY TCP4 192.0.2.01 198.51.100.2 1 2\r\n", "byte 12: this is no IPv4 address" },
        { "PROXY TCP4 192.0.2 198.51.100.2 1 2\r\n", "byte 12: this is no IPv4 address" },
        { "PROXY TCP4 ::1 ::1 1 2\r\n", "byte 12: this is no IPv4 address" },
        { "PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n", "byte 12: this is no IPv6 address" },
        { "PROXY TCP6 ::1%1 ::1 1 2\r\n", "byte 12: this is no IPv6 address" },
        { "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n", "byte 12: this is no IPv6 address" },
        { "PROXY TCP6 1111111111111111111111111111111111111111111111 ::1 1 2\r\n", "byte 12: this is no IPv6 address" },
        { "PROXY TCP4\r\n", "byte 11: this is no IPv4 address" },
        { "PROXY TCP4 \r\n", "byte 12: this is no IPv4 address" },
        { "PROXY TCP5 1 2 3 4\r\n", "byte 7: neither TCP4 nor TCP6 nor UNKNOWN" },
        { "PROXY tcp4 1 2 3 4\r\n", "byte 7: neither TCP4 nor TCP6 nor UNKNOWN" },
        { "PROXY UNKNOWNS\r\n", "byte 7: neither TCP4 nor TCP6 nor UNKNOWN" },
        { "PROXY  UNKNOWN\r\n", "byte 7: neither TCP4 nor TCP6 nor UNKNOWN" },
        { "PROXY \r\n", "byte 7: neither TCP4 nor TCP6 nor UNKNOWN" },
    };
    char words[128];

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(words, sizeof words, "PROXY header, %s", lines[i].why);
        refuse(zoc_bytes_of(lines[i].line), strlen(lines[i].line), words);
    }
    refuse(BYTES("PROXY TCP4 192.0.2.1\0 192.0.2.1 1 2\r\n"), 37, "PROXY header, byte 12: this is no IPv4 address");
}

static void a_lone_cr_or_lf_does_not_end_a_line(void **state)
{
    (void)state;
    refuse(BYTES("PROXY UNKNOWN\nGET"), 14, "PROXY header, byte 14: the line has to end with CR LF");
    refuse(BYTES("PROXY UNKNOWN\rGET"), 15, "PROXY header, byte 15: the line has to end with CR LF");
    refuse(BYTES("PROXY UNKNOWN\r\r\n"), 15, "PROXY header, byte 15: the line has to end with CR LF");
    refuse(BYTES("PROXY \n"), 7, "PROXY header, byte 7: the line has to end with CR LF");
}

static void what_begins_otherwise_is_refused_at_once(void **state)
{
    (void)state;
    refuse(BYTES("GET / HTTP/1.1\r\n"), 1, "PROXY header, byte 1: this is no PROXY protocol");
    refuse(BYTES("PROXIES"), 5, "PROXY header, byte 5: this is no PROXY protocol");
    refuse(BYTES("PROXY\r\n"), 6, "PROXY header, byte 6: this is no PROXY protocol");
    refuse(BYTES("\r\n\r\n\r\n"), 5, "PROXY header, byte 5: this is no PROXY protocol");
    refuse(BYTES("\r\n\r\n\0\r\nQUIT\r\n"), 12, "PROXY header, byte 12: this is no PROXY protocol");
    refuse(BYTES("\x16\3\1"), 1, "PROXY header, byte 1: this is no PROXY protocol");
}

/* --- version 2 ------------------------------------------------------------------------------------ */

static void a_block_names_the_client_and_where_it_went(void **state)
{
    char udp[] = TCP4;

    (void)state;
    expect_names(BYTES(TCP4), SOCK_STREAM, "192.0.2.1:56324", "198.51.100.2:443");
    expect_names(BYTES(TCP6), SOCK_STREAM, "[2001:db8::1]:56324", "[2001:db8::2]:443");
    udp[13] = 0x12;
    expect_names(BYTES(udp), SOCK_DGRAM, "192.0.2.1:56324", "198.51.100.2:443");
}

static void unix_addresses_are_paths_abstract_names_or_nothing(void **state)
{
    char block[232 + 1] = SIGNATURE "\x21\x31\0\xd8";
    static const struct {
        const char data[109], *text;
    } paths[] = {
        { "/run/app.sock", "/run/app.sock" },
        { "\0hidden", "@hidden" },
        { "", "(unnamed)" },
        { "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
          "8",
          "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
          "8" },
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        memcpy(block + 16, paths[i].data, 108);
        memcpy(block + 16 + 108, paths[3 - i].data, 108);
        expect_names((zoc_bytes){ block, 232 }, SOCK_STREAM, paths[i].text, paths[3 - i].text);
    }
}

static void a_header_that_names_nobody_is_skipped_whatever_is_in_it(void **state)
{
    (void)state;
    expect_nobody(BYTES(SIGNATURE "\x20\0\0\0"), 2);
    expect_nobody(BYTES(SIGNATURE "\x20\xff\0\3\xff\xff\xff"), 2);
    expect_nobody(BYTES(SIGNATURE "\x20\x11\0\1x"), 2);
    expect_nobody(BYTES(SIGNATURE "\x21\0\0\0"), 2);
    expect_nobody(BYTES(SIGNATURE "\x21\0\0\5hello"), 2);
    expect_nobody(BYTES(SIGNATURE "\x21\x10\0\1x"), 2);
    expect_nobody(BYTES(SIGNATURE "\x21\1\0\0"), 2);
}

static void other_versions_commands_families_and_protocols_are_refused_at_once(void **state)
{
    (void)state;
    refuse(BYTES(SIGNATURE "\x11"), 13, "PROXY header, byte 13: neither LOCAL nor PROXY of version 2");
    refuse(BYTES(SIGNATURE "\x31"), 13, "PROXY header, byte 13: neither LOCAL nor PROXY of version 2");
    refuse(BYTES(SIGNATURE "\x22"), 13, "PROXY header, byte 13: neither LOCAL nor PROXY of version 2");
    refuse(BYTES(SIGNATURE "\x21\x41"), 14, "PROXY header, byte 14: no such family of addresses, or no such protocol");
    refuse(BYTES(SIGNATURE "\x21\x13"), 14, "PROXY header, byte 14: no such family of addresses, or no such protocol");
    refuse(BYTES(SIGNATURE "\x21\xff"), 14, "PROXY header, byte 14: no such family of addresses, or no such protocol");
}

static void a_block_too_short_for_its_addresses_is_refused(void **state)
{
    (void)state;
    refuse(BYTES(SIGNATURE "\x21\x11\0\x0b"
                           "12345678901"),
           27, "PROXY header, byte 15: too short for its addresses");
    refuse(BYTES(SIGNATURE "\x21\x21\0\0"), 16, "PROXY header, byte 15: too short for its addresses");
}

static void a_block_is_accepted_up_to_so_many_bytes(void **state)
{
    char *block = calloc(1, PROXY_HEADER_MAX);

    (void)state;
    memcpy(block, SIGNATURE "\x21\x11\x0f\xf0", 16);
    memcpy(block + 28, "\4\x0f\xe1", 3); /* an addition that fills it */
    struct proxy_header header;
    assert_int_equal(parse_guarded((zoc_bytes){ block, PROXY_HEADER_MAX }, &header), PROXY_HEADER_MAX);
    assert_int_equal(parse_guarded((zoc_bytes){ block, PROXY_HEADER_MAX - 1 }, &header), 0);
    read_in_steps((zoc_bytes){ block, PROXY_HEADER_MAX }, SIZE_MAX);
    block[15] = '\xf1';
    refuse_as((zoc_bytes){ block, 20 }, 16, -EMSGSIZE, "PROXY header: it is longer than 4096 bytes");
    free(block);
}

/* --- additions ------------------------------------------------------------------------------------ */

/* A header for TCP over IPv4 with these bytes behind its addresses. */
static zoc_bytes with_additions(char block[128], zoc_bytes additions)
{
    char *end = mempcpy(block, TCP4, sizeof TCP4 - 1);

    end = mempcpy(end, additions.data, additions.size);
    block[15] = (char)(12 + additions.size);
    return (zoc_bytes){ block, (size_t)(end - block) };
}

static void additions_are_skipped(void **state)
{
    char block[128];

    (void)state;
    expect_names(with_additions(block, BYTES("\4\0\0")), SOCK_STREAM, "192.0.2.1:56324", "198.51.100.2:443");
    expect_names(with_additions(block, BYTES("\1\0\2h2\xee\0\1x\4\0\0")), SOCK_STREAM, "192.0.2.1:56324",
                 "198.51.100.2:443");
}

static void additions_that_are_longer_than_the_header_are_refused(void **state)
{
    char block[128];

    (void)state;
    refuse(with_additions(block, BYTES("\4")), 29, "PROXY header, byte 29: an addition that is longer than the header");
    refuse(with_additions(block, BYTES("\4\0")), 30,
           "PROXY header, byte 29: an addition that is longer than the header");
    refuse(with_additions(block, BYTES("\4\0\1")), 31,
           "PROXY header, byte 29: an addition that is longer than the header");
    refuse(with_additions(block, BYTES("\4\0\0\4\xff\xffx")), 35,
           "PROXY header, byte 32: an addition that is longer than the header");
}

static void a_checksum_is_checked(void **state)
{
    char block[128];
    zoc_bytes header = with_additions(block, BYTES("\1\0\2h2\3\0\4\0\0\0\0\4\0\1x"));

    (void)state;
    uint32_t sum = crc32c(0, header);
    for (int i = 0; i < 4; i++)
        block[36 + i] = (char)(sum >> (24 - 8 * i));
    expect_names(header, SOCK_STREAM, "192.0.2.1:56324", "198.51.100.2:443");
    block[20] ^= 1;
    refuse(header, header.size, "PROXY header, byte 37: the checksum is that of another header");
    refuse(with_additions(block, BYTES("\3\0\3xyz")), 34, "PROXY header, byte 32: a checksum that has not 4 bytes");
}

/* --- building ------------------------------------------------------------------------------------- */

static zoc_address address_of(const char *digits, uint16_t port)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, port, &address), 0);
    return address;
}

static struct proxy_header header_of(int version, const char *source, const char *destination)
{
    return (struct proxy_header){ .version = version,
                                  .names = true,
                                  .type = SOCK_STREAM,
                                  .source = address_of(source, 56324),
                                  .destination = address_of(destination, 443) };
}

static void expect_built(struct proxy_header header, zoc_bytes expected)
{
    char data[PROXY_HEADER_BUILT_MAX];

    assert_int_equal(proxy_header_build(&header, data), expected.size);
    assert_memory_equal(data, expected.data, expected.size);
}

static void what_is_built_is_what_was_asked_for(void **state)
{
    (void)state;
    expect_built(header_of(1, "192.0.2.1", "198.51.100.2"), BYTES("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"));
    expect_built(header_of(1, "2001:db8::1", "2001:db8::2"), BYTES("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n"));
    expect_built(header_of(2, "192.0.2.1", "198.51.100.2"), BYTES(TCP4));
    expect_built(header_of(2, "2001:db8::1", "2001:db8::2"), BYTES(TCP6));
}

static void mapped_addresses_are_ip4_unless_one_of_the_two_is_none(void **state)
{
    (void)state;
    expect_built(header_of(1, "::ffff:192.0.2.1", "198.51.100.2"),
                 BYTES("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"));
    expect_built(header_of(2, "::ffff:192.0.2.1", "::ffff:198.51.100.2"), BYTES(TCP4));
    expect_built(header_of(1, "192.0.2.1", "::1"), BYTES("PROXY TCP6 ::ffff:192.0.2.1 ::1 56324 443\r\n"));
}

static void what_a_version_cannot_name_it_leaves_open(void **state)
{
    struct proxy_header datagrams = header_of(1, "192.0.2.1", "198.51.100.2"), local = datagrams, nobody = datagrams;

    (void)state;
    datagrams.type = SOCK_DGRAM;
    local.source = (zoc_address){ .size = sizeof(struct sockaddr_un), .local.sun_family = AF_UNIX };
    nobody.names = false;
    expect_built(datagrams, BYTES("PROXY UNKNOWN\r\n"));
    expect_built(local, BYTES("PROXY UNKNOWN\r\n"));
    expect_built(nobody, BYTES("PROXY UNKNOWN\r\n"));
    local.version = nobody.version = 2;
    expect_built(local, BYTES(SIGNATURE "\x21\0\0\0"));
    expect_built(nobody, BYTES(SIGNATURE "\x21\0\0\0"));
}

static void unix_addresses_come_back_as_they_were(void **state)
{
    struct proxy_header header = { .version = 2, .names = true, .type = SOCK_STREAM }, again;
    char data[PROXY_HEADER_BUILT_MAX], text[ZOC_ADDRESS_TEXT];

    (void)state;
    header.source = (zoc_address){ .size = sizeof(sa_family_t), .local.sun_family = AF_UNIX };
    header.destination = (zoc_address){ .local = { AF_UNIX, "\0hidden" }, .size = sizeof(sa_family_t) + 7 };
    size_t size = proxy_header_build(&header, data);
    assert_int_equal(size, PROXY_HEADER_BUILT_MAX);
    assert_int_equal(parse_guarded((zoc_bytes){ data, size }, &again), size);
    assert_string_equal(zoc_address_format(&again.source, text, sizeof text), "(unnamed)");
    assert_string_equal(zoc_address_format(&again.destination, text, sizeof text), "@hidden");
    assert_true(zoc_address_equal(&again.destination, &header.destination));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_names_the_client_and_where_it_went),
        cmocka_unit_test(behind_unknown_anything_is_skipped),
        cmocka_unit_test(a_line_ends_after_107_bytes_at_the_latest),
        cmocka_unit_test(a_line_that_is_not_exactly_so_is_refused),
        cmocka_unit_test(a_lone_cr_or_lf_does_not_end_a_line),
        cmocka_unit_test(what_begins_otherwise_is_refused_at_once),
        cmocka_unit_test(a_block_names_the_client_and_where_it_went),
        cmocka_unit_test(unix_addresses_are_paths_abstract_names_or_nothing),
        cmocka_unit_test(a_header_that_names_nobody_is_skipped_whatever_is_in_it),
        cmocka_unit_test(other_versions_commands_families_and_protocols_are_refused_at_once),
        cmocka_unit_test(a_block_too_short_for_its_addresses_is_refused),
        cmocka_unit_test(a_block_is_accepted_up_to_so_many_bytes),
        cmocka_unit_test(additions_are_skipped),
        cmocka_unit_test(additions_that_are_longer_than_the_header_are_refused),
        cmocka_unit_test(a_checksum_is_checked),
        cmocka_unit_test(what_is_built_is_what_was_asked_for),
        cmocka_unit_test(mapped_addresses_are_ip4_unless_one_of_the_two_is_none),
        cmocka_unit_test(what_a_version_cannot_name_it_leaves_open),
        cmocka_unit_test(unix_addresses_come_back_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
