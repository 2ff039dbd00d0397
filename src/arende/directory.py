"""Who and what may be chosen in a form: colleagues of a day, parties outside, bodies. Each is one SELECT."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from arende.models import actors, bodies, offices, substitutes

Choice = tuple[str, str]
"""(key, name)."""
_DAY: BindParameter[date] = bindparam("day")
ELECTED = ("member", "substitute", "chair", "vice_chair", "minute_checker")
"""Offices of those who meet and decide. Cases are worked on by the others."""
_HELD = select(offices.c.actor_id).where(
    offices.c.valid_from <= _DAY, or_(offices.c.valid_to.is_(None), offices.c.valid_to >= _DAY)
)
_COLLEAGUES = (
    select(actors.c.key, actors.c.name)
    .where(
        actors.c.kind == "person",
        actors.c.id.in_(_HELD),
        or_(actors.c.ended_on.is_(None), actors.c.ended_on >= _DAY),
    )
    .order_by(actors.c.name, actors.c.key)
)
_STAFF = _COLLEAGUES.where(actors.c.id.in_(_HELD.where(offices.c.office.not_in(ELECTED))))
_PARTIES = (
    select(actors.c.key, actors.c.name)
    .where(actors.c.kind == "party", or_(actors.c.ended_on.is_(None), actors.c.ended_on >= _DAY))
    .order_by(actors.c.name, actors.c.key)
)
_BODIES = (
    select(bodies.c.key, bodies.c.name_sv, bodies.c.name_en)
    .where(
        or_(bodies.c.valid_from.is_(None), bodies.c.valid_from <= _DAY),
        or_(bodies.c.valid_to.is_(None), bodies.c.valid_to >= _DAY),
    )
    .order_by(bodies.c.name_sv, bodies.c.key)
)


_ABSENT, _BY = actors.alias("absent"), actors.alias("by")
_STAND_INS = (
    select(
        _ABSENT.c.name.label("absent"),
        _BY.c.name.label("by"),
        substitutes.c.office,
        substitutes.c.valid_from,
        substitutes.c.valid_to,
        substitutes.c.reason,
    )
    .join(_ABSENT, _ABSENT.c.id == substitutes.c.actor_id)
    .join(_BY, _BY.c.id == substitutes.c.substitute_id)
    .where(substitutes.c.ended_at.is_(None), substitutes.c.valid_to >= _DAY)
    .order_by(substitutes.c.valid_from, substitutes.c.id)
)


def stand_ins(conn: Connection, day: date) -> list[dict[str, Any]]:
    """Who stands in (``by``) for whom on ``day`` or later, in which office (None = all), and from when to when."""
    return [dict(r) for r in conn.execute(_STAND_INS, {"day": day}).mappings()]


def colleagues(conn: Connection, day: date) -> tuple[Choice, ...]:
    """Everybody in the house who holds an office on ``day``, by name."""
    return tuple((row.key, row.name) for row in conn.execute(_COLLEAGUES, {"day": day}))


def staff(conn: Connection, day: date) -> tuple[Choice, ...]:
    """Those of them who may be offered as a case's officer: not whoever is only elected to a body."""
    return tuple((row.key, row.name) for row in conn.execute(_STAFF, {"day": day}))


def parties(conn: Connection, day: date) -> tuple[Choice, ...]:
    """Every party outside that is known on ``day``, by name."""
    return tuple((row.key, row.name) for row in conn.execute(_PARTIES, {"day": day}))


def lasting_bodies(conn: Connection, day: date, without: Collection[str], language: str) -> tuple[Choice, ...]:
    """Every body that has not ended on ``day``, also one that begins later, but for those of the keys ``without``."""
    b = bodies.c
    query = select(b.key, b.name_sv, b.name_en).where(or_(b.valid_to.is_(None), b.valid_to >= day))
    found = conn.execute(query.where(b.key.not_in(without)).order_by(b.name_sv, b.key))
    return tuple((row.key, (row.name_en if language == "en" else None) or row.name_sv) for row in found)


def begun_bodies(conn: Connection, day: date, language: str) -> tuple[Choice, ...]:
    """Every body that exists on ``day`` or has ended before it, by its Swedish name."""
    b = bodies.c
    query = select(b.key, b.name_sv, b.name_en).where(or_(b.valid_from.is_(None), b.valid_from <= day))
    found = conn.execute(query.order_by(b.name_sv, b.key))
    return tuple((row.key, (row.name_en if language == "en" else None) or row.name_sv) for row in found)


def all_bodies(conn: Connection, day: date, language: str) -> tuple[Choice, ...]:
    """Every body that exists on ``day``, by its Swedish name."""
    found = conn.execute(_BODIES, {"day": day})
    return tuple((row.key, (row.name_en if language == "en" else None) or row.name_sv) for row in found)
