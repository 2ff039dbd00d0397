"""Attendance entered by mistake is taken back with its reason, unless something rests on it."""

from __future__ import annotations

import pytest
from room import Room
from story import Story, told, untouched

from arende.commands import Outcome
from arende.errors import Forbidden, Refused
from arende.meetingcommands import RecordMotion, RecordVote, RetractAttendance


@pytest.fixture
def room(story: Story) -> Room:
    return Room(story).opened("2020-09-15", "Budget", "Remissvar")


def retract(room: Room, person: str, what: str = "present", who: str | None = None) -> Outcome:
    return room.do(RetractAttendance, who, person=person, what=what, reason="Fel person.")


def present(room: Room) -> set[int]:
    return {a["actor_id"] for a in room.there() if a["kind"] == "present"}


def test_whoever_was_never_there_is_taken_back_and_the_event_says_why(room: Room) -> None:
    before = present(room)
    room.attend("rsau_m3")
    retract(room, "rsau_m3")
    assert present(room) == before
    with room as s:
        (event,) = s.events("attendance:retracted")
    assert event["payload"] == {"person": "rsau_m3", "what": "present", "reason": "Fel person.", "uncalled": []}
    room.attend("rsau_m3", remote=True)
    assert len(present(room)) == len(before) + 1


def test_it_is_the_secretarys_and_what_is_not_there_is_not_taken_back(room: Room) -> None:
    with room as s, untouched(s), told(Forbidden, "sekreteraren"):
        retract(room, "rsau_m1", who="officer")
    with room as s, untouched(s), told(Refused, "inte införd"):
        retract(room, "rsau_m3")


@pytest.mark.parametrize("how", ["motion", "vote", "presided"])
def test_whoever_did_something_at_an_item_was_there(room: Room, how: str) -> None:
    who = {"presided": "rsau_chair"}.get(how, "rsau_m1")
    room.attend("rsau_m3")
    if how == "motion":
        room.do(RecordMotion, item=1, person=who, kind="reject", text="Avslag.")
    elif how == "vote":
        ballots = {"rsau_chair": "yes", "rsau_vice_chair": "yes", who: "no"}
        room.do(RecordVote, item=1, yes_means="bifall", no_means="avslag", ballots=ballots)
    else:
        room.outcome(1)
    with room as s, untouched(s), told(Refused, "punkt 1"):
        retract(room, who)


def test_the_quorum_of_what_is_settled_stands(room: Room) -> None:
    room.outcome(1)
    with room as s, untouched(s), told(Refused, "inte beslutfört vid punkt 1"):
        retract(room, "rsau_m1")
    room.attend("rsau_m3")
    retract(room, "rsau_m1")


def test_an_absence_taken_back_lets_the_substitute_go_who_was_called(story: Story) -> None:
    room = Room(story).summoned("2020-09-15", "Budget")
    assert room.absent("rsau_m1").data["called"] == "rsau_s1"
    assert "hade kallats" in retract(room, "rsau_m1", "absent").data["warnings"][0][0]
    assert room.there() == []
    assert room.absent("rsau_m2").data["called"] == "rsau_s1"


def test_nothing_is_taken_back_once_the_minutes_are_being_approved(room: Room) -> None:
    room.attend("rsau_m3")
    room.settle().checking()
    with room as s, untouched(s), told(Refused, "justering"):
        retract(room, "rsau_m3")
