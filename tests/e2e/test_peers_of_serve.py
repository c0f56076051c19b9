"""Other people's programs talk to our echo."""

import socket

import pytest
from programs import need, pattern, read_all, read_exactly, udp_socket

TEXT = b"hola\nadi\xc3\xb3s\n"


@pytest.fixture
def three(serve, folder):
    """An echo server with TCP, UDP and a Unix socket."""
    return serve("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0", f"unix:{folder}/echo")


def ask(start, *command):
    client = start(*command)
    client.say(TEXT)
    status, out, err = client.finish()
    assert (status, out) == (0, TEXT), err


def ask_and_stay(start, *command):
    """For clients that do not wait for the answer once their input has ended."""
    client = start(*command)
    client.write(TEXT)
    client.out.until(lambda _: TEXT in bytes(client.out.data))
    client.end_input()


def test_netcat_over_tcp(start, three):
    ask(start, need("nc.openbsd"), "-N", "127.0.0.1", three.port())


def test_netcat_over_a_unix_socket(start, three, folder):
    ask(start, need("nc.openbsd"), "-N", "-U", folder / "echo")


def test_netcat_over_udp(start, three):
    ask_and_stay(start, need("nc.openbsd"), "-u", "127.0.0.1", three.port(1))


def test_ncat_over_tcp(start, three):
    ask(start, need("ncat"), "127.0.0.1", three.port())


def test_ncat_over_a_unix_socket(start, three, folder):
    ask(start, need("ncat"), "-U", folder / "echo")


def test_ncat_over_udp(start, three):
    ask_and_stay(start, need("ncat"), "-u", "127.0.0.1", three.port(1))


def test_socat_over_tcp(start, three):
    ask(start, need("socat"), "-t", "30", "-", f"TCP:127.0.0.1:{three.port()}")


def test_socat_over_a_unix_socket(start, three, folder):
    ask(start, need("socat"), "-t", "30", "-", f"UNIX-CONNECT:{folder}/echo")


def test_socat_over_udp(start, three):
    ask_and_stay(start, need("socat"), "-", f"UDP:127.0.0.1:{three.port(1)}")


def test_telnet(start, three):
    client = start(need("telnet"), "127.0.0.1", three.port())
    client.out.match("Escape character")
    client.write(b"hola\n")
    client.out.match("^hola\r?$")
    client.end_input()


@pytest.mark.parametrize("number", [0, 2], ids=["tcp", "unix"])
def test_python_over_a_stream(three, number):
    data = pattern(100_000)
    with three.connect(number) as client:
        client.sendall(data)
        assert read_exactly(client, len(data)) == data
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""


def test_python_over_udp(three):
    with udp_socket() as client:
        client.sendto(TEXT, ("127.0.0.1", three.port(1)))
        assert client.recv(100) == TEXT


def test_names_and_both_families(serve):
    server = serve("echo", "tcp://:0")
    for host in ("127.0.0.1", "::1", "localhost"):
        if host == "::1" and not has_ip6():
            continue
        with socket.create_connection((host, server.port()), timeout=30) as client:
            client.sendall(TEXT)
            assert read_exactly(client, len(TEXT)) == TEXT


def has_ip6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
