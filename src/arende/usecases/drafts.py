"""Drafts: what somebody has written in a form and not sent. Read by the one who wrote it, and by nobody else.

Keeping one is no command: nothing of a case changes, and a journal row for every few letters would be kept for ever. A
draft goes when its form has been taken, when its writer throws it away, and by itself after a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from arende import actors, db, models
from arende.app import App
from arende.errors import Invalid, Sentence
from arende.persontables import drafts

KEPT = timedelta(days=30)
"""How long a draft is kept after it was last written in."""
MOST = 50
"""Drafts of one person; the oldest goes when there are more."""
LONGEST = 100_000
"""Characters of a draft in all."""
FORMS = ("/cases/", "/meetings/", "/approvals/")
"""Where the forms are that have drafts."""
_D = drafts.c


class Draft(NamedTuple):
    """What was written, by field, and when."""

    fields: dict[str, list[str]]
    saved_at: datetime


def found(app: App, by: str, place: str) -> Draft | None:
    """The person's own draft of the form at an address."""
    with db.reading(app.engine) as conn:
        whose = _D.owner_id == actors.actor(conn, by).id
        row = conn.execute(select(_D.fields, _D.saved_at).where(whose, _D.place == place)).first()
    return Draft(row.fields, row.saved_at) if row and row.saved_at > app.clock() - KEPT else None


def places(app: App, by: str) -> dict[str, datetime]:
    """The addresses of the forms that the person has drafts of, each with when it was written in."""
    with db.reading(app.engine) as conn:
        whose = _D.owner_id == actors.actor(conn, by).id
        query = select(_D.place, _D.saved_at).where(whose, _D.saved_at > app.clock() - KEPT)
        return {row.place: row.saved_at for row in conn.execute(query.order_by(_D.saved_at))}


def keep(app: App, by: str, place: str, fields: Mapping[str, Sequence[str]], command: str = "") -> None:
    """Keep what is written; nothing but blanks is no draft, and neither is a form whose ``command`` has been done.

    Raises Invalid for what is no form's address, and for more than a draft holds.
    """
    given = {name: list(values) for name, values in fields.items()}
    size = sum(len(text) for name, values in given.items() for text in (name, *values))
    if not place.startswith(FORMS) or len(place) > 300 or size > LONGEST:
        raise Invalid(_TOO_MUCH)
    with db.writing(app.engine) as conn:
        owner = actors.actor(conn, by).id
        if not any(value.strip() for values in given.values() for value in values):
            _discard(conn, owner, place)
        elif not (command and is_done(conn, command)):
            _put(conn, owner, place, given, app.clock())


def discard(app: App, by: str, place: str) -> None:
    """Throw the person's draft of a form away, if there is one."""
    with db.writing(app.engine) as conn:
        _discard(conn, actors.actor(conn, by).id, place)


def clear(conn: Connection, now: datetime) -> None:
    """Throw away what has lain too long, whoever's it is."""
    conn.execute(delete(drafts).where(_D.saved_at < now - KEPT))


def _put(conn: Connection, owner: int, place: str, fields: dict[str, list[str]], now: datetime) -> None:
    values = {"fields": fields, "saved_at": now}
    mine = update(drafts).where(_D.owner_id == owner, _D.place == place).values(values)
    if conn.execute(mine).rowcount:
        return
    try:
        with conn.begin_nested():
            conn.execute(insert(drafts).values(owner_id=owner, place=place, **values))
    except IntegrityError:  # another tab was first; what this one says is as new
        conn.execute(mine)
    others = select(_D.id).where(_D.owner_id == owner).order_by(_D.saved_at.desc(), _D.id.desc()).offset(MOST)
    if old := list(conn.execute(others.limit(MOST)).scalars()):
        conn.execute(delete(drafts).where(_D.id.in_(old)))


def _discard(conn: Connection, owner: int, place: str) -> None:
    conn.execute(delete(drafts).where(_D.owner_id == owner, _D.place == place))


def is_done(conn: Connection, command: object) -> bool:
    """Whether the form that carried this command's id has been taken."""
    return conn.execute(select(models.commands.c.id).where(models.commands.c.id == str(command))).first() is not None


NO_FORM = Sentence("Det finns inget sådant formulär.", "There is no such form.")
_TOO_MUCH = Sentence(
    f"Utkastet sparas inte: det är längre än {LONGEST} tecken, eller hör inte till ett formulär som har utkast.",
    f"The draft is not kept: it is longer than {LONGEST} characters, or of no form that has drafts.",
)
