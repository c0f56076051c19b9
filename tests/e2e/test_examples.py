"""The examples, each built, and run as its first lines say."""

import os
import pathlib
import re
import signal
import socket

import pytest
from programs import PATIENCE, need, read_all, read_exactly, reset, tcp_listener, udp_socket

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = sorted((ROOT / "examples").glob("*.c"))
NAMES = [source.stem for source in SOURCES]
FOLDER = pathlib.Path(os.environ.get("ZOCALO_EXAMPLES", ROOT / "build" / "examples"))

TESTED = set()  # the examples that some test here runs


def runs(*names):
    """Says which examples a test runs."""
    TESTED.update(names)
    return lambda test: test


@pytest.fixture
def example(start):
    return lambda name, *arguments, **how: start(FOLDER / name, *arguments, **how)


@pytest.fixture
def running(example):
    """An example that serves, and where it does."""

    def run(name, endpoint="tcp://127.0.0.1:0", *arguments):
        server = example(name, endpoint, *arguments)
        return server, server.out.match(r"^listening (\S+)\n")[1]

    return run


def port_of(where):
    return re.search(r":(\d+)(,|$)", where)[1]


def connect(where):
    """A connection with the patience of these tests."""
    if where.startswith("tcp:"):
        return socket.create_connection(("127.0.0.1", int(port_of(where))), timeout=PATIENCE)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(PATIENCE)
    client.connect(where.removeprefix("unix:"))
    return client


def said_by(where, data):
    """What the server says to somebody who says that, and then no more."""
    with connect(where) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return read_all(client)


# --- what holds for all ----------------------------------------------------------------------------


def test_every_example_has_a_test():
    assert TESTED == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_built(name):
    assert os.access(FOLDER / name, os.X_OK)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_its_first_lines_and_the_table_say_the_same_line_to_type(source):
    comment = source.read_text().split("*/")[0]
    line = re.search(rf"^ \*     ({source.stem}( \[.*?\]+)?)(  |$)", comment, re.MULTILINE)[1]
    row = re.search(rf"^\| `{source.name}` \| (6|8|9|10|13) \| .+ \| `(.*)` \|$",
                    (ROOT / "examples" / "README.md").read_text(), re.MULTILINE)
    assert row[2] == line


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_its_first_lines_name_the_endpoint_that_is_used_without_one(source):
    comment, code = source.read_text().split("*/", 1)
    assert re.search(r'argc > 1 \? argv\[1\] : "(.+?)"', code)[1] in comment.split()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_it_fits_on_a_screen(source):
    assert len(source.read_text().splitlines()) <= 70


@pytest.mark.parametrize("server,client,answer", [
    ("ask_server", "ask_client", "Hola desde el servidor\n"),
    ("udp_server", "udp_client", "Hola desde el servidor\n"),
    ("hello_server", "hello_client", "Hola Mundo\r\n"),
    ("robust_server", "ask_client tcp://127.0.0.1:9000", "Hola Mundo\r\n\n"),
    ("echo_server", "echo_client", "Received: Hello world! This is an echo server made with fibers.\n"),
    ("echo_timeout", "echo_client", "Received: Hello world! This is an echo server made with fibers.\n"),
    ("echo_log", "echo_client", "Received: Hello world! This is an echo server made with fibers.\n"),
    ("echo_lines", "fragment_client", "sent 1 bytes: 'o'\n"),
    ("fragment_server", "fragment_client", "sent 1 bytes: 'o'\n"),
    ("endings_server", "fragment_client", "sent 1 bytes: 'o'\n"),
])
def test_without_arguments_they_find_each_other(start, namespace, server, client, answer):
    up = ["sh", "-c", 'ip link set lo up && exec "$0"']
    serving = start(*namespace, *up, FOLDER / server)
    where = serving.out.match(r"^listening (\S+)\n")[1]
    assert where in (ROOT / "examples" / f"{server}.c").read_text().split("*/")[0]
    inside = ["nsenter", "-t", serving.pid, "-n"] + (["-U", "--preserve-credentials"] if "-rn" in namespace else [])
    status, out, err = start(*inside, *f"{FOLDER}/{client}".split()).finish()
    assert (status, err) == (0, "") and out.decode().endswith(answer)


@pytest.mark.parametrize("name", ["ask_client", "hello_client", "echo_client", "echo_prompt", "fragment_client"])
def test_a_client_without_a_server_says_why(example, name):
    with tcp_listener() as probe:
        where = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    status, out, err = example(name, where).finish()
    assert (status, out) == (1, b"") and err.startswith(f"{name}: ") and "Connection refused" in err


@pytest.mark.parametrize("name", [name for name in NAMES if "server" in name and name != "udp_server"] +
                         ["echo_timeout", "echo_log", "echo_lines"])
def test_a_server_whose_port_is_taken_says_why(example, name):
    with tcp_listener() as holder:
        status, out, err = example(name, f"tcp://127.0.0.1:{holder.getsockname()[1]}").finish()
    assert (status, out) == (1, b"") and err.startswith(f"{name}: ") and "Address already in use" in err


@pytest.mark.parametrize("name", ["robust_server", "echo_timeout"])
def test_a_time_that_is_none_is_refused(example, name):
    status, out, err = example(name, "tcp://127.0.0.1:0", "soon").finish()
    assert (status, out, err) == (1, b"", f"{name}: 'soon' is no time such as 30s or 500ms\n")


# --- chapter 6 -------------------------------------------------------------------------------------


@runs("tunnel")
def test_tunnel(example, running, echo):
    server, where = running("tunnel", "tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    assert said_by(where, b"hola") == b"hola"
    server.out.match("4 bytes there, 4 back: both ended")
    client = example("echo_client", where, "otra vez")
    assert client.finish() == (0, b"Received: otra vez\n", "")


def test_tunnel_puts_tls_on_and_takes_it_off(example, running, echo, certificates):
    inner = running("tunnel", f"tls://127.0.0.1:0,{certificates.server().options}", f"tcp://127.0.0.1:{echo.port()}")[1]
    secret = f"tls://localhost:{port_of(inner)},ca={certificates.root}"
    _, where = running("tunnel", "tcp://127.0.0.1:0", secret)
    assert said_by(where, b"hola") == b"hola"


def test_tunnel_to_nobody_says_so(running):
    with tcp_listener() as probe:
        nowhere = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    server, where = running("tunnel", "tcp://127.0.0.1:0", nowhere)
    assert said_by(where, b"") == b""
    server.out.match("not reached: .*Connection refused")


@runs("certificate")
def test_certificate(example, serve, certificates):
    server = serve("echo", f"tls://127.0.0.1:0,{certificates.server().options}")
    where = f"tls://localhost:{server.port()}"
    status, out, _ = example("certificate", f"{where},ca={certificates.root}").finish()
    assert status == 0 and out.startswith(b"TLS 1.3, TLS_")
    assert f"key     {certificates.server().pin()}\nbelieved\n" in out.decode()
    assert example("certificate", f"{where},insecure").finish()[1].endswith(b"\nnot looked at\n")
    status, out, err = example("certificate", where).finish()
    assert (status, out) == (1, b"") and "is not known" in err


def test_certificate_of_who_has_none(example, echo):
    status, _, err = example("certificate", f"tcp://127.0.0.1:{echo.port()}").finish()
    assert (status, err) == (1, "certificate: there is no TLS at this endpoint\n")


# --- chapter 8 -------------------------------------------------------------------------------------


@runs("ask_server", "ask_client")
def test_ask(example, running):
    server, where = running("ask_server")
    assert example("ask_client", where, "hola\n").finish() == (0, b"Hola desde el servidor\n", "")
    server.out.match(r"^connection from 127\.0\.0\.1:\d+\nreceived: hola\\n\n")


def test_ask_over_a_unix_socket(example, running, folder):
    server, where = running("ask_server", f"unix:{folder}/ask.sock")
    assert example("ask_client", where).finish() == (0, b"Hola desde el servidor\n", "")
    server.out.match(r"^received: Hola servidor\n")


def test_ask_answers_netcat(start, running):
    _, where = running("ask_server")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", port_of(where))
    client.say(b"hola\n")
    assert client.finish()[:2] == (0, b"Hola desde el servidor")


def test_ask_survives_a_client_that_breaks_off(running):
    server, where = running("ask_server")
    reset(connect(where))
    server.err.match(r"^ask_server: 127\.0\.0\.1:\d+: Connection reset by peer\n")
    assert said_by(where, b"hola") == b"Hola desde el servidor"


@runs("udp_server", "udp_client")
def test_udp(example, running):
    server, where = running("udp_server", "udp://127.0.0.1:0")
    assert example("udp_client", where, "hola").finish() == (0, b"Hola desde el servidor\n", "")
    server.out.match(r"^4 bytes from 127\.0\.0\.1:\d+: hola\n")


def test_udp_answers_who_asked(running):
    _, where = running("udp_server", "udp://127.0.0.1:0")
    with udp_socket() as one, udp_socket() as other:
        for client in (one, other):
            client.sendto(b"hola", ("127.0.0.1", int(port_of(where))))
        assert [client.recv(100) for client in (other, one)] == [b"Hola desde el servidor"] * 2


def test_udp_asks_again_when_a_datagram_is_lost(example):
    with udp_socket() as server:
        client = example("udp_client", f"udp://127.0.0.1:{server.getsockname()[1]}", "hola")
        server.recv(100)  # and no answer
        data, who = server.recvfrom(100)
        assert data == b"hola"
        server.sendto(b"late", who)
        assert client.finish() == (0, b"late\n", "")


def test_udp_client_says_that_nobody_is_there(example):
    with udp_socket() as probe:
        where = f"udp://127.0.0.1:{probe.getsockname()[1]}"
    status, out, err = example("udp_client", where).finish()
    assert (status, out) == (1, b"") and "Connection refused" in err


# --- chapter 9 -------------------------------------------------------------------------------------


@runs("hello_server", "hello_client")
def test_hello(example, running):
    _, where = running("hello_server")
    assert example("hello_client", where).finish() == (0, b"Hola Mundo\r\n", "")


def test_hello_to_netcat(start, running):
    _, where = running("hello_server")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", port_of(where))
    client.out.match("Hola Mundo")
    client.end_input()  # it goes on until both sides have ended
    assert client.finish()[:2] == (0, b"Hola Mundo\r\n")


def test_hello_to_connect(zocalo, running):
    _, where = running("hello_server")
    assert zocalo("connect", where).finish() == (0, b"Hola Mundo\r\n", "")


@runs("robust_server")
def test_robust_tells_what_clients_do(running):
    server, where = running("robust_server")
    assert said_by(where, b"gracias") == b"Hola Mundo\r\n"
    server.out.match(r"^127\.0\.0\.1:\d+ says: gracias\n")
    assert said_by(where, b"") == b"Hola Mundo\r\n"
    server.out.match(r"^127\.0\.0\.1:\d+ says nothing\n")
    client = connect(where)
    read_exactly(client, len("Hola Mundo\r\n"))
    reset(client)
    server.out.match(r"^127\.0\.0\.1:\d+ broke off\n")
    assert said_by(where, b"hola") == b"Hola Mundo\r\n"


def test_robust_leaves_a_client_that_is_too_slow(running):
    server, where = running("robust_server", "tcp://127.0.0.1:0", "200ms")
    for _ in range(2):
        with connect(where) as client:
            assert read_all(client) == b"Hola Mundo\r\n"
    server.out.match(r"(.* takes too long\n){2}")


# --- chapter 10 ------------------------------------------------------------------------------------


@runs("echo_server", "echo_client")
def test_echo(example, running):
    server, where = running("echo_server")
    assert example("echo_client", where, "hola").finish() == (0, b"Received: hola\n", "")
    assert example("echo_client", where, "").finish() == (0, b"Received: \n", "")
    assert example("echo_client", where).out.match("^Received: Hello world!")
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_echo_to_netcat(start, running):
    _, where = running("echo_server")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", port_of(where))
    client.say(b"hola\n")
    assert client.finish()[:2] == (0, b"hola\n")


def test_echo_asks_the_service(example, echo):
    assert example("echo_client", echo.endpoints[0], "hola").finish() == (0, b"Received: hola\n", "")


def test_echo_server_stops_while_a_client_is_there(running, zocalo):
    server, where = running("echo_server")
    client = zocalo("connect", where)
    client.write(b"hola")
    client.out.match("hola")
    server.signal(signal.SIGINT)
    assert client.wait() == 0
    assert server.wait() == 0


@runs("echo_prompt")
@pytest.mark.parametrize("goodbye,after", [(b"quit\nmore\n", b""), (b"EXIT\n", b""), (b"q\n", b""), (b"", b"\n")])
def test_prompt(example, echo, goodbye, after):
    client = example("echo_prompt", echo.endpoints[0])
    client.say("hola\n\nadiós\n".encode() + goodbye)
    shown = "connected; type messages, or quit\n> Echo: hola\n> > Echo: adiós\n> ".encode()
    assert client.finish() == (0, shown + after, "")


def test_prompt_answers_before_the_next_line_is_typed(example, echo):
    client = example("echo_prompt", echo.endpoints[0])
    client.write(b"hola\n")
    client.out.match("^> Echo: hola\n> ")
    client.say(b"no end of line")
    assert client.finish()[1].endswith(b"> Echo: no end of line\n> \n")


def test_prompt_says_that_the_server_closed(example):
    with tcp_listener() as listener:
        client = example("echo_prompt", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        peer = listener.accept()[0]
        client.write(b"hola\n")
        assert read_exactly(peer, 4) == b"hola"
        peer.sendall(b"ho")
        peer.close()
        status, _, err = client.finish()
    assert (status, err) == (1, "echo_prompt: the server closed the connection\n")


@runs("echo_timeout")
def test_timeout_echoes(running):
    server, where = running("echo_timeout")
    assert said_by(where, b"hola") == b"hola"
    server.out.match(r"^connection from (127\.0\.0\.1:\d+)\n\1: ended\n")


def test_timeout_ends_idle_connections(running):
    server, where = running("echo_timeout", "tcp://127.0.0.1:0", "20ms")
    for _ in range(2):
        with connect(where) as client:
            assert read_all(client) == b""
    server.out.match(r"(^connection from (127\.0\.0\.1:\d+)\n\2: idle for too long\n){2}")


@runs("echo_log")
def test_log(running):
    server, where = running("echo_log")
    for number, text in ((1, b"hola"), (2, b"adios!")):
        assert said_by(where, text) == text
        peer = server.err.match(rf"Z info connection {number} from (127\.0\.0\.1:\d+)\n")[1]
        server.err.match(rf"Z info connection ended number={number} peer={re.escape(peer)} "
                         rf"duration=[\d.]+[mun]?s bytes={len(text)}\n")
    assert "debug" not in server.err.text()


def test_log_of_a_failure(running):
    server, where = running("echo_log", "tcp://127.0.0.1:0", "debug")
    with connect(where) as client:
        client.sendall(b"hola\n")
        assert read_exactly(client, 5) == b"hola\n"
        reset(client)
    server.err.match(r"Z debug received 5 bytes: hola.*\n")
    server.err.match(r'Z error connection ended number=1 .* bytes=5 error="Connection reset by peer"\n')


@runs("echo_lines")
def test_lines(running):
    server, where = running("echo_lines")
    assert said_by(where, b"uno\ndos\r\n\ntres") == b"ECHO: uno\nECHO: dos\r\nECHO: \nECHO: tres"
    server.out.match(r"^line: uno\\n\nline: dos\\r\\n\nline: \\n\nline: tres\n")


def test_lines_come_whole_however_they_were_cut(running):
    server, where = running("echo_lines")
    with connect(where) as client:
        client.sendall(b"primera\nseg")
        assert read_exactly(client, 14) == b"ECHO: primera\n"
        client.sendall(b"unda\n")
        assert read_exactly(client, 14) == b"ECHO: segunda\n"


def test_lines_that_never_end_are_refused(running):
    server, where = running("echo_lines")
    assert said_by(where, b"x" * 5000) == b""
    server.err.match("^echo_lines: Message too long\n")
    assert said_by(where, b"x" * 4095 + b"\n") == b"ECHO: " + b"x" * 4095 + b"\n"


@runs("fragment_client", "fragment_server")
def test_fragments(example, running):
    message = "Este es un mensaje largo que será fragmentado"
    server, where = running("fragment_server")
    status, out, err = example("fragment_client", where).finish()
    assert (status, err) == (0, "")
    assert re.findall(r"^sent (\d) bytes: '(.*)'$", out.decode(), re.MULTILINE) == [
        (str(len(piece)), piece.decode()) for piece in (message.encode()[i:i + 5] for i in range(0, 46, 5))]
    reads = server.out.match(r"^end: (\d+) reads, 46 bytes\n")[1]
    brought = re.findall(r"^read (\d+): (\d+) bytes: '(.*)'$", server.out.text(), re.MULTILINE)
    assert [int(number) for number, _, _ in brought] == list(range(1, int(reads) + 1))
    assert sum(int(size) for _, size, _ in brought) == 46
    assert "".join(text for _, _, text in brought) == message


def test_fragments_of_a_message_of_ones_own(example, running):
    server, where = running("fragment_server")
    assert example("fragment_client", where, "hola").finish() == (0, b"sent 4 bytes: 'hola'\n", "")
    server.out.match(r"^read 1: 4 bytes: 'hola'\nend: 1 reads, 4 bytes\n")


@runs("endings_server")
def test_endings_are_told_apart(start, running):
    server, where = running("endings_server", "tcp://127.0.0.1:0,timeout=30s")
    said_by(where, b"hola")
    server.out.match(r"^127\.0\.0\.1:\d+: clean end\n")
    breaker = start(need("socat"), "-u", "-", f"TCP:127.0.0.1:{port_of(where)},linger=0,shut-close")
    breaker.say(b"hola\n")
    server.out.match(r"^127\.0\.0\.1:\d+: reset, the client broke off\n")
    killed = start(need("nc.openbsd"), "127.0.0.1", port_of(where))
    server.out.match(r"(?s)(^connection from .*){3}")
    killed.signal(signal.SIGINT)
    server.out.match(r"(?s)(^127\.0\.0\.1:\d+: clean end\n.*){2}")


def test_endings_tell_a_timeout(running):
    server, where = running("endings_server", "tcp://127.0.0.1:0,timeout=20ms")
    with connect(where) as client:
        assert read_all(client) == b""
    server.out.match(r"^127\.0\.0\.1:\d+: time-out, the client says nothing\n")


# --- chapter 13 ------------------------------------------------------------------------------------

STAMP = r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] Echo: "


@runs("stamp_server", "stamp_client")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stamp(example, running, folder, stop):
    server, where = running("stamp_server", f"unix:{folder}/stamp")
    client = example("stamp_client", where)
    client.say(b"Mensaje de prueba 1\nMensaje de prueba 2\nquit\nmore\n")
    status, out, err = client.finish()
    assert (status, err) == (0, "")
    assert re.fullmatch(f"> {STAMP}Mensaje de prueba 1\n> {STAMP}Mensaje de prueba 2\n> ", out.decode())
    server.signal(stop)
    assert server.wait() == 0
    assert not (folder / "stamp").exists()


def test_stamp_adds_nothing_behind_what_came(running, folder):
    server, where = running("stamp_server", f"unix:{folder}/stamp")
    assert re.fullmatch(STAMP.encode() + b"hola", said_by(where, b"hola"))
    with connect(where) as client:  # and stamps each read of one connection
        for text in (b"uno\n", b"dos\n"):
            client.sendall(text)
            assert re.fullmatch(STAMP.encode() + text, read_exactly(client, 28 + len(text)))


def test_stamp_to_socat(start, running, folder):
    _, where = running("stamp_server", f"unix:{folder}/stamp")
    client = start(need("socat"), "-", f"UNIX-CONNECT:{folder}/stamp")
    client.write(b"hola\n")
    client.out.match(f"^{STAMP}hola\n")


def test_stamp_client_without_a_server_says_why(example, folder):
    client = example("stamp_client", f"unix:{folder}/nobody")
    client.say(b"hola\n")
    status, _, err = client.finish()
    assert status == 1 and re.fullmatch("stamp_client: .*No such file or directory\n", err)


def test_stamp_client_ends_with_its_input(example, folder):
    client = example("stamp_client", f"unix:{folder}/nobody")
    client.end_input()
    assert client.finish() == (0, b"> \n", "")


@runs("pipe_writer", "pipe_reader")
def test_pipe(example, folder):
    reader = example("pipe_reader", f"fifo:{folder}/pipe,dir=in")
    writer = example("pipe_writer", f"fifo:{folder}/pipe,dir=out")
    assert writer.finish() == (0, b"written: Primer mensaje\nwritten: Segundo mensaje\nwritten: Mensaje final\n", "")
    status, out, err = reader.finish()
    assert (status, err) == (0, "")
    assert out.decode().endswith("received: Primer mensaje\nreceived: Segundo mensaje\nreceived: Mensaje final\n")
    assert list(folder.iterdir()) == []


def test_pipe_reader_makes_the_pipe_for_others(example, start, folder):
    reader = example("pipe_reader", f"fifo:{folder}/pipe")
    reader.out.match("^reading ")
    start("sh", "-c", 'printf "hola\nno end of line" > "$0"', folder / "pipe")
    status, out, err = reader.finish()
    assert (status, err) == (0, "") and out.endswith(b"\nreceived: hola\nreceived: no end of line\n")
    assert list(folder.iterdir()) == []


def test_pipe_writer_writes_what_it_is_told_into_a_pipe_that_is_there(example, start, folder):
    os.mkfifo(folder / "pipe")
    writer = example("pipe_writer", f"fifo:{folder}/pipe,dir=out", "uno", "dos tres")
    reader = start("cat", folder / "pipe")
    assert writer.finish() == (0, b"written: uno\nwritten: dos tres\n", "")
    assert reader.finish() == (0, b"uno\ndos tres\n", "")
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("name,direction", [("pipe_reader", "in"), ("pipe_writer", "out")])
def test_a_file_that_is_no_pipe_is_left_alone(example, folder, name, direction):
    (folder / "file").write_text("kept")
    status, out, err = example(name, f"fifo:{folder}/file,dir={direction}").finish()
    assert (status, out) == (1, b"") and err.startswith(f"{name}: ") and "is no named pipe" in err
    assert (folder / "file").read_text() == "kept"
