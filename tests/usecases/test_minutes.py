"""Minutes: their sections, who approves them, the notice and its days, and what they lead to in the cases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from room import Room, day
from story import Story, letter_of

from arende import models
from arende.errors import Forbidden, Refused
from arende.meetingcommands import ApproveAtOnce, ItemOutcome, PostNotice, RecordOutcomes
from arende.settings import Settings
from arende.usecases.promises import keep
from sharing import open_app


@pytest.fixture
def room(story: Story) -> Room:
    return Room(story).opened("2020-09-15", "Budget", "Remissvar")


def sections(room: Room) -> list[int | None]:
    return [i["section_no"] for i in room.items()]


def test_sections_run_through_the_year_of_the_body(room: Room) -> None:
    room.settle().step("end")
    assert sections(room) == [1, 2, 3]
    room.opened("2020-10-13", "Nästa").settle().step("end")
    assert sections(room) == [4, 5]
    room.opened("2021-01-12", "Nytt år").settle().step("end")
    assert sections(room) == [1, 2]


def test_a_withdrawn_item_gets_no_section(room: Room) -> None:
    room.outcome(1, "withdrawn", motive="Ärendet är inte färdigt.")
    room.settle().step("end")
    assert sections(room) == [1, None, 2]


def test_an_earlier_meeting_is_numbered_first(story: Story) -> None:
    first = Room(story).opened("2020-09-15", "Budget")
    later = Room(story).opened("2020-10-13", "Nästa").settle()
    with pytest.raises(Refused, match="avsluta sammanträdet MRSAU200001 först"):
        later.step("end")
    first.settle().step("end")
    later.step("end")
    assert sections(later) == [3, 4]


def test_the_minutes_tell_what_happened(room: Room) -> None:
    from arende.meetingcommands import RecordDissent, RecordMotion, RecordVote

    room.attend("rsau_s1", role="substitute", acting_for="rsau_m3", remote=True)
    n = room.item("Budget")["item"]
    room.do(RecordMotion, item=n, person="rsau_m1", kind="reject", text="Avslag på förslaget.")
    ballots = {"rsau_chair": "yes", "rsau_vice_chair": "yes", "rsau_m1": "no", "rsau_s1": "no"}
    room.do(RecordVote, item=n, yes_means="förslaget", no_means="avslag", ballots=ballots)
    room.outcome(n, "approved", decision="Budgeten fastställs.")
    room.do(RecordDissent, item=n, person="rsau_m1")
    room.settle()
    room.step("end")
    room.step("draft_minutes")
    text = room.page("minutes")
    for said in (
        "Ersättare 1 i RSAU (påhittad) | tjänstgörande ersättare för Ledamot 3 i RSAU (påhittad) | hela",
        "RSAU:s ordförande | ordförande | hela sammanträdet",
        "Justerare | RSAU:s vice ordförande",
        "§ 2 Budget",
        "Yrkanden\n- Ledamot 1 i RSAU (påhittad): Avslag på förslaget.",
        "2 ja, 2 nej och 0 som avstår. Ordförandens röst avgör.",
        "- Ja röstar: RSAU:s ordförande",
        "- Nej röstar: Ledamot 1 i RSAU (påhittad)",
        "Beslut\nBudgeten fastställs.",
        "Reservationer\n- Ledamot 1 i RSAU (påhittad)",
    ):
        assert said in text


def test_whoever_presided_and_the_checkers_approve_and_nobody_for_them(room: Room) -> None:
    room.attend("rsau_m1", checker=True)
    room.settle().checking()
    with room as s:
        assert {a["approver"]: a["role"] for a in s.approvals("minutes")} == {
            "rsau_chair": "presided", "rsau_vice_chair": "checkers", "rsau_m1": "checkers",
        }  # fmt: skip
        s.substitute("rsau_chair", "rsau_m2") if not s.changed_people else None
        with pytest.raises(Forbidden):
            request = next(a for a in s.approvals("minutes") if a["approver"] == "rsau_chair")
            from arende.commands import DecideApproval

            s.do(DecideApproval(actor="rsau_m2", approval=request["id"], decision="approve"))
        s.decide("rsau_chair", "minutes")
        s.decide("rsau_m1", "minutes")
        assert s.state == "minutes_checking"
        s.decide("rsau_vice_chair", "minutes")
        assert s.state == "minutes_approved"


def test_a_changed_text_is_asked_for_anew(room: Room) -> None:
    room.settle().checking()
    with room as s:
        s.decide("rsau_chair", "minutes")
        s.decide("rsau_vice_chair", "minutes", "return", "Namnet i § 2 är fel.")
        assert s.state == "minutes_draft"
        s.add("rsau_secretary", "minutes", "rättad text", "protokoll.md")
    room.step("ask_checking")
    room.approve_minutes()
    assert room.state == "minutes_approved"


def test_minutes_approved_on_the_fifteenth_day_count_with_a_warning(room: Room) -> None:
    room.settle().checking()
    room.story.on_the("2020-09-25")
    with room as s:
        told = s.mails("deadline_reminder", "rsau_secretary")
        assert [m["created_at"].date().isoformat() for m in told][-1] == "2020-09-25", "on the tenth day"
        first = s.mails("minutes_check_late")
    room.story.on_the("2020-09-26")
    with room as s:
        (mail,) = s.mails("minutes_check_late", "rsau_chair")
        assert mail["subject"].startswith("[MRSAU200001] Justeringen dröjer")
        assert "senast tisdagen den 29 september 2020" in " ".join(mail["text"].split())
    room.story.on_the("2020-09-30")
    with room as s:
        late = s.mails("minutes_check_late", "rsau_secretary")[-1]
        assert (first, late["subject"][:48]) == ([], "[MRSAU200001] Protokollet är inte justerat i tid")
        assert "Det väntar på: RSAU:s ordförande, RSAU:s vice ordförande" in " ".join(late["text"].split())
    room.approve_minutes()
    assert room.state == "minutes_approved"
    with room as s:
        (approved,) = s.events("minutes:approved")
    assert approved["payload"]["late_days"] == 1


def test_nobody_is_told_that_time_is_out_before_it_is_nor_to_see_to_a_time_that_passes_by_itself(room: Room) -> None:
    room.settle().checking()
    room.story.on_the("2020-09-29")  # the fourteenth day
    with room as s:
        assert s.mails("deadline_escalated") == []
    room.approve_minutes()
    with room as s:
        (asked,) = s.mails("task_assigned", "registrar")
        assert asked["subject"] == "[MRSAU200001] Uppgift senast 1 oktober: Anslå justeringen"
    room.step("announce", "registrar")
    room.story.on_the("2020-10-20")
    with room as s:
        assert s.mails("deadline_reminder", "registrar") == []
        assert [t for t in s.tasks(act="next_step") if t["role"] == "registrar"] == []
    room.story.on_the("2020-10-21")
    room.story.on_the("2020-10-27")
    with room as s:
        late = s.mails("deadline_reminder", "registrar")[-1]
    assert late["subject"] == ("[MRSAU200001] Försenat: Fråga förvaltningsrätten om något överklagande har kommit in")


def test_the_notice_counts_three_weeks_by_the_law_on_legal_time(room: Room) -> None:
    room.settle().checking()
    room.story.on_the("2020-12-02")
    room.approve_minutes()
    room.story.on_the("2020-12-03")
    done = room.step("announce", "registrar")
    assert done.data["appeal_last_day"] == "2020-12-28"  # the 24th is Christmas Eve, then holidays and a weekend
    assert "Sista dag att överklaga | måndagen den 28 december 2020" in room.page("notice")
    assert "warnings" not in done.data


def test_a_notice_on_the_third_day_is_put_up_with_a_warning(room: Room) -> None:
    room.settle().checking().approve_minutes()
    room.story.on_the("2020-09-18")
    assert "KL 8:12" in room.step("announce", "registrar").data["warnings"][0][0]


def test_the_time_for_appeal_passes_by_itself_and_legal_force_is_a_persons_word(room: Room) -> None:
    room.settle().announced()
    (notice,) = room.notices()
    assert notice["appeal_last_day"] == day("2020-10-06")
    room.story.on_the("2020-10-06", 23)
    assert room.state == "announced"
    with pytest.raises(Refused, match="2020-10-06"):
        room.step("appeal_time_ends", "registrar")
    room.story.on_the("2020-10-07")
    assert room.state == "appeal_time_passed"
    with room as s:
        assert "confirm_legal_force" in s.waiting()
        (mail,) = s.mails("appeal_time_passed", "registrar")
        assert "Sista dagen var tisdagen den 6 oktober 2020." in " ".join(mail["text"].split())
        assert "§§ 1, 2, 3" in mail["subject"]
        assert not [m for m in s.mails("task_assigned", "registrar") if "förvaltningsrätten" in m["text"]]
    room.step("confirm_legal_force", "registrar", note="Förvaltningsrätten tillfrågad per telefon.")
    room.step("take_down", "registrar")
    assert [n["down_on"] for n in room.notices()] == [day("2020-10-07")]
    assert "| 2020-10-07 |" in room.page("certificate")
    room.story.deliver()
    room.step("close", "registrar")
    assert room.state == "closed"


def test_a_notice_taken_down_early_goes_up_anew_and_the_days_are_counted_again(room: Room) -> None:
    room.settle().announced()
    room.story.on_the("2020-09-28")
    done = room.step("put_up_anew", "registrar", note="Städningen tog ned det.", notice_down_on="2020-09-25")
    assert done.data["appeal_last_day"] == "2020-10-19"
    assert [n["state"] for n in room.notices()] == ["early", "up"]
    assert "warnings" not in done.data, "it was announced in time the first time"
    room.story.on_the("2020-10-07")
    assert room.state == "announced"
    room.story.on_the("2020-10-20")
    assert room.state == "appeal_time_passed"


def test_a_notice_came_down_early_only_between_its_first_day_and_the_last_for_appeal(room: Room) -> None:
    room.settle().announced()
    (notice,) = room.notices()
    before, beyond = notice["up_on"] - timedelta(days=1), notice["appeal_last_day"] + timedelta(days=1)
    room.story.on_the("2020-10-08")
    for wrong in (before, beyond):
        with pytest.raises(Refused, match="kan inte ha tagits ned för tidigt"):
            room.step("put_up_anew", "registrar", note="Fel dag.", notice_down_on=str(wrong))
    assert [n["state"] for n in room.notices()] == ["up"]


def test_an_early_removal_found_after_the_time_begins_it_again(room: Room) -> None:
    room.settle().announced()
    room.story.on_the("2020-10-07")
    room.step("put_up_anew", "registrar", note="Togs ned en dag för tidigt.", notice_down_on="2020-10-06")
    assert room.state == "announced"
    room.story.on_the("2020-10-28")
    assert room.state == "announced"
    room.story.on_the("2020-10-29")
    assert room.state == "appeal_time_passed"


def test_a_section_approved_at_once_counts_before_the_rest(room: Room) -> None:
    room.settle().step("end")
    n = room.item("Budget")["item"]
    room.do(ApproveAtOnce, items=(n,), approved_on="2020-09-15")
    done = room.do(PostNotice, "registrar")
    assert done.data["appeal_last_day"] == "2020-10-06"
    with pytest.raises(Refused, match="väntar på anslag"):
        room.do(PostNotice, "registrar")
    room.step("draft_minutes")
    room.step("ask_checking")
    room.approve_minutes()
    room.step("announce", "registrar")
    assert [n["items"] for n in room.notices()] == [[n], [i["item"] for i in room.items() if i["item"] != n]]


def test_of_two_notices_only_the_one_whose_time_was_cut_short_goes_up_anew(room: Room) -> None:
    room.settle().step("end")
    n = room.item("Budget")["item"]
    room.do(ApproveAtOnce, items=(n,), approved_on="2020-09-15")
    room.do(PostNotice, "registrar")
    room.step("draft_minutes")
    room.step("ask_checking")
    room.story.on_the("2020-09-24")
    room.approve_minutes()
    room.step("announce", "registrar")
    room.story.on_the("2020-10-12")
    done = room.step("put_up_anew", "registrar", note="Ett strömavbrott.", notice_down_on="2020-10-09")
    assert [(r["state"], n in r["items"]) for r in room.notices()] == [("up", True), ("early", False), ("up", False)]
    assert done.data["appeal_last_day"] == "2020-11-02"


def test_a_notice_found_down_on_the_day_it_is_to_come_down_goes_up_anew(room: Room) -> None:
    room.settle().announced()
    room.story.on_the("2020-10-07")
    room.step("confirm_legal_force", "registrar", note="Förvaltningsrätten tillfrågad.")
    room.step("put_up_anew", "registrar", note="Var redan nedtaget.", notice_down_on="2020-10-02")
    assert room.state == "announced"
    with room as s:
        assert "take_down" not in s.waiting()
    with pytest.raises(Refused, match="väntas inte i läget"):
        room.step("take_down", "registrar")
    room.story.on_the("2020-10-29")
    assert room.state == "appeal_time_passed"


# ---------------------------------------------------------------- what they lead to


def aligned(story: Story) -> Room:
    """A declaration cleared for the RSAU's meeting, and the meeting open."""
    room = Room(story)
    story.at("awaiting_rsau") if not story.changed_people else (story.register(), story.on_to("awaiting_rsau"))
    story.decide("rsau_chair", "agenda_clearance")
    return room.opened("2020-08-18")


def test_an_outcome_moves_the_case_when_the_minutes_say_so(story: Story) -> None:
    room = aligned(story)
    room.settle("noted").checking()
    assert room.keep() == (0, 0)
    assert story.state == "awaiting_rsau"
    room.approve_minutes()
    assert room.keep() == (1, 0)
    assert story.state == "rsau_aligned"
    last = story.last()
    assert last["authority"] == "RSAU 2020-08-18 § 2"
    assert last["actor"] == "rsau_secretary"
    assert story.case["fields"]["rsau_section"] == "§ 2"
    assert room.keep() == (0, 0)


def test_a_whole_meeting_on_each_kind_of_database(story_on_each: Story) -> None:
    story = story_on_each
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14", "Budget")
    room.outcome(room.item("Budget")["item"], "adjourned")
    room.settle().announced()
    assert room.keep() == (1, 0)
    assert story.state == "decided"
    story.on_the("2020-11-05")
    assert room.state == "appeal_time_passed"
    room.plan("2020-11-11")
    room.step("draft_agenda")
    assert "Budget" in room.headings()


def test_two_meetings_of_one_body_never_share_a_section(story_on_each: Story) -> None:
    """Two secretaries end two meetings at once; the sections are taken one after the other."""
    story = story_on_each
    rooms = [Room(story).opened("2020-09-15", *"AB"), Room(story).opened("2020-09-15", *"CD")]
    for room in rooms:
        room.settle()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda room: room.step("end"), rooms))
    assert sorted(n or 0 for room in rooms for n in sections(room)) == [1, 2, 3, 4, 5, 6]


def test_what_a_case_refuses_becomes_a_task_for_the_secretary(story: Story) -> None:
    room = aligned(story)
    room.settle("noted").checking().approve_minutes()
    story.step("officer", "take_back", "Texten måste ändras.")
    assert room.keep() == (0, 1)
    assert story.state == "draft"
    with room as s:
        assert "enter_outcome" in s.waiting()
        (refused,) = s.events("promise:refused")
    assert refused["payload"]["register_no"] == "RS200001"
    assert room.keep() == (0, 0)


def test_an_adjourned_item_goes_to_the_next_meeting_by_itself(story: Story) -> None:
    later = Room(story)
    later.plan("2020-09-15")
    room = aligned(story)
    room.settle("adjourned").step("end")
    assert room.keep() == (1, 0)
    assert later.headings() == ["Regional fysisk planering"]
    room.step("draft_minutes")
    room.step("ask_checking")
    room.approve_minutes()
    assert room.keep() == (1, 0)
    assert story.state == "awaiting_rsau"
    assert story.case["fields"]["rsau_date"] == "2020-09-15"
    later.step("draft_agenda")
    assert later.headings().count("Regional fysisk planering") == 1


def test_an_adjourned_item_comes_late_to_a_meeting_that_is_summoned_already(story: Story) -> None:
    later = Room(story).summoned("2020-09-15", "Annat")
    room = Room(story).opened("2020-09-08", "Budget")
    room.settle("adjourned").step("end")
    assert room.keep() == (1, 0)
    assert later.headings()[-1] == "Budget"
    assert later.items()[-1]["late"]
    with later as s:
        assert "- Tillkommer: Budget" in s.mails("summons_changed")[0]["text"]


def test_a_decision_goes_to_its_case_with_an_extract(story: Story) -> None:
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14")
    room.outcome(room.item("Regional fysisk planering")["item"], decision="Avsiktsförklaringen lämnas in.")
    room.settle().checking().approve_minutes()
    assert room.keep() == (1, 0)
    assert story.state == "decided"
    assert story.case["fields"]["decision_section"] == "§ 3"
    assert story.case["fields"]["minutes_approved_on"] == "2020-10-14"
    from arende import models

    (extract,) = [d for d in story.rows(models.documents) if d["key"] == "minutes_extract"]
    letter = letter_of(story, extract)
    assert letter.title == "§ 3 Regional fysisk planering"
    assert "Beslut\nAvsiktsförklaringen lämnas in." in letter.plain()
    assert extract["media_type"] == "application/pdf"


@pytest.mark.long
@pytest.mark.parametrize(
    ("outcome", "state"), [("remitted", "draft"), ("rejected", "concluded"), ("adjourned", "adjourned")]
)
def test_each_outcome_leads_where_the_definition_says(story: Story, outcome: str, state: str) -> None:
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14")
    room.outcome(room.item("Regional fysisk planering")["item"], outcome, motive="Utred kostnaden.")
    room.settle().checking().approve_minutes()
    room.keep()
    assert story.state == state


def test_minutes_name_the_outcome_where_the_words_could_be_those_proposed(room: Room) -> None:
    item = room.item("Budget")["item"]
    room.outcome(item, "rejected", decision="Budgeten fastställs.")
    room.settle()
    room.step("end")
    room.step("draft_minutes")
    text = room.page("minutes")
    assert "Beslut\nAvslag.\nBudgeten fastställs." in text
    assert "Beslut\nBifall." in text, "an item without words of its own"


def test_an_adjourned_case_is_taken_up_when_the_next_agenda_has_it(story: Story) -> None:
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.opened("2020-10-14").settle("adjourned").checking().approve_minutes()
    room.keep()
    assert story.state == "adjourned"
    room.plan("2020-11-11")
    room.step("draft_agenda")
    assert room.keep() == (1, 0)
    assert story.state == "awaiting_decision"
    assert story.case["fields"]["decision_date"] == "2020-11-11"


def test_decisions_are_entered_from_minutes_kept_elsewhere(story: Story) -> None:
    room = Room(story, "rs")
    story.register()
    story.on_to("awaiting_decision")
    room.plan("2020-10-14")
    room.add(None, "RS200001")
    with pytest.raises(Refused, match="efteråt ur protokollet"):
        room.outcome(1, section=112)
    story.on_the("2020-10-20")
    with room as s:
        s.add("rs_secretary", "minutes", "protokollet", "protokoll.pdf")
    with pytest.raises(Refused, match="saknar utfall"):
        room.step("record_minutes", minutes_approved_on="2020-10-19")
    outcome = ItemOutcome(item=1, outcome="approved", section=112)
    room.do(RecordOutcomes, outcomes=(outcome,))
    room.step("record_minutes", minutes_approved_on="2020-10-19")
    assert room.keep() == (1, 0)
    assert story.state == "decided"
    assert story.case["fields"]["decision_section"] == "§ 112"
    assert story.last()["authority"] == "RS 2020-10-14 § 112"
    assert room.step("announce", "registrar").data["appeal_last_day"] == "2020-11-10"


def test_the_same_section_is_not_given_twice(story: Story) -> None:
    room = Room(story, "rs")
    room.plan("2020-08-12")
    room.add("A")
    room.add("B")
    story.on_the("2020-08-13")
    room.outcome(1, section=112)
    with pytest.raises(Refused, match="§ 112"):
        room.outcome(2, section=112)


def test_a_committee_that_decided_nothing_closes_without_a_notice(room: Room) -> None:
    room.settle("noted").checking().approve_minutes()
    with room as s:
        for task in s.tasks(state="open"):
            if task["act"] != "announce":
                s.complete("rsau_secretary", task["act"])
    room.step("close", "registrar", note="Inga beslut på delegation.")
    assert room.state == "closed"


def test_a_committee_that_decided_is_announced(room: Room) -> None:
    """Without a notice no time for appeal begins: what it decided on delegation would never gain legal force."""
    room.outcome(room.item("Budget")["item"], "approved")
    room.settle("noted").checking().approve_minutes()
    with pytest.raises(Refused, match=r"Utskottet har beslutat i: Budget\. Justeringen ska anslås"):
        room.step("close", "registrar", note="Inga beslut på delegation.")


def test_a_committee_that_only_aligned_a_case_has_decided_nothing(story: Story) -> None:
    room = aligned(story)
    room.settle("approved").checking().approve_minutes()
    with room as s:
        for task in s.tasks(state="open"):
            if task["act"] != "announce":
                s.complete("rsau_secretary", task["act"])
    room.step("close", "registrar", note="RSAU har bara stämt av.")
    assert room.state == "closed"


REPORTED = """
key: urgent_decision
version: 1.0.0
title: {sv: Brådskande beslut, en: Urgent decision}
register: OB
initial: dispatched
by: [case_officer]
fields:
  board: {type: body, title: {sv: Nämnd, en: Board}, set_by: [register]}
  reported_section: {type: text, title: {sv: Paragraf, en: Section}, set_by: [report], required: false}
roles:
  board_secretary: {office: secretary, body_from: board, one: false}
states:
  dispatched:
    title: {sv: Expedierat, en: Dispatched}
    waits_for: board_secretary
    deadline: {days: 60, unit: working, then: {escalate: manager}}
    at_meeting: {body_from: board, report: true, section: reported_section, outcomes: {noted: report, approved: report}}
  reported: {title: {sv: Anmält, en: Reported}, final: true}
transitions:
  - {trigger: report, from: dispatched, to: reported, by: [board_secretary], authority: "KL 6:39"}
"""


def with_reports(story: Story, folder: Path, count: int) -> Story:
    """The same database with urgent decisions of the board that wait to be reported."""
    (folder / "states").mkdir(parents=True)
    (folder / "states" / "urgent_decision.yaml").write_text(REPORTED, "utf-8")
    Room(story, "rs")  # loads the members
    settings = Settings(home=folder, data_dir=folder / "data")
    told = Story(open_app(settings, story.app.engine, story.clock), story.clock)
    told.changed_people = True
    for n in range(count):
        told.register("officer", "urgent_decision", f"Beslut {n}", fields={"board": "rs"})
    return told


def test_urgent_decisions_are_reported_at_the_next_meeting_by_themselves(story: Story, tmp_path: Path) -> None:
    told = with_reports(story, tmp_path / "home", 2)
    room = Room(told, "rs").opened("2020-08-18")
    item = room.item("Anmälan av beslut")
    assert item["kind"] == "report"
    assert room.cases() == ["OB200001", "OB200002"]
    room.settle("noted").checking().approve_minutes()
    assert room.keep() == (2, 0)
    assert told.state == "reported"
    assert told.case["fields"]["reported_section"] == "§ 3"


def test_eight_workers_keep_each_promise_once(story_on_each: Story, tmp_path: Path) -> None:
    told = with_reports(story_on_each, tmp_path / "home", 12)
    room = Room(told, "rs").opened("2020-08-18").settle("noted").checking().approve_minutes()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keep(told.app), range(8)))
    assert {p["state"] for p in room.promises()} == {"done"}
    for no in told.numbers:
        told.no = no
        assert told.state == "reported"
        assert told.kinds().count("case:step:taken") == 1


# ---------------------------------------------------------------- the days are counted from the real day


def due(room: Room, key: str) -> list[str]:
    """The last days that are open under a key of the meeting's case."""
    with room as s:
        rows = s.rows(models.deadlines)
        return [d["due_on"].isoformat() for d in rows if (d["key"], d["step"], d["state"]) == (key, "due", "open")]


def test_the_notice_is_due_on_the_second_day_after_the_approval(room: Room) -> None:
    room.settle().checking()
    room.story.on_the("2020-09-18")
    room.approve_minutes()
    with room as s:
        assert s.case["fields"]["minutes_approved_on"] == "2020-09-18"
    assert due(room, "state:minutes_approved") == ["2020-09-20"]


def test_the_notice_of_minutes_approved_elsewhere_is_due_from_the_day_they_were_approved(room: Room) -> None:
    room.settle()
    room.story.on_the("2020-09-28")
    with room as s:
        s.add("rsau_secretary", "minutes", "protokollet", "protokoll.pdf")
    for n, i in enumerate(room.items(), 1):
        room.do(RecordOutcomes, outcomes=(ItemOutcome(item=i["item"], outcome=i["outcome"], section=n),))
    room.step("record_minutes", minutes_approved_on="2020-09-25")
    assert due(room, "state:minutes_approved") == ["2020-09-27"]


@pytest.mark.parametrize("day", ["2020-09-14", "2020-09-29"])
def test_minutes_are_not_approved_before_the_meeting_nor_on_a_day_to_come(room: Room, day: str) -> None:
    room.settle()
    room.story.on_the("2020-09-28")
    with room as s:
        s.add("rsau_secretary", "minutes", "protokollet", "protokoll.pdf")
    for n, i in enumerate(room.items(), 1):
        room.do(RecordOutcomes, outcomes=(ItemOutcome(item=i["item"], outcome=i["outcome"], section=n),))
    with pytest.raises(Refused, match="kan inte ha justerats"):
        room.step("record_minutes", minutes_approved_on=day)


def test_what_was_approved_at_once_is_announced_by_the_second_day_as_well(room: Room) -> None:
    room.settle().step("end")
    room.story.on_the("2020-09-16")
    with pytest.raises(Refused, match="kan inte ha justerats"):
        room.do(ApproveAtOnce, items=(2,), approved_on="2020-09-17")
    room.do(ApproveAtOnce, items=(2,), approved_on="2020-09-15")
    with room as s:
        (task,) = [t for t in s.tasks(state="open") if t["act"] == "post_notice"]
    assert due(room, f"task:{task['seq']}.{task['n']}") == ["2020-09-17"]


def test_the_fourteen_days_begin_on_the_last_day_of_a_meeting_of_several(story: Story) -> None:
    room = Room(story, "rs").summoned("2020-09-15", "Budget", last_day="2020-09-17")
    story.on_the("2020-09-15", 10)
    room.come(*(f"rs_m{n}" for n in range(1, 9)), checker="rs_m2").step("open")
    story.on_the("2020-09-17")
    room.settle().checking()
    assert due(room, "state:minutes_checking") == ["2020-10-01"]


# ---------------------------------------------------------------- appeals: each section for itself (KL 13 kap.)


@pytest.fixture
def passed(room: Room) -> Room:
    """The meeting's minutes announced; § 2 appealed; the time for appeal over."""
    room.settle().announced()
    room.step("appeal_filed", "registrar", note="Förvaltningsrätten har meddelat det.", appealed_sections="2",
              court_ref="1234-20")  # fmt: skip
    assert room.state == "announced"
    room.story.on_the("2020-10-07")
    assert room.state == "appeal_time_passed"
    return room


def judged(room: Room, trigger: str, **fields: str) -> None:
    with room as s:
        s.add("registrar", "judgment", "domen", "dom.pdf")
    room.step(trigger, "registrar", note="Avgörandet har fått laga kraft.", **fields)


def test_one_appealed_section_leaves_the_others_their_legal_force(passed: Room) -> None:
    with pytest.raises(Refused, match="§ 2 är överklagad och väntar på domstolen"):
        passed.step("confirm_legal_force", "registrar", note="Förvaltningsrätten tillfrågad.")
    passed.step("confirm_others", "registrar", note="Förvaltningsrätten tillfrågad.")
    assert passed.state == "appealed"
    passed.step("take_down", "registrar")
    assert ([n["state"] for n in passed.notices()], passed.state) == (["down"], "appealed")
    with pytest.raises(Refused, match="redan nedtaget"):
        passed.step("take_down", "registrar")
    judged(passed, "court_decided")
    assert passed.state == "legal_force"
    passed.story.deliver()
    passed.step("close", "registrar")
    assert passed.state == "closed"


def test_an_annulled_decision_is_not_in_force_and_goes_back_to_the_body(passed: Room) -> None:
    passed.step("confirm_others", "registrar", note="Förvaltningsrätten tillfrågad.")
    judged(passed, "court_annulled")
    assert passed.state == "annulled"
    with passed as s:
        (task,) = [t for t in s.tasks(state="open") if t["act"] == "redo_decision"]
        assert "upphävt § 2: ta upp saken igen" in task["title"]["sv"]
    passed.step("take_down", "registrar")
    with pytest.raises(Refused, match="ppgift"):
        passed.step("close", "registrar")


def test_a_notice_that_came_down_early_goes_up_anew_also_while_the_court_has_a_section(passed: Room) -> None:
    passed.step("confirm_others", "registrar", note="Förvaltningsrätten tillfrågad.")
    passed.story.on_the("2020-10-12")
    passed.step("put_up_anew", "registrar", note="Togs ned för tidigt.", notice_down_on="2020-10-02")
    assert passed.state == "announced"
    assert [n["state"] for n in passed.notices()] == ["early", "up"]
    passed.story.on_the("2020-11-03")
    assert passed.state == "appeal_time_passed"
    passed.step("confirm_others", "registrar", note="Tillfrågad igen.")
    assert passed.state == "appealed", "the section appealed still waits for the court"
    passed.step("take_down", "registrar")
    with pytest.raises(Refused, match="redan nedtaget"):
        passed.step("put_up_anew", "registrar", note="Igen.", notice_down_on="2020-10-20")
    judged(passed, "court_decided")
    assert passed.state == "legal_force"


def test_of_two_appealed_sections_the_court_may_annul_the_one(passed: Room) -> None:
    passed.step("appeal_filed", "registrar", note="Ännu ett, i rätt tid.", appealed_sections="3")
    passed.step("confirm_others", "registrar", note="Förvaltningsrätten tillfrågad.")
    judged(passed, "court_annulled", judged_sections="2")
    assert passed.state == "appealed"
    with pytest.raises(Refused, match="§ 2 hör inte till de överklagade paragraferna: § 3"):
        judged(passed, "court_decided", judged_sections="2")
    judged(passed, "court_decided")
    assert passed.state == "annulled"


def test_an_appeal_concerns_sections_that_were_announced_and_each_once(passed: Room) -> None:
    for wanted, said in (("9", "§ 9 hör inte till de anslagna paragraferna: § 1, § 2, § 3"), ("2", "väntar redan")):
        with pytest.raises(Refused, match=said):
            passed.step("appeal_filed", "registrar", note="Igen.", appealed_sections=wanted)
    with pytest.raises(Refused, match="väntas inte i läget"):
        passed.step("court_decided", "registrar", note="Utan dom.")


def test_an_appeal_in_time_that_the_court_tells_of_afterwards_is_registered(room: Room) -> None:
    room.settle().announced()
    room.story.on_the("2020-10-07")
    room.step("confirm_legal_force", "registrar", note="Förvaltningsrätten tillfrågad.")
    room.step("take_down", "registrar")
    room.step("appeal_filed", "registrar", note="Kom in den 6 oktober.", appealed_sections="1,3")
    assert room.state == "appealed"
    judged(room, "court_decided")
    assert room.state == "legal_force"
