"""Networks that are broken, each in a network namespace of its own."""

import pytest
from programs import need, zocalo_path


@pytest.fixture
def inside(start, namespace):
    """Runs a shell script with a network of its own; $ZOCALO is the program, $IP is ip(8)."""
    tools = {"ZOCALO": zocalo_path(), "IP": need("ip")}
    return lambda script, **env: start(*namespace, "sh", "-c", script, env={**tools, **env}).finish()


def says(result, line, status=1):
    assert (result[0], result[1]) == (status, b"")
    assert result[2].splitlines()[0] == f"zocalo connect: {line}"


def test_no_route(inside):
    says(inside('exec "$ZOCALO" connect tcp://192.0.2.1:80'),
         "dial tcp://192.0.2.1:80: connect 192.0.2.1:80: Network is unreachable")


def test_an_unreachable_host(inside):
    says(inside('"$IP" link set lo up && "$IP" route add unreachable 192.0.2.1 && '
                'exec "$ZOCALO" connect tcp://192.0.2.1:80'),
         "dial tcp://192.0.2.1:80: connect 192.0.2.1:80: No route to host")


def test_a_host_that_never_answers(inside):
    """What is sent to it by way of loopback is thrown away."""
    says(inside('"$IP" link set lo up && "$IP" route add 192.0.2.0/24 dev lo && '
                'exec "$ZOCALO" connect tcp://192.0.2.1:80,connect-timeout=200ms'),
         "dial tcp://192.0.2.1:80,connect-timeout=200ms: connect 192.0.2.1:80: Connection timed out")


def test_no_name_server_can_be_reached(inside):
    says(inside('exec "$ZOCALO" connect tcp://nobody.example:80', ZOCALO_NAMESERVERS="192.0.2.1"),
         "dial tcp://nobody.example:80: resolve 'nobody.example': the name servers gave no answer")


def test_this_machine_without_a_network(inside):
    """Loopback is down: even 127.0.0.1 is out of reach, and that is said."""
    says(inside('exec "$ZOCALO" connect tcp://127.0.0.1:80'),
         "dial tcp://127.0.0.1:80: connect 127.0.0.1:80: Network is unreachable")


ECHO_ON_EVERY_INTERFACE = """
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
"$IP" link set lo up
mkfifo "$FOLDER/listening"
"$ZOCALO" serve echo :0 >"$FOLDER/listening" &
read -r said service endpoint <"$FOLDER/listening"
echo hola | "$ZOCALO" connect ":${endpoint##*:}"
kill $! && wait
"""


def test_every_interface_without_ipv6(inside, folder):
    status, out, err = inside(ECHO_ON_EVERY_INTERFACE, FOLDER=str(folder))
    assert (status, out) == (0, b"hola\n"), err
