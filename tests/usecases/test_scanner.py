"""Machines that open links: they read what they like, run scripts, press every button – and decide nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from links import DIGITS, link_of, token_of
from scanner import NoBrowser, Scanner, scanner
from sqlalchemy import select
from story import Story, on
from test_digest import digests, morning, readers
from test_party_link import link_of as party_link

from arende import db, mime, models
from arende.usecases import sessions, tokens
from served import served

pytestmark = pytest.mark.slow
KEY = "agenda_clearance"


@pytest.fixture(scope="module")
def browser() -> Iterator[Scanner]:
    try:
        with scanner() as running:
            yield running
    except NoBrowser as e:
        if os.environ.get("CI") == "true":
            pytest.fail(str(e))
        pytest.skip(f"No scanner was tried: {e}")


@pytest.mark.parametrize("choose", [False, True], ids=["presses", "chooses"])
@pytest.mark.parametrize("submit", [False, True], ids=["as the page wants", "past the page's checks"])
@pytest.mark.parametrize("text", ["", "GODKÄNN", "0000"])
def test_a_browser_that_presses_everything_decides_nothing(
    story: Story, browser: Scanner, text: str, choose: bool, submit: bool
) -> None:
    story.at("awaiting_rsau")
    path = link_of(story, "rsau_chair")
    before = story.kinds()
    with served(story.app) as web:
        browser.open(web + path)
        for _ in range(3):
            assert browser.presses_everything(text, choose=choose, submit=submit) > 0
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert story.kinds() == before
    assert token_of(story, path)["used_at"] is None


@pytest.mark.parametrize("choose", [False, True], ids=["presses", "chooses"])
@pytest.mark.parametrize("submit", [False, True], ids=["as the page wants", "past the page's checks"])
@pytest.mark.parametrize("text", ["", "0000"])
def test_a_browser_that_presses_everything_hands_in_nothing_for_a_party(
    story: Story, browser: Scanner, text: str, choose: bool, submit: bool
) -> None:
    story.at("municipal_consultation")
    path, before = party_link(story, "hylte"), story.kinds()
    with served(story.app) as web:
        browser.open(web + path)
        assert browser.presses_everything(text, choose=choose, submit=submit) > 0
        for _ in range(2):  # five wrong guesses end the link: then there is nothing left to press
            browser.presses_everything(text, choose=choose, submit=submit)
    assert story.kinds() == before


@pytest.mark.parametrize("text", ["", "GODKÄNN"])
def test_a_browser_that_presses_everything_signs_nobody_in_where_signing_in_is_real(
    story: Story, browser: Scanner, text: str
) -> None:
    story.at("awaiting_rsau")
    real = on(
        story.app, settings=story.app.settings.model_copy(update={"approval_floor": "login", "local_accounts": True})
    )
    path = link_of(story, "rsau_chair")
    with served(real) as web:
        browser.open(f"{web}{path}/sign-in")
        for _ in range(3):
            browser.presses_everything(text, choose=True, submit=True)
    assert sessions.listing(real) == []
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}


def test_a_person_at_the_same_browser_decides(story: Story, browser: Scanner) -> None:
    """So that the tests above would notice if the browser pressed nothing."""
    story.at("awaiting_rsau")
    with served(story.app) as web:
        browser.open(web + link_of(story, "rsau_chair"))
        browser.script("document.querySelector('input[type=radio][value=approve]').click()")
        browser.script(f"document.querySelector('input[name=control]').value = '{DIGITS}'")
        browser.script("document.querySelector('form[method=post] button').click()")
        browser.loaded()
        assert "Du gav klartecken" in browser.script("document.body.innerText") or story.asked_of(KEY)
    assert story.asked_of(KEY) == {"rsau_chair": "approved"}


@pytest.fixture
def in_digest(story: Story) -> Story:
    """The chair reads a digest, and this morning's has come with two requests."""
    story.people(readers("rsau_chair"))
    story.at("awaiting_rsau")
    story.at("awaiting_rsau")
    morning(story, "2020-08-04")
    return story


def digest_link(story: Story, n: int) -> str:
    """The path of the n-th link of the digest, as the worker fills it in."""
    (mail,) = [m for m in digests(story) if m["address"].startswith("rsau_chair@")]
    secret = mime.link_tag(story.app.keys, mail["key_id"], f"{mail['message_id']}.{n}")
    return f"/b/{secret}"


def number_of(story: Story, link: str) -> str:
    """The diary number of the case that the link is for; the page does not show it."""
    c, t = models.cases.c, models.tokens.c
    query = select(c.register_no).join(models.tokens, t.case_id == c.id)
    with db.reading(story.app.engine) as conn:
        return str(conn.execute(query.where(t.sha256 == tokens.digest(link.removeprefix("/b/")))).scalar_one())


def answers(story: Story) -> dict[str, str]:
    """Each case's number, and how its request stands."""
    c, a = models.cases.c, models.approvals.c
    query = select(c.register_no, a.state).join(models.approvals, a.case_id == c.id).order_by(c.register_no)
    with db.reading(story.app.engine) as conn:
        return dict(conn.execute(query).tuples().all())


def test_a_request_is_answered_by_its_link_in_the_digest_and_the_other_waits(
    in_digest: Story, browser: Scanner
) -> None:
    link = digest_link(in_digest, 0)
    with served(in_digest.app) as web:
        browser.open(web + link)
        browser.presses_everything("0000", choose=True, submit=True)
        assert set(answers(in_digest).values()) == {"pending"}, "pressing everything decides nothing here either"
        browser.open(f"{web}{link}?lang=sv")
        number = number_of(in_digest, link)
        browser.script("document.querySelector('input[type=radio][value=approve]').click()")
        browser.script(f"document.querySelector('input[name=control]').value = '{number[-4:]}'")
        browser.script("document.querySelector('form[method=post] button').click()")
        browser.loaded()
        assert "Gav klartecken" in browser.script("document.body.innerText")
    found = answers(in_digest)
    assert found.pop(number) == "approved"
    assert list(found.values()) == ["pending"]
