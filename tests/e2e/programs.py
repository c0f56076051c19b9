"""Programs that tests start, and what they say. All waits are for an event; only a broken program meets their bound."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading

import pytest

PATIENCE = 45  # seconds; pytest's own limit is 60


def zocalo_path():
    return os.environ.get("ZOCALO", str(pathlib.Path(__file__).parents[2] / "build" / "zocalo"))


def need(name):
    """The path of a program that a test talks to; without it the test is skipped."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return path or pytest.skip(f"{name} is not installed")


class Output:
    """What a program writes to a descriptor, gathered by a thread."""

    def __init__(self, fd):
        self.data = bytearray()
        self.ended = False
        self._fd = fd
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._gather, daemon=True)
        self._thread.start()

    def _gather(self):
        more = True
        while more:
            try:
                more = os.read(self._fd, 1 << 16)
            except OSError:  # a terminal whose other side was closed
                more = b""
            with self._changed:
                self.data += more
                self.ended = not more
                self._changed.notify_all()

    def close(self):
        if self._fd < 0:
            return
        self._thread.join(5)
        if not self._thread.is_alive():
            os.close(self._fd)
        self._fd = -1

    def until(self, find):
        """Waits until find(text) gives something, and returns that."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended or find(self.text()), PATIENCE)
            found = find(self.text())
        assert found, f"this does not come:\n{self.text()}"
        return found

    def match(self, pattern):
        return self.until(lambda text: re.search(pattern, text, re.MULTILINE))

    def holds(self, size):
        """Waits until so many bytes have come."""
        self.until(lambda _: len(self.data) >= size)
        return bytes(self.data)

    def all(self):
        """Waits for the end; returns every byte."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, PATIENCE), f"this does not end:\n{self.text()}"
            return bytes(self.data)

    def text(self):
        return self.data.decode(errors="replace")

    def lines(self):
        """The whole lines so far."""
        return self.text().split("\n")[:-1]


class Program:
    """A process with pipes, unless stdin, stdout or stderr say otherwise (as in subprocess)."""

    def __init__(self, *command, env=None, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                 **how):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", **(env or {})}
        if "NO_COLOR" not in (env or {}):
            environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(list(map(str, command)), bufsize=0, stdin=stdin, stdout=stdout, stderr=stderr,
                                        env=environment, start_new_session=True, **how)
        self.pid = self.process.pid
        self.out = self._output(self.process.stdout)
        self.err = self._output(self.process.stderr)
        self._feeder = None

    @staticmethod
    def _output(pipe):
        return Output(os.dup(pipe.fileno())) if pipe else None

    def write(self, data):
        self.process.stdin.write(data)

    def end_input(self):
        self.process.stdin.close()

    def feed(self, data, end=True):
        """Writes from a thread, for what does not fit into a pipe; then ends the input."""

        def write_all():
            view = memoryview(data)
            try:
                while view:
                    view = view[self.process.stdin.write(view[:1 << 16]):]
            except BrokenPipeError:
                pass
            if end:
                self.process.stdin.close()

        self._feeder = threading.Thread(target=write_all, daemon=True)
        self._feeder.start()

    def say(self, data):
        """All of the input, and then its end."""
        self.write(data)
        self.end_input()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Waits for the end; returns the exit status."""
        return self.process.wait(PATIENCE)

    def finish(self):
        """Waits for the end; returns exit status, standard output, and standard error as text."""
        status = self.wait()
        return status, self.out.all() if self.out else None, self.err.all().decode() if self.err else None

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)  # it leads a group: its children end too
            self.process.wait()
        if self._feeder:
            self._feeder.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe and not pipe.closed:
                pipe.close()
        for output in (self.out, self.err):
            if output:
                output.close()


class Server(Program):
    """`zocalo serve`: where it listens, and what it logs."""

    def wait_listening(self, arguments):
        words = " ".join(map(str, arguments)).split()
        count = sum(bool(re.match(r"(tcp|udp|tls|unix|fd)?:", word)) for word in words) or 1
        self.out.until(lambda text: text.count("\n") >= count)
        self.endpoints = [line.split(" ", 2)[2] for line in self.out.lines()]

    def port(self, number=0):
        return int(self.endpoints[number].rsplit(":", 1)[1])

    def connect(self, number=0, **how):
        """A TCP connection, or one to its Unix socket."""
        if self.endpoints[number].startswith("unix:"):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(PATIENCE)
            client.connect(self.endpoints[number][len("unix:"):])
            return client
        return socket.create_connection(("127.0.0.1", self.port(number)), timeout=PATIENCE, **how)

    def records(self):
        """What was logged so far, with --log=json."""
        return [json.loads(line) for line in self.err.lines()]

    def ended(self, count=1):
        """Waits for the records of so many connections that ended."""
        self.err.until(lambda text: text.count('"connection ended"') >= count and text.endswith("\n"))
        return [record for record in self.records() if record["message"] == "connection ended"]

    def stop(self):
        """SIGTERM; returns the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()


def read_all(client):
    """Everything until the peer ends."""
    data = bytearray()
    while chunk := client.recv(1 << 16):
        data += chunk
    return bytes(data)


def read_exactly(client, size):
    data = bytearray()
    while len(data) < size:
        chunk = client.recv(size - len(data))
        assert chunk, f"an end after {len(data)} of {size} bytes"
        data += chunk
    return bytes(data)


def pattern(size):
    """Bytes of every value, that do not repeat soon."""
    block = bytes((i * 7 + (i >> 8)) % 256 for i in range(65521))
    return (block * (size // len(block) + 1))[:size]


def udp_socket(address="127.0.0.1", port=0):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(PATIENCE)
    client.bind((address, port))
    return client


def tcp_listener(backlog=16):
    listener = socket.socket()
    listener.settimeout(PATIENCE)
    listener.bind(("127.0.0.1", 0))
    listener.listen(backlog)
    return listener


def reset(client):
    """Ends a connection with a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()


def free_port():
    """A TCP port of 127.0.0.1 that nobody listens on; nobody else gets it soon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
