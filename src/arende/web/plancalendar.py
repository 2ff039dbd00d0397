"""The calendar of meetings that a case carries, as its page shows it: one row for each meeting of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from arende import queries, rights
from arende.app import App
from arende.errors import ArendeError
from arende.queries import Connection
from arende.usecases import meetingmails, yearplans
from arende.web.speech import Speech

if TYPE_CHECKING:
    from arende.meetingplan import Meeting

Shown = dict[str, Any]


def card(app: App, conn: Connection, row: Mapping[str, Any], who: rights.Reader, t: Speech) -> Shown | None:
    """The meetings in words, or what is wrong with the file; None where there is none that may be opened."""
    if row["type"] != yearplans.PLAN:
        return None
    files = [d for d in queries.documents(conn, row["id"]) if d["key"] == "plan" and not d["removed"]]
    newest = max(files, key=lambda d: d["version"], default=None)
    if newest is None or not rights.may_open(conn, who, dict(row), newest):
        return None
    try:
        plan = yearplans.calendar_of(app, newest)
    except ArendeError as e:
        return {"version": newest["version"], "meetings": [], "faults": e.told(t.lang)}
    names = queries.body_names(conn)
    meetings = [
        {"body": names.get(m.body, m.label), "when": _when(m, t.lang), "retreat": m.retreat}
        for m in sorted(plan.meetings, key=lambda m: m.first)
    ]
    return {"version": newest["version"], "meetings": meetings, "faults": []}


def _when(m: Meeting, language: str) -> str:
    starts, ends = (f"{at:%H:%M}" if at else None for at in (m.starts, m.ends))
    said = meetingmails.when({"day": m.first, "last_day": m.last, "starts_at": starts, "ends_at": ends}, language)
    return said[:1].upper() + said[1:]
