"""Reloads and a stop of a busy server: no request is lost. bench/load counts them, on nothing of our library."""

import json
import os
import pathlib
import socket

import pytest
from programs import PATIENCE, Server, need, read_exactly, reset, tcp_listener, zocalo_path

CLIENTS = 300
RELOADS = 3  # the manager's queue holds what a server tells of so many
LOAD = pathlib.Path(zocalo_path()).parent / "bench" / "load"


class Besieged:
    """An echo server, and what became of the requests that it got."""

    def __init__(self, start, folder):
        self.start = start
        (folder / "echo.conf").write_text("echo tcp://127.0.0.1:0\n")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "manager"))
        self.manager.setblocking(False)
        self.server = start(zocalo_path(), "serve", "-c", folder / "echo.conf", "--threads=2", "--log=off", kind=Server,
                            env={"NOTIFY_SOCKET": str(folder / "manager")})
        self.server.wait_listening(["tcp:"])

    def load(self, verb, *options):
        target = f"{self.server.pid}:{self.server.port()}"
        load = self.start(need(str(LOAD)), verb, f"--connections={CLIENTS}", "--requests=500", *options, target)
        status, output, errors = load.finish()
        assert (status, errors) == (0, "")
        return json.loads(output)

    def reloads(self):
        messages = []
        try:
            while True:
                messages.append(self.manager.recv(4096))
        except BlockingIOError:
            return sum(message.startswith(b"RELOADING=1") for message in messages)


@pytest.fixture
def besieged(start, folder):
    siege = Besieged(start, folder)
    yield siege
    siege.manager.close()


@pytest.mark.parametrize("verb", ["busy", "visit"])
def test_reloads_lose_no_request_and_end_no_connection(besieged, verb):
    account = besieged.load(verb, f"--reloads={RELOADS}")
    assert account["lost"] == account["refused"] == account["ended"] == 0, account
    assert account["sent"] == account["answered"] > 500 * RELOADS
    assert 1 <= besieged.reloads() <= RELOADS  # a SIGHUP that comes before the last one was taken is the same (signal(7))
    assert besieged.server.stop() == 0


def test_a_stop_answers_whoever_got_in_and_refuses_the_rest(besieged):
    account = besieged.load("visit", f"--reloads={RELOADS}", "--stops=1")
    assert account["lost"] == 0, account
    assert account["refused"] == CLIENTS
    assert 1 <= besieged.reloads() <= RELOADS
    assert besieged.server.wait() == 0


def test_a_stop_ends_every_connection_that_stays(besieged):
    account = besieged.load("busy", "--stops=1")
    assert account["ended"] + account["lost"] == CLIENTS, account  # a request may cross the end: it gets no answer
    assert account["reset"] == account["refused"] == 0, account
    assert besieged.server.wait() == 0


@pytest.mark.parametrize("verb", ["busy", "visit"])
@pytest.mark.parametrize("end, why", [(socket.socket.close, "ended without the whole answer"),
                                      (reset, "Connection reset by peer")])
def test_the_account_tells_of_a_request_that_is_lost(start, verb, end, why):
    with tcp_listener() as listener:
        load = start(need(str(LOAD)), verb, "--connections=1", f"{os.getpid()}:{listener.getsockname()[1]}")
        client, _ = listener.accept()
        client.settimeout(PATIENCE)
        client.sendall(read_exactly(client, 64)[1:])
        end(client)
        status, output, errors = load.finish()
    assert (status, errors) == (0, "")
    account = json.loads(output)
    assert account.pop("why") == why
    assert account == {"sent": 1, "answered": 0, "lost": 1, "reset": end is reset, "refused": 0, "ended": 0}
