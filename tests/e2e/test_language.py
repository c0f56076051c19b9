"""Messages in Spanish, as the catalogue has them."""

import gettext
import os
import pathlib

import pytest
from programs import free_port, zocalo_path

LOCALE = pathlib.Path("/usr/lib/locale/C.utf8")
CATALOGUES = os.environ.get("ZOCALO_LOCALEDIR", str(pathlib.Path(zocalo_path()).parent / "po"))


@pytest.fixture
def spanish(folder):
    """The environment of somebody who reads Spanish. gettext(3) wants a locale of that name, whatever is in it."""
    if not LOCALE.is_dir():
        pytest.skip(f"{LOCALE} is not there to make a Spanish locale of")
    os.symlink(LOCALE, folder / "es_ES.UTF-8")
    return {"LOCPATH": str(folder), "LC_ALL": "es_ES.UTF-8", "LANGUAGE": "es"}


def translated(message):
    """The Spanish message; fails when there is none."""
    spanish_message = gettext.translation("zocalo", CATALOGUES, ["es"]).gettext(message)
    assert spanish_message != message, f"not translated: {message}"
    return spanish_message


def test_help(zocalo, spanish):
    status, out, _ = zocalo("--help", env=spanish).finish()
    assert status == 0
    assert translated("joins standard input and output to an endpoint") in out.decode()


def test_a_refusal(zocalo, spanish):
    status, _, err = zocalo("connect", "--wait", env=spanish).finish()
    assert (status, err) == (2, "zocalo connect: " + translated("option '%s' needs an argument") % "--wait" + "\n")


def test_a_hint(zocalo, spanish):
    status, _, err = zocalo("connect", f"tcp://127.0.0.1:{free_port()}", env=spanish).finish()
    assert status == 1
    assert err.splitlines()[1] == "  " + translated("nothing listens there, or a firewall says so")


def test_lines_for_programs_stay_as_they_are(serve, spanish):
    server = serve("--log=json", "echo", "tcp://127.0.0.1:0", env=spanish)
    assert server.out.text().startswith("listening echo tcp://127.0.0.1:")
    server.connect().close()
    assert server.ended()[0]["ended"] == "by peer"


def test_a_story(zocalo, serve, spanish):
    place = serve("hello", "tcp://127.0.0.1:0").out.match(r"tcp://(\S+)\n").group(1)
    status, _, err = zocalo("connect", "--explain", place, env=spanish).finish()
    assert status == 0
    layers = {translated(layer) for layer in ("transport", "link", "application")}
    assert {line.split()[2] for line in err.splitlines()} == layers
    assert f"← {translated('FIN: they send no more, while our own direction stays open: a half-close')} (RFC" in err
    assert f"→ {translated('FIN: we send no more either')} (RFC" in err


def test_a_story_of_a_failure(zocalo, spanish):
    err = zocalo("connect", "--explain", f"127.0.0.1:{free_port()}", env=spanish).finish()[2]
    meaning = ("the SYN was refused, as a rule with a RST: a machine is there, and nobody listens on that port, "
               "or a firewall answers in its place")
    assert f" {translated('transport')}  {translated(meaning)} (RFC 9293" in err


def test_an_rfc(zocalo, spanish):
    page = zocalo("rfc", "9293", env=spanish).finish()[1].decode()
    assert page.splitlines()[1] == f"agosto de 2022, {translated('Internet Standard')}, STD 7"
    assert f"\n{translated('What stands where in it:')}\n" in page
    assert f"  3.5     {translated('the three-way handshake')}\n" in page


def test_a_drawing_has_room_for_every_name(zocalo, serve, spanish):
    for place in ("tcp://127.0.0.1:0", "tcp://[::1]:0", "udp://127.0.0.1:0"):
        port = serve("echo", place).out.match(r":(\d+)\n").group(1)
        drawing = zocalo("anatomy", place.replace(":0", f":{port}"), env=spanish).finish()[1].decode()
        assert all(len(line) <= 80 for line in drawing.splitlines() if "│" in line)
        names = ["source port", "checksum", "length"]
        if not place.startswith("udp"):
            names += ["timestamps (TS)", "acknowledgment number", "control bits", "offset", "rsrvd", "urgent pointer"]
        names += ["traffic class", "flow label", "next header", "hop limit"] if "::1" in place else [
            "type of service", "flags", "fragment offset", "time to live", "header checksum"]
        assert [name for name in names if translated(name) not in drawing] == []


def test_english_is_for_everybody_else(zocalo):
    _, out, _ = zocalo("--help", env={"LC_ALL": "C", "LANGUAGE": ""}).finish()
    assert b"joins standard input and output to an endpoint" in out
