"""Where things lie: the shipped folders ``states/``, ``templates/``, ``flows/``, and the home that overrides them.

Only this module knows paths. In a wheel the three folders are inside the package; in a checkout beside ``src``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Literal, NamedTuple

from arende.errors import NotFound, Sentence, Unavailable
from arende.settings import Settings

FOLDERS = ("states", "templates", "flows")


def shipped() -> Path:
    """The folder that holds states/, templates/ and flows/: in the wheel, or the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_shipped"
    return packaged if packaged.is_dir() else here.parents[1]


def search_path(settings: Settings) -> list[Path]:
    """Home first, then what is shipped.

    Raises Unavailable when the home is no folder: with a name misspelt, the site's own rules would silently not apply.
    """
    if settings.home is None:
        return [shipped()]
    if not settings.home.is_dir():
        raise Unavailable(
            Sentence(
                f"Hemmappen {settings.home} finns inte. Rätta ARENDE_HOME eller --home, eller skapa den med "
                f"arende home init.",
                f"The home folder {settings.home} does not exist. Correct ARENDE_HOME or --home, or make it with "
                f"arende home init.",
            )
        )
    return [settings.home, shipped()]


def template_folders(settings: Settings) -> list[Path]:
    """Folders with templates, the home's first."""
    return [p / "templates" for p in search_path(settings)]


def state_files(settings: Settings) -> Iterator[Path]:
    """Every definition file, shipped ones first, so that a later one of the same key replaces."""
    for place in reversed(search_path(settings)):
        yield from sorted((place / "states").glob("*.yaml"))


def part_folders(settings: Settings) -> tuple[Path, ...]:
    """Folders with parts that definitions include, the home's first."""
    return tuple(place / "states" / "parts" for place in search_path(settings))


def people_file(settings: Settings) -> Path | None:
    """The people file of the home folder, if there is one."""
    found = settings.home / "people.yaml" if settings.home else None
    return found if found and found.is_file() else None


def calendar_files(settings: Settings) -> list[Path]:
    """Decided calendars: every file in the home's ``calendars/``; without a home, the demonstration's years."""
    if settings.home is None:
        return sorted(demo_file("").glob("calendar_*"))
    return sorted(f for f in (settings.home / "calendars").glob("*") if f.suffix in (".json", ".yaml", ".yml"))


def meeting_rules_file(settings: Settings) -> Path:
    """The rules of the year's meetings: the home's ``meeting_rules.yaml``, else the demonstration's."""
    own = settings.home / "meeting_rules.yaml" if settings.home else None
    return own if own is not None and own.is_file() else demo_file("meeting_rules.yaml")


def meeting_proposals_file(settings: Settings) -> Path:
    """The rules of proposed days: the home's ``meeting_proposals.yaml``, else the demonstration's."""
    own = settings.home / "meeting_proposals.yaml" if settings.home else None
    return own if own is not None and own.is_file() else demo_file("meeting_proposals.yaml")


def demo_file(name: str) -> Path:
    """A file of the demonstration that comes with arende, such as ``people.yaml`` or ``calendar_2021.json``."""
    return Path(__file__).resolve().parent / "demo" / name


def flow_file(settings: Settings, name: str) -> Path:
    """The file of a flow. A home's own flow is code: it counts only when the home is trusted."""
    places = search_path(settings) if settings.trust_home else [shipped()]
    for place in places:
        if (found := place / "flows" / f"{name}.py").is_file():
            return found
    raise NotFound(Sentence(f"Flödet {name} finns inte.", f"There is no flow {name}."))


# ---------------------------------------------------------------- making and comparing a home

_ABOUT = {
    "states": """Egna ärendetyper, en YAML-fil var. Samma nyckel (`key:`) som en medföljande ersätter den; en ny nyckel
läggs till. Kontrollera med `arende states check`.

Your own case types. The same `key:` as a shipped one replaces it; a new key is added.
""",
    "templates": """Egna mallar. Samma sökväg som en medföljande mall ersätter den, och får bygga vidare på den:
`{% extends "shipped:mail/…" %}`. Lägg bara hit det som ska ändras: en kopia åldras.

Your own templates. The same path as a shipped one replaces it, and may extend it. A copy grows old.
""",
    "flows": """Egna flöden. Samma filnamn som ett medföljande ersätter det. De är programkod och körs bara med
ARENDE_TRUST_HOME=1.

Your own flows. They are program code and run with ARENDE_TRUST_HOME=1 only.
""",
}


def init(folder: Path) -> list[Path]:
    """Make the three folders with a page in each that says what goes there; returns what was made.

    What is there already is left alone. Raises Unavailable when the disk refuses.
    """
    made = []
    try:
        for name, about in _ABOUT.items():
            page = folder / name / "README.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            if not page.exists():
                page.write_text(about, encoding="utf-8")
                made.append(page)
    except OSError as e:
        raise Unavailable(
            Sentence(
                f"Mappen {folder} går inte att skapa eller skriva i ({e.strerror}). Välj en annan.",
                f"The folder {folder} cannot be created or written ({e.strerror}). Choose another.",
            )
        ) from None
    return made


class Difference(NamedTuple):
    """A file of the home beside the shipped one it stands in for."""

    file: str
    """Relative to the home."""
    kind: Literal["new", "replaces", "same", "ignored"]
    replaces: str | None
    """Relative to the shipped folder."""
    changes: str
    """Unified diff from the shipped file to the home's; empty when there is nothing to compare."""


def differences(settings: Settings) -> list[Difference]:
    """Every file in the home that overrides or adds, in order of name."""
    if settings.home is None:
        return []
    search_path(settings)
    keys = {_key(f): f for f in sorted((shipped() / "states").glob("*.yaml"))}
    return [
        _difference(settings, settings.home, file, keys)
        for name in FOLDERS
        for file in sorted((settings.home / name).rglob("*"))
        if file.is_file() and file.name != "README.md" and "__pycache__" not in file.parts
    ]


def _difference(settings: Settings, own: Path, file: Path, keys: dict[str, Path]) -> Difference:
    name = file.relative_to(own)
    counterpart = keys.get(_key(file)) if name.parts[0] == "states" else shipped() / name
    if counterpart is None or not counterpart.is_file():
        counterpart, changes = None, ""
    else:
        changes = _changes(counterpart, file)
    kind: Literal["new", "replaces", "same", "ignored"]
    if name.parts[0] == "flows" and not settings.trust_home:
        kind = "ignored"
    elif counterpart is None:
        kind = "new"
    else:
        kind = "replaces" if changes else "same"
    return Difference(str(name), kind, str(counterpart.relative_to(shipped())) if counterpart else None, changes)


def _key(file: Path) -> str:
    """The key that a case type gives itself, read without judging the rest; the file's name if it gives none."""
    found = re.search(r"^key:\s*([\w.-]+)", file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return found[1] if found else file.stem


def _changes(before: Path, after: Path) -> str:
    old, new = (p.read_text(encoding="utf-8", errors="replace").splitlines() for p in (before, after))
    return "\n".join(unified_diff(old, new, str(before), str(after), lineterm=""))
