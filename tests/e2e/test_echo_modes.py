"""echo behind words: mode=line and mode=stamp, on every kind of socket."""

import datetime
import re
import signal
import socket
import threading

import pytest
from programs import PATIENCE, need, read_all, read_exactly, udp_socket
from test_serve_listening import refuse

STAMP = rb"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] Echo: "
STAMP_SIZE = 28


@pytest.fixture
def echo(serve, folder):
    """An echo server of that mode on a TCP port (0), a UDP port (1), and Unix sockets of the three types (2 to 4)."""

    def serve_mode(mode, *more, **how):
        unix = [f"unix:{folder}/{kind},type={kind}" for kind in ("stream", "seqpacket", "dgram")]
        return serve("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0", *unix, f"mode={mode}", *more, **how)

    return serve_mode


def say(client, data):
    """Sends from a thread and half-closes, so that the answers can be read meanwhile; returns all of them."""

    def send():
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    answer = read_all(client)
    sender.join(PATIENCE)
    return answer


def unix_client(folder, kind):
    """A client of the Unix socket of that type, with a name of its own."""
    client = socket.socket(socket.AF_UNIX, getattr(socket, f"SOCK_{kind.upper()}"))
    client.settimeout(PATIENCE)
    client.bind(str(folder / "client"))
    client.connect(str(folder / kind))
    return client


# --- lines


@pytest.mark.parametrize("number", [0, 2], ids=["tcp", "unix"])
@pytest.mark.parametrize("text, answer", [
    (b"", b""),
    (b"hola\n", b"ECHO: hola\n"),
    (b"hola\r\n\r\n\n", b"ECHO: hola\r\nECHO: \r\nECHO: \n"),
    (b"adi\xc3\xb3s", b"ECHO: adi\xc3\xb3s"),
    (b"one\n\0\xff\ntwo", b"ECHO: one\nECHO: \0\xff\nECHO: two"),
])
def test_each_line_comes_back_behind_its_words(echo, number, text, answer):
    with echo("line").connect(number) as client:
        assert say(client, text) == answer


def test_a_line_is_answered_before_the_next_one_comes(echo):
    with echo("line").connect() as client:
        for line in (b"one\n", b"two\r\n"):
            client.sendall(line[:2])
            client.sendall(line[2:])
            assert read_exactly(client, 6 + len(line)) == b"ECHO: " + line


def test_many_lines(echo):
    lines = [b"%d" % number + b"." * (number % 300) for number in range(50_000)]
    with echo("line").connect() as client:
        assert say(client, b"".join(line + b"\n" for line in lines)) == b"".join(b"ECHO: %s\n" % line for line in lines)


@pytest.mark.parametrize("size", [65535, 65536, 65537, 1_000_000])
def test_a_long_line_has_its_words_once(echo, size):
    with echo("line").connect() as client:
        assert say(client, b"x" * size + b"\nshort\n") == b"ECHO: " + b"x" * size + b"\nECHO: short\n"


@pytest.mark.parametrize("kind", ["stream", "seqpacket"])
def test_lines_over_unix_connections(echo, folder, kind):
    echo("line")
    with unix_client(folder, kind) as client:
        client.sendall(b"hola\n")
        assert read_exactly(client, 11) == b"ECHO: hola\n"


def test_netcat_and_lines(start, echo):
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", echo("line").port())
    client.say(b"hola\nmundo")
    assert client.finish()[:2] == (0, b"ECHO: hola\nECHO: mundo")


def test_socat_and_lines(start, echo, folder):
    echo("line")
    client = start(need("socat"), "-t", "30", "-", f"UNIX-CONNECT:{folder}/stream")
    client.say(b"hola\nmundo\n")
    assert client.finish()[:2] == (0, b"ECHO: hola\nECHO: mundo\n")


# --- stamps


def whole_seconds():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def test_a_stamp_is_local_time(echo):
    server = echo("stamp", env={"TZ": "IST-5:30"})
    with server.connect() as client:
        before = whole_seconds()
        client.sendall(b"hola\n")
        stamp = re.fullmatch(STAMP + b"hola\n", read_exactly(client, STAMP_SIZE + 5))[1].decode()
        after = whole_seconds()
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    assert before <= datetime.datetime.fromisoformat(stamp).replace(tzinfo=zone) <= after


@pytest.mark.parametrize("number", [0, 2], ids=["tcp", "unix"])
def test_what_is_received_at_once_gets_one_stamp_and_nothing_else(echo, number):
    with echo("stamp").connect(number) as client:
        for data in (b"a", b"b\nc\n", b"\0"):
            client.sendall(data)
            assert re.fullmatch(STAMP + re.escape(data), read_exactly(client, STAMP_SIZE + len(data)))
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""


def test_nothing_is_lost_between_stamps(echo):
    data = b"x" * 1_000_000
    with echo("stamp").connect() as client:
        assert re.sub(STAMP, b"", say(client, data)) == data


def test_packets_keep_their_boundaries(echo, folder):
    echo("stamp")
    with unix_client(folder, "seqpacket") as client:
        client.send(b"one")
        client.send(b"two")
        assert re.fullmatch(STAMP + b"one", client.recv(100))
        assert re.fullmatch(STAMP + b"two", client.recv(100))


# --- datagrams


WORDS = {"raw": b"", "line": b"ECHO: ", "stamp": STAMP}
SIZES = {"raw": 0, "line": 6, "stamp": STAMP_SIZE}


@pytest.mark.parametrize("mode", WORDS)
@pytest.mark.parametrize("data", [b"hola", b"a\nb\n", b""], ids=["word", "lines", "empty"])
def test_words_stand_before_each_datagram(echo, mode, data):
    server = echo(mode)
    with udp_socket() as client:
        client.sendto(data, ("127.0.0.1", server.port(1)))
        assert re.fullmatch(WORDS[mode] + data, client.recv(100))


@pytest.mark.parametrize("mode", WORDS)
def test_unix_datagrams(echo, folder, mode):
    echo(mode)
    with unix_client(folder, "dgram") as client:
        for data in (b"hola", b"", b"a\nb"):
            client.send(data)
            assert re.fullmatch(WORDS[mode] + data, client.recv(100))


def test_an_answer_that_is_too_long_for_a_datagram_is_left_out(echo):
    server = echo("line")
    with udp_socket() as client:
        for data in (b"x" * 65507, b"x" * 65502, b"x" * 65501):  # a datagram has 65507 bytes at most
            client.sendto(data, ("127.0.0.1", server.port(1)))
        assert client.recv(1 << 17) == b"ECHO: " + b"x" * 65501


# --- the key


def test_raw_is_the_default(serve):
    with serve("echo", "tcp://127.0.0.1:0").connect() as client:
        assert say(client, b"one\ntwo") == b"one\ntwo"


def test_each_spec_has_a_mode_of_its_own(serve):
    server = serve("echo tcp://127.0.0.1:0 mode=line", "echo tcp://127.0.0.1:0")
    for number, answer in ((0, b"ECHO: a\n"), (1, b"a\n")):
        with server.connect(number) as client:
            assert say(client, b"a\n") == answer


def test_a_mode_that_is_not_known_is_refused(zocalo):
    refuse(zocalo, "echo", ":0", "mode=lines", says="spec: character 9: 'lines' is not one of raw, line, stamp")


@pytest.mark.parametrize("mode", WORDS)
def test_a_stop_ends_idle_conversations(echo, mode):
    server = echo(mode)
    with server.connect() as tcp, server.connect(2) as unix:
        for client in (tcp, unix):  # who has said something is in nobody's way
            client.sendall(b"a\n")
            assert re.search(b"a\n$", read_exactly(client, SIZES[mode] + 2))
        server.signal(signal.SIGTERM)
        assert read_all(tcp) == read_all(unix) == b""
    assert server.wait() == 0
