"""Where things lie: the shipped folders ``states/``, ``templates/``, ``flows/``, and the home that overrides them.

Only this module knows paths. In a wheel the three folders are inside the package; in a checkout beside ``src``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arende.errors import NotFound, Sentence
from arende.settings import Settings

FOLDERS = ("states", "templates", "flows")


def shipped() -> Path:
    """The folder that holds states/, templates/ and flows/: in the wheel, or the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_shipped"
    return packaged if packaged.is_dir() else here.parents[1]


def search_path(settings: Settings) -> list[Path]:
    """Home first, then what is shipped."""
    return [*([settings.home] if settings.home else []), shipped()]


def template_folders(settings: Settings) -> list[Path]:
    """Folders with templates, the home's first."""
    return [p / "templates" for p in search_path(settings)]


def state_files(settings: Settings) -> Iterator[Path]:
    """Every definition file, shipped ones first, so that a later one of the same key replaces."""
    for place in reversed(search_path(settings)):
        yield from sorted((place / "states").glob("*.yaml"))


def people_file(settings: Settings) -> Path | None:
    """The people file of the home folder, if there is one."""
    found = settings.home / "people.yaml" if settings.home else None
    return found if found and found.is_file() else None


def flow_file(settings: Settings, name: str) -> Path:
    """The file of a flow. A home's own flow is code: it counts only when the home is trusted."""
    places = search_path(settings) if settings.trust_home else [shipped()]
    for place in places:
        if (found := place / "flows" / f"{name}.py").is_file():
            return found
    raise NotFound(Sentence(f"Flödet {name} finns inte.", f"There is no flow {name}."))
