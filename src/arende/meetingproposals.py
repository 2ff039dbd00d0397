"""Days on which a body may come to meet, worked out by rule where nobody has decided them: proposals, and told as such.

They let a case be planned before a year's calendar is known. No deadline rests on one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from arende import wording
from arende.errors import Invalid, Sentence
from arende.meetingplan import WEEKDAYS, Meeting, numbered
from arende.meetingrules import Slot, Weekday
from arende.terms import Key
from arende.workdays import add_working_days, is_working_day
from arende.yamlfile import parse

WEEK = timedelta(days=7)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BodyRule(_Model):
    """When one body is thought to meet, always on one weekday: in certain months, or ``days`` before another body.

    ``days`` are working days at the least, since papers have to pass from the one to the other.
    """

    weekday: Weekday
    slots: Annotated[tuple[Slot, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)] = ()
    before: Key | None = None
    days: int | None = Field(default=None, ge=1, le=60)
    source: str
    """What the rule was read from."""

    @model_validator(mode="after")
    def _one_way(self) -> BodyRule:
        if bool(self.before and self.days) == bool(self.slots):
            raise PydanticCustomError(
                wording.SAID,
                "{en}",
                {
                    "sv": "Ange antingen slots, eller before och days.",
                    "en": "Give either slots, or before and days.",
                },
            )
        return self


class Proposals(_Model):
    """The rules of several bodies, those that others lean on first."""

    bodies: dict[Key, BodyRule]


def read(text: str, file: str) -> Proposals:
    """The rules of a file; raises Invalid with a sentence for each fault, with its line."""
    parsed = parse(text, file)
    try:
        return Proposals.model_validate(parsed.data)
    except ValidationError as e:
        found = wording.findings(e, Proposals, parsed.lines, file)
        raise Invalid(
            *(
                Sentence(f"{file}, rad {f.line}: {f.sentence.sv}", f"{file}, line {f.line}: {f.sentence.en}")
                for f in found
            )
        ) from None


def propose(rules: Proposals, year: int) -> tuple[Meeting, ...]:
    """Every day of the year on which a body may meet; one on a day off comes a week later."""
    days: dict[str, list[date]] = {}
    for body, rule in rules.bodies.items():
        weekday = WEEKDAYS.index(rule.weekday)
        if rule.before and rule.days:
            days[body] = [_before(d, rule.days, weekday) for d in days.get(rule.before, ())]
        else:
            days[body] = [_day(year, slot, weekday) for slot in rule.slots]
    return numbered(
        Meeting(first=d, body=body, number=0, last=d, proposed=True) for body, found in days.items() for d in found
    )


def unknown(proposed: Iterable[Meeting], known: Collection[tuple[str, date]]) -> Iterator[Meeting]:
    """Those in a month of which nothing is known of the body: not even a meeting that was called off."""
    months = {(body, day.year, day.month) for body, day in known}
    return (m for m in proposed if (m.body, m.first.year, m.first.month) not in months)


def _day(year: int, slot: Slot, weekday: int) -> date:
    first = date(year, slot.month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7) + (slot.nth - 1) * WEEK
    while not is_working_day(day):
        day += WEEK
    return day


def _before(day: date, n: int, weekday: int) -> date:
    """The last such weekday, no day off, that leaves ``n`` working days."""
    day = add_working_days(day, -n)
    day -= timedelta(days=(day.weekday() - weekday) % 7)
    while not is_working_day(day):
        day -= WEEK
    return day
