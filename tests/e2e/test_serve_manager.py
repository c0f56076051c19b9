"""`zocalo serve` under a service manager: NOTIFY_SOCKET (sd_notify(3)) and LISTEN_FDS (sd_listen_fds(3))."""

import os
import re
import shutil
import signal
import socket
import sys
import time

import pytest
from programs import PATIENCE, Server, read_all, read_exactly, tcp_listener, zocalo_path
from secure import client_context, connect_tls
from test_serve_reload import Square
from test_serve_specs import port_of_both

# --- telling the manager ----------------------------------------------------------------------------


class Manager:
    """The socket of a service manager, and what it is told."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)

    def hear(self):
        """What it is told next, as a dictionary."""
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def heard_nothing(self):
        self.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.socket.recv(4096)


@pytest.fixture(params=["path", "abstract"])
def manager(request, folder):
    it = Manager(f"{folder}/notify" if request.param == "path" else f"@{folder.name}-{os.getpid()}")
    yield it
    it.socket.close()


def start_told(start, manager, *arguments, **how):
    return start(zocalo_path(), "serve", "--log=json", *arguments, kind=Square,
                 env={"NOTIFY_SOCKET": manager.name}, **how)


def test_it_is_ready_once_it_listens(start, manager, folder):
    server = start_told(start, manager, "echo", f"unix:{folder}/a", f"unix:{folder}/b")
    told = manager.hear()
    for name in ("a", "b"):
        with socket.socket(socket.AF_UNIX) as client:  # without waiting for anything else
            client.settimeout(PATIENCE)
            client.connect(f"{folder}/{name}")
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
    assert told == {"READY": "1", "STATUS": "2 endpoints are open"}
    server.signal(signal.SIGTERM)
    assert manager.hear() == {"STOPPING": "1"}
    assert server.wait() == 0
    manager.heard_nothing()


def test_it_is_not_ready_when_it_cannot_listen(start, manager, folder):
    with tcp_listener() as holder:
        server = start_told(start, manager, "echo", f"unix:{folder}/a", f"tcp://127.0.0.1:{holder.getsockname()[1]}")
        assert server.wait() == 1
    manager.heard_nothing()


def test_it_tells_of_a_reload(start, manager, folder):
    file = folder / "square.conf"
    file.write_text(f"echo unix:{folder}/a")
    server = start_told(start, manager, "-c", file)
    server.file = file
    assert manager.hear()["READY"] == "1"
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    server.takes(f"echo unix:{folder}/a unix:{folder}/b")
    told = manager.hear()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert told["RELOADING"] == "1"
    assert before <= int(told["MONOTONIC_USEC"]) <= after
    assert manager.hear() == {"READY": "1", "STATUS": "2 endpoints are open"}


def test_it_is_ready_again_after_a_reload_that_was_refused(start, manager, folder):
    file = folder / "square.conf"
    file.write_text(f"echo unix:{folder}/a")
    server = start_told(start, manager, "-c", file)
    server.file = file
    manager.hear()
    server.refuses("ecco", f"{file}:1: ")
    assert manager.hear()["RELOADING"] == "1"
    assert manager.hear() == {"READY": "1", "STATUS": "1 endpoints are open"}


@pytest.mark.parametrize("kind", ["none", "stream", "long", "full"])
def test_a_manager_that_hears_nothing_is_only_a_warning(start, folder, kind):
    path = f"{folder}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM) as nobody:
        if kind == "long":
            path = "/" + 200 * "x"
        elif kind != "none":
            nobody.bind(path)
        if kind == "full":
            fill_datagrams(path)
        server = start(zocalo_path(), "serve", "echo", "tcp://127.0.0.1:0", kind=Server, env={"NOTIFY_SOCKET": path})
        server.wait_listening(["tcp:"])
        with server.connect() as client:
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
        server.err.match(rf"warning the service manager at {path} was not told: ")
        assert server.stop() == 0


def fill_datagrams(path):
    """Sends to that socket until it has no more room."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                sender.sendto(b"x", path)


def test_an_empty_name_is_no_manager(start):
    server = start(zocalo_path(), "serve", "echo", "tcp://127.0.0.1:0", kind=Server, env={"NOTIFY_SOCKET": ""})
    server.wait_listening(["tcp:"])
    assert server.stop() == 0
    assert "manager" not in server.err.all().decode()


# --- sockets that the manager opened ----------------------------------------------------------------

# Becomes the program with the descriptors of its first argument as 3, 4, ...; the second says for which process.
LAUNCHER = """
import fcntl, os, sys
high = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 100) for fd in sys.argv[1].split()]
for number, fd in enumerate(high):
    os.dup2(fd, 3 + number, True)
    os.close(fd)
os.environ["LISTEN_PID"] = sys.argv[2] or str(os.getpid())
os.environ.setdefault("LISTEN_FDS", str(len(high)))
os.execv(sys.argv[3], sys.argv[3:])
"""


@pytest.fixture
def activate(start):
    """Starts `zocalo serve` with sockets that it inherits, and waits until it has told of its endpoints."""

    def activate_one(sockets, *arguments, pid="", waits=True, env=None):
        fds = [it.fileno() for it in sockets]
        server = start(sys.executable, "-c", LAUNCHER, " ".join(map(str, fds)), pid, zocalo_path(), "serve", *arguments,
                       kind=Server, pass_fds=fds, env=env)
        if waits:
            server.wait_listening(arguments)
        return server

    return activate_one


def bound(family, address, kind=socket.SOCK_STREAM, both=False):
    it = socket.socket(family, kind)
    it.settimeout(PATIENCE)
    if family == socket.AF_INET6:
        it.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
    it.bind(address)
    if kind != socket.SOCK_DGRAM:
        it.listen()
    return it


def say(client):
    with client:
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"


def holds(server, listener):
    """Whether the program has that very socket."""
    return any(os.stat(f"/proc/{server.pid}/fd/{fd}").st_ino == os.fstat(listener.fileno()).st_ino
               for fd in os.listdir(f"/proc/{server.pid}/fd"))


def test_a_listener_is_taken_for_tls(activate, certificates):
    with bound(socket.AF_INET, ("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = activate([listener], "echo", f"tls://127.0.0.1:{port},{certificates.server().options}")
        assert holds(server, listener)
        say(connect_tls(port, client_context(certificates.root)))


@pytest.mark.parametrize("family, host, endpoint", [
    (socket.AF_INET, "127.0.0.1", "tcp://127.0.0.1:{port}"),
    (socket.AF_INET, "127.0.0.1", "tcp://localhost:{port}"),
    (socket.AF_INET6, "::", "tcp://:{port}"),
    (socket.AF_INET, "0.0.0.0", "tcp://:{port}"),
    (socket.AF_INET, "0.0.0.0", "tcp://0.0.0.0:{port}"),
    (socket.AF_INET, "127.0.0.1", "fd:3"),
])
def test_a_listener_is_taken(activate, family, host, endpoint):
    with bound(family, (host, 0), both=True) as listener:
        port = listener.getsockname()[1]
        server = activate([listener], "echo", endpoint.format(port=port))
        assert holds(server, listener)
        say(socket.create_connection(("127.0.0.1", port), PATIENCE))
        assert server.stop() == 0
        assert "inherited" not in server.err.all().decode()
        with socket.create_connection(("127.0.0.1", port), PATIENCE):  # it is still the manager's
            listener.accept()[0].close()


def test_who_connected_before_it_began_is_served(activate):
    with tcp_listener() as listener:
        clients = [socket.create_connection(listener.getsockname(), PATIENCE) for _ in range(10)]
        activate([listener], "echo", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        for client in clients:
            say(client)


def test_a_socket_of_datagrams_is_taken(activate):
    with bound(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM) as inherited:
        port = inherited.getsockname()[1]
        server = activate([inherited], "echo", f"udp://127.0.0.1:{port}")
        assert holds(server, inherited)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", port))
            client.send(b"hola")
            assert client.recv(100) == b"hola"


@pytest.mark.parametrize("kind, options", [(socket.SOCK_STREAM, ""), (socket.SOCK_SEQPACKET, ",type=seqpacket")])
def test_a_unix_socket_is_taken_and_its_file_left(activate, folder, kind, options):
    with bound(socket.AF_UNIX, f"{folder}/a", kind) as listener:
        server = activate([listener], "echo", f"unix:{folder}/a{options}")
        assert holds(server, listener)
        with socket.socket(socket.AF_UNIX, kind) as client:
            client.settimeout(PATIENCE)
            client.connect(f"{folder}/a")
            client.send(b"hola")
            assert client.recv(100) == b"hola"
        assert server.stop() == 0
        assert (folder / "a").exists()


def test_a_unix_socket_of_datagrams_is_taken_and_its_file_left(activate, folder):
    with bound(socket.AF_UNIX, f"{folder}/a", socket.SOCK_DGRAM) as listener:
        server = activate([listener], "echo", f"unix:{folder}/a,type=dgram")
        assert holds(server, listener)
        assert server.stop() == 0
        assert (folder / "a").exists()


def test_an_abstract_name_is_taken(activate, folder):
    name = f"{folder.name}-{os.getpid()}"
    with bound(socket.AF_UNIX, "\0" + name) as listener, bound(socket.AF_UNIX, "\0" + name + "-more") as other:
        server = activate([other, listener], "echo", f"unix:@{name}")
        assert holds(server, listener)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect("\0" + name)
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
        server.err.match(r"warning inherited, and no endpoint is there: .*-more$")


def test_each_goes_to_its_own_endpoint(activate, folder):
    with tcp_listener() as first, tcp_listener() as second, bound(socket.AF_UNIX, f"{folder}/a") as third:
        one, two = (f"tcp://127.0.0.1:{it.getsockname()[1]}" for it in (first, second))
        activate([third, second, first], f"echo {one} tcp://127.0.0.1:0", f"hello {two}",
                 f"echo unix:{folder}/a mode=line")
        say(socket.create_connection(first.getsockname(), PATIENCE))
        with socket.create_connection(second.getsockname(), PATIENCE) as client:
            assert read_all(client) == b"Hola Mundo\r\n"
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{folder}/a")
            client.sendall(b"hola\n")
            assert read_exactly(client, 11) == b"ECHO: hola\n"


def test_what_no_endpoint_wants_is_warned_about(activate, folder):
    with tcp_listener() as wanted, tcp_listener() as unwanted, bound(socket.AF_UNIX, f"{folder}/a") as another:
        endpoint = f"tcp://127.0.0.1:{wanted.getsockname()[1]}"
        server = activate([wanted, unwanted, another], "echo", endpoint)
        port = unwanted.getsockname()[1]
        server.err.match(rf"warning inherited, and no endpoint is there: 127\.0\.0\.1:{port} {folder}/a$")
        say(socket.create_connection(wanted.getsockname(), PATIENCE))


@pytest.mark.parametrize("kind, scheme", [(socket.SOCK_STREAM, "udp"), (socket.SOCK_DGRAM, "tcp")])
def test_a_socket_of_the_other_kind_is_not_taken(activate, kind, scheme):
    with bound(socket.AF_INET, ("127.0.0.1", port_of_both()), kind) as other:
        server = activate([other], "echo", f"{scheme}://127.0.0.1:{other.getsockname()[1]}")
        server.err.match("warning inherited, and no endpoint is there: ")


def test_what_is_meant_for_another_process_is_left(activate):
    with tcp_listener() as listener:
        server = activate([listener], "echo", "tcp://127.0.0.1:0", pid="1")
        assert server.stop() == 0
        assert "inherited" not in server.err.all().decode()


def test_a_place_that_is_meant_for_another_process_is_taken(activate):
    with tcp_listener() as listener:
        server = activate([listener], "echo", f"tcp://127.0.0.1:{listener.getsockname()[1]}", pid="1", waits=False)
        assert server.wait() == 1
        assert "Address already in use" in server.err.all().decode()


@pytest.mark.parametrize("number", ["", "x", "-1", "1x", "65", " 1", "99999999999999999999"])
def test_nonsense_is_refused(activate, number):
    server = activate([], "echo", "tcp://127.0.0.1:0", waits=False, env={"LISTEN_FDS": number})
    status, out, err = server.finish()
    assert (status, out) == (2, b"")
    assert err == f"zocalo serve: LISTEN_FDS is '{number}', and not a number from 0 to 64\n"


@pytest.mark.parametrize("number", ["0", "64"])
def test_numbers_at_their_bounds(activate, number):
    """Descriptors that are not there, or are no sockets, are none of its business."""
    server = activate([], "echo", "tcp://127.0.0.1:0", env={"LISTEN_FDS": number})
    say(server.connect())
    assert server.stop() == 0


def test_a_number_is_for_streams(activate):
    with bound(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM) as inherited:
        server = activate([inherited], "echo", "fd:3", waits=False)
        assert server.wait() == 2
        assert server.err.all().decode() == "zocalo serve: listen fd:3: listen: Operation not supported\n"


def test_what_it_runs_does_not_inherit_them(activate):
    with tcp_listener() as listener:
        server = activate([listener], "echo", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        with open(f"/proc/{server.pid}/fdinfo/3", encoding="ascii") as file:
            flags = re.search(r"^flags:\s+0(\d+)$", file.read(), re.MULTILINE)
        assert int(flags[1], 8) & os.O_CLOEXEC


@pytest.mark.parametrize("endpoint", ["unix:{folder}/a", "tcp://127.0.0.1:{port}"])
def test_an_inherited_listener_is_handed_over_at_a_reload(start, folder, endpoint):
    file = folder / "square.conf"
    with tcp_listener() as tcp, bound(socket.AF_UNIX, f"{folder}/a") as unix:
        listener = unix if endpoint.startswith("unix") else tcp
        endpoint = endpoint.format(folder=folder, port=tcp.getsockname()[1])
        file.write_text(f"echo {endpoint}")
        server = start(sys.executable, "-c", LAUNCHER, str(listener.fileno()), "", zocalo_path(), "serve", "--log=json",
                       "-c", file, kind=Square, pass_fds=[listener.fileno()])
        server.file = file
        server.wait_lines(1)
        for number in range(3):
            server.takes(f"echo {endpoint} idle={number + 1}h")
            say(server.connect())
            assert holds(server, listener)
        assert server.stop() == 0
        assert (folder / "a").exists()


# --- a real one -------------------------------------------------------------------------------------

if shutil.which("systemd-socket-activate"):  # a system without systemd has nothing to prove here

    def test_systemd_socket_activate(start, folder):
        server = start("systemd-socket-activate", "-l", f"{folder}/a", zocalo_path(), "serve", "echo",
                       f"unix:{folder}/a", kind=Server)
        server.err.match("Listening on")
        with socket.socket(socket.AF_UNIX) as client:  # starts it
            client.settimeout(PATIENCE)
            client.connect(f"{folder}/a")
            client.sendall(b"hola")
            assert read_exactly(client, 4) == b"hola"
        server.wait_listening(["unix:"])
        assert server.stop() == 0
        assert (folder / "a").exists()
