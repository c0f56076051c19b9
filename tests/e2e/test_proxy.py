"""`zocalo connect --proxy`: through ncat's HTTP proxy, and through one that speaks SOCKS, which netcat finds right."""

import re
import socket
import threading

import pytest
from programs import PATIENCE, free_port, need, pattern, read_all, tcp_listener
from proxies import Socks

KINDS = ["http", "socks4", "socks4a", "socks5", "socks5h"]


@pytest.fixture
def http_proxy(start):
    """Starts ncat as an HTTP proxy, which always listens on every interface; returns where it is."""

    def start_one(*arguments):
        port = free_port()
        proxy = start(need("ncat"), "-v", "-l", "--proxy-type", "http", *arguments, port)
        proxy.err.match("Listening on 0.0.0.0")
        return f"127.0.0.1:{port}"

    return start_one


@pytest.fixture
def socks():
    with Socks() as proxy:
        yield proxy


@pytest.fixture(params=KINDS)
def any_proxy(request, http_proxy, socks):
    """The URL of a proxy of each kind."""
    return f"{request.param}://{http_proxy() if request.param == 'http' else f'127.0.0.1:{socks.port}'}"


def expect_echo(client, data=b"hello\n"):
    """ncat ends both directions when one of them has ended: the end of the input waits for the echo."""
    client.feed(data, end=False)
    assert client.out.holds(len(data)) == data
    client.end_input()
    assert client.finish() == (0, data, "")


# --- what goes through ----------------------------------------------------------------------------


def test_bytes_go_both_ways(zocalo, echo, any_proxy):
    expect_echo(zocalo("connect", "--proxy", any_proxy, "127.0.0.1", echo.port()), pattern(3 << 20))


@pytest.mark.parametrize("kind", ["socks4", "socks5"])
def test_a_half_close_goes_through(zocalo, echo, socks, kind):
    data = pattern(3 << 20)
    client = zocalo("connect", f"--proxy={kind}://127.0.0.1:{socks.port}", "127.0.0.1", echo.port())
    client.feed(data)
    status, out, err = client.finish()
    assert (status, err) == (0, "")
    assert out == data


@pytest.mark.parametrize("version", ["4", "5", "connect"])
def test_netcat_finds_the_same_proxies(start, echo, http_proxy, socks, version):
    where = http_proxy() if version == "connect" else f"127.0.0.1:{socks.port}"
    expect_echo(start(need("nc.openbsd"), "-N", "-X", version, "-x", where, "127.0.0.1", echo.port()))


@pytest.mark.parametrize("kind", ["socks4", "socks5"])
def test_names_are_looked_up_by_the_proxy(zocalo, echo, kind):
    with Socks({"square.invalid": echo.port()}) as proxy:
        expect_echo(zocalo("connect", f"--proxy={kind}://127.0.0.1:{proxy.port}", "square.invalid", 7))
        assert proxy.asked == [("4a" if kind == "socks4" else "5", "", "square.invalid", 7)]


def test_a_name_goes_through_ncat(zocalo, echo, http_proxy):
    expect_echo(zocalo("connect", f"--proxy=http://{http_proxy()}", "localhost", echo.port()))


def test_ip6_goes_through_a_proxy(zocalo, serve, http_proxy, socks):
    server = serve("echo", "tcp://[::1]:0")
    for url in (f"http://{http_proxy()}", f"socks5://127.0.0.1:{socks.port}"):
        expect_echo(zocalo("connect", "--proxy", url, "::1", server.port()))
    assert socks.asked == [("5", "", "::1", server.port())]


def test_socks_4_does_not_reach_ip6(zocalo, socks):
    status, _, err = zocalo("connect", f"--proxy=socks4://127.0.0.1:{socks.port}", "::1", 7).finish()
    assert status == 2
    assert "SOCKS 4 does not reach IPv6 addresses" in err
    assert socks.asked == []


def test_what_the_target_says_first_is_not_lost(zocalo):
    """The proxy's answer and the target's first bytes come in one segment."""
    with tcp_listener() as listener:
        client = zocalo("connect", f"--proxy=http://127.0.0.1:{listener.getsockname()[1]}", "example.org", 25)
        peer, _ = listener.accept()
        with peer:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += peer.recv(1)
            assert head == b"CONNECT example.org:25 HTTP/1.1\r\nHost: example.org:25\r\n\r\n"
            peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\r\n220 ready\r\n")
            peer.shutdown(socket.SHUT_WR)
            assert client.finish() == (0, b"\r\n220 ready\r\n", "")


@pytest.mark.parametrize("kind", ["socks4", "socks5"])
def test_answers_may_come_byte_by_byte(zocalo, echo, kind):
    with Socks(bytewise=True, login=("ada", "love")) as proxy:
        login = "ada:love" if kind == "socks5" else "ada"
        expect_echo(zocalo("connect", f"--proxy={kind}://{login}@127.0.0.1:{proxy.port}", "127.0.0.1", echo.port()))


def test_the_proxys_bytes_are_no_part_of_the_conversation(zocalo, echo, any_proxy):
    client = zocalo("connect", "--stats", "--proxy", any_proxy, "127.0.0.1", echo.port())
    client.write(b"hello\n")
    client.out.match("hello")
    client.end_input()
    status, _, err = client.finish()
    assert status == 0
    assert "sent 6 bytes, received 6 bytes" in err


# --- who asks -------------------------------------------------------------------------------------


def test_a_login_opens_ncat(zocalo, echo, http_proxy):
    where = http_proxy("--proxy-auth", "ada:love lace")
    expect_echo(zocalo("connect", f"--proxy=http://ada:love%20lace@{where}", "127.0.0.1", echo.port()))


def test_a_login_opens_socks_5(zocalo, echo):
    with Socks(login=("ada", "love:lace")) as proxy:
        url = f"socks5://ada:love:lace@127.0.0.1:{proxy.port}"
        expect_echo(zocalo("connect", "--proxy", url, "127.0.0.1", echo.port()))
        assert proxy.asked == [("5", "ada", "127.0.0.1", echo.port())]


def test_socks_4_is_told_the_user(zocalo, echo, socks):
    expect_echo(zocalo("connect", f"--proxy=socks4://ada@127.0.0.1:{socks.port}", "127.0.0.1", echo.port()))
    assert socks.asked == [("4", "ada", "127.0.0.1", echo.port())]


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_login_that_is_wrong_or_missing_is_refused_in_words(zocalo, http_proxy, kind):
    with Socks(login=("ada", "love")) as proxy:
        where = http_proxy("--proxy-auth", "ada:love") if kind == "http" else f"127.0.0.1:{proxy.port}"
        status, _, err = zocalo("connect", f"--proxy={kind}://ada:secret@{where}", "127.0.0.1", 7).finish()
        assert (status, err) == (1, f"zocalo connect: proxy {where}: it refused the user name and the password\n")
        status, _, err = zocalo("connect", f"--proxy={kind}://{where}", "127.0.0.1", 7).finish()
        assert (status, err) == (
            1, f"zocalo connect: proxy {where}: it wants a user name and a password, and has none from us\n")


# --- what does not go through ---------------------------------------------------------------------


def test_a_closed_port_behind_socks_5_is_a_refusal(zocalo, socks):
    port = free_port()
    status, _, err = zocalo("connect", f"--proxy=socks5://127.0.0.1:{socks.port}", "127.0.0.1", port).finish()
    assert status == 1
    assert f"proxy 127.0.0.1:{socks.port}: refused to connect to '127.0.0.1' port {port}: Connection refused\n" in err


def test_a_closed_port_behind_the_others_is_a_failure_of_the_network(zocalo, any_proxy):
    port = free_port()
    status, _, err = zocalo("connect", "--proxy", any_proxy, "127.0.0.1", port).finish()
    assert status == 1
    assert f": refused to connect to '127.0.0.1' port {port}: " in err


def test_a_proxy_that_is_not_there_is_a_failure_of_the_network(zocalo):
    port = free_port()
    status, _, err = zocalo("connect", f"--proxy=http://127.0.0.1:{port}", "example.org", 80).finish()
    assert status == 1
    assert f"zocalo connect: proxy: dial tcp://127.0.0.1:{port}: connect 127.0.0.1:{port}: Connection refused\n" in err


@pytest.mark.parametrize("kind", ["http", "socks4", "socks5"])
def test_a_proxy_that_ends_without_an_answer_says_so(zocalo, kind):
    with tcp_listener() as listener:
        port = listener.getsockname()[1]
        client = zocalo("connect", f"--proxy={kind}://127.0.0.1:{port}", "example.org", 80)
        peer, _ = listener.accept()
        with peer:
            peer.shutdown(socket.SHUT_WR)
            read_all(peer)
        status, _, err = client.finish()
        assert (status, err) == (1, f"zocalo connect: proxy 127.0.0.1:{port}: it ended without an answer\n")


@pytest.mark.parametrize("kind", ["http", "socks4", "socks5"])
def test_what_is_no_proxy_is_told(zocalo, kind):
    with tcp_listener() as listener:
        port = listener.getsockname()[1]
        client = zocalo("connect", f"--proxy={kind}://127.0.0.1:{port}", "example.org", 80)
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"220 mail.example.org ESMTP\r\n")
            status, _, err = client.finish()
        assert status == 1
        assert f"proxy 127.0.0.1:{port}: what it answers is not " in err


def test_a_header_without_end_has_a_bound(zocalo):
    with tcp_listener() as listener:
        port = listener.getsockname()[1]
        client = zocalo("connect", f"--proxy=http://127.0.0.1:{port}", "example.org", 80)
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000)
            status, _, err = client.finish()
        assert (status, err) == (1, f"zocalo connect: proxy 127.0.0.1:{port}: its answer is longer than 16384 bytes\n")


# --- together with other options ------------------------------------------------------------------


def test_timeout_bounds_a_proxy_that_does_not_answer(zocalo):
    with tcp_listener() as listener:
        port = listener.getsockname()[1]
        status, _, err = zocalo("connect", "--timeout=200ms", f"--proxy=socks5://127.0.0.1:{port}", "h", 7).finish()
    assert status == 1
    assert f"proxy 127.0.0.1:{port}: Connection timed out" in err


def test_wait_tries_again_when_the_proxy_reached_nobody(zocalo):
    port = free_port()
    opened = threading.Event()
    with socket.socket() as target:
        target.settimeout(PATIENCE)
        target.bind(("127.0.0.1", port))

        def listen_now():
            if not opened.is_set():
                target.listen(1)
                opened.set()

        with Socks(on_refusal=listen_now) as proxy:
            client = zocalo("connect", "--wait=30s", f"--proxy=socks5://127.0.0.1:{proxy.port}", "127.0.0.1", port)
            assert opened.wait(PATIENCE)
            peer, _ = target.accept()
            with peer:
                peer.sendall(b"at last\n")
            client.end_input()
            assert client.finish() == (0, b"at last\n", "")
            assert len(proxy.asked) == 2


def test_source_is_where_the_proxy_is_asked_from(zocalo):
    with tcp_listener() as listener:
        port = listener.getsockname()[1]
        client = zocalo("connect", "--source=127.0.0.9", f"--proxy=http://127.0.0.1:{port}", "h", 7)
        peer, (host, _) = listener.accept()
        peer.close()
        assert host == "127.0.0.9"
        assert client.wait() == 1


def test_verbose_tells_of_the_proxy_and_of_the_target(zocalo, echo, socks):
    client = zocalo("connect", "-v", f"--proxy=socks5://127.0.0.1:{socks.port}", "127.0.0.1", echo.port())
    client.say(b"hello\n")
    status, _, err = client.finish()
    assert status == 0
    assert re.search(rf"connected to 127\.0\.0\.1:{socks.port} from \S+ in \S+\n"
                     rf"opening '127\.0\.0\.1:{echo.port()}'\nopened in \S+\nsent 6 bytes\n", err)


@pytest.mark.parametrize("arguments, words", [
    (["--proxy=https://ada:secret@proxy", "h", "7"], "https://, which needs TLS"),
    (["--proxy=ftp://proxy", "h", "7"], "unknown scheme 'ftp://' (known: socks4://"),
    (["--proxy=proxy:1080", "h", "7"], "a proxy begins with its scheme"),
    (["--proxy=socks4://ada:secret@proxy", "h", "7"], "SOCKS 4 knows no password"),
    (["--proxy=http://ada:secret@proxy:99999", "h", "7"], "port '99999' is over 65535"),
    (["--proxy=socks5://:1", "udp://h:7"], "only a connection by tcp:// or tls:// goes through a proxy"),
    (["--proxy=socks5://:1", ":7"], "through a proxy a host is needed"),
])
def test_what_cannot_be_is_refused_before_anything_happens(zocalo, arguments, words):
    status, _, err = zocalo("connect", *arguments).finish()
    assert status == 2
    assert words in err
    assert "secret" not in err
