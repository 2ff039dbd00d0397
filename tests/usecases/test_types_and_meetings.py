"""What the shipped types have to do with meetings: what is decided reports itself, what waits is taken up."""

import pytest
from room import Room
from scenarios import Player, scenarios
from story import Story


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
