"""What lies on a person's desk: cases they watch, their cases that wait for others, a case's notes; what changes.

Each is one SELECT by index. Tables: notes, questions, watches, cases, outbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, literal, select, tuple_, union_all

from arende import models, rights
from arende.prepared import Prepared
from arende.rights import Reader
from arende.watchtables import watches

Row = dict[str, Any]
_C = models.cases.c
_WHO = models.actors.alias("who")
MOST_RELATED = 200
"""Cases that are told of as related to one: a basis may be that of very many."""
_COLUMNS = (
    _C.id, _C.register_no, _C.title, _C.type, _C.definition, _C.state, _C.due_at, _C.changed_at, _C.closed_at,
    _C.ending, _C.secrecy, _C.entered_at, _C.version, _WHO.c.name.label("officer_name"),
)  # fmt: skip


def notes(conn: Connection, case_id: int) -> list[Row]:
    """The case's working notes, the oldest first, with who wrote them."""
    return _notes().rows(conn, case=case_id)


@cache
def _notes() -> Prepared:
    n = models.notes.c
    query = select(n.id, n.text, n.written_at, _WHO.c.name.label("author_name")).join(_WHO, _WHO.c.id == n.author_id)
    return Prepared(query.where(n.case_id == bindparam("case")).order_by(n.id))


def questions(conn: Connection, case_id: int) -> list[Row]:
    """What has been asked about the case's requests and has no answer yet, each with the event that asked it."""
    return _questions().rows(conn, case=case_id)


@cache
def _questions() -> Prepared:
    q = models.questions.c
    query = select(q.id, q.seq, q.question, _WHO.c.name.label("asked_by")).join(_WHO, _WHO.c.id == q.asked_by_id)
    return Prepared(query.where(q.case_id == bindparam("case"), q.answer.is_(None)).order_by(q.id))


def watched(conn: Connection, actor_id: int, limit: int = 100) -> list[Row]:
    """The cases that somebody watches, last changed first."""
    return _watched().rows(conn, actor=actor_id, most=limit)


@cache
def _watched() -> Prepared:
    query = select(*_COLUMNS).join(watches, watches.c.case_id == _C.id).outerjoin(_WHO, _WHO.c.id == _C.officer_id)
    query = query.where(watches.c.actor_id == bindparam("actor")).order_by(_C.changed_at.desc(), _C.id.desc())
    return Prepared(query.limit(bindparam("most")))


def is_watched(conn: Connection, case_id: int, actor_id: int) -> bool:
    """Whether somebody watches the case."""
    return _watch().first(conn, case=case_id, actor=actor_id) is not None


@cache
def _watch() -> Prepared:
    w = watches.c
    return Prepared(select(w.id).where(w.case_id == bindparam("case"), w.actor_id == bindparam("actor")))


def running(conn: Connection, actor_id: int, limit: int = 200) -> list[Row]:
    """The open cases of a case officer, those with the nearest last day first."""
    return _running().rows(conn, actor=actor_id, most=limit)


@cache
def _running() -> Prepared:
    # Two limited walks, those with a last day and those without: ordered in one, all the cases of the officer are read.
    most: Any = bindparam("most")
    mine = select(_C.id).where(_C.officer_id == bindparam("actor"), _C.closed_at.is_(None))
    dated = mine.where(_C.due_at.is_not(None)).order_by(_C.due_at, _C.id).limit(most).subquery()
    # By the last day here too, though there is none: by the number alone PostgreSQL reads all cases for the few.
    undated = mine.where(_C.due_at.is_(None)).order_by(_C.due_at, _C.id).limit(most).subquery()
    found = union_all(select(dated.c.id), select(undated.c.id)).subquery()
    query = select(*_COLUMNS).join(found, found.c.id == _C.id).outerjoin(_WHO, _WHO.c.id == _C.officer_id)
    return Prepared(query.order_by(_C.due_at.is_(None), _C.due_at, _C.id).limit(most))


def asked(conn: Connection, case_ids: Iterable[int]) -> dict[int, list[str]]:
    """Who owe which of the cases an answer: names, in the order in which they were asked."""
    a, found = models.approvals.c, dict[int, list[str]]()
    query = select(a.case_id, _WHO.c.name).join(_WHO, _WHO.c.id == a.approver_id)
    query = query.where(a.case_id.in_(sorted(case_ids)), a.state == "pending").order_by(a.id)
    for case_id, name in conn.execute(query):
        found.setdefault(case_id, []).append(name)
    return found


def owed(conn: Connection, most: int = 200) -> list[Row]:
    """What waits for anybody at all, requests first: person or office, and the case's number."""
    a, t = models.approvals.c, models.tasks.c
    requests = select(_C.register_no, a.approver_id.label("person"), literal("").label("office"))
    requests = requests.join(models.cases, _C.id == a.case_id).where(a.state == "pending").order_by(a.id.desc())
    tasks = select(_C.register_no, t.assignee_id.label("person"), t.office)
    tasks = tasks.join(models.cases, _C.id == t.case_id).where(t.state == "open").order_by(t.id.desc())
    return [dict(r) for query in (requests, tasks) for r in conn.execute(query.limit(most)).mappings()]


def last_days(conn: Connection, who: Reader, limit: int, after: tuple[datetime, int] | None = None) -> list[Row]:
    """Open last days of the cases that the reader may see, the nearest first; ``after``: (due_at, id) of the last."""
    d = models.deadlines.c
    query = select(d.id, d.key, d.rule, d.due_on, d.due_at, _C.register_no).join(models.cases, _C.id == d.case_id)
    query = query.where(d.state == "open", d.step == "due", rights.visible(who)).order_by(d.due_at, d.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(d.due_at, d.id) > tuple_(*(literal(v) for v in after)))
    return [dict(r) for r in conn.execute(query).mappings()]


def seen(conn: Connection, who: Reader, numbers: Iterable[str]) -> set[str]:
    """Those of the diary numbers whose cases the reader may see."""
    wanted, found = sorted(set(numbers)), set[str]()
    for n in range(0, len(wanted), 1000):  # so many as any database takes at once
        some = _C.register_no.in_(wanted[n : n + 1000])
        found.update(conn.execute(select(_C.register_no).where(some, rights.visible(who))).scalars())
    return found


def has(conn: Connection, who: Reader, kind: Literal["task", "question"], number: int) -> bool:
    """Whether there is a task or a question of this number, in a case that the reader may see."""
    table = models.tasks if kind == "task" else models.questions
    query = select(table.c.id).join(models.cases, _C.id == table.c.case_id)
    return conn.execute(query.where(table.c.id == number, rights.visible(who))).first() is not None


def related_from(conn: Connection, who: Reader, register_no: str) -> list[Row]:
    """The cases related to this one (``kind``, as they say it, and ``other``), as far as the reader may see them."""
    r = models.relations.c
    query = select(r.kind, _C.register_no.label("other")).join(models.relations, r.case_id == _C.id)
    rows = conn.execute(query.where(r.other == register_no, rights.visible(who)).order_by(r.id).limit(MOST_RELATED))
    return [dict(row) for row in rows.mappings()]


def marker(conn: Connection, register_no: str) -> str | None:
    """What changes whenever anything on the case's page does; None where there is no such case."""
    found = _marker().first(conn, number=register_no)
    return None if found is None else "-".join(str(part or 0) for part in found)


@cache
def _marker() -> Prepared:
    o, n = models.outbox.c, models.notes.c
    mails = (
        select(func.sum(o.attempts) + func.count(o.sent_at)).where(o.case_id == _C.id).scalar_subquery().label("mails")
    )
    written = select(func.max(n.id)).where(n.case_id == _C.id).scalar_subquery().label("notes")
    return Prepared(select(_C.version, mails, written).where(_C.register_no == bindparam("number")))
