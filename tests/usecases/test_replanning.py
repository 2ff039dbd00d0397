"""A meeting is moved, cancelled or added: what hangs on it in other cases follows, once, with the reason on record."""

from __future__ import annotations

from typing import Any

import pytest
from room import Room
from story import Story

from arende import assignmentcommands, models
from arende.errors import Refused
from arende.meetingtables import assignments, promised_steps
from arende.usecases.promises import keep


def aimed(story: Story, day: str) -> Room:
    """A case cleared for the RSAU's meeting of the day, and that meeting planned."""
    story.at("awaiting_rsau")
    story.step("rsau_secretary", "replan_rsau", rsau_date=day)
    room = Room(story)
    room.plan(day)
    return room


def due(story: Story, key: str) -> list[str]:
    rows = story.rows(models.deadlines, key=key, step="due")
    return [r["due_on"].isoformat() for r in rows if r["state"] in ("open", "resting")]


def still_to_come(story: Story, key: str, step: str = "remind") -> list[str]:
    return [r["due_on"].isoformat() for r in story.rows(models.deadlines, key=key, step=step, state="open")]


def reminded(story: Story, key: str) -> list[str]:
    fired = [e for e in story.events("deadline:fired") if e["payload"]["deadline"] == key]
    return [e["payload"]["due_on"] for e in fired if e["payload"]["step"] == "remind"]


def test_a_moved_meeting_moves_the_last_day_with_the_reason_on_record(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    assert due(story, "state:awaiting_rsau") == ["2020-09-18"]
    moved = room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-22")
    (effect,) = moved.data["effect"]
    assert (effect["case"], effect["from"], effect["to"]) == (story.no, "2020-09-15", "2020-09-22")
    assert keep(story.app) == (1, 0)
    assert due(story, "state:awaiting_rsau") == ["2020-09-25"]
    (recounted,) = [e for e in story.events("deadline:recounted") if "Lokalen" in e["payload"]["reason"]]
    moves = [(d["deadline"], d["from"], d["to"]) for d in recounted["payload"]["deadlines"]]
    assert ("state:awaiting_rsau", "2020-09-18", "2020-09-25") in moves
    assert len(moves) == 2, "and the secretary's task"
    assert "flyttas från den 2020-09-15 till den 2020-09-22 (MRSAU200001)" in recounted["payload"]["reason"]


def test_the_case_officer_is_told_what_moves(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-22")
    keep(story.app)
    (mail,) = story.mails("replanned", "officer")
    assert mail["subject"].startswith(f"[{story.no}] Nytt sammanträde tisdagen den 22 september 2020")
    assert "Lokalen är upptagen." in mail["text"]
    assert "- RSAU möts: från den 15 september 2020 till den 22 september 2020" in mail["text"].replace("\n  ", " ")
    assert "Du behöver inte göra något" in mail["text"]
    assert "replan_case" not in story.waiting()


def test_reminders_follow_the_day_and_none_is_lost_or_sent_twice(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    assert still_to_come(story, "state:awaiting_rsau") == ["2020-09-03", "2020-09-15", "2020-09-21"]
    story.on_the("2020-09-03")
    room.step("move", note="Ny dag.", meeting_date="2020-09-17")
    keep(story.app)
    # The first has gone out on the third; moved by two days it would come again on the seventh: it does not.
    assert still_to_come(story, "state:awaiting_rsau") == ["2020-09-17", "2020-09-23"]
    story.on_the("2020-09-24")
    assert reminded(story, "state:awaiting_rsau") == ["2020-09-03", "2020-09-17", "2020-09-23"]
    story.sweep()
    assert len(reminded(story, "state:awaiting_rsau")) == 3


def test_a_meeting_moved_by_a_month_reminds_anew(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    story.on_the("2020-09-03")
    room.step("move", note="Ny dag.", meeting_date="2020-10-13")
    keep(story.app)
    assert still_to_come(story, "state:awaiting_rsau") == ["2020-10-01", "2020-10-13", "2020-10-19"]


def test_a_reminder_that_a_meeting_moved_forward_leaves_behind_goes_out_at_once(story: Story) -> None:
    room = aimed(story, "2020-10-13")
    story.on_the("2020-09-14")
    room.step("move", note="Tidigare.", meeting_date="2020-09-22")
    keep(story.app)
    story.sweep()
    assert reminded(story, "state:awaiting_rsau") == ["2020-09-10"]
    story.on_the("2020-09-29")
    assert reminded(story, "state:awaiting_rsau") == ["2020-09-10", "2020-09-22", "2020-09-28"]


def test_a_meeting_moved_back_and_forth_leaves_one_open_last_day(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    for day in ("2020-09-22", "2020-09-15", "2020-09-29", "2020-09-15"):
        room.step("move", note="Igen.", meeting_date=day)
    assert keep(story.app) == (4, 0)
    assert story.case["fields"]["rsau_date"] == "2020-09-15"
    assert due(story, "state:awaiting_rsau") == ["2020-09-18"]
    assert still_to_come(story, "state:awaiting_rsau") == ["2020-09-03", "2020-09-15", "2020-09-21"]
    assert still_to_come(story, "state:awaiting_rsau", "escalate") == ["2020-09-21"]


def test_what_can_no_longer_be_made_is_listed_told_and_a_task(story: Story) -> None:
    room = aimed(story, "2020-10-13")
    moved = room.step("move", note="Brådskar.", meeting_date="2020-08-12")
    (effect,) = moved.data["effect"]
    assert any(s.startswith("Handlingar in till RSAU") for s in effect["too_late"])
    keep(story.app)
    assert "replan_case" in story.waiting()
    (mail,) = story.mails("replanned", "officer")
    assert "Det här hinns inte längre:" in mail["text"]
    assert "Välj ett annat sammanträde" in mail["text"]


def test_a_cancelled_meeting_with_no_next_one_leaves_a_task_for_the_officer(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    effect = room.step("cancel", note="För få ärenden.").data["effect"]
    assert [(e["case"], e["to"]) for e in effect] == [(story.no, None)]
    keep(story.app)
    assert story.case["fields"]["rsau_date"] == "2020-09-15", "only a person can choose"
    assert "replan_case" in story.waiting()
    (mail,) = story.mails("replanned", "officer")
    assert mail["subject"].startswith(f"[{story.no}] Inställt sammanträde")
    assert "är inställt" in mail["text"]


def test_a_case_on_hold_is_told_and_takes_no_step(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    story.step("officer", "put_on_hold", "Väntar.", review_on="2020-10-01")
    assert [e["case"] for e in room.step("move", note="Ny dag.", meeting_date="2020-09-22").data["effect"]] == [
        story.no
    ]
    assert keep(story.app) == (1, 0)
    assert story.state == "on_hold"
    assert "replan_case" in story.waiting()
    assert story.mails("replanned", "officer")


def test_cases_that_do_not_hang_on_the_meeting_are_left_alone(story: Story) -> None:
    room = aimed(story, "2020-09-15")
    other = Room(story)
    other.plan("2020-10-13")
    before = story.events()
    assert other.step("move", note="Ny dag.", meeting_date="2020-10-20").data["effect"] == []
    room.step("draft_agenda")
    assert keep(story.app) == (0, 0)
    assert story.events() == before


def test_a_moved_meeting_counts_its_own_requests_anew(story: Story) -> None:
    room = Room(story)
    room.plan("2020-09-15")
    room.add("Ett ärende")
    room.step("draft_agenda")
    with room as s:
        assert due(s, "approval:agenda_clearance") == ["2020-09-07"]
        room.step("move", note="Ny dag.", meeting_date="2020-09-22")
        assert due(s, "approval:agenda_clearance") == ["2020-09-14"]
        assert due(s, "state:agenda_draft") == ["2020-09-14"]
        (request,) = [a for a in s.approvals("agenda_clearance") if a["state"] == "pending"]
        assert request["due_at"].date().isoformat() == "2020-09-14"


# ---------------------------------------------------------------- "the body's next meeting"


@pytest.fixture
def returned(story: Story) -> Story:
    """An assignment that the board gave back: to be reported ten working days before its next meeting."""
    story.at("decided")
    asked: dict[str, Any] = {"what": "Utred kostnaden.", "to": "officer", "body": "rs", "decision": "RS § 1"}
    story.on_case(assignmentcommands.GiveAssignment, "registrar", **asked)
    room, later = Room(story, "rs"), Room(story, "rs")
    room.plan("2020-09-09")
    story.on_case(assignmentcommands.ReportAssignment, "officer", number=1, text="Utrett.")
    keep(story.app)
    story.on_the("2020-09-09")
    later.plan("2020-10-14")
    room.outcome(1, "remitted", motive="Mer.", section=7)
    with room as s:
        s.add(room.secretary, "minutes")
    room.step("record_minutes", minutes_approved_on="2020-09-09")
    keep(story.app)
    assert due(story, "assignment:1") == ["2020-09-30"]
    return story


def the_rs_meeting(story: Story) -> Room:
    room = Room(story, "rs")
    room.no = "MRS200002"
    return room


def test_a_day_counted_from_the_next_meeting_follows_it(returned: Story) -> None:
    moved = the_rs_meeting(returned).step("move", note="Höstlov.", meeting_date="2020-10-28")
    (effect,) = moved.data["effect"]
    assert effect["deadlines"] == [{"deadline": "assignment:1", "from": "2020-09-30", "to": "2020-10-14"}]
    assert keep(returned.app) == (1, 0)
    assert due(returned, "assignment:1") == ["2020-10-14"]
    (row,) = returned.rows(assignments)
    assert row["report_on"].isoformat() == "2020-10-14"
    (task,) = returned.tasks(act=assignmentcommands.ACT, state="open")
    assert task["due_at"].date().isoformat() == "2020-10-14"
    assert "Höstlov." in returned.events("deadline:recounted")[-1]["payload"]["reason"]


def test_a_new_meeting_in_between_is_the_next_one(returned: Story) -> None:
    Room(returned, "rs").plan("2020-09-30")
    assert keep(returned.app) == (1, 0)
    assert due(returned, "assignment:1") == ["2020-09-16"]
    assert returned.mails("replanned") == [], "a meeting that is added is nothing to choose anew for"


def test_a_cancelled_meeting_leaves_it_to_the_one_after(returned: Story) -> None:
    Room(returned, "rs").plan("2020-11-11")
    assert keep(returned.app) == (0, 0)
    the_rs_meeting(returned).step("cancel", note="För få ärenden.")
    keep(returned.app)
    assert due(returned, "assignment:1") == ["2020-10-28"]


def test_without_any_meeting_left_somebody_is_still_reminded(returned: Story) -> None:
    vars(returned.app)["calendar"] = ()  # no calendar knows of a later one
    the_rs_meeting(returned).step("cancel", note="För få ärenden.")
    keep(returned.app)
    assert due(returned, "assignment:1") == ["2020-10-07"]  # twenty working days from the ninth of September
    Room(returned, "rs").plan("2020-10-14")
    keep(returned.app)
    assert due(returned, "assignment:1") == ["2020-09-30"]


def test_what_is_promised_happens_once_whoever_sweeps(returned: Story) -> None:
    the_rs_meeting(returned).step("move", note="Höstlov.", meeting_date="2020-10-28")
    keep(returned.app)
    seen = len(returned.events())
    from arende.usecases import promises

    rows = the_rs_meeting(returned).rows(promised_steps, kind="follow")
    for row in rows:
        returned.app.do(promises._command({**row, "actor": "system"}))
    assert len(returned.events()) == seen


def test_a_past_day_is_no_new_day_for_a_meeting_of_the_assembly(story: Story) -> None:
    rf = Room(story, "rf")
    rf.summoned("2020-09-16", "Budget")
    with pytest.raises(Refused, match="KL 5:13"):
        rf.step("move", note="Tidigare.", meeting_date="2020-08-05")


def test_replanning_on_each_kind_of_database(story_on_each: Story) -> None:
    story = story_on_each
    story.register()
    story.on_to("awaiting_rsau")
    story.step("rsau_secretary", "replan_rsau", rsau_date="2020-09-15")
    room = Room(story)
    room.plan("2020-09-15")
    room.step("move", note="Ny dag.", meeting_date="2020-09-22")
    assert keep(story.app) == (1, 0)
    assert due(story, "state:awaiting_rsau") == ["2020-09-25"]
    asked: dict[str, Any] = {"what": "Utred.", "to": "officer", "body": "rs", "decision": "RS § 1"}
    story.on_case(assignmentcommands.GiveAssignment, "registrar", report_on="2020-10-01", **asked)
    room.step("cancel", note="För få ärenden.")
    assert keep(story.app)[1] == 0
    assert "replan_case" in story.waiting()
