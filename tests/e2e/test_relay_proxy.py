"""`zocalo relay` and the PROXY protocol: what HAProxy and nginx say to it and hear from it, and what is no header."""

import re
import socket
import struct
import zlib

import pytest
from programs import PATIENCE, Program, free_port, need, pattern, read_all, read_exactly, tcp_listener, zocalo_path
from secure import client_context, listening_port, server_context

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
VERSIONS = [1, 2]


class Relay(Program):
    """A relay, where it listens, and what it logs."""

    def wait_listening(self):
        self.where = self.err.match(r"^listening (\S+)$").group(1)

    @property
    def address(self):
        return ("127.0.0.1", int(self.where.rsplit(":", 1)[1]))

    def connect(self):
        if self.where.startswith("unix:"):
            client = socket.socket(socket.AF_UNIX)
            client.connect(self.where[len("unix:"):])
        else:
            client = socket.create_connection(self.address)
        client.settimeout(PATIENCE)
        return client

    def logs(self, words):
        self.err.until(lambda text: words in text)


@pytest.fixture
def target():
    with tcp_listener() as listener:
        yield listener


@pytest.fixture
def relay(start, target):
    """Starts a relay to the target, or to another port."""

    def start_one(*options, port=None, where="tcp://127.0.0.1:0"):
        program = start(zocalo_path(), "relay", "--log=json", *options, f"listen:{where}",
                        f"127.0.0.1:{port or target.getsockname()[1]}", kind=Relay)
        program.wait_listening()
        return program

    return start_one


def accept(listener):
    client, _ = listener.accept()
    client.settimeout(PATIENCE)
    return client


def text(client, server):
    """A header of version 1 from one address to another."""
    return f"PROXY TCP4 {client[0]} {server[0]} {client[1]} {server[1]}\r\n".encode()


def binary(client, server, additions=b""):
    """The same of version 2."""
    addresses = socket.inet_aton(client[0]) + socket.inet_aton(server[0]) + struct.pack("!HH", client[1], server[1])
    return SIGNATURE + b"\x21\x11" + struct.pack("!H", 12 + len(additions)) + addresses + additions


BUILD = {1: text, 2: binary}
CLIENT, SERVER = ("192.0.2.1", 56324), ("198.51.100.2", 443)


# --- what we send ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_header_goes_before_the_first_byte(relay, target, version):
    program = relay(f"--send-proxy={version}")
    client = program.connect()
    expected = BUILD[version](client.getsockname(), client.getpeername())
    server = accept(target)
    assert read_exactly(server, len(expected)) == expected
    client.sendall(b"hello")
    client.shutdown(socket.SHUT_WR)
    assert read_all(server) == b"hello"
    server.sendall(b"answer")
    server.close()
    assert read_all(client) == b"answer"


def test_a_client_of_a_unix_socket_has_no_name_in_text(relay, target, folder):
    program = relay("--send-proxy=1", where=f"unix:{folder}/socket")
    client = program.connect()
    client.shutdown(socket.SHUT_WR)
    assert read_all(accept(target)) == b"PROXY UNKNOWN\r\n"


def test_a_client_of_a_unix_socket_is_named_by_where_it_came(relay, target, folder):
    program = relay("--send-proxy=2", where=f"unix:{folder}/socket")
    client = program.connect()
    client.shutdown(socket.SHUT_WR)
    path = str(folder / "socket").encode()
    assert read_all(accept(target)) == SIGNATURE + b"\x21\x31\0\xd8" + bytes(108) + path.ljust(108, b"\0")


@pytest.mark.parametrize("version", VERSIONS)
def test_standard_input_has_no_name(zocalo, target, version):
    program = zocalo("relay", f"--send-proxy={version}", "-", f"127.0.0.1:{target.getsockname()[1]}")
    program.say(b"hello")
    header = {1: b"PROXY UNKNOWN\r\n", 2: SIGNATURE + b"\x21\0\0\0"}[version]
    assert read_all(accept(target)) == header + b"hello"


# --- before TLS -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_header_goes_before_tls(zocalo, target, certificates, version):
    port = target.getsockname()[1]
    program = zocalo("relay", f"--send-proxy={version}", "listen:tcp://127.0.0.1:0",
                     f"tls://localhost:{port},4,ca={certificates.root}")
    client = socket.create_connection(("127.0.0.1", listening_port(program.err)), timeout=PATIENCE)
    expected = BUILD[version](client.getsockname(), client.getpeername())
    server = accept(target)
    assert read_exactly(server, len(expected)) == expected
    with server_context(certificates.server()).wrap_socket(server, server_side=True) as secret:
        client.sendall(b"hello")
        assert read_exactly(secret, 5) == b"hello"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_header_is_heard_before_tls(zocalo, target, certificates, version):
    program = zocalo("relay", "--accept-proxy=127.0.0.1", "--send-proxy=1",
                     f"listen:tls://127.0.0.1:0,{certificates.server().options}", f"127.0.0.1:{target.getsockname()[1]}")
    plain = socket.create_connection(("127.0.0.1", listening_port(program.err)), timeout=PATIENCE)
    plain.sendall(BUILD[version](CLIENT, SERVER))
    with client_context(certificates.root).wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(b"hello")
        expected = BUILD[1](CLIENT, SERVER) + b"hello"
        assert read_exactly(accept(target), len(expected)) == expected


# --- what we accept -------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", VERSIONS)
@pytest.mark.parametrize("accepted", VERSIONS)
def test_what_a_header_says_is_sent_on_and_logged(relay, target, accepted, sent):
    program = relay("--accept-proxy=127.0.0.1", f"--send-proxy={sent}")
    client = program.connect()
    client.sendall(BUILD[accepted](CLIENT, SERVER) + b"hello")
    client.shutdown(socket.SHUT_WR)
    server = accept(target)
    assert read_all(server) == BUILD[sent](CLIENT, SERVER) + b"hello"
    server.close()
    assert read_all(client) == b""
    program.logs("192.0.2.1:56324")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_header_may_come_byte_by_byte(relay, target, version):
    client = relay("--accept-proxy=127.0.0.0/8").connect()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in BUILD[version](CLIENT, SERVER) + b"hello":
        client.sendall(bytes([byte]))
    client.shutdown(socket.SHUT_WR)
    assert read_all(accept(target)) == b"hello"


def test_what_comes_behind_a_header_is_the_conversation_whole(relay, target):
    client = relay("--accept-proxy=127.0.0.1").connect()
    data = pattern(100000)
    client.sendall(text(CLIENT, SERVER) + data)
    server = accept(target)
    assert read_exactly(server, len(data)) == data
    server.sendall(b"ready")
    assert read_exactly(client, 5) == b"ready"
    client.close()
    assert read_all(server) == b""


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", SIGNATURE + b"\x20\0\0\0", SIGNATURE + b"\x21\0\0\2xy"])
def test_who_names_nobody_speaks_for_itself(relay, target, header):
    client = relay("--accept-proxy=127.0.0.1", "--send-proxy=1").connect()
    client.sendall(header + b"hello")
    client.shutdown(socket.SHUT_WR)
    assert read_all(accept(target)) == text(client.getsockname(), client.getpeername()) + b"hello"


def test_who_is_not_listed_is_not_believed(relay, target):
    client = relay("--accept-proxy=192.0.2.0/24", "--accept-proxy=::1", "--send-proxy=1").connect()
    client.sendall(text(CLIENT, SERVER))
    client.shutdown(socket.SHUT_WR)
    assert read_all(accept(target)) == text(client.getsockname(), client.getpeername()) + text(CLIENT, SERVER)


def expect_refused(client):
    try:
        assert client.recv(1) == b""
    except ConnectionResetError:
        pass


def test_the_client_that_is_named_has_to_be_allowed(relay, target):
    program = relay("--log-level=debug", "--accept-proxy=127.0.0.1", "--allow=192.0.2.0/24")
    denied, allowed = program.connect(), program.connect()
    denied.sendall(text(("203.0.113.9", 1), SERVER))
    expect_refused(denied)
    program.logs("203.0.113.9:1")
    allowed.sendall(text(CLIENT, SERVER) + b"hello")
    allowed.shutdown(socket.SHUT_WR)
    assert read_all(accept(target)) == b"hello"


# --- what is no header ----------------------------------------------------------------------------

CHECKSUM = b"\3\0\4" + struct.pack("!I", zlib.crc32(b"another"))


@pytest.mark.parametrize("header, why", [
    (b"GET / HTTP/1.1\r\n", "byte 1: this is no PROXY protocol"),
    (b"PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n", "byte 37: this is no port"),
    (b"PROXY TCP4 192.0.2.1 198.51.100.2 1 2\nhello", "byte 38: the line has to end with CR LF"),
    (b"PROXY UNKNOWN " + b"x" * 200, "its line is longer than 107 bytes"),
    (SIGNATURE + b"\x22\0\0\0", "byte 13: neither LOCAL nor PROXY of version 2"),
    (SIGNATURE + b"\x21\x11\xff\xff", "it is longer than 4096 bytes"),
    (SIGNATURE + b"\x21\x11\0\1x", "byte 15: too short for its addresses"),
    (binary(CLIENT, SERVER, CHECKSUM), "byte 32: the checksum is that of another header"),
])
def test_a_malformed_header_ends_the_connection(relay, header, why):
    program = relay("--accept-proxy=127.0.0.1")
    client = program.connect()
    client.sendall(header)
    expect_refused(client)
    program.logs(why)


def test_a_connection_that_ends_in_its_header_is_logged(relay):
    program = relay("--accept-proxy=127.0.0.1")
    client = program.connect()
    client.sendall(b"PROXY TCP4 ")
    client.shutdown(socket.SHUT_WR)
    expect_refused(client)
    program.logs("the stream ended before its end")


def test_a_header_that_does_not_come_is_not_waited_for_without_end(relay):
    program = relay("--accept-proxy=127.0.0.1")
    client = program.connect()
    client.sendall(b"PROXY TCP4 ")
    expect_refused(client)
    program.logs("Connection timed out")


# --- HAProxy --------------------------------------------------------------------------------------


@pytest.fixture
def haproxy(start, folder):
    """Starts HAProxy in TCP mode, on a socket that it is given; returns its address."""

    def start_one(bind, server):
        listener = tcp_listener()
        fd = listener.fileno()
        (folder / "conf").write_text(f"""
defaults
    mode tcp
    timeout connect 10s
    timeout client 50s
    timeout server 50s
frontend front
    bind fd@{fd} {bind}
    default_backend back
backend back
    server one {server}
""")
        start(need("haproxy"), "-db", "-f", folder / "conf", pass_fds=[fd])
        address = listener.getsockname()
        listeners.append(listener)
        return address

    listeners = []
    yield start_one
    for listener in listeners:
        listener.close()


def ask(address):
    client = socket.create_connection(address, PATIENCE)
    client.sendall(b"hello")
    client.shutdown(socket.SHUT_WR)
    return client


@pytest.mark.parametrize("option", ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"])
def test_haproxy_says_to_us_who_came(relay, target, haproxy, option):
    program = relay("--accept-proxy=127.0.0.1", "--send-proxy=1")
    front = haproxy("", f"127.0.0.1:{program.address[1]} {option}")
    client = ask(front)
    assert read_all(accept(target)) == text(client.getsockname(), front) + b"hello"


@pytest.mark.parametrize("version", VERSIONS)
def test_haproxy_believes_what_we_say(relay, target, haproxy, version):
    front = haproxy("accept-proxy", f"127.0.0.1:{target.getsockname()[1]} send-proxy")
    program = relay(f"--send-proxy={version}", port=front[1])
    client = ask(program.address)
    assert read_all(accept(target)) == text(client.getsockname(), program.address) + b"hello"


# --- nginx ----------------------------------------------------------------------------------------


@pytest.fixture
def nginx(start, folder):
    """Starts nginx's stream module; returns its address. (It would not accept from a socket that it is given.)"""

    def start_one(listen, rest):
        port = free_port()
        (folder / "conf").write_text(f"""
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
stream {{
    server {{
        listen 127.0.0.1:{port} {listen};
        {rest}
    }}
}}
""")
        start(need("nginx"), "-e", folder / "error.log", "-c", folder / "conf")
        return ("127.0.0.1", port)

    return start_one


def test_nginx_says_to_us_who_came(zocalo, relay, target, nginx):
    program = relay("--accept-proxy=127.0.0.1", "--send-proxy=2")
    front = nginx("", f"proxy_pass 127.0.0.1:{program.address[1]}; proxy_protocol on;")
    here = ("127.0.0.1", free_port())
    zocalo("connect", "--wait=30s", f"tcp://127.0.0.1:{front[1]},bind=127.0.0.1:{here[1]}").say(b"hello")
    assert read_all(accept(target)) == binary(here, front) + b"hello"


@pytest.mark.parametrize("version", VERSIONS)
def test_nginx_believes_what_we_say(relay, nginx, version):
    front = nginx("proxy_protocol", 'return "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_port";')
    program = relay(f"--send-proxy={version}", "--wait=30s", port=front[1])
    client = program.connect()
    here = client.getsockname()
    assert read_all(client).decode() == f"{here[0]} {here[1]} {program.address[1]}"


# --- what is refused ------------------------------------------------------------------------------


def refusal(zocalo, *arguments):
    status, out, err = zocalo("relay", *arguments).finish()
    assert (status, out) == (2, b"")
    return err


def test_only_two_versions_are_known(zocalo):
    assert refusal(zocalo, "--send-proxy=3", "listen::0", ":9") == (
        "zocalo relay: option '--send-proxy': '3' is not 1 or 2\n")


def test_what_is_no_block_of_addresses_is_refused(zocalo):
    err = refusal(zocalo, "--accept-proxy=nobody", "listen::0", ":9")
    assert re.match(r"zocalo relay: option '--accept-proxy': .*nobody", err)


def test_datagrams_have_no_header(zocalo):
    words = "the PROXY protocol is for connections, and there are datagrams"
    for option in ("--send-proxy=2", "--accept-proxy=127.0.0.1"):
        name = option.split("=")[0]
        assert refusal(zocalo, option, "listen:udp://127.0.0.1:0", "127.0.0.1:9") == (
            f"zocalo relay: option '{name}': {words}\n")


def test_who_is_dialled_sends_no_header(zocalo):
    assert refusal(zocalo, "--accept-proxy=127.0.0.1", "127.0.0.1:9", "127.0.0.1:9") == (
        "zocalo relay: option '--accept-proxy': nobody comes, when both endpoints are dialled\n")
