"""--transcript of connect and listen: what is written, for whom, and what happens when it cannot be."""

import os
import signal
import socket
import stat
import threading

import pytest
import transcripts
from programs import PATIENCE, Program, pattern, read_all, read_exactly, reset, tcp_listener, udp_socket, zocalo_path
from secure import TlsServer, echo_until_end, server_context


@pytest.fixture
def file(folder):
    return folder / "talk.jsonl"


@pytest.fixture
def listener():
    with tcp_listener() as listening:
        yield listening


def where(listening):
    return "127.0.0.1:%d" % listening.getsockname()[1]


def accept(listening):
    client, _ = listening.accept()
    client.settimeout(PATIENCE)
    return client


class Listener(Program):
    @property
    def port(self):
        return int(self.err.match(r"^listening (\S+)$").group(1).rsplit(":", 1)[1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@pytest.fixture
def listen(start):
    return lambda *options, at="tcp://127.0.0.1:0": start(zocalo_path(), "listen", *options, at, kind=Listener)


# --- connect --------------------------------------------------------------------------------------


def test_connect_writes_who_said_what_in_the_order_of_things(zocalo, file, listener):
    program = zocalo("connect", "--transcript", file, where(listener))
    server = accept(listener)
    program.write(b"hola\n")
    assert read_exactly(server, 5) == b"hola\n"
    server.sendall("buenas, ¿qué tal?\n".encode())
    program.out.match("tal")
    program.end_input()
    assert read_all(server) == b""
    server.close()
    assert program.wait() == 0
    assert transcripts.told(file) == [
        "connected", ("client", b"hola\n"), ("server", "buenas, ¿qué tal?\n".encode()), ("end", "client"),
        ("end", "server"), "closed"]


def test_the_first_line_says_what_it_is_and_each_has_its_time(zocalo, file, listener):
    program = zocalo("connect", "--transcript", file, where(listener))
    server = accept(listener)
    address = server.getpeername()
    server.close()
    assert program.wait() == 0
    header, connected, *events = transcripts.read(file)
    assert header["event"] == "transcript" and header["version"] == 1 and header["by"] == "zocalo connect"
    assert header["started"].startswith("20") and header["started"].endswith("Z")
    assert connected["client"] == "%s:%d" % address and connected["server"] == where(listener)
    times = [event["time_ns"] for event in [connected, *events]]
    assert times == sorted(times) and all(isinstance(time, int) and time >= 0 for time in times)


def test_who_waits_for_a_connection_is_the_server(zocalo, file, folder):
    program = zocalo("connect", "--transcript", file, f"listen:unix:{folder}/sock")
    client = zocalo("connect", "--wait=40s", f"unix:{folder}/sock")
    client.write(b"hola")
    program.out.match("hola")
    program.write(b"buenas")
    client.out.match("buenas")
    client.end_input()
    assert client.wait() == 0
    assert program.wait() == 0
    assert transcripts.said(file, "client") == b"hola"
    assert transcripts.said(file, "server") == b"buenas"


def test_bytes_that_are_no_text_are_written_as_they_were(zocalo, file, echo):
    data = pattern(300000)
    program = zocalo("connect", "--transcript", file, f"127.0.0.1:{echo.port()}")
    program.feed(data)
    assert program.finish()[:2] == (0, data)
    assert transcripts.said(file, "client") == data
    assert transcripts.said(file, "server") == data
    assert max(map(len, file.read_bytes().splitlines())) < 512 * 1024


def test_each_event_is_in_the_file_before_the_next_thing_happens(zocalo, file, listener):
    program = zocalo("connect", "--transcript", file, where(listener))
    server = accept(listener)
    program.write(b"uno")
    assert read_exactly(server, 3) == b"uno"
    server.sendall(b"dos")
    program.out.match("dos")
    assert ("server", b"dos") in transcripts.told(file)
    os.kill(program.pid, signal.SIGKILL)
    server.close()
    program.wait()
    assert transcripts.told(file) == ["connected", ("client", b"uno"), ("server", b"dos")]


def test_a_reset_of_the_peer_is_no_end(zocalo, file, listener):
    program = zocalo("connect", "--transcript", file, where(listener))
    server = accept(listener)
    program.write(b"x")
    assert read_exactly(server, 1) == b"x"
    reset(server)
    assert program.wait() == 1
    assert transcripts.told(file) == ["connected", ("client", b"x"), ("reset", "server"), "closed"]


def test_a_reset_of_our_own_is_written(zocalo, file, listener):
    program = zocalo("connect", "--reset", "--transcript", file, where(listener))
    server = accept(listener)
    program.say(b"x")
    assert program.wait() == 0
    server.close()
    assert transcripts.told(file) == ["connected", ("client", b"x"), ("reset", "client"), "closed"]


def test_an_attempt_that_fails_belongs_to_no_connection(zocalo, file):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert zocalo("connect", "--transcript", file, where(nobody)).wait() == 1
        _, failed = transcripts.read(file)
        assert failed["event"] == "connect_failed" and failed["server"] == where(nobody)
        assert failed["error"] == "Connection refused" and "connection" not in failed


def test_datagrams_are_each_an_event(zocalo, file):
    with udp_socket() as server:
        program = zocalo("connect", "--linger", "0", "--transcript", file, "udp://" + where(server))
        program.write(b"hola")
        data, client = server.recvfrom(100)
        assert data == b"hola"
        server.sendto(b"", client)
        server.sendto(b"uno", client)
        program.out.match("uno")
        program.signal(signal.SIGTERM)
        program.wait()
    assert [event for event in transcripts.told(file) if event[0] in ("client", "server")] == [
        ("client", b"hola"), ("server", b""), ("server", b"uno")]
    assert all(event["datagram"] for event in transcripts.read(file) if event["event"] == "data")


def test_what_tls_agreed_on_is_an_event(zocalo, file, certificates):
    with TlsServer(server_context(certificates.server(), alpn=["echo"]), echo_until_end) as server:
        endpoint = f"tls://localhost:{server.port},ca={certificates.root},version=1.3,alpn=echo"
        client = zocalo("connect", "--transcript", file, endpoint)
        client.say(b"hola")
        assert client.finish()[:2] == (0, b"hola")
    agreed, = [event for event in transcripts.read(file) if event["event"] == "tls_agreed"]
    assert (agreed["from"], agreed["version"], agreed["alpn"]) == ("server", "TLS 1.3", "echo")
    assert agreed["cipher"].startswith("TLS_")
    assert transcripts.said(file, "server") == b"hola"


def test_what_is_told_with_v_is_the_same(zocalo, file, echo):
    program = zocalo("connect", "-v", "--transcript", file, f"127.0.0.1:{echo.port()}")
    program.say(b"hola")
    status, out, err = program.finish()
    assert (status, out) == (0, b"hola")
    for line in ("connecting to", "connected to", "sent 4 bytes", "received 4 bytes", "we send no more", "closed"):
        assert line in err
    assert transcripts.said(file, "server") == b"hola"


def test_the_wire_is_written_where_telnet_is_spoken(zocalo, file, listener):
    program = zocalo("connect", "--telnet", "--transcript", file, where(listener))
    server = accept(listener)
    assert read_exactly(server, 1) == b"\xff"
    server.shutdown(socket.SHUT_WR)
    read_all(server)
    server.close()
    assert program.wait() == 0
    assert transcripts.said(file, "client").startswith(b"\xff")


# --- listen ---------------------------------------------------------------------------------------


def test_listen_writes_the_other_way_round(listen, file):
    server = listen("--transcript", file)
    client = server.connect()
    client.sendall(b"hola\n")
    server.out.match("hola")
    server.say(b"buenas\n")
    assert read_all(client) == b"buenas\n"
    address = "%s:%d" % client.getsockname()
    client.close()
    assert server.wait() == 0
    assert transcripts.told(file) == [
        "accepted", ("client", b"hola\n"), ("server", b"buenas\n"), ("end", "server"), ("end", "client"), "closed"]
    accepted = transcripts.read(file)[1]
    assert accepted["client"] == address and accepted["server"] == f"127.0.0.1:{server.port}"


def test_many_clients_are_many_connections(listen, file):
    server = listen("--keep", "--transcript", file)
    one, other = server.connect(), server.connect()
    one.sendall(b"one")
    server.out.match("one")
    other.sendall(b"other")
    server.out.match("other")
    for client in (one, other):
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""
        client.close()
    server.signal(signal.SIGTERM)
    server.wait()
    both = {transcripts.said(file, "client", connection) for connection in (1, 2)}
    assert both == {b"one", b"other"}
    assert {event["connection"] for event in transcripts.read(file)[1:]} == {1, 2}


def test_a_program_is_the_server(listen, file):
    server = listen("--exec", "tr a-z A-Z", "--transcript", file)
    client = server.connect()
    client.sendall(b"hola")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"HOLA"
    client.close()
    assert server.wait() == 0
    assert transcripts.told(file) == [
        "accepted", ("client", b"hola"), ("end", "client"), ("server", b"HOLA"), ("end", "server"), "closed"]


def test_a_broker_tells_each(listen, file):
    server = listen("--broker", "--transcript", file)
    one, other = server.connect(), server.connect()
    heard = threading.Event()

    def speak():  # until the other one is there to hear it
        while not heard.wait(0.01):
            one.sendall(b"hola")

    speaking = threading.Thread(target=speak, daemon=True)
    speaking.start()
    assert read_exactly(other, 4) == b"hola"
    heard.set()
    speaking.join()
    server.signal(signal.SIGTERM)
    server.wait()
    sides = [(side, connection) for connection in (1, 2) for side in ("client", "server")
             if transcripts.said(file, side, connection)]
    assert sides in ([("client", 1), ("server", 2)], [("server", 1), ("client", 2)])
    one.close()
    other.close()


def test_who_may_not_come_is_not_written(listen, file):
    server = listen("--keep", "--deny=127.0.0.1", "--transcript", file)
    with server.connect() as client:
        assert read_all(client) == b""
    server.signal(signal.SIGTERM)
    server.wait()
    assert len(transcripts.read(file)) == 1


def test_datagrams_that_are_listened_for_are_refused(listen, file):
    status, _, err = listen("--transcript", file, at="udp://127.0.0.1:0").finish()
    assert (status, err) == (2, "zocalo listen: option '--transcript' is for connections, not for datagrams\n")
    assert not file.exists()


# --- relay ----------------------------------------------------------------------------------------


@pytest.fixture
def relay(start, file):
    """A relay with a transcript, before that server, until it is stopped."""
    return lambda target, *options: start(zocalo_path(), "relay", "--transcript", file, *options,
                                          "listen:tcp://127.0.0.1:0", target, kind=Listener)


def test_a_relay_writes_what_it_received_of_both(relay, file, listener):
    program = relay(where(listener))
    client = program.connect()
    server = accept(listener)
    client.sendall(b"hola\n")
    assert read_exactly(server, 5) == b"hola\n"
    server.sendall(b"buenas\n")
    assert read_exactly(client, 7) == b"buenas\n"
    client.shutdown(socket.SHUT_WR)
    assert read_all(server) == b""
    server.close()
    assert read_all(client) == b""
    client.close()
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    assert transcripts.told(file) == [
        "accepted", "connected", ("client", b"hola\n"), ("server", b"buenas\n"), ("end", "client"), ("end", "server"),
        "closed"]
    _, accepted, connected, *_ = transcripts.read(file)
    assert accepted["server"] == f"127.0.0.1:{program.port}" and connected["server"] == where(listener)


def test_each_connection_of_a_relay_has_its_number(relay, file, echo):
    program = relay(f"127.0.0.1:{echo.port()}")
    for said in (b"uno", b"dos"):
        with program.connect() as client:
            client.sendall(said)
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == said
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    for connection, said in ((1, b"uno"), (2, b"dos")):
        assert transcripts.said(file, "client", connection) == said
        assert transcripts.said(file, "server", connection) == said
        assert transcripts.told(file, connection).count("closed") == 1


def test_much_through_a_relay_is_written_to_the_byte(relay, file, echo):
    program = relay(f"127.0.0.1:{echo.port()}")
    data = pattern(5000000)
    with program.connect() as client:
        speaking = threading.Thread(target=lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR)), daemon=True)
        speaking.start()
        assert read_all(client) == data
        speaking.join()
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    assert transcripts.said(file, "client") == data
    assert transcripts.said(file, "server") == data


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_reset_through_a_relay_has_its_side(relay, file, listener, side):
    program = relay(where(listener))
    client = program.connect()
    server = accept(listener)
    client.sendall(b"x")
    assert read_exactly(server, 1) == b"x"
    reset(client if side == "client" else server)
    with pytest.raises(ConnectionResetError):
        read_all(server if side == "client" else client)
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    assert transcripts.told(file) == ["accepted", "connected", ("client", b"x"), ("reset", side), "closed"]
    client.close()
    server.close()


def test_a_target_that_is_not_there(relay, file):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        program = relay(where(nobody))
        with pytest.raises(ConnectionResetError), program.connect() as client:  # which may be reset by then
            read_all(client)
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    assert transcripts.told(file) == ["accepted", "connect_failed", "closed"]


def test_partners_who_meet_are_client_and_server(relay, file):
    program = relay("listen:tcp://127.0.0.1:0")
    places = program.err.match(r"^listening \S+:(\d+)\nlistening \S+:(\d+)$")
    one = socket.create_connection(("127.0.0.1", int(places.group(1))), timeout=PATIENCE)
    other = socket.create_connection(("127.0.0.1", int(places.group(2))), timeout=PATIENCE)
    one.sendall(b"hola")
    assert read_exactly(other, 4) == b"hola"
    other.sendall(b"buenas")
    assert read_exactly(one, 6) == b"buenas"
    one.close()
    assert read_all(other) == b""
    other.close()
    program.signal(signal.SIGTERM)
    assert program.wait() == 0
    assert transcripts.told(file)[:4] == ["accepted", "accepted", ("client", b"hola"), ("server", b"buenas")]


def test_two_that_are_joined_once(start, file, echo):
    program = start(zocalo_path(), "relay", "--transcript", file, "-", f"127.0.0.1:{echo.port()}")
    program.say(b"hola")
    assert program.finish()[:2] == (0, b"hola")
    assert transcripts.said(file, "client") == transcripts.said(file, "server") == b"hola"


def test_several_loops_of_a_relay_write_none(start, file):
    status, _, err = start(zocalo_path(), "relay", "--transcript", file, "--threads=2", "listen::0", ":1").finish()
    assert (status, err) == (2, "zocalo relay: options '--transcript' and '--threads' exclude one another\n")
    assert not file.exists()


def test_a_session_of_datagrams_is_a_connection(start, zocalo, file, serve):
    echo = serve("echo", "udp://127.0.0.1:0")
    relay = start(zocalo_path(), "relay", "--transcript", file, "listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{echo.port()}")
    port = int(relay.err.match(r"^listening .*:(\d+)$").group(1))
    with udp_socket() as one, udp_socket() as other:
        for client, words in ((one, b"uno"), (other, b"dos"), (one, b"")):
            client.sendto(words, ("127.0.0.1", port))
            assert client.recvfrom(100)[0] == words
        names = [where(one), where(other)]
    relay.signal(signal.SIGTERM)
    assert relay.wait() == 0
    events = transcripts.read(file)
    assert [event["client"] for event in events if event["event"] == "accepted"] == names
    for number, words in ((1, [b"uno", b""]), (2, [b"dos"])):
        said = [event for event in events if event["event"] == "data" and event["connection"] == number]
        assert all(event["datagram"] for event in said)
        assert [(event["from"], event["text"].encode()) for event in said] == [
            (side, word) for word in words for side in ("client", "server")]
        assert events[-1]["event"] == "closed"
    replayed = zocalo("replay", "--fast", file, f"udp://127.0.0.1:{echo.port()}")
    assert replayed.finish()[0] == 0


def test_a_full_disk_of_a_relay(start, echo):
    program = start(zocalo_path(), "relay", "--transcript", "/dev/full", "-", f"127.0.0.1:{echo.port()}")
    program.say(b"hola")
    assert program.finish() == (2, b"hola", "zocalo relay: transcript '/dev/full': No space left on device\n")


# --- the file -------------------------------------------------------------------------------------


@pytest.fixture
def connect(zocalo, echo):
    return lambda file: zocalo("connect", "--transcript", file, f"127.0.0.1:{echo.port()}")


def mode_of(file):
    return stat.S_IMODE(file.stat().st_mode)


def test_the_file_is_its_owners_alone(connect, file):
    mask = os.umask(0)
    try:
        program = connect(file)
    finally:
        os.umask(mask)
    program.say(b"secret")
    assert program.wait() == 0
    assert mode_of(file) == 0o600


def test_a_file_that_is_there_is_replaced_and_closed_to_others(connect, file):
    file.write_text("x" * 100000)
    file.chmod(0o666)
    program = connect(file)
    program.say(b"hola")
    assert program.wait() == 0
    assert mode_of(file) == 0o600
    assert transcripts.said(file, "client") == b"hola"


@pytest.mark.parametrize("name, why", [
    ("-", "a transcript goes to a file, not to standard output"),
    ("/nowhere/x\ny", "transcript '/nowhere/x\\ny': No such file or directory"),
    ("/", "transcript '/': Is a directory"),
], ids=["output", "missing", "folder"])
def test_no_other_place_will_do(connect, name, why):
    status, _, err = connect(name).finish()
    assert (status, err) == (2, f"zocalo connect: {why}\n")


def test_a_pipe_would_keep_the_program_waiting(connect, folder):
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    status, _, err = connect(folder / "pipe").finish()
    os.close(reader)
    assert status == 2
    assert "it is a pipe or a socket, and no file" in err


def test_a_full_disk_is_told_once_and_the_conversation_goes_on(connect):
    program = connect("/dev/full")
    program.write(b"uno\n")
    program.out.match("uno")
    program.say(b"dos\n")
    assert program.finish() == (2, b"uno\ndos\n", "zocalo connect: transcript '/dev/full': No space left on device\n")


def test_a_disk_that_fills_up_is_told_too(zocalo, echo, file):
    program = zocalo("connect", "--transcript", file, f"127.0.0.1:{echo.port()}",
                     wrap=["sh", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$@"', "sh"])
    data = pattern(200000)
    program.feed(data)
    status, out, err = program.finish()
    assert (status, out) == (2, data)
    assert err.count("\n") == 1 and "File too large" in err
    assert b"\"transcript\"" in file.read_bytes()


def test_a_full_disk_of_a_listener(listen):
    server = listen("--transcript", "/dev/full")
    with server.connect() as client:
        client.sendall(b"hola")
        client.shutdown(socket.SHUT_WR)
        server.end_input()
        assert read_all(client) == b""
    assert server.wait() == 2
    assert server.out.all() == b"hola"
    assert "zocalo listen: transcript '/dev/full': No space left on device\n" in server.err.all().decode()
