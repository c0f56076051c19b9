"""`zocalo explain`: terms, errors and codes, for people and for programs, in both languages; and that each command which
the glossary shows could be typed."""

import json
import re
import shlex
import shutil
import subprocess

import pytest
from programs import zocalo_path
from test_language import spanish, translated  # noqa: F401

ENGLISH = {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}

HALF_CLOSE = """\
half-close

  One direction of a connection is ended, the other one goes on. A program says it with shutdown(SHUT_WR); TCP sends FIN. \
The peer reads the end of the input, and can still answer.

  That is how 'this was all of my question' is said without a length before it: a sort program can answer only when it has \
read everything. Who closes the whole socket instead may lose the answer: bytes that come to a closed socket are answered \
with RST. Not all programs expect a half-close: some take it for the end of everything.

  See also: FIN, CLOSE_WAIT, FIN_WAIT, RST, stream
  Written down in: RFC 9293, 3.6.1

  To see it here:
    $ zocalo listen --keep --exec=sort 127.0.0.1:9000
        in one terminal
    $ printf 'b\\na\\n' | zocalo connect --explain 127.0.0.1:9000
        in another: sort answers after the half-close
"""


@pytest.fixture
def explain(zocalo):
    """Runs the verb in English, and returns what it printed."""

    def explain_one(*arguments, env=ENGLISH):
        status, out, err = zocalo("explain", *arguments, env=env).finish()
        assert (status, err) == (0, "")
        return out.decode()

    return explain_one


@pytest.fixture
def entries(explain):
    """All of the glossary, as objects."""
    return [json.loads(line) for line in explain("--json").splitlines()]


def commands_of(entries):
    return [row["command"] for entry in entries for row in entry.get("commands", [])]


# --- for people ----------------------------------------------------------------------------------


def test_a_term(explain):
    assert explain("half-close") == HALF_CLOSE


@pytest.mark.parametrize("words", [["Half", "Close"], ["HALF_CLOSE"], ["cierre a medias"], ["ciérre", "á", "medias"],
                                   ["half-closes"]])
def test_spelling_does_not_matter(explain, words):
    assert explain(*words) == HALF_CLOSE


@pytest.mark.parametrize("word", ["ECONNREFUSED", "econnrefused", "connection refused", "111"])
def test_an_error(explain, word):
    page = explain(word)
    assert page.startswith("ECONNREFUSED (111): Connection refused\n")
    assert "\n    1. the service is not running, or has not started yet\n" in page


@pytest.mark.parametrize("question, title", [
    ("status 404", "404 (HTTP, status code)"),
    ("qué es un socket", "socket"),
    ("conexión rechazada", "ECONNREFUSED (111): Connection refused"),
    ("content length", "Content-Length (HTTP, header field)"),
    ("https 308", "308 (HTTP, status code)"),
    ("001", "001 (IRC, numeric of IRC)"),
    ("port 25", "SMTP"),
])
def test_a_question_as_people_type_it(explain, question, title):
    assert explain(question).splitlines()[0] == title


def test_the_known_parts_of_a_question_are_proposed(zocalo):
    status, out, err = zocalo("explain", "tcp", "vs", "udp", env=ENGLISH).finish()
    assert (status, out) == (2, b"")
    assert err.splitlines()[1:] == ['  zocalo explain "tcp"', '  zocalo explain "udp"']


def test_the_terms_of_the_course(explain):
    for term in ("ARPANET", "Ethernet", "WWW", "OSI", "physical layer", "CIDR", "routing", "NAT", "socket", "IETF"):
        assert explain(term).startswith(f"{term}\n\n")


def test_every_name_is_listed_and_leads_to_its_page(explain, entries):
    listed = {line.strip() for line in explain().splitlines() if line.startswith("  ")}
    names = {entry["name"] for entry in entries}
    assert listed == names
    assert all(explain("--json", name) for name in sorted(names)[::20])


def test_what_is_not_known(zocalo):
    status, out, err = zocalo("explain", "naggle", env=ENGLISH).finish()
    assert (status, out) == (2, b"")
    assert err == "zocalo explain: nothing is known of 'naggle'; close to it:\n  zocalo explain \"Nagle's algorithm\"\n"


def test_what_nothing_is_like(zocalo):
    status, out, err = zocalo("explain", "xyzzy\x1b[2J", env=ENGLISH).finish()
    assert (status, out) == (2, b"")
    assert err == "zocalo explain: nothing is known of 'xyzzy\\e[2J'; 'zocalo explain' lists the terms\n"


@pytest.mark.parametrize("arguments", [[""], ["--json", ""], [" "]])
def test_nothing_is_no_term(zocalo, arguments):
    status, out, err = zocalo("explain", *arguments, env=ENGLISH).finish()
    assert (status, out) == (2, b"")
    assert err.startswith("zocalo explain: nothing is known of '")


# --- in Spanish ----------------------------------------------------------------------------------


def test_a_term_in_spanish(explain, spanish):  # noqa: F811
    page = explain("apretón de manos", env=spanish)
    assert page.startswith(f"{translated('three-way handshake')} (three-way handshake)\n\n")
    assert f"\n  {translated('See also:')} SYN, " in page
    assert f"\n  {translated('To see it here:')}\n    $ zocalo " in page


def test_an_error_in_spanish(explain, spanish):  # noqa: F811
    page = explain("EPIPE", env=spanish)
    assert f"\n  {translated('What usually causes it, likeliest first:')}\n    1. " in page


def test_all_of_it_is_in_spanish(explain, entries, spanish):  # noqa: F811
    in_spanish = [json.loads(line) for line in explain("--json", env=spanish).splitlines()]
    for english, other in zip(entries, in_spanish, strict=True):
        assert english["name"] == other["name"]
        assert english["text"] != other["text"], english["name"]
        for key in ("causes", "remedies"):
            assert all(a != b for a, b in zip(english.get(key, []), other.get(key, []), strict=True)), english["name"]


# --- for programs --------------------------------------------------------------------------------


def test_json(explain):
    term, = [json.loads(line) for line in explain("--json", "TIME_WAIT").splitlines()]
    assert (term["kind"], term["name"], term["title"]) == ("term", "TIME_WAIT", "TIME_WAIT")
    assert {"rfc": 9293, "section": "3.6"} in term["references"]
    assert "FIN" in term["related"]
    error, = [json.loads(line) for line in explain("--json", "EPIPE").splitlines()]
    assert (error["kind"], error["name"], error["number"], error["words"]) == ("error", "EPIPE", 32, "Broken pipe")
    assert len(error["causes"]) > 1


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def options_of():
    """The options that the help of a verb names; fails when there is no such verb."""
    known = {}

    def options(verb):
        if verb not in known:
            shown = subprocess.run([zocalo_path(), "help", verb], capture_output=True, text=True)
            assert shown.returncode == 0, f"no such verb: {verb}"
            known[verb] = set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", shown.stdout, re.MULTILINE))
        return known[verb]

    return options


def test_every_command_has_a_verb_and_options_that_exist(entries, options_of):
    wrong = []
    for command in commands_of(entries):
        for verb, rest in re.findall(r"\bzocalo (\S+)((?: +(?:'[^']*'|\"[^\"]*\"|[^|&;)'\"]+))*)", command):
            known = options_of(verb)
            used = re.findall(r"(?<!\S)(--[a-z][\w-]*)", rest)
            wrong += [f"{command}: {option}" for option in used if option not in known]
    assert not wrong


def test_every_command_is_one_for_a_shell(entries):
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    script = "\n".join(commands_of(entries)) + "\n"
    checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_commands_ask_of_this_verb_is_known(explain, entries):
    for command in commands_of(entries):
        words = shlex.split(command)
        if words[:2] == ["zocalo", "explain"]:
            assert explain(*words[2:])
