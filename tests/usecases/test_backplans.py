"""A real case is planned back from the meetings of the decided calendar, also on the command line."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from room import Room
from story import Story

from arende import db
from arende.cli import caseviews, main
from arende.cli.shared import OPTIONS
from arende.commands import RegisterCase
from arende.errors import NotFound, Refused
from arende.usecases.backplans import back_plan
from arende.usecases.meetingdays import meeting_days
from arende.workdays import STOCKHOLM


@pytest.fixture
def number(story: Story, monkeypatch: pytest.MonkeyPatch) -> str:
    """A declaration registered on 3 May 2021."""
    story.clock.now = datetime(2021, 5, 3, 9, tzinfo=STOCKHOLM)
    monkeypatch.setattr(caseviews, "open_app", lambda: story.app)
    case = RegisterCase(actor="officer", type="declaration_of_intent", title="Avsikt", fields={})
    return str(story.app.do(case).register_no)


def test_a_case_is_planned_back_from_a_meeting_of_the_real_calendar(story: Story, number: str) -> None:
    planned = back_plan(story.app, number, "KRF", date(2021, 9, 1))
    dated = {(s.kind, s.body): s.due for s in planned.chosen.steps}
    assert dated[("meeting", "cgh")] == date(2021, 8, 18)
    assert dated[("papers", "krf")] == date(2021, 8, 25)
    assert dated[("consultation", "krf")] == date(2021, 9, 1)
    rsau = next(s for s in planned.chosen.steps if (s.kind, s.body) == ("meeting", "rsau"))
    assert (rsau.due, rsau.proposed) == (date(2021, 5, 18), True), "the RSAU's meetings are in no calendar"
    assert "föreslagen dag, inte beslutad" in rsau.why.sv
    assert not any(s.proposed for s in planned.chosen.steps if s.body in ("krf", "cgh"))


def test_a_day_when_the_body_does_not_meet_is_refused_with_the_nearest(story: Story, number: str) -> None:
    with pytest.raises(Refused, match="Närmast: 1 september 2021 och 6 oktober 2021"):
        back_plan(story.app, number, "krf", date(2021, 9, 8))


def test_a_body_without_a_calendar_meets_on_a_working_day(story: Story, number: str) -> None:
    assert back_plan(story.app, number, "rs", date(2021, 10, 12)).chosen.meeting == date(2021, 10, 12)
    with pytest.raises(Refused, match="25 juni 2021 är midsommarafton"):
        back_plan(story.app, number, "rs", date(2021, 6, 25))
    planned = back_plan(story.app, number, "rs")
    assert planned.chosen.steps[-1].proposed
    assert planned.chosen.meeting > date(2021, 5, 3)


def test_a_case_that_has_ended_has_nothing_left_to_plan(story: Story, number: str) -> None:
    story.no = number
    story.step("manager", "dismiss", "Behövs inte.")
    with pytest.raises(Refused, match=f"{number} avslutades den 3 maj 2021"):
        back_plan(story.app, number, "krf")


def test_an_unknown_body_is_told_with_those_that_exist(story: Story, number: str) -> None:
    with pytest.raises(NotFound, match=r"Organet kfr finns inte. Här finns: .*krf"):
        back_plan(story.app, number, "kfr")


def test_the_command_tells_the_chain_as_text_and_as_json(
    story: Story, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked(capsys, number, "--to", "KRF", "--meeting", "2021-11-17", "--json")
    assert (answer["body"], answer["meeting"], answer["feasible"]) == ("krf", "2021-11-17", True)
    papers = next(s for s in answer["steps"] if (s["kind"], s["body"]) == ("papers", "krf"))
    assert papers["due"] == "2021-11-10"
    assert papers["sentence"] == "senast onsdagen den 10 november 2021, om 135 arbetsdagar"
    assert papers["ground"] == "rutin: 5 arbetsdagar före den 17 november 2021"
    assert not papers["missed"]
    text = asked(capsys, number, "--to", "KRF")
    assert "Bakåt från KRF onsdagen den 17 november 2021:" in text
    assert "RSAU möts (föreslagen dag)" in text


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as ended:
        main(["case", "plan", "--lang", "sv", *words])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    return json.loads(told) if "--json" in words else told


# ---------------------------------------------------------------- where the meetings are


def test_meetings_that_are_cases_decide_and_the_calendar_tells_the_other_years(story: Story) -> None:
    calendar = story.app.calendar
    story.clock.now = datetime(2020, 12, 1, 9, tzinfo=STOCKHOLM)
    with db.reading(story.app.engine) as conn:
        assert meeting_days(conn, "krf", date(2021, 6, 1), date(2021, 9, 30), calendar) == (
            date(2021, 6, 2),
            date(2021, 9, 1),
        )
    room = Room(story, "krf")
    room.plan("2021-06-09")
    room.plan("2020-12-16")
    with db.reading(story.app.engine) as conn:
        assert meeting_days(conn, "krf", date(2020, 1, 1), calendar=calendar) == (date(2020, 12, 16), date(2021, 6, 9))
        assert len(meeting_days(conn, "cgh", date(2020, 1, 1), calendar=calendar)) == 8


def test_a_meeting_that_is_called_off_is_none(story: Story) -> None:
    room = Room(story, "krf")
    room.plan("2020-10-14")
    room.step("cancel", note="För få ärenden.")
    with db.reading(story.app.engine) as conn:
        assert meeting_days(conn, "krf", date(2020, 1, 1)) == ()
