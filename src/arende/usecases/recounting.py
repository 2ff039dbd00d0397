"""Open deadlines whose day has moved are counted anew, with the reason on record; whoever waits is told by what waits.

A deadline moves because a field that it hangs on has another day, or because a body's meeting was moved, cancelled or
added. The last day of a party outside is only ever put off, and the party is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from arende import actors, duedates, models, workdays
from arende.assignmentcommands import KEY
from arende.effecttypes import Due
from arende.meetingtables import assignments
from arende.prepared import Row
from arende.usecases import deadlines, referralmails, rounds
from arende.work import Work

Moves = list[tuple[str, date, date]]
"""Key of a deadline, its last day so far, and the one that now holds."""


def by_fields(w: Work, given: Mapping[str, object], note: str | None) -> None:
    """A step has given new days: everything open that hangs on them follows."""
    moves: Moves = []
    for row in _open(w):
        due = Due.model_validate(row["rule"], strict=False)
        last = deadlines.falls_on(w, due) if deadlines.hangs_on(due, given) else None
        if last is not None and last != row["due_on"]:
            moves.append((row["key"], row["due_on"], last))
    apply(w, moves, note)


def by_meeting(w: Work, body: str, days: Iterable[date], before: date | None, day: date | None) -> Moves:
    """What moves in the case when a meeting of ``body`` moves from ``before`` to ``day``; ``days``: as they now are.

    ``before`` None: the meeting is new. ``day`` None: it is cancelled. A meeting that was hung on stays the one, even
    where its day can no longer be made; in every other case it is the next that can.
    """
    ahead = sorted(d for d in {*days} if d > w.today)
    return [(row["key"], row["due_on"], last) for row in _open(w) if row["due_on"] >= w.today
            for last in _new_day(w, row, body, ahead, before, day) if last != row["due_on"]]  # fmt: skip


def _new_day(w: Work, row: Row, body: str, ahead: list[date], before: date | None, day: date | None) -> Iterator[date]:
    due = Due.model_validate(row["rule"], strict=False)
    if not due.of_meeting or (due.meeting or w.case["fields"].get(due.meeting_from or "")) != body:
        return
    hung = before is not None and duedates.before(before, due).date == row["due_on"]
    for meeting in ahead:
        last = duedates.before(meeting, due).date
        if last >= w.today or (hung and meeting == day):
            yield last
            return
    if hung:
        yield workdays.add_working_days(w.today, deadlines.UNPLANNED)


def apply(w: Work, moves: Moves, reason: str | None) -> None:
    """Count them anew, and write down what moved and why."""
    moves = [m for m in moves if m[2] > m[1] or not m[0].startswith(("consultation:", "answer:"))]
    if not moves:
        return
    told = [{"deadline": key, "from": was, "to": last} for key, was, last in moves]
    seq = w.event("deadline:recounted", {"deadlines": told, "reason": reason})
    for key, _, last in moves:
        deadlines.recount(w, key, last)
        _follow(w, key, last, workdays.end_of_day(last), seq, reason)


def _open(w: Work) -> list[Row]:
    return [r for r in w.rows(models.deadlines) if r["step"] == "due" and r["state"] in ("open", "resting")]


def _follow(w: Work, key: str, last: date, due_at: datetime, seq: int, reason: str | None) -> None:
    """Whatever tells the same last day tells the new one."""
    kind, _, name = key.partition(":")
    for task in w.rows(models.tasks):
        of_assignment = key.startswith(KEY) and (task["outcome"] or {}).get("assignment") == int(name)
        if task["state"] == "open" and (of_assignment or (kind == "task" and f"{task['seq']}.{task['n']}" == name)):
            w.change(models.tasks, task, due_at=due_at)
    if kind == "assignment":
        for a in w.rows(assignments):
            if str(a["number"]) == name:
                w.change(assignments, a, report_on=last)
    if kind == "approval":
        for a in w.rows(models.approvals):
            if a["key"] == name and a["state"] == "pending":
                w.change(models.approvals, a, due_at=due_at)
    if kind in ("consultation", "answer"):
        _put_off(w, name, last, due_at, seq, reason)


def _put_off(w: Work, name: str, last: date, due_at: datetime, seq: int, reason: str | None) -> None:
    """Those outside who have not answered get the later day, and are told it."""
    round_, party = rounds.named(w, name)
    w.change(models.consultations, round_, due_at=due_at)
    for n, a in enumerate(rounds.answers_of(w, round_)):
        if a["state"] in rounds.WAITING and a["due_at"] < due_at and party in (None, a["party_id"]):
            w.change(models.answers, a, due_at=due_at)
            to = w.ask(actors.by_id, a["party_id"])
            referralmails.extension(w, to, a, last, f"{seq}.{name}.{n}.recounted", reason)
