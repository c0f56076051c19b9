#include "explain/testing.h"

/* --- names ---------------------------------------------------------------------------------------- */

static void resolve(const zoc_address *addresses, unsigned count, const zoc_answer *answers, unsigned answer_count)
{
    happen((zoc_notice){ .kind = ZOC_RESOLVING, .name = "db" });
    happen((zoc_notice){ .kind = ZOC_RESOLVED,
                         .name = "db",
                         .addresses = addresses,
                         .address_count = count,
                         .answers = answers,
                         .answer_count = answer_count,
                         .took = 12 * ZOC_MILLISECOND });
}

static void a_name_server_is_named_with_what_it_said(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);
    const zoc_answer answers[] = {
        { .family = AF_INET6, .error = -ZOC_ENAME, .by = ZOC_ANSWER_SERVER, .server = address_of("192.0.2.53", 53) },
        { .family = AF_INET,
          .count = 1,
          .by = ZOC_ANSWER_SERVER,
          .server = address_of("192.0.2.53", 53),
          .ttl = 3600 * ZOC_SECOND },
    };

    begin_with((struct story_options){ .peer = SIDE_SERVER }, true);
    resolve(&four, 1, answers, 2);
    expect_told(
        "name server 192.0.2.53:53 was asked for 'db' over UDP, and said after 12ms: 192.0.2.7 (RFC 1035, 4.2.1)");
    expect_told("for 1h (its TTL)");
    expect_told("it has no IPv6 address (no AAAA record), so only IPv4 is tried (RFC 3596, 2.1)");
    end();
}

static void nobody_is_named_where_nobody_is_known(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);

    begin();
    resolve(&four, 1, NULL, 0);
    expect_told("application  'db' is 192.0.2.7\n");
    end();
}

static void the_hosts_file_comes_before_name_servers(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);
    const zoc_answer answer = { .family = AF_INET, .count = 1, .by = ZOC_ANSWER_HOSTS };

    begin();
    resolve(&four, 1, &answer, 1);
    expect_told("'db' stands in this machine's hosts file, which comes before any name server: 192.0.2.7 (hosts(5))");
    end();
}

static void what_the_hosts_file_has_not_is_not_said_of_the_dns(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);
    const zoc_answer answers[] = {
        { .family = AF_INET6, .error = -ZOC_ENAME, .by = ZOC_ANSWER_HOSTS },
        { .family = AF_INET, .count = 1, .by = ZOC_ANSWER_HOSTS },
    };

    begin();
    resolve(&four, 1, answers, 2);
    expect_told("the hosts file has no IPv6 address for it, so only IPv4 is tried (hosts(5))");
    expect_untold("AAAA");
    end();
}

static void a_name_is_escaped(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);

    begin();
    happen((zoc_notice){ .kind = ZOC_RESOLVED, .name = "a\033[2Jb", .addresses = &four, .address_count = 1 });
    expect_told("'a\\e[2Jb' is 192.0.2.7");
    end();
}

/* --- attempts ------------------------------------------------------------------------------------- */

static void the_families_take_turns(void)
{
    const zoc_address both[] = { address_of("2001:db8::7", 80), address_of("192.0.2.7", 80) };

    begin();
    resolve(both, 2, NULL, 0);
    happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &both[0] });
    happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &both[1] });
    expect_told(
        "[2001:db8::7]:80 is tried first: IPv6 comes before IPv4, and then the families take turns (RFC 8305, 4)");
    expect_told("192.0.2.7:80 is tried as well, since the one before has not answered for 250 ms (RFC 8305, 5)");
    end();
}

static void after_a_failure_the_next_address_is_tried(void)
{
    const zoc_address both[] = { address_of("2001:db8::7", 80), address_of("192.0.2.7", 80) };

    begin();
    resolve(both, 2, NULL, 0);
    happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &both[0] });
    happen((zoc_notice){
        .kind = ZOC_CONNECT_FAILED, .address = &both[0], .error = -ECONNREFUSED, .took = 3 * ZOC_MILLISECOND });
    happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &both[1] });
    happen((zoc_notice){
        .kind = ZOC_CONNECT_FAILED, .address = &both[1], .error = -ECONNREFUSED, .took = 2 * ZOC_MILLISECOND });
    expect_told("[2001:db8::7]:80: Connection refused, after 3ms; the next address is tried at once\n");
    expect_told("192.0.2.7:80: Connection refused, after 2ms\n");
    expect_untold("as well");
    end();
}

static void what_lost_the_race_has_not_failed(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);

    begin();
    happen((zoc_notice){ .kind = ZOC_CONNECT_FAILED, .address = &four, .error = -ECANCELED });
    assert_string_equal(told, "");
    end();
}

static void further_tries_are_told_of_once(void)
{
    const zoc_address four = address_of("192.0.2.7", 80);

    begin();
    for (int i = 0; i < 50; i++) {
        resolve(&four, 1, NULL, 0);
        happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &four });
        happen((zoc_notice){ .kind = ZOC_CONNECT_FAILED, .address = &four, .error = -ECONNREFUSED });
    }
    assert_true(strlen(told) < 400);
    expect_told("is tried again and again until the time is over");
    end();
}

/* --- connections ---------------------------------------------------------------------------------- */

/* A TCP connection inside this machine, whose stream the story follows. */
static zoc_stream *connect_to(int *ret_peer)
{
    zoc_stream *stream = testing_tcp_stream(ret_peer);
    zoc_address local;

    assert_int_equal(zoc_stream_local(stream, &local), 0);
    zoc_observe(stream, story_observer(story));
    happen((zoc_notice){ .kind = ZOC_CONNECTED,
                         .stream = stream,
                         .address = zoc_stream_peer(stream),
                         .local = &local,
                         .took = 1234567 * ZOC_NANOSECOND });
    return stream;
}

static void a_connection_is_told_with_both_ends_and_the_path(void)
{
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    expect_told("connected to 127.0.0.1:");
    expect_told(" in 1.23ms: SYN, SYN-ACK, ACK; measured round trip: ");
    expect_told("our own end is 127.0.0.1:");
    expect_told("link         no wire: both ends are this machine (path MTU ");
    zoc_close(stream);
    close(peer);
    end();
}

static void who_ended_first_is_left_in_time_wait(void)
{
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    close(peer);
    testing_expect_end(stream);
    zoc_close(stream);
    story_end(story);
    expect_told("← FIN: they send no more, while our own direction stays open: a half-close (RFC 9293, 3.6)");
    expect_told("→ FIN: we send no more either (RFC 9293, 3.6)");
    expect_told("TIME_WAIT is on their side, which ended first: for 60 s it catches late segments (RFC 9293, 3.6.1)");
    expect_told("in all: bytes sent 0, received 0, in ");
    end();
}

static void our_own_end_is_left_in_time_wait_as_well(void)
{
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    assert_int_equal(zoc_shut(stream), 0);
    close(peer);
    testing_expect_end(stream);
    zoc_close(stream);
    story_end(story);
    expect_told("→ FIN: we send no more, while their direction stays open: a half-close");
    expect_told("← FIN: they send no more either");
    expect_told("TIME_WAIT is on our side, which ended first");
    end();
}

static void a_reset_leaves_nothing(void)
{
    const struct linger at_once = { .l_onoff = 1 };
    zoc_bytes chunk;
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(peer);
    assert_int_equal(zoc_receive(stream, &chunk), -ECONNRESET);
    zoc_close(stream);
    story_end(story);
    expect_told("← RST: the other side broke it off");
    expect_untold("TIME_WAIT");
    expect_untold("FIN");
    end();
}

static void our_reset_is_ours(void)
{
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    zoc_reset(stream);
    story_end(story);
    expect_told("→ RST: we break it off; what has not arrived by now is thrown away, on both sides (RFC 9293, 3.10.5)");
    expect_untold("FIN");
    close(peer);
    end();
}

static void what_is_said_is_told_with_who_said_it(void)
{
    char heard[5];
    int peer;

    begin();
    zoc_stream *stream = connect_to(&peer);
    assert_int_equal(zoc_write(stream, "hola\n", 5), 5);
    assert_int_equal(read(peer, heard, sizeof heard), 5);
    assert_int_equal(write(peer, "adios\n", 6), 6);
    testing_expect(stream, "adios\n");
    close(peer);
    testing_expect_end(stream);
    zoc_close(stream);
    expect_told("application  → hola");
    expect_told("application  ← adios");
    end();
}

static void a_silent_story_leaves_the_words_out(void)
{
    int peer;

    begin_with((struct story_options){ .peer = SIDE_CLIENT, .silent = true, .connection = "#1 target" }, false);
    zoc_stream *stream = connect_to(&peer);
    assert_int_equal(zoc_write(stream, "hola\n", 5), 5);
    zoc_close(stream);
    expect_told("#1 target: connected to ");
    expect_untold("hola");
    close(peer);
    end();
}

static void what_is_a_detail_is_told_to_who_asks_for_more(void)
{
    int peer;

    begin();
    zoc_close(connect_to(&peer));
    close(peer);
    expect_untold("SACK");
    end();
    begin_with((struct story_options){ .peer = SIDE_SERVER }, true);
    zoc_close(connect_to(&peer));
    close(peer);
    expect_told("selective acknowledgements (SACK)");
    end();
}

/* --- what is no TCP ------------------------------------------------------------------------------- */

static void datagrams_have_no_handshake(void)
{
    const zoc_address peer = address_of("127.0.0.1", 9), local = address_of("127.0.0.1", 40000);

    begin();
    happen((zoc_notice){ .kind = ZOC_CONNECTED, .address = &peer, .local = &local });
    happen((zoc_notice){ .kind = ZOC_WE_ENDED });
    happen((zoc_notice){ .kind = ZOC_CLOSED });
    story_end(story);
    expect_told("UDP has no handshake: nothing was sent to 127.0.0.1:9 yet, and whether anybody is there is not known");
    expect_told("we send no more, which nobody is told: UDP knows no end (RFC 768)");
    expect_untold("FIN");
    end();
}

static void nobody_at_a_port_of_udp_is_no_broken_connection(void)
{
    const zoc_address peer = address_of("192.0.2.7", 53), own = address_of("192.0.2.1", 40000);

    begin();
    happen((zoc_notice){ .kind = ZOC_CONNECTED, .address = &peer, .local = &own });
    happen((zoc_notice){ .kind = ZOC_FAILED, .error = -ECONNREFUSED });
    expect_told("← an ICMP message came back, 'port unreachable'");
    expect_untold("connection has failed");
    end();
}

static void a_file_has_no_network(void)
{
    const zoc_endpoint place = { .scheme = ZOC_FIFO };

    begin_with((struct story_options){ .peer = SIDE_SERVER, .place = &place }, false);
    happen((zoc_notice){ .kind = ZOC_CONNECTING, .name = "/tmp/pipe" });
    happen((zoc_notice){ .kind = ZOC_CONNECTED, .name = "/tmp/pipe" });
    expect_told("'/tmp/pipe': a named pipe");
    end();
}

/* --- listening ------------------------------------------------------------------------------------ */

static void a_wildcard_is_explained(void)
{
    const zoc_address any = address_of("::", 80), any4 = address_of("0.0.0.0", 80), loopback = address_of("::1", 80);

    begin();
    happen((zoc_notice){ .kind = ZOC_LISTENING, .local = &any });
    happen((zoc_notice){ .kind = ZOC_LISTENING, .local = &any4 });
    happen((zoc_notice){ .kind = ZOC_LISTENING, .local = &loopback });
    expect_told("listening at [::]:80, the wildcard: on every interface, one socket for IPv6 and IPv4 (dual stack)");
    expect_told("listening at 0.0.0.0:80, the wildcard: on every interface, for IPv4");
    expect_told("listening at [::1]:80, a loopback address: programs of this machine alone can come");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_name_server_is_named_with_what_it_said),
        ON_FIBER(nobody_is_named_where_nobody_is_known),
        ON_FIBER(the_hosts_file_comes_before_name_servers),
        ON_FIBER(what_the_hosts_file_has_not_is_not_said_of_the_dns),
        ON_FIBER(a_name_is_escaped),
        ON_FIBER(the_families_take_turns),
        ON_FIBER(after_a_failure_the_next_address_is_tried),
        ON_FIBER(what_lost_the_race_has_not_failed),
        ON_FIBER(further_tries_are_told_of_once),
        ON_NET(a_connection_is_told_with_both_ends_and_the_path),
        ON_NET(who_ended_first_is_left_in_time_wait),
        ON_NET(our_own_end_is_left_in_time_wait_as_well),
        ON_NET(a_reset_leaves_nothing),
        ON_NET(our_reset_is_ours),
        ON_NET(what_is_said_is_told_with_who_said_it),
        ON_NET(a_silent_story_leaves_the_words_out),
        ON_NET(what_is_a_detail_is_told_to_who_asks_for_more),
        ON_FIBER(datagrams_have_no_handshake),
        ON_FIBER(nobody_at_a_port_of_udp_is_no_broken_connection),
        ON_FIBER(a_file_has_no_network),
        ON_FIBER(a_wildcard_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
