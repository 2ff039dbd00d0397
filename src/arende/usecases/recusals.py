"""What somebody's conflict of interest does to the requests they were asked, and to the yes they have given.

Whoever is disqualified takes no part in the case (KL 6:28–30): what they were asked passes on, and a yes that nobody
has acted on outside is void. A formal decision stands until a new one changes it, so the case officer is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from arende import models
from arende.casewords import act_noun, capital
from arende.effecttypes import TaskEffect
from arende.joins import verdict
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import deadlines, effects, requests, settling, steps, tokens, withdrawals
from arende.usecases.facts import group_states, last_rounds, stay_began
from arende.usecases.requests import OPEN, group_of, rule_of
from arende.work import Work


def void(w: Work) -> list[Row]:
    """The answers of the command's actor that no longer count when they step aside: each yes but a formal decision."""
    given = (a for group in last_rounds(w.rows(models.approvals)).values() for a in group if _is_mine(w, a))
    return [a for a in given if not _stands(w, a)]


def told(answers: list[Row]) -> dict[str, object]:
    """What the event says of them."""
    return {"void": sorted({a["key"] for a in answers})} if answers else {}


def step_down(w: Work, seq: int, answers: list[Row], recused: Row | None = None) -> None:
    """The event ``seq`` tells of the actor's conflict of interest, in answer to the request ``recused``, if to any.

    ``answers`` are those that are void by it.
    """
    w.insert(models.conflicts, actor_id=w.actor.id, seq=seq, declared_at=w.at)
    number = count()
    if recused is not None:
        settling.step_aside(w, recused, seq, next(number))
    for row in [a for a in w.rows(models.approvals) if a["state"] == OPEN]:
        if row["approver_id"] == w.actor.id:
            w.change(models.approvals, row, state="recused", decided_by_id=w.actor.id, decided_at=w.at)
            tokens.end(w, row, "recused")
            settling.step_aside(w, row, seq, next(number))
        elif row["on_behalf_of_id"] == w.actor.id:  # from now on in their own right, as whom a recusal passes to
            w.change(models.approvals, row, on_behalf_of_id=None)
    for row in _formal(w):
        _tell(w, row, seq, next(number))
    back = [_void(w, row, seq, number) for row in answers]
    for trigger in dict.fromkeys(t for t in back if t is not None):
        steps.lead(w, trigger, note="Jäv har anmälts.", by_itself=True)


def _void(w: Work, row: Row, seq: int, number: Iterator[int]) -> str | None:
    """One yes no longer counts: whoever steps in is asked; or the step back, where the case has moved on by it."""
    settled = verdict(rule_of(row).join, group_states(group_of(w, row))) == "yes"
    w.change(models.approvals, row, state="recused")
    tokens.end(w, row, "recused")
    if row["seq"] < stay_began(w):
        back = withdrawals.way_back(w, rule_of(row))
        if back is None:
            _tell(w, row, seq, next(number))
        return back
    if settled:
        deadlines.end(w, f"approval:{row['key']}")
        w.change(models.approvals, row, due_at=requests.begin_deadline(w, rule_of(row)))
        withdrawals.not_cleared(w, row, seq, next(number))
    settling.step_aside(w, row, seq, next(number))
    return None


def _is_mine(w: Work, row: Row) -> bool:
    return bool(row["state"] == "approved" and row["decided_by_id"] == w.actor.id)


def _stands(w: Work, row: Row) -> bool:
    """Whether the yes is a formal decision that has been taken: it is changed by a new decision only."""
    taken = verdict(rule_of(row).join, group_states(group_of(w, row))) == "yes"
    return row["act"] in withdrawals.FINAL and taken


def _formal(w: Work) -> list[Row]:
    return [a for a in w.rows(models.approvals) if _is_mine(w, a) and _stands(w, a)]


def _tell(w: Work, row: Row, seq: int, n: int) -> None:
    """What has had its effect is for the case officer to weigh: whether it has to be decided or sent anew."""
    noun = act_noun(w.rules, row["key"])
    title = Text(sv=f"{capital(noun).sv}: den som sa ja har anmält jäv. Bedöm om saken måste prövas på nytt",
                 en=f"{capital(noun).en}: whoever said yes has declared a conflict of interest. "
                    "Judge whether the matter has to be considered anew")  # fmt: skip
    effects.open_task(w, TaskEffect(of="case_officer", act="weigh_conflict", title=title, stays=True), seq, n)
