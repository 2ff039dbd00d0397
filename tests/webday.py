"""A day before the browser: somebody signs in and presses what is on the pages, and each of these has to be well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Browser

from arende import db
from arende.actors import actor
from arende.app import App
from arende.usecases import sessions
from browser import Visit, tab
from handclock import STOCKHOLM, VirtualClock

MOST_TABS = 120
"""Places on a page that the Tab key is tried for."""


@dataclass
class Day:
    """A site, its clock, and whoever sits before the browser."""

    app: App
    browser: Browser
    address: str
    look: str = "light"
    scripts: bool = True
    judged: bool = True
    """Whether axe looks at the page on which each leaves."""

    def at(self, moment: str) -> None:
        """It is this time in Stockholm now."""
        clock = self.app.clock
        assert isinstance(clock, VirtualClock)
        clock.now = datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)

    @contextmanager
    def person(self, key: str) -> Iterator[Visit]:
        """A tab in which the person has signed in; with nobody's key, whoever comes."""
        cookies = []
        if key:
            with db.reading(self.app.engine) as conn:
                raw = sessions.begin(self.app, actor(conn, key), "demo")
            cookies = [{"name": "arende", "value": raw, "domain": "127.0.0.1", "path": "/"}]
        with tab(self.browser, self.address, self.look, cookies, scripts=self.scripts) as visit:
            yield visit
            assert visit.faults(judged=self.scripts and self.judged) == []


def press(visit: Visit, words: str) -> None:
    """The first button or link of these words."""
    _click(visit, words)
    assert visit.faults(judged=False) == [], visit.page.url


def _click(visit: Visit, words: str) -> None:
    named = re.compile(rf"^{re.escape(words)}( …| ?: .+)?$")
    page = visit.page
    page.get_by_role("button", name=named).or_(page.get_by_role("link", name=named)).first.click()
    page.wait_for_load_state("load")


def refused(visit: Visit, words: str, why: str) -> None:
    """The button is pressed, and the page says why not. The browser's own word of the refusal is no fault."""
    _click(visit, words)
    says(visit, why)
    assert all("Failed to load resource" in fault for fault in visit.faults(judged=False)), visit.wrong
    visit.wrong.clear()


def step(visit: Visit, words: str) -> None:
    """A step: its button, and the button of its form."""
    press(visit, words)
    press(visit, words)


def says(visit: Visit, words: str) -> None:
    """That the page says so."""
    assert words in " ".join(visit.page.inner_text("main").split()), visit.page.inner_text("main")[:1500]


def answer(visit: Visit) -> None:
    """What waits in the inbox is answered with a yes."""
    visit.open("/")
    press(visit, "Svara")
    visit.page.check("input[name=decision][value=approve]")
    press(visit, "Skicka svaret")


def tab_to(visit: Visit, selector: str) -> None:
    """The Tab key until the element has the focus, as somebody without a mouse goes there."""
    for _ in range(MOST_TABS):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector} by the Tab key")
