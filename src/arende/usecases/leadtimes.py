"""How long cases of a type stay in each state, and how many are there now: read from the record, whatever it shows.

Only the type's latest cases are read, so that a page is quick where there are a million. Days are calendar days, as
people wait. Nothing of any one case is told.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from arende import db, models, queries
from arende.casetypes import CaseType
from arende.errors import NotFound, Sentence
from arende.queries import Connection
from arende.usecases.administrators import Overseer

AT_MOST = 2000
"""Cases that are read: those last changed."""
_AT_A_TIME = 500


@dataclass(frozen=True)
class Stay:
    """How long cases stay in one state. ``state`` is empty for the whole way of those that have ended."""

    state: str
    count: int
    """Stays that have ended. A case that comes back to a state has stayed there twice."""
    median: float
    p90: float
    """Nine in ten were not longer."""
    here: int
    """Cases that are there now."""
    oldest: float
    """Days for which the one of them that came first has been there."""


@dataclass(frozen=True)
class LeadTimes:
    """What the cases of one type show. ``read`` is how many there were, ``all`` whether that is all of them."""

    type: str
    read: int
    all: bool
    whole: Stay
    states: tuple[Stay, ...]
    """In the order of the definition, those that some case has been in."""


def of_type(who: Overseer, key: str) -> LeadTimes:
    """The lead times of a type. Raises NotFound when no case has been of it."""
    now = who.app.clock()
    with db.reading(who.app.engine) as conn:
        rules = _rules(who, conn, key)
        rows = _cases(conn, key)
        stays = _stays(conn, rows)
        here = _here(conn, key)
    ended = [_days(c["closed_at"] - c["opened_at"]) for c in rows if c["closed_at"] is not None]
    running = [c["opened_at"] for c in rows if c["closed_at"] is None]
    order = [*rules.states, *sorted(set(stays) - set(rules.states))]  # states of older editions come last
    told = [_stay(s, stays.get(s, []), here.get(s), now) for s in order if stays.get(s) or s in here]
    first = min(running, default=None)
    whole = _stay("", ended, (sum(n for n, _ in here.values()), first) if first else None, now)
    return LeadTimes(key, len(rows), len(rows) < AT_MOST, whole, tuple(told))


def _rules(who: Overseer, conn: Connection, key: str) -> CaseType:
    sha256 = queries.types_used(conn).get(key)
    if sha256 is None:
        raise NotFound(
            Sentence(f"Det finns inget ärende av typen {key}.", f"There is no case of the type {key}."),
        )
    return who.app.types.pinned(sha256, lambda h: queries.definition(conn, h))


def _cases(conn: Connection, key: str) -> list[dict[str, Any]]:
    c = models.cases.c
    latest = select(c.id, c.opened_at, c.closed_at).where(c.type == key).order_by(c.changed_at.desc()).limit(AT_MOST)
    return [dict(r) for r in conn.execute(latest).mappings()]


def _here(conn: Connection, key: str) -> dict[str, tuple[int, datetime]]:
    """State → how many are there now and when the first of them came."""
    c = models.cases.c
    query = select(c.state, func.count().label("n"), func.min(c.entered_at).label("since"))
    found = conn.execute(query.where(c.type == key, c.closed_at.is_(None)).group_by(c.state))
    return {row.state: (row.n, row.since) for row in found}


def _stays(conn: Connection, rows: list[dict[str, Any]]) -> dict[str, list[float]]:
    """State → days of each stay that has ended, of these cases."""
    e, found = models.events.c, defaultdict[str, list[float]](list)
    kinds = ("case:registered", "case:step:taken")
    for n in range(0, len(rows), _AT_A_TIME):
        ids = [c["id"] for c in rows[n : n + _AT_A_TIME]]
        steps = select(e.case_id, e.occurred_at, e.payload).where(e.case_id.in_(ids), e.kind.in_(kinds))
        last: tuple[int, str, datetime] | None = None
        for row in conn.execute(steps.order_by(e.case_id, e.seq)):
            said = row.payload or {}  # nothing is left of one that was removed by a decision
            state = said.get("to") or said.get("state")
            if last is not None and last[0] == row.case_id and state != last[1]:
                found[last[1]].append(_days(row.occurred_at - last[2]))
            if state is None:
                last = None
            elif last is None or last[:2] != (row.case_id, state):
                last = (row.case_id, state, row.occurred_at)
    return found


def _stay(state: str, days: Iterable[float], here: tuple[int, datetime] | None, now: datetime) -> Stay:
    ordered = sorted(days)
    median = round(statistics.median(ordered), 1) if ordered else 0.0
    p90 = round(ordered[math.ceil(0.9 * len(ordered)) - 1], 1) if ordered else 0.0
    count, since = here or (0, now)
    return Stay(state, len(ordered), median, p90, count, round(_days(now - since), 1))


def _days(span: timedelta) -> float:
    return max(span.total_seconds() / 86400, 0.0)
