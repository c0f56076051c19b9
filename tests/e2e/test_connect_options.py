"""`zocalo connect`: what its options do, against netcat, socat and plain sockets."""

import hashlib
import os
import pty
import re
import signal
import socket

import pytest
from programs import Output, free_port, need, pattern, read_all, read_exactly, tcp_listener, udp_socket

ROW = re.compile(r"([<>]) ([0-9a-f]{8})  (\d+\.\d{6})  ((?:[0-9a-f]{2} | {1,3}){16,17}) (.*)")


def accept(listener):
    peer, address = listener.accept()
    peer.settimeout(45)
    return peer, address


@pytest.fixture
def listener():
    with tcp_listener() as made:
        yield made


def where(listener):
    return f"127.0.0.1:{listener.getsockname()[1]}"


# --- connecting -----------------------------------------------------------------------------------


def test_wait_tries_again_until_netcat_listens(start, zocalo):
    port = free_port()
    client = zocalo("connect", "-v", "--wait=30s", f"127.0.0.1:{port}")
    client.err.match("no connection to")
    server = start(need("nc.openbsd"), "-v", "-N", "-l", "127.0.0.1", port)
    client.say(b"at last\n")
    server.out.match("at last")
    server.end_input()
    assert client.wait() == 0


def test_wait_tries_again_until_there_is_a_socket(start, zocalo, folder):
    client = zocalo("connect", "-v", "-w", "30s", f"unix:{folder}/late")
    client.err.match("no connection to")
    server = start(need("socat"), "-u", f"UNIX-LISTEN:{folder}/late", "-")
    client.say(b"at last\n")
    assert client.wait() == 0
    assert server.out.all() == b"at last\n"


def test_wait_ends(zocalo):
    port = free_port()
    client = zocalo("connect", "-v", "--wait=200ms", f"127.0.0.1:{port}")
    status, _, err = client.finish()
    assert status == 1
    assert err.count("no connection to") > 1
    assert f"dial tcp://127.0.0.1:{port}: connect 127.0.0.1:{port}: Connection refused" in err


def test_timeout_bounds_connecting(zocalo):
    with tcp_listener(backlog=0) as listener, socket.create_connection(listener.getsockname()):  # it fills the backlog
        status, _, err = zocalo("connect", "--timeout=200ms", where(listener)).finish()
    assert (status, "Connection timed out" in err) == (1, True), err


def test_timeout_says_nothing_to_what_is_connected(zocalo, listener):
    client = zocalo("connect", "--timeout=30s", "-v", where(listener))
    peer, _ = accept(listener)
    client.err.match("^connected")
    peer.sendall(b"fine")
    peer.close()
    assert client.finish()[:2] == (0, b"fine")


@pytest.mark.parametrize("source", ["127.0.0.2", "127.0.0.2:PORT"])
def test_source_is_the_address_to_come_from(zocalo, listener, source):
    port = free_port()
    zocalo("connect", "--source", source.replace("PORT", str(port)), where(listener)).end_input()
    peer, address = accept(listener)
    peer.close()
    assert address[0] == "127.0.0.2"
    assert address[1] == port or "PORT" not in source


@pytest.mark.parametrize("arguments, says", [
    (["--source=1.2.3.4", "unix:/tmp/x"],
     "option '--source': only what connects by tcp://, udp:// or tls:// has an address to come from"),
    (["--source=1:2:3", ":80"], "option '--source': endpoint '1:2:3': character 4: "),
    (["--reset", "udp://:80"], "option '--reset': only a connection by tcp:// or tls:// can be reset"),
    (["--chunk=0", ":80"], "option '--chunk': '0' is not a number of bytes such as 5 or 64K"),
    (["--pause=long", ":80"], "option '--pause': 'long' is not a duration such as 500ms, 30s or 5m"),
    (["--idle=5x", ":80"], "option '--idle': '5x' is not a duration such as 500ms, 30s or 5m"),
])
def test_what_cannot_be_done(zocalo, arguments, says):
    status, out, err = zocalo("connect", *arguments).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo connect: {says}"), err


# --- ending ---------------------------------------------------------------------------------------


def test_idle_ends_a_silent_conversation(start, zocalo):
    port = free_port()
    server = start(need("nc.openbsd"), "-v", "-l", "127.0.0.1", port)
    server.err.match("Listening on")
    client = zocalo("connect", "--idle=100ms", f"127.0.0.1:{port}")
    status, out, err = client.finish()
    assert (status, out) == (1, b"")
    assert err == "zocalo connect: connection: nothing came and nothing went for 100ms\n"


def test_reset_breaks_off_at_the_end_of_input(zocalo, listener):
    client = zocalo("connect", "--reset", where(listener))
    peer, _ = accept(listener)
    client.write(b"hola\n")
    assert read_exactly(peer, 5) == b"hola\n"
    client.end_input()
    with pytest.raises(ConnectionResetError):
        peer.recv(1)
    peer.close()
    assert client.finish() == (0, b"", "")


def test_socat_sees_the_reset(start, zocalo):
    port = free_port()
    server = start(need("socat"), "-d", "-d", "-u", f"TCP-LISTEN:{port},bind=127.0.0.1", "-")
    server.err.match("listening on")
    client = zocalo("connect", "--reset", f"127.0.0.1:{port}")
    client.write(b"hola\n")
    server.out.match("hola")
    client.end_input()
    server.err.match("Connection reset by peer")
    assert client.wait() == 0


def test_the_end_of_the_peer_is_the_end_with_reset_too(zocalo, listener):
    client = zocalo("connect", "--reset", where(listener))
    peer, _ = accept(listener)
    peer.sendall(b"bye")
    peer.close()
    assert client.finish() == (0, b"bye", "")


# --- what is sent ---------------------------------------------------------------------------------


def test_crlf_ends_lines_as_protocols_want_them(start, zocalo):
    port = free_port()
    server = start(need("socat"), "-d", "-d", "-u", f"TCP-LISTEN:{port},bind=127.0.0.1", "-")
    server.err.match("listening on")
    client = zocalo("connect", "--crlf", f"127.0.0.1:{port}")
    client.say(b"EHLO me\nQUIT\r\n\nlast")
    assert server.out.all() == b"EHLO me\r\nQUIT\r\n\r\nlast"
    assert client.wait() == 0


def test_crlf_leaves_alone_what_comes(zocalo, listener):
    client = zocalo("connect", "--crlf", where(listener))
    peer, _ = accept(listener)
    peer.sendall(b"one\ntwo\r\n")
    peer.close()
    assert client.finish()[:2] == (0, b"one\ntwo\r\n")


def test_chunk_makes_pieces_and_each_is_a_datagram(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", "--chunk=5", "--pause=1ms", "--linger=1ms",
                        f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.say(b"Un mensaje en trozos")
        assert [server.recv(100) for _ in range(4)] == [b"Un me", b"nsaje", b" en t", b"rozos"]
        assert client.wait() == 0


def test_a_pause_stands_between_pieces_and_what_comes_is_shown_meanwhile(zocalo, listener):
    client = zocalo("connect", "--chunk=5", "--pause=1h", where(listener))
    peer, _ = accept(listener)
    client.say(b"Un mensaje en trozos")
    assert read_exactly(peer, 5) == b"Un me"
    peer.sendall(b"yes?")
    assert client.out.holds(4) == b"yes?"
    client.signal(signal.SIGTERM)
    assert client.wait() == -signal.SIGTERM
    assert read_all(peer) == b""
    peer.close()


def test_pieces_add_up(echo, zocalo):
    data = pattern(300_000)
    client = zocalo("connect", "--chunk=777", f"127.0.0.1:{echo.port()}")
    client.feed(data)
    assert client.finish() == (0, data, "")


# --- what is shown --------------------------------------------------------------------------------


def rows_of(text):
    rows = [ROW.fullmatch(line) for line in text.splitlines()]
    assert all(rows), text
    return [row.groups() for row in rows]


def bytes_of(rows, direction):
    """What went in one direction; its offsets have to fit."""
    data = b""
    for mark, offset, _, columns, _ in rows:
        if mark == direction:
            assert int(offset, 16) == len(data)
            data += bytes.fromhex(columns)
    return data


def test_hex_shows_both_directions(start, zocalo):
    port = free_port()
    server = start(need("nc.openbsd"), "-v", "-N", "-l", "127.0.0.1", port)
    server.err.match("Listening on")
    client = zocalo("connect", "--hex", f"127.0.0.1:{port}")
    client.write(b"a question of bytes\n")
    assert server.out.holds(20) == b"a question of bytes\n"
    server.say(b"\x00\xff\n")
    client.end_input()
    status, out, err = client.finish()
    assert (status, err) == (0, "")
    rows = rows_of(out.decode())
    assert [(mark, offset, text) for mark, offset, _, _, text in rows] == [
        (">", "00000000", "a question of by"), (">", "00000010", "tes\\n"), ("<", "00000000", "\\x00\\xff\\n")]
    assert [float(row[2]) for row in rows] == sorted(float(row[2]) for row in rows)


def test_hex_loses_nothing_of_much(echo, zocalo):
    data = pattern(200_000)
    client = zocalo("connect", "--hex", f"127.0.0.1:{echo.port()}")
    client.feed(data)
    status, out, _ = client.finish()
    rows = rows_of(out.decode())
    assert (status, bytes_of(rows, ">"), bytes_of(rows, "<")) == (0, data, data)


def test_hex_shows_what_is_sent_as_it_is_sent(echo, zocalo):
    client = zocalo("connect", "--hex", "--crlf", f"127.0.0.1:{echo.port()}")
    client.say(b"hola\n")
    assert bytes_of(rows_of(client.out.all().decode()), ">") == b"hola\r\n"


def test_a_dump_that_nobody_reads_is_a_quiet_end(echo, zocalo):
    reading, writing = os.pipe()
    client = zocalo("connect", "--hex", f"127.0.0.1:{echo.port()}", stdout=writing)
    os.close(writing)
    client.write(b"hola\n")
    assert os.read(reading, 1) == b">"
    os.close(reading)
    client.feed(pattern(200_000), end=False)
    status, _, err = client.finish()
    assert (status, err) == (0, "")


def test_a_dump_that_cannot_be_written_is_a_failure(echo, zocalo):
    with open("/dev/full", "wb") as full:
        client = zocalo("connect", "--hex", f"127.0.0.1:{echo.port()}", stdout=full)
        client.say(b"hola\n")
        status, _, err = client.finish()
    assert (status, err) == (2, "zocalo connect: standard output: No space left on device\n")


def test_stats_of_a_connection(echo, zocalo):
    client = zocalo("connect", "--stats", f"127.0.0.1:{echo.port()}")
    client.say(b"hola\n")
    status, out, err = client.finish()
    assert (status, out) == (0, b"hola\n")
    assert re.fullmatch(r"sent 5 bytes, received 5 bytes, in [\d.]+(ns|us|ms|s)\n"
                        r"round trip [\d.]+(us|ms|s), give or take [\d.]+(us|ms|s)?; segments sent again: \d+\n", err)


def test_stats_of_datagrams(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", "--stats", "--linger=1ms", f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.say(b"hola")
        status, _, err = client.finish()
    assert status == 0
    assert re.fullmatch(r"sent 4 bytes, received 0 bytes, in [\d.]+(us|ms|s)\n", err)


def test_stats_are_printed_of_what_failed_too(zocalo, listener):
    client = zocalo("connect", "--stats", "--idle=50ms", where(listener))
    status, _, err = client.finish()
    assert (status, "sent 0 bytes, received 0 bytes" in err) == (1, True), err


def test_sha256_of_both_directions(start, zocalo):
    data, answer = pattern(1_000_000), b"thank you\n"
    port = free_port()
    server = start(need("nc.openbsd"), "-v", "-N", "-l", "127.0.0.1", port)
    server.err.match("Listening on")
    client = zocalo("connect", "--sha256", f"127.0.0.1:{port}")
    client.feed(data, end=False)
    assert server.out.holds(len(data)) == data
    server.say(answer)  # with its end, netcat ends the connection
    status, out, err = client.finish()
    assert (status, out) == (0, answer)
    assert err == (f"sha256 {hashlib.sha256(data).hexdigest()}  sent\n"
                   f"sha256 {hashlib.sha256(answer).hexdigest()}  received\n")


def test_progress_is_drawn_on_a_terminal_and_its_last_line_stays(echo, zocalo):
    master, slave = pty.openpty()
    client = zocalo("connect", "--progress", f"127.0.0.1:{echo.port()}", stderr=slave)
    os.close(slave)
    terminal = Output(master)
    client.write(b"x" * 2048)
    terminal.match(r"sent 2K, received 2K, \S+/s")
    client.end_input()
    assert client.wait() == 0
    assert terminal.all().endswith(b"/s\x1b[K\r\n")
    terminal.close()


def test_progress_is_not_drawn_elsewhere(echo, zocalo):
    client = zocalo("connect", "--progress", f"127.0.0.1:{echo.port()}")
    client.say(b"hola")
    assert client.finish() == (0, b"hola", "")


def test_all_of_them_together(echo, zocalo):
    client = zocalo("connect", "--hex", "--crlf", "--chunk=3", "--pause=1ms", "--stats", "--sha256", "--timeout=30s",
                    "--wait=30s", "--idle=30s", "--source=127.0.0.3", f"127.0.0.1:{echo.port()}")
    client.say(b"uno\ndos\n")
    status, out, err = client.finish()
    assert status == 0
    assert bytes_of(rows_of(out.decode()), "<") == b"uno\r\ndos\r\n"
    assert hashlib.sha256(b"uno\r\ndos\r\n").hexdigest() in err and "round trip" in err
