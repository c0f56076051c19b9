"""Runs every row of docs/COURSE.md, and holds docs/CURSO.md against it."""

import functools
import re
import subprocess
import sys

import play
import pytest
import rows

COURSE = rows.load()
RUN = [row for row in COURSE if not row.missing and not row.elsewhere]
MISSING = [row for row in COURSE if row.missing]
ELSEWHERE = [row for row in COURSE if row.elsewhere]


def by_id(some):
    return pytest.mark.parametrize("row", some, ids=lambda row: row.id)


def run(*command):
    play.can_have_a_room()  # asked here, it is not asked again for each row
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=55,
                            env=play.environment("/nonexistent"), stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout + result.stderr


@functools.cache
def known(what):
    """The verbs, services, schemes, or the options of a verb, that there are now."""
    if what == "verbs":
        return re.findall(r"^  ([a-z]+)  ", run(play.ZOCALO, "help")[1], re.MULTILINE)
    if what == "services":
        return re.findall(r"^([a-z]+)  +", run(play.ZOCALO, "serve")[1], re.MULTILINE)
    if what == "schemes":
        found = re.search(r"\(known: (.*)\)", run(play.ZOCALO, "connect", "nonsense://")[1])
        return re.findall(r"[a-z]+", found[1])
    return re.findall(r"--[a-z-]+", run(play.ZOCALO, what, "--help")[1])


def exists(missing):
    """Whether `zocalo VERB`, `zocalo VERB --option`, `zocalo serve SERVICE` or `zocalo connect SCHEME://` is there."""
    _, verb, *more = missing.split()
    if verb not in known("verbs") or not more:
        return verb in known("verbs")
    if more[0].startswith("--"):
        return more[0] in known(verb)
    if more[0].endswith("://"):
        return more[0].removesuffix("://") in known("schemes")
    return more[0] in known("services")


@by_id(RUN)
def test_prints_what_it_says(row):
    status, output = run(sys.executable, "-B", play.__file__, row.id)
    if status == play.SKIPPED:
        pytest.skip(output.strip())
    assert status == 0, f"{row.title}\n{output}"


@by_id(MISSING)
def test_is_missing_indeed(row):
    assert not exists(row.missing), f"{row.missing} is there: take the mark off, and let the row run"
    assert row.missing.split()[-1] in row.block, f"no line has '{row.missing}'"


@by_id(ELSEWHERE)
def test_says_what_to_use_instead(row):
    assert len(row.elsewhere) > 10 and not row.missing


def test_what_is_there_is_known():
    assert {"connect", "serve"} <= set(known("verbs"))
    assert {"echo", "hello"} <= set(known("services"))
    assert {"tcp", "udp"} <= set(known("schemes"))
    assert exists("zocalo serve --grace") and not exists("zocalo serve --nonsense")
    assert exists("zocalo connect tcp://") and not exists("zocalo connect nonsense://")
    assert exists("zocalo serve echo") and not exists("zocalo serve nonsense")
    assert exists("zocalo connect") and not exists("zocalo nonsense")


def test_ports_that_need_a_privilege_are_seen():
    block = "1$ zocalo listen 127.0.0.1:21\n2$ python3 -m http.server 80\n3$ zocalo serve hello tcp://127.0.0.1:8025\n"
    assert list(play.well_known_ports(block + "4$ zocalo connect 127.0.0.1:25\ndial 127.0.0.1:26")) == [21, 80]


def test_the_spanish_course_has_the_same_rows():
    spanish = rows.load(rows.SPANISH)
    assert [row.id for row in spanish] == [row.id for row in COURSE]
    for row, other in zip(COURSE, spanish):
        assert other.block == row.block, f"CURSO.md: {row.id}: another block"
        assert (other.kind, other.missing) == (row.kind, row.missing), f"CURSO.md: {row.id}"
        assert bool(other.elsewhere) == bool(row.elsewhere), f"CURSO.md: {row.id}"


def test_every_service_and_every_example_has_a_row():
    typed = "\n".join(line for row in RUN for line in row.typed())
    examples = [path.stem for path in (play.ROOT / "examples").glob("*.c")]
    assert examples
    for name in [*known("services"), *examples]:
        assert re.search(rf"\b{name}\b", typed), f"no row types '{name}'"


def test_every_chapter_has_rows():
    for chapter in range(1, 15):
        assert any(re.search(rf"\bbook, chapter {chapter}\b", row.where) for row in COURSE), f"chapter {chapter}"
    for notes in ("port-notes", "ports-appdelante", "que-es-un-socket", "sockets-chat"):
        assert any(f"`{notes}`" in row.where for row in COURSE), notes
