"""The year's meetings as a case: the real 2021, proposed years, and what a changed plan does to its meetings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from room import Room
from story import Story

from arende import db, meetingplan, meetingqueries, meetingrules, reconcile
from arende.errors import Refused
from arende.home import demo_file
from arende.meetingtables import promised_steps
from arende.usecases.promises import keep

CALENDAR = demo_file("calendar_2021.json").read_text("utf-8")
RULES = meetingrules.read(demo_file("meeting_rules.yaml").read_text("utf-8"), "meeting_rules.yaml")


def filed(story: Story, text: str) -> None:
    story.add("krf_secretary", "plan", text, "plan.json", media_type="application/json")


def decided(story: Story, text: str = CALENDAR, year: int = 2021) -> None:
    story.register("krf_secretary", "meeting_plan", f"Sammanträden {year}", fields={"year": year})
    filed(story, text)
    story.step("krf_secretary", "submit_to_cgh", cgh_date="2020-08-19", krf_date="2020-09-02")
    story.step("cgh_secretary", "submit_to_krf")
    story.decide("krf_chair", "agenda_clearance")
    story.on_the("2020-09-03")
    story.step("krf_secretary", "record_decision", krf_date="2020-09-02", decision_note="Enligt förslaget.")


def published(story: Story) -> None:
    decided(story)
    assert story.step("krf_secretary", "publish").data["made"] == 16
    assert keep(story.app) == (16, 0)


def amended(story: Story, text: str, why: str) -> dict[str, Any]:
    """The plan is changed, and published with the chair's clearance; what the publishing did."""
    story.step("krf_secretary", "amend", why)
    filed(story, text)
    story.step("krf_secretary", "ask_clearance")
    return dict(story.decide("krf_chair", "amendment").data)


def made(story: Story) -> list[dict[str, Any]]:
    with db.reading(story.app.engine) as conn:
        return meetingqueries.listed(conn)


def test_the_real_2021_becomes_its_sixteen_meetings_exactly(story: Story) -> None:
    published(story)
    wanted = [
        (m["body"].lower(), m["start_date"], m["end_date"], m["start"], m["end"])
        for m in json.loads(CALENDAR)["meetings"]
    ]
    found = made(story)
    assert [
        (m["body"], m["day"].isoformat(), m["last_day"].isoformat(), m["starts_at"], m["ends_at"]) for m in found
    ] == sorted(wanted, key=lambda m: m[1])
    retreat = found[1]
    assert (retreat["register_no"], retreat["starts_at"]) == ("MKRF210001", None)
    assert {m["register_no"] for m in found} == {f"M{b}21000{n}" for b in ("KRF", "CGH") for n in range(1, 9)}
    assert keep(story.app) == (0, 0)


@pytest.mark.long
@pytest.mark.parametrize("year", range(2022, 2028))
def test_a_proposed_year_can_be_decided(story: Story, year: int) -> None:
    plan = meetingplan.written(meetingrules.propose(RULES, year))
    decided(story, json.dumps(plan), year)
    assert story.step("krf_secretary", "publish").data["made"] == 16


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: "{", "plan.json"),
        (lambda t: t.replace('"year": 2021', '"year": 2022'), "2022"),
        (lambda t: t.replace("2021-06-02", "2021-07-07").replace('"iso_week": 22', '"iso_week": 27'), "jul"),
    ],
)
def test_a_calendar_that_breaks_a_rule_goes_nowhere(story: Story, change: Any, said: str) -> None:
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2021", fields={"year": 2021})
    filed(story, change(CALENDAR))
    with pytest.raises(Refused, match=said):
        story.step("krf_secretary", "submit_to_cgh", cgh_date="2020-08-19", krf_date="2020-09-02")
    assert story.state == "proposal"


def test_a_year_that_is_over_is_not_planned(story: Story) -> None:
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2021", fields={"year": 2021})
    filed(story, CALENDAR)
    story.on_the("2022-01-10")
    with pytest.raises(Refused, match="2021 är redan över"):
        story.step("krf_secretary", "submit_to_cgh", cgh_date="2022-01-19", krf_date="2022-02-02")


@pytest.mark.long
def test_the_forums_own_meeting_decides_the_plan_by_its_notes(story: Story) -> None:
    cgh, krf = Room(story, "cgh"), Room(story, "krf")
    cgh.plan("2020-08-19")
    krf.plan("2020-09-02")
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2021", fields={"year": 2021})
    filed(story, CALENDAR)
    story.step("krf_secretary", "submit_to_cgh", cgh_date="2020-08-19", krf_date="2020-09-02")
    for room, day, words in ((cgh, "2020-08-19", "Inget att erinra."), (krf, "2020-09-02", "Enligt förslaget.")):
        room.step("settle_agenda")
        assert "Sammanträden 2021" in room.headings()
        room.step("summon")
        story.on_the(day)
        room.step("open", room.secretary)
        room.settle("approved", decision=words)
        room.step("end")
        room.step("draft_minutes")
        room.step("publish_notes")
        room.keep()
        if room is cgh:
            story.decide("krf_chair", "agenda_clearance")
    assert story.state == "decided"
    assert story.case["fields"]["decision_note"] == "Enligt förslaget."
    assert story.last()["authority"] == "KRF 2020-09-02"


@pytest.mark.long
def test_a_changed_plan_moves_and_cancels_what_hangs_on_it(story: Story) -> None:
    published(story)
    plan = json.loads(CALENDAR)
    later = next(m for m in plan["meetings"] if m["start_date"] == "2021-03-10")
    later.update(start_date="2021-03-17", end_date="2021-03-17", iso_week=11)
    earlier = next(m for m in plan["meetings"] if m["start_date"] == "2021-02-17")
    earlier.update(start_date="2021-03-03", end_date="2021-03-03", iso_week=9)
    assert amended(story, json.dumps(plan), "Lokalen är upptagen.") == {"made": 0, "moved": 2, "cancelled": 0}
    assert keep(story.app) == (2, 0)
    days = {m["register_no"]: m["day"].isoformat() for m in made(story)}
    assert (days["MKRF210002"], days["MCGH210002"]) == ("2021-03-17", "2021-03-03")


def test_a_plan_changed_before_its_meetings_were_made_makes_each_once(story: Story) -> None:
    decided(story)
    assert story.step("krf_secretary", "publish").data["made"] == 16
    plan = json.loads(CALENDAR)
    assert amended(story, json.dumps(plan), "En tid var fel.") == {"made": 16, "moved": 0, "cancelled": 0}
    assert keep(story.app) == (16, 0)
    assert len(made(story)) == 16


def test_a_changed_hour_moves_a_meeting_on_its_day(story: Story) -> None:
    published(story)
    plan = json.loads(CALENDAR)
    first = next(m for m in plan["meetings"] if m["start"])
    first.update(start="09:15")
    assert amended(story, json.dumps(plan), "En tid var fel.") == {"made": 0, "moved": 1, "cancelled": 0}
    assert keep(story.app) == (1, 0)
    (moved,) = [m for m in made(story) if m["starts_at"] == "09:15"]
    assert moved["day"].isoformat() == first["start_date"]


def test_a_meeting_that_is_not_over_holds_its_outcome_back(story: Story) -> None:
    room = Room(story)
    story.register()
    story.on_to("awaiting_rsau")
    room.plan(story.day)
    story.decide("rsau_chair", "agenda_clearance")
    with pytest.raises(Refused, match="MRSAU200001 är inte avslutat"):
        story.step("rsau_secretary", "record_alignment", rsau_date=story.day, rsau_section="§ 9")
    room.step("cancel", note="Inställt.")
    with pytest.raises(Refused, match="ställdes in"):
        story.step("rsau_secretary", "record_alignment", rsau_date=story.day, rsau_section="§ 9")


def test_a_case_cleared_after_the_agenda_was_drafted_comes_onto_it_late(story: Story) -> None:
    room = Room(story)
    story.register()
    story.on_to("manager_review")
    room.plan("2020-09-15")
    room.step("draft_agenda")
    story.add("officer", "official_statement")
    story.step("manager", "submit", rsau_date="2020-09-15")
    story.decide("rsau_chair", "agenda_clearance")
    assert [p["kind"] for p in story.rows(promised_steps)] == ["agenda"]
    assert keep(story.app) == (1, 0)
    assert room.headings()[-1] == "Regional fysisk planering"
    assert room.items()[-1]["late"]


def test_a_changed_plan_takes_away_the_times_of_what_becomes_a_retreat(story: Story) -> None:
    published(story)
    plan = json.loads(CALENDAR)
    longer = next(m for m in plan["meetings"] if m["start_date"] == "2021-05-05")
    longer.update(end_date="2021-05-06", start=None, end=None, internat=True, weekday=None)
    retreat = next(m for m in plan["meetings"] if m["start_date"] == "2021-02-03")
    retreat.update(end_date="2021-02-03", start="13:30", end="16:30", internat=False, weekday=None)
    assert amended(story, json.dumps(plan), "Internatet blir i maj.")["moved"] == 2
    assert keep(story.app) == (2, 0)
    found = {m["day"].isoformat(): m for m in made(story)}
    may, february = found["2021-05-05"], found["2021-02-03"]
    assert (may["last_day"].isoformat(), may["starts_at"], may["ends_at"]) == ("2021-05-06", None, None)
    assert (february["last_day"].isoformat(), february["starts_at"]) == ("2021-02-03", "13:30")


# ---------------------------------------------------------------- what KRF decides, and what it has not


def test_the_chair_clears_the_plan_before_its_decision_is_entered(story: Story) -> None:
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2021", fields={"year": 2021})
    filed(story, CALENDAR)
    story.step("krf_secretary", "submit_to_cgh", cgh_date="2020-08-19", krf_date="2020-09-02")
    story.step("cgh_secretary", "submit_to_krf")
    story.on_the("2020-09-03")
    with pytest.raises(Refused, match="Klartecken saknas"):
        story.step("krf_secretary", "record_decision", krf_date="2020-09-02", decision_note="Enligt förslaget.")


def test_a_plan_decided_with_a_change_is_decided(story: Story) -> None:
    """The outcomes of both forums' notes: the CGH's changes are made on the way, the KRF's before it is published."""
    cgh, krf = Room(story, "cgh"), Room(story, "krf")
    cgh.plan("2020-08-19")
    krf.plan("2020-09-02")
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2021", fields={"year": 2021})
    filed(story, CALENDAR)
    story.step("krf_secretary", "submit_to_cgh", cgh_date="2020-08-19", krf_date="2020-09-02")
    met(cgh, "2020-08-19", "approved_with_change")
    assert (story.state, "submit_to_krf" in story.waiting()) == ("cgh_prepared", True)
    story.step("krf_secretary", "submit_to_krf")
    story.decide("krf_chair", "agenda_clearance")
    met(krf, "2020-09-02", "approved_with_change")
    assert story.state == "decided_with_change"
    assert story.last()["authority"] == "KRF 2020-09-02"
    filed(story, CALENDAR.replace('"13:30"', '"13:00"'))
    assert story.step("krf_secretary", "publish").data["made"] == 16
    assert story.state == "published"


def met(room: Room, day: str, outcome: str) -> None:
    """The forum has met: this became of every item, and its notes are published."""
    room.step("settle_agenda")
    room.step("summon")
    room.story.on_the(day)
    room.step("open", room.secretary)
    room.settle(outcome, decision="Ändra klockslagen.")
    room.step("end")
    room.step("draft_minutes")
    room.step("publish_notes")
    room.keep()


def missing(story: Story) -> list[tuple[str, str]]:
    found = [f for f in reconcile.find(story.app, with_files=False) if f.kind == "plan_undecided"]
    return [(f.register_no, f.sentence.sv) for f in found]


def test_a_year_without_the_decision_of_september_is_a_task_and_a_finding(story: Story) -> None:
    published(story)
    plan, waits = story.no, "next_year_decided"
    assert story.case["fields"]["next_decision_on"] == "2021-09-01"
    story.on_the("2021-09-01", 23)
    assert (waits in story.waiting(), missing(story)) == (True, [])
    story.on_the("2021-09-02", 9)
    assert [m["subject"] for m in story.mails("deadline_escalated")][-1].startswith(f"[{plan}]")
    ((number, said),) = missing(story)
    assert (number, said[:38]) == (plan, "Mötena 2022 är inte beslutade, fast mö")
    story.register("krf_secretary", "meeting_plan", "Sammanträden 2022", fields={"year": 2022})
    assert [n for n, _ in missing(story)] == [story.no]
    filed(story, json.dumps(meetingplan.written(meetingrules.propose(RULES, 2022))))
    story.step("krf_secretary", "submit_to_cgh", cgh_date="2021-09-15", krf_date="2021-09-29")
    story.step("cgh_secretary", "submit_to_krf")
    story.decide("krf_chair", "agenda_clearance")
    story.on_the("2021-09-30")
    story.step("krf_secretary", "record_decision", krf_date="2021-09-29", decision_note="Extra möte.")
    assert missing(story) == []
    assert keep(story.app)[0] >= 1
    story.no = plan
    assert (story.case["fields"]["next_decided_on"], waits in story.waiting()) == ("2021-09-29", False)
    amended(story, CALENDAR, "Lokalen är upptagen.")
    assert waits not in story.waiting()


def test_each_change_of_a_plan_is_cleared_by_itself(story: Story) -> None:
    """Neither September's clearance nor that of an earlier change opens the way, nor for the same calendar."""
    published(story)
    later = CALENDAR.replace('"13:30"', '"13:00"')
    amended(story, later, "En tid var fel.")
    story.step("krf_secretary", "amend", "Ännu en ändring.")
    with pytest.raises(Refused):
        story.step("krf_secretary", "publish")
    story.step("krf_secretary", "ask_clearance")
    with pytest.raises(Refused, match="Klartecken saknas"):
        story.step("krf_secretary", "publish")
    story.decide("krf_chair", "amendment", "return", "Vänta med det.")
    assert (story.state, [a["state"] for a in story.approvals("amendment")]) == ("amended", ["approved", "returned"])


def test_a_calendar_replaced_while_the_chair_looks_is_asked_for_anew(story: Story) -> None:
    published(story)
    story.step("krf_secretary", "amend", "En tid var fel.")
    filed(story, CALENDAR.replace('"13:30"', '"13:00"'))
    story.step("krf_secretary", "ask_clearance")
    filed(story, CALENDAR.replace('"13:30"', '"12:30"'))
    assert [a["state"] for a in story.approvals("amendment")] == ["superseded", "pending"]
    assert story.decide("krf_chair", "amendment").data["moved"] == 7
    assert story.state == "published"


def test_another_calendar_than_the_one_decided_is_not_published(story: Story) -> None:
    decided(story)
    filed(story, CALENDAR.replace('"13:30"', '"13:00"'))
    with pytest.raises(Refused, match="Klartecknet gäller en tidigare lydelse"):
        story.step("krf_secretary", "publish")
    filed(story, CALENDAR)
    assert story.step("krf_secretary", "publish").data["made"] == 16
