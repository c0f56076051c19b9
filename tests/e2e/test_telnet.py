"""`zocalo telnet`: what it prints beside the real one, its commands, and services by hand."""

import os
import re
import select

import pytest
from programs import PATIENCE, free_port, need, read_all, read_exactly, reset, tcp_listener, zocalo_path
from terminals import AtTerminal

IAC, WILL, DO, BRK, AYT = 255, 251, 253, 243, 246


@pytest.fixture
def listener():
    with tcp_listener() as listening:
        listening.settimeout(PATIENCE)
        yield listening


def accept(listening):
    client, _ = listening.accept()
    client.settimeout(PATIENCE)
    return client


def port_of(listening):
    return str(listening.getsockname()[1])


@pytest.fixture
def real():
    return need("telnet")


def beginning(text):
    """The lines that telnet prints before the conversation."""
    return re.sub(r"Trying \S+\.\.\.\r?\n", "Trying\n", text.split("'^]'.")[0])


def talk(start, listening, *command):
    """A conversation of one line each way, that the server ends; returns how it was and what the server got."""
    program = start(*command, "127.0.0.1", port_of(listening))
    client = accept(listening)
    client.sendall(b"hello\n")
    program.write(b"hola\n")
    got = read_exactly(client, 6)
    client.sendall(b"adios\n")
    client.close()
    return program.finish(), got


def test_it_prints_and_sends_what_telnet_does(start, listener, real):
    ours = talk(start, listener, zocalo_path(), "telnet")
    theirs = talk(start, listener, real)
    assert ours == theirs
    assert ours[1] == b"hola\r\n"
    assert ours[0][1] == b"Trying 127.0.0.1...\nConnected to 127.0.0.1.\nEscape character is '^]'.\nhello\nadios\n"


def test_a_refusal_is_told_as_telnet_does(start, real):
    port = str(free_port())
    ours = start(zocalo_path(), "telnet", "127.0.0.1", port).finish()
    theirs = start(real, "127.0.0.1", port).finish()
    assert ours == theirs == (1, b"Trying 127.0.0.1...\n",
                              "telnet: Unable to connect to remote host: Connection refused\n")


def test_each_address_is_tried(start, listener):
    program = start(zocalo_path(), "telnet", "-4", "localhost", port_of(listener))
    accept(listener).close()
    status, out, err = program.finish()
    assert (status, beginning(out.decode())) == (0, "Trying\nConnected to localhost.\nEscape character is ")
    assert err == "Connection closed by foreign host.\n"


def test_it_is_telnet_when_it_is_called_so(start, listener, folder):
    link = folder / "telnet"
    link.symlink_to(os.path.realpath(zocalo_path()))
    status, out, _ = talk(start, listener, link)[0]
    assert status == 0 and out.startswith(b"Trying 127.0.0.1...\nConnected to 127.0.0.1.\n")


def test_a_reply_after_the_end_of_input_is_not_lost(start, listener):
    program = start(zocalo_path(), "telnet", "127.0.0.1", port_of(listener))
    client = accept(listener)
    program.say(b"QUIT\n")
    assert read_all(client) == b"QUIT\r\n"  # the end of input has come
    client.sendall(b"221 bye\r\n")
    client.close()
    status, out, _ = program.finish()
    assert (status, out.split(b"'^]'.\n")[1]) == (0, b"221 bye\r\n")


def test_a_reset_is_a_failure(start, listener):
    program = start(zocalo_path(), "telnet", "127.0.0.1", port_of(listener))
    client = accept(listener)
    program.write(b"x\n")
    read_exactly(client, 3)
    reset(client)
    status, _, err = program.finish()
    assert (status, err) == (1, "telnet: connection: Connection reset by peer\n")


def test_bytes_255_go_twice(start, listener):
    program = start(zocalo_path(), "telnet", "127.0.0.1", port_of(listener))
    client = accept(listener)
    program.say(b"a\xffb\n")
    assert read_all(client) == b"a\xff\xffb\r\n"
    client.sendall(b"c\xff\xffd\r\n")
    client.close()
    assert program.finish()[1].endswith(b"c\xffd\r\n")


def test_options_are_answered_when_the_server_begins(start, listener):
    program = start(zocalo_path(), "telnet", "127.0.0.1", port_of(listener))
    client = accept(listener)
    client.sendall(bytes([IAC, WILL, 3]) + b"login: ")
    assert read_exactly(client, 3) == bytes([IAC, DO, 3])
    client.close()
    assert program.finish()[1].endswith(b"'^]'.\nlogin: ")


# --- commands ------------------------------------------------------------------------------------


def test_commands_from_a_pipe_and_then_the_conversation(start, listener):
    program = start(zocalo_path(), "telnet")
    program.write(f"status\nopen 127.0.0.1 {port_of(listener)}\nHELO me\n".encode())
    client = accept(listener)
    assert read_exactly(client, 9) == b"HELO me\r\n"
    client.close()
    status, out, _ = program.finish()
    assert status == 0
    assert out.startswith(b"telnet> there is no connection\ntelnet> Trying 127.0.0.1...\nConnected to 127.0.0.1.\n")


def test_the_end_of_commands_is_the_end(start):
    program = start(zocalo_path(), "telnet")
    program.say(b"help\nfrob\nclose\nopen\nopen 127.0.0.1 1\nquit\nstatus\n")
    status, out, err = program.finish()
    assert status == 0
    assert b"ends the connection\n" in out and b"no command, or more than one, begins with 'frob'" in out
    assert b"there is no connection\ntelnet> 'open' needs a host" in out
    assert out.endswith(b"Trying 127.0.0.1...\ntelnet> ")
    assert err == "telnet: Unable to connect to remote host: Connection refused\n"


@pytest.fixture
def terminal(start, listener, folder):
    """`zocalo telnet` at a terminal, connected; returns it and the other end."""

    def connect(*options):
        os.environ["XDG_STATE_HOME"] = str(folder)
        program = start(zocalo_path(), "telnet", *options, "127.0.0.1", port_of(listener), kind=AtTerminal)
        client = accept(listener)
        program.out.match(r"Escape character is|No escape character")
        client.sendall(b"ready\r\n")
        program.out.match("ready")
        return program, client

    before = os.environ.get("XDG_STATE_HOME")
    yield connect
    os.environ.pop("XDG_STATE_HOME", None)
    if before is not None:
        os.environ["XDG_STATE_HOME"] = before


def command(program, text):
    program.type(b"\x1d")
    program.out.match(r"telnet> $")
    program.type(text + "\r")


def test_lines_go_when_they_are_entered(terminal):
    program, client = terminal()
    program.type("holx\x7fa\r")
    assert read_exactly(client, 6) == b"hola\r\n"


def test_status_says_where_it_is(terminal):
    program, client = terminal()
    port = client.getsockname()[1]
    command(program, "status")
    program.out.match(rf"connected to 127\.0\.0\.1: tcp 127\.0\.0\.1:\d+ < 127\.0\.0\.1:{port}")
    program.out.match("lines are edited and echoed here")


@pytest.mark.parametrize("what, sends", [
    ("break", [IAC, BRK]), ("ayt", [IAC, AYT]), ("ayt brk", [IAC, AYT, IAC, BRK]), ("escape", [0x1d]),
    ("do echo", [IAC, DO, 1]), ("will 24", [IAC, WILL, 24]),
])
def test_send(terminal, what, sends):
    program, client = terminal()
    command(program, f"send {what}")
    assert read_exactly(client, len(sends)) == bytes(sends)


def test_what_cannot_be_sent_is_said(terminal):
    program, _ = terminal()
    command(program, "send nonsense")
    program.out.match("nothing is called 'nonsense'")
    command(program, "send do nonsense")
    program.out.match("'do' needs the name or number of an option, such as echo or 24")


def test_the_dump_is_turned_on_and_off(terminal):
    program, client = terminal()
    command(program, "toggle hex")
    program.out.match("hex is on")
    client.sendall(b"one\r\n")
    program.out.match(r"< 00000000  \d+\.\d+  6f 6e 65 0d 0a")
    command(program, "toggle hex")
    program.out.match("hex is off")
    client.sendall(b"two\r\n")
    program.out.match("two")


def test_close_asks_for_another_place(terminal, listener):
    program, client = terminal()
    command(program, "close")
    assert read_all(client) == b""
    program.out.match(r"Connection closed\.")
    program.out.match(r"telnet> $")
    program.type(f"open 127.0.0.1 {port_of(listener)}\r")
    again = accept(listener)
    program.type("encore\r")
    assert read_exactly(again, 8) == b"encore\r\n"
    again.close()
    assert program.wait() == 0


def test_a_place_that_cannot_be_reached_is_no_end_after_close(terminal):
    program, _ = terminal()
    command(program, "close")
    program.out.match(r"telnet> $")
    program.type("open 127.0.0.1 1\r")
    program.out.match(r"Connection refused")
    program.out.match(r"refused\s+telnet> $")
    program.type(b"\x04")
    assert program.wait() == 1


def test_the_window_may_change_when_there_is_no_connection_any_more(terminal):
    program, client = terminal()
    client.sendall(bytes([IAC, DO, 31]))
    assert read_exactly(client, 3) == bytes([IAC, WILL, 31])
    command(program, "close")
    program.out.match(r"closed\.\s+telnet> $")
    program.resize(100, 40)
    program.type("status\r")
    program.out.match("there is no connection")
    program.type("quit\r")
    assert program.wait() == 0


def test_the_end_of_input_where_commands_are_asked_for_is_the_end(start, folder):
    program = start(zocalo_path(), "telnet", kind=AtTerminal, env={"XDG_STATE_HOME": str(folder)})
    program.out.match(r"telnet> $")
    program.type(b"\x04")
    assert program.wait() == 0


def test_quit_is_the_end(terminal):
    program, client = terminal()
    command(program, "qu")
    assert read_all(client) == b""
    assert program.wait() == 0


def test_another_command_key(terminal):
    program, client = terminal("-e", "^A")
    program.type(b"\x01")
    program.out.match(r"telnet> $")
    program.type("quit\r")
    assert program.wait() == 0


def test_keys_go_as_they_are_typed_when_the_server_echoes(terminal):
    program, client = terminal()
    client.sendall(bytes([IAC, WILL, 1, IAC, WILL, 3]))
    answers = b""
    while bytes([IAC, DO, 1]) not in answers or bytes([IAC, DO, 3]) not in answers:
        answers += client.recv(64)
    command(program, "status")
    program.out.match("each key goes as it is typed, and the peer echoes")
    while client in select_readable(client):
        client.recv(64)
    program.type(b"k")
    assert read_exactly(client, 1) == b"k"  # keys go again, after the command
    program.type(b"\x03")
    assert read_exactly(client, 1) == b"\x03"


def select_readable(*sockets):
    return select.select(sockets, [], [], 0)[0]


# --- wrong input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, says", [
    (["-e", "xx", "host"], "option '-e': expects one character, or one after a ^"),
    (["-4", "-6", "host"], "options '-4' and '-6' exclude one another"),
    (["host", "80", "81"], "expects HOST and maybe PORT"),
    (["--frob"], "unknown option '--frob' (known: "),
    (["127.0.0.1", "nosuchport"], "endpoint 'tcp://127.0.0.1:nosuchport': "),
    (["-l", "", "host"], "option '--user': expects more than nothing"),
    (["-l", "x" * 65, "127.0.0.1", "1"], None),
])
def test_what_cannot_be_understood(start, arguments, says):
    status, _, err = start(zocalo_path(), "telnet", *arguments).finish()
    if says is None:
        assert status in (1, 2) and err
    else:
        assert status == 2 and err.startswith(f"telnet: {says}"), err
