"""Conversations by script: a peer says its part, and the program under test the other, each after what comes before it."""

import contextlib
import socket
import struct
import threading

from programs import PATIENCE

END, RESET, CLOSE = object(), object(), object()  # instead of words: a half-close, a reset, a close of everything


def spoken(words):
    return words.encode() if isinstance(words, str) else words


class Peer:
    """A TCP server on a port of its own that has one conversation: a list of (side, words), the client's "C" and its own "S"."""

    def __init__(self, script, wrap=None, host="127.0.0.1", port=0, accepts=True):
        self.script = script
        self.wrap = wrap  # what puts TLS over an accepted socket
        self.failure = None
        self.listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        if accepts:
            self.thread.start()

    def _run(self):
        try:
            connection, _ = self.listener.accept()
            connection.settimeout(PATIENCE)
            self.listener.close()
            with self.wrap(connection) if self.wrap else connection as stream:
                self._converse(stream)
        except OSError as error:  # the client may refuse to go on: that is a situation too
            self.failure = error

    def _converse(self, stream):
        for side, words in self.script:
            if side == "C":
                self._hear(stream, words)
            elif words is END:
                self._end(stream)
            elif words is RESET:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stream.close()
                return
            elif words is CLOSE:
                return
            else:
                stream.sendall(spoken(words))
        while stream.recv(4096):
            pass

    @staticmethod
    def _end(stream):
        """A half-close; of TLS, the goodbye of both."""
        if hasattr(stream, "unwrap"):
            stream.unwrap()
        else:
            stream.shutdown(socket.SHUT_WR)

    @staticmethod
    def _hear(stream, words):
        if words is END:
            while stream.recv(4096):
                pass
            return
        left = len(spoken(words)) if words is not RESET else 1 << 30
        while left > 0:
            chunk = stream.recv(left)
            if not chunk:
                return
            left -= len(chunk)

    def finish(self):
        self.thread.join(PATIENCE)
        self.listener.close()


def speak(program, script):
    """The client's part, typed into the program: each after the server's words before it have come out. Its input has no end but
    one of the script: who ends first would be chance."""
    heard = 0
    for side, words in script:
        if side == "S":
            heard += len(spoken(words)) if words not in (END, RESET, CLOSE) else 0
            continue
        program.out.holds(heard)
        with contextlib.suppress(BrokenPipeError):  # it may have given up already
            if words is END:
                program.end_input()
            else:
                program.write(spoken(words))
