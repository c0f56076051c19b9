"""Section of bench/run: how many schedules of the simulated echo world one core goes through."""
import subprocess
import time

from harness import CannotRun, Spread, Table, pinned

SCHEDULES = 2000  # of one slice
SEED = 1          # the same schedules in every slice: what differs is the machine


def schedules_per_minute(bench):
    program = bench.folder / 'tests' / 'sim' / 'sim'
    command = pinned([bench.server_core], [program, '--world', 'echo', '--seed', SEED, '--runs', SCHEDULES])
    before = time.monotonic_ns()
    if subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise CannotRun('a schedule of the echo world failed')
    return SCHEDULES * 60e9 / (time.monotonic_ns() - before)


def sim(bench):
    rates = [schedules_per_minute(bench) for _ in range(2 * bench.rounds)]
    same = Spread(one / other for one, other in zip(rates[::2], rates[1::2]))
    table = Table('sim: schedules of the simulated echo world, on one core', f'a slice against the next one: {same}')
    table.at_least('schedules a minute', Spread(rates), 20000, '{:,.0f}')
