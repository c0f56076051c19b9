"""`zocalo connect` talks to other people's programs."""

import pytest
from programs import free_port, need, tcp_listener, udp_socket

TEXT = b"hola\nadi\xc3\xb3s\n"


def talk(zocalo, *endpoint, text=TEXT, answer=TEXT):
    client = zocalo("connect", *endpoint)
    client.say(text)
    status, out, err = client.finish()
    assert (status, out, err) == (0, answer, "")


def test_a_listening_netcat(start, zocalo):
    port = free_port()
    server = start(need("nc.openbsd"), "-v", "-N", "-l", "127.0.0.1", port)
    server.err.match("Listening on")
    client = zocalo("connect", f"127.0.0.1:{port}")
    client.write(b"from zocalo\n")
    server.out.match("from zocalo")
    server.say(b"from netcat\n")
    client.out.match("from netcat")
    client.end_input()
    assert client.wait() == 0
    assert server.wait() == 0


def test_a_listening_netcat_on_a_unix_socket(start, zocalo, folder):
    server = start(need("nc.openbsd"), "-v", "-N", "-l", "-U", folder / "nc")
    server.err.match("Listening on")  # "Bound on" comes before it listens
    client = zocalo("connect", f"unix:{folder}/nc")
    client.write(b"from zocalo\n")
    server.out.match("from zocalo")
    client.end_input()
    server.end_input()
    assert client.wait() == 0


def test_a_listening_netcat_over_udp(start, zocalo):
    port = free_udp_port()
    server = start(need("nc.openbsd"), "-v", "-u", "-l", "127.0.0.1", port)
    server.err.match("Bound on")
    client = zocalo("connect", f"udp://127.0.0.1:{port}")
    client.write(b"from zocalo\n")
    server.out.match("from zocalo")
    server.write(b"from netcat\n")
    client.out.match("from netcat")
    client.end_input()
    assert client.wait() == 0


def test_a_listening_ncat(start, zocalo):
    port = free_port()
    server = start(need("ncat"), "-v", "-l", "127.0.0.1", port)
    server.err.match("Listening on")
    client = zocalo("connect", f"127.0.0.1:{port}")
    client.write(b"from zocalo\n")
    server.out.match("from zocalo")
    server.write(b"from ncat\n")
    client.out.match("from ncat")
    client.end_input()  # it ends with the first end that it sees
    assert client.finish() == (0, b"from ncat\n", "")


@pytest.mark.parametrize("service", ["EXEC:cat", "PIPE"])
def test_socat(start, zocalo, service):
    port = free_port()
    server = start(need("socat"), "-d", "-d", "-t", "30", f"TCP-LISTEN:{port},bind=127.0.0.1", service)
    server.err.match("listening on")
    client = zocalo("connect", "127.0.0.1", port)
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    if service == "EXEC:cat":  # PIPE has both ends of its pipe open, and so never an end
        assert client.wait() == 0


def test_socat_on_a_unix_socket(start, zocalo, folder):
    server = start(need("socat"), "-d", "-d", "-t", "30", f"UNIX-LISTEN:{folder}/socat", "EXEC:cat")
    server.err.match("listening on")
    talk(zocalo, f"unix:{folder}/socat")


def test_socat_over_udp(start, zocalo):
    port = free_udp_port()
    server = start(need("socat"), "-d", "-d", f"UDP-RECVFROM:{port},bind=127.0.0.1,fork", "PIPE")
    server.err.match("receiving")
    client = zocalo("connect", f"udp://127.0.0.1:{port}")
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    assert client.wait() == 0


def test_a_python_server(zocalo):
    with tcp_listener() as listener:
        client = zocalo("connect", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        peer, _ = listener.accept()
        with peer:
            client.write(TEXT)
            assert peer.recv(100) == TEXT
            peer.sendall(b"\x00\xff")
        assert client.finish() == (0, b"\x00\xff", "")


def test_a_python_server_over_udp(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.write(b"question")
        question, address = server.recvfrom(100)
        server.sendto(b"answer", address)
        assert question == b"question"
        assert client.out.holds(6) == b"answer"
        client.end_input()
        assert client.wait() == 0


def test_ourselves(zocalo, echo):
    talk(zocalo, f"tcp://127.0.0.1:{echo.port()}")


def free_udp_port():
    with udp_socket() as probe:
        return probe.getsockname()[1]
