"""The end of the run says how far the course is: how many rows run, and what the others wait for."""

import collections
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rows  # noqa: E402


def pytest_terminal_summary(terminalreporter):
    course = rows.load()
    missing = collections.defaultdict(list)
    for row in course:
        if row.missing:
            missing[row.missing].append(row.id)
    elsewhere = [row.id for row in course if row.elsewhere]
    waiting = sum(map(len, missing.values()))
    terminalreporter.section("the course")
    for what, ids in sorted(missing.items()):
        terminalreporter.write_line(f"course: not there yet: {what}: {', '.join(ids)}")
    terminalreporter.write_line(f"course: no equivalent: {', '.join(elsewhere)}")
    terminalreporter.write_line(f"course: {len(course)} rows: {len(course) - waiting - len(elsewhere)} run, "
                                f"{waiting} not there yet, {len(elsewhere)} without equivalent")
