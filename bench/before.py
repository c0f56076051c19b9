"""Section of bench/run: what this build costs where nobody observes, beside an earlier commit of itself."""
import contextlib
import pathlib
import subprocess
import tempfile

from harness import ROOT, Bench, CannotRun, Table, only_quiet, ratios, run_quietly
from relaying import cpu_per_unit, drive, plain_zocalo
from transfer import need

BEFORE = 'bb90000'  # the last commit without explanations


@contextlib.contextmanager
def built(bench, commit):
    """The bench of that commit, built with our options in a working tree that is removed again."""
    found = subprocess.run(['git', '-C', ROOT, 'rev-parse', '--verify', '--quiet', f'{commit}^{{commit}}'], capture_output=True)
    if found.returncode != 0:
        raise CannotRun(f"there is no commit '{commit}' in this history (--before=COMMIT)")
    with tempfile.TemporaryDirectory(prefix='zocalo-before-') as folder:
        tree = pathlib.Path(folder, 'tree')
        run_quietly('git', '-C', ROOT, 'worktree', 'add', '--detach', tree, commit)
        try:
            run_quietly('meson', 'setup', tree / 'build', tree, *bench.same_options())
            then = Bench(tree / 'build', bench.subject, bench.rounds, bench.transfer_gib)
            run_quietly('ninja', '-C', then.folder, 'zocalo')
            yield then
        finally:
            run_quietly('git', '-C', ROOT, 'worktree', 'remove', '--force', tree)


def explain(bench):
    need('git', 'openssl')
    with built(bench, bench.before or BEFORE) as then:
        echo(bench, then)
        for verb, title, rounds in (('echo', '64 bytes there and back, 200 connections', max(20, bench.rounds // 2)),
                                    ('bulk', 'bulk through it, one connection', max(10, bench.rounds // 3))):
            relay(bench, then, verb, title, rounds)


def echo(bench, then):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(one.server('zocalo')) for one in (bench, bench, then)]
        rows = only_quiet(bench.load('echo', *servers, rounds=bench.rounds))
    tell('echo: 64 bytes, 200 connections', 'request', rows)


def relay(bench, then, verb, title, rounds):
    def earlier(_, folder, back):
        return plain_zocalo(then, folder, back)

    rows, _ = drive(bench, verb, [plain_zocalo, plain_zocalo, earlier], rounds=rounds, slice=200)
    tell(f'relay: {title}', 'byte' if verb == 'bulk' else 'request', only_quiet(rows))


def tell(title, unit, rows):
    cost = ratios(rows, cpu_per_unit, 0, 2)
    table = Table(f'explain, which is off: {title}; against the commit before',
                  f'CPU time per {unit} of this build against itself: {ratios(rows, cpu_per_unit, 0, 1)}')
    table.row(f'CPU time per {unit}, now / before', f'{cost.median:.3f}', cost.quartiles(), 'reaches 1', cost.low <= 1)
