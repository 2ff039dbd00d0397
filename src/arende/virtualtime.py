"""The time that an installation lives in: the real one, or – while a story is played – the story's own.

A story of 2020 must not meet today's clock: its deadlines would all fire at once. So the time is kept in the database,
where every process of the installation reads it, and it goes back to real time when the story has ended.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from arende import db, models

KEY = "clock"
FRESH = 0.3
"""Seconds for which a process trusts what it read; the clock of a story moves more slowly than that."""

_READ = select(models.beats.c.data).where(models.beats.c.key == KEY)


class InstallationClock:
    """Now, in UTC: real time unless the database says that a story is being played."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._checked = float("-inf")
        self._virtual: datetime | None = None

    def __call__(self) -> datetime:
        """The present moment of this installation."""
        return self.story() or datetime.now(UTC)

    def story(self) -> datetime | None:
        """The present moment of the story that is being played, if any."""
        if time.monotonic() - self._checked > FRESH:
            with db.reading(self._engine) as conn:
                self._virtual = virtual(conn)
            self._checked = time.monotonic()
        return self._virtual


def virtual(conn: Connection) -> datetime | None:
    """The story's present moment, or None in real time."""
    data = conn.execute(_READ).scalar()
    return datetime.fromisoformat(data["at"]) if data else None


def set_to(engine: Engine, moment: datetime) -> None:
    """From now on it is ``moment`` for everybody, until it is set again or ended."""
    with db.writing(engine) as conn:
        conn.execute(delete(models.beats).where(models.beats.c.key == KEY))
        conn.execute(insert(models.beats), {"key": KEY, "seen_at": moment, "data": {"at": moment.isoformat()}})


def end(engine: Engine) -> None:
    """Back to real time."""
    with db.writing(engine) as conn:
        conn.execute(delete(models.beats).where(models.beats.c.key == KEY))


def number_from(engine: Engine, series: str, year: int, serial: int) -> None:
    """Let a story's first diary number of a series be that of its source; where one has been given, nothing changes."""
    c = models.counters.c
    with db.writing(engine) as conn:
        if conn.execute(select(c.next).where(c.series == series, c.year == year)).first() is None:
            conn.execute(insert(models.counters).values(series=series, year=year, next=serial))
