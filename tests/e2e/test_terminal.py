"""`zocalo connect` at a terminal: lines are edited, and what comes does not tear them."""

import fcntl
import os
import signal
import stat

import pytest
from programs import PATIENCE, need, read_all, read_exactly, tcp_listener, zocalo_path
from terminals import AtTerminal, Tmux, wait_until

CTRL_C, CTRL_D, CTRL_Q, CTRL_S, CTRL_U, CTRL_Z, ESCAPE = "\x03", "\x04", "\x11", "\x13", "\x15", "\x1a", "\x1d"
COOKED = {"icanon", "echo", "isig", "opost", "icrnl"}


@pytest.fixture
def listener():
    with tcp_listener() as listening:
        yield listening


@pytest.fixture
def meet(listener, start, folder):
    """Connects from a terminal. Returns the program and its peer, once lines are edited."""

    def meet_one(*options, env=None, **how):
        client = start(zocalo_path(), "connect", *options, "127.0.0.1", listener.getsockname()[1], kind=AtTerminal,
                       env={"HOME": str(folder), "XDG_STATE_HOME": str(folder), **(env or {})}, **how)
        peer, _ = listener.accept()
        peer.settimeout(PATIENCE)
        client.wait_flags(lambda flags: "icanon" not in flags)
        return client, peer

    return meet_one


# --- the kernel's terminal -------------------------------------------------------------------------------------------


def test_a_line_is_sent_when_it_is_entered(meet):
    client, peer = meet()
    client.type("hallo\x02\x02\x02\x7f" + "e\x0b" + "llo wörld ✓\r")  # Ctrl-B, Backspace, Ctrl-K
    assert read_exactly(peer, 17) == "hello wörld ✓\n".encode()


def test_ctrl_d_on_an_empty_line_is_the_end_and_the_answer_is_awaited(meet):
    client, peer = meet()
    client.type("last\r" + CTRL_D)
    assert read_all(peer) == b"last\n"
    peer.sendall(b"answer\n")
    peer.close()
    assert client.wait() == 0
    client.out.match("answer\r\n")
    assert "^D" not in client.out.text()


def test_the_settings_come_back_at_the_end(meet):
    client, peer = meet()
    client.type("half a line")
    client.out.match("half a line")
    peer.close()
    assert client.wait() == 0
    assert client.flags() == COOKED


def test_ctrl_c_ends_it_and_the_settings_come_back(meet):
    client, peer = meet()
    client.type("half a line")
    client.out.match("half a line")
    client.type(CTRL_C)
    assert client.wait() == -signal.SIGINT
    assert client.flags() == COOKED
    assert read_all(peer) == b""
    client.out.match("half a line\r+\n")


def test_sigkill_leaves_no_nonblocking_terminal(meet):
    client, peer = meet()
    client.type("typed")
    client.out.match("typed")
    client.signal(signal.SIGKILL)
    client.wait()
    assert not fcntl.fcntl(client.far, fcntl.F_GETFL) & os.O_NONBLOCK


def test_a_terminal_that_hangs_up_is_the_end(meet):
    client, peer = meet(gathers=False)
    client.hang_up()
    assert read_all(peer) == b""
    peer.close()
    assert client.wait() in (0, -signal.SIGHUP)


@pytest.mark.parametrize("size", [4096, 100_000])
def test_lines_of_any_length(meet, size):
    client, peer = meet()
    line = "".join(chr(ord("a") + i * 7 % 26) for i in range(size))
    client.type(line + "\r")
    assert read_exactly(peer, size + 1) == line.encode() + b"\n"


def test_a_long_line_is_edited_at_its_beginning_and_pasted_into(meet):
    client, peer = meet()
    client.type("end\x01" + "x" * 20_000 + "\x05!\x01>\r")  # Ctrl-A, Ctrl-E
    assert read_exactly(peer, 20_006) == b">" + b"x" * 20_000 + b"end!\n"


def test_many_lines_pasted_at_once(meet):
    client, peer = meet()
    text = "".join(f"line {i}\r" for i in range(2000))
    client.type(text)
    assert read_exactly(peer, len(text)) == text.replace("\r", "\n").encode()


def test_bytes_that_are_no_text_are_sent_as_they_are(meet):
    client, peer = meet()
    client.type(b"\xff\xc3(\xe2\x82 end\r")
    assert read_exactly(peer, 10) == b"\xff\xc3(\xe2\x82 end\n"


def test_every_byte_of_the_peer_reaches_the_terminal(meet):
    client, peer = meet()
    data = bytes(byte for byte in range(256) if byte != 10) * 3 + b"\r\n--end--\r\n"
    peer.sendall(data)
    client.out.match("--end--")
    assert client.out.data.replace(b"\r\r\n", b"\r\n").find(data) >= 0


def test_a_terminal_that_was_stopped_with_ctrl_s_holds_nothing_up(meet):
    client, peer = meet()
    client.type(CTRL_S + "sent all the same\r")
    assert read_exactly(peer, 18) == b"sent all the same\n"
    client.type(CTRL_Q)
    client.out.match("sent all the same")


def test_a_terminal_that_cannot_move_its_cursor_has_plain_lines(listener, start):
    client = start(zocalo_path(), "connect", "127.0.0.1", listener.getsockname()[1], kind=AtTerminal,
                   env={"TERM": "dumb"})
    peer, _ = listener.accept()
    client.type("plain\n")
    assert read_exactly(peer, 6) == b"plain\n"
    assert client.flags() == COOKED


def test_a_library_that_cannot_be_loaded_leaves_plain_lines(listener, start, folder):
    (folder / "libedit.so.2").write_text("no library")
    client = start(zocalo_path(), "connect", "127.0.0.1", listener.getsockname()[1], kind=AtTerminal,
                   env={"LD_LIBRARY_PATH": str(folder)})
    peer, _ = listener.accept()
    client.type("plain\n")
    assert read_exactly(peer, 6) == b"plain\n"


# --- the history -----------------------------------------------------------------------------------------------------


def history_of(folder):
    return folder / "zocalo" / "history"


def test_the_history_is_kept_for_the_next_run(meet, folder):
    client, peer = meet()
    client.type("first\r\x20hidden\rsecond\rsecond\r" + CTRL_D)
    assert read_all(peer) == b"first\n hidden\nsecond\nsecond\n"
    peer.close()
    client.wait()
    path = history_of(folder)
    assert path.read_text() == "first\nsecond\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    client, peer = meet()
    client.type("\x10\x10\r" + "\x12sec\r")  # Ctrl-P, Ctrl-R
    assert read_exactly(peer, 13) == b"first\nsecond\n"


def test_the_dump_is_turned_on_while_a_sum_is_taken(meet):
    client, peer = meet("--sha256")
    client.type(ESCAPE)
    client.out.match("zocalo> $")
    client.type("toggle hex\r")
    client.out.match("hex is on")
    peer.sendall(b"one\n")
    client.out.match(r"< 00000000  \d+\.\d+  6f 6e 65 0a")


def test_a_history_that_is_no_file_holds_nothing_up(meet, folder):
    path = history_of(folder)
    path.parent.mkdir(mode=0o700)
    os.mkfifo(path)
    client, peer = meet()
    client.type("hallo\r")
    assert read_exactly(peer, 6) == b"hallo\n"
    peer.close()
    assert client.wait() == 0


def test_the_history_of_two_at_once_is_kept_and_has_an_end(meet, folder):
    path = history_of(folder)
    path.parent.mkdir(mode=0o700)
    path.write_text("".join(f"old {i}\n" for i in range(990)))
    one, first = meet()
    other, second = meet()
    for i in range(20):
        one.type(f"one {i}\r")
        read_exactly(first, len(f"one {i}\n"))
        other.type(f"other {i}\r")
        read_exactly(second, len(f"other {i}\n"))
    lines = path.read_text().split("\n")[:-1]
    assert len(lines) == 1000
    assert lines[-40:] == [f"{who} {i}" for i in range(20) for who in ("one", "other")]
    assert lines[0] == "old 30"
    assert not (path.parent / "history.new").exists()


# --- what a user sees ------------------------------------------------------------------------------------------------


@pytest.fixture
def tmux(folder):
    need("tmux")
    terminal = Tmux(folder)
    yield terminal
    terminal.kill()


@pytest.fixture
def shown(tmux, listener):
    """Connects from a shell in tmux. Returns the terminal and the peer."""
    tmux.shows(r"\$")
    tmux.type(f"$zocalo connect 127.0.0.1 {listener.getsockname()[1]}")
    tmux.press("Enter")
    peer, _ = listener.accept()
    peer.settimeout(PATIENCE)
    tmux.takes_keys()
    return tmux, peer


def test_what_comes_does_not_tear_the_line(shown):
    terminal, peer = shown
    peer.sendall(b"Welcome\r\nlogin: ")
    terminal.shows("Welcome\nlogin:")
    terminal.type("rüt中")
    terminal.press("Left", "Left", "BSpace")
    terminal.type("oo")
    terminal.shows("login: root中")
    peer.sendall(b"\r\none\r\ntwo\r\nagain: ")
    terminal.shows("login:\none\ntwo\nagain: root中")
    assert terminal.cursor()[0] == len("again: roo")
    terminal.press("Enter")
    assert read_exactly(peer, 8) == "root中\n".encode()
    peer.sendall(b"ok\n")
    terminal.shows("again: root中\nok")


def test_a_line_that_wraps_is_drawn_again_below(shown):
    terminal, peer = shown
    peer.sendall(b"> ")
    terminal.shows(">")
    terminal.type("x" * 57 + "yyyy" + "z" * 60)
    terminal.shows(f"\n> {'x' * 57}y\nyyy{'z' * 57}\nzzz")
    terminal.press("C-a")
    peer.sendall(b"\nabove\n")
    terminal.shows(f"\n>\nabove\n{'x' * 57}yyy\ny{'z' * 59}\nz")
    terminal.press("C-k")
    terminal.shows("above")
    terminal.type("short")
    terminal.shows("above\nshort")


def test_a_prompt_keeps_its_colours(shown):
    terminal, peer = shown
    peer.sendall(b"\x1b]0;title\x07\x1b[1;32muser\x1b[0m$ ")
    terminal.shows(r"user\$")
    terminal.type("ls")
    terminal.shows(r"user\$ ls")
    peer.sendall(b"")
    assert "\x1b[32muser\x1b[" in terminal.colours().replace("\x1b[1m", "")


def test_a_line_begins_on_a_row_of_its_own_where_the_cursor_was_moved(shown):
    terminal, peer = shown
    peer.sendall(b"\x1b[2J\x1b[3;5Hpainted")
    terminal.shows("\n\n    painted")
    assert terminal.cursor() == (11, 2)
    terminal.type("typed")
    terminal.shows("    painted\ntyped")


def test_what_is_searched_is_seen_also_while_something_comes(shown):
    terminal, peer = shown
    terminal.type("find me")
    terminal.press("Enter")
    terminal.press("C-r")
    terminal.type("ind")
    terminal.shows("find me\nbck:ind")
    peer.sendall(b"above\n")
    terminal.shows("find me\nabove\nfind me\nbck:ind")
    terminal.press("Enter")
    assert read_exactly(peer, 16) == b"find me\n" * 2


def test_it_is_stopped_and_goes_on(shown):
    terminal, peer = shown
    peer.sendall(b"login: ")
    terminal.type("half")
    terminal.shows("login: half")
    terminal.press("C-z")
    terminal.shows(r"Stopped.*\n\$")
    terminal.type("stty -a | grep -cw -- '-icanon\\|-echo'")
    terminal.press("Enter")
    terminal.shows(r"\n0\n\$")
    terminal.type("fg")
    terminal.press("Enter")
    terminal.shows("login: half")
    terminal.type(" line")
    terminal.press("Enter")
    assert read_exactly(peer, 10) == b"half line\n"


def test_a_stop_that_cannot_be_caught_is_survived(shown):
    terminal, peer = shown
    peer.sendall(b"login: ")
    terminal.type("half")
    terminal.shows("login: half")
    terminal.type("")
    pid = int(terminal._tmux("display-message", "-p", "#{pane_pid}"))
    child = int(open(f"/proc/{pid}/task/{pid}/children").read().split()[0])
    os.kill(child, signal.SIGSTOP)
    terminal.shows(r"Stopped.*\n\$")
    terminal.type("fg")
    terminal.press("Enter")
    terminal.shows("login: half")
    terminal.press("Enter")
    assert read_exactly(peer, 5) == b"half\n"


def test_in_the_background_the_terminal_is_left_alone(tmux, listener):
    tmux.shows(r"\$")
    tmux.type(f"$zocalo connect 127.0.0.1 {listener.getsockname()[1]} & wait; stty -a | grep -cw -- '-icanon'")
    tmux.press("Enter")
    peer, _ = listener.accept()
    peer.settimeout(PATIENCE)
    tmux.shows(r"\n0\n.*\$")
    tmux.type("fg")
    tmux.press("Enter")
    peer.sendall(b"login: ")
    tmux.shows("login:")
    tmux.type("me")
    tmux.press("Enter")
    assert read_exactly(peer, 3) == b"me\n"


def test_the_line_follows_the_size_of_the_window(shown):
    terminal, peer = shown
    terminal.type("x" * 70)
    terminal.shows(f"\n{'x' * 60}\n{'x' * 10}")
    terminal.resize(40, 20)
    terminal.shows(f"\n{'x' * 40}\n{'x' * 30}")
    peer.sendall(b"above\n")
    terminal.shows(f"\nabove\n{'x' * 40}\n{'x' * 30}")
    terminal.press("Home")
    wait_until(lambda: terminal.cursor()[0] == 0, lambda: str(terminal.cursor()))
    terminal.press("C-k")
    terminal.type("y")
    terminal.shows("above\ny")


def test_a_command_is_asked_below_the_line_which_comes_back(shown):
    terminal, peer = shown
    peer.sendall(b"login: ")
    terminal.type("half")
    terminal.shows("login: half")
    terminal.press("C-]")
    terminal.shows(r"login:\n[a-z]+> ?")
    terminal.press("Enter")
    terminal.shows("login: half")
    terminal.press("Enter")
    assert read_exactly(peer, 5) == b"half\n"
