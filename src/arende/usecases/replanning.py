"""A body's meeting is moved, cancelled or added: what hangs on it in other cases follows, each by a command of its own.

The effect is listed before it happens, from the same arithmetic: which cases, which last days, what can no longer be
made. Each case then takes the step that its definition gives for it, counts its deadlines anew with the reason on
record, and tells its case officer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import String, cast, select

from arende import backplan, machine, mailwords, models, queries, workdays
from arende.backplan import BackPlan
from arende.casewords import deadline_words
from arende.effecttypes import TaskEffect
from arende.errors import Refused, Sentence
from arende.meetingcommands import FollowMeeting
from arende.meetingtables import promised_steps
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import agendas, effects, keptplans, mails, recounting, steps, waitingcases
from arende.usecases.backplans import gather_plan
from arende.usecases.facts import gather, persons_of, standing
from arende.usecases.meetingdays import meeting_days
from arende.usecases.meetingfacts import body_name, the_meeting
from arende.work import Work


@dataclass(frozen=True)
class Shift:
    """A meeting of a body that is on another day: ``before`` None = it is new, ``day`` None = it is not held."""

    body: str
    before: date | None
    day: date | None

    def days(self, known: tuple[date, ...]) -> tuple[date, ...]:
        """The body's days as they are after the shift, whether or not it has been written down."""
        return tuple(sorted({*known, *([self.day] if self.day else [])} - ({self.before} - {self.day})))


# ---------------------------------------------------------------- on the meeting's case


def follow(w: Work, seq: int, before: date | None, day: date | None, note: str | None) -> None:
    """Promise every case that hangs on the meeting that it follows, and list what that leads to."""
    listed, under_way = list[Row](), _under_way(w)
    shift = Shift(the_meeting(w)["body"], before, day)
    for n, number in enumerate(_concerned(w, shift, under_way)):
        foreseen = _foreseen(waitingcases.peek(w, number), shift, aims=_aims_once_there(under_way, number, before))
        if foreseen is not None:
            listed.append(foreseen)
            data = {"meeting": w.case["register_no"], "body": shift.body, "before": before and before.isoformat(),
                    "day": day and day.isoformat(), "reason": _reason(w, shift, note)}  # fmt: skip
            agendas.promise(w, seq, 300 + n, "follow", number, data, None, agendas.system(w))
    if before is not None:
        w.data["effect"] = listed
    if listed:
        w.event("meeting:replanned", {"cases": listed})


def _under_way(w: Work) -> dict[str, str | None]:
    """Cases that are still to follow an earlier move of this meeting, and the day it will have brought them to."""
    waiting = (p for p in w.rows(promised_steps) if p["kind"] == "follow" and p["state"] == "queued")
    return {p["register_no"]: p["data"]["day"] for p in waiting}


def _aims_once_there(under_way: dict[str, str | None], number: str, before: date | None) -> bool | None:
    """Whether a case that is under way will aim at the meeting by then; None for one that is not under way."""
    return None if number not in under_way or before is None else under_way[number] == before.isoformat()


def _reason(w: Work, shift: Shift, note: str | None) -> str:
    """Why, as it is put on record in the cases."""
    name, no = body_name(w, shift.body), w.case["register_no"]
    was, now = (d.isoformat() if d else None for d in (shift.before, shift.day))
    if was is None:
        return f"{name} sammanträder den {now} ({no})"
    how = f"flyttas från den {was} till den {now}" if w.case["state"] != "cancelled" else f"den {was} är inställt"
    return f"{name}:s sammanträde {how} ({no}){f': {note}' if note else ''}"


def _concerned(w: Work, shift: Shift, under_way: dict[str, str | None]) -> list[str]:
    """Open cases that aim at the meeting, or have a last day counted from the body's next one; each once."""
    aiming = waitingcases.aiming(w, shift.body, shift.before) if shift.before else ()
    found = {row["register_no"]: None for row in aiming} | dict.fromkeys(under_way)
    found |= dict.fromkeys(keptplans.hanging_on(w.conn, shift.body, shift.before) if shift.before else ())
    d, c = models.deadlines.c, models.cases.c
    hanging = select(c.register_no, c.fields, d.rule).join(models.cases, c.id == d.case_id)
    hanging = hanging.where(d.state.in_(("open", "resting")), d.step == "due", cast(d.rule, String).like('%"meeting%'))
    for row in w.conn.execute(hanging.order_by(d.case_id)):
        if (row.rule.get("meeting") or row.fields.get(row.rule.get("meeting_from", ""))) == shift.body:
            found[row.register_no] = None
    return [number for number in found if number != w.case["register_no"]]


def _foreseen(other: Work, shift: Shift, *, aims: bool | None) -> Row | None:
    """What the shift leads to in a case, for the list, before anything has happened there; None where to nothing."""
    moves = _moves(other, shift)
    aims = _aims(other, shift) if aims is None else aims
    planned = _planned(other, shift)
    if not moves and not aims and not planned:
        return None
    late = [s.sv for s in _too_late(_plan(other, shift, shift.day) if aims else planned)]
    late += [deadline_words(other.rules, key).sv for key, _, last in moves if last < other.today]
    deadlines = [{"deadline": key, "from": was, "to": last} for key, was, last in moves]
    return {"case": other.case["register_no"], "from": shift.before, "to": shift.day, "deadlines": deadlines,
            "too_late": late}  # fmt: skip


def _moves(w: Work, shift: Shift) -> recounting.Moves:
    known = meeting_days(w.conn, shift.body, w.today, calendar=w.app.calendar)
    return recounting.by_meeting(w, shift.body, shift.days(known), shift.before, shift.day)


def _planned(w: Work, shift: Shift) -> BackPlan | None:
    """The plan kept on the case as it is after the shift, where the meeting is part of it."""
    known = meeting_days(w.conn, shift.body, shift.before or w.today, calendar=w.app.calendar)
    return keptplans.moved(w, shift.body, shift.before, shift.days(known), shift.day)


def _aims(w: Work, shift: Shift) -> bool:
    return shift.before is not None and waitingcases.aims_at(w.rules, w.case, shift.body, shift.before)


def _plan(w: Work, shift: Shift, day: date | None) -> BackPlan | None:
    """The case planned back from the meeting on ``day``, with the body's days as they are after the shift."""
    if day is None:
        return None
    asked = gather_plan(w.app, w.conn, w.case["register_no"], shift.body)
    days = {**asked.days, shift.body: shift.days(asked.days.get(shift.body, ()))}
    return replace(asked, days=days).to(day)


def _too_late(plan: BackPlan | None) -> Iterator[Sentence]:
    for step in plan.missed if plan else ():
        yield Sentence(f"{step.title.sv} (senast {step.due})" if step.due else step.why.sv,
                       f"{step.title.en} (by {step.due})" if step.due else step.why.en)  # fmt: skip


# ---------------------------------------------------------------- on the case that follows


def follow_meeting(w: Work, cmd: FollowMeeting) -> None:
    """The case follows a meeting: its own step, its deadlines counted anew, and its officer told."""
    w.open_case(cmd.register_no)
    agendas.kept(w, cmd.promise)
    shift = Shift(cmd.body, cmd.before, cmd.day)
    moves, aimed = _moves(w, shift), _aims(w, shift)
    plans = _before_and_after(w, shift) if aimed else (None, None)
    planned = _planned(w, shift)
    if planned is not None and not aimed:
        plans = keptplans.kept(w), planned
    followed = aimed and _take_along(w, cmd)
    recounting.apply(w, moves, cmd.reason)
    if planned is not None:
        keptplans.put(w, planned, reason=cmd.reason)
    if cmd.before is not None and (aimed or moves or planned):
        _tell(w, cmd, moves, plans, followed=followed, aimed=aimed)


def _before_and_after(w: Work, shift: Shift) -> tuple[BackPlan | None, BackPlan | None]:
    back = Shift(shift.body, shift.day, shift.before)
    return _plan(w, back, shift.before), _plan(w, shift, shift.day)


def _take_along(w: Work, cmd: FollowMeeting) -> bool:
    """Take the step that enters the new day, where the definition has one and the facts allow it."""
    at = waitingcases.awaits(w.rules, w.case)
    if at is None or at.moved is None or at.date is None or cmd.day is None:
        return False
    given = {at.date: cmd.day.isoformat()}
    try:
        facts = gather(w, standing(w), at.moved, given=given, comment=cmd.reason)
        step = machine.decide(w.rules, w.case["state"], at.moved, facts)
    except Refused:
        return False
    steps.take(w, step, trigger=at.moved, note=cmd.reason, given=given, authority=cmd.meeting)
    return True


def _tell(
    w: Work,
    cmd: FollowMeeting,
    moves: recounting.Moves,
    plans: tuple[BackPlan | None, BackPlan | None],
    *,
    followed: bool,
    aimed: bool,
) -> None:
    """The case officer is told what has moved; and has it as a task where a person must choose."""
    before, after = plans
    changes = [*(_moved(w, *m) for m in moves), *(backplan.effects(before, after) if before and after else ())]
    late = list(_too_late(after))
    if not w.emitted:
        w.event("deadline:recounted", {"deadlines": [], "reason": cmd.reason})
    seq = w.emitted[-1]["seq"]
    if (late or (aimed and not followed)) and not w.rules.states[w.case["state"]].final:
        name = queries.body_names(w.conn).get(cmd.body, cmd.body)
        title = Text(sv=f"{name} möts inte den {cmd.before}: välj ett annat sammanträde, eller gör om tidplanen",
                     en=f"{name} does not meet on {cmd.before}: choose another meeting, or plan anew")  # fmt: skip
        effects.open_task(w, TaskEffect(of="case_officer", act="replan_case", title=title, mail=None), seq, 70)
    for n, person in enumerate(persons_of(w, "case_officer")):
        context = mailwords.Replanned(
            **mails.common(w, person),
            body=queries.names(w.conn, [cmd.body], person.language)[cmd.body],
            before=workdays.spoken_date(cmd.before, person.language) if cmd.before else "",
            day=workdays.spoken_date(cmd.day, person.language) if cmd.day else None,
            reason=cmd.reason,
            changes=tuple(s.in_(person.language) for s in changes),
            too_late=tuple(s.in_(person.language) for s in late),
            choose=bool(late) or (aimed and not followed),
        )
        mails.queue(w, "replanned", person, f"{seq}.{n}.replanned", context)


def _moved(w: Work, key: str, was: date, last: date) -> Sentence:
    what = deadline_words(w.rules, key)
    sv, en = ((workdays.full_date(was, lang), workdays.full_date(last, lang)) for lang in ("sv", "en"))
    return Sentence(f"Sista dag, {what.sv}: från den {sv[0]} till den {sv[1]}.",
                    f"Last day, {what.en}: from {en[0]} to {en[1]}.")  # fmt: skip
