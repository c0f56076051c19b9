"""`zocalo connect`: standard output in all its forms, forms of arguments, -v and listen:."""

import os
import re
import socket
import subprocess

from programs import free_port, pattern, read_all, tcp_listener


def endpoint(server):
    return f"tcp://127.0.0.1:{server.port()}"


def test_a_file(zocalo, echo, folder):
    with open(folder / "output", "wb") as file:
        client = zocalo("connect", endpoint(echo), stdout=file)
        client.feed(pattern(1_000_000))
        assert client.wait() == 0
    assert (folder / "output").read_bytes() == pattern(1_000_000)


def test_a_file_is_appended_to_when_the_shell_says_so(zocalo, echo, folder):
    (folder / "output").write_bytes(b"before\n")
    with open(folder / "output", "ab") as file:
        client = zocalo("connect", endpoint(echo), stdout=file)
        client.say(b"after\n")
        assert client.wait() == 0
    assert (folder / "output").read_bytes() == b"before\nafter\n"


def test_a_reader_that_goes_is_a_quiet_end(zocalo):
    with tcp_listener() as listener:
        reader, writer = os.pipe()
        client = zocalo("connect", f"tcp://127.0.0.1:{listener.getsockname()[1]}", stdout=writer)
        os.close(writer)
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"first")
            assert os.read(reader, 100) == b"first"
            os.close(reader)
            peer.sendall(b"nobody reads this")
            assert client.wait() == 0
            assert client.err.all() == b""


def test_closed_output(zocalo, echo):
    client = zocalo("connect", endpoint(echo), wrap=["sh", "-c", 'exec "$0" "$@" >&-'])
    client.say(b"hola")
    status, _, err = client.finish()
    assert (status, err) == (0, "")
    assert echo.ended()[0]["bytes_in"] == 4


def test_a_full_disk_is_said(zocalo, echo):
    with open("/dev/full", "wb") as full:
        client = zocalo("connect", endpoint(echo), stdout=full)
        client.say(b"hola")
        status, _, err = client.finish()
    assert (status, err) == (2, "zocalo connect: standard output: No space left on device\n")


def test_host_and_port_are_two_arguments(zocalo, echo):
    client = zocalo("connect", "127.0.0.1", echo.port())
    client.say(b"hola")
    assert client.finish() == (0, b"hola", "")


def test_a_port_alone_is_this_machine(zocalo, serve):
    server = serve("echo", "tcp://127.0.0.1:0")
    client = zocalo("connect", f":{server.port()}")
    client.say(b"hola")
    assert client.finish() == (0, b"hola", "")


def test_verbose_tells_every_step(zocalo, echo):
    client = zocalo("connect", "-v", endpoint(echo))
    client.say(b"hola")
    status, out, err = client.finish()
    assert (status, out) == (0, b"hola")
    where = f"127\\.0\\.0\\.1:{echo.port()}"
    steps = [f"connecting to {where}", rf"connected to {where} from 127\.0\.0\.1:\d+ in [\d.]+[mnu]?s",
             "sent 4 bytes", "we send no more", "received 4 bytes", "the peer sends no more", "closed"]
    for step in steps:
        assert re.search(f"^{step}$", err, re.MULTILINE), (step, err)


def test_verbose_tells_what_failed(zocalo):
    port = free_port()
    client = zocalo("connect", "-v", f"tcp://127.0.0.1:{port}")
    _, _, err = client.finish()
    assert re.search(f"^no connection to 127.0.0.1:{port} after .*: Connection refused$", err, re.MULTILINE), err


def test_listen_waits_for_the_first_who_comes(zocalo):
    client = zocalo("connect", "-v", "listen:tcp://127.0.0.1:0")
    port = int(client.err.match(r"listening at 127\.0\.0\.1:(\d+)\n")[1])
    with socket.create_connection(("127.0.0.1", port), timeout=45) as peer:
        peer.sendall(b"from the peer")
        client.out.match("from the peer")
        client.say(b"from us")
        assert read_all(peer) == b"from us"
    assert client.wait() == 0


def test_listen_on_a_unix_socket_leaves_no_file(zocalo, folder):
    client = zocalo("connect", "-v", f"listen:unix:{folder}/meet")
    client.err.match("listening at")
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(45)
        peer.connect(str(folder / "meet"))
        client.say(b"hola")
        assert read_all(peer) == b"hola"
    assert client.wait() == 0
    assert not (folder / "meet").exists()


def test_help_and_version_go_to_standard_output(zocalo):
    for arguments in (["--help"], ["help"], ["help", "connect"], ["connect", "--help"], ["serve", "-h"], ["--version"]):
        program = zocalo(*arguments, stdin=subprocess.DEVNULL)
        status, out, err = program.finish()
        assert (status, err) == (0, "") and b"zocalo" in out, arguments
