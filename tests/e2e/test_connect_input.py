"""`zocalo connect`: standard input in all its forms, and its end."""

import fcntl
import hashlib
import os
import pty
import socket
import subprocess

import pytest
from programs import pattern, read_all, read_exactly, tcp_listener, udp_socket

BIG = 32 * 1024 * 1024


@pytest.fixture
def meeting(zocalo):
    """Connects to a socket of ours; returns the program and our end."""
    ends = []

    def meet(*options, **how):
        with tcp_listener() as listener:
            client = zocalo("connect", *options, f"tcp://127.0.0.1:{listener.getsockname()[1]}", **how)
            peer, _ = listener.accept()
        peer.settimeout(45)
        ends.append(peer)
        return client, peer

    yield meet
    for end in ends:
        end.close()


def test_the_end_of_input_is_a_half_close_and_later_bytes_still_arrive(meeting):
    client, peer = meeting()
    client.say(b"question")
    assert read_all(peer) == b"question"
    peer.sendall(b"answer")
    client.out.match("answer")
    peer.sendall(b", and more")
    peer.close()
    assert client.finish() == (0, b"answer, and more", "")


def test_the_peers_end_is_the_end_although_input_is_open(meeting):
    client, peer = meeting()
    peer.sendall(b"that is all")
    peer.close()
    assert client.finish() == (0, b"that is all", "")


def test_the_peers_half_close_is_the_end(meeting):
    client, peer = meeting()
    peer.shutdown(socket.SHUT_WR)
    assert client.wait() == 0
    assert read_all(peer) == b""


def test_a_big_transfer_both_ways(zocalo, echo):
    data = pattern(BIG)
    client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}")
    client.feed(data)
    status, out, err = client.finish()
    assert (status, err, len(out)) == (0, "", BIG)
    assert hashlib.sha256(out).digest() == hashlib.sha256(data).digest()
    assert [(record["bytes_in"], record["bytes_out"]) for record in echo.ended()] == [(BIG, BIG)]


def test_every_byte_is_passed(zocalo, echo):
    data = bytes(range(256)) * 3
    client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}")
    client.say(data)
    assert client.finish() == (0, data, "")


def test_a_file(zocalo, echo, folder):
    (folder / "input").write_bytes(pattern(300_000))
    with open(folder / "input", "rb") as file:
        client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}", stdin=file)
        assert client.finish() == (0, pattern(300_000), "")


def test_the_null_device(zocalo, echo):
    client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}", stdin=subprocess.DEVNULL)
    assert client.finish() == (0, b"", "")


def test_closed_input(zocalo, echo):
    client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}", wrap=["sh", "-c", 'exec "$0" "$@" <&-'])
    assert client.finish() == (0, b"", "")


def test_a_socket_as_input(zocalo, echo):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        client = zocalo("connect", f"tcp://127.0.0.1:{echo.port()}", stdin=theirs, stdout=theirs)
        ours.sendall(b"hola")
        assert read_exactly(ours, 4) == b"hola"
        ours.shutdown(socket.SHUT_WR)
        assert client.wait() == 0


def test_a_terminal(zocalo, meeting):
    master, slave = pty.openpty()
    client, peer = meeting(stdin=slave)
    os.write(master, b"typed\n")
    assert read_exactly(peer, 6) == b"typed\n"
    os.write(master, b"\x04")  # Ctrl-D
    assert read_all(peer) == b""
    peer.sendall(b"after the end")
    peer.close()
    assert client.finish() == (0, b"after the end", "")
    os.close(master)
    os.close(slave)


def test_a_terminal_that_hangs_up_is_an_end(meeting):
    master, slave = pty.openpty()
    client, peer = meeting(stdin=slave)
    os.close(slave)
    os.close(master)
    assert read_all(peer) == b""
    peer.close()
    assert client.wait() == 0


@pytest.mark.parametrize("make", [os.pipe, pty.openpty, socket.socketpair], ids=["pipe", "terminal", "socket"])
def test_the_descriptions_of_standard_streams_stay_blocking(meeting, make):
    ends = make()
    one, other = [end if isinstance(end, int) else end.fileno() for end in ends]
    client, peer = meeting(stdin=one) if make is os.pipe else meeting(stdin=other, stdout=other)
    peer.sendall(b"x")
    peer.close()
    assert client.wait() == 0
    assert not fcntl.fcntl(one, fcntl.F_GETFL) & os.O_NONBLOCK
    assert not fcntl.fcntl(other, fcntl.F_GETFL) & os.O_NONBLOCK
    for end in ends:
        os.close(end) if isinstance(end, int) else end.close()


def test_datagrams_wait_for_the_answer_after_the_end_of_input(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", "--linger=20s", f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.say(b"question")
        _, address = server.recvfrom(100)
        server.sendto(b"answer", address)
        client.out.match("answer")
        client.kill()


def test_datagrams_end_when_no_answer_comes(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", "--linger=50ms", f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.say(b"question")
        assert client.finish() == (0, b"", "")
        assert server.recv(100) == b"question"


def test_datagrams_keep_their_boundaries(zocalo):
    """A terminal gives a line at a time, and each is a datagram."""
    master, slave = pty.openpty()
    with udp_socket() as server:
        client = zocalo("connect", f"udp://127.0.0.1:{server.getsockname()[1]}", stdin=slave)
        os.write(master, b"one\ntwo\n")
        first, address = server.recvfrom(100)
        assert (first, server.recv(100)) == (b"one\n", b"two\n")
        server.sendto(b"a", address)
        server.sendto(b"", address)  # a datagram without bytes is no end
        server.sendto(b"b", address)
        client.out.match("ab")
        os.write(master, b"three\n")
        assert server.recv(100) == b"three\n"
    os.close(master)
    os.close(slave)
