"""Deadlines as rows: set when something begins to wait, met when it is over, fired by the clock – each exactly once.

A deadline is one ``due`` row and its ladder of ``remind``, ``hand_over`` and ``escalate`` rows. They are the truth;
the flow only asks which are due. All days are days in Stockholm, day inclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Integer, Table, and_, bindparam, or_, select, text

from arende import assignmentcommands, duedates, models, workdays
from arende.effecttypes import NEXT_STEP, Due
from arende.meetingtables import assignments
from arende.prepared import Prepared, Row
from arende.terms import Text
from arende.usecases.meetingdays import as_body, meeting_days
from arende.work import Work

IN_HOUSE = (-3, 1)
"""Default reminders, working days from the last day: before it, and after it (domain: common base)."""
OUTSIDE = (-10, 1)
"""Default reminders to outside parties: two, never more."""
UNPLANNED = 20
"""Working days until somebody is reminded that the next meeting, which a deadline hangs on, is in no calendar."""
REQUESTS = ("approval:", "task:")
"""Deadlines of what a person is asked for: counted back by routine to a day that has passed, it is asked for today."""
LIVES_ON = assignmentcommands.KEY
"""Deadlines of what a body has given somebody to do: they neither rest nor end with the case."""
ESCALATE_AFTER = 5
"""Working days after the last day when the manager is told."""


def begin(
    w: Work, key: str, due: Due, *, outside: bool = False, escalate: bool = True, hand_over: int | None = None
) -> Row | None:
    """Set a deadline that begins now. Returns its ``due`` row, or None while the date it hangs on is not given.

    ``hand_over``: so many working days after the last day, what still waits passes to whoever steps in.
    """
    if due.of_body is not None and w.rules.meeting_of is not None:
        due = w.ask(as_body, w.case["fields"][w.rules.meeting_of], due)
    last = falls_on(w, due)
    if last is None:
        return None
    if key.startswith(REQUESTS) and due.before and due.ground == "routine":
        last = max(last, w.today)
    row = _row(w, key, due, "due", 0, last, workdays.end_of_day(last))
    ladder = due.remind if due.remind is not None else (OUTSIDE if outside else IN_HOUSE)
    for n, offset in enumerate(ladder):
        day = workdays.add_working_days(last, offset) if offset else last
        if day > w.today:
            _row(w, key, due, "remind", n, day, morning(day))
    if hand_over is not None:
        day = workdays.add_working_days(last, hand_over)
        _row(w, key, due, "hand_over", 0, day, morning(day))
    if escalate and (due.then is None or due.then.escalate):
        late = ESCALATE_AFTER if due.then is None else 1
        day = workdays.add_working_days(last, late)
        _row(w, key, due, "escalate", 0, day, morning(day))
    return row


def remind_only(w: Work, key: str, due: Due, last: date) -> None:
    """Reminders of a last day of one party's own, in a round that ends by its own."""
    for n, offset in enumerate(due.remind if due.remind is not None else OUTSIDE):
        day = workdays.add_working_days(last, offset) if offset else last
        if day > w.today:
            _row(w, key, due, "remind", n, day, morning(day))


def _row(w: Work, key: str, due: Due, step: str, n: int, day: date, at: datetime) -> Row:
    return w.insert(
        models.deadlines,
        key=key,
        round=w.case["seq"],
        step=step,
        n=n,
        rule=due.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        anchor_at=w.at,
        due_at=at,
        due_on=day,
        state="resting" if _rests(w, key) else "open",
        fired_seq=None,
    )


def _rests(w: Work, key: str) -> bool:
    """While a case is on hold, nothing of it comes due but its own review."""
    state = w.case["state"]
    return w.rules.states[state].hold and key != f"state:{state}" and not key.startswith(LIVES_ON)


def falls_on(w: Work, due: Due) -> date | None:
    """The last day counted from now; None while a field that it hangs on is empty."""
    if due.of_meeting:
        return _before_meeting(w, due)
    reference = _reference(w, due)
    if reference is None and (due.before or due.after or due.at):
        return None
    return duedates.due_on(due, w.today, reference).date


def _before_meeting(w: Work, due: Due) -> date | None:
    body = due.meeting or w.case["fields"].get(due.meeting_from)
    if not body:
        return None
    days = w.ask(meeting_days, str(body), w.today, calendar=w.app.calendar)
    try:
        return duedates.due_on(due, w.today, meetings=days).date
    except duedates.NoMeeting:
        return workdays.add_working_days(w.today, UNPLANNED)


def _reference(w: Work, due: Due) -> date | None:
    value = w.case["fields"].get(due.before or due.after or due.at or "")
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def for_those_outside(w: Work) -> date | None:
    """The last day of the state that the case is in, where it waits for one outside; its row may not be set yet."""
    state = w.rules.states[w.case["state"]]
    if state.deadline is None or "external" not in state.waits_for:
        return None
    key = f"state:{w.case['state']}"
    days = [r["due_on"] for r in w.rows(models.deadlines) if (r["key"], r["step"], r["state"]) == (key, "due", "open")]
    return max(days) if days else falls_on(w, state.deadline)


def end(w: Work, keys: Iterable[str] | str, *, met: bool = True) -> None:
    """What was waited for has come (or no longer matters): nothing of these deadlines will fire."""
    wanted = {keys} if isinstance(keys, str) else set(keys)
    shown = w.case["due_at"]
    for row in list(w.rows(models.deadlines)):
        if row["state"] in ("open", "resting") and row["key"] in wanted:
            w.change(models.deadlines, row, state="met" if met else "cancelled")
            if row["step"] == "due" and row["due_at"] == shown:
                w.case["due_at"] = nearest(w)


def postpone(w: Work, key: str, day: date) -> None:
    """Move the last day itself; reminders of the old one stay, since they are for those without more time."""
    for row in w.rows(models.deadlines):
        if row["state"] == "open" and row["key"] == key and row["step"] == "due":
            w.change(models.deadlines, row, due_on=day, due_at=workdays.end_of_day(day))
    w.case["due_at"] = nearest(w)


def rest(w: Work) -> None:
    """The case is put on hold: what it waits for stays, without coming due."""
    for row in w.rows(models.deadlines):
        if row["state"] == "open" and not row["key"].startswith(LIVES_ON):
            w.change(models.deadlines, row, state="resting")


def wake(w: Work) -> None:
    """The case is resumed: every last day comes as much later as the case has rested, on a working day."""
    began = workdays.local_day(w.case["entered_at"])
    for row in w.rows(models.deadlines):
        if row["state"] == "resting":
            day = later(row["due_on"], w.today - max(began, workdays.local_day(row["anchor_at"])))
            at = workdays.end_of_day(day) if row["step"] == "due" else morning(day)
            w.change(models.deadlines, row, state="open", due_on=day, due_at=at)
    rested = w.today - began
    for table, states in _DUE_WITH.items():
        for row in w.rows(table):
            if row["state"] in states and row["due_at"] is not None:
                day = later(workdays.local_day(row["due_at"]), rested)
                w.change(table, row, due_at=workdays.end_of_day(day))


def later(day: date, by: timedelta) -> date:
    """The day moved on, to the next working day; not moved at all by nothing."""
    day += by
    while by and not workdays.is_working_day(day):
        day += timedelta(days=1)
    return day


_DUE_WITH: dict[Table, tuple[str, ...]] = {
    models.tasks: ("open",),
    models.approvals: ("pending",),
    models.consultations: ("open",),
    models.answers: ("sent", "acknowledged", "extension_requested", "extension_granted"),
}
"""Rows that tell a last day of their own, and while they wait."""


def end_but_reminders(w: Work, key: str) -> None:
    """The last day has passed unanswered: what is still to come of the ladder of reminders stands."""
    for row in w.rows(models.deadlines):
        if row["state"] == "open" and row["key"] == key and row["step"] != "remind":
            w.change(models.deadlines, row, state="met")


def end_all(w: Work) -> None:
    """The case is over: nothing more will fire, but for what lives on after it."""
    end(w, {row["key"] for row in w.rows(models.deadlines) if not row["key"].startswith(LIVES_ON)}, met=False)


def hangs_on(due: Due, changed: Iterable[str]) -> bool:
    """Whether one of the fields is what the deadline is counted from."""
    return (due.before or due.after or due.at or due.meeting_from) in set(changed)


RECENT = 5
"""Working days within which nobody is reminded of the same thing again because its day has moved."""


def recount(w: Work, key: str, last: date) -> None:
    """The day that a deadline hangs on has moved: its last day and the whole ladder follow.

    A reminder that the move leaves behind goes out at once; one that went out lately is not repeated.
    """
    ladder = [r for r in w.rows(models.deadlines) if r["key"] == key and r["state"] in ("open", "resting")]
    was = next(r for r in ladder if r["step"] == "due")
    due = Due.model_validate(was["rule"], strict=False)
    promised = {r["n"] for r in ladder if r["step"] == "remind"}
    kept = [(r["step"], workdays.working_days_between(was["due_on"], r["due_on"])) for r in ladder
            if r["step"] in ("hand_over", "escalate")]  # fmt: skip
    end(w, key, met=False)
    row = _row(w, key, due, "due", 0, last, workdays.end_of_day(last))
    w.change(models.deadlines, row, anchor_at=was["anchor_at"])
    _remind_anew(w, key, due, last, promised)
    for step, offset in kept:
        day = workdays.add_working_days(last, offset)
        _row(w, key, due, step, 0, day, morning(day))
    w.case["due_at"] = nearest(w)


def _remind_anew(w: Work, key: str, due: Due, last: date, promised: set[int]) -> None:
    default = OUTSIDE if _waits_outside(w, key) else IN_HOUSE
    sent, behind = _reminded_on(w, key), []
    for n, offset in enumerate(due.remind if due.remind is not None else default):
        day = workdays.add_working_days(last, offset) if offset else last
        if day <= w.today:
            behind += [(n, day)] if n in promised and last >= w.today else []
        elif all(abs(workdays.working_days_between(s, day)) > RECENT for s in sent.get(n, ())):
            _row(w, key, due, "remind", n, day, morning(day))
    for n, day in behind[-1:]:
        _row(w, key, due, "remind", n, day, morning(day))


def _waits_outside(w: Work, key: str) -> bool:
    kind, _, name = key.partition(":")
    waited = w.rules.states[name].waits_for if kind == "state" and name in w.rules.states else ()
    return kind in ("consultation", "answer") or (bool(waited) and set(waited) <= {"parties", "external"})


def _reminded_on(w: Work, key: str) -> dict[int, list[date]]:
    """Which reminders of the deadline have gone out, by their place on the ladder, and for which days."""
    d, found = models.deadlines.c, dict[int, list[date]]()
    sent = select(d.n, d.due_on).where(d.case_id == w.case.get("id"), d.key == key, d.step == "remind")
    for row in w.conn.execute(sent.where(d.state == "fired")):
        found.setdefault(row.n, []).append(row.due_on)
    return found


def nearest(w: Work) -> datetime | None:
    """The nearest last day that is still open, for lists."""
    open_rows = [r["due_at"] for r in w.rows(models.deadlines) if r["state"] == "open" and r["step"] == "due"]
    return min(open_rows, default=None)


def to_do(w: Work, row: Row, language: str) -> str:
    """What is to be done by a deadline: the assignment, the task, or what waits in the state it is the last day of."""
    kind, _, name = row["key"].partition(":")
    if kind == "assignment":
        said = {"sv": "Uppdrag att återrapportera", "en": "Assignment to report"}[language]
        return next(f"{said}: {a['what']}" for a in w.rows(assignments) if str(a["number"]) == name)
    tasks = [t for t in w.rows(models.tasks) if t["state"] == "open"]
    if kind == "task":
        tasks = [t for t in tasks if f"{t['seq']}.{t['n']}" == name]
    else:
        tasks = [t for t in tasks if t["of_state"] == w.case["state"] and t["act"] != NEXT_STEP]
    undated = go_on_from(w, w.case["state"]).in_(language)
    return "; ".join(dict.fromkeys(t["title"][language] for t in tasks)) or undated


def go_on_from(w: Work, state: str) -> Text:
    """What is to be done where a state waits for somebody and no task says what."""
    titles = {language: w.rules.state_title(state, language) for language in ("sv", "en")}
    return Text(sv=f"Gå vidare från ”{titles['sv']}”", en=f"Go on from “{titles['en']}”")


def morning(day: date) -> datetime:
    """Eight in the morning in Stockholm, as UTC: when reminders are sent."""
    return datetime.combine(day, time(8), workdays.STOCKHOLM).astimezone(UTC)


@dataclass(frozen=True)
class DueRow:
    """A deadline row that should fire."""

    id: int
    due_at: datetime


LAST_SECOND = timedelta(seconds=1)
"""What ``workdays.end_of_day`` leaves of the day."""
_D = models.deadlines.c
_DUE_ALL = select(_D.id, _D.due_at).where(
    text("state = 'open'"), _D.due_at <= bindparam("now"), or_(_D.step != "due", _D.due_at <= bindparam("over"))
)
_DUE_ALL = _DUE_ALL.order_by(_D.due_at, _D.id).limit(bindparam("limit", type_=Integer))
_DUE = Prepared(_DUE_ALL)
_DUE_NEXT = Prepared(
    _DUE_ALL.where(
        or_(_D.due_at > bindparam("at"), and_(_D.due_at == bindparam("at"), _D.id > bindparam("id"))),
    )
)


def due_rows(conn: Connection, now: datetime, after: DueRow | None = None, limit: int = 200) -> list[DueRow]:
    """Rows whose time has come, oldest first, ``limit`` at a time; the next ones ``after`` the last of a batch.

    A last day has passed when its last second is over: within it the day is still the last one, for guards and people.
    """
    times = {"now": now, "over": now - LAST_SECOND, "limit": limit}
    if after is None:
        return [DueRow(*row) for row in _DUE.tuples(conn, **times)]
    return [DueRow(*row) for row in _DUE_NEXT.tuples(conn, **times, at=after.due_at, id=after.id)]
