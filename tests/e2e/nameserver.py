"""A name server for tests (RFC 1035), over UDP: it knows what it is told, and nothing else exists."""

import ipaddress
import socket
import struct
import threading

TYPES = {1: ipaddress.IPv4Address, 28: ipaddress.IPv6Address}  # A and AAAA
NXDOMAIN = 3


def name_of(question):
    labels, at = [], 12
    while size := question[at]:
        labels.append(question[at + 1:at + 1 + size].decode("ascii").lower())
        at += size + 1
    return ".".join(labels), at + 1


class NameServer:
    """`names` maps a name to its addresses, as text, in the order in which they are given out."""

    def __init__(self, names, ttl=300):
        self.names, self.ttl = names, ttl
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", self.socket.getsockname())  # an empty datagram ends it
        self._thread.join()
        self.socket.close()

    def _serve(self):
        while True:
            question, peer = self.socket.recvfrom(512)
            if not question:
                return
            self.socket.sendto(self._answer(question), peer)

    def _answer(self, question):
        name, at = name_of(question)
        kind = TYPES.get(struct.unpack_from("!H", question, at)[0])
        found = [ipaddress.ip_address(text) for text in self.names.get(name, ())]
        records = [address for address in found if kind and isinstance(address, kind)]
        flags = 0x8180 | (0 if name in self.names else NXDOMAIN)
        head = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + question[12:at + 4]
        return head + b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", 1 if address.version == 4 else 28, 1, self.ttl, len(address.packed)) +
            address.packed for address in records)
