"""On hold everything rests and is there again; at the end everything is closed."""

import pytest
from story import TOWNS, Story, told, untouched

from arende import commands, models
from arende.errors import Refused


def hold(story: Story, review_on: str = "2020-12-01") -> None:
    story.step("officer", "put_on_hold", "Väntar på utredning.", review_on=review_on)


def resume(story: Story, day: str | None = None) -> None:
    if day is not None:
        story.on_the(day)
    story.step("officer", "resume")


def test_open_tasks_and_requests_are_there_again(story: Story) -> None:
    story.at("awaiting_rsau")
    before = {(t["id"], t["act"]) for t in story.tasks(state="open")}
    hold(story)
    resume(story, "2020-08-20")
    assert story.state == "awaiting_rsau"
    assert {(t["id"], t["act"]) for t in story.tasks(state="open")} == before
    assert story.asked_of("agenda_clearance") == {"rsau_chair": "pending"}
    story.on_to("rsau_aligned")


def test_it_is_not_looked_over_on_a_day_that_has_passed(story: Story) -> None:
    story.at("compiling")
    with told(Refused, "”Ses över den” är den 2 augusti 2020, som redan har varit", "Välj i dag eller en senare dag"):
        hold(story, "2020-08-02")
    hold(story, "2020-08-03")  # the day itself will do


def test_it_can_be_held_twice(story: Story) -> None:
    story.at("compiling")
    for day in ("2020-08-10", "2020-08-20"):
        hold(story)
        resume(story, day)
        assert story.state == "compiling"
    story.on_to("closed")


def test_nothing_fires_while_the_case_rests_but_its_own_review(story: Story) -> None:
    story.at("municipal_consultation")
    hold(story, "2020-11-30")
    mails = len(story.mails())
    story.on_the("2020-11-20")
    assert story.state == "on_hold"
    assert story.round()["state"] == "open"
    assert len(story.mails()) == mails
    story.on_the("2020-12-01")
    assert [m["template"] for m in story.mails()[mails:]] == [*["deadline_reminder"] * 2, "deadline_escalated"]


def test_a_round_goes_on_with_the_days_it_had_left(story: Story) -> None:
    story.at("municipal_consultation")  # 3 August; the last day is 14 September
    story.on_the("2020-08-10")
    hold(story)
    resume(story, "2020-09-21")  # six weeks later
    assert story.round()["due_at"].date().isoformat() == "2020-10-26"
    assert {a["due_at"] for a in story.round()["answers"].values()} == {story.round()["due_at"]}
    told_of = story.mails("extension_answer")
    assert len(told_of) == 6
    assert all("vilande" in m["text"] and "26 oktober" in m["text"] for m in told_of)
    story.on_the("2020-10-26")
    assert story.state == "municipal_consultation"
    story.on_the("2020-10-27")
    assert story.state == "compiling"


def test_after_a_rest_only_those_who_have_not_answered_are_told_the_new_last_day(story: Story) -> None:
    story.at("municipal_consultation").answer("hylte")
    hold(story)
    resume(story, "2020-08-20")
    assert len(story.mails("extension_answer")) == 5
    assert not story.mails("extension_answer", to="hylte")


def test_a_rest_of_no_day_moves_nothing_and_tells_nobody(story: Story) -> None:
    story.at("municipal_consultation")
    hold(story)
    resume(story)
    assert not story.mails("extension_answer")


def test_a_request_is_due_the_later_for_the_rest(story: Story) -> None:
    story.at("awaiting_rsau")
    hold(story)
    resume(story, "2020-08-17")
    assert story.approvals("agenda_clearance")[0]["due_at"].date().isoformat() == "2020-08-20"
    story.on_the("2020-08-18")
    assert not story.mails("approval_reminder")
    story.on_the("2020-08-19")
    assert len(story.mails("approval_reminder", to="rsau_chair")) == 1


def test_the_states_own_deadline_begins_anew(story: Story) -> None:
    story.at("manager_review")
    hold(story)
    resume(story, "2020-09-07")
    assert story.case["due_at"].date().isoformat() == "2020-09-10"


def test_answers_that_come_while_the_case_rests_are_filed_and_counted_when_it_goes_on(story: Story) -> None:
    story.at("municipal_consultation")
    hold(story)
    for town in TOWNS:
        story.answer(town)
    assert story.state == "on_hold"
    resume(story, "2020-08-20")
    assert story.state == "compiling"
    assert story.round()["state"] == "complete"


def test_a_request_cannot_be_answered_while_the_case_rests(story: Story) -> None:
    story.at("awaiting_rsau")
    hold(story)
    for decision in ("approve", "return"):
        with untouched(story), told(Refused, "Ärendet är vilande"):
            story.decide("rsau_chair", "agenda_clearance", decision, "x")  # type: ignore[arg-type]  # one of the decisions


def test_a_text_changed_while_the_case_rests_is_asked_for_anew(story: Story) -> None:
    story.at("awaiting_rsau")
    story.decide("rsau_chair", "agenda_clearance")
    hold(story)
    story.add("officer", "declaration", "ny lydelse")
    resume(story, "2020-08-10")
    assert story.asked_of("agenda_clearance") == {"rsau_chair": "pending"}
    story.on_to("rsau_aligned")


def test_a_text_changed_after_the_rest_is_asked_for_anew(story: Story) -> None:
    story.at("awaiting_rsau")
    hold(story)
    resume(story, "2020-08-10")
    story.add("officer", "declaration", "ny lydelse")
    assert [a["state"] for a in story.approvals("agenda_clearance")] == ["superseded", "pending"]
    story.on_to("rsau_aligned")


def test_the_rest_leaves_no_task_behind(story: Story) -> None:
    story.at("draft")
    before = story.waiting()
    hold(story)
    resume(story, "2020-08-10")
    assert story.waiting() == before
    assert not [t for t in story.tasks(state="open") if t["of_state"] == "on_hold"]


@pytest.mark.parametrize("state", ["awaiting_rsau", "municipal_consultation", "compiling"])
@pytest.mark.parametrize("rested", [False, True])
def test_dismissal_closes_everything(story: Story, state: str, rested: bool) -> None:
    story.at(state).on_case(commands.AddNote, "officer", text="Ring Hylte.")
    if rested:
        hold(story)
    story.step("manager", "dismiss", "Saken utreds i ett annat ärende.")
    assert story.case["due_at"] is None
    assert not story.tasks(state="open")
    assert not [d for d in story.rows(models.deadlines) if d["state"] in ("open", "resting")]
    assert not [a for a in story.approvals() if a["state"] == "pending"]
    assert {c["state"] for c in story.rows(models.consultations)} <= {"closed_early", "complete"}
    assert len(story.mails("dismissed")) == (0 if state == "awaiting_rsau" else 6)
    story.clock.advance(days=400)
    assert story.sweep().count == 0


def test_closing_clears_the_working_notes(story: Story) -> None:
    story.at("concluded").on_case(commands.AddNote, "officer", text="Ring Hylte.")
    assert story.case["version"] == len({e["command_id"] for e in story.events()})
    story.on_to("closed")
    assert story.count()["notes"] == 0


def test_a_working_note_is_outside_the_record(story: Story) -> None:
    story.register()
    head = story.case["head"]
    story.on_case(commands.AddNote, "officer", text="Ring Hylte.")
    assert story.case["head"] == head
    assert [n["text"] for n in story.rows(models.notes)] == ["Ring Hylte."]


def test_a_mail_that_fails_after_the_end_still_gives_somebody_a_task(story: Story) -> None:
    story.at("municipal_consultation").step("officer", "dismiss", "Utgår.")
    mail = story.mails("dismissed", to="hylte")[0]
    story.do(commands.ReportDelivery(actor="system", outbox=mail["id"], reply="550 no such user"))
    assert story.waiting() == {"delivery_failure"}
    story.complete("officer", "delivery_failure")
    assert story.state == "dismissed"


def test_a_case_given_to_another_officer_takes_its_tasks_along(story: Story) -> None:
    story.at("compiling").on_case(commands.AssignCase, "manager", officer="officer2", note="Semester.")
    assert {t["assignee"] for t in story.tasks(state="open", role="case_officer")} == {"officer2"}
    assert len(story.mails("task_assigned", to="officer2")) == 1
    story.add("officer2", "compilation")
    with told(Refused, "Du har inte den rollen"):
        story.step("officer", "propose_decision", decision_body="rs")
    story.step("officer2", "propose_decision", decision_body="rs")


def test_an_officer_with_a_conflict_gives_the_manager_a_task(story: Story) -> None:
    story.at("compiling").on_case(commands.DeclareConflict, "officer")
    assert [t["assignee"] for t in story.tasks(act="assign", state="open")] == ["manager"]
    story.on_case(commands.AssignCase, "manager", officer="officer2")
    assert "assign" not in story.waiting()
