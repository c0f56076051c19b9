"""The classic services: hello, discard (RFC 863), chargen (864), daytime (867), time (868), qotd (865)."""

import datetime
import re
import signal
import socket
import threading
import time

import pytest
from programs import PATIENCE, need, pattern, read_all, read_exactly, reset, udp_socket
from test_serve_listening import refuse

GREETING = b"Hola Mundo\r\n"
ANSWER = b"Hola desde el servidor"
DAYTIME = (rb"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, "
           rb"(January|February|March|April|May|June|July|August|September|October|November|December) "
           rb"[1-9]\d?, \d{4} \d\d:\d\d:\d\d-\S+\r\n")
CHARACTERS = bytes(range(32, 127))
LINES = b"".join((CHARACTERS * 2)[first:first + 72] + b"\r\n" for first in range(95))


@pytest.fixture
def service(serve, folder):
    """A server of that service: TCP (0), UDP (1), and Unix sockets of the three types (2 to 4)."""

    def serve_all(name, *more, **how):
        unix = [f"unix:{folder}/{kind},type={kind}" for kind in ("stream", "seqpacket", "dgram")]
        return serve("--log=json", name, "tcp://127.0.0.1:0", "udp://127.0.0.1:0", *unix, *more, **how)

    return serve_all


def unix_client(folder, kind):
    client = socket.socket(socket.AF_UNIX, getattr(socket, f"SOCK_{kind.upper()}"))
    client.settimeout(PATIENCE)
    client.bind(str(folder / f"client-{kind}"))
    client.connect(str(folder / kind))
    return client


def answers(server, folder):
    """What it says to nothing at all, by kind of socket."""
    with server.connect() as tcp, server.connect(2) as stream, unix_client(folder, "seqpacket") as seqpacket:
        yield read_all(tcp)
        yield read_all(stream)
        yield read_all(seqpacket)
    with udp_socket() as udp, unix_client(folder, "dgram") as dgram:
        udp.sendto(b"", ("127.0.0.1", server.port(1)))
        dgram.send(b"")
        yield udp.recv(1000)
        yield dgram.recv(1000)


# --- hello


def hello(serve, folder, *more):
    return serve("hello", "tcp://127.0.0.1:0", f"unix:{folder}/hello", *more)


@pytest.mark.parametrize("number", [0, 1], ids=["tcp", "unix"])
def test_the_greeting_comes_at_once(serve, folder, number):
    with hello(serve, folder).connect(number) as client:
        assert read_all(client) == GREETING


def test_early_words_of_many_clients_destroy_no_greeting(serve, folder):
    server = hello(serve, folder)
    clients = []
    for _ in range(200):
        clients.append(server.connect())
        clients[-1].sendall(b"Hola servidor")
    for client in clients:
        with client:
            assert read_all(client) == GREETING


def test_a_client_that_says_much_gets_the_greeting_whole(serve, folder):
    with hello(serve, folder).connect() as client:
        client.sendall(pattern(500_000))
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == GREETING


def test_netcat_is_greeted(start, serve, folder):
    server = hello(serve, folder)
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", server.port())
    client.say(b"Hola servidor\n")
    assert client.finish()[:2] == (0, GREETING)
    client = start(need("socat"), "-t", "30", "-", f"UNIX-CONNECT:{folder}/hello")
    client.say(b"")
    assert client.finish()[:2] == (0, GREETING)


@pytest.mark.parametrize("number", [0, 1], ids=["tcp", "unix"])
def test_who_asks_is_answered_after_the_question(serve, folder, number):
    with hello(serve, folder, "mode=ask").connect(number) as client:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(100)
        client.settimeout(PATIENCE)
        client.sendall(b"Hola servidor")
        assert read_all(client) == ANSWER


def test_who_ends_without_a_question_is_answered_all_the_same(serve, folder):
    with hello(serve, folder, "mode=ask").connect() as client:
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == ANSWER


def test_the_words_may_be_others(serve, folder):
    server = serve("hello tcp://127.0.0.1:0 'text=buenos días'", "hello tcp://127.0.0.1:0 mode=ask text=")
    with server.connect() as client:
        assert read_all(client) == "buenos días\r\n".encode()
    with server.connect(1) as client:
        client.sendall(b"?")
        assert read_all(client) == b""


def test_hello_takes_no_datagrams(zocalo):
    refuse(zocalo, "hello", "udp://:0", says="spec: character 7: 'udp://:0' is for datagrams, which hello does not take")


# --- discard


@pytest.mark.parametrize("number", [0, 2], ids=["tcp", "unix"])
def test_everything_is_thrown_away_and_nothing_said(service, number):
    server = service("discard")
    with server.connect(number) as client:
        client.sendall(pattern(1_000_000))
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""
    assert server.ended()[0]["bytes_in"] == 1_000_000


def test_discarded_datagrams_are_not_answered(service, folder):
    server = service("discard")
    with udp_socket() as udp, unix_client(folder, "dgram") as dgram:
        for data in (b"hola", b"", pattern(9000)):
            udp.sendto(data, ("127.0.0.1", server.port(1)))
            dgram.send(data)
        assert server.stop() == 0  # an answer would have come by now
        for client in (udp, dgram):
            client.setblocking(False)
            with pytest.raises((BlockingIOError, ConnectionResetError)):  # dgram: its peer is gone
                client.recv(100)


def test_a_stop_ends_discard_although_more_comes(service):
    server = service("discard")
    with server.connect() as client:
        client.sendall(b"x")

        def pour():
            try:
                while True:
                    client.sendall(b"x" * 65536)
            except OSError:
                pass

        pourer = threading.Thread(target=pour)
        pourer.start()
        assert server.stop() == 0
        pourer.join(PATIENCE)
        assert not pourer.is_alive()


# --- chargen


def assert_lines(data):
    assert data == (LINES * (len(data) // len(LINES) + 1))[:len(data)]


@pytest.mark.parametrize("number", [0, 2], ids=["tcp", "unix"])
def test_lines_rotate_by_one_character(service, number):
    with service("chargen").connect(number) as client:
        data = read_exactly(client, 100_000)
    assert data[:74] == b' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n'
    assert_lines(data)


def test_packets_of_characters(service, folder):
    service("chargen")
    with unix_client(folder, "seqpacket") as client:
        for _ in range(10):
            packet = client.recv(1 << 16)
            assert packet.endswith(b"\r\n")
            assert_lines(packet)


def test_characters_go_on_after_the_peers_end_and_its_words(service):
    server = service("chargen")
    with server.connect() as client:
        client.sendall(b"enough!")
        client.shutdown(socket.SHUT_WR)
        assert_lines(read_exactly(client, 10_000_000))
    assert server.ended()[0]["bytes_in"] == 7


def test_netcat_reads_characters(start, service):
    server = service("chargen")
    client = start("sh", "-c", f"{need('nc.openbsd')} -d 127.0.0.1 {server.port()} | head -c 1000000")
    assert_lines(client.finish()[1])
    assert len(server.ended()) == 1


def test_a_reset_ends_the_characters(service):
    server = service("chargen")
    client = server.connect()
    read_exactly(client, 1000)
    reset(client)
    assert server.ended()[0]["ended"] == "reset"


def test_idle_ends_the_characters_although_nobody_reads(service):
    server = service("chargen", "idle=100ms")
    with server.connect():
        assert server.ended()[0]["ended"] == "timed out"


def test_a_stop_ends_the_characters_at_the_end_of_a_line(service):
    server = service("chargen")
    with server.connect() as client:
        data = read_exactly(client, 100_000)
        server.signal(signal.SIGTERM)
        data += read_all(client)
    assert server.wait() == 0
    assert_lines(data)
    assert data.endswith(b"\r\n")


def test_a_datagram_has_up_to_512_characters_by_chance(service, folder):
    server = service("chargen")
    sizes = set()
    with udp_socket() as client:
        for _ in range(100):
            client.sendto(b"?", ("127.0.0.1", server.port(1)))
            data = client.recv(1000)
            assert_lines(data)
            sizes.add(len(data))
    assert max(sizes) <= 512
    assert len(sizes) > 20  # of 100 draws out of 513
    with unix_client(folder, "dgram") as client:
        client.send(b"")
        assert_lines(client.recv(1000))


# --- daytime and time


def test_the_date_on_every_kind_of_socket(service, folder):
    server = service("daytime", env={"LC_ALL": "es_ES.UTF-8"})
    for answer in answers(server, folder):
        assert re.fullmatch(DAYTIME, answer), answer


def test_the_date_is_local_time(service):
    server = service("daytime", env={"TZ": "IST-5:30"})
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    before = datetime.datetime.now(zone).replace(microsecond=0)
    with server.connect() as client:
        text = read_all(client).decode()
    told = datetime.datetime.strptime(text, "%A, %B %d, %Y %H:%M:%S-IST\r\n").replace(tzinfo=zone)
    assert before <= told <= datetime.datetime.now(zone)
    assert text.startswith(told.strftime("%A"))


def test_the_seconds_since_1900_on_every_kind_of_socket(service, folder):
    server = service("time")
    before = int(time.time()) + 2208988800
    for answer in answers(server, folder):
        assert len(answer) == 4
        assert before <= int.from_bytes(answer, "big") <= int(time.time()) + 2208988800


def test_socat_asks_for_the_date(start, service):
    server = service("daytime")
    client = start(need("socat"), "-T", "30", "-", f"UDP:127.0.0.1:{server.port(1)}")
    client.write(b"\n")
    client.out.match(DAYTIME.decode().replace("\\r\\n", ""))
    client.end_input()


# --- qotd


def test_a_quote_on_every_kind_of_socket(service, folder):
    for answer in answers(service("qotd"), folder):
        assert 2 < len(answer) <= 512
        assert answer.endswith(b"\r\n") and answer.count(b"\n") == 1
        assert answer.decode()


def test_quotes_come_by_chance(service):
    server = service("qotd")
    quotes = set()
    with udp_socket() as client:
        for _ in range(200):
            client.sendto(b"", ("127.0.0.1", server.port(1)))
            quotes.add(client.recv(1000))
    assert len(quotes) > 3


def test_a_quote_of_ones_own(service, folder):
    for answer in answers(service("qotd", "text=hola"), folder):
        assert answer == b"hola\r\n"


def test_a_quote_has_510_bytes_at_most(serve, zocalo):
    with serve("qotd", "tcp://127.0.0.1:0", "text=" + "x" * 510).connect() as client:
        assert read_all(client) == b"x" * 510 + b"\r\n"
    program = zocalo("serve", "qotd", "tcp://127.0.0.1:0", "text=" + "x" * 511)
    status, _, err = program.finish()
    assert status == 2 and "is not a text of at most 510 bytes" in err


# --- all of them


SAYING = {"hello": GREETING, "qotd text=hola": b"hola\r\n"}


@pytest.mark.parametrize("spec", SAYING)
def test_early_words_under_load(serve, spec):
    """Many clients at once, each of which says something and reads late."""
    server = serve(f"{spec} tcp://127.0.0.1:0")
    clients = [server.connect() for _ in range(200)]
    for client in clients:
        client.sendall(b"words" * 100)
    for client in clients:
        with client:
            assert read_all(client) == SAYING[spec]


@pytest.mark.parametrize("name", ["echo", "chargen", "daytime", "qotd", "time"])
@pytest.mark.parametrize("port", [10013, 10017, 10019, 10037])
def test_services_do_not_answer_each_other(serve, name, port):
    server = serve(name, "udp://127.0.0.1:0")
    with udp_socket("127.0.0.4", port) as other, udp_socket() as client:
        other.sendto(b"hola", ("127.0.0.1", server.port()))
        client.sendto(b"hola", ("127.0.0.1", server.port()))
        client.recv(1000)  # the answer to a later question shows that the earlier one is not answered
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(1000)


@pytest.mark.parametrize("name, answers", [("chargen", False), ("daytime", False), ("qotd", False), ("time", False),
                                           ("echo", True)])
def test_the_port_of_our_echo_is_answered_by_echoes_alone(serve, name, answers):
    server = serve(name, "udp://127.0.0.1:0")
    with udp_socket("127.0.0.4", 50007) as other, udp_socket() as client:
        other.sendto(b"hola", ("127.0.0.1", server.port()))
        client.sendto(b"hola", ("127.0.0.1", server.port()))
        client.recv(1000)
        if answers:
            assert other.recv(1000) == b"hola"
            return
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(1000)


@pytest.mark.parametrize("name", ["chargen", "daytime", "qotd", "time"])
def test_what_amplifies_is_on_every_interface_only_when_that_is_written(serve, name):
    server = serve(name, "udp://:0", "udp://0.0.0.0:0", "tcp://:0")
    assert [endpoint.rsplit(":", 1)[0] for endpoint in server.endpoints] == [
        "udp://127.0.0.1", "udp://0.0.0.0", "tcp://"]


def test_defaults_are_on_this_machine_alone(zocalo):
    status, out, _ = zocalo("serve").finish()
    assert status == 0
    ports = {"echo": 50007, "hello": 9000, "discard": 10009, "daytime": 10013, "qotd": 10017, "chargen": 10019,
             "time": 10037}
    for name, port in ports.items():
        endpoints = f"tcp://127.0.0.1:{port}" + ("" if name == "hello" else f" udp://127.0.0.1:{port}")
        assert re.search(rf"^{name} .*\n +{re.escape(endpoints)}$", out.decode(), re.MULTILINE), name
