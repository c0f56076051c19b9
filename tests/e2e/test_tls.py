"""tls:// of every verb: who is trusted, what is said of it, and how conversations end."""

import os
import re
import signal
import socket
import ssl
import subprocess

import pytest
from programs import PATIENCE, pattern, read_all, read_exactly, reset, tcp_listener, zocalo_path
from proxies import Socks
from secure import (PIN, TlsServer, client_context, connect_tls, listening_port, read_pin,
                    server_context)
from test_serve_reload import Square

HINT = "  ',ca=FILE' trusts who issued it, ',pin=sha256:...' that key alone ('-v' with ',insecure' shows it)\n"


@pytest.fixture
def secure_echo(serve, certificates):
    """Starts an echo service at tls://, with the good certificate and more options."""

    def start_one(*options, certificate=None, keys=(), **how):
        shown = ",".join([f"tls://127.0.0.1:0,{(certificate or certificates.server()).options}", *options])
        return serve("--log=json", "echo", shown, *keys, **how)

    return start_one


@pytest.fixture
def connect(zocalo, certificates):
    """Says something to a port by tls://, which is checked with the root; returns what finish() does."""

    def connect_one(port, *options, host="localhost", text=b"hola\n", trust=None, arguments=()):
        trust = f"ca={certificates.root}" if trust is None else trust
        client = zocalo("connect", *arguments, ",".join(filter(None, [f"tls://{host}:{port}", trust, *options])))
        client.feed(text)
        return client.finish()

    return connect_one


def refused(found, words):
    """It ended with status 1, and those words in one line."""
    status, out, err = found
    assert (status, out) == (1, b"")
    assert re.search(words, err.splitlines()[0]), err


# --- who is trusted -------------------------------------------------------------------------------


def test_a_good_certificate_is_trusted_by_its_authority(secure_echo, connect):
    assert connect(secure_echo().port(), text=pattern(3 << 20)) == (0, pattern(3 << 20), "")


@pytest.mark.parametrize("kind, words", [
    ("expired", r"expired on \d{4}-\d\d-\d\d"),
    ("early", r"not valid before \d{4}-\d\d-\d\d"),
    ("misnamed", r"issued for other names: other\.example, \*\.wild\.example"),
    ("unknown", r"its issuer 'CN=stranger' is not known"),
    ("self_signed", r"self-signed"),
    ("incomplete", r"its issuer 'CN=middle' is not known"),
])
def test_a_bad_certificate_is_refused_with_the_reason(secure_echo, connect, certificates, kind, words):
    found = connect(secure_echo(certificate=getattr(certificates, kind)).port())
    refused(found, rf"^zocalo connect: dial tls://localhost:\d+,ca=\S+: .*{words}")
    assert found[2].endswith(HINT)


def test_a_revoked_certificate_is_refused(secure_echo, connect, certificates):
    port = secure_echo(certificate=certificates.revoked).port()
    listed = certificates.list_of_revoked()
    refused(connect(port, trust=f"ca={listed}"), "revoked")
    assert connect(port)[0] == 0  # without the list nobody knows


def test_a_chain_leads_to_the_authority(secure_echo, connect, certificates):
    assert connect(secure_echo(certificate=certificates.chained).port())[:2] == (0, b"hola\n")


def test_an_issuer_that_is_not_needed_may_have_expired(connect, certificates):
    with TlsServer(server_context(certificates.crossed), lambda peer: peer.unwrap()) as server:
        assert connect(server.port, text=b"") == (0, b"", "")


def test_the_authorities_of_the_system_do_not_know_ours(secure_echo, connect):
    refused(connect(secure_echo().port(), trust=""), "its issuer 'CN=root' is not known")


@pytest.mark.parametrize("name, good", [
    ("other.example", True), ("OTHER.example", True), ("a.wild.example", True), ("a.b.wild.example", False),
    ("wild.example", False), ("example", False),
])
def test_the_name_that_is_asked_for_has_to_stand_in_the_certificate(secure_echo, connect, certificates, name, good):
    port = secure_echo(certificate=certificates.misnamed).port()
    found = connect(port, f"sni={name}")
    if good:
        assert found == (0, b"hola\n", "")
    else:
        refused(found, "issued for other names")


def test_an_address_has_to_stand_in_the_certificate(secure_echo, connect, certificates):
    assert connect(secure_echo().port(), host="127.0.0.1") == (0, b"hola\n", "")
    unaddressed = certificates.server("unaddressed", addresses=())
    refused(connect(secure_echo(certificate=unaddressed).port(), host="127.0.0.1"), "issued for other names")


@pytest.mark.parametrize("what", ["pubkey", "x509"])
def test_a_pin_is_enough_whatever_else_is_wrong(secure_echo, connect, certificates, what):
    port = secure_echo(certificate=certificates.expired).port()
    assert connect(port, trust=f"pin={certificates.expired.pin(what)}") == (0, b"hola\n", "")


def test_another_pin_is_refused(secure_echo, connect, certificates):
    found = connect(secure_echo().port(), trust=f"pin={certificates.expired.pin()}")
    refused(found, rf"its key has the pin {certificates.server().pin()}, not {certificates.expired.pin()}")
    assert found[2].endswith(HINT)


def test_insecure_takes_whoever_answers(secure_echo, connect, certificates):
    assert connect(secure_echo(certificate=certificates.unknown).port(), trust="insecure") == (0, b"hola\n", "")


@pytest.mark.parametrize("name, shown", [("a.example", "a.example"), ("b.example", "b.example"), ("c.example", "a.example")])
def test_a_server_shows_the_certificate_of_the_name(serve, zocalo, certificates, name, shown):
    one, other = (certificates.server(name, names=(name,)) for name in ("a.example", "b.example"))
    port = serve("echo", f"tls://127.0.0.1:0,{one.options},{other.options}").port()
    client = zocalo("connect", "-v", f"tls://127.0.0.1:{port},sni={name},insecure")
    client.end_input()
    status, _, err = client.finish()
    assert status == 0
    assert f"certificate of 'CN={shown}'" in err


# --- certificates that are made here --------------------------------------------------------------


def test_a_server_without_a_certificate_makes_one_and_says_its_pin(zocalo, connect):
    server = zocalo("listen", "tls://127.0.0.1:0")
    port, pin = listening_port(server.err), read_pin(server.err)
    client = zocalo("connect", f"tls://127.0.0.1:{port},pin=sha256:{pin}")
    client.say(b"question")
    server.say(b"answer")
    assert client.finish() == (0, b"answer", "")
    status, out, err = server.finish()
    assert (status, out) == (0, b"question")
    assert re.fullmatch(rf"listening tls://127\.0\.0\.1:\d+\ncertificate made here, for clients: ,pin={PIN}\n", err)


def test_a_relay_says_the_pin_of_a_certificate_that_it_makes(zocalo, connect):
    relay = zocalo("relay", "listen:tls://127.0.0.1:0", "exec:cat")
    port, pin = listening_port(relay.err), read_pin(relay.err)
    assert connect(port, trust=f"pin=sha256:{pin}") == (0, b"hola\n", "")


def test_a_relay_says_the_pin_of_the_certificate_that_its_partners_see(zocalo):
    relay = zocalo("relay", "listen:tcp://127.0.0.1:0", "listen:tls://127.0.0.1:0")
    relay.err.match(rf"^listening tls://127\.0\.0\.1:\d+\ncertificate made here, for clients: ,pin={PIN}$")


def test_connect_says_the_pin_of_a_certificate_that_it_makes_for_a_client(zocalo):
    server = zocalo("connect", "-v", "listen:tls://127.0.0.1:0")
    port = int(server.err.match(r"^listening at .*:(\d+)$")[1])
    client = zocalo("connect", f"tls://localhost:{port},pin=sha256:{read_pin(server.err)}")
    client.write(b"hola\n")
    server.out.match("hola")
    server.say(b"answer")
    assert client.finish() == (0, b"answer", "")
    assert server.finish()[:2] == (0, b"hola\n")


def test_nobody_vouches_for_a_certificate_that_was_made_here(serve, connect):
    server = serve("echo", "tls://127.0.0.1:0")
    found = connect(server.port(), trust="")
    refused(found, "self-signed")
    assert found[2].endswith(HINT)


def test_the_key_of_certificates_that_are_made_here_is_kept(serve, folder):
    pins = set()
    for _ in range(2):
        server = serve("echo", "tls://127.0.0.1:0", env={"XDG_STATE_HOME": str(folder)})
        pins.add(read_pin(server.err))
        assert server.stop() == 0
    assert len(pins) == 1
    kept = [path for path in (folder / "zocalo").iterdir() if path.is_file()]
    assert kept and all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_serve_keeps_what_it_says_on_standard_output(serve):
    server = serve("echo", "tls://127.0.0.1:0", "tcp://127.0.0.1:0")
    assert re.fullmatch(r"listening echo tls://127\.0\.0\.1:\d+\nlistening echo tcp://127\.0\.0\.1:\d+\n", server.out.text())
    read_pin(server.err)


# --- clients with certificates --------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_shows_the_certificate_that_is_asked_for(secure_echo, connect, certificates, version):
    server = secure_echo(f"ca={certificates.root}")
    assert connect(server.port(), certificates.client.options, f"version={version}") == (0, b"hola\n", "")


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_without_the_certificate_that_is_asked_for_is_refused(secure_echo, connect, certificates, version):
    server = secure_echo(f"ca={certificates.root}")
    refused(connect(server.port(), f"version={version}"), "the peer's alert: ")
    record, = server.ended()
    assert record["ended"] == "error"
    assert "certificate" in record["error"]


def test_a_certificate_is_shown_although_its_authority_is_not_asked_for(secure_echo, connect, certificates):
    """The server then says what is wrong with it."""
    stranger = certificates.make("strange client", "signing_key", "tls_www_client", issuer=certificates.stranger)
    server = secure_echo(f"ca={certificates.root}")
    refused(connect(server.port(), stranger.options), "the peer's alert: unknown ca")
    assert "its issuer 'CN=stranger' is not known" in server.ended()[0]["error"]


def test_a_client_of_an_unknown_authority_is_refused(secure_echo, certificates):
    stranger = certificates.make("strange client", "signing_key", "tls_www_client", issuer=certificates.stranger)
    server = secure_echo(f"ca={certificates.root}")
    with pytest.raises(OSError, match="unknown ca|alert"):
        with connect_tls(server.port(), client_context(certificates.root, certificate=stranger)) as client:
            client.sendall(b"hola\n")
            client.recv(1)
    assert "its issuer 'CN=stranger' is not known" in server.ended()[0]["error"]


# --- what is agreed on ----------------------------------------------------------------------------


def test_every_step_is_told(secure_echo, connect, certificates):
    good = certificates.server()
    status, _, err = connect(secure_echo("alpn=h2:http/1.1").port(), "alpn=http/1.1", "version=1.3", arguments=["-v"])
    assert status == 0
    lines = err.splitlines()
    agreed = next(number for number, line in enumerate(lines) if line.startswith("agreed on "))
    assert lines[agreed - 1].startswith("connected to 127.0.0.1")
    assert re.fullmatch(r"agreed on TLS 1\.3 with TLS_\w+, \w+, ALPN 'http/1\.1' in \S+", lines[agreed])
    assert re.fullmatch(rf"certificate of 'CN=good', issued by 'CN=root' for [\d-]+ to [\d-]+, pin={good.pin()}", lines[agreed + 1])
    assert lines[agreed + 2:agreed + 4] == ["sent 5 bytes", "we send no more"]  # and not the ciphertext as well


def test_what_a_peer_calls_itself_does_nothing_to_a_terminal(secure_echo, connect, certificates):
    odd = certificates.server("odd", subject="\x1b[31mSeñor")
    status, _, err = connect(secure_echo(certificate=odd).port(), arguments=["-v"])
    assert status == 0
    assert "certificate of 'CN=\\e[31mSeñor', issued by 'CN=root' for" in err


def test_what_nobody_has_checked_is_told(secure_echo, connect):
    _, _, err = connect(secure_echo().port(), trust="insecure", arguments=["-v"])
    assert ", which nobody has checked, pin=" in err


@pytest.mark.parametrize("version, name", [("1.2", "TLS 1.2"), ("1.3", "TLS 1.3")])
def test_one_version_alone(secure_echo, connect, version, name):
    server = secure_echo(f"version={version}")
    assert f"agreed on {name} " in connect(server.port(), arguments=["-v"])[2]
    assert connect(server.port(), f"version={version}")[0] == 0


@pytest.mark.parametrize("server, client", [("1.2", "1.3"), ("1.3", "1.2")])
def test_two_that_have_no_version_in_common(secure_echo, connect, server, client):
    refused(connect(secure_echo(f"version={server}").port(), f"version={client}"), "the peer's alert: |version")


def test_two_that_have_no_protocol_in_common(secure_echo, connect):
    refused(connect(secure_echo("alpn=h2").port(), "alpn=http/1.1"), "the peer's alert: no application protocol")


# --- what goes wrong before -----------------------------------------------------------------------


@pytest.mark.parametrize("options, words", [
    ("cert={missing},key={missing}", "missing.pem.*No such file or directory"),
    ("ca={missing}", "missing.pem.*No such file or directory"),
    ("cert={good},key={other}", "key"),
    ("cert={text},key={text}", "none.pem"),
])
def test_a_file_that_is_none_is_refused_on_both_sides(zocalo, certificates, folder, options, words):
    (folder / "none.pem").write_text("nothing of the kind\n")
    options = options.format(missing=folder / "missing.pem", text=folder / "none.pem", good=certificates.server(),
                             other=certificates.client.key)
    with tcp_listener() as listener:
        endpoint = f"tls://127.0.0.1:{listener.getsockname()[1]},{options}"
        for verb in (["connect", endpoint], ["listen", f"tls://127.0.0.1:0,{options}"], ["serve", "echo", f"tls://127.0.0.1:0,{options}"]):
            status, _, err = zocalo(*verb).finish()
            assert status == 2
            assert re.search(words, err), err


def test_a_key_that_others_may_read_is_warned_about(serve, certificates, folder):
    key = folder / "open.key"
    key.write_bytes(certificates.server().key.read_bytes())
    key.chmod(0o644)
    server = serve("echo", f"tls://127.0.0.1:0,cert={certificates.server()},key={key}")
    server.err.match(rf"warning others than its owner may use a file with a private key file={re.escape(str(key))} mode=0644")


@pytest.mark.parametrize("arguments, words", [
    (["connect", "tls://:1,cert=a,cert=b"], "who connects shows one certificate, and 'cert=' is given 2 times"),
    (["listen", "tls://:0,sni=a"], "option 'sni=' says nothing when listening"),
    (["listen", "tls://:0,insecure"], "option 'insecure' says nothing when listening"),
    (["serve", "echo", "tls://127.0.0.1:0,pin=sha256:" + 64 * "0"], "option 'pin=' says nothing when listening"),
])
def test_options_of_the_other_side_are_refused(zocalo, arguments, words):
    status, _, err = zocalo(*arguments).finish()
    assert status == 2
    assert words in err


def test_two_specs_at_the_same_port(zocalo):
    status, _, err = zocalo("serve", "echo tcp://127.0.0.1:50999", "hello tls://127.0.0.1:50999").finish()
    assert status == 2
    assert "is there twice: it belongs to 'echo' already" in err


# --- what is no TLS -------------------------------------------------------------------------------


def test_plain_bytes_at_a_port_of_tls(secure_echo):
    server = secure_echo()
    with server.connect() as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        read_all(client)  # an alert at most
    record, = server.ended()
    assert (record["ended"], record["bytes_out"]) == ("error", 0)
    assert "TLS" in record["error"]


def test_a_plain_client_of_listen(zocalo, certificates):
    server = zocalo("listen", f"tls://127.0.0.1:0,{certificates.server().options}")
    with socket.create_connection(("127.0.0.1", listening_port(server.err)), timeout=PATIENCE) as client:
        client.sendall(b"hola\n" * 10)
        status, out, err = server.finish()
    assert (status, out) == (1, b"")
    assert "TLS" in err.splitlines()[-1]


def test_a_port_of_tls_that_is_dialled_as_a_plain_one(secure_echo, zocalo):
    server = secure_echo()
    client = zocalo("connect", "127.0.0.1", server.port())
    client.say(b"hola\n" * 10)
    client.wait()
    assert server.ended()[0]["ended"] == "error"


def test_a_plain_port_that_is_dialled_by_tls(echo, connect):
    """It echoes the hello of the client."""
    refused(connect(echo.port()), "TLS|handshake|alert")


def test_a_peer_that_says_something_else(connect):
    with TlsServer(None, lambda peer: (peer.sendall(b"220 mail.example ESMTP\r\n"), read_all(peer))) as server:
        refused(connect(server.port), "TLS")


def test_a_peer_that_ends_at_once(connect):
    with TlsServer(None, lambda peer: peer.recv(1)) as server:
        refused(connect(server.port), "reset|ended|ends")


def test_a_handshake_that_stalls_has_the_time_to_connect(connect):
    with tcp_listener() as listener:
        refused(connect(listener.getsockname()[1], "connect-timeout=100ms"), "timed out")


def test_a_handshake_that_stalls_holds_nobody_up(secure_echo, connect):
    server = secure_echo(keys=["idle=300ms"])
    with server.connect() as staller:
        assert connect(server.port())[:2] == (0, b"hola\n")
        assert read_all(staller) is not None  # the time of idle= ends it
    assert sorted(record["ended"] for record in server.ended(2)) == ["by peer", "timed out"]


def test_a_client_that_never_begins_holds_up_no_stop(secure_echo):
    server = secure_echo()
    with server.connect():
        assert server.stop() == 0
    record, = server.ended()
    assert record["ended"] == "by us"  # and not by the time of a handshake


# --- how conversations end ------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_end_without_close_notify_is_a_failure(zocalo, certificates, version):
    """Python ends the connection, and says nothing of it."""
    context = server_context(certificates.server(), version=version)
    with TlsServer(context, lambda peer: peer.sendall(b"half of")) as server:
        client = zocalo("connect", f"tls://localhost:{server.port},ca={certificates.root}")
        status, out, err = client.finish()
    assert (status, out) == (1, b"half of")
    assert err.startswith("zocalo connect: connection: ")


def test_an_end_without_close_notify_is_a_failure_after_our_own_end_too(zocalo, certificates):
    def talk(peer):
        assert peer.recv(100) == b"hola\n"
        assert peer.recv(100) == b""  # a close_notify
        peer.sendall(b"half of")

    with TlsServer(server_context(certificates.server()), talk) as server:
        client = zocalo("connect", f"tls://localhost:{server.port},ca={certificates.root}")
        client.say(b"hola\n")
        status, out, err = client.finish()
    assert (status, out) == (1, b"half of")
    assert err.startswith("zocalo connect: connection: ")


def test_a_reset_is_a_failure(zocalo, certificates):
    def talk(peer):
        peer.recv(100)
        reset(peer)

    with TlsServer(server_context(certificates.server()), talk) as server:
        client = zocalo("connect", f"tls://localhost:{server.port},ca={certificates.root}")
        client.write(b"hola\n")
        status, _, err = client.finish()
    assert (status, err) == (1, "zocalo connect: connection: Connection reset by peer\n")


def test_with_reset_no_orderly_end_is_said(zocalo, certificates):
    def talk(peer):
        assert peer.recv(1 << 16) == b"hola\n"
        with socket.fromfd(peer.fileno(), socket.AF_INET, socket.SOCK_STREAM) as below:
            below.settimeout(PATIENCE)
            below.recv(1)  # an alert would be here

    context = server_context(certificates.server())
    context.num_tickets = 0  # a ticket that is sent too late would be told of the reset, and reading would not
    with TlsServer(context, talk) as server:
        client = zocalo("connect", "--reset", f"tls://localhost:{server.port},ca={certificates.root}")
        client.say(b"hola\n")
        assert client.wait() == 0
    assert isinstance(server.error, ConnectionResetError)


def test_a_client_that_has_ended_still_hears(zocalo, certificates):
    server = zocalo("listen", f"tls://127.0.0.1:0,{certificates.server().options}")
    client = zocalo("connect", f"tls://localhost:{listening_port(server.err)},ca={certificates.root}")
    client.say(b"first")
    assert server.out.holds(5) == b"first"
    server.write(b"a while later, ")
    client.out.match("a while later")


def test_a_server_that_has_ended_still_hears(zocalo, certificates):
    server = zocalo("listen", f"tls://127.0.0.1:0,{certificates.server().options}")
    port = listening_port(server.err)
    server.say(b"first")
    with connect_tls(port, client_context(certificates.root)) as client:
        assert read_all(client) == b"first"
        client.sendall(b"a while later")
        client.unwrap()
    assert server.wait() == 0
    assert server.out.all() == b"a while later"


def test_much_goes_both_ways_at_once(secure_echo, connect):
    data = pattern(16 << 20)
    assert connect(secure_echo().port(), text=data) == (0, data, "")


def test_a_client_that_refuses_our_certificate_is_told_of(serve, certificates):
    server = serve("--log=json", "echo", "tls://127.0.0.1:0")
    with pytest.raises(ssl.SSLCertVerificationError):
        connect_tls(server.port(), client_context(certificates.root))
    record, = server.ended()
    assert record["ended"] == "error"
    assert record["error"] == "the peer's alert: unknown ca"


# --- the verbs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("service, says", [
    ("echo", b"hola\n"), ("discard", b""), ("hello", b"Hola Mundo\r\n"), ("daytime", None), ("qotd", None), ("time", None),
])
def test_every_service_of_streams(serve, connect, certificates, service, says):
    server = serve(service, f"tls://127.0.0.1:0,{certificates.server().options}")
    status, out, err = connect(server.port())
    assert (status, err) == (0, "")
    assert out == says if says is not None else out


def test_chargen(serve, certificates):
    server = serve("chargen", f"tls://127.0.0.1:0,{certificates.server().options}")
    with connect_tls(server.port(), client_context(certificates.root)) as client:
        assert read_exactly(client, 74).endswith(b"\r\n")


def test_listen_keeps_many_clients(zocalo, certificates):
    server = zocalo("listen", "--keep", f"tls://127.0.0.1:0,{certificates.server().options}")
    port = listening_port(server.err)
    for number in range(2):
        client = zocalo("connect", f"tls://localhost:{port},ca={certificates.root}")
        client.write(b"hola %d\n" % number)
        server.out.match(f"hola {number}")
        server.write(b"adios\n")
        client.out.match("adios")
        client.end_input()
        assert client.wait() == 0
    server.signal(signal.SIGTERM)
    server.wait()
    assert server.out.all() == b"hola 0\nhola 1\n"


def test_listen_gives_each_client_a_program(zocalo, certificates, connect):
    server = zocalo("listen", "--keep", "--exec=tr a-z A-Z", f"tls://127.0.0.1:0,{certificates.server().options}")
    port = listening_port(server.err)
    assert connect(port) == (0, b"HOLA\n", "")
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        plain.sendall(b"no TLS at all\n" * 9)
        read_all(plain)
    assert connect(port) == (0, b"HOLA\n", "")


def test_listen_tells_of_failed_handshakes_with_verbose(zocalo, certificates):
    server = zocalo("listen", "-v", "--keep", "--exec=cat", f"tls://127.0.0.1:0,{certificates.server().options}")
    with socket.create_connection(("127.0.0.1", listening_port(server.err)), timeout=PATIENCE) as plain:
        plain.sendall(b"no TLS at all\n" * 9)
        read_all(plain)
    server.err.match(r"^127\.0\.0\.1:\d+: .*TLS")


def test_a_broker_of_clients_with_and_without(zocalo, certificates):
    server = zocalo("listen", "--broker", f"tls://127.0.0.1:0,{certificates.server().options}")
    port = listening_port(server.err)
    one, other = (connect_tls(port, client_context(certificates.root)) for _ in range(2))
    with one, other:
        one.sendall(b"one\n")
        assert read_exactly(other, 4) == b"one\n"
        other.sendall(b"other\n")
        assert read_exactly(one, 6) == b"other\n"


def test_connect_waits_for_a_client_with_listen(zocalo, certificates):
    waiting = zocalo("connect", "-v", f"listen:tls://127.0.0.1:0,{certificates.server().options}")
    port = int(waiting.err.match(r"^listening at 127\.0\.0\.1:(\d+)$")[1])
    with connect_tls(port, client_context(certificates.root)) as client:
        client.sendall(b"hola\n")
        waiting.say(b"adios\n")
        assert read_exactly(client, 6) == b"adios\n"
        client.unwrap()
    assert waiting.wait() == 0
    assert waiting.out.all() == b"hola\n"
    waiting.err.match("agreed on TLS 1.3 ")


def test_a_client_of_listen_colon_that_speaks_no_tls(zocalo, certificates):
    waiting = zocalo("connect", "-v", f"listen:tls://127.0.0.1:0,{certificates.server().options}")
    port = int(waiting.err.match(r"^listening at 127\.0\.0\.1:(\d+)$")[1])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(b"hola\n" * 10)
        status, out, err = waiting.finish()
    assert (status, out) == (1, b"")
    assert "TLS" in err.splitlines()[-1]


def test_telnet_goes_over_it(zocalo, certificates):
    def talk(peer):
        opening = b"\xff\xfd\x03\xff\xfb\x18"
        assert read_exactly(peer, len(opening)) == opening
        peer.sendall(b"login: \xff\xff")
        assert read_exactly(peer, 7) == b"maria\r\n"
        peer.unwrap()

    with TlsServer(server_context(certificates.server()), talk) as server:
        client = zocalo("connect", "--telnet", f"tls://localhost:{server.port},ca={certificates.root}")
        client.write(b"maria\n")
        status, out, err = client.finish()
    assert (status, out, err, server.error) == (0, b"login: \xff", "", None)


@pytest.mark.parametrize("kind", ["socks4", "socks5"])
def test_it_goes_through_a_proxy_with_the_name_of_the_target(secure_echo, connect, kind):
    port = secure_echo().port()
    with Socks(names={"localhost": port}) as proxy:
        found = connect(port, arguments=["-v", f"--proxy={kind}://127.0.0.1:{proxy.port}"])
        assert found[:2] == (0, b"hola\n")
        assert "agreed on TLS 1.3" in found[2]
        assert proxy.asked[0][2:] == ("localhost", port)


def test_a_bad_certificate_behind_a_proxy_is_refused(secure_echo, connect, certificates):
    port = secure_echo(certificate=certificates.expired).port()
    with Socks(names={"localhost": port}) as proxy:
        refused(connect(port, arguments=[f"--proxy=socks5://127.0.0.1:{proxy.port}"]), r"^zocalo connect: dial tls://localhost:\d+.*expired on")


def test_it_comes_from_a_source(secure_echo, connect):
    server = secure_echo()
    assert connect(server.port(), arguments=["--source=127.0.0.3"])[0] == 0
    assert server.ended()[0]["peer"].startswith("127.0.0.3:")


# --- reloading ------------------------------------------------------------------------------------


@pytest.fixture
def renewable(start, certificates, folder):
    """A square whose certificate is replaced by copying another one over it."""
    file = folder / "square.conf"
    shown = folder / "shown.pem"

    def show(certificate):
        shown.write_bytes(certificate.file.read_bytes() + certificate.key.read_bytes())
        shown.chmod(0o600)

    show(certificates.server())
    file.write_text(f"echo tls://127.0.0.1:0,cert={shown}\n")
    server = start(zocalo_path(), "serve", "--log=json", "-c", file, kind=Square)
    server.file, server.show, server.shown = file, show, shown
    server.wait_lines(1)
    return server


def serial_of(client):
    return client.getpeercert()["serialNumber"]


def test_a_reload_shows_a_new_certificate_and_drops_nobody(renewable, certificates):
    trust = client_context(certificates.root)
    with connect_tls(renewable.port(), trust) as old:
        renewable.show(certificates.server("renewed"))
        with connect_tls(renewable.port(), trust) as same:
            assert serial_of(same) == serial_of(old)  # files are read when they are asked for
        assert renewable.reload().startswith("reloaded: ")
        with connect_tls(renewable.port(), trust) as new:
            assert serial_of(new) != serial_of(old)
            for client in (old, new):
                client.sendall(b"hola")
                assert read_exactly(client, 4) == b"hola"


def test_a_broken_file_refuses_a_reload_and_the_old_certificate_goes_on(renewable, certificates):
    trust = client_context(certificates.root)
    with connect_tls(renewable.port(), trust) as old:
        renewable.shown.write_text("nothing of the kind\n")
        message = renewable.reload()
        assert message.startswith("reload refused, and all goes on as it was: listen tls://127.0.0.1:0,cert=")
        assert "shown.pem" in message
        with connect_tls(renewable.port(), trust) as new:
            assert serial_of(new) == serial_of(old)
    renewable.show(certificates.server("renewed"))
    assert renewable.reload().startswith("reloaded: ")


def test_a_certificate_that_was_made_here_stays_over_a_reload(start, folder):
    file = folder / "square.conf"
    file.write_text("echo tls://127.0.0.1:0\n")
    server = start(zocalo_path(), "serve", "--log=json", "-c", file, kind=Square)
    server.file = file
    server.wait_lines(1)
    pin = read_pin(server.err)
    assert server.reload().startswith("reloaded: ")
    with connect_tls(server.port(), client_context()) as client:
        der = client.getpeercert(binary_form=True)
    key = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-pubkey"], input=der, capture_output=True, check=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key.stdout, capture_output=True, check=True)
    assert subprocess.run(["sha256sum"], input=der.stdout, capture_output=True, check=True).stdout[:64].decode() == pin


# --- what it costs who does not use it ------------------------------------------------------------


def mapped(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return {os.path.basename(line.split()[-1]) for line in maps if ".so" in line}


def test_who_uses_no_tls_loads_none_of_it(echo, zocalo):
    client = zocalo("connect", "127.0.0.1", echo.port())
    client.write(b"hola\n")
    client.out.match("hola")
    for pid in (echo.pid, client.pid):
        assert not [name for name in mapped(pid) if re.match(r"lib(gnutls|nettle|hogweed|p11-kit|tasn1)", name)]
    linked = subprocess.run(["ldd", zocalo_path()], capture_output=True, text=True, check=True).stdout
    assert "gnutls" not in linked


def test_who_uses_it_loads_it(secure_echo):
    assert [name for name in mapped(secure_echo().pid) if name.startswith("libgnutls")]
