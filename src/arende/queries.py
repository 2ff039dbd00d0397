"""Every SELECT for show: lists, one case with everything on it, histories. Reads never write.

What is asked about one case is always the same SELECT. Each is made when it is first asked, and kept: making it anew
takes several times what the database takes to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection as Connection  # the edges hand one on without knowing SQLAlchemy
from sqlalchemy import Select, bindparam, desc, func, literal, select, tuple_, union_all

from arende import actors, events, models, rights
from arende.errors import NotFound, Sentence
from arende.prepared import Prepared
from arende.register import parse_no
from arende.rights import Reader

if TYPE_CHECKING:
    from arende.trails import Trail

Row = dict[str, Any]
_C = models.cases.c
_ACTOR = models.actors.alias("who")
_OFFICER = models.actors.alias("officer")

_THE_CASE: Any = bindparam("case")

LISTED = select(
    _C.id, _C.register_no, _C.type, _C.definition, _C.title, _C.state, _C.phase, _C.due_at, _C.changed_at, _C.opened_at,
    _C.closed_at, _C.ending, _C.secrecy, _C.version,
    _OFFICER.c.key.label("officer"), _OFFICER.c.name.label("officer_name"),
).outerjoin(_OFFICER, _OFFICER.c.id == _C.officer_id)  # fmt: skip


def case(conn: Connection, register_no: str) -> Row:
    """The case's row with its officer's key and name; raises NotFound."""
    number = str(parse_no(register_no))
    found = _case().rows(conn, number=number)
    if not found:
        raise NotFound(
            Sentence(f"Det finns inget ärende med diarienummer {number}.", f"There is no case with number {number}.")
        )
    return found[0]


@cache
def _case() -> Prepared:
    query = select(models.cases, _OFFICER.c.key.label("officer"), _OFFICER.c.name.label("officer_name"))
    query = query.outerjoin(_OFFICER, _OFFICER.c.id == _C.officer_id)
    return Prepared(query.where(_C.register_no == bindparam("number")))


def cases(
    conn: Connection,
    *,
    limit: int = 50,
    before: tuple[datetime, int] | None = None,
    state: str | None = None,
    type_: str | None = None,
    officer: str | None = None,
    open_only: bool = False,
    visible_to: Reader | None = None,
) -> list[Row]:
    """Cases, last changed first; ``before`` = (changed_at, id) of the last row of the page before.

    ``visible_to`` leaves out what the reader may not see. A list that has nothing but number and state for those may do
    without; one that is chosen by anything else of a case may not, for the choice would tell.
    """
    query = LISTED.order_by(desc(_C.changed_at), desc(_C.id)).limit(limit)
    if state:
        query = query.where(_C.state == state)
    if type_:
        query = query.where(_C.type == type_)
    if officer:
        query = query.where(
            _C.officer_id == select(models.actors.c.id).where(models.actors.c.key == officer).scalar_subquery()
        )
    if open_only:
        query = query.where(_C.closed_at.is_(None))
    if visible_to is not None:
        query = query.where(rights.visible(visible_to))
    if before:
        query = query.where(tuple_(_C.changed_at, _C.id) < tuple_(*(literal(v) for v in before)))
    return _rows(conn, query)


def history(conn: Connection, case_id: int) -> list[Row]:
    """The case's events in order, each with who acted and for whom."""
    return _history().rows(conn, case=case_id)


@cache
def _history() -> Prepared:
    behalf = models.actors.alias("behalf")
    e = models.events.c
    query = (
        select(
            e.seq, e.kind, e.channel, e.authority, e.occurred_at, e.recorded_at, e.payload, e.hash, e.command_id,
            _ACTOR.c.key.label("actor"), _ACTOR.c.name.label("actor_name"), _ACTOR.c.title.label("actor_title"),
            behalf.c.key.label("on_behalf_of"), behalf.c.name.label("on_behalf_of_name"),
        )
        .join(_ACTOR, _ACTOR.c.id == e.actor_id)
        .outerjoin(behalf, behalf.c.id == e.on_behalf_of_id)
        .where(e.case_id == _THE_CASE)
        .order_by(e.seq)
    )  # fmt: skip
    return Prepared(query)


def of_case(conn: Connection, table: Any, case_id: int) -> list[Row]:
    """A case's rows of one of its tables, in the order they came."""
    return _of_case(table).rows(conn, case=case_id)


@cache
def _of_case(table: Any) -> Prepared:
    return Prepared(select(table).where(table.c.case_id == _THE_CASE).order_by(table.c.id))


def documents(conn: Connection, case_id: int) -> list[Row]:
    """The case's records, by record number, with who added them and whether what they held is removed or moved."""
    return _documents().rows(conn, case=case_id)


@cache
def _documents() -> Prepared:
    d, e = models.documents, models.events.c
    added = (e.case_id == d.c.case_id) & (e.seq == d.c.added_seq)
    removed = (e.payload.is_(None) | d.c.moved_to.is_not(None)).label("removed")
    query = select(d, _ACTOR.c.name.label("added_by"), removed).join(models.events, added)
    query = query.join(_ACTOR, _ACTOR.c.id == d.c.added_by_id)
    return Prepared(query.where(d.c.case_id == _THE_CASE).order_by(d.c.record_no))


def approvals(conn: Connection, case_id: int | None = None, *, pending: bool = False) -> list[Row]:
    """Requests for an act, with case, who was asked and who decided; of one case or of all."""
    return _approvals(case_id is not None, pending).rows(conn, case=case_id)


@cache
def _approvals(of_one: bool, pending: bool) -> Prepared:
    a, decided = models.approvals, models.actors.alias("decided")
    query = (
        select(
            a, _C.register_no, _C.title, _C.secrecy, _ACTOR.c.key.label("approver"),
            _ACTOR.c.name.label("approver_name"),
            decided.c.key.label("decided_by"), decided.c.name.label("decided_by_name"),
        )
        .join(models.cases, _C.id == a.c.case_id)
        .join(_ACTOR, _ACTOR.c.id == a.c.approver_id)
        .outerjoin(decided, decided.c.id == a.c.decided_by_id)
        .order_by(a.c.id)
        .limit(1000)
    )  # fmt: skip
    if of_one:
        query = query.where(a.c.case_id == _THE_CASE)
    if pending:
        query = query.where(a.c.state == "pending")
    return Prepared(query)


def consultations(conn: Connection, case_id: int) -> list[Row]:
    """The case's rounds, each with ``answers``: one row per party in the order asked, with its mail's delivery."""
    rounds = of_case(conn, models.consultations, case_id)
    answers = _answers().rows(conn, case=case_id)
    delivered = _deliveries(conn, case_id) if answers else {}
    for answer in answers:
        answer["delivery"] = delivered.get(answer["message_id"])
    for round_ in rounds:
        round_["answers"] = [x for x in answers if (x["key"], x["round"]) == (round_["key"], round_["round"])]
    return rounds


@cache
def _answers() -> Prepared:
    a = models.answers
    query = select(a, _ACTOR.c.key.label("party"), _ACTOR.c.name.label("party_name"))
    query = query.join(_ACTOR, _ACTOR.c.id == a.c.party_id).where(a.c.case_id == _THE_CASE)
    return Prepared(query.order_by(a.c.round, a.c.ordinal, a.c.id))


def _deliveries(conn: Connection, case_id: int) -> dict[str, Row]:
    """What became of each mail of the case, by Message-ID: its state, when it was handed over, the server's reply."""
    found = _delivered().rows(conn, case=case_id)
    return {r["message_id"]: {k: r[k] for k in ("state", "sent_at", "reply")} for r in found}


@cache
def _delivered() -> Prepared:
    o = models.outbox.c
    return Prepared(select(o.message_id, o.state, o.sent_at, o.reply).where(o.case_id == _THE_CASE))


def tasks(conn: Connection, case_id: int) -> list[Row]:
    """The case's tasks with whom they wait for."""
    return _tasks().rows(conn, case=case_id)


@cache
def _tasks() -> Prepared:
    t = models.tasks
    query = select(t, _ACTOR.c.key.label("assignee"), _ACTOR.c.name.label("assignee_name"))
    query = query.outerjoin(_ACTOR, _ACTOR.c.id == t.c.assignee_id)
    return Prepared(query.where(t.c.case_id == _THE_CASE).order_by(t.c.id))


def inbox(conn: Connection, actor_ids: list[int], offices: list[str], limit: int = 100) -> list[Row]:
    """What waits for a person: tasks of their own, tasks of their offices, requests to them – by last day."""
    if not actor_ids and not offices:
        return []
    given = {**_numbered("actor", actor_ids), **_numbered("office", offices)}
    return [dict(r) for r in conn.execute(_inbox(len(actor_ids), len(offices), limit), given).mappings()]


@lru_cache(256)
def _inbox(actors: int, offices: int, limit: int) -> Select[Any]:
    """The SELECT for so many persons and offices; making it takes ten times what the database takes to answer.

    One limited index walk for each kind and key, put together with UNION ALL: an ``OR`` would scan.
    """
    t = models.tasks.c
    persons, groups = (
        [bindparam(name, type_=c.type) for name in _numbered(kind, range(n))]
        for kind, n, c in (("actor", actors, t.assignee_id), ("office", offices, t.office))
    )
    walks = [_tasks_walk(t.assignee_id == p, limit) for p in persons]
    walks += [_tasks_walk((t.office == g) & t.assignee_id.is_(None), limit) for g in groups]
    walks += [_approvals_walk(p, limit) for p in persons]
    all_ = union_all(*(select(w.subquery()) for w in walks)).subquery()
    found = select(all_).order_by(*_by_last_day(all_.c)).limit(limit).subquery()
    query = select(found, _C.register_no, _C.title, _C.state, _C.type, _C.definition, _C.secrecy)
    return query.join(models.cases, _C.id == found.c.case_id).order_by(*_by_last_day(found.c))


def _numbered(name: str, values: Iterable[Any]) -> Row:
    return {f"{name}_{n}": value for n, value in enumerate(values)}


def _by_last_day(c: Any) -> tuple[Any, ...]:
    return c.due_at.is_(None), c.due_at, c.kind, c.id


def _tasks_walk(mine: Any, limit: int) -> Select[Any]:
    t = models.tasks.c
    columns = (
        t.id, t.case_id, t.act, t.title.label("what"), t.role, t.due_at, t.opened_at,
        t.assignee_id.label("person_id"), literal("task").label("kind"),
    )  # fmt: skip
    return select(*columns).where(mine, t.state == "open").order_by(t.due_at).limit(limit)


def _approvals_walk(actor_id: Any, limit: int) -> Select[Any]:
    a = models.approvals.c
    columns = (
        a.id, a.case_id, a.act, a.rule.label("what"), a.role, a.due_at, a.asked_at.label("opened_at"),
        a.approver_id.label("person_id"), literal("approval").label("kind"),
    )  # fmt: skip
    return select(*columns).where(a.approver_id == actor_id, a.state == "pending").order_by(a.due_at).limit(limit)


def relations(conn: Connection, case_id: int) -> list[Row]:
    """What the case is related to."""
    return of_case(conn, models.relations, case_id)


def mails(conn: Connection, case_id: int) -> list[Row]:
    """The case's mails as promised, with what became of them."""
    return of_case(conn, models.outbox, case_id)


def open_deadlines(conn: Connection, case_id: int) -> list[Row]:
    """Last days that are still open."""
    return _open_deadlines().rows(conn, case=case_id)


@cache
def _open_deadlines() -> Prepared:
    d = models.deadlines
    open_ = select(d).where(d.c.case_id == _THE_CASE, d.c.state == "open", d.c.step == "due")
    return Prepared(open_.order_by(d.c.due_at))


def definition(conn: Connection, sha256: str) -> str:
    """The text of a stored definition."""
    d = models.definitions.c
    return str(conn.execute(select(d.text).where(d.hash == bindparam("h")), {"h": sha256}).scalar_one())


_INBOUND = select(models.inbound, _C.register_no).outerjoin(models.cases, _C.id == models.inbound.c.case_id)


def inbound(conn: Connection, *, state: str = "tray", limit: int = 100) -> list[Row]:
    """Mail that came in and is in this state, the oldest first, with the case it is on or may concern."""
    i = models.inbound.c
    return _rows(conn, _INBOUND.where(i.state == state).order_by(i.id).limit(limit))


def count_tray(conn: Connection, before: datetime) -> tuple[int, int]:
    """How many mails wait to be sorted, and how many of them came before that moment."""
    i = models.inbound.c
    waiting = select(func.count()).where(i.state == "tray")
    return conn.execute(waiting).scalar_one(), conn.execute(waiting.where(i.received_at < before)).scalar_one()


def inbound_mail(conn: Connection, number: int) -> Row:
    """One mail that came in; raises NotFound."""
    found = _rows(conn, _INBOUND.where(models.inbound.c.id == number))
    if not found:
        raise NotFound(Sentence(f"Det finns inget inkommet mejl {number}.", f"There is no inbound mail {number}."))
    return found[0]


def types_used(conn: Connection) -> dict[str, str]:
    """Every case type that a case has been pinned to, with the hash of its latest definition."""
    d = models.definitions.c
    return {r.key: r.hash for r in conn.execute(select(d.key, d.hash).order_by(d.key, d.stored_at))}


def names(conn: Connection, keys: Collection[str], language: str = "sv") -> dict[str, str]:
    """The names of the persons, parties and bodies among ``keys``, by key."""
    b = models.bodies.c
    body = func.coalesce(b.name_en, b.name_sv) if language == "en" else b.name_sv
    actors = select(models.actors.c.key, models.actors.c.name).where(models.actors.c.key.in_(keys))
    bodies = select(b.key, body.label("name")).where(b.key.in_(keys))
    return {r.key: r.name for r in conn.execute(union_all(bodies, actors))} if keys else {}


def authority(conn: Connection) -> Row:
    """The authority whose cases these are: key, name and what else its file says; empty before any is loaded."""
    row = (
        conn.execute(select(models.authority.c.key, models.authority.c.name, models.authority.c.data))
        .mappings()
        .first()
    )
    return dict(row) if row else {}


def body_names(conn: Connection) -> dict[str, str]:
    """Key → Swedish name of every body that is or was known here."""
    return {row.key: row.name_sv for row in conn.execute(select(models.bodies.c.key, models.bodies.c.name_sv))}


def count_cases(conn: Connection) -> int:
    """How many cases there are."""
    return int(conn.execute(select(func.count()).select_from(models.cases)).scalar_one())


def case_ids(conn: Connection) -> Iterator[tuple[int, str, str, int]]:
    """(id, diary number, head of the chain, last event) of every case, in order."""
    query = select(_C.id, _C.register_no, _C.head, _C.seq).order_by(_C.id)
    for row in conn.execute(query):
        yield row.id, row.register_no, row.head, row.seq


def sealed(conn: Connection, case_id: int, register_no: str) -> events.Chain:
    """The case's events as the hash chain sees them, for ``events.verify``."""
    e, behalf = models.events.c, models.actors.alias("behalf")
    query = (
        select(models.events, _ACTOR.c.key.label("actor"), behalf.c.key.label("behalf"))
        .join(_ACTOR, _ACTOR.c.id == e.actor_id)
        .outerjoin(behalf, behalf.c.id == e.on_behalf_of_id)
        .where(e.case_id == case_id)
        .order_by(e.seq)
    )
    return [
        (
            events.Sealed(
                register_no, r.seq, r.command_id, r.n, r.kind,
                r.actor, r.behalf, r.authority, r.channel, r.occurred_at, r.recorded_at,
                r.payload_sha256, r.previous,
            ),
            r.hash, r.payload, r.salt,
        )
        for r in conn.execute(query)
    ]  # fmt: skip


def _rows(conn: Connection, query: Select[Any]) -> list[Row]:
    return [dict(r) for r in conn.execute(query).mappings()]


def trails(conn: Connection, case_id: int, asked: list[Row], sent: list[Row]) -> list[Trail]:
    """The trail of every request of a case: ``asked`` = its requests, ``sent`` = its mails."""
    from arende.trails import trails as build  # with the models of a case type: no list needs them

    ids = {a["on_behalf_of_id"] for a in asked} - {None}
    names = {i: actors.by_id(conn, i).name for i in ids}
    return build(asked, of_case(conn, models.tokens, case_id), sent, names)
