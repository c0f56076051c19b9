"""Sections of bench/run: relay beside socat, HAProxy, nginx and stunnel: bulk, small messages, and with TLS."""
import contextlib
import pathlib
import re
import select
import subprocess
import tempfile

from harness import READY_WITHIN, CannotRun, Spread, Table, pinned, port_of, process, ratios
from transfer import await_listener, free_port, need

GIGABYTE = 1e9
STREAM_MODULE = pathlib.Path('/usr/lib/nginx/modules/ngx_stream_module.so')


def cpu_per_unit(row):
    return row['server_ns'] / row['units']


def units_per_second(row):
    return row['units'] * 1e9 / row['wall_ns']


def units_per_cpu_second(row):
    return row['units'] * 1e9 / row['server_ns']


# --- relays: each gives 'PID:PORT' while it runs ----------------------------------------------------------------------


@contextlib.contextmanager
def backend(bench):
    """What stands behind all of them, on the generator's core. Gives its port."""
    with process(pinned([bench.generator_core], [bench.folder / 'bench' / 'feed']), stdout=subprocess.PIPE) as child:
        yield port_of(child, 'feed')


@contextlib.contextmanager
def ours(bench, folder, listen, back):
    command = [bench.folder / 'zocalo', 'relay', '--log=off', f'listen:{listen}', f'tcp://127.0.0.1:{back}']
    with process(pinned([bench.server_core], command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                 stderr=subprocess.PIPE) as child:
        ready, _, _ = select.select([child.stderr], [], [], READY_WITHIN)
        found = re.search(r'^listening .*?:(\d+)(?:,|\s*$)', child.stderr.readline() if ready else '')
        if not found:
            raise CannotRun("'zocalo relay' did not say where it listens")
        yield f'{child.pid}:{found[1]}'
        child.stderr.close()


@contextlib.contextmanager
def peer(bench, command, port):
    with process(pinned([bench.server_core], command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL) as child:
        await_listener(port)
        yield f'{child.pid}:{port}'


def plain_zocalo(bench, folder, back):
    return ours(bench, folder, 'tcp://127.0.0.1:0', back)


def plain_socat(bench, folder, back, *options):
    port = free_port()
    command = ['socat', *options, f'TCP4-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=4096', f'TCP4:127.0.0.1:{back}']
    return peer(bench, command, port)


def wide_socat(bench, folder, back):
    return plain_socat(bench, folder, back, '-b', '65536')


HAPROXY = """global
    nbthread 1
    maxconn 4000
defaults
    mode tcp
    timeout connect 10s
    timeout client 600s
    timeout server 600s
    {option}
listen relay
    bind 127.0.0.1:{port}
    server back 127.0.0.1:{back}
"""


def plain_haproxy(bench, folder, back, option=''):
    port = free_port()
    config = pathlib.Path(folder, f'haproxy-{port}.cfg')
    config.write_text(HAPROXY.format(option=option, port=port, back=back))
    return peer(bench, ['haproxy', '-db', '-q', '-f', str(config)], port)


def splicing_haproxy(bench, folder, back):
    return plain_haproxy(bench, folder, back, 'option splice-auto')


NGINX = """load_module {module};
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx-{port}.pid;
error_log /dev/null;
events {{ worker_connections 4096; }}
stream {{
    access_log off;
    proxy_timeout 600s;
    tcp_nodelay on;
    server {{
        listen 127.0.0.1:{port} {tls} backlog=4096;
        proxy_pass 127.0.0.1:{back};
        proxy_buffer_size 64k;
        ssl_certificate {folder}/both.pem;
        ssl_certificate_key {folder}/both.pem;
        ssl_session_cache off;
    }}
}}
"""


def any_nginx(bench, folder, back, tls=''):
    port = free_port()
    config = pathlib.Path(folder, f'nginx-{port}.conf')
    config.write_text(NGINX.format(module=STREAM_MODULE, folder=folder, port=port, back=back, tls=tls))
    return peer(bench, ['/usr/sbin/nginx', '-p', folder, '-c', str(config)], port)


def tls_nginx(bench, folder, back):
    return any_nginx(bench, folder, back, 'ssl')


def tls_zocalo(bench, folder, back):
    return ours(bench, folder, f'tls://127.0.0.1:0,cert={folder}/both.pem', back)


def tls_socat(bench, folder, back):
    port = free_port()
    command = ['socat', f'OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=4096,verify=0,cert={folder}/both.pem',
               f'TCP4:127.0.0.1:{back}']
    return peer(bench, command, port)


STUNNEL = """foreground = yes
pid =
debug = 0
[relay]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{back}
cert = {folder}/both.pem
sessionCacheSize = 1
TIMEOUTclose = 0
"""


def tls_stunnel(bench, folder, back):
    port = free_port()
    config = pathlib.Path(folder, f'stunnel-{port}.conf')
    config.write_text(STUNNEL.format(folder=folder, port=port, back=back))
    return peer(bench, ['stunnel', str(config)], port)


def make_certificate(folder):
    """P-256, signed by itself, the key behind the certificate."""
    made = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                           '-subj', '/CN=localhost', '-days', '2', '-keyout', f'{folder}/key.pem', '-out', f'{folder}/cert.pem'],
                          capture_output=True)
    if made.returncode != 0:
        raise CannotRun('openssl made no certificate')
    both = pathlib.Path(folder, 'both.pem')
    both.write_text(pathlib.Path(folder, 'cert.pem').read_text() + pathlib.Path(folder, 'key.pem').read_text())
    for file in pathlib.Path(folder).glob('*.pem'):
        file.chmod(0o600)


# --- measuring ----------------------------------------------------------------------------------------------------------


def drive(bench, verb, relays, **options):
    """All relays are up at once, ours twice, in front of one backend. Returns the rows of the generator."""
    with tempfile.TemporaryDirectory(prefix='zocalo-bench-') as folder, contextlib.ExitStack() as stack:
        make_certificate(folder)
        back = stack.enter_context(backend(bench))
        servers = [stack.enter_context(start(bench, folder, back)) for start in relays]
        return bench.load(verb, *servers, **options), back


def tell(rows, names, unit, scale, per):
    """A line for each relay: what a unit costs, and how many there are in a second."""
    for number, name in list(enumerate(names))[1:]:
        mine = [row for row in rows if row['server'] == number]
        cost = Spread(cpu_per_unit(row) * scale for row in mine).median
        rate = Spread(units_per_second(row) for row in mine).median
        busy = Spread(row['server_ns'] / row['wall_ns'] for row in mine).median
        idle = Spread(row['idle_ns'] / row['wall_ns'] for row in mine).median
        print(f'  {name:<16} {cost:8.2f} {unit}, {rate / per[0]:9.2f} {per[1]}; relay busy {busy:4.0%}, generator idle {idle:4.0%}')


def relay(bench):
    need('socat', 'haproxy', 'openssl', '/usr/sbin/nginx')
    relay_bulk(bench)
    relay_messages(bench)


def relay_bulk(bench):
    names = ['zocalo', 'zocalo', 'socat', 'socat -b 65536', 'haproxy', 'haproxy, splice', 'nginx']
    relays = [plain_zocalo, plain_zocalo, plain_socat, wide_socat, plain_haproxy, splicing_haproxy, any_nginx]
    rows, _ = drive(bench, 'bulk', relays, rounds=max(10, bench.rounds // 3))
    table = Table('relay: bulk TCP through a relay on loopback, one connection; a core for the relay, one for both ends',
                  f'CPU time per byte of zocalo against itself: {ratios(rows, cpu_per_unit, 0, 1)}; '
                  f'rate: {ratios(rows, units_per_second, 0, 1)}')
    table.at_most('CPU time per byte, zocalo / socat', ratios(rows, cpu_per_unit, 0, 2), 0.55)
    table.at_most('CPU time per byte, zocalo / haproxy', ratios(rows, cpu_per_unit, 0, 4), 1)
    table.at_most('CPU time per byte, zocalo / haproxy, splice', ratios(rows, cpu_per_unit, 0, 5), 1)
    table.at_least('rate, zocalo / socat', ratios(rows, units_per_second, 0, 2), 1.25)
    for number in (3, 6):
        table.free(f'CPU time per byte, zocalo / {names[number]}', ratios(rows, cpu_per_unit, 0, number))
    for number in (3, 4, 5, 6):
        table.free(f'rate, zocalo / {names[number]}', ratios(rows, units_per_second, 0, number))
    tell(rows, names, 'ms of CPU a gigabyte', GIGABYTE / 1e6, (GIGABYTE, 'GB/s'))


def relay_messages(bench):
    names = ['zocalo', 'zocalo', 'socat', 'haproxy', 'nginx']
    relays = [plain_zocalo, plain_zocalo, plain_socat, plain_haproxy, any_nginx]
    rows, _ = drive(bench, 'echo', relays, rounds=max(20, bench.rounds // 2), slice=200)
    table = Table('relay: 64 bytes there and back, 200 connections; a core for the relay, one for both ends',
                  f'requests per CPU second of zocalo against itself: {ratios(rows, units_per_cpu_second, 0, 1)}')
    table.at_least('requests per CPU second, zocalo / socat', ratios(rows, units_per_cpu_second, 0, 2), 1.2)
    table.at_least('requests per CPU second, zocalo / haproxy', ratios(rows, units_per_cpu_second, 0, 3), 1)
    table.free('requests per CPU second, zocalo / nginx', ratios(rows, units_per_cpu_second, 0, 4))
    for number in (2, 3, 4):
        table.free(f'requests per second, zocalo / {names[number]}', ratios(rows, units_per_second, 0, number))
    tell(rows, names, 'us of CPU a request', 1e-3, (1, 'a second'))


def tls(bench):
    need('socat', 'stunnel', 'openssl', '/usr/sbin/nginx')
    names = ['zocalo', 'zocalo', 'socat', 'stunnel', 'nginx']
    relays = [tls_zocalo, tls_zocalo, tls_socat, tls_stunnel, tls_nginx]
    for verb, title, what, unit in (
            ('handshake', '16 handshakes at a time, and a message each; nothing is resumed', 'handshakes',
             ('us of CPU a handshake', 1e-3, (1, 'a second'))),
            ('secret', 'bulk by TLS through a relay, one connection', 'bytes',
             ('ms of CPU a gigabyte', GIGABYTE / 1e6, (GIGABYTE, 'GB/s')))):
        rows, _ = drive(bench, verb, relays, rounds=max(10, bench.rounds // 3))
        table = Table(f'tls: {title}; P-256; a core for the relay, one for both ends',
                      f'{what} per second of zocalo against itself: {ratios(rows, units_per_second, 0, 1)}')
        for number in (2, 3):
            table.at_least(f'{what} per second, zocalo / {names[number]}', ratios(rows, units_per_second, 0, number), 1)
        table.free(f'{what} per second, zocalo / nginx', ratios(rows, units_per_second, 0, 4))
        for number in (2, 3, 4):
            table.free(f'{what} per CPU second, zocalo / {names[number]}', ratios(rows, units_per_cpu_second, 0, number))
        tell(rows, names, *unit)
