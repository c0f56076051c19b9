"""`zocalo serve`: max-connections= and clients=, and that a stop or a reload under load loses nobody."""

import asyncio
import datetime
import re
import select
import signal
import socket
import struct
import threading

import pytest
from programs import PATIENCE, read_all, read_exactly, udp_socket
from test_serve_reload import echoes, say, square  # noqa: F401 (a fixture)

# --- max-connections= -------------------------------------------------------------------------------


def ask(client, data=b"hola"):
    client.sendall(data)
    return client


def is_answered(client):
    return bool(select.select([client], [], [], 0)[0])


def wait_answered(clients):
    """One of them that is answered; the others are not."""
    answered = select.select(clients, [], [], PATIENCE)[0]
    assert len(answered) == 1
    assert read_exactly(answered[0], 4) == b"hola"
    return answered[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_who_comes_beyond_the_bound_waits_until_somebody_ends(serve, threads):
    server = serve("echo tcp://127.0.0.1:0 tcp://127.0.0.1:0 max-connections=3 ", f"--threads={threads}")
    inside = [server.connect(number) for number in (0, 1, 1)]
    for client in inside:
        say(client)
    waiting = [ask(server.connect(number)) for number in (0, 0, 1, 1)]
    while waiting:
        for client in inside * 20:  # time enough to answer somebody else
            say(client)
        assert not any(map(is_answered, waiting))
        inside.pop(0).close()
        served = wait_answered(waiting)
        waiting.remove(served)
        inside.append(served)
    for client in inside:
        say(client)
        client.close()
    echoes(server, 0)
    assert server.stop() == 0


def test_one_at_a_time(serve):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "max-connections=1", "--threads=2")
    clients = [ask(server.connect()) for _ in range(20)]
    while clients:
        served = wait_answered(clients)
        say(served)
        clients.remove(served)
        served.close()
    assert len(server.ended(20)) == 20


def test_each_spec_has_a_bound_of_its_own(serve):
    server = serve(*2 * ["echo tcp://127.0.0.1:0 max-connections=1"], "echo tcp://127.0.0.1:0")
    inside = [server.connect(number) for number in (0, 1, 2, 2)]
    for client in inside:
        say(client)
    waiting = [ask(server.connect(number)) for number in (0, 1)]
    for client in inside * 20:
        say(client)
    assert not any(map(is_answered, waiting))
    inside[1].close()
    assert wait_answered(waiting) == waiting[1]
    for client in inside + waiting:
        client.close()


def test_datagrams_are_not_counted(serve):
    server = serve("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0", "max-connections=1")
    with server.connect() as inside, udp_socket() as client:
        say(inside)
        for _ in range(10):
            client.sendto(b"hola", ("127.0.0.1", server.port(1)))
            assert client.recv(100) == b"hola"


def test_who_waits_at_a_stop_is_served(serve):
    """One at a time, and all of them stand there already."""
    server = serve("hello", "tcp://127.0.0.1:0", "max-connections=1", "mode=ask")
    inside = server.connect()
    waiting = [ask(server.connect()) for _ in range(20)]
    server.signal(signal.SIGTERM)
    server.err.match("stopping")
    ask(inside)
    for client in [inside, *waiting]:
        assert read_all(client) == b"Hola desde el servidor"
        client.close()
    assert server.wait() == 0


def test_who_waits_at_a_reload_is_served(square):
    server = square("echo tcp://127.0.0.1:0 max-connections=1")
    with server.connect() as inside:
        say(inside)
        waiting = [ask(server.connect()) for _ in range(3)]
        # Whoever was taken out of the backlog is let in, and those who were in before go on counting.
        server.takes("echo tcp://127.0.0.1:0 max-connections=2")
        wait_answered(waiting[:1])
        say(inside)
        assert not any(map(is_answered, waiting[1:]))
    waiting[0].close()
    for client in waiting[1:]:
        assert read_exactly(client, 4) == b"hola"
        client.close()


# --- clients= ---------------------------------------------------------------------------------------


def refused(server, number=0):
    with pytest.raises(ConnectionRefusedError):
        server.connect(number)


@pytest.mark.parametrize("threads", [1, 2])
def test_after_so_many_clients_it_ends(serve, threads):
    server = serve("echo tcp://127.0.0.1:0 tcp://127.0.0.1:0 udp://127.0.0.1:0 clients=3 ", f"--threads={threads}",
                   "--log=json")
    clients = [server.connect(number) for number in (0, 1)]
    for client in clients:
        say(client)
    clients.pop().close()  # who has gone counts too
    clients.append(server.connect(1))
    say(clients[-1])
    for number in (0, 1):
        refused(server, number)
    for client in clients:
        say(client)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""
    assert server.wait() == 0
    assert len(server.ended(3)) == 3


def test_the_one_shot_server(serve):
    server = serve("hello", "tcp://127.0.0.1:0", "clients=1")
    with server.connect() as client:
        assert read_all(client) == b"Hola Mundo\r\n"
    assert server.wait() == 0


def test_a_unix_socket_of_clients_leaves_no_file(serve, folder):
    server = serve("hello", f"unix:{folder}/a", "clients=1")
    with server.connect() as client:
        assert read_all(client) == b"Hola Mundo\r\n"
    assert server.wait() == 0
    assert not (folder / "a").exists()


def receive_all(client):
    try:
        while client.recv(100):
            pass
    except BlockingIOError:
        pass


def test_other_specs_go_on(serve):
    server = serve("echo tcp://127.0.0.1:0 udp://127.0.0.1:0 clients=1", "echo tcp://127.0.0.1:0 udp://127.0.0.1:0")
    with udp_socket() as ends, udp_socket() as stays:
        ends.connect(("127.0.0.1", server.port(1)))
        stays.connect(("127.0.0.1", server.port(3)))
        say(ends)
        echoes(server, 0)
        with pytest.raises(ConnectionRefusedError):  # the port is there no more once the connection has ended
            ends.setblocking(False)
            while True:  # what came just before is lost
                ends.send(b"hola")
                select.select([ends], [], [], 0.1)
                receive_all(ends)
        refused(server, 0)
        for _ in range(3):
            echoes(server, 2)
            say(stays)
    assert server.stop() == 0


def test_both_bounds_together(serve):
    server = serve("echo", "tcp://127.0.0.1:0", "max-connections=1", "clients=3", "--log=json")
    clients = [ask(server.connect()) for _ in range(3)]
    for _ in range(3):
        served = wait_answered(clients)
        clients.remove(served)
        served.close()
    assert server.wait() == 0
    assert len(server.ended(3)) == 3


def test_a_stop_before_all_clients_came(serve):
    server = serve("echo", "tcp://127.0.0.1:0", "clients=3")
    echoes(server)
    assert server.stop() == 0


def test_a_bound_of_clients_counts_anew_after_a_reload(square):
    server = square("echo tcp://127.0.0.1:0 clients=2\necho tcp://127.0.0.1:0")
    echoes(server)
    server.takes("echo tcp://127.0.0.1:0 clients=2\necho tcp://127.0.0.1:0 idle=1h")
    for _ in range(2):
        echoes(server)
    refused(server)
    server.takes("echo tcp://127.0.0.1:0")  # the other one's socket has this name now
    assert server.stop() == 0


# --- a stop -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:0", "tcp://:0", "unix:{folder}/a"])
def test_who_stands_in_the_backlog_at_a_stop_is_served(serve, folder, endpoint, threads):
    server = serve("echo", endpoint.format(folder=folder), f"--threads={threads}")
    server.signal(signal.SIGSTOP)
    clients = [ask(server.connect()) for _ in range(200)]
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGCONT)
    for client in clients:
        assert read_exactly(client, 4) == b"hola"
        assert read_all(client) == b""
        client.close()
    assert server.wait() == 0


@pytest.mark.parametrize("spec, answer", [("echo", b"hola"), ("echo mode=line", b"ECHO: hola"),
                                          ("hello mode=ask", b"Hola desde el servidor")])
@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:0", "unix:{folder}/a"])
def test_who_was_only_just_taken_is_heard(serve, folder, spec, answer, endpoint):
    server = serve(*spec.split(), endpoint.format(folder=folder))
    server.signal(signal.SIGSTOP)  # so that it is taken only when the stop has come
    clients = [server.connect() for _ in range(3)]
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGCONT)
    server.err.match("stopping")
    for client in clients:
        ask(client)
        client.shutdown(socket.SHUT_WR)
    for client in clients:
        assert read_all(client) == answer
        client.close()
    assert server.wait() == 0


def test_who_says_nothing_is_not_waited_for_without_end(serve):
    server = serve("echo", "tcp://127.0.0.1:0", "--grace=1h")
    with server.connect() as client:
        server.signal(signal.SIGTERM)
        assert read_all(client) == b""
        assert server.wait() == 0


def test_a_second_signal_ends_what_waits_for_a_peer_that_never_reads(serve):
    server = serve("--grace=1h", "--log=text", "chargen", "tcp://127.0.0.1:0")
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", server.port()))
        while "waits for room" not in server.err.text():
            server.signal(signal.SIGUSR2)
            dumps = server.err.text().count(" fibers\n")
            server.err.until(lambda text: text.count(" fibers\n") > dumps)
        server.signal(signal.SIGTERM)
        server.err.match("stopping")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


# --- under load -------------------------------------------------------------------------------------

CROWD = 300


def is_stamped(answer):
    return re.fullmatch(rb"\[[-0-9]{10} [:0-9]{8}\] Echo: hola\n", answer)


def is_time(answer):
    now = (datetime.datetime.now(datetime.timezone.utc) - datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone.utc))
    return len(answer) == 4 and abs(struct.unpack(">I", answer)[0] - now.total_seconds()) < 3600


# What a service says to a client that sends "hola\n" and ends, and whether that is all of it.
ANSWERS = {
    "echo": lambda answer: answer == b"hola\n",
    "echo mode=line": lambda answer: answer == b"ECHO: hola\n",
    "echo mode=stamp": is_stamped,
    "hello": lambda answer: answer == b"Hola Mundo\r\n",
    "hello mode=ask": lambda answer: answer == b"Hola desde el servidor",
    "hello mode=ask max-connections=20": lambda answer: answer == b"Hola desde el servidor",
    "daytime": lambda answer: answer.endswith(b"\r\n"),
    "qotd text=quote": lambda answer: answer == b"quote\r\n",
    "time": is_time,
    "discard": lambda answer: answer == b"",
}


class Crowd:
    """Clients that connect, ask, read the answer and begin again, until they are refused or told to end."""

    def __init__(self, port, is_right, size=CROWD):
        self.port = port
        self.is_right = is_right
        self.answered = 0
        self.faults = []
        self.refused = 0
        self._ends = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all(size)), daemon=True)
        self._thread.start()

    async def _all(self, size):
        await asyncio.gather(*[self._client() for _ in range(size)])

    async def _client(self):
        while not self._ends:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                self.refused += 1
                return
            except OSError as error:  # connected, and reset before that was seen
                self._count(repr(error))
                return
            await self._ask(reader, writer)

    async def _ask(self, reader, writer):
        try:
            writer.write(b"hola\n")
            writer.write_eof()
            answer = await reader.read()
            fault = None if self.is_right(answer) else f"the answer is {answer}"
        except OSError as error:
            fault = repr(error)
        writer.close()
        self._count(fault)

    def _count(self, fault):
        with self._changed:
            self.answered += fault is None
            self.faults += [fault] if fault else []
            self._changed.notify_all()

    def wait(self, count):
        """Waits until so many more were answered."""
        with self._changed:
            wanted = self.answered + count
            enough = self._changed.wait_for(lambda: self.answered >= wanted or self.faults, PATIENCE)
        assert enough, "nobody is answered"

    def end(self):
        self._ends = True
        self.join()

    def join(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        assert self.faults == []


@pytest.mark.parametrize("spec", ANSWERS)
def test_nobody_who_got_in_loses_an_answer_at_a_stop(serve, spec):
    server = serve(*spec.split(), "tcp://127.0.0.1:0", "--threads=2", "--log-level=warning")
    crowd = Crowd(server.port(), ANSWERS[spec])
    crowd.wait(CROWD)
    assert server.stop() == 0
    crowd.join()
    assert crowd.refused == CROWD
    assert server.err.all() == b""


def test_nobody_loses_an_answer_at_a_reload(square):
    server = square("echo tcp://127.0.0.1:0", "--threads=2", "--log-level=info")
    crowd = Crowd(server.port(), lambda answer: answer in (b"hola\n", b"ECHO: hola\n", b"Hola desde el servidor"))
    for number in range(7):
        for spec in ("echo tcp://127.0.0.1:0", "hello tcp://127.0.0.1:0 mode=ask", "echo mode=line tcp://127.0.0.1:0"):
            crowd.wait(CROWD // 10)
            server.takes(f"{spec} idle={number + 1}m")
    crowd.wait(CROWD)
    crowd.end()
    assert crowd.refused == 0
    assert server.stop() == 0


def test_nobody_loses_an_answer_when_a_place_is_given_up(square):
    server = square("echo tcp://127.0.0.1:0\nhello tcp://127.0.0.1:0", "--threads=2")
    crowd = Crowd(server.port(1), lambda answer: answer == b"Hola Mundo\r\n")
    crowd.wait(CROWD)
    server.takes("echo tcp://127.0.0.1:0")
    crowd.join()
    assert crowd.refused == CROWD
    echoes(server)


# --- streams without an end -------------------------------------------------------------------------

CHARGEN_LINE = 74  # bytes, with CR LF


def in_threads(clients, act):
    """Does it with each client in a thread; returns what came out."""
    results = [None] * len(clients)

    def one(number):
        try:
            results[number] = act(clients[number])
        except OSError as fault:
            results[number] = fault

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    return threads, results


def join(threads):
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_characters_end_with_a_line_at_a_stop(serve):
    server = serve("chargen", "tcp://127.0.0.1:0", "--threads=2", "--log=json")
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        read_exactly(client, CHARGEN_LINE)
    threads, results = in_threads(clients, lambda client: len(read_all(client)))
    server.signal(signal.SIGTERM)
    join(threads)
    assert server.wait() == 0
    assert [size for size in results if not isinstance(size, int) or size % CHARGEN_LINE] == []
    assert {record["ended"] for record in server.ended(20)} == {"by us"}


def test_who_is_discarded_is_told_of_a_stop(serve):
    server = serve("discard", "tcp://127.0.0.1:0", "--threads=2", "--log=json")
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        client.sendall(b"hola")
    block = bytes(1 << 16)

    def send_until_the_end(client):
        while not is_answered(client):
            client.send(block)
        client.close()

    threads, results = in_threads(clients, send_until_the_end)
    server.signal(signal.SIGTERM)
    join(threads)
    assert server.wait() == 0
    assert all(result is None or isinstance(result, ConnectionError) for result in results), results
    assert {record["ended"] for record in server.ended(20)} == {"by us"}


@pytest.mark.parametrize("service", ["echo", "discard", "chargen", "daytime", "time", "qotd"])
def test_datagrams_stop_under_load(serve, service):
    server = serve(service, "udp://127.0.0.1:0", "--log-level=warning")
    ended = threading.Event()

    def flood(client):
        while not ended.is_set():
            client.send(b"hola")

    clients = [udp_socket() for _ in range(4)]
    for client in clients:
        client.connect(("127.0.0.1", server.port()))
        client.send(b"hola")
        if service != "discard":
            client.recv(2000)
    threads, _ = in_threads(clients, flood)
    assert server.stop() == 0
    ended.set()
    join(threads)
    for client in clients:
        client.close()
    assert server.err.all() == b""
