"""Guards on time that a statute sets: so long must have passed, and only once. They join ``guards.REGISTRY``.

Importing this module puts them into the vocabulary. They look at the case's own dates and at who has taken which step.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from arende.casetypes import CaseType, Transition
from arende.errors import Sentence
from arende.guards import Facts, field_title, guard
from arende.terms import Key
from arende.workdays import full_date, statutory_last_day

NAMES = ("time_passed", "first_time")


class Passed(BaseModel):
    """The day that a statutory time is counted from, how long it is, and where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Key
    weeks: int = Field(default=0, ge=0, le=520)
    months: int = Field(default=0, ge=0, le=120)
    law: str

    def last_day(self, start: date) -> date:
        """The last day of the time; one off work moves to the next weekday (1930:173)."""
        return statutory_last_day(start, weeks=self.weeks, months=self.months)


@guard("time_passed", Passed, refers="since", says=("lagens tid har gått ut", "the time set by law has passed"))
def time_passed(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """A statutory time from the day in the field has passed: today is after its last day (1930:173)."""
    value = facts.fields.get(arg.since)
    if not value:
        sv, en = field_title(rules, arg.since, "sv"), field_title(rules, arg.since, "en")
        return Sentence(
            f"Ange ”{sv}” ({arg.since}): tiden räknas från den dagen ({arg.law}).",
            f'Give "{en}" ({arg.since}): the time is counted from that day ({arg.law}).',
        )
    last = arg.last_day(date.fromisoformat(str(value)))
    if facts.today > last:
        return None
    return Sentence(
        f"Tiden går ut den {full_date(last)} ({arg.law}). Steget kan tas först därefter.",
        f"The time ends on {full_date(last, 'en')} ({arg.law}). The step can be taken only after that day.",
    )


@guard("first_time", Key, refers="step", says=("{} inte är gjort förut", "{} has not been done before"))
def first_time(rules: CaseType, step: Any, facts: Facts) -> Sentence | None:
    """The step has never been taken in the case: what a statute gives once is given once (FL 12 §)."""
    if step not in facts.done_by:
        return None
    sv, en = rules.trigger_title(step, "sv"), rules.trigger_title(step, "en")
    return Sentence(
        f"”{sv}” är redan gjort en gång i ärendet. Lagen ger rätt till det en gång.",
        f'"{en}" has been done once in the case already. The statute gives it once.',
    )


def looks_back(t: Transition) -> bool:
    """Whether a way asks who has taken which step before."""
    return bool(t.not_same_as or t.same_as or t.quorum > 1 or any(g.name == "first_time" for g in t.when))
