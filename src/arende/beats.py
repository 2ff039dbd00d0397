"""Signs of life: when each process and each sweep was last seen, and whose turn it is.

A beat is one row per key, overwritten. The administrator's page reads them; a worker that stops beating, or a sweep
that skipped its turn, shows there. Nothing in a beat is personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from arende.app import App
from arende.db import reading, writing
from arende.models import beats

SCHEDULE = {
    "deadlines": timedelta(seconds=60),
    "mailbox": timedelta(seconds=60),
    "digest": timedelta(seconds=900),
    "reconcile": timedelta(seconds=300),
}
"""How often each sweep runs, in the order in which they catch up after a stop. ``prefect.yaml`` says the same."""


@dataclass(frozen=True)
class Beat:
    """What ``key`` last said, and when (UTC)."""

    key: str
    seen_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """One tick of a schedule, taken by exactly one. ``gap`` is how long nobody swept, when that was too long."""

    tick: datetime
    gap: timedelta | None = None


def real_now() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


def beat(app: App, key: str, data: Mapping[str, Any], now: datetime | None = None) -> None:
    """Say that ``key`` is alive now, with numbers and states only in ``data``."""
    _put(app, key, now or real_now(), dict(data))


def read(app: App, prefix: str = "") -> list[Beat]:
    """Every beat whose key starts with ``prefix``, the latest first."""
    query = select(beats).where(beats.c.key.startswith(prefix, autoescape=True)).order_by(beats.c.seen_at.desc())
    with reading(app.engine) as connection:
        return [Beat(row.key, row.seen_at, row.data) for row in connection.execute(query)]


def forget(app: App, keys: list[str]) -> None:
    """Take away the beats of processes that ended in good order."""
    with writing(app.engine) as connection:
        connection.execute(delete(beats).where(beats.c.key.in_(keys)))


def tick(now: datetime, every: timedelta) -> datetime:
    """The latest tick at or before ``now`` of a schedule that counts from 1970 (as Prefect's with that anchor)."""
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def taken(app: App, name: str, tick: datetime) -> bool:
    """Whether somebody has taken this tick, or a later one."""
    with reading(app.engine) as connection:
        last = connection.execute(select(beats.c.seen_at).where(beats.c.key == f"sweep:{name}")).scalar()
    return last is not None and last >= tick


def take_turn(app: App, name: str, every: timedelta, run: str, now: datetime | None = None) -> Turn | None:
    """Take the current tick of ``name``; None when another run has it already, whoever started that run.

    The turn is taken before the work: a crash in between costs one tick, and the next one does what is due.
    """
    current = tick(now or real_now(), every)
    key = f"sweep:{name}"
    with writing(app.engine) as connection:
        last = connection.execute(select(beats.c.seen_at).where(beats.c.key == key)).scalar()
        if last is not None and last >= current:
            return None
        if not _take(connection, key, last, current, run):
            return None
    late = current - last if last is not None else timedelta()
    return Turn(current, late if late > 2 * every else None)


def _take(connection: Connection, key: str, last: datetime | None, now: datetime, run: str) -> bool:
    if last is not None:
        mine = (beats.c.key == key) & (beats.c.seen_at == last)
        return connection.execute(update(beats).where(mine).values(seen_at=now, data={"run": run})).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(beats).values(key=key, seen_at=now, data={"run": run}))
    except IntegrityError:
        return False
    return True


def _put(app: App, key: str, seen_at: datetime, data: dict[str, Any]) -> None:
    values = {"seen_at": seen_at, "data": data}
    with writing(app.engine) as connection:
        if connection.execute(update(beats).where(beats.c.key == key).values(values)).rowcount:
            return
        try:
            with connection.begin_nested():
                connection.execute(insert(beats).values(key=key, **values))
        except IntegrityError:  # another process was first; what it says is as new
            connection.execute(update(beats).where(beats.c.key == key).values(values))
