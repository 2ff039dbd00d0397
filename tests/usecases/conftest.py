"""Stories on a database with Region Halland's people; after each, every case is held against the invariants."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from invariants import check_all
from sqlalchemy import Engine, QueuePool
from story import PEOPLE, SNAPSHOTS, Story

from arende import db
from arende.app import App
from arende.people import read
from arende.settings import Settings
from arende.storage import Storage
from arende.usecases.people import load
from handclock import START, VirtualClock
from sharing import open_app


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
    """The app whose storage and site key all stories share."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    app = open_app(settings, db.open_engine(f"sqlite:///{peopled_template}"), VirtualClock())
    return replace(app, storage=Storage(settings.blob_dir, app.storage.max_bytes, sync=False))


class Stage:
    """One database on which story after story begins anew: a new engine would compile every statement again."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template, self._file = sqlite3.connect(template), folder / "story.sqlite"
        self._engine: Engine | None = None

    def cleared(self) -> Engine:
        """The engine, its database as the template is. One whose connections a test has kept is not used again."""
        if self._engine is None or cast("QueuePool", self._engine.pool).checkedout():
            self.close()
            self._file = self._file.with_suffix(f".{time.monotonic_ns()}.sqlite")
            self._engine = db.open_engine(f"sqlite:///{self._file}", sync_full=False)
        with closing(self._engine.raw_connection()) as raw:
            self._template.backup(raw.driver_connection)  # type: ignore[arg-type]  # the driver is sqlite3's
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


@pytest.fixture(scope="session")
def stage(peopled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The database that the stories of this process take over from one another."""
    one = Stage(peopled_template, tmp_path_factory.mktemp("stage"))
    yield one
    one.close()


@pytest.fixture
def story(stage: Stage, shipped_app: App, tmp_path: Path, clock: VirtualClock) -> Iterator[Story]:
    """A story on SQLite."""
    yield from _told(shipped_app, stage.cleared(), clock, tmp_path)


@pytest.fixture
def story_alone(peopled_template: Path, shipped_app: App, tmp_path: Path, clock: VirtualClock) -> Iterator[Story]:
    """A story on a database and an engine of its own, for tests that do to them what others should not meet."""
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


@pytest.fixture
def story_on_postgres(postgres_url: str, shipped_app: App, tmp_path: Path, clock: VirtualClock) -> Iterator[Story]:
    """A story on PostgreSQL, for modules whose stories are told there as well."""
    engine = db.open_engine(postgres_url)
    load(engine, read(PEOPLE, "people.yaml"), clock())
    yield from _told(shipped_app, engine, clock, tmp_path)
    engine.dispose()


def _told(shipped: App, engine: Engine, clock: VirtualClock, folder: Path) -> Iterator[Story]:
    key = shipped.settings.data_dir / "site.key"  # one for all, since stories take over one another's databases
    app = open_app(Settings(data_dir=folder / "data", site_key_file=key), engine, clock)
    app = replace(app, storage=shipped.storage)
    yield Story(app, clock)
    check_all(app)
