"""Deliveries: the mails that were promised, and what became of each. ``retrying`` sends one again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Select, func, select

from arende import actors, db, queries
from arende.errors import NotFound, Sentence
from arende.models import cases, outbox
from arende.prepared import Row
from arende.usecases.administrators import Overseer

Choice = Literal["trouble", "waiting", "sent", "cancelled", "all"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
STATES: dict[str, tuple[str, ...]] = {
    "trouble": ("failed", "unknown"),
    "waiting": ("queued", "sending"),
    "sent": ("sent",),
    "cancelled": ("cancelled",),
}
"""Which rows each choice shows; ``all`` shows every one."""
AGAIN = ("queued", "failed", "unknown")
"""The states out of which a mail may be queued again."""
RECENT = timedelta(days=30)
"""How far back a failure counts among those that somebody should look at."""

_COLUMNS = (
    "id", "case_id", "state", "template", "address", "recipient_id", "recipient_name", "subject", "message_id",
    "attempts", "created_at", "next_at", "sent_at", "flow_run", "reply", "reported_at",
)  # fmt: skip
_HIDDEN = ("address", "recipient_name", "subject", "message_id", "reply")
"""What may tell whom a case under secrecy is about."""


# ---------------------------------------------------------------- reading


def listing(
    who: Overseer, *, states: tuple[str, ...] = (), register_no: str = "", before: int | None = None, limit: int = 100
) -> list[Row]:
    """The mails, the newest first, without their texts; ``before`` is the number of the last one seen."""
    wanted = _wanted().order_by(outbox.c.id.desc()).limit(limit)
    if states:
        wanted = wanted.where(outbox.c.state.in_(states))
    if register_no:
        wanted = wanted.where(cases.c.register_no == register_no)
    if before is not None:
        wanted = wanted.where(outbox.c.id < before)
    with db.reading(who.app.engine) as conn:
        return _shown(who, conn, wanted)


def one(who: Overseer, number: int) -> Row:
    """One mail, with the address that its recipient has ``now`` where that is another. Raises NotFound."""
    with db.reading(who.app.engine) as conn:
        for row in _shown(who, conn, _wanted().where(outbox.c.id == number)):
            now = address_now(conn, row) if row["address"] else None
            return {**row, "now": now if now != row["address"] else None}
    raise NotFound(no_such(number))


def counted(conn: queries.Connection, now: datetime) -> dict[str, int]:
    """How many there are in each state that somebody may have to look at; failures of the last month only."""
    o = outbox.c
    under_way = select(o.state, func.count()).where(o.state.in_(STATES["waiting"])).group_by(o.state)
    failed = select(o.state, func.count()).where(o.state.in_(STATES["trouble"]), o.next_at > now - RECENT)
    return {state: n for query in (under_way, failed.group_by(o.state)) for state, n in conn.execute(query)}


def overdue(conn: queries.Connection, since: datetime) -> int:
    """How many should have been sent before that moment and wait still."""
    late = select(func.count()).where(outbox.c.state == "queued", outbox.c.next_at < since)
    return int(conn.execute(late).scalar_one())


def _wanted() -> Select[Any]:
    number = func.coalesce(cases.c.register_no, "").label("register_no")
    found = select(number, cases.c.secrecy, *(outbox.c[name] for name in _COLUMNS))
    return found.outerjoin(cases, cases.c.id == outbox.c.case_id)


def _shown(who: Overseer, conn: queries.Connection, wanted: Select[Any]) -> list[Row]:
    """The rows, those of cases that the overseer may not see without what tells of persons."""
    rows = [dict(r) for r in conn.execute(wanted).mappings()]
    seen = who.seen(conn, [{"id": r["case_id"], "secrecy": r["secrecy"]} for r in rows if r["case_id"] is not None])
    for row in rows:
        row["secret"] = row["case_id"] is not None and row["case_id"] not in seen
        if row["secret"]:
            code = (row["reply"] or "")[:3]
            row |= dict.fromkeys(_HIDDEN, "") | {"reply": code if code.isdecimal() else ""}
        row["again"] = row["state"] in AGAIN
    return rows


def address_now(conn: queries.Connection, row: Row) -> str | None:
    """The address of the recipient now, or the one it was promised to."""
    person = actors.by_id(conn, row["recipient_id"]) if row["recipient_id"] is not None else None
    return person.email if person is not None and person.email else row["address"]


def no_such(number: int) -> Sentence:
    """That there is no mail of the number."""
    return Sentence(f"Mejl {number} finns inte i utkorgen.", f"There is no mail {number} in the outbox.")
