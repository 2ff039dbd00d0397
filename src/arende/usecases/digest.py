"""The digest: one mail each working morning with all that waits for a person, for those who have chosen it.

Each person's digest of a day is a command of its own whose id follows from both, so it is sent once whoever sweeps.
A morning that nobody was there to send it is not made up for: the next digest tells all that waits then. A request in
the digest has a link of its own, like one that is mailed singly; what is urgent never waits for a digest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, bindparam, select

from arende import actors, db, mime, models, phrases, siteaddress, workdays
from arende.actors import Actor
from arende.app import App
from arende.commands import SendDigest
from arende.digestwords import Digest, Waiting
from arende.effecttypes import ApprovalEffect
from arende.errors import ArendeError, Unavailable
from arende.machine import SYSTEM
from arende.persontables import mail_choices
from arende.prepared import Row
from arende.usecases import mails, tokens
from arende.usecases.inbox import waiting_for
from arende.work import Work

_ACTORS = (
    select(models.actors.c.key, models.actors.c.data, models.actors.c.ended_on, mail_choices.c.mail)
    .outerjoin(mail_choices, mail_choices.c.actor_id == models.actors.c.id)
    .where(models.actors.c.kind == "person")
)
_SENT = select(models.commands.c.id).where(models.commands.c.id.in_(bindparam("ids", expanding=True)))
_NOW, _BEFORE = models.approvals.alias("now"), models.approvals.alias("before")
_ANEW = (
    select(_NOW.c.id)
    .join(_BEFORE, (_BEFORE.c.case_id == _NOW.c.case_id) & (_BEFORE.c.key == _NOW.c.key))
    .where(_NOW.c.id.in_(bindparam("ids", expanding=True)))
    .where(_BEFORE.c.round == _NOW.c.round - 1, _BEFORE.c.state == "superseded")
)
"""Of these requests, those that replace one on an earlier text."""
AT_MOST = 100
"""Matters that one digest tells of; the rest is told by their number."""


def send_due(app: App, log: Callable[[str], None] = lambda _: None) -> int:
    """Send the digests of this morning that have not been sent; returns how many people they were made for."""
    now = app.clock().astimezone(workdays.STOCKHOLM)
    if not workdays.is_working_day(now.date()) or now.time() < mails.DIGEST_AT:
        return 0
    with db.reading(app.engine) as conn:
        wanted = [_order(key, now.date()) for key in _readers(conn, now.date())]
        done = set(conn.execute(_SENT, {"ids": [str(c.id) for c in wanted]}).scalars())
    count = 0
    for order in wanted:
        if str(order.id) not in done:
            try:
                app.do(order)
                count += 1
            except Unavailable:
                raise  # the database, not the digest: all of them wait
            except (ArendeError, ValueError) as e:  # one that cannot be written must not stop the others
                log(f"digest: {type(e).__name__}")
    return count


def _readers(conn: Connection, day: date) -> list[str]:
    rows = conn.execute(_ACTORS.order_by(models.actors.c.key)).all()
    active = (r for r in rows if r.ended_on is None or r.ended_on >= day)
    return [r.key for r in active if (r.mail or r.data.get("mail")) == "digest"]


def _order(person: str, day: date) -> SendDigest:
    """The command of a person and a day: always the same."""
    name = f"arende:digest:{person}:{day.isoformat()}"
    return SendDigest(id=uuid5(NAMESPACE_URL, name), actor=SYSTEM, door="clock", person=person, day=day)


def send_digest(w: Work, cmd: SendDigest) -> None:
    """Word the digest of a person. With nothing that waits, none is sent."""
    to = w.ask(actors.actor, cmd.person)
    waiting = waiting_for(w.conn, to.id, w.today, AT_MOST)
    if not waiting or not to.email:
        return
    message_id = f"<{cmd.id}@{w.app.settings.mail_domain}>"
    asked = [r["id"] if r["kind"] == "approval" else None for r in waiting]
    anew = set(w.conn.execute(_ANEW, {"ids": [i for i in asked if i is not None]}).scalars())
    entries = tuple(_entry(w, to, row, n, anew) for n, row in enumerate(waiting))
    tokens.issue_together(w, asked, to, message_id)
    mail = w.app.words.mail("digest", _context(w, to, entries), to.language)
    mails.promise(
        w, to, "digest", mail,
        case_id=None,  # of no case: it tells of many
        seq=0, dedupe_key=f"digest:{cmd.id}", message_id=message_id, thread_id=message_id,
        attachments=[], kind="digest", on_unknown="resend",
    )  # fmt: skip


def _context(w: Work, to: Actor, entries: tuple[Waiting, ...]) -> Digest:
    return Digest(
        recipient_name=to.name,
        today=workdays.spoken_date(w.today, to.language),
        today_short=workdays.short_date(w.today, to.language),
        authority=w.authority[0],
        url=f"{siteaddress.address(w)}/cases",
        overdue=tuple(e for e in entries if e.overdue),
        coming=tuple(e for e in entries if not e.overdue),
        more=len(entries) == AT_MOST,
    )


def _entry(w: Work, to: Actor, row: Row, n: int, anew: set[int]) -> Waiting:
    """One matter that waits. Of a case under secrecy, only its number is told."""
    asked, secret = row["kind"] == "approval", bool(row["secrecy"])
    due: datetime | None = row["due_at"]
    base = siteaddress.address(w)
    return Waiting(
        register_no=row["register_no"],
        title=None if secret else row["title"],
        what=_what(row, to.language, secret=secret),
        due=workdays.spoken_date(workdays.local_day(due), to.language) if due else None,
        overdue=due is not None and due < w.now,
        link=f"{base}{mime.LINK}.{n}" if asked else f"{base}/cases/{row['register_no']}",
        asked=asked,
        anew=asked and row["id"] in anew,
    )


def _what(row: Row, language: str, *, secret: bool) -> str:
    if row["kind"] == "task":
        title = row["what"] or {}
        if secret:
            return "A task" if language == "en" else "En uppgift"
        return str(title.get(language) or title.get("sv"))
    noun = phrases.ACTS[row["act"]][language].noun
    if secret:
        return noun
    proposal = ApprovalEffect.model_validate(row["what"], strict=False).proposal
    return f"{noun}: {proposal.in_(language)}" if proposal else noun
