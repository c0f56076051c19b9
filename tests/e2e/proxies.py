"""A proxy that speaks SOCKS 4, 4a and 5, for tests: it has names of its own, and says what it was asked.

It is strict: a request that is not to the letter of its protocol is an error of whoever asked. test_proxy.py has netcat
ask it too, which shows that it is a proxy and not the mirror image of our own mistakes."""

import contextlib
import socket
import struct
import threading

from programs import PATIENCE, read_exactly, tcp_listener

SOCKS5_CODES = {ConnectionRefusedError: 5}


class Socks:
    """`names` maps names to ports of 127.0.0.1; `login` is (user, password) of SOCKS 5; `bytewise`: answers come byte
    by byte; `on_refusal` is called after the target refused, before the asker is told."""

    def __init__(self, names=None, login=None, bytewise=False, on_refusal=None):
        self.names, self.login, self.bytewise, self.on_refusal = names or {}, login, bytewise, on_refusal
        self.asked = []  # (version, user, host, port)
        self.listener = tcp_listener()
        self.port = self.listener.getsockname()[1]
        self._open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open = False
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join(PATIENCE)

    def _accept(self):
        while self._open:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, contextlib.suppress(OSError, AssertionError):
            version = read_exactly(client, 1)[0]
            {4: self._socks4, 5: self._socks5}[version](client)

    def _answer(self, client, data):
        for piece in ([bytes([byte]) for byte in data] if self.bytewise else [data]):
            client.sendall(piece)

    def _connect(self, host, port, version, user):
        self.asked.append((version, user, host, port))
        if host in self.names:
            host, port = "127.0.0.1", self.names[host]
        return socket.create_connection((host, port), PATIENCE)

    # --- SOCKS 4 and 4a ---------------------------------------------------------------------------

    def _socks4(self, client):
        command, port, address = struct.unpack("!BH4s", read_exactly(client, 7))
        assert command == 1
        user = self._until_nul(client)
        named = address[:3] == b"\0\0\0" and address[3]
        host = self._until_nul(client) if named else socket.inet_ntoa(address)
        try:
            target = self._connect(host, port, "4a" if named else "4", user)
        except OSError:
            self._refused()
            self._answer(client, b"\0\x5b\0\0\0\0\0\0")
            return
        self._answer(client, b"\0\x5a\0\0\0\0\0\0")
        relay(client, target)

    @staticmethod
    def _until_nul(client):
        text = b""
        while (byte := read_exactly(client, 1)) != b"\0":
            text += byte
        return text.decode()

    # --- SOCKS 5 ----------------------------------------------------------------------------------

    def _socks5(self, client):
        methods = read_exactly(client, read_exactly(client, 1)[0])
        wanted = 2 if self.login else 0
        if wanted not in methods:
            self._answer(client, b"\5\xff")
            return
        self._answer(client, bytes([5, wanted]))
        user = self._log_in(client) if self.login else ""
        if user is None:
            return
        self._ask_socks5(client, user)

    def _log_in(self, client):
        assert read_exactly(client, 1) == b"\1"
        login = tuple(read_exactly(client, read_exactly(client, 1)[0]).decode() for _ in range(2))
        self._answer(client, b"\1\0" if login == self.login else b"\1\1")
        return login[0] if login == self.login else None

    def _ask_socks5(self, client, user):
        version, command, reserved, kind = read_exactly(client, 4)
        assert (version, command, reserved) == (5, 1, 0)
        if kind == 3:
            host = read_exactly(client, read_exactly(client, 1)[0]).decode()
        else:
            family, size = {1: (socket.AF_INET, 4), 4: (socket.AF_INET6, 16)}[kind]
            host = socket.inet_ntop(family, read_exactly(client, size))
        port = struct.unpack("!H", read_exactly(client, 2))[0]
        try:
            target = self._connect(host, port, "5", user)
        except OSError as error:
            self._refused()
            self._answer(client, bytes([5, SOCKS5_CODES.get(type(error), 4), 0, 1, 0, 0, 0, 0, 0, 0]))
            return
        host, port = target.getsockname()[:2]
        kind, family = (4, socket.AF_INET6) if ":" in host else (1, socket.AF_INET)
        self._answer(client, bytes([5, 0, 0, kind]) + socket.inet_pton(family, host) + struct.pack("!H", port))
        relay(client, target)

    def _refused(self):
        if self.on_refusal:
            self.on_refusal()


def relay(one, other):
    """Until both directions have ended; each half-close is passed on by itself."""

    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    with other:
        other.settimeout(PATIENCE)
        back = threading.Thread(target=carry, args=(other, one), daemon=True)
        back.start()
        carry(one, other)
        back.join(PATIENCE)
