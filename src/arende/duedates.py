"""A deadline: written once, counted in one place, and said in the same words on pages, in mails, calendars and JSON.

It is an amount in a unit from an anchor – the day something began, a date field, a fixed day, or the next meeting of a
body – on a ground. Only a legal time (``legal``) is moved from a day off to the next weekday, by lag (1930:173) 2 §.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from arende.errors import Refused, Sentence
from arende.swedish_holidays import holidays_in
from arende.workdays import (
    add_months,
    add_working_days,
    day_name,
    distance,
    end_of_day,
    full_date,
    next_working_day,
    spoken_date,
)

if TYPE_CHECKING:
    from arende.effecttypes import Due
    from arende.terms import Unit

ROLL_LAW = Sentence("lag (1930:173) 1–2 §§", "Act (1930:173), Sections 1–2")
NO_ROLL = Sentence(
    "lag, räknat bakåt och därför utan lag (1930:173) 2 §",
    "law, counted backwards and so without Act (1930:173), Section 2",
)
"""A legal time before something: a day off is not passed over."""
_GROUNDS = {
    "law": Sentence("lag", "law"),
    "regulations": Sentence("reglemente", "rules of procedure"),
    "decision": Sentence("beslut", "decision"),
    "routine": Sentence("rutin", "routine"),
}
MEETING = Sentence("sammanträdet ", "the meeting on ")
"""What kind of day a meeting is, before its date."""
_DAY = Sentence("", "")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A due date, with the sentence a person reads and the reason.

    ``sentence`` is "senast onsdagen den 20 april 2016, om 9 arbetsdagar"; ``ground`` is short ("KL 13:5", "rutin");
    ``why`` says how the time was counted, with each holiday passed.
    """

    date: date
    sentence: Sentence
    ground: Sentence
    why: Sentence

    @property
    def ends_at(self) -> datetime:
        """The instant, in UTC, when the day is over in Stockholm: it is included to 23.59."""
        return end_of_day(self.date)


class NoMeeting(Refused):
    """The body that a deadline hangs on has no meeting planned that is late enough."""


# ---------------------------------------------------------------- words


def said(day: date, today: date | None = None) -> Sentence:
    """The last day after a label such as "Svara senast": "onsdagen den 20 april 2016, om 9 arbetsdagar"."""
    sv, en = spoken_date(day), spoken_date(day, "en")
    if today is None:
        return Sentence(sv, en)
    away = distance(today, day)
    return Sentence(f"{sv}, {away.sv}", f"{en}, {away.en}")


def last_day(day: date, today: date | None = None) -> Sentence:
    """The last day as a sentence: "senast onsdagen den 20 april 2016, om 9 arbetsdagar"."""
    words = said(day, today)
    return Sentence(f"senast {words.sv}", f"no later than {words.en}")


def ground_of(due: Due) -> Sentence:
    """What a deadline rests on: "KL 13:5", "reglemente (KRF:s arbetsordning p. 1.2)", "rutin"."""
    if due.law:
        return Sentence(due.law, due.law)
    ground = _GROUNDS[due.ground]
    return Sentence(f"{ground.sv} ({due.basis})", f"{ground.en} ({due.basis})") if due.basis else ground


def settled(day: date, due: Due | None = None, today: date | None = None) -> Reckoned:
    """A last day that stands already, with the ground of the deadline that set it where that is known."""
    ground = ground_of(due) if due else Sentence("", "")
    return Reckoned(day, last_day(day, today), ground, ground)


# ---------------------------------------------------------------- counting


def due_on(
    due: Due,
    anchor: date,
    reference: date | None = None,
    today: date | None = None,
    meetings: Iterable[date] = (),
) -> Reckoned:
    """When ``due`` falls, counted from ``anchor`` – or from ``reference`` when it says before, after or at a field.

    ``meetings`` are the first days of the meetings of the body that ``due`` names, in any order. With ``today`` the
    sentence also says how far away the day is. Raises Refused when the field that the deadline is counted from has no
    date yet, and NoMeeting when the body has no meeting that can still be made.
    """
    amount, unit = amount_of(due)
    ground = ground_of(due)
    if due.of_meeting:
        return before(next_meeting(anchor, amount, unit, meetings), due, today, MEETING)
    field = due.before or due.after or due.at
    start = due.fixed or (anchor if field is None else _required(reference, field))
    if due.before:
        return before(start, due, today)
    return reckon(start, amount, unit, legal=due.legal, ground=ground, today=today)


def before(day: date, due: Due, today: date | None = None, start_is: Sentence = _DAY) -> Reckoned:
    """The amount of ``due`` counted back from ``day``; nothing before it is the day itself, working day or not."""
    amount, unit = amount_of(due)
    backwards = unit if amount else "calendar"
    return reckon(day, -amount, backwards, ground=ground_of(due), today=today, start_is=start_is)


def next_meeting(anchor: date, amount: int, unit: Unit, meetings: Iterable[date]) -> date:
    """The first meeting after ``anchor`` for which ``amount`` of ``unit`` before it has not passed on that day.

    A meeting on the very day is not the next one: what is adjourned at a meeting is taken up at another. Raises
    NoMeeting.
    """
    for meeting in sorted(meetings):
        if meeting > anchor and _counted(meeting, -amount, unit if amount else "calendar") >= anchor:
            return meeting
    raise NoMeeting(
        Sentence(
            f"Inget sammanträde är planerat som hinns med från den {full_date(anchor)}. "
            "Lägg in fler i sammanträdesplanen, eller ange dagen.",
            f"No meeting is planned that can be made from {full_date(anchor, 'en')}. "
            "Add more to the meeting plan, or give the day.",
        )
    )


def reckon(
    start: date,
    amount: int,
    unit: Unit,
    *,
    legal: bool = False,
    ground: Sentence | None = None,
    today: date | None = None,
    start_is: Sentence = _DAY,
) -> Reckoned:
    """Count ``amount`` (negative = backwards) of ``unit`` from ``start``; ``legal`` applies lag (1930:173) 2 §.

    ``start_is`` says what kind of day ``start`` is, before its date: "sammanträdet ".
    """
    raw = _counted(start, amount, unit)
    day = next_working_day(raw) if legal and amount >= 0 else raw
    ground = ground or (_legal_ground(amount) if legal else _GROUNDS["routine"])
    how = _how(start, amount, unit, raw, day, start_is)
    return Reckoned(day, last_day(day, today), ground, Sentence(f"{ground.sv}: {how.sv}", f"{ground.en}: {how.en}"))


def _legal_ground(amount: int) -> Sentence:
    """The act moves the last day for somebody's act; what is counted backwards from a day it does not touch."""
    return ROLL_LAW if amount >= 0 else NO_ROLL


def amount_of(due: Due) -> tuple[int, Unit]:
    """How much is counted, and in what."""
    if due.weeks is not None:
        return due.weeks, "weeks"
    if due.months is not None:
        return due.months, "months"
    return (0, "calendar") if due.days is None else (due.days, due.unit)


def _counted(start: date, amount: int, unit: Unit) -> date:
    holidays_in(start.year)  # a start that cannot be counted from is refused also where no holiday is asked for
    try:
        if unit == "working":
            return add_working_days(start, amount)
        if unit == "months":
            return add_months(start, amount)
        end = start + timedelta(weeks=amount) if unit == "weeks" else start + timedelta(days=amount)
    except OverflowError:
        end = date.max
    holidays_in(end.year)
    return end


def _required(reference: date | None, field: str) -> date:
    if reference is None:
        raise Refused(
            Sentence(
                f"Fristen räknas från fältet {field}, som inte har något datum än. Fyll i det först.",
                f"The deadline is counted from the field {field}, which has no date yet. Fill it in first.",
            )
        )
    return reference


_UNITS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "working": (("arbetsdag", "arbetsdagar"), ("working day", "working days")),
    "calendar": (("kalenderdag", "kalenderdagar"), ("calendar day", "calendar days")),
    "weeks": (("vecka", "veckor"), ("week", "weeks")),
    "months": (("månad", "månader"), ("month", "months")),
}


def _how(start: date, amount: int, unit: Unit, raw: date, day: date, start_is: Sentence) -> Sentence:
    """How the time was counted: amount, unit, direction, and the holidays that were passed over."""
    counted = _measured(start, amount, unit, start_is)
    passed = _passed(min(start, raw), max(start, raw)) if unit == "working" else ()
    if passed:
        days = [f"{full_date(d)} ({day_name(d).sv})" for d in passed]
        days_en = [f"{full_date(d, 'en')} ({day_name(d).en})" for d in passed]
        return Sentence(
            f"{counted.sv}; {_and(days, 'och')} räknas inte", f"{counted.en}; {_and(days_en, 'and')} not counted"
        )
    off = raw if day != raw else start if unit == "working" and not amount and day != start else None
    if off is not None:
        name = day_name(off)
        sv, en = ("vardag", "weekday") if day != raw else ("arbetsdag", "working day")
        return Sentence(
            f"{counted.sv}; {full_date(off)} är {name.sv}, så sista dagen är nästa {sv}",
            f"{counted.en}; {full_date(off, 'en')} is {name.en}, so the last day is the next {en}",
        )
    return counted


def _measured(start: date, amount: int, unit: Unit, start_is: Sentence) -> Sentence:
    sv, en = f"{start_is.sv}den {full_date(start)}", f"{start_is.en}{full_date(start, 'en')}"
    if amount == 0:
        return Sentence(sv, en)
    n, many = abs(amount), abs(amount) != 1
    way = Sentence("före", "before") if amount < 0 else Sentence("från", "from")
    return Sentence(f"{n} {_UNITS[unit][0][many]} {way.sv} {sv}", f"{n} {_UNITS[unit][1][many]} {way.en} {en}")


def _passed(first: date, last: date) -> tuple[date, ...]:
    """Holidays on ordinary weekdays after ``first`` and before ``last``."""
    return tuple(
        day
        for year in range(first.year, last.year + 1)
        for day in holidays_in(year)
        if first < day < last and day.weekday() < 5
    )


def _and(words: list[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
