"""What waits for a person: read without anything of what it takes to carry a step out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from arende import actors, db, queries, rights, workdays
from arende.app import App


def inbox_of(app: App, key: str, limit: int = 100) -> list[dict[str, Any]]:
    """What waits for a person and for those they stand in for, by last day."""
    day = workdays.local_day(app.clock())
    with db.reading(app.engine) as conn:
        person = actors.actor(conn, key).id
        rows = waiting_for(conn, person, day, limit)
        cases = [{"id": row["case_id"], "secrecy": row["secrecy"]} for row in rows]
        seen = rights.seen(conn, rights.reader(conn, person, day), cases)
    for row in rows:
        if row["kind"] == "approval":
            row["what"] = (row["what"] or {}).get("proposal")
        if row["case_id"] not in seen:
            row["title"], row["what"] = "", None
    return rows


def waiting_for(conn: Connection, actor_id: int, day: date, limit: int) -> list[dict[str, Any]]:
    """The rows that wait for a person, for those they stand in for, and for the offices of both."""
    ids = [actor_id, *(r.actor.id for r in actors.represented_by(conn, actor_id, day))]
    held = [o for i in ids for o in actors.offices_of(conn, i, day)]
    offices = {name for office, body in held for name in (f"{office}@{body}", office)}
    return queries.inbox(conn, ids, sorted(offices), limit)
