"""Terminals that tests type at: one of the kernel's, where every byte is seen, and one of tmux, where what a user sees is."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

from programs import PATIENCE, Output, Program, need, zocalo_path


class AtTerminal(Program):
    """A program at the far side of a terminal, which is its session's."""

    def __init__(self, *command, size=(80, 24), env=None, gathers=True, **how):
        self.near, self.far = pty.openpty()
        self.resize(*size)
        super().__init__(*command, stdin=self.far, stdout=self.far, stderr=self.far,
                         env={"TERM": "xterm", **(env or {})},
                         preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **how)
        self.out = Output(os.dup(self.near)) if gathers else None

    def type(self, keys):
        """From a thread: a terminal takes no more than a few kilobytes that nobody reads."""
        data = keys.encode() if isinstance(keys, str) else keys
        self._feeder = threading.Thread(target=self._type_all, args=(memoryview(data),), daemon=True)
        self._feeder.start()

    def _type_all(self, data):
        while data:
            data = data[os.write(self.near, data):]

    def takes_keys(self):
        """Waits until whatever runs there gets keys as they are pressed: before, the terminal edits lines by itself."""
        terminal = os.open(self._tmux("display-message", "-p", "#{pane_tty}").strip(), os.O_RDWR | os.O_NOCTTY)
        wait_until(lambda: not termios.tcgetattr(terminal)[3] & termios.ICANON, lambda: f"lines alone:\n{self.screen()}")
        os.close(terminal)

    def resize(self, columns, rows):
        fcntl.ioctl(self.near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def flags(self):
        """Which of the kernel's own ways with keys and output are on."""
        iflag, oflag, _, lflag, *_ = termios.tcgetattr(self.far)
        names = {"icanon": lflag & termios.ICANON, "echo": lflag & termios.ECHO, "isig": lflag & termios.ISIG,
                 "opost": oflag & termios.OPOST, "icrnl": iflag & termios.ICRNL}
        return {name for name, on in names.items() if on}

    def wait_flags(self, condition):
        wait_until(lambda: condition(self.flags()), lambda: f"the terminal has {self.flags()}")

    def hang_up(self):
        """As when its window is closed; nobody may gather what it says."""
        for fd in (self.near, self.far):
            if fd >= 0:
                os.close(fd)
        self.near = self.far = -1

    def kill(self):
        if self.far >= 0:
            os.close(self.far)  # what is gathered ends with the program then
        self.far = -1
        super().kill()
        self.hang_up()


def wait_until(condition, explain):
    """For what nobody tells of: asks again and again."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, explain()
        time.sleep(0.02)


class Tmux:
    """A shell in a terminal whose screen can be read."""

    def __init__(self, folder, columns=60, rows=20):
        self.socket = folder / "tmux"
        self.folder = folder
        self._run(need("tmux"), "-S", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows,
                  "env", "-u", "TMUX", "PS1=$ ", "LC_ALL=C.UTF-8", f"HOME={folder}", f"XDG_STATE_HOME={folder}",
                  f"zocalo={zocalo_path()}", "bash", "--norc", "--noprofile", "-i")

    @staticmethod
    def _run(*command):
        return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout

    def _tmux(self, *command):
        return self._run("tmux", "-S", self.socket, *command)

    def type(self, text):
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys):
        """Names of keys, as tmux has them: Enter, C-c, Left."""
        self._tmux("send-keys", *keys)

    def screen(self):
        return self._tmux("capture-pane", "-p").rstrip("\n")

    def colours(self):
        return self._tmux("capture-pane", "-p", "-e")

    def cursor(self):
        x, y = self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def takes_keys(self):
        """Waits until whatever runs there gets keys as they are pressed: before, the terminal edits lines by itself."""
        terminal = os.open(self._tmux("display-message", "-p", "#{pane_tty}").strip(), os.O_RDWR | os.O_NOCTTY)
        wait_until(lambda: not termios.tcgetattr(terminal)[3] & termios.ICANON, lambda: f"lines alone:\n{self.screen()}")
        os.close(terminal)

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", columns, "-y", rows)

    def shows(self, pattern):
        """Waits until the screen ends so."""
        wait_until(lambda: re.search(rf"(?s){pattern}\Z", self.screen()), lambda: f"not {pattern!r}:\n{self.screen()}")

    def kill(self):
        """Until its server is gone, so that nobody writes to the folder any more."""
        server = self._tmux("display-message", "-p", "#{pid}").strip()
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True)
        wait_until(lambda: not os.path.exists(f"/proc/{server}"), lambda: "tmux does not end")
