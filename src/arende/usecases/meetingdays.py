"""When a body meets and what it needs before: one answer for deadlines, plans and calendars."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from arende import duedates, meetinglaw
from arende.effecttypes import Due
from arende.errors import NotFound, Sentence
from arende.meetingplan import Meeting
from arende.meetingtables import meetings
from arende.models import bodies, cases
from arende.prepared import Row

if TYPE_CHECKING:
    from arende.app import App

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


def proposed_meetings(app: App, conn: Connection, years: Iterable[int]) -> list[Meeting]:
    """Days by rule for every month of which nothing is known of a body: not from the register, nor from a calendar."""
    from arende import home, meetingproposals, meetingrules  # with what reads files: only plans need them
    from arende.yamlfile import text_of

    files = home.meeting_rules_file(app.settings), home.meeting_proposals_file(app.settings)
    pair = meetingrules.read(text_of(files[0], files[0].name), files[0].name)
    rules = meetingproposals.read(text_of(files[1], files[1].name), files[1].name)
    known = {(row.body, row.day) for row in conn.execute(select(meetings.c.body, meetings.c.day))}
    known |= {(m.body, m.first) for m in app.calendar}
    found: list[Meeting] = []
    for year in years:
        with suppress(meetingrules.NoRoom):
            found += [replace(m, proposed=True) for m in meetingrules.propose(pair, year).meetings]
        found += meetingproposals.propose(rules, year)
    return list(meetingproposals.unknown(found, known))


def body_row(conn: Connection, named: str) -> Row:
    """The body of a key or short name. Raises NotFound."""
    rows = conn.execute(select(bodies).order_by(bodies.c.key)).mappings().all()
    for row in rows:
        if named.lower() in (row["key"], (row["short"] or "").lower()):
            return dict(row)
    known = ", ".join(row["key"] for row in rows)
    raise NotFound(
        Sentence(f"Organet {named} finns inte. Här finns: {known}.", f"There is no body {named}. Known here: {known}.")
    )


def as_body(conn: Connection, body: str, due: Due) -> Due:
    """The deadline with the body's own time for papers or summons, where it has one, and on what that rests.

    The assembly's summons is never later than the law has it (KL 5:13).
    """
    row = body_row(conn, body)
    given = (row["data"] or {}).get(due.of_body)
    own = due_before(given) if given else due
    if due.of_body == "summons" and row["kind"] == "assembly" and _too_short(own):
        own = Due(days=meetinglaw.SUMMONS_DAYS, ground="law", law="KL 5:13")
    keys = ("days", "weeks", "months", "unit", "ground", "law", "basis")
    return due.model_copy(update={**{k: getattr(own, k) for k in keys}, "of_body": None})


def _too_short(own: Due) -> bool:
    """Whether a body's own time may be less than a week, or rests on nothing but routine."""
    return own.ground != "law" and (own.unit != "calendar" or (own.days or 0) <= meetinglaw.SUMMONS_DAYS)


def due_before(given: Row) -> Due:
    """What a body needs before it meets, as its row says, with what it rests on."""
    return Due(**given, ground="law" if given.get("law") else "regulations" if given.get("basis") else "routine")


def papers_in(body: Row, day: date) -> duedates.Reckoned | None:
    """The day by which papers are in for a meeting on ``day``; None where the people file does not say."""
    papers = (body["data"] or {}).get("papers")
    return duedates.before(day, due_before(papers), None, duedates.MEETING) if papers else None
