"""What the program prints by itself, when it cannot be printed."""

import os

import pytest

COMMANDS = [["serve"], ["--version"], ["help"], ["help", "serve"], ["serve", "--help"]]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_disk_is_told(zocalo, arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        program = zocalo(*arguments, stdout=full)
    assert program.finish() == (2, None, "zocalo: standard output: No space left on device\n")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_reader_that_has_gone_is_a_quiet_end(zocalo, arguments):
    reads, writes = os.pipe()
    os.close(reads)
    program = zocalo(*arguments, stdout=writes)
    os.close(writes)
    assert program.finish() == (0, None, "")


def test_what_was_wrong_before_counts_first(zocalo):
    with open("/dev/full", "w", encoding="utf-8") as full:
        program = zocalo("serve", "--fast", stdout=full)
    status, _, err = program.finish()
    assert status == 2
    assert err.startswith("zocalo serve: unknown option '--fast'")
