"""`zocalo serve`: --user and --group give rights up once the ports are bound."""

import grp
import os
import pwd
import re
import shutil

import pytest
from programs import need, zocalo_path
from test_serve_reload import say, square  # noqa: F401 (a fixture)

FIRST_UNPRIVILEGED = 1024  # port; what a new network begins with


@pytest.fixture(autouse=True)
def as_root():
    if os.geteuid() != 0:
        pytest.skip("only root has rights to give up")


def record(name="daemon"):
    return pwd.getpwnam(name)


def rights(server):
    """Of every thread: user ids, group ids, and supplementary groups."""
    found = set()
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/status", encoding="ascii") as file:
            status = file.read()
        found.add(tuple(tuple(sorted(map(int, re.search(rf"^{name}:(.*)$", status, re.MULTILINE)[1].split())))
                        for name in ("Uid", "Gid", "Groups")))
    return found


def capabilities(server):
    """Those that any thread may use, or may come to use."""
    found = 0
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/status", encoding="ascii") as file:
            for number in re.findall(r"^Cap(?:Prm|Eff|Amb):\s+(\w+)$", file.read(), re.MULTILINE):
                found |= int(number, 16)
    return found


def expect(server, user, group, groups):
    assert len(os.listdir(f"/proc/{server.pid}/task")) > 2, "threads are what can be forgotten"
    assert rights(server) == {(4 * (user,), 4 * (group,), tuple(sorted(groups)))}


def echoes(server, number=0):
    with server.connect(number) as client:
        say(client)


ECHO = ["--threads=3", "--log=json", "echo", "tcp://127.0.0.1:0"]


@pytest.mark.parametrize("name", ["daemon", "nobody"])
def test_a_user_comes_with_its_groups(serve, name):
    user = record(name)
    server = serve(f"--user={name}", *ECHO)
    expect(server, user.pw_uid, user.pw_gid, os.getgrouplist(name, user.pw_gid))
    assert capabilities(server) == 0
    echoes(server)
    assert server.stop() == 0


def test_a_number_that_has_a_record_is_that_user(serve):
    user = record()
    server = serve(f"--user={user.pw_uid}", *ECHO)
    expect(server, user.pw_uid, user.pw_gid, os.getgrouplist("daemon", user.pw_gid))


def test_a_user_with_another_group(serve):
    group = grp.getgrnam("mail").gr_gid
    server = serve("--user=daemon", "--group=mail", *ECHO)
    expect(server, record().pw_uid, group, os.getgrouplist("daemon", group))


def test_numbers_that_nobody_knows(serve):
    server = serve("--user=54321", "--group=54322", *ECHO)
    expect(server, 54321, 54322, [54322])
    assert capabilities(server) == 0
    echoes(server)


def test_a_number_that_nobody_knows_needs_a_group(zocalo):
    status, out, err = zocalo("serve", "--user=54321", *ECHO).finish()
    assert (status, out) == (2, b"")
    assert err == "zocalo serve: become '54321': there is no such user or group (a number needs --group)\n"


def test_a_group_alone(serve):
    group = grp.getgrnam("daemon").gr_gid
    server = serve("--group=daemon", *ECHO)
    expect(server, 0, group, [group])


def test_a_group_by_number(serve):
    server = serve("--group=54322", *ECHO)
    expect(server, 0, 54322, [54322])


@pytest.mark.parametrize("number", ["4294967295", "4294967296", "-1", "1x", " 1"])
def test_numbers_that_are_none(zocalo, number):
    status, out, err = zocalo("serve", f"--user={number}", "--group=0", *ECHO).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo serve: become '{number}:0': there is no such user or group")


def test_the_highest_numbers(serve):
    highest = (1 << 32) - 2
    expect(serve(f"--user={highest}", f"--group={highest}", *ECHO), highest, highest, [highest])


# --- as an ordinary user ----------------------------------------------------------------------------


@pytest.fixture
def readable(folder):
    folder.chmod(0o755)
    return folder


@pytest.fixture
def ordinary_with(readable):
    """What to put before a command that runs as somebody with these capabilities and groups. A copy of the program
    runs: the folder of the program itself may be only for root."""
    program = shutil.copy(zocalo_path(), readable / "zocalo")

    def wrap(capabilities=(), groups="--clear-groups"):
        change = ",".join(f"+{name}" for name in capabilities)
        return [need("setpriv"), "--reuid=65534", "--regid=65534", groups,
                *([f"--inh-caps={change}", f"--ambient-caps={change}"] if capabilities else []),
                "sh", "-c", f'shift; exec {program} "$@"', "sh"]

    return wrap


@pytest.fixture
def ordinary(ordinary_with):
    return ordinary_with()


@pytest.mark.parametrize("options, who", [(["--user=daemon"], "daemon"), (["--group=daemon"], "daemon"),
                                          (["--user=0"], "0")])
def test_who_has_no_rights_cannot_become_another(zocalo, ordinary, options, who):
    status, out, err = zocalo("serve", *options, *ECHO, wrap=ordinary).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo serve: become '{who}': there is no right to, or groups or capabilities would stay\n")


def test_capabilities_make_no_difference_to_what_is_left(serve, ordinary_with):
    wrap = ordinary_with(["setuid", "setgid", "net_bind_service"], "--groups=0,1,27")
    server = serve("--user=daemon", *ECHO, wrap=wrap)
    user = record()
    expect(server, user.pw_uid, user.pw_gid, os.getgrouplist("daemon", user.pw_gid))
    assert capabilities(server) == 0
    echoes(server)


@pytest.mark.parametrize("capabilities, groups", [(["net_bind_service"], "--clear-groups"), ([], "--groups=27"),
                                                  (["setuid"], "--groups=27")])
def test_what_would_stay_is_refused(zocalo, ordinary_with, capabilities, groups):
    wrap = ordinary_with(capabilities, groups)
    status, out, err = zocalo("serve", "--user=65534", "--group=65534", *ECHO, wrap=wrap).finish()
    assert (status, out) == (2, b"")
    assert err.startswith("zocalo serve: become '65534:65534': there is no right to, or groups or capabilities ")


def test_who_has_no_rights_may_stay_who_it_is(serve, ordinary):
    server = serve("--user=65534", "--group=65534", *ECHO, wrap=ordinary)
    assert {thread[:2] for thread in rights(server)} == {(4 * (65534,), 4 * (65534,))}
    echoes(server)


# --- what was bound before --------------------------------------------------------------------------


@pytest.fixture
def network(namespace):
    """What to put before a command: a network where ports below FIRST_UNPRIVILEGED are for root."""
    return namespace


def listens(server, port):
    """Whether something listens on that port in the program's network."""
    rows = []
    for name in ("tcp", "tcp6"):
        with open(f"/proc/{server.pid}/net/{name}", encoding="ascii") as table:
            rows += [line.split() for line in table.readlines()[1:]]
    return any(row[3] == "0A" and int(row[1].rsplit(":", 1)[1], 16) == port for row in rows)


def test_privileged_ports_are_bound_before(serve, network):
    server = serve("--user=daemon", "--threads=2", "echo", "tcp://:7", "udp://:7", wrap=network)
    assert server.endpoints == ["tcp://:7", "udp://:7"]
    assert listens(server, 7)
    assert {thread[0] for thread in rights(server)} == {4 * (record().pw_uid,)}


def test_a_reload_that_needs_what_was_given_up_is_refused(square, network, readable):
    old = "echo tcp://:0 tcp://:7"
    server = square(old, "--user=daemon", wrap=network)
    message = server.reload(f"{old} tcp://:{FIRST_UNPRIVILEGED - 1}")
    assert message == ("reload refused, and all goes on as it was: listen tcp://:1023: bind [::]:1023: "
                       "Permission denied (rights were given up at the start)")
    assert listens(server, 7) and not listens(server, 1023)
    server.takes(f"{old} tcp://:{FIRST_UNPRIVILEGED}")  # what is open already needs no right
    assert listens(server, 7) and listens(server, FIRST_UNPRIVILEGED)
    server.takes("echo tcp://:0")
    while listens(server, 7):  # until nobody stands in its backlog
        os.sched_yield()
    message = server.reload(old)
    assert message.startswith("reload refused, ") and message.endswith("(rights were given up at the start)")


def test_without_a_user_there_is_no_such_hint(square, network):
    wrap = [*network, need("setpriv"), "--bounding-set", "-net_bind_service", "--"]
    server = square("echo tcp://:0", wrap=wrap)
    message = server.reload("echo tcp://:0 tcp://:7")
    assert message == "reload refused, and all goes on as it was: listen tcp://:7: bind [::]:7: Permission denied"


def test_a_file_that_the_user_may_not_read_is_refused(square, readable):
    server = square("echo tcp://127.0.0.1:0", "--user=daemon")
    server.file.chmod(0o600)
    message = server.reload()
    assert message == (f"reload refused, and all goes on as it was: {server.file}: Permission denied "
                       "(rights were given up at the start)")
    echoes(server)


def test_a_unix_socket_was_made_by_who_it_was(serve, readable):
    server = serve("--user=daemon", "echo", f"unix:{readable}/a,mode=0666")
    assert (readable / "a").stat().st_uid == 0
    echoes(server)
    assert server.stop() == 0
