"""Reads the course: docs/COURSE.md and docs/CURSO.md are what the tests read, and there is no second list.

A row is a heading `### id: Title`, a line `*kind* · where it stands in the documents`, what there is to say, and one
block of what to type and what is printed. In that block

    $ LINE      is typed at the prompt of a shell
    > LINE      is typed to the program that runs there
    ^C ^D       are keys
    2$ 2> 2^C   the same in a second terminal; every terminal has a number then
    1:          goes on with what the first terminal prints

and every other line is printed by the terminal that was named last. In such a line `…` stands for any text; a line
that is `…` alone stands for any lines. When it is the last one of a terminal, the program there may run on, and
Ctrl-C ends it when the row is over; every other program ends by itself."""

import dataclasses
import pathlib
import re

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
ANY = "…"


class Malformed(Exception):
    """A document that is not written as the lines above say."""


@dataclasses.dataclass(frozen=True)
class Words:
    """What the two documents call the same."""
    document: str
    kinds: tuple
    missing: str
    elsewhere: str


ENGLISH = Words("COURSE.md", ("program", "command", "experiment", "concept"), "Not there yet", "No equivalent")
SPANISH = Words("CURSO.md", ("programa", "comando", "experimento", "concepto"), "Todavía no", "Sin equivalente")


@dataclasses.dataclass(frozen=True)
class Step:
    """Something that is typed, and what its terminal prints after it."""
    terminal: int
    what: str  # "run", "type", "key" or "go on"
    text: str
    printed: tuple

    def __str__(self):
        sign = {"run": "$ ", "type": "> ", "key": "^", "go on": ":"}[self.what]
        return f"{self.terminal}{sign}{self.text}"


@dataclasses.dataclass(frozen=True)
class Row:
    id: str
    title: str
    kind: str  # in English
    where: str
    missing: str  # what is not there yet: "zocalo http"; or ""
    elsewhere: str  # what to use, where there is no equivalent; or ""
    block: str
    steps: tuple

    def typed(self):
        return [str(step) for step in self.steps if step.what != "go on"]


def parse_step(line):
    match = re.fullmatch(r"(\d?)(?:(\$|>)(?: (.*))?|\^([CD])|(?<=\d):)", line)
    if not match:
        return None
    number, prompt, text, key = match.groups()
    what = {"$": "run", ">": "type", None: "key" if key else "go on"}[prompt]
    return Step(int(number or 1), what, text or key or "", ())


def parse_block(block, place):
    """The steps of a block."""
    steps = []
    for line in block.splitlines():
        step = parse_step(line)
        if step:
            steps.append(step)
        elif not steps:
            raise Malformed(f"{place}: the block begins with something printed: '{line}'")
        else:
            steps[-1] = dataclasses.replace(steps[-1], printed=(*steps[-1].printed, line))
    if not steps or steps[0].what != "run":
        raise Malformed(f"{place}: nothing is run")
    return tuple(steps)


def parse_mark(text, word, place):
    """What stands after '**word:**' in a row; "" when that is not there."""
    found = re.findall(rf"^\*\*{word}:\*\* (.+?)(?=\n\n|\n```|\Z)", text, re.MULTILINE | re.DOTALL)
    if len(found) > 1:
        raise Malformed(f"{place}: '{word}' twice")
    return " ".join(found[0].split()) if found else ""


def parse_row(text, words):
    head, _, rest = text.partition("\n")
    match = re.fullmatch(r"([a-z0-9-]+): (.+)", head)
    if not match:
        raise Malformed(f"{words.document}: '### {head}' is not '### id: Title'")
    place = f"{words.document}: {match[1]}"
    about = re.match(rf"\n\*({'|'.join(words.kinds)})\* · (.+?)\n\n", rest, re.DOTALL)
    if not about:
        raise Malformed(f"{place}: no line '*kind* · where'")
    blocks = re.findall(r"^```console\n(.*?)^```$", rest, re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        raise Malformed(f"{place}: {len(blocks)} blocks; a row has one")
    missing = parse_mark(rest, words.missing, place)
    lacks = re.fullmatch(r"`(zocalo [^`]+)`", missing)
    if missing and not lacks:
        raise Malformed(f"{place}: '{words.missing}' names one thing, such as `zocalo http`")
    return Row(match[1], match[2], ENGLISH.kinds[words.kinds.index(about[1])], " ".join(about[2].split()),
               lacks[1] if lacks else "", parse_mark(rest, words.elsewhere, place), blocks[0],
               parse_block(blocks[0], place))


def parse(text, words):
    """The rows of a document, in order."""
    chapters = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    rows = [parse_row(row, words) for chapter in chapters
            for row in re.split(r"^### ", chapter, flags=re.MULTILINE)[1:]]
    ids = [row.id for row in rows]
    twice = {name for name in ids if ids.count(name) > 1}
    if twice:
        raise Malformed(f"{words.document}: twice: {', '.join(sorted(twice))}")
    return rows


def load(words=ENGLISH):
    return parse((DOCS / words.document).read_text(encoding="utf-8"), words)


def pattern_of(lines, to_the_end):
    """What a terminal prints, as a regular expression: lines that come first, or all of them."""
    parts = []
    for line in lines:
        if line == ANY:
            parts.append(r"(?:.*\n)*?")
            continue
        words = [r"[^\n]*?".join(map(re.escape, word.split(ANY))) for word in line.split(" ")]
        parts.append(re.sub(r"(?: )+", " +", " ".join(words)) + r"\n")
    return re.compile("".join(parts) + (r"\Z" if to_the_end else ""))
