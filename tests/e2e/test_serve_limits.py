"""`zocalo serve` at its limits: descriptors, peers that never read, peers that say nothing."""

import os
import pathlib
import re
import resource
import select
import socket
import threading

import pytest
from programs import need, read_all, read_exactly
from test_serve_stop import fill

DESCRIPTORS = 32


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def is_served(client, wait=0):
    """Whether an answer to what it said is there, or comes in so many seconds."""
    return bool(select.select([client], [], [], wait)[0])


@pytest.mark.parametrize("threads", [1, 2])
def test_no_descriptor_is_left(serve, threads):
    limit = [need("prlimit"), f"--nofile={DESCRIPTORS}"]
    server = serve(f"--threads={threads}", "--log=json", "echo", "tcp://127.0.0.1:0", wrap=limit)
    clients = [server.connect() for _ in range(2 * DESCRIPTORS)]
    for client in clients:
        client.sendall(b"hola")

    served = wait_served(clients)
    waiting = [client for client in clients if client not in served]
    assert served and waiting
    before = cpu_seconds(server.pid)
    assert not any(select.select(waiting, [], [], 1.5)[:1]), "more than the limit allows"
    assert cpu_seconds(server.pid) - before < 0.5, "it spins while no descriptor is left"

    for client in served:  # they are still served ...
        assert read_exactly(client, 4) == b"hola"
        client.sendall(b"adios")
        assert read_exactly(client, 5) == b"adios"
        client.close()
    while waiting:  # ... and the others when they are gone
        for client in wait_served(waiting):
            assert read_exactly(client, 4) == b"hola"
            client.close()
            waiting.remove(client)
    assert server.stop() == 0
    assert len(server.ended(2 * DESCRIPTORS)) == 2 * DESCRIPTORS


def wait_served(clients):
    """Those with an answer, once no more come for a while."""
    served = []
    while True:
        more = select.select([client for client in clients if client not in served], [], [], 1 if served else 45)[0]
        if not more:
            return served
        served += more


@pytest.mark.release_only
def test_memory_is_bounded_when_nobody_reads(serve):
    server = serve("echo", "tcp://127.0.0.1:0")
    before = resident_kib(server.pid)
    clients = [server.connect() for _ in range(50)]
    sent = 0
    for client in clients:
        while select.select([], [client], [], 0.05)[1]:
            sent += len(fill(client))
    assert sent > 50 << 20
    assert resident_kib(server.pid) - before < 50 * 128 + 2048
    for client in clients:
        client.close()


@pytest.mark.release_only
def test_an_idle_connection_costs_little(serve):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = 2000
    if hard < 2 * count:
        pytest.skip(f"not more than {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * count, hard))
    try:
        server = serve("--log=off", "--threads=1", "echo", "tcp://127.0.0.1:0")
        with server.connect() as first:
            first.sendall(b"x")
            read_exactly(first, 1)
        before = resident_kib(server.pid)
        clients = [server.connect() for _ in range(count)]
        for client in clients:
            client.sendall(b"hola")
            read_exactly(client, 4)
        assert (resident_kib(server.pid) - before) / count < 6.5
        for client in clients:
            client.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_peer_that_says_nothing_is_let_go(serve):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "idle=100ms")
    with server.connect() as client:
        assert read_all(client) == b""
    assert server.ended()[0]["ended"] == "timed out"


def send_until_cut(client):
    try:
        while True:
            client.sendall(bytes(1 << 16))
    except ConnectionError:
        pass


def test_idle_ends_one_who_sends_and_does_not_read(serve):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", "idle=1s")
    with server.connect() as client:
        sender = threading.Thread(target=send_until_cut, args=(client,), daemon=True)
        sender.start()
        [record] = server.ended()
        sender.join(45)
    assert record["ended"] == "timed out"
    assert record["bytes_in"] > record["bytes_out"]


def test_a_thousand_connections_in_a_row(serve):
    server = serve("--log=off", "echo", "tcp://127.0.0.1:0")
    for number in range(1000):
        with server.connect() as client:
            client.sendall(b"%d" % number)
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == b"%d" % number
