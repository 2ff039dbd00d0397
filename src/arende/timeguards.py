"""Guards on time: so long must have passed by statute, only once, and newer than a step. They join ``guards.REGISTRY``.

Importing this module puts them into the vocabulary. They look at the case's own dates and at who has taken which step.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from arende.casetypes import CaseType, Transition
from arende.errors import Sentence
from arende.guards import Facts, document_present, document_title, field_title, guard
from arende.lawguards import law_of
from arende.terms import Key
from arende.workdays import full_date, statutory_last_day

NAMES = ("time_passed", "first_time", "appeal_in_time", "day_ahead", "day_come", "dates_in_order", "legal_force_day")
TO_APPEAL = "13 kap. 5 § kommunallagen"


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


@guard("day_ahead", Key, refers="field", says=("{} inte har passerat", "{} has not passed"))
def day_ahead(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """The day in the field is today or later: what lasts until then has something left."""
    value = facts.fields.get(key)
    if not value or date.fromisoformat(str(value)) >= facts.today:
        return None
    sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
    return Sentence(
        f"”{sv}” är en dag som redan har passerat. Välj i dag eller en senare dag.",
        f'"{en}" is a day that has passed. Choose today or a later day.',
    )


class Newer(BaseModel):
    """A kind of document, and the step that it must be newer than."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Key
    since: Key


@guard("new_document", Newer, refers="newer", says=("{} är ny", "{} is new"))
def new_document(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The document has got another content since the step was last taken, or is there and the step never was."""
    if (arg.document, arg.since) in law_of(facts).renewed:
        return None
    if (missing := document_present(rules, arg.document, facts)) is not None:
        return missing
    document = document_title(rules, arg.document, "sv"), document_title(rules, arg.document, "en")
    step = rules.trigger_title(arg.since), rules.trigger_title(arg.since, "en")
    return Sentence(
        f"Handlingen ”{document[0]}” är densamma som när ”{step[0]}” gjordes. Lägg till den nya först.",
        f'The document "{document[1]}" is the same as when "{step[1]}" was done. Add the new one first.',
    )


@guard("day_come", Key, refers="field", says=("{} har kommit", "{} has come"))
def day_come(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """The day in the field is today or past: what is noted afterwards has happened."""
    value = facts.fields.get(key)
    if not value or date.fromisoformat(str(value)) <= facts.today:
        return None
    day = date.fromisoformat(str(value))
    sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
    return Sentence(
        f"”{sv}” är den {full_date(day)}, och den dagen har inte kommit än. Anteckna det när den har varit.",
        f'"{en}" is {full_date(day, "en")}, a day that has not come yet. Note it afterwards.',
    )


class Since(BaseModel):
    """A day, the step that it cannot be before, and where that stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Key
    step: Key
    law: str


@guard("day_since", Since, refers="hearing", says=("dagen är inte före beslutet", "the day is not before the decision"))
def day_since(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The day in the field is not before the day on which the step was last taken: no time runs from it earlier."""
    value, taken = facts.fields.get(arg.field), law_of(facts).taken.get(arg.step)
    if not value or taken is None or date.fromisoformat(str(value)) >= taken:
        return None
    day = date.fromisoformat(str(value))
    sv, en = field_title(rules, arg.field, "sv"), field_title(rules, arg.field, "en")
    step = rules.trigger_title(arg.step), rules.trigger_title(arg.step, "en")
    return Sentence(
        f"”{sv}” är den {full_date(day)}, men steget ”{step[0]}” togs först den {full_date(taken)}. En tidigare "
        f"dag kan inte stämma ({arg.law}). Rätta dagen.",
        f'"{en}" is {full_date(day, "en")}, but the step "{step[1]}" was taken only on {full_date(taken, "en")}. An '
        f"earlier day cannot be right ({arg.law}). Correct the day.",
    )


@guard("dates_in_order", tuple[str, ...], refers="field", says=("{} kommer i ordning", "{} are in order"))
def dates_in_order(rules: CaseType, keys: Any, facts: Facts) -> Sentence | None:
    """No day, or time of day, comes after the one that follows it; a time of day is earlier. Unset ones are passed."""
    given = [(k, str(facts.fields[k])) for k in keys if facts.fields.get(k)]
    for (first, a), (then, b) in pairwise(given):
        if a > b or (a == b and rules.fields[first].type == "text"):
            titles = [(field_title(rules, k, lang), k) for lang in ("sv", "en") for k in (first, then)]
            (sv, _), (sv_then, _), (en, _), (en_then, _) = titles
            return Sentence(
                f"”{sv}” ({a}) ska vara före ”{sv_then}” ({b}). Rätta det som är fel.",
                f'"{en}" ({a}) has to be before "{en_then}" ({b}). Correct what is wrong.',
            )
    return None


class LegalForce(BaseModel):
    """The day of the decision, and the day on which it is said to have gained legal force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decided: Key
    gained: Key


def no_legal_force(decided: date, on: date, today: date) -> Sentence | None:
    """Why a decision has not gained legal force on the day: three weeks to appeal are not over, or it has not come."""
    last = statutory_last_day(decided, weeks=3)
    if last < on <= today:
        return None
    return Sentence(
        f"Laga kraft den {full_date(on)} stämmer inte. Beslutet togs den {full_date(decided)} och kan överklagas i tre "
        f"veckor från tillkännagivandet ({TO_APPEAL}), tidigast till och med den {full_date(last)}; och dagen ska ha "
        "kommit. Skriv dagen efter den sista.",
        f"Legal force on {full_date(on, 'en')} cannot be. The decision was taken on {full_date(decided, 'en')} and can "
        f"be appealed for three weeks from its notice (KL 13:5), until {full_date(last, 'en')} at the earliest; and "
        "the day must have come. Give the day after the last.",
    )


@guard(
    "legal_force_day",
    LegalForce,
    refers="values",
    says=("tiden för överklagande har gått (13 kap. 5 § KL)", "the time for appeal is over (KL 13:5)"),
)
def legal_force_day(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The day of legal force is after the three weeks to appeal, from the decision at the earliest (KL 13:5)."""
    decided, on = (facts.fields.get(key) for key in (arg.decided, arg.gained))
    if not decided or not on:
        return None
    return no_legal_force(date.fromisoformat(str(decided)), date.fromisoformat(str(on)), facts.today)


class AppealTime(BaseModel):
    """The days that the time for appeal is judged by, and the choice that says how it was judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    came: Key
    received: Key
    judged: Key


@guard(
    "appeal_in_time",
    AppealTime,
    refers="values",
    says=("prövningen stämmer med dagarna (44–45 §§ FL)", "the finding agrees with the days (FL 44–45 §§)"),
)
def appeal_in_time(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """An appeal is in time, or late, as its day says: three weeks from the day of receipt (FL 44–45 §§)."""
    came, received, judged = (facts.fields.get(key) for key in (arg.came, arg.received, arg.judged))
    if judged not in ("in_time", "late") or not came:
        return None
    last = statutory_last_day(date.fromisoformat(str(received)), weeks=3) if received else None
    late = last is not None and date.fromisoformat(str(came)) > last
    if late == (judged == "late"):
        return None
    return _otherwise(date.fromisoformat(str(came)), last)


def _otherwise(came: date, last: date | None) -> Sentence:
    """That the days say otherwise, and what to do."""
    if last is None:
        return Sentence(
            "Det är inte antecknat när den som överklagar fick del av beslutet. Tiden för att överklaga har då inte "
            "börjat löpa, och överklagandet kan inte vara för sent (44–45 §§ förvaltningslagen). Välj ”i rätt tid”.",
            "It is not noted when whoever appeals received the decision. The time for appeal has then not begun, and "
            'the appeal cannot be late (FL 44–45 §§). Choose "in time".',
        )
    if came > last:
        return Sentence(
            f"Överklagandet kom in den {full_date(came)}, och tiden gick ut den {full_date(last)} (44 § "
            "förvaltningslagen). Välj ”för sent”, eller att det tas upp ändå om skälen för det finns (45 §).",
            f"The appeal came in on {full_date(came, 'en')}, and the time ended on {full_date(last, 'en')} (FL 44 §). "
            "Choose that it is late, or that it is taken up all the same where there is ground for it (45 §).",
        )
    return Sentence(
        f"Överklagandet kom in den {full_date(came)}, och tiden går ut den {full_date(last)}. Det kom alltså in i rätt "
        "tid och får inte avvisas (44–45 §§ förvaltningslagen). Rätta dagen eller välj ”i rätt tid”.",
        f"The appeal came in on {full_date(came, 'en')}, and the time ends on {full_date(last, 'en')}. So it is in "
        'time and may not be dismissed (FL 44–45 §§). Correct the day or choose "in time".',
    )


def looks_back(t: Transition) -> bool:
    """Whether a way asks who has taken which step before."""
    return bool(t.not_same_as or t.same_as or t.quorum > 1 or any(g.name == "first_time" for g in t.when))
