"""Stories on a database with Region Halland's people; after each, every case is held against the invariants."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from invariants import check_all
from sqlalchemy import Engine
from story import PEOPLE, SNAPSHOTS, Story

from arende import db
from arende.app import App
from arende.people import read
from arende.settings import Settings
from arende.usecases.people import load
from handclock import START, VirtualClock


@pytest.fixture(scope="session")
def peopled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the demonstration's people, for copying."""
    file = tmp_path_factory.mktemp("peopled") / "template.sqlite"
    shutil.copyfile(sqlite_template, file)
    engine = db.open_engine(f"sqlite:///{file}", sync_full=False)
    load(engine, read(PEOPLE, "people.yaml"), START)
    engine.dispose()
    return file


@pytest.fixture(scope="session", autouse=True)
def _snapshots() -> Iterator[None]:
    """Copies that stories leave for one another are let go at the end."""
    yield
    for copy in SNAPSHOTS.values():
        copy.close()


@pytest.fixture(scope="session")
def shipped_app(peopled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """Types and words read once for all stories."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return App.on(settings, db.open_engine(f"sqlite:///{peopled_template}"), VirtualClock())


@pytest.fixture
def story(peopled_template: Path, shipped_app: App, tmp_path: Path, clock: VirtualClock) -> Iterator[Story]:
    """A story on SQLite."""
    file = tmp_path / "story.sqlite"
    shutil.copyfile(peopled_template, file)
    engine = db.open_engine(f"sqlite:///{file}", sync_full=False)
    yield from _told(shipped_app, engine, clock, tmp_path)
    engine.dispose()


@pytest.fixture
def story_on_each(engine: Engine, shipped_app: App, tmp_path: Path, clock: VirtualClock) -> Iterator[Story]:
    """A story told once on each kind of database: for what differs between them."""
    load(engine, read(PEOPLE, "people.yaml"), clock())
    yield from _told(shipped_app, engine, clock, tmp_path)


def _told(shipped: App, engine: Engine, clock: VirtualClock, folder: Path) -> Iterator[Story]:
    key = shipped.settings.data_dir / "site.key"  # one for all, since stories take over one another's databases
    app = App.on(Settings(data_dir=folder / "data", site_key_file=key), engine, clock)
    app = App(app.settings, engine, app.types, shipped.make_words, shipped.storage, clock)
    vars(app.types)["_loaded"] = shipped.types._loaded  # read once; what is pinned belongs to each database
    yield Story(app, clock)
    check_all(app)
