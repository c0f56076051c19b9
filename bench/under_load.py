"""A section of bench/run: whether anything is lost while a busy server is reloaded and stopped."""
import collections
import pathlib
import socket
import tempfile
import threading

from harness import CannotRun, Table

CLIENTS = 1000
RELOADS = 10
STOPS = 5  # servers that are stopped: what goes wrong in a stop does so in a moment that is soon over


class Manager:
    """The other end of NOTIFY_SOCKET: counts the reloads that a server tells of."""

    def __init__(self, path):
        self.reloads = 0
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while message := self.socket.recv(4096):
            self.reloads += message.startswith(b'RELOADING=1')

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b'', self.path)
        self.thread.join()
        self.socket.close()


def lay_siege(bench, verb, **options):
    """One server under that load; what became of the requests, and how often it was reloaded."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, 'echo.conf')
        config.write_text('echo tcp://127.0.0.1:0\n')
        manager = Manager(pathlib.Path(folder, 'manager'))
        both = [bench.server_core, bench.generator_core]
        with bench.server('zocalo', cores=both, threads=2, config=config, NOTIFY_SOCKET=manager.path) as server:
            row = bench.load(verb, server, connections=CLIENTS, **options)[0]
        manager.close()
    if manager.reloads < options.get('reloads', 0):
        raise CannotRun(f'the server was reloaded {manager.reloads} times, and not {options["reloads"]} times')
    return row


def total(rows):
    counts = collections.Counter()
    for row in rows:
        counts.update({key: value for key, value in row.items() if key != 'why'})
    return counts, next((row['why'] for row in rows if row['why']), '')


def tell(table, what, rows, goal, is_met):
    counts, why = total(rows)
    table.row(what, f'{counts["lost"]:,} lost', f'of {counts["sent"]:,} requests', goal, is_met and is_met(counts))
    print(f'  sent {counts["sent"]:,}, answered {counts["answered"]:,}, lost {counts["lost"]:,}'
          f' ({counts["reset"]:,} by a reset), connects refused {counts["refused"]:,},'
          f' connections ended at rest {counts["ended"]:,}'
          + (f'; the last one lost: {why}' if why else ''))


def nothing_happened(counts):
    return counts['lost'] == counts['refused'] == counts['ended'] == 0


def busy(bench):
    table = Table(f'busy: {CLIENTS:,} clients at once, 64 bytes, {RELOADS} reloads, and {STOPS} stops',
                  'none, since these are counts')
    tell(table, 'reloads, connections that stay', [lay_siege(bench, 'busy', reloads=RELOADS)], 'none', nothing_happened)
    tell(table, 'reloads, a connection for each request', [lay_siege(bench, 'visit', reloads=RELOADS)], 'none',
         nothing_happened)
    tell(table, 'stops, a connection for each request', [lay_siege(bench, 'visit', stops=1) for _ in range(STOPS)],
         'none', lambda counts: counts['lost'] == 0)
    tell(table, 'stops, connections that stay', [lay_siege(bench, 'busy', stops=1) for _ in range(STOPS)], '', None)
