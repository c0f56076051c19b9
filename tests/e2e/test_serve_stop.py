"""`zocalo serve`: how it ends."""

import select
import signal
import socket
import threading

import pytest
from programs import pattern, read_all, read_exactly

BLOCK = pattern(64 * 1024)


def fill(client):
    """Writes without reading until there is no more room; returns what went out."""
    sent = bytearray()
    client.setblocking(False)
    try:
        while True:
            sent += BLOCK[:client.send(BLOCK)]
    except BlockingIOError:
        client.setblocking(True)
        client.settimeout(45)
        return bytes(sent)


def fill_small(server):
    """A client with little room, that has written until the server waits for it to read; and what it wrote."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    client.settimeout(45)
    client.connect(("127.0.0.1", server.port()))
    sent = bytearray()
    while select.select([], [client], [], 0.3)[1]:
        sent += fill(client)
    return client, bytes(sent)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(serve, number):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0")
    server.signal(number)
    assert server.wait() == 0
    assert server.records()[0]["message"] == "stopping: what is under way has 10s"


def test_nobody_is_accepted_after_a_stop_and_another_server_can_take_the_place(serve):
    server = serve("--grace=1h", "echo", "tcp://127.0.0.1:0")
    client, _ = fill_small(server)
    server.signal(signal.SIGTERM)
    server.err.match("stopping")
    with client:
        with pytest.raises(ConnectionRefusedError):
            while True:  # what came before the stop is still served
                with server.connect() as late:
                    late_talk(late)
        with serve("echo", server.endpoints[0]).connect() as another:
            another.sendall(b"hola")
            assert read_exactly(another, 4) == b"hola"


def late_talk(late):
    try:
        late.sendall(b"hola")
        late.recv(4)
    except (ConnectionResetError, BrokenPipeError):
        pass


def test_what_is_under_way_is_finished(serve):
    """A client that reads only after the stop gets everything that the server read from it."""
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0")
    client, sent = fill_small(server)
    server.signal(signal.SIGTERM)
    server.err.match("stopping")
    with client:
        answer = read_all(client)
    assert server.wait() == 0
    [record] = server.ended()
    assert answer == sent[:len(answer)]
    assert record["ended"] == "by us"
    assert record["bytes_in"] == record["bytes_out"] == len(answer)


def test_a_second_signal_ends_it_at_once(serve):
    server = serve("--grace=1h", "echo", "tcp://127.0.0.1:0")
    client, _ = fill_small(server)
    with client:
        server.signal(signal.SIGTERM)
        server.err.match("stopping")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


def test_grace_ends_a_peer_that_never_reads(serve):
    server = serve("--grace=300ms", "echo", "tcp://127.0.0.1:0")
    client, _ = fill_small(server)
    with client:
        assert server.stop() == 0


def test_what_is_cut_off_is_told_so(serve):
    server = serve("--log=json", "--grace=1h", "echo", "tcp://127.0.0.1:0")
    client, _ = fill_small(server)
    with client:
        server.signal(signal.SIGTERM)
        server.err.match("stopping")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    [record] = server.ended()
    assert record["ended"] == "cut off"


def test_characters_that_nobody_reads_hold_no_stop_up(serve):
    server = serve("--grace=1h", "chargen", "tcp://127.0.0.1:0")
    with server.connect():
        while "room for output" not in server.err.text():  # what its fibers wait for
            server.signal(signal.SIGUSR2)
            server.err.match("fiber")
        server.signal(signal.SIGTERM)
        server.err.match('ended="(cut off|by us)"')  # by us, when there was room again by chance


def test_a_broken_pipe_ends_no_server(echo):
    client, _ = fill_small(echo)
    client.close()  # with unread input: a reset, and the server writes
    echo.ended()
    with echo.connect() as another:
        another.sendall(b"hola")
        assert read_exactly(another, 4) == b"hola"


# --- while many talk --------------------------------------------------------------------------------


class Talker(threading.Thread):
    """Asks and reads the answer in a closed loop, until the server ends the connection."""

    def __init__(self, client, asked):
        super().__init__(daemon=True)
        self.client = client
        self.asked = asked  # a semaphore: released at the tenth question
        self.answered = 0
        self.fault = None

    def run(self):
        try:
            self.talk()
        except Exception as fault:  # shown by the test
            self.fault = fault
        finally:
            self.client.close()

    def talk(self):
        number = 0
        while True:
            question = b"%064d" % number
            number += 1
            self.client.sendall(question)
            answer = bytearray()
            while len(answer) < len(question):
                chunk = self.client.recv(len(question) - len(answer))
                if not chunk:
                    assert not answer, "the answer was cut"
                    return
                answer += chunk
            assert answer == question
            self.answered += len(question)
            if number == 10:
                self.asked.release()


def test_nothing_is_lost_when_it_stops_during_traffic(serve):
    server = serve("--log=json", "--threads=2", "echo", "tcp://127.0.0.1:0")
    asked = threading.Semaphore(0)
    talkers = [Talker(server.connect(), asked) for _ in range(32)]
    for talker in talkers:
        talker.start()
    for _ in talkers:
        assert asked.acquire(timeout=45)
    assert server.stop() == 0
    for talker in talkers:
        talker.join(45)
    assert [talker.fault for talker in talkers if talker.fault] == []
    ended = server.ended(len(talkers))
    assert len(ended) == len(talkers)
    assert {record["ended"] for record in ended} == {"by us"}
    assert all(record["bytes_in"] == record["bytes_out"] for record in ended)
    assert sum(record["bytes_out"] for record in ended) == sum(talker.answered for talker in talkers)
