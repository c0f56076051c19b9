"""`zocalo listen`: one client and many, programs, a broker, who may come, datagrams."""

import hashlib
import os
import re
import signal
import socket
import subprocess
import threading

import pytest
from programs import PATIENCE, Program, need, pattern, read_all, read_exactly, reset, udp_socket, zocalo_path

MIB = 1024 * 1024
DEAF = 64 * MIB  # more than the buffers of any connection take


class Listener(Program):
    """`zocalo listen`, and where it listens."""

    @property
    def where(self):
        return self.err.match(r"^listening (\S+)$").group(1)

    @property
    def port(self):
        return int(self.where.rsplit(":", 1)[1])

    def connect(self, address="127.0.0.1", source=None):
        return socket.create_connection((address, self.port), timeout=PATIENCE,
                                        source_address=source and (source, 0))


@pytest.fixture
def listen(start):
    """Starts `zocalo listen` with its options, by default on a port of 127.0.0.1."""

    def listen_one(*options, at="tcp://127.0.0.1:0", **how):
        return start(zocalo_path(), "listen", *options, at, kind=Listener, **how)

    return listen_one


# --- one client -----------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [
    ["nc.openbsd", "-N", "127.0.0.1", "PORT"],
    ["ncat", "127.0.0.1", "PORT"],
    ["socat", "-t", "20", "-", "TCP:127.0.0.1:PORT"],
    [zocalo_path(), "connect", "127.0.0.1", "PORT"],
], ids=["nc", "ncat", "socat", "zocalo"])
def test_one_client_of_each_kind(listen, start, client):
    server = listen()
    peer = start(need(client[0]), *[word.replace("PORT", str(server.port)) for word in client[1:]])
    peer.write(b"question\n")
    server.out.match("question")
    server.say(b"answer\n")
    peer.out.match("answer")
    peer.end_input()
    assert server.wait() == 0
    assert server.out.all() == b"question\n"
    assert peer.wait() == 0
    assert peer.out.all() == b"answer\n"


def test_telnet(listen, start):
    server = listen()
    peer = start(need("telnet"), "127.0.0.1", server.port)
    peer.out.match("Escape character")
    peer.write(b"hola\n")
    server.out.match("hola")
    server.write(b"buenas\n")
    peer.out.match("buenas")
    peer.write(b"\x1dquit\n")
    peer.end_input()
    assert server.finish()[:2] == (0, b"hola\r\n")


def test_the_clients_end_is_the_end_although_input_is_open(listen):
    server = listen()
    with server.connect() as client:
        client.sendall(b"that is all")
    assert server.wait() == 0
    assert server.out.all() == b"that is all"


def test_the_end_of_input_is_a_half_close_and_later_words_still_arrive(listen):
    server = listen()
    with server.connect() as client:
        server.say(b"answer")
        assert read_all(client) == b"answer"
        client.sendall(b"later")
    assert server.finish()[:2] == (0, b"later")


def test_a_reset_is_a_failure(listen):
    server = listen()
    client = server.connect()
    client.sendall(b"x")
    server.out.match("x")
    reset(client)
    status, out, err = server.finish()
    assert (status, out) == (1, b"x")
    assert err.splitlines()[1] == "zocalo listen: connection: Connection reset by peer"


def test_nobody_else_is_let_in(listen):
    server = listen()
    port = server.port
    with server.connect() as client:
        server.write(b"x")
        assert client.recv(1) == b"x"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_every_interface_in_both_families(listen):
    server = listen("--keep", at=":0")
    for address in ("127.0.0.1", "::1"):
        with server.connect(address) as client:
            client.sendall(address.encode() + b";")
            server.out.match(re.escape(address) + ";")


def test_host_and_port(zocalo):
    server = zocalo("listen", "localhost", "0")
    server.err.match(r"^listening tcp://localhost:[1-9]\d*$")


def test_a_unix_socket_goes_away(listen, folder):
    server = listen(at=f"unix:{folder}/desk")
    assert server.where == f"unix:{folder}/desk"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "desk"))
        client.sendall(b"hola")
    assert server.finish()[:2] == (0, b"hola")
    assert not (folder / "desk").exists()


def test_a_big_file_comes_whole(zocalo, listen, folder):
    data = pattern(100 * MIB)
    (folder / "original").write_bytes(data)
    with open(folder / "copy", "wb") as copy, open(folder / "original", "rb") as original:
        server = listen("--sha256", stdout=copy, stdin=subprocess.DEVNULL)
        assert zocalo("connect", f"127.0.0.1:{server.port}", stdin=original).wait() == 0
        assert server.wait() == 0
    digest = hashlib.sha256(data).hexdigest()
    assert hashlib.sha256((folder / "copy").read_bytes()).hexdigest() == digest
    assert digest in server.err.text()


def test_a_file_is_given(listen, folder):
    (folder / "original").write_bytes(pattern(MIB))
    with open(folder / "original", "rb") as original:
        server = listen(stdin=original)
        with server.connect() as client:
            assert read_all(client) == pattern(MIB)
    assert server.wait() == 0


def test_a_dump(listen):
    server = listen("--hex")
    with server.connect() as client:
        client.sendall(b"hola\n")
        server.out.match(r"^< 00000000 .* 68 6f 6c 61 0a .*hola")
    assert server.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("options", [[], ["--keep"], ["--broker"], ["--keep", "--exec", "cat"]],
                         ids=["one", "keep", "broker", "exec"])
def test_a_signal_ends_it_in_order(listen, folder, options, number):
    server = listen(*options, at=f"unix:{folder}/desk")
    assert server.where
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "desk"))
        server.signal(number)
        assert server.wait() == -number
    assert not (folder / "desk").exists()


# --- many -----------------------------------------------------------------------------------------


def test_many_speak_to_one_and_hear_it(listen):
    server = listen("--keep")
    with server.connect() as one, server.connect() as other:
        one.sendall(b"one ")
        server.out.match("one ")
        other.sendall(b"other ")
        server.out.match("one other ")
        server.write(b"hola")
        assert read_exactly(one, 4) == read_exactly(other, 4) == b"hola"
    with server.connect() as third:
        third.sendall(b"third")
        server.out.match("third")
    assert server.process.poll() is None


def test_many_whole_files_at_once(listen, zocalo):
    server = listen("--keep", stdin=subprocess.DEVNULL)
    clients = [zocalo("connect", f"127.0.0.1:{server.port}") for _ in range(4)]
    for client in clients:
        client.feed(pattern(4 * MIB))
    assert [client.wait() for client in clients] == [0] * 4
    assert len(server.out.holds(16 * MIB)) == 16 * MIB


def test_a_reset_ends_one_of_many(listen):
    server = listen("--keep")
    client = server.connect()
    client.sendall(b"x")
    server.out.match("x")
    reset(client)
    with server.connect() as next_one:
        next_one.sendall(b"y")
        server.out.match("xy")


def test_output_that_nobody_reads_is_a_quiet_end(listen):
    reader, writer = os.pipe()
    server = listen("--keep", stdout=writer)
    os.close(writer)
    os.close(reader)
    with server.connect() as client:
        client.sendall(b"x")
        assert server.wait() == 0
    assert server.err.all().count(b"\n") == 1


def test_no_more_than_max_at_once(listen):
    server = listen("--keep", "--max", "2", "--exec", "echo come in; cat")
    one, two, three = server.connect(), server.connect(), server.connect()
    with one, two, three:
        assert read_exactly(one, 8) == read_exactly(two, 8) == b"come in\n"
        three.settimeout(0.2)
        with pytest.raises(TimeoutError):
            three.recv(1)
        three.settimeout(PATIENCE)
        one.close()
        assert read_exactly(three, 8) == b"come in\n"


# --- programs -------------------------------------------------------------------------------------


def test_a_program_for_one(listen):
    server = listen("--exec", "cat")
    with server.connect() as client:
        client.sendall(pattern(MIB))
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == pattern(MIB)
    assert server.wait() == 0


def test_a_program_for_each(listen):
    server = listen("--keep", "--exec", "read name; echo hola $name")
    with server.connect() as one, server.connect() as two:
        two.sendall(b"dos\n")
        assert read_all(two) == b"hola dos\n"
        one.sendall(b"uno\n")
        assert read_all(one) == b"hola uno\n"
    assert server.process.poll() is None


@pytest.mark.parametrize("options", [[], ["--keep"]], ids=["one", "keep"])
def test_a_program_that_ends_first_ends_the_connection(listen, options):
    server = listen(*options, "--exec", "echo that is all")
    with server.connect() as client:
        assert read_all(client) == b"that is all\n"
        if not options:
            client.close()
            assert server.wait() == 0


def test_a_program_may_answer_after_the_end_of_its_input(listen):
    server = listen("--exec", "sort")
    with server.connect() as client:
        client.sendall(b"b\na\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"a\nb\n"
    assert server.wait() == 0


def test_a_program_that_outlives_its_client_is_ended(listen, folder):
    os.mkfifo(folder / "alive")
    server = listen("--keep", "--exec", f"exec 3>{folder}/alive; echo $$; exec sleep 1000")
    client = server.connect()
    with open(folder / "alive", "rb") as alive:  # opens when the program has it open, and ends when the program does
        assert read_exactly(client, 1)
        reset(client)
        assert alive.read() == b""
    assert server.process.poll() is None


def test_a_program_that_fails(listen):
    server = listen("--exec", "exit 3")
    with server.connect() as client:
        assert read_all(client) == b""
    status, _, err = server.finish()
    assert (status, err.splitlines()[1]) == (1, "zocalo listen: exec 'exit 3': ended with status 3")


# --- a broker -------------------------------------------------------------------------------------


def test_what_one_says_the_others_hear(listen):
    server = listen("--broker")
    clients = [server.connect() for _ in range(3)]
    settle(server, clients)
    for number, client in enumerate(clients):
        words = b"I am %d\n" % number
        greet(clients, client, words)
    for client in clients:
        client.close()


def greet(clients, speaker, words):
    """One speaks, and all others hear it."""
    speaker.sendall(words)
    for other in clients:
        if other is not speaker:
            assert read_exactly(other, len(words)) == words


def settle(server, clients):
    """Waits until all of them are there: the last one was let in after the others, and hears each of them."""
    for client in clients:
        client.settimeout(0.05)
    missing = list(clients)
    with server.connect() as probe:
        while missing:
            probe.sendall(b".")
            for client in list(missing):
                try:
                    client.recv(1)
                    missing.remove(client)
                except TimeoutError:
                    pass
        probe.sendall(b"!")
        for client in clients:
            client.settimeout(PATIENCE)
            while client.recv(1) != b"!":
                pass


def test_fifty_hear_fifty(listen):
    server = listen("--broker")
    clients = [server.connect() for _ in range(50)]
    settle(server, clients)
    for number, client in enumerate(clients):
        greet(clients, client, b"I am number %02d\n" % number)
    for client in clients:
        client.close()


def test_one_who_never_reads_is_dropped_and_the_others_hear_all(listen):
    server = listen("--broker")
    deaf, speaker, listener = server.connect(), server.connect(), server.connect()
    settle(server, [deaf, speaker, listener])
    data = pattern(DEAF)
    sending = threading.Thread(target=speaker.sendall, args=(data,), daemon=True)
    sending.start()
    assert hashlib.sha256(read_exactly(listener, DEAF)).digest() == hashlib.sha256(data).digest()
    sending.join(PATIENCE)
    where = f"127.0.0.1:{deaf.getsockname()[1]}"
    assert server.err.match(f"zocalo listen: {where} is dropped: it does not read")
    assert server.err.text().count("dropped") == 1
    for client in (deaf, speaker, listener):
        client.close()


def test_clients_of_other_programs_chat(listen, start):
    server = listen("--broker", "-v")
    one = start(need("nc.openbsd"), "127.0.0.1", server.port)
    two = start(need("ncat"), "127.0.0.1", server.port)
    with server.connect() as here:
        server.err.until(lambda text: text.count("accepted a connection") == 3)
        one.write(b"soy uno\n")
        two.write(b"soy dos\n")
        assert sorted(read_exactly(here, 16).split(b"\n")) == [b"", b"soy dos", b"soy uno"]
        here.sendall(b"hola\n")
        one.out.match("hola")
        two.out.match("hola")


# --- who may come ---------------------------------------------------------------------------------


def is_let_in(server, source):
    """Whether the broker's client from there is heard, or turned away."""
    with server.connect(source=source) as client:
        try:
            return client.recv(2) == b"in"
        except ConnectionResetError:
            return False


@pytest.mark.parametrize("options, admitted", [
    (["--allow=127.0.0.0/30"], {"127.0.0.1": True, "127.0.0.3": True, "127.0.0.4": False}),
    (["--deny=127.0.0.2"], {"127.0.0.1": True, "127.0.0.2": False, "127.0.0.3": True}),
    (["--allow=127.0.0.0/8", "--deny=127.0.0.2"], {"127.0.0.1": True, "127.0.0.2": False}),
    (["--allow=127.0.0.1", "--allow=127.0.0.9"], {"127.0.0.1": True, "127.0.0.9": True, "127.0.0.2": False}),
    (["--allow=::1"], {"127.0.0.1": False}),
])
@pytest.mark.parametrize("at", ["tcp://127.0.0.1:0", ":0"], ids=["ip4", "mapped"])
def test_who_may_come(listen, options, admitted, at):
    server = listen("--keep", "--exec", "printf in", *options, at=at)
    assert {source: is_let_in(server, source) for source in admitted} == admitted


def test_who_may_not_come_is_not_the_one_that_is_waited_for(listen):
    server = listen("--deny=127.0.0.2", "-v")
    with server.connect(source="127.0.0.2") as stranger:
        server.err.match(r"^127\.0\.0\.2:\d+ may not come$")
        assert stranger.recv(1) == b""
    with server.connect() as client:
        client.sendall(b"hola")
    assert server.finish()[:2] == (0, b"hola")


def test_who_comes_by_a_unix_socket_may(listen, folder):
    server = listen("--allow=192.0.2.1", at=f"unix:{folder}/desk")
    assert server.where
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "desk"))
        client.sendall(b"hola")
    assert server.finish()[:2] == (0, b"hola")


# --- datagrams ------------------------------------------------------------------------------------


def test_two_peers_at_once_and_each_is_answered(listen):
    server = listen(at="udp://127.0.0.1:0")
    with udp_socket() as one, udp_socket() as two:
        for peer, words in ((one, b"uno"), (two, b"dos"), (one, b"tres")):
            peer.sendto(words, ("127.0.0.1", server.port))
            server.out.match(words.decode())
            server.write(b"to " + words)
            assert peer.recv(100) == b"to " + words


def test_input_waits_for_the_first_datagram(listen):
    server = listen(at="udp://127.0.0.1:0")
    server.say(b"answer")
    with udp_socket() as peer:
        peer.sendto(b"question", ("127.0.0.1", server.port))
        assert peer.recv(100) == b"answer"
        peer.sendto(b" and more", ("127.0.0.1", server.port))
        server.out.match("question and more")


def test_a_peer_that_has_gone_ends_nothing(listen):
    server = listen(at="udp://127.0.0.1:0")
    with udp_socket() as gone:
        gone.sendto(b"one ", ("127.0.0.1", server.port))
        server.out.match("one ")
    server.write(b"nobody hears this")
    with udp_socket() as peer:
        for _ in range(2):
            peer.sendto(b"two", ("127.0.0.1", server.port))
        server.out.match("twotwo")
    assert server.process.poll() is None


def test_whose_datagrams_are_not_heard(listen):
    server = listen("--deny=127.0.0.2", at="udp://127.0.0.1:0")
    with udp_socket("127.0.0.2") as stranger, udp_socket() as peer:
        stranger.sendto(b"stranger", ("127.0.0.1", server.port))
        peer.sendto(b"peer", ("127.0.0.1", server.port))
        server.out.match("peer")
    assert server.out.text() == "peer"


@pytest.mark.parametrize("client", [["nc.openbsd", "-u", "127.0.0.1", "PORT"], ["ncat", "-u", "127.0.0.1", "PORT"],
                                    ["socat", "-", "UDP:127.0.0.1:PORT"]], ids=["nc", "ncat", "socat"])
def test_datagrams_of_other_programs(listen, start, client):
    server = listen(at="udp://127.0.0.1:0")
    peer = start(need(client[0]), *[word.replace("PORT", str(server.port)) for word in client[1:]])
    peer.write(b"question\n")
    server.out.match("question")
    server.write(b"answer\n")
    peer.out.match("answer")


# --- usage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, says", [
    ([], "expects ENDPOINT, or HOST and PORT; 'zocalo help listen' says more"),
    (["--allow=10.0.0.0/33", ":0"],
     "option '--allow': block '10.0.0.0/33': character 10: after '/' a number from 0 to 32"),
    (["--deny=nobody", ":0"], "option '--deny': block 'nobody': character 1: no IPv4 or IPv6 address"),
    (["--max=0", ":0"], "option '--max': '0' is not a number from 1 to 1000000"),
    (["--max=1000001", ":0"], "option '--max': '1000001' is not a number from 1 to 1000000"),
    (["--exec=", ":0"], "option '--exec': expects more than nothing"),
    (["--broker", "--exec=cat", ":0"], "options '--broker' and '--exec' exclude one another"),
    (["--exec=cat", "udp://:0"], "options '--broker', '--exec' and '--max' are for connections, not for datagrams"),
    (["--broker", "udp://:0"], "options '--broker', '--exec' and '--max' are for connections, not for datagrams"),
    (["--hex", "--keep", ":0"], "options '--hex', '--progress' and '--sha256' are for one connection"),
    (["file:/tmp/x"], "nobody can listen there: expects tcp://, udp://, tls://, unix: or fd:"),
    (["tcp://:80,fast"], "endpoint 'tcp://:80,fast': character 11: "),
])
def test_what_cannot_be_understood(zocalo, arguments, says):
    status, out, err = zocalo("listen", *arguments).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo listen: {says}"), err


def test_a_port_that_is_taken(zocalo, listen):
    port = listen().port
    status, _, err = zocalo("listen", f"tcp://127.0.0.1:{port}").finish()
    assert (status, "Address already in use" in err) == (1, True)
