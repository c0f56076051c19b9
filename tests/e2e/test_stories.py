"""Golden transcripts of --explain: situations that are acted out with real peers, and what is told of them, in both languages.

The stories are in tests/explain/, one file for each situation and language. ZOCALO_STORIES=write writes them anew, for
somebody to read. What differs from run to run (times, ports that the system chose, keys) stands there as <time>, <port> ..."""

import contextlib
import errno
import gettext
import os
import pathlib
import re
import signal
import socket
import ssl
import sys

import pytest
from nameserver import NameServer
from programs import need, zocalo_path
from proxies import Socks
from scripted import CLOSE, END, RESET, Peer, speak
from secure import server_context

STORIES = pathlib.Path(__file__).parents[1] / "explain"
WRITES = os.environ.get("ZOCALO_STORIES") == "write"
HERE = pathlib.Path(__file__).parent


# --- what differs from run to run ----------------------------------------------------------------------

TIME = r"\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s)\b"
KEPT = ("60 s", "60s", "250 ms", "250ms", "1 s", "2 s", "3 s")  # these are rules, and no measurements
VARYING = [
    (r"^ *\d+\.\d+ s ", "<time> "),
    (r"sha256:[0-9a-f]{64}", "sha256:<key>"),
    (r"\b\d{4}-\d\d-\d\d\b", "<date>"),
    (r"pid \d+", "pid <pid>"),
    (r"/tmp/zoc\w+", "<folder>"),
    (r"\b\d+(?:\.\d+)?[KMGT]? (?=bytes (?:a second|por segundo))", "<rate> "),
    (r"\b(?:4\d\d|7[0-2]) bytes\)", "<size> bytes)"),  # of signatures and what has some: a byte or two more or less
    (r"(?<=congestion window )\d+|(?<=ventana de congestión, de )\d+", "<window>"),
]


# On a busy machine the kernel may probe for a segment that was not lost; only one situation is about that.
SENT_AGAIN = r"(?<=<time>)\n<time> +\w+ +(?:#1 \w+: )?\d+ (?:of our segments|de los segmentos) [^\n]*"
NOTHING_AGAIN = {"en": ", and nothing had to be sent again", "es": ", y no hubo que repetir ningún envío"}


def in_english(text):
    """The C library's words for errors are in Spanish where its own catalogue is installed."""
    catalogue = gettext.translation("libc", languages=["es"], fallback=True)
    for number in errno.errorcode:
        words = os.strerror(number)
        text = text.replace(catalogue.gettext(words), words)
    return text


def plain(text, stage):
    """The story without what differs from run to run, and from machine to machine."""
    text = in_english(text)
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    text = re.sub(TIME, lambda found: found[0] if found[0] in KEPT else "<time>", text)
    for port, name in stage.ports.items():
        text = re.sub(rf"(?<=:){port}\b", f"<{name}>", text)
        text = re.sub(rf"(?<=port ){port}\b|(?<=puerto ){port}\b", f"<{name}>", text)
    text = re.sub(r"(?<=:)[3-6]\d{4}\b", "<port>", text)
    if not stage.loses:
        text = re.sub(SENT_AGAIN, NOTHING_AGAIN[stage.language], text)
    low, high = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()
    text = re.sub(rf"\b{low}( \w+ ){high}\b", r"<low>\1<high>", text)
    return text


# --- the stage -------------------------------------------------------------------------------------------


class Stage:
    """Where a situation is acted out. `ports` names the ports that the system chose."""

    def __init__(self, language, zocalo, serve, folder, certificates, request, exits):
        self.language, self.folder, self.certificates, self._request = language, folder, certificates, request
        self._zocalo, self._serve, self.exits = zocalo, serve, exits
        self.ports = {}
        self.loses = False  # segments are lost, and that is the story

    @property
    def namespace(self):
        """What makes a network of its own; a situation that needs one is skipped where there is none."""
        return self._request.getfixturevalue("namespace")

    def peer(self, script, **how):
        peer = Peer(script, **how)
        self.exits.callback(peer.finish)
        self.ports[peer.port] = "server"
        return peer

    def serve(self, *arguments):
        server = self._serve("--log=off", *arguments)
        if not server.endpoints[0].startswith("unix:"):
            self.ports[server.port()] = "server"
        return server

    def free_port(self, name="server"):
        """A port that nobody listens on."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.ports[port] = name
        return port

    def start(self, verb, *arguments, wrap=(), **how):
        return self._zocalo(verb, "--lang", self.language, "--explain", *arguments, wrap=wrap, **how)

    def connect(self, *arguments, script=(), status=0, **how):
        """Runs connect, types the client's part, and returns the story."""
        program = self.start("connect", *arguments, **how)
        speak(program, script)
        return self.story(program, status)

    def story(self, program, status=0):
        found, _, err = program.finish()
        assert found == status, err
        return err

    def converse(self, script, *arguments, **how):
        """A conversation with a peer, both parts by script."""
        return self.connect(*arguments, f"127.0.0.1:{self.peer(script).port}", script=script, **how)


SITUATIONS = {}


def situation(act):
    SITUATIONS[act.__name__] = act
    return act


# --- connections ------------------------------------------------------------------------------------------


@situation
def hello(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    return stage.connect("localhost", server.port())


@situation
def echo(stage):
    server = stage.serve("echo", "tcp://127.0.0.1:0")
    return stage.connect(f"127.0.0.1:{server.port()}", script=[("C", "hola\n"), ("S", "hola\n"), ("C", END)])


@situation
def half_close_by_the_server(stage):
    return stage.converse([("S", "adios\n"), ("S", END)])


@situation
def reset_in_the_middle(stage):
    return stage.converse([("C", "hola\n"), ("S", "hola\n"), ("S", RESET)], status=1)


@situation
def our_own_reset(stage):
    return stage.converse([("C", "hola\n"), ("S", "hola\n"), ("C", END)], "--reset")


@situation
def a_port_of_our_choice(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    port = stage.free_port("source")
    return stage.connect(f"--source=127.0.0.1:{port}", f"127.0.0.1:{server.port()}")


@situation
def unknown_bytes(stage):
    return stage.converse([("C", b"\x00\x01\x02\xff\xfe"), ("S", b"\x80\x81\x82"), ("S", CLOSE)])


# --- that do not come about -------------------------------------------------------------------------------


BESIDE = """
"$IP" link set lo up
mkfifo "$FOLDER/listening"
"$ZOCALO" serve --log=off hello tcp://127.0.0.1:5000 >"$FOLDER/listening" &
read -r listening <"$FOLDER/listening"
"$@"
status=$?
kill $! && wait
exit $status
"""


def on_a_machine_with_one_service(stage, *arguments, **how):
    """It listens on port 5000 of 127.0.0.1, and nobody else does."""
    tools = {"ZOCALO": zocalo_path(), "IP": need("ip"), "FOLDER": str(stage.folder)}
    return stage.connect(*arguments, wrap=(*stage.namespace, "sh", "-c", BESIDE, "sh"), env=tools, **how)


@situation
def refused(stage):
    return on_a_machine_with_one_service(stage, "127.0.0.1:5001", status=1)


@situation
def refused_in_both_families(stage):
    return on_a_machine_with_one_service(stage, "localhost:5001", status=1)


@situation
def only_in_the_other_family(stage):
    """It listens on 127.0.0.1 alone, and ::1 is asked for."""
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    return stage.connect(f"[::1]:{server.port()}", status=1)


@situation
def filtered(stage):
    """A backlog that is full answers nothing, as a firewall that drops."""
    full = stage.exits.enter_context(socket.socket())
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    for _ in range(2):
        waiting = stage.exits.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(full.getsockname())
    stage.ports[full.getsockname()[1]] = "server"
    return stage.connect(f"127.0.0.1:{full.getsockname()[1]},connect-timeout=2s", status=1)


@situation
def unreachable_network(stage):
    return stage.connect("192.0.2.1:80", wrap=tuple(stage.namespace), status=1)


@situation
def unreachable_host(stage):
    routes = f"{need('ip')} link set lo up && {need('ip')} route add unreachable 192.0.2.1 && exec \"$@\""
    return stage.connect("192.0.2.1:80", wrap=(*stage.namespace, "sh", "-c", routes, "sh"), status=1)


# --- names ------------------------------------------------------------------------------------------------


def with_names(stage, names, *arguments, **how):
    server = stage.exits.enter_context(NameServer(names))
    stage.ports[int(server.address.rsplit(":", 1)[1])] = "name server"
    return stage.connect(*arguments, env={"ZOCALO_NAMESERVERS": server.address}, **how)


@situation
def a_name(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    return with_names(stage, {"plaza.example": ["127.0.0.1"]}, f"plaza.example:{server.port()}")


@situation
def a_name_that_does_not_exist(stage):
    return with_names(stage, {}, "nobody.example:80", status=1)


@situation
def a_name_with_ipv6_alone(stage):
    """Whether the answer for IPv4 has come before the first attempt, and is told, is chance."""
    server = stage.serve("hello", "tcp://[::1]:0")
    told = with_names(stage, {"six.example": ["::1"]}, f"six.example:{server.port()}")
    return "".join(line for line in told.splitlines(True) if "RFC 1035, 3.4.1" not in line)


@situation
def a_name_without_ipv6(stage):
    return with_names(stage, {"four.example": ["127.0.0.1"]}, "tcp://four.example:80,6", status=1)


@situation
def the_second_address_answers(stage):
    server = stage.serve("hello", "tcp://127.0.0.2:0")
    return with_names(stage, {"two.example": ["127.0.0.1", "127.0.0.2"]}, f"two.example:{server.port()}")


@situation
def no_name_server_answers(stage):
    silent = stage.exits.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    silent.bind(("127.0.0.1", 0))
    stage.ports[silent.getsockname()[1]] = "name server"
    return stage.connect("tcp://somebody.example:80,connect-timeout=1s", status=1,
                         env={"ZOCALO_NAMESERVERS": f"127.0.0.1:{silent.getsockname()[1]}"})


# --- TLS --------------------------------------------------------------------------------------------------


def by_tls(stage, certificate, script, *options, status=0, version=None, ca=None, host="localhost"):
    context = server_context(certificate, version=version)
    context.num_tickets = 0  # whether they come before our first words would be chance
    peer = stage.peer(script, wrap=lambda plain: context.wrap_socket(plain, server_side=True))
    trust = f"ca={ca or stage.certificates.root}"
    return stage.connect(",".join([f"tls://{host}:{peer.port},4", trust, *options]), script=script, status=status)


HOLA = [("C", "hola\n"), ("S", "que tal\n")]


@situation
def tls(stage):
    return by_tls(stage, stage.certificates.server(), [*HOLA, ("C", END), ("S", END)])


@situation
def tls_1_2(stage):
    return by_tls(stage, stage.certificates.server(), [*HOLA, ("C", END), ("S", END)], version=ssl.TLSVersion.TLSv1_2)


@situation
def tls_truncated(stage):
    return by_tls(stage, stage.certificates.server(), [*HOLA, ("S", CLOSE)], status=1)


@situation
def tls_expired(stage):
    return by_tls(stage, stage.certificates.expired, [], status=1)


@situation
def tls_of_another_name(stage):
    return by_tls(stage, stage.certificates.misnamed, [], status=1)


@situation
def tls_of_an_unknown_issuer(stage):
    return by_tls(stage, stage.certificates.unknown, [], status=1)


@situation
def tls_to_a_plain_server(stage):
    peer = stage.peer([("S", "220 mail.example ESMTP\r\n")])
    return stage.connect(f"tls://127.0.0.1:{peer.port},insecure", status=1)


# --- through others ---------------------------------------------------------------------------------------


@situation
def a_proxy_that_refuses(stage):
    proxy = stage.exits.enter_context(Socks())
    stage.ports[proxy.port] = "proxy"
    return stage.connect(f"--proxy=socks5://127.0.0.1:{proxy.port}", "nobody.example:80", status=1)


@situation
def a_proxy(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    proxy = stage.exits.enter_context(Socks(names={"plaza.example": server.port()}))
    stage.ports[proxy.port] = "proxy"
    return stage.connect(f"--proxy=socks5://127.0.0.1:{proxy.port}", "plaza.example:80")


@situation
def relay(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    program = stage.start("relay", "--log=off", "listen:127.0.0.1:0", f"127.0.0.1:{server.port()}")
    port = int(program.err.match(r"^listening .*:(\d+)$")[1])
    stage.ports[port] = "relay"
    with socket.create_connection(("127.0.0.1", port)) as client:
        while client.recv(4096):
            pass
    program.err.until(lambda text: text.count("#1 ") == 15)
    program.signal(signal.SIGTERM)
    return stage.story(program)


@situation
def listen(stage):
    program = stage.start("listen", "127.0.0.1:0")
    port = int(program.err.match(r"^listening .*:(\d+)$")[1])
    stage.ports[port] = "server"
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"hola\n")
        program.out.match("hola")
        program.say(b"que tal\n")
        while client.recv(4096):
            pass
    return stage.story(program)


@situation
def the_port_is_taken(stage):
    server = stage.serve("hello", "tcp://127.0.0.1:0")
    return stage.story(stage.start("listen", f"127.0.0.1:{server.port()}"), status=1)


# --- datagrams, and sockets of this machine ---------------------------------------------------------------


@situation
def udp(stage):
    server = stage.serve("echo", "udp://127.0.0.1:0")
    return stage.connect(f"udp://127.0.0.1:{server.port()}", script=[("C", "hola\n"), ("S", "hola\n"), ("C", END)])


@situation
def udp_without_listener(stage):
    return on_a_machine_with_one_service(stage, "udp://127.0.0.1:5001", status=1)


@situation
def unix(stage):
    server = stage.serve("hello", f"unix:{stage.folder}/square")
    assert server
    return stage.connect(f"unix:{stage.folder}/square")


@situation
def unix_that_is_not_there(stage):
    return stage.connect(f"unix:{stage.folder}/nobody", status=2)


@situation
def unix_without_permission(stage):
    """Somebody else's, and this program runs as nobody."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    stage.folder.chmod(0o755)
    path = stage.folder / "private"
    stage.serve("hello", f"unix:{path},mode=0600")
    return stage.connect(f"unix:{path}", wrap=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), status=2)


@situation
def unix_with_nobody_behind(stage):
    path = stage.folder / "stale"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    return stage.connect(f"unix:{path}", status=1)


# --- paths that lose --------------------------------------------------------------------------------------


def over_a_path(stage, lose, service, *client, status=0, data=b""):
    """With a client and a server on two hosts, and a round trip of 10 ms between them."""
    if not (stage.namespace and os.access("/dev/net/tun", os.R_OK | os.W_OK)):
        pytest.skip("this user may not make TUN devices")
    hosts = [sys.executable, HERE / "twohosts.py", lose, zocalo_path(), "serve", "--log=off", *service.split(), "--"]
    program = stage.start("connect", *client, wrap=hosts)
    program.feed(data)
    return stage.story(program, status)


@situation
def a_lossy_path(stage):
    """The third segment with data is lost, and sent again; on a busy machine another one may be."""
    stage.loses = True
    told = over_a_path(stage, "data:3", "discard tcp://10.77.0.2:5000", "10.77.0.2:5000", data=b"0123456789abcde\n" * 4096)
    told = re.sub(r"\d+ (of our segments) were (sent again, since the kernel took) them for lost",
                  r"1 \1 was \2 it for lost", told)
    return re.sub(r"\d+ (de los segmentos de este lado) se enviaron (otra vez, porque el núcleo) los dio por perdidos",
                  r"1 \1 se envió \2 lo dio por perdido", told)


@situation
def a_long_path(stage):
    return over_a_path(stage, "nothing", "hello tcp://10.77.0.2:5000", "10.77.0.2:5000")


@situation
def a_firewall_that_drops(stage):
    return over_a_path(stage, "port:5001", "hello tcp://10.77.0.2:5000", "10.77.0.2:5001,connect-timeout=2s", status=1)


@situation
def nothing_listens_on_another_machine(stage):
    return over_a_path(stage, "nothing", "hello tcp://10.77.0.2:5000", "10.77.0.2:5001", status=1)


@situation
def a_slow_server(stage):
    """It says nothing, and --idle ends the wait."""
    return stage.converse([("C", "hola\n")], "--idle=1s", status=1)


# --- protocols --------------------------------------------------------------------------------------------


@situation
def http_by_hand(stage):
    """As the book types it (chapter 5)."""
    return stage.converse([
        ("C", "GET / HTTP/1.1\r\n"), ("C", "Host: www.example.com\r\n"), ("C", "\r\n"),
        ("S", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: 17\r\n"
              "ETag: \"3147526947\"\r\nCache-Control: max-age=604800\r\nServer: ECS\r\n\r\n<h1>Example</h1>\n"),
        ("C", END)])


@situation
def http_in_detail(stage):
    return stage.converse([
        ("C", "GET / HTTP/1.1\r\nHost: www.example.com\r\nAccept: text/html\r\nUser-Agent: by hand\r\n\r\n"),
        ("S", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
              "5\r\nhola\n\r\n0\r\n\r\n"),
        ("S", END), ("C", END)], "--explain=more")


@situation
def http_redirect_and_not_found(stage):
    return stage.converse([
        ("C", "GET /old HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("S", "HTTP/1.1 308 Permanent Redirect\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"),
        ("C", "GET /new HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("S", "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nnot here\r\n"),
        ("C", END)])


@situation
def http_1_0(stage):
    return stage.converse([
        ("C", "GET / HTTP/1.0\r\n\r\n"),
        ("S", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhola\n"), ("S", CLOSE)])


@situation
def http_that_could_smuggle(stage):
    return stage.converse([
        ("C", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("S", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), ("S", CLOSE)])


@situation
def websocket(stage):
    return stage.converse([
        ("C", "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        ("S", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
        ("C", b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ("S", b"\x81\x04hola"), ("S", b"\x89\x00"),
        ("C", b"\x8a\x80\x00\x00\x00\x00"), ("S", b"\x88\x02\x03\xe8"), ("C", b"\x88\x82\x00\x00\x00\x00\x03\xe8"),
        ("S", CLOSE)])


@situation
def smtp_by_hand(stage):
    """As the book types it (chapter 5)."""
    return stage.converse([
        ("S", "220 mail.example.com ESMTP Postfix\r\n"),
        ("C", "HELO localhost\r\n"), ("S", "250 mail.example.com\r\n"),
        ("C", "MAIL FROM: you@yourdomain.com\r\n"), ("S", "250 2.1.0 Ok\r\n"),
        ("C", "RCPT TO: friend@example.com\r\n"), ("S", "250 2.1.5 Ok\r\n"),
        ("C", "DATA\r\n"), ("S", "354 End data with <CR><LF>.<CR><LF>\r\n"),
        ("C", "Subject: Test\r\n\r\nHola.\r\n.\r\n"), ("S", "250 2.0.0 Ok: queued as 12345\r\n"),
        ("C", "QUIT\r\n"), ("S", "221 2.0.0 Bye\r\n"), ("S", CLOSE)])


@situation
def smtp_refuses(stage):
    return stage.converse([
        ("S", "220 mail.example.com ESMTP\r\n"),
        ("C", "EHLO me.example\r\n"),
        ("S", "250-mail.example.com\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
        ("C", "MAIL FROM:<a@me.example>\r\n"), ("S", "250 2.1.0 Ok\r\n"),
        ("C", "RCPT TO:<nobody@example.com>\r\n"), ("S", "550 5.1.1 User unknown\r\n"),
        ("C", "QUIT\r\n"), ("S", "221 Bye\r\n"), ("S", CLOSE)])


@situation
def ftp(stage):
    return stage.converse([
        ("S", "220 (vsFTPd 3.0.3)\r\n"),
        ("C", "USER anonymous\r\n"), ("S", "331 Please specify the password.\r\n"),
        ("C", "PASS me@example.org\r\n"), ("S", "230 Login successful.\r\n"),
        ("C", "PASV\r\n"), ("S", "227 Entering Passive Mode (127,0,0,1,195,101).\r\n"),
        ("C", "QUIT\r\n"), ("S", "221 Goodbye.\r\n"), ("S", CLOSE)])


@situation
def pop3(stage):
    return stage.converse([
        ("S", "+OK POP3 ready <1896.697170952@dbc.mtview.ca.us>\r\n"),
        ("C", "USER mrose\r\n"), ("S", "+OK\r\n"), ("C", "PASS secret\r\n"), ("S", "+OK logged in\r\n"),
        ("C", "STAT\r\n"), ("S", "+OK 2 320\r\n"), ("C", "RETR 1\r\n"),
        ("S", "+OK 120 octets\r\nSubject: hola\r\n\r\nhola\r\n.\r\n"),
        ("C", "QUIT\r\n"), ("S", "+OK\r\n"), ("S", CLOSE)])


@situation
def imap(stage):
    return stage.converse([
        ("S", "* OK IMAP4rev1 ready\r\n"),
        ("C", "a1 LOGIN mrc secret\r\n"), ("S", "a1 OK LOGIN completed\r\n"),
        ("C", "a2 SELECT INBOX\r\n"), ("S", "* 18 EXISTS\r\n* OK [UIDVALIDITY 385]\r\na2 OK [READ-WRITE] done\r\n"),
        ("C", "a3 LOGOUT\r\n"), ("S", "* BYE closing\r\na3 OK done\r\n"), ("S", CLOSE)])


@situation
def irc(stage):
    return stage.converse([
        ("C", "NICK ana\r\nUSER ana 0 * :Ana\r\n"), ("S", ":irc.example 001 ana :Welcome\r\n"),
        ("C", "JOIN #plaza\r\n"), ("S", ":ana!ana@localhost JOIN #plaza\r\n"),
        ("C", "PRIVMSG #plaza :hola\r\n"), ("S", "PING :irc.example\r\n"), ("C", "PONG :irc.example\r\n"),
        ("C", "QUIT\r\n"), ("S", "ERROR :Closing link\r\n"), ("S", CLOSE)])


@situation
def redis(stage):
    return stage.converse([
        ("C", "PING\r\n"), ("S", "+PONG\r\n"),
        ("C", "*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$3\r\nana\r\n"), ("S", "+OK\r\n"),
        ("C", "*2\r\n$3\r\nGET\r\n$4\r\nname\r\n"), ("S", "$3\r\nana\r\n"), ("C", END)])


@situation
def beanstalkd(stage):
    return stage.converse([
        ("C", "put 0 0 60 4\r\nhola\r\n"), ("S", "INSERTED 1\r\n"),
        ("C", "reserve\r\n"), ("S", "RESERVED 1 4\r\nhola\r\n"), ("C", "delete 1\r\n"), ("S", "DELETED\r\n"), ("C", END)])


@situation
def telnet(stage):
    return stage.converse([
        ("S", b"\xff\xfd\x18\xff\xfb\x01\xff\xfb\x03"), ("C", b"\xff\xfc\x18\xff\xfd\x01\xff\xfd\x03"),
        ("S", "login: "), ("C", "ana\r\n"), ("S", CLOSE)])


@pytest.fixture(params=["en", "es"])
def stage(request, zocalo, serve, folder, certificates):
    with contextlib.ExitStack() as exits:
        yield Stage(request.param, zocalo, serve, folder, certificates, request, exits)


@pytest.mark.parametrize("name", sorted(SITUATIONS) if SITUATIONS else ["none"])
def test_story(name, stage):
    told = plain(SITUATIONS[name](stage), stage)
    path = STORIES / f"{name}.{stage.language}.txt"
    if WRITES:
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")
