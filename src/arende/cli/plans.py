"""How ``arende case plan`` tells the way to a meeting: as data, and as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arende.cli.shared import OPTIONS, say

if TYPE_CHECKING:
    from arende.backplan import BackPlan, Step
    from arende.usecases.backplans import Planned


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
