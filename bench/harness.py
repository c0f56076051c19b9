"""What every section of bench/run needs: the programs, where they run, statistics, and the table."""
import contextlib
import json
import os
import pathlib
import re
import select
import signal
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
READY_WITHIN = 10  # seconds from the start of a server to its line 'listening ...'
GONE_WITHIN = 5  # seconds from SIGTERM to its end
DISTURBED = 0.10  # share of a slice for which something else had the server's core
QUIET_MIN = 0.25  # share of the rounds that has to be left when the disturbed ones are left out


class CannotRun(Exception):
    """Something that should have been measured could not be."""


# --- building and placing -------------------------------------------------------------------------------------------


class Bench:
    """The programs of one build folder, and the two cores that they run on."""

    def __init__(self, folder, subject, rounds, transfer_gib, before=None):
        self.folder = folder
        self.subject = subject
        self.rounds = rounds
        self.transfer_gib = transfer_gib
        self.before = before
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise CannotRun('two cores are needed: one for the server, one for the generator')
        self.server_core, self.generator_core = cores[:2]

    def build(self):
        """Builds what is missing or out of date."""
        if not (self.folder / 'build.ninja').exists():
            run_quietly('meson', 'setup', self.folder, ROOT)
        run_quietly('ninja', '-C', self.folder, '-j', str(os.cpu_count()), 'zocalo', 'benchmarks')

    def options(self):
        """How it was built; {} when that is not known."""
        found = subprocess.run(['meson', 'introspect', '--buildoptions', self.folder], capture_output=True, text=True)
        return {option['name']: option['value'] for option in json.loads(found.stdout)} if found.returncode == 0 else {}

    def same_options(self):
        """What makes another build as fast as this one."""
        options = self.options()
        return [f'-D{name}={options[name]}' for name in ('optimization', 'debug', 'b_lto', 'b_ndebug') if name in options]

    def warnings(self):
        """What about this build or machine makes its figures worthless."""
        options = self.options()
        if not options:
            return []
        wrong = []
        if options['optimization'] in ('0', 'g', 'plain'):
            wrong.append(f"this build is not optimised (optimization={options['optimization']})")
        if options['b_sanitize'] not in ('none', []):
            wrong.append(f"this build has a sanitizer in it (b_sanitize={options['b_sanitize']})")
        return wrong

    def command(self, name, threads=1, log='off', config=None):
        if name == 'zocalo':
            specs = ['-c', config] if config else ['echo tcp://127.0.0.1:0']
            return [self.folder / 'zocalo', 'serve', f'--threads={threads}', f'--log={log}', *specs]
        return [self.folder / 'bench' / f'{name}_echo']

    def has(self, name):
        return self.command(name)[0].exists()

    @contextlib.contextmanager
    def server(self, name, cores=None, errors=None, threads=1, log='off', config=None, **environment):
        """A running server, as the 'PID:PORT' that the generator takes."""
        if not self.has(name):
            raise CannotRun(f"'{self.command(name)[0]}' is not built")
        command = pinned(cores or [self.server_core], self.command(name, threads, log, config))
        with process(command, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **environment}) as child:
            yield f'{child.pid}:{port_of(child, name)}'

    def load(self, verb, *servers, **options):
        """Runs the generator to its end; the rows that it printed."""
        flags = [f'--{key}={value}' for key, value in options.items()]
        return self.rows([self.folder / 'bench' / 'load', verb, *flags, *servers])

    def fibers(self, *arguments, **environment):
        return self.rows([self.folder / 'bench' / 'fibers', *map(str, arguments)], env={**os.environ, **environment})

    def rows(self, command, **options):
        with process(pinned([self.generator_core], command), stdout=subprocess.PIPE, **options) as child:
            output, _ = child.communicate()
            if child.returncode != 0:
                raise CannotRun(f"'{' '.join(map(str, command))}' ended with status {child.returncode}")
        return [json.loads(line) for line in output.splitlines()]


def run_quietly(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        raise CannotRun(f"'{command[0]}' is not installed") from None
    if done.returncode != 0:
        raise CannotRun(f"'{' '.join(map(str, command))}' failed\n{done.stdout}")


def pinned(cores, command):
    return ['taskset', '-c', ','.join(map(str, cores)), *command]


@contextlib.contextmanager
def process(command, **options):
    """A child in a process group of its own, so that Ctrl-C reaches us alone; it never outlives the block."""
    try:
        child = subprocess.Popen(command, text=True, process_group=0, **options)
    except FileNotFoundError as error:
        raise CannotRun(f"'{error.filename}' is not installed") from None
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(GONE_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()


def port_of(child, name):
    ready, _, _ = select.select([child.stdout], [], [], READY_WITHIN)
    line = child.stdout.readline() if ready else ''
    found = re.fullmatch(r'listening .*?(\d+)\s*', line)
    if not found:
        raise CannotRun(f"the server '{name}' did not say where it listens")
    return found[1]


def end_on_signals():
    """SIGTERM and SIGHUP leave through every `finally`, as Ctrl-C does."""

    def leave(number, _):
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


# --- figures --------------------------------------------------------------------------------------------------------


class Spread:
    """The median of some values, with their quartiles."""

    def __init__(self, values):
        values = list(values)
        self.median = statistics.median(values)
        self.low = self.high = self.median
        if len(values) > 1:
            self.low, _, self.high = statistics.quantiles(values, n=4, method='inclusive')

    def quartiles(self, form='{:.3f}'):
        return f'{form.format(self.low)} to {form.format(self.high)}'

    def __str__(self):
        return f'{self.median:.3f} ({self.quartiles()})'


def only_quiet(rows):
    """Without the rounds in which something else ran on the servers' core; all of them when too few are left."""
    loud = {row['round'] for row in rows if row['wait_ns'] > DISTURBED * row['wall_ns']}
    total = 1 + max(row['round'] for row in rows)
    if not loud:
        return rows
    if total - len(loud) < total * QUIET_MIN:
        print(f'\nwarning: in {len(loud)} of {total} rounds something else ran on the core of the servers')
        return rows
    print(f'\nnote: left out {len(loud)} of {total} rounds, in which something else ran on the core of the servers')
    return [row for row in rows if row['round'] not in loud]


def ratios(rows, value, one, other):
    """Pairs slice with slice of the same round: value(one) / value(other)."""
    of = {(row['server'], row['round']): value(row) for row in rows}
    return Spread(of[one, number] / of[other, number] for server, number in of if server == one)


class Table:
    """Rows of what, goal, figure, spread and verdict, printed as they come."""

    met, missed = 0, []  # of all tables

    def __init__(self, title, same):
        print(f'\n{title}\nA/A: {same}\n')
        self.line('', 'goal', 'figure', 'quartiles', '')

    @staticmethod
    def line(*cells):
        print('{:<44} {:>12} {:>12}   {:<22} {}'.format(*cells).rstrip(), flush=True)

    def row(self, what, figure, quartiles='', goal='', met=None):
        self.line(what, goal, figure, quartiles, {None: '', True: 'met', False: 'MISSED'}[met])
        Table.met += met is True
        if met is False:
            Table.missed.append(f'{what}: {figure}, goal {goal}')

    def at_most(self, what, spread, limit, form='{:.3f}', count=True):
        self.row(what, form.format(spread.median), spread.quartiles(form) if count else '', f'<= {limit}',
                 spread.median <= limit)

    def at_least(self, what, spread, limit, form='{:.3f}'):
        self.row(what, form.format(spread.median), spread.quartiles(form), f'>= {limit}', spread.median >= limit)

    def free(self, what, spread, form='{:.3f}'):
        self.row(what, form.format(spread.median), spread.quartiles(form))
