"""`zocalo connect --telnet`: the protocol, byte by byte against a scripted server, and a login through a real one."""

import fcntl
import os
import pty
import re
import shutil
import socket
import struct
import subprocess
import termios
import threading

import pytest
from programs import Output, need, pattern, read_all, read_exactly, tcp_listener, zocalo_path

IAC, DONT, DO, WONT, WILL, SB, SE = (bytes([code]) for code in (255, 254, 253, 252, 251, 250, 240))
BINARY, ECHO, SGA, TTYPE, LINEMODE, NEW_ENVIRON, COMPRESS2 = (bytes([code]) for code in (0, 1, 3, 24, 34, 39, 86))

OPENING = IAC + DO + SGA + IAC + WILL + TTYPE  # what the client says first; at a terminal it offers its size too


class Scripted:
    """A client in a pipe, and the server's end of its connection."""

    def __init__(self, zocalo, *options, terminal_type="vt220"):
        with tcp_listener() as listener:
            port = listener.getsockname()[1]
            self.client = zocalo("connect", "--telnet", *options, "127.0.0.1", port, env={"TERM": terminal_type})
            self.peer, _ = listener.accept()
        self.peer.settimeout(45)

    def says(self, *commands):
        """Waits for exactly these bytes."""
        wanted = b"".join(commands)
        assert read_exactly(self.peer, len(wanted)) == wanted

    def hears(self, *commands):
        self.peer.sendall(b"".join(commands))

    def hears_much(self, data):
        """From a thread, for what does not fit into a socket."""
        sender = threading.Thread(target=self.peer.sendall, args=[data])
        sender.start()
        return sender

    def hears_the_end(self, sender):
        sender.join()
        self.peer.shutdown(socket.SHUT_WR)


@pytest.fixture
def scripted(zocalo):
    made = []

    def make(*options, **how):
        made.append(Scripted(zocalo, *options, **how))
        return made[-1]

    yield make
    for one in made:
        one.peer.close()


# --- bytes ----------------------------------------------------------------------------------------


def test_options_are_negotiated(scripted):
    line = scripted()
    line.says(OPENING)
    line.hears(IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DO, LINEMODE, IAC, WILL, COMPRESS2, IAC, DO, NEW_ENVIRON)
    line.says(IAC, DO, ECHO, IAC, WONT, LINEMODE, IAC, DONT, COMPRESS2, IAC, WONT, NEW_ENVIRON)
    line.hears(IAC, DO, TTYPE, IAC, SB, TTYPE, b"\x01", IAC, SE)
    line.says(IAC, SB, TTYPE, b"\x00vt220", IAC, SE)
    line.hears(IAC, WILL, ECHO, b"text")
    line.peer.close()
    assert line.client.finish()[:2] == (0, b"text")


def test_a_terminal_without_a_type_is_unknown(scripted):
    line = scripted(terminal_type="")
    line.says(OPENING)
    line.hears(IAC, DO, TTYPE, IAC, SB, TTYPE, b"\x01", IAC, SE)
    line.says(IAC, SB, TTYPE, b"\x00UNKNOWN", IAC, SE)


def test_lines_end_as_telnet_wants_it(scripted):
    line = scripted()
    line.says(OPENING)
    line.client.say(b"one\ntwo\r\nthree\rfour\xff\n")
    line.says(b"one\r\ntwo\r\nthree\r\x00four\xff\xff\r\n")
    line.hears(b"a\r\x00b\r\nc\xff\xff\x00")
    line.peer.close()
    assert line.client.finish()[:2] == (0, b"a\rb\r\nc\xff\x00")


def test_in_binary_every_byte_is_itself(scripted):
    line = scripted()
    data = pattern(300000)
    line.says(OPENING)
    line.hears(IAC, DO, BINARY, IAC, WILL, BINARY, b"ready")
    line.says(IAC, WILL, BINARY, IAC, DO, BINARY)
    line.client.out.match("ready")
    sender = line.hears_much(data.replace(IAC, IAC + IAC))
    line.client.feed(data, end=False)
    line.says(data.replace(IAC, IAC + IAC))
    line.hears_the_end(sender)
    assert line.client.finish()[:2] == (0, b"ready" + data)


def test_commands_may_come_in_pieces(scripted):
    line = scripted()
    line.says(OPENING)
    for byte in b"a" + IAC + DO + TTYPE + b"b\r\x00" + IAC + IAC + IAC + SB + TTYPE + b"\x01" + IAC + SE + b"c":
        line.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.hears(bytes([byte]))
    line.says(IAC, SB, TTYPE, b"\x00vt220", IAC, SE)
    line.peer.close()
    assert line.client.finish()[:2] == (0, b"ab\r\xffc")


@pytest.mark.parametrize("end", [IAC, IAC + DO, IAC + SB, IAC + SB + TTYPE + b"\x01" + IAC])
def test_an_end_in_the_middle_of_a_command_is_an_end(scripted, end):
    line = scripted()
    line.says(OPENING)
    line.hears(b"text", end)
    line.peer.close()
    assert line.client.finish()[:2] == (0, b"text")


def test_a_half_close_passes(scripted):
    line = scripted()
    line.client.say(b"all\n")
    assert read_all(line.peer) == OPENING + b"all\r\n"
    line.hears(b"the ", IAC, WILL, ECHO, b"answer")
    line.peer.close()
    assert line.client.finish()[:2] == (0, b"the answer")


# --- hostile peers --------------------------------------------------------------------------------


def storm():
    """A request for every option that there is."""
    return b"".join(IAC + verb + bytes([option]) for option in range(256) for verb in (DO, WILL, DONT, WONT))


def test_a_storm_is_answered_to_who_reads(scripted):
    line = scripted()
    line.says(OPENING)
    sender = line.hears_much(storm() * 20 + b"over")
    # An answer to each DO and WILL; to DONT and WONT for the three options on either side that were agreed on, and none
    # where the client had asked itself.
    answers = 20 * (256 + 256 + 3 + 3) - 2
    read_exactly(line.peer, 3 * answers)
    line.hears_the_end(sender)
    assert read_all(line.peer) == b""
    assert line.client.finish()[:2] == (0, b"over")


def test_a_storm_from_who_does_not_read_ends_it(scripted):
    line = scripted()
    line.peer.settimeout(None)
    try:
        while True:
            line.hears(storm())
    except OSError:
        pass
    status, out, err = line.client.finish()
    assert (status, out) == (1, b""), err
    assert "does not read the answers" in err


def test_a_subnegotiation_without_end_ends_it(scripted):
    line = scripted()
    line.hears(b"text", IAC, SB, TTYPE)
    try:
        while True:
            line.hears(b"x" * 65536)
    except OSError:
        pass
    status, out, err = line.client.finish()
    assert (status, out) == (1, b"text"), err
    assert "subnegotiation that is too long" in err


# --- a real server --------------------------------------------------------------------------------


class Terminal:
    """A client at a terminal of its own."""

    def __init__(self, start, *command, columns, rows):
        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        self.program = start(*command, env={"TERM": "vt220"}, stdin=slave, stdout=slave, stderr=slave,
                             preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.out = Output(os.dup(self.master))
        self.seen = 0

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data):
        os.write(self.master, data)

    def close(self):
        self.program.kill()
        os.close(self.master)
        self.out.close()


class Telnetd:
    """inetutils' server, as inetd starts it: the connection is its standard input and output."""

    def __init__(self, *options, wrap=()):
        self.listener = tcp_listener()
        self.port = self.listener.getsockname()[1]
        self.command = [*wrap, need("telnetd"), "-h", *options]

    def accept(self):
        peer, _ = self.listener.accept()
        self.process = subprocess.Popen(self.command, stdin=peer, stdout=peer, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        peer.close()

    def close(self):
        self.listener.close()
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()


LOGIN = """#!/bin/sh
printf 'login: '
read name
printf 'hello %s, %s, %s\\n' "$name" "$TERM" "$(stty size)"
while printf 'ready> ' && read line; do
    case $line in
    size) stty size ;;
    bye) exit 0 ;;
    *) printf 'heard %s\\n' "$line" ;;
    esac
done
"""


@pytest.fixture
def telnetd(folder):
    """telnetd with a login program that needs no user."""
    login = folder / "login"
    login.write_text(LOGIN)
    login.chmod(0o755)
    server = Telnetd("-E", login)
    yield server
    server.close()


def said_after(output, start, wanted):
    """Waits until `wanted` was said after position `start`; returns the position behind it."""
    return output.until(lambda text: re.compile(wanted).search(text, start)).end()


def test_a_login_in_a_pipe(zocalo, telnetd):
    client = zocalo("connect", "--telnet", "127.0.0.1", telnetd.port, env={"TERM": "vt220"})
    telnetd.accept()
    at = said_after(client.out, 0, "login: ")
    client.write(b"eva\n")
    at = said_after(client.out, at, r"hello eva, vt220, .*\r\nready> ")
    client.write(b"four words of text\n")
    at = said_after(client.out, at, r"heard four words of text\r\nready> ")
    client.write(b"bye\n")
    assert client.wait() == 0


def test_a_login_at_a_terminal(start, telnetd):
    terminal = Terminal(start, zocalo_path(), "connect", "--telnet", "127.0.0.1", telnetd.port, columns=99, rows=33)
    telnetd.accept()
    at = said_after(terminal.out, 0, "login: ")
    terminal.write(b"eva\r")
    at = said_after(terminal.out, at, r"hello eva, vt220, 33 99\r\nready> ")
    terminal.write(b"text\r")
    at = said_after(terminal.out, at, r"heard text\r\nready> ")
    terminal.resize(111, 44)
    while "44 111" not in terminal.out.text():  # the size comes on its own way
        terminal.write(b"size\r")
        at = said_after(terminal.out, at, r"\d+ \d+\r\nready> ")
    terminal.write(b"bye\r")
    assert terminal.program.wait() == 0
    terminal.close()


PASSWORD = (  # crypt(3) of 'a pass phrase'
    "$6$zocalo$kJr6qyblsR1F0lLpkvvkquALNcQXxdxQvk.RQWLsiQ.eTrPv0H"
    "RNifA4T35YOXBntvCx9aG.YJUS9/GHNCKhP1")

# Who logged in is written to a file system that goes with the server.
MOUNT = """set -e
mount --bind "$0/passwd" /etc/passwd
mount --bind "$0/shadow" /etc/shadow
mount -t tmpfs none /var/log
mount -t tmpfs none /run
exec "$@"
"""


@pytest.fixture
def account(folder):
    """What to put before a command that sees a user 'zocalo' whose password is 'a pass phrase', as nobody else does."""
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                                                     capture_output=True).returncode != 0:
        pytest.skip("a user for this test alone takes a mount namespace, and the right to mount")
    lines = {"passwd": "zocalo:x:65533:65534::/tmp:/bin/sh\n", "shadow": f"zocalo:{PASSWORD}:19000:0:99999:7:::\n"}
    for name, line in lines.items():
        with open(f"/etc/{name}", encoding="utf-8") as file:
            (folder / name).write_text(file.read() + line)
    (folder / "shadow").chmod(0o600)
    return ["unshare", "-m", "sh", "-c", MOUNT, folder]


def test_a_login_through_login(zocalo, account):
    need("login")
    telnetd = Telnetd(wrap=account)
    client = zocalo("connect", "--telnet", "127.0.0.1", telnetd.port, env={"TERM": "vt220"})
    telnetd.accept()
    at = said_after(client.out, 0, "login: ")
    client.write(b"zocalo\n")
    at = said_after(client.out, at, "Password: ")
    client.write(b"a pass phrase\n")
    at = said_after(client.out, at, r"\$ ")
    client.write(b"id -un; echo $TERM\n")
    at = said_after(client.out, at, r"zocalo\r\nvt220\r\n\$ ")
    client.write(b"exit\n")
    assert client.wait() == 0
    telnetd.close()
