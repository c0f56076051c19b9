#!/usr/bin/python3
"""Plays one row of the course: play.py ROW-ID. Silent when it prints what the document says; else exit status 1.

It wants a network and a /tmp of its own, so that the ports and paths of the document are free whatever else runs on
this machine: it starts itself again with unshare(1). Where that is not allowed, it takes what the machine has: a port
or a path that the row's first line names, and that is taken, is replaced by a free one all through the row; a row
that counts on the default endpoint of a service, where that is taken, is skipped with exit status 77."""

import fcntl
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rows  # noqa: E402
from terminal import Differs, Player  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZOCALO = pathlib.Path(os.environ.get("ZOCALO", ROOT / "build" / "zocalo")).resolve()
EXAMPLES = pathlib.Path(os.environ.get("ZOCALO_EXAMPLES", ZOCALO.parent / "examples")).resolve()
SKIPPED = 77
ROOM = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--propagation", "private"]


def can_have_a_room():
    """Whether this user may make the namespaces; asked once, the answer goes on in the environment."""
    if "COURSE_ROOM" not in os.environ:
        works = shutil.which("unshare") and subprocess.run(
            [*ROOM, "mount", "-t", "tmpfs", "tmpfs", "/tmp"], capture_output=True).returncode == 0
        os.environ["COURSE_ROOM"] = "yes" if works else "no"
    return os.environ["COURSE_ROOM"] == "yes"


def bring_loopback_up():
    SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = bytearray(struct.pack("16sH14x", b"lo", 0))
        fcntl.ioctl(any_socket, SIOCGIFFLAGS, request)
        flags = struct.unpack_from("H", request, 16)[0] | IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def take_own_tmp():
    """An empty /tmp that nobody else sees; what is tested may lie in the old one, and is put at the same place."""
    new = pathlib.Path(tempfile.mkdtemp(prefix="zoc", dir="/tmp"))
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", new)
    for folder in (ROOT, ZOCALO.parent, EXAMPLES):
        if folder.is_relative_to("/tmp"):
            inside = new / folder.relative_to("/tmp")
            inside.mkdir(parents=True, exist_ok=True)
            mount("--bind", folder, inside)
    mount("--rbind", new, "/tmp")


def port_is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(name):
    return os.path.exists(name) if name.startswith("/") else not port_is_free(int(name))


def with_free_names(row, folder):
    """The block of a row for a machine that is shared; None when what is taken is nothing that the row itself names."""
    block = row.block
    names = re.findall(r"/tmp/[\w.]+|\b(?:[2-9]\d{3}|\d{5})\b", block)
    for name in sorted({name for name in names if name.startswith("/") or 1024 <= int(name) <= 65535}):
        whole = rf"(?<!\w){re.escape(name)}\b"
        if not is_taken(name):
            continue
        if not re.search(whole, row.steps[0].text):
            return None
        block = re.sub(whole, f"{folder}/{name[5:]}" if name.startswith("/") else str(free_port()), block)
    return block


def well_known_ports(block):
    """The ports below 1024 that a row listens on."""
    lines = [line for line in block.splitlines() if re.match(r"\d?\$ .*(listen|LISTEN|serve)", line)]
    return map(int, re.findall(r"(?:127\.0\.0\.1:|LISTEN:|http\.server )([1-9]\d{0,2})\b", "\n".join(lines)))


def has_ip6():
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def what_lacks(block, in_room):
    """Why the row cannot be played on this machine; "" when it can."""
    if block is None:
        return "a port or path that the row counts on is taken, and this user may not make namespaces"
    if "unshare " in block and not in_room:
        return "this user may not make namespaces"
    if not in_room and not all(map(port_is_free, well_known_ports(block))):
        return "a port below 1024 is not to be had, and this user may not make namespaces"
    absent = [path for path in re.findall(r"/usr/sbin/[a-z]+", block) if not os.path.exists(path)]
    if absent:
        return f"there is no {absent[0]}"
    if "[::1]" in block and not (socket.has_ipv6 and has_ip6()):
        return "this machine has no IPv6"
    return ""


def environment(home):
    wanted = {"PATH": f"{ZOCALO.parent}:{EXAMPLES}:{os.environ['PATH']}", "HOME": home, "XDG_STATE_HOME": home,
              "LC_ALL": "C.UTF-8", "LANGUAGE": "", "TZ": "UTC", "TERM": "dumb", "NO_COLOR": "1"}
    return {**os.environ, **wanted}


def play_in(folder, row, in_room):
    block = row.block if in_room else with_free_names(row, folder)
    lacking = what_lacks(block, in_room)
    if lacking:
        print(lacking)
        return SKIPPED
    os.chdir(folder)
    try:
        Player(environment(folder)).play(rows.parse_block(block, row.id))
    except Differs as difference:
        print(difference)
        return 1
    finally:
        os.chdir("/")
    return 0


def play(row, in_room):
    if in_room:
        bring_loopback_up()
        take_own_tmp()
    with tempfile.TemporaryDirectory(prefix="zoc") as folder:
        return play_in(folder, row, in_room)


def main(wanted, in_room=""):
    row = next((row for row in rows.load() if row.id == wanted), None)
    if not row:
        print(f"there is no row '{wanted}'", file=sys.stderr)
        return 2
    if not in_room and can_have_a_room():
        os.execvp(ROOM[0], [*ROOM, sys.executable, __file__, wanted, "in-room"])
    return play(row, bool(in_room))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
