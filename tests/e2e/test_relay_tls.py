"""`zocalo relay` with TLS on either side: put on, taken off, passed on, and certificates that are replaced."""

import contextlib
import signal
import socket
import ssl
import threading

import pytest
from programs import PATIENCE, pattern, read_all, read_exactly, reset, tcp_listener
from secure import PIN, TlsServer, client_context, connect_tls, echo_until_end, listening_port, server_context


@pytest.fixture
def target():
    with tcp_listener() as listener:
        yield listener


@pytest.fixture
def relay(zocalo):
    """Starts a relay that logs JSON; its port is where it listens."""

    def start_one(*arguments):
        program = zocalo("relay", "--log=json", *arguments)
        program.port = listening_port(program.err)
        return program

    return start_one


def there(listener):
    return f"127.0.0.1:{listener.getsockname()[1]}"


def accept(listener):
    client, _ = listener.accept()
    client.settimeout(PATIENCE)
    return client


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


# --- put on and taken off ----------------------------------------------------------------------------


def test_tls_is_taken_off(relay, target, certificates):
    program = relay(f"listen:tls://127.0.0.1:0,{certificates.server().options}", there(target))
    with connect_tls(program.port, client_context(certificates.root)) as client:
        client.sendall(b"question")
        server = accept(target)
        assert read_exactly(server, 8) == b"question"
        server.sendall(b"answer")
        assert read_exactly(client, 6) == b"answer"


def test_tls_is_put_on(relay, certificates):
    with TlsServer(server_context(certificates.server()), echo_until_end) as server:
        program = relay("listen:tcp://127.0.0.1:0", f"tls://localhost:{server.port},ca={certificates.root}")
        with connect(program.port) as client:
            client.sendall(b"hola")
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == b"hola"


def test_much_passes_between_two_of_them(relay, zocalo, certificates):
    data = pattern(3 << 20)
    with TlsServer(server_context(certificates.server()), echo_until_end) as server:
        program = relay(f"listen:tls://127.0.0.1:0,{certificates.server().options}",
                        f"tls://localhost:{server.port},ca={certificates.root}")
        client = zocalo("connect", f"tls://localhost:{program.port},ca={certificates.root}")
        client.feed(data)
        assert client.finish() == (0, data, "")


def test_a_target_with_a_bad_certificate_is_a_reset_for_the_client(relay, certificates):
    with TlsServer(server_context(certificates.expired), echo_until_end) as server:
        program = relay("listen:tcp://127.0.0.1:0", f"tls://localhost:{server.port},ca={certificates.root}")
        with pytest.raises(ConnectionResetError), connect(program.port) as client:  # which may be reset by then
            client.recv(1)
            raise AssertionError("an orderly end")
        program.err.until(lambda text: "expired on " in text)


def test_the_pin_of_a_certificate_that_was_made_here_is_told(relay, target, zocalo):
    program = relay("listen:tls://127.0.0.1:0", there(target))
    pin = program.err.match(rf"certificate made here, for clients: ,pin=({PIN})").group(1)
    client = zocalo("connect", f"tls://127.0.0.1:{program.port},pin={pin}")
    client.write(b"hola")
    assert read_exactly(accept(target), 4) == b"hola"


# --- ends ----------------------------------------------------------------------------------------------


def test_a_close_notify_is_passed_on_as_a_half_close(relay, target, certificates):
    program = relay(f"listen:tls://127.0.0.1:0,{certificates.server().options}", there(target))
    client = connect_tls(program.port, client_context(certificates.root))
    server = accept(target)
    with client:
        client.sendall(b"question")
        closer = threading.Thread(target=client.unwrap)
        closer.start()
        assert read_all(server) == b"question"
        server.close()
        closer.join(PATIENCE)
        assert not closer.is_alive()  # our close_notify came back


def test_a_half_close_is_passed_on_as_a_close_notify_and_the_answer_comes(relay, certificates):
    heard = []

    def answer_after_the_end(peer):
        heard.append(read_all(peer))
        peer.sendall(b"answer")
        with contextlib.suppress(ssl.SSLError):
            peer.unwrap()

    with TlsServer(server_context(certificates.server()), answer_after_the_end) as server:
        program = relay("listen:tcp://127.0.0.1:0", f"tls://localhost:{server.port},ca={certificates.root}")
        with connect(program.port) as client:
            client.sendall(b"question")
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == b"answer"
    assert heard == [b"question"]


def test_a_truncation_is_passed_on_as_a_reset(relay, certificates):
    def end_below(peer):
        peer.sendall(b"half an ans")
        assert read_exactly(peer, 1) == b"x"
        with socket.socket(fileno=peer.detach()) as below:
            below.shutdown(socket.SHUT_WR)  # an end of TCP, and none of TLS
            below.settimeout(PATIENCE)
            with contextlib.suppress(OSError):
                below.recv(1 << 16)

    with TlsServer(server_context(certificates.server()), end_below) as server:
        program = relay("listen:tcp://127.0.0.1:0", f"tls://localhost:{server.port},ca={certificates.root}")
        with connect(program.port) as client:
            assert read_exactly(client, 11) == b"half an ans"
            client.sendall(b"x")
            with pytest.raises(ConnectionResetError):
                client.recv(1)
                raise AssertionError("an orderly end")
        program.err.until(lambda text: "without a TLS close_notify" in text)


def test_a_reset_is_no_end_for_a_client_with_tls(relay, target, certificates):
    program = relay(f"listen:tls://127.0.0.1:0,{certificates.server().options}", there(target))
    with connect_tls(program.port, client_context(certificates.root)) as client:
        client.sendall(b"x")
        server = accept(target)
        assert read_exactly(server, 1) == b"x"
        with socket.socket(fileno=client.detach()) as below:
            below.settimeout(PATIENCE)
            reset(server)
            with pytest.raises(ConnectionResetError):
                while below.recv(1 << 16):  # tickets; an alert would be followed by an end
                    pass
                raise AssertionError("an orderly end")


# --- who reaches the target, and how ends are passed on --------------------------------------------------


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


# --- certificates that are replaced -----------------------------------------------------------------------


@pytest.fixture
def shown(folder, certificates):
    """A file that the relay shows; `shown(certificate)` puts another one into it."""
    file = folder / "shown.pem"

    def show(certificate):
        file.write_bytes(certificate.file.read_bytes() + certificate.key.read_bytes())
        file.chmod(0o600)
        return file

    show(certificates.server())
    show.file = file
    return show


def serial_of(client):
    return client.getpeercert()["serialNumber"]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_hang_up_reads_certificates_again_and_drops_nobody(relay, target, certificates, shown, threads):
    trust = client_context(certificates.root)
    program = relay(f"--threads={threads}", f"listen:tls://127.0.0.1:0,cert={shown.file}", there(target))
    with connect_tls(program.port, trust) as old:
        shown(certificates.server("renewed"))
        program.signal(signal.SIGHUP)
        program.err.until(lambda text: "certificates read again" in text)
        with connect_tls(program.port, trust) as new:
            assert serial_of(new) != serial_of(old)
        old.sendall(b"still here")
        assert read_exactly(accept(target), 10) == b"still here"
    program.signal(signal.SIGTERM)
    assert program.wait() == 0


def test_a_broken_certificate_is_refused_and_the_old_one_stays(relay, target, certificates, shown):
    trust = client_context(certificates.root)
    program = relay(f"listen:tls://127.0.0.1:0,cert={shown.file}", there(target))
    with connect_tls(program.port, trust) as old:
        shown.file.write_text("nothing of the kind\n")
        program.signal(signal.SIGHUP)
        program.err.until(lambda text: "certificates stay as they were: " in text and "shown.pem" in text)
        with connect_tls(program.port, trust) as new:
            assert serial_of(new) == serial_of(old)


def test_without_certificates_a_hang_up_is_the_end(relay, target):
    program = relay("listen:tcp://127.0.0.1:0", there(target))
    program.signal(signal.SIGHUP)
    assert program.wait() == 0
