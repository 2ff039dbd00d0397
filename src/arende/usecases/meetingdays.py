"""When a body meets: one answer for deadlines, plans and calendars, wherever the meetings are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from arende.meetingplan import Meeting
from arende.meetingtables import meetings
from arende.models import cases

CALLED_OFF = "cancelled"


def meeting_days(
    conn: Connection, body: str, first: date, last: date = date.max, calendar: Iterable[Meeting] = ()
) -> tuple[date, ...]:
    """The first days of the body's meetings from ``first`` to ``last``, in order, both included.

    Meetings that are cases decide, and one that is called off is none. ``calendar`` are the decided calendars: they
    tell of the years in which the body has no such case.
    """
    kept = select(meetings.c.day, cases.c.state).join(cases, cases.c.id == meetings.c.case_id)
    rows = conn.execute(kept.where(meetings.c.body == body)).all()
    years = {row.day.year for row in rows}
    days = {row.day for row in rows if row.state != CALLED_OFF}
    days |= {m.first for m in calendar if m.body == body and m.first.year not in years}
    return tuple(sorted(day for day in days if first <= day <= last))
