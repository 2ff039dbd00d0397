"""A case that is ready for a body after its agenda was drafted is put there, or somebody is told."""

import pytest
from room import Room
from scenarios import Player, scenarios
from story import Story

CHOSEN, OTHER = "2020-08-26", "2020-09-30"


@pytest.fixture
def proposed(story: Story) -> Player:
    """A change of organisation before the board, cleared by its chair, on Monday 3 August 2020."""
    player = Player(story.app, story.clock)
    told = next(s for s in scenarios("organisation_change") if s.name == "Fullmäktige säger nej")
    until = next(n for n, step in enumerate(told.steps) if step.get("do") == "recommend")
    return player.play(told, "organisation_change", until)


def drafted(story: Story, body: str, day: str, *, summoned: bool = False) -> Room:
    room = Room(story, body)
    room.plan(day)
    room.add("En föredragning")
    room.step("draft_agenda")
    if summoned:
        room.clear()
        room.step("summon")
    return room


def recommend(case: Player, rf_date: str | None = None) -> None:
    day = {"rf_date": rf_date} if rf_date else {}
    case.step("rs_secretary", "recommend", rs_date="2020-08-03", rs_section="§ 1", **day)


def told(case: Player) -> list[tuple[str, str]]:
    return [(t["role"], t["state"]) for t in case.tasks(act="late_for_agenda")]


def test_what_the_board_proposes_comes_onto_the_drafted_agenda_of_the_assembly_that_it_chose(proposed: Player) -> None:
    assembly = drafted(proposed, "rf", CHOSEN)
    assert assembly.cases() == []
    recommend(proposed, CHOSEN)
    assert assembly.keep() == (1, 0)
    assert assembly.cases() == [proposed.no]
    (item,) = (i for i in assembly.items() if i["late"])
    assert item["reason"] == "Ärendet kom efter dagordningen"
    assert told(proposed) == []


def test_where_no_meeting_was_chosen_the_secretary_of_the_assembly_is_told_and_decides(proposed: Player) -> None:
    assembly = drafted(proposed, "rf", CHOSEN)
    recommend(proposed)
    assert told(proposed) == [("rf_secretary", "open")]
    (task,) = proposed.tasks(act="late_for_agenda")
    assert CHOSEN in task["title"]["sv"]
    assert assembly.no in task["title"]["sv"]
    assert assembly.keep() == (0, 0)
    assert assembly.cases() == []
    proposed.step("rf_secretary", "replan_rf", rf_date=CHOSEN)
    assert assembly.keep() == (1, 0), "a day chosen afterwards is a choice too"
    assert assembly.cases() == [proposed.no]


def test_an_agenda_that_is_still_to_be_drafted_gathers_the_case_and_nobody_is_told(proposed: Player) -> None:
    assembly = Room(proposed, "rf")
    assembly.plan(CHOSEN)
    recommend(proposed)
    assert (told(proposed), assembly.keep()) == ([], (0, 0))
    assembly.step("draft_agenda")
    assert assembly.cases() == [proposed.no]


def test_a_case_that_chose_a_later_meeting_is_left_to_it(proposed: Player) -> None:
    assembly = drafted(proposed, "rf", CHOSEN)
    recommend(proposed, OTHER)
    assert (told(proposed), assembly.keep(), assembly.cases()) == ([], (0, 0), [])


def test_after_the_notice_nothing_is_added_by_itself_and_the_assemblys_secretary_is_told(proposed: Player) -> None:
    assembly = drafted(proposed, "rf", CHOSEN, summoned=True)
    proposed.on_the("2020-08-21")
    recommend(proposed, CHOSEN)
    assert assembly.keep() == (0, 1)
    assert assembly.cases() == []
    (task,) = proposed.tasks(act="enter_outcome")
    assert task["role"] == "rf_secretary"
    assert "KL 5:13" in task["title"]["sv"]


def test_the_board_is_told_of_nothing_before_its_chair_has_cleared_the_case(story: Story) -> None:
    case = Player(story.app, story.clock)
    agreement = next(s for s in scenarios("agreement") if s.name.startswith("Fullmäktige återremitterar"))
    until = next(n for n, step in enumerate(agreement.steps) if step.get("do") == "ask_clearance")
    board = drafted(case.play(agreement, "agreement", until), "rs", CHOSEN)
    case.step("officer", "ask_clearance", region_body="rf", rs_date=CHOSEN)
    assert (board.keep(), board.cases()) == ((0, 0), [])
    case.decide("rs_chair", "board_clearance")
    assert (board.keep(), board.cases()) == ((1, 0), [case.no])
    (item,) = (i for i in board.items() if i["late"])
    assert item["reason"] == "Klartecken kom efter dagordningen"


def test_a_case_cleared_without_a_chosen_day_is_told_to_the_secretary_of_the_board(story: Story) -> None:
    case = Player(story.app, story.clock)
    agreement = next(s for s in scenarios("agreement") if s.name.startswith("Fullmäktige återremitterar"))
    until = next(n for n, step in enumerate(agreement.steps) if step.get("do") == "ask_clearance")
    drafted(case.play(agreement, "agreement", until), "rs", CHOSEN)
    case.step("officer", "ask_clearance", region_body="rf")
    assert told(case) == []
    case.decide("rs_chair", "board_clearance")
    assert told(case) == [("rs_secretary", "open")]
