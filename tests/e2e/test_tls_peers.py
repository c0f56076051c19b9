"""tls:// and other people's programs: each as the client of ours, and as the server."""

import http.server
import os
import re
import ssl
import threading

import pytest
from programs import PATIENCE, free_port, need, pattern, read_exactly
from secure import TlsServer, client_context, connect_tls, echo_until_end, listening_port, server_context

TEXT = b"hola\nadi\xc3\xb3s\n"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture
def secure_echo(serve, certificates):
    """An echo service with the good certificate, and more options of its endpoint."""
    return lambda *options: serve("--log=json", "echo",
                                  ",".join([f"tls://127.0.0.1:0,{certificates.server().options}", *options]))


@pytest.fixture
def connect(zocalo, certificates):
    """A client of ours to a port, which trusts the root."""
    return lambda port, *options, arguments=(): zocalo(
        "connect", *arguments, ",".join([f"tls://localhost:{port},ca={certificates.root}", *options]))


def converse(client, server, speaks=b"from the other\n", hears=b"from zocalo\n"):
    """Both say something, and hear it."""
    client.write(hears)
    server.out.match(hears.decode().strip())
    server.write(speaks)
    client.out.match(speaks.decode().strip())


# --- OpenSSL --------------------------------------------------------------------------------------


@pytest.fixture
def s_client(start, certificates):
    """`openssl s_client`, which checks with the root."""

    def start_one(port, *options, quiet=True):
        return start(need("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-CAfile",
                     certificates.root, "-verify_return_error", *(["-quiet", "-no_ign_eof"] if quiet else []), *options)

    return start_one


@pytest.fixture
def s_server(start, certificates):
    """`openssl s_server` with the good certificate; returns its port and the program."""

    def start_one(*options, certificate=None):
        shown, port = certificate or certificates.server(), free_port()
        server = start(need("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-cert", shown.file, "-key", shown.key,
                       "-naccept", "1", *options)
        server.out.match("ACCEPT")
        return port, server

    return start_one


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_as_client(secure_echo, s_client, version):
    client = s_client(secure_echo().port(), version)
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    assert client.wait() == 0


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_as_server(connect, s_server, version):
    port, server = s_server(version)
    client = connect(port)
    converse(client, server)
    client.end_input()
    assert client.wait() == 0


def test_openssl_asks_for_a_certificate(connect, s_server, certificates):
    port, server = s_server("-Verify", "1", "-CAfile", certificates.root, "-verify_return_error")
    client = connect(port, certificates.client.options)
    converse(client, server)
    server.err.until(lambda text: "CN = client" in text + server.out.text())


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_shows_a_certificate(secure_echo, s_client, certificates, version):
    shown = certificates.client
    client = s_client(secure_echo(f"ca={certificates.root}").port(), version, "-cert", shown.file, "-key", shown.key)
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_resumes_a_session(secure_echo, s_client, folder, version):
    port = secure_echo().port()
    for option, said in ("-sess_out", "New"), ("-sess_in", "Reused"):
        client = s_client(port, version, option, folder / "session", quiet=False)
        client.write(TEXT)
        client.out.match("hola")
        client.write(b"Q\n")
        assert client.wait() == 0
        client.out.match(rf"^{said}, TLSv1\.[23], Cipher is ")


def test_renegotiation_is_refused(secure_echo, s_client):
    server = secure_echo()
    client = s_client(server.port(), "-tls1_2", quiet=False)
    client.write(b"hola\n")
    client.out.match("^hola")
    client.write(b"R\n")
    client.wait()
    assert re.search(b"no renegotiation|RENEGOTIATING", client.out.all() + client.err.all())
    record, = server.ended()
    assert record["bytes_in"] == 5


def test_openssl_is_told_of_the_version_by_an_alert(secure_echo, s_client):
    client = s_client(secure_echo("version=1.3").port(), "-tls1_2")
    assert client.wait() != 0
    client.err.match("alert handshake failure")


def test_the_alert_of_openssl_is_named(connect, s_server):
    port, _ = s_server("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA", "-curves", "secp521r1")
    status, _, err = connect(port, "version=1.3").finish()
    assert status == 1
    assert "the peer's alert: protocol version" in err


# --- GnuTLS ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", ["NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"])
def test_gnutls_as_client(start, secure_echo, certificates, priority):
    client = start(need("gnutls-cli"), "--logfile=/dev/null", f"--x509cafile={certificates.root}", f"--priority={priority}",
                   f"--port={secure_echo().port()}", "localhost")
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    assert client.wait() == 0


@pytest.mark.parametrize("priority", ["NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"])
def test_gnutls_as_server(start, connect, certificates, priority):
    good, port = certificates.server(), free_port()
    start(need("gnutls-serv"), "--echo", f"--x509certfile={good.file}", f"--x509keyfile={good.key}", f"--port={port}",
                   f"--priority={priority}")
    client = connect(port, arguments=["--wait=30s"])  # what it says waits in a buffer
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    assert client.wait() == 0


# --- HTTP -----------------------------------------------------------------------------------------

ANSWER = "printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nhola\\n'"


def test_curl(start, zocalo, certificates):
    server = zocalo("listen", "--keep", f"--exec={ANSWER}", f"tls://127.0.0.1:0,{certificates.server().options},alpn=http/1.1")
    port = listening_port(server.err)
    for version in ("--tls-max 1.2", "--tlsv1.3"):
        client = start(need("curl"), "-sv", "--http1.1", *version.split(), f"--cacert={certificates.root}"[:8], certificates.root,
                       f"https://localhost:{port}/")
        status, out, err = client.finish()
        assert (status, out) == (0, b"hola\n"), err
        assert "ALPN: server accepted http/1.1" in err


def test_curl_with_a_pin(start, zocalo, certificates):
    server = zocalo("listen", "--keep", f"--exec={ANSWER}", f"tls://127.0.0.1:0,{certificates.server().options}")
    status, out, _ = start(need("curl"), "-sS", f"https://localhost:{listening_port(server.err)}/").finish()
    assert (status, out) == (60, b"")  # its authorities do not know ours


@pytest.fixture
def nginx(start, folder, certificates):
    """nginx with the good certificate; returns its port."""

    def start_one(*lines):
        port, good = free_port(), certificates.server()
        (folder / "index.html").write_text("hola from nginx\n")
        (folder / "nginx.conf").write_text(f"""
            daemon off; master_process off; pid {folder}/pid; error_log stderr notice;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
                uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                server {{
                    listen 127.0.0.1:{port} ssl; root {folder};
                    ssl_certificate {good.file}; ssl_certificate_key {good.key};
                    {' '.join(lines)}
                }}
            }}""")
        server = start(need("nginx"), "-p", folder, "-c", folder / "nginx.conf")
        server.err.match("using the|start worker|epoll")
        return port

    return start_one


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_nginx(connect, nginx, version):
    client = connect(nginx(f"ssl_protocols {version};"), arguments=["--crlf"])
    client.write(b"GET / HTTP/1.0\n\n")
    status, out, err = client.finish()
    assert (status, err) == (0, "")
    assert out.endswith(b"hola from nginx\n")


def test_a_web_server_of_python(connect, certificates):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hola from python\n")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    server.socket = server_context(certificates.server()).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    client = connect(server.server_address[1], arguments=["--crlf"])
    client.write(b"GET / HTTP/1.0\n\n")
    out = client.finish()[1]  # it ends without a close_notify, which its status says
    assert out.endswith(b"hola from python\n")
    thread.join()
    server.server_close()


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_python_as_client(secure_echo, certificates, version):
    server = secure_echo("alpn=h2:echo")
    with connect_tls(server.port(), client_context(certificates.root, version, alpn=["echo"])) as client:
        assert client.selected_alpn_protocol() == "echo"
        for size in (1, 1 << 14, (1 << 14) + 1, 1 << 16):
            data = pattern(size)
            client.sendall(data)
            assert read_exactly(client, size) == data
        client.unwrap()  # a close_notify each way
    assert server.ended()[0]["ended"] == "by peer"


@pytest.mark.parametrize("version", VERSIONS)
def test_python_as_client_with_a_certificate(secure_echo, certificates, version):
    server = secure_echo(f"ca={certificates.root}")
    with connect_tls(server.port(), client_context(certificates.root, version, certificates.client)) as client:
        client.sendall(TEXT)
        assert read_exactly(client, len(TEXT)) == TEXT


@pytest.mark.parametrize("version", VERSIONS)
def test_python_as_server(connect, certificates, version):
    asked = []
    context = server_context(certificates.server(), version, certificates.root, ["h2", "echo"])
    context.sni_callback = lambda _, name, __: asked.append(name)

    def talk(peer):
        asked.extend([peer.selected_alpn_protocol(), dict(pair for part in peer.getpeercert()["subject"] for pair in part)["commonName"]])
        echo_until_end(peer)

    with TlsServer(context, talk) as server:
        client = connect(server.port, certificates.client.options, "alpn=echo")
        client.feed(pattern(1 << 20))
        assert client.finish() == (0, pattern(1 << 20), "")
    assert asked == ["localhost", "echo", "client"]
    assert server.error is None


@pytest.mark.parametrize("version", VERSIONS)
def test_python_half_closes_and_still_hears(zocalo, certificates, folder, version):
    sorted_file, gate = folder / "sorted", folder / "gate"
    os.mkfifo(gate)
    program = f"sort > {sorted_file}; read go < {gate}; cat {sorted_file}"  # what comes too early, Python's layer refuses
    server = zocalo("listen", f"--exec={program}", f"tls://127.0.0.1:0,{certificates.server().options}")
    with connect_tls(listening_port(server.err), client_context(certificates.root, version)) as client:
        client.sendall(b"b\na\n")
        client.setblocking(False)
        with pytest.raises(ssl.SSLWantReadError):
            client.unwrap()  # its close_notify goes, and ours does not come yet
        gate.write_text("go\n")
        client.settimeout(PATIENCE)
        assert read_exactly(client, 4) == b"a\nb\n"
        with pytest.raises(ssl.SSLZeroReturnError):  # our close_notify
            client.recv(1)
    assert server.wait() == 0


# --- relays ---------------------------------------------------------------------------------------


def test_socat_as_client(start, secure_echo, certificates):
    client = start(need("socat"), "-t", "30", "-", f"OPENSSL:localhost:{secure_echo().port()},pf=ip4,cafile={certificates.root}")
    client.say(TEXT)
    assert client.out.all() == TEXT


def test_socat_as_server(start, connect, certificates):
    good, port = certificates.server(), free_port()
    server = start(need("socat"), "-d", "-d", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={good.file},key={good.key},verify=0", "EXEC:cat")
    server.err.match("listening on")
    client = connect(port)
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    client.wait()


def test_ncat_as_client(start, secure_echo, certificates):
    client = start(need("ncat"), "--ssl-verify", "--ssl-trustfile", certificates.root, "-4", "localhost", secure_echo().port())
    client.write(TEXT)
    assert client.out.holds(len(TEXT)) == TEXT
    client.end_input()
    client.wait()


def test_ncat_as_server(start, connect, certificates):
    good, port = certificates.server(), free_port()
    server = start(need("ncat"), "-v", "-l", "--ssl", "--ssl-cert", good.file, "--ssl-key", good.key, "127.0.0.1", port)
    server.err.match("Listening on")
    client = connect(port)
    converse(client, server)
    client.end_input()
    client.wait()


@pytest.fixture
def stunnel(start, folder):
    """stunnel with one service of those lines; returns its port."""

    def start_one(*lines):
        port = free_port()
        (folder / "stunnel.conf").write_text("\n".join([
            "foreground = yes", "syslog = no", "debug = info", "pid =", "[zocalo]", f"accept = 127.0.0.1:{port}", *lines, ""]))
        tunnel = start(need("stunnel"), folder / "stunnel.conf")
        tunnel.err.match("Configuration successful")
        return port

    return start_one


def test_stunnel_as_client(stunnel, secure_echo, zocalo, certificates):
    port = stunnel("client = yes", f"connect = 127.0.0.1:{secure_echo().port()}", f"CAfile = {certificates.root}", "verifyChain = yes",
                   "checkHost = localhost")
    client = zocalo("connect", "127.0.0.1", port)
    client.say(TEXT)
    assert client.finish() == (0, TEXT, "")


def test_stunnel_as_server(stunnel, echo, connect, certificates):
    good = certificates.server()
    port = stunnel(f"connect = 127.0.0.1:{echo.port()}", f"cert = {good.file}", f"key = {good.key}")
    client = connect(port)
    client.say(TEXT)
    assert client.finish() == (0, TEXT, "")
