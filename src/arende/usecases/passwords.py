"""Local accounts, for one machine without an identity provider: a person's password, kept as argon2id (RFC 9106)."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select

from arende import actors, db
from arende.actors import Actor
from arende.app import App
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.signintables import passwords
from arende.usecases import sessions

SHORTEST, LONGEST = 12, 200
"""Characters of a password. Length is what counts; no rule asks for signs or changes."""
AT_ONCE = BoundedSemaphore(2)
"""Each check takes the memory it is meant to; so many at a time, whoever waits."""
COST = PasswordHasher()
"""The library's own: 64 MiB and three rounds, about a tenth of a second."""


def set_password(app: App, key: str, password: str, hasher: PasswordHasher = COST) -> None:
    """Give a person a password, or another one, and end their sessions.

    Raises NotFound or Refused for whom no password is for, Invalid for one that is too short or easily guessed.
    """
    text = _plain(password)
    if not SHORTEST <= len(text) <= LONGEST or key.lower() in text.lower() or len(set(text)) < 5:
        raise Invalid(_TOO_EASY)
    hashed, now = hasher.hash(text), app.clock()
    with db.writing(app.engine) as conn:
        person = _person(actors.actor(conn, key))
        conn.execute(delete(passwords).where(passwords.c.actor_id == person.id))
        conn.execute(insert(passwords).values(actor_id=person.id, hash=hashed, set_at=now))
    sessions.revoke(app, person=key)


def remove(app: App, key: str) -> None:
    """Take a person's password away, and end their sessions. Raises NotFound where there is none."""
    with db.writing(app.engine) as conn:
        person = actors.actor(conn, key)
        if not conn.execute(delete(passwords).where(passwords.c.actor_id == person.id)).rowcount:
            raise NotFound(Sentence(f"{person.name} har inget lösenord.", f"{person.name} has no password."))
    sessions.revoke(app, person=key)


def check(app: App, key: str, password: str, hasher: PasswordHasher = COST) -> Actor | None:
    """The person, when the password is theirs. An unknown name takes as long as a wrong password."""
    with db.reading(app.engine) as conn:
        try:
            person: Actor | None = actors.actor(conn, key[:64])
        except NotFound:
            person = None
        query = select(passwords.c.hash).where(passwords.c.actor_id == (person.id if person else 0))
        stored = conn.execute(query).scalar()
    with AT_ONCE:
        right = _right(hasher, stored or _decoy(hasher), _plain(password)[:LONGEST])
    return person if right and stored is not None else None


def _right(hasher: PasswordHasher, stored: str, text: str) -> bool:
    try:
        return hasher.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy(hasher: PasswordHasher) -> str:
    """A hash of the same cost that no password fits, so that an unknown name costs a check too."""
    return hasher.hash(secrets.token_hex())


def _plain(password: str) -> str:
    """The same letters, however the keyboard makes them."""
    return unicodedata.normalize("NFKC", password)


def _person(found: Actor) -> Actor:
    if found.kind != "person" or found.ended_on is not None:
        raise Refused(Sentence(f"{found.name} kan inte logga in.", f"{found.name} cannot sign in."))
    return found


_TOO_EASY = Sentence(
    f"Lösenordet ska ha {SHORTEST}–{LONGEST} tecken, inte innehålla användarnamnet och inte vara samma tecken om och "
    "om igen. Flera ord i rad är bra.",
    f"A password has {SHORTEST}–{LONGEST} characters, does not hold the user's key and is not the same sign again and "
    "again. Several words in a row are good.",
)
