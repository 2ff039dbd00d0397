"""Machines that open links: they read what they like, run scripts, press every button – and decide nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from links import DIGITS, link_of, token_of
from scanner import NoBrowser, Scanner, scanner, served
from story import Story

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
