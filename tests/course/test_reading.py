"""The reader and the player of rows themselves: that they can say no."""

import pytest
import rows
from terminal import Differs, Player

ROW = """# A course

## A chapter

### {id}: A title

*program* · book, chapter 1, "A section"

Words.

```console
{block}
```
"""


def play(block):
    Player({"PATH": "/usr/bin:/bin", "TERM": "dumb"}).play(rows.parse_block(block, "here"))


def test_a_row_is_read():
    row, = rows.parse(ROW.format(id="a-row", block="1$ cat\n1> hola\nhola\n1^D\n2$ true\n1:\nmore"), rows.ENGLISH)
    assert (row.id, row.title, row.kind, row.where) == ("a-row", "A title", "program", 'book, chapter 1, "A section"')
    assert [(step.terminal, step.what, step.text, step.printed) for step in row.steps] == [
        (1, "run", "cat", ()), (1, "type", "hola", ("hola",)), (1, "key", "D", ()), (2, "run", "true", ()),
        (1, "go on", "", ("more",))]
    assert (row.missing, row.elsewhere) == ("", "")


def test_marks_are_read():
    row, = rows.parse(ROW.format(id="a-row", block="$ x") + "\n**Not there yet:** `zocalo nothing`\n", rows.ENGLISH)
    assert row.missing == "zocalo nothing"
    row, = rows.parse(ROW.format(id="a-row", block="$ x") + "\n**No equivalent:** another\nprogram\n", rows.ENGLISH)
    assert row.elsewhere == "another program"


@pytest.mark.parametrize("text", [
    ROW.format(id="Not An Id", block="$ true"),
    ROW.format(id="a-row", block="printed before anything was typed"),
    ROW.format(id="a-row", block="> typed to nobody"),
    ROW.format(id="a-row", block="$ true").replace("*program*", "*poem*"),
    ROW.format(id="a-row", block="$ true").replace("console", "text"),
    ROW.format(id="a-row", block="$ true") + "\n```console\n$ true\n```\n",
    ROW.format(id="a-row", block="$ true") + "\n**Not there yet:** something\n",
    ROW.format(id="a-row", block="$ true") + ROW.format(id="a-row", block="$ true").split("\n", 4)[4],
])
def test_a_malformed_document_is_refused(text):
    with pytest.raises(rows.Malformed):
        rows.parse(text, rows.ENGLISH)


@pytest.mark.parametrize("block", [
    "$ echo hola\nhola",
    "$ echo 'uno   dos'\nuno dos",
    "$ echo hola\n…",
    "$ seq 5\n1\n…\n5",
    "$ echo uno dos\nuno …",
    "$ echo hola >&2\nhola",
    "$ printf hola\nhola",
    "$ true\n$ echo hola\nhola",
    "$ cat\n> hola\nhola\n> otra\notra\n^D",
    "$ cat\n>\n\n> hola\nhola\n^D",
    "$ while read -p '> ' -r line; do echo \"got $line\"; done\n> hola\ngot hola\n^D",
    "$ echo ready; exec sleep 1000\nready\n…",
    "$ echo ready; exec sleep 1000\nready\n^C",
    "1$ echo ready; read -r line; echo \"got $line\"\nready\n2$ echo two\ntwo\n1> hola\ngot hola",
    "1$ echo ready; cat\nready\n2$ true\n1> later\n1:\nlater\n1^D",
])
def test_what_is_printed_may_be(block):
    play(block)


@pytest.mark.parametrize("block", [
    "$ echo hola\nadiós",
    "$ echo hola",
    "$ true\nhola",
    "$ seq 5\n1\n5",
    "$ seq 5\n1\n…\n4",
    "$ echo 'uno dos'\nunodos",
    "$ echo hola.\nhola,",
    "$ cat\n> hola\nadiós\n^D",
    "$ true\n$ echo more\nless",
    "1$ echo one\n2$ echo two\ntwo",
])
def test_what_is_printed_may_not_be(block, monkeypatch):
    monkeypatch.setattr("terminal.PATIENCE", 1)
    with pytest.raises(Differs):
        play(block)


def test_a_program_that_does_not_end_is_told(monkeypatch):
    monkeypatch.setattr("terminal.PATIENCE", 0.2)
    with pytest.raises(Differs, match="does not end"):
        play("$ sleep 1000")
