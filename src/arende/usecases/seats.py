"""The seats of a body that ends, when the assembly has elected those who sit there to its successor (KL 5:1).

Nobody comes to sit in a body because another has ended: the assembly elects. So seats pass on only where the change
says that it has. What passes is the office, from the day on which the change takes effect to the end of the elected
period; the people file goes on from there.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, insert, or_, select

from arende import actors, models
from arende.prepared import Row
from arende.work import Work

SEATS = ("chair", "vice_chair", "member", "substitute")
"""The offices that the assembly elects to; a secretary and other staff are appointed by the employer."""
_LEADING = ("chair", "vice_chair")
_o = models.offices.c
_COLUMNS = ("actor_id", "office", "body", "valid_from", "valid_to", "ordinal", "political_party", "came_from")
_SEAT = insert(models.offices).values({name: bindparam(f"seat_{name}") for name in _COLUMNS})


def pass_on(w: Work, ended: frozenset[str], successor: Row) -> list[Row]:
    """Give those who sat in the bodies to their last day the same seats in the successor from today; returns them.

    Where several bodies become one, or the successor has a chair already, whoever led is a member: it has one chair,
    and the assembly has said whom.
    """
    there = {(s["actor_id"], s["office"]) for s in _sitting(w, frozenset({successor["key"]}))}
    led = len(ended) == 1 and not any(office in _LEADING for _, office in there)
    seated = []
    for seat in _sitting(w, ended):
        office = seat["office"] if led or seat["office"] not in _LEADING else "member"
        person = w.ask(actors.by_id, seat["actor_id"])
        if (person.id, office) in there or not person.is_active(w.today):
            continue
        there.add((person.id, office))
        values = {**seat, "office": office, "body": successor["key"], "valid_from": w.today}
        values["valid_to"] = _last_day(w.today, successor)
        values["came_from"] = w.case["register_no"]
        w.execute(_SEAT, **{f"seat_{name}": values[name] for name in _COLUMNS})
        seated.append({"person": person.key, "office": office})
    return seated


def _last_day(day: date, successor: Row) -> date:
    """The last day of the period: four years from 1 January after the general elections (KL 6:18), or the body's own.

    The elections were in 2022 and are held every fourth year (RF 3:3). Where the assembly has settled another period
    for a board, the people file says so.
    """
    period = date(day.year + (2022 - day.year) % 4, 12, 31)
    return min(period, successor["valid_to"] or period)


def _sitting(w: Work, bodies: frozenset[str]) -> list[Row]:
    """Seats in the bodies today, and to the last day of those that have ended, in order of standing."""
    b = models.bodies.c
    query = select(models.offices).join(models.bodies, b.key == _o.body)
    query = query.where(_o.body.in_(bodies), _o.office.in_(SEATS), _o.valid_from <= w.today)
    query = query.where(or_(_o.valid_to.is_(None), _o.valid_to >= w.today, _o.valid_to == b.valid_to))
    return [dict(r) for r in w.conn.execute(query.order_by(_o.body, _o.ordinal, _o.id)).mappings()]
