"""A meeting until it opens: its series, its agenda, its clearance, its summons; moved and cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from room import Room, with_members
from story import Story, told

from arende import meetingcommands, models
from arende.errors import Forbidden, NotFound, Refused


@pytest.fixture
def room(story: Story) -> Room:
    return Room(story)


def test_a_meeting_has_the_series_of_its_body_and_the_year_it_is_held(room: Room) -> None:
    assert room.plan("2020-09-15").register_no == "MRSAU200001"
    assert room.plan("2021-01-12").register_no == "MRSAU210001"
    assert room.plan("2020-10-13").register_no == "MRSAU200002"
    krf = Room(room.story, "krf")
    assert krf.plan("2020-09-02").register_no == "MKRF200001"


@pytest.mark.parametrize(
    ("body", "profile"),
    [("rf", "assembly"), ("rs", "board"), ("rsau", "committee"), ("krf", "forum"), ("cgh", "forum")],
)
def test_the_form_of_a_meeting_follows_from_its_body(story: Story, body: str, profile: str) -> None:
    room = Room(story, body)
    room.plan("2020-10-14")
    assert room.row["profile"] == profile


def test_a_meeting_without_a_body_points_to_the_command_that_plans_one(story: Story) -> None:
    with told(Refused, "arende meeting plan"):
        story.do(room_plan("registrar", meeting_date="2020-10-14"))
    with told(NotFound, "Organet rsua finns inte", "rsau"):
        story.do(room_plan("registrar", body="rsua", meeting_date="2020-10-14"))


def test_an_administration_does_not_meet(room: Room) -> None:
    room.body, who = "regionkontoret", "registrar"
    with pytest.raises(Refused, match="sammanträder inte"):
        room.story.do(
            room_plan(who, body="regionkontoret", meeting_date="2020-10-14"),
        )


def room_plan(who: str, **fields: str):
    from arende import commands

    return commands.RegisterCase(actor=who, type="meeting", title="x", fields=fields)


def test_a_meeting_on_a_holiday_or_in_july_is_planned_with_a_warning(room: Room) -> None:
    assert room.plan("2020-12-25").data["warnings"][0][0] == "2020-12-25 är juldagen."
    assert "juli" in room.plan("2021-07-07").data["warnings"][0][0]
    assert room.plan("2020-10-14").data["warnings"] == []


def test_two_meetings_on_one_day_are_told_and_none_is_moved_into_the_past(room: Room) -> None:
    first = room.plan("2020-10-14").register_no
    room.plan("2020-10-21")
    assert (
        f"redan ett sammanträde 2020-10-14: {first}"
        in room.step("move", note="x", meeting_date="2020-10-14").data["warnings"][0][0]
    )
    assert room.plan("2020-10-14").data["warnings"] != []
    with pytest.raises(Refused, match="har redan passerat"):
        room.step("move", note="x", meeting_date="2020-01-15")


def test_the_agenda_gathers_the_standing_items_and_the_cases_that_wait(room: Room) -> None:
    story = room.story.at("awaiting_rsau")
    if not story.changed_people:
        room = Room(story)
    room.plan(story.day)
    room.step("draft_agenda")
    assert room.headings() == ["Val av justerare", "Regional fysisk planering"]
    assert room.cases() == ["RS200001"]
    warnings = room.item("Regional fysisk planering")["warnings"]
    assert "Klartecken saknas" in warnings[0][0]


def test_a_cleared_case_comes_without_a_warning(room: Room) -> None:
    story = room.story.at("awaiting_rsau")
    story.decide("rsau_chair", "agenda_clearance")
    room.plan(story.day)
    assert room.step("draft_agenda").data["warnings"] == []


def test_a_case_that_aims_at_a_later_meeting_is_left_to_it(room: Room) -> None:
    story = room.story
    story.register()
    story.on_to("manager_review")
    story.add("officer", "official_statement")
    story.step("manager", "submit", rsau_date="2020-10-13")
    room.plan("2020-09-15")
    room.step("draft_agenda")
    assert room.cases() == []


def test_a_case_that_does_not_wait_for_the_body_comes_with_a_warning(room: Room) -> None:
    room.story.register()
    room.plan("2020-09-15")
    done = room.add("En tidig föredragning", "RS200001")
    assert "väntar inte på det här organet" in done.data["warnings"][0][0]


def test_the_chair_clears_the_agenda_by_the_approval_that_exists(room: Room) -> None:
    room.plan("2020-09-15")
    room.add("Ett ärende")
    room.step("draft_agenda")
    room.clear("return", "Ta bort ärendet.")
    assert room.state == "cases_closed"
    room.step("draft_agenda")
    room.clear()
    assert room.state == "agenda_approved"
    assert [i["kind"] for i in room.items()] == ["fixed", "other"], "a second draft adds nothing twice"


def test_a_new_item_while_the_chair_reads_asks_anew_and_shows_the_change(room: Room) -> None:
    room.plan("2020-09-15")
    room.step("draft_agenda")
    with pytest.raises(Refused, match="skälet"):
        room.add("Sent ärende")
    room.add("Sent ärende", reason="Remisstiden går ut före nästa sammanträde.")
    assert "Tillkommer: Sent ärende" in room.page("agenda")
    assert room.row["agenda_version"] == 2
    with room as s:
        assert [a["state"] for a in s.approvals("agenda_clearance")] == ["superseded", "pending"]


def test_items_are_ordered_and_taken_off(room: Room) -> None:
    room.plan("2020-09-15")
    for heading in ("A", "B", "C"):
        room.add(heading)
    room.do(meetingcommands.OrderAgenda, items=(3, 1))
    assert room.headings() == ["C", "A", "B"]
    room.do(meetingcommands.RemoveAgendaItem, item=1, reason="Utgår.")
    assert [(i["position"], i["heading"]) for i in room.items()] == [(1, "C"), (2, "B")]
    with pytest.raises(Refused):
        room.do(meetingcommands.OrderAgenda, items=(3,))


def test_one_item_may_hold_several_cases_and_a_case_stand_on_several_agendas(room: Room) -> None:
    room.story.register()
    room.story.register()
    room.plan("2020-09-15")
    room.add("Två ärenden", "RS200001", "RS200002")
    with pytest.raises(Refused, match="redan punkt 1"):
        room.add(None, "RS200001")
    room.plan("2020-10-13")
    room.add(None, "RS200001")
    assert room.headings() == ["Regional fysisk planering"]


def test_only_the_secretary_and_the_chair_touch_the_agenda(room: Room) -> None:
    room.plan("2020-09-15")
    with pytest.raises(Forbidden):
        room.add("Ett ärende", who="officer")
    room.add("Ett ärende", who="rsau_chair")


def test_the_september_meeting_of_the_forum_has_the_next_years_meetings_on_it(story: Story) -> None:
    krf = Room(story, "krf")
    krf.plan("2020-09-02")
    krf.step("draft_agenda")
    assert krf.headings() == ["Nästa års sammanträden"]
    krf.plan("2020-10-07")
    krf.step("draft_agenda")
    assert krf.headings() == []


def test_the_summons_goes_to_members_and_substitutes_with_the_agenda(room: Room) -> None:
    room.summoned("2020-09-15", "Ett ärende")
    with room as s:
        mails = s.mails("summons")
    told = {m["recipient_name"] for m in mails}
    assert told >= {"RSAU:s ordförande", "Ledamot 1 i RSAU (påhittad)", "Ersättare 3 i RSAU (påhittad)"}
    assert mails[0]["subject"].startswith("[MRSAU200001] Kallelse 15 september")
    assert "tisdagen den 15 september 2020 klockan 09.00" in mails[0]["text"]
    assert "- Ett ärende" in mails[0]["text"]
    assert [a["name"] for a in mails[0]["attachments"]] == [
        "Kallelse MRSAU200001.pdf", "Dagordning MRSAU200001 v1.pdf", "MRSAU200001.ics",
    ]  # fmt: skip


def test_an_empty_agenda_summons_nobody(story: Story) -> None:
    krf = Room(story, "krf")
    krf.plan("2020-10-07")
    krf.step("draft_agenda")
    krf.clear()
    with pytest.raises(Refused, match="tom"):
        krf.step("summon")


def test_the_assembly_is_summoned_a_week_before_or_not_at_all(story: Story) -> None:
    rf = Room(story, "rf")
    rf.plan("2020-08-12")
    rf.step("draft_agenda")
    rf.clear()
    story.on_the("2020-08-06")
    with pytest.raises(Refused, match=r"KL 5:13.*senast den 2020-08-05.*KL 5:14"):
        rf.step("summon")
    rf.step("move", note="Kallelsen hann inte ut.", meeting_date="2020-08-19")
    rf.step("summon")
    assert rf.state == "summoned"
    with rf as s:
        assert "announce_meeting" in s.waiting()


def test_the_assembly_is_summoned_on_the_seventh_day_before(story: Story) -> None:
    rf = Room(story, "rf")
    rf.plan("2020-08-12")
    rf.step("draft_agenda")
    rf.clear()
    story.on_the("2020-08-05", 23)
    rf.step("summon")


def test_a_moved_assembly_is_announced_anew_and_a_cancelled_one_is_noted(story: Story) -> None:
    rf = Room(story, "rf")
    rf.summoned("2020-08-19")

    def to_do() -> list[str]:
        with rf as s:
            return [t["title"]["sv"] for t in s.tasks(state="open", act="announce_meeting")]

    assert to_do() == ["Kungör sammanträdet på anslagstavlan, senast den 2020-08-12 (KL 5:13)"]
    rf.step("move", note="Salen är upptagen.", meeting_date="2020-08-26")
    assert to_do() == ["Kungör sammanträdet på nytt på anslagstavlan, senast den 2020-08-19 (KL 5:13)"]
    done = rf.step("cancel", "rf_chair", note="För få ärenden.")
    assert to_do() == []
    assert "anteckna på anslagstavlan att det är inställt" in done.data["warnings"][0][0]


def test_an_announcement_that_is_not_made_in_time_is_told_the_manager_the_next_day(story: Story) -> None:
    rf = Room(story, "rf")
    rf.summoned("2020-08-12")
    story.on_the("2020-08-06")
    with rf as s:
        (mail,) = s.mails("deadline_escalated", "manager")
    assert mail["subject"] == (
        "[MRF200001] Tiden har gått ut: Kungör sammanträdet på anslagstavlan, senast den 2020-08-05 (KL 5:13)"
    )


def test_an_urgent_item_comes_to_the_assembly_until_the_weekday_before(story: Story) -> None:
    rf = Room(story, "rf")
    rf.summoned("2020-08-17")
    story.on_the("2020-08-13")
    with pytest.raises(Refused, match="KL 5:13"):
        rf.add("Brådskande", reason="Avtalet löper ut.")
    rf.add("Brådskande", reason="Avtalet löper ut.", urgent=True)
    with rf as s:
        task = s.tasks(state="open")[-1]
    assert (task["act"], task["title"]["sv"]) == (
        "announce_meeting", "Kungör ”Brådskande” på anslagstavlan, senast den 2020-08-14 (KL 5:13–14)",
    )  # fmt: skip
    story.on_the("2020-08-15")  # a Saturday; the weekday before is Friday the 14th
    with pytest.raises(Refused, match="2020-08-14"):
        rf.add("Ännu ett", reason="Skäl.", urgent=True)


def test_a_chair_asked_after_the_usual_day_is_asked_for_today(room: Room) -> None:
    """An extra meeting is called in three days: the sixth working day before it has passed."""
    room.plan("2020-08-06")
    room.step("draft_agenda")
    with room as s:
        (mail,) = s.mails("approval_request", "rsau_chair")
    assert mail["subject"].startswith("[MRSAU200001] Klartecken senast 3 augusti")
    assert "Svara senast: måndagen den 3 augusti 2020, i dag" in mail["text"]


def test_a_board_summoned_late_is_warned_not_refused(room: Room) -> None:
    room.plan("2020-08-06")
    room.add("Ett ärende")
    room.step("draft_agenda")
    room.clear()
    assert "senare än en vecka" in room.step("summon").data["warnings"][0][0]


def test_a_late_item_after_the_summons_is_told_to_everybody(room: Room) -> None:
    room.summoned("2020-09-15", "Ett ärende")
    room.add("Sent ärende", reason="Beslutet behövs före den 20 september.")
    with room as s:
        changed = s.mails("summons_changed")
    assert len(changed) == len({m["address"] for m in changed}) == 11
    assert "- Tillkommer: Sent ärende" in changed[0]["text"]
    assert [a["name"] for a in changed[0]["attachments"]] == [
        "Kallelse MRSAU200001 v2.pdf", "Dagordning MRSAU200001 v2.pdf", "MRSAU200001.ics",
    ]  # fmt: skip


def test_a_moved_meeting_tells_those_summoned_and_what_hangs_on_it(room: Room) -> None:
    story = room.story.at("awaiting_rsau")
    story.step("rsau_secretary", "replan_rsau", rsau_date="2020-09-15")
    room.summoned("2020-09-15")
    moved = room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-22")
    assert [(e["case"], e["to"]) for e in moved.data["effect"]] == [("RS200001", "2020-09-22")]
    assert room.keep() == (1, 0)
    assert story.case["fields"]["rsau_date"] == "2020-09-22"
    assert room.row["day"].isoformat() == "2020-09-22"
    assert room.row["sequence"] == 1
    with room as s:
        assert "tisdagen den 22 september 2020" in s.mails("summons_changed")[0]["text"]


def test_a_cancelled_meeting_sends_its_matters_to_the_next_one(room: Room) -> None:
    story = room.story.at("awaiting_rsau")
    story.step("rsau_secretary", "replan_rsau", rsau_date="2020-09-15")
    room.plan("2020-10-13")
    later, first = room.no, "MRSAU200002"
    room.summoned("2020-09-15", "En egen fråga")
    assert room.no == first
    effect = room.step("cancel", note="För få ärenden.").data["effect"]
    assert [(e["case"], e["to"]) for e in effect] == [("RS200001", "2020-10-13")]
    with room as s:
        assert len(s.mails("summons_cancelled")) == 11
        (entry,) = s.mails("summons_cancelled")[0]["attachments"]
    import icalendar

    calendar = icalendar.Calendar.from_ical(story.app.storage.read(entry["sha256"]))
    assert calendar["METHOD"] == "CANCEL"
    (event,) = calendar.walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"], str(event["UID"])[:11]) == ("CANCELLED", 1, "MRSAU200002")
    assert room.keep()[1] == 0
    assert story.case["fields"]["rsau_date"] == "2020-10-13"
    room.no = later
    assert {"En egen fråga", "Regional fysisk planering"} <= set(room.headings())
    room.step("draft_agenda")
    assert room.headings().count("En egen fråga") == room.headings().count("Regional fysisk planering") == 1


def test_a_cancelled_meeting_without_a_next_one_leaves_its_matters_to_the_first_that_is_drafted(room: Room) -> None:
    room.summoned("2020-09-15", "En egen fråga")
    room.step("cancel", note="För få ärenden.")
    room.plan("2020-10-13")
    room.step("draft_agenda")
    assert "En egen fråga" in room.headings()


def test_submission_closes_by_itself_on_the_day_that_the_body_has_for_its_papers(room: Room) -> None:
    """The RSAU's papers are in eight working days before it meets, as the people file says, not the type's ten."""
    room.plan("2020-09-15")
    room.story.on_the("2020-09-03", 23)
    assert room.state == "planned"
    room.story.on_the("2020-09-04")
    assert room.state == "cases_closed"


@pytest.mark.parametrize(
    ("body", "change", "last", "ground"),
    [
        ("rf", ("", ""), "2020-10-07", ("law", "KL 5:13")),
        ("rf", ('days: 7, law: "KL 5:13"', "days: 3"), "2020-10-07", ("law", "KL 5:13")),
        (
            "rf",
            ('days: 7, law: "KL 5:13"', "days: 10, basis: arbetsordningen 4 §"),
            "2020-10-04",
            ("regulations", None),
        ),
        ("rsau", ("", ""), "2020-10-07", (None, None)),
    ],
)
def test_the_summons_rests_on_the_law_for_the_assembly_and_on_its_own_rules_for_a_body(
    story: Story, body: str, change: tuple[str, str], last: str, ground: tuple[str | None, str | None]
) -> None:
    story.people(lambda text: with_members(text).replace(*change) if change[0] else with_members(text))
    room = Room(story, body)
    room.plan("2020-10-14")
    room.add("Budget")
    room.step("draft_agenda")
    room.clear()
    with room as s:
        (row,) = [d for d in s.rows(models.deadlines)
                  if (d["key"], d["step"], d["state"]) == ("state:agenda_approved", "due", "open")]  # fmt: skip
    assert row["due_on"].isoformat() == last
    assert (row["rule"].get("ground"), row["rule"].get("law")) == ground


def test_the_series_of_bodies_without_a_short_form_differ(story: Story) -> None:
    found = {}
    with story.app.engine.connect() as conn:
        bodies = conn.execute(models.bodies.select()).mappings().all()
    from arende.usecases.meetingstart import _series

    for body in bodies:
        found.setdefault(_series(dict(body)), []).append(body["key"])
    assert {k: v for k, v in found.items() if len(v) > 1} == {}


# ---------------------------------------------------------------- a meeting of several days moves whole


def days(room: Room) -> tuple[str, str]:
    return room.row["day"].isoformat(), room.row["last_day"].isoformat()


@pytest.mark.parametrize("to", ["2020-09-08", "2020-10-20"])
def test_a_retreat_that_moves_lasts_as_long_as_before(story: Story, to: str) -> None:
    room = Room(story, "krf")
    room.plan("2020-09-29", last_day="2020-10-01")
    room.step("move", note="Lokalen är upptagen.", meeting_date=to)
    assert days(room) == (to, {"2020-09-08": "2020-09-10", "2020-10-20": "2020-10-22"}[to])
    room.step("move", note="En dag räcker.", meeting_date="2020-10-20", last_day="2020-10-20")
    assert days(room) == ("2020-10-20", "2020-10-20")


def test_a_move_makes_do_with_no_last_day_of_before(room: Room) -> None:
    """The form for a move shows no last day, which would be the old one: sent as it is, it is a day before the new."""
    room.plan("2020-09-15")
    with room as s:
        rules = s.app.types.current("meeting")
        assert "last_day" not in rules.fields_for("move", s.case["fields"], {})
    room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-22", last_day=None)
    assert days(room) == ("2020-09-22", "2020-09-22")


def test_the_day_in_a_title_moves_with_the_meeting(room: Room) -> None:
    room.plan("2020-09-15")
    room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-22")
    with room as s:
        assert s.case["title"] == "RSAU 2020-09-22"
        (told_,) = s.events("case:retitled")
    assert told_["payload"] == {"from": "RSAU 2020-09-15", "to": "RSAU 2020-09-22"}
    room.step("move", note="Annan tid.", meeting_date="2020-09-22", starts_at=None)
    assert room.row["starts_at"] is None
    with pytest.raises(Refused, match="Sammanträdets dag"):
        room.step("move", note="Ingen dag.", meeting_date=None)


# ---------------------------------------------------------------- too near to summon


def test_an_assembly_planned_too_near_for_its_summons_is_warned_of_the_law(story: Story) -> None:
    room = Room(story, "rf")
    near = story.clock.now.date() + timedelta(days=6)
    far = near + timedelta(days=1)
    (warned,) = [w for w in room.plan(near.isoformat()).data["warnings"] if "KL 5:13" in w[0]]
    assert (near - timedelta(days=7)).isoformat() in warned[0]
    assert not [w for w in room.plan(far.isoformat()).data["warnings"] if "KL 5:13" in w[0]]
    moved = room.step("move", note="Tidigare.", meeting_date=near.isoformat())
    assert [w for w in moved.data["warnings"] if "KL 5:13" in w[0]]
    assert not [w for w in Room(story, "rs").plan(near.isoformat()).data["warnings"] if "KL" in w[0]]
