"""The web address of a calendar: a secret of its own for each person and body, made, shown and ended at will.

Calendar programs cannot sign in, so whoever has the address reads the calendar. The raw secret stands in no row: it
follows from the site key, and the row holds its SHA-256. Nothing of a case but its number and title is behind it, and
under secrecy the number alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from arende import actors, db, models, siteaddress, workdays
from arende.app import App
from arende.calendarcommands import IssueCalendarLink, RevokeCalendarLink, Whose
from arende.calendartables import calendar_links
from arende.commands import Command
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases.meetingdays import body_row
from arende.usecases.tokens import digest
from arende.work import UseCase, Work

PLACE = "/calendar"
KEEPERS = ("registrar", "administrator")
"""Offices that may make and end anybody's."""
_L = calendar_links.c


@dataclass(frozen=True)
class Followed:
    """Whose calendar an address shows."""

    kind: Whose
    subject: str


def issue(w: Work, cmd: IssueCalendarLink) -> None:
    """A new address; the one before no longer answers."""
    _may(w, cmd.kind, cmd.subject)
    of = (_L.kind == cmd.kind, _L.subject == cmd.subject)
    n = 1 + w.conn.execute(select(func.coalesce(func.max(_L.n), 0)).where(*of)).scalar_one()
    key_id = w.app.keys.current
    w.execute(update(calendar_links).where(*of, _L.revoked_at.is_(None)).values(revoked_at=w.now))
    row = {"kind": cmd.kind, "subject": cmd.subject, "n": n, "key_id": key_id, "issued_at": w.now}
    w.execute(insert(calendar_links).values(**row, sha256=digest(_secret(w.app, row)), revoked_at=None))
    w.data["n"] = n


def revoke(w: Work, cmd: RevokeCalendarLink) -> None:
    """End the address. Raises Refused where there is none."""
    _may(w, cmd.kind, cmd.subject)
    if _present(w.conn, cmd.kind, cmd.subject) is None:
        raise Refused(Sentence("Kalendern har ingen adress.", "The calendar has no address."))
    of = (_L.kind == cmd.kind, _L.subject == cmd.subject, _L.revoked_at.is_(None))
    w.execute(update(calendar_links).where(*of).values(revoked_at=w.now))


USE_CASES: dict[type[Command], UseCase] = {IssueCalendarLink: issue, RevokeCalendarLink: revoke}


def _may(w: Work, kind: Whose, subject: str) -> None:
    """One's own, that of a body one belongs to, or anybody's for those who keep the register."""
    if kind == "person":
        if actors.actor(w.conn, subject).kind != "person":
            raise NotFound(Sentence(f"{subject} är ingen person.", f"{subject} is no person."))
    else:
        body_row(w.conn, subject)
    held = w.ask(actors.offices_of, w.actor.id, w.today)
    own = w.actor.key == subject if kind == "person" else any(body == subject for _, body in held)
    if not own and not any(office in KEEPERS for office, _ in held):
        raise Forbidden(
            Sentence(
                "Kalenderns adress är personens eller organets egen. Registrator och administratör kan hjälpa till.",
                "The calendar's address is the person's or body's own. A registrar or administrator can help.",
            )
        )


def may_see(app: App, actor: str, kind: Whose, subject: str) -> None:
    """Refuse whoever may not have the address. Raises Forbidden, or NotFound for what there is none of."""
    with db.reading(app.engine) as conn:
        _may(Work(app, RevokeCalendarLink(actor=actor, kind=kind, subject=subject), conn), kind, subject)


def address(app: App, kind: Whose, subject: str) -> str | None:
    """The web address that answers now; None when there is none."""
    with db.reading(app.engine) as conn:
        row, base = _present(conn, kind, subject), siteaddress.outside(conn, app.settings)
    return f"{base}{PLACE}/{_secret(app, row)}.ics" if row else None


def found(app: App, raw: str) -> Followed | None:
    """Whose calendar the secret shows; None for one that is not ours, has been ended, or whose person has left."""
    query = select(_L.kind, _L.subject).where(_L.sha256 == digest(raw), _L.revoked_at.is_(None))
    with db.reading(app.engine) as conn:
        row = conn.execute(query).first()
        if row is None or (row.kind == "person" and _has_left(app, conn, row.subject)):
            return None
    return Followed(row.kind, row.subject)


def _has_left(app: App, conn: Connection, subject: str) -> bool:
    ended = conn.execute(select(models.actors.c.ended_on).where(models.actors.c.key == subject)).scalar()
    return ended is not None and ended < workdays.local_day(app.clock())


def _present(conn: Connection, kind: Whose, subject: str) -> Row | None:
    query = select(calendar_links).where(_L.kind == kind, _L.subject == subject, _L.revoked_at.is_(None))
    row = conn.execute(query).mappings().first()
    return dict(row) if row else None


def _secret(app: App, row: Row) -> str:
    return app.keys.tag(row["key_id"], "calendar", row["kind"], row["subject"], row["n"])
