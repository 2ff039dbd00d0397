"""What the shipped types have to do with meetings: what is decided reports itself, what waits is taken up."""

import pytest
from room import MEMBERS, Room
from scenarios import Player, scenarios
from story import Story, letter_of

from arende import models
from arende.workdays import local_day
from planstory import adopted


def played(story: Story, key: str, state: str) -> Player:
    """The first story of a type, as far as its case comes to the state."""
    player = Player(story.app, story.clock)
    steps = scenarios(key)[0].steps
    until = next(n for n, step in enumerate(steps) if step.get("expect", {}).get("state") == state)
    return player.play(scenarios(key)[0], key, until)


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "dispatched", "reported"),
    [("chair_decision", "dispatched", "reported"), ("delegated_decision", "to_report", "reported")],
)
def test_a_decision_on_the_boards_behalf_is_reported_at_its_next_meeting_by_itself(
    story: Story, key: str, dispatched: str, reported: str
) -> None:
    decision = played(story, key, dispatched)
    room = Room(decision, "rs").opened("2020-08-25")
    assert room.item("Anmälan av beslut")["kind"] == "report"
    assert room.cases() == [decision.no]
    room.settle("noted").checking().approve_minutes()
    assert room.keep() == (2, 0), "its last day follows the meeting, and then its outcome"
    assert decision.state == reported
    assert decision.case["fields"]["reported_at"] == "2020-08-25"
    assert decision.case["fields"]["report_section"].startswith("§ ")


def test_information_is_noted_by_the_board_at_its_next_meeting(story: Story) -> None:
    told = Player(story.app, story.clock)
    told.register("officer", "information_case", "Testbädden", fields={"summary": "Nytt namn."})
    told.add("officer", "information")
    room = Room(told, "rs").opened("2020-08-25")
    assert room.cases() == [told.no]
    room.settle("noted").checking().approve_minutes()
    assert room.keep() == (2, 0), "its last day follows the meeting, and then its outcome"
    assert told.state == "noted"


@pytest.mark.long
@pytest.mark.parametrize(
    ("outcome", "state"), [("rejected", "under_follow_up"), ("approved_with_change", "revision_amended")]
)
def test_the_minutes_lead_a_revised_plan_on_while_the_one_in_force_goes_on(
    story: Story, outcome: str, state: str
) -> None:
    plan = Player(story.app, story.clock)
    plan.register("officer", "operational_plan", "VP 2020", fields={"year": "2020", "decision_body": "rs"})
    adopted(plan)
    plan.step("manager", "revise", "Nya uppdrag.")
    plan.add("officer", "plan", "reviderad")
    plan.step("officer", "propose_revision")
    plan.decide("rs_chair", "agenda_clearance")
    room = Room(plan, "rs").opened("2020-10-13")
    assert room.cases() == [plan.no]
    room.settle(outcome, decision="Punkt 2 utgår.").checking().approve_minutes()
    assert room.keep()[1] == 0
    assert plan.state == state
    fields = plan.case["fields"]
    assert (fields["decision_date"], fields["revision_date"]) == ("2020-09-08", "2020-10-13")
    (report,) = [t for t in plan.rows(models.tasks) if (t["act"], t["state"]) == ("report", "open")]
    assert local_day(report["due_at"]).isoformat() == "2021-02-04"


def whole_assembly(story: Story, day: str) -> Room:
    """A meeting of the assembly that is open, with all who have a name here: five of nine."""
    room = Room(story, "rf").summoned(day)
    story.on_the(day, 10)
    room.come(*MEMBERS["rf"], checker="rf_m1").step("open")
    return room


@pytest.mark.long
def test_an_agreement_comes_to_the_assembly_by_the_boards_proposal_and_to_each_of_them_once(story: Story) -> None:
    case = played(story, "agreement", "rs_preparation")
    case.decide("rs_chair", "board_clearance")
    board = Room(case, "rs").opened("2020-03-10")
    assert board.cases() == [case.no]
    board.settle("approved").checking().approve_minutes()
    assert board.keep()[1] == 0
    assert (case.state, case.case["fields"]["rs_date"]) == ("to_decide", "2020-03-10")
    case.step("officer", "request_decisions", one_no="falls", decide_by="2020-06-30")
    assembly = whole_assembly(case, "2020-04-29")
    assert assembly.cases() == [case.no]
    assembly.settle("approved").checking().approve_minutes()
    assert assembly.keep()[1] == 0
    assert case.state == "region_decided"
    assert set(case.stances().values()) == {"sent"}, "the municipalities' round goes on"
    later = Room(case, "rf")
    later.plan("2020-05-27")
    later.step("draft_agenda")
    assert later.cases() == [], "what the assembly has decided is not taken up again"


@pytest.mark.long
def test_what_the_assembly_remits_goes_by_the_board_again_while_the_municipalities_go_on(story: Story) -> None:
    case = played(story, "agreement", "parallel_decisions")
    assembly = whole_assembly(case, "2020-04-29")
    assembly.settle("remitted", motive="Följderna ska beskrivas.").checking().approve_minutes()
    assert assembly.keep()[1] == 0
    assert (case.state, set(case.stances().values())) == ("remitted", {"sent"})
    case.step("officer", "resubmit", "Följderna står i en bilaga.")
    board = Room(case, "rs").opened("2020-05-20")
    board.settle("approved").checking().approve_minutes()
    assert board.keep()[1] == 0
    assert case.state == "parallel_decisions"
    asked = [t for t in case.rows(models.tasks) if (t["act"], t["state"]) == ("record_region_decision", "open")]
    assert [t["title"]["sv"] for t in asked] == ["Förbered punkten till fullmäktige på nytt och för in beslutet"]


@pytest.mark.long
def test_an_opinion_that_the_board_changed_waits_until_the_change_is_entered(story: Story) -> None:
    told = next(s for s in scenarios("referral_opinion") if s.name == "Styrelsen svarar själv")
    until = next(n for n, s in enumerate(told.steps) if s.get("do") == "propose_decision" and "refused" not in s) + 1
    case = Player(story.app, story.clock).play(told, "referral_opinion", until)
    room = Room(case, "rs").opened("2020-08-25")
    room.settle("approved_with_change", decision="Regionstyrelsen avstyrker.").checking().approve_minutes()
    assert room.keep()[1] == 0
    assert case.state == "awaiting_decision", "the proposed text is not what the board decided"
    (task,) = [t for t in room.rows(models.tasks) if t["act"] == "enter_outcome"]
    assert case.no in task["title"]["sv"]
    given = {"stance": "opposes", "summary": "Regionen avstyrker.", "text": "Skälen är andra.", "decision_section": "3"}
    case.step("rs_secretary", "record_decision", decision_date="2020-08-25", **given)
    case.step("registrar", "dispatch")
    sent = letter_of(case, case.rows(models.documents, key="opinion")[-1]).plain()
    assert "Region Halland avstyrker." in sent
    assert "tillstyrker" not in sent


def asked_for_words(case: Player) -> list[str]:
    """The open tasks that ask the case officer for the words decided."""
    tasks = case.rows(models.tasks)
    return [t["title"]["sv"] for t in tasks if (t["act"], t["state"]) == ("file_decided_words", "open")]


@pytest.mark.long
def test_a_policy_that_the_assembly_changed_is_adopted_in_the_words_it_decided(story: Story) -> None:
    told = scenarios("policy_document")[0]
    cleared = next(n for n, s in enumerate(told.steps) if s.get("approve") == "agenda_clearance")
    case = Player(story.app, story.clock).play(told, "policy_document", cleared)  # the day before its steps is none
    board = Room(case, "rs").opened("2020-05-06")
    assert board.cases() == [case.no]
    board.settle("approved_with_change", decision="Målet om tåg läggs till.").checking().approve_minutes()
    assert board.keep()[1] == 0
    assert case.state == "assembly", "the board's proposal is the one with its change"
    assert [t.split(" § ")[0] for t in asked_for_words(case)] == ["RS 2020-05-06"]
    case.add("officer", "document", "Styrelsens lydelse")
    hall = whole_assembly(case, "2020-06-17")
    assert hall.cases() == [case.no]
    hall.settle("approved_with_change", decision="Målet om tåg utgår.").checking().approve_minutes()
    assert hall.keep()[1] == 0
    assert case.state == "assembly", "what would be adopted is not what the assembly decided"
    assert len(asked_for_words(case)) == 2
    assert case.events("outcome:changed")[-1]["payload"]["change"] == "Målet om tåg utgår."
    assert case.rows(models.documents, key="minutes_extract"), "the extract is there"
    case.add("officer", "document", "Fullmäktiges lydelse")
    section = {"rf_section": "§ 3", "minutes_approved_on": "2020-06-17"}
    case.step("rf_secretary", "record_decision", rf_date="2020-06-17", **section)
    assert case.state == "adopted"
    assert asked_for_words(case) == [], "they fall when the case goes on"


@pytest.mark.long
def test_a_declaration_that_the_board_changed_is_signed_in_the_words_it_decided(story: Story) -> None:
    story.at("awaiting_decision")
    board = Room(story, "rs").opened(story.case["fields"]["decision_date"])
    board.settle("approved_with_change", decision="Uppdraget söks för två år.").checking().approve_minutes()
    assert board.keep()[1] == 0
    assert story.state == "awaiting_decision", "what would be signed is not what the board decided"
    story.add("officer", "declaration", "Region Halland avser att söka uppdraget för två år.")
    given = {"decision_section": "§ 3", "minutes_approved_on": story.case["fields"]["decision_date"]}
    story.step("rs_secretary", "record_decision", decision_date=story.case["fields"]["decision_date"], **given)
    story.decide("rs_chair", "signature")
    story.decide("region_director", "signature")
    assert story.state == "signed"
    assert not story.rows(models.documents, key="signed_declaration"), "the proposed words are written out nowhere"


@pytest.mark.long
def test_who_is_told_of_an_overdue_opinion_reads_each_name_once(story: Story) -> None:
    told = next(s for s in scenarios("referral_opinion") if s.name == "Styrelsen svarar själv")
    until = next(n for n, s in enumerate(told.steps) if s.get("do") == "propose_decision" and "refused" not in s) + 1
    case = Player(story.app, story.clock).play(told, "referral_opinion", until)
    case._jump("2020-11-02")
    (mail,) = [m for m in case.mails("deadline_escalated") if case.no in m["text"]]
    (waits,) = [line for line in mail["text"].splitlines() if line.startswith("Väntar på")]
    assert waits == "Väntar på: Regionstyrelsens sekreterare", "one office answers to both roles"


@pytest.mark.long
def test_an_opinion_decided_by_the_chair_says_who_decided_for_the_board(story: Story) -> None:
    player = Player(story.app, story.clock)
    told = next(s for s in scenarios("referral_opinion") if s.name.startswith("Ordföranden beslutar"))
    player.play(told, "referral_opinion")
    (_draft, sent) = player.rows(models.documents, key="opinion")
    assert (
        "Regionstyrelsen genom Regionstyrelsens ordförande (brådskande ärende, 6 kap. 39 § kommunallagen) "
        "har beslutat om yttrandet den 3 augusti 2020, ärende RS200002."
    ) in letter_of(player, sent).plain()


@pytest.mark.long
def test_what_is_written_here_is_signed_as_it_was_approved_and_what_was_brought_in_is_not(story: Story) -> None:
    to_sign = story.at("draft")
    to_sign.step("officer", "write_declaration", intent="Regionen avser att söka uppdraget.", need="Vattnet är delat.")
    to_sign.relate()
    to_sign.step("officer", "request_review")
    to_sign.on_to("decided")
    to_sign.decide("rs_chair", "signature")
    to_sign.decide("region_director", "signature")
    (draft,), (signed,) = (to_sign.rows(models.documents, key=k) for k in ("declaration", "signed_declaration"))
    before, after = letter_of(to_sign, draft), letter_of(to_sign, signed)
    assert (before.head.mark, after.head.mark) == ("Utkast", "")
    assert "Regionen avser att söka uppdraget." in after.plain()
    assert [s[2] for s in after.head.signatures] == ["Undertecknat elektroniskt den 3 augusti 2020"] * 2
