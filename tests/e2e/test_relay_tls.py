"""`zocalo relay` between TLS and plain connections: whom the target sees, and how each side learns of the other's end."""

import socket
import ssl

import pytest
from programs import PATIENCE, read_all, read_exactly, reset, tcp_listener
from secure import client_context, connect_tls, listening_port


@pytest.fixture
def secure_relay(zocalo, certificates):
    """Starts a relay of tls:// to where that socket listens, with more options of the place. Returns it and its port."""

    def start_one(target, *options):
        place = ",".join(["listen:tls://127.0.0.1:0", certificates.server().options, *options])
        relay = zocalo("relay", place, f"127.0.0.1:{target.getsockname()[1]}")
        return relay, listening_port(relay.err)

    return start_one


def test_a_client_without_the_certificate_that_is_asked_for_does_not_reach_the_target(secure_relay, certificates):
    with tcp_listener() as target:
        relay, port = secure_relay(target, f"ca={certificates.root}")
        with pytest.raises(ssl.SSLError), connect_tls(port, client_context(certificates.root)) as client:
            client.recv(1)
        relay.err.match(r"warning no TLS .*the peer showed no certificate")
        with connect_tls(port, client_context(certificates.root, certificate=certificates.client)) as client:
            client.sendall(b"hello")
            with target.accept()[0] as server:
                assert read_exactly(server, 5) == b"hello"


def test_who_speaks_no_tls_does_not_reach_the_target(secure_relay, certificates):
    with tcp_listener() as target:
        relay, port = secure_relay(target)
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            relay.err.match(r"warning no TLS .*looks like HTTP")
        target.setblocking(False)
        with pytest.raises(BlockingIOError):
            target.accept()


def test_a_close_notify_is_a_half_close_on_the_other_side(secure_relay, certificates):
    with tcp_listener() as target:
        _, port = secure_relay(target)
        with connect_tls(port, client_context(certificates.root)) as client, target.accept()[0] as server:
            client.sendall(b"question")
            client.setblocking(False)
            with pytest.raises(ssl.SSLWantReadError):
                client.unwrap()  # its close_notify goes, and ours does not come yet
            client.settimeout(PATIENCE)
            assert read_all(server) == b"question"
            server.sendall(b"answer")
            server.shutdown(socket.SHUT_WR)
            assert read_exactly(client, 6) == b"answer"
            with pytest.raises(ssl.SSLZeroReturnError):  # our close_notify
                client.recv(1)


def test_an_end_without_close_notify_is_a_reset_on_the_other_side(secure_relay, certificates):
    with tcp_listener() as target:
        _, port = secure_relay(target)
        client = connect_tls(port, client_context(certificates.root))
        with target.accept()[0] as server:
            client.sendall(b"question")
            assert read_exactly(server, 8) == b"question"
            with socket.socket(fileno=client.detach()) as below:
                below.shutdown(socket.SHUT_WR)
                with pytest.raises(ConnectionResetError):
                    read_all(server)


def test_a_reset_of_the_target_is_no_close_notify(secure_relay, certificates):
    with tcp_listener() as target:
        _, port = secure_relay(target)
        with connect_tls(port, client_context(certificates.root)) as client:
            server = target.accept()[0]
            client.sendall(b"question")
            assert read_exactly(server, 8) == b"question"
            client.suppress_ragged_eofs = False
            reset(server)
            with pytest.raises((ConnectionResetError, ssl.SSLEOFError)):
                client.recv(1)
