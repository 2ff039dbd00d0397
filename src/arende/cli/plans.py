"""How ``arende case plan`` tells the way to a meeting: as data, and as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arende.cli.shared import OPTIONS, say, show

if TYPE_CHECKING:
    from datetime import date

    from arende.app import App
    from arende.backplan import BackPlan, Step
    from arende.usecases.backplans import Planned


def show_planned(app: App, dnr: str, to: str, meeting: date | None) -> None:
    """Tell the plan; nothing is kept of it."""
    from arende.usecases.backplans import back_plan

    planned = back_plan(app, dnr, to, meeting)
    show(data(dnr, planned), lambda: "\n".join(lines(planned)))


def keep(app: App, dnr: str, to: str, meeting: date | None, actor: str) -> None:
    """Keep the plan on the case, and tell it."""
    from arende.cli.cases import by
    from arende.plancommands import KeepPlan

    done = app.do(KeepPlan(**by(actor), register_no=dnr, body=to, meeting=meeting))
    told = [say("Tidplanen är sparad på ärendet.", "The plan is kept on the case.")]
    told += [f"! {say(*warning)}" for warning in done.data.get("warnings", ())]
    told += [f"  {say(*change)}" for change in done.data.get("changes", ())]
    plan, marks = _kept(app, dnr)
    show(_kept_data(dnr, plan, marks), lambda: "\n".join([*_kept_lines(plan, marks), *told]))


def drop(app: App, dnr: str, actor: str, reason: str | None) -> None:
    """Take the kept plan off the case."""
    from arende.cli.cases import by, do
    from arende.plancommands import DropPlan

    do(DropPlan(**by(actor), register_no=dnr, reason=reason), app)


def show_kept(app: App, dnr: str) -> None:
    """Tell the plan that the case has: what is done, what is left and what is late."""
    plan, marks = _kept(app, dnr)
    show(_kept_data(dnr, plan, marks), lambda: "\n".join(_kept_lines(plan, marks)))


def _kept(app: App, dnr: str) -> tuple[BackPlan, list[bool]]:
    from arende import db, queries
    from arende.errors import NotFound, Sentence
    from arende.usecases import keptplans
    from arende.workdays import local_day

    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        plan = keptplans.of_case(conn, row["id"], local_day(app.clock()))
    if plan is None:
        raise NotFound(
            Sentence(
                f"{dnr} har ingen sparad tidplan. Lägg en: arende case plan {dnr} --to BODY --keep --as USER",
                f"{dnr} has no plan. Make one: arende case plan {dnr} --to BODY --keep --as USER",
            )
        )
    marks = zip(plan.steps, keptplans.done(plan, rules, row), strict=True)
    return plan, [done and keptplans.is_known(plan, step) for step, done in marks]


def _kept_data(dnr: str, plan: BackPlan, marks: list[bool]) -> dict[str, Any]:
    steps = [_step(plan, s) | {"done": done} for s, done in zip(plan.steps, marks, strict=True)]
    for step in steps:
        step["missed"] = step["missed"] and not step["done"]
    missed = [s["title"] for s in steps if s["missed"]]
    return {
        "register_no": dnr, "kept": True, "body": plan.body, "meeting": plan.meeting.isoformat(), "steps": steps,
        "missed": missed,
    }  # fmt: skip


def _kept_lines(plan: BackPlan, marks: list[bool]) -> list[str]:
    from arende.workdays import spoken_date

    day, body = spoken_date(plan.meeting, OPTIONS.lang), plan.body.upper()
    told = [say(f"Tidplan till {body} {day}:", f"Planned to {body} {day}:")]
    return told + [
        f"✓{_line(plan, s)[1:]}" if done else _line(plan, s) for s, done in zip(plan.steps, marks, strict=True)
    ]


def data(dnr: str, planned: Planned) -> dict[str, Any]:
    """The plan as JSON has it: each step with its last day, its sentence, its ground."""
    chosen = planned.chosen
    return {
        "register_no": dnr,
        "body": chosen.body,
        "meeting": chosen.meeting.isoformat(),
        "feasible": chosen.feasible,
        "steps": [_step(chosen, s) for s in chosen.steps],
        "missed": [s.title.in_(OPTIONS.lang) for s in chosen.missed],
        "alternatives": [
            {"meeting": p.meeting.isoformat(), "first_day": _first_day(p).isoformat()} for p in planned.alternatives
        ],
        "aimed_at": planned.aimed_at.isoformat() if planned.aimed_at else None,
        "effects": [s.in_(OPTIONS.lang) for s in planned.effects],
    }


def _step(p: BackPlan, s: Step) -> dict[str, Any]:
    return {
        "kind": s.kind,
        "title": s.title.in_(OPTIONS.lang),
        "body": s.body,
        "state": s.state or None,
        "begins": s.begins.isoformat() if s.begins else None,
        "due": s.due.isoformat() if s.due else None,
        "sentence": _when(p, s),
        "ground": s.why.in_(OPTIONS.lang),
        "missed": s in p.missed,
        "proposed": s.proposed,
    }


def _when(p: BackPlan, s: Step) -> str | None:
    from arende import duedates

    return duedates.last_day(s.due, p.today).in_(OPTIONS.lang) if s.due else None


def _first_day(p: BackPlan) -> Any:
    return min(s.due for s in p.steps if s.due)


def lines(planned: Planned) -> list[str]:
    """The plan as text, first things first; × marks what can no longer be made."""
    from arende.workdays import spoken_date

    p = planned.chosen
    day = spoken_date(p.meeting, OPTIONS.lang)
    told = [say(f"Bakåt från {p.body.upper()} {day}:", f"Back from {p.body.upper()} {day}:")]
    told += [_line(p, s) for s in p.steps]
    if p.missed:
        told.append(say(f"{len(p.missed)} steg hinns inte.", f"{len(p.missed)} step(s) can no longer be made in time."))
    for other in planned.alternatives:
        first, meets = _first_day(other), spoken_date(other.meeting, OPTIONS.lang)
        meets += say(" (föreslagen dag)", " (proposed day)") if other.steps[-1].proposed else ""
        told.append(
            say(
                f"Går också: {meets}, första dagen {first.isoformat()}.",
                f"Also possible: {meets}, first day {first.isoformat()}.",
            )
        )
    if planned.aimed_at:
        told.append(say(f"I stället för {planned.aimed_at}:", f"Instead of {planned.aimed_at}:"))
        told += [f"  {s.in_(OPTIONS.lang)}" for s in planned.effects]
    return told


def _line(p: BackPlan, s: Step) -> str:
    from arende.workdays import distance

    mark = "×" if s in p.missed else "·"
    if s.due is None:
        return f"{mark} {'':<10}  {s.why.in_(OPTIONS.lang)}"
    begins = say(f" (från {s.begins})", f" (from {s.begins})") if s.begins else ""
    begins += say(" (föreslagen dag)", " (proposed day)") if s.proposed else ""
    return f"{mark} {s.due}  {s.title.in_(OPTIONS.lang)}{begins}, {distance(p.today, s.due).in_(OPTIONS.lang)}"
