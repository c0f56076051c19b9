"""`zocalo serve`: what a spec may say, and how it is told what it may not."""

import os
import re
import socket

import pytest
from programs import read_all, read_exactly, udp_socket, zocalo_path
from test_serve_listening import refuse, without_capability

GENERAL = "idle=, max-connections=, clients="


# --- keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service, own", [("echo", ", mode="), ("hello", ", mode=, text="), ("qotd", ", text="),
                                          ("chargen", ""), ("discard", ""), ("daytime", ""), ("time", "")])
def test_an_unknown_key_lists_the_known_ones(zocalo, service, own):
    refuse(zocalo, service, ":0", "fast=1",
           says=f"spec: character {len(service) + 5}: unknown key in 'fast=1' (known: {GENERAL}{own})")


@pytest.mark.parametrize("spec, character, says", [
    ("echo :0 mode=loud", 9, "'loud' is not one of raw, line, stamp"),
    ("echo :0 mode=", 9, "'' is not one of raw, line, stamp"),
    ("echo :0 mode=RAW", 9, "'RAW' is not one of raw, line, stamp"),
    ("hello   mode=line :0", 9, "'line' is not one of greet, ask"),
    ("echo idle=soon :0", 6, "'soon' is not a duration such as 30s"),
    ("echo idle=-1s :0", 6, "'-1s' is not a duration such as 30s"),
    ("echo :0 clients=0", 9, "'0' is not a number from 1 to 1000000"),
    ("echo :0 clients=1000001", 9, "'1000001' is not a number from 1 to 1000000"),
    ("echo :0 max-connections=-1", 9, "'-1' is not a number from 1 to 1000000"),
    ("echo :0 max-connections=many", 9, "'many' is not a number from 1 to 1000000"),
    ("chargen :0 mode=raw", 12, "unknown key in 'mode=raw' (known: "),
    ("echo :0 Idle=3s", 9, "endpoint 'Idle=3s': "),
    ("echo :0 \"idle=\t\a\"", 9, r"'\t\x07' is not a duration such as 30s"),
])
def test_a_wrong_value_is_shown_with_its_place(zocalo, spec, character, says):
    refuse(zocalo, spec, says=f"spec: character {character}: {says}")


def test_a_text_that_is_too_long(zocalo, serve):
    status, out, err = zocalo("serve", "qotd", ":0", "text=" + 511 * "x").finish()
    assert (status, out) == (2, b"")
    assert re.fullmatch(r"zocalo serve: spec: character 9: '.{60,}' is not a text of at most 510 bytes\n", err)
    with serve("qotd", "tcp://127.0.0.1:0", "text=" + 510 * "x").connect() as client:
        assert read_all(client) == 510 * b"x" + b"\r\n"


def test_a_value_in_quotes_keeps_its_spaces(serve):
    server = serve("hello tcp://127.0.0.1:0 \"text=¡Buenas, 'mundo'!\"", 
                   "hello tcp://127.0.0.1:0 text='una \"#\" cita'")
    for number, text in ((0, "¡Buenas, 'mundo'!"), (1, 'una "#" cita')):
        with server.connect(number) as client:
            assert read_all(client).decode() == f"{text}\r\n"


def test_the_last_of_two_values_counts(serve):
    server = serve("hello", "tcp://127.0.0.1:0", "text=uno", "text=dos")
    with server.connect() as client:
        assert read_all(client) == b"dos\r\n"


def test_keys_may_stand_before_endpoints(serve):
    server = serve("hello", "text=antes", "tcp://127.0.0.1:0")
    with server.connect() as client:
        assert read_all(client) == b"antes\r\n"


def test_keys_are_of_their_own_spec_alone(serve):
    server = serve("echo tcp://127.0.0.1:0 mode=line", "echo tcp://127.0.0.1:0")
    for number, answer in ((0, b"ECHO: hola\n"), (1, b"hola\n")):
        with server.connect(number) as client:
            client.sendall(b"hola\n")
            assert read_exactly(client, len(answer)) == answer


# --- endpoints --------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint, again", [
    ("tcp://127.0.0.1:7007", "tcp://127.0.0.1:7007"),
    ("tcp://127.0.0.1:7007", "127.0.0.1:7007"),
    ("tcp://:7007", ":7007"),
    ("tcp://localhost:7007", "tcp://LOCALHOST:7007"),
    ("udp://127.0.0.1:7007", "udp://127.0.0.1:7007,ttl=4"),
    ("unix:/tmp/a", "unix:/tmp/a,type=dgram"),
    ("unix:/tmp/a", "/tmp/a"),
    ("unix:@a", "unix:@a"),
    ("fd:3", "fd:3"),
])
@pytest.mark.parametrize("specs, character", [(["echo {0} {1}"], 7), (["echo {0}", "echo {1}"], 6)])
def test_the_same_endpoint_twice(zocalo, endpoint, again, specs, character):
    if len(specs) == 1:
        character = len("echo  ") + len(endpoint) + 1
    refuse(zocalo, *[spec.format(endpoint, again) for spec in specs], *(["echo :0 #"] if len(specs) == 1 else []),
           says=f"spec {len(specs)}: character {character}: '{again}' is there twice: it belongs to 'echo' already")


def test_the_same_endpoint_twice_in_a_file(zocalo, folder):
    (folder / "a.conf").write_text("echo :0\nhello tcp://127.0.0.1:7007\n\n# more\ndiscard :0 tcp://127.0.0.1:7007")
    refuse(zocalo, "-c", folder / "a.conf", says=f"{folder}/a.conf:5: character 12: 'tcp://127.0.0.1:7007' is there "
           "twice: it belongs to 'hello' already")


def test_the_same_endpoint_in_a_file_and_in_an_argument(zocalo, folder):
    (folder / "a.conf").write_text("echo tcp://127.0.0.1:7007")
    refuse(zocalo, "-c", folder / "a.conf", "hello", "tcp://127.0.0.1:7007",
           says="spec: character 7: 'tcp://127.0.0.1:7007' is there twice: it belongs to 'echo' already")


def test_an_endpoint_that_another_has_by_default(zocalo):
    refuse(zocalo, "echo", "hello tcp://127.0.0.1:50007 ",
           says="spec 2: character 7: 'tcp://127.0.0.1:50007' is there twice")


def test_default_endpoints_that_are_there_twice_are_told_of_the_service(zocalo):
    refuse(zocalo, "echo tcp://127.0.0.1:0", "hello tcp://127.0.0.1:9000", "   hello mode=ask",
           says="spec 3: character 4: 'tcp://127.0.0.1:9000' is there twice: it belongs to 'hello' already")


def test_port_0_is_another_one_each_time(serve, folder):
    server = serve("echo tcp://127.0.0.1:0 tcp://127.0.0.1:0 udp://127.0.0.1:0 udp://127.0.0.1:0",
                   "echo tcp://127.0.0.1:0")
    assert len(set(server.endpoints)) == 5


def port_of_both():
    """A port that is free of TCP and of UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
                return udp.getsockname()[1]
            except OSError:
                continue


def test_one_number_may_be_a_port_of_tcp_and_one_of_udp(serve):
    port = port_of_both()
    serve("echo", f"tcp://127.0.0.1:{port}", f"udp://127.0.0.1:{port}", f"unix:@{port}-{os.getpid()}")


@pytest.mark.parametrize("key", ["clients", "max-connections"])
def test_counts_with_datagrams_alone(zocalo, folder, key):
    says = f"'{key}=' counts connections, and datagrams have none"
    refuse(zocalo, "echo", "udp://:0", f"{key}=3", says=f"spec: {says}")
    refuse(zocalo, f"echo {key}=3 unix:{folder}/a,type=dgram udp://:0", says=f"spec: {says}")
    (folder / "a.conf").write_text(f"echo :0\necho udp://:0 {key}=3")
    refuse(zocalo, "-c", folder / "a.conf", says=f"{folder}/a.conf:2: {says}")


def test_counts_with_datagrams_beside_connections(serve):
    server = serve("echo", "udp://127.0.0.1:0", "tcp://127.0.0.1:0", "clients=3", "max-connections=1")
    with udp_socket() as client:
        client.sendto(b"hola", ("127.0.0.1", server.port(0)))
        assert client.recv(100) == b"hola"


@pytest.mark.parametrize("endpoint", ["udp://127.0.0.1:0", "unix:/tmp/a,type=dgram"])
def test_datagrams_for_who_does_not_take_them(zocalo, endpoint):
    refuse(zocalo, "hello", endpoint,
           says=f"spec: character 7: '{endpoint}' is for datagrams, which hello does not take")


def test_standard_input_is_no_place_to_listen(zocalo):
    refuse(zocalo, "echo", "-", says="spec: character 6: '-' cannot be listened on")


@pytest.mark.parametrize("endpoint", ["exec:cat", "fifo:/tmp/a", "file:/tmp/a"])
def test_what_nobody_connects_to_is_no_place_to_listen(zocalo, endpoint):
    program = zocalo("serve", "echo", endpoint)
    status, out, err = program.finish()
    assert (status, out) == (2, b""), err
    assert endpoint in err


# --- files ------------------------------------------------------------------------------------------

FILE_MAX = 1 << 20  # bytes


def specs_of(size):
    """A file of so many bytes, all but its first line a comment."""
    line = "echo tcp://127.0.0.1:0\n"
    return line + "#" * (size - len(line))


def test_a_file_at_the_limit(serve, folder):
    (folder / "a.conf").write_text(specs_of(FILE_MAX))
    serve("-c", folder / "a.conf")


def test_a_file_beyond_the_limit(zocalo, folder):
    (folder / "a.conf").write_text(specs_of(FILE_MAX + 1))
    refuse(zocalo, "-c", folder / "a.conf", says=f"{folder}/a.conf: a file of specs has {FILE_MAX} bytes at most")


def test_a_file_without_an_end(zocalo):
    refuse(zocalo, "-c", "/dev/zero", says=f"/dev/zero: a file of specs has {FILE_MAX} bytes at most")


@pytest.mark.parametrize("text", ["\0", "echo :0\n\0echo :0\n", "echo :0\0"])
def test_a_file_that_is_no_text(zocalo, folder, text):
    (folder / "a.conf").write_text(text)
    refuse(zocalo, "-c", folder / "a.conf", says=f"{folder}/a.conf: there is a zero byte in it, and that is no text")


# --- what answers more than it is asked -------------------------------------------------------------

AMPLIFYING = ["chargen", "qotd", "daytime", "time"]


@pytest.mark.parametrize("service", AMPLIFYING)
@pytest.mark.parametrize("options", ["", ",ttl=4"])
def test_what_amplifies_stays_at_home(serve, service, options):
    server = serve(service, "udp://:0" + options)
    assert re.fullmatch(r"udp://127\.0\.0\.1:\d+", server.endpoints[0])
    with udp_socket() as client:
        client.sendto(b"", ("127.0.0.1", server.port()))
        client.recv(2000)
    [address] = udp_addresses(server)
    assert address == "0100007F"


@pytest.mark.parametrize("words", [["mode=stamp", "udp://:0"], ["udp://:0", "mode=line"]], ids=" ".join)
def test_an_echo_with_words_stays_at_home(serve, words):
    server = serve("echo", *words)
    assert re.fullmatch(r"udp://127\.0\.0\.1:\d+", server.endpoints[0])
    assert udp_addresses(server) == ["0100007F"]


@pytest.mark.parametrize("service", AMPLIFYING)
def test_what_amplifies_goes_out_when_it_is_asked_to(serve, service):
    server = serve(service, "udp://0.0.0.0:0")
    assert re.fullmatch(r"udp://0\.0\.0\.0:\d+", server.endpoints[0])
    assert udp_addresses(server) == ["00000000"]


@pytest.mark.parametrize("service", AMPLIFYING)
def test_what_amplifies_may_be_everywhere_for_connections(serve, service):
    assert re.fullmatch(r"tcp://:\d+", serve(service, "tcp://:0").endpoints[0])


@pytest.mark.parametrize("service", ["echo", "discard"])
def test_what_does_not_amplify_is_everywhere(serve, service):
    assert re.fullmatch(r"udp://:\d+", serve(service, "udp://:0").endpoints[0])


def test_a_place_at_home_may_be_there_only_once(zocalo):
    refuse(zocalo, "time", "udp://127.0.0.1:7037", "udp://:7037",
           says="spec: character 27: 'udp://:7037' is there twice: it belongs to 'time' already")


def udp_addresses(server):
    """Where the program's sockets of UDP are bound: in hexadecimal digits, as the kernel shows them."""
    inodes = {os.stat(f"/proc/{server.pid}/fd/{fd}").st_ino for fd in os.listdir(f"/proc/{server.pid}/fd")}
    found = []
    for name in ("udp", "udp6"):
        with open(f"/proc/{server.pid}/net/{name}", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        found += [row[1].split(":")[0] for row in rows if int(row[9]) in inodes]
    return found


# --- the list ---------------------------------------------------------------------------------------

SERVICES = ["echo", "hello", "discard", "daytime", "qotd", "chargen", "time"]


def test_services_and_their_keys_are_listed(zocalo):
    status, out, err = zocalo("serve").finish()
    lines = out.decode().splitlines()
    assert (status, err) == (0, "")
    heads = [line.split()[0] for line in lines if line[:1].isalpha()]
    assert [head for head in heads if head in SERVICES] == SERVICES
    assert any("mode=raw|line|stamp" in line for line in lines)
    assert any("mode=greet|ask text=TEXT" in line for line in lines)
    [general] = [line for line in lines if "idle=DURATION" in line]
    assert "max-connections=N" in general and "clients=N" in general


def test_default_endpoints_are_those_of_the_list(start, namespace):
    """In a network of its own, where nobody has the ports."""
    out = start(zocalo_path(), "serve").finish()[1].decode()
    expected = re.findall(r"(?:tcp|udp)://127\.0\.0\.1:\d+", out)
    server = start(*namespace, "sh", "-c", 'ip link set lo up && exec "$0" "$@"', zocalo_path(), "serve", "--log=off",
                   *[f"{service} " for service in SERVICES])
    server.out.until(lambda text: text.count("\n") >= len(expected))
    assert [line.split()[2] for line in server.out.lines()] == expected


# --- rights -----------------------------------------------------------------------------------------


def test_a_user_whom_nobody_knows(zocalo):
    refuse(zocalo, "--user=nobody-of-that-name", "echo", "tcp://127.0.0.1:0",
           says="become 'nobody-of-that-name': there is no such user or group (a number needs --group)")


def test_a_group_that_nobody_knows(zocalo):
    refuse(zocalo, "--group=nobody-of-that-name", "echo", "tcp://127.0.0.1:0",
           says="become 'nobody-of-that-name': there is no such user or group (a number needs --group)")


@pytest.mark.parametrize("options, who", [(["--user=daemon"], "daemon"), (["--group=daemon"], "daemon"),
                                          (["--user=daemon", "--group=daemon"], "daemon:daemon"),
                                          (["--user=12345", "--group=23456"], "12345:23456")])
def test_no_right_to_drop_rights(zocalo, options, who):
    refuse(zocalo, *options, "echo", "tcp://127.0.0.1:0",
           says=f"become '{who}': there is no right to, or groups or capabilities would stay",
           wrap=without_capability("setuid", "setgid"))


@pytest.mark.parametrize("option", ["--user=", "--group="])
def test_nobody_is_no_user(zocalo, option):
    refuse(zocalo, option, "echo", "tcp://127.0.0.1:0",
           says=f"option '{option[:-1]}': expects more than nothing")


def test_a_place_is_left_as_it_was_when_rights_cannot_be_dropped(zocalo, folder):
    refuse(zocalo, "--user=nobody-of-that-name", "echo", f"unix:{folder}/a", says="become ")
    assert os.listdir(folder) == []
