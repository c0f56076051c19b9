"""`zocalo connect` at named pipes, files, programs, and paths that may be any of them."""

import os
import re
import signal
import stat
import subprocess
import threading

import pytest
from programs import PATIENCE, need, pattern


@pytest.fixture
def pipe(folder):
    """The path of a named pipe, which is not there yet."""
    return folder / "pipe"


def fifo(pipe, options=""):
    return f"fifo:{pipe}{options}"


def opening(program, pipe):
    """Waits until a program with -v has said that it opens the pipe, and the pipe is there: it is made right after."""
    program.err.match("^opening")
    while not pipe.exists():
        assert program.process.poll() is None, program.err.text()
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def cannot(zocalo, *arguments, status, says, **how):
    program = zocalo("connect", *arguments, **how)
    assert program.finish() == (status, b"", f"zocalo connect: {says}\n")


# --- named pipes: the book's two terminals ---------------------------------------------------------


def test_a_reader_that_is_first_prints_what_the_writer_says_and_ends_with_it(zocalo, pipe):
    reader = zocalo("connect", "-v", fifo(pipe))
    opening(reader, pipe)
    writer = zocalo("connect", fifo(pipe, ",dir=out"))
    writer.write(b"a\n")
    reader.out.match("^a$")
    assert reader.process.poll() is None
    writer.say(b"b\n")
    assert writer.finish() == (0, b"", "")
    assert reader.finish()[:2] == (0, b"a\nb\n")
    assert not pipe.exists()


def test_a_writer_that_is_first_waits_for_the_reader(zocalo, pipe):
    writer = zocalo("connect", "-v", fifo(pipe, ",dir=out"))
    writer.say(b"a\nb\n")
    opening(writer, pipe)
    assert writer.process.poll() is None
    reader = zocalo("connect", fifo(pipe))
    assert reader.finish() == (0, b"a\nb\n", "")
    assert writer.wait() == 0
    assert not pipe.exists()


def test_a_pipe_that_was_there_stays(zocalo, pipe):
    os.mkfifo(pipe)
    reader = zocalo("connect", fifo(pipe))
    writer = zocalo("connect", fifo(pipe, ",dir=out"))
    writer.say(b"hola\n")
    assert (reader.finish(), writer.wait()) == ((0, b"hola\n", ""), 0)
    assert pipe.exists()


def test_the_shell_writes(zocalo, start, pipe):
    reader = zocalo("connect", "-v", fifo(pipe))
    opening(reader, pipe)
    assert start("sh", "-c", f"echo from the shell >{pipe}").wait() == 0
    assert reader.finish()[:2] == (0, b"from the shell\n")


def test_cat_reads(zocalo, start, pipe):
    os.mkfifo(pipe)
    cat = start("cat", pipe)
    writer = zocalo("connect", fifo(pipe, ",dir=out"))
    writer.feed(pattern(1_000_000))
    assert writer.wait() == 0
    assert cat.finish()[:2] == (0, pattern(1_000_000))


def test_cat_writes(zocalo, start, pipe):
    reader = zocalo("connect", "-v", fifo(pipe))
    opening(reader, pipe)
    cat = start("sh", "-c", f"exec cat >{pipe}")
    cat.feed(pattern(3_000_000))
    assert cat.wait() == 0
    assert reader.finish()[:2] == (0, pattern(3_000_000))


def test_python_opens_both_sides(zocalo, pipe):
    os.mkfifo(pipe)
    reader = zocalo("connect", fifo(pipe))
    with open(pipe, "w", encoding="utf-8") as file:
        file.write("línea\n")
        file.flush()
        reader.out.match("línea")
    assert reader.wait() == 0

    writer = zocalo("connect", fifo(pipe, ",dir=out"))
    with open(pipe, encoding="utf-8") as file:
        writer.say(b"back\n")
        assert file.read() == "back\n"
    assert writer.wait() == 0


def test_socat_talks_through_a_pipe(zocalo, start, pipe):
    reader = zocalo("connect", "-v", fifo(pipe))
    opening(reader, pipe)
    socat = start(need("socat"), "-u", "-", f"PIPE:{pipe}")
    socat.say(b"from socat\n")
    assert reader.finish()[:2] == (0, b"from socat\n")


def test_two_writers_one_after_the_other(zocalo, start, pipe):
    """The reader ends with the last of those that hold the pipe at the same time."""
    reader = zocalo("connect", "-v", fifo(pipe))
    opening(reader, pipe)
    holder = os.open(pipe, os.O_WRONLY)
    for word in ("one", "two"):
        assert start("sh", "-c", f"echo {word} >{pipe}").wait() == 0
        reader.out.match(f"^{word}$")
    os.close(holder)
    assert reader.finish()[:2] == (0, b"one\ntwo\n")


def test_a_reader_leaves_standard_input_alone(zocalo, pipe):
    given, ours = os.pipe()
    os.write(ours, b"not for a reader")
    reader = zocalo("connect", "-v", fifo(pipe), stdin=given)
    opening(reader, pipe)
    with open(pipe, "wb") as file:
        file.write(b"x")
    assert reader.wait() == 0
    assert os.read(given, 100) == b"not for a reader"
    os.close(given)
    os.close(ours)


def test_a_reader_that_goes_is_told_to_the_writer(zocalo, pipe):
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = zocalo("connect", "-v", fifo(pipe, ",dir=out"))
    writer.err.match("^opened")
    os.close(reader)
    writer.say(b"nobody")
    status, _, err = writer.finish()
    assert (status, err.splitlines()[-2]) == (1, "zocalo connect: connection: Broken pipe")


def test_a_mode(zocalo, pipe):
    reader = zocalo("connect", "-v", fifo(pipe, ",mode=0622"))
    reader.err.match("^opened")
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o622
    with open(pipe, "wb"):
        pass
    assert reader.finish()[:2] == (0, b"")


def test_a_writer_gives_up_in_time(zocalo, pipe):
    where = fifo(pipe, ",connect-timeout=100ms,dir=out")
    cannot(zocalo, where, status=1, says=f"dial {where}: wait for a reader: Connection timed out")
    assert not pipe.exists()


def test_what_is_no_pipe_is_refused(zocalo, pipe):
    pipe.write_text("precious")
    cannot(zocalo, fifo(pipe, ",dir=out"), status=2,
           says=f"dial fifo:{pipe},dir=out: '{pipe}' exists, and is no named pipe")
    assert pipe.read_text() == "precious"


# --- files -----------------------------------------------------------------------------------------


def test_a_file_is_written_added_to_and_read(zocalo, folder):
    for options, text in ((",dir=out", b"gone"), (",dir=out", b"one\n"), (",append", b"two\n")):
        writer = zocalo("connect", f"file:{folder}/f{options}")
        writer.say(text)
        assert writer.finish() == (0, b"", "")
    assert zocalo("connect", f"file:{folder}/f").finish() == (0, b"one\ntwo\n", "")


def test_a_big_file_both_ways(zocalo, folder):
    writer = zocalo("connect", f"file:{folder}/f,dir=out,mode=0600")
    writer.feed(pattern(5_000_000))
    assert writer.finish() == (0, b"", "")
    assert stat.S_IMODE((folder / "f").stat().st_mode) == 0o600
    assert zocalo("connect", f"{folder}/f").finish() == (0, pattern(5_000_000), "")


def test_a_full_disk_is_said(zocalo):
    writer = zocalo("connect", "file:/dev/full,dir=out")
    writer.say(b"x")
    assert writer.finish() == (2, b"", "zocalo connect: connection: No space left on device\n")


@pytest.mark.parametrize("make, words", [
    (os.mkfifo, "is a named pipe: 'fifo:' opens it"),
    (os.mkdir, "is a directory"),
])
def test_what_is_no_file_is_pointed_to_its_scheme(zocalo, folder, make, words):
    make(folder / "it")
    cannot(zocalo, f"file:{folder}/it", status=2, says=f"dial file:{folder}/it: '{folder}/it' {words}")


# --- programs --------------------------------------------------------------------------------------


def test_a_program_sorts_our_input(zocalo):
    client = zocalo("connect", "exec:sort -n | tr '\\n' ,")
    client.say(b"10\n9\n")
    assert client.finish() == (0, b"9,10,", "")


def test_a_program_that_prints_much(zocalo):
    client = zocalo("connect", "exec:cat")
    client.feed(pattern(3_000_000))
    assert client.finish() == (0, pattern(3_000_000), "")


def test_a_program_that_needs_no_input(zocalo):
    assert zocalo("connect", "exec:echo hola").finish() == (0, b"hola\n", "")


@pytest.mark.parametrize("command, words", [
    ("false", "exec 'false': ended with status 1"),
    ("kill -9 $$", "exec 'kill -9 $$': ended by signal 9"),
])
def test_a_program_that_fails(zocalo, command, words):
    cannot(zocalo, f"exec:{command}", status=1, says=words, stdin=subprocess.DEVNULL)


def test_standard_error_of_a_program_is_ours(zocalo):
    assert zocalo("connect", "exec:echo oops >&2").finish() == (0, b"", "oops\n")


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone(pid):
    """Waits until that process has ended."""
    ended = threading.Event()
    for _ in range(PATIENCE * 100):
        if not is_running(pid):
            return True
        ended.wait(0.01)
    return False


def test_a_program_ends_with_the_reader_of_its_output(zocalo):
    """Nobody reads standard output any more: connect ends, and takes the whole group with it."""
    reader, writer = os.pipe()
    client = zocalo("connect", "exec:sleep 1000 & echo $!; while echo more; do sleep 0.01; done", stdout=writer)
    os.close(writer)
    pid = int(os.read(reader, 100).split()[0])
    assert is_running(pid)
    os.close(reader)
    assert client.wait() == 0
    assert gone(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_program_ends_when_connect_is_killed(zocalo, number):
    client = zocalo("connect", "exec:echo $$; exec sleep 1000")
    pid = int(client.out.match(r"^(\d+)$").group(1))
    client.signal(number)
    assert client.wait() == -number
    assert gone(pid)


# --- paths -----------------------------------------------------------------------------------------


def test_a_path_is_what_it_is_found_to_be(zocalo, serve, folder, monkeypatch):
    monkeypatch.chdir(folder)
    server = serve("echo", "unix:./x.sock")
    client = zocalo("connect", "./x.sock")
    client.say(b"to a socket")
    assert client.finish() == (0, b"to a socket", "")
    assert server.stop() == 0

    os.mkfifo("x.pipe")
    reader, writer = zocalo("connect", "./x.pipe"), zocalo("connect", "./x.pipe,dir=out")
    writer.say(b"through a pipe")
    assert (reader.finish(), writer.wait()) == ((0, b"through a pipe", ""), 0)

    (folder / "x.txt").write_text("from a file")
    assert zocalo("connect", "./x.txt").finish() == (0, b"from a file", "")


def test_a_service_listens_at_a_path(zocalo, folder, monkeypatch):
    monkeypatch.chdir(folder)
    server = zocalo("serve", "echo", "./x.sock")
    server.out.match("^listening echo unix:./x.sock$")
    client = zocalo("connect", f"{folder}/x.sock")
    client.say(b"hola")
    assert client.finish() == (0, b"hola", "")
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert not (folder / "x.sock").exists()


def test_options_of_another_kind_are_refused_when_it_is_known(zocalo, pipe):
    os.mkfifo(pipe)
    status, _, err = zocalo("connect", f"{pipe},type=dgram").finish()
    assert status == 2
    assert re.search(r"'fifo:' has no option 'type' \(known: .*dir=\)$", err, re.MULTILINE)
    assert pipe.exists()


@pytest.mark.parametrize("endpoint", ["fifo:/tmp/p", "file:/tmp/f", "exec:cat"])
def test_what_cannot_be_listened_on(zocalo, endpoint):
    status, _, err = zocalo("connect", f"listen:{endpoint}").finish()
    scheme = endpoint.split(":")[0]
    assert (status, f"'{scheme}:' cannot be listened on; take 'listen:' away" in err) == (2, True)
