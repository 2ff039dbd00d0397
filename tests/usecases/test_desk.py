"""What a command writes beside the case's own rows, on either kind of database."""

from __future__ import annotations

from story import Story

from arende import actors, db, desk
from arende.calendarcommands import IssueCalendarLink, RevokeCalendarLink
from arende.commands import AddNote
from arende.deskcommands import Unwatch, Watch
from arende.usecases import calendarlinks


def watchers(story: Story, key: str) -> list[str]:
    with db.reading(story.app.engine) as conn:
        return [str(row["register_no"]) for row in desk.watched(conn, actors.actor(conn, key).id)]


def test_a_case_is_watched_by_oneself_and_by_whom_a_note_mentions(story_on_each: Story) -> None:
    story = story_on_each
    story.register()
    story.do(Watch(actor="manager", register_no=story.no))
    story.do(Watch(actor="manager", register_no=story.no))
    story.do(AddNote(actor="officer", register_no=story.no, text="Kan @officer2 se på det här?"))
    assert watchers(story, "manager") == watchers(story, "officer2") == [story.no]
    story.do(Unwatch(actor="manager", register_no=story.no))
    assert watchers(story, "manager") == []


def test_the_address_of_a_calendar_is_made_anew_and_ended(story_on_each: Story) -> None:
    app = story_on_each.app
    addresses = set()
    for _ in range(2):
        app.do(IssueCalendarLink(actor="officer", kind="person", subject="officer"))
        addresses.add(calendarlinks.address(app, "person", "officer"))
    assert len(addresses) == 2
    app.do(RevokeCalendarLink(actor="officer", kind="person", subject="officer"))
    assert calendarlinks.address(app, "person", "officer") is None
