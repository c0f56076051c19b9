#!/usr/bin/python3
"""Runs the tests, stage by stage: all, or those that are named. scripts/test calls it, once everything is installed.

Each stage has a heading and its time. What fails is shown whole; what passes is only counted. A stage whose tools are
not there is skipped, and with CI=true a skip is a failure. The last line is the tally."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOBS = 2
WAITERS = 4  # end-to-end tests at a time: they mostly wait
IN_CI = os.environ.get("CI") == "true"

# Sanitizers fail at random under much address space randomization; some containers do not let us turn it off.
STILL = ["setarch", "-R"] if subprocess.run(["setarch", "-R", "true"], capture_output=True).returncode == 0 else []

VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]

# Unit tests that Valgrind would need minutes for, and why.
TOO_SLOW_FOR_VALGRIND = {}


class Tally:
    """What passed, failed and was skipped so far."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add_pass(self):
        self.passed += 1

    def add_failure(self, name, details=""):
        self.failed += 1
        print(f"FAILED {name}")
        if details.strip():
            print("    " + details.strip().replace("\n", "\n    "))

    def add_skip(self, name, reason):
        if IN_CI:
            self.add_failure(name, f"skipped, which is a failure here: {reason}")
            return
        self.skipped += 1
        print(f"skipped {name}: {reason}")

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run(command, env=None, timeout=600):
    """Runs a command to its end; returns its exit status and what it printed. A late one is killed with its children."""
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, env={**os.environ, **(env or {})}, text=True,
                               errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=timeout)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return -signal.SIGKILL, process.communicate()[0] + f"\nstill running after {timeout} s"


def check(tally, name, command, **how):
    """One command is one test. Returns whether it passed."""
    status, output = run(command, **how)
    if status == 0:
        tally.add_pass()
    else:
        tally.add_failure(name, output)
    return status == 0


# --- unit tests ----------------------------------------------------------------------------------


def tally_tap(tally, name, status, output):
    """Counts the tests of one cmocka program. A skip's reason is what the test printed before it."""
    planned = sum(int(count) for count in re.findall(r"^1\.\.(\d+)$", output, re.MULTILINE))
    ran, broken = 0, []
    before = ""
    for line in output.splitlines():
        result = re.search(r"(not )?ok \d+ (- |# SKIP )(.+)$", line)
        if not result:
            before = line
            continue
        ran += 1
        bad, kind, test = result.groups()
        if kind == "# SKIP ":
            tally.add_skip(f"{name}: {test}", before or "no reason given")
        elif bad:
            broken.append(f"{name}: {test}")
        else:
            tally.add_pass()
    if ran < planned or not planned:
        broken.append(f"{name}: ended after {ran} of {planned} tests, status {status}")
    elif status != 0 and not broken:
        broken.append(f"{name}: exit status {status}")
    for fault in broken:
        tally.add_failure(fault, output if fault is broken[-1] else "")


def run_unit(tally, build, wrap=(), env=None, without=(), timeout=120):
    status, listing = run(["meson", "introspect", "--tests", build])
    tests = {test["name"]: test["cmd"] for test in json.loads(listing)} if status == 0 else {}
    if not tests:
        tally.add_failure("unit tests", f"{build} has none\n{listing}")
    env = {"CMOCKA_MESSAGE_OUTPUT": "tap", **(env or {})}
    names = [name for name in tests if name not in without]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = pool.map(lambda name: run([*wrap, *tests[name]], env=env, timeout=timeout), names)
        for name, (status, output) in zip(names, results):
            tally_tap(tally, name, status, output)


# --- end to end ----------------------------------------------------------------------------------


def run_e2e(tally, build, wrap=(), env=None, which=("-n", WAITERS), folder="tests/e2e"):
    """Tests of the program itself, with pytest. They find it by ZOCALO, and the examples by ZOCALO_EXAMPLES. Returns
    what pytest printed."""
    report = ROOT / build / f"{pathlib.Path(folder).name}.xml"
    report.unlink(missing_ok=True)
    env = {"ZOCALO": str(ROOT / build / "zocalo"), "ZOCALO_EXAMPLES": str(ROOT / build / "examples"),
           "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    status, output = run([*wrap, "/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=60",
                          f"--junit-xml={report}", *which, folder], env=env, timeout=900)
    if status not in (0, 1) or not report.exists():
        tally.add_failure(folder, output)
        return output
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}: {case.get('name')}"
        skip = case.find("skipped")
        faults = case.findall("failure") + case.findall("error")
        if faults:
            tally.add_failure(name, "\n".join(fault.text or fault.get("message", "") for fault in faults))
        elif skip is not None:
            tally.add_skip(name, skip.get("message", "no reason given"))
        else:
            tally.add_pass()
    return output


# --- sanitizers ----------------------------------------------------------------------------------


# Where threads matter: services on several loops. The verbs of one loop say nothing new to ThreadSanitizer.
THREADED = ("test_serve_reload or test_serve_stop or test_under_load or test_classics or test_echo or test_datagrams or "
            "test_square")


def run_sanitized(tally, build, env, options, sanitizers, which=(), replays=True):
    """Builds with sanitizers, and runs unit and end-to-end tests. A report of any process that they start counts, also
    when the test did not look at its exit status."""
    if not check(tally, f"build {build}", ["scripts/build", build, "-Dwerror=true", "-Db_lundef=false", *options], env=env):
        return
    with tempfile.TemporaryDirectory() as folder:
        common = f"log_path={folder}/report:exitcode=99:halt_on_error=1:print_stacktrace=1"
        env = {name: f"{common}:{more}" for name, more in sanitizers.items()}
        run_unit(tally, build, STILL, env, timeout=300)
        run_sim(tally, build, 1000, REAL_BRIEFLY, STILL, env, replays)
        run_e2e(tally, build, STILL, env, ["-n", WAITERS, "-m", "not release_only", *which])
        reports = sorted(pathlib.Path(folder).iterdir())
        for report in reports[:5]:
            tally.add_failure(f"{build}: {report.name}", report.read_text(errors="replace"))
        if not reports:
            tally.add_pass()


# --- the stages ----------------------------------------------------------------------------------


def stage_build(tally):
    check(tally, "build", ["scripts/build", "build", "-Dwerror=true"])


def stage_house(tally):
    for script in ("check-sources", "check-layers", "check-seam", "check-rfcs", "check-po"):
        check(tally, script, [f"scripts/{script}"])
    for script in ("check-layers", "check-seam", "check-rfcs", "check-po"):
        check(tally, f"{script} can say no", [f"scripts/{script}", "--self-test"])


def stage_lint(tally):
    folders = [ROOT / name for name in ("include", "src", "examples", "bench", "tests/fuzz", "tests/sim")]
    files = sorted(path for folder in folders for path in folder.rglob("*.[ch]"))
    check(tally, "clang-format", ["clang-format", "--dry-run", "-Werror", *files])
    check(tally, "cppcheck", ["cppcheck", "--quiet", "--std=c11", "--enable=warning,performance,portability", "-j", JOBS,
                              "--inline-suppr", "--error-exitcode=1", "--suppressions-list=.cppcheck", "-Iinclude", "-Isrc",
                              "src", "examples"])
    check(tally, "clang-tidy", ["run-clang-tidy", "-quiet", "-p", "build", "-j", JOBS,
                                "-extra-arg=-Wno-unknown-warning-option", f"^{ROOT}/(src|examples|tests/sim)/.*\\.c$"])


def stage_unit(tally):
    run_unit(tally, "build")


def stage_valgrind(tally):
    run_unit(tally, "build", VALGRIND, without=TOO_SLOW_FOR_VALGRIND, timeout=300)


def stage_ucontext(tally):
    if check(tally, "build build-ucontext", ["scripts/build", "build-ucontext", "-Dwerror=true", "-Dswitch=ucontext"]):
        run_unit(tally, "build-ucontext")


def stage_asan(tally):
    """LeakSanitizer (clang 14) sometimes dies when it follows what libraries that were loaded later keep for each thread: it
    is not to track that. What they keep is reached by other ways."""
    run_sanitized(tally, "build-asan", {"CC": "clang"}, ["-Db_sanitize=address,undefined"],
                  {"ASAN_OPTIONS": "intercept_tls_get_addr=0", "UBSAN_OPTIONS": ""})


def stage_tsan(tally):
    run_sanitized(tally, "build-tsan", {}, ["-Db_sanitize=thread"], {"TSAN_OPTIONS": ""},
                  ["-k", THREADED],
                  replays=False)  # a simulated world has one thread: little can race in it


REAL = {
    # Many, so that every fault is met: one that never is fails such a run.
    "real sockets": ["--real", "--runs", 500],
}
# Explored by itself: what a loaded library keeps for each thread would be taken for something that another world has left.
BY_ITSELF = {
    "TLS": ["--world", "tls", "--runs", 500],
    "each fault under TLS": ["--world", "tls", "--each-fault"],
}
# A few of each world, which need not meet them all.
REAL_BRIEFLY = {f"{world} over real sockets": ["--real", "--world", world, "--runs", 25]
                for world in ("echo", "pump", "stop", "datagrams")}
REAL_BRIEFLY["TLS"] = ["--world", "tls", "--runs", 50]


def run_sim(tally, build, runs, real, wrap=(), env=None, replays=True):
    """Simulated worlds: the corpus and each fault by itself, unless nothing is replayed; fresh seeds; and the kernel's
    sockets with faults."""
    program = ROOT / build / "tests/sim/sim"
    replayed = {"the corpus": ["--corpus", "tests/sim/corpus"], "each fault": ["--each-fault"]}
    orders = {**(replayed if replays else {}), f"{runs} fresh seeds": ["--runs", runs], **real}
    for name, options in orders.items():
        check(tally, f"{build}: simulated worlds: {name}", [*wrap, program, *options], env=env)


def stage_sim(tally):
    run_sim(tally, "build", 20000, {**REAL, **BY_ITSELF})


def stage_mutants(tally):
    """Mistakes that are planted, and that the worlds have to find."""
    status, output = run(["scripts/mutants"], timeout=900)
    results = re.findall(r"^(not ok|ok) (\S+): (.*)$", output, re.MULTILINE)
    for result, name, words in results:
        if result == "ok":
            tally.add_pass()
        else:
            tally.add_failure(f"mutant {name}", words)
    if not results:
        tally.add_failure("mutants", output)


def stage_fuzz(tally):
    status, output = run(["scripts/fuzz"], env={"FUZZ_SECONDS": os.environ.get("FUZZ_SECONDS", "10")}, timeout=900)
    results = re.findall(r"^(not ok|ok) (\w+): (.*)$", output, re.MULTILINE)
    for result, name, details in results:
        if result == "ok":
            tally.add_pass()
        else:
            log = ROOT / "build-fuzz" / f"{name}.log"
            tally.add_failure(f"fuzz {name}", details + "\n" + log.read_text(errors="replace")[-4000:])
    if not results or (status != 0 and all(result == "ok" for result, _, _ in results)):
        tally.add_failure("fuzz", output)


def stage_e2e(tally):
    run_e2e(tally, "build")


def stage_course(tally):
    output = run_e2e(tally, "build", which=(), folder="tests/course")  # they share the book's ports
    print("\n".join(re.findall(r"^course: .*$", output, re.MULTILINE)))


def stage_install(tally):
    """What is installed is enough for a user: each header by itself, each example by pkg-config, the program."""
    with tempfile.TemporaryDirectory() as folder:
        if not check(tally, "install", ["meson", "install", "-C", "build", "--no-rebuild", "--quiet", "--destdir", folder]):
            return
        found = {path.name: path for path in pathlib.Path(folder).rglob("*") if path.name in ("zocalo.pc", "zocalo.h")}
        headers = found["zocalo.h"].parent
        for header in sorted(headers.glob("*.h")):
            for language in ("c", "c++"):
                check(tally, f"{header.name} by itself in {language}",
                      ["clang", "-x", language, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-include", header,
                       f"-I{headers.parent}", "/dev/null"])
        env = {"PKG_CONFIG_SYSROOT_DIR": folder, "PKG_CONFIG_PATH": str(found["zocalo.pc"].parent),
               "LD_LIBRARY_PATH": str(found["zocalo.pc"].parent.parent)}
        examples = pathlib.Path(folder) / "examples"
        examples.mkdir()
        sources = sorted((ROOT / "examples").glob("*.c"))
        for file in [ROOT / "examples/Makefile", *sources]:
            shutil.copy(file, examples)
        check(tally, "make -C examples on the installed library",
              ["make", "-C", examples, "CFLAGS=-Wall -Wextra -Werror"], env=env)
        for source in sources:
            check(tally, f"{source.name} was built", ["test", "-x", examples / source.stem])
        check(tally, "an example runs on the installed library",
              ["sh", "-c", 'test "$("$0" "exec:echo hola")" = hola', examples / "hello_client"], env=env)
        check(tally, "make clean removes what was built there",
              ["sh", "-c", 'make -C "$0" clean && ! find "$0" -type f -executable | grep .', examples], env=env)
        program = next(path for path in pathlib.Path(folder).rglob("bin/zocalo"))
        check(tally, "the installed program says its version", [program, "--version"])


# name, what it does, the commands that it needs
STAGES = {
    "build": (stage_build, "compile, warnings are errors", ["meson", "ninja"]),
    "house": (stage_house, "sources, layers, seam, catalogues", ["nm", "msgcmp", "xgettext"]),
    "lint": (stage_lint, "clang-format, cppcheck, clang-tidy", ["clang-format", "cppcheck", "run-clang-tidy"]),
    "unit": (stage_unit, "unit tests", []),
    "sim": (stage_sim, "simulated worlds, from seeds", []),
    "mutants": (stage_mutants, "planted mistakes are found by simulated worlds", ["patch"]),
    "e2e": (stage_e2e, "the program end to end", []),
    "course": (stage_course, "every row of docs/COURSE.md", []),
    "install": (stage_install, "what a user of the library gets", ["pkg-config", "clang"]),
    "valgrind": (stage_valgrind, "unit tests under Valgrind", ["valgrind"]),
    "ucontext": (stage_ucontext, "unit tests on the portable switch", []),
    "asan": (stage_asan, "everything under AddressSanitizer and UBSan", ["clang"]),
    "tsan": (stage_tsan, "everything under ThreadSanitizer", []),
    "fuzz": (stage_fuzz, "each fuzzer for a moment", ["clang"]),
}


def run_stage(tally, name):
    function, purpose, needs = STAGES[name]
    missing = [command for command in needs if not shutil.which(command)]
    print(f"\n== {name}: {purpose}", flush=True)
    start = time.monotonic()
    passed, failed, skipped = tally.passed, tally.failed, tally.skipped
    if missing:
        tally.add_skip(name, f"not installed: {', '.join(missing)}")
    else:
        function(tally)
    print(f"   {tally.passed - passed} passed, {tally.failed - failed} failed, {tally.skipped - skipped} skipped"
          f" in {time.monotonic() - start:.1f} s", flush=True)


def main(names):
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        print(f"no stage '{unknown[0]}'; there are: {', '.join(STAGES)}", file=sys.stderr)
        return 2
    tally = Tally()
    run_stage(tally, "build")
    if tally.failed == 0:
        for name in names or STAGES:
            if name != "build":
                run_stage(tally, name)
    print(f"\n{tally}", flush=True)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
