"""The keys that other programs come with to the API: each acts as one person of the people file, and as nobody else.

A key never may more than its person may, and its role can only make that less. It is shown once, when it is made; the
database knows its SHA-256, which is enough for 256 random bits. It ends on its last day, when it is revoked, and when
its person leaves.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from arende import actors, db, models, workdays
from arende.actors import Actor
from arende.apitables import api_keys
from arende.app import App
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.prepared import Prepared, Row
from arende.usecases import administrators

Role = Literal["read", "act"]
"""Reads what its person may see; gives commands too."""
ROLES: tuple[Role, ...] = ("read", "act")
PREFIX = "arende_"
"""What every key begins with, so that one that was left in a file is found by those who look for such."""
LONGEST = 730
"""Days that a key may live at most."""
SELDOM = timedelta(minutes=5)
"""How far behind the time of last use may be."""

_K = api_keys.c
_BY_HASH = Prepared(select(api_keys).where(_K.sha256 == bindparam("sha256"), _K.revoked_at.is_(None)))


class Key(NamedTuple):
    """A key that holds now, and as whom its program acts."""

    id: int
    name: str
    actor: Actor
    role: Role
    expires_at: datetime
    used_at: datetime | None


def make(app: App, by: str, name: str, person: str, role: Role, days: int) -> tuple[int, str]:
    """A new key for the program ``name``, to act as ``person`` for so many days; its number, and the key itself.

    Raises Forbidden where ``by`` is no administrator, Refused for anybody but a person who may act today, Invalid.
    """
    label, now = name.strip(), app.clock()
    if not 1 <= len(label) <= 100 or not label.isprintable() or role not in ROLES or not 1 <= days <= LONGEST:
        raise Invalid(_CROOKED)
    raw = PREFIX + secrets.token_urlsafe(32)
    with db.writing(app.engine) as conn:
        maker, whose = administrators.demand(conn, by, workdays.local_day(app.clock())), actors.actor(conn, person)
        if whose.kind != "person" or not whose.is_active(workdays.local_day(now)):
            raise Refused(_NO_PERSON)
        row = {
            "sha256": _digest(raw), "name": label, "actor_id": whose.id, "role": role, "made_by_id": maker.id,
            "made_at": now, "expires_at": now + timedelta(days=days),
        }  # fmt: skip
        number = conn.execute(insert(api_keys).values(**row).returning(_K.id)).scalar_one()
    return int(number), raw


def found(app: App, conn: Connection, raw: str) -> Key | None:
    """The key that a program has shown, if it holds. Changes nothing; ``used`` is for that."""
    if not raw.startswith(PREFIX) or len(raw) > 100:
        return None
    row = next(iter(_BY_HASH.rows(conn, sha256=_digest(raw))), None)
    now = app.clock()
    if row is None or row["expires_at"] <= now:
        return None
    person = actors.by_id(conn, row["actor_id"])
    if not person.is_active(workdays.local_day(now)):
        return None
    return Key(row["id"], row["name"], person, row["role"], row["expires_at"], row["used_at"])


def used(app: App, key: Key) -> None:
    """Remember that it is in use; written once in a while."""
    now = app.clock()
    if key.used_at is not None and now - key.used_at < SELDOM:
        return
    with db.writing(app.engine) as conn:
        conn.execute(update(api_keys).where(_K.id == key.id, _K.revoked_at.is_(None)).values(used_at=now))


def revoke(app: App, by: str, number: int) -> None:
    """End a key. Raises Forbidden where ``by`` is no administrator, NotFound where no such key holds."""
    with db.writing(app.engine) as conn:
        ender = administrators.demand(conn, by, workdays.local_day(app.clock()))
        which = update(api_keys).where(_K.id == number, _K.revoked_at.is_(None))
        if not conn.execute(which.values(revoked_at=app.clock(), revoked_by_id=ender.id)).rowcount:
            raise NotFound(
                Sentence(f"Det finns ingen nyckel {number} att spärra.", f"There is no key {number} to end.")
            )


def listing(app: App) -> list[Row]:
    """Every key that was made, the latest first: for which program, as whom, until when, last used. Never the key."""
    a, by = models.actors.c, models.actors.alias("by")
    query = (
        select(
            _K.id, _K.name, a.key.label("person"), _K.role, by.c.key.label("made_by"), _K.made_at, _K.expires_at,
            _K.used_at, _K.revoked_at,
        )
        .join(models.actors, a.id == _K.actor_id)
        .join(by, by.c.id == _K.made_by_id)
        .order_by(_K.id.desc())
    )  # fmt: skip
    now = app.clock()
    with db.reading(app.engine) as conn:
        rows = [dict(r) for r in conn.execute(query).mappings()]
    return [{**r, "holds": r["revoked_at"] is None and r["expires_at"] > now} for r in rows]


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()


_CROOKED = Sentence(
    f"En nyckel har ett namn på högst 100 tecken, en roll (read, act) och 1–{LONGEST} dagar att gälla.",
    f"A key has a name of at most 100 characters, a role (read, act) and 1–{LONGEST} days to live.",
)
_NO_PERSON = Sentence(
    "En nyckel ges för en person som har uppdrag här. Lägg in programmet i personfilen som en person med egna uppdrag.",
    "A key is for a person who holds office here. Enter the program in the people file as a person with own offices.",
)
