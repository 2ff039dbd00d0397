"""Searches under a name: one's own, or an office's; what they find is asked anew by whoever opens them."""

from __future__ import annotations

from typing import Any

import pytest
from story import Story, told

from arende import db, rights
from arende.actors import actor
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.searchcommands import ForgetSearch, SaveSearch
from arende.usecases import savedsearches


def saved(story: Story, who: str) -> list[tuple[str, bool]]:
    with db.reading(story.app.engine) as conn:
        reader = rights.reader(conn, actor(conn, who).id, story.clock.now.date())
        return [(row["called"], row["mine"]) for row in savedsearches.seen(conn, reader)]


def keep(story: Story, who: str, called: str, shared: str | None = None, **asked: str) -> None:
    story.do(SaveSearch(actor=who, called=called, asked=asked or {"q": "bro"}, shared_with=shared))


def test_a_search_is_its_owners_alone_until_it_is_shared(story: Story) -> None:
    keep(story, "officer", " Mina\u202e broar ", q="bro", state="draft", nonsense="x")
    assert saved(story, "officer") == [("Mina broar", True)]
    assert saved(story, "officer2") == []
    keep(story, "officer", "Mina broar", "case_officer", q="tunnel")
    assert saved(story, "officer2") == [("Mina broar", False)]
    assert saved(story, "rs_chair") == []
    with db.reading(story.app.engine) as conn:
        who = rights.reader(conn, actor(conn, "officer").id, story.clock.now.date())
        assert [row["asked"] for row in savedsearches.seen(conn, who)] == [{"q": "tunnel"}]


def test_only_its_owner_takes_it_away(story: Story) -> None:
    keep(story, "officer", "Broar", "case_officer")
    with told(NotFound, "ingen sådan"):
        story.do(ForgetSearch(actor="officer2", called="Broar"))
    story.do(ForgetSearch(actor="officer", called="Broar"))
    assert saved(story, "officer") == saved(story, "officer2") == []


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"shared_with": "registrar"}, Forbidden, "uppdrag som du själv har"),
        ({"asked": {}}, Invalid, "Sökningen är tom"),
        ({"asked": {"from": "i går"}}, Invalid, "är ingen dag"),
        ({"called": "x" * 101}, Invalid, "högst 100 tecken"),
        ({"actor": "municipality_hylte"}, Forbidden, "inget uppdrag"),
    ],
)
def test_what_cannot_be_kept_is_told(story: Story, given: Any, error: type[Exception], words: str) -> None:
    with told(error, words):
        story.do(SaveSearch(**{"actor": "officer", "called": "Broar", "asked": {"q": "bro"}, **given}))


def test_nobody_keeps_more_than_can_be_looked_through(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(savedsearches, "MOST", 2)
    for called in ("a", "b", "b"):
        keep(story, "officer", called)
    with told(Refused, "2 sparade sökningar"):
        keep(story, "officer", "c")
