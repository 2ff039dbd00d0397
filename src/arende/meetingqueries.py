"""Reading meetings: lists and one meeting whole, for pages, the command line and packages. Reads never write."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from arende import models, queries
from arende.meetingtables import (
    agenda_cases,
    agenda_items,
    appeals,
    attendance,
    dissents,
    item_conflicts,
    meetings,
    motions,
    notices,
    votes,
)
from arende.meetingtables import (
    assignments as given,
)
from arende.prepared import Row
from arende.register import parse_no

_WHEN = ("body", "profile", "day", "last_day", "starts_at", "ends_at", "place", "sequence", "agenda_version")


def listed(
    conn: Connection, *, body: str | None = None, since: date | None = None, until: date | None = None
) -> list[Row]:
    """Meetings in the order of their days, with number, title and state."""
    m, c = meetings.c, models.cases.c
    query = select(c.register_no, c.title, c.state, c.definition, *(m[k] for k in (*_WHEN, "summoned_on")))
    query = query.join(models.cases, c.id == m.case_id).order_by(m.day, m.starts_at, m.id)
    if body is not None:
        query = query.where(m.body == body)
    if since is not None:
        query = query.where(m.last_day >= since)
    if until is not None:
        query = query.where(m.day <= until)
    return [dict(r) for r in conn.execute(query).mappings()]


def of_year(conn: Connection, year: int, body: str | None = None) -> list[Row]:
    """What ``listed`` gives of one year, each with the case's ``id`` and ``secrecy`` for the filter of rights."""
    rows = listed(conn, body=body, since=date(year, 1, 1), until=date(year, 12, 31))
    c = models.cases.c
    known = select(c.register_no, c.id, c.secrecy).join(meetings, meetings.c.case_id == c.id)
    known = known.where(meetings.c.day >= date(year, 1, 1), meetings.c.day <= date(year, 12, 31))
    of_case = {r.register_no: {"id": r.id, "secrecy": r.secrecy} for r in conn.execute(known)}
    return [{**r, **of_case[r["register_no"]]} for r in rows if r["day"].year == year]


def years(conn: Connection) -> list[int]:
    """The years that have meetings, the latest first."""
    return sorted({day.year for day in conn.execute(select(meetings.c.day).distinct()).scalars()}, reverse=True)


def standing_of(conn: Connection, register_no: str) -> list[Row]:
    """The meetings whose agendas a case stands on, by day, with its item and what became of it there."""
    m, a, i, c = meetings.c, agenda_cases.c, agenda_items.c, models.cases.c
    query = select(c.register_no, m.body, m.day, c.state, c.definition, i.item, i.section_no, i.outcome)
    query = query.join(agenda_cases, a.case_id == m.case_id).join(models.cases, c.id == m.case_id)
    query = query.join(agenda_items, and_(i.case_id == a.case_id, i.item == a.item, i.state == "on"))
    rows = conn.execute(query.where(a.register_no == register_no).order_by(m.day, i.position)).mappings()
    return [dict(r) for r in rows]


def meeting(conn: Connection, register_no: str) -> Row:
    """One meeting with its agenda, who was there and its notices. Raises NotFound; {} rows when it is no meeting."""
    case = queries.case(conn, register_no)
    names = {
        r.id: (r.key, r.name)
        for r in conn.execute(select(models.actors.c.id, models.actors.c.key, models.actors.c.name))
    }
    found = conn.execute(select(meetings).where(meetings.c.case_id == case["id"])).mappings().first()
    of = {t.name: queries.of_case(conn, t, case["id"]) for t in _OF_ITEMS}

    def people(rows: list[Row]) -> list[Row]:
        return [{**{k: v for k, v in r.items() if k not in _INSIDE},
                 **{k.removesuffix("_id"): names[r[k]][0] if r[k] else None for k in r if k in _ACTORS},
                 "name": names[r["actor_id"]][1]} for r in rows]  # fmt: skip

    items = sorted((i for i in of["agenda_items"] if i["state"] == "on"), key=lambda i: i["position"])
    return {
        "case": case,
        "meeting": dict(found) if found else None,
        "items": [_item(i, of, people) for i in items],
        "attendance": people(queries.of_case(conn, attendance, case["id"])),
        "appeals": [_bare(a) for a in queries.of_case(conn, appeals, case["id"])],
        "notices": [_bare(n) for n in queries.of_case(conn, notices, case["id"])],
        "documents": queries.documents(conn, case["id"]),
    }


_OPEN = ("given", "reported")


def assignments(
    conn: Connection, today: date, which: str = "open", *, body: str | None = None, register_no: str | None = None
) -> list[Row]:
    """Assignments by the day of their report; of many cases without the words of those under secrecy.

    ``which``: ``open``, ``overdue`` (the day has passed without a report), ``undone`` (overdue, or not executed), all.
    """
    a, c = given.c, models.cases.c
    query = select(*(a[k] for k in _ASSIGNMENT), c.register_no, c.secrecy).join(models.cases, c.id == a.case_id)
    late = and_(a.state == "given", a.report_on < today)
    wanted = {"open": a.state.in_(_OPEN), "overdue": late, "undone": or_(late, a.state == "not_executed")}
    if which in wanted:
        query = query.where(wanted[which])
    if body is not None:
        query = query.where(a.body == body.lower())
    if register_no is not None:
        query = query.where(c.register_no == str(parse_no(register_no)))
    rows = conn.execute(query.order_by(a.report_on.is_(None), a.report_on, a.id)).mappings()
    found = [{**r, "overdue": r["state"] == "given" and bool(r["report_on"] and r["report_on"] < today)} for r in rows]
    return found if register_no is not None else list(map(_without_secrets, found))


_ASSIGNMENT = (
    "number", "what", "receiver", "body", "decision", "report_on", "state", "executed", "report", "record_no",
    "reported_at", "settled_on", "settled_by", "note", "given_at",
)  # fmt: skip


def _without_secrets(row: Row) -> Row:
    return {**row, "what": None, "report": None, "note": None} if row["secrecy"] else row


_OF_ITEMS = (agenda_items, agenda_cases, motions, votes, dissents, item_conflicts)
_ACTORS = ("actor_id", "acting_for_id")
_INSIDE = ("id", "case_id", "seq", *_ACTORS)
_ITEM = (
    "item", "position", "heading", "kind", "proposal", "late", "urgent", "reason", "warnings", "outcome", "decision",
    "motive", "section_no", "immediate_on", "assignments",
)  # fmt: skip


def _item(item: Row, of: dict[str, list[Row]], people: Any) -> Row:
    def mine(name: str) -> list[Row]:
        return [r for r in of[name] if r["item"] == item["item"]]

    return {
        **{k: item[k] for k in _ITEM},
        "cases": [c["register_no"] for c in mine("agenda_cases")],
        "motions": people(mine("motions")),
        "votes": [_bare(v) for v in mine("votes")],
        "dissents": people(mine("dissents")),
        "conflicts": people(mine("item_conflicts")),
    }


def _bare(row: Row) -> Row:
    return {k: v for k, v in row.items() if k not in ("id", "case_id", "seq", "up_by_id", "down_by_id")}
