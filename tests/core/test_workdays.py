"""Dates are right: facts from the law and the calendar, then properties that hold for every day."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from holidays.countries.sweden import Sweden
from hypothesis import given
from hypothesis import strategies as st

from arende import swedish_holidays
from arende.duedates import due_on, reckon
from arende.effecttypes import Due
from arende.swedish_holidays import FIRST_YEAR, LAST_YEAR, holidays_in
from arende.workdays import (
    add_months,
    add_working_days,
    end_of_day,
    is_working_day,
    local_day,
    next_working_day,
    spoken_date,
    statutory_last_day,
    working_days_between,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "deadline_vectors.json").read_text("utf-8"))
LEGAL, WORKING = VECTORS["statutory"], VECTORS["working_days"]

days = st.dates(date(1995, 1, 1), date(2095, 12, 31))
amounts = st.integers(-400, 400)


def day(text: str) -> date:
    return date.fromisoformat(text)


def due(**given: Any) -> Due:
    return Due.model_validate(given)


# ---------------------------------------------------------------- facts


@pytest.mark.parametrize("v", LEGAL["appeal_three_weeks"], ids=lambda v: v["announced"])
def test_an_appeal_time_of_three_weeks_ends_on_a_weekday(v: dict[str, Any]) -> None:
    assert statutory_last_day(day(v["announced"]), weeks=v["weeks"]) == day(v["last_day"])
    reckoned = due_on(due(weeks=v["weeks"], legal=True, ground="law", law="KL 13:5"), day(v["announced"]))
    assert reckoned.date == day(v["last_day"])
    assert reckoned.ground.sv == "KL 13:5"
    raw = day(v["announced"]) + timedelta(weeks=v["weeks"])
    skipped = [raw + timedelta(days=i) for i in range((reckoned.date - raw).days)]
    assert [d.isoformat() for d in skipped] == [s["date"] for s in v["skipped"]]
    assert day(v["legal_force_from"]) == reckoned.date + timedelta(days=1)


@pytest.mark.parametrize("v", LEGAL["months_and_weeks"], ids=lambda v: v["period"])
def test_a_month_ends_on_the_same_number_or_the_last_day(v: dict[str, Any]) -> None:
    amount, unit = int(v["period"][1:-1]), {"M": "months", "W": "weeks"}[v["period"][-1]]
    assert statutory_last_day(day(v["start"]), **{unit: amount}) == day(v["result"])
    assert due_on(due(**{unit: amount}, legal=True), day(v["start"])).date == day(v["result"])


@pytest.mark.parametrize("v", LEGAL["strict_calendar_days"], ids=lambda v: v["rule"])
def test_strict_calendar_days_are_never_moved(v: dict[str, Any]) -> None:
    assert reckon(day(v["start"]), v["days"], "calendar").date == day(v["result"])


@pytest.mark.parametrize("v", WORKING["add"], ids=lambda v: f"{v['start']}{v['working_days']:+}")
def test_working_days_are_counted_past_holidays(v: dict[str, Any]) -> None:
    assert add_working_days(day(v["start"]), v["working_days"]) == day(v["result"])
    assert working_days_between(day(v["start"]), day(v["result"])) == v["working_days"] or not is_working_day(
        day(v["start"])
    )
    why = reckon(day(v["start"]), v["working_days"], "working").why.sv
    for passed in v["holidays_passed"]:
        assert f"({swedish_holidays.said(passed['name']).sv})" in why or day(passed["date"]) == day(v["start"])


@pytest.mark.parametrize("year", WORKING["holidays_by_year"])
def test_the_holidays_of_a_year_are_known_by_name(year: str) -> None:
    known = [{"date": d.isoformat(), "name": name} for d, name in holidays_in(int(year)).items()]
    assert known == WORKING["holidays_by_year"][year]


def test_the_holidays_of_every_year_are_those_of_an_independent_table() -> None:
    """``public`` alone would count Christmas Eve as a working day; ``de_facto`` adds exactly the three eves."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        table = Sweden(
            years=year, expand=False, language="sv", categories=("public", "de_facto"), include_sundays=False
        )
        assert set(holidays_in(year)) == set(table), year
        assert all(name in table[day].split("; ") for day, name in holidays_in(year).items()), year


@pytest.mark.parametrize("v", VECTORS["cgh_krf_pairs"]["pairs"], ids=lambda v: v["krf"])
def test_the_working_days_between_preparation_and_meeting_are_computed_not_assumed(v: dict[str, Any]) -> None:
    assert working_days_between(day(v["cgh"]), day(v["krf"])) == v["working_days"]
    assert is_working_day(day(v["krf"]))


def test_a_date_is_said_as_in_a_letter() -> None:
    said = [spoken_date(date(2026, 11, 16) + timedelta(days=i)) for i in range(7)]
    assert said[0] == "måndagen den 16 november 2026"
    assert said[6] == "söndagen den 22 november 2026"
    assert spoken_date(date(2016, 4, 20), "en") == "Wednesday 20 April 2016"


# ---------------------------------------------------------------- instants


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-15", "2026-01-15T22:59:59"),
        ("2026-07-15", "2026-07-15T21:59:59"),
        ("2026-03-28", "2026-03-28T22:59:59"),
        ("2026-03-29", "2026-03-29T21:59:59"),  # clocks go forward this night
        ("2026-10-24", "2026-10-24T21:59:59"),
        ("2026-10-25", "2026-10-25T22:59:59"),  # and back
    ],
)
def test_a_day_ends_by_the_clock_in_stockholm(local: str, utc: str) -> None:
    instant = end_of_day(day(local))
    assert instant == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert instant.utcoffset() == timedelta(0)
    assert local_day(instant + timedelta(seconds=1)) == day(local) + timedelta(days=1)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 1, 1))  # noqa: DTZ001 – that is what is refused


@given(days)
def test_every_day_ends_on_itself_and_lasts_23_to_25_hours(d: date) -> None:
    assert local_day(end_of_day(d)) == d
    length = end_of_day(d + timedelta(days=1)) - end_of_day(d)
    assert timedelta(hours=23) <= length <= timedelta(hours=25)


# ---------------------------------------------------------------- properties


@given(days, amounts)
def test_a_counted_day_is_a_working_day(d: date, n: int) -> None:
    assert is_working_day(add_working_days(d, n))


@given(days, days, amounts)
def test_an_earlier_start_never_ends_later(a: date, b: date, n: int) -> None:
    first, second = sorted((a, b))
    assert add_working_days(first, n) <= add_working_days(second, n)
    assert statutory_last_day(first, weeks=abs(n) % 60) <= statutory_last_day(second, weeks=abs(n) % 60)


@given(days, st.integers(-399, 399))
def test_one_more_working_day_is_later(d: date, n: int) -> None:
    assert add_working_days(d, n) < add_working_days(d, n + 1) or (n in (-1, 0) and not is_working_day(d))


@given(days, amounts)
def test_counting_back_returns_to_the_start(d: date, n: int) -> None:
    start = next_working_day(d)
    assert add_working_days(add_working_days(start, n), -n) == start
    assert working_days_between(start, add_working_days(start, n)) == n


@given(days, amounts, amounts)
def test_counting_in_two_stretches_is_counting_in_one(d: date, a: int, b: int) -> None:
    start = next_working_day(d)
    assert add_working_days(add_working_days(start, a), b) == add_working_days(start, a + b)


@given(days)
def test_the_roll_is_idempotent_and_short(d: date) -> None:
    rolled = next_working_day(d)
    assert next_working_day(rolled) == rolled
    assert timedelta(0) <= rolled - d <= timedelta(days=5)


@given(days, st.integers(-600, 600))
def test_adding_months_keeps_the_number_or_takes_the_last_day(d: date, n: int) -> None:
    if not 1990 <= d.year + n / 12 <= 2099:
        return
    moved = add_months(d, n)
    assert (moved.year * 12 + moved.month) - (d.year * 12 + d.month) == n
    assert moved.day == d.day or (moved.day < d.day and (moved + timedelta(days=1)).day == 1)
