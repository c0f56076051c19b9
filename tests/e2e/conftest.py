"""Fixtures of the end-to-end tests. ZOCALO is the path of the program, ZOCALO_EXAMPLES the folder of the examples."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from certificates import Certificates  # noqa: E402
from programs import Program, Server, zocalo_path  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "release_only: measures memory or time that a sanitizer would change")


@pytest.fixture(scope="session", autouse=True)
def state_folder():
    """What programs keep stays away from what this user has."""
    path = tempfile.mkdtemp(prefix="zoc")
    os.environ["XDG_STATE_HOME"] = path
    yield pathlib.Path(path)
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def certificates():
    """Certificates of every kind, made when they are first wanted."""
    path = tempfile.mkdtemp(prefix="zoc")
    yield Certificates(path)
    shutil.rmtree(path)


@pytest.fixture
def start():
    """Starts programs, and kills at the end those that are still there."""
    started = []

    def start_one(*command, kind=Program, **how):
        program = kind(*command, **how)
        started.append(program)
        return program

    yield start_one
    for program in reversed(started):
        program.kill()


@pytest.fixture
def zocalo(start):
    """Starts the program itself: zocalo("connect", ...)."""
    return lambda *arguments, wrap=(), **how: start(*wrap, zocalo_path(), *arguments, **how)


@pytest.fixture
def serve(start):
    """Starts `zocalo serve` with its arguments, and returns the Server once every endpoint listens."""

    def serve_one(*arguments, wrap=(), **how):
        server = start(*wrap, zocalo_path(), "serve", *arguments, kind=Server, **how)
        server.wait_listening(arguments)
        return server

    return serve_one


@pytest.fixture
def echo(serve):
    """An echo server on a TCP port of 127.0.0.1, that logs JSON."""
    return serve("--log=json", "echo", "tcp://127.0.0.1:0")


@pytest.fixture
def folder():
    """A new folder with a short name: the path of a Unix socket has 108 bytes at most."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="zoc"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def namespace():
    """What to put before a command that gets a network of its own, where loopback is down."""
    for wrap in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which(wrap[0]) and subprocess.run([*wrap, "true"], capture_output=True).returncode == 0:
            return wrap
    pytest.skip("this user may not make network namespaces")
