"""What waits for somebody besides the next step: requests for an act, tasks, and parties that have been asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select

from arende import commands, db, models, workdays
from arende.prepared import Row
from arende.simulation import parties
from arende.simulation.habits import delay
from arende.simulation.parties import Asked
from arende.simulation.world import SAID, World
from arende.workdays import local_day

ANSWERS = {"approve": 88, "return": 7, "reject": 3, "recuse": 2}
"""How often each answer is given, among those that the request has."""
SILENT, ASKS = 0.05, 0.04
"""Share of the requests that lie for weeks; share of those that a question is asked about first."""


@dataclass(frozen=True)
class Waits:
    """A row that somebody is to see to. ``who`` is the key of whom it waits for, if it is a person of its own."""

    table: str
    id: int
    register_no: str
    who: str | None
    due_on: date | None
    row: Row


def seen(table: str, row: Row) -> Waits:
    """A row that waits, as ``sights.waiting`` found it."""
    due = local_day(row["due_at"]) if row["due_at"] else None
    return Waits(table, row["id"], row["register_no"], row["who"], due, row)


def expect(world: World, waits: Waits) -> None:
    """Somebody is going to see to it, some day."""
    if waits.table == "answers":
        due = waits.due_on or world.clock.today
        key = f"{waits.row['key']}:{waits.row['round']}"
        parties.expect(world, Asked(waits.register_no, key, waits.who or "", waits.row["officer"], due))
        return
    today = world.clock.today
    left = workdays.working_days_between(today, waits.due_on) if waits.due_on and waits.due_on > today else 1
    days = world.chance.randint(10, 30) if world.happens(SILENT) else delay(world, max(1, left if waits.due_on else 3))
    act = _decide if waits.table == "approvals" else _complete
    world.later(world.in_days(days), partial(act, world, waits))


def _decide(world: World, waits: Waits) -> None:
    """The person asked answers, now and then with a question first."""
    rule, who = waits.row["rule"], waits.who or ""
    if world.happens(ASKS):
        asked = commands.AskAboutApproval(actor=who, approval=waits.id, question=f"Vad kostar det? {SAID}")
        if world.do(asked) is not None:
            world.later(world.in_days(1), partial(_reply, world, waits))
    possible = {a: n for a, n in ANSWERS.items() if a in ("approve", "recuse") or rule.get(a)}
    decision = world.chance.choices(list(possible), list(possible.values()))[0]
    if waits.row["act"] == "minutes" and decision == "recuse":
        decision = "approve"
    comment = None if decision == "approve" else SAID
    given = {"actor": who, "approval": waits.id, "decision": decision, "comment": comment}
    world.do(commands.DecideApproval.model_validate(given))


def _reply(world: World, waits: Waits) -> None:
    """The case officer answers what was asked."""
    q, c = models.questions.c, models.cases.c
    query = select(q.id).join(models.cases, c.id == q.case_id).where(c.register_no == waits.register_no)
    with db.reading(world.app.engine) as conn:
        numbers = conn.execute(query.where(q.answer.is_(None)).order_by(q.id)).scalars().all()
    officer = waits.row["officer"]
    for number in numbers if officer else ():
        world.do(commands.AnswerQuestion(actor=officer, question=number, answer=SAID))


def _complete(world: World, waits: Waits) -> None:
    """A task that no step completes is done, by its assignee or by somebody of its office."""
    office, _, body = (waits.row["office"] or "").partition("@")
    who = waits.who or (world.holder(office, body or None) if office else None)
    with db.reading(world.app.engine) as conn:
        t = models.tasks.c
        still = conn.execute(select(t.state).where(t.id == waits.id)).scalar()
    if who is not None and still == "open":
        world.do(commands.CompleteTask(actor=who, task=waits.id, comment=SAID))
