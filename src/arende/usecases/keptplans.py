"""Use case: the plan of a case is kept on it, read by everybody, and made anew when a meeting in it moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, select

from arende import backplan, db, models, queries, workdays
from arende.app import App
from arende.backplan import BackPlan, Step
from arende.casetypes import CaseType
from arende.commands import Command
from arende.errors import Refused, Sentence
from arende.plancommands import DropPlan, KeepPlan
from arende.plantables import plans
from arende.prepared import Row
from arende.usecases import backplans
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note
from arende.work import UseCase, Work

MAY = ("case_officer", "manager")
_MAKERS = Sentence("Tidplanen läggs av handläggaren eller chefen.", "The plan is made by the case officer or manager.")
_E = models.events.c
_OF_CASE = select(plans.c.body, plans.c.meeting, plans.c.steps, _E.occurred_at).join(
    models.events, (_E.case_id == plans.c.case_id) & (_E.seq == plans.c.seq)
)
_OPEN = select(models.cases.c.register_no, plans.c.steps).join(models.cases, models.cases.c.id == plans.c.case_id)
_OPEN = _OPEN.where(models.cases.c.closed_at.is_(None)).order_by(models.cases.c.id)


def keep_plan(w: Work, cmd: KeepPlan) -> None:
    """Keep the chain on the case. What it has missed already is told, and what differs from the plan before."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY, _MAKERS)
    backplans.still_open(w.case)
    asked = backplans.gather_plan(w.app, w.conn, cmd.register_no, cmd.body, cmd.meeting)
    chosen, _ = backplans.choose(asked, cmd.meeting)
    before = kept(w)
    put(w, chosen, behalf=behalf)
    changes = backplan.effects(before, chosen) if before and before.body == chosen.body else []
    w.data.update({"body": chosen.body, "meeting": chosen.meeting.isoformat()})
    if changes:
        w.data["changes"] = [list(s) for s in changes]
    if chosen.missed:
        w.data["warnings"] = [list(s) for s in told_missed(chosen)]


def drop_plan(w: Work, cmd: DropPlan) -> None:
    """Take the plan off the case: no meeting that moves makes it anew, and nothing in it is late any more."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY, _MAKERS)
    backplans.still_open(w.case)
    plan = kept(w)
    if plan is None:
        raise Refused(Sentence("Ärendet har ingen tidplan.", "The case has no plan."))
    payload = {"to": plan.body, "meeting": plan.meeting, "reason": clean_note(cmd.reason)}
    w.event("plan:dropped", payload, on_behalf_of=behalf)
    w.execute(delete(plans).where(plans.c.case_id == w.case["id"]))


def put(w: Work, chosen: BackPlan, *, behalf: Any = None, reason: str | None = None) -> int:
    """Write the plan down in place of the one before, with an event. Returns the event's number."""
    steps = [_stored(s) for s in chosen.steps]
    payload: Row = {"to": chosen.body, "meeting": chosen.meeting, "steps": steps, "reason": reason}
    payload["missed"] = [list(s.title) for s in chosen.missed]
    seq = w.event("plan:kept", payload, on_behalf_of=behalf)
    values = {"body": chosen.body, "meeting": chosen.meeting, "steps": steps, "seq": seq}
    rows = w.rows(plans)
    if rows:
        w.change(plans, rows[0], **values)
    else:
        w.insert(plans, **values)
    return seq


def kept(w: Work) -> BackPlan | None:
    """The plan that the case has, as it was kept."""
    rows = w.rows(plans)
    return _plan(rows[0], w.today) if rows else None


def of_case(conn: Connection, case_id: int, today: date) -> BackPlan | None:
    """The plan that a case has, as it was kept; None without one."""
    row = conn.execute(_OF_CASE.where(plans.c.case_id == case_id)).mappings().first()
    return replace(_plan(dict(row), today), made=workdays.local_day(row["occurred_at"])) if row else None


def of_number(app: App, register_no: str) -> BackPlan | None:
    """The plan that the case with this number has. Raises NotFound for an unknown case."""
    with db.reading(app.engine) as conn:
        return of_case(conn, queries.case(conn, register_no)["id"], workdays.local_day(app.clock()))


def is_known(plan: BackPlan, step: Step) -> bool:
    """Whether a step behind the case was done on a day of the plan.

    Not a meeting whose day nobody decided, nor what was past already when the plan was made.
    """
    return step.due is not None and not step.proposed and (plan.made is None or step.due >= plan.made)


def told_missed(plan: BackPlan) -> list[Sentence]:
    """Each step that can no longer be made, with the day that has passed."""
    return [
        Sentence(
            f"{s.title.sv}: sista dagen var den {workdays.full_date(s.due)}.",
            f"{s.title.en}: the last day was {workdays.full_date(s.due, 'en')}.",
        )
        if s.due
        else s.why
        for s in plan.missed
    ]


def done(plan: BackPlan, rules: CaseType, case: Mapping[str, Any]) -> list[bool]:
    """Which steps lie behind the case: those up to the last of a state that is not on its way to the meeting any more.

    A step of no state – a meeting that prepares another – goes with what comes after it.
    """
    if case["closed_at"] is not None:
        return [True] * len(plan.steps)
    ahead = {s.state for s in backplan.way(rules, case["state"], plan.body, case["fields"])}
    passed = [n for n, s in enumerate(plan.steps) if s.state and s.state not in ahead]
    return [n <= max(passed, default=-1) and s.state not in ahead for n, s in enumerate(plan.steps)]


# ---------------------------------------------------------------- when a meeting moves


def hanging_on(conn: Connection, body: str, day: date) -> list[str]:
    """Open cases in whose kept plan the body meets on the day."""
    return [row.register_no for row in conn.execute(_OPEN) if _meets(row.steps, body, day)]


def moved(w: Work, body: str, before: date | None, days: tuple[date, ...], day: date | None) -> BackPlan | None:
    """The case's plan with the body's ``days`` as they are after the move; None where no plan hangs on the meeting.

    A plan to a meeting that is not held any more goes on to the body's next one.
    """
    rows = w.rows(plans)
    if before is None or not rows or not _meets(rows[0]["steps"], body, before):
        return None
    plan = _plan(rows[0], w.today)
    asked = backplans.gather_plan(w.app, w.conn, w.case["register_no"], plan.body)
    asked = replace(asked, days={**asked.days, body: days})
    meeting: date | None = plan.meeting
    if (plan.body, plan.meeting) == (body, before):
        meeting = day or next((d for d in days if d > max(before, w.today)), None)
    return asked.to(meeting) if meeting else None


def day_of(w: Work, field: str) -> date | None:
    """The day of the meeting in the plan whose day the case has in this field, once it gets there."""
    plan = kept(w)
    for step in plan.steps if plan else ():
        state = w.rules.states.get(step.state or "")
        if step.kind == "meeting" and state and state.at_meeting and state.at_meeting.date == field:
            return step.due
    return None


def _meets(steps: Iterable[Mapping[str, Any]], body: str, day: date) -> bool:
    return any((s["kind"], s["body"], s["due"]) == ("meeting", body, day.isoformat()) for s in steps)


def _stored(s: Step) -> Row:
    return {
        "kind": s.kind, "title": list(s.title), "due": s.due and s.due.isoformat(), "why": list(s.why), "body": s.body,
        "state": s.state, "begins": s.begins and s.begins.isoformat(), "proposed": s.proposed,
    }  # fmt: skip


def _plan(row: Mapping[str, Any], today: date) -> BackPlan:
    return BackPlan(row["body"], row["meeting"], today, tuple(_step(s) for s in row["steps"]))


def _step(s: Mapping[str, Any]) -> Step:
    title, why = Sentence(*s["title"]), Sentence(*s["why"])
    due, begins = (date.fromisoformat(s[k]) if s[k] else None for k in ("due", "begins"))
    return Step(s["kind"], title, due, why, s["body"], s["state"], begins, s["proposed"])


USE_CASES: dict[type[Command], UseCase] = {KeepPlan: keep_plan, DropPlan: drop_plan}
