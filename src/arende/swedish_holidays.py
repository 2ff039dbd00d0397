"""The public holidays of Sweden, and the three eves that count like them.

Public holidays by lag (1989:253): the fixed days, those around Easter, Midsummer Day and All Saints' Day. Midsummer
Eve, Christmas Eve and New Year's Eve are equal to them by lag (1930:173) 2 §.

They are computed, not looked up: a general library of the world's holidays takes most of a second to import, in every
process. The tests hold every day of every year against such a library.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from arende.errors import Invalid, Sentence

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""The years whose holidays are known; other dates are refused rather than counted wrongly."""

_ENGLISH = {
    "Nyårsdagen": "New Year's Day",
    "Trettondedag jul": "Epiphany",
    "Långfredagen": "Good Friday",
    "Påskdagen": "Easter Sunday",
    "Annandag påsk": "Easter Monday",
    "Första maj": "May Day",
    "Kristi himmelsfärdsdag": "Ascension Day",
    "Pingstdagen": "Whit Sunday",
    "Annandag pingst": "Whit Monday",
    "Nationaldagen": "the National Day",
    "Midsommarafton": "Midsummer Eve",
    "Midsommardagen": "Midsummer Day",
    "Alla helgons dag": "All Saints' Day",
    "Julafton": "Christmas Eve",
    "Juldagen": "Christmas Day",
    "Annandag jul": "Boxing Day",
    "Nyårsafton": "New Year's Eve",
}


def said(name: str) -> Sentence:
    """A holiday inside a sentence: "annandag påsk", but "Kristi himmelsfärdsdag"."""
    return Sentence(name if name.startswith("Kristi") else name[0].lower() + name[1:], _ENGLISH[name])


@cache
def holidays_in(year: int) -> Mapping[date, str]:
    """The days of ``year`` that are no working days whatever their weekday, with Swedish names. Raises Invalid."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            Sentence(
                f"Helgdagarna år {year} är inte kända. Datum kan räknas för åren {FIRST_YEAR}–{LAST_YEAR}.",
                f"The public holidays of {year} are not known. Dates can be counted for {FIRST_YEAR}–{LAST_YEAR}.",
            )
        )
    return dict(sorted({**_by_number(year), **_by_easter(year), **_by_weekday(year)}.items()))


def _by_number(year: int) -> dict[date, str]:
    days = {
        date(year, 1, 1): "Nyårsdagen",
        date(year, 1, 6): "Trettondedag jul",
        date(year, 5, 1): "Första maj",
        date(year, 12, 24): "Julafton",
        date(year, 12, 25): "Juldagen",
        date(year, 12, 26): "Annandag jul",
        date(year, 12, 31): "Nyårsafton",
    }
    return days | ({date(year, 6, 6): "Nationaldagen"} if year >= 2005 else {})


def _by_easter(year: int) -> dict[date, str]:
    easter = _easter(year)
    days = {-2: "Långfredagen", 0: "Påskdagen", 1: "Annandag påsk", 39: "Kristi himmelsfärdsdag", 49: "Pingstdagen"}
    if year < 2005:  # exchanged for the National Day
        days[50] = "Annandag pingst"
    return {easter + timedelta(days=after): name for after, name in days.items()}


def _by_weekday(year: int) -> dict[date, str]:
    midsummer, saints = _saturday_from(date(year, 6, 20)), _saturday_from(date(year, 10, 31))
    return {midsummer - timedelta(days=1): "Midsommarafton", midsummer: "Midsommardagen", saints: "Alla helgons dag"}


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    correction = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
