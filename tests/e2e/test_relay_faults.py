"""`zocalo relay` as a bad network: what it delays, holds up, loses and cuts. Times are lower bounds: what is slow on purpose
takes at least so long."""

import re
import signal
import socket
import threading
import time

import pytest
from programs import PATIENCE, pattern, read_all, read_exactly, reset, tcp_listener, udp_socket


@pytest.fixture
def target():
    with tcp_listener() as listener:
        yield listener


@pytest.fixture
def relay(zocalo):
    """Starts a relay; returns the program, with the port where it listens."""

    def start_one(*arguments):
        program = zocalo("relay", "--log=json", *arguments)
        program.port = int(program.err.match(r"^listening \S+:(\d+)$").group(1))
        return program

    return start_one


@pytest.fixture
def pair(relay, target):
    """Two ends that are joined by a relay with these options: who came, and who was dialled for it."""
    ends = []

    def open_one(*options):
        program = relay(*options, "listen:tcp://127.0.0.1:0", f"127.0.0.1:{target.getsockname()[1]}")
        client = socket.create_connection(("127.0.0.1", program.port), PATIENCE)
        server, _ = target.accept()
        server.settimeout(PATIENCE)
        ends.extend([client, server])
        return client, server

    yield open_one
    for end in ends:
        end.close()


def read_until_reset(end):
    """Everything until a reset; an end instead of it is wrong."""
    data = bytearray()
    try:
        while chunk := end.recv(1 << 16):
            data += chunk
    except ConnectionResetError:
        return bytes(data)
    raise AssertionError(f"an end after {len(data)} bytes")


def send_from_thread(end, data):
    """For what is cut off in the middle."""

    def send():
        try:
            end.sendall(data)
        except OSError:
            pass

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


class Watch:
    """How long something took at least."""

    def __init__(self):
        self.begun_at = time.monotonic()

    def at_least(self, seconds):
        assert time.monotonic() - self.begun_at >= seconds


# --- cut ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 10240, 3 << 20])
def test_a_cut_passes_exactly_so_many_bytes_and_resets_both_sides(pair, size):
    client, server = pair(f"--cut-after={size}")
    sending = send_from_thread(client, pattern(size + 100000))
    assert read_until_reset(server) == pattern(size)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        while client.recv(1):
            pass
    sending.join(PATIENCE)


def test_the_other_direction_is_cut_by_itself(pair):
    client, server = pair("--cut-after=1000")
    client.sendall(pattern(999))
    assert read_exactly(server, 999) == pattern(999)
    server.sendall(pattern(1001))
    assert read_until_reset(client) == pattern(1000)
    assert read_until_reset(server) == b""


def test_what_ends_before_is_not_cut(pair):
    client, server = pair("--cut-after=1000")
    client.sendall(pattern(999))
    client.shutdown(socket.SHUT_WR)
    assert read_all(server) == pattern(999)
    server.close()
    assert read_all(client) == b""


def test_a_cut_is_logged_as_what_it_is(relay, target):
    program = relay("--cut-after=3", "listen:tcp://127.0.0.1:0", f"127.0.0.1:{target.getsockname()[1]}")
    with socket.create_connection(("127.0.0.1", program.port), PATIENCE) as client:
        client.sendall(b"12345")
        program.err.match('"bytes_out":0,"ended":"cut on purpose"}$')


def test_a_pair_that_is_cut_has_failed(zocalo, target):
    program = zocalo("relay", "--cut-after=3", "-", f"127.0.0.1:{target.getsockname()[1]}")
    program.say(b"12345")
    server, _ = target.accept()
    assert read_until_reset(server) == b"123"
    assert program.finish() == (1, b"", "zocalo relay: -: cut on purpose\n")


# --- rate -----------------------------------------------------------------------------------------


def test_a_rate_takes_its_time_and_loses_nothing(pair):
    client, server = pair("--rate=100K")
    watch = Watch()
    client.sendall(pattern(50000))
    client.shutdown(socket.SHUT_WR)
    assert read_all(server) == pattern(50000)
    watch.at_least((50000 - 2048) / 102400)


def test_each_direction_has_the_rate_for_itself(pair):
    client, server = pair("--rate=1M")
    for end in (client, server):
        send_from_thread(end, pattern(200000))
    assert read_exactly(server, 200000) == pattern(200000)
    assert read_exactly(client, 200000) == pattern(200000)


# --- delay and jitter -----------------------------------------------------------------------------


def test_a_delay_is_of_each_direction(pair):
    client, server = pair("--delay=150ms")
    watch = Watch()
    client.sendall(b"ping")
    assert read_exactly(server, 4) == b"ping"
    watch.at_least(0.15)
    server.sendall(b"pong")
    assert read_exactly(client, 4) == b"pong"
    watch.at_least(0.3)


def test_half_closes_come_late_and_last(pair):
    client, server = pair("--delay=150ms")
    watch = Watch()
    client.sendall(b"question")
    client.shutdown(socket.SHUT_WR)
    assert read_all(server) == b"question"
    watch.at_least(0.15)
    server.sendall(b"answer")
    server.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"answer"


def test_a_reset_comes_late_too(pair):
    client, server = pair("--delay=150ms")
    watch = Watch()
    reset(client)
    assert read_until_reset(server) == b""
    watch.at_least(0.15)


def test_a_stream_stays_in_order_however_it_is_shaken(pair):
    client, server = pair("--jitter=20ms", "--seed=7")
    data = pattern(300000)
    send_from_thread(client, data)
    assert read_exactly(server, len(data)) == data


# --- stall ----------------------------------------------------------------------------------------


def test_a_stall_comes_before_the_first_byte(pair):
    client, server = pair("--stall=300ms")
    watch = Watch()
    client.sendall(b"late")
    assert read_exactly(server, 4) == b"late"
    watch.at_least(0.3)


def test_a_stall_comes_after_so_many_bytes(pair):
    client, server = pair("--stall=300ms", "--stall-after=5")
    watch = Watch()
    client.sendall(b"firstthen")
    assert read_exactly(server, 5) == b"first"
    assert read_exactly(server, 4) == b"then"
    watch.at_least(0.3)


# --- datagrams ------------------------------------------------------------------------------------

LETTERS = 100
LAST = 255


def receive_all(server, is_last):
    """The numbers that arrive until is_last(number), or until nothing more does."""
    arrived = []
    try:
        while not arrived or not is_last(arrived[-1]):
            arrived.append(server.recv(10)[0])
    except (BlockingIOError, TimeoutError):
        pass
    return arrived


def await_last(server, address):
    """Another peer, whose losses are its own, sends until something of it arrives: the relay has taken by then what was
    sent before. Returns what else did."""
    arrived = []
    with udp_socket() as client:
        server.settimeout(0.1)
        while LAST not in arrived:
            client.sendto(bytes([LAST]), address)
            arrived += receive_all(server, lambda number: number == LAST)
    return arrived


def post(relay, *options, loses_all=False):
    """Which of LETTERS numbered datagrams arrive, in their order; and what the relay said."""
    with udp_socket() as server, udp_socket() as client:
        program = relay(*options, "listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.getsockname()[1]}")
        address = ("127.0.0.1", program.port)
        for number in range(LETTERS):
            client.sendto(bytes([number]), address)
        arrived = [] if loses_all else await_last(server, address)
        program.signal(signal.SIGTERM)  # what is on its way still arrives
        assert program.wait() == 0
        server.setblocking(False)
        arrived += receive_all(server, lambda _: False)
        return [number for number in arrived if number != LAST], program.err.all().decode()


def test_all_datagrams_are_lost(relay):
    assert post(relay, "--drop=100%", loses_all=True)[0] == []


def test_no_datagram_is_lost(relay):
    assert post(relay, "--drop=0%")[0] == list(range(LETTERS))


def test_the_same_seed_loses_the_same_datagrams(relay):
    once, said = post(relay, "--drop=50%", "--seed=7")
    assert 10 < len(once) < 90
    assert "seed" not in said
    assert post(relay, "--drop=50%", "--seed=7")[0] == once
    assert post(relay, "--drop=50%", "--seed=8")[0] != once


def test_a_seed_that_was_drawn_is_told_and_works_again(relay):
    once, said = post(relay, "--drop=50%")
    seed = re.search(r"^seed (\d+)$", said, re.MULTILINE).group(1)
    assert post(relay, "--drop=50%", f"--seed={seed}")[0] == once


def test_no_seed_is_told_when_nothing_is_drawn(relay):
    assert "seed" not in post(relay, "--delay=1ms")[1]


def test_datagrams_overtake_and_none_is_lost(relay):
    arrived, _ = post(relay, "--jitter=100ms", "--seed=7")
    assert sorted(arrived) == list(range(LETTERS))
    assert arrived != sorted(arrived)


def test_a_cut_ends_a_session_after_the_datagrams_that_fit(relay):
    with udp_socket() as server, udp_socket() as client:
        program = relay("--cut-after=10", "listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.getsockname()[1]}")
        address = ("127.0.0.1", program.port)
        for word in (b"first", b"second", b"third"):  # the second does not fit any more
            client.sendto(word, address)
        program.err.match('"ended":"cut on purpose"}$')
        data, peer = server.recvfrom(100)
        assert data == b"first"
        client.sendto(b"again", address)
        data, other = server.recvfrom(100)
        assert data in (b"third", b"again") and other != peer


def test_answers_suffer_too(relay):
    with udp_socket() as server, udp_socket() as client:
        program = relay("--delay=100ms", "listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.getsockname()[1]}")
        watch = Watch()
        client.sendto(b"", ("127.0.0.1", program.port))
        data, peer = server.recvfrom(100)
        assert data == b""
        server.sendto(b"answer", peer)
        assert client.recv(100) == b"answer"
        watch.at_least(0.2)


# --- what is refused ------------------------------------------------------------------------------


def refusal(zocalo, *arguments):
    status, out, err = zocalo("relay", *arguments).finish()
    assert (status, out) == (2, b"")
    return err


def test_nothing_can_be_dropped_of_streams(zocalo):
    assert refusal(zocalo, "--drop=1%", "listen:tcp://127.0.0.1:0", "127.0.0.1:9") == (
        "zocalo relay: option '--drop': neither side has datagrams, and of a stream nothing is lost\n")


@pytest.mark.parametrize("option, why", [
    ("--drop=101%", "'101%' is not a percentage such as 1% or 0.5%"),
    ("--drop=x", "'x' is not a percentage such as 1% or 0.5%"),
    ("--rate=0", "'0' is not a number of bytes such as 5 or 64K"),
    ("--cut-after=0", "'0' is not a number of bytes such as 5 or 64K"),
    ("--delay=5", "'5' is not a duration such as 500ms, 30s or 5m"),
    ("--seed=-1", "'-1' is not a number from 0 to 18446744073709551615"),
    ("--seed=18446744073709551616", "'18446744073709551616' is not a number from 0 to 18446744073709551615"),
])
def test_what_is_no_value_is_refused(zocalo, option, why):
    name = option.split("=")[0]
    assert refusal(zocalo, option, "listen:tcp://127.0.0.1:0", "127.0.0.1:9") == f"zocalo relay: option '{name}': {why}\n"


def test_a_stall_after_so_many_bytes_needs_a_stall(zocalo):
    assert refusal(zocalo, "--stall-after=5", "listen:tcp://127.0.0.1:0", "127.0.0.1:9") == (
        "zocalo relay: option '--stall-after' wants '--stall'\n")
