"""`zocalo serve` on Unix sockets: their files."""

import os
import signal
import socket
import stat

import pytest
from programs import read_exactly
from test_serve_listening import echoes, refuse, without_capability


def stale_socket(path, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as stale:
        stale.bind(str(path))


def test_the_file_goes_with_the_server(serve, folder):
    server = serve("echo", f"unix:{folder}/a")
    assert stat.S_ISSOCK((folder / "a").stat().st_mode)
    assert echoes(server.connect())
    assert server.stop() == 0
    assert not (folder / "a").exists()


def test_a_stale_file_is_replaced(serve, folder):
    stale_socket(folder / "a")
    assert echoes(serve("echo", f"unix:{folder}/a").connect())


def test_what_a_killed_server_leaves_is_replaced(serve, folder):
    first = serve("echo", f"unix:{folder}/a")
    first.signal(signal.SIGKILL)
    first.wait()
    assert (folder / "a").exists()
    assert echoes(serve("echo", f"unix:{folder}/a").connect())


def test_a_live_one_is_refused_and_left_alone(serve, zocalo, folder):
    first = serve("echo", f"unix:{folder}/a")
    refuse(zocalo, "echo", f"unix:{folder}/a", status=1, hint="or-free",
           says=f"listen unix:{folder}/a: bind {folder}/a: Address already in use")
    assert echoes(first.connect())


def test_a_file_that_is_no_socket_is_left_alone(zocalo, folder):
    (folder / "a").write_text("precious")
    refuse(zocalo, "echo", f"unix:{folder}/a", status=1, hint="or-free", says=f"listen unix:{folder}/a: bind")
    assert (folder / "a").read_text() == "precious"


def test_or_free_takes_a_free_path(serve, folder):
    first = serve("echo", f"unix:{folder}/a")
    second = serve("echo", f"unix:{folder}/a,or-free")
    assert second.endpoints == [f"unix:{folder}/a.1"]
    assert echoes(first.connect()) and echoes(second.connect())
    assert second.stop() == 0
    assert sorted(os.listdir(folder)) == ["a"]


@pytest.mark.parametrize("mode", ["0660", "0600", "0777"])
def test_the_mode_is_what_was_asked_for(serve, folder, mode):
    serve("echo", f"unix:{folder}/a,mode={mode}", wrap=["sh", "-c", 'umask 027; exec "$0" "$@"'])
    assert stat.S_IMODE((folder / "a").stat().st_mode) == int(mode, 8)


def test_a_folder_without_rights(zocalo, folder):
    folder.chmod(0o555)
    refuse(zocalo, "echo", f"unix:{folder}/a", says=f"listen unix:{folder}/a: bind {folder}/a: Permission denied",
           hint="the right to them", wrap=without_capability("dac_override"))


def test_a_folder_that_is_not_there(zocalo, folder):
    refuse(zocalo, "echo", f"unix:{folder}/none/a",
           says=f"listen unix:{folder}/none/a: bind {folder}/none/a: No such file or directory")


def test_an_abstract_name_has_no_file(serve, folder):
    name = f"zoc-{os.getpid()}-{folder.name}"
    server = serve("echo", f"unix:@{name}")
    assert server.endpoints == [f"unix:@{name}"]
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(45)
        client.connect(b"\0" + name.encode())
        client.sendall(b"hola")
        assert read_exactly(client, 4) == b"hola"


def test_datagrams(serve, folder):
    serve("echo", f"unix:{folder}/a,type=dgram")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.settimeout(45)
        client.bind(str(folder / "client"))
        client.sendto(b"hola", str(folder / "a"))
        assert client.recv(100) == b"hola"


def test_a_stale_file_of_datagrams_is_replaced(serve, folder):
    stale_socket(folder / "a", socket.SOCK_DGRAM)
    serve("echo", f"unix:{folder}/a,type=dgram")


def test_packets_keep_their_boundaries(serve, folder):
    serve("echo", f"unix:{folder}/a,type=seqpacket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.settimeout(45)
        client.connect(str(folder / "a"))
        client.send(b"one")
        client.send(b"two")
        assert (client.recv(100), client.recv(100)) == (b"one", b"two")
