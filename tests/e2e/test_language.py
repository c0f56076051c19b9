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


def test_english_is_for_everybody_else(zocalo):
    _, out, _ = zocalo("--help", env={"LC_ALL": "C", "LANGUAGE": ""}).finish()
    assert b"joins standard input and output to an endpoint" in out
