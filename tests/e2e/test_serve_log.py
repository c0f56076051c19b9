"""`zocalo serve`: what it logs of each connection, and its dump of fibers."""

import re
import signal
import socket

from programs import read_all, read_exactly, reset


def say(client, data=b"hola"):
    client.sendall(data)
    assert read_exactly(client, len(data)) == data


def test_a_connection_that_its_peer_ended(echo):
    with echo.connect() as client:
        port = client.getsockname()[1]
        say(client)
    [record] = echo.ended()
    assert list(record) == ["time", "level", "message", "service", "connection", "loop", "peer", "duration_ns",
                            "bytes_in", "bytes_out", "ended"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["time"])
    assert record["level"] == "info"
    assert record["service"] == "echo"
    assert record["connection"] == 1
    assert record["loop"] in range(64)
    assert record["peer"] == f"127.0.0.1:{port}"
    assert 0 < record["duration_ns"] < 60e9
    assert (record["bytes_in"], record["bytes_out"], record["ended"]) == (4, 4, "by peer")


def test_connections_are_numbered(echo):
    for _ in range(3):
        with echo.connect() as client:
            say(client)
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == b""
    assert sorted(record["connection"] for record in echo.ended(3)) == [1, 2, 3]


def test_a_connection_that_was_reset(echo):
    client = echo.connect()
    say(client)
    reset(client)
    [record] = echo.ended()
    assert (record["ended"], record["error"]) == ("reset", "Connection reset by peer")


def test_a_connection_that_timed_out(serve):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "idle=200ms")
    with server.connect() as client:
        say(client)
        assert read_all(client) == b""
    [record] = server.ended()
    assert (record["ended"], record["error"], record["bytes_out"]) == ("timed out", "Connection timed out", 4)
    assert record["duration_ns"] >= 200e6


def test_input_puts_the_time_out_off(serve):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "idle=1s")
    with server.connect() as client:
        for _ in range(200):
            say(client)
        assert read_all(client) == b""
    [record] = server.ended()
    assert (record["ended"], record["bytes_in"]) == ("timed out", 800)


def test_a_connection_that_we_ended(echo):
    with echo.connect() as client:
        say(client)
        echo.signal(signal.SIGTERM)
        assert read_all(client) == b""
    assert echo.wait() == 0
    [record] = echo.ended()
    assert (record["ended"], record["bytes_in"], record["bytes_out"]) == ("by us", 4, 4)


def test_a_unix_socket_has_a_peer_without_a_name(serve, folder):
    server = serve("--log=json", "echo", f"unix:{folder}/a")
    with server.connect() as client:
        say(client)
    assert server.ended()[0]["peer"] == "(unnamed)"


def test_an_ipv4_peer_of_a_socket_for_both_families_is_shown_as_such(serve):
    server = serve("--log=json", "echo", "tcp://:0")
    with server.connect() as client:
        port = client.getsockname()[1]
        say(client)
    assert server.ended()[0]["peer"] == f"127.0.0.1:{port}"


def test_the_debug_level_has_every_read_and_write(serve):
    server = serve("--log=json", "--log-level=debug", "echo", "tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client, b"12345")
        say(client, b"123")
    server.ended()
    steps = [(record["message"], record["bytes"]) for record in server.records() if "bytes" in record]
    assert steps == [("received", 5), ("sent", 5), ("received", 3), ("sent", 3)]
    assert all(record["connection"] == 1 for record in server.records() if "bytes" in record)


def test_text_is_for_people(serve):
    server = serve("echo", "tcp://127.0.0.1:0")
    with server.connect() as client:
        port = client.getsockname()[1]
        say(client)
    server.err.match(r"^\S+Z info connection ended service=echo connection=1 loop=\d+ "
                     rf'peer=127\.0\.0\.1:{port} duration_ns=\d+ bytes_in=4 bytes_out=4 ended="by peer"$')


def test_off_is_silent(serve):
    server = serve("--log=off", "echo", "tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client)
    assert server.stop() == 0
    assert server.err.all() == b""


def test_errors_alone(serve):
    server = serve("--log-level=error", "echo", "tcp://127.0.0.1:0")
    with server.connect() as client:
        say(client)
    assert server.stop() == 0
    assert server.err.all() == b""


def test_a_signal_dumps_the_fibers_of_every_loop(serve):
    server = serve("--threads=2", "--log=off", "echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0")
    clients = [server.connect() for _ in range(2)]
    ports = [client.getsockname()[1] for client in clients]
    for client in clients:
        say(client)
    server.signal(signal.SIGUSR2)
    for port in ports:
        server.err.match(rf"^fiber \d+ echo waits for input tcp 127.0.0.1:{server.port()} < 127.0.0.1:{port} since ")
    server.err.match(rf"^fiber \d+ echo waits for connection at 127\.0\.0\.1:{server.port()} since ")
    server.err.match(rf"^fiber \d+ echo waits for datagram at udp://127\.0\.0\.1:{server.port(1)} since ")
    server.err.until(lambda text: len(re.findall(r"^\d+ fibers$", text, re.MULTILINE)) == 2)
    for client in clients:
        say(client)
        client.close()
