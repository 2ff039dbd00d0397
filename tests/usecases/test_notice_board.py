"""The notice board and the year, as the pages read them, on either database."""

from __future__ import annotations

from datetime import date

from room import MEMBERS, Room
from story import Story

from arende import commands, db, meetingqueries, noticeboard
from arende.meetingcommands import RecordMotion
from arende.usecases import meetingview


def test_what_is_announced_is_on_the_board_and_secret_matters_are_numbers(story_on_each: Story) -> None:
    story = story_on_each
    rsau = Room(story).opened("2020-09-15", "Budget").settle().announced()
    secret = str(
        story.do(commands.RegisterCase(actor="officer", type="declaration_of_intent", title="Hemligt", secrecy=True))
        .register_no
    )  # fmt: skip
    rf = Room(story, "rf")
    rf.plan("2020-11-18", place="Salen")
    rf.add("Hemlig rubrik", secret)
    rf.add("Mål och budget")
    rf.step("draft_agenda")
    rf.clear()
    rf.step("summon")
    with db.reading(story.app.engine) as conn:
        up = noticeboard.minutes_up(conn)
        announced = noticeboard.announced(conn, date(2020, 9, 15))
        later = noticeboard.announced(conn, date(2020, 11, 19))
        stands = meetingqueries.standing_of(conn, secret)
        years, of_year = meetingqueries.years(conn), meetingqueries.of_year(conn, 2020)
    assert [(n["register_no"], n["sections"]) for n in up] == [(rsau.no, [1, 2])]
    assert [m["matters"][-2:] for m in announced] == [[secret, "Mål och budget"]]
    assert later == []
    assert [(m["register_no"], m["body"], m["outcome"]) for m in stands] == [(rf.no, "rf", None)]
    assert years == [2020]
    assert [(m["register_no"], m["secrecy"]) for m in of_year] == [(rsau.no, False), (rf.no, False)]


def test_a_notice_that_is_taken_down_leaves_the_board(story_on_each: Story) -> None:
    rsau = Room(story_on_each).opened("2020-09-15", "Budget").settle().announced()
    story_on_each.on_the("2020-10-07")
    rsau.step("confirm_legal_force", "registrar", "Frågat förvaltningsrätten i dag.")
    rsau.step("take_down", "registrar")
    with db.reading(story_on_each.app.engine) as conn:
        assert noticeboard.minutes_up(conn) == []


def test_the_room_that_is_shown_is_the_room_that_is_judged(story_on_each: Story) -> None:
    rsau = Room(story_on_each).opened("2020-09-15", "Budget")
    first = next(i["item"] for i in rsau.items())
    shown = meetingview.room(story_on_each.app, rsau.no)
    assert [a.key for a in shown.members] == list(MEMBERS["rsau"])
    assert (shown.seats, shown.needed, shown.next, shown.present()) == (5, 3, first, 3)
    by_id = {a.id: a.key for a in shown.members}
    for voter in shown.at[first].voters:
        rsau.do(RecordMotion, item=first, person=by_id[voter], kind="approve", text="Bifall.")
    assert meetingview.waiting(story_on_each.app, rsau.no) == []
