"""Leases on the outbox's rows: claimed before the first byte is sent, settled when the outcome is known.

Order is kept per case and address. Several claimants at once never get the same row: PostgreSQL skips what another
has locked, SQLite lets one in at a time.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from arende import db
from arende.app import App
from arende.mime import Outgoing
from arende.models import actors, cases, outbox
from arende.smtp import Delivery

MAX_ATTEMPTS = 24
"""Attempts before a mail is given up: with ``pause`` nearly three days, longer than a weekend."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Outgoing):
    """A claimed mail, with what the outbox itself needs to know."""

    case_id: int | None
    """None for a digest; then there is no order among the mails to one address."""
    to_party: bool
    """Whether it goes to a party outside, not to a colleague."""
    attachments: Sequence[dict[str, str]]
    on_unknown: str
    attempts: int
    """This attempt included."""
    next_at: datetime


# ---------------------------------------------------------------- claiming

# Each statement is made once: the worker looks several times a second, and making it costs more than the answer.
_NOW: BindParameter[datetime] = bindparam("now")
_EARLIER = outbox.alias("earlier")


def _due() -> ColumnElement[bool]:
    """Queued, its time has come, and no earlier mail of the case to the same address is under way.

    An earlier mail that is queued for the same time or before does not block: whoever walks the rows by time and
    id meets it first.
    """
    blocked = exists().where(
        _EARLIER.c.case_id == outbox.c.case_id,
        _EARLIER.c.address == outbox.c.address,
        _EARLIER.c.id < outbox.c.id,
        text("earlier.state IN ('queued','sending','unknown')"),  # word for word as in the partial index
        or_(_EARLIER.c.state != "queued", _EARLIER.c.next_at > outbox.c.next_at),
    )
    return and_(outbox.c.state == "queued", outbox.c.next_at <= _NOW, ~blocked)


_DUE = _due()
_DEAD = and_(outbox.c.state == "sending", outbox.c.lease_until < _NOW)
"""Their sender died."""
_COUNTS = [
    select(func.count()).select_from(select(outbox.c.id).where(which).limit(1000).subquery()) for which in (_DUE, _DEAD)
]


def due(app: App, now: datetime) -> int:
    """How many mails could be sent now, those whose sender died included; stops counting at 1 000."""
    with db.reading(app.engine) as connection:
        return sum(connection.execute(count, {"now": now}).scalar_one() for count in _COUNTS)


_MAILS = outbox.outerjoin(cases, cases.c.id == outbox.c.case_id).outerjoin(actors, actors.c.id == outbox.c.recipient_id)
_NUMBER = func.coalesce(cases.c.register_no, "").label("register_no")
"""Empty for a digest, which is of no case."""
_TO_PARTY = func.coalesce(actors.c.kind == "party", False).label("to_party")


_FIRST = (
    select(_NUMBER, _TO_PARTY)
    .select_from(_MAILS)
    .where(_DUE)
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("limit"))
)


class About(NamedTuple):
    """What a run tells of a mail: the case, and whether it goes to a party."""

    register_no: str
    to_party: bool


def due_mails(app: App, now: datetime, limit: int = 50) -> list[About]:
    """The first ``limit`` mails due: what the next batch is about."""
    with db.reading(app.engine) as connection:
        found = connection.execute(_FIRST, {"now": now, "limit": limit})
        return [About(row[0], bool(row[1])) for row in found]


_COLUMNS = (
    *(outbox.c[name] for name in Outgoing.__slots__ if name != "register_no"),
    *(outbox.c.case_id, outbox.c.attachments, outbox.c.on_unknown, outbox.c.attempts, outbox.c.next_at),
    *(_NUMBER, _TO_PARTY),
)

_CLAIM = (
    select(*_COLUMNS)
    .select_from(_MAILS)
    .where(_DUE)
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("limit"))
    # SQLite has no row locks and needs none: the transaction holds the write lock.
    .with_for_update(of=outbox, skip_locked=True)
)
_TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="sending",
        attempts=outbox.c.attempts + 1,
        lease_by=bindparam("worker"),
        lease_until=bindparam("until"),
    )
)


def claim(app: App, limit: int, worker: str, now: datetime) -> list[Row]:
    """Take up to ``limit`` due rows under a lease, in the order to send them. Nobody else gets the same ones."""
    with db.writing(app.engine) as connection:
        _recover(connection, now)
        found = connection.execute(_CLAIM, {"now": now, "limit": limit}).mappings().all()
        rows = _in_order(connection, [Row(**{**r, "attempts": r["attempts"] + 1}) for r in found])
        if rows:
            taken = {"ids": [r.id for r in rows], "worker": worker, "until": now + lease(app)}
            connection.execute(_TAKE, taken)
    return rows


_HELD = (
    select(outbox.c.id)
    .where(
        outbox.c.id.in_(bindparam("ids", expanding=True)),
        _EARLIER.c.case_id == outbox.c.case_id,
        _EARLIER.c.address == outbox.c.address,
        _EARLIER.c.id < outbox.c.id,
        text("earlier.state IN ('queued','sending','unknown')"),
        _EARLIER.c.id.not_in(bindparam("ids", expanding=True)),
    )
    .distinct()
)


def _in_order(connection: Connection, rows: list[Row]) -> list[Row]:
    """Without the rows that have a predecessor under way outside the batch.

    SKIP LOCKED passes over a predecessor that another claim holds, and one that waits for a third is no candidate.
    """
    if not rows:
        return []
    late = set(connection.execute(_HELD, {"ids": [r.id for r in rows]}).scalars())
    return [r for r in rows if r.id not in late]


def lease(app: App) -> timedelta:
    """Long enough for one mail at the slowest: each of its dozen answers may take the whole time-out."""
    return timedelta(seconds=300 + 30 * app.settings.smtp_timeout)


_LEFT = (
    select(outbox.c.id, outbox.c.on_unknown, outbox.c.attempts)
    .where(_DEAD)
    .order_by(outbox.c.id)
    .with_for_update(skip_locked=True)
)


def _recover(connection: Connection, now: datetime) -> None:
    """Rows whose sender died: queued again, or left for a person where the effect says so or enough was tried."""
    for row in connection.execute(_LEFT, {"now": now}).all():
        state = "unknown" if row.on_unknown == "ask" else "failed" if row.attempts >= MAX_ATTEMPTS else "queued"
        free = {"state": state, "lease_by": None, "lease_until": None, "next_at": now, "reply": _DIED}
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(**free))


_DIED = "no outcome: the sender ended before the mail server answered"


def here() -> str:
    """This process, as a holder of leases calls itself: host and process number."""
    return f"{socket.gethostname()[:24]}-{os.getpid()}"


def end_of_the_dead(app: App, now: datetime, *, starting: bool = False) -> int:
    """End the leases held by processes of this machine that live no more; returns how many holders were gone.

    A killed worker's mails need not wait for their leases to run out. ``starting``: this process has claimed nothing
    yet, so what bears its number was held by another before it.
    """
    with db.reading(app.engine) as connection:
        holders = connection.execute(select(outbox.c.lease_by).where(outbox.c.state == "sending").distinct()).scalars()
        gone = [held for held in holders if held and _is_gone(held, starting)]
    if gone:
        with db.writing(app.engine) as connection:
            theirs = update(outbox).where(outbox.c.state == "sending", outbox.c.lease_by.in_(gone))
            connection.execute(theirs.values(lease_until=now - timedelta(seconds=1)))
    return len(gone)


def _is_gone(held: str, starting: bool) -> bool:
    process, _, _ = held.rpartition(".")
    host, _, number = here().rpartition("-")
    if not process.startswith(f"{host}-") or not process.removeprefix(f"{host}-").isdigit():
        return False
    if process.endswith(f"-{number}"):
        return starting
    try:
        os.kill(int(process.rpartition("-")[2]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def renew(app: App, ids: Sequence[int], worker: str, now: datetime) -> set[int]:
    """Prolong the lease; returns the rows that are still this worker's."""
    mine = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == "sending", outbox.c.lease_by == worker)
    with db.writing(app.engine) as connection:
        kept = connection.execute(mine.values(lease_until=now + lease(app)).returning(outbox.c.id))
        return set(kept.scalars())


# ---------------------------------------------------------------- settling


class Settled(NamedTuple):
    """How a claimed row is left."""

    row: Row
    state: str
    reply: str | None
    next_at: datetime
    attempts: int
    tried: bool = True
    raw_sha256: str | None = None


def pause(attempts: int) -> timedelta:
    """Time before the next attempt: one minute, doubled up to four hours, a fifth more or less by chance."""
    plain: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)
    return plain * random.uniform(0.8, 1.2)  # noqa: S311 – spreads attempts, hides nothing


def judge(row: Row, result: Delivery, now: datetime) -> Settled:
    """How a row is left after an attempt with this result."""
    if result.kind == "accepted":
        return Settled(row, "sent", result.reply, now, row.attempts, raw_sha256=result.sha256)
    if result.kind == "unknown" and row.on_unknown == "ask":
        return Settled(row, "unknown", result.reply, now, row.attempts)
    if result.kind == "permanent" or row.attempts >= MAX_ATTEMPTS:
        return Settled(row, "failed", result.reply, now, row.attempts)
    return Settled(row, "queued", result.reply, now + pause(row.attempts), row.attempts)


def release(row: Row, next_at: datetime) -> Settled:
    """Put a claimed row back untried: the attempt does not count."""
    return Settled(row, "queued", None, next_at, row.attempts - 1, tried=False)


_SETTLE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("of_id"),
        outbox.c.state == "sending",
        outbox.c.lease_by == bindparam("of_worker"),
    )
    .values(
        state=bindparam("to_state"),
        attempts=bindparam("to_attempts"),
        next_at=bindparam("to_next_at"),
        sent_at=bindparam("to_sent_at"),
        reply=func.coalesce(bindparam("to_reply"), outbox.c.reply),
        raw_sha256=func.coalesce(bindparam("to_raw"), outbox.c.raw_sha256),
        flow_run=func.coalesce(bindparam("to_run"), outbox.c.flow_run),
        reported_at=None,
        lease_by=None,
        lease_until=None,
    )
)


def settle(app: App, settled: Iterable[Settled], worker: str, run: str, now: datetime) -> None:
    """Store a batch in one transaction. A row that has become another worker's meanwhile is left alone."""
    values = [
        {
            "of_id": s.row.id,
            "of_worker": worker,
            "to_state": s.state,
            "to_attempts": s.attempts,
            "to_next_at": s.next_at,
            "to_sent_at": now if s.state == "sent" else None,
            "to_reply": s.reply,
            "to_raw": s.raw_sha256,
            "to_run": run if s.tried else None,
        }
        for s in settled
    ]
    if values:
        with db.writing(app.engine) as connection:
            connection.execute(_SETTLE, values)
