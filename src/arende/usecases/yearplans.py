"""The year's meetings as a case: its calendar held against the rules, and made into meetings when it is published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from arende import home, models
from arende.errors import ArendeError, Sentence
from arende.meetingtables import meetings, promised_steps
from arende.prepared import Row
from arende.usecases import agendas
from arende.work import Work

if TYPE_CHECKING:
    from arende.meetingplan import Meeting, MeetingPlan

MADE = ("planned", "cases_closed", "agenda_draft", "agenda_approved", "summoned")
"""States of a meeting that a changed plan may still move or cancel."""


def plan_of(w: Work) -> MeetingPlan | None:
    """The newest calendar on the case; None without one. Raises Invalid for a file that is no calendar."""
    from arende import meetingplan  # with what reads files: most steps need none

    rows = [d for d in w.rows(models.documents) if d["key"] == "plan"]
    if not rows:
        return None
    newest = max(rows, key=lambda d: d["version"])
    text = w.app.storage.read(newest["sha256"]).decode("utf-8", "replace")
    return meetingplan.read(text, newest["name"])


def faults(w: Work) -> tuple[Sentence, ...]:
    """What bars the calendar from being decided: it cannot be read, is of another year, or breaks a rule."""
    from arende import meetingrules
    from arende.yamlfile import text_of

    try:
        plan = plan_of(w)
    except ArendeError as e:
        return e.sentences
    if plan is None:
        return ()
    file = home.meeting_rules_file(w.app.settings)
    rules = meetingrules.read(text_of(file, file.name), file.name)
    said = [r.sentence for r in meetingrules.check(plan, rules) if r.level == "error"]
    year = w.case["fields"].get("year")
    if year is not None and plan.year != year:
        said.insert(0, Sentence(f"Kalendern gäller {plan.year}, inte {year}.", f"It is of {plan.year}, not {year}."))
    return tuple(said)


def make_meetings(w: Work, seq: int, _note: str | None) -> None:
    """Promise every meeting of the plan: new ones are made, those on another day moved, those left out cancelled."""
    plan = plan_of(w)
    if plan is None:
        return
    _replace(w)
    n, made, moved, cancelled = 0, 0, 0, 0
    for body in dict.fromkeys(m.body for m in plan.meetings):
        wanted, there = list(plan.of(body)), _there(w, body, plan.year)
        kept = {_when(m) for m in wanted} & {_when_made(row) for row in there}
        wanted = [m for m in wanted if _when(m) not in kept]
        left = [row for row in there if _when_made(row) not in kept]
        days = {m.first for m in wanted}  # who meets another time of the same day is moved before anybody else
        left.sort(key=lambda row: (row["day"] not in days, row["day"]))
        wanted.sort(key=lambda m: (m.first not in {row["day"] for row in left}, m.first))
        for row, m in zip(left, wanted, strict=False):
            _step(w, seq, n, row, "move", _fields(m))
            n, moved = n + 1, moved + 1
        for row in left[len(wanted) :]:
            _step(w, seq, n, row, "cancel", {})
            n, cancelled = n + 1, cancelled + 1
        for m in wanted[len(left) :]:
            data = {"title": f"{m.label} {m.first.isoformat()}", "fields": {"body": body, **_fields(m)}}
            agendas.promise(w, seq, n, "meeting", w.case["register_no"], data, None, agendas.system(w))
            n, made = n + 1, made + 1
    w.data.update({"made": made, "moved": moved, "cancelled": cancelled})


def _replace(w: Work) -> None:
    """Take back what an earlier text of the plan promised and nobody has carried out yet."""
    for row in w.rows(promised_steps):
        if row["state"] == "queued" and row["kind"] in ("meeting", "step"):
            w.change(promised_steps, row, state="refused", reply=_REPLACED, done_at=w.at)


_REPLACED = "Ersatt av en ändrad kalender. Replaced by a changed calendar."


def _when(m: Meeting) -> tuple[date, date, str | None, str | None]:
    starts, ends = (f"{t:%H:%M}" if t else None for t in (m.starts, m.ends))
    return m.first, m.last, starts, ends


def _when_made(row: Row) -> tuple[date, date, str | None, str | None]:
    return row["day"], row["last_day"], row["starts_at"], row["ends_at"]


def _there(w: Work, body: str, year: int) -> list[Row]:
    m, c = meetings.c, models.cases.c
    query = (
        select(m.day, m.last_day, m.starts_at, m.ends_at, c.register_no)
        .join(models.cases, c.id == m.case_id)
        .where(m.body == body, c.state.in_(MADE))
    )
    query = query.where(m.day >= date(year, 1, 1), m.day <= date(year, 12, 31)).order_by(m.day, m.id)
    return [dict(r) for r in w.conn.execute(query).mappings()]


def _fields(m: Meeting) -> dict[str, Any]:
    """When the meeting is; None where nothing is decided of it, which takes away what was."""
    starts, ends = (f"{t:%H:%M}" if t else None for t in (m.starts, m.ends))
    return {"meeting_date": m.first.isoformat(), "last_day": m.last.isoformat(), "starts_at": starts, "ends_at": ends}


def _step(w: Work, seq: int, n: int, row: Row, trigger: str, fields: dict[str, Any]) -> None:
    note = f"Sammanträdesplan {w.case['register_no']}"
    data = {"trigger": trigger, "fields": fields, "note": note, "extract": None}
    agendas.promise(w, seq, n, "step", row["register_no"], data, note, agendas.system(w))
