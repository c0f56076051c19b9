"""`zocalo serve` on a terminal: the square as a table, and its commands."""

import os
import pathlib
import pty
import re
import shlex
import signal
import subprocess

import pytest
from programs import Output, Program, tcp_listener, zocalo_path

SQUARE = pathlib.Path(__file__).parents[2] / "data" / "square.conf"


class Square(Program):
    """A server on a terminal of its own."""

    def __init__(self, *command, **how):
        self.master, slave = pty.openpty()
        super().__init__(*command, stdin=slave, stdout=slave, **how)
        os.close(slave)
        self.out = Output(self.master)

    def kill(self):
        """In order: the sockets of the square of `make run` lie in a folder of everybody."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.wait()
        super().kill()

    def wait_table(self):
        self.out.match("Ctrl-C ends it all.*\\s+echo hola .*\\s+\\S.*\\n")  # the two things to try are its last lines
        return re.sub("\033\\[[0-9]*m", "", self.out.text()).replace("\r\n", "\n")


@pytest.fixture
def square(start):
    def open_square(*arguments, program=None, **how):
        return start(program or zocalo_path(), "serve", *arguments, kind=Square, **how)

    return open_square


def rows(table):
    """Of each service: its endpoint, and the command to try it."""
    return re.findall(r"^echo\s+(\S+)\s+(\S.*)$", table, re.MULTILINE)


def run(command, text=b"hola\n", **how):
    return subprocess.run(["sh", "-c", command], input=text, capture_output=True, timeout=45, check=True, **how).stdout


def test_the_square_of_make_run(square):
    table = square("-c", SQUARE).wait_table()
    assert re.search(r"service +listens at +type this to try it", table)
    endpoints = [endpoint for endpoint, _ in rows(table)]
    assert [endpoint.split(":")[0] for endpoint in endpoints] == ["tcp", "udp", "tls", "unix"]
    assert "try first" in table


def test_commands_work_as_they_are_printed(square, folder):
    table = square("echo", "tcp://127.0.0.1:0", "udp://127.0.0.1:0", "tcp://:0", "tls://127.0.0.1:0", f"unix:{folder}/a").wait_table()
    commands = [command for _, command in rows(table)]
    assert len(commands) == 5
    for command in commands:
        assert run(command) == b"hola\n", command
    assert run(re.search(r"^  (echo hola \| .*)$", table, re.MULTILINE)[1]) == b"hola\n"


def test_commands_are_as_short_as_they_can_be(square):
    [(endpoint, command)] = rows(square("echo", "tcp://127.0.0.1:0").wait_table())
    port = endpoint.rsplit(":", 1)[1]
    assert command == f"{shlex.quote(zocalo_path())} connect :{port}"


def test_the_command_for_tls_says_what_the_certificate_is_known_by(square):
    [(endpoint, command)] = rows(square("echo", "tls://127.0.0.1:0").wait_table())
    port = endpoint.rsplit(":", 1)[1]
    assert re.fullmatch(rf"{re.escape(shlex.quote(zocalo_path()))} connect tls://:{port},pin=sha256:[0-9a-f]{{64}}", command)


def test_the_program_is_shown_as_it_was_called(square, folder):
    (folder / "bin").mkdir()
    os.symlink(zocalo_path(), folder / "bin" / "zo")
    table = square("echo", "tcp://127.0.0.1:0", program="bin/zo", cwd=folder).wait_table()
    [(_, command)] = rows(table)
    assert command.startswith("bin/zo connect :")
    assert run(command, cwd=folder) == b"hola\n"


def test_a_port_that_is_taken_is_moved_and_its_holder_named(square):
    with tcp_listener() as holder:
        port = holder.getsockname()[1]
        table = square("echo", f"tcp://127.0.0.1:{port},or-free").wait_table()
    [(endpoint, command)] = rows(table)
    name = pathlib.Path("/proc/self/comm").read_text(encoding="utf-8").strip()
    assert endpoint != f"tcp://127.0.0.1:{port}"
    assert f"moved: :{port} is held by {name} (pid {os.getpid()})" in table
    assert run(command) == b"hola\n"


def test_a_path_that_is_taken_is_moved_and_its_holder_named(square, serve, folder):
    holder = serve("echo", f"unix:{folder}/a")
    table = square("echo", f"unix:{folder}/a,or-free").wait_table()
    assert [endpoint for endpoint, _ in rows(table)] == [f"unix:{folder}/a.1"]
    assert f"moved: unix:{folder}/a is held by zocalo (pid {holder.pid})" in table


def shown(server, last):
    """The lines of the table, once that line has come."""
    server.out.match(last)
    return re.sub("\033\\[[0-9]*m", "", server.out.text()).replace("\r\n", "\n").splitlines()


def test_a_path_with_spaces_and_quotes_can_be_typed(square, folder):
    table = square(f'echo "unix:{folder}/two words" "unix:{folder}/it\'s $HOME"').wait_table()
    commands = re.findall(r" (\S+ connect unix:.*|\S+ connect '.*)$", table, re.MULTILINE)[:2]
    assert len(commands) == 2
    for command in commands:
        assert run(command) == b"hola\n", command


def test_what_takes_only_datagrams_is_tried_with_its_own_command(square):
    lines = shown(square("time", "udp://127.0.0.1:0"), r"Ctrl-C ends it all.*\s+echo .*\n")
    command = lines[1].split(None, 2)[2]
    assert lines[-1] == f"  {command}"
    assert lines[-2].endswith("ends it all):") and lines[-1].count("echo ") == 1
    assert run(lines[-1], text=b"")


def test_connections_are_tried_first(square):
    lines = shown(square("time udp://127.0.0.1:0", "echo tcp://127.0.0.1:0"), r"echo hola .*\s+\S.*\n")
    assert lines[-2] == f"  echo hola | {lines[2].split(None, 2)[2]}"
    assert lines[-1] == f"  {lines[1].split(None, 2)[2]}"


def test_columns_are_counted_in_characters(square, folder):
    lines = shown(square(f"echo unix:{folder}/aaaa unix:{folder}/ñaña"), r"echo hola .*\s+\S.*\n")
    assert lines[1].index(zocalo_path()) == lines[2].index(zocalo_path()) == lines[0].index("type this")


def test_two_squares_stand_side_by_side(square):
    for _ in range(2):
        table = square("-c", SQUARE).wait_table()
    for _, command in rows(table):
        assert run(command).endswith(b"hola\n"), command  # one of them puts a stamp before it


def test_colours_on_a_terminal_alone(square, serve):
    on_a_terminal = square("echo", "tcp://127.0.0.1:0")
    on_a_terminal.wait_table()
    assert "\033[1m" in on_a_terminal.out.text()
    server = serve("echo", "tcp://127.0.0.1:0")
    assert "\033[" not in server.out.text()


@pytest.mark.parametrize("options, env", [([], {"NO_COLOR": "1"}), (["--no-color"], {})])
def test_no_colours_when_they_are_not_wanted(square, options, env):
    server = square(*options, "echo", "tcp://127.0.0.1:0", env=env)
    server.wait_table()
    assert "\033" not in server.out.text()


def test_it_ends_like_others(square):
    server = square("echo", "tcp://127.0.0.1:0")
    server.wait_table()
    server.signal(signal.SIGINT)
    assert server.wait() == 0
