"""Protocols typed by hand to real servers: HTTP to nginx, mail to Postfix, and a login that telnetd would negotiate.

None of the servers is a daemon here. nginx is a child that is given its listening socket; Postfix and telnetd are
started for one connection, which is their standard input and output, as by inetd(8)."""

import os
import re
import shutil
import subprocess
import threading

import pytest
from programs import need, tcp_listener
from terminals import AtTerminal

CLIENTS = {"connect": ("connect", "--crlf"), "nc": ("nc", "-C"), "telnet": ("telnet",)}
COUNTED = "".join(f"{number}\n" for number in range(100000))


@pytest.fixture(params=CLIENTS)
def client(request, zocalo):
    """Connects to a port of this machine, with each of the verbs that end lines with CR LF."""
    return lambda port: zocalo(*CLIENTS[request.param], "127.0.0.1", port)


def without_greeting(out):
    """What the server said, without what telnet itself prints."""
    return re.sub(rb"\ATrying .*\nConnected to .*\nEscape character is .*\n", b"", out)


# --- HTTP -------------------------------------------------------------------------------------------

NGINX = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/pages;
    }}
}}
"""


@pytest.fixture
def nginx(start, folder):
    """The port of a web server with two files: hola, and one of half a megabyte."""
    (folder / "pages").mkdir()
    (folder / "pages/hola").write_text("Hola Mundo\n")
    (folder / "pages/big").write_text(COUNTED)
    user = "" if os.getuid() else "user root root;"  # whose folder it is
    with tcp_listener() as listener:
        port, fd = listener.getsockname()[1], listener.fileno()
        (folder / "conf").write_text(NGINX.format(folder=folder, port=port, user=user))
        start(need("nginx"), "-e", folder / "error.log", "-c", folder / "conf", env={"NGINX": f"{fd};"}, pass_fds=[fd])
    return port


def test_two_requests_on_one_connection(client, nginx):
    typing = client(nginx)
    typing.write(b"GET /hola HTTP/1.1\nHost: localhost\n\n")
    typing.out.match(r"^HTTP/1\.1 200 OK\r\n(?:.+\r\n)*Connection: keep-alive\r\n(?:.+\r\n)*\r\nHola Mundo\n")
    typing.write(b"HEAD /nothing HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    status, out, _ = typing.finish()
    first, second = re.findall(rb"^HTTP/1\.1 (\d+) ", without_greeting(out), re.MULTILINE)
    assert (status, first, second) == (0, b"200", b"404")


def test_a_request_from_a_pipe(client, nginx):
    asking = client(nginx)
    asking.say(b"GET /big HTTP/1.0\n\n")
    status, out, _ = asking.finish()
    assert status == 0
    assert without_greeting(out).startswith(b"HTTP/1.1 200 OK\r\n")
    assert out.partition(b"\r\n\r\n")[2] == COUNTED.encode()


def test_a_part_of_a_file(client, nginx):
    asking = client(nginx)
    asking.say(b"GET /hola HTTP/1.1\nHost: localhost\nRange: bytes=5-9\nConnection: close\n\n")
    status, out, _ = asking.finish()
    head, _, body = without_greeting(out).partition(b"\r\n\r\n")
    assert (status, head.split(b"\r\n")[0], body) == (0, b"HTTP/1.1 206 Partial Content", b"Mundo")


def test_nonsense_is_answered(client, nginx):
    asking = client(nginx)
    asking.write(b"HOLA\n\n")
    status, out, _ = asking.finish()
    assert status == 0
    assert b"400 Bad Request" in out


# --- mail -------------------------------------------------------------------------------------------

POSTFIX = """
compatibility_level = 3.6
myhostname = mail.example.com
queue_directory = {folder}/mail
data_directory = {folder}/mail
alias_maps =
local_recipient_maps =
"""


def as_root():
    """What lets a user have a configuration of Postfix of one's own."""
    if os.getuid() == 0:
        return []
    wrap = ["unshare", "--user", "--map-root-user"]
    if not shutil.which(wrap[0]) or subprocess.run([*wrap, "true"], capture_output=True).returncode:
        pytest.skip("only root may give Postfix a configuration of its own")
    return wrap


class Postfix:
    """Postfix with a queue of its own, which nobody delivers. It wants pipes, and `zocalo listen` gives them."""

    def __init__(self, zocalo, folder):
        need("postconf")
        self.queue = folder / "mail/maildrop"
        self.queue.mkdir(parents=True)
        (folder / "mail/pid").mkdir()
        (folder / "mail/main.cf").write_text(POSTFIX.format(folder=folder))
        command = f"{need('sendmail')} -C {folder}/mail -bs"
        self.listener = zocalo("listen", "--exec", command, "127.0.0.1:0", wrap=as_root())
        self.port = int(self.listener.err.match(r"^listening tcp://127\.0\.0\.1:(\d+)$").group(1))


@pytest.fixture
def postfix(zocalo, folder):
    return Postfix(zocalo, folder)


CONVERSATION = [  # of the chapter on telnet: what is typed, and what Postfix says to it
    ("", r"220 mail\.example\.com ESMTP Postfix"),
    ("HELO yourdomain.com\n", r"250 mail\.example\.com"),
    ("MAIL FROM: you@yourdomain.com\n", r"250 2\.1\.0 Ok"),
    ("RCPT TO: recipient@example.com\n", r"250 2\.1\.5 Ok"),
    ("DATA\n", r"354 End data with <CR><LF>\.<CR><LF>"),
    ("Subject: Test message via Telnet\n\nHola.\n..\n.\n", r"250 2\.0\.0 Ok: queued as [0-9A-F]+"),
    ("QUIT\n", r"221 2\.0\.0 Bye"),
]


def check_mail(postfix):
    """The mail lies in the queue, line by line, and the second dot of a line of two is no part of it."""
    assert postfix.listener.wait() == 0
    mail, = postfix.queue.iterdir()
    record = mail.read_bytes()
    assert b"you@yourdomain.com" in record and b"recipient@example.com" in record
    lines = re.findall(rb"N([\x00-\x7f])(.*?)(?=[NX][\x00-\x7f])", record.partition(b"Subject")[2], re.DOTALL)
    assert [text for size, text in lines if len(text) == size[0]] == [b"", b"Hola.", b"."]


def test_a_mail_is_typed(client, postfix):
    typing = client(postfix.port)
    for typed, answer in CONVERSATION:
        typing.write(typed.encode())
        typing.out.match(rf"^{answer}\r\n\Z")
    assert typing.wait() == 0
    check_mail(postfix)


def test_a_mail_comes_from_a_pipe(client, postfix):
    typing = client(postfix.port)
    typing.say("".join(typed for typed, _ in CONVERSATION).encode())
    status, out, _ = typing.finish()
    assert status == 0
    answers = "".join(f"{answer}\\r\\n" for _, answer in CONVERSATION)
    assert re.fullmatch(answers, without_greeting(out).decode())
    check_mail(postfix)


def test_a_mail_is_typed_at_a_terminal(zocalo, postfix, folder):
    typing = zocalo("telnet", "127.0.0.1", postfix.port, kind=AtTerminal, env={"XDG_STATE_HOME": folder})
    for typed, answer in CONVERSATION:
        typing.type(typed.replace("\n", "\r"))
        typing.out.match(answer)
    assert typing.wait() == 0
    check_mail(postfix)


# --- a login ----------------------------------------------------------------------------------------

class Inetd:
    """A server for one connection, which is its standard input and output."""

    def __init__(self, *command):
        self.command = list(map(str, command))
        self.listener = tcp_listener()
        self.port = self.listener.getsockname()[1]
        self.process = None
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        try:
            peer, _ = self.listener.accept()
        except OSError:  # nobody came
            return
        with peer:
            peer.settimeout(None)
            self.process = subprocess.Popen(self.command, stdin=peer, stdout=peer, stderr=subprocess.DEVNULL,
                                            start_new_session=True)

    def close(self):
        self.listener.close()
        if self.process:
            self.process.kill()
            self.process.wait()


LOGIN = """#!/bin/sh
printf 'login: '
read name
printf 'hello %s\\n' "$name"
read bye
"""


@pytest.fixture
def telnetd(folder):
    """telnetd with a login that needs no user, and does not end at once: telnetd may lose what is said last."""
    (folder / "login").write_text(LOGIN)
    (folder / "login").chmod(0o755)
    server = Inetd(need("telnetd"), "-h", "-E", folder / "login")
    yield server
    server.close()


@pytest.mark.parametrize("how", [("nc", "-t"), ("connect", "--telnet"), ("telnet",)], ids=lambda how: how[0])
def test_a_login_by_hand(zocalo, telnetd, how):
    typing = zocalo(*how, "127.0.0.1", telnetd.port)
    typing.out.match("login: ")
    end = b"\r\n" if how[0] == "nc" else b"\n"
    typing.write(b"ana" + end)
    typing.out.match("hello ana")
    typing.write(b"bye" + end)
    assert typing.wait() == 0
