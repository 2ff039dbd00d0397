"""Assignments: given by a decision, reminded of, reported to the body that decided, and settled by it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from room import Room
from story import Story, told

from arende import assignmentcommands as a
from arende import commands, meetingqueries, models
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.meetingcommands import ItemOutcome, RecordOutcomes
from arende.meetingtables import agenda_items, assignments, promised_steps
from arende.usecases.promises import keep

COST = {"what": "Utred kostnaden.", "to": "officer", "report_on": "2020-12-01"}


def give(story: Story, who: str = "registrar", **more: Any) -> int:
    asked = {"body": "rs", "decision": "RS 2020-10-14 § 12", **COST, **more}
    return int(story.on_case(a.GiveAssignment, who, **asked).data["assignment"])


def report(story: Story, number: int = 1, who: str = "officer", **more: Any) -> Any:
    return story.on_case(a.ReportAssignment, who, number=number, text="Kostnaden är utredd.", **more)


def settle(story: Story, outcome: str, number: int = 1, who: str = "rs_secretary", **more: Any) -> Any:
    return story.on_case(a.SettleAssignment, who, number=number, outcome=outcome, **more)


def row(story: Story, number: int = 1) -> dict[str, Any]:
    (found,) = story.rows(assignments, number=number)
    return found


def listed(story: Story, which: str = "open", **more: Any) -> list[tuple[str, int]]:
    from arende import db

    with db.reading(story.app.engine) as conn:
        rows = meetingqueries.assignments(conn, story.clock().date(), which, **more)
    return [(r["register_no"], r["number"]) for r in rows]


def reminders(story: Story) -> list[str]:
    return [m["created_at"].date().isoformat() for m in story.mails("deadline_reminder", "officer")]


@pytest.fixture
def decided(story: Story) -> Story:
    return story.at("decided")


# ---------------------------------------------------------------- given


def test_an_assignment_after_a_decision_has_the_decision_of_the_case(decided: Story) -> None:
    decided.on_case(a.GiveAssignment, "registrar", **COST)
    assert row(decided)["decision"] == f"RS {decided.day} § 12"
    assert row(decided)["body"] == "rs"
    given = decided.last()
    assert (given["kind"], given["authority"]) == ("assignment:given", f"RS {decided.day} § 12")


def test_whoever_gets_it_has_it_on_the_list_and_in_a_mail(decided: Story) -> None:
    give(decided)
    (task,) = decided.tasks(act=a.ACT)
    assert (task["title"]["sv"], task["assignee"]) == ("Uppdrag 1: Utred kostnaden.", "officer")
    (mail,) = [m for m in decided.mails("task_assigned", "officer") if "Uppdrag 1" in m["subject"]]
    assert "tisdagen den 1 december 2020" in mail["text"]
    with told(Refused, "arende assignment report"):
        decided.do(commands.CompleteTask(actor="officer", task=task["id"]))


@pytest.mark.parametrize("to", ["manager@regionkontoret", "regionkontoret"])
def test_an_office_or_a_body_gets_it_as_whoever_holds_the_office(decided: Story, to: str) -> None:
    give(decided, to=to)
    (task,) = decided.tasks(act=a.ACT)
    assert (task["office"], task["assignee"]) == ("manager@regionkontoret", None)
    assert row(decided)["receiver"] == to
    report(decided, who="manager")
    assert row(decided)["state"] == "reported"


def test_what_cannot_be_given_is_told(decided: Story) -> None:
    with told(NotFound, "officerr", "officer"):
        give(decided, to="officerr")
    with told(NotFound, "rsx", "rs"):
        give(decided, body="rsx")
    with told(Refused, "Ingen tar emot uppdrag för"):
        give(decided, to="chair@regionkontoret")
    with told(Refused, "--decision"):
        give(decided, body="rf", decision=None)
    with told(Forbidden, "Uppdrag förs in ur ett beslut"):
        give(decided, who="krf_chair")


def test_before_any_decision_the_decision_has_to_be_named(story: Story) -> None:
    story.at("draft")
    with told(Refused, "ärendet har inget infört av det organet"):
        story.on_case(a.GiveAssignment, "registrar", **COST)
    give(story)
    assert row(story)["decision"] == "RS 2020-10-14 § 12"


# ---------------------------------------------------------------- the day of the report


def test_reminders_come_before_and_after_the_day_each_once_and_in_order(decided: Story) -> None:
    give(decided)
    for day in ("2020-11-16", "2020-11-17", "2020-11-26", "2020-12-01", "2020-12-02", "2020-12-02", "2020-12-09"):
        decided.on_the(day)
    mine = [m for m in decided.mails("deadline_reminder", "officer") if "Uppdrag att återrapportera" in m["subject"]]
    assert [m["created_at"].date().isoformat() for m in mine] == ["2020-11-17", "2020-11-26", "2020-12-02"]
    assert "RS 2020-10-14 § 12" in mine[0]["text"]
    assert "Försenat" in mine[-1]["subject"]
    escalated = [m for m in decided.mails("deadline_escalated", "rs_secretary") if "Uppdrag" in m["subject"]]
    assert len(escalated) == 1
    assert "handläggare" in escalated[0]["text"].lower()


def test_a_scheduler_that_was_away_catches_up_once(decided: Story) -> None:
    give(decided)
    decided.on_the("2020-12-14")
    decided.sweep()
    told_of = [e["payload"] for e in decided.events("deadline:fired")]
    fired = [p["step"] for p in told_of if p["deadline"] == "assignment:1"]
    assert fired == ["remind", "remind", "due", "remind", "escalate"]


def test_nobody_is_reminded_of_what_is_reported(decided: Story) -> None:
    give(decided)
    report(decided)
    decided.on_the("2020-12-14")
    assert [m for m in decided.mails("deadline_reminder") if "Uppdrag" in m["subject"]] == []
    assert decided.tasks(act=a.ACT, state="done")


def test_an_assignment_lives_on_when_its_case_has_ended(story: Story) -> None:
    story.at("concluded")
    give(story, report_on="2021-05-03")
    story.deliver()
    story.step("officer", "close")
    assert story.state == "closed"
    story.on_the("2021-05-04")
    assert [m for m in story.mails("deadline_reminder", "officer") if "Uppdrag att återrapportera" in m["subject"]]
    assert listed(story, "overdue") == [(story.no, 1)]
    report(story)
    settle(story, "executed", decision="RS 2021-06-09 § 4")
    assert (row(story)["state"], row(story)["settled_by"]) == ("executed", "RS 2021-06-09 § 4")
    assert listed(story) == []


def test_a_case_on_hold_does_not_put_off_what_a_body_has_decided(story: Story) -> None:
    story.at("draft")
    give(story)
    story.step("officer", "put_on_hold", "Väntar.", review_on="2021-02-01")
    (due,) = story.rows(models.deadlines, key="assignment:1", step="due")
    assert due["state"] == "open"


def test_the_day_is_moved_with_a_reason_and_counted_anew(decided: Story) -> None:
    give(decided)
    decided.on_the("2020-11-27")
    decided.on_case(a.MoveAssignment, "registrar", number=1, report_on="2021-03-01", reason="Underlaget dröjer.")
    assert decided.last()["payload"]["reason"] == "Underlaget dröjer."
    decided.on_the("2021-03-02")
    mine = [m for m in decided.mails("deadline_reminder", "officer") if "Uppdrag" in m["subject"]]
    assert [m["created_at"].date().isoformat() for m in mine] == ["2020-11-27"] * 2 + ["2021-03-02"] * 3
    with told(Invalid, "har redan varit"):
        decided.on_case(a.MoveAssignment, "registrar", number=1, report_on="2021-01-01", reason="Bakåt.")


# ---------------------------------------------------------------- reported, and settled by the body


def test_a_report_goes_to_the_next_agenda_and_the_minutes_settle_it(decided: Story) -> None:
    give(decided)
    room = Room(decided, "rs")
    room.plan("2020-12-09")
    sha256, size = decided.app.storage.put(io.BytesIO(b"rapport"))
    file = commands.MailRecord(name="rapport.pdf", media_type="application/pdf", size=size, sha256=sha256)
    assert report(decided, file=file).data["agenda"] == room.no
    assert row(decided)["record_no"] == max(d["record_no"] for d in decided.rows(models.documents))
    assert room.keep() == (1, 0)
    assert room.headings() == ["Återrapport: Utred kostnaden."]
    room.step("draft_agenda")
    assert room.headings().count("Återrapport: Utred kostnaden.") == 1
    room.clear()
    room.step("summon")
    decided.on_the("2020-12-09", 10)
    room.come("rs_chair", "rs_vice_chair", *(f"rs_m{n}" for n in range(1, 8)), checker="rs_m1")
    room.step("open")
    room.settle("noted").checking().approve_minutes()
    assert row(decided)["state"] == "reported"
    assert room.keep()[1] == 0
    assert row(decided)["state"] == "executed"
    assert decided.events("assignment:settled")[-1]["authority"] == "RS 2020-12-09 § 3"


def from_minutes(room: Room, outcome: str, **more: Any) -> None:
    """The whole meeting entered from minutes kept elsewhere."""
    for i in room.items():
        what = outcome if i["heading"].startswith("Återrapport") else "approved"
        one = ItemOutcome.model_validate({"item": i["item"], "outcome": what, "section": 40 + i["item"], **more})
        room.do(RecordOutcomes, outcomes=(one,))
    with room as s:
        s.add(room.secretary, "minutes")
    room.step("record_minutes", minutes_approved_on=room.story.day)


def test_a_body_that_is_not_content_gives_it_back_until_its_next_meeting(decided: Story) -> None:
    give(decided)
    later = Room(decided, "rs")
    later.plan("2021-01-20")
    room = Room(decided, "rs")
    room.plan("2020-12-09")
    report(decided)
    room.keep()
    decided.on_the("2020-12-09")
    from_minutes(room, "remitted", motive="Kostnaden per kommun saknas.")
    room.keep()
    given = row(decided)
    assert (given["state"], given["report_on"].isoformat()) == ("given", "2021-01-05")  # ten working days before
    assert decided.tasks(act=a.ACT, state="open")
    report(decided, who="officer")
    room.keep()
    assert "Återrapport: Utred kostnaden." in later.headings()


def test_an_adjourned_report_goes_to_the_next_meeting_with_its_assignment(decided: Story) -> None:
    give(decided)
    room, later = Room(decided, "rs"), Room(decided, "rs")
    later.plan("2021-01-20")
    room.plan("2020-12-09")
    report(decided)
    room.keep()
    decided.on_the("2020-12-09")
    from_minutes(room, "adjourned")
    room.keep()
    assert row(decided)["state"] == "reported"
    later.step("draft_agenda")
    assert later.headings().count("Återrapport: Utred kostnaden.") == 1
    decided.on_the("2021-01-20")
    from_minutes(later, "noted")
    later.keep()
    assert row(decided)["state"] == "executed"


def test_a_cancelled_meeting_hands_its_reports_on(decided: Story) -> None:
    give(decided)
    later, room = Room(decided, "rs"), Room(decided, "rs")
    later.plan("2021-01-20")
    room.plan("2020-12-09")
    report(decided)
    room.keep()
    room.step("cancel", note="För få ärenden.")
    room.keep()
    assert later.headings() == ["Återrapport: Utred kostnaden."]


def test_without_a_meeting_ahead_the_first_draft_gathers_the_report(decided: Story) -> None:
    give(decided)
    assert report(decided).data["agenda"] is None
    room = Room(decided, "rs")
    room.plan("2020-12-09")
    room.step("draft_agenda")
    assert room.headings()[-1] == "Återrapport: Utred kostnaden."


def test_the_body_sees_on_its_agenda_what_nobody_has_told_it_of(decided: Story) -> None:
    give(decided)
    room = Room(decided, "rs")
    decided.on_the("2020-12-02")
    room.plan("2020-12-16")
    room.step("draft_agenda")
    (item,) = [i for i in room.items() if i["heading"] == "Uppdrag som inte har återrapporterats i tid"]
    assert item["proposal"].startswith(f"Att notera: {decided.no} uppdrag 1: Utred kostnaden. (senast 2020-12-01")


@pytest.mark.parametrize(("executed", "state"), [(True, "executed"), (False, "not_executed")])
def test_the_body_finds_it_as_it_was_reported(decided: Story, executed: bool, state: str) -> None:
    give(decided)
    room = Room(decided, "rs")
    room.plan("2020-12-09")
    report(decided, executed=executed)
    room.keep()
    decided.on_the("2020-12-09")
    from_minutes(room, "noted")
    room.keep()
    assert row(decided)["state"] == state
    assert listed(decided, "undone") == ([] if executed else [(decided.no, 1)])


def test_it_is_closed_by_a_decision_or_with_an_explanation(decided: Story) -> None:
    for _ in range(3):
        give(decided)
    with told(Refused, "--decision"):
        settle(decided, "withdrawn", 1, note="Behövs inte.")
    with told(Forbidden, "för dess protokoll"):
        settle(decided, "executed", 1, who="officer", note="Klart.")
    settle(decided, "withdrawn", 1, decision="RS 2020-11-11 § 8")
    settle(decided, "executed", 2, note="Klart vid ett möte den 3 november.")
    with told(Refused, "redan avslutat"):
        settle(decided, "executed", 1, note="Igen.")
    with told(NotFound, "inget uppdrag 9"):
        settle(decided, "executed", 9, note="Finns inte.")
    assert listed(decided) == [(decided.no, 3)]
    assert [t["state"] for t in decided.tasks(act=a.ACT)] == ["cancelled", "done", "open"]


def test_only_whoever_has_it_or_prepares_the_case_reports(decided: Story) -> None:
    give(decided, to="manager")
    with told(Forbidden, "inte till dig"):
        report(decided, who="krf_chair")
    report(decided, who="officer")
    with told(Refused, "redan återrapporterat"):
        report(decided, who="manager")


# ---------------------------------------------------------------- given at a meeting


def test_an_outcome_gives_assignments_when_the_minutes_say_so(story: Story) -> None:
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14", "Budget")
    item = room.item("Regional fysisk planering")["item"]
    room.outcome(item, assignments=[COST, {"what": "Informera kommunerna.", "to": "manager@regionkontoret"}])
    room.outcome(room.item("Budget")["item"], assignments=[{"what": "Följ upp budgeten.", "to": "region_director"}])
    room.settle().checking()
    assert "Uppdrag\n- " in room.page("minutes")
    assert "Återrapporteras senast den 1 december 2020." in room.page("minutes")
    assert story.rows(assignments) == []
    room.approve_minutes()
    assert room.keep() == (3, 0)
    assert [(r["what"], r["receiver"], r["decision"]) for r in story.rows(assignments)] == [
        ("Utred kostnaden.", "officer", "RS 2020-10-14 § 4"),
        ("Informera kommunerna.", "manager@regionkontoret", "RS 2020-10-14 § 4"),
    ]
    (own,) = room.rows(assignments)
    assert (own["what"], own["decision"]) == ("Följ upp budgeten.", "RS 2020-10-14 § 3")
    assert room.keep() == (0, 0)


def test_what_an_item_cannot_give_is_refused_when_it_is_entered(story: Story) -> None:
    story.register()
    story.register()
    room = Room(story)
    room.plan("2020-09-15")
    room.add("Två ärenden", "RS200001", "RS200002")
    story.on_the("2020-09-15")
    with told(Refused, "avgörs inte"):
        room.outcome(1, "adjourned", assignments=[COST])
    with told(NotFound, "officerr"):
        room.outcome(1, assignments=[{**COST, "to": "officerr"}])
    with told(Invalid, "RS200001, RS200002"):
        room.outcome(1, assignments=[COST])
    room.outcome(1, assignments=[{**COST, "case": "RS200002"}])
    assert room.item("Två ärenden")["assignments"][0]["case"] == "RS200002"
    room.outcome(1, "adjourned")
    assert room.rows(agenda_items)[0]["assignments"] == []


def test_a_case_that_refuses_an_assignment_is_a_task_for_the_secretary(story: Story) -> None:
    story.register()
    room = Room(story)
    room.plan("2020-09-15")
    room.add(None, "RS200001")
    story.on_the("2020-09-15")
    room.outcome(1, section=1, assignments=[COST])
    story.do(commands.DeclareConflict(actor="rsau_secretary", register_no="RS200001"))
    with room as s:
        s.add(room.secretary, "minutes")
    room.step("record_minutes", minutes_approved_on="2020-09-15")
    room.keep()
    assert [p["state"] for p in room.rows(promised_steps, kind="assignment")] == ["refused"]
    with room as s:
        assert "enter_outcome" in s.waiting()


def test_a_secret_case_puts_no_words_on_the_agenda_or_the_list(story: Story) -> None:
    story.register(secrecy=True)
    give(story)
    room = Room(story, "rs")
    room.plan("2020-12-09")
    report(story)
    keep(story.app)
    assert room.headings() == [f"Återrapport av uppdrag i {story.no}"]
    from arende import db

    with db.reading(story.app.engine) as conn:
        (found,) = meetingqueries.assignments(conn, story.clock().date())
    assert (found["what"], found["report"]) == (None, None)


def test_assignments_on_each_kind_of_database(story_on_each: Story) -> None:
    story = story_on_each
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14")
    room.outcome(room.item("Regional fysisk planering")["item"], assignments=[COST])
    room.settle().checking().approve_minutes()
    assert room.keep() == (2, 0)
    later = Room(story, "rs")
    later.plan("2020-12-16")
    story.on_the("2020-12-02")
    assert listed(story, "overdue", body="rs") == [(story.no, 1)]
    report(story)
    assert room.keep() == (1, 0)
    later.step("draft_agenda")
    assert later.headings()[-1] == "Återrapport: Utred kostnaden."
    story.on_the("2020-12-16")
    from_minutes(later, "noted")
    assert later.keep() == (1, 0)
    assert row(story)["state"] == "executed"
