"""A body's or a person's days as a calendar: meetings, when papers must be in, and what waits with a last day.

Calendars are read on phones and by other programs, so they tell no more than a mail would: a case under secrecy is its
number alone, and agendas are left out. UIDs never change. SEQUENCE of a meeting moves when it is told anew; that of a
last day is the number of its case's last event, which rises with whatever moves the day and never falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from arende import actors, calendars, db, duedates, meetingqueries, models, phrases, queries, siteaddress, workdays
from arende.actors import Actor
from arende.app import App
from arende.calendars import Contact, Entry, LastDay
from arende.casewords import deadline_words
from arende.effecttypes import Due
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.usecases.inbox import waiting_for
from arende.usecases.invitations import entry_of
from arende.usecases.meetingdays import body_row, papers_in, proposed_meetings
from arende.usecases.meetingmails import SUMMONED

MANY = 500
"""Matters that one person's calendar shows at most."""
NUMBERED = Sentence("Ärende {number}", "Case {number}")


@dataclass(frozen=True)
class CalendarFile:
    """One calendar: what it is called, and what is in it."""

    name: str
    organizer: Contact
    meetings: tuple[Entry, ...]
    last_days: tuple[LastDay, ...]
    language: str = "sv"

    def ics(self, at: datetime) -> bytes:
        """The file, made ``at``."""
        return calendars.publish(self.name, self.organizer, at, self.meetings, self.last_days, self.language)

    def within(self, first: date, last: date) -> CalendarFile:
        """What of it falls on these days, both included."""
        meetings = tuple(m for m in self.meetings if m.last >= first and m.first <= last)
        return replace(
            self, meetings=meetings, last_days=tuple(d for d in self.last_days if first <= d.due.date <= last)
        )


def of_body(app: App, key: str, language: str = "sv", proposed: Iterable[int] = ()) -> CalendarFile:
    """A body's meetings, and the day by which its papers are in. ``key`` or short name; raises NotFound.

    In the years ``proposed`` also days that nobody has decided, marked as such.
    """
    with db.reading(app.engine) as conn:
        made = _Making(app, conn, language)
        body = body_row(conn, key)
        meetings = made.meetings(body) + made.proposed(body, proposed)
        days = [made.papers(body, m) for m in meetings if not m.cancelled and not m.tentative]
    return made.file(made.title(body), meetings, filter(None, days))


def of_person(app: App, key: str) -> CalendarFile:
    """The meetings that a person is summoned to, and every last day that waits for them. Raises NotFound."""
    with db.reading(app.engine) as conn:
        person = actors.actor(conn, key)
        made = _Making(app, conn, person.language)
        meetings, days = [], []
        for body, first, last, secretary in _seats(conn, person):
            mine = [m for m in made.meetings(body) if first <= m.first <= last]
            meetings += mine
            days += [d for m in mine if secretary and not m.cancelled and (d := made.papers(body, m))]
        days += [*made.waiting(person), *made.own_cases(person)]
    return made.file(person.name, _once(meetings), _once(days))


def of_meeting(app: App, register_no: str, language: str = "sv") -> tuple[str, bytes]:
    """(method, file) of one meeting: REQUEST, or CANCEL once it is called off. Raises Refused for what is none."""
    with db.reading(app.engine) as conn:
        found, made = meetingqueries.meeting(conn, register_no), _Making(app, conn, language)
        if found["meeting"] is None:
            raise Refused(Sentence(f"{register_no} är inget sammanträde.", f"{register_no} is not a meeting."))
        case, meeting = found["case"], found["meeting"]
        entry = entry_of(
            meeting, case["register_no"], made.title(body_row(conn, meeting["body"])), made.domain, [],
            siteaddress.outside(conn, app.settings), cancelled=case["state"] == "cancelled",
        )  # fmt: skip
    method = "CANCEL" if entry.cancelled else "REQUEST"
    return method, calendars.summon(made.organizer, (), app.clock(), entry)


def _seats(conn: Connection, person: Actor) -> Iterator[tuple[Row, date, date, bool]]:
    """(body, first day, last day, whether as its secretary) of each office that is summoned."""
    for office, body, first, last in actors.terms(conn, person.id):
        if office in SUMMONED:
            yield body_row(conn, body), first, min(last or date.max, person.ended_on or date.max), office == "secretary"


def _once(found: Iterable[Any]) -> list[Any]:
    return list({one.uid: one for one in found}.values())


@dataclass
class _Making:
    """What every part of a calendar is made with."""

    app: App
    conn: Connection
    language: str

    def __post_init__(self) -> None:
        authority = queries.authority(self.conn).get("name", "")
        self.organizer = calendars.organizer(authority, self.app.settings.mail_from)
        self.domain = self.organizer.email.rpartition("@")[2]
        self.today = workdays.local_day(self.app.clock())
        self.base = siteaddress.outside(self.conn, self.app.settings)

    def file(self, name: str, meetings: Iterable[Entry], days: Iterable[LastDay]) -> CalendarFile:
        in_order = sorted(meetings, key=lambda m: (m.first, m.uid)), sorted(days, key=lambda d: (d.due.date, d.uid))
        return CalendarFile(name, self.organizer, tuple(in_order[0]), tuple(in_order[1]), self.language)

    def title(self, body: Row) -> str:
        return str(body["name_en"] if self.language == "en" and body["name_en"] else body["name_sv"])

    # ------------------------------------------------------------ meetings

    def meetings(self, body: Row) -> list[Entry]:
        """Those of the register; a year that has none there is told by the decided calendar."""
        kept = meetingqueries.listed(self.conn, body=body["key"])
        base, title = self.base, self.title(body)
        found = [
            entry_of(m, m["register_no"], title, self.domain, [], base, cancelled=m["state"] == "cancelled")
            for m in kept
        ]
        years = {m["day"].year for m in kept}
        return found + [
            calendars.entry_of(m, m.first.year, title, self.domain)
            for m in self.app.calendar
            if m.body == body["key"] and m.first.year not in years
        ]

    def proposed(self, body: Row, years: Iterable[int]) -> list[Entry]:
        """Days by rule, for months of which nothing is known."""
        title = self.title(body) + Sentence(" (föreslaget)", " (proposed)").in_(self.language)
        return [
            replace(calendars.entry_of(m, m.first.year, title, self.domain), tentative=True,
                    uid=f"{m.body}-{m.first.isoformat()}-proposed@{self.domain}")
            for m in proposed_meetings(self.app, self.conn, years)
            if m.body == body["key"]
        ]  # fmt: skip

    def papers(self, body: Row, meeting: Entry) -> LastDay | None:
        """The day by which papers are in, as the people file says for the body; None where it does not."""
        if (due := papers_in(body, meeting.first)) is None:
            return None
        to = body["short"] or self.title(body)
        title = Sentence(f"Handlingar in till {to}", f"Papers in for {to}").in_(self.language)
        return LastDay(f"papers-{meeting.uid}", title, due.date, due, meeting.url, meeting.sequence, as_task=False)

    # ------------------------------------------------------------ last days

    def waiting(self, person: Actor) -> Iterator[LastDay]:
        """Tasks and requests, of the person and of those they stand in for."""
        rows = [r for r in waiting_for(self.conn, person.id, self.today, MANY) if r["due_at"]]
        seqs = self._seqs({r["case_id"] for r in rows})
        for row in rows:
            uid = f"{row['register_no']}-{row['kind']}-{row['id']}"
            day = workdays.local_day(row["due_at"])
            yield self._last_day(row, uid, _what(row, self.language), duedates.settled(day), seqs[row["case_id"]])

    def own_cases(self, person: Actor) -> Iterator[LastDay]:
        """The last days of the cases that the person is the officer of."""
        for row in _officers(self.conn, person.id):
            rules = self.app.types.pinned(row["definition"], lambda h: queries.definition(self.conn, h))
            what = deadline_words(rules, row["key"]).in_(self.language)
            due = duedates.settled(row["due_on"], Due.model_validate(row["rule"], strict=False))
            yield self._last_day(row, f"{row['register_no']}-{row['key']}", what, due, row["seq"])

    def _last_day(self, row: Row, uid: str, what: str, due: duedates.Reckoned, seq: int) -> LastDay:
        """Under secrecy the number alone."""
        number = row["register_no"]
        title = f"{what[0].upper()}{what[1:]} ({number})"
        if row["secrecy"]:
            title = NUMBERED.in_(self.language).format(number=number)
        return LastDay(
            uid=f"{uid.replace(':', '-')}@{self.domain}",
            title=title,
            since=due.date,
            due=due,
            url=f"{self.base}/cases/{number}",
            sequence=seq,
            as_task=False,
            text="" if row["secrecy"] else str(row["title"]),
        )

    def _seqs(self, ids: set[int]) -> dict[int, int]:
        c = models.cases.c
        return {r.id: r.seq for r in self.conn.execute(select(c.id, c.seq).where(c.id.in_(ids)))}


def _officers(conn: Connection, actor_id: int) -> list[Row]:
    """Last days still open of the cases that a person is the officer of, the nearest first; not those of tasks."""
    d, c = models.deadlines.c, models.cases.c
    query = select(d.key, d.rule, d.due_on, c.register_no, c.title, c.secrecy, c.definition, c.seq)
    query = query.join(models.cases, c.id == d.case_id).where(c.officer_id == actor_id, c.closed_at.is_(None))
    own = d.key.startswith("state:") | d.key.startswith("consultation:")
    query = query.where(d.state == "open", d.step == "due", own).order_by(d.due_on, d.id).limit(MANY)
    return [dict(r) for r in conn.execute(query).mappings()]


def _what(row: Row, language: str) -> str:
    if row["kind"] == "task":
        return str((row["what"] or {}).get(language) or (row["what"] or {}).get("sv"))
    return phrases.ACTS[row["act"]][language].noun
