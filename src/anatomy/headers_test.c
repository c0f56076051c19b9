#include "anatomy/headers.h"

#include "anatomy/testing.h"

#include <string.h>

static const struct shape syn = { .from = SIDE_CLIENT, .flags = FLAG_SYN };
static const struct shape six_bytes = {
    .from = SIDE_CLIENT, .flags = FLAG_PSH | FLAG_ACK, .seq = 1, .ack = 1, .data = 6
};

static struct frame frame; /* too large for the stack */

static const struct header *header_named(const char *name, bool behind)
{
    for (unsigned i = 0; i < frame.header_count; i++)
        if (strcmp(frame.headers[i].name, name) == 0 && frame.headers[i].behind == behind)
            return &frame.headers[i];
    fail_msg("no header '%s'", name);
    return NULL;
}

static const struct field *field_named(const char *header, const char *name)
{
    const struct header *found = header_named(header, false);

    for (unsigned i = found->first; i < found->first + found->count; i++)
        if (strcmp(frame.fields[i].name, name) == 0)
            return &frame.fields[i];
    fail_msg("no field '%s'", name);
    return NULL;
}

#define assert_value(header, name, expected) assert_string_equal(field_named((header), (name))->value, (expected))

/* --- sizes, as they were captured ----------------------------------------------------------------- */

static void a_syn_over_ip4_has_74_bytes(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");

    (void)state;
    frame_build(&frame, &facts, &syn);
    assert_int_equal(header_named("Ethernet", false)->bytes, 14);
    assert_int_equal(header_named("IPv4", false)->bytes, 20);
    assert_int_equal(header_named("TCP", false)->bytes, 40);
    assert_int_equal(frame_bytes(&frame), 74);
    assert_value("TCP", "offset", "10");
    assert_value("TCP", "control bits", "SYN");
    assert_value("TCP", "value", "65495");
    assert_value("TCP", "shift", "10");
    assert_value("IPv4", "total length", "60");
}

static void data_over_ip4_has_timestamps_of_12_bytes_around_it(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");

    (void)state;
    frame_build(&frame, &facts, &six_bytes);
    assert_int_equal(header_named("TCP", false)->bytes, 32);
    assert_int_equal(frame_bytes(&frame), 72);
    assert_value("IPv4", "total length", "58");
    assert_value("IPv4", "flags", "DF");
    assert_value("TCP", "source port", "40000");
    assert_value("TCP", "destination port", "7");
    assert_value("TCP", "control bits", "PSH, ACK");
}

static void over_ip6_it_has_20_bytes_more(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "::1");

    (void)state;
    frame_build(&frame, &facts, &syn);
    assert_int_equal(frame_bytes(&frame), 94);
    assert_value("IPv6", "payload length", "40");
    assert_value("IPv6", "next header", "6, TCP");
    assert_value("IPv6", "source address", "::1");
    assert_value("Ethernet", "type", "0x86dd");
}

static void an_address_that_is_mapped_goes_as_ip4(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "::ffff:127.0.0.1");

    (void)state;
    frame_build(&frame, &facts, &syn);
    assert_int_equal(frame_bytes(&frame), 74);
    assert_value("IPv4", "source address", "127.0.0.1");
}

static void a_datagram_has_eight_bytes_of_udp(void **state)
{
    struct facts facts = testing_facts(CARRIER_UDP, "127.0.0.1");

    (void)state;
    frame_build(&frame, &facts, &six_bytes);
    assert_int_equal(frame_bytes(&frame), 48);
    assert_value("UDP", "length", "14");
    assert_value("IPv4", "protocol", "17, UDP");
}

static void a_unix_socket_has_no_headers(void **state)
{
    struct facts facts = { .carrier = CARRIER_UNIX };

    (void)state;
    frame_build(&frame, &facts, &six_bytes);
    assert_int_equal(frame.header_count, 0);
    assert_int_equal(frame_bytes(&frame), 6);
    assert_int_equal(headers_bytes(&facts, SIDE_CLIENT, 0), 0);
}

static void a_tunnel_has_no_frame(void **state)
{
    struct facts facts = testing_facts(CARRIER_UDP, "10.0.0.1");

    (void)state;
    facts.way.link = LOOK_LINK_NONE;
    frame_build(&frame, &facts, &six_bytes);
    assert_int_equal(frame_bytes(&frame), 34);
    assert_string_equal(frame.headers[0].name, "IPv4");
}

/* --- options -------------------------------------------------------------------------------------- */

static void options_that_were_offered_in_vain_stand_in_our_syn_alone(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");

    (void)state;
    facts.tcp = (struct tcp_terms){ .mss = 1460 };
    assert_int_equal(tcp_options_bytes(&facts, SIDE_CLIENT, FLAG_SYN), 20);
    assert_int_equal(tcp_options_bytes(&facts, SIDE_SERVER, FLAG_SYN | FLAG_ACK), 4);
    assert_int_equal(tcp_options_bytes(&facts, SIDE_CLIENT, FLAG_ACK), 0);
}

/* MSS; two bytes of padding and "SACK permitted"; one of padding and the window scale. */
static void without_timestamps_a_syn_has_12_bytes_of_options(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");

    (void)state;
    facts.offer.timestamps = facts.tcp.timestamps = false;
    assert_int_equal(tcp_options_bytes(&facts, SIDE_CLIENT, FLAG_SYN), 12);
    frame_build(&frame, &facts, &syn);
    assert_int_equal(header_named("TCP", false)->bytes, 32);
    assert_int_equal(tcp_options_bytes(&facts, SIDE_CLIENT, FLAG_ACK), 0);
}

/* Whatever is agreed on, what is drawn is what is counted, and fills words of 32 bits. */
static void fields_and_sizes_agree_for_every_agreement(void **state)
{
    (void)state;
    for (unsigned terms = 0; terms < 8; terms++) {
        struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");
        facts.offer = (struct look_offer){ .timestamps = terms & 1, .sack = terms & 2, .window_scale = terms & 4 };
        facts.tcp.timestamps = facts.offer.timestamps;
        facts.tcp.sack = facts.offer.sack;
        facts.tcp.window_scale = facts.offer.window_scale;
        for (unsigned i = 0; i < 2; i++) {
            const struct shape *shape = i ? &six_bytes : &syn;
            frame_build(&frame, &facts, shape);
            assert_int_equal(frame_bytes(&frame), headers_bytes(&facts, SIDE_CLIENT, shape->flags) + shape->data);
            assert_int_equal(header_named("TCP", false)->bytes % 4, 0);
        }
    }
}

/* --- what is known -------------------------------------------------------------------------------- */

static void what_the_kernel_keeps_to_itself_has_no_value(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");

    (void)state;
    frame_build(&frame, &facts, &six_bytes);
    assert_int_equal(field_named("TCP", "checksum")->known, KNOWN_NOT);
    assert_value("TCP", "checksum", "");
    assert_value("IPv4", "identification", "");
    assert_value("TCP", "window", "");
}

static void what_the_server_sends_has_no_ttl_that_is_known(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");
    const struct shape answer = { .from = SIDE_SERVER, .flags = FLAG_ACK };

    (void)state;
    frame_build(&frame, &facts, &answer);
    assert_value("IPv4", "time to live", "");
    assert_value("TCP", "source port", "7");
}

static void the_next_hop_may_not_be_known(void **state)
{
    struct facts facts = testing_facts(CARRIER_UDP, "10.0.0.1");

    (void)state;
    facts.way.link = LOOK_LINK_ETHERNET;
    memcpy(facts.way.hardware, "\x02\x00\x00\x00\x00\x01", LOOK_HARDWARE);
    frame_build(&frame, &facts, &six_bytes);
    assert_value("Ethernet", "destination", "");
    assert_value("Ethernet", "source", "02:00:00:00:00:01");
    facts.way.has_next = true;
    frame_build(&frame, &facts, &six_bytes);
    assert_value("Ethernet", "destination", "00:00:00:00:00:00");
}

/* --- TLS ------------------------------------------------------------------------------------------ */

static void a_record_of_tls_13_adds_22_bytes(void **state)
{
    struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");
    struct shape shape = six_bytes;

    (void)state;
    facts.tls = (struct tls_terms){ .version = "TLS 1.3", .cipher = "", .inner_type = true, .tag = 16, .sized = true };
    shape.sealed = true;
    frame_build(&frame, &facts, &shape);
    assert_int_equal(tls_bytes(&facts.tls), 22);
    assert_int_equal(frame_bytes(&frame), 94);
    assert_value("TLS", "length", "23");
    assert_int_equal(header_named("TLS", true)->bytes, 17);
}

static void a_record_of_tls_12_has_a_nonce(void **state)
{
    const struct tls_terms tls = { .version = "TLS 1.2", .cipher = "", .nonce = 8, .tag = 16, .sized = true };

    (void)state;
    assert_int_equal(tls_bytes(&tls), 5 + 8 + 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_over_ip4_has_74_bytes),
        cmocka_unit_test(data_over_ip4_has_timestamps_of_12_bytes_around_it),
        cmocka_unit_test(over_ip6_it_has_20_bytes_more),
        cmocka_unit_test(an_address_that_is_mapped_goes_as_ip4),
        cmocka_unit_test(a_datagram_has_eight_bytes_of_udp),
        cmocka_unit_test(a_unix_socket_has_no_headers),
        cmocka_unit_test(a_tunnel_has_no_frame),
        cmocka_unit_test(options_that_were_offered_in_vain_stand_in_our_syn_alone),
        cmocka_unit_test(without_timestamps_a_syn_has_12_bytes_of_options),
        cmocka_unit_test(fields_and_sizes_agree_for_every_agreement),
        cmocka_unit_test(what_the_kernel_keeps_to_itself_has_no_value),
        cmocka_unit_test(what_the_server_sends_has_no_ttl_that_is_known),
        cmocka_unit_test(the_next_hop_may_not_be_known),
        cmocka_unit_test(a_record_of_tls_13_adds_22_bytes),
        cmocka_unit_test(a_record_of_tls_12_has_a_nonce),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
