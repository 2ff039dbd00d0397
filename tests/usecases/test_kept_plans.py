"""The plan back from a meeting is kept on the case, read by everybody, and made anew when a meeting in it moves."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from room import Room
from starlette.testclient import TestClient
from story import Story, told, untouched

from arende import db, queries, workdays
from arende.cli import caseviews, main
from arende.cli.shared import OPTIONS
from arende.commands import Advance, RegisterCase
from arende.errors import Forbidden, NotFound, Refused
from arende.plancommands import DropPlan, KeepPlan
from arende.plantables import plans
from arende.usecases import keptplans
from arende.web import create_app
from arende.workdays import STOCKHOLM


@pytest.fixture
def planned(story: Story) -> Story:
    """A declaration registered on 3 May 2021 and planned to a meeting of the RSAU that stands in its own calendar."""
    story.clock.now = datetime(2021, 5, 3, 9, tzinfo=STOCKHOLM)
    room = Room(story, "rsau")
    for day in ("2021-08-24", "2021-09-21"):
        room.plan(day)
    case = RegisterCase(actor="officer", type="declaration_of_intent", title="Avsikt", fields={})
    story.no = str(story.do(case).register_no)
    return story


def keep(story: Story, body: str = "rsau", day: str | None = "2021-08-24", who: str = "officer"):
    return story.do(KeepPlan(actor=who, register_no=story.no, body=body, meeting=day and date.fromisoformat(day)))


def stored(story: Story) -> dict[tuple[str, str | None], str]:
    (row,) = story.rows(plans)
    return {(s["kind"], s["body"]): s["due"] for s in row["steps"]}


def move(story: Story, was: str, day: str | None) -> str:
    """Move the RSAU's meeting, or cancel it, and let every case follow."""
    room = Room(story, "rsau")
    with db.reading(story.app.engine) as conn:
        room.no = next(c["register_no"] for c in queries.cases(conn, limit=50) if was in c["title"])
    if day is None:
        room.do(Advance, trigger="cancel", note="Inga ärenden.")
    else:
        room.do(Advance, trigger="move", note="Krock.", fields={"meeting_date": day})
    room.keep()
    return room.no


def test_a_plan_is_kept_with_its_steps_and_told_in_the_history(planned: Story) -> None:
    done = keep(planned)
    assert (done.data["body"], done.data["meeting"]) == ("rsau", "2021-08-24")
    assert stored(planned)["meeting", "rsau"] == "2021-08-24"
    (event,) = planned.events("plan:kept")
    assert event["payload"]["steps"][-1]["due"] == "2021-08-24"
    assert event["payload"]["missed"] == []


def test_a_plan_is_taken_away_with_its_reason_and_nothing_moves_it_any_more(planned: Story) -> None:
    keep(planned)
    with untouched(planned), told(Forbidden, "handläggaren eller chefen"):
        planned.do(DropPlan(actor="registrar", register_no=planned.no))
    planned.do(DropPlan(actor="officer", register_no=planned.no, reason="Ärendet vilar."))
    assert planned.rows(plans) == []
    (event,) = planned.events("plan:dropped")
    assert event["payload"] == {"to": "rsau", "meeting": "2021-08-24", "reason": "Ärendet vilar."}
    move(planned, "2021-08-24", "2021-08-31")
    assert len(planned.events("plan:kept")) == 1
    with untouched(planned), told(Refused, "ingen tidplan"):
        planned.do(DropPlan(actor="officer", register_no=planned.no))
    keep(planned, day="2021-09-21")
    assert stored(planned)["meeting", "rsau"] == "2021-09-21"


def test_another_plan_takes_its_place_and_says_what_moves(planned: Story) -> None:
    keep(planned)
    done = keep(planned, day="2021-09-21")
    assert any("från den 24 augusti 2021 till den 21 september 2021" in sv for sv, _ in done.data["changes"])
    assert stored(planned)["meeting", "rsau"] == "2021-09-21"


def test_steps_that_can_no_longer_be_made_are_said(planned: Story) -> None:
    planned.clock.now = datetime(2021, 8, 20, 9, tzinfo=STOCKHOLM)
    warnings = [sv for sv, _ in keep(planned).data["warnings"]]
    assert any("sista dagen var den" in sv for sv in warnings)


def test_a_plan_is_made_by_the_officer_and_to_a_meeting_that_is(planned: Story) -> None:
    with untouched(planned), told(Forbidden, "handläggaren eller chefen"):
        keep(planned, who="rsau_secretary")
    with untouched(planned), told(Refused, "möts inte"):
        keep(planned, day="2021-08-25")
    with untouched(planned), told(NotFound):
        keep(planned, body="kfr")
    planned.step("manager", "dismiss", "Behövs inte.")
    with untouched(planned), told(Refused, "inget kvar att planera"):
        keep(planned)


def test_a_moved_meeting_makes_the_plan_anew_and_tells_the_officer(planned: Story) -> None:
    keep(planned)
    move(planned, "2021-08-24", "2021-08-31")
    assert stored(planned)["meeting", "rsau"] == "2021-08-31"
    event = planned.events("plan:kept")[-1]
    assert "flyttas från den 2021-08-24 till den 2021-08-31" in event["payload"]["reason"]
    (mail,) = planned.mails("replanned", to="officer")
    assert "från den 24 augusti 2021 till den 31 augusti 2021" in mail["text"]
    assert not planned.tasks(act="replan_case")


def test_a_cancelled_meeting_leads_the_plan_to_the_bodys_next(planned: Story) -> None:
    keep(planned)
    move(planned, "2021-08-24", None)
    assert stored(planned)["meeting", "rsau"] == "2021-09-21"


def test_a_move_that_cannot_be_met_is_the_officers_task(planned: Story) -> None:
    keep(planned)
    move(planned, "2021-08-24", "2021-05-12")
    (task,) = planned.tasks(act="replan_case")
    assert "välj ett annat sammanträde" in task["title"]["sv"]
    assert planned.events("plan:kept")[-1]["payload"]["missed"]


def test_a_meeting_on_the_way_that_moves_makes_the_plan_anew_too(planned: Story) -> None:
    keep(planned, "rs", "2021-12-14")
    assert stored(planned)["meeting", "rsau"] == "2021-09-21"
    move(planned, "2021-09-21", "2021-09-14")
    assert stored(planned)["meeting", "rsau"] == "2021-09-14"
    assert stored(planned)["meeting", "rs"] == "2021-12-14"


def test_what_lies_behind_the_case_is_done(planned: Story) -> None:
    keep(planned)
    with db.reading(planned.app.engine) as conn:
        row = queries.case(conn, planned.no)
        rules = planned.app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        plan = keptplans.of_case(conn, row["id"], date(2021, 5, 3))
    assert plan is not None
    assert not any(keptplans.done(plan, rules, row))
    later = keptplans.done(plan, rules, {**row, "state": "awaiting_rsau"})
    assert [s.state for s, done in zip(plan.steps, later, strict=True) if done] == ["draft", "manager_review"]
    assert all(keptplans.done(plan, rules, {**row, "closed_at": planned.clock.now}))


def test_what_was_past_when_the_plan_was_made_or_never_decided_is_not_said_to_be_done(planned: Story) -> None:
    keep(planned)
    with db.reading(planned.app.engine) as conn:
        row = queries.case(conn, planned.no)
        plan = keptplans.of_case(conn, row["id"], date(2021, 5, 3))
    assert plan is not None
    assert plan.made == workdays.local_day(planned.clock.now)
    step = plan.steps[0]
    assert step.due is not None
    assert keptplans.is_known(plan, step)
    assert not keptplans.is_known(replace(plan, made=step.due + timedelta(days=1)), step)
    assert not keptplans.is_known(plan, replace(step, proposed=True))


def test_the_board_in_the_plan_bounds_more_time_for_a_party(planned: Story) -> None:
    keep(planned, "rs", "2021-10-12")
    planned.on_to("manager_review").on_to("awaiting_rsau").on_to("rsau_aligned").on_to("municipal_consultation")
    due = planned.round()["due_at"].date()
    assert due < date(2021, 9, 28)
    assert not planned.extend("hylte", "2021-09-28").data.get("warnings")
    assert "12 oktober 2021 ska vara klara" in planned.extend("laholm", "2021-09-29").data["warnings"][0][0]


def test_the_command_keeps_and_shows_the_plan(
    planned: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(caseviews, "open_app", lambda: planned.app)

    def asked(*words: str, code: int = 0) -> str:
        OPTIONS.json = False
        with pytest.raises(SystemExit) as ended:
            main(["case", "plan", "--lang", "sv", planned.no, *words])
        assert (ended.value.code or 0) == code
        return "".join(capsys.readouterr())

    assert "har ingen sparad tidplan" in asked(code=1)
    assert "--keep behöver" in asked("--to", "rsau", "--keep", code=2)
    chosen = ("--to", "rsau", "--meeting", "2021-08-24", "--keep", "--as", "officer")
    assert "Tidplanen är sparad på ärendet." in asked(*chosen)
    assert "Tidplan till RSAU tisdagen den 24 augusti 2021:" in asked()
    answer = json.loads(asked("--json"))
    assert (answer["kept"], answer["body"], answer["meeting"], answer["missed"]) == (True, "rsau", "2021-08-24", [])
    assert "--drop behöver --as" in asked("--drop", code=2)
    asked("--drop", "--as", "officer", "--note", "Ärendet vilar.")
    assert "har ingen sparad tidplan" in asked(code=1)


def test_the_page_of_the_case_shows_the_plan(planned: Story) -> None:
    planned.clock.now = datetime(2021, 8, 20, 9, tzinfo=STOCKHOLM)
    keep(planned)
    page = TestClient(create_app(planned.app), base_url="http://127.0.0.1").get(f"/cases/{planned.no}")
    assert page.status_code == 200
    for words in ("Tidplan till", "24 augusti 2021", "RSAU möts", "Hinns inte"):
        assert words in page.text, words
