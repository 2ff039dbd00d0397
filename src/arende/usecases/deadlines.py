"""Deadlines as rows: set when something begins to wait, met when it is over, fired by the clock – each exactly once.

A deadline is one ``due`` row and its ladder of ``remind`` and ``escalate`` rows. They are the truth; the flow only
asks which are due. All days are days in Stockholm, day inclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from arende import models, workdays
from arende.casetypes import Due
from arende.statements import Row
from arende.work import Work

IN_HOUSE = (-3, 1)
"""Default reminders, working days from the last day: before it, and after it (domain: common base)."""
OUTSIDE = (-10, 1)
"""Default reminders to outside parties: two, never more."""
ESCALATE_AFTER = 5
"""Working days after the last day when the manager is told."""


def begin(w: Work, key: str, due: Due, *, outside: bool = False, escalate: bool = True) -> Row | None:
    """Set a deadline that begins now. Returns its ``due`` row, or None while the date it hangs on is not given."""
    reference = _reference(w, due)
    if reference is None and (due.before or due.after or due.at):
        return None
    reckoned = workdays.due_on(due, w.today, reference)
    last = reckoned.date
    row = _row(w, key, due, "due", 0, last, workdays.end_of_day(last))
    ladder = due.remind if due.remind is not None else (OUTSIDE if outside else IN_HOUSE)
    for n, offset in enumerate(ladder):
        day = workdays.add_working_days(last, offset) if offset else last
        if day > w.today:
            _row(w, key, due, "remind", n, day, morning(day))
    if escalate and (due.then is None or due.then.escalate):
        late = ESCALATE_AFTER if due.then is None else 1
        day = workdays.add_working_days(last, late)
        _row(w, key, due, "escalate", 0, day, morning(day))
    return row


def _row(w: Work, key: str, due: Due, step: str, n: int, day: date, at: datetime) -> Row:
    return w.insert(
        models.deadlines,
        key=key,
        round=w.case["seq"],
        step=step,
        n=n,
        rule=due.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        anchor_at=w.at,
        due_at=at,
        due_on=day,
        state="open",
        fired_seq=None,
    )


def _reference(w: Work, due: Due) -> date | None:
    value = w.case["fields"].get(due.before or due.after or due.at or "")
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def end(w: Work, keys: Iterable[str] | str, *, met: bool = True) -> None:
    """What was waited for has come (or no longer matters): nothing of these deadlines will fire."""
    wanted = {keys} if isinstance(keys, str) else set(keys)
    for row in list(w.rows(models.deadlines)):
        if row["state"] == "open" and row["key"] in wanted:
            w.change(models.deadlines, row, state="met" if met else "cancelled")


def end_but_reminders(w: Work, key: str) -> None:
    """The last day has passed unanswered: what is still to come of the ladder of reminders stands."""
    for row in w.rows(models.deadlines):
        if row["state"] == "open" and row["key"] == key and row["step"] != "remind":
            w.change(models.deadlines, row, state="met")


def end_all(w: Work) -> None:
    """The case is over: nothing more will fire."""
    end(w, {row["key"] for row in w.rows(models.deadlines)}, met=False)


def reanchor(w: Work, key: str, due: Due, changed: Iterable[str], *, outside: bool = False) -> bool:
    """Count anew when a field that the deadline hangs on has changed. Returns whether it was."""
    if (due.before or due.after or due.at) not in set(changed):
        return False
    end(w, key, met=False)
    begin(w, key, due, outside=outside)
    return True


def nearest(w: Work) -> datetime | None:
    """The nearest last day that is still open, for lists."""
    open_rows = [r["due_at"] for r in w.rows(models.deadlines) if r["state"] == "open" and r["step"] == "due"]
    return min(open_rows, default=None)


def morning(day: date) -> datetime:
    """Eight in the morning in Stockholm, as UTC: when reminders are sent."""
    return datetime.combine(day, time(8), workdays.STOCKHOLM).astimezone(UTC)


@dataclass(frozen=True)
class DueRow:
    """A deadline row that should fire."""

    id: int
    due_at: datetime


def due_rows(conn: object, now: datetime, limit: int = 200) -> list[DueRow]:
    """Rows whose time has come, oldest first, ``limit`` at a time."""
    d = models.deadlines.c
    found = conn.execute(  # type: ignore[attr-defined]  # a Connection; typed loosely to keep the import at the callers
        select(d.id, d.due_at).where(d.state == "open", d.due_at <= now).order_by(d.due_at, d.id).limit(limit)
    )
    return [DueRow(r.id, r.due_at) for r in found]
