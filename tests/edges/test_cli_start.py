"""What a command imports: most of the time that a reading command takes, and what grows unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arende import db
from arende.cli.tree import build
from arende.commands import RegisterCase
from arende.home import demo_file
from arende.people import read
from arende.settings import Settings
from arende.usecases.people import load
from handclock import VirtualClock
from sharing import open_app

COSTLY = (
    *("prefect", "alembic", "fastapi", "starlette", "uvicorn", "jinja2", "lxml", "aiosmtplib", "aiosmtpd", "rich"),
    *("psycopg", "sqlalchemy.dialects.postgresql", "httpx", "holidays", "pydantic_settings", "structlog", "yaml"),
    *("arende.render", "arende.definitions", "arende.soundness", "arende.smtp", "arende.web"),
)
"""None of these is needed to read from an embedded database."""
ACTING = ("arende.commands", "arende.work", "arende.machine", "arende.guards", "transitions", "uuid_utils")
"""What it takes to carry out a step, or to judge whether one may be taken."""
READING = ("case list", "case search intent --open --as officer", "case show RS200001",
           "case history RS200001", "outbox list", "inbox --as officer",
           "case options RS200001 --as officer")  # fmt: skip
ENDS_BY_TELLING = """
import sys
from arende.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path) -> str:
    """A database with the demo's people and a case."""
    engine = db.open_engine(sqlite_url, sync_full=False)
    load(engine, read(demo_file("people.yaml").read_text("utf-8"), "people.yaml"), VirtualClock()())
    app = open_app(Settings(data_dir=tmp_path), engine, VirtualClock())
    app.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Avsiktsförklaring"))
    engine.dispose()
    return sqlite_url


def imported(url: str, words: str) -> list[str]:
    """The modules that a command has imported when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", ENDS_BY_TELLING, *words.split()],
        env={**os.environ, "ARENDE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.split()


@pytest.mark.parametrize("words", READING)
def test_a_reading_command_imports_nothing_that_it_does_not_need(database: str, words: str) -> None:
    found = imported(database, words)
    assert {"arende.queries", "arende.usecases.options"} & set(found)
    judging = () if "options" in words else ACTING  # who only reads imports nothing that judges or acts
    assert [m for m in (*COSTLY, *judging) if m in found] == []
    assert words.startswith("case") or "arende.casetypes" not in found  # an inbox is read without definitions


def test_only_the_command_that_is_named_is_built() -> None:
    tree = build(["case", "list", "--open"])
    assert [g.name for g in tree.registered_groups] == ["case"]
    assert [
        c.name for g in tree.registered_groups if g.typer_instance for c in g.typer_instance.registered_commands
    ] == ["list"]
    assert [c.name for c in build(["inbox", "--as", "officer"]).registered_commands] == ["inbox"]


@pytest.mark.parametrize("line", [[], ["--help"], ["cas", "list"]])
def test_everything_is_built_for_who_names_no_command(line: list[str]) -> None:
    assert len(build(line).registered_groups) == len(build().registered_groups) > 10


def test_a_group_is_whole_for_who_asks_for_its_help_or_misspells() -> None:
    for verb in ("--help", "lst"):
        (group,) = build(["case", verb]).registered_groups
        assert group.typer_instance
        assert len(group.typer_instance.registered_commands) > 10


def test_help_imports_no_database(sqlite_url: str) -> None:
    found = imported(sqlite_url, "--help")
    assert [m for m in (*COSTLY, "sqlalchemy", "arende.db") if m in found] == []
