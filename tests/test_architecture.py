"""The shape of the program: who may import whom, who may do what, how long a module is."""

from __future__ import annotations

import ast
import functools
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "arende"

RINGS = {
    0: """
        errors commands events guards letterwords terms effecttypes statetypes casetypes
        includes definitions joins comparison digestwords yamlfile yamlfaults wording
        soundness machine meetingplan meetingrules meetingproposals backplan
        deliverycommands
        swedish_holidays workdays duedates register mailwords phrases people peoplecheck
        prose clauses vocabulary diagram schema casewords statuswords timeline trails
        meetinglaw meetingguards lawguards bodyguards delegationguards hearingguards textguards timeguards
        meetingtimeline meetingcommands deskcommands
        calendarcommands answercommands answerstate answertimeline assignmentcommands
        searchwords registercommands registertimeline organisationcommands traywords
        plancommands
        searchwords registercommands registertimeline endings searchcommands
        operationalplan planrows plantext plansheet plansource plancomparison
        operationalcommands plantimeline planfollowup
    """,
    1: """
        calendars calendartables meetingqueries noticeboard settings home keys db dbfaults models
        plantables operationaltables
        meetingtables delegationtables organisationtables actors queries render storage mime smtp migrations
        templating markdown planwords plansamples letters typesetting lettersamples mailsamples templatecheck wordfile
        prepared statements mailread filetext recordtext apitables signintables watchtables directory desk
        rights searchtables search unchecked persontables absences sampleenglish
        templating markdown planwords plansamples letters typesetting lettersamples mailsamples templatecheck
        wordfile wordpaper
        prepared statements mailread filetext recordtext apitables signintables watchtables directory desk
        rights searchtables search unchecked persontables absences
        rights searchtables search unchecked savedtables sheetfile
    """,
    2: """
        app work indexing virtualtime siteaddress catalogue usecases
    """,
    3: """
        health flowruns machinery inspection
        agendapackage intake leases outbox mailbox beats sweeps reconcile feed webhooks
        errands conductor worker children ports up archive web cli testing demo simulation
    """,
}
RING = {module: ring for ring, modules in RINGS.items() for module in modules.split()}

ONLY_IN = {
    "transitions": {"machine"},
    "authlib": {"web"},
    "joserfc": {"web"},
    "argon2": {"usecases", "web"},
    "jinja2": {"templating", "render", "letters", "web"},
    "markdown_it": {"markdown"},
    "typst": {"typesetting"},
    "docx": {"wordfile", "wordpaper"},
    "openpyxl": {"sheetfile"},
    "aiosmtplib": {"smtp"},
    "icalendar": {"calendars"},
    "aiosmtpd": {"mailbox", "intake", "testing"},
    "imap_tools": {"intake"},
    "lxml": {"archive", "mailread", "filetext"},
    "pypdf": {"filetext"},
    "fastapi": {"web"},
    "starlette": {"web"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"cli"},
    "prefect": {"worker", "conductor"},
    "sqlite3": {"dbfaults"},
    "psycopg": {"dbfaults", "outbox", "worker"},  # LISTEN
    "alembic": {"db", "migrations"},
    "holidays": set(),  # takes most of a second to import; the tests hold our own calendar against it
    "yaml": {"yamlfile", "definitions", "people"},
    "sqlalchemy": {
        "db",
        "dbfaults",
        "models",
        "meetingtables",
        "calendartables",
        "plantables",
        "operationaltables",
        "delegationtables",
        "organisationtables",
        "meetingqueries",
        "noticeboard",
        "apitables",
        "signintables",
        "watchtables",
        "persontables",
        "absences",
        "directory",
        "desk",
        "rights",
        "search",
        "searchtables",
        "unchecked",
        "savedtables",
        "migrations",
        "prepared",
        "statements",
        "actors",
        "queries",
    }
    | {"app", "work", "virtualtime", "siteaddress", "catalogue", "usecases", "demo", "simulation"}
    | {"leases", "outbox", "intake", "beats", "reconcile", "feed", "webhooks"},
}
"""Each technology has its place."""

CLOCKS = {"now", "utcnow", "today"}
KNOWS_THE_TIME = {"virtualtime"}
"""Where the real clock is made, to be handed to everybody else."""
BEGINS_TRANSACTIONS = {"db", "work", "virtualtime", "siteaddress", "leases", "outbox", "intake", "beats", "webhooks"}
"""Cases are written in ``work`` alone; outbox and webhooks settle their own rows, a beat is a row of no case."""
WRITES_BESIDE_CASES = {
    Path("usecases", f"{name}.py")
    for name in ("people", "tokens", "sessions", "passwords", "apikeys", "webhooks", "drafts")
}
"""The people file is no case: its load is a transaction of its own, and so is a sign-in, a program's key or what
somebody has begun to write. A wrong guess at a link counts though refused."""
KNOWS_PATHS = {"home", "migrations"}
LENGTH = {"models": 640, "mailwords": 520}
"""Lists that are read as a whole; everything else has 400 lines."""


@functools.cache
def sources() -> list[tuple[str, Path, ast.Module]]:
    """(name of the module or package below arende, file, syntax tree)."""
    return [
        (parts[0], file, ast.parse(file.read_text(encoding="utf-8")))
        for file in sorted(PACKAGE.rglob("*.py"))
        if "_shipped" not in (parts := file.relative_to(PACKAGE).with_suffix("").parts) and parts != ("__init__",)
    ]


@functools.cache
def nodes(tree: ast.AST) -> list[ast.AST]:
    """All of it; walked once for all rules."""
    return list(ast.walk(tree))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import, also those inside functions."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "arende":
            yield from ((node.lineno, f"arende.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def place(file: Path, line: int) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


def test_every_module_has_a_ring() -> None:
    assert {name for name, _, _ in sources()} - set(RING) == set(), "place it in RINGS"


def test_a_module_imports_its_own_ring_or_an_inner_one() -> None:
    wrong = [
        f"{place(file, line)} {name} (ring {RING[name]}) imports {target} (ring {RING.get(target.split('.')[1])})"
        for name, file, tree in sources()
        for line, target in imports(tree)
        if target.startswith("arende.") and RING.get(target.split(".")[1], 0) > RING[name]
    ]
    assert wrong == []


def test_each_technology_is_used_in_its_own_place() -> None:
    wrong = [
        f"{place(file, line)} imports {target}"
        for name, file, tree in sources()
        for line, target in imports(tree)
        if name not in ONLY_IN.get(target.split(".")[0], {name})
    ]
    assert wrong == []


def test_prefect_is_imported_only_when_it_is_needed() -> None:
    """Its import takes seconds; so a module may import it inside a function only."""
    wrong = [
        place(file, line)
        for _, file, tree in sources()
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line, target in imports(node)
        if target.split(".")[0] == "prefect"
    ]
    assert wrong == []


def test_no_table_names_a_kind_of_database() -> None:
    """SQLAlchemy would import all of it at every start; a partial index says ``info={"where": …}`` instead."""
    wrong = [
        f"{place(file, node.lineno)} {node.keywords[0].arg}"
        for name, file, tree in sources()
        if name == "models"
        for node in nodes(tree)
        if isinstance(node, ast.Call)
        and any((k.arg or "").startswith(("sqlite_", "postgresql_")) for k in node.keywords)
    ]
    assert wrong == []


def test_a_flow_is_thin() -> None:
    """It parses, opens the app, calls the library and reports; so it needs nobody but Prefect and arende."""
    wrong = [
        f"{place(file, line)} imports {target}"
        for file in sorted((ROOT / "flows").glob("*.py"))
        for line, target in imports(ast.parse(file.read_text(encoding="utf-8")))
        if (first := target.split(".")[0]) not in ("arende", "prefect") and first not in sys.stdlib_module_names
    ]
    assert wrong == []


def test_the_command_line_imports_the_rest_only_when_it_is_needed() -> None:
    cheap = {"arende.cli", "arende.errors"}
    wrong = [
        f"{place(file, line)} {target}"
        for name, file, tree in sources()
        if name == "cli"
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line, target in imports(node)
        if target.startswith("arende.") and ".".join(target.split(".")[:2]) not in cheap
    ]
    assert wrong == []


def test_the_time_comes_in_as_an_argument() -> None:
    wrong = [
        place(file, node.lineno)
        for name, file, tree in sources()
        if RING[name] < 3 and name not in KNOWS_THE_TIME
        for node in nodes(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (
            (node.value.id in ("datetime", "date") and node.attr in CLOCKS)
            or (node.value.id == "time" and node.attr in ("time", "time_ns"))
        )
    ]
    assert wrong == []


def test_only_the_transaction_modules_write() -> None:
    wrong = [
        place(file, node.lineno)
        for name, file, tree in sources()
        if name not in BEGINS_TRANSACTIONS and file.relative_to(PACKAGE) not in WRITES_BESIDE_CASES
        for node in nodes(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("writing", "commit"))
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "writing" for alias in node.names))
    ]
    assert wrong == []


def test_only_home_knows_where_things_lie() -> None:
    wrong = [
        place(file, node.lineno)
        for name, file, tree in sources()
        if name not in KNOWS_PATHS
        for node in nodes(tree)
        if isinstance(node, ast.Name) and node.id == "__file__"
    ]
    assert wrong == []


def test_a_module_is_short_enough_to_read() -> None:
    long = {
        place(file, n): n
        for name, file, _ in sources()
        if "versions" not in file.parts
        and (n := len(file.read_text(encoding="utf-8").splitlines())) > LENGTH.get(name, 400)
    }
    assert long == {}, "split it by noun"


def test_modules_are_named_after_things_of_the_field() -> None:
    vague = re.compile(r"utils?|helpers?|manager|service|common|misc")
    assert [str(file) for _, file, _ in sources() if vague.fullmatch(file.stem)] == []


def test_nothing_of_ours_is_mocked() -> None:
    wrong = [
        place(file, line)
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if re.search("mock|unittest", text := file.read_text(encoding="utf-8"))
        for line, target in imports(ast.parse(text))
        if target.split(".")[0] in ("mock", "unittest")
    ]
    assert wrong == []


# ---------------------------------------------------------------- every committed file


@pytest.fixture(scope="module")
def committed() -> dict[str, str]:
    """Text of every file that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return {
        name: file.read_text(encoding="utf-8", errors="replace")
        for name in listed
        if (file := ROOT / name).is_file() and file.stat().st_size < 2_000_000
    }


def test_an_exception_from_the_rules_says_why(committed: dict[str, str]) -> None:
    marker = re.compile(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z0-9, ]+|\[[\w, -]+\])?(?P<reason>.*)")
    wrong = [
        f"{name}:{token.start[0]} {token.string}"
        for name, text in committed.items()
        if name.endswith(".py") and marker.search(text)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        and (found := marker.match(token.string))
        and (not found[2] or len(re.findall(r"\w", found["reason"])) < 8)
    ]
    assert wrong == []


PLACES = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js",
    "index" + "-url",
    "find" + "-links",
    r"(?<![\w.}])/wo" + r"rk/",
    r"(?<![\w.}])/ro" + r"ot/",
    "/tm" + "p/wt",
    r"\.\./sha" + "red",
]
"""Hosts of package registries, and folders of one machine."""


def test_no_file_names_a_registry_or_a_folder_of_one_machine(committed: dict[str, str]) -> None:
    pattern = re.compile("|".join(PLACES))
    wrong = [
        f"{name}:{n} {line.strip()[:80]}"
        for name, text in committed.items()
        if pattern.search(text)
        for n, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert wrong == []


def test_no_file_carries_an_address_outside_the_example_domains(committed: dict[str, str]) -> None:
    """Addresses of real people have no place here; RFC 2606 keeps example domains for us."""
    address = re.compile(r"[\w.+-]+@((?:[a-z0-9åäö-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
    ours = re.compile(r"(^|\.)(example|invalid|test|localhost)$|(^|\.)example\.(com|org|net|se)$", re.IGNORECASE)
    wrong = [
        f"{name}:{n} {found[0]}"
        for name, text in committed.items()
        if name != "LICENSE"
        for n, line in enumerate(text.replace("=\n", "").splitlines(), 1)  # soft line ends cut mail addresses in two
        if "@" in line
        for found in address.finditer(line)
        if not ours.search(found[1])
    ]
    assert wrong == []
