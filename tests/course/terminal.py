"""Terminals that a row is played on: a shell for each line, on a pseudo terminal, as a learner has it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from rows import ANY, pattern_of

PATIENCE = 30  # seconds that only a broken program meets
KEYS = {"C": b"\x03", "D": b"\x04"}

# Python ignores the first, and what runs in the background of a script the others; a learner's shell ignores none.
IGNORED = (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT)


class Differs(Exception):
    """A terminal printed something else than the row says, or nothing."""


def set_up(fd):
    """A wide terminal, where what is typed is not echoed: it stands nowhere among what is printed."""
    attributes = termios.tcgetattr(fd)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))


class Terminal:
    def __init__(self, env):
        self.env = env
        self.line = ""  # what runs, or ran last
        self.pid = 0
        self.fd = -1
        self.data = b""
        self.expected = []

    def run(self, line):
        self.line, self.data, self.expected = line, b"", []
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                set_up(0)
                for number in IGNORED:
                    signal.signal(number, signal.SIG_DFL)
                os.execvpe("bash", ["bash", "-c", line], self.env)
            finally:
                os._exit(127)
        set_up(self.fd)  # here too: whoever comes first, nothing is typed or printed before

    def runs(self):
        return self.fd >= 0

    def type(self, data):
        if not self.runs():
            raise Differs(f"'{self.line}' ended before this was typed: {data}")
        os.write(self.fd, data)

    def read(self):
        """Takes what has come; nothing, when the last program has closed the terminal."""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:  # EIO: nobody has the terminal open any more
            data = b""
        self.data += data
        if not data:
            self.close()

    def printed(self):
        """What was printed, without colours, carriage returns, and the prompts of programs."""
        text = self.data.decode(errors="replace").replace("\r", "")
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        text = re.sub(r"^(> )+", "", text, flags=re.MULTILINE)
        return text if not text or text.endswith("\n") or self.runs() else text + "\n"

    def shows(self):
        """Whether what was printed begins as expected."""
        return pattern_of(self.expected, False).match(self.printed())

    def may_run_on(self):
        return self.expected and self.expected[-1] == ANY

    def check_end(self):
        if not pattern_of(self.expected, True).match(self.printed()):
            raise self.differs("this is not all that is printed")

    def differs(self, why):
        wanted = "".join(f"    {line}\n" for line in self.expected)
        got = "".join(f"    {line}\n" for line in self.printed().splitlines())
        return Differs(f"{why}\n  $ {self.line}\n  expected:\n{wanted}  printed:\n{got}")

    def kill(self):
        """Whatever still runs here: the shell, and what has the keyboard."""
        if not self.runs():
            return
        for group in {self.pid, os.tcgetpgrp(self.fd)} - {0}:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.close()

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)
        self.fd, self.pid = -1, 0


class Player:
    """Plays the steps of a row. Nothing in it waits for time to pass: always for text, or for an end."""

    def __init__(self, env):
        self.env = env
        self.terminals = {}

    def wait(self, done, late):
        """Reads all terminals until done(); late() says what did not come."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            open_ones = [terminal for terminal in self.terminals.values() if terminal.runs()]
            left = deadline - time.monotonic()
            ready, _, _ = select.select([terminal.fd for terminal in open_ones], [], [], max(left, 0))
            if left <= 0 or not open_ones:
                raise late()
            for terminal in open_ones:
                if terminal.fd in ready:
                    terminal.read()

    def wait_shown(self, terminal):
        self.wait(lambda: terminal.shows() or not terminal.runs(), lambda: terminal.differs("this does not come"))
        if not terminal.shows():
            raise terminal.differs("this is something else")

    def wait_ended(self, terminal):
        self.wait(lambda: not terminal.runs(), lambda: terminal.differs("this does not end"))
        terminal.check_end()

    def play_step(self, step):
        terminal = self.terminals.setdefault(step.terminal, Terminal(self.env))
        if step.what == "run":
            if terminal.line:
                self.wait_ended(terminal)
            terminal.run(step.text)
        elif step.what == "type":
            terminal.type(step.text.encode() + b"\n")
        elif step.what == "key":
            terminal.type(KEYS[step.text])
        terminal.expected += step.printed
        self.wait_shown(terminal)

    def end(self):
        """Those that end by themselves first: what serves them is still there."""
        for terminal in self.terminals.values():
            if not terminal.may_run_on():
                self.wait_ended(terminal)
        for terminal in self.terminals.values():
            if terminal.runs():
                terminal.type(KEYS["C"])
                self.wait_ended(terminal)

    def play(self, steps):
        try:
            for step in steps:
                self.play_step(step)
            self.end()
        finally:
            for terminal in self.terminals.values():
                terminal.kill()
