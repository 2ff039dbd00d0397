"""The plan kept on a case, as its page shows it: each step with its last day, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from arende import backplan
from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.queries import Connection
from arende.usecases import keptplans
from arende.web.speech import Speech

Shown = dict[str, Any]
DONE = Sentence("Klart", "Done"), "ok"
PAST = Sentence("Passerat", "Past"), "calm"
"""Of a step that lies behind, but of which nobody knows that it was done on its day."""
LATE = Sentence("Hinns inte", "Too late"), "bad"
NO_DAY = Sentence("Föreslagen dag, inte beslutad", "A proposed day, not decided")


def card(
    conn: Connection, row: Mapping[str, Any], rules: CaseType, names: Mapping[str, str], t: Speech, today: date
) -> Shown | None:
    """The plan in words; None where the case has none. ``names`` are those that the case's history names."""
    plan = keptplans.of_case(conn, row["id"], today)
    if plan is None:
        return None
    marks = keptplans.done(plan, rules, row)
    late = [s in plan.missed and not done for s, done in zip(plan.steps, marks, strict=True)]
    known = [keptplans.is_known(plan, s) for s in plan.steps]
    each = zip(plan.steps, marks, late, known, strict=True)
    steps = [_step(s, _status(t, done=d, late=x, known=k), t, today) for s, d, x, k in each]
    return {"body": names.get(plan.body, plan.body.upper()), "meeting": plan.meeting, "steps": steps, "late": sum(late)}


def _status(t: Speech, *, done: bool, late: bool, known: bool) -> Shown | None:
    status = (DONE if known else PAST) if done else LATE if late else None
    return {"words": t.say(status[0]), "tone": status[1]} if status else None


def _step(s: backplan.Step, status: Shown | None, t: Speech, today: date) -> Shown:
    return {
        "title": t.say(s.title),
        "why": t.say(s.why),
        "due": s.due,
        "begins": s.begins,
        "away": t.distance(today, s.due) if s.due else "",
        "proposed": t.say(NO_DAY) if s.proposed else "",
        "status": status,
    }
