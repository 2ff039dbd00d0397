"""Cases that wait for a body's meeting: found by what their own definitions say, judged as their own guards judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from arende import machine, models, queries
from arende.casetypes import CaseType
from arende.commands import Command
from arende.errors import Sentence
from arende.machine import SYSTEM
from arende.meetingtables import agenda_cases, agenda_items, assignments, meetings
from arende.prepared import Row
from arende.statetypes import AtMeeting, MeetingOutcome
from arende.usecases.facts import Standing, gather
from arende.usecases.meetingfacts import next_meeting
from arende.work import Work


@dataclass(frozen=True)
class Waiting:
    """A case on its way to an agenda, and what is not ready about it."""

    register_no: str
    title: str
    state: str
    report: bool
    warnings: tuple[Sentence, ...]
    at: AtMeeting | None = None
    """What its state says of the meeting; None when it waits for none, or for another body."""


@dataclass(frozen=True)
class PutOff:
    """An item that an earlier meeting of the body adjourned."""

    heading: str
    kind: str
    cases: tuple[str, ...]
    origin: str
    assignment: int | None = None
    """The assignment of its case that the item reports."""


def peek(w: Work, register_no: str) -> Work:
    """Another case, to be read and judged within this command; never written."""
    other = Work(w.app, Command(actor=SYSTEM, door="clock", at=w.at), w.conn)
    other.open_case(register_no)
    return other


def awaits(rules: CaseType, case: Row) -> AtMeeting | None:
    """What the case's state says of the meeting that it waits for, if it waits for one."""
    state = rules.states.get(case["state"])
    return state.at_meeting if state else None


def body_awaited(at: AtMeeting, case: Row) -> str | None:
    """The body that the case waits for."""
    return at.body or case["fields"].get(at.body_from or "")


def enters(rules: CaseType, at: AtMeeting | None) -> str:
    """The role that enters the meeting's outcome in the case."""
    outcome = (at.outcomes.get("approved") or at.outcomes.get("noted")) if at is not None else None
    by = [r for t in rules.transitions if t.name == outcome for r in t.by if r != SYSTEM]
    return by[0] if by else "case_officer"


def look(w: Work, meeting: Row, register_no: str, *, kind: str = "case", reports: bool = False) -> Waiting:
    """One case as it stands before a meeting: with a warning for everything that is not ready.

    ``reports``: an assignment of the case is reported, whatever the case itself waits for. An item of the ``kind``
    report tells of a case that need not wait for it: a plan that is followed up.
    """
    other = peek(w, register_no)
    at = awaits(other.rules, other.case)
    secret = bool(other.case["secrecy"])
    title = other.case["register_no"] if secret else other.case["title"]
    here = at is not None and body_awaited(at, other.case) == meeting["body"]
    if reports or (kind == "report" and not (here and at is not None and at.report)):
        return Waiting(other.case["register_no"], title, other.case["state"], report=True, warnings=())
    if at is None or not here:
        now = other.rules.state_title(other.case["state"]), other.rules.state_title(other.case["state"], "en")
        said = Sentence(
            f"{register_no} väntar inte på det här organet: ärendet är i ”{now[0]}”.",
            f'{register_no} does not wait for this body: the case is in "{now[1]}".',
        )
        return Waiting(other.case["register_no"], title, other.case["state"], report=False, warnings=(said,))
    return Waiting(other.case["register_no"], title, other.case["state"], at.report, tuple(_lacks(other, at)), at)


def _lacks(other: Work, at: AtMeeting) -> Iterator[Sentence]:
    """What would bar the step that a yes leads to, besides what the meeting itself will give."""
    trigger = at.outcomes.get("approved") or at.outcomes.get("noted")
    held = Standing(frozenset({SYSTEM}), {})
    given = {at.extract} if at.extract else set()
    for option in machine.options(other.rules, other.case["state"], gather(other, held)):
        if option.trigger == trigger:
            for s in option.sentences:
                if not any(f"”{_document(other, key)}”" in s.sv for key in given):
                    no = other.case["register_no"]
                    yield Sentence(f"{no}: {s.sv}", f"{no}: {s.en}")


def _document(other: Work, key: str) -> str:
    declared = other.rules.documents.get(key)
    return declared.title.sv if declared and declared.title else key


def for_meeting(w: Work, meeting: Row) -> list[Waiting]:
    """Every open case that waits for the body and is not aimed at a later day, oldest first."""
    found = []
    for row, at in _waiting(w):
        if body_awaited(at, row) != meeting["body"]:
            continue
        aimed = row["fields"].get(at.date or "")
        if aimed and date.fromisoformat(aimed) > meeting["last_day"]:
            continue
        found.append(look(w, meeting, row["register_no"]))
    return found


def definitions(w: Work) -> Iterator[tuple[str, CaseType]]:
    """Every definition that a case may be pinned to, by its hash."""
    for sha256 in w.conn.execute(select(models.definitions.c.hash)).scalars().all():
        yield sha256, w.app.types.pinned(sha256, lambda h: queries.definition(w.conn, h))


def _waiting(w: Work) -> Iterator[tuple[Row, AtMeeting]]:
    """Open cases in a state that waits for some meeting, with what the state says."""
    c = models.cases.c
    wanted: dict[str, dict[str, AtMeeting]] = {}
    for sha256, rules in definitions(w):
        if states := {key: s.at_meeting for key, s in rules.states.items() if s.at_meeting is not None}:
            wanted[sha256] = states
    if not wanted:
        return
    each = [and_(c.definition == h, c.state.in_(list(states))) for h, states in wanted.items()]
    rows = w.conn.execute(select(models.cases).where(or_(*each)).order_by(c.entered_at, c.id)).mappings().all()
    for row in rows:
        yield dict(row), wanted[row["definition"]][row["state"]]


def numbers(w: Work) -> Iterator[tuple[str | None, str]]:
    """The body that each open case waits for, and the case's number."""
    for row, at in _waiting(w):
        yield body_awaited(at, row), row["register_no"]


def aiming(w: Work, body: str, day: date) -> Iterator[Row]:
    """Open cases that have chosen the body's meeting of this day: those that wait for it, and those on hold."""
    rules = {h: r for h, r in definitions(w) if any(s.at_meeting is not None for s in r.states.values())}
    c = models.cases.c
    query = select(models.cases).where(c.definition.in_(list(rules)), c.closed_at.is_(None)).order_by(c.id)
    for row in w.conn.execute(query).mappings():
        if aims_at(rules[row["definition"]], dict(row), body, day):
            yield dict(row)


def aims_at(rules: CaseType, case: Row, body: str, day: date) -> bool:
    """Whether the case waits for the body's meeting of this day, also while it is on hold."""
    state = rules.states[case["state"]]
    at = rules.states[case["previous_state"]].at_meeting if state.hold else state.at_meeting
    return at is not None and body_awaited(at, case) == body and case["fields"].get(at.date or "") == day.isoformat()


def decides(w: Work, item: Row) -> bool:
    """Whether the item's outcome is the body's own decision: not a fixed item, nor a case that only passes by it."""
    if item["kind"] == "fixed" or item["outcome"] not in ("approved", "approved_with_change", "rejected"):
        return False
    rows = [c for c in w.rows(agenda_cases) if c["item"] == item["item"]]
    return not rows or any(c["assignment"] is None and _decided_by(w, c, item["outcome"]) for c in rows)


def _decided_by(w: Work, row: Row, outcome: MeetingOutcome) -> bool:
    """Whether the outcome leads the case to a decision; one that waited for nothing is taken to be decided here."""
    rules = peek(w, row["register_no"]).rules
    state = rules.states.get(row["in_state"])
    led = state.at_meeting.outcomes if state is not None and state.at_meeting is not None else {}
    trigger = led.get(outcome) or (led.get("approved") if outcome == "approved_with_change" else None)
    if trigger is None:
        return True
    leads_to = {r.dest for r in rules.rows if (r.source, r.transition.trigger) == (row["in_state"], trigger)}
    return any(dest in rules.states and rules.states[dest].kind == "decision" for dest in leads_to)


def put_off(w: Work, meeting: Row) -> list[PutOff]:
    """Items that earlier meetings of the body adjourned and that no agenda has taken up since."""
    m, i, c = meetings.c, agenda_items.c, models.cases.c
    query = (
        select(agenda_items, c.register_no)
        .join(meetings, m.case_id == i.case_id)
        .join(models.cases, c.id == i.case_id)
        .where(m.body == meeting["body"], m.day < meeting["day"], i.outcome == "adjourned", i.state == "on")
        .order_by(m.day, i.position)
    )
    rows = w.conn.execute(query).mappings().all()
    taken = set(w.conn.execute(select(i.origin).where(i.origin.is_not(None))).scalars())
    taken |= {item["origin"] for item in w.rows(agenda_items) if item["origin"]}
    found = []
    for row in rows:
        origin = f"{row['register_no']} {row['item']}"
        if origin not in taken:
            of_item = w.conn.execute(
                select(agenda_cases.c.register_no, agenda_cases.c.assignment).where(
                    agenda_cases.c.case_id == row["case_id"], agenda_cases.c.item == row["item"]
                )
            ).all()
            numbers, reported = tuple(r.register_no for r in of_item), [r.assignment for r in of_item if r.assignment]
            found.append(PutOff(row["heading"], row["kind"], numbers, origin, reported[0] if reported else None))
    return found


def reported(w: Work, meeting: Row) -> list[Row]:
    """Assignments that have been reported to the body and stand on no agenda that is still to be taken up."""
    m, i, c = meetings.c, agenda_items.c, agenda_cases.c
    live = select(c.register_no, c.assignment).join(agenda_items, (i.case_id == c.case_id) & (i.item == c.item))
    live = live.join(meetings, m.case_id == c.case_id).where(
        c.assignment.is_not(None), i.state == "on", or_(and_(i.outcome.is_(None), m.over.is_(False)), ~i.carried)
    )
    there = {tuple(r) for r in w.conn.execute(live)}
    there |= {(r["register_no"], r["assignment"]) for r in w.rows(agenda_cases) if r["assignment"]}
    rows = _assignments_of(w, meeting["body"], "reported")
    return [a for a in rows if (a["register_no"], a["number"]) not in there]


def never_reported(w: Work, body: str) -> list[Row]:
    """Assignments of the body whose day has passed without a report, the oldest first."""
    return [a for a in _assignments_of(w, body, "given") if a["report_on"] is not None and a["report_on"] < w.today]


def _assignments_of(w: Work, body: str, state: str) -> list[Row]:
    a, c = assignments.c, models.cases.c
    query = select(assignments, c.register_no, c.secrecy).join(models.cases, c.id == a.case_id)
    query = query.where(a.body == body, a.state == state).order_by(a.report_on, a.id)
    return [dict(r) for r in w.conn.execute(query).mappings()]


def next_for(w: Work, meeting: Row) -> Row | None:
    """The body's next meeting after this one."""
    return next_meeting(w, meeting["body"], meeting["last_day"])
