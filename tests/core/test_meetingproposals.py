"""Proposed days: by rule, on working days, only where nothing is known, and never mistaken for a decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arende import duedates, meetingplan, meetingproposals
from arende.effecttypes import Due
from arende.errors import Invalid
from arende.home import demo_file
from arende.workdays import is_working_day

FILE = demo_file("meeting_proposals.yaml")
RULES = meetingproposals.read(FILE.read_text("utf-8"), FILE.name)


def days(body: str, year: int) -> list[date]:
    return [m.first for m in meetingproposals.propose(RULES, year) if m.body == body]


def test_the_rule_of_the_assembly_gives_the_real_days_of_the_year_it_was_read_from() -> None:
    file = demo_file("calendar_2019.yaml")
    known = meetingplan.read(file.read_text("utf-8"), file.name)
    assert days("rf", 2019) == [m.first for m in known.meetings]


@pytest.mark.parametrize("year", range(2019, 2031))
def test_no_proposed_day_is_a_day_off_and_papers_can_pass_from_body_to_body(year: int) -> None:
    proposed = meetingproposals.propose(RULES, year)
    assert all(m.proposed and is_working_day(m.first) and m.first.month != 7 for m in proposed)
    assert all(m.starts is None for m in proposed), "no time is known"
    papers = Due(days=10, unit="working")
    for board in days("rs", year):
        last = duedates.before(board, papers).date
        assert any(last - timedelta(days=14) <= d <= last for d in days("rsau", year))


def test_a_month_of_which_something_is_known_gets_no_proposal() -> None:
    known = {("rs", date(2022, 6, 14))}
    left = list(meetingproposals.unknown(meetingproposals.propose(RULES, 2022), known))
    assert [m.first.month for m in left if m.body == "rs"] == [2, 3, 4, 5, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bodies: {rs: {weekday: monday, source: x}}", "antingen"),
        ("bodies: {rs: {before: rf, days: 3, weekday: monday, slots: [{month: 1, nth: 1}], source: x}}", "antingen"),
        ("bodies: {rs: {weekday: monday, before: rf, days: 3}}", "source"),
        ("bodies: {rs: {weekday: monday, before: rf, dags: 3, source: x}}", "dags"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=f"x.yaml, rad 1: .*{said}"):
        meetingproposals.read(text, "x.yaml")


def test_every_known_calendar_can_be_read_and_none_of_it_is_a_proposal() -> None:
    for file in sorted(demo_file("").glob("calendar_*")):
        plan = meetingplan.read(file.read_text("utf-8"), file.name)
        assert not any(m.proposed for m in plan.meetings)
        assert all(is_working_day(d) for m in plan.meetings for d in m.days)
