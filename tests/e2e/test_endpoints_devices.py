"""`zocalo connect` at terminals, serial devices, and pseudo terminals that it makes."""

import contextlib
import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import termios

import pytest
from programs import PATIENCE, need, pattern, read_exactly, tcp_listener, zocalo_path

BYTES = bytes(range(256))


class Line:
    """A pseudo terminal: a test has the near side and the settings, a program opens the far side by its path."""

    def __init__(self):
        self.near, self.far = pty.openpty()
        self.path = os.ttyname(self.far)
        self.before = self.settings()

    def settings(self):
        return termios.tcgetattr(self.far)

    def is_raw(self):
        iflag, oflag, _, lflag, *_ = self.settings()
        return not (iflag & termios.ICRNL or oflag & termios.OPOST or
                    lflag & (termios.ICANON | termios.ECHO | termios.ISIG))

    def write(self, data):
        os.write(self.near, data)

    def read(self, size):
        return read_fd(self.near, size)

    def hang_up(self):
        os.close(self.near)
        self.near = -1

    def close(self):
        for fd in (self.near, self.far):
            if fd >= 0:
                os.close(fd)


def read_fd(fd, size):
    """So many bytes of a terminal."""
    data = b""
    while len(data) < size:
        assert select.select([fd], [], [], PATIENCE)[0], f"only {data} came"
        chunk = os.read(fd, size - len(data))
        assert chunk, f"an end after {data}"
        data += chunk
    return data


def is_silent(fd):
    return not select.select([fd], [], [], 0)[0]


@pytest.fixture
def line():
    made = Line()
    yield made
    made.close()


@pytest.fixture
def com(folder):
    """The path of a pseudo terminal's link, which is not there yet."""
    return folder / "com1"


def opened(program):
    """Waits until a program with -v has said that its endpoint is open."""
    program.err.match("^opened")
    return program


def cannot(zocalo, *arguments, status, says):
    assert zocalo("connect", *arguments).finish() == (status, b"", f"zocalo connect: {says}\n")


# --- terminals and serial devices ------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ["{}", "file:{}", "file:{},dir=both,raw"])
def test_every_byte_passes_as_it_is_both_ways(zocalo, line, endpoint):
    program = opened(zocalo("connect", "-v", endpoint.format(line.path)))
    assert line.is_raw()
    program.write(BYTES)
    assert line.read(len(BYTES)) == BYTES
    line.write(BYTES)
    assert program.out.holds(len(BYTES)) == BYTES
    assert is_silent(line.near)  # no echo
    line.hang_up()
    assert program.finish()[:2] == (0, BYTES)


@pytest.mark.parametrize("linger", [[], ["--linger=300ms"]])
def test_after_the_end_of_input_answers_come_until_the_line_is_silent(zocalo, line, linger):
    program = zocalo("connect", *linger, line.path)
    program.say(b"ATI\r")
    assert line.read(4) == b"ATI\r"
    line.write(b"OK\r\n")
    assert program.finish() == (0, b"OK\r\n", "")
    assert line.settings() == line.before


def test_who_has_no_input_monitors_a_line(zocalo, line):
    program = opened(zocalo("connect", "-v", f"{line.path},dir=in,raw", stdin=subprocess.DEVNULL))
    for word in (b"one\r", b"two\r"):
        line.write(word)
        program.out.match(word.decode())
    line.hang_up()
    assert program.finish()[:2] == (0, b"one\rtwo\r")


def test_much_goes_both_ways_at_once(zocalo, line):
    program = opened(zocalo("connect", "-v", line.path))
    data = pattern(300_000)
    program.feed(data, end=False)
    came, rest = b"", memoryview(data)
    os.set_blocking(line.near, False)
    while len(came) < len(data) or rest:
        readable, writable, _ = select.select([line.near], [line.near] if rest else [], [], PATIENCE)
        assert readable or writable
        if readable:
            came += os.read(line.near, 1 << 16)
        if writable:
            rest = rest[os.write(line.near, rest[:1000]):]
    assert came == data
    assert program.out.holds(len(data)) == data


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_its_settings_come_back_when_a_signal_ends_it(zocalo, line, number):
    program = opened(zocalo("connect", "-v", f"{line.path},speed=115200"))
    assert line.is_raw()
    program.signal(number)
    assert program.wait() == -number
    assert line.settings() == line.before


def test_its_settings_come_back_when_standard_output_breaks(zocalo, line):
    reader, writer = os.pipe()
    program = opened(zocalo("connect", "-v", line.path, stdout=writer))
    os.close(writer)
    os.close(reader)
    assert line.is_raw()
    line.write(b"nobody reads this")
    assert program.wait() == 0
    assert line.settings() == line.before


def test_stty_shows_the_speed(zocalo, line):
    program = opened(zocalo("connect", "-v", f"file:{line.path},speed=115200"))
    said = subprocess.run([need("stty"), "-F", line.path], capture_output=True, text=True, check=True).stdout
    assert said.startswith("speed 115200 baud;")
    assert re.search("-icanon.* -echo", said, re.DOTALL)
    program.signal(signal.SIGTERM)
    program.wait()
    assert line.settings() == line.before


def test_what_stty_had_set_stays_with_cooked(zocalo, line):
    subprocess.run([need("stty"), "-F", line.path, "-opost", "-echoe"], check=True)
    before = line.settings()
    program = opened(zocalo("connect", "-v", f"{line.path},cooked"))
    assert line.settings() == before
    line.write(b"a line\r")
    program.out.match("^a line$")


def test_one_direction_leaves_a_terminal_as_it_is(zocalo, line):
    program = zocalo("connect", f"file:{line.path},dir=out")
    program.say(b"to everybody\n")
    assert line.read(14) == b"to everybody\r\n"
    assert program.finish() == (0, b"", "")
    assert line.settings() == line.before


def test_it_never_becomes_our_terminal(zocalo, line):
    """A program that leads a session and has no terminal would get the first that it opens."""
    program = opened(zocalo("connect", "-v", line.path))
    with open(f"/proc/{program.pid}/stat", encoding="ascii") as status:
        assert status.read().rsplit(")", 1)[1].split()[4] == "0"  # tty_nr (proc(5))
    line.write(b"\x03")
    program.out.match("\x03")
    assert program.process.poll() is None


def test_minicom_s_place_is_taken_by_socat_on_the_other_side(zocalo, start, folder):
    """socat makes the pair of devices; zocalo opens one, socat's stdio is at the other."""
    socat = start(need("socat"), f"PTY,link={folder}/tty,rawer,wait-slave", "-")
    wait_for(folder / "tty", socat)
    program = opened(zocalo("connect", "-v", str(folder / "tty")))
    program.write(b"from zocalo\n")
    socat.out.match("^from zocalo$")
    socat.say(b"from socat\n")
    assert program.finish()[:2] == (0, b"from socat\n")


def wait_for(path, program):
    while not os.path.lexists(path):
        assert program.process.poll() is None, program.err.text()


def test_another_device_goes_both_ways_when_asked_to(zocalo):
    program = zocalo("connect", "/dev/null,dir=both")
    with contextlib.suppress(BrokenPipeError):  # it is read to its end at once, and that may be the end
        program.say(b"gone\n")
    assert program.finish() == (0, b"", "")


def test_what_is_no_terminal_is_said(zocalo, folder):
    file = folder / "file"
    file.write_bytes(b"kept")
    for options in (",dir=out,raw", ",speed=9600"):
        cannot(zocalo, f"file:{file}{options}", status=2,
               says=f"dial file:{file}{options}: '{file}' is no terminal, which 'raw', 'cooked' and 'speed=' are for")
    cannot(zocalo, f"file:{file},dir=both", status=2,
           says=f"dial file:{file},dir=both: '{file}' is no device: 'dir=in' reads it, and 'dir=out' writes it")
    cannot(zocalo, f"fifo:{file},dir=both", status=2,
           says=f"dial fifo:{file},dir=both: a named pipe has one direction: 'dir=in' or 'dir=out'")
    assert file.read_bytes() == b"kept"


def test_a_wrong_speed_lists_the_known_ones(zocalo, line):
    status, _, said = zocalo("connect", f"{line.path},speed=115201").finish()
    assert status == 2
    assert "unknown speed '115201' (known: 50, 75, 110," in said
    assert said.endswith("3500000, 4000000)\n")


# --- pseudo terminals ------------------------------------------------------------------------------


def test_python_opens_what_was_made(zocalo, com):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    assert stat.S_ISCHR(com.stat().st_mode)
    user = os.open(com, os.O_RDWR | os.O_NOCTTY)
    program.write(BYTES)
    assert read_fd(user, len(BYTES)) == BYTES
    os.write(user, BYTES)
    assert program.out.holds(len(BYTES)) == BYTES
    assert is_silent(user)
    os.close(user)
    assert program.finish()[:2] == (0, BYTES)
    assert not os.path.lexists(com)


def test_socat_opens_what_was_made(zocalo, start, com):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    socat = start(need("socat"), "-", f"FILE:{com},rawer")
    socat.write(b"from socat\n")
    program.out.match("^from socat$")
    program.write(b"from zocalo\n")
    socat.out.match("^from zocalo$")
    socat.end_input()
    assert program.finish()[:2] == (0, b"from socat\n")


def test_stty_may_come_and_go_before_its_user(zocalo, com):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    for _ in range(2):
        subprocess.run([need("stty"), "-F", com, "19200"], check=True)
    said = subprocess.run([need("stty"), "-F", com], capture_output=True, text=True, check=True).stdout
    assert said.startswith("speed 19200 baud;")
    user = os.open(com, os.O_RDWR | os.O_NOCTTY)
    os.write(user, b"here")
    program.out.match("here")
    assert program.process.poll() is None
    os.close(user)
    assert program.wait() == 0


def test_what_was_sent_is_read_before_the_end(zocalo, com):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    user = os.open(com, os.O_RDWR | os.O_NOCTTY)
    program.write(b"x" * 5000)
    assert read_fd(user, 1) == b"x"
    program.signal(signal.SIGTERM)
    assert read_fd(user, 4999) == b"x" * 4999
    assert program.wait() == -signal.SIGTERM
    assert os.read(user, 1) == b""
    os.close(user)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_its_link_goes_when_a_signal_ends_it(zocalo, com, number):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    program.signal(number)
    assert program.wait() == -number
    assert not os.path.lexists(com)


def test_a_link_that_somebody_replaced_stays(zocalo, com):
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    com.unlink()
    com.symlink_to("/dev/null")
    program.signal(signal.SIGTERM)
    program.wait()
    assert os.readlink(com) == "/dev/null"


def test_the_link_of_one_that_was_killed_is_replaced(zocalo, com):
    killed = opened(zocalo("connect", "-v", f"pty:{com}"))
    killed.signal(signal.SIGKILL)
    killed.wait()
    assert os.path.lexists(com)
    program = opened(zocalo("connect", "-v", f"pty:{com}"))
    user = os.open(com, os.O_RDWR | os.O_NOCTTY)
    os.write(user, b"again")
    os.close(user)
    assert program.finish()[:2] == (0, b"again")
    assert not os.path.lexists(com)


def test_two_at_one_place_are_refused(zocalo, com):
    opened(zocalo("connect", "-v", f"pty:{com}"))
    cannot(zocalo, f"pty:{com}", status=2,
           says=f"dial pty:{com}: '{com}' exists, and is no link to a terminal that has ended")
    assert stat.S_ISCHR(com.stat().st_mode)


def test_its_mode_is_what_was_asked_for(zocalo, com):
    opened(zocalo("connect", "-v", f"pty:{com},mode=0666"))
    assert stat.S_IMODE(com.stat().st_mode) == 0o666


# --- joined with sockets ---------------------------------------------------------------------------


def test_a_serial_program_talks_to_a_server(start, com):
    """As a relay does: socat has the connection, zocalo the terminal."""
    listener = tcp_listener()
    relay = start(need("socat"), f"TCP:127.0.0.1:{listener.getsockname()[1]}",
                  f"EXEC:{zocalo_path()} connect pty\\:{com}")
    server, _ = listener.accept()
    server.settimeout(PATIENCE)
    wait_for(com, relay)
    user = os.open(com, os.O_RDWR | os.O_NOCTTY)
    os.write(user, BYTES)
    assert read_exactly(server, len(BYTES)) == BYTES
    server.sendall(BYTES)
    assert read_fd(user, len(BYTES)) == BYTES
    os.close(user)
    assert server.recv(1) == b""
    server.close()
    listener.close()
    assert relay.wait() == 0
    assert not os.path.lexists(com)


def test_a_device_is_joined_with_a_program(zocalo, line):
    program = zocalo("connect", f"exec:{zocalo_path()} connect {line.path}")
    program.write(b"ping\r")
    assert line.read(5) == b"ping\r"
    line.write(b"pong\r")
    program.out.match("pong")
    line.hang_up()
    assert program.finish() == (0, b"pong\r", "")


def test_two_terminals_are_a_null_modem(start, folder):
    """One is made, the other opened, each by its own program, with a socket between."""
    ours, theirs = socket.socketpair()
    one = start(zocalo_path(), "connect", f"pty:{folder}/a", stdin=ours, stdout=ours)
    other = start(zocalo_path(), "connect", f"pty:{folder}/b", stdin=theirs, stdout=theirs)
    for end in (ours, theirs):
        end.close()
    wait_for(folder / "a", one)
    wait_for(folder / "b", other)
    users = [os.open(folder / name, os.O_RDWR | os.O_NOCTTY) for name in "ab"]
    os.write(users[0], b"to b")
    assert read_fd(users[1], 4) == b"to b"
    os.write(users[1], b"to a")
    assert read_fd(users[0], 4) == b"to a"
    for user in users:
        os.close(user)
    assert (one.wait(), other.wait()) == (0, 0)
