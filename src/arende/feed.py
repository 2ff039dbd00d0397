"""What has happened in the cases, told once to whoever listens outside: kinds and numbers, no titles and no names.

The place reached is a beat, kept by the one worker that tells; another takes over when it falls silent. After a crash
the last batch is told again, under the same ids. The events table stays the truth; a feed that is lost is only silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Select, func, select

from arende import beats
from arende.app import App
from arende.db import reading
from arende.models import cases, events

KEY = "feed"
"""The beat that holds the place reached."""
AT_A_TIME = 200
SILENT = timedelta(seconds=30)
"""How long the worker that tells may be silent before another takes over."""
COMMITTED = timedelta(seconds=60)
"""How long a number that was passed over may still turn up: two transactions may commit in another order."""
_IDS = UUID("0b6f2f0e-6a55-5d0e-9d0e-0f6a0c3c7f55")
"""Namespace of the ids: the same event always has the same one, and no other site's event of that number has it."""


class News(NamedTuple):
    """One thing to tell. ``name`` ends in the event's kind, or in the state that the case has come to."""

    id: UUID
    name: str
    register_no: str
    type: str
    seq: int
    occurred_at: datetime


@dataclass
class Place:
    """How far it has been told: the last row, and rows before it that were not there (with when that was seen)."""

    last: int
    missing: dict[int, float]


def begin(app: App) -> None:
    """From here on: what happened before there was a feed is not told."""
    if not beats.read(app, KEY):
        with reading(app.engine) as connection:
            last = connection.execute(select(func.max(events.c.id))).scalar() or 0
        _keep(app, Place(last, {}), "")


def news(app: App, worker: str, now: datetime) -> tuple[list[News], Place] | None:
    """What ``worker`` is to tell now, and the place to keep afterwards; None when another worker tells."""
    beat = next((b for b in beats.read(app, KEY) if b.key == KEY), None)
    if beat is None:
        begin(app)
        return None
    if beat.data["worker"] not in ("", worker) and beat.seen_at > now - SILENT:
        return None
    place = Place(beat.data["last"], {int(k): v for k, v in beat.data["missing"].items()})
    rows = since(app, place)
    return [told for row in rows for told in told_of(row)], moved(place, [row.id for row in rows], now)


def since(app: App, place: Place) -> list[Any]:
    """The events after the place, and those before it that have turned up since; so many at a time."""
    with reading(app.engine) as connection:
        rows = list(connection.execute(_after(place.last)))
        if place.missing:
            rows += connection.execute(_numbered(place.missing))
    return rows


def keep(app: App, worker: str, place: Place) -> None:
    """Everything up to ``place`` has been told by ``worker``, which goes on telling."""
    _keep(app, place, worker)


def _keep(app: App, place: Place, worker: str) -> None:
    beats.beat(
        app, KEY, {"last": place.last, "missing": {str(k): v for k, v in place.missing.items()}, "worker": worker}
    )


_ROWS = select(
    events.c.id,
    events.c.seq,
    events.c.kind,
    events.c.payload,
    events.c.occurred_at,
    events.c.hash,
    cases.c.register_no,
    cases.c.type,
    cases.c.secrecy,
).join(cases, cases.c.id == events.c.case_id)


def _after(last: int) -> Select[Any]:
    return _ROWS.where(events.c.id > last).order_by(events.c.id).limit(AT_A_TIME)


def _numbered(ids: Iterable[int]) -> Select[Any]:
    return _ROWS.where(events.c.id.in_(list(ids))).order_by(events.c.id)


def moved(place: Place, read: list[int], now: datetime) -> Place:
    """The place after these rows; numbers that were passed over are looked for a while longer."""
    last = max([place.last, *read])
    fresh = {n: now.timestamp() for n in range(max(place.last + 1, last - AT_A_TIME), last) if n not in set(read)}
    waiting = {n: at for n, at in place.missing.items() if n not in read}
    since = (now - COMMITTED).timestamp()
    return Place(last, {n: at for n, at in {**waiting, **fresh}.items() if at >= since})


def told_of(row: Any) -> list[News]:
    """``arende.case.step.taken`` and, when that led to another state, ``arende.case.decided`` (not under secrecy)."""
    names = [row.kind.removeprefix("case:").replace(":", ".")]
    payload = row.payload or {}
    if row.kind == "case:step:taken" and not row.secrecy and payload.get("from") != payload.get("to"):
        names.append(str(payload.get("to")))
    return [
        News(
            uuid5(_IDS, f"{row.hash}:{name}"),
            f"arende.case.{name}",
            row.register_no,
            row.type,
            row.seq,
            row.occurred_at,
        )
        for name in names
    ]
