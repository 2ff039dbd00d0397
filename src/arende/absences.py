"""Who has said that they are away on a day, and how people want their mails. Each is one SELECT by index."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from arende.models import actors
from arende.persontables import absences, mail_choices
from arende.prepared import Prepared

_A = absences.c
_WHO, _BY = actors.alias("who"), actors.alias("by")
_DAY: BindParameter[date] = bindparam("day")


def away_until(conn: Connection, actor_id: int, day: date) -> date | None:
    """The last day of the absence that holds ``day``; None for somebody who is here."""
    row = _away().first(conn, actor=actor_id, day=day)
    return None if row is None else row[0]


@cache
def _away() -> Prepared:
    query = select(_A.last_day).where(_A.actor_id == bindparam("actor"), _A.first_day <= _DAY, _A.last_day >= _DAY)
    return Prepared(query.where(_A.ended_at.is_(None)).order_by(_A.last_day.desc()).limit(1))


def coming(conn: Connection, day: date, actor_id: int | None = None) -> list[dict[str, Any]]:
    """Absences that are not over on ``day``, of one person or of everybody, the earliest first."""
    query = (
        select(
            _A.id, _A.actor_id, _A.first_day, _A.last_day, _A.reported_at, _WHO.c.key, _WHO.c.name,
            _BY.c.name.label("reported_by"),
        )
        .join(_WHO, _WHO.c.id == _A.actor_id)
        .join(_BY, _BY.c.id == _A.reported_by_id)
        .where(_A.last_day >= day, _A.ended_at.is_(None))
        .order_by(_A.first_day, _A.id)
    )  # fmt: skip
    if actor_id is not None:
        query = query.where(_A.actor_id == actor_id)
    return [dict(row) for row in conn.execute(query).mappings()]


def chosen_mail(conn: Connection, actor_id: int) -> str | None:
    """How the person has chosen to have their mails: ``each``, ``digest``, or None where they have not."""
    row = _choice().first(conn, actor=actor_id)
    return None if row is None else str(row[0])


@cache
def _choice() -> Prepared:
    return Prepared(select(mail_choices.c.mail).where(mail_choices.c.actor_id == bindparam("actor")))
