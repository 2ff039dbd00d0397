"""Days that a step sets ahead: the meeting that is to take a case up, and the last day of what begins now.

They are planned, so one that has passed is a slip of the pen; entered all the same it would be overdue at once, and
the manager be told of a delay that nobody has caused. What has happened (a day of receipt, the day of a decision) is
another matter: the step that notes it asks for a meeting that has been held, or for a day that has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from arende.errors import Refused, Sentence
from arende.guards import field_title
from arende.machine import Step
from arende.statetypes import State
from arende.work import Work
from arende.workdays import full_date


def check(w: Work, step: Step, trigger: str, given: Mapping[str, object]) -> None:
    """Refuse a planned day that has passed, when the step itself gives it.

    A step that stays in its state may say the same last day again: that more time was not given, for one.
    """
    state, stays = w.rules.states[step.dest], step.dest == step.source
    noted = {arg.get("date") for arg in _meetings_held(step)}
    for key, meets in _planned(state, trigger):
        value = given.get(key)
        said_again = stays and not meets and value == w.case["fields"].get(key)
        if key in noted or said_again or not isinstance(value, str) or not value:
            continue
        day = date.fromisoformat(value)
        if day >= w.today:
            continue
        sv, en = field_title(w.rules, key, "sv"), field_title(w.rules, key, "en")
        what = _MEETING if meets else _DAY
        raise Refused(
            Sentence(
                f"”{sv}” är den {full_date(day)}, som redan har varit. {what.sv}",
                f'"{en}" is {full_date(day, "en")}, a day that has passed. {what.en}',
            )
        )


_MEETING = Sentence(
    "Ange det sammanträde som ärendet ska tas upp vid. Har det redan tagits upp förs det in i nästa steg, med dagen ur "
    "protokollet.",
    "Give the meeting that is to take the case up. If it has been taken up already, that is entered by the next step, "
    "with the day from the minutes.",
)
_DAY = Sentence("Välj i dag eller en senare dag.", "Choose today or a later day.")


def _meetings_held(step: Step) -> Iterator[Mapping[str, object]]:
    return (g.arg for g in step.rule.transition.when if g.name == "meeting_held" and isinstance(g.arg, dict))


def _planned(state: State, trigger: str) -> Iterator[tuple[str, bool]]:
    """The fields of the state that are planned days, and whether each is a meeting's."""
    at = state.at_meeting
    if at is not None and at.date is not None and trigger != at.taken_up:
        yield at.date, True
    if state.deadline is not None and state.deadline.at is not None:
        yield state.deadline.at, False
