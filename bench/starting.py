"""Sections of bench/run: what a start takes, of twelve services in one process and of --version."""
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time

from harness import ROOT, CannotRun, Spread, Table, pinned, process, ratios

TWELVE = ROOT / 'bench' / 'twelve.conf'
VERSIONS = 5  # runs of a program in one slice


# --- twelve services in one process ----------------------------------------------------------------------------------


def endpoints_of(config):
    lines = [line for line in config.read_text().splitlines() if line and not line.startswith('#')]
    return sum(len(re.findall(r'\b(?:tcp|udp|unix):', line)) for line in lines)


def start_twelve(bench, wanted):
    """Milliseconds from before the start to the last line 'listening ...', and bytes resident from then on."""
    command = pinned([bench.server_core, bench.generator_core],
                     [bench.folder / 'zocalo', 'serve', '--log=off', '-c', TWELVE])
    with tempfile.TemporaryDirectory() as folder:
        before = time.monotonic_ns()
        with process(command, stdout=subprocess.PIPE, cwd=folder) as child:
            lines = [child.stdout.readline() for _ in range(wanted)]
            taken = (time.monotonic_ns() - before) / 1e6
            if not all(line.startswith('listening ') for line in lines):
                raise CannotRun('the twelve services do not all listen')
            return taken, resident(child.pid)


def resident(pid):
    with open(f'/proc/{pid}/smaps_rollup') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('Rss:')) * 1024


def start(bench):
    wanted = endpoints_of(TWELVE)
    runs = [start_twelve(bench, wanted) for _ in range(2 * bench.rounds)]
    times = [taken for taken, _ in runs]
    same = Spread(one / other for one, other in zip(times[::2], times[1::2]))
    table = Table(f'start: twelve services in one process, at {wanted} endpoints, {len(runs)} times',
                  f'time of a start against the next one: {same}')
    table.at_most('from exec to the last line, ms', Spread(times), 50, '{:.1f} ms')
    table.at_most('resident when idle, MiB', Spread(size / 2**20 for _, size in runs), 16, '{:.2f} MiB')


# --- --version -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def running_on(core):
    """Our own core, which children get from us: a program that pins them would be in the figures."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def run_versions(program, null):
    """Wall and CPU time of some runs, one after the other."""
    row = {'wall_ns': 0, 'cpu_ns': 0}
    for _ in range(VERSIONS):
        before = time.monotonic_ns()
        pid = os.posix_spawn(program, [program, '--version'], os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        row['wall_ns'] += time.monotonic_ns() - before
        row['cpu_ns'] += (usage.ru_utime + usage.ru_stime) * 1e9
        if status != 0:
            raise CannotRun(f"'{program} --version' failed")
    return row


def version(bench):
    curl = shutil.which('curl')
    if not curl:
        raise CannotRun("'curl' is not installed")
    programs = [bench.folder / 'zocalo', bench.folder / 'zocalo', curl]
    with running_on(bench.server_core), open(os.devnull, 'w') as null:
        rows = [{'round': round, 'server': turn % 3, **run_versions(programs[turn % 3], null)}
                for round in range(bench.rounds) for turn in range(round, round + 3)]
    table = Table('version: zocalo --version beside curl --version',
                  f'CPU time of zocalo against itself: {ratios(rows, lambda row: row["cpu_ns"], 0, 1)}')
    for what, key in (('CPU time', 'cpu_ns'), ('time', 'wall_ns')):
        table.at_most(f'{what}, zocalo / curl', ratios(rows, lambda row, key=key: row[key], 0, 2), 0.5)
    for number, name in ((0, 'zocalo'), (2, 'curl')):
        mine = [row for row in rows if row['server'] == number]
        cpu, wall = (Spread(row[key] / VERSIONS / 1e6 for row in mine) for key in ('cpu_ns', 'wall_ns'))
        print(f'  {name:<7} {cpu.median:.2f} ms of CPU, {wall.median:.2f} ms in all')
