"""A deadline falls on the right day, and says so in the same words everywhere."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from test_workdays import LEGAL, VECTORS, WORKING, day, days, due

from arende import duedates
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.duedates import NoMeeting, due_on, reckon
from arende.errors import Invalid, Refused

# ---------------------------------------------------------------- deadlines as written


def test_the_sentence_says_the_day_and_how_far_away_it_is() -> None:
    reckoned = due_on(due(days=9, unit="working"), date(2016, 4, 7), today=date(2016, 4, 7))
    assert reckoned.sentence.sv == "senast onsdagen den 20 april 2016, om 9 arbetsdagar"
    assert reckoned.sentence.en == "no later than Wednesday 20 April 2016, in 9 working days"
    assert due_on(due(days=9, unit="working"), date(2016, 4, 7)).sentence.sv == "senast onsdagen den 20 april 2016"


@pytest.mark.parametrize(
    ("today", "sv", "en"),
    [
        ("2016-04-20", "i dag", "today"),
        ("2016-04-19", "om 1 arbetsdag", "in 1 working day"),
        ("2016-04-22", "för 2 arbetsdagar sedan", "2 working days ago"),
    ],
)
def test_the_distance_is_told_in_words(today: str, sv: str, en: str) -> None:
    sentence = reckon(date(2016, 4, 13), 1, "weeks", today=day(today)).sentence
    assert sentence.sv.endswith(f", {sv}")
    assert sentence.en.endswith(f", {en}")


def test_over_a_weekend_the_distance_is_told_in_days() -> None:
    sentence = reckon(date(2026, 11, 20), 2, "calendar", today=date(2026, 11, 20)).sentence
    assert sentence.sv == "senast söndagen den 22 november 2026, om 2 dagar"


def test_before_and_after_are_counted_from_the_date_of_the_field() -> None:
    anchor, meeting = date(2021, 1, 1), date(2021, 4, 7)
    assert due_on(due(days=8, unit="working", before="meeting"), anchor, meeting).date == date(2021, 3, 24)
    assert due_on(due(days=1, unit="working", after="meeting"), anchor, meeting).date == date(2021, 4, 8)
    assert due_on(due(at="meeting"), anchor, meeting).date == meeting


def test_a_deadline_from_an_empty_field_says_what_to_fill_in() -> None:
    with pytest.raises(Refused, match="meeting"):
        due_on(due(days=8, unit="working", before="meeting"), date(2021, 1, 1))


@pytest.mark.parametrize(
    "given",
    [
        {"days": 7, "before": "meeting"},  # public notice at least one week before: strict, or the notice is too short
        {"days": 5, "unit": "working"},
        {"days": 8, "meeting": "rs"},
    ],
)
def test_the_law_on_legal_time_is_not_written_where_it_does_not_apply(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="1930:173"):
        due(**given, legal=True)


def test_an_amount_counted_backwards_is_not_rolled_into_the_notice() -> None:
    assert reckon(date(2026, 6, 27), -7, "calendar", legal=True).date == date(2026, 6, 20)


def test_why_names_the_roll() -> None:
    why = reckon(date(2021, 6, 4), 3, "weeks", legal=True).why
    assert why.sv == (
        "lag (1930:173) 1–2 §§: 3 veckor från den 4 juni 2021; "
        "25 juni 2021 är midsommarafton, så sista dagen är nästa vardag"
    )
    saturday = reckon(date(2026, 10, 3), 3, "weeks", legal=True).why
    assert "24 oktober 2026 är lördag" in saturday.sv
    assert "24 October 2026 is Saturday" in saturday.en


def test_why_names_the_day_off_that_no_working_days_begin_on() -> None:
    told = duedates.reckon(date(2021, 1, 1), 0, "working")
    assert told.date == date(2021, 1, 4)
    assert told.why.sv == "rutin: den 1 januari 2021; 1 januari 2021 är nyårsdagen, så sista dagen är nästa arbetsdag"
    assert duedates.reckon(date(2021, 1, 4), 0, "working").why.sv == "rutin: den 4 januari 2021"


def test_a_legal_time_before_something_does_not_lean_on_the_act_that_moves_last_days() -> None:
    told = duedates.reckon(date(2021, 7, 2), -7, "calendar", legal=True)
    assert told.date == date(2021, 6, 25), "Midsummer Eve, and still the day"
    assert told.ground.sv == "lag, räknat bakåt och därför utan lag (1930:173) 2 §"
    assert duedates.reckon(date(2021, 6, 4), 3, "weeks", legal=True).ground == duedates.ROLL_LAW


def test_the_unit_of_days_may_be_weeks_or_months() -> None:
    assert due_on(due(days=2, unit="weeks"), date(2021, 1, 1)).date == date(2021, 1, 15)
    assert due_on(due(days=1, unit="months"), date(2021, 1, 31)).date == date(2021, 2, 28)


@pytest.mark.parametrize(("start", "amount", "unit"), [
    ("0001-01-01", 1, "working"),
    ("9999-12-31", 1, "calendar"),
    ("2026-01-01", 10**9, "weeks"),
    ("2026-01-01", -(10**9), "calendar"),
    ("2026-01-01", 10**6, "months"),
    ("2026-01-01", 10**6, "working"),
])  # fmt: skip
def test_years_without_known_holidays_are_refused(start: str, amount: int, unit: Any) -> None:
    with pytest.raises(Invalid, match="1990–2100"):
        reckon(day(start), amount, unit)


def test_a_fixed_day_needs_no_anchor() -> None:
    reckoned = due_on(due(fixed="2026-06-30"), date(2026, 1, 1))
    assert (reckoned.date, reckoned.why.sv) == (date(2026, 6, 30), "rutin: den 30 juni 2026")
    rule = due(fixed="2026-06-30").model_dump(mode="json", exclude_defaults=True)
    assert rule == {"fixed": "2026-06-30"}, "as the row of a deadline keeps it"
    assert due(**rule).fixed == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("given", "sv", "en"),
    [
        ({"days": 3, "unit": "working"}, "rutin", "routine"),
        ({"weeks": 3, "ground": "law", "law": "KL 13:5"}, "KL 13:5", "KL 13:5"),
        (
            {"at": "meeting", "ground": "regulations", "basis": "KRF:s arbetsordning p. 1.2"},
            "reglemente (KRF:s arbetsordning p. 1.2)",
            "rules of procedure (KRF:s arbetsordning p. 1.2)",
        ),
    ],
)
def test_the_ground_is_printed_with_its_place(given: dict[str, Any], sv: str, en: str) -> None:
    assert duedates.ground_of(due(**given)) == (sv, en)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"days": 1, "weeks": 1},
        {"days": 1, "at": "meeting"},
        {"days": 1, "fixed": "2026-06-30"},
        {"fixed": "2026-06-30", "at": "meeting"},
        {"days": 1, "before": "meeting", "after": "meeting"},
        {"days": 1, "before": "meeting", "meeting": "rs"},
        {"meeting": "rs", "meeting_from": "decision_body"},
        {"weeks": 3, "ground": "law"},
        {"fixed": "2026-02-30"},
    ],
)
def test_a_deadline_is_written_in_one_way(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        due(**given)


# ---------------------------------------------------------------- the next meeting of a body

KRF = tuple(day(pair["krf"]) for pair in VECTORS["cgh_krf_pairs"]["pairs"])


def test_the_next_meeting_is_the_first_one_after_the_day() -> None:
    assert due_on(due(meeting="krf"), date(2021, 3, 9), meetings=KRF).date == date(2021, 3, 10)
    assert due_on(due(meeting="krf"), date(2021, 3, 10), meetings=KRF).date == date(2021, 4, 7), "adjourned that day"


def test_days_before_the_next_meeting_are_counted_from_one_that_can_still_be_made() -> None:
    papers = due(days=10, unit="working", meeting="krf")
    on_time = due_on(papers, date(2021, 3, 22), meetings=reversed(KRF))
    assert on_time.date == date(2021, 3, 22)
    assert on_time.why.sv == (
        "rutin: 10 arbetsdagar före sammanträdet den 7 april 2021; 2 april 2021 (långfredagen) och "
        "5 april 2021 (annandag påsk) räknas inte"
    )
    assert due_on(papers, date(2021, 3, 23), meetings=KRF).date == date(2021, 4, 21), "for the meeting on 5 May"


def test_nothing_before_a_day_is_the_day_itself_also_when_it_is_a_saturday() -> None:
    saturday = date(2022, 1, 8)
    for written in (due(days=0, unit="working", before="meeting"), due(days=0, unit="working", meeting="krf")):
        assert due_on(written, date(2022, 1, 3), saturday, meetings=[saturday]).date == saturday


def test_a_body_without_a_meeting_left_says_what_to_do() -> None:
    with pytest.raises(NoMeeting, match="sammanträdesplanen"):
        due_on(due(meeting="krf"), date(2021, 11, 17), meetings=KRF)


@given(st.lists(days, max_size=12), days, st.integers(0, 30))
def test_the_next_meeting_is_never_early_nor_missed(meetings: list[date], anchor: date, n: int) -> None:
    papers = due(days=n, unit="working", meeting="krf")
    try:
        reckoned = due_on(papers, anchor, meetings=meetings)
    except NoMeeting:
        assert all(m <= anchor or duedates.before(m, papers).date < anchor for m in meetings)
        return
    assert reckoned.date >= anchor
    in_time = [m for m in meetings if m > anchor and duedates.before(m, papers).date >= anchor]
    assert reckoned.date == min(duedates.before(m, papers).date for m in in_time)


# ---------------------------------------------------------------- one sentence, one end of the day


def test_the_same_words_stand_after_a_label_and_in_a_sentence() -> None:
    last, today = date(2016, 4, 20), date(2016, 4, 7)
    assert duedates.said(last, today).sv == "onsdagen den 20 april 2016, om 9 arbetsdagar"
    assert duedates.last_day(last, today).sv == f"senast {duedates.said(last, today).sv}"
    assert duedates.last_day(last).en == "no later than Wednesday 20 April 2016"


def test_a_last_day_is_included_to_its_last_minute_in_stockholm_also_when_clocks_change() -> None:
    for last, ends in (("2026-03-29", "21:59:59"), ("2026-10-25", "22:59:59"), ("2026-07-01", "21:59:59")):
        reckoned = due_on(due(fixed=last), date(2026, 1, 1))
        assert reckoned.ends_at == datetime.fromisoformat(f"{last}T{ends}").replace(tzinfo=UTC)
    week = reckon(date(2026, 3, 25), 1, "weeks")
    assert week.ends_at - reckon(date(2026, 3, 25), 0, "calendar").ends_at == timedelta(days=7, hours=-1)


# ---------------------------------------------------------------- the same on the command line

Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """``arende deadline --json …`` as a script calls it."""
    monkeypatch.setattr(OPTIONS, "json", False)
    monkeypatch.setattr(OPTIONS, "lang", "sv")

    def run(*words: str) -> dict[str, Any]:
        with pytest.raises(SystemExit) as ended:
            main(["deadline", "--json", "--lang", "sv", *words])
        assert ended.value.code == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert set(answer) == {"date", "sentence", "ground"}
        return answer

    return run


@pytest.mark.parametrize("v", LEGAL["appeal_three_weeks"], ids=lambda v: v["announced"])
def test_the_command_counts_an_appeal_time(asked: Asked, v: dict[str, Any]) -> None:
    found = asked("--from", v["announced"], "--amount", str(v["weeks"]), "--unit", "weeks", "--legal")
    assert found["date"] == v["last_day"]
    assert found["ground"].startswith("lag (1930:173)")
    assert found["sentence"] == duedates.last_day(day(v["last_day"])).sv


@pytest.mark.parametrize("v", LEGAL["months_and_weeks"], ids=lambda v: v["period"])
def test_the_command_counts_months(asked: Asked, v: dict[str, Any]) -> None:
    unit = {"M": "months", "W": "weeks"}[v["period"][-1]]
    found = asked("--from", v["start"], "--amount", v["period"][1:-1], "--unit", unit, "--legal")
    assert found["date"] == v["result"]


@pytest.mark.parametrize("v", LEGAL["strict_calendar_days"], ids=lambda v: v["rule"])
def test_the_command_counts_strict_days(asked: Asked, v: dict[str, Any]) -> None:
    assert asked("--from", v["start"], "--amount", str(v["days"]), "--unit", "calendar")["date"] == v["result"]


@pytest.mark.parametrize("v", WORKING["add"], ids=lambda v: f"{v['start']}{v['working_days']:+}")
def test_the_command_counts_working_days(asked: Asked, v: dict[str, Any]) -> None:
    found = asked("--from", v["start"], "--amount", f"{v['working_days']:+}", "--unit", "working")
    assert found["date"] == v["result"]


@pytest.mark.parametrize("v", VECTORS["cgh_krf_pairs"]["pairs"], ids=lambda v: v["krf"])
def test_the_command_counts_between_the_real_meetings(asked: Asked, v: dict[str, Any]) -> None:
    found = asked("--from", v["cgh"], "--amount", str(v["working_days"]), "--unit", "working")
    assert found["date"] == v["krf"]
