"""`zocalo serve`: reading its file again on SIGHUP."""

import os
import pty
import signal
import socket
import threading

import pytest
from programs import PATIENCE, Program, Server, read_all, read_exactly, tcp_listener, udp_socket, zocalo_path

RELOADS = 20
REFUSED = "reload refused, and all goes on as it was: "


class Square(Server):
    """A server of a file of specs, that is told to read it again. It logs JSON."""

    file = None
    reloads = 0

    def reload(self, text=None):
        """Returns what it logs of the reload."""
        if text is not None:
            self.file.write_text(text)
        self.reloads += 1
        self.signal(signal.SIGHUP)
        self.err.until(lambda text: len(outcomes(text)) >= self.reloads)
        return outcomes(self.err.text())[self.reloads - 1]

    def takes(self, text):
        """Reloads, and expects that the new set is served."""
        message = self.reload(text)
        assert message.startswith("reloaded: "), message

    def refuses(self, text, why):
        message = self.reload(text)
        assert message.startswith(REFUSED + why), message

    def wait_lines(self, count):
        """Waits until so many endpoints were told of, from the beginning."""
        self.out.until(lambda text: text.count("\n") >= count)
        self.endpoints = [line.split(" ", 2)[2] for line in self.out.lines()]


def outcomes(text):
    """What was logged of reloads, in whole lines."""
    messages = [line.partition('"message":"')[2].partition('","')[0] for line in text.split("\n")[:-1]]
    return [message.rstrip('"}') for message in messages if message.startswith("reload")]


@pytest.fixture
def square(start, folder):
    """Starts a Square with the text of its file, and options."""

    def open_square(text, *options, wrap=(), **how):
        file = folder / "square.conf"
        file.write_text(text)
        server = start(*wrap, zocalo_path(), "serve", "--log=json", *options, "-c", file, kind=Square, **how)
        server.file = file
        server.wait_listening([text])
        return server

    return open_square


def say(client, data=b"hola", answer=None):
    client.sendall(data)
    assert read_exactly(client, len(answer or data)) == (answer or data)


def echoes(server, number=0):
    with server.connect(number) as client:
        say(client)


def unix_client(path, kind=socket.SOCK_STREAM):
    client = socket.socket(socket.AF_UNIX, kind)
    client.settimeout(PATIENCE)
    client.connect(str(path))
    return client


def free_ports(count):
    """Ports of TCP that nobody holds just now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


# --- what stays -------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
def test_connections_go_on(square, threads):
    server = square("echo tcp://127.0.0.1:0", f"--threads={threads}")
    clients = [server.connect() for _ in range(4)]
    for client in clients:
        say(client, b"before")
    server.takes("echo tcp://127.0.0.1:0 idle=1h")
    for client in clients:
        say(client, b"after")
    server.takes("echo tcp://127.0.0.1:0")
    for client in clients:
        say(client, b"and again")
        client.close()
    ended = server.ended(len(clients))
    assert [record["ended"] for record in ended] == ["by peer"] * 4
    assert [record["bytes_in"] for record in ended] == [len("before" "after" "and again")] * 4


class Loop(threading.Thread):
    """Does something again and again, until it is told to end; keeps what went wrong."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act = act
        self.done = 0
        self.fault = None
        self._changed = threading.Condition()
        self._ends = False

    def run(self):
        try:
            while not self._ends:
                self.act()
                with self._changed:
                    self.done += 1
                    self._changed.notify_all()
        except Exception as fault:  # shown by finish()
            with self._changed:
                self.fault = fault
                self._changed.notify_all()

    def wait_more(self, count):
        """Waits until it was done so many times more."""
        with self._changed:
            wanted = self.done + count
            assert self._changed.wait_for(lambda: self.fault or self.done >= wanted, PATIENCE), "nothing is done"

    def finish(self):
        self._ends = True
        self.join(PATIENCE)
        assert self.fault is None, repr(self.fault)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:0", "tcp://:0", "unix:{folder}/a",
                                      "unix:{folder}/a,type=seqpacket"])
def test_who_connects_while_it_is_read_is_never_refused(square, folder, endpoint):
    endpoint = endpoint.format(folder=folder)
    server = square(f"echo {endpoint}")

    def ask():
        if "seqpacket" in endpoint:
            with unix_client(folder / "a", socket.SOCK_SEQPACKET) as client:
                say(client)
        else:
            echoes(server)

    loops = [Loop(ask) for _ in range(4)]
    for loop in loops:
        loop.start()
    for number in range(RELOADS):
        loops[number % len(loops)].wait_more(2)
        server.takes(f"echo {endpoint} idle={number + 1}h")
    for loop in loops:
        loop.finish()
    assert server.stop() == 0


def test_datagrams_are_answered_while_it_is_read(square):
    server = square("echo udp://127.0.0.1:0")
    client = udp_socket()
    client.connect(("127.0.0.1", server.port()))  # a port without an owner would be an error
    loop = Loop(lambda: say(client))
    loop.start()
    for number in range(RELOADS):
        loop.wait_more(2)
        server.takes(f"echo udp://127.0.0.1:0 idle={number + 1}h")
    loop.finish()
    client.close()


def test_no_datagram_of_a_crowd_is_lost_while_it_is_read(square):
    """Enough of them that a reload falls between a question and its answer."""
    server = square("echo udp://127.0.0.1:0", "--threads=1")
    client = udp_socket()
    client.connect(("127.0.0.1", server.port()))
    numbers = iter(range(1 << 30))

    def ask_many():
        questions = {b"%08d" % next(numbers) for _ in range(100)}
        for question in questions:
            client.send(question)
        while questions:
            questions.remove(client.recv(100))

    loop = Loop(ask_many)
    loop.start()
    for number in range(2 * RELOADS):
        loop.wait_more(1)
        server.takes(f"echo udp://127.0.0.1:0 idle={number + 1}h")
    loop.finish()
    client.close()


def test_a_unix_socket_of_datagrams_is_handed_over(square, folder):
    server = square(f"echo unix:{folder}/a,type=dgram")
    before = (folder / "a").stat().st_ino
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.bind(str(folder / "client"))
        client.connect(str(folder / "a"))
        client.send(b"uno")
        assert client.recv(100) == b"uno"
        server.takes(f"echo unix:{folder}/a,type=dgram mode=line")
        client.send(b"dos")
        assert client.recv(100) == b"ECHO: dos"
    assert (folder / "a").stat().st_ino == before
    assert server.stop() == 0
    assert not (folder / "a").exists()


def test_a_port_that_the_system_chose_stays(square):
    server = square("echo tcp://127.0.0.1:0 tcp://127.0.0.1:0")
    ports = {server.port(0), server.port(1)}
    server.takes("echo tcp://127.0.0.1:0\nhello tcp://127.0.0.1:0 tcp://127.0.0.1:0")
    server.wait_lines(3)
    assert server.out.lines()[2] == f"listening hello tcp://127.0.0.1:{server.port(2)}"
    assert server.port(2) not in ports
    echoes(server, 0)
    for number in (1, 2):
        with server.connect(number) as client:
            assert read_all(client) == b"Hola Mundo\r\n"


def test_many_signals_in_a_row_are_no_harm(square):
    server = square("echo tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client)
        for _ in range(100):
            server.signal(signal.SIGHUP)
        say(client)
    server.err.match("reloaded")
    echoes(server)
    assert server.stop() == 0


# --- what comes and goes ----------------------------------------------------------------------------


def test_what_is_new_opens_and_has_its_line(square, folder):
    server = square("echo tcp://127.0.0.1:0")
    server.takes(f"echo tcp://127.0.0.1:0\nhello tcp://127.0.0.1:0 unix:{folder}/a\n")
    server.wait_lines(3)
    assert server.out.lines()[2] == f"listening hello unix:{folder}/a"
    for number in (1, 2):
        with server.connect(number) as client:
            assert read_all(client) == b"Hola Mundo\r\n"
    assert server.reload().startswith("reloaded: 3 endpoints are open")
    assert server.stop() == 0
    assert len(server.out.all().splitlines()) == 3, "what was open has had its line"


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_gone_refuses_and_its_connections_go_on(square, threads):
    server = square("echo tcp://127.0.0.1:0\necho tcp://127.0.0.1:0 mode=line", f"--threads={threads}")
    with server.connect(1) as client:
        say(client, b"uno\n", b"ECHO: uno\n")
        server.takes("echo tcp://127.0.0.1:0")
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                server.connect(1)
        say(client, b"dos\n", b"ECHO: dos\n")
        server.takes("echo tcp://127.0.0.1:0 idle=1h")
        say(client, b"tres\n", b"ECHO: tres\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""
    echoes(server, 0)


def test_what_is_gone_can_come_again_while_its_connections_go_on(square):
    [port] = free_ports(1)
    both = f"echo tcp://127.0.0.1:0\necho tcp://127.0.0.1:{port}"
    server = square(both)
    with server.connect(1) as client:
        say(client)
        for _ in range(3):
            server.takes("echo tcp://127.0.0.1:0")
            with pytest.raises(ConnectionRefusedError):
                server.connect(1)
            server.takes(both)
            echoes(server, 1)
        say(client)


def test_who_stands_in_the_backlog_of_what_goes_is_served(square):
    server = square("echo tcp://127.0.0.1:0\necho tcp://127.0.0.1:0")
    server.signal(signal.SIGSTOP)
    clients = [server.connect(1) for _ in range(100)]
    for client in clients:
        client.sendall(b"hola")
    server.file.write_text("echo tcp://127.0.0.1:0")
    server.signal(signal.SIGHUP)
    server.signal(signal.SIGCONT)
    server.err.match("reloaded: 1 endpoints are open")
    for client in clients:
        assert read_exactly(client, 4) == b"hola"
        client.close()


def test_another_service_counts_for_new_connections(square):
    server = square("echo tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client)
        server.takes("hello tcp://127.0.0.1:0")
        with server.connect() as another:
            assert read_all(another) == b"Hola Mundo\r\n"
        say(client)


def test_other_keys_count_for_new_connections(square):
    server = square("echo tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client, b"raw\n")
        server.takes("echo tcp://127.0.0.1:0 mode=line")
        with server.connect() as another:
            say(another, b"line\n", b"ECHO: line\n")
        say(client, b"raw\n")
        server.takes("echo tcp://127.0.0.1:0 mode=raw idle=100ms")
        with server.connect() as impatient:
            assert read_all(impatient) == b""
        say(client, b"raw\n")
    assert sorted(record["ended"] for record in server.ended(3)) == ["by peer", "by peer", "timed out"]


def test_other_keys_count_for_datagrams_at_once(square):
    server = square("echo udp://127.0.0.1:0")
    with udp_socket() as client:
        client.connect(("127.0.0.1", server.port()))
        say(client)
        server.takes("echo udp://127.0.0.1:0 mode=line")
        say(client, b"hola", b"ECHO: hola")


def test_the_file_of_a_unix_socket_stays_or_goes(square, folder):
    server = square(f"echo tcp://127.0.0.1:0\necho unix:{folder}/stays unix:{folder}/goes")
    before = (folder / "stays").stat().st_ino
    with unix_client(folder / "goes") as client:
        say(client)
        server.takes(f"echo tcp://127.0.0.1:0\necho unix:{folder}/stays unix:{folder}/comes")
        assert sorted(os.listdir(folder)) == ["comes", "square.conf", "stays"]
        assert (folder / "stays").stat().st_ino == before
        for name in ("stays", "comes"):
            with unix_client(folder / name) as another:
                say(another)
        say(client)
    assert server.stop() == 0
    assert os.listdir(folder) == ["square.conf"]


def test_an_endpoint_may_go_to_another_spec(square, folder):
    server = square(f"echo tcp://127.0.0.1:0 unix:{folder}/a\nhello tcp://127.0.0.1:0")
    with unix_client(folder / "a") as client:
        say(client)
        server.takes(f"hello unix:{folder}/a\necho tcp://127.0.0.1:0 tcp://127.0.0.1:0")
        with unix_client(folder / "a") as another:
            assert read_all(another) == b"Hola Mundo\r\n"
        for number in (0, 2):
            echoes(server, number)
        say(client)


def test_what_had_served_its_clients_opens_again(square):
    [port] = free_ports(1)
    text = f"echo tcp://127.0.0.1:0\nhello tcp://127.0.0.1:{port} clients=1"
    server = square(text)
    for _ in range(3):
        with server.connect(1) as client:
            assert read_all(client) == b"Hola Mundo\r\n"
        with pytest.raises(ConnectionRefusedError):
            server.connect(1)
        server.takes(text)


def test_a_place_that_is_lost_is_told_of_and_the_rest_goes_on(square):
    [port] = free_ports(1)
    text = f"echo tcp://127.0.0.1:0\nhello tcp://127.0.0.1:{port} clients=1"
    server = square(text)
    with server.connect(1) as client:
        assert read_all(client) == b"Hola Mundo\r\n"
    with pytest.raises(ConnectionRefusedError):
        server.connect(1)
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        holder.listen()
        for _ in range(2):
            server.reload()
            echoes(server)
        assert server.process.poll() is None
        server.err.match("Address already in use")
    server.reload()
    with server.connect(1) as client:
        assert read_all(client) == b"Hola Mundo\r\n"
    assert server.stop() == 0


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("text, why", [
    ("echo tcp://127.0.0.1:0\necho :0 fast=1", "{file}:2: character 9: unknown key in 'fast=1' (known: idle=, "),
    ("ecco :0", "{file}:1: character 1: unknown service 'ecco' (known: echo, hello, "),
    ("echo 'tcp://:0", "{file}:1: character 6: a quote is opened and not closed"),
    ("# nothing\n", "{file}: there is no service in it"),
    ("", "{file}: there is no service in it"),
    ("echo tcp://127.0.0.1:0,backlog=4\nhello tcp://192.0.2.1:0", "listen tcp://192.0.2.1:0: bind 192.0.2.1:0: "),
])
def test_a_broken_file_is_refused(square, text, why):
    server = square("echo tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client)
        server.refuses(text, why.format(file=server.file))
        say(client)
        echoes(server)
        server.takes("echo tcp://127.0.0.1:0 mode=line")
        say(client)


def test_a_file_that_is_gone_is_refused(square):
    server = square("echo tcp://127.0.0.1:0")
    with server.connect() as client:
        server.file.unlink()
        server.refuses(None, f"{server.file}: No such file or directory")
        say(client)
        echoes(server)
        server.takes("echo tcp://127.0.0.1:0")


def test_an_endpoint_of_somebody_else_is_refused_and_nothing_has_changed(square, folder):
    server = square("echo tcp://127.0.0.1:0")
    [port] = free_ports(1)
    with tcp_listener() as holder:
        taken = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
        text = f"hello tcp://127.0.0.1:{port} unix:{folder}/a\necho tcp://127.0.0.1:0 mode=line {taken}"
        server.refuses(text, f"listen {taken}: bind {taken[len('tcp://'):]}: Address already in use")
        echoes(server)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert not (folder / "a").exists()
    server.takes(text)
    server.wait_lines(4)
    with server.connect(1) as client:
        assert read_all(client) == b"Hola Mundo\r\n"


@pytest.mark.parametrize("endpoint, options", [
    ("tcp://127.0.0.1:{port}", "backlog=4"),
    ("tcp://127.0.0.1:{port}", "or-free"),
    ("udp://127.0.0.1:{port}", "ttl=4"),
    ("unix:{folder}/a", "mode=0600"),
    ("unix:{folder}/a", "type=dgram"),
])
def test_other_options_of_an_open_endpoint_are_refused(square, folder, endpoint, options):
    endpoint = endpoint.format(port=free_ports(1)[0], folder=folder)
    server = square(f"echo {endpoint}\necho tcp://127.0.0.1:0")
    server.refuses(f"echo {endpoint},{options}\necho tcp://127.0.0.1:0",
                   f"'{endpoint},{options}': the options of an endpoint that is open cannot change")
    echoes(server, 1)
    server.takes(f"echo {endpoint}")


@pytest.mark.parametrize("arguments, text, why", [
    (["echo", "tcp://127.0.0.1:0"], b"", "the services were given as arguments, and there is no file to read again"),
    (["-c", "-"], b"echo tcp://127.0.0.1:0\n",
     "the services came from standard input, which cannot be read again"),
])
def test_what_cannot_be_read_again(start, arguments, text, why):
    server = start(zocalo_path(), "serve", "--log=json", *arguments, kind=Square)
    server.say(text)
    server.wait_lines(1)
    with server.connect() as client:
        say(client)
        server.refuses(None, why)
        say(client)
    echoes(server)
    assert server.stop() == 0


def test_arguments_beside_a_file_stay(start, folder):
    file = folder / "square.conf"
    file.write_text("hello tcp://127.0.0.1:0")
    server = start(zocalo_path(), "serve", "--log=json", "-c", file, "echo", f"unix:{folder}/a", kind=Square)
    server.file = file
    server.wait_lines(2)
    server.takes("hello tcp://127.0.0.1:0 text=Buenas")
    echoes(server, 1)
    with server.connect(0) as client:
        assert read_all(client) == b"Buenas\r\n"


def test_a_signal_after_the_stop_is_no_reload(square):
    server = square("echo tcp://127.0.0.1:0", "--grace=1h")
    with server.connect() as client:
        say(client)
        server.signal(signal.SIGSTOP)
        for number in (signal.SIGTERM, signal.SIGHUP):
            server.signal(number)
        server.signal(signal.SIGCONT)
        assert read_all(client) == b""
    assert server.wait() == 0


# --- on a terminal ----------------------------------------------------------------------------------


class Terminal:
    """A terminal whose other side a test reads only as long as it wants to."""

    def __init__(self):
        self.master, self.slave = pty.openpty()
        self.text = b""

    def until(self, words):
        while words not in self.text:
            self.text += os.read(self.master, 1 << 16)

    def close(self):
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
        self.master = self.slave = -1


@pytest.fixture
def terminal():
    it = Terminal()
    yield it
    it.close()


def on_terminal(start, terminal, *arguments):
    return start(zocalo_path(), "serve", "--log=json", *arguments, kind=Program, stdin=terminal.slave,
                 stdout=terminal.slave)


@pytest.mark.parametrize("from_file", [False, True])
def test_the_end_of_a_terminal_is_the_end(start, terminal, folder, from_file):
    (folder / "a.conf").write_text("echo tcp://127.0.0.1:0")
    server = on_terminal(start, terminal, *(["-c", folder / "a.conf"] if from_file else ["echo", "tcp://127.0.0.1:0"]))
    terminal.until(b"Ctrl-C ends it")
    terminal.close()
    server.signal(signal.SIGHUP)
    assert server.wait() == 0
    server.err.match("stopping")


def test_the_table_is_shown_again(start, terminal, folder):
    (folder / "a.conf").write_text("echo tcp://127.0.0.1:0")
    server = on_terminal(start, terminal, "-c", folder / "a.conf")
    terminal.until(b"Ctrl-C ends it")
    terminal.text = b""
    (folder / "a.conf").write_text(f"echo tcp://127.0.0.1:0\nhello unix:{folder}/a")
    server.signal(signal.SIGHUP)
    terminal.until(b"Ctrl-C ends it")
    assert b"tcp://127.0.0.1:" in terminal.text and f"unix:{folder}/a".encode() in terminal.text
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_an_output_that_is_full_holds_nothing_up(start, folder):
    """A pipe that nobody reads from takes no more: neither services nor the end wait for it."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while os.write(writer, b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    server = start(zocalo_path(), "serve", "--log=json", "echo", f"unix:{folder}/a", stdout=writer)
    os.close(writer)
    while not (folder / "a").exists():
        assert server.process.poll() is None
        os.sched_yield()
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    os.close(reader)
