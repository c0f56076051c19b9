"""`zocalo nc` beside netcat-openbsd: what both print and return is compared, and its traps are no longer there."""

import array
import contextlib
import hashlib
import os
import re
import select
import signal
import socket
import subprocess
import threading

import pytest
from programs import (PATIENCE, Program, free_port, need, pattern, read_all, read_exactly, reset, tcp_listener, udp_socket,
                      zocalo_path)

MIB = 1024 * 1024
EVERY_BYTE = bytes(range(256)) * 4096


class Netcat(Program):
    """nc -v -l, and where it listens."""

    @property
    def port(self):
        return int(self.err.match(r"^(?:Listening|Bound) on \S+ (\d+)$").group(1))

    def connect(self, address="127.0.0.1"):
        return socket.create_connection((address, self.port), timeout=PATIENCE)


@pytest.fixture
def command(folder):
    """This program under the name of nc."""
    path = folder / "nc"
    path.symlink_to(zocalo_path())
    return str(path)


@pytest.fixture
def nc(start, command):
    return lambda *options, **how: start(command, *options, kind=Netcat, **how)


@pytest.fixture
def original(start):
    return lambda *options, **how: start(need("nc.openbsd"), *options, kind=Netcat, **how)


@pytest.fixture
def nc6(nc, original):
    """Where there is no IPv6, such a case says nothing."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")


def serve_once(behave, listener=None):
    """Accepts one client in a thread; returns the port."""
    listener = listener or tcp_listener()

    def serve():
        client, _ = listener.accept()
        client.settimeout(PATIENCE)
        with client:
            behave(client)

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def answer_at_the_end(client):
    said = read_all(client)
    client.sendall(b"you said " + said)


def normalize(text):
    """Names of the program and ports that the system chose are not compared."""
    text = text.replace("nc.openbsd: ", "nc: ")
    return re.sub(r"(Connection received on \S+) \d+", r"\1 PORT", text)


# --- the same as the original ---------------------------------------------------------------------

CONNECTING = [
    "-z 127.0.0.1 OPEN", "-z -v 127.0.0.1 OPEN", "-zvn 127.0.0.1 OPEN", "-zv -4 localhost OPEN", "-z 127.0.0.1 CLOSED",
    "-zv 127.0.0.1 CLOSED", "-zv -4 localhost CLOSED", "-v 127.0.0.1 CLOSED", "-vv 127.0.0.1 CLOSED",
    "-zv 127.0.0.1 CLOSED-CLOSED", "-zv 127.0.0.1 CLOSED CLOSED", "-d -v 127.0.0.1 CLOSED", "-t -v 127.0.0.1 CLOSED",
    "-v -q 1 127.0.0.1 CLOSED", "-zv -w 1 127.0.0.1 OPEN", "-zvD 127.0.0.1 OPEN", "-zv -T lowdelay 127.0.0.1 OPEN",
    "-zv -T 0x10 127.0.0.1 OPEN", "-zv -M 64 -m 1 127.0.0.1 OPEN", "-zv -I 8192 -O 8192 127.0.0.1 OPEN",
    "-zvr 127.0.0.1 OPEN", "-zvC 127.0.0.1 OPEN", "-zvN 127.0.0.1 OPEN", "-z -i 1 -v 127.0.0.1 OPEN",
    "-zv -s 127.0.0.1 127.0.0.1 OPEN", "-v -x 127.0.0.1:CLOSED example.org 80", "-v -x 127.0.0.1:CLOSED -X connect h 80",
    "127.0.0.1 OPEN", "-v 127.0.0.1 OPEN", "-C 127.0.0.1 OPEN", "-W 1 127.0.0.1 OPEN",
]


@pytest.mark.parametrize("line", CONNECTING)
def test_connecting_says_what_the_original_says(nc, original, line):
    with tcp_listener() as listener:
        closed = free_port()
        line = line.replace("OPEN", str(listener.getsockname()[1])).replace("CLOSED", str(closed))
        outcomes = []
        for program in (original, nc):
            if "-z" not in line and str(closed) not in line:
                serve_once(lambda client: client.sendall(b"hello\n"), listener)
            one = program(*line.split())
            one.end_input()
            status, out, err = one.finish()
            outcomes.append((status, out, normalize(err)))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("line", ["-zv ::1 OPEN", "-zvn ::1 OPEN", "-v6 ::1 CLOSED", "-4 ::1 5", "-6 127.0.0.1 5"])
def test_connecting_by_ip6_says_what_the_original_says(nc, original, nc6, line):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        line = line.replace("OPEN", str(listener.getsockname()[1])).replace("CLOSED", str(free_port()))
        one, other = original(*line.split()).finish(), nc(*line.split()).finish()
    assert (one[0], one[1], normalize(one[2])) == other


# What somebody may mistype, with the same words as the original.
WRONG = ["-l", "127.0.0.1", "-u -l", "-l -4", "-l -U", "-U one two", "-l -z 1", "-z -l 5", "-k host 1", "-l -x proxy 80",
         "-U -x proxy path", "-x proxy -u host 1", "-x proxy -s 127.0.0.1 host 1", "-F -U path", "127.0.0.1 0",
         "127.0.0.1 65536", "127.0.0.1 no-port", "127.0.0.1 1-", "127.0.0.1 1-x", "-zv 127.0.0.1 1-70000",
         "-U /nonexistent/socket", "-v -U /nonexistent/socket", "-u -U /nonexistent/socket",
         "-v -s 192.0.2.9 127.0.0.1 1", "-s 192.0.2.9 127.0.0.1 1"]


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_as_by_the_original(nc, original, line):
    one, other = original(*line.split()).finish(), nc(*line.split()).finish()
    assert other[0] == 1
    assert (one[0], one[1], normalize(one[2])) == other


OWN_WORDS = [
    ("-y", "unknown option '-y' (known: -4, -6, -b, "),
    ("-L", "unknown option '-L' (known: "),
    ("-p", "option '-p' needs an argument"),
    ("-i x h 1", "option '-i': 'x' is not a number of seconds"),
    ("-w -1 h 1", "option '-w': '-1' is not a number of seconds"),
    ("-w 99999999999 h 1", "option '-w': '99999999999' is not a number of seconds"),
    ("-q x h 1", "option '-q': 'x' is not a number of seconds, or negative"),
    ("-M 0 h 1", "option '-M': '0' is not a number from 1 to 255"),
    ("-M 256 h 1", "option '-M': '256' is not a number from 1 to 255"),
    ("-m 256 h 1", "option '-m': '256' is not a number from 0 to 255"),
    ("-W 0 h 1", "option '-W': '0' is not a number from 1 to 1000000"),
    ("-I 0 h 1", "option '-I': '0' is not a number of bytes, at most 1073741824"),
    ("-T foo h 1", "option '-T': 'foo' is not a number from 0 to 255 or a word such as "),
    ("-T 0x100 h 1", "option '-T': '0x100' is not a number from 0 to 255 or a word such as "),
    ("-X 7 h 1", "option '-X': '7' is not one of 4, 4A, 5 and connect"),
    ("-S h 1", "option '-S': TCP MD5 signatures (RFC 2385) are not here"),
    ("-V 1 h 1", "option '-V': there are no alternate routing tables on this system"),
    ("-Z h 1", "option '-Z': DCCP is not here"),
    ("-l h 1 2", "'2' is too much: where to listen is said already"),
    ("-l -p 1234 5678", "'5678' is too much: where to listen is said already"),
    ("-l 127.0.0.1 no-port", "port number invalid: no-port"),
    ("-l 65536", "port number too large: 65536"),
    ("-p 1x 127.0.0.1 1", "port number invalid: 1x"),
    ("-n localhost 1", "'localhost' is no address in digits, and -n asks no name servers"),
    ("a/b 1", "'a/b' is not the name of a host"),
    ("-e cat -c cat h 1", "cannot use -e and -c"),
    ("-u -e cat h 1", "cannot use -u with -e or -c"),
    ("-z -c cat h 1", "cannot use -z with -e or -c"),
    ("-F -l 1", "cannot use -F and -l"),
    ("-U -p 1 path", "cannot use -p and -U"),
    ("-l -U /nonexistent/socket", "listen unix:/nonexistent/socket: bind /nonexistent/socket: No such file or directory"),
    ("-U", "missing socket pathname"),
    ("", "missing destination and port number"),
    ("-o /nonexistent/dump 127.0.0.1 OPEN", "option '-o': "),
]


@pytest.mark.parametrize("line,words", OWN_WORDS)
def test_what_is_wrong_is_one_line(nc, line, words):
    if "OPEN" in line:
        line = line.replace("OPEN", str(serve_once(read_all)))
    status, out, err = nc(*line.split()).finish()
    assert (status, out) == (1, b"")
    assert err.startswith(f"nc: {words}") and err.count("\n") == 1


LISTENING = ["-lv", "-lv 127.0.0.1", "-lvn", "-lvn 127.0.0.1", "-lv localhost", "-lv -s 127.0.0.1 -p", "-lv -p", "-lvk",
             "-lv -w 5", "-lvd"]


@pytest.mark.parametrize("line", LISTENING)
def test_listening_says_what_the_original_says(nc, original, line):
    outcomes = []
    for program in (original, nc):
        one = program(*line.split(), str(free_port()))
        with one.connect() as client:
            one.err.match("Connection received.*\n")
            client.sendall(b"hello\n")
            one.out.match("hello\n")
        if "k" in line:
            one.signal(signal.SIGTERM)
        else:
            one.end_input()
        status, out, err = one.finish()
        outcomes.append((status, out, normalize(err.replace(f" {one.port}\n", " HERE\n"))))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("line", ["-lv6", "-lv ::1", "-lvn6", "-lvn ::1"])
def test_listening_by_ip6_says_what_the_original_says(nc, original, nc6, line):
    errors = []
    for program in (original, nc):
        one = program(*line.split(), str(free_port()))
        one.connect("::1").close()
        one.end_input()
        errors.append(normalize(one.finish()[2].replace(f" {one.port}\n", " HERE\n")))
    assert errors[0] == errors[1] and "Connection received on " in errors[0]


@pytest.mark.parametrize("line", ["-luv", "-luvn", "-luvk", "-luv 127.0.0.1", "-lu -v -w 1"])
def test_listening_for_datagrams_says_what_the_original_says(nc, original, line):
    outcomes = []
    for program in (original, nc):
        one = program(*line.split(), str(free_port()))
        with udp_socket() as client:
            client.sendto(b"hello\n", ("127.0.0.1", one.port))
            one.out.match("hello\n")
            if "-w" not in line:
                one.signal(signal.SIGTERM)
            status, out, err = one.finish()
        outcomes.append((status, out, normalize(err.replace(f" {one.port}\n", " HERE\n"))))
    assert outcomes[0] == outcomes[1]


def test_unix_sockets_say_what_the_original_says(nc, original, folder):
    path = folder / "socket"
    outcomes = []
    for program in (original, nc):
        server = program("-lvU", path)
        server.err.match("Listening on ")
        client = program("-vU", path)
        client.write(b"hello\n")
        server.out.match("hello")
        server.end_input()
        client.end_input()
        if program is original:  # it waits for more
            client.signal(signal.SIGTERM)
        outcomes.append((server.finish(), client.finish()[1:]))
        path.unlink(missing_ok=True)
    assert outcomes[0] == outcomes[1]


def test_the_help_is_on_standard_error(nc):
    status, out, err = nc("-h").finish()
    assert (status, out) == (0, b"")
    assert "-w SECONDS" in err.replace("  ", " ")


def test_it_is_a_verb_too(zocalo):
    assert zocalo("nc", "-l").finish() == (1, b"", "nc: missing port number\n")


# --- the traps of the original --------------------------------------------------------------------


@pytest.mark.parametrize("said", [b"", b"question\n"])
def test_the_end_of_the_peer_is_the_end_although_input_is_open(nc, said):
    def answer(client):
        read_exactly(client, len(said))
        client.sendall(b"bye\n")

    client = nc("127.0.0.1", serve_once(answer))
    client.write(said)
    assert client.finish() == (0, b"bye\n", "")


@pytest.mark.parametrize("options", [[], ["-N"], ["-q", "-1"], ["-q", "30"], ["-w", "30"]], ids=" ".join)
def test_the_end_of_input_is_passed_on_and_the_answer_awaited(nc, options):
    client = nc(*options, "127.0.0.1", serve_once(answer_at_the_end))
    client.say(b"question")
    assert client.finish() == (0, b"you said question", "")


@pytest.mark.parametrize("seconds", ["0", "1"])
def test_q_ends_so_long_after_the_end_of_input(nc, seconds):
    with tcp_listener() as listener:
        client = nc("-q", seconds, "127.0.0.1", listener.getsockname()[1])
        peer, _ = listener.accept()
        with peer:
            client.say(EVERY_BYTE[:4096])
            assert client.finish() == (0, b"", "")
            peer.settimeout(PATIENCE)
            assert read_all(peer) == EVERY_BYTE[:4096]


def test_silence_that_was_bounded_is_no_failure(nc, original):
    with tcp_listener() as listener:
        for program in (original, nc):
            assert program("-w", "1", "127.0.0.1", listener.getsockname()[1]).finish() == (0, b"", "")


def test_a_reset_is_a_failure(nc):
    def behave(client):
        read_exactly(client, 1)
        reset(client)

    client = nc("127.0.0.1", serve_once(behave))
    client.write(b"x")
    assert client.finish() == (1, b"", "nc: connection: Connection reset by peer\n")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_closed_port_of_a_list_is_a_failure(nc, order):
    with tcp_listener() as listener:
        ports = [str(listener.getsockname()[1]), str(free_port())]
        status, _, err = nc("-z", "-v", "127.0.0.1", *[ports[i] for i in order]).finish()
    assert status == 1
    assert sorted(err.splitlines()) == [f"Connection to 127.0.0.1 {ports[0]} port [tcp/*] succeeded!",
                                        f"nc: connect to 127.0.0.1 port {ports[1]} (tcp) failed: Connection refused"]


def test_a_scan_of_open_ports_succeeds(nc):
    with tcp_listener() as one, tcp_listener() as other:
        assert nc("-z", "127.0.0.1", one.getsockname()[1], other.getsockname()[1]).finish() == (0, b"", "")


def test_a_range_is_scanned_in_order_and_with_r_in_another(nc):
    low = 1
    lines = [f"nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused" for port in range(low, low + 6)]
    assert nc("-zv", "127.0.0.1", f"{low + 5}-{low}").finish()[2].splitlines() == lines
    orders = {nc("-zvr", "127.0.0.1", f"{low}-{low + 5}").finish()[2] for _ in range(8)}
    assert len(orders) > 1
    assert all(sorted(order.splitlines()) == lines for order in orders)


def test_a_failure_without_v_is_one_line_but_for_a_scan(nc):
    port = free_port()
    line = f"nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n"
    assert nc("127.0.0.1", port).finish() == (1, b"", line)
    assert nc("-z", "127.0.0.1", port).finish() == (1, b"", "")


def test_localhost_is_both_families(nc, nc6):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        port = listener.getsockname()[1]
        assert nc("-zv", "localhost", port).finish() == (
            0, b"", f"Connection to localhost (::1) {port} port [tcp/*] succeeded!\n")
    port = free_port()
    assert nc("-zv", "localhost", port).finish()[2] == (
        f"nc: connect to localhost (127.0.0.1) port {port} (tcp) failed: Connection refused\n")


def test_a_listener_serves_both_families(nc, nc6):
    server = nc("-lvk", "0")
    for address, text in (("127.0.0.1", b"four\n"), ("::1", b"six\n")):
        with server.connect(address) as client:
            client.sendall(text)
    server.out.match("four\nsix\n")


def test_two_cannot_share_a_port(nc):
    server = nc("-lv", "127.0.0.1", "0")
    status, _, err = nc("-l", "127.0.0.1", server.port).finish()
    assert status == 1 and err.endswith("Address already in use\n")


@pytest.mark.parametrize("how", ["null", "closed"])
def test_input_may_be_absent(nc, start, command, how):
    port = serve_once(answer_at_the_end)
    if how == "null":
        client = nc("127.0.0.1", port, stdin=subprocess.DEVNULL)
    else:
        client = start("sh", "-c", f"exec {command} 127.0.0.1 {port} <&-")
    assert client.finish() == (0, b"you said ", "")


@pytest.mark.parametrize("listens", [True, False])
def test_a_file_goes_over_and_both_end_by_themselves(nc, folder, listens):
    """As the book has it: one side has a file for its input, the other has none to speak of and a file for its output."""
    (folder / "file").write_bytes(pattern(8 * MIB))
    with open(folder / "file", "rb") as file, open(folder / "copy", "wb") as copy:
        sides = [{"stdin": subprocess.DEVNULL, "stdout": copy}, {"stdin": file}]
        server = nc("-lv", "-p", "0", **sides[not listens])
        client = nc("127.0.0.1", server.port, **sides[listens])
        assert client.finish()[0::2] == (0, "")
        assert server.wait() == 0
    assert (folder / "copy").read_bytes() == pattern(8 * MIB)


def test_who_ends_first_still_hears_what_a_pipe_brings(nc):
    """The client passes its end on at once; what the server is about to say is not lost for that."""
    server = nc("-lv", "127.0.0.1", "0")
    server.write(b"first\n")
    client = nc("127.0.0.1", server.port, stdin=subprocess.DEVNULL)
    client.out.match("first\n")
    server.feed(pattern(4 * MIB))
    assert client.finish() == (0, b"first\n" + pattern(4 * MIB), "")
    assert server.wait() == 0


def test_a_big_file_through_pipes(start, nc, command, folder):
    size = 256 * MIB
    with open(folder / "file", "wb") as file:
        subprocess.run(["head", "-c", str(size), "/dev/urandom"], stdout=file, check=True)
    server = start("sh", "-c", f"{command} -lv 127.0.0.1 0 </dev/null | cat > {folder}/copy", kind=Netcat)
    client = start("sh", "-c", f"cat {folder}/file | {command} 127.0.0.1 {server.port}")
    assert client.finish()[0] == 0
    assert server.wait() == 0
    sums = [hashlib.file_digest(open(folder / name, "rb"), "sha256").digest() if hasattr(hashlib, "file_digest")
            else hashlib.sha256((folder / name).read_bytes()).digest() for name in ("file", "copy")]
    assert sums[0] == sums[1]


def test_a_peer_that_stops_reading_is_waited_for_in_bounded_memory(nc):
    with tcp_listener() as listener:
        client = nc("127.0.0.1", listener.getsockname()[1])
        peer, _ = listener.accept()
        pipe = client.process.stdin.fileno()
        os.set_blocking(pipe, False)
        sent = 0
        while select.select([], [pipe], [], 1)[1]:  # until everything between is full
            sent += os.write(pipe, EVERY_BYTE[:65536])
        with open(f"/proc/{client.pid}/status") as status:
            used = int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) * 1024
        client.end_input()
        with peer:
            peer.settimeout(PATIENCE)
            assert len(read_all(peer)) == sent
        assert client.finish() == (0, b"", "")
        assert used < 64 * MIB


# --- datagrams ------------------------------------------------------------------------------------


def test_datagrams_of_many_peers_are_answered(nc):
    server = nc("-luv", "127.0.0.1", "0")
    with udp_socket() as one, udp_socket() as other:
        for client, name in ((one, b"one"), (other, b"other"), (one, b"one again")):
            client.sendto(name + b"\n", ("127.0.0.1", server.port))
            server.out.match(f"{name.decode()}\n$")
            server.write(b"answer to " + name)
            assert client.recv(100) == b"answer to " + name


def test_an_answer_by_datagram_is_not_lost_at_the_end_of_input(nc):
    with udp_socket() as server:
        client = nc("-u", "127.0.0.1", server.getsockname()[1])
        client.say(b"question")
        data, peer = server.recvfrom(100)
        server.sendto(b"answer to " + data, peer)
        assert client.finish() == (0, b"answer to question", "")


def test_that_nobody_takes_a_datagram_is_shown(nc):
    server = udp_socket()
    port = server.getsockname()[1]
    client = nc("-u", "127.0.0.1", port)
    client.write(b"one")
    assert server.recv(100) == b"one"
    server.close()
    client.write(b"two")
    assert client.finish() == (1, b"", "nc: connection: Connection refused\n")


def test_a_udp_port_that_nobody_has_is_closed(nc):
    port = free_port()
    line = f"nc: connect to 127.0.0.1 port {port} (udp) failed: Connection refused\n"
    assert nc("-zvu", "127.0.0.1", port).finish() == (1, b"", line)
    assert nc("-u", "127.0.0.1", port).finish() == (1, b"", line)


@pytest.mark.parametrize("answers", [True, False])
def test_a_udp_port_that_does_not_refuse_counts_as_open(nc, answers):
    with udp_socket() as server:
        port = server.getsockname()[1]
        scan = nc("-zvu", "-w", "1", "127.0.0.1", port)
        data, peer = server.recvfrom(100)
        assert data == b"X"
        if answers:
            server.sendto(b"yes", peer)
        assert scan.finish() == (0, b"", f"Connection to 127.0.0.1 {port} port [udp/*] succeeded!\n")


def test_nothing_is_sent_by_itself_in_a_conversation_by_datagrams(nc):
    """The original sends a few X first, when it tells of the connection."""
    with udp_socket() as server:
        client = nc("-uv", "127.0.0.1", server.getsockname()[1])
        client.err.match("succeeded!")
        client.write(b"hello")
        assert server.recv(100) == b"hello"


def test_broadcast_wants_b(nc):
    status, _, err = nc("-u", "255.255.255.255", "9").finish()
    assert status == 1 and err == "nc: connect to 255.255.255.255 port 9 (udp) failed: Permission denied\n"
    client = nc("-u", "-b", "-w", "1", "-v", "255.255.255.255", "9")
    assert client.finish()[0] == 0 or "Network is unreachable" in client.err.text()


# --- Unix sockets ---------------------------------------------------------------------------------


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(nc, folder):
    path = folder / "socket"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    server = nc("-lvkU", path)
    server.err.match("Listening on ")
    status, _, err = nc("-lU", path).finish()
    assert status == 1 and err.endswith("Address already in use\n")
    client = nc("-NU", path)
    client.say(b"hello\n")
    server.out.match("hello\n")
    server.signal(signal.SIGTERM)
    assert server.wait() == -signal.SIGTERM
    assert not path.exists()


def test_unix_datagrams_come_from_a_path(nc, folder):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(folder / "server"))
        server.settimeout(PATIENCE)
        client = nc("-uvU", "-s", folder / "client", folder / "server")
        client.write(b"question")
        data, peer = server.recvfrom(100)
        assert (data, peer) == (b"question", str(folder / "client"))
        server.sendto(b"answer", peer)
        client.out.match("answer")
        client.end_input()
        assert client.finish() == (0, b"answer", f"Bound on {folder}/client\n")
    assert not (folder / "client").exists()


# --- options --------------------------------------------------------------------------------------


def test_lines_end_with_cr_lf(nc):
    client = nc("-C", "127.0.0.1", serve_once(answer_at_the_end))
    client.say(b"one\ntwo\r\n\nthree")
    assert client.finish()[1] == b"you said one\r\ntwo\r\n\r\nthree"


def test_an_interval_sends_line_by_line(nc):
    pieces = []

    def gather(client):
        while piece := client.recv(1000):
            pieces.append(piece)

    client = nc("-i", "1", "127.0.0.1", serve_once(gather))
    client.say(b"one\ntwo\nrest")
    assert client.finish() == (0, b"", "")
    assert pieces == [b"one\n", b"two\n", b"rest"]


def test_w_counts_what_is_received(nc):
    def count(client):
        for number in range(2):
            client.sendall(b"%d\n" % number)
            client.recv(10)
        client.recv(10)

    client = nc("-W", "2", "127.0.0.1", serve_once(count))
    client.out.match("0\n")
    client.write(b"x")
    assert client.finish()[:2] == (0, b"0\n1\n")


def test_d_leaves_input_alone(nc):
    with tcp_listener() as listener:
        client = nc("-d", "127.0.0.1", listener.getsockname()[1])
        client.say(b"this is not sent")
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"hello")
            client.out.match("hello")
            peer.shutdown(socket.SHUT_WR)
            assert client.finish() == (0, b"hello", "")
            assert read_all(peer) == b""


def test_a_port_to_come_from(nc):
    port = free_port()
    with tcp_listener() as listener:
        client = nc("-s", "127.0.0.1", "-p", port, "127.0.0.1", listener.getsockname()[1])
        peer, address = listener.accept()
        peer.close()
        assert address == ("127.0.0.1", port)
        assert client.wait() == 0


def test_a_dump_of_both_directions(nc, folder):
    client = nc("-o", folder / "dump", "127.0.0.1", serve_once(answer_at_the_end))
    client.say(b"hi\n")
    assert client.finish() == (0, b"you said hi\n", "")
    lines = (folder / "dump").read_text().splitlines()
    assert [line.split()[0] for line in lines] == [">", "<"]
    assert "68 69 0a" in lines[0] and lines[1].endswith("you said hi\\n")


def test_telnet_is_refused(nc):
    asked = b"\xff\xfd\x18\xff\xfb\x01login: "  # DO TERMINAL-TYPE, WILL ECHO

    def behave(client):
        client.sendall(asked)
        assert read_exactly(client, 6) in (b"\xff\xfc\x18\xff\xfe\x01", b"\xff\xfe\x01\xff\xfc\x18")
        client.sendall(b"refused\n")

    assert nc("-t", "127.0.0.1", serve_once(behave)).finish() == (0, b"login: refused\n", "")


def test_a_real_proxy(nc, start):
    place = free_port()
    proxy = start(need("ncat"), "-v", "-n", "-l", "--proxy-type", "http", "127.0.0.1", place)
    proxy.err.match("Listening on 0.0.0.0")
    port = serve_once(lambda client: client.sendall(b"you said " + read_exactly(client, 8)))
    client = nc("-v", "-X", "connect", "-x", f"127.0.0.1:{place}", "127.0.0.1", port)
    client.write(b"question")
    assert client.finish() == (0, b"you said question", f"Connection to 127.0.0.1 {port} port [tcp/*] succeeded!\n")


def socks(version, asked):
    """A proxy that is the target itself: it checks what it is asked and answers as the protocol has it."""

    def behave(client):
        if version == 5:
            assert client.recv(10)[0] == 5
            client.sendall(b"\5\0")
        assert read_exactly(client, len(asked)) == asked
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0" if version == 5 else b"\0\x5a\0\0\0\0\0\0")
        answer_at_the_end(client)

    return behave


@pytest.mark.parametrize("option,version,asked", [
    ("4", 4, b"\4\1\0\x50\0\0\0\1\0example.org\0"),
    ("4A", 4, b"\4\1\0\x50\0\0\0\1\0example.org\0"),
    ("5", 5, b"\5\1\0\3\x0bexample.org\0\x50"),
    (None, 5, b"\5\1\0\3\x0bexample.org\0\x50"),
])
def test_socks_is_asked_for_the_name(nc, option, version, asked):
    proxy = serve_once(socks(version, asked))
    client = nc("-v", *(["-X", option] if option else []), "-x", f"127.0.0.1:{proxy}", "example.org", "80")
    client.say(b"question")
    assert client.finish() == (0, b"you said question", "Connection to example.org 80 port [tcp/http] succeeded!\n")


def test_a_connection_is_given_away(nc):
    ours, theirs = socket.socketpair()
    client = nc("-F", "127.0.0.1", serve_once(answer_at_the_end), stdout=theirs)
    ours.settimeout(PATIENCE)
    _, control, _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
    assert client.wait() == 0
    descriptors = array.array("i", control[0][2])
    with socket.socket(fileno=descriptors[0]) as given:
        given.sendall(b"question")
        given.shutdown(socket.SHUT_WR)
        assert read_all(given) == b"you said question"


def test_a_connection_goes_away_to_a_socket_alone(nc):
    status, _, err = nc("-F", "127.0.0.1", serve_once(read_all)).finish()
    assert status == 1
    assert err == "nc: pass the connection to standard output: Socket operation on non-socket\n"


# --- programs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [["-e", "/bin/cat"], ["-c", "tr a-z a-z"]], ids=["e", "c"])
def test_a_client_gets_a_program(nc, options):
    server = nc("-lv", "-p", "0", *options)
    client = nc("127.0.0.1", server.port)
    client.say(b"hello\n")
    assert client.finish() == (0, b"hello\n", "")
    assert server.wait() == 0


def test_a_program_talks_to_the_server(nc):
    client = nc("-e", "/bin/cat", "127.0.0.1", serve_once(lambda server: [server.sendall(b"hello"),
                                                                         server.shutdown(socket.SHUT_WR),
                                                                         read_exactly(server, 5)]))
    assert client.finish() == (0, b"", "")


def test_many_clients_get_a_program_each_at_once(nc):
    server = nc("-lvk", "-c", "cat", "127.0.0.1", "0")
    clients = [server.connect() for _ in range(4)]
    for number, client in enumerate(clients):
        client.sendall(b"%d" % number)
        assert read_exactly(client, 1) == b"%d" % number
    for client in clients:
        client.close()


def test_a_program_that_fails_is_a_failure(nc):
    status, _, err = nc("-c", "exit 3", "127.0.0.1", serve_once(read_all)).finish()
    assert status == 1 and "status 3" in err


def test_clients_are_served_in_turn_and_may_use_real_netcats(nc, start):
    server = nc("-lvk", "127.0.0.1", "0", stdin=subprocess.DEVNULL)
    port = str(server.port)
    for name, options in (("nc.openbsd", ["-N"]), ("nc.traditional", ["-q", "0"]), ("ncat", []), ("socat", None)):
        client = start(need(name), *(["-", f"TCP:127.0.0.1:{port}"] if options is None
                                     else [*options, "127.0.0.1", port]))
        client.say(f"from {name}\n".encode())
        server.out.match(f"from {name}\n")
        client.wait()
    server.signal(signal.SIGTERM)
    assert server.wait() == -signal.SIGTERM


# --- real peers -----------------------------------------------------------------------------------

LISTENERS = {
    "nc.openbsd": "nc.openbsd -v -N -l 127.0.0.1 PORT",
    "nc.traditional": "nc.traditional -v -n -q 0 -l -s 127.0.0.1 -p PORT",
    "ncat": "ncat -v -l 127.0.0.1 PORT",
    "socat": "socat -d -d -t 20 - TCP-LISTEN:PORT,bind=127.0.0.1",
}


@pytest.mark.parametrize("name", LISTENERS)
def test_every_byte_both_ways_with_a_real_listener(nc, start, name):
    need(name)
    port = str(free_port())
    server = start(*LISTENERS[name].replace("PORT", port).split())
    server.err.match("(?i)listening on")
    client = nc("127.0.0.1", port)
    server.feed(EVERY_BYTE, end=False)
    client.feed(EVERY_BYTE, end=False)
    assert client.out.holds(len(EVERY_BYTE)) == EVERY_BYTE
    assert server.out.holds(len(EVERY_BYTE)) == EVERY_BYTE
    client._feeder.join(PATIENCE)
    server._feeder.join(PATIENCE)
    client.end_input()
    server.end_input()
    assert client.wait() == 0


CLIENTS = {
    "nc.openbsd": "nc.openbsd -N 127.0.0.1 PORT",
    "nc.traditional": "nc.traditional -q 5 127.0.0.1 PORT",
    "ncat": "ncat 127.0.0.1 PORT",
    "socat": "socat -t 20 - TCP:127.0.0.1:PORT",
}


@pytest.mark.parametrize("name", CLIENTS)
def test_every_byte_both_ways_with_a_real_client(nc, start, name):
    need(name)
    server = nc("-lv", "127.0.0.1", "0")
    client = start(*CLIENTS[name].replace("PORT", str(server.port)).split())
    server.feed(EVERY_BYTE, end=False)
    client.feed(EVERY_BYTE, end=False)
    assert client.out.holds(len(EVERY_BYTE)) == EVERY_BYTE
    assert server.out.holds(len(EVERY_BYTE)) == EVERY_BYTE
    client._feeder.join(PATIENCE)
    server._feeder.join(PATIENCE)
    client.end_input()
    server.end_input()
    assert server.wait() == 0


def test_pipes_with_grep_and_awk(start, command):
    port = serve_once(lambda client: client.sendall(b"one 1\ntwo 2\nthree 3\n"))
    shell = start("sh", "-c", f"{command} 127.0.0.1 {port} </dev/null | grep t | awk '{{ print $2 }}'")
    assert shell.finish() == (0, b"2\n3\n", "")


def test_output_that_nobody_reads_is_a_quiet_end(start, command):
    def say_much(client):
        with contextlib.suppress(OSError):
            client.sendall(b"line\n" * 1000000)

    port = serve_once(say_much)
    shell = start("bash", "-c", f"{command} 127.0.0.1 {port} </dev/null | head -1; echo ${{PIPESTATUS[0]}}")
    assert shell.finish()[1:] == (b"line\n0\n", "")


def test_input_that_comes_after_a_client_is_for_the_next_one(nc):
    server = nc("-v", "-l", "-k", "127.0.0.1", "0")
    with server.connect() as first:
        server.write(b"one\n")
        assert read_exactly(first, 4) == b"one\n"
    with server.connect() as second:
        server.err.until(lambda text: text.count("Connection received") == 2)
        server.write(b"two\n")
        assert read_exactly(second, 4) == b"two\n"
