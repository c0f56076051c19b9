"""`zocalo replay`: either side of a recorded conversation, at its pace or at once, and where answers differ."""

import json
import os
import signal
import socket
import threading
import time

import pytest
import transcripts
from programs import PATIENCE, Program, need, pattern, read_all, read_exactly, reset, tcp_listener, udp_socket, \
    zocalo_path


@pytest.fixture
def file(folder):
    return folder / "talk.jsonl"


class Player(Program):
    """`zocalo replay`, and where it listens."""

    @property
    def port(self):
        return int(self.err.match(r"^listening (\S+)$").group(1).rsplit(":", 1)[1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@pytest.fixture
def replay(start):
    return lambda *arguments: start(zocalo_path(), "replay", *arguments, kind=Player)


class Live:
    """A TCP server that does something with its one client, in a thread."""

    def __init__(self, converse):
        self.listener = tcp_listener()
        self.failure = None
        self.thread = threading.Thread(target=self._run, args=(converse,), daemon=True)
        self.thread.start()

    @property
    def where(self):
        return "127.0.0.1:%d" % self.listener.getsockname()[1]

    def _run(self, converse):
        client, _ = self.listener.accept()
        client.settimeout(PATIENCE)
        try:
            converse(client)
        except BaseException as failure:
            self.failure = failure
        client.close()

    def join(self):
        self.thread.join(PATIENCE)
        self.listener.close()
        assert self.failure is None


DIALOGUE = [("client", b"one\n"), ("server", b"uno\n"), ("client", b"two\n"), ("end", "client"),
            ("server", b"dos\n"), ("end", "server"), "closed"]


def nothing_more(client):
    """Whether nothing comes: what was said too early would be there, since it was sent before what we answer."""
    client.setblocking(False)
    try:
        client.recv(1)
        return False
    except BlockingIOError:
        return True
    finally:
        client.settimeout(PATIENCE)


# --- the same, and not ----------------------------------------------------------------------------


def test_what_connect_recorded_is_the_same_against_the_same_server(zocalo, echo, replay, file):
    where = f"127.0.0.1:{echo.port()}"
    data = pattern(200000)
    program = zocalo("connect", "--transcript", file, where)
    program.feed(data)
    assert program.finish()[:2] == (0, data)
    assert replay(file, where).finish() == (0, b"the same: 200000 bytes from the server\n", "")
    assert replay("--fast", file, "127.0.0.1", str(echo.port())).wait() == 0


def test_what_was_said_after_an_answer_is_said_after_it(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        assert read_exactly(client, 4) == b"one\n"
        assert nothing_more(client)
        client.sendall(b"un")
        assert nothing_more(client)
        client.sendall(b"o\n")
        assert read_all(client) == b"two\n"
        client.sendall(b"dos\n")

    live = Live(converse)
    assert replay("--fast", file, live.where).finish() == (0, b"the same: 8 bytes from the server\n", "")
    live.join()


def test_where_an_answer_differs_is_said(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        read_exactly(client, 4)
        client.sendall(b"uno\n")
        read_all(client)
        client.sendall(b"d\x1bs\n")

    live = Live(converse)
    status, out, err = replay("--fast", file, live.where).finish()
    assert (status, err) == (1, "")
    assert out.decode() == ("different at byte 5 from the server (line 6, after 0.004000s)\n"
                            "  recorded: uno\\ndos\\n\n"
                            "  live:     uno\\nd\\es\\n\n")
    live.join()


def test_what_is_missing_and_an_end_that_came_early(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        client.sendall(b"uno\n")
        client.shutdown(socket.SHUT_WR)
        read_all(client)

    live = Live(converse)
    status, out, _ = replay("--fast", file, live.where).finish()
    assert status == 1
    assert out.decode() == ("missing: 4 bytes, from byte 4 on (line 6, after 0.004000s)\n  dos\\n\n"
                            "the server ended early\n")
    live.join()


def test_an_answer_that_does_not_come_is_waited_for(replay, file):
    transcripts.write(file, *DIALOGUE)
    live = Live(read_all)
    status, out, _ = replay("--fast", "--timeout=50ms", file, live.where).finish()
    assert status == 1
    assert b"missing: 8 bytes, from byte 0 on" in out and b"the server said nothing more for 50ms\n" in out
    live.join()


def test_an_answer_may_be_waited_for_for_ever(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        client.sendall(b"uno\n")
        read_all(client)
        client.sendall(b"dos\n")

    live = Live(converse)
    assert replay("--timeout=0", file, live.where).wait() == 0
    live.join()


def test_what_comes_beyond(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        client.sendall(b"uno\n")
        read_all(client)
        client.sendall(b"dos\ntres\n")

    live = Live(converse)
    status, out, _ = replay("--fast", file, live.where).finish()
    assert (status, out) == (1, b"beyond: 5 bytes, from byte 8 on\n  tres\\n\n")
    live.join()


def test_a_reset_instead_of_an_end(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        client.sendall(b"uno\n")
        read_all(client)
        reset(client)

    live = Live(converse)
    status, out, _ = replay("--fast", file, live.where).finish()
    assert status == 1
    assert b"the server broke off, and had ended in order\n" in out
    live.join()


def test_json_has_an_object_for_each_finding(replay, file):
    transcripts.write(file, *DIALOGUE)

    def converse(client):
        client.sendall(b"Uno\n")
        read_all(client)

    live = Live(converse)
    status, out, _ = replay("--fast", "--json", file, live.where).finish()
    assert status == 1
    assert [json.loads(line) for line in out.splitlines()] == [
        {"result": "different", "from": "server", "offset": 0, "line": 3, "time_ns": 1000000,
         "recorded": "uno\\ndos\\n", "live": "Uno\\n"},
        {"result": "missing", "from": "server", "offset": 4, "bytes": 4, "line": 6, "time_ns": 4000000,
         "recorded": "dos\\n"},
        {"result": "ending", "from": "server", "recorded": "end", "live": "end"}]
    live.join()


def test_nobody_listens_there(replay, file):
    transcripts.write(file, *DIALOGUE)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        status, out, err = replay(file, "127.0.0.1:%d" % nobody.getsockname()[1]).finish()
    assert (status, out) == (1, b"")
    assert "Connection refused" in err


def test_it_waits_for_a_server_that_is_not_there_yet(replay, file, folder, serve):
    transcripts.write(file, ("client", b"x"), ("end", "client"), ("server", b"x"), ("end", "server"))
    program = replay("-v", "--wait=40s", file, f"unix:{folder}/sock")
    program.err.match("no connection")
    serve("echo", f"unix:{folder}/sock")
    assert program.wait() == 0


@pytest.mark.parametrize("where", ["echo", "exec:cat"])
def test_much_that_goes_while_much_comes(zocalo, echo, replay, file, where):
    where = where.replace("echo", f"127.0.0.1:{echo.port()}")
    data = pattern(20000000)
    program = zocalo("connect", "--transcript", file, where)
    program.feed(data)
    assert program.finish()[:2] == (0, data)
    assert replay("--fast", file, where).finish() == (0, b"the same: 20000000 bytes from the server\n", "")


# --- pace -----------------------------------------------------------------------------------------


def test_the_recorded_pace_is_kept_and_fast_leaves_it_out(replay, file, echo):
    transcripts.write(file, ("client", b"a"), ("client", b"b"), ("end", "client"), ("server", b"ab"),
                      ("end", "server"))
    lines = file.read_text().replace('"time_ns": 1000000', '"time_ns": 201000000') \
        .replace('"time_ns": 2000000', '"time_ns": 202000000')
    file.write_text(lines)
    start = time.monotonic()
    assert replay(file, f"127.0.0.1:{echo.port()}").wait() == 0
    assert time.monotonic() - start >= 0.2
    file.write_text(lines.replace('"time_ns": 201000000', '"time_ns": 9000000000000000000')
                    .replace('"time_ns": 202000000', '"time_ns": 9000000000000000001'))
    assert replay("--fast", file, f"127.0.0.1:{echo.port()}").wait() == 0


def test_a_signal_ends_a_long_pause(replay, file, echo):
    transcripts.write(file, ("client", b"a"), ("client", b"b"))
    file.write_text(file.read_text().replace('"time_ns": 1000000', '"time_ns": 9000000000000000000'))
    program = replay("-v", file, f"127.0.0.1:{echo.port()}")
    program.err.match("received 1 bytes")
    program.signal(signal.SIGTERM)
    assert program.wait() == -signal.SIGTERM


# --- the server -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [["listen:127.0.0.1:0"], ["--as=server", "127.0.0.1:0"]], ids=["listen", "as"])
def test_the_server_is_played_to_a_client(replay, file, how):
    transcripts.write(file, *DIALOGUE)
    program = replay("--fast", file, *how) if how[0].startswith("listen") else replay("--fast", how[0], file, how[1])
    client = program.connect()
    client.sendall(b"one\n")
    assert read_exactly(client, 4) == b"uno\n"
    client.sendall(b"two\n")
    assert nothing_more(client)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"dos\n"
    client.close()
    status, out, _ = program.finish()
    assert (status, out) == (0, b"the same: 8 bytes from the client\n")


def test_the_server_is_played_to_nc(replay, file, start):
    transcripts.write(file, ("client", b"hola\n"), ("end", "client"), ("server", b"buenas\n"), ("end", "server"))
    program = replay(file, "listen:127.0.0.1:0")
    client = start(need("nc.openbsd"), "-N", "127.0.0.1", program.port)
    client.say(b"hola\n")
    assert client.finish()[:2] == (0, b"buenas\n")
    assert program.finish()[:2] == (0, b"the same: 5 bytes from the client\n")


def test_a_client_that_says_something_else(replay, file):
    transcripts.write(file, *DIALOGUE)
    program = replay("--fast", file, "listen:127.0.0.1:0")
    with program.connect() as client:
        client.sendall(b"One\ntwo\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"uno\ndos\n"
    status, out, _ = program.finish()
    assert status == 1
    assert out.startswith(b"different at byte 0 from the client (line 2, after 0.000000s)\n")


def test_what_listen_recorded_is_played_on_both_sides(zocalo, replay, file, start):
    server = start(zocalo_path(), "listen", "--exec", "sort", "--transcript", file, "127.0.0.1:0", kind=Player)
    with server.connect() as client:
        client.sendall(b"b\na\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"a\nb\n"
    assert server.wait() == 0
    again = start(zocalo_path(), "listen", "--exec", "sort", "127.0.0.1:0", kind=Player)
    assert replay(file, f"127.0.0.1:{again.port}").finish()[:2] == (0, b"the same: 4 bytes from the server\n")
    played = replay(file, "listen:127.0.0.1:0")
    client = zocalo("connect", f"127.0.0.1:{played.port}")
    client.say(b"b\na\n")
    assert client.finish()[:2] == (0, b"a\nb\n")
    assert played.finish()[:2] == (0, b"the same: 4 bytes from the client\n")


def test_one_replay_plays_against_another(zocalo, replay, file, echo):
    program = zocalo("connect", "--chunk=7", "--transcript", file, f"127.0.0.1:{echo.port()}")
    program.feed(pattern(1000))
    assert program.wait() == 0
    server = replay("--fast", file, "listen:127.0.0.1:0")
    client = replay("--fast", file, f"127.0.0.1:{server.port}")
    assert client.finish()[:2] == (0, b"the same: 1000 bytes from the server\n")
    assert server.finish()[:2] == (0, b"the same: 1000 bytes from the client\n")


def test_what_a_relay_recorded_is_played_on_both_sides(zocalo, replay, file, start, echo):
    relay = start(zocalo_path(), "relay", "--transcript", file, "listen:127.0.0.1:0", f"127.0.0.1:{echo.port()}",
                  kind=Player)
    data = pattern(100000)
    for said in (b"uno", data):
        client = zocalo("connect", f"127.0.0.1:{relay.port}")
        client.feed(said)
        assert client.finish()[:2] == (0, said)
    relay.signal(signal.SIGTERM)
    assert relay.wait() == 0
    where = f"127.0.0.1:{echo.port()}"
    assert replay(file, where).finish()[:2] == (0, b"the same: 3 bytes from the server\n")
    assert replay("--fast", "--connection=2", file, where).finish()[:2] == (
        0, b"the same: 100000 bytes from the server\n")
    played = replay("--connection=2", file, "listen:127.0.0.1:0")
    client = zocalo("connect", f"127.0.0.1:{played.port}")
    client.feed(data)
    assert client.finish()[:2] == (0, data)
    assert played.finish()[:2] == (0, b"the same: 100000 bytes from the client\n")


def test_a_reset_is_played_as_one(replay, file):
    transcripts.write(file, ("client", b"x"), ("reset", "server"), "closed")
    program = replay(file, "listen:127.0.0.1:0")
    with program.connect() as client:
        client.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            read_all(client)
    assert program.wait() == 0


# --- datagrams ------------------------------------------------------------------------------------

LETTERS = [("client", b"one"), ("server", b"uno"), ("client", b""), ("server", b"dos")]


def test_datagrams_are_compared_one_by_one(replay, file):
    transcripts.write(file, *LETTERS, datagrams=True)
    for answers, expected in [((b"uno", b"dos"), (0, "the same: 2 datagrams from the server\n")),
                              ((b"un", b"odos"), (1, "different at byte 2 of datagram 1 from the server"))]:
        with udp_socket() as server:
            program = replay("--fast", file, "udp://127.0.0.1:%d" % server.getsockname()[1])
            asked = []
            for answer in answers:
                data, client = server.recvfrom(100)
                asked.append(data)
                server.sendto(answer, client)
            status, out, _ = program.finish()
        assert asked == [b"one", b""]
        assert status == expected[0] and out.decode().startswith(expected[1])


def test_a_server_of_datagrams_is_played(replay, file):
    transcripts.write(file, *LETTERS, datagrams=True)
    program = replay("--fast", file, "listen:udp://127.0.0.1:0")
    with udp_socket() as client:
        client.connect(("127.0.0.1", program.port))
        for asked, answer in ((b"one", b"uno"), (b"", b"dos")):
            client.send(asked)
            assert client.recv(100) == answer
    assert program.finish()[:2] == (0, b"the same: 2 datagrams from the client\n")


def test_what_connect_recorded_of_datagrams_is_the_same_again(zocalo, replay, file, serve):
    echo = serve("echo", "udp://127.0.0.1:0")
    where = f"udp://127.0.0.1:{echo.port()}"
    program = zocalo("connect", "--linger=200ms", "--transcript", file, where)
    program.say(b"hola")
    assert program.finish()[:2] == (0, b"hola")
    assert replay(file, where).finish()[:2] == (0, b"the same: 1 datagram from the server\n")


@pytest.mark.parametrize("datagrams", [False, True])
def test_datagrams_and_a_stream_are_not_one_another(replay, file, echo, datagrams):
    transcripts.write(file, *LETTERS, datagrams=datagrams)
    where = f"127.0.0.1:{echo.port()}"
    status, _, err = replay(file, where if datagrams else "udp://" + where).finish()
    assert status in (1, 2)  # nobody has that port of UDP, or somebody
    assert "stream" in err or "refused" in err


# --- files and arguments --------------------------------------------------------------------------


@pytest.mark.parametrize("lines, why", [
    ([], "it is empty"),
    (["{"], "line 1: malformed JSON: string or '}' expected near end of file"),
    (['{"event":"transcript","version":2}'], "line 1: version 2 is not known (known: 1)"),
    (['{"event":"transcript","version":1}'], "no connection is in it"),
    (['{"event":"transcript","version":1}', "x" * 600000], "line 2: longer than 524288 bytes"),
    (['{"event":"transcript","version":1}', '{"event":"end","connection":1,"time_ns":1,"from":"\\u001b"}'],
     "line 2: 'from' is not 'client' or 'server'"),
    (['{"event":"transcript","version":1}', "[" * 100000], "line 2: malformed JSON: maximum parsing depth reached"),
], ids=["empty", "json", "version", "nothing", "long", "from", "deep"])
def test_a_malformed_file_is_refused_with_its_line(replay, file, lines, why):
    file.write_text("".join(line + "\n" for line in lines))
    status, out, err = replay(file, "127.0.0.1:1").finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo replay: {file}: {why}") and err.count("\n") == 1


def test_another_connection_is_chosen_by_its_number(replay, file, echo):
    transcripts.write(file, ("client", b"x"), ("server", b"y"))
    file.write_text(file.read_text() +
                    '{"event":"data","connection":5,"time_ns":0,"from":"client","text":"z"}\n'
                    '{"event":"data","connection":5,"time_ns":0,"from":"server","text":"z"}\n')
    where = f"127.0.0.1:{echo.port()}"
    assert replay("--fast", file, where).wait() == 1
    assert replay("--connection=5", file, where).wait() == 0
    status, _, err = replay("--connection=4", file, where).finish()
    assert (status, err) == (2, f"zocalo replay: {file}: connection 4 is not in it (the last is 5)\n")


@pytest.mark.parametrize("arguments, why", [
    ([], "expects FILE and ENDPOINT"),
    (["x"], "expects FILE and ENDPOINT"),
    (["--as=me", "x", ":1"], "option '--as': 'me' is not one of client, server"),
    (["--as=server", "x", "exec:cat"], "nobody can listen there"),
    (["--wait=1s", "x", "listen::1"], "option '--wait' is for connecting, not for listening"),
    (["--connection=0", "x", ":1"], "option '--connection': '0' is not a number"),
    (["/nowhere/x", ":1"], "/nowhere/x: No such file or directory"),
])
def test_wrong_arguments(replay, arguments, why):
    status, out, err = replay(*arguments).finish()
    assert (status, out) == (2, b"")
    assert err.startswith(f"zocalo replay: {why}")


def test_a_program_is_played_against(replay, file):
    transcripts.write(file, ("client", b"b\na\n"), ("end", "client"), ("server", b"a\nb\n"), ("end", "server"))
    assert replay(file, "exec:sort").finish() == (0, b"the same: 4 bytes from the server\n", "")


def test_output_that_cannot_be_written_is_told(start, file, echo):
    transcripts.write(file, ("client", b"x"), ("server", b"x"))
    with open("/dev/full", "w") as full:
        program = start(zocalo_path(), "replay", file, f"127.0.0.1:{echo.port()}", stdout=full)
        assert program.wait() == 2
    assert os.path.exists(file)
