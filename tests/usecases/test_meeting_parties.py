"""Substitutes by party: in the assembly a seat is the party's, in a board the party's own come first."""

from __future__ import annotations

import pytest
from room import Room
from story import Story

from arende.errors import Refused
from arende.home import demo_file


def whole(_: str) -> str:
    """The people as they are shipped, with every seat of the assembly."""
    return demo_file("people.yaml").read_text("utf-8")


def partisan(_: str) -> str:
    """The board's first member and its second substitute sit for one party, its first substitute for another."""
    text = whole("")
    for who, party in (("rs_m1", "Parti A"), ("rs_s1", "Parti B"), ("rs_s2", "Parti A")):
        old = f"person: {who},"
        line = next(li for li in text.splitlines() if old in li)
        text = text.replace(line, line.removesuffix("}") + f", political_party: {party}}}")
    return text


@pytest.fixture
def assembly(story: Story) -> Room:
    story.people(whole)
    return Room(story, "rf").summoned("2020-10-21", "Mål och budget")


def called(room: Room, away: str) -> str | None:
    """Who is called when somebody reports that they cannot come."""
    found: str | None = room.absent(away).data["called"]
    return found


def test_every_seat_of_the_assembly_is_summoned(assembly: Room) -> None:
    with assembly as s:
        assert len(s.mails("summons")) == 71 + 9 + 1


def test_a_substitute_of_the_same_party_is_called_until_none_is_left(assembly: Room) -> None:
    assert called(assembly, "rf_m1") == "rf_s1"
    assert [called(assembly, who) for who in ("rf_m60", "rf_m61")] == ["rf_s8", "rf_s9"]
    last = assembly.absent("rf_m62")
    assert last.data["called"] is None
    assert "platsen är tom" in last.data["warnings"][0][0]


def test_the_seat_stays_with_its_party_when_the_substitute_cannot_come_either(assembly: Room) -> None:
    assert called(assembly, "rf_m60") == "rf_s8"
    assert called(assembly, "rf_s8") == "rf_s9"


def test_a_substitute_who_was_not_called_and_cannot_come_calls_nobody(assembly: Room) -> None:
    assert called(assembly, "rf_s1") is None
    assert called(assembly, "rf_m1") == "rf_s2"


def test_nobody_serves_in_the_assembly_for_another_party(assembly: Room) -> None:
    with pytest.raises(Refused, match="Parti C"):
        assembly.attend("rf_s1", role="substitute", acting_for="rf_m60")
    assembly.attend("rf_s9", role="substitute", acting_for="rf_m60")


def test_in_a_board_the_own_party_comes_before_the_declared_order(story: Story) -> None:
    story.people(partisan)
    board = Room(story, "rs").summoned("2020-10-21", "Ett ärende")
    assert called(board, "rs_m1") == "rs_s2"
    assert called(board, "rs_m2") == "rs_s1"
