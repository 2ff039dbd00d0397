"""Days that a step gives: the meeting that is to take a case up, the last day of what begins now, what has happened.

The first two are planned, so one that has passed is a slip of the pen; entered all the same it would be overdue at
once, and the manager be told of a delay that nobody has caused. What has happened (a day of receipt, the day of a
decision) is another matter: the step that notes it asks for a meeting that has been held, or for a day that has come.
Either can be of a mistyped year, which nothing else would notice. A meeting after the last day that somebody else has
set (a referral's) is taken with a word about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from arende.casetypes import CaseType
from arende.errors import Refused, Sentence
from arende.guards import field_title
from arende.machine import Step
from arende.statetypes import State
from arende.work import Work
from arende.workdays import full_date, local_day

LATEST_MEETING, LATEST = timedelta(days=3 * 366), timedelta(days=50 * 366)
"""How far ahead a meeting, and any other day, can be meant; what is later is a mistyped year."""
EARLIEST = timedelta(days=366)
"""How long before its registration something of a case can have happened without a word about it."""


def check(w: Work, step: Step, trigger: str, given: Mapping[str, object], note: str | None, *, follows: bool) -> None:
    """Refuse a day that the step gives and that cannot be meant: planned and passed, decades ahead, or of another year.

    A step that stays in its state may say the same last day again: that more time was not given, for one. What was
    before the case was registered is taken with a note that says why: a case may be registered late (OSL 5:1), and a
    meeting be entered years later. What only ``follows`` from an answer, the clock or a meeting has the days of that.
    """
    if follows:
        return
    here = dict(_of_state(w.rules.states[step.dest], trigger))
    held = {arg.get("date") for arg in _meetings_held(step)}
    own = dict(_of_state(w.rules.states[step.source], trigger))
    of_meeting = w.rules.meeting_of is not None  # it moves by its own rules
    known = here if of_meeting else dict(_planned(w.rules, trigger))
    planned = {k: meets for k, meets in known.items() if k not in held and (k in here or k not in own)}
    unsaid = not note or step.rule.transition.comment == "required"  # that note gives the reason for the step
    for key, day in _days(w, given):
        meeting = planned.get(key, False)
        said_again = step.dest == step.source and not meeting and given[key] == w.case["fields"].get(key)
        if key in planned and day < w.today and not said_again and (key in here or meeting or unsaid):
            what = _MEETING if meeting else _DAY if key in here or note else _BEFORE
            raise _refused(w, key, day, ("som redan har varit", "a day that has passed"), what)
        if day - w.today > (LATEST_MEETING if meeting else LATEST):
            raise _refused(w, key, day, ("många år framåt", "many years ahead"), _YEAR)
        if meeting and unsaid and (last := _last_day(w, step, given)) is not None and day > last:
            sv, en = f"efter den sista dagen, den {full_date(last)}", f"after the last day, {full_date(last, 'en')}"
            raise _refused(w, key, day, (sv, en), _LATE)
        if key not in planned and unsaid and not of_meeting:
            _not_before(w, key, day, timedelta() if own.get(key) and not note else EARLIEST, _YEAR if note else _BEFORE)


def at_start(w: Work, given: Mapping[str, object]) -> None:
    """The same of what a new case is registered with: its first last day has not passed, and no year is mistyped."""
    here = dict(_of_state(w.rules.states[w.rules.initial], "register"))
    for key, day in _days(w, given):
        if key in here and day < w.today:
            raise _refused(w, key, day, ("som redan har varit", "a day that has passed"), _DAY)
        if day < w.today - EARLIEST:
            raise _refused(w, key, day, ("för mer än ett år sedan", "more than a year ago"), _YEAR)
        if day > w.today + LATEST:
            raise _refused(w, key, day, ("många år framåt", "many years ahead"), _YEAR)


def _last_day(w: Work, step: Step, given: Mapping[str, object]) -> date | None:
    """The last day that somebody has set for the state that the step leads to, in which the case awaits a meeting."""
    deadline = w.rules.states[step.dest].deadline
    value = None if deadline is None or deadline.at is None else {**w.case["fields"], **given}.get(deadline.at)
    return date.fromisoformat(str(value)) if value else None


def _not_before(w: Work, key: str, day: date, slack: timedelta, what: Sentence) -> None:
    begun = local_day(w.case["opened_at"])
    if day < begun - slack:
        sv, en = f"före det att ärendet registrerades den {full_date(begun)}", full_date(begun, "en")
        raise _refused(w, key, day, (sv, f"before the case was registered on {en}"), what)


def _days(w: Work, given: Mapping[str, object]) -> Iterator[tuple[str, date]]:
    """The days among what is given, by their fields."""
    for key, value in given.items():
        if key in w.rules.fields and w.rules.fields[key].type == "date" and isinstance(value, str) and value:
            yield key, date.fromisoformat(value)


def _refused(w: Work, key: str, day: date, why: tuple[str, str], what: Sentence) -> Refused:
    sv, en = field_title(w.rules, key, "sv"), field_title(w.rules, key, "en")
    return Refused(
        Sentence(
            f"”{sv}” är den {full_date(day)}, {why[0]}. {what.sv}",
            f'"{en}" is {full_date(day, "en")}, {why[1]}. {what.en}',
        )
    )


_MEETING = Sentence(
    "Ange det sammanträde som ärendet ska tas upp vid. Har det redan tagits upp förs det in i nästa steg, med dagen ur "
    "protokollet.",
    "Give the meeting that is to take the case up. If it has been taken up already, that is entered by the next step, "
    "with the day from the minutes.",
)
_DAY = Sentence("Välj i dag eller en senare dag.", "Choose today or a later day.")
_LATE = Sentence(
    "Välj ett tidigare sammanträde, eller skriv i kommentaren varför ärendet väntar så länge.",
    "Choose an earlier meeting, or write in the comment why the case waits so long.",
)
_YEAR = Sentence("Rätta årtalet.", "Correct the year.")
_BEFORE = Sentence(
    "Rätta dagen, eller skriv i kommentaren varför den stämmer.",
    "Correct the day, or write in the comment why it is right.",
)


def _meetings_held(step: Step) -> Iterator[Mapping[str, object]]:
    return (g.arg for g in step.rule.transition.when if g.name == "meeting_held" and isinstance(g.arg, dict))


def _planned(rules: CaseType, trigger: str) -> Iterator[tuple[str, bool]]:
    """The fields that are planned days in any state, and whether each is a meeting's."""
    for state in rules.states.values():
        yield from _of_state(state, trigger)


def _of_state(state: State, trigger: str) -> Iterator[tuple[str, bool]]:
    at = state.at_meeting
    if state.deadline is not None and state.deadline.at is not None:
        yield state.deadline.at, False
    if at is not None and at.date is not None and trigger != at.taken_up:
        yield at.date, True
