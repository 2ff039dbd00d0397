"""A year's meetings as data: what a calendar file says, read strictly and written back as it was.

A plan is decided by a body and never worked out from its dates: two years may have the same weekdays. A retreat whose
times are not told has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from arende import wording
from arende.errors import Invalid, Sentence
from arende.workdays import STOCKHOLM, spoken_date
from arende.yamlfile import Unreadable, parse

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Times = tuple[time, time]


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One meeting of a body. ``number`` counts the body's meetings of the year and stays when the meeting moves."""

    first: date
    body: str
    number: int
    last: date
    starts: time | None = None
    ends: time | None = None
    retreat: bool = False
    source: str = ""
    """How the source wrote it."""
    proposed: bool = False
    """By a rule, and not decided by anybody."""

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    @property
    def label(self) -> str:
        """Its body as minutes write it: "KRF"."""
        return self.body.upper()

    @property
    def begins_at(self) -> datetime | None:
        """The instant it begins, in Stockholm; None when its times are not told."""
        return datetime.combine(self.first, self.starts, STOCKHOLM) if self.starts else None

    @property
    def ends_at(self) -> datetime | None:
        """The instant it ends, in Stockholm; None when its times are not told."""
        return datetime.combine(self.last, self.ends, STOCKHOLM) if self.ends else None

    def moved(self, first: date) -> Meeting:
        """The same meeting on other days, as long as it was."""
        return replace(self, first=first, last=first + (self.last - self.first))

    def told(self) -> Sentence:
        """The meeting in words: "KRF onsdagen den 10 mars 2021"."""
        return Sentence(f"{self.label} {spoken_date(self.first)}", f"{self.label} {spoken_date(self.first, 'en')}")


@dataclass(frozen=True)
class MeetingPlan:
    """The meetings of one year, in order, and who decided them."""

    year: int
    meetings: tuple[Meeting, ...]
    decided_by: str | None = None
    rule: str | None = None
    usual: Mapping[str, Times] = field(default_factory=dict)
    """When each body usually meets."""

    def of(self, body: str) -> tuple[Meeting, ...]:
        """The meetings of one body, in order."""
        return tuple(m for m in self.meetings if m.body == body)


# ---------------------------------------------------------------- the file


def _said(sv: str, en: str) -> PydanticCustomError:
    return PydanticCustomError(wording.SAID, "{en}", {"sv": sv, "en": en})


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Line(_Model):
    body: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")
    source_text: str = ""
    start_date: date
    end_date: date
    start: time | None = None
    end: time | None = None
    default_start: time | None = None
    default_end: time | None = None
    weekday: list[str] | None = None
    iso_week: int | None = None
    pair: int | None = Field(default=None, ge=1, le=366)
    internat: bool = False

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise _said(f"”{value}” är ingen dag: ÅÅÅÅ-MM-DD.", f'"{value}" is no day: YYYY-MM-DD.') from None

    @field_validator("start", "end", "default_start", "default_end", mode="before")
    @classmethod
    def _clock(cls, value: object) -> object:
        if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            return time.fromisoformat(value)
        if value is None:
            return None
        raise _said(f"”{value}” är inget klockslag: TT:MM.", f'"{value}" is no time of day: HH:MM.')

    @model_validator(mode="after")
    def _agrees(self) -> _Line:
        if not self.start_date <= self.end_date <= self.start_date + timedelta(days=6):
            raise _said(
                "Ett möte slutar samma dag eller inom en vecka.", "A meeting ends on the day, or within a week."
            )
        if (self.start is None) != (self.end is None) or (self.default_start is None) != (self.default_end is None):
            raise _said("Ange både start och slut, eller ingetdera.", "Give both a start and an end, or neither.")
        if self.start and self.end and self.start_date == self.end_date and self.end <= self.start:
            raise _said("Mötet slutar innan det börjar.", "The meeting ends before it begins.")
        days = [self.start_date + timedelta(days=n) for n in range((self.end_date - self.start_date).days + 1)]
        if self.weekday is not None and [d.lower() for d in self.weekday] != [WEEKDAYS[d.weekday()] for d in days]:
            raise _said("Veckodagen stämmer inte med datumet.", "The weekday is not that of the date.")
        if self.iso_week is not None and self.iso_week != self.start_date.isocalendar().week:
            raise _said("Veckan stämmer inte med datumet.", "The week is not that of the date.")
        return self


class _File(_Model):
    source: str | None = None
    year: int = Field(ge=1990, le=2100)
    timezone: str = "Europe/Stockholm"
    rule: str | None = None
    decided_by: str | None = None
    meetings: list[_Line]

    @model_validator(mode="after")
    def _one_zone(self) -> _File:
        if self.timezone != "Europe/Stockholm":
            raise _said("Tidszonen är Europe/Stockholm.", "The time zone is Europe/Stockholm.")
        return self


def read(text: str, file: str) -> MeetingPlan:
    """The plan of a calendar file (YAML or JSON); raises Invalid with a sentence for each fault, with its line."""
    try:
        parsed = parse(text, file)
        written = _File.model_validate(parsed.data)
    except Unreadable as e:
        raise Invalid(_at(file, e.line, e.bare)) from None
    except ValidationError as e:
        raise Invalid(
            *(_at(file, f.line, f.sentence) for f in wording.findings(e, _File, parsed.lines, file))
        ) from None
    usual = {
        line.body.lower(): (line.default_start, line.default_end)
        for line in written.meetings
        if line.default_start and line.default_end
    }
    return MeetingPlan(written.year, numbered(map(_meeting, written.meetings)), written.decided_by, written.rule, usual)


def _at(file: str, line: int, sentence: Sentence) -> Sentence:
    return Sentence(f"{file}, rad {line}: {sentence.sv}", f"{file}, line {line}: {sentence.en}")


def _meeting(line: _Line) -> Meeting:
    return Meeting(
        first=line.start_date,
        body=line.body.lower(),
        number=0,
        last=line.end_date,
        starts=line.start,
        ends=line.end,
        retreat=line.internat,
        source=line.source_text,
    )


def numbered(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """The meetings in the order of their days, each with its number among those of its body."""
    counted: dict[str, int] = {}
    found = []
    for meeting in sorted(meetings):
        counted[meeting.body] = counted.get(meeting.body, 0) + 1
        found.append(replace(meeting, number=counted[meeting.body]))
    return tuple(found)


def written(plan: MeetingPlan) -> dict[str, Any]:
    """The plan as a calendar file has it, to be kept as JSON; ``read`` gives the same plan back."""
    return {
        "year": plan.year,
        "timezone": "Europe/Stockholm",
        "rule": plan.rule,
        "decided_by": plan.decided_by,
        "meetings": [_written(m, plan.usual.get(m.body)) for m in plan.meetings],
    }


def _written(m: Meeting, usual: Times | None) -> dict[str, Any]:
    return {
        "body": m.label,
        "source_text": m.source,
        "start_date": m.first.isoformat(),
        "end_date": m.last.isoformat(),
        "start": _clock(m.starts),
        "end": _clock(m.ends),
        "default_start": _clock(usual[0]) if usual else None,
        "default_end": _clock(usual[1]) if usual else None,
        "weekday": [WEEKDAYS[d.weekday()].capitalize() for d in m.days],
        "iso_week": m.first.isocalendar().week,
        "pair": m.number,
        "internat": m.retreat,
    }


def _clock(moment: time | None) -> str | None:
    return f"{moment:%H:%M}" if moment else None
