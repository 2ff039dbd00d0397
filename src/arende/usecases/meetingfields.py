"""What a step of a meeting fills in by itself, so that every later day is counted from the real one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arende import models, workdays
from arende.errors import Refused, Sentence
from arende.machine import Step
from arende.meetingtables import meetings
from arende.prepared import Row
from arende.work import Work

APPROVED_ON = "minutes_approved_on"
"""The field of a meeting that says when its minutes were approved: in it the days of the notice begin (KL 8:12)."""


DECIDES_NEXT = "next_decision_on"
"""The field of a year's plan that says when the plan of the year after is decided."""


def filled(w: Work, step: Step, trigger: str, given: Mapping[str, object]) -> Row:
    """What is given with the step, and what follows from it. Raises Refused for a day of approval that cannot be."""
    _approved_after(w, step, given)
    does = {effect.meeting for effect in step.rule.transition.then}
    if "make_meetings" in does and DECIDES_NEXT in w.rules.fields:
        return {**given, **_deciding_day(w)}
    rows = w.rows(meetings) if w.rules.meeting_of is not None else []
    if not rows:
        return dict(given)
    if "replan" in does:
        return {**given, **_length_kept(rows[0], w.rules.fields_for(trigger, w.case["fields"], given), given)}
    if "carry_out" in does and rows[0]["profile"] != "forum":
        day = _given_day(given) or _last_approval(w)
        approval_day(w, day)
        return {**given, APPROVED_ON: day.isoformat()}
    return dict(given)


def _deciding_day(w: Work) -> Row:
    """The meeting of the plan that decides the plan of the year after."""
    from arende.usecases import yearplans  # with what reads files: only the step that publishes a plan needs it

    day = yearplans.decides_next(w)
    return {DECIDES_NEXT: day.isoformat()} if day is not None else {}


def _length_kept(meeting: Row, fields: Row, given: Mapping[str, object]) -> Row:
    """A meeting of several days that is moved lasts as long as before, where nothing else is said."""
    if given.get("last_day"):
        return {}
    length = meeting["last_day"] - meeting["day"]
    return {"last_day": (date.fromisoformat(fields["meeting_date"]) + length).isoformat()}


def _given_day(given: Mapping[str, object]) -> date | None:
    value = given.get(APPROVED_ON)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _last_approval(w: Work) -> date:
    """The day on which the last of those who check the minutes approved them."""
    answered = [a["decided_at"] for a in w.rows(models.approvals) if a["key"] == "minutes" and a["state"] == "approved"]
    return workdays.local_day(max(answered)) if answered else w.today


def approval_day(w: Work, day: date) -> None:
    """Refuse a day on which the minutes cannot have been approved: before the meeting, or one that is still to come."""
    _between(w.rows(meetings)[0]["day"], day, w.today)


def _approved_after(w: Work, step: Step, given: Mapping[str, object]) -> None:
    """The same of a decision that is entered from minutes kept elsewhere: of the meeting that the state waits for."""
    at = w.rules.states[step.source].at_meeting
    day = given.get(at.approved_on) if at is not None and at.approved_on else None
    if at is None or not isinstance(day, str) or not day:
        return
    held = {**w.case["fields"], **given}.get(at.date) if at.date else None
    _between(date.fromisoformat(held) if isinstance(held, str) and held else date.min, date.fromisoformat(day), w.today)


def _between(held: date, day: date, today: date) -> None:
    """Refuse a day of approval outside the time from the meeting to today."""
    if held <= day <= today:
        return
    was = (f"sammanträdet hölls den {held.isoformat()} och ", f"the meeting was on {held.isoformat()} and ")
    sv, en = was if held > date.min else ("", "")
    raise Refused(
        Sentence(
            f"Protokollet kan inte ha justerats den {day.isoformat()}: {sv}i dag är det den {today.isoformat()}. "
            "Anslagets tid räknas från den dag då det justerades (8 kap. 12 § kommunallagen): ange den.",
            f"The minutes cannot have been approved on {day.isoformat()}: {en}today is {today.isoformat()}. "
            "The time of the notice is counted from the day on which they were approved (KL 8:12): give that.",
        )
    )
