"""Sections of bench/run: connect and listen beside nc and ncat: a large file, one line, and a broker of many."""
import contextlib
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time

from harness import READY_WITHIN, CannotRun, Spread, Table, pinned, process, ratios
from starting import running_on

FOLDERS = (pathlib.Path('/dev/shm'), pathlib.Path('/var/tmp'))  # for the file and its copy: memory, or a disk
TRANSFERS = 5  # of each, at least
EXCHANGES = 5  # runs of a program in one slice
LISTENERS, NCAT_MAX = 500, 600


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise CannotRun(f"'{program}' is not installed")


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return str(probe.getsockname()[1])


def await_listener(port):
    """nc says nothing that could be waited for, so the kernel's table is asked."""
    wanted = re.compile(rf'^ *\d+: [0-9A-F]+:{int(port):04X} \S+ 0A ', re.MULTILINE)
    end = time.monotonic() + READY_WITHIN
    while not wanted.search(pathlib.Path('/proc/net/tcp').read_text()):
        if time.monotonic() > end:
            raise CannotRun(f'nothing listens on port {port}')
        time.sleep(0.002)


# --- a large file ----------------------------------------------------------------------------------------------------


def listen_and_connect(bench, name, port):
    zocalo = bench.folder / 'zocalo'
    return {
        'nc': (['nc.openbsd', '-l', '127.0.0.1', port], ['nc.openbsd', '-N', '127.0.0.1', port]),
        'zocalo': ([zocalo, 'listen', '127.0.0.1', port], [zocalo, 'connect', '127.0.0.1', port]),
        '--sha256': ([zocalo, 'listen', '--sha256', '127.0.0.1', port],
                     [zocalo, 'connect', '--sha256', '127.0.0.1', port]),
    }[name]


def cpu_of(pid, what):
    """Waits for a child; nanoseconds of CPU time that it took."""
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise CannotRun(f"'{what}' failed")
    return (usage.ru_utime + usage.ru_stime) * 1e9


def cpu_of_process(child):
    cpu_ns = cpu_of(child.pid, ' '.join(map(str, child.args)))
    child.returncode = 0  # it was waited for behind its back
    return cpu_ns


def running(core, command, **files):
    return process(pinned([core], command), stderr=subprocess.DEVNULL, **files)


def transfer_once(bench, name, file, copy):
    """From the start of the one that connects until both have ended. Nobody has the copy's pages before."""
    port = free_port()
    listens, connects = listen_and_connect(bench, name, port)
    copy.unlink(missing_ok=True)
    with open(file, 'rb') as source, open(copy, 'wb') as sink, \
            running(bench.server_core, listens, stdin=subprocess.DEVNULL, stdout=sink) as listener:
        await_listener(port)
        before = time.monotonic_ns()
        with running(bench.generator_core, connects, stdin=source, stdout=subprocess.DEVNULL) as sender:
            sent_ns, received_ns = cpu_of_process(sender), cpu_of_process(listener)
        wall_ns = time.monotonic_ns() - before
    if copy.stat().st_size != file.stat().st_size:
        raise CannotRun(f'{name}: the copy is not as long as the file')
    return {'wall_ns': wall_ns, 'cpu_ns': sent_ns + received_ns, 'sent_ns': sent_ns, 'received_ns': received_ns}


def folder_for(size):
    """Memory where two such files leave as much again, so that no disk is in the figure; a disk otherwise."""
    available = int(re.search(r'MemAvailable: +(\d+)', pathlib.Path('/proc/meminfo').read_text())[1]) * 1024
    if available > 3 * size and shutil.disk_usage(FOLDERS[0]).free > 2 * size:
        return FOLDERS[0]
    if shutil.disk_usage(FOLDERS[1]).free > 2 * size:
        return FOLDERS[1]
    raise CannotRun(f'no room for two files of {size >> 20} MiB in {FOLDERS[0]} or {FOLDERS[1]}')


def fill(file, size):
    block = os.urandom(1 << 20)
    with open(file, 'wb') as output:
        for _ in range(size >> 20):
            output.write(block)


def transfer(bench):
    need('nc.openbsd')
    size = bench.transfer_gib << 30
    names = ['zocalo', 'zocalo', 'nc', '--sha256']
    rounds = max(TRANSFERS, bench.rounds // 12)
    with tempfile.TemporaryDirectory(dir=folder_for(size), prefix='zocalo-bench-') as folder:
        file, copy = pathlib.Path(folder, 'file'), pathlib.Path(folder, 'copy')
        fill(file, size)
        for name in names[1:]:
            transfer_once(bench, name, file, copy)  # warm-up: memory that the machine did not have yet
        rows = [{'round': round, 'server': turn % 4, **transfer_once(bench, names[turn % 4], file, copy)}
                for round in range(rounds) for turn in range(round, round + 4)]
    tell_transfer(rows, names, size, folder)


def tell_transfer(rows, names, size, folder):
    def rate(row):
        return size * 1e9 / row['wall_ns']

    def cpu(row):
        return row['cpu_ns']

    table = Table(f'transfer: {size >> 30} GiB, connect < file and listen > copy, in {pathlib.Path(folder).parent}; '
                  'a core for each side',
                  f'rate of zocalo against itself: {ratios(rows, rate, 0, 1)}; CPU time: {ratios(rows, cpu, 0, 1)}')
    table.at_least('rate, zocalo / nc', ratios(rows, rate, 0, 2), 1)
    table.at_most('CPU time of both sides, zocalo / nc', ratios(rows, cpu, 0, 2), 1)
    table.at_least('rate with --sha256 on both sides / nc', ratios(rows, rate, 3, 2), 0.8)
    table.free('CPU time with --sha256 / nc', ratios(rows, cpu, 3, 2))
    for number in (0, 2, 3):
        mine = [row for row in rows if row['server'] == number]
        sent, received = (Spread(row[key] / 1e9 for row in mine) for key in ('sent_ns', 'received_ns'))
        print(f'  {names[number]:<8} {Spread(rate(row) / 1e9 for row in mine).median:.2f} GB/s; '
              f'{sent.median:.2f} s of CPU to send, {received.median:.2f} s to receive')


# --- one line --------------------------------------------------------------------------------------------------------


def exchange_once(command, null):
    """The line waits in a pipe before the program starts. Time from before its start until it was waited for."""
    read_end, write_end = os.pipe()
    os.write(write_end, b'hola\n')
    os.close(write_end)
    before = time.monotonic_ns()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, read_end, 0), (os.POSIX_SPAWN_DUP2, null.fileno(), 1)])
    cpu_ns = cpu_of(pid, command[0])
    wall_ns = time.monotonic_ns() - before
    os.close(read_end)
    return wall_ns, cpu_ns


def exchanges(command, null):
    runs = [exchange_once(command, null) for _ in range(EXCHANGES)]
    return {'wall_ns': sum(wall for wall, _ in runs), 'cpu_ns': sum(cpu for _, cpu in runs)}


def exchange(bench):
    need('nc.openbsd')
    with bench.server('zocalo', cores=[bench.generator_core]) as server:
        port = server.split(':')[1]
        ours = [str(bench.folder / 'zocalo'), 'connect', '127.0.0.1', port]
        commands = [ours, ours, [shutil.which('nc.openbsd'), '-N', '127.0.0.1', port]]
        with running_on(bench.server_core), open(os.devnull, 'w') as null:
            rows = [{'round': round, 'server': turn % 3, **exchanges(commands[turn % 3], null)}
                    for round in range(bench.rounds) for turn in range(round, round + 3)]
    table = Table("exchange: a line to an echo server and back, from the program's start to its end",
                  f'time of zocalo against itself: {ratios(rows, lambda row: row["wall_ns"], 0, 1)}')
    for what, key in (('time', 'wall_ns'), ('CPU time', 'cpu_ns')):
        table.at_most(f'{what}, zocalo / nc', ratios(rows, lambda row, key=key: row[key], 0, 2), 1)
    for number, name in ((0, 'zocalo'), (2, 'nc')):
        mine = [row for row in rows if row['server'] == number]
        cpu, wall = (Spread(row[key] / EXCHANGES / 1e6 for row in mine) for key in ('cpu_ns', 'wall_ns'))
        print(f'  {name:<7} {cpu.median:.2f} ms of CPU, {wall.median:.2f} ms in all')


# --- a broker --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def our_broker(bench):
    command = pinned([bench.server_core], [bench.folder / 'zocalo', 'listen', '--broker', '127.0.0.1', '0'])
    with process(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        ready, _, _ = select.select([child.stderr], [], [], READY_WITHIN)
        found = re.search(r':(\d+)\s*$', child.stderr.readline() if ready else '')
        if not found:
            raise CannotRun("'zocalo listen --broker' did not say where it listens")
        yield f'{child.pid}:{found[1]}'
        child.stderr.close()


@contextlib.contextmanager
def ncat_broker(bench):
    port = free_port()
    command = pinned([bench.server_core], ['ncat', '-l', '--broker', '-m', str(NCAT_MAX), '127.0.0.1', port])
    with process(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
        await_listener(port)
        yield f'{child.pid}:{port}'


def broker(bench):
    """Ten who speak are the goal. One is told as well: there the kernel's send to each listener is nearly all there is."""
    need('ncat')
    for title, speakers, burst, goal in (('ten speak, a message each at a time', 10, 1, 5),
                                         ('one speaks, a message at a time', 1, 1, None),
                                         ('one speaks, 1024 messages at a time', 1, 1024, None)):
        with our_broker(bench) as one, our_broker(bench) as same, ncat_broker(bench) as ncat:
            rows = bench.load('broker', one, same, ncat, connections=LISTENERS, speakers=speakers, burst=burst,
                              rounds=max(10, bench.rounds // 3))
        tell_broker(title, rows, goal)


def tell_broker(title, rows, goal):
    def per_second(row):
        return row['units'] * 1e9 / row['wall_ns']

    def per_cpu_second(row):
        return row['units'] * 1e9 / row['server_ns']

    table = Table(f'broker: {LISTENERS} listeners; {title}; one core for the broker',
                  f'deliveries per second of zocalo against itself: {ratios(rows, per_second, 0, 1)}')
    for what, value in (('second', per_second), ('CPU second', per_cpu_second)):
        label, ratio = f'deliveries per {what}, zocalo / ncat', ratios(rows, value, 0, 2)
        if goal and value is per_second:
            table.at_least(label, ratio, goal)
        else:
            table.free(label, ratio)
    for number, name in ((0, 'zocalo'), (2, 'ncat')):
        mine = [row for row in rows if row['server'] == number]
        print(f'  {name:<7} {Spread(map(per_second, mine)).median:9.0f} deliveries a second, '
              f'{Spread(map(per_cpu_second, mine)).median:9.0f} a second of CPU')
