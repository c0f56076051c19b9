"""`zocalo rfc`: one RFC whole, several as a table, all by field; and what it says when it knows nothing."""

import json
import os
import pathlib
import re
import subprocess

import pytest
from programs import zocalo_path

ROOT = pathlib.Path(__file__).parents[2]

# Verbs of commands that may stand in the tables.
VERBS = {"connect", "listen", "relay", "replay", "nc", "telnet", "serve", "explain", "rfc", "anatomy", "help"}


@pytest.fixture
def rfc(zocalo):
    """What `zocalo rfc` prints when it succeeds."""

    def run(*arguments):
        status, out, err = zocalo("rfc", *arguments).finish()
        assert (status, err) == (0, "")
        return out.decode()

    return run


def test_one_is_shown_whole(rfc):
    lines = rfc("862").splitlines()
    assert lines[:2] == ["RFC 862: Echo Protocol", "May 1983, Internet Standard, STD 20"]
    assert "  TCP Based Echo Service  until the client closes the connection" in lines
    assert "  zocalo serve echo :50007" in lines
    assert lines[-1] == "Full text: https://www.rfc-editor.org/rfc/rfc862"


@pytest.mark.parametrize("number, in_force", [
    ("793", ["9293"]),
    ("821", ["5321"]),
    ("2821", ["5321"]),
    ("2616", ["9110", "9111", "9112"]),
])
def test_an_obsolete_one_leads_to_what_is_in_force(rfc, number, in_force):
    assert re.findall(r"^  RFC (\d+): ", rfc(number), re.MULTILINE) == in_force


def test_the_category_is_explained(rfc):
    assert "A Best Current Practice says how something is best done" in rfc("2026")
    assert "An Informational RFC is published so that it is known" in rfc("1925")
    assert "The index calls its status unknown" in rfc("1")


@pytest.mark.parametrize("arguments", [["793"], ["rfc793"], ["RFC-793"], ["RFC", "793"], ["RFC 793"], [" 793 "]])
def test_a_number_may_be_written_in_many_ways(rfc, arguments):
    assert rfc(*arguments).startswith("RFC 793: Transmission Control Protocol\n")


@pytest.mark.parametrize("arguments", [["STD", "7"], ["std7"], ["std-7"], ["STD 7"]])
def test_a_standard_leads_to_its_rfc(rfc, arguments):
    assert rfc(*arguments).startswith("RFC 9293: Transmission Control Protocol (TCP)\n")


def test_a_practice_leads_to_all_that_are_of_it(rfc):
    assert re.findall(r"^RFC (\d+) ", rfc("bcp", "14"), re.MULTILINE) == ["2119", "8174"]


def test_what_is_about_a_word_comes_first(rfc):
    assert rfc("tcp").startswith("RFC 9293 ")
    assert rfc("smtp").startswith("RFC 5321 ")


def test_several_numbers_are_answered_one_after_the_other(rfc):
    assert re.findall(r"^RFC (\d+): ", rfc("1000", "2555", "1925"), re.MULTILINE) == ["1000", "2555", "1925"]


@pytest.mark.parametrize("arguments", [["happy eyeballs"], ["happy", "eyeballs"], ["EYEBALLS"]])
def test_words_give_a_table_with_the_obsolete_last(rfc, arguments):
    first, second = rfc(*arguments).splitlines()
    assert re.fullmatch(r"RFC 8305   2017  Proposed Standard +Happy Eyeballs Version 2: .*", first)
    assert re.fullmatch(r"RFC 6555   2012  obsolete: see RFC 8305  Happy Eyeballs: .*", second)


def test_a_single_hit_is_shown_whole(rfc):
    assert rfc("twelve", "truths").startswith("RFC 1925: The Twelve Networking Truths\n")


def test_without_an_argument_all_are_listed_by_field(rfc):
    fields = rfc().split("\n\n")
    assert fields[0].startswith("How RFCs are made, and their history\nRFC 1 ")
    listed = re.findall(r"^RFC (\d+) ", "\n".join(fields), re.MULTILINE)
    assert len(listed) == len(set(listed)) == len(rfc("--json").splitlines())


def test_json(rfc):
    one = json.loads(rfc("--json", "2616"))
    assert (one["rfc"], one["title"]) == (2616, "Hypertext Transfer Protocol -- HTTP/1.1")
    assert (one["year"], one["month"], one["status"], one["field"]) == (1999, 6, "draft standard", "web")
    assert one["obsoleted_by"] == [7230, 7231, 7232, 7233, 7234, 7235]
    assert one["in_force"] == [9110, 9111, 9112]
    assert {"section": "10", "text": "status codes"} in one["sections"]
    assert json.loads(rfc("--json", "9293"))["std"] == 7


def test_every_command_of_the_tables_has_a_verb(rfc):
    for line in rfc("--json").splitlines():
        for command in json.loads(line)["commands"]:
            assert command.split()[1] in VERBS, command


def test_what_is_not_known_is_one_line_and_status_2(zocalo):
    status, out, err = zocalo("rfc", "2").finish()
    assert (status, out, len(err.splitlines())) == (2, b"", 1)
    assert err.startswith("zocalo rfc: nothing is known here of RFC 2: https://www.rfc-editor.org/rfc/rfc2 ")
    status, out, err = zocalo("rfc", "no-such-word").finish()
    assert (status, out, len(err.splitlines())) == (2, b"", 1)


def test_an_unknown_option_is_status_2(zocalo):
    assert zocalo("rfc", "--colour").finish()[0] == 2


@pytest.mark.parametrize("option, environment", [((), {"NO_COLOR": "1"}), (("--no-color",), {})])
def test_no_colour_where_none_is_wanted(option, environment):
    assert b"\033[1m" in on_a_terminal({"NO_COLOR": ""}, "862")
    assert b"\033" not in on_a_terminal(environment, *option, "862")


def on_a_terminal(environment, *arguments):
    """What it writes to a terminal of 60 columns."""
    command = " ".join(["stty cols 60;", zocalo_path(), "rfc", *arguments])
    return subprocess.run(["script", "-qec", command, "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True,
                          check=True, env={**os.environ, **environment}).stdout


def test_a_terminal_is_not_overrun():
    lines = on_a_terminal({"NO_COLOR": "1"}, "2026").decode().splitlines()
    assert max(len(line) for line in lines) <= 60
    assert len(lines) > 15


def test_a_reader_that_goes_ends_it_quietly():
    done = subprocess.run(f"{zocalo_path()} rfc --json | head -n 1", shell=True, capture_output=True, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, b"")


def test_every_rfc_that_is_cited_is_known():
    subprocess.run([ROOT / "scripts" / "check-rfcs"], check=True)
