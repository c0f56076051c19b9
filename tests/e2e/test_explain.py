"""`--explain`: the story of a connection beside it, on standard error, and the language that it is told in."""

import contextlib
import json
import os
import re
import socket

import pytest
from programs import PATIENCE, free_port, read_all, tcp_listener, zocalo_path
from terminals import AtTerminal



@pytest.fixture
def greeter(serve):
    """A service that says a line and ends."""
    return serve("hello", "tcp://127.0.0.1:0")


def where(service):
    """HOST:PORT of the place that a service listens at."""
    return re.search(r"listening \S+ tcp://(\S+)", service.out.text()).group(1)


def lines_of(text):
    """Time, layer and words of each line; of a pipe, nothing is folded."""
    found = [re.fullmatch(r" *(\d+\.\d{3}) s  (application|transport|internet|link) +(.+)", line)
             for line in text.splitlines()]
    assert all(found), text
    return [(float(line[1]), line[2], line[3]) for line in found]


def words_of(text):
    return [words for _, _, words in lines_of(text)]


# --- connect ---------------------------------------------------------------------------------------------------------


def test_a_connection_is_told_in_order_from_its_address_to_what_is_left(zocalo, greeter):
    client = zocalo("connect", "--explain", where(greeter))
    client.out.match("Hola Mundo")
    status, _, err = client.finish()
    assert status == 0
    lines = lines_of(err)
    assert [time for time, _, _ in lines] == sorted(time for time, _, _ in lines)
    wanted = [("transport", "connected to 127.0.0.1:"), ("transport", "our own end is 127.0.0.1:"), ("link", "no wire"),
              ("application", "← Hola Mundo"), ("transport", "← FIN: they send no more,"),
              ("transport", "→ FIN: we send no more either"), ("transport", "TIME_WAIT is on their side"),
              ("transport", "in all: bytes sent 0, received 12, in ")]
    rest = iter(lines)
    for layer, words in wanted:
        assert any(line[1] == layer and line[2].startswith(words) for line in rest), f"{words}\n{err}"


def test_a_name_is_told_with_who_answered_and_what_is_tried_first(zocalo, serve):
    server = serve("echo", "tcp://localhost:0")
    port = where(server).rsplit(":", 1)[1]
    client = zocalo("connect", "--explain", "localhost", port)
    client.end_input()
    words = words_of(client.finish()[2])
    assert words[0] == "'localhost' always means this machine, so no name server is asked: ::1, 127.0.0.1 (RFC 6761, 6.3)"
    assert words[1].startswith(f"[::1]:{port} is tried first: IPv6 comes before IPv4")


def test_what_is_said_stays_on_standard_output_alone(zocalo, serve):
    server = serve("echo", "tcp://127.0.0.1:0")
    client = zocalo("connect", "--explain", where(server))
    client.write(b"hola\n")
    client.end_input()
    status, out, err = client.finish()
    assert (status, out) == (0, b"hola\n")
    words = words_of(err)
    assert words.index("→ hola") < words.index("← hola")


def test_more_has_details(zocalo, greeter):
    err = zocalo("connect", "--explain=more", where(greeter)).finish()[2]
    assert "selective acknowledgements (SACK)" in err
    assert "selective acknowledgements (SACK)" not in zocalo("connect", "--explain", where(greeter)).finish()[2]


def test_programs_get_the_same_as_json(zocalo, greeter):
    err = zocalo("connect", "--explain", "--json", where(greeter)).finish()[2]
    events = [json.loads(line) for line in err.splitlines()]
    assert [event["event"] for event in events if event["layer"] == "link"] == ["path"]
    said = next(event for event in events if event.get("quote"))
    assert (said["event"], said["from"], said["quote"]) == ("message", "server", "Hola Mundo")
    assert all(isinstance(event["time"], float) for event in events)
    assert any(event.get("rfc") == 9293 and event["section"] == "3.6" for event in events)


@pytest.mark.parametrize("verb", [("connect", ":9"), ("listen", ":0"), ("relay", "listen::0", ":9"), ("telnet", "localhost")])
def test_json_is_for_explain(zocalo, verb):
    status, _, err = zocalo(*verb, "--json").finish()
    assert (status, err) == (2, f"zocalo {verb[0]}: option '--json' is for '--explain'\n".replace("zocalo telnet", "telnet"))


def test_what_is_asked_of_explain_is_more_or_nothing(zocalo):
    status, _, err = zocalo("connect", "--explain=less", ":9").finish()
    assert (status, err) == (2, "zocalo connect: option '--explain': 'less' is not 'more'\n")


def test_a_failure_is_told_before_the_verdict(zocalo):
    status, _, err = zocalo("connect", "--explain", f"127.0.0.1:{free_port()}").finish()
    assert status == 1
    told, verdict = err.split("zocalo connect: ", 1)
    assert "Connection refused" in words_of(told)[0]
    assert verdict.endswith("Connection refused\n  nothing listens there, or a firewall says so\n")


def test_it_goes_together_with_every_other_way_to_look(zocalo, serve, folder):
    server = serve("echo", "tcp://127.0.0.1:0")
    transcript = folder / "talk.jsonl"
    client = zocalo("connect", "--explain", "-v", "--stats", "--hex", f"--transcript={transcript}", where(server))
    client.write(b"hola\n")
    client.end_input()
    status, out, err = client.finish()
    assert status == 0 and b"68 6f 6c 61" in out
    assert "connected to 127.0.0.1:" in err and "received 5 bytes" in err and "  link " in err
    assert "sent 5 bytes, received 5 bytes" in err
    assert '"text":"hola\\n"' in transcript.read_text()


def test_a_reset_is_told_with_what_it_destroys(zocalo):
    with tcp_listener() as listening:
        client = zocalo("connect", "--explain", f"127.0.0.1:{listening.getsockname()[1]}")
        peer, _ = listening.accept()
        client.err.match("no wire")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()
        status, _, err = client.finish()
    assert status == 1
    assert "← RST: the other side broke it off" in err and "TIME_WAIT" not in err


def test_escapes_of_a_peer_do_not_reach_the_terminal(zocalo):
    with tcp_listener() as listening:
        client = zocalo("connect", "--explain", f"127.0.0.1:{listening.getsockname()[1]}")
        peer, _ = listening.accept()
        peer.sendall(b"\x1b]0;owned\x07\n")
        peer.close()
        err = client.finish()[2]
    assert "\x1b" not in err and "\\e]0;owned\\x07" in err


# --- TLS -------------------------------------------------------------------------------------------------------------


def test_tls_is_told_message_by_message(zocalo, serve):
    server = serve("echo", "tls://127.0.0.1:0")
    port = re.search(r"listening echo tls://127.0.0.1:(\d+)", server.out.text())[1]
    client = zocalo("connect", "--explain", f"tls://127.0.0.1:{port},insecure")
    client.write(b"hola\n")
    client.end_input()
    status, out, err = client.finish()
    assert (status, out) == (0, b"hola\n")
    words = iter(words_of(err))
    for wanted in (r"→ ClientHello: ", r"← ServerHello: .*TLS 1\.3", r"← Certificate: ", r"← Finished: ", r"→ Finished: ",
                   r"TLS 1\.3 is agreed on, after \S+ and 1 round trip: ", r"← certificate of .*: nobody has checked it",
                   r"→ hola", r"→ close_notify: we send no more, ", r"← hola", r"← close_notify: they send no more either"):
        assert any(re.match(wanted, line) for line in words), f"{wanted}\n{err}"


def test_a_certificate_that_is_refused_is_told_of_once(zocalo, serve):
    server = serve("echo", "tls://127.0.0.1:0")
    port = re.search(r"listening echo tls://127.0.0.1:(\d+)", server.out.text())[1]
    status, _, err = zocalo("connect", "--explain", f"tls://127.0.0.1:{port}").finish()
    told = err.split("zocalo connect: ")[0]
    assert status == 1 and "the certificate does not prove" in told and "the connection has failed" not in told


# --- listen, relay, nc, telnet ---------------------------------------------------------------------------------------


def test_a_listener_tells_where_it_is_and_who_came(zocalo):
    server = zocalo("listen", "--explain", "127.0.0.1:0")
    port = int(server.err.match(r"^listening tcp://127.0.0.1:(\d+)")[1])
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        peer.sendall(b"hola\n")
        peer.shutdown(socket.SHUT_WR)
        read_all(peer)
    status, _, err = server.finish()
    assert status == 0
    assert "listening at 127.0.0.1:" in err and "a loopback address" in err
    assert "a client came from 127.0.0.1:" in err
    assert "→ hola" in err and "→ FIN: they send no more," in err and "← FIN: we send no more either" in err


def test_each_of_many_clients_has_a_story(zocalo):
    server = zocalo("listen", "--explain", "--keep", "127.0.0.1:0")
    port = int(server.err.match(r"^listening tcp://127.0.0.1:(\d+)")[1])
    for number, words in ((1, b"one\n"), (2, b"two\n")):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
            peer.sendall(words)
            peer.shutdown(socket.SHUT_WR)
            server.err.match(rf"#{number}: → {words.decode().strip()}")
        server.err.match(rf"#{number}: in all: bytes sent 0, received 4,")


def test_datagrams_are_told_of_who_sends_them(zocalo):
    server = zocalo("listen", "--explain", "udp://127.0.0.1:0")
    port = int(server.err.match(r"^listening udp://127.0.0.1:(\d+)")[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.connect(("127.0.0.1", port))
        peer.send(b"hola\n")
        server.err.match(r"datagrams come from 127.0.0.1:\d+")
        server.err.match(r"→ hola")


def test_a_relay_tells_both_sides_and_what_is_said_once(zocalo, serve):
    server = serve("echo", "tcp://127.0.0.1:0")
    relay = zocalo("relay", "--explain", "listen:127.0.0.1:0", where(server))
    port = int(relay.err.match(r"^listening tcp://127.0.0.1:(\d+)")[1])
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        peer.sendall(b"hola\n")
        peer.shutdown(socket.SHUT_WR)
        assert read_all(peer) == b"hola\n"
    relay.err.match(r"#1 client: in all: ")
    relay.err.match(r"#1 target: in all: ")
    err = relay.err.text()
    assert "#1 client: a client came from" in err and "#1 target: connected to" in err
    assert err.count("→ hola") == 1 and err.count("← hola") == 1


SERVERS_WITH_TLS = [("relay", "listen:tls://127.0.0.1:0", "exec:cat"), ("listen", "--keep", "--exec=cat", "tls://127.0.0.1:0")]


@pytest.mark.parametrize("command", SERVERS_WITH_TLS)
def test_the_handshake_of_a_client_is_told_from_its_first_message(zocalo, command):
    server = zocalo(command[0], "--explain", *command[1:])
    port = int(server.err.match(r"^listening tls://127.0.0.1:(\d+)")[1])
    client = zocalo("connect", f"tls://127.0.0.1:{port},insecure")
    client.write(b"hola\n")
    client.end_input()
    assert client.finish()[1] == b"hola\n"
    server.err.match(r"#1( client)?: in all: ")
    words = iter(server.err.text().splitlines())
    for wanted in ("a client came from ", "→ ClientHello: ", "← ServerHello: ", "→ Finished: ",
                   "TLS 1.3 is agreed on, ", "→ hola", "← close_notify"):
        assert any(re.search(f"#1( client)?: {wanted}", line) for line in words), f"{wanted}\n{server.err.text()}"


@pytest.mark.parametrize("command", SERVERS_WITH_TLS)
def test_a_client_that_does_not_come_to_an_agreement_on_tls_has_a_story_that_says_why(zocalo, command):
    server = zocalo(command[0], "--explain", *command[1:])
    port = int(server.err.match(r"^listening tls://127.0.0.1:(\d+)")[1])
    with contextlib.suppress(ConnectionResetError), socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
        read_all(peer)
    server.err.match(r"#1( client)?: in all: ")
    words = server.err.text()
    assert re.search(r"#1( client)?: TLS failed: the two sides could not agree on it", words)
    assert re.search(r"#1( client)?: what the peer sent is not TLS: it looks like HTTP", words)
    assert "most often" not in words  # what is usual of who dials is not so of who came


def test_a_target_that_is_reached_at_a_later_try_is_told_to_its_end(zocalo, serve):
    server = serve("echo", "tls://127.0.0.1:0")
    there = int(re.search(r"listening echo tls://127.0.0.1:(\d+)", server.out.text())[1])
    with tcp_listener() as mute:  # what comes here first has no answer in the handshake
        front = mute.getsockname()[1]
        relay = zocalo("relay", "--explain", "--wait=50s", "listen:127.0.0.1:0", f"tls://127.0.0.1:{front},insecure")
        port = int(relay.err.match(r"^listening tcp://127.0.0.1:(\d+)")[1])
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
            first, _ = mute.accept()
            mute.settimeout(30)  # of which a handshake may take 10
            second, _ = mute.accept()
            behind = zocalo("relay", f"fd:{second.fileno()}", f"127.0.0.1:{there}", pass_fds=[second.fileno()])
            second.close()
            for word in (b"hola\n", b"adios\n"):
                peer.sendall(word)
                assert peer.recv(100) == word
            peer.shutdown(socket.SHUT_WR)
            assert read_all(peer) == b""
        first.close()
        relay.err.match(r"#1 target: in all: ")
        behind.kill()


def test_a_relay_whose_target_refuses_tells_so(zocalo):
    relay = zocalo("relay", "--explain", "listen:127.0.0.1:0", f"127.0.0.1:{free_port()}")
    port = int(relay.err.match(r"^listening tcp://127.0.0.1:(\d+)")[1])
    with contextlib.suppress(ConnectionResetError), socket.create_connection(("127.0.0.1", port), PATIENCE):
        relay.err.match(r"#1 target: .*Connection refused")
    relay.err.match(r"#1 client: → RST|#1 client: ← RST")


def test_nc_keeps_its_own_lines(zocalo, greeter):
    host, port = where(greeter).rsplit(":", 1)
    status, out, err = zocalo("nc", "-v", "--explain", host, port).finish()
    assert status == 0 and out.startswith(b"Hola Mundo")
    assert f"Connection to {host} {port} port [tcp/*] succeeded!\n" in err
    assert "connected to 127.0.0.1:" in err and "← Hola Mundo" in err and "TIME_WAIT" in err


def test_nc_tells_of_whoever_comes(zocalo):
    port = free_port()
    server = zocalo("nc", "--explain", "-l", "127.0.0.1", port)
    server.err.match("listening at 127.0.0.1:")
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        peer.sendall(b"hola\n")
        peer.shutdown(socket.SHUT_WR)
        read_all(peer)
    assert "→ hola" in server.finish()[2]


def test_telnet_keeps_its_own_lines(zocalo, greeter):
    host, port = where(greeter).rsplit(":", 1)
    status, out, err = zocalo("telnet", "--explain", host, port).finish()
    assert b"Trying 127.0.0.1...\nConnected to 127.0.0.1.\n" in out
    assert "← Hola Mundo" in err and "TIME_WAIT is on " in err


# --- a terminal ------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_terminal(start, folder):
    """Connects from a terminal of 80 columns. Returns the program and its peer, once lines are edited."""
    with tcp_listener() as listening:

        def meet(*options, verb="connect", env=None):
            client = start(zocalo_path(), verb, "--explain", *options, "127.0.0.1", listening.getsockname()[1],
                           kind=AtTerminal, env={"HOME": str(folder), "XDG_STATE_HOME": str(folder), **(env or {})})
            peer, _ = listening.accept()
            peer.settimeout(PATIENCE)
            client.wait_flags(lambda flags: "icanon" not in flags)
            return client, peer

        yield meet


def whole_story(client):
    client.out.match(r"in all: .*\n.*sent again")
    return client.out.text()


def test_lines_appear_above_the_one_that_is_edited(at_terminal):
    client, peer = at_terminal("--no-color")
    client.type("half")
    client.out.match("half")
    peer.sendall(b"hola\n")
    client.out.match(r"← hola")
    client.out.until(lambda text: re.search(r"← hola\s.*half", text, re.DOTALL))  # it is drawn again below
    client.type(" a line\r")
    assert peer.recv(100) == b"half a line\n"
    peer.close()
    assert client.wait() == 0
    client.out.match(r"in all: ")


def test_at_a_terminal_layers_have_colours_and_lines_are_folded(at_terminal):
    client, peer = at_terminal()
    peer.close()
    client.wait()
    text = whole_story(client)
    assert "\x1b[36mtransport\x1b[0m" in text
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    assert all(len(line.rstrip("\r")) <= 80 for line in plain.split("\n"))


@pytest.mark.parametrize("options, env", [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_colours_can_be_refused(at_terminal, options, env):
    client, peer = at_terminal(*options, env=env)
    peer.close()
    client.wait()
    assert "\x1b[36m" not in whole_story(client)


def test_a_normal_exchange_fits_on_a_screen(start, serve, folder):
    server = serve("hello", "tcp://[::1]:0")
    port = where(server).rsplit(":", 1)[1]
    client = start(zocalo_path(), "connect", "--explain", "--no-color", "localhost", port, kind=AtTerminal,
                   env={"HOME": str(folder), "XDG_STATE_HOME": str(folder)})
    assert client.wait() == 0
    text = whole_story(client)
    assert len(text.rstrip("\r\n").split("\n")) <= 23


# --- languages -------------------------------------------------------------------------------------------------------


SPANISH = "une la entrada y la salida estándar con un extremo"


@pytest.mark.parametrize("command", [("--lang", "es", "help", "connect"), ("--lang=es", "help", "connect"),
                                     ("connect", "--lang", "es", "--help"), ("connect", "--lang=es_MX", "-h")])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_language_can_be_asked_for(zocalo, command, locale):
    status, out, _ = zocalo(*command, env={"LC_ALL": locale}).finish()
    assert status == 0 and SPANISH in out.decode()


@pytest.mark.parametrize("command", [("--lang", "en", "--lang=es", "help", "connect"), ("connect", "--lang=en", "--lang=es", "-h"),
                                     ("--lang=en", "connect", "--lang=es", "-h")])
def test_of_several_languages_the_last_one_counts(zocalo, command):
    status, out, _ = zocalo(*command).finish()
    assert status == 0 and SPANISH in out.decode()


def test_english_can_be_asked_for(zocalo):
    out = zocalo("--lang", "en", "help", "connect", env={"LANGUAGE": "es"}).finish()[1]
    assert b"joins standard input and output to an endpoint" in out


@pytest.mark.parametrize("command, who", [(("--lang", "xx", "help"), "zocalo"), (("nc", "--lang=xx", "-h"), "zocalo nc"),
                                          (("connect", "--lang=xx"), "zocalo connect")])
def test_a_language_without_messages_is_refused_with_those_that_have_some(zocalo, command, who):
    status, _, err = zocalo(*command).finish()
    assert (status, err) == (1 if "nc" in who.split() else 2,
                             f"{who}: option '--lang': there are no messages in 'xx' (known: en es)\n".replace("zocalo nc", "nc"))


# --- whoever reads standard error ------------------------------------------------------------------------------------


REPLIES = 20000


def flood_at(zocalo, *options):
    """A connection with more to tell of than waits for a reader, while nobody reads standard error. Returns the program, which has
    passed on all that was said, and the end of the pipe to read from."""
    reading, writing = os.pipe()
    with tcp_listener() as listening:
        client = zocalo("connect", "--explain", *options, f"127.0.0.1:{listening.getsockname()[1]}", stderr=writing)
        os.close(writing)
        peer, _ = listening.accept()
        with peer:
            peer.sendall(b"+OK\r\n" * REPLIES)
        client.out.holds(REPLIES * len("+OK\r\n"))
    return client, reading


def read_to_the_end(fd):
    with open(fd, encoding="utf-8") as file:
        return file.read().splitlines()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_is_too_slow_holds_nothing_up_and_is_told_what_is_missing(zocalo, options):
    client, reading = flood_at(zocalo, *options)
    lines = read_to_the_end(reading)
    assert client.wait() == 0
    missing = [int(found[1]) for found in (re.search(r"missing here, .* too slow: (\d+)", line) for line in lines) if found]
    assert missing and len(lines) + sum(missing) > REPLIES
    if options:
        assert all("time" in json.loads(line) for line in lines)


def test_nobody_who_reads_is_not_waited_for_at_the_end_either(zocalo):
    client, reading = flood_at(zocalo)
    assert client.wait() == 0
    os.close(reading)
