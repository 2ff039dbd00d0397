"""The outbox: what was promised is handed over, once if the world allows it, and a failure reaches a person.

A row is claimed in one transaction before its first byte is sent, and settled in another afterwards. Whoever dies
in between leaves a row whose lease runs out: it is sent again under the same Message-ID, or a person is asked.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select, text, update

from arende import db, mime
from arende.app import App
from arende.commands import ReportDelivery
from arende.errors import ArendeError, Sentence, Unavailable
from arende.leases import Row, Settled, claim, due, due_mails, here, judge, lease, release, renew, settle
from arende.mime import Attachment
from arende.models import outbox
from arende.smtp import Delivery, Mailer

__all__ = [
    "Delivered", "Drained", "claim", "drain", "due", "due_mails", "report_failures", "settle"
]  # fmt: skip

DOWN_PAUSE = timedelta(seconds=30)
"""How long mails that were not tried wait when the server itself is of no use."""
SETTLE_EVERY = 1.0
"""Seconds of sending after which what was accepted is stored, so that a crash repeats little."""
_REPORTS = UUID("6d0f3f6e-3f0c-5f0a-9a57-1b6f0c9b6f11")
"""Namespace of the ids of ReportDelivery commands: the same failure always has the same one."""

Log = Callable[[Sentence], object]
Report = Callable[[ReportDelivery], object]


class Delivered(NamedTuple):
    """What became of one mail. ``state``: sent, failed, unknown, or queued for another attempt."""

    id: int
    register_no: str
    to_party: bool
    state: str
    attempts: int


@dataclass(slots=True)
class Drained:
    """What one drain did: numbers, and a line per mail (ids and diary numbers only)."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    rows: list[Delivered] = field(default_factory=list)

    def count(self, done: Delivered) -> None:
        """Add one mail."""
        self.rows.append(done)
        self.sent += done.state == "sent"
        self.failed += done.state in ("failed", "unknown")
        self.retried += done.state == "queued"


# ---------------------------------------------------------------- draining


async def drain(
    app: App,
    *,
    run: str = "direct",
    limit: int = 50,
    worker: str | None = None,
    log: Log = lambda _line: None,
    report: Report | None = None,
    mailer: Mailer | None = None,
) -> Drained:
    """Send until nothing is due or the server is of no use. Several drains at once share the work.

    ``run`` is kept on every row tried: Prefect's flow-run id, or ``direct``. ``limit`` rows are claimed at a time.
    ``report`` tells a person of a failure (default: ``app.do``). A ``mailer`` given keeps its connection; otherwise
    one is opened and closed here. Raises Unavailable when the database cannot be used.
    """
    mime.self_test()
    drained = Drained()
    own = mailer or Mailer(app.settings)
    holder = f"{(worker or here())[:40]}.{secrets.token_hex(8)}"
    try:
        while rows := claim(app, limit, holder, app.clock()):
            batch = _Batch(app, own, holder, run, log, drained)
            if not await batch.send(rows):
                break
    finally:
        if mailer is None:
            await own.close()
    report_failures(app, report=report, log=log)
    return drained


class _Batch:
    """One claimed batch on its way out; whatever happens, every row is settled or left to its lease."""

    def __init__(self, app: App, mailer: Mailer, holder: str, run: str, log: Log, drained: Drained) -> None:
        self.app, self.mailer, self.holder, self.run, self.log, self.drained = app, mailer, holder, run, log, drained
        self.done: list[Settled] = []
        self.stored_at = time.monotonic()
        self.lease_until = app.clock() + lease(app)

    async def send(self, rows: list[Row]) -> bool:
        """Send in order; False when the server is of no use and the rest had to be put back."""
        left = list(reversed(rows))
        stopped: set[tuple[int | None, str]] = set()
        pausing = timedelta(0)
        try:
            while left and not pausing:
                row = left.pop()
                if (row.case_id, row.address) in stopped:
                    self.done.append(release(row, row.next_at))
                    continue
                state, down = await self._hand_over(row)
                if state in ("queued", "unknown"):
                    stopped.add((row.case_id, row.address))
                pausing = DOWN_PAUSE if down else pausing
                left = self._keep_lease(left)
        finally:
            again = self.app.clock() + pausing
            self.done += [release(r, max(again, r.next_at)) for r in reversed(left)]
            self._store()
        return not pausing

    async def _hand_over(self, row: Row) -> tuple[str, bool]:
        """Try one mail; returns the state its row gets, and whether the server is of no use."""
        try:
            result = await _attempt(self.app, self.mailer, row)
        except asyncio.CancelledError:
            gone = Delivery("unknown", "no outcome: the sender was stopped before the mail server answered")
            now = self.app.clock()
            self.done.append(judge(row, gone, now) if self.mailer.handing_over else release(row, row.next_at))
            raise
        settled = judge(row, result, self.app.clock())
        self.done.append(settled)
        if time.monotonic() - self.stored_at > SETTLE_EVERY:
            self._store()
        return settled.state, result.down

    def _keep_lease(self, left: list[Row]) -> list[Row]:
        """Prolong the lease in time, and let go of rows that somebody else has taken."""
        now = self.app.clock()
        if not left or self.lease_until - now > lease(self.app) / 2:
            return left
        kept = renew(self.app, [r.id for r in left], self.holder, now)
        self.lease_until = now + lease(self.app)
        return [r for r in left if r.id in kept]

    def _store(self) -> None:
        done, self.done = self.done, []
        settle(self.app, done, self.holder, self.run, self.app.clock())
        self.stored_at = time.monotonic()
        for one in (s for s in done if s.tried):
            self.drained.count(_delivered(one))
            no, row, how = one.row.register_no or "–", one.row.id, _TOLD[one.state]
            self.log(Sentence(f"{no} mejl {row}: {how.sv}", f"{no} mail {row}: {how.en}"))


def _delivered(one: Settled) -> Delivered:
    return Delivered(one.row.id, one.row.register_no, one.row.to_party, one.state, one.attempts)


_TOLD = {
    "sent": Sentence("lämnat till mejlservern", "handed to the mail server"),
    "queued": Sentence("gick inte nu, nytt försök senare", "not now, to be tried again later"),
    "failed": Sentence("kan inte levereras", "cannot be delivered"),
    "unknown": Sentence("oklart om det gick fram, en människa får avgöra", "nobody knows; a person has to decide"),
}


async def _attempt(app: App, mailer: Mailer, row: Row) -> Delivery:
    """One attempt. A mail that cannot be built fails by itself and stops no other."""
    try:
        files = [Attachment(a["name"], a["media_type"], app.storage.read(a["sha256"])) for a in row.attachments]
        return await mailer.send(row, files)
    except Unavailable as e:
        return Delivery("temporary", " ".join(e.told("en")))
    except ArendeError as e:
        return Delivery("permanent", " ".join(e.told("en")))
    except Exception as e:  # whatever it is, the other mails must go out, and a person is told of this one
        return Delivery("permanent", f"the mail could not be written: {type(e).__name__}")


# ---------------------------------------------------------------- failures and people


def report_failures(app: App, *, report: Report | None = None, log: Log = lambda _line: None) -> int:
    """Tell of every failure that nobody has been told of; returns how many were told.

    Safe to repeat and to interrupt: the command's id follows from the row and the moment it was given up.
    """
    tell = report or app.do
    unreported = select(outbox.c.id, outbox.c.reply, outbox.c.next_at).where(
        text("state IN ('failed','unknown') AND reported_at IS NULL"),  # word for word as in the partial index
        outbox.c.case_id.is_not(None),  # a digest is of no case: the administrator sees it among the broken promises
    )
    with db.reading(app.engine) as connection:
        found = connection.execute(unreported.order_by(outbox.c.id)).all()
    told = 0
    for row in found:
        # When a row is given up its next_at is that moment, and stays so until a person queues it again.
        command_id = uuid5(_REPORTS, f"{row.id}:{row.next_at.isoformat()}")
        command = ReportDelivery(id=command_id, actor="system", door="clock", outbox=row.id, reply=row.reply or "")
        try:
            tell(command)
        except ArendeError as e:
            why = type(e).__name__
            log(Sentence(f"mejl {row.id}: felet kunde inte rapporteras ännu ({why})",
                         f"mail {row.id}: the failure could not be reported yet ({why})"))  # fmt: skip
            continue
        with db.writing(app.engine) as connection:
            mark = update(outbox).where(outbox.c.id == row.id, outbox.c.next_at == row.next_at)
            connection.execute(mark.values(reported_at=app.clock()))
        told += 1
    return told
