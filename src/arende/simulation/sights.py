"""What people and the clock look at, again and again: each question is built once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, literal, select, text, union_all

from arende import models
from arende.meetingtables import agenda_cases, agenda_items, meetings, promised_steps
from arende.prepared import Prepared, Row

_C, _D, _M = models.cases.c, models.deadlines.c, meetings.c
_CASE = ("id", "register_no", "type", "definition", "state", "entered_seq", "version", "fields", "closed_at")
_CHANGED = _C.changed_at >= bindparam("since")

_OPEN = Prepared(select(*(_C[k] for k in _CASE)).where(_CHANGED, _C.closed_at.is_(None)).order_by(_C.id))
_ONE = Prepared(select(*(_C[k] for k in _CASE)).where(_C.id == bindparam("id")))
_LAST_DAYS = Prepared(
    select(_D.case_id, _D.key, _D.due_on)
    .join(models.cases, _C.id == _D.case_id)
    .where(_CHANGED, text("deadlines.state = 'open'"), text("deadlines.step = 'due'"))
    .order_by(_D.id)
)


def _one_of(table: Table, condition: str, *more: Any) -> Select[Any]:
    """One row if there is any; the text is word for word as in the partial index."""
    one = select(literal(1).label("one")).select_from(table).where(text(condition), *more).limit(1)
    return select(one.subquery())


_NOW: BindParameter[datetime] = bindparam("now")
_ANYTHING = Prepared(
    union_all(
        _one_of(models.deadlines, "state = 'open'", _D.due_at <= _NOW),
        _one_of(models.outbox, "state = 'queued'", models.outbox.c.next_at <= _NOW),
        _one_of(promised_steps, "state = 'queued'", promised_steps.c.not_before.is_(None)),
    )
)
_NEXT = Prepared(
    select(_M.day)
    .where(_M.body == bindparam("body"), _M.day > bindparam("after"), _M.over.is_(False))
    .order_by(_M.day)
    .limit(1)
)
_ON_AGENDA = Prepared(
    select(agenda_items.c.id)
    .join(
        agenda_cases,
        (agenda_cases.c.case_id == agenda_items.c.case_id) & (agenda_cases.c.item == agenda_items.c.item),
    )
    .join(meetings, _M.case_id == agenda_items.c.case_id)
    .where(agenda_cases.c.register_no == bindparam("no"), _M.body == bindparam("body"))
    .where(agenda_items.c.state == "on", agenda_items.c.carried.is_(False))
    .limit(1)
)
_OFFICER = models.actors.alias("officer")


def _waiting(table: Table, person: Any, condition: str) -> Prepared:
    """Rows of open cases that changed, with the keys of whom each waits for and of the case officer."""
    who = models.actors.c
    query: Select[Any] = select(table, _C.register_no, who.key.label("who"), _OFFICER.c.key.label("officer"))
    query = query.join(models.cases, _C.id == table.c.case_id).outerjoin(models.actors, who.id == person)
    query = query.outerjoin(_OFFICER, _OFFICER.c.id == _C.officer_id)
    return Prepared(query.where(_CHANGED, text(condition)).order_by(table.c.id))


_WAITING = {
    "approvals": _waiting(models.approvals, models.approvals.c.approver_id, "approvals.state = 'pending'"),
    "tasks": _waiting(models.tasks, models.tasks.c.assignee_id, "tasks.state = 'open' AND tasks.of_state IS NULL"),
    "answers": _waiting(models.answers, models.answers.c.party_id, "answers.state = 'sent'"),
}
_NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def changed(conn: Connection, since: datetime | None) -> list[Row]:
    """Open cases that have changed since then."""
    return _OPEN.rows(conn, since=since or _NEVER)


def case(conn: Connection, number: int) -> Row:
    """The case of this row."""
    return _ONE.rows(conn, id=number)[0]


def last_days(conn: Connection, since: datetime | None) -> dict[tuple[int, str], date]:
    """(case, what) → its last day, of everything open in cases that have changed since then."""
    return {(case_id, key): day for case_id, key, day in _LAST_DAYS.tuples(conn, since=since or _NEVER)}


def waiting(conn: Connection, since: datetime | None) -> list[tuple[str, Row]]:
    """(table, row) of each request, lasting task and party that waits in cases that have changed since then."""
    return [(name, row) for name, query in _WAITING.items() for row in query.rows(conn, since=since or _NEVER)]


def anything_due(conn: Connection, now: datetime) -> bool:
    """Whether a sweep would find something: a deadline, a mail or a promise whose time has come."""
    return bool(_ANYTHING.tuples(conn, now=now))


def next_meeting(conn: Connection, body: str, after: date) -> date | None:
    """The first day of the body's next meeting after a day that can still take something up."""
    found = _NEXT.first(conn, body=body, after=after)
    return found[0] if found else None


def on_agenda(conn: Connection, body: str | None, register_no: str) -> bool:
    """Whether an agenda of the body has the case and its outcome is still to come."""
    return bool(_ON_AGENDA.tuples(conn, body=body or "", no=register_no))
