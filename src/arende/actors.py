"""Who acts: persons, parties and the system, the offices they hold on a day, and who stands in for whom.

Each question is one indexed SELECT, built once: these are asked in every step. A day is a date in Europe/Stockholm;
the first and the last day of a period both count. An actor who has ended still exists, so that history can be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, and_, bindparam, or_, select

from arende.errors import NotFound, Sentence, did_you_mean
from arende.models import actors, offices, party_groups, substitutes
from arende.prepared import Prepared


class Actor(NamedTuple):
    """A person, a party outside, or the system. ``ended_on`` is the last day."""

    id: int
    key: str
    kind: str
    name: str
    title: str | None
    email: str | None
    language: str
    data: dict[str, Any]
    ended_on: date | None

    def is_active(self, day: date) -> bool:
        """Whether the actor may still act on ``day``."""
        return self.ended_on is None or day <= self.ended_on


class Represented(NamedTuple):
    """Somebody who is away, and the office in which they are stood in for; None = in all of them."""

    actor: Actor
    office: str | None


_DAY: BindParameter[date] = bindparam("day")
_COLUMNS = [actors.c[name] for name in Actor._fields]


def _valid(table: FromClause) -> ColumnElement[bool]:
    """The period of the row holds the day."""
    return and_(table.c.valid_from <= _DAY, or_(table.c.valid_to.is_(None), table.c.valid_to >= _DAY))


def _active() -> ColumnElement[bool]:
    return or_(actors.c.ended_on.is_(None), actors.c.ended_on >= _DAY)


_BY_KEY = Prepared(select(*_COLUMNS).where(actors.c.key == bindparam("key")))
_BY_ID = Prepared(select(*_COLUMNS).where(actors.c.id == bindparam("id")))
_KEYS_OF = select(actors.c.id, actors.c.key).where(actors.c.id.in_(bindparam("ids", expanding=True)))
_OFFICES = Prepared(
    select(offices.c.office, offices.c.body).where(offices.c.actor_id == bindparam("id"), _valid(offices))
)
_TERMS = Prepared(
    select(offices.c.office, offices.c.body, offices.c.valid_from, offices.c.valid_to)
    .where(offices.c.actor_id == bindparam("id"))
    .order_by(offices.c.id)
)
_OF_OFFICE = (
    select(*_COLUMNS)
    .join(offices, offices.c.actor_id == actors.c.id)
    .where(offices.c.office == bindparam("office"), _valid(offices), _active())
    .order_by(offices.c.ordinal, offices.c.valid_from, offices.c.id)
)
_HOLDERS = Prepared(_OF_OFFICE)
_HOLDERS_IN = Prepared(_OF_OFFICE.where(offices.c.body == bindparam("body")))
_PARTIES = Prepared(
    select(offices.c.actor_id, offices.c.political_party).where(
        offices.c.body == bindparam("body"), offices.c.political_party.is_not(None), _valid(offices)
    )
)
_IN_FORCE = and_(_valid(substitutes), substitutes.c.ended_at.is_(None))
_STANDING_IN = Prepared(
    select(*_COLUMNS, substitutes.c.office)
    .join(substitutes, substitutes.c.substitute_id == actors.c.id)
    .where(substitutes.c.actor_id == bindparam("id"), _IN_FORCE, _active())
    .order_by(substitutes.c.valid_from, substitutes.c.id)
)
_STOOD_IN_FOR = Prepared(
    select(*_COLUMNS, substitutes.c.office)
    .join(substitutes, substitutes.c.actor_id == actors.c.id)
    .where(substitutes.c.substitute_id == bindparam("id"), _IN_FORCE, _active())
    .order_by(substitutes.c.valid_from, substitutes.c.id)
)
_GROUP = Prepared(
    select(*_COLUMNS)
    .join(party_groups, party_groups.c.actor_id == actors.c.id)
    .where(party_groups.c.key == bindparam("key"), party_groups.c.ended_on.is_(None), actors.c.ended_on.is_(None))
    .order_by(party_groups.c.ordinal)
)
_KEYS = select(actors.c.key, actors.c.kind).where(actors.c.ended_on.is_(None))
_GROUPS = select(party_groups.c.key).where(party_groups.c.ended_on.is_(None)).distinct()


def actor(conn: Connection, key: str) -> Actor:
    """The person, party or system with this key. Raises NotFound, naming a key that is near."""
    row = _BY_KEY.first(conn, key=key)
    if row is None:
        raise _unknown(conn, key, "Användaren", "user")
    return Actor(*row)


def by_id(conn: Connection, actor_id: int) -> Actor:
    """The actor of a row that refers to it."""
    (row,) = _BY_ID.tuples(conn, id=actor_id)
    return Actor(*row)


def by_identity(conn: Connection, identity: str) -> Actor | None:
    """The person whom the identity provider calls so, if the people file says which; asked at a sign-in only."""
    persons = conn.execute(select(*_COLUMNS).where(actors.c.kind == "person", actors.c.ended_on.is_(None)))
    return next((found for row in persons if (found := Actor(*row)).data.get("identity") == identity), None)


def keys_of(conn: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The keys of several actors by their ids."""
    wanted = sorted(set(ids))
    return {row.id: row.key for row in conn.execute(_KEYS_OF, {"ids": wanted})} if wanted else {}


def names(conn: Connection) -> dict[str, str]:
    """Key → name of everybody who is or was known here."""
    return {row.key: row.name for row in conn.execute(select(actors.c.key, actors.c.name))}


def party(conn: Connection, key: str) -> Actor:
    """The party outside with this key. Raises NotFound, also when the key is a person's."""
    row = _BY_KEY.first(conn, key=key)
    if row is None or (found := Actor(*row)).kind != "party":
        raise _unknown(conn, key, "Parten", "party", "party")
    return found


def offices_of(conn: Connection, actor_id: int, day: date) -> set[tuple[str, str]]:
    """The offices that the actor holds on ``day``, as (office, body)."""
    return {(office, body) for office, body in _OFFICES.tuples(conn, id=actor_id, day=day)}


def terms(conn: Connection, actor_id: int) -> list[tuple[str, str, date, date | None]]:
    """Every office that the actor holds or has held: (office, body, first day, last day or None)."""
    return [(office, body, first, last) for office, body, first, last in _TERMS.tuples(conn, id=actor_id)]


def holders(conn: Connection, office: str, body: str | None, day: date) -> list[Actor]:
    """Those who hold the office on ``day``, each once and by ordinal; in ``body``, or in any body when it is None."""
    if body is None:
        return _once(conn, _HOLDERS, office=office, day=day)
    return _once(conn, _HOLDERS_IN, office=office, body=body, day=day)


def political_parties(conn: Connection, body: str, day: date) -> dict[int, str]:
    """Actor id → the political party for which they sit in the body on ``day``, where the people file says it."""
    return {row[0]: row[1] for row in _PARTIES.tuples(conn, body=body, day=day)}


def substitutes_for(conn: Connection, actor_id: int, day: date) -> list[Represented]:
    """Those who stand in for the actor on ``day``, each with the office it concerns (None = all)."""
    return _represented(conn, _STANDING_IN, actor_id, day)


def represented_by(conn: Connection, actor_id: int, day: date) -> list[Represented]:
    """Those whom the actor stands in for on ``day``, each with the office it concerns (None = all).

    Only the office named is lent: who stands in for a chair in one office does not get the chair's other ones.
    """
    return _represented(conn, _STOOD_IN_FOR, actor_id, day)


def group_keys(conn: Connection) -> list[str]:
    """The keys of every group that parties are asked as."""
    return list(conn.execute(_GROUPS).scalars())


def group(conn: Connection, key: str) -> list[Actor]:
    """The parties of a group, in its order. Raises NotFound, naming a group that is near."""
    found = _once(conn, _GROUP, key=key)
    if not found:
        near = did_you_mean(key, conn.execute(_GROUPS).scalars())
        raise NotFound(*_sentences(key, "Gruppen", "group", near))
    return found


def _once(conn: Connection, query: Prepared, **given: object) -> list[Actor]:
    """The actors, each at its first place: somebody may hold one office by two rows that touch."""
    return list({found.id: found for found in (Actor(*row) for row in query.tuples(conn, **given))}.values())


def _represented(conn: Connection, query: Prepared, actor_id: int, day: date) -> list[Represented]:
    return [Represented(Actor(*row[:-1]), row[-1]) for row in query.tuples(conn, id=actor_id, day=day)]


def _unknown(conn: Connection, key: str, sv: str, en: str, kind: str | None = None) -> NotFound:
    known = [row.key for row in conn.execute(_KEYS) if kind in (None, row.kind)]
    return NotFound(*_sentences(key, sv, en, did_you_mean(key, known)))


def _sentences(key: str, sv: str, en: str, near: Sentence | None) -> list[Sentence]:
    shown = "".join(c for c in key[:64] if c.isprintable())
    missing = Sentence(f"{sv} {shown} finns inte bland personerna.", f"There is no {en} {shown} in the people file.")
    if near is None:
        return [Sentence(f"{missing.sv} arende people list visar vilka som finns.",
                         f"{missing.en} arende people list shows who is there.")]  # fmt: skip
    return [Sentence(f"{missing.sv} {near.sv.capitalize()}", f"{missing.en} {near.en.capitalize()}")]
