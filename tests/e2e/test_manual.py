"""The manual of the library (section 3) beside the headers: nothing is missing, nothing is invented, and the programs
of the pages do what the pages say."""

import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest
from programs import PATIENCE, need, zocalo_path

ROOT = pathlib.Path(__file__).parents[2]
HEADERS = sorted((ROOT / "include" / "zocalo").glob("*.h"))
PAGES = sorted((ROOT / "man").glob("*.[0-9]"))
MANUAL = [page for page in PAGES if page.suffix == ".3"]
UMBRELLA = "zocalo"

# Names in the pages that no header has: the environment.
ENVIRONMENT = {"ZOC_STACK_GUARD"}


# --- what a header declares ----------------------------------------------------------------------


class Header:
    """The public names of a header. A macro whose name ends in _ is private."""

    def __init__(self, path):
        text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.DOTALL).replace("\\\n", " ")
        macros = re.findall(r"^#define (\w+?)(\(.*?\))?(?: |$)", text, re.MULTILINE)
        macros = [(name, call) for name, call in macros if not re.search(r"(_H|_)$", name)]
        code = re.sub(r'^#.*$|^extern "C" \{$', "", text, flags=re.MULTILINE)

        self.constants = set(re.findall(r"\b(ZOC_\w+)\b(?=[^(){}]*\})", " ".join(re.findall(r"enum[^;]*;", code))))
        self.includes = re.findall(r"^#include <zocalo/(\w+)\.h>", text, re.MULTILINE)
        code = self._without_bodies(code)
        found = re.findall(r"(?:^|;)\s*([\w\s*]+?)\b(zoc_\w+)\(((?:[^()]|\([^()]*\))*)\)", code)
        self.prototypes = {name: prototype(kind, name, arguments) for kind, name, arguments in found
                           if not kind.startswith("typedef")}
        self.types = set(re.findall(r"typedef\s[^;]*?\b(zoc_\w+)(?=\s*;[^;]*;|\s*;|\()", code))
        self.types |= set(re.findall(r";\s*(zoc_\w+)\s*;", code)) | set(re.findall(r"\benum (zoc_\w+)", text))
        self.called = [name for name in self.prototypes] + [name for name, call in macros if call]
        self.names = set(self.called) | {name for name, _ in macros} | self.types | self.constants

    @staticmethod
    def _without_bodies(code):
        shorter = None
        while shorter != code:
            shorter, code = code, re.sub(r"\{[^{}]*\}", ";", code)
        return code


def prototype(kind, name, arguments):
    """One form for what the header and the page write with other spaces."""
    text = f"{re.sub(r'^static inline ', '', kind.strip())} {name}({arguments})"
    return re.sub(r"\s*([*(),])\s*", r"\1", re.sub(r"\s+", " ", text))


def without_spaces(code):
    """One form for types: without comments either."""
    return re.sub(r"\s+", "", re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL))


# --- what a page says ----------------------------------------------------------------------------


def section(page, title):
    found = re.search(rf'^\.Sh "?{title}"?\n(.*?)(?=^\.Sh |\Z)', page.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} has no section {title}"
    return found[1]


def words_of(line):
    return [word or quoted for quoted, word in re.findall(r'"([^"]*)"|(\S+)', line)]


def described_prototypes(page):
    """The functions of the SYNOPSIS, by name: .Ft and then .Fn, or .Fo, .Fa and .Fc."""
    found, kind, name, arguments = {}, "", "", []
    for line in section(page, "SYNOPSIS").splitlines():
        macro, _, rest = line.partition(" ")
        if macro == ".Ft":
            kind = " ".join(words_of(rest))
        elif macro in (".Fn", ".Fo"):
            name, *arguments = words_of(rest)
        elif macro == ".Fa":
            arguments += words_of(rest)
        if macro in (".Fn", ".Fc"):
            found[name] = prototype(kind, name, ", ".join(arguments))
    return found


def literals(page, title):
    """The literal blocks of a section, as they are read."""
    blocks = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", section(page, title), re.MULTILINE | re.DOTALL)
    return [re.sub(r"\\(e|&)", lambda found: "\\" if found[1] == "e" else "", block) for block in blocks]


def page_of(header):
    name = header.stem if header.stem == UMBRELLA else f"{UMBRELLA}-{header.stem}"
    return ROOT / "man" / f"{name}.3"


def by_name(path):
    return path.name


each_header = pytest.mark.parametrize("header", HEADERS, ids=by_name)
each_page = pytest.mark.parametrize("page", MANUAL, ids=by_name)


# --- pages beside headers ------------------------------------------------------------------------


def test_every_page_of_the_library_belongs_to_a_header():
    assert sorted(MANUAL) == sorted(page_of(header) for header in HEADERS)


@each_header
def test_a_page_names_all_that_its_header_declares(header):
    said = set(re.findall(r"\w+", page_of(header).read_text()))
    assert Header(header).names - said == set()


@each_page
def test_a_page_names_nothing_that_no_header_declares(page):
    declared = set().union(*(re.findall(r"\b(?:zoc|ZOC)_\w+", header.read_text()) for header in HEADERS))
    assert set(re.findall(r"\b(?:zoc|ZOC)_\w+", page.read_text())) - declared == ENVIRONMENT & set(
        re.findall(r"\w+", page.read_text()))


@each_header
def test_functions_are_found_by_name(header):
    names = re.findall(r"^\.Nm (\S+)", section(page_of(header), "NAME"), re.MULTILINE)
    assert sorted(names) == sorted([page_of(header).stem, *Header(header).called])


@each_header
def test_a_synopsis_has_the_prototypes_of_its_header(header):
    described = described_prototypes(page_of(header))
    declared = Header(header).prototypes
    assert {name: described.get(name) for name in declared} == declared


@each_header
def test_a_synopsis_has_the_types_of_its_header(header):
    declared = without_spaces(header.read_text())
    types = "".join(literals(page_of(header), "SYNOPSIS"))
    shown = re.findall(r"^typedef [^\n{]*;|^(?:typedef|enum) [^\n]*\}[^\n]*;|^(?:typedef|enum) .*?^\}[^\n]*;", types,
                       re.MULTILINE | re.DOTALL)
    assert [block for block in shown if without_spaces(block) not in declared] == []


@pytest.mark.parametrize("name", ["zoc_endpoint", "zoc_endpoint_options"])
def test_the_page_of_endpoints_names_every_field(name):
    header = ROOT / "include" / "zocalo" / "endpoint.h"
    body = re.search(rf"typedef struct {name} {{(.*?)}} {name};", header.read_text(), re.DOTALL)[1]
    fields = set(re.findall(r"(\w+)(?=[;,])", re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)))
    said = re.findall(r"^\.(?:It )?Va (\w+)", page_of(header).read_text(), re.MULTILINE)
    assert fields and fields - set(said) == set()


def test_the_overview_leads_to_every_page():
    said = section(page_of(ROOT / "include" / "zocalo" / "zocalo.h"), "SEE ALSO")
    there = {f"{page.stem} {page.suffix[1:]}" for page in PAGES} - {"zocalo 3"}
    assert there - set(re.findall(r"^\.Xr (\S+ \d)", said, re.MULTILINE)) == set()


def test_the_umbrella_includes_every_header():
    umbrella = Header(ROOT / "include" / "zocalo" / "zocalo.h")
    assert sorted([UMBRELLA, *umbrella.includes]) == sorted(header.stem for header in HEADERS)


def test_an_installation_has_a_page_for_every_function(folder):
    links = subprocess.run([ROOT / "scripts" / "man-links", "/man"], env={**os.environ, "DESTDIR": str(folder)})
    installed = {path.name: path.read_text() for path in (folder / "man" / "man3").iterdir()}
    expected = {f"{name}.3": f".so man3/{page_of(header).name}\n" for header in HEADERS
                for name in Header(header).called}
    assert links.returncode == 0 and installed == expected


# --- pages by themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_a_page_is_formatted_without_a_warning(page):
    result = subprocess.run([need("groff"), "-ww", "-mandoc", "-z", page], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_a_page_refers_to_no_page_of_ours_that_is_missing(page):
    referred = {f"{name}.{number}" for name, number in re.findall(r"\bXr (zoc\S*) (\d)", page.read_text())}
    there = {other.name for other in PAGES} | {f"{name}.3" for header in HEADERS for name in Header(header).called}
    assert referred - there == set()


# --- the programs of the pages -------------------------------------------------------------------


def compile_command(source, program):
    """As the library was compiled, sanitizers included, and with all that it is linked with."""
    build = pathlib.Path(zocalo_path()).resolve().parent
    about = {name: json.loads((build / "meson-info" / f"intro-{name}.json").read_text())
             for name in ("targets", "buildoptions", "dependencies")}
    library = next(target for target in about["targets"] if target["type"] == "static library")
    sanitize = next(option["value"] for option in about["buildoptions"] if option["name"] == "b_sanitize")
    flags = [] if sanitize == "none" else [f"-fsanitize={sanitize}", "-fno-sanitize-recover=all"]
    links = [link for dependency in about["dependencies"] for link in dependency["link_args"]]
    return [*library["target_sources"][0]["compiler"], "-Wall", "-Wextra", "-Werror", *flags, f"-I{ROOT / 'include'}",
            "-o", program, source, *library["filename"], *links]


def without_time(text):
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)


@each_page
def test_the_program_of_a_page_prints_what_the_page_says(page, folder, start):
    source, printed = literals(page, "EXAMPLES")
    (folder / "example.c").write_text(source)
    command = compile_command(folder / "example.c", folder / "example")
    compiled = subprocess.run(command, capture_output=True, text=True)
    assert compiled.returncode == 0, f"{shlex.join(map(str, command))}\n{compiled.stderr}"

    status, out, err = start(folder / "example", cwd=folder).finish()
    assert (status, without_time(out.decode() + err)) == (0, without_time(printed))
