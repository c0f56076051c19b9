"""`zocalo anatomy`: one exchange drawn layer by layer. What it draws is compared with what really goes over the link."""

import json
import re
import socket
import struct
import subprocess
import sys
import textwrap
import threading

import pytest
from programs import PATIENCE, free_port, reset, tcp_listener, zocalo_path


def objects(out, kind):
    return [line for line in map(json.loads, out.decode().splitlines()) if line["kind"] == kind]


@pytest.fixture
def anatomy(zocalo):
    """The objects of one exchange, by their kind."""

    def run(*arguments, status=0):
        got, out, err = zocalo("anatomy", "--json", "--wait=10s", *arguments).finish()
        assert got == status, err
        return lambda kind: objects(out, kind)

    return run


def header_bytes(told):
    return [(layer["header"], layer["bytes"]) for layer in told("layer")]


# --- what each layer adds ---------------------------------------------------------------------------

def test_each_layer_and_its_header(echo, anatomy):
    told = anatomy(f"127.0.0.1:{echo.port()}")
    assert header_bytes(told) == [("Ethernet", 14), ("IPv4", 20), ("TCP", 32)]
    assert told("frame") == [{"kind": "frame", "bytes": 72, "data_bytes": 6}]
    exchange, = told("exchange")
    assert (exchange["interface"], exchange["link"], exchange["received_bytes"]) == ("lo", "loopback", 6)
    fields = {field["name"]: field for field in told("field")}
    assert fields["destination_port"]["value"] == str(echo.port())
    assert fields["total_length"]["value"] == "58"
    assert fields["header_checksum"]["known"] == "not_shown" and "value" not in fields["header_checksum"]


def test_what_is_said_can_be_chosen(echo, anatomy):
    told = anatomy("--send", r"a\tb\r\n\\", f"127.0.0.1:{echo.port()}")
    assert told("frame")[0]["data_bytes"] == 6


def test_nothing_need_be_said(echo, anatomy):
    told = anatomy("--wait=50ms", "--send=", f"127.0.0.1:{echo.port()}")
    assert told("exchange")[0]["sent_bytes"] == 0
    assert header_bytes(told)[-1] == ("TCP", 40)  # the SYN's


def test_a_datagram(serve, anatomy):
    server = serve("echo", "udp://127.0.0.1:0")
    told = anatomy(f"udp://127.0.0.1:{server.port()}")
    assert header_bytes(told) == [("Ethernet", 14), ("IPv4", 20), ("UDP", 8)]
    assert [(s["from"], s["frame_bytes"]) for s in told("segment")] == [("client", 48), ("server", 48)]


def test_a_unix_socket_has_no_headers(serve, folder, anatomy):
    serve("echo", f"unix:{folder}/echo")
    told = anatomy(f"unix:{folder}/echo")
    assert header_bytes(told) == []
    assert told("frame") == [{"kind": "frame", "bytes": 6, "data_bytes": 6}]
    assert [s["from"] for s in told("segment")] == ["client", "server"]


def test_tls_has_a_record_around_it(serve, anatomy):
    server = serve("echo", "tls://127.0.0.1:0")
    told = anatomy(f"tls://127.0.0.1:{server.port()},insecure,version=1.3")
    assert header_bytes(told) == [("Ethernet", 14), ("IPv4", 20), ("TCP", 32), ("TLS", 5), ("TLS", 17)]
    assert told("frame")[0]["bytes"] == 72 + 22
    assert any(s.get("note") == "TLS handshake" for s in told("segment"))


# --- how it ends ------------------------------------------------------------------------------------

def test_the_handshake_and_both_ends(echo, anatomy):
    segments = anatomy(f"127.0.0.1:{echo.port()}")("segment")
    assert [s["flags"] for s in segments[:3]] == ["SYN", "SYN, ACK", "ACK"]
    assert sum("FIN" in s["flags"] for s in segments) == 2
    assert (segments[-1]["client_state"], segments[-1]["server_state"]) == ("TIME_WAIT", "CLOSED")
    assert segments[1]["certainty"] == "measured"


def test_a_refusal_is_told_with_what_happened(zocalo):
    port = free_port()
    status, out, err = zocalo("anatomy", f"127.0.0.1:{port}").finish()
    assert status == 1
    assert err.startswith(f"zocalo anatomy: dial tcp://127.0.0.1:{port}: connect 127.0.0.1:{port}: Connection refused\n")
    assert "SYN seq=0" in out.decode() and "RST, ACK" in out.decode()


def test_a_server_that_says_nothing(anatomy):
    listener = tcp_listener()  # nobody accepts: the kernel shakes hands all the same
    told = anatomy("--wait=50ms", "127.0.0.1:%d" % listener.getsockname()[1])
    assert told("exchange")[0]["received_bytes"] == 0
    assert told("segment")[-1]["client_state"] in ("FIN_WAIT_1", "FIN_WAIT_2")
    listener.close()


def test_a_reset_of_the_server(anatomy):
    listener = tcp_listener()

    def break_off():
        client, _ = listener.accept()
        client.recv(6, socket.MSG_WAITALL)
        reset(client)

    thread = threading.Thread(target=break_off)
    thread.start()
    last = anatomy("127.0.0.1:%d" % listener.getsockname()[1])("segment")[-1]
    thread.join(PATIENCE)
    listener.close()
    assert (last["from"], last["flags"], last["client_state"]) == ("server", "RST", "CLOSED")
    assert "frame_bytes" not in last  # with options or without: that depends on why


@pytest.mark.parametrize("wrong", ["listen::0", "file:/dev/null", "exec:cat"])
def test_what_cannot_be_looked_at(zocalo, wrong):
    status, out, err = zocalo("anatomy", wrong).finish()
    assert (status, out) == (2, b"")
    assert "only what connects by tcp://, tls://, udp:// or unix:" in err


def test_an_unknown_escape(zocalo):
    status, _, err = zocalo("anatomy", "--send", r"\q", ":1").finish()
    assert status == 2
    assert err.startswith(r"zocalo anatomy: option '--send': '\\q' is not a text")


# --- what it looks like -----------------------------------------------------------------------------

def test_a_drawing_has_eighty_columns(echo, zocalo):
    status, out, _ = zocalo("anatomy", f"127.0.0.1:{echo.port()}").finish()
    drawing = [line for line in out.decode().splitlines() if re.search("[│├┌└╷╵]", line)]
    assert status == 0 and drawing
    assert max(map(len, drawing)) <= 80
    assert "\033" not in out.decode()


def test_ascii_is_for_other_locales(echo, zocalo):
    _, out, _ = zocalo("anatomy", f"127.0.0.1:{echo.port()}", env={"LC_ALL": "C"}).finish()
    assert out.isascii()
    assert b"+-------------+" in out


def test_parts_can_be_chosen(echo, zocalo):
    _, out, _ = zocalo("anatomy", "--frame", f"127.0.0.1:{echo.port()}").finish()
    assert "72 bytes, frame" in out.decode() and "SYN" not in out.decode()


# --- what really goes over the link -----------------------------------------------------------------

CAPTURE = textwrap.dedent("""
    import json, socket, subprocess, sys

    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    off, program, service, endpoint, *arguments = sys.argv[1:]
    for name in off.split():
        with open(f"/proc/sys/net/ipv4/{name}", "w") as setting:
            setting.write("0")
    server = subprocess.Popen([program, "serve", service, endpoint], stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind(("lo", 0))
    told = subprocess.run([program, "anatomy", "--json", "--wait=1s", *arguments], stdout=subprocess.PIPE, text=True).stdout
    frames = []
    link.setblocking(False)  # on loopback, what was sent has come when the program has ended
    while True:
        try:
            frame, origin = link.recvfrom(65535)
        except BlockingIOError:
            break
        if origin[2] != socket.PACKET_OUTGOING:
            frames.append(frame.hex())
    server.terminate()
    server.wait()
    print(json.dumps({"told": told, "frames": frames}))
""")

PORT = 50007  # it is free: the network is a new one


def capture(namespace, service, endpoint, *options, target=None, off=""):
    """What was told, and the frames that went over loopback meanwhile, in a network of their own."""
    run = subprocess.run([*namespace, sys.executable, "-c", CAPTURE, off, zocalo_path(), service, endpoint,
                          target or endpoint, *options], capture_output=True, text=True, timeout=PATIENCE)
    if run.returncode != 0 and "PermissionError" in run.stderr:
        pytest.skip("nobody may listen to the frames of a network here")
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    return result["told"].encode(), [bytes.fromhex(frame) for frame in result["frames"]]


def transport_of(frame):
    """Where the header of the transport begins."""
    return 14 + 40 if frame[12:14] == b"\x86\xdd" else 14 + (frame[14] & 15) * 4


def tcp_of(frame):
    """Who sent it, which flags it has, its bytes, its bytes of data."""
    start = transport_of(frame)
    source, _, _, _, offset, bits = struct.unpack(">HHLLBB", frame[start:start + 14])
    names = [(4, "RST"), (2, "SYN"), (1, "FIN"), (8, "PSH"), (16, "ACK")]
    flags = ", ".join(name for bit, name in names if bits & bit)
    return ("server" if source == PORT else "client", flags, len(frame), len(frame) - start - (offset >> 4) * 4)


@pytest.mark.parametrize("service", ["echo", "hello"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_no_segment_and_no_header_is_invented(namespace, service, host):
    out, frames = capture(namespace, service, f"tcp://{host}:{PORT}")
    captured = [tcp_of(frame) for frame in frames]
    drawn = [(s["from"], s["flags"], s["frame_bytes"], s["data_bytes"])
             for s in objects(out, "segment") for _ in range(s["count"])]
    assert sorted(drawn) == sorted(captured)
    assert [row[:2] for row in drawn[:3]] == [row[:2] for row in captured[:3]]
    assert objects(out, "exchange")[0]["segments_sent"] == sum(row[0] == "client" for row in captured)


NUMBERS = {"DF": 2, "PSH, ACK": 24, "SYN": 2, "6, TCP": 6, "17, UDP": 17}


def number_of(value):
    """What stands in the frame for the text of a field."""
    if re.fullmatch("([0-9a-f]{2}:){5}[0-9a-f]{2}", value):
        return int(value.replace(":", ""), 16)
    if re.fullmatch(r"\d+(\.\d+){3}", value):
        return int.from_bytes(socket.inet_aton(value), "big")
    if "::" in value:
        return int.from_bytes(socket.inet_pton(socket.AF_INET6, value), "big")
    return NUMBERS.get(value) or int(value.removeprefix("kind "), 0)


def check_fields(out, frame):
    """Each field that has a value has it in the frame, at its place. Returns how many bits there were."""
    at = 0
    for field in objects(out, "field"):
        bits = int.from_bytes(frame, "big") >> (len(frame) * 8 - at - field["bits"]) & ((1 << field["bits"]) - 1)
        at += field["bits"]
        if "value" in field and field["name"] not in ("sequence_number", "acknowledgment_number"):  # they are relative
            assert bits == number_of(field["value"]), field
    return at


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1", "tcp://[::1]", "udp://127.0.0.1", "udp://[::1]"])
def test_the_fields_are_those_of_the_frame(namespace, endpoint):
    out, frames = capture(namespace, "echo", f"{endpoint}:{PORT}")
    data = next(frame for frame in frames if frame.endswith(b"hola\r\n"))
    assert check_fields(out, data) == (len(data) - 6) * 8


@pytest.mark.parametrize("settings", ["", "tcp_timestamps", "tcp_sack", "tcp_window_scaling",
                                      "tcp_timestamps tcp_sack tcp_window_scaling"])
def test_the_options_of_a_syn_are_those_of_the_frame(namespace, settings):
    """With some of them switched off in that network."""
    out, frames = capture(namespace, "echo", f"tcp://127.0.0.1:{PORT}", "--send=", off=settings)
    assert check_fields(out, frames[0]) == len(frames[0]) * 8


def test_datagrams_are_as_large_as_they_are_told(namespace):
    out, frames = capture(namespace, "echo", f"udp://127.0.0.1:{PORT}")
    assert [s["frame_bytes"] for s in objects(out, "segment")] == [len(frame) for frame in frames]


def test_a_record_of_tls_is_as_large_as_it_is_told(namespace):
    out, frames = capture(namespace, "echo", f"tls://127.0.0.1:{PORT}",
                          target=f"tls://127.0.0.1:{PORT},insecure")
    whole = objects(out, "frame")[0]["bytes"]
    assert whole in [len(frame) for frame in frames]
    drawn = sum(s["frame_bytes"] for s in objects(out, "segment"))
    assert drawn == sum(map(len, frames))
