"""Databases to measure on: an SQLite file and a PostgreSQL server with their durable settings, copied fresh."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, select
from story import PEOPLE

import postgres
from arende import db, models, queries
from arende.app import App
from arende.people import read
from arende.settings import Settings
from arende.usecases.people import load
from benchmarks import raw
from handclock import VirtualClock

DURABLE = ("listen_addresses=", "max_connections=60", "shared_buffers=256MB", "max_wal_size=4GB")
"""PostgreSQL as it comes: fsync and synchronous_commit on."""


@dataclass
class Place:
    """One kind of database. ``copy`` gives the address of a fresh copy of what another address holds."""

    kind: str
    folder: Path
    server: str = ""
    _count: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> str:
        """The address of a new database with the schema and Region Halland's people."""
        url = self._address(next(self._count))
        if self.server:
            self._admin(f"CREATE DATABASE {url_name(url)}")
        engine = db.open_engine(url)
        db.upgrade(engine)
        load(engine, read(PEOPLE, "people.yaml"), VirtualClock()())
        engine.dispose()
        return url

    def copy(self, url: str) -> str:
        """A fresh copy; nobody may be connected to the original."""
        made = self._address(next(self._count))
        if self.server:
            self._admin(f"CREATE DATABASE {url_name(made)} TEMPLATE {url_name(url)} STRATEGY FILE_COPY")
            self._admin("CHECKPOINT")  # the copy is written out now, not during what is measured
        else:
            shutil.copyfile(file_of(url), file_of(made))
        return made

    def drop(self, url: str) -> None:
        """Away with it."""
        if self.server:
            self._admin(f"DROP DATABASE {url_name(url)} WITH (FORCE)")
        else:
            for end in ("", "-wal", "-shm"):
                Path(file_of(url) + end).unlink(missing_ok=True)

    def _address(self, n: int) -> str:
        return self.server.format(f"bench_{n}") if self.server else f"sqlite:///{self.folder}/bench_{n}.sqlite"

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.server.format("postgres"), autocommit=True) as c:
            c.execute(statement.encode())


def file_of(url: str) -> str:
    """The file of an SQLite address."""
    return url.removeprefix("sqlite:///")


def url_name(url: str) -> str:
    """The name of the database in a PostgreSQL address."""
    return url.split("/")[3].split("?")[0]


@contextmanager
def places(folder: Path) -> Iterator[list[Place]]:
    """SQLite, and PostgreSQL where it can be started."""
    found = [Place("SQLite", folder)]
    try:
        with postgres.cluster(DURABLE) as server:
            yield [*found, Place("PostgreSQL", folder, server)]
    except postgres.NoPostgres as e:
        print(f"PostgreSQL could not be started, so nothing is measured on it: {e}")
        yield found


def open_app(
    url: str, folder: Path, like: App | None = None, hear: list[raw.Transaction] | None = None, **settings: Any
) -> App:
    """An app on the database, its clock set by hand. It is warm: files read, templates taken over from ``like``.

    With ``hear``, what it sends to the database is listened to.
    """
    engine: Engine = db.open_engine(url)
    if hear is not None:
        raw.listen(engine, hear)
    made = App.on(Settings(data_dir=folder / "data", **settings), engine, VirtualClock())
    if like is None:
        return made
    warm = App(made.settings, engine, made.types, like.make_words, made.storage, made.clock)
    assert warm.types.keys
    with db.reading(engine) as conn:
        for sha256 in conn.execute(select(models.definitions.c.hash)).scalars().all():
            warm.types.pinned(sha256, lambda h: queries.definition(conn, h))
    return warm
