"""`zocalo connect`: what it says and with which status it ends when something is wrong."""

import socket
import threading

import pytest
from programs import free_port, reset, tcp_listener, udp_socket


def fail(zocalo, *arguments, status, says, **how):
    program = zocalo("connect", *arguments, **how)
    result, out, err = program.finish()
    assert (result, out) == (status, b"")
    assert err.splitlines()[0] == f"zocalo connect: {says}"
    return err


def test_refused(zocalo):
    port = free_port()
    fail(zocalo, f"tcp://127.0.0.1:{port}", status=1,
         says=f"dial tcp://127.0.0.1:{port}: connect 127.0.0.1:{port}: Connection refused")


def test_refused_over_udp(zocalo):
    with udp_socket() as probe:
        port = probe.getsockname()[1]
    fail(zocalo, f"udp://127.0.0.1:{port}", status=1,
         says=f"dial udp://127.0.0.1:{port}: connect 127.0.0.1:{port}: Connection refused")


def test_a_udp_peer_that_goes_away_is_noticed(zocalo):
    with udp_socket() as server:
        client = zocalo("connect", f"udp://127.0.0.1:{server.getsockname()[1]}")
        client.write(b"one")
        server.recv(100)
    try:
        for _ in range(3):
            client.write(b"nobody reads this\n")
    except BrokenPipeError:
        pass
    status, _, err = client.finish()
    assert (status, "Connection refused" in err) == (1, True), err


def test_no_such_unix_socket(zocalo, folder):
    fail(zocalo, f"unix:{folder}/none", status=2,
         says=f"dial unix:{folder}/none: connect {folder}/none: No such file or directory")


def test_a_unix_socket_that_nobody_listens_on(zocalo, folder):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "stale"))
    fail(zocalo, f"unix:{folder}/stale", status=1,
         says=f"dial unix:{folder}/stale: connect {folder}/stale: Connection refused")


def test_a_reset(zocalo):
    with tcp_listener() as listener:
        client = zocalo("connect", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        peer, _ = listener.accept()
        peer.settimeout(45)
        client.write(b"x")
        peer.recv(1)
        reset(peer)
        status, _, err = client.finish()
    assert (status, err) == (1, "zocalo connect: connection: Connection reset by peer\n")


def test_a_connection_that_nobody_accepts_times_out(zocalo):
    with tcp_listener(backlog=0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address):  # it fills the backlog
            where = f"tcp://127.0.0.1:{address[1]},connect-timeout=200ms"
            fail(zocalo, where, status=1, says=f"dial {where}: connect 127.0.0.1:{address[1]}: Connection timed out")


def test_a_silent_peer_times_out(zocalo):
    with tcp_listener() as listener:
        where = f"tcp://127.0.0.1:{listener.getsockname()[1]},timeout=200ms"
        fail(zocalo, where, status=1, says="connection: Connection timed out")


# --- names ----------------------------------------------------------------------------------------


class NameServer:
    """Answers every question with "no such name" (RFC 1035, 4.1.1), or not at all."""

    def __init__(self, answers):
        self.socket = udp_socket()
        self.answers = answers
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @property
    def environment(self):
        return {"ZOCALO_NAMESERVERS": f"127.0.0.1:{self.socket.getsockname()[1]}"}

    def _run(self):
        while True:
            question, address = self.socket.recvfrom(1500)
            if not question:
                return
            if self.answers:
                flags = bytes([question[2] | 0x80, 0x83])  # an answer; recursion available, NXDOMAIN
                self.socket.sendto(question[:2] + flags + question[4:6] + bytes(6) + question[12:], address)

    def close(self):
        with udp_socket() as us:
            us.sendto(b"", self.socket.getsockname())
        self.thread.join(45)
        self.socket.close()


@pytest.fixture(params=[True, False], ids=["answers", "silent"])
def name_server(request):
    server = NameServer(request.param)
    yield server
    server.close()


@pytest.mark.parametrize("name_server", [True], indirect=True)
def test_an_unknown_name(zocalo, name_server):
    fail(zocalo, "tcp://nobody.example:80", status=1, env=name_server.environment,
         says="dial tcp://nobody.example:80: resolve 'nobody.example': no such name")


@pytest.mark.parametrize("name_server", [False], indirect=True)
def test_a_silent_name_server(zocalo, name_server):
    where = "tcp://nobody.example:80,connect-timeout=300ms"
    fail(zocalo, where, status=1, env=name_server.environment,
         says=f"dial {where}: resolve 'nobody.example': Connection timed out")


# --- usage ----------------------------------------------------------------------------------------


KNOWN = ("known: --verbose, --explain, --json, --no-color, --timeout, --wait, --proxy, --source, --idle, --linger, --crlf, --telnet, --chunk, --pause, --reset, --hex, "
         "--stats, --progress, --transcript, --sha256, --lang, --help")


@pytest.mark.parametrize("arguments, says", [
    (["tcp://127.0.0.1:http:80"], "endpoint 'tcp://127.0.0.1:http:80': character 21: a second ':'"),
    (["tcp://127.0.0.1:70000"], "endpoint 'tcp://127.0.0.1:70000': character 17:"),
    (["tcp://[::1:80"], "endpoint 'tcp://[::1:80': character 7:"),
    (["gopher://x:70"], "endpoint 'gopher://x:70': character 1: unknown scheme 'gopher' (known: "),
    (["tcp://:80,fast"], "endpoint 'tcp://:80,fast': character 11: "),
    (["--loud", "x:1"], f"unknown option '--loud' ({KNOWN})"),
    (["-z", "x:1"], f"unknown option '-z' ({KNOWN})"),
    (["--wait"], "option '--wait' needs an argument"),
    (["--wait=soon", "x:1"], "option '--wait': 'soon' is not a duration such as 500ms, 30s or 5m"),
    (["--linger=soon", "x:1"], "option '--linger': 'soon' is not a duration such as 500ms, 30s or 5m"),
    (["--verbose=yes", "x:1"], "option '--verbose=yes' takes no argument"),
    ([], "expects ENDPOINT, or HOST and PORT; 'zocalo help connect' says more"),
    (["a", "1", "b"], "expects ENDPOINT, or HOST and PORT; 'zocalo help connect' says more"),
    (["listen:udp://127.0.0.1:0"], "'listen:' is for streams; datagrams have no connections to take"),
])
def test_what_cannot_be_understood(zocalo, arguments, says):
    status, out, err = zocalo("connect", *arguments).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo connect: {says}"), err
    assert err.count("\n") == 1


def test_an_unknown_endpoint_option_lists_the_known_ones(zocalo):
    status, _, err = zocalo("connect", "tcp://:80,fast").finish()
    assert status == 2
    for known in ("bind=", "connect-timeout=", "nodelay", "keepalive"):
        assert known in err


def test_an_unknown_verb(zocalo):
    status, out, err = zocalo("conect").finish()
    assert (status, out, err) == (2, b"", "zocalo: unknown verb 'conect' (known: connect listen relay replay nc telnet serve explain rfc anatomy)\n")


def test_no_verb(zocalo):
    status, out, err = zocalo().finish()
    assert (status, out) == (2, b"") and "VERB" in err
