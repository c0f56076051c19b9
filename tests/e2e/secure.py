"""TLS for tests, by Python's ssl: a server that is scripted, clients, and what zocalo says of its own servers."""

import contextlib
import re
import socket
import ssl
import threading

from programs import PATIENCE, tcp_listener

PIN = r"sha256:[0-9a-f]{64}"


def server_context(certificate, version=None, client_ca=None, alpn=()):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    if version:
        context.minimum_version = context.maximum_version = version
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca.file)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def client_context(root=None, version=None, certificate=None, alpn=()):
    """One that checks with that root; without one it checks nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if root:
        context.load_verify_locations(root.file)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if version:
        context.minimum_version = context.maximum_version = version
    if certificate:
        context.load_cert_chain(certificate.file, certificate.key)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


class TlsServer:
    """Takes connections one after the other, and gives each to `talk`, in a thread; `error` is what ended the last one.

    Without a context what it gets is the plain socket."""

    def __init__(self, context, talk):
        self.context, self.talk, self.error = context, talk, None
        self.listener = tcp_listener()
        self.port = self.listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join(PATIENCE)

    def _serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            plain.settimeout(PATIENCE)
            try:
                with self.context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) if self.context else plain as peer:
                    self.talk(peer)
            except OSError as error:
                self.error = error
                plain.close()


def connect_tls(port, context, name="localhost"):
    """A connection of Python's to a port of 127.0.0.1."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except OSError:
        plain.close()
        raise


def echo_until_end(peer):
    """Says what it hears, and the close_notify after that of the other side."""
    while chunk := peer.recv(1 << 16):
        peer.sendall(chunk)
    peer.unwrap()


def read_pin(output):
    """The pin of a certificate that was made here, as `listen` and `serve` tell it on standard error."""
    return output.match(rf"certificate made here.*pin=[\"']?({PIN})|\"certificate made here\".*({PIN})")[0].rsplit("sha256:", 1)[1][:64]


def listening_port(output):
    """Where `zocalo listen` listens."""
    return int(re.search(r":(\d+)$", output.match(r"^listening .*:(\d+)(,|$)")[0].split(",")[0])[1])
