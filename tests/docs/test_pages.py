"""The documentation is true: links lead somewhere, commands and modules exist, shown output is what is printed."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import docpages
import pytest
import typer
from docpages import PAGES, ROOT

from arende import definitions
from arende.cli.tree import build
from arende.settings import Settings

HOWTO = ROOT / "docs" / "howto"
BY_NAME = {page.relative_to(ROOT).as_posix(): page for page in PAGES}
RUN = ["README.md", "docs/tutorial.md", *(f"docs/howto/{page.name}" for page in sorted(HOWTO.glob("*.md")))]
"""Pages whose commands are run; one without console blocks passes at once."""
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
SAID = r"(?<![\w/.-])arende((?: [a-z][a-z-]*)+)"
"""A command in running text: ``arende case show`` and what looks like one."""


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What a link may point at in the page, as the forges make it."""
    heads = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_picture_is_small_and_stands_on_a_page_with_words_for_those_who_do_not_see_it() -> None:
    shown = {(Path(file).name, words) for page in PAGES for words, file in IMAGE.findall(prose(page))}
    pictures = {p.name: p.stat().st_size for p in (ROOT / "docs" / "images").glob("*.png")}
    assert {name for name, words in shown if len(words) > 15} == set(pictures) == {name for name, _ in shown}
    assert max(pictures.values()) < 150_000, "bytes"


@pytest.mark.parametrize("name", BY_NAME)
def test_every_internal_link_leads_somewhere(name: str) -> None:
    page, dead = BY_NAME[name], []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("name", BY_NAME)
def test_every_file_and_module_named_exists(name: str) -> None:
    named = re.findall(r"`((?:src|tests|flows|states|docs|templates)/[\w./*-]*)`", prose(BY_NAME[name]))
    missing = [path for path in named if "*" not in path and not (ROOT / path).exists()]
    assert missing == []


def test_every_module_of_the_architecture_page_exists() -> None:
    rings = re.search(r"## Rings.*?## Tables", BY_NAME["docs/architecture.md"].read_text(encoding="utf-8"), re.DOTALL)
    assert rings is not None
    rows = [row.split("|")[2] for row in rings[0].splitlines() if re.match(r"\| \d,", row)]
    named = [module for row in rows for module in re.findall(r"`(\w+)`", row)]
    package = ROOT / "src" / "arende"
    assert len(named) > 30
    assert [m for m in named if not (package / f"{m}.py").exists() and not (package / m).is_dir()] == []


def test_every_table_is_on_the_architecture_page() -> None:
    from arende import models

    page = BY_NAME["docs/architecture.md"].read_text(encoding="utf-8")
    assert [table for table in models.metadata.tables if f"`{table}`" not in page] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_every_command_named_exists(name: str) -> None:
    text = BY_NAME[name].read_text(encoding="utf-8")
    shown = (body for _, info, body, _ in docpages.blocks(BY_NAME[name]) if info.split()[:1] in (["console"], ["sh"]))
    fenced = "\n".join(line.partition(" #")[0] for body in shown for line in body if not re.match("[A-Z_]+=", line))
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), fenced])
    unknown = [words for words in re.findall(SAID, code) if not is_command(words.split())]
    assert unknown == []


@cache
def tree() -> Any:
    """The whole tree of commands."""
    return typer.main.get_command(build())


def is_command(words: list[str]) -> bool:
    """Whether the words begin with a command, or are the beginning of one."""
    here: Any = tree()
    for word in words:
        inner = getattr(here, "commands", None)
        if inner is None:
            return True
        if word not in inner:
            return False
        here = inner[word]
    return True


def test_every_setting_named_exists() -> None:
    known = {f"ARENDE_{name.upper()}" for name in Settings.model_fields}
    for name, page in BY_NAME.items():
        named = set(re.findall(r"\bARENDE_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
        assert named <= known, name


def test_settings_files_shown_can_be_read() -> None:
    """Every ``ARENDE_…=`` block of the how-to pages is a set of settings that makes sense."""
    for name, page in BY_NAME.items():
        for _, _, body, _ in docpages.blocks(page):
            pairs = dict(line.partition("=")[::2] for line in body if re.match(r"ARENDE_\w+=", line))
            values = {k.removeprefix("ARENDE_").lower(): v.strip('"') for k, v in pairs.items()}
            assert not values or Settings.model_validate(values, strict=False), name


def test_the_two_make_targets_of_the_readme_exist() -> None:
    readme = BY_NAME["README.md"].read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", readme.replace("make python3-venv", "")))
    assert {"run", "test"} <= targets
    for target in targets:
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_first_screen_says_what_it_is_and_gives_the_two_commands() -> None:
    screen = "\n".join(BY_NAME["README.md"].read_text(encoding="utf-8").splitlines()[:18])
    for word in ("case officers", "chairs", "administrators", "make run", "make test", "Python 3.11", "git"):
        assert word in screen


def test_the_definitions_shown_are_sound_or_unsound_as_told(tmp_path: Path) -> None:
    docpages.write_files(HOWTO / "new-case-type.md", tmp_path)
    found = {Path(file).stem: d for file, d in definitions.examine([tmp_path / "home" / "states", tmp_path / "home"])}
    assert list(found["resident_comment"].findings) == []
    assert {f.code for f in found["stuck"].findings} == {"V04", "V10"}
    assert not found["slips"].usable


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", RUN)
def test_every_command_of_a_page_does_what_is_shown(name: str, tmp_path: Path) -> None:
    assert docpages.run(BY_NAME[name], tmp_path) == []
