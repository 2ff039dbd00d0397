"""Drafts in the database: one of each form, so many of a person, and none that has lain for a month."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from story import Story
from test_signing_in import Browser

from arende import db, queries
from arende.actors import actor
from arende.errors import Invalid
from arende.persontables import drafts as table
from arende.usecases import drafts, sessions


def test_a_person_keeps_one_draft_of_a_form_and_so_many_in_all(story_on_each: Story) -> None:
    app = story_on_each.app
    for n in range(drafts.MOST + 3):
        story_on_each.clock.advance(minutes=1)
        drafts.keep(app, "officer", f"/cases/new/t{n}", {"title": [str(n)]})
    drafts.keep(app, "officer", "/cases/new/t5", {"title": ["5", "fem"]})
    found = drafts.places(app, "officer")
    assert len(found) == drafts.MOST
    assert "/cases/new/t2" not in found
    draft = drafts.found(app, "officer", "/cases/new/t5")
    assert draft is not None
    assert draft.fields == {"title": ["5", "fem"]}
    assert drafts.places(app, "officer2") == {}
    with pytest.raises(Invalid):
        drafts.keep(app, "officer", "/cases/new/x", {"title": ["x" * drafts.LONGEST, "x"]})


def test_what_has_lain_for_a_month_is_not_shown_and_goes_when_somebody_signs_in(story_on_each: Story) -> None:
    app, engine = story_on_each.app, story_on_each.app.engine
    drafts.keep(app, "officer", "/cases/new/letter", {"title": ["Gammalt"]})
    story_on_each.clock.advance(days=31)
    drafts.keep(app, "officer2", "/cases/new/letter", {"title": ["Nytt"]})
    assert drafts.found(app, "officer", "/cases/new/letter") is None
    with db.reading(engine) as conn:
        person = actor(conn, "registrar")
    sessions.begin(app, person, "demo")
    assert rows(engine) == ["Nytt"]
    assert timedelta(days=30) == drafts.KEPT


def rows(engine: Engine) -> list[str]:
    with db.reading(engine) as conn:
        return [row.fields["title"][0] for row in conn.execute(select(table.c.fields))]


def test_an_answer_is_never_chosen_by_a_draft(story: Story) -> None:
    story.register(title="Om kustleden")
    story.on_to("awaiting_rsau")
    with db.reading(story.app.engine) as conn:
        place = f"/approvals/{queries.approvals(conn, pending=True)[0]['id']}"
    chair = Browser(story)
    chair.sign_in("rsau_chair")
    sent = chair.post(place, {"csrf": chair.token(), "decision": "", "comment": "Jag undrar en sak"})
    assert sent.status_code == 422
    assert drafts.found(story.app, "rsau_chair", place) is not None
    drafts.keep(story.app, "rsau_chair", place, {"comment": ["Jag undrar en sak till"], "decision": ["approve"]})
    shown = chair.get(place).text.split("<main")[1]
    assert "Jag undrar en sak till" in shown
    assert " checked" not in shown
    shown_text = re.search(r'name="text_sha256" value="(\w+)"', shown)
    assert shown_text is not None
    sent = chair.post(place, {"csrf": chair.token(), "decision": "approve", "text_sha256": shown_text[1]})
    assert sent.status_code == 303
    assert drafts.places(story.app, "rsau_chair") == {}
