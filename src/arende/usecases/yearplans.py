"""The year's meetings as a case: its calendar held against the rules, and made into meetings when it is published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from arende import home, models, queries
from arende.app import App
from arende.errors import ArendeError, Sentence
from arende.meetingtables import meetings, promised_steps
from arende.prepared import Row
from arende.usecases import agendas
from arende.work import Work

if TYPE_CHECKING:
    from arende.meetingplan import Meeting, MeetingPlan
    from arende.meetingrules import PlanRules

MADE = ("planned", "cases_closed", "agenda_draft", "agenda_approved", "summoned")
"""States of a meeting that a changed plan may still move or cancel."""


PLAN = "meeting_plan"
"""The type of a year's plan."""
MADE_KNOWN = ("published", "amended", "with_chair")
"""States of a plan whose meetings have been made: it waits for the decision on the year after."""
DECIDED = ("decided", "decided_with_change", *MADE_KNOWN, "closed")
"""States of a plan whose year has been decided."""


def plan_of(w: Work) -> MeetingPlan | None:
    """The newest calendar on the case; None without one. Raises Invalid for a file that is no calendar."""
    rows = [d for d in w.rows(models.documents) if d["key"] == "plan"]
    if not rows:
        return None
    return calendar_of(w.app, max(rows, key=lambda d: d["version"]))


def calendar_of(app: App, document: Row) -> MeetingPlan:
    """The calendar that a document is. Raises Invalid for a file that is none."""
    from arende import meetingplan  # with what reads files: most steps need none

    return meetingplan.read(app.storage.read(document["sha256"]).decode("utf-8", "replace"), document["name"])


def faults(w: Work) -> tuple[Sentence, ...]:
    """What bars the calendar from being decided: it cannot be read, is of another year, or breaks a rule."""
    from arende import meetingrules

    try:
        plan = plan_of(w)
    except ArendeError as e:
        return e.sentences
    if plan is None:
        return ()
    rules = _rules(w)
    said = [r.sentence for r in meetingrules.check(plan, rules) if r.level == "error"]
    year = w.case["fields"].get("year")
    if year is not None and plan.year != year:
        said.insert(0, Sentence(f"Kalendern gäller {plan.year}, inte {year}.", f"It is of {plan.year}, not {year}."))
    if plan.year < w.today.year:
        said.insert(0, Sentence(f"{plan.year} är redan över. Planera ett år som kommer.",
                                f"{plan.year} is over. Plan a year to come."))  # fmt: skip
    return tuple(said)


def _rules(w: Work) -> PlanRules:
    from arende import meetingrules
    from arende.yamlfile import text_of

    file = home.meeting_rules_file(w.app.settings)
    return meetingrules.read(text_of(file, file.name), file.name)


def decides_next(w: Work) -> date | None:
    """The day of the plan's meeting that decides the meetings of the year after; None where it has none."""
    from arende import meetingrules

    plan = plan_of(w)
    found = meetingrules.carries_next_year(plan, _rules(w)) if plan is not None else None
    return found.first if found is not None else None


def tell_the_year_before(w: Work, seq: int, _note: str | None) -> None:
    """The plan is decided: the plan of the year before, which waits for it, takes its own step."""
    before = w.case["fields"]["year"] - 1
    for row in _plans(w.conn):
        if row["fields"].get("year") == before and row["state"] in MADE_KNOWN:
            data = {"trigger": "next_year_decided", "fields": {"next_decided_on": w.case["fields"]["krf_date"]},
                    "note": w.case["register_no"], "extract": None}  # fmt: skip
            agendas.promise(w, seq, 0, "step", row["register_no"], data, w.case["register_no"], agendas.system(w))


def undecided(conn: Connection, today: date) -> tuple[int, str] | None:
    """(year, number of the case it is about) when a year's meetings should have been decided and are not.

    A year's meetings are decided by a meeting in September the year before: when that has passed, by the end of the
    month where nobody knows its day. None where all is well, or where the site has never planned a year.
    """
    plans = _plans(conn)
    decided = {row["fields"].get("year"): row for row in plans if row["state"] in DECIDED}
    this_year = decided.get(today.year)
    told = this_year["fields"].get("next_decision_on") if this_year is not None else None
    deciding = date.fromisoformat(told) if told else date(today.year, 9, 30)
    wanted = today.year + 1 if today > deciding else today.year
    if not plans or wanted in decided:
        return None
    asked = [row for row in plans if row["fields"].get("year") == wanted]
    return wanted, str((asked or plans)[-1]["register_no"])


def _plans(conn: Connection) -> list[Row]:
    c = models.cases.c
    query = select(c.register_no, c.state, c.fields).where(c.type == PLAN).order_by(c.id)
    return [dict(r) for r in conn.execute(query).mappings()]


def make_meetings(w: Work, seq: int, _note: str | None) -> None:
    """Promise every meeting of the plan: new ones are made, those on another day moved, those left out cancelled."""
    plan = plan_of(w)
    if plan is None:
        return
    _replace(w)
    n, made, moved, cancelled = 0, 0, 0, 0
    names = w.ask(queries.body_names)
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
            title = f"{names.get(body, m.label)} {m.first.isoformat()}"
            data = {"title": title, "fields": {"body": body, **_fields(m)}}
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
