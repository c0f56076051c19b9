"""`zocalo serve`: specs, where it says that it listens, and what it refuses."""

import os
import signal
import socket

import pytest
from programs import need, read_exactly, tcp_listener, udp_socket


def echoes(client):
    with client:
        client.sendall(b"hola")
        return read_exactly(client, 4) == b"hola"


def refuse(zocalo, *arguments, says, status=2, hint=None, text=b"", **how):
    program = zocalo("serve", *arguments, **how)
    program.say(text)
    result, out, err = program.finish()
    lines = err.splitlines()
    assert (result, out) == (status, b""), err
    assert lines[0].startswith(f"zocalo serve: {says}"), err
    assert (hint in lines[1]) if hint else len(lines) == 1, err


def test_one_line_for_each_endpoint_with_its_real_port(serve, folder):
    server = serve("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0,ttl=4", f"unix:{folder}/a,mode=0600", ":0")
    tcp, udp, unix, everywhere = server.endpoints
    assert tcp.startswith("tcp://127.0.0.1:") and server.port(0) > 0
    assert udp.startswith("udp://127.0.0.1:") and server.port(1) > 0
    assert unix == f"unix:{folder}/a"
    assert everywhere.startswith("tcp://:") and server.port(3) > 0
    assert all(line.startswith("listening echo ") for line in server.out.lines())


def test_several_specs_are_several_arguments(serve):
    server = serve("echo tcp://127.0.0.1:0", "echo tcp://127.0.0.1:0 idle=30s")
    assert len(server.endpoints) == 2
    assert echoes(server.connect(0)) and echoes(server.connect(1))


CONFIGURATION = """# two places
echo tcp://127.0.0.1:0   # the first
   \t
echo 'tcp://127.0.0.1:0' "idle=30s"
"""


def test_a_file_of_specs(serve, folder):
    (folder / "two.conf").write_text(CONFIGURATION)
    server = serve("-c", folder / "two.conf")
    server.out.match("(listening echo .*\n){2}")


def test_specs_from_standard_input(zocalo):
    server = zocalo("serve", "-c", "-")
    server.say(CONFIGURATION.encode())
    server.out.match("(listening echo .*\n){2}")


def test_a_file_and_arguments_together(serve, folder):
    (folder / "one.conf").write_text("echo tcp://127.0.0.1:0")
    server = serve("--config", folder / "one.conf", "echo", "tcp://127.0.0.1:0")
    server.out.match("(listening echo .*\n){2}")


def test_without_arguments_the_services_are_listed(zocalo):
    status, out, err = zocalo("serve").finish()
    assert (status, err) == (0, "")
    assert out.decode().startswith("echo ")
    assert "tcp://127.0.0.1:50007 udp://127.0.0.1:50007\n" in out.decode()


@pytest.mark.parametrize("threads", ["0", "1", "3"])
def test_threads(serve, threads):
    server = serve(f"--threads={threads}", "--log=json", "echo", "tcp://127.0.0.1:0")
    count = int(threads) or len(os.sched_getaffinity(0))
    clients = [server.connect() for _ in range(count)]  # at once: each loop gets one
    for client in clients:
        assert echoes(client)
    assert {record["loop"] for record in server.ended(count)} == set(range(count))


@pytest.mark.parametrize("arguments, says", [
    (["chat", ":0"], "spec: character 1: unknown service 'chat' (known: echo, hello, "),
    (["echo", ":0", "idel=3s"], "spec: character 9: unknown key in 'idel=3s' (known: idle="),
    (["echo :0 idle=soon"], "spec: character 9: 'soon' is not a duration such as 30s"),
    (["echo 'tcp://:0"], "spec: character 6: a quote is opened and not closed"),
    (["echo", "tcp://:99999"], "spec: character 6: endpoint 'tcp://:99999': character 8: "),
    (["echo", "-"], "spec: character 6: '-' cannot be listened on"),
    (["--threads=many", "echo", ":0"], "option '--threads': 'many' is not a number from 0 to 256"),
    (["--threads=257", "echo", ":0"], "option '--threads': '257' is not a number from 0 to 256"),
    (["--log=xml", "echo", ":0"], "option '--log': 'xml' is not one of text, json, off"),
    (["--log-level=loud", "echo", ":0"], "option '--log-level': 'loud' is not one of off, error, warning, info, debug"),
    (["--grace=x", "echo", ":0"], "option '--grace': 'x' is not a duration such as 500ms, 30s or 5m"),
    (["--port=1"], "unknown option '--port=1' (known: --config, --threads, --grace, --user, --group, --log, --log-level, --no-color, --lang, --help)"),
])
def test_what_cannot_be_understood(zocalo, arguments, says):
    refuse(zocalo, *arguments, says=says)


def test_a_fault_in_a_file_is_shown_with_its_place(zocalo, folder):
    (folder / "bad.conf").write_text("# first\necho :0\necho :0 fast=1\n")
    refuse(zocalo, "-c", folder / "bad.conf",
           says=f"{folder}/bad.conf:3: character 9: unknown key in 'fast=1' (known: idle=")


def test_a_fault_in_standard_input_is_shown_with_its_place(zocalo):
    refuse(zocalo, "-c", "-", says="-:2: character 1: unknown service 'ecco'", text=b"\necco :0\n")


def test_a_file_that_is_not_there(zocalo, folder):
    refuse(zocalo, "-c", folder / "none", says=f"{folder}/none: No such file or directory")


def test_a_folder_is_no_file(zocalo, folder):
    refuse(zocalo, "-c", folder, says=f"{folder}: ")


def test_a_file_without_a_service(zocalo, folder):
    (folder / "empty.conf").write_text("# nothing\n")
    refuse(zocalo, "-c", folder / "empty.conf", says=f"{folder}/empty.conf: there is no service in it")


def test_a_file_that_this_user_may_not_read(zocalo, folder):
    (folder / "secret.conf").write_text("echo :0")
    (folder / "secret.conf").chmod(0)
    refuse(zocalo, "-c", folder / "secret.conf", says=f"{folder}/secret.conf: Permission denied",
           hint="the right to them", wrap=without_capability("dac_override", "dac_read_search"))


# --- what cannot be bound ---------------------------------------------------------------------------


def without_capability(*names):
    """What to put before a command so that even root has no such privilege."""
    if os.geteuid() != 0:
        return []
    return [need("setpriv"), "--bounding-set", ",".join(f"-{name}" for name in names), "--"]


@pytest.mark.parametrize("scheme, make", [("tcp", tcp_listener), ("udp", udp_socket)])
def test_a_port_that_is_taken(zocalo, scheme, make):
    with make() as holder:
        where = f"127.0.0.1:{holder.getsockname()[1]}"
        refuse(zocalo, "echo", f"{scheme}://{where}", status=1, hint="or-free",
               says=f"listen {scheme}://{where}: bind {where}: Address already in use")


@pytest.mark.parametrize("scheme, make", [("tcp", tcp_listener), ("udp", udp_socket)])
def test_or_free_takes_a_free_port_when_it_is_taken(serve, scheme, make):
    with make() as holder:
        taken = holder.getsockname()[1]
        server = serve("echo", f"{scheme}://127.0.0.1:{taken},or-free")
        assert server.port() not in (0, taken)


def test_an_address_of_nobody_here(zocalo):
    refuse(zocalo, "echo", "tcp://192.0.2.1:0", status=1, hint="interface",
           says="listen tcp://192.0.2.1:0: bind 192.0.2.1:0: Cannot assign requested address")


def test_a_privileged_port(zocalo):
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
        first = int(file.read())
    if first < 2:
        pytest.skip("every port is unprivileged here (net.ipv4.ip_unprivileged_port_start)")
    refuse(zocalo, "echo", f"tcp://127.0.0.1:{first - 1}", says=f"listen tcp://127.0.0.1:{first - 1}: bind ",
           hint="CAP_NET_BIND_SERVICE", wrap=without_capability("net_bind_service"))


def test_one_place_that_cannot_be_had_stops_all(zocalo, folder):
    with tcp_listener() as holder:
        taken = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
        refuse(zocalo, "echo", f"unix:{folder}/a", taken, status=1, hint="or-free", says=f"listen {taken}")
    assert not (folder / "a").exists()


def test_a_restart_at_once_under_traffic(serve):
    first = serve("echo", "tcp://127.0.0.1:0")
    clients = [first.connect() for _ in range(5)]
    for client in clients:
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"
    assert first.stop() == 0  # it closed first: its side of the connections stays in TIME_WAIT
    second = serve("echo", f"tcp://127.0.0.1:{first.port()}")
    assert echoes(second.connect())
    for client in clients:
        client.close()


def test_closed_output_does_not_stop_it(zocalo, folder):
    server = zocalo("serve", "echo", f"unix:{folder}/a", wrap=["sh", "-c", 'exec "$0" "$@" >&-'])
    connect_when_it_listens(folder / "a", server)
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_an_output_that_nobody_reads_does_not_stop_it(zocalo, folder):
    reader, writer = os.pipe()
    os.close(reader)
    server = zocalo("serve", "--log=json", "echo", f"unix:{folder}/a", stdout=writer)
    os.close(writer)
    connect_when_it_listens(folder / "a", server)
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def connect_when_it_listens(path, server):
    """It cannot say that it listens: only the file of its socket shows it."""
    while not path.exists():
        assert server.process.poll() is None, server.err.all()
        os.sched_yield()
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(45)
        try:
            client.connect(str(path))
            break
        except ConnectionRefusedError:  # bound, and not yet listening
            client.close()
    assert echoes(client)
