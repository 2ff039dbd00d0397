"""Use cases on tasks."""

from __future__ import annotations

from sqlalchemy import select

from arende import actors, models
from arende.assignmentcommands import ACT
from arende.commands import CompleteTask
from arende.effecttypes import NEXT_STEP
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases import effects, steps
from arende.usecases.facts import refuse_conflict, standing, stood_in_for
from arende.usecases.fields import clean_note
from arende.work import Work


def complete_task(w: Work, cmd: CompleteTask) -> None:
    """Report a task as done. Only those it waits for may: the assignee, the office's holders, their substitutes."""
    case_id = w.conn.execute(select(models.tasks.c.case_id).where(models.tasks.c.id == cmd.task)).scalar()
    if case_id is None:
        raise NotFound(
            Sentence(
                f"Det finns ingen uppgift {cmd.task}. Dina uppgifter visas med arende inbox.",
                f"There is no task {cmd.task}. Yours are shown by arende inbox.",
            )
        )
    w.open_case_by_id(case_id)
    task = next((t for t in w.rows(models.tasks) if t["id"] == cmd.task), None)
    if task is None:
        raise Refused(_done_already(w, cmd.task))
    if task["act"] == ACT:
        raise Refused(
            Sentence(
                "Ett uppdrag blir klart genom att återrapporteras: arende assignment report.",
                "An assignment is completed by being reported: arende assignment report.",
            )
        )
    refuse_conflict(w)
    held = standing(w)
    absent = stood_in_for(w, task["assignee_id"], task["role"]) if task["assignee_id"] else None
    if task["assignee_id"] != w.actor.id and absent is None and task["role"] not in held.all:
        raise Forbidden(
            Sentence(
                f"Uppgiften väntar på {w.rules.role_title(task['role'])}, inte på dig.",
                f"The task waits for {w.rules.role_title(task['role'], 'en')}, not for you.",
            )
        )
    if task["act"] == NEXT_STEP:
        raise Refused(_by_a_step(w, task))
    comment = clean_note(cmd.comment)
    effects.close_task(w, task, outcome={"comment": comment})
    payload = {"task": cmd.task, "act": task["act"], "title": task["title"], "comment": comment}
    seq = w.event("task:completed", payload, on_behalf_of=absent or held.behalf([task["role"]]))
    steps.ask_house(w, seq)


def _by_a_step(w: Work, task: Row) -> Sentence:
    """Ticked off by hand, it would leave the case waiting for nobody."""
    here = [r.transition for r in w.rules.rows if r.source == task["of_state"] != r.dest]
    own = dict.fromkeys(t.name for t in here if task["role"] in t.by) or dict.fromkeys(t.name for t in here if t.by)
    sv, en = (", ".join(f"”{w.rules.trigger_title(name, lang)}”" for name in own) for lang in ("sv", "en"))
    return Sentence(
        f"Uppgiften blir klar när ärendet går vidare. Ta ett av stegen: {sv}.",
        f"The task is done when the case moves on. Take one of the steps: {en}.",
    )


def _done_already(w: Work, number: int) -> Sentence:
    row: Row = dict(w.conn.execute(select(models.tasks).where(models.tasks.c.id == number)).mappings().one())
    if row["state"] == "done" and row["done_by_id"] is not None:
        who = w.ask(actors.by_id, row["done_by_id"]).name
        return Sentence(f"Uppgiften är redan klar, av {who}.", f"The task was done already, by {who}.")
    return Sentence("Uppgiften gäller inte längre.", "The task no longer applies.")
