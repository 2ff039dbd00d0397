"""A chain counted backwards ends at the meeting, promises nothing late, and says what can no longer be made."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende import backplan, definitions, meetingplan
from arende.backplan import BackPlan, BodyRules, Stage, effects, plan, proposals, way
from arende.casetypes import CaseType
from arende.effecttypes import Due
from arende.errors import Sentence
from arende.home import demo_file
from arende.workdays import add_working_days

STATES = Path(__file__).parents[2] / "states"
YEAR = meetingplan.read(demo_file("calendar_2021.json").read_text("utf-8"), "calendar_2021.json")
DAYS = {
    "krf": tuple(m.first for m in YEAR.of("krf")),
    "cgh": tuple(m.first for m in YEAR.of("cgh")),
    "rsau": (date(2021, 5, 11), date(2021, 6, 15), date(2021, 7, 6), date(2021, 8, 17)),
    "rs": (date(2021, 9, 14), date(2021, 10, 12), date(2021, 11, 9)),
}


def rules(key: str, papers: int, prepared_by: str | None = None) -> BodyRules:
    name = Sentence(key.upper(), key.upper())
    return BodyRules(key, name, prepared_by, Due(days=papers, unit="working"), Due(days=7, ground="law", law="KL 5:13"))


RULES = {
    "krf": rules("krf", 5, "cgh"),
    "cgh": rules("cgh", 5),
    "rs": rules("rs", 10, "rsau"),
    "rsau": rules("rsau", 8),
}


@pytest.fixture(scope="module")
def declaration() -> CaseType:
    found = definitions.open_file(STATES / "declaration_of_intent.yaml").case_type
    assert found is not None
    return found


def to_krf(ct: CaseType, meeting: str = "2021-09-01", today: str = "2021-05-03", state: str = "draft") -> BackPlan:
    stages = way(ct, state, "krf", {})
    return plan(stages, RULES, DAYS, "krf", date.fromisoformat(meeting), date.fromisoformat(today))


def chain(p: BackPlan) -> list[tuple[str, str | None, str]]:
    return [(s.kind, s.body or s.state, s.due.isoformat() if s.due else "") for s in p.steps]


# ---------------------------------------------------------------- the declaration of intent


def test_the_way_of_the_declaration_leads_over_the_bodies_of_its_definition(declaration: CaseType) -> None:
    stages = way(declaration, "draft", "rs", {})
    assert [(s.state, s.body) for s in stages] == [
        ("draft", None),
        ("manager_review", None),
        ("awaiting_rsau", "rsau"),
        ("rsau_aligned", None),
        ("municipal_consultation", "krf"),
        ("compiling", None),
        ("awaiting_decision", "rs"),
    ]
    assert way(declaration, "draft", "krf", {})[-1].state == "municipal_consultation"
    assert stages[4].answers is not None
    assert stages[4].answers.days == 30


def test_the_declaration_is_planned_back_from_krf_in_september(declaration: CaseType) -> None:
    p = to_krf(declaration)
    assert chain(p) == [
        ("work", "draft", "2021-06-18"),
        ("work", "manager_review", "2021-06-23"),
        ("papers", "rsau", "2021-06-23"),
        ("summons", "rsau", "2021-06-29"),
        ("meeting", "rsau", "2021-07-06"),
        ("work", "rsau_aligned", "2021-07-21"),
        ("papers", "cgh", "2021-08-11"),
        ("summons", "cgh", "2021-08-11"),
        ("meeting", "cgh", "2021-08-18"),
        ("papers", "krf", "2021-08-25"),
        ("summons", "krf", "2021-08-25"),
        ("consultation", "krf", "2021-09-01"),
        ("meeting", "krf", "2021-09-01"),
    ]
    answers = next(s for s in p.steps if s.kind == "consultation")
    assert answers.begins == add_working_days(date(2021, 9, 1), -30) == date(2021, 7, 21)


def test_a_decision_by_the_board_lies_after_the_forum(declaration: CaseType) -> None:
    p = plan(way(declaration, "draft", "rs", {}), RULES, DAYS, "rs", date(2021, 10, 12), date(2021, 5, 3))
    meetings = [(s.body, s.due) for s in p.steps if s.kind == "meeting"]
    assert meetings == [
        ("rsau", date(2021, 7, 6)),
        ("cgh", date(2021, 8, 18)),
        ("krf", date(2021, 9, 1)),
        ("rs", date(2021, 10, 12)),
    ], "RSAU is a stage of the case itself, and is not met again as what prepares the board"


def test_a_case_on_its_way_has_only_what_is_left(declaration: CaseType) -> None:
    kinds = {s.state for s in to_krf(declaration, state="rsau_aligned").steps}
    assert kinds == {"rsau_aligned", "municipal_consultation", None}


def test_a_body_that_the_definition_does_not_name_still_gets_its_papers(declaration: CaseType) -> None:
    stages = way(declaration, "draft", "cgh", {})
    p = plan(stages, RULES, DAYS, "cgh", date(2021, 8, 18), date(2021, 5, 3))
    assert chain(p) == [
        ("work", "draft", "2021-08-11"),
        ("papers", "cgh", "2021-08-11"),
        ("summons", "cgh", "2021-08-11"),
        ("meeting", "cgh", "2021-08-18"),
    ]


def test_at_easter_papers_are_counted_past_the_holidays(declaration: CaseType) -> None:
    p = to_krf(declaration, "2021-04-07", "2020-12-01")
    papers = next(s for s in p.steps if (s.kind, s.body) == ("papers", "krf"))
    assert papers.due == date(2021, 3, 29)
    assert "långfredagen" in papers.why.sv
    assert next(s.due for s in p.steps if (s.kind, s.body) == ("meeting", "cgh")) == date(2021, 3, 24)


def test_the_ground_of_each_day_is_told(declaration: CaseType) -> None:
    summons = next(s for s in to_krf(declaration).steps if (s.kind, s.body) == ("summons", "krf"))
    assert summons.why.sv == "KL 5:13: 7 kalenderdagar före den 1 september 2021"


# ---------------------------------------------------------------- too late, and instead


def test_what_has_passed_is_missed_and_a_later_meeting_is_proposed(declaration: CaseType) -> None:
    late = to_krf(declaration, today="2021-07-05")
    assert not late.feasible
    assert {s.state for s in late.missed} == {"draft", "manager_review", "awaiting_rsau"}
    found = proposals(way(declaration, "draft", "krf", {}), RULES, DAYS, "krf", date(2021, 7, 5))
    assert [(p.meeting.isoformat(), p.feasible) for p in found] == [
        ("2021-09-01", False),
        ("2021-10-06", True),
        ("2021-11-17", True),
    ]


def test_a_meeting_that_does_not_exist_is_told_not_invented(declaration: CaseType) -> None:
    stages = way(declaration, "draft", "krf", {})
    p = plan(stages, RULES, {**DAYS, "cgh": ()}, "krf", date(2021, 9, 1), date(2021, 5, 3))
    assert [s.why.sv for s in p.missed] == [
        "CGH har inget planerat möte senast den 25 augusti 2021. Lägg in ett, eller välj ett senare möte."
    ]


def test_a_meeting_of_another_time_is_no_preparation() -> None:
    stages = [Stage("", Sentence("x", "x"), body="krf")]
    p = plan(stages, RULES, {"krf": (date(2027, 9, 1),), "cgh": DAYS["cgh"]}, "krf", date(2027, 9, 1), date(2027, 1, 1))
    assert [s.body for s in p.missed] == ["cgh"]


def test_bodies_that_prepare_each_other_do_not_go_round_for_ever() -> None:
    circle = {"a": rules("a", 1, "b"), "b": rules("b", 1, "a")}
    days = {"a": (date(2021, 3, 3),), "b": (date(2021, 2, 3),)}
    p = plan([Stage("", Sentence("x", "x"), body="a")], circle, days, "a", date(2021, 3, 3), date(2021, 1, 1))
    assert [s.body for s in p.steps if s.kind == "meeting"] == ["b", "a"]


# ---------------------------------------------------------------- a meeting that moves


def test_when_a_meeting_moves_each_effect_is_listed(declaration: CaseType) -> None:
    before, after = to_krf(declaration), to_krf(declaration, "2021-10-06")
    told = [s.sv for s in effects(before, after)]
    assert "KRF möts: från den 1 september 2021 till den 6 oktober 2021, 25 arbetsdagar senare." in told
    assert "CGH möts: från den 18 augusti 2021 till den 15 september 2021, 20 arbetsdagar senare." in told
    assert effects(before, before) == []


def test_a_meeting_moved_forward_tells_what_is_lost_by_it(declaration: CaseType) -> None:
    stages = way(declaration, "draft", "krf", {})
    after = to_krf(declaration, "2021-09-01", "2021-06-20")
    before = plan(stages, RULES, DAYS, "krf", date(2021, 10, 6), date(2021, 6, 20))
    told = [s.sv for s in effects(before, after)]
    assert "Utkast: hinns inte längre." in told
    assert "Utkast: hinns nu." in [s.sv for s in effects(after, before)]


def test_a_preparing_meeting_that_is_cancelled_is_an_effect(declaration: CaseType) -> None:
    stages = way(declaration, "draft", "krf", {})
    krf, today = date(2021, 9, 1), date(2021, 5, 3)
    without = {**DAYS, "cgh": ()}
    before, after = (plan(stages, RULES, days, "krf", krf, today) for days in (DAYS, without))
    told = [s.sv for s in effects(before, after)]
    assert "CGH möts: har inget möte längre." in told
    assert "CGH möts: hinns inte längre." in told
    assert "Handlingar in till CGH: behövs inte längre." in told


# ---------------------------------------------------------------- whatever the calendar

meeting_days = st.lists(st.dates(date(2021, 1, 1), date(2022, 12, 31)), max_size=20).map(
    lambda d: tuple(sorted(set(d)))
)
amounts = st.integers(0, 25)


@given(meeting_days, meeting_days, st.dates(date(2021, 6, 1), date(2022, 12, 31)), amounts, amounts, amounts)
def test_no_promise_is_lost_doubled_or_late(
    cgh: tuple[date, ...], rsau: tuple[date, ...], meeting: date, papers: int, work: int, answers: int
) -> None:
    bodies = {"krf": rules("krf", papers, "cgh"), "cgh": rules("cgh", 3, "rsau"), "rsau": rules("rsau", 2)}
    stages = [
        Stage("draft", Sentence("Utkast", "Draft"), work=Due(days=work, unit="working")),
        Stage("asked", Sentence("Samråd", "Round"), body="krf", answers=Due(days=answers, unit="working")),
    ]
    days = {"krf": (meeting,), "cgh": cgh, "rsau": rsau}
    p = plan(stages, bodies, days, "krf", meeting, date(2021, 1, 1))
    assert len({s.key for s in p.steps}) == len(p.steps)
    assert {"work", "consultation", "papers", "summons", "meeting"} == {s.kind for s in p.steps}
    dated = [s for s in p.steps if s.due]
    assert all(s.due <= meeting for s in dated if s.due)
    assert all(s.due in days[s.body] for s in dated if s.kind == "meeting" and s.body)
    draft = next(s.due for s in dated if s.kind == "work")
    assert all(draft <= s.due for s in dated if s.due and s.kind != "work"), "the draft is ready before all else"
    demanded = {b: min(s.due for s in dated if s.body == b and s.due and s.kind != "consultation") for b in ("krf",)}
    before = next(s for s in p.steps if (s.kind, s.body) == ("meeting", "cgh"))
    in_time = [d for d in cgh if timedelta(0) <= demanded["krf"] - d <= backplan.LOOKS_BACK]
    assert before.due == max(in_time, default=None), "the last one that is in time, and never one that is not"
    assert p.feasible == all(s.due and s.due >= p.today for s in p.steps)


@given(meeting_days, st.data())
def test_moving_there_and_back_changes_nothing(cgh: tuple[date, ...], data: st.DataObject) -> None:
    one, two = (data.draw(st.dates(date(2021, 7, 1), date(2022, 12, 31))) for _ in range(2))
    stages = [
        Stage("draft", Sentence("U", "D"), work=Due(days=5, unit="working")),
        Stage("", Sentence("x", "x"), "krf"),
    ]
    days = {"krf": tuple(sorted({one, two})), "cgh": cgh}
    a, b = (plan(stages, RULES, days, "krf", d, date(2021, 6, 1)) for d in (one, two))
    assert len(effects(a, b)) == len(effects(b, a)) or {s.key for s in a.steps} != {s.key for s in b.steps}
    assert bool(effects(a, b)) == (a.steps != replace(b, steps=a.steps).steps or a.meeting != b.meeting)
    first, second = (next(s.due for s in p.steps if s.kind == "work") for p in (a, b))
    if (one <= two) and first and second and {s.key for s in a.missed} == {s.key for s in b.missed} == set():
        assert first <= second, "a later meeting never asks for the draft earlier"
