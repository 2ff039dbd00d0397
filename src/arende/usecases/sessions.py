"""Who is signed in: a session is a row, and the browser holds a secret of which the row knows the SHA-256.

It ends when it has lain idle, when its day is over, when the person signs out or an administrator revokes it, and when
the person is ended in the people file. What a person may do is never kept here: it is asked anew each time.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from arende import actors, db, models, workdays
from arende.actors import Actor
from arende.app import App
from arende.errors import Forbidden, NotFound, Sentence
from arende.persontables import shortcut_choices
from arende.prepared import Prepared, Row
from arende.settings import Settings
from arende.signintables import sessions
from arende.usecases import administrators, drafts

Way = Literal["demo", "password", "oidc"]
Why = Literal["signed_out", "renewed", "revoked"]

SECRET = 43
"""Characters of a session's secret: 256 bits."""
KEPT = timedelta(days=90)
"""How long the row of a session is kept when it is over: it tells who was signed in when."""

_S = sessions.c
_BY_HASH = Prepared(
    select(sessions, shortcut_choices.c.used)
    .outerjoin(shortcut_choices, shortcut_choices.c.actor_id == _S.actor_id)
    .where(_S.sha256 == bindparam("sha256"), _S.ended_at.is_(None))
)


class Session(NamedTuple):
    """A session that holds now, and whose it is."""

    id: int
    actor: Actor
    way: Way
    assurance: str
    """What the identity provider said of how sure it is of the person (``acr``); empty where nobody said."""
    opened_at: datetime
    seen_at: datetime
    shortcuts: bool = True
    """Whether the person wants keys of the pages to do anything; read with the session, since every page asks."""


def begin(app: App, actor: Actor, way: Way, assurance: str = "", *, instead_of: str = "") -> str:
    """Sign a person in; returns the secret for the browser. ``instead_of`` is the secret it had, which ends here.

    Raises Forbidden for anybody but a person who may act today.
    """
    now = app.clock()
    if actor.kind != "person" or not actor.is_active(workdays.local_day(now)):
        raise Forbidden(NOT_KNOWN)
    raw = secrets.token_urlsafe(32)
    row = {
        "sha256": digest(raw), "actor_id": actor.id, "way": way, "assurance": assurance[:200], "opened_at": now,
        "seen_at": now, "expires_at": now + timedelta(hours=app.settings.session_hours),
    }  # fmt: skip
    with db.writing(app.engine) as conn:
        conn.execute(delete(sessions).where(_S.expires_at < now - KEPT))
        drafts.clear(conn, now)
        _end(conn, now, "renewed", _S.sha256 == digest(instead_of))
        conn.execute(insert(sessions).values(**row))
    return raw


def found(app: App, conn: Connection, raw: str) -> Session | None:
    """The session of a browser's secret, if it holds. Changes nothing; ``seen`` is for that."""
    if len(raw) != SECRET:
        return None
    row = next(iter(_BY_HASH.rows(conn, sha256=digest(raw))), None)
    now = app.clock()
    if row is None or row["expires_at"] <= now or row["seen_at"] + _idle(app) <= now:
        return None
    person = actors.by_id(conn, row["actor_id"])
    if not _stands(app.settings, row["way"], row["assurance"]) or not person.is_active(workdays.local_day(now)):
        return None
    shortcuts = row["used"] is not False
    return Session(row["id"], person, row["way"], row["assurance"], row["opened_at"], row["seen_at"], shortcuts)


def _stands(settings: Settings, way: Way, assurance: str) -> bool:
    """Whether one can still sign in that way: when the site's ways change, nobody stays in by one that is closed."""
    if way == "oidc":
        wanted = settings.oidc_acr.split()
        return settings.oidc_issuer is not None and (not wanted or assurance in wanted)
    return settings.local_accounts if way == "password" else not settings.signs_in


def seen(app: App, session: Session) -> None:
    """Remember that it is in use; written once in a tenth of the time after which an idle one ends."""
    now = app.clock()
    if now - session.seen_at < _idle(app) / 10:
        return
    with db.writing(app.engine) as conn:
        conn.execute(
            update(sessions).where(_S.id == session.id, _S.seen_at < now, _S.ended_at.is_(None)).values(seen_at=now)
        )


def end(app: App, raw: str, why: Why = "signed_out") -> None:
    """End the session of a browser's secret, if there is one."""
    with db.writing(app.engine) as conn:
        _end(conn, app.clock(), why, _S.sha256 == digest(raw))


def revoke_as(app: App, by: str, session: int) -> None:
    """End a session of one's own; an administrator, anybody's. What somebody may not end is not there: NotFound."""
    revoke(app, session=session, person=None if _sees_all(app, by) else by)


def revoke(app: App, *, session: int | None = None, person: str | None = None) -> int:
    """End one session, or all of a person's; returns how many. For whoever has the machine itself in hand.

    Raises NotFound for a person who is not known.
    """
    with db.writing(app.engine) as conn:
        whose = [] if person is None else [_S.actor_id == actors.actor(conn, person).id]
        which = [] if session is None else [_S.id == session]
        if not whose and not which:
            raise ValueError("name a session or a person")
        ended = _end(conn, app.clock(), "revoked", *whose, *which)
    if session is not None and not ended:
        raise NotFound(Sentence(f"Det finns ingen öppen inloggning {session}.", f"There is no open session {session}."))
    return ended


def listing_for(app: App, by: str) -> tuple[list[Row], bool]:
    """One's own sessions that hold now; an administrator's: everybody's, as the second value says."""
    everybody = _sees_all(app, by)
    return listing(app, None if everybody else by), everybody


def _sees_all(app: App, by: str) -> bool:
    with db.reading(app.engine) as conn:
        return administrators.is_one(conn, actors.actor(conn, by), workdays.local_day(app.clock()))


def listing(app: App, person: str | None = None) -> list[Row]:
    """The sessions that hold now, the latest first: whose, how signed in, since when, last seen. Never a secret."""
    now = app.clock()
    a = models.actors.c
    query: Select[tuple[object, ...]] = (
        select(_S.id, a.key, a.name, _S.way, _S.assurance, _S.opened_at, _S.seen_at, _S.expires_at)
        .join(models.actors, a.id == _S.actor_id)
        .where(_S.ended_at.is_(None), _S.expires_at > now, _S.seen_at > now - _idle(app))
        .order_by(_S.opened_at.desc(), _S.id.desc())
    )
    with db.reading(app.engine) as conn:
        if person is not None:
            query = query.where(_S.actor_id == actors.actor(conn, person).id)
        return [dict(r) for r in conn.execute(query).mappings()]


def digest(raw: str) -> str:
    """What the database knows of a secret."""
    return hashlib.sha256(raw.encode()).hexdigest()


def _end(conn: Connection, now: datetime, why: Why, *which: object) -> int:
    open_ = update(sessions).where(_S.ended_at.is_(None), *which)  # type: ignore[arg-type]  # conditions on columns
    return conn.execute(open_.values(ended_at=now, why=why)).rowcount


def _idle(app: App) -> timedelta:
    return timedelta(minutes=app.settings.session_idle_minutes)


NOT_KNOWN = Sentence(
    "Inloggningen stämmer, men personen finns inte här eller har slutat. Kontakta den som sköter arende.",
    "The sign-in is right, but the person is not known here or has left. Ask whoever runs arende.",
)
