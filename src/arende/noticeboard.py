"""The notice board (KL 8:9–12): approved minutes, and meetings of the assembly that are announced. Everybody reads it.

It tells only what the law asks for: bodies, days and sections; headings where a meeting is announced (KL 5:13), except
those of matters under secrecy, which are their number.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from arende import models
from arende.meetingtables import agenda_cases, agenda_items, meetings, notices
from arende.prepared import Row

_M, _C, _I = meetings.c, models.cases.c, agenda_items.c
_WHEN = [_M[k] for k in ("body", "day", "last_day", "starts_at", "ends_at")] + [_C.register_no]


def minutes_up(conn: Connection) -> list[Row]:
    """The notices of approved minutes that are up, the latest first, each with the numbers of its ``sections``."""
    n = notices.c
    query = select(*_WHEN, n.case_id, n.n, n["items"], n.approved_on, n.up_on, n.appeal_last_day)
    query = query.join(meetings, _M.case_id == n.case_id).join(models.cases, _C.id == n.case_id)
    rows = conn.execute(query.where(n.state == "up").order_by(n.up_on.desc(), n.id.desc())).mappings().all()
    numbers = _sections(conn, {r["case_id"] for r in rows})
    return [{**r, "sections": sorted(s for i in r["items"] if (s := numbers.get((r["case_id"], i))))} for r in rows]


def _sections(conn: Connection, cases: set[int]) -> dict[tuple[int, int], int | None]:
    query = select(_I.case_id, _I.item, _I.section_no).where(_I.case_id.in_(cases))
    return {(r.case_id, r.item): r.section_no for r in conn.execute(query)}


def announced(conn: Connection, today: date) -> list[Row]:
    """The meetings of the assembly that are summoned and not over, or called off, with the ``matters`` (KL 5:13)."""
    query = select(*_WHEN, _M.case_id, _M.place, _M.summoned_on, _C.state, _C.secrecy)
    query = query.join(models.cases, _C.id == _M.case_id).where(
        _M.profile == "assembly", _M.summoned_on.is_not(None), _M.last_day >= today
    )
    rows = conn.execute(query.order_by(_M.day, _M.id)).mappings().all()
    return [{**r, "matters": _matters(conn, dict(r))} for r in rows if r["state"] in ("summoned", "cancelled")]


def _matters(conn: Connection, meeting: Row) -> list[str]:
    a = agenda_cases.c
    of_case = select(a.item, a.register_no, _C.secrecy).join(models.cases, _C.register_no == a.register_no)
    secret = {r.item: r.register_no for r in conn.execute(of_case.where(a.case_id == meeting["case_id"])) if r.secrecy}
    query = select(_I.item, _I.heading).where(_I.case_id == meeting["case_id"], _I.state == "on")
    rows = conn.execute(query.order_by(_I.position)).all()
    return [] if meeting["secrecy"] else [secret.get(r.item, r.heading) for r in rows]
