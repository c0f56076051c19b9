"""`zocalo relay`: two endpoints once, whoever comes at one with another, and how each of them ends."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import threading

import pytest
from programs import (PATIENCE, Program, free_port, need, pattern, read_all, read_exactly, reset, tcp_listener,
                      udp_socket, zocalo_path)

MIB = 1024 * 1024
DEAF = 64 * MIB  # more than the buffers of any connection take


class Relay(Program):
    """`zocalo relay`, and where it listens."""

    def where(self, number=0):
        return self.err.until(lambda text: re.findall(r"^listening (\S+)$", text, re.MULTILINE)[number:])[0]

    def port(self, number=0):
        return int(self.where(number).rsplit(":", 1)[1])

    def connect(self, number=0, address="127.0.0.1"):
        return socket.create_connection((address, self.port(number)), timeout=PATIENCE)

    def records(self, count, message="connection ended"):
        """Waits for so many records of the log, which is JSON."""
        def find(text):
            if text.count(message) < count:
                return None
            lines = [json.loads(line) for line in text.split("\n")[:-1] if line.startswith("{")]
            found = [line for line in lines if line["message"] == message]
            return found if len(found) >= count else None
        return self.err.until(find)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()


@pytest.fixture
def relay(start):
    return lambda *arguments, wrap=(), **how: start(*wrap, zocalo_path(), "relay", *arguments, kind=Relay, **how)


class Target:
    """A listening socket of ours, that a relay dials."""

    def __init__(self, **how):
        self.listener = tcp_listener(**how)
        self.endpoint = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]

    def accept(self):
        peer = self.listener.accept()[0]
        peer.settimeout(PATIENCE)
        return peer


@pytest.fixture
def target():
    made = Target()
    yield made
    made.listener.close()


@pytest.fixture
def pair(relay, target):
    """A relay before the target, a client of it, and what that is joined with."""
    def open_pair(*options):
        program = relay("--log=json", *options, "listen:tcp://127.0.0.1:0", target.endpoint)
        client = program.connect()
        return program, client, target.accept()
    return open_pair


@pytest.fixture
def udp():
    """Makes UDP sockets of 127.0.0.1, and closes them."""
    made = []

    def make():
        made.append(udp_socket())
        return made[-1]

    yield make
    for one in made:
        one.close()


# --- once -----------------------------------------------------------------------------------------


def test_two_that_are_dialled_are_joined_until_both_have_ended(relay, target):
    other = Target()
    program = relay(target.endpoint, other.endpoint)
    left, right = target.accept(), other.accept()
    left.sendall(b"question")
    assert read_exactly(right, 8) == b"question"
    left.shutdown(socket.SHUT_WR)
    assert right.recv(1) == b""
    right.sendall(b"answer")
    right.close()
    assert read_all(left) == b"answer"
    assert program.finish() == (0, b"", "")


def test_standard_input_and_output(relay, echo):
    program = relay("-", f"tcp://127.0.0.1:{echo.port()}")
    program.feed(pattern(MIB))
    assert program.finish() == (0, pattern(MIB), "")


def test_nobody_is_there(relay):
    status, _, err = relay("-", f"tcp://127.0.0.1:{free_port()}").finish()
    assert status == 1
    assert "Connection refused" in err


def test_a_reset_is_never_a_success(relay, target):
    program = relay("-", target.endpoint)
    peer = target.accept()
    peer.sendall(b"half")
    program.out.match("half")
    reset(peer)
    assert program.finish() == (1, b"half", f"zocalo relay: {target.endpoint}: Connection reset by peer\n")


def test_output_that_nobody_reads_any_more_is_a_quiet_end(relay, target):
    read_end, write_end = os.pipe()
    program = relay("-", target.endpoint, stdout=write_end)
    os.close(write_end)
    peer = target.accept()
    os.close(read_end)
    peer.sendall(b"nobody reads this")
    assert program.wait() == 0
    assert program.err.all() == b""


def test_a_file_goes_out_and_it_is_over(relay, target, folder):
    (folder / "file").write_bytes(pattern(3 * MIB))
    program = relay(f"file:{folder}/file", target.endpoint)
    peer = target.accept()
    assert read_all(peer) == pattern(3 * MIB)
    peer.close()
    assert program.finish() == (0, b"", "")


def test_what_comes_back_for_a_file_is_thrown_away(relay, echo, folder):
    (folder / "file").write_bytes(pattern(DEAF))
    assert relay(f"file:{folder}/file", f"tcp://127.0.0.1:{echo.port()}").finish() == (0, b"", "")
    assert echo.ended()[0]["bytes_in"] == DEAF


def test_a_connection_into_a_file(relay, target, folder):
    program = relay(target.endpoint, f"file:{folder}/file,dir=out")
    peer = target.accept()
    peer.sendall(pattern(3 * MIB))
    peer.close()
    assert program.finish() == (0, b"", "")
    assert (folder / "file").read_bytes() == pattern(3 * MIB)


def test_a_named_pipe_into_a_connection(relay, target, folder):
    os.mkfifo(folder / "pipe")
    program = relay(f"fifo:{folder}/pipe", target.endpoint)
    with open(folder / "pipe", "wb") as pipe:
        peer = target.accept()
        pipe.write(b"event\n")
    assert read_all(peer) == b"event\n"
    peer.close()
    assert program.wait() == 0


def test_two_files_that_are_read_cannot_be_joined(relay, folder):
    (folder / "file").write_bytes(b"x")
    status, _, err = relay(f"file:{folder}/file", f"file:{folder}/file").finish()
    assert status == 2
    assert err == ("zocalo relay: nothing can go from either to the other: both are only read, or only written\n")


def test_a_signal_ends_it_at_once(relay, target):
    program = relay("-", target.endpoint)
    peer = target.accept()
    program.write(b"half")
    assert read_exactly(peer, 4) == b"half"
    program.signal(signal.SIGTERM)
    assert program.wait() == -signal.SIGTERM
    with pytest.raises(ConnectionResetError):
        peer.recv(1)


# --- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, words", [
    (["a:1"], "expects two endpoints or more"),
    ([], "expects two endpoints or more"),
    (["-", "listen:tcp://127.0.0.1:0"], "-: there is only one, and each connection needs one of its own"),
    (["listen:tcp://127.0.0.1:0", "-"], "-: there is only one"),
    (["listen:tcp://127.0.0.1:0", "fd:0"], "fd:0: there is only one"),
    (["-", "-"], "-: it cannot be both sides"),
    (["a:1", "b:2", "c:3"], "tcp://a:1: all endpoints but the last have to listen"),
    (["listen::1", "listen:udp://:2"], "datagrams have no connections that a connection could wait for"),
    (["localhost", "80"], "endpoint 'localhost'"),
    (["a:1", "80"], "endpoint '80'"),
    (["--hex", "-", "a:1"], "option '--hex': standard output is an endpoint already"),
    (["--hex", "--threads=2", "listen::1", "a:1"], "options '--hex' and '--threads' exclude one another"),
    (["--threads=2", "listen::1", "listen::2"], "option '--threads' is not for a last endpoint that listens"),
    (["--allow=10.0.0.0/33", "listen::1", "a:1"], "option '--allow'"),
    (["--wait=1s", "listen::1", "listen::2"], "option '--wait' is for connecting, not for listening"),
    (["--allow=::1", "a:1", "b:1"], "option '--allow': nobody comes, when both endpoints are dialled"),
    (["--deny=::1", "a:1", "b:1"], "option '--deny': nobody comes, when both endpoints are dialled"),
    (["--max=1", "a:1", "b:1"], "option '--max': nobody comes, when both endpoints are dialled"),
    (["--threads=2", "a:1", "b:1"], "option '--threads': nobody comes, when both endpoints are dialled"),
])
def test_what_cannot_be_is_refused_in_one_line(relay, arguments, words):
    status, out, err = relay(*arguments).finish()
    assert (status, out) == (2, b"")
    assert err.startswith("zocalo relay: ") and err.count("\n") == 1
    assert words in err


def test_a_port_that_is_taken(relay, target):
    status, _, err = relay(f"listen:{target.endpoint}", "a:1").finish()
    assert status == 1
    assert "Address already in use" in err


# --- each connection ------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [
    ["nc.openbsd", "-N", "127.0.0.1", "PORT"],
    ["ncat", "127.0.0.1", "PORT"],
    ["socat", "-t", "20", "-", "TCP:127.0.0.1:PORT"],
    [zocalo_path(), "connect", "127.0.0.1", "PORT"],
], ids=["nc", "ncat", "socat", "zocalo"])
def test_clients_of_each_kind(relay, start, echo, client):
    program = relay("listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    for _ in range(2):
        peer = start(need(client[0]), *[word.replace("PORT", str(program.port())) for word in client[1:]])
        peer.say(b"hola\n")
        assert peer.finish()[:2] == (0, b"hola\n")
    assert program.stop() == 0


@pytest.mark.parametrize("server", [
    ["socat", "-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"],
    ["nc.openbsd", "-v", "-l", "-N", "127.0.0.1", "0"],
], ids=["socat", "nc"])
def test_targets_of_each_kind(relay, start, server):
    peer = start(need(server[0]), *server[1:])
    port = peer.err.match(r"(?:AF=2 127\.0\.0\.1:|on localhost )([1-9]\d*)").group(1)
    program = relay("listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{port}")
    with program.connect() as client:
        client.sendall(b"hola\n")
        if server[0] == "nc.openbsd":
            peer.out.match("hola")
            peer.say(b"hola\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"hola\n"


@pytest.mark.parametrize("first", ["client", "target"])
def test_half_closes_in_either_order(pair, first):
    program, client, peer = pair()
    quick, slow = (client, peer) if first == "client" else (peer, client)
    quick.sendall(b"all")
    quick.shutdown(socket.SHUT_WR)
    assert read_all(slow) == b"all"
    slow.sendall(pattern(MIB))
    assert read_exactly(quick, MIB) == pattern(MIB)
    slow.shutdown(socket.SHUT_WR)
    assert quick.recv(1) == b""
    record, = program.records(1)
    assert record["ended"] == "in order"
    assert sorted([record["bytes_in"], record["bytes_out"]]) == [3, MIB]


@pytest.mark.parametrize("lost", ["client", "target"])
def test_a_reset_is_passed_on_as_a_reset(pair, lost):
    program, client, peer = pair()
    gone, other = (client, peer) if lost == "client" else (peer, client)
    gone.sendall(b"half")
    assert read_exactly(other, 4) == b"half"
    reset(gone)
    with pytest.raises(ConnectionResetError):
        other.recv(1)
    record, = program.records(1)
    assert (record["ended"], record["by"]) == ("reset", "peer" if lost == "client" else "target")


def test_a_target_that_dies_after_the_clients_end_resets_the_client(pair):
    _, client, peer = pair()
    client.shutdown(socket.SHUT_WR)
    assert peer.recv(1) == b""
    peer.sendall(b"half")
    assert read_exactly(client, 4) == b"half"
    reset(peer)
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_a_side_that_is_silent_for_too_long_is_cut_off_on_both(relay, target):
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", target.endpoint + ",timeout=50ms")
    client, peer = program.connect(), target.accept()
    for side in (client, peer):
        with pytest.raises(ConnectionResetError):
            side.recv(1)
    assert program.records(1)[0]["ended"] == "timed out"


def test_idle_connections_end_when_that_is_asked_for(pair):
    program, client, peer = pair("--idle=50ms")
    for side in (client, peer):
        with pytest.raises(ConnectionResetError):
            side.recv(1)
    assert program.records(1)[0]["ended"] == "idle"


def memory_of(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) * 1024


def test_a_side_that_does_not_read_holds_up_the_other(pair):
    program, client, peer = pair()
    client.settimeout(1)
    sent = 0
    with pytest.raises(TimeoutError):
        while sent < DEAF:
            sent += client.send(pattern(MIB))
    assert sent < DEAF
    client.settimeout(PATIENCE)
    client.shutdown(socket.SHUT_WR)
    received = read_all(peer)
    assert len(received) == sent


def test_bulk_both_ways_at_once(relay, echo):
    program = relay("listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    data = pattern(32 * MIB)
    with program.connect() as client:
        def send():
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        sender = threading.Thread(target=send)
        sender.start()
        assert read_all(client) == data
        sender.join()


def test_several_places_at_once(relay, echo, folder):
    program = relay("listen:tcp://127.0.0.1:0", "listen:tcp://[::1]:0", f"listen:unix:{folder}/place",
                    f"tcp://127.0.0.1:{echo.port()}")
    assert program.where(2) == f"unix:{folder}/place"
    for number, address in ((0, "127.0.0.1"), (1, "::1")):
        with program.connect(number, address) as client:
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{folder}/place")
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"
    assert program.stop() == 0
    assert not (folder / "place").exists()


def test_a_unix_socket_as_the_target(relay, serve, folder):
    serve("echo", f"unix:{folder}/echo")
    program = relay("listen:tcp://127.0.0.1:0", f"unix:{folder}/echo")
    with program.connect() as client:
        client.sendall(pattern(MIB))
        assert read_exactly(client, MIB) == pattern(MIB)


def test_a_program_for_each_connection(relay):
    program = relay("listen:tcp://127.0.0.1:0", "exec:sort -n")
    clients = [program.connect() for _ in range(3)]
    for number, client in enumerate(clients):
        client.sendall(b"10\n9\n%d\n" % number)
    for number, client in enumerate(clients):
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"%d\n9\n10\n" % number
        client.close()


def test_a_program_that_has_ended_ends_the_connection(relay):
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", "exec:echo enough")
    with program.connect() as client:
        assert read_all(client) == b"enough\n"
        assert program.records(1)[0]["ended"] == "in order"


def test_a_program_that_fails_is_a_reset(relay):
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", "exec:echo half; exit 3")
    with program.connect() as client:
        with pytest.raises(ConnectionResetError):
            read_all(client)
            client.recv(1)
    assert "ended with status 3" in program.records(1)[0]["error"]


def test_a_program_comes_to_a_place(relay, target):
    """The first of two may be the one that is dialled, where the last one listens."""
    program = relay("exec:tr a-z A-Z", "listen:tcp://127.0.0.1:0")
    with program.connect() as client:
        client.sendall(b"hola")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"HOLA"


def test_many_connections_into_one_file(relay, folder):
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", f"file:{folder}/log,append")
    for number in (1, 2):
        with program.connect() as client:
            client.sendall(b"line %d\n" % number)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
        program.records(number)
    assert (folder / "log").read_bytes() == b"line 1\nline 2\n"


# --- the target is away ---------------------------------------------------------------------------


def test_a_target_that_is_away_is_a_reset_and_a_line_and_the_relay_goes_on(relay, echo):
    port = free_port()
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{port}")
    for count in (1, 2):
        with pytest.raises(ConnectionResetError), program.connect() as client:
            client.recv(1)
        record = program.records(count, "target not reached")[-1]
        assert record["level"] == "warning"
        assert "Connection refused" in record["error"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        with program.connect() as client:
            peer = listener.accept()[0]
            peer.sendall(b"here")
            assert read_exactly(client, 4) == b"here"
            peer.close()


def test_a_target_is_waited_for_and_the_clients_words_too(relay):
    port = free_port()
    program = relay("--wait=40s", "-v", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{port}")
    with program.connect() as client:
        client.sendall(b"early")
        program.err.match("no connection to")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            listener.listen()
            peer = listener.accept()[0]
            assert read_exactly(peer, 5) == b"early"
            peer.close()


def test_reaching_the_target_takes_no_longer_than_the_timeout(relay):
    listener = tcp_listener(backlog=0)
    where = listener.getsockname()
    full = []
    for _ in range(4):  # its backlog is full: nobody is refused, and nobody gets in
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(where)
        full.append(one)
    program = relay("--log=json", "--timeout=100ms", "listen:tcp://127.0.0.1:0", "tcp://127.0.0.1:%d" % where[1])
    with pytest.raises(ConnectionResetError), program.connect() as client:
        client.recv(1)
    program.records(1, "target not reached")
    for one in (listener, *full):
        one.close()


# --- both sides listen ----------------------------------------------------------------------------


def test_each_who_comes_here_is_joined_with_the_next_who_comes_there(relay):
    program = relay("listen:tcp://127.0.0.1:0", "listen:tcp://127.0.0.1:0")
    lefts = [program.connect(0) for _ in range(3)]
    rights = [program.connect(1) for _ in range(3)]
    for number, left in enumerate(lefts):
        left.sendall(b"%d" % number)
    heard = {}
    for right in rights:
        heard[int(right.recv(1))] = right
    assert sorted(heard) == [0, 1, 2]
    reset(lefts[1])
    with pytest.raises(ConnectionResetError):
        heard[1].recv(1)
    heard[0].sendall(b"still here")
    assert read_exactly(lefts[0], 10) == b"still here"
    assert program.process.poll() is None


def test_who_comes_there_is_waited_for_no_longer_than_the_timeout(relay):
    program = relay("--log=json", "--timeout=100ms", "listen:tcp://127.0.0.1:0", "listen:tcp://127.0.0.1:0")
    with pytest.raises(ConnectionResetError), program.connect() as client:
        client.recv(1)
    record, = program.records(1, "target not reached")
    assert record["error"] == "nobody came there for 100ms"
    left, right = program.connect(0), program.connect(1)
    left.sendall(b"hola")
    assert read_exactly(right, 4) == b"hola"


# --- who may come, and how many -------------------------------------------------------------------


def test_who_may_not_come_is_reset_at_once(relay, target):
    program = relay("--deny=127.0.0.0/8", "listen:tcp://127.0.0.1:0", target.endpoint)
    with pytest.raises(ConnectionResetError), program.connect() as client:
        client.recv(1)


def test_who_is_allowed_may_come(relay, echo):
    program = relay("--allow=::1", "listen:tcp://:0", f"tcp://127.0.0.1:{echo.port()}")
    with pytest.raises(ConnectionResetError), program.connect(address="127.0.0.1") as client:
        client.recv(1)
    with program.connect(address="::1") as client:
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"


def test_so_many_at_once_and_others_wait(relay, target):
    program = relay("--max=1", "--log=json", "listen:tcp://127.0.0.1:0", target.endpoint)
    first = program.connect()
    peer = target.accept()
    second = program.connect()
    second.sendall(b"waits")
    target.listener.settimeout(0.2)
    with pytest.raises(TimeoutError):
        target.accept()
    target.listener.settimeout(PATIENCE)
    first.close()
    peer.close()
    program.records(1)
    assert read_exactly(target.accept(), 5) == b"waits"
    second.close()


def wait_closed(port):
    """Until nobody new is taken there."""
    status = 0
    while status == 0:
        with socket.socket() as probe:
            status = probe.connect_ex(("127.0.0.1", port))


# --- stopping -------------------------------------------------------------------------------------


def test_a_stop_lets_what_is_under_way_finish(pair, target):
    program, client, peer = pair()
    client.sendall(b"x")
    assert peer.recv(1) == b"x"
    target.listener.close()
    program.signal(signal.SIGTERM)
    wait_closed(program.port())
    peer.sendall(b"answer")
    peer.close()
    assert read_all(client) == b"answer"
    client.close()
    assert program.wait() == 0
    assert program.records(1)[0]["ended"] == "in order"


def test_at_the_end_of_the_grace_it_is_cut_off(pair):
    program, client, peer = pair("--grace=50ms")
    assert program.stop() == 0
    for side in (client, peer):
        with pytest.raises(ConnectionResetError):
            side.recv(1)
    assert program.records(1)[0]["ended"] == "cut off"


def test_a_second_signal_ends_it_at_once(pair):
    program, _client, _peer = pair("--grace=10m")
    program.signal(signal.SIGINT)
    wait_closed(program.port())
    program.signal(signal.SIGINT)
    assert program.wait() == 0


# --- what is seen ---------------------------------------------------------------------------------


def test_a_dump_says_which_connection_each_line_is_of(relay, echo):
    program = relay("--hex", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    for number in (1, 2):
        with program.connect() as client:
            client.sendall(b"hola%d" % number)
            assert read_exactly(client, 5) == b"hola%d" % number
    for number in (1, 2):
        for direction in "><":
            program.out.match(rf"^{number} {direction} 00000000  \d+\.\d{{6}}  68 6f 6c 61 3{number} +hola{number}$")
    assert program.stop() == 0


def test_the_dump_of_one_pair_needs_no_numbers(relay, target, echo):
    program = relay("--hex", target.endpoint, f"tcp://127.0.0.1:{echo.port()}")
    with target.accept() as peer:
        peer.sendall(b"hola")
        assert read_exactly(peer, 4) == b"hola"
    assert program.wait() == 0
    assert [line[:10] for line in program.out.lines()] == ["> 00000000", "< 00000000"]


def test_a_reader_of_the_dump_that_has_gone_is_a_quiet_end(relay, echo):
    read_end, write_end = os.pipe()
    program = relay("--hex", "--log=json", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}",
                    stdout=write_end)
    os.close(write_end)
    client = program.connect()
    os.close(read_end)
    client.sendall(b"hola")
    assert program.wait() == 0
    record, = program.records(1)
    assert record["ended"] == "cut off" and "error" not in record  # neither side is to blame
    assert program.err.all().count(b"\n") == 2


def test_the_log_has_a_line_for_each_connection(pair):
    program, client, peer = pair()
    client.sendall(b"question")
    assert read_exactly(peer, 8) == b"question"
    peer.sendall(b"answer")
    peer.close()
    assert read_all(client) == b"answer"
    here = "%s:%d" % client.getsockname()
    client.close()
    record, = program.records(1)
    assert record["level"] == "info"
    assert {key: record[key] for key in ("connection", "peer", "bytes_in", "bytes_out", "ended")} == {
        "connection": 1, "peer": here, "bytes_in": 8, "bytes_out": 6, "ended": "in order"}
    assert record["target"].startswith("tcp://127.0.0.1:")
    assert record["duration_ns"] > 0


def test_verbose_tells_every_step(relay, echo):
    program = relay("-v", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    with program.connect() as client:
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"
    for words in ("accepted a connection from", "connected to", "received 4 bytes", "sent 4 bytes", "closed"):
        program.err.match(words)


def test_several_threads_share_the_connections(relay, echo):
    program = relay("--threads=2", "--log=json", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    for _ in range(4):
        with program.connect() as client:
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
    assert {record["loop"] for record in program.records(4)} == {0, 1}
    assert program.stop() == 0


# --- many -----------------------------------------------------------------------------------------


def a_thousand(program, draws):
    open_now, data = [], pattern(5000)
    for _ in range(1000):
        if open_now and (len(open_now) > 50 or draws.random() < 0.5):
            client = open_now.pop(draws.randrange(len(open_now)))
            if draws.random() < 0.3:
                reset(client)
            else:
                client.close()
        client = program.connect()
        if draws.random() < 0.7:
            client.sendall(data[:draws.randrange(1, 5000)])
        open_now.append(client)
    for client in open_now:
        client.close()


@pytest.mark.release_only
def test_a_thousand_that_come_and_go_at_random_leave_nothing(relay, echo):
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", f"tcp://127.0.0.1:{echo.port()}")
    draws = random.Random(7)
    program.where()
    descriptors = len(os.listdir(f"/proc/{program.pid}/fd"))
    a_thousand(program, draws)
    program.records(1000)
    before = memory_of(program.pid)
    a_thousand(program, draws)
    program.records(2000)
    assert memory_of(program.pid) < before + MIB
    assert len(os.listdir(f"/proc/{program.pid}/fd")) <= descriptors + 20  # pipes and the chunks' pool stay
    assert program.stop() == 0


# --- datagrams ------------------------------------------------------------------------------------


def udp_relay(relay, target, *options, place="listen:udp://127.0.0.1:0"):
    return relay("--log=json", *options, place, "udp://127.0.0.1:%d" % target.getsockname()[1])


def test_each_peer_has_a_session_and_its_answers(relay, udp):
    target, peers = udp(), [udp() for _ in range(5)]
    program = udp_relay(relay, target)
    seen = []
    for number, peer in enumerate(peers):
        peer.sendto(b"%d" % number, ("127.0.0.1", program.port()))
        data, who = target.recvfrom(100)
        assert data == b"%d" % number
        seen.append(who)
    assert len(set(seen)) == 5
    for number in reversed(range(5)):
        target.sendto(b"answer %d" % number, seen[number])
    for number, peer in enumerate(peers):
        assert peer.recvfrom(100) == (b"answer %d" % number, ("127.0.0.1", program.port()))


@pytest.mark.parametrize("size", [0, 1, 1472, 65507])
def test_sizes_of_datagrams(relay, serve, udp, size):
    server = serve("echo", "udp://127.0.0.1:0")
    program = relay("listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.port()}")
    peer = udp()
    for _ in range(2):
        peer.sendto(pattern(size), ("127.0.0.1", program.port()))
        assert peer.recv(1 << 16) == pattern(size)


def test_order_is_kept_in_a_session(relay, serve, udp):
    server = serve("echo", "udp://127.0.0.1:0")
    program = relay("listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.port()}")
    peer = udp()
    for number in range(100):
        peer.sendto(b"%d" % number, ("127.0.0.1", program.port()))
    assert [peer.recv(100) for _ in range(100)] == [b"%d" % number for number in range(100)]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_the_answer_comes_from_the_address_that_was_asked(relay, serve, udp, host):
    server = serve("echo", "udp://127.0.0.1:0")
    program = relay("listen:udp://:0", f"udp://127.0.0.1:{server.port()}")
    peer = udp()
    peer.sendto(b"hola", (host, program.port()))
    assert peer.recvfrom(100) == (b"hola", (host, program.port()))


def test_a_dump_of_datagrams(relay, udp):
    target, peer = udp(), udp()
    program = udp_relay(relay, target, "--hex")
    for data in (b"hola", b""):
        peer.sendto(data, ("127.0.0.1", program.port()))
        got, who = target.recvfrom(100)
        assert got == data
    target.sendto(b"buenas", who)
    assert peer.recv(100) == b"buenas"
    program.out.match(r"^1 > 00000000 .* hola$")
    program.out.match(r"^1 > 00000004  \d+\.\d{6} +$")
    program.out.match(r"^1 < 00000000 .* buenas$")


def test_two_that_are_datagrams_are_joined_until_they_are_idle(relay, udp):
    target, other = udp(), udp()
    program = relay("--idle=200ms", *("udp://127.0.0.1:%d" % one.getsockname()[1] for one in (target, other)))
    assert program.finish() == (0, b"", "")


def test_a_session_ends_when_it_is_idle(relay, udp):
    target, peer = udp(), udp()
    program = udp_relay(relay, target, "--idle=50ms")
    peer.sendto(b"hola", ("127.0.0.1", program.port()))
    assert target.recv(100) == b"hola"
    record, = program.records(1, "session ended")
    assert (record["ended"], record["bytes_in"], record["bytes_out"]) == ("idle", 4, 0)
    assert record["peer"] == "%s:%d" % peer.getsockname()


def test_when_there_is_one_more_the_one_idle_longest_makes_room(relay, udp):
    target, peers = udp(), [udp() for _ in range(3)]
    program = udp_relay(relay, target, "--max=2")
    for peer in peers:
        peer.sendto(b"hola", ("127.0.0.1", program.port()))
        assert target.recv(100) == b"hola"
    record, = program.records(1, "session ended")
    assert (record["ended"], record["peer"]) == ("made room", "%s:%d" % peers[0].getsockname())


def test_a_target_that_refuses_ends_the_session_and_not_the_relay(relay, udp):
    target, peer = udp_socket(), udp()
    port = target.getsockname()[1]
    program = udp_relay(relay, target)
    peer.sendto(b"hola", ("127.0.0.1", program.port()))
    assert target.recv(100) == b"hola"
    target.close()
    peer.sendto(b"anybody?", ("127.0.0.1", program.port()))
    assert program.records(1, "session ended")[0]["ended"] == "refused"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.settimeout(PATIENCE)
        again.bind(("127.0.0.1", port))
        peer.sendto(b"again", ("127.0.0.1", program.port()))
        assert again.recv(100) == b"again"


def test_what_still_waits_when_a_session_ends_was_dropped(relay, udp):
    program = relay("--log=json", "listen:udp://127.0.0.1:0", f"tcp://127.0.0.1:{free_port()}")
    udp().sendto(b"hola", ("127.0.0.1", program.port()))
    record, = program.records(1, "session ended")
    assert (record["ended"], record["bytes_in"], record["dropped"]) == ("refused", 0, 1)


def test_unix_datagrams(relay, folder):
    program = relay(f"listen:unix:{folder}/place,type=dgram", f"unix:{folder}/target,type=dgram")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as target, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        for one, name in ((target, "target"), (peer, "peer")):
            one.settimeout(PATIENCE)
            one.bind(f"{folder}/{name}")
        program.where()
        for data in (b"hola", b"", pattern(65507)):
            peer.sendto(data, f"{folder}/place")
            got, who = target.recvfrom(1 << 17)
            assert got == data
            target.sendto(b"answer" + data[:10], who)
            assert peer.recv(100) == b"answer" + data[:10]


def test_datagrams_into_a_stream(relay, target, udp):
    program = relay("--log=json", "listen:udp://127.0.0.1:0", target.endpoint)
    peer = udp()
    for data in (b"one", b"", b"two"):
        peer.sendto(data, ("127.0.0.1", program.port()))
    stream = target.accept()
    assert read_exactly(stream, 6) == b"onetwo"
    stream.sendall(b"answer")
    assert peer.recv(100) == b"answer"
    stream.close()
    assert program.records(1, "session ended")[0]["ended"] == "by target"


def test_a_stream_into_datagrams(relay, udp):
    target = udp()
    program = relay("--log=json", "listen:tcp://127.0.0.1:0", "udp://127.0.0.1:%d" % target.getsockname()[1])
    with program.connect() as client:
        client.sendall(b"question")
        data, who = target.recvfrom(100)
        assert data == b"question"
        target.sendto(b"answer", who)
        assert read_exactly(client, 6) == b"answer"
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert program.records(1)[0]["ended"] == "in order"


def test_a_relay_to_itself_does_not_go_on_for_ever(relay, udp):
    port = udp_socket()
    number = port.getsockname()[1]
    port.close()
    program = relay("--log=json", "--idle=100ms", f"listen:udp://127.0.0.1:{number}", f"udp://127.0.0.1:{number}")
    peer = udp()
    program.where()
    peer.sendto(b"round", ("127.0.0.1", number))
    record, = program.records(1, "session ended")
    assert record["bytes_in"] == 5
    assert program.stop() == 0


def test_who_may_not_come_is_not_heard(relay, udp):
    target, peer = udp(), udp()
    program = udp_relay(relay, target, "--deny=127.0.0.1", place="listen:udp://127.0.0.1:0")
    peer.sendto(b"denied", ("127.0.0.1", program.port()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        other.sendto(b"allowed", ("127.0.0.1", program.port()))
        assert target.recv(100) == b"allowed"


def test_a_stop_ends_sessions_once_they_are_silent(relay, udp):
    target, peer = udp(), udp()
    program = udp_relay(relay, target, "--idle=10ms")
    peer.sendto(b"hola", ("127.0.0.1", program.port()))
    assert target.recv(100) == b"hola"
    assert program.stop() == 0
    assert program.records(1, "session ended")


def test_what_has_come_by_a_stop_is_relayed(relay, udp):
    target = udp()
    program = relay("listen:udp://127.0.0.1:0", "listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{target.getsockname()[1]}")
    ports = [program.port(0), program.port(1)]
    os.kill(program.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, program.pid, os.WSTOPPED)
    peer = udp()
    for port in ports:
        for number in range(50):
            peer.sendto(b"%d" % number, ("127.0.0.1", port))
    program.signal(signal.SIGTERM)
    program.signal(signal.SIGCONT)
    came = sorted(int(target.recv(9)) for _ in range(100))
    assert came == sorted(2 * list(range(50)))
    assert program.wait() == 0


@pytest.mark.parametrize("command", [["ncat", "-u", "127.0.0.1", "PORT"], ["socat", "-", "UDP:127.0.0.1:PORT"]],
                         ids=["ncat", "socat"])
def test_peers_of_datagrams_of_each_kind(relay, serve, start, command):
    server = serve("echo", "udp://127.0.0.1:0")
    program = relay("listen:udp://127.0.0.1:0", f"udp://127.0.0.1:{server.port()}")
    peer = start(need(command[0]), *[word.replace("PORT", str(program.port())) for word in command[1:]],
                 stdin=subprocess.PIPE)
    peer.write(b"hola\n")
    peer.out.match("hola")
