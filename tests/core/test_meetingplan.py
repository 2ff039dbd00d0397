"""The real year is read exactly; a proposed one keeps the rules; a faulty one is told in sentences."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arende import meetingplan, meetingrules
from arende.errors import Invalid
from arende.home import demo_file
from arende.meetingplan import Meeting, MeetingPlan, numbered
from arende.meetingrules import NoRoom, Remark, Slot, check, propose
from arende.workdays import is_working_day
from effort import examples

TEXT = demo_file("calendar_2021.json").read_text("utf-8")
RULES = meetingrules.read(demo_file("meeting_rules.yaml").read_text("utf-8"), "meeting_rules.yaml")


@pytest.fixture
def real() -> MeetingPlan:
    return meetingplan.read(TEXT, "calendar_2021.json")


def errors(found: list[Remark]) -> list[str]:
    return [r.sentence.sv for r in found if r.level == "error"]


# ---------------------------------------------------------------- the real year


def test_the_real_calendar_is_reproduced_exactly(real: MeetingPlan) -> None:
    assert meetingplan.written(real) == json.loads(TEXT)
    again = meetingplan.read(json.dumps(meetingplan.written(real)), "again")
    assert again == real


def test_the_real_year_has_eight_pairs_and_a_retreat_without_times(real: MeetingPlan) -> None:
    assert [len(real.of(body)) for body in ("cgh", "krf")] == [8, 8]
    assert [(k.first - c.first).days for c, k in zip(real.of("cgh"), real.of("krf"), strict=True)] == [
        14, 21, 14, 14, 14, 14, 21, 14,
    ]  # fmt: skip
    retreat = real.of("krf")[0]
    assert (retreat.first, retreat.last, retreat.retreat) == (date(2021, 2, 3), date(2021, 2, 4), True)
    assert (retreat.starts, retreat.begins_at) == (None, None)
    ordinary = real.of("krf")[1]
    assert (ordinary.starts, ordinary.ends) == (time(13, 30), time(16, 30))
    assert ordinary.begins_at is not None
    assert ordinary.begins_at.isoformat() == "2021-03-10T13:30:00+01:00"


def test_the_real_year_keeps_the_rules(real: MeetingPlan) -> None:
    assert errors(check(real, RULES)) == []
    assert [r.sentence.sv for r in check(real, RULES)] == [
        "KRF onsdagen den 7 april 2021: påsklov (antagen vecka).",
        "CGH onsdagen den 3 november 2021: höstlov (antagen vecka).",
    ]


def test_the_september_meeting_decides_the_next_year(real: MeetingPlan) -> None:
    carrier = meetingrules.carries_next_year(real, RULES)
    assert carrier is not None
    assert carrier.first == date(2021, 9, 1)
    assert RULES.next_year.item.sv == "Besluta om nästa års sammanträden"


# ---------------------------------------------------------------- a faulty file


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"start_date": "2021-01-20"', '"start_date": "2021-01-21"', "innan|Ett möte slutar"),
        ('"2021-01-20",\n   "end_date": "2021-01-20"', '"2021-01-27",\n   "end_date": "2021-01-27"', "Veckan"),
        ('"Thursday"', '"Friday"', "Veckodagen"),
        ('"start": "09:00"', '"start": "9.00"', "klockslag"),
        ('"start": "09:00"', '"start": null', "både start och slut"),
        ('"end": "12:00"', '"end": "08:00"', "innan det börjar"),
        ('"start_date": "2021-02-17"', '"start_date": "2021-02-30"', "ingen dag"),
        ('"year": 2021', '"year": 1021', "year"),
        ('"internat": true', '"internat": true, "plats": "Varberg"', "plats"),
        ("Europe/Stockholm", "Europe/Helsinki", "Tidszonen"),
    ],
)
def test_a_faulty_calendar_is_refused_with_its_line(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(Invalid, match=rf"kalender\.json, rad \d+: .*({told})"):
        meetingplan.read(TEXT.replace(old, new, 1), "kalender.json")


@pytest.mark.parametrize(
    ("old", "new"),
    [("weekday: wednesday", "weekday: onsdag"), ("nth: 1, days: 2", "nth: 9"), ("decides: krf", "decided: krf")],
)
def test_faulty_rules_are_refused_with_their_line(old: str, new: str) -> None:
    text = demo_file("meeting_rules.yaml").read_text("utf-8")
    assert old in text
    with pytest.raises(Invalid, match=r"regler\.yaml, rad \d+"):
        meetingrules.read(text.replace(old, new, 1), "regler.yaml")


# ---------------------------------------------------------------- proposals


@pytest.mark.parametrize("year", range(2022, 2028))
def test_a_proposed_year_collides_with_nothing(year: int) -> None:
    plan = propose(RULES, year)
    assert errors(check(plan, RULES)) == []
    assert [len(plan.of(body)) for body in ("cgh", "krf")] == [8, 8]
    for meeting in plan.meetings:
        assert all(is_working_day(d) and d.month != 7 and d.year == year for d in meeting.days)
        assert meeting.first.strftime("%A") == "Wednesday"
    assert meetingrules.carries_next_year(plan, RULES) is not None
    retreat = plan.of("krf")[0]
    assert (retreat.retreat, retreat.starts, len(retreat.days)) == (True, None, 2)


def test_the_rules_find_the_decided_year_again_but_for_the_autumn_break(real: MeetingPlan) -> None:
    proposed = propose(RULES, 2021)
    ours, theirs = ({(m.body, m.first) for m in p.meetings} for p in (proposed, real))
    assert theirs - ours == {("cgh", date(2021, 11, 3))}
    assert ours - theirs == {("cgh", date(2021, 10, 27))}


def test_a_meeting_that_would_fall_on_may_day_is_put_a_week_later() -> None:
    assert propose(RULES, 2024).of("krf")[3].first == date(2024, 5, 8)


def test_a_day_that_is_taken_is_left_alone() -> None:
    free = propose(RULES, 2022).of("krf")[2]
    taken = Meeting(first=free.first, body="rs", number=1, last=free.last, starts=time(13), ends=time(17))
    moved = propose(RULES, 2022, [taken])
    assert free.first not in {m.first for m in moved.of("krf")}
    assert errors(check(moved, RULES, [taken])) == []
    morning = replace(taken, starts=time(8), ends=time(12))
    assert propose(RULES, 2022, [morning]).of("krf")[2] == free, "other hours are no collision"


def test_a_month_without_room_says_so() -> None:
    july = RULES.model_copy(update={"slots": (Slot(month=7, nth=1),)})
    with pytest.raises(NoRoom, match="2022-07 finns ingen dag för KRF med CGH 14 eller 21 dagar före"):
        propose(july, 2022)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(1991, 2099),
    st.lists(st.tuples(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]), st.integers(1, 5)), max_size=10),
    st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday"]),
)
def test_whatever_the_year_a_proposal_has_no_error_but_the_item_of_september(
    year: int, months: list[tuple[int, int]], weekday: str
) -> None:
    slots = tuple(Slot(month=month, nth=nth) for month, nth in months)
    rules = RULES.model_copy(update={"slots": slots, "weekday": weekday})
    try:
        plan = propose(rules, year)
    except NoRoom:
        return
    september = any(slot.month == 9 for slot in slots)
    assert len(errors(check(plan, rules))) == (0 if september else 1)
    assert len(plan.meetings) == 2 * len(slots)


# ---------------------------------------------------------------- judging


def moved(plan: MeetingPlan, body: str, n: int, **values: object) -> MeetingPlan:
    old = plan.of(body)[n]
    new = replace(old, **values)
    return replace(plan, meetings=numbered(m if m is not old else new for m in plan.meetings))


Change = Callable[[MeetingPlan], MeetingPlan]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda p: moved(p, "krf", 1, first=date(2021, 3, 11), last=date(2021, 3, 11)), "är ingen onsdag"),
        (lambda p: moved(p, "krf", 4, first=date(2021, 1, 6), last=date(2021, 1, 6)), "är trettondedag jul"),
        (lambda p: moved(p, "krf", 7, first=date(2021, 12, 24), last=date(2021, 12, 24)), "är julafton"),
        (lambda p: moved(p, "krf", 0, last=date(2021, 2, 6)), "6 februari 2021 är lördag"),
        (lambda p: moved(p, "cgh", 4, first=date(2021, 7, 7), last=date(2021, 7, 7)), "inga möten hålls den månaden"),
        (
            lambda p: moved(p, "cgh", 3, first=date(2021, 4, 28), last=date(2021, 4, 28)),
            "5 maj 2021 förbereds inte",
        ),
        (
            lambda p: replace(p, meetings=numbered((*p.meetings, p.of("cgh")[0].moved(date(2021, 2, 24))))),
            "förbereds mer än en gång",
        ),
        (
            lambda p: replace(p, meetings=tuple(m for m in p.meetings if m.first.month != 9)),
            r"inget möte i september 2021 som beslutar 2022 års möten \(KRF:s arbetsordning p. 1.2\)",
        ),
        (lambda p: replace(p, meetings=numbered((*p.meetings, p.of("krf")[1]))), "krockar med"),
        (lambda p: replace(p, year=2022), "hör inte till 2022"),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(real: MeetingPlan, change: Change, told: str) -> None:
    found = errors(check(change(real), RULES))
    assert any(re.search(told, sentence) for sentence in found), found


def test_a_collision_with_another_body_is_a_warning(real: MeetingPlan) -> None:
    rs = Meeting(first=date(2021, 3, 10), body="rs", number=1, last=date(2021, 3, 10), starts=time(14), ends=time(16))
    found = [r for r in check(real, RULES, [rs]) if "krockar" in r.sentence.sv]
    assert [(r.level, r.meeting and r.meeting.body) for r in found] == [("warn", "krf")]
    assert check(real, RULES, [replace(rs, starts=time(9), ends=time(12))]) == check(real, RULES)


def test_a_meeting_without_times_is_remarked_on_unless_it_is_a_retreat(real: MeetingPlan) -> None:
    found = check(moved(real, "krf", 1, starts=None, ends=None), RULES)
    assert [r.sentence.sv for r in found if "klockslag" in r.sentence.sv] == [
        "KRF onsdagen den 10 mars 2021 saknar klockslag."
    ]


def test_the_day_before_a_holiday_is_told_with_its_name() -> None:
    plan = MeetingPlan(2024, numbered([_single(date(2024, 5, 8))]))
    assert "dagen före Kristi himmelsfärdsdag" in " ".join(r.sentence.sv for r in check(plan, RULES))
    assert "the day before Ascension Day" in " ".join(r.sentence.en for r in check(plan, RULES))


def _single(day: date) -> Meeting:
    return Meeting(first=day, body="krf", number=1, last=day, starts=time(13, 30), ends=time(16, 30))


@given(st.dates(date(1991, 1, 1), date(2099, 12, 1)))
def test_a_day_that_is_no_working_day_is_always_an_error(day: date) -> None:
    found = errors(check(MeetingPlan(day.year, (_single(day),)), RULES))
    assert is_working_day(day) or any("Välj en annan dag" in s for s in found)
    if day + timedelta(days=1) == date(day.year, 12, 25):
        assert any("julafton" in s for s in found)
