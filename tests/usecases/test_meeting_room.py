"""In the room: who is there, what is moved and voted, who stays out, what is decided – and when nothing can be."""

from __future__ import annotations

import pytest
from room import MEMBERS, Room
from story import Story

from arende import models, timeline
from arende.errors import Refused
from arende.meetingcommands import (
    DeclareItemConflict,
    ItemOutcome,
    RecordDissent,
    RecordMotion,
    RecordOutcomes,
    RecordVote,
    ReportAbsence,
)
from arende.usecases.options import options_for

RSAU = MEMBERS["rsau"]


@pytest.fixture
def room(story: Story) -> Room:
    return Room(story).opened("2020-09-15", "Budget", "Remissvar")


def test_a_meeting_opens_with_more_than_half_of_its_members(story: Story) -> None:
    room = Room(story).summoned("2020-09-15", "Budget")
    story.on_the("2020-09-15")
    room.come("rsau_chair", "rsau_m1")
    room.attend("officer", role="official")
    with pytest.raises(Refused, match=r"2 av 5 är närvarande, och det krävs 3 \(KL 6:27\)"):
        room.step("open")
    room.attend("rsau_s1", role="substitute")
    with pytest.raises(Refused, match="beslutfört"):
        room.step("open")
    room.attend("rsau_s1", role="substitute", acting_for="rsau_m2")
    room.step("open")
    assert room.state == "in_progress"


def test_a_meeting_does_not_open_before_its_day(story: Story) -> None:
    room = Room(story).summoned("2020-09-15", "Budget").come(*RSAU)
    with pytest.raises(Refused, match="2020-09-15 och har inte börjat"):
        room.step("open")


def test_absences_call_substitutes_in_the_declared_order(story: Story) -> None:
    room = Room(story).summoned("2020-09-15", "Budget")
    assert room.do(ReportAbsence, "rsau_m1", person="rsau_m1", reason="Sjuk.").data["called"] == "rsau_s1"
    assert room.do(ReportAbsence, person="rsau_m2").data["called"] == "rsau_s2"
    assert room.do(ReportAbsence, person="rsau_s1").data["called"] == "rsau_s3"
    assert room.do(ReportAbsence, person="rsau_m3").data["called"] == "rsau_s4"
    assert room.do(ReportAbsence, person="rsau_s2").data["called"] == "rsau_s5"
    assert room.do(ReportAbsence, person="rsau_s3").data["called"] is None, "no more substitutes are left"
    with room as s:
        assert [m["recipient_name"] for m in s.mails("summons")][-5:] == [
            f"Ersättare {n} i RSAU (påhittad)" for n in range(1, 6)
        ]
    called = {a["actor_id"]: a["acting_for_id"] for a in room.there() if a["kind"] == "called"}
    assert len(called) == 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"person": "officer"}, "inte ledamot"),
        ({"person": "officer", "role": "substitute"}, "inte ersättare"),
        ({"person": "officer", "role": "official", "checker": True}, "justerar inte"),
        ({"person": "rsau_s1", "role": "substitute", "acting_for": "rsau_chair"}, "själv närvarande"),
        ({"person": "rsau_s1", "role": "substitute", "acting_for": "officer"}, "för en ledamot"),
        ({"person": "rsau_m1", "from_item": 2}, "redan antecknad"),
    ],
)
def test_attendance_that_cannot_be_is_refused(room: Room, given: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        room.attend(**given)


def test_a_serving_substitute_gives_way_when_the_member_comes(room: Room) -> None:
    room.attend("rsau_s1", role="substitute", acting_for="rsau_m3", to_item=1)
    room.attend("rsau_m3", from_item=2)
    room.settle()
    with room as s:
        assert s.state == "in_progress"


def test_a_quorum_lost_in_mid_meeting_ends_the_deciding(room: Room) -> None:
    """Three of five are there; one leaves after the first item."""
    assert room.outcome(1).events == ("outcome:recorded",)
    room.attend("rsau_m1", to_item=1)
    with pytest.raises(Refused, match=r"inte beslutfört: 2 av 5"):
        room.outcome(2)
    with pytest.raises(Refused, match="inte beslutfört"):  # the act speaks of dealing with matters, not of deciding
        room.outcome(2, "noted")
    with pytest.raises(Refused, match="inte beslutfört"):
        room.do(RecordVote, item=2, yes_means="a", no_means="b", ballots={"rsau_chair": "yes"})
    room.outcome(2, "adjourned")
    room.outcome(3, "adjourned")


def test_somebody_with_a_conflict_takes_no_part_and_counts_for_no_quorum(room: Room) -> None:
    room.do(DeclareItemConflict, "rsau_m1", item=2, person="rsau_m1")
    with pytest.raises(Refused, match="2 av 5"):
        room.outcome(2)
    room.attend("rsau_m2")
    room.outcome(2)
    with pytest.raises(Refused, match="deltar inte i beslutet"):
        room.do(RecordDissent, item=2, person="rsau_m1")
    room.outcome(1)


def test_in_the_assembly_a_conflict_counts_for_no_quorum_either(story: Story) -> None:
    """Five of nine are there; whoever may not take part is not one of the five (decision 0015)."""
    rf = Room(story, "rf").summoned("2020-10-14", "Ett ärende")
    story.on_the("2020-10-14", 10)
    rf.come("rf_chair", *(f"rf_m{n}" for n in range(1, 5)), checker="rf_m2").step("open")
    n = rf.item("Ett ärende")["item"]
    rf.do(DeclareItemConflict, "rf_m1", item=n, person="rf_m1")
    with pytest.raises(Refused, match=r"4 av 9 är närvarande, och det krävs 5 \(KL 5:45\)"):
        rf.outcome(n)


def test_a_conflict_comes_before_the_item_is_settled(room: Room) -> None:
    room.outcome(1)
    with pytest.raises(Refused, match="KL 5:47, 6:28"):
        room.do(DeclareItemConflict, item=1, person="rsau_m1")


def test_a_simple_majority_decides_and_a_tie_goes_with_the_chair(room: Room) -> None:
    vote = {"item": 2, "yes_means": "arbetsutskottets förslag", "no_means": "avslag"}
    done = room.do(RecordVote, **vote, ballots={"rsau_chair": "yes", "rsau_vice_chair": "yes", "rsau_m1": "no"})
    assert done.data == {"result": "yes", "yes": 2, "no": 1, "settled_by": "majority"}
    done = room.do(RecordVote, **vote, ballots={"rsau_chair": "no", "rsau_vice_chair": "yes", "rsau_m1": "abstain"})
    assert (done.data["result"], done.data["settled_by"]) == ("no", "casting")


def test_a_chair_who_abstains_at_a_tie_is_told_to_vote(room: Room) -> None:
    vote = {"item": 2, "yes_means": "A", "no_means": "B"}
    tie = {"rsau_chair": "abstain", "rsau_vice_chair": "yes", "rsau_m1": "no"}
    with pytest.raises(Refused, match="Ordföranden ska rösta"):
        room.do(RecordVote, **vote, ballots=tie)
    assert room.do(RecordVote, **vote, ballots=tie, lot="no").data["settled_by"] == "lot"


def test_a_lot_where_the_vote_has_settled_it_is_refused(room: Room) -> None:
    ballots = {"rsau_chair": "yes", "rsau_vice_chair": "yes", "rsau_m1": "no"}
    with pytest.raises(Refused, match="2 mot 1, så lotten avgör inget"):
        room.do(RecordVote, item=2, yes_means="A", no_means="B", ballots=ballots, lot="no")


@pytest.mark.parametrize(
    ("ballots", "outcome", "told"),
    [
        (("no", "no", "yes"), "approved", r"gav nej \(1–2\): ”avslag”. Utfallet ”bifall”"),
        (("no", "yes", "abstain"), "approved", r"gav nej \(1–1, med ordförandens utslagsröst\)"),
        (("yes", "yes", "no"), "rejected", r"gav ja \(2–1\): ”förslaget”"),
    ],
)
def test_an_outcome_against_the_vote_is_refused_without_words_and_warned_of_with(
    room: Room, ballots: tuple[str, ...], outcome: str, told: str
) -> None:
    cast = dict(zip(RSAU, ballots, strict=False))
    room.do(RecordVote, item=2, yes_means="förslaget", no_means="avslag", ballots=cast)
    with pytest.raises(Refused, match=told):
        room.outcome(2, outcome)
    done = room.outcome(2, outcome, decision="Frågan ställdes tvärtom: utskottet beslutar enligt förslaget.")
    assert "säger något annat" in done.data["warnings"][0][0]
    with room as s:
        assert s.events("outcome:recorded")[-1]["payload"]["against_vote"]
    room.outcome(2, "rejected" if outcome == "approved" else "approved")
    with room as s:
        assert "against_vote" not in s.events("outcome:recorded")[-1]["payload"]


def test_the_last_vote_on_an_item_is_the_one_that_counts(room: Room) -> None:
    for yes_means, ballots in (("avgörs i dag", ("no", "yes", "yes")), ("förslaget", ("no", "no", "yes"))):
        cast = dict(zip(RSAU, ballots, strict=False))
        room.do(RecordVote, item=2, yes_means=yes_means, no_means="nej", ballots=cast)
    with pytest.raises(Refused, match="säger något annat"):
        room.outcome(2, "approved")
    assert "warnings" not in room.outcome(2, "remitted", motive="Utred kostnaden.").data


def test_only_those_in_the_room_vote_and_move(room: Room) -> None:
    with pytest.raises(Refused, match="deltar inte"):
        room.do(RecordVote, item=2, yes_means="A", no_means="B", ballots={"rsau_m3": "yes"})
    with pytest.raises(Refused, match="deltar inte"):
        room.do(RecordMotion, item=2, person="rsau_s1", kind="reject", text="Avslag.")
    room.do(RecordMotion, item=2, person="rsau_m1", kind="reject", text="Avslag.")


def test_a_dissent_is_by_one_who_decided_and_before_the_meeting_ends(room: Room) -> None:
    with pytest.raises(Refused, match="inget beslut"):
        room.do(RecordDissent, item=1, person="rsau_m1")
    room.settle()
    room.do(RecordDissent, item=1, person="rsau_m1", text="Till förmån för eget yrkande.")
    with pytest.raises(Refused, match="deltar inte"):
        room.do(RecordDissent, item=1, person="rsau_m3")
    room.step("end")
    with pytest.raises(Refused, match=r"KL 4:27.*för sent"):
        room.do(RecordDissent, item=2, person="rsau_m1")


def test_a_remittal_has_a_motive_and_no_minority_remits_in_a_committee(room: Room) -> None:
    with pytest.raises(Refused, match="motiv"):
        room.outcome(2, "remitted")
    with pytest.raises(Refused, match=r"bara i fullmäktige \(KL 5:50\)"):
        room.outcome(2, "remitted", motive="Utred kostnaden.", minority=2)
    room.outcome(2, "remitted", motive="Utred kostnaden.")


def test_a_third_of_the_assembly_remits(story: Story) -> None:
    rf = Room(story, "rf")
    rf.summoned("2020-08-12", "Budget")
    story.on_the("2020-08-12")
    rf.come(*MEMBERS["rf"], checker="rf_m1")
    rf.step("open")
    n = rf.item("Budget")["item"]
    with pytest.raises(Refused, match="1 av 5 närvarande räcker inte"):
        rf.outcome(n, "remitted", motive="Utred.", minority=1)
    rf.outcome(n, "remitted", motive="Utred.", minority=2)


def test_a_meeting_ends_when_every_item_has_an_outcome_and_checkers_are_elected(story: Story) -> None:
    room = Room(story).summoned("2020-09-15", "Budget")
    story.on_the("2020-09-15")
    room.come("rsau_chair", "rsau_m1", "rsau_m2")
    room.step("open")
    room.outcome(1)
    with pytest.raises(Refused) as refused:
        room.step("end")
    assert [s.sv.split(":")[0] for s in refused.value.sentences] == [
        "1 punkt(er) saknar utfall",
        "Det är inte antecknat vem som ledde sammanträdet och vem som valdes att justera (KL 5",
    ]
    room.outcome(2)
    room.attend("rsau_m1", checker=True)
    room.step("end")


def test_a_suspended_meeting_needs_its_quorum_again(room: Room) -> None:
    room.step("suspend")
    with pytest.raises(Refused, match="medan sammanträdet pågår"):
        room.do(RecordMotion, item=1, person="rsau_m1", kind="reject", text="Avslag.")
    room.step("resume_meeting")
    assert room.state == "in_progress"


def test_a_suspended_meeting_that_gets_no_quorum_again_ends_with_the_rest_put_off(room: Room) -> None:
    """Two go home while it is suspended: else it could never end, and no later meeting could number its sections."""
    room.outcome(3)  # the first in order
    room.step("suspend")
    room.attend("rsau_m1", to_item=1)
    room.attend("rsau_vice_chair", to_item=1)
    with pytest.raises(Refused, match="inte beslutfört"):
        room.step("resume_meeting")
    with pytest.raises(Refused, match="ajournerat"):
        room.outcome(1)
    for item in room.items()[1:]:
        room.outcome(item["item"], "adjourned")
    room.step("end")
    assert [i["outcome"] for i in room.items()] == ["approved", "adjourned", "adjourned"]
    assert room.state == "held"


def test_a_forum_takes_notes_without_quorum_sections_or_notice(story: Story) -> None:
    krf = Room(story, "krf")
    krf.summoned("2020-09-02", "Strukturbild Halland")
    story.on_the("2020-09-02")
    krf.step("open")
    krf.settle("noted")
    (ending,) = [c for c in options_for(story.app, krf.no, krf.secretary) if c.trigger == "end"]
    assert (ending.title.sv, ending.help) == ("Avsluta mötet", None)
    krf.step("end")
    krf.step("draft_minutes")
    with krf as meeting:
        said = [timeline.told(e, meeting.rules, {}).sv for e in meeting.events("case:step:taken")][-2:]
    assert "”Avsluta mötet”" in said[0]
    assert "”Skriv anteckningarna”" in said[1]
    assert krf.page("minutes").startswith("Anteckningar från möte med kommun- och regionledningsforum")
    with pytest.raises(Refused):
        krf.step("ask_checking")
    krf.step("publish_notes")
    assert krf.state == "closed"
    assert [i["section_no"] for i in krf.items()] == [None, None]


def test_what_a_case_did_not_await_is_left_to_the_forums_secretary_after_its_last_step(story: Story) -> None:
    case = str(story.register("officer", "declaration_of_intent", "Strukturbild").register_no)
    krf = Room(story, "krf")
    krf.plan("2020-09-02")
    krf.add(None, case)
    krf.step("draft_agenda")
    krf.clear()
    krf.step("summon")
    story.on_the("2020-09-02")
    krf.step("open")
    krf.settle("approved")
    for step in ("end", "draft_minutes", "publish_notes"):
        krf.step(step)
    assert krf.state == "closed"
    with krf as meeting:
        assert meeting.waiting() == {"enter_outcome"}
        meeting.complete(krf.secretary, "enter_outcome")
        assert meeting.waiting() == set()


def test_several_outcomes_in_one_form(room: Room) -> None:
    given = [{"item": i["item"], "outcome": "noted"} for i in room.items()]
    outcomes = tuple(ItemOutcome.model_validate(g) for g in given)
    done = room.do(RecordOutcomes, outcomes=outcomes)
    assert done.events == ("outcome:recorded",) * 3


def test_what_was_put_off_for_want_of_a_quorum_is_not_decided_afterwards(room: Room) -> None:
    room.outcome(1)
    room.attend("rsau_m1", to_item=1)
    for item in (2, 3):
        room.outcome(item, "adjourned")
    room.step("end")
    with pytest.raises(Refused, match="Punkt 2 bordlades"):
        room.outcome(2)


def test_an_outcome_corrected_after_the_minutes_were_drafted_is_in_the_minutes(room: Room) -> None:
    for item in (1, 2, 3):
        room.outcome(item)
    room.step("end")
    room.step("draft_minutes")
    room.outcome(1, "rejected", decision="Förslaget avslås.")
    first, second = (d for d in room.rows(models.documents) if d["key"] == "minutes")
    assert (first["version"], second["version"]) == (1, 2)
    assert "Förslaget avslås." in room.page("minutes")
