"""Swedish working days and legal time, the instants of a day, and how days are said.

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
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from arende import swedish_holidays
from arende.errors import Sentence
from arende.swedish_holidays import FIRST_YEAR, LAST_YEAR, holidays_in

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_DAY = timedelta(days=1)
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """How far ``day`` is from ``today``: "i dag", "om 9 arbetsdagar", "för 2 arbetsdagar sedan", "för 5 år sedan"."""
    if day == today:
        return Sentence("i dag", "today")
    years, n = round(abs((day - today).days) / 365.25), abs(working_days_between(today, day))
    if years > 1:
        sv, en = f"{years} år", f"{years} years"
    elif n:
        sv = f"{n} arbetsdag" + ("ar" if n > 1 else "")
        en = f"{n} working day" + ("s" if n > 1 else "")
    else:  # only a weekend or holidays lie between
        n = abs((day - today).days)
        sv, en = f"{n} dag" + ("ar" if n > 1 else ""), f"{n} day" + ("s" if n > 1 else "")
    return Sentence(f"om {sv}", f"in {en}") if day > today else Sentence(f"för {sv} sedan", f"{en} ago")


def day_name(day: date) -> Sentence:
    """What kind of day it is: "midsommarafton", "långfredagen", else the weekday."""
    weekday = Sentence(spoken_date(day).split("en den")[0], _WEEKDAYS_EN[day.weekday()])
    holiday = holidays_in(day.year).get(day)
    return swedish_holidays.said(holiday) if holiday else weekday
