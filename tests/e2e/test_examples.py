"""The examples, each run as its first lines say."""

import os
import pathlib
import signal

import pytest
from programs import need, tcp_listener

FOLDER = pathlib.Path(os.environ.get("ZOCALO_EXAMPLES", pathlib.Path(__file__).parents[2] / "build" / "examples"))


@pytest.fixture
def example(start):
    return lambda name, *arguments: start(FOLDER / name, *arguments)


@pytest.fixture
def running(example):
    """An example that serves, and where it does."""

    def run(name):
        server = example(name, "tcp://127.0.0.1:0")
        return server, server.out.match(r"^listening (tcp://127\.0\.0\.1:\d+)\n")[1]

    return run


def test_hello(example, running):
    _, where = running("hello_server")
    assert example("hello_client", where).finish() == (0, b"Hola Mundo\r\n", "")


def test_hello_to_netcat(start, running):
    _, where = running("hello_server")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", where.rsplit(":", 1)[1])
    client.out.match("Hola Mundo")
    client.end_input()  # it goes on until both sides have ended
    assert client.finish()[:2] == (0, b"Hola Mundo\r\n")


def test_hello_to_connect(zocalo, running):
    _, where = running("hello_server")
    assert zocalo("connect", where).finish() == (0, b"Hola Mundo\r\n", "")


def test_echo(example, running):
    server, where = running("echo_server")
    assert example("echo_client", where, "hola").finish() == (0, b"Received: hola\n", "")
    assert example("echo_client", where).out.match("^Received: Hello world!")
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_echo_to_netcat(start, running):
    _, where = running("echo_server")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", where.rsplit(":", 1)[1])
    client.say(b"hola\n")
    assert client.finish()[:2] == (0, b"hola\n")


def test_echo_asks_the_service(example, echo):
    assert example("echo_client", echo.endpoints[0], "hola").finish() == (0, b"Received: hola\n", "")


def test_echo_server_stops_while_a_client_is_there(running, example, zocalo):
    server, where = running("echo_server")
    client = zocalo("connect", where)
    client.write(b"hola")
    client.out.match("hola")
    server.signal(signal.SIGINT)
    assert client.wait() == 0
    assert server.wait() == 0


@pytest.mark.parametrize("name", ["hello_client", "echo_client"])
def test_a_client_without_a_server_says_why(example, name):
    with tcp_listener() as probe:
        where = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    status, out, err = example(name, where).finish()
    assert (status, out) == (1, b"") and "Connection refused" in err


@pytest.mark.parametrize("name", ["hello_server", "echo_server"])
def test_a_server_whose_port_is_taken_says_why(example, name):
    with tcp_listener() as holder:
        status, out, err = example(name, f"tcp://127.0.0.1:{holder.getsockname()[1]}").finish()
    assert (status, out) == (1, b"") and "Address already in use" in err
