"""Swedish working days and legal time: when something is due, and the sentence that says so.

Two ways of counting, never mixed:

* *Working days* (service promises, papers before a meeting): Monday to Friday except the public holidays of
  lag (1989:253) and Midsummer Eve, Christmas Eve and New Year's Eve. The first day is not counted.
* *Legal time*: calendar time by lag (1930:173) 1 § – a week ends on the same weekday, a month on the same number or
  the last day of the month – and, by 2 §, a last day on a Saturday, Sunday, public holiday or one of the three
  eves moves to the next weekday. The roll is for the last day of somebody's act. It is not for counting backwards
  ("at least one week before") and not for approval of minutes and its announcement: those are strict calendar days.

The eve of Ascension Day, Maundy Thursday and "klämdagar" are ordinary days. Days are dates in Europe/Stockholm.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from arende.errors import Refused, Sentence
from arende.swedish_holidays import FIRST_YEAR, LAST_YEAR, holidays_in

if TYPE_CHECKING:
    from arende.casetypes import Due, Unit

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ROLL_LAW = "lag (1930:173) 1–2 §§"
_DAY = timedelta(days=1)
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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


# ---------------------------------------------------------------- days


def is_working_day(day: date) -> bool:
    """Whether ``day`` is Monday to Friday and no public holiday nor one of the three eves."""
    return day not in holidays_in(day.year) and day.weekday() < 5


def next_working_day(day: date) -> date:
    """``day`` itself when it is a working day, else the first one after it: the roll of lag (1930:173) 2 §."""
    while not is_working_day(day):
        day += _DAY
    return day


def add_working_days(start: date, n: int) -> date:
    """The ``n``:th working day after ``start`` (before it when negative); ``start`` itself is not counted.

    With 0: ``start``, or the next working day when it is none.
    """
    if n == 0:
        return next_working_day(start)
    step, left, day = (_DAY, n, start) if n > 0 else (-_DAY, -n, start)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is the earlier one."""
    if end < start:
        return -working_days_between(end, start)
    if start.year == end.year:
        days = _working_days_of(start.year)
        return bisect_right(days, end) - bisect_right(days, start)
    last = date(start.year, 12, 31)
    whole = sum(len(_working_days_of(year)) for year in range(start.year + 1, end.year))
    this_year = bisect_right(_working_days_of(end.year), end)
    return working_days_between(start, last) + whole + this_year


@cache
def _working_days_of(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=i) for i in range(366 if calendar.isleap(year) else 365))
    return tuple(day for day in days if is_working_day(day))


def add_months(start: date, n: int) -> date:
    """The same number in the month ``n`` months later (or earlier), or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        holidays_in(year)  # says why not
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def statutory_last_day(start: date, *, weeks: int = 0, months: int = 0, days: int = 0) -> date:
    """The last day for an act within a legal time that began on ``start`` (lag 1930:173 1–2 §§).

    ``statutory_last_day(date(2021, 6, 4), weeks=3)`` is 28 June: the 25th is Midsummer Eve, then a weekend.
    """
    return next_working_day(add_months(start, months) + timedelta(days=days, weeks=weeks))


# ---------------------------------------------------------------- instants


def end_of_day(day: date) -> datetime:
    """The instant, in UTC, of 23:59:59 on ``day`` in Stockholm: when "senast den" has passed."""
    return datetime.combine(day, time(23, 59, 59), STOCKHOLM).astimezone(UTC)


def local_day(instant: datetime) -> date:
    """The day it is in Stockholm at ``instant``, which must know its time zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(STOCKHOLM).date()


# ---------------------------------------------------------------- words


@lru_cache(maxsize=4096)
def spoken_date(day: date, language: str = "sv") -> str:
    """The day as it is said: "onsdagen den 20 april 2016", "Wednesday 20 April 2016"."""
    from babel.dates import format_date

    if language == "en":
        return format_date(day, "EEEE d MMMM y", locale="en_GB")
    return format_date(day, "EEEE'en den' d MMMM y", locale="sv")


@lru_cache(maxsize=4096)
def short_date(day: date, language: str = "sv") -> str:
    """The day as in a subject line: "21 augusti", "21 August"."""
    from babel.dates import format_date

    return format_date(day, "d MMMM", locale="en_GB" if language == "en" else "sv")


@lru_cache(maxsize=4096)
def full_date(day: date, language: str = "sv") -> str:
    """The day with its year: "2 september 2020", "2 September 2020"."""
    from babel.dates import format_date

    return format_date(day, "d MMMM y", locale="en_GB" if language == "en" else "sv")


def distance(today: date, day: date) -> Sentence:
    """How far ``day`` is from ``today``: "i dag", "om 9 arbetsdagar", "för 2 arbetsdagar sedan"."""
    if day == today:
        return Sentence("i dag", "today")
    n = abs(working_days_between(today, day))
    if n:
        sv = f"{n} arbetsdag" + ("ar" if n > 1 else "")
        en = f"{n} working day" + ("s" if n > 1 else "")
    else:  # only a weekend or holidays lie between
        n = abs((day - today).days)
        sv, en = f"{n} dag" + ("ar" if n > 1 else ""), f"{n} day" + ("s" if n > 1 else "")
    return Sentence(f"om {sv}", f"in {en}") if day > today else Sentence(f"för {sv} sedan", f"{en} ago")


# ---------------------------------------------------------------- deadlines


def due_on(due: Due, anchor: date, reference: date | None = None, today: date | None = None) -> Reckoned:
    """When ``due`` falls, counted from ``anchor`` – or from ``reference`` when it says before, after or at a field.

    With ``today`` the sentence also says how far away that is. Raises Refused when the field that the deadline is
    counted from has no date yet.
    """
    field = due.before or due.after or due.at
    start = anchor if field is None else _required(reference, field)
    amount, unit = _amount(due)
    ground = _ground_of(due)
    return reckon(start, -amount if due.before else amount, unit, legal=due.legal, ground=ground, today=today)


def reckon(
    start: date,
    amount: int,
    unit: Unit,
    *,
    legal: bool = False,
    ground: Sentence | None = None,
    today: date | None = None,
) -> Reckoned:
    """Count ``amount`` (negative = backwards) of ``unit`` from ``start``; ``legal`` applies lag (1930:173) 2 §."""
    raw = _counted(start, amount, unit)
    day = next_working_day(raw) if legal and amount >= 0 else raw
    ground = ground or (Sentence(ROLL_LAW, "Act (1930:173), Sections 1–2") if legal else Sentence("rutin", "routine"))
    how = _how(start, amount, unit, raw, day)
    return Reckoned(
        day,
        _sentence(day, today),
        ground,
        Sentence(f"{ground.sv}: {how.sv}", f"{ground.en}: {how.en}"),
    )


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


def _amount(due: Due) -> tuple[int, Unit]:
    if due.weeks is not None:
        return due.weeks, "weeks"
    if due.months is not None:
        return due.months, "months"
    return (0, "calendar") if due.days is None else (due.days, due.unit)


def _required(reference: date | None, field: str) -> date:
    if reference is None:
        raise Refused(
            Sentence(
                f"Fristen räknas från fältet {field}, som inte har något datum än. Fyll i det först.",
                f"The deadline is counted from the field {field}, which has no date yet. Fill it in first.",
            )
        )
    return reference


def _ground_of(due: Due) -> Sentence:
    if due.law:
        return Sentence(due.law, due.law)
    return {
        "law": Sentence("lag", "law"),
        "regulations": Sentence("reglemente", "rules of procedure"),
        "routine": Sentence("rutin", "routine"),
    }[due.ground]


def _sentence(day: date, today: date | None) -> Sentence:
    sv, en = f"senast {spoken_date(day)}", f"no later than {spoken_date(day, 'en')}"
    if today is None:
        return Sentence(sv, en)
    away = distance(today, day)
    return Sentence(f"{sv}, {away.sv}", f"{en}, {away.en}")


_UNITS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "working": (("arbetsdag", "arbetsdagar"), ("working day", "working days")),
    "calendar": (("kalenderdag", "kalenderdagar"), ("calendar day", "calendar days")),
    "weeks": (("vecka", "veckor"), ("week", "weeks")),
    "months": (("månad", "månader"), ("month", "months")),
}


def _how(start: date, amount: int, unit: Unit, raw: date, day: date) -> Sentence:
    """How the time was counted: amount, unit, direction, and the holidays that were passed over."""
    many = abs(amount) != 1
    (sv, en), n = (_UNITS[unit][0][many], _UNITS[unit][1][many]), abs(amount)
    way = Sentence("före", "before") if amount < 0 else Sentence("från", "from")
    counted = Sentence(
        f"{n} {sv} {way.sv} den {full_date(start)}",
        f"{n} {en} {way.en} {full_date(start, 'en')}",
    )
    passed = _passed(min(start, raw), max(start, raw)) if unit == "working" else ()
    if passed:
        days = [f"{full_date(d)} ({name[0].lower()}{name[1:]})" for d, name in passed]
        days_en = [full_date(d, "en") for d, _ in passed]
        return Sentence(
            f"{counted.sv}; {_and(days, 'och')} räknas inte", f"{counted.en}; {_and(days_en, 'and')} not counted"
        )
    if day != raw:
        name = day_name(raw)
        return Sentence(
            f"{counted.sv}; {full_date(raw)} är {name.sv}, så sista dagen är nästa vardag",
            f"{counted.en}; {full_date(raw, 'en')} is {name.en}, so the last day is the next weekday",
        )
    return counted


def day_name(day: date) -> Sentence:
    """What kind of day it is: "midsommarafton", "långfredagen", else the weekday."""
    weekday = Sentence(spoken_date(day).split("en den")[0], _WEEKDAYS_EN[day.weekday()])
    holiday = holidays_in(day.year).get(day)
    return Sentence(f"{holiday[0].lower()}{holiday[1:]}", "a public holiday or its eve") if holiday else weekday


def _passed(first: date, last: date) -> tuple[tuple[date, str], ...]:
    """Holidays on ordinary weekdays after ``first`` and before ``last``."""
    return tuple(
        (day, name)
        for year in range(first.year, last.year + 1)
        for day, name in holidays_in(year).items()
        if first < day < last and day.weekday() < 5
    )


def _and(words: list[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
