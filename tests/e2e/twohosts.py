"""Two hosts, each a network namespace, and a path between them that loses what it is told to.

    python3 twohosts.py LOSE SERVER... -- CLIENT...

runs the server on 10.77.0.2 and the client on 10.77.0.1, in namespaces that it makes with the rights that it has or that a user
namespace gives; the client is started once the server has printed a line. LOSE says what is lost on the way from the client: "nothing", "data:N" (the Nth segment that has data, once) or
"port:N" (whatever goes to that TCP port, as a firewall that drops). The exit status is the client's."""

import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

CLIENT, SERVER = "10.77.0.1", "10.77.0.2"
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
DELAY = 0.005  # seconds, each way: a round trip that is longer than what a busy machine adds
LIBC = ctypes.CDLL(None, use_errno=True)


def unshare(flags):
    if LIBC.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def open_tun(here, there):
    """The interface of one host, in the namespace that this process is in."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"path0", IFF_TUN | IFF_NO_PI))
    ip("link", "set", "lo", "up")
    ip("addr", "add", here, "peer", there, "dev", "path0")
    ip("link", "set", "path0", "up")
    return fd


def segment(packet):
    """Destination port and bytes of data of a TCP segment over IPv4; None of anything else."""
    if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_TCP:
        return None
    head = (packet[0] & 15) * 4
    port = struct.unpack_from("!H", packet, head + 2)[0]
    return port, len(packet) - head - (packet[head + 12] >> 4) * 4


def losing(what):
    """Whether a packet from the client is lost."""
    kind, _, number = what.partition(":")
    seen = 0

    def lose(packet):
        nonlocal seen
        found = segment(packet)
        if not found or kind == "nothing":
            return False
        port, size = found
        if kind == "port":
            return port == int(number)
        seen += size > 0
        return size > 0 and seen == int(number)

    return lose


def carry(client, server, lose):
    """Carries packets, each DELAY after it came, until it is killed."""
    waiting = []
    while True:
        limit = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for fd in select.select([client, server], [], [], limit)[0]:
            packet = os.read(fd, 65536)
            if not (fd == client and lose(packet)):
                waiting.append((time.monotonic() + DELAY, server if fd == client else client, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, fd, packet = waiting.pop(0)
            os.write(fd, packet)


def start_server(command, reply, output):
    """In a process of its own, and a namespace: its interface goes back, then the server runs."""
    unshare(CLONE_NEWNET)
    os.dup2(output, 1)
    socket.send_fds(reply, [b"x"], [open_tun(SERVER, CLIENT)])
    reply.close()
    os.execvp(command[0], command)


def main(lose, server, client):
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    user, group = os.geteuid(), os.getegid()
    unshare(flags)
    if flags & CLONE_NEWUSER:
        for path, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{path}", "w", encoding="ascii") as file:
                file.write(text)
    ours, theirs = socket.socketpair()
    said, saying = os.pipe()
    child = os.fork()
    if child == 0:
        start_server(server, theirs, saying)
    _, (server_tun,), _, _ = socket.recv_fds(ours, 1, 1)
    client_tun = open_tun(CLIENT, SERVER)
    carrier = os.fork()
    if carrier == 0:
        carry(client_tun, server_tun, losing(lose))
    os.read(said, 1)
    status = subprocess.run(client, check=False).returncode
    for process in (carrier, child):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    sys.exit(status)


if __name__ == "__main__":
    split = sys.argv.index("--")
    main(sys.argv[1], sys.argv[2:split], sys.argv[split + 1:])
