"""UDP echo: boundaries, sizes, many peers, the address of the answer, and ports that are not answered."""

import socket

import pytest
from programs import pattern, read_exactly, udp_socket


@pytest.fixture
def server(serve):
    return serve("echo", "udp://127.0.0.1:0")


def ask(client, server, data, host="127.0.0.1"):
    client.sendto(data, (host, server.port()))
    return client.recvfrom(1 << 16)


def test_datagrams_keep_their_boundaries(server):
    with udp_socket() as client:
        for data in (b"one", b"", b"three"):
            client.sendto(data, ("127.0.0.1", server.port()))
        assert [client.recv(100) for _ in range(3)] == [b"one", b"", b"three"]


@pytest.mark.parametrize("size", [0, 1, 1472, 9000, 65507])
def test_sizes(server, size):
    with udp_socket() as client:
        assert ask(client, server, pattern(size))[0] == pattern(size)


def test_many_peers_at_once(server):
    clients = [udp_socket() for _ in range(200)]
    for number, client in enumerate(clients):
        client.sendto(b"%d" % number, ("127.0.0.1", server.port()))
    for number, client in enumerate(clients):
        assert client.recv(100) == b"%d" % number
        client.close()


@pytest.mark.parametrize("verb", [["connect"], ["nc", "-u"]])
def test_more_than_a_datagram_takes_goes_as_several(zocalo, verb, folder):
    (folder / "long").write_bytes(pattern(70000))
    with udp_socket() as peer, (folder / "long").open("rb") as long:
        port = peer.getsockname()[1]
        where = ["127.0.0.1", str(port)] if verb[0] == "nc" else [f"udp://127.0.0.1:{port}", "--linger=1ms"]
        program = zocalo(*verb, *where, stdin=long)
        got = b""
        while len(got) < 70000:
            got += peer.recv(1 << 16)
        assert got == pattern(70000)
        assert program.wait() == 0


@pytest.mark.parametrize("everywhere", ["udp://:0", "udp://0.0.0.0:0"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_the_answer_comes_from_the_address_that_was_asked(serve, everywhere, host):
    server = serve("echo", everywhere)
    with udp_socket() as client:
        assert ask(client, server, b"hola", host) == (b"hola", (host, server.port()))


def test_a_peer_that_went_away_disturbs_nobody(server):
    with udp_socket() as client:
        for _ in range(20):
            with udp_socket() as gone:
                gone.sendto(b"into the void", ("127.0.0.1", server.port()))
        assert ask(client, server, b"hola")[0] == b"hola"


def expect_no_answer(server, silent):
    """The answer to a later question of another client shows that the earlier one is not answered any more."""
    silent.sendto(b"not answered", ("127.0.0.1", server.port()))
    with udp_socket() as client:
        assert ask(client, server, b"answered")[0] == b"answered"
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):
        silent.recv(100)


def test_its_own_port_on_another_host_is_not_answered(server):
    with udp_socket("127.0.0.2", server.port()) as twin:
        expect_no_answer(server, twin)


@pytest.mark.parametrize("port", [7, 13, 17, 19, 37])
def test_a_port_that_answers_by_itself_is_not_answered(server, port):
    try:
        service = udp_socket("127.0.0.3", port)
    except PermissionError:
        pytest.skip("this user may not use privileged ports")
    with service:
        expect_no_answer(server, service)


def test_the_same_port_for_both(serve):
    server = serve("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0")
    with udp_socket() as client, server.connect() as stream:
        client.sendto(b"datagram", ("127.0.0.1", server.port(1)))
        stream.sendall(b"stream")
        assert client.recv(100) == b"datagram"
        assert read_exactly(stream, 6) == b"stream"


def test_it_stops_while_datagrams_come(server):
    with udp_socket() as client:
        for _ in range(100):
            client.sendto(b"hola", ("127.0.0.1", server.port()))
        assert server.stop() == 0


def test_an_answer_to_a_unix_socket_without_a_name_is_left_out(serve, folder):
    serve("echo", f"unix:{folder}/a,type=dgram")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nameless, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.settimeout(45)
        client.bind(str(folder / "client"))
        nameless.sendto(b"nobody to answer", str(folder / "a"))
        client.sendto(b"hola", str(folder / "a"))
        assert client.recv(100) == b"hola"
