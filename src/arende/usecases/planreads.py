"""What is read of operational plans: the list of them, what is tied to an activity, how each is getting on."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from arende import models, rights
from arende.operationaltables import plan_follow_ups, plan_links, plan_versions
from arende.prepared import Row
from arende.rights import Reader

_NEWEST = select(plan_versions.c.case_id, func.max(plan_versions.c.version).label("newest")).group_by(
    plan_versions.c.case_id
)


def plans(conn: Connection, who: Reader) -> list[Row]:
    """The plans that the reader may see, each with its newest version, the latest first."""
    newest, v, c = _NEWEST.subquery(), plan_versions.c, models.cases.c
    query = (
        select(
            c.id, c.register_no, c.title, c.state, c.definition, c.fields, c.closed_at, v.version, v.counts, v.kept_at,
            v.base,
        )
        .join(newest, newest.c.case_id == c.id)
        .join(plan_versions, (v.case_id == c.id) & (v.version == newest.c.newest))
        .where(rights.visible(who))
        .order_by(c.opened_at.desc(), c.id.desc())
        .limit(200)
    )  # fmt: skip
    return [dict(r) for r in conn.execute(query).mappings()]


def has_plan(conn: Connection, case_id: int) -> bool:
    """Whether a version of a plan is kept in the case."""
    return (
        conn.execute(select(plan_versions.c.id).where(plan_versions.c.case_id == case_id).limit(1)).first() is not None
    )


def follow_ups(conn: Connection, case_id: int) -> dict[str, Row]:
    """The last follow-up of each activity of a plan, by its key, with who told it."""
    f, a = plan_follow_ups.c, models.actors.c
    query = (
        select(f.activity, f.status, f.comment, f.ends, f.followed_up_at, a.name.label("by"))
        .join(models.actors, a.id == f.by_id)
        .where(f.case_id == case_id)
        .order_by(f.seq)
    )
    return {r["activity"]: dict(r) for r in conn.execute(query).mappings()}


def ties(conn: Connection, who: Reader, case_id: int) -> dict[str, list[Row]]:
    """The cases tied to each activity of a plan, by its key; those only that the reader may see."""
    link, c = plan_links.c, models.cases.c
    query = (
        select(link.activity, c.register_no, c.title)
        .join(models.cases, c.register_no == link.other)
        .where(link.case_id == case_id, rights.visible(who))
        .order_by(link.seq)
    )
    found: dict[str, list[Row]] = {}
    for row in conn.execute(query).mappings():
        found.setdefault(row["activity"], []).append(dict(row))
    return found


def tied_to(conn: Connection, who: Reader, register_no: str) -> list[Row]:
    """The activities that a case carries out: plan and key. Plans that the reader may not see are left out."""
    link, c = plan_links.c, models.cases.c
    query = (
        select(link.activity, c.register_no, c.title)
        .join(models.cases, c.id == link.case_id)
        .where(link.other == register_no, rights.visible(who))
        .order_by(link.id)
    )
    return [dict(r) for r in conn.execute(query).mappings()]
