"""Mails that wait to be sorted, as whoever runs the machine may see them: that they wait, since when and why.

What a stranger has written is for the registrar alone until it has been looked at: neither sender, subject nor text is
told here, and a case by its number only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from arende import actors, db, models, rights, workdays
from arende.prepared import Row
from arende.usecases.administrators import Overseer

_I = models.inbound.c
_SHOWN = (_I.id, _I.received_at, _I.door, _I.size, _I.reason)
OPEN = ("received", "tray")
"""States in which something is still to be done: by the machine, and by a registrar."""


def waiting(who: Overseer, limit: int = 100) -> list[Row]:
    """The mails that a registrar has to sort, the oldest first."""
    query = select(*_SHOWN, models.cases.c.register_no)
    query = query.outerjoin(models.cases, models.cases.c.id == _I.case_id)
    with db.reading(who.app.engine) as conn:
        found = conn.execute(query.where(_I.state == "tray").order_by(_I.id).limit(limit)).mappings()
        return [dict(row) for row in found]


def counted(who: Overseer) -> dict[str, int]:
    """How many there are in each state where something is still to be done."""
    query = select(_I.state, func.count()).where(_I.state.in_(OPEN)).group_by(_I.state)
    with db.reading(who.app.engine) as conn:
        found: dict[str, Any] = dict(conn.execute(query).tuples().all())
    return {state: int(found.get(state, 0)) for state in OPEN}


def sorters(who: Overseer) -> list[str]:
    """The names of the registrars of today, who sort them."""
    with db.reading(who.app.engine) as conn:
        today = workdays.local_day(who.app.clock())
        return [a.name for a in actors.holders(conn, rights.WHOLE_REGISTER, None, today)]
