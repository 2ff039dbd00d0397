"""A day before the browser: somebody signs in and presses what is on the pages, and each of these has to be well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Browser, FilePayload
from sqlalchemy import update

from arende import db, models
from arende.actors import actor
from arende.app import App
from arende.usecases import sessions
from arende.usecases.promises import keep
from browser import Visit, tab
from handclock import STOCKHOLM, VirtualClock

CASE = "/cases/RS200001"
"""The first case of a site."""
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


def approved(day: Day, who: str) -> None:
    """Whoever was asked for the decision gives it, and what it leads to is carried out."""
    with day.person(who) as visit:
        answer(visit)
    keep(day.app)


def handed_over(site: App) -> None:
    """As if every mail had been handed over."""
    with db.writing(site.engine) as conn:
        conn.execute(update(models.outbox).where(models.outbox.c.state == "queued").values(state="sent"))


def registered(visit: Visit, kind: str, title: str, **fields: str) -> None:
    """A new case of the kind, first without its title."""
    visit.open("/cases/new")
    press(visit, kind)
    refused(visit, "Registrera ärendet", "Rubrik")
    visit.page.fill("#title", title)
    fill(visit, fields)
    press(visit, "Registrera ärendet")
    says(visit, "har fått diarienummer RS200001")


def fill(visit: Visit, fields: dict[str, str]) -> None:
    """Each field by its kind."""
    for name, value in fields.items():
        found = visit.page.locator(f"[name={name}]").first
        if found.get_attribute("type") in ("radio", "checkbox"):
            for one in value.split(","):
                visit.page.check(f"input[name={name}][value={one}]")
        elif found.evaluate("e => e.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)


def step_with(visit: Visit, words: str, **fields: str) -> None:
    """The step, with what its form asks for."""
    press(visit, words)
    fill(visit, fields)
    press(visit, words)


def wrong_with(visit: Visit, words: str, why: str, **fields: str) -> None:
    """The step is refused with why."""
    press(visit, words)
    fill(visit, fields)
    refused(visit, words, why)


def filed(visit: Visit, key: str) -> None:
    """A document of the kind is filed."""
    press(visit, "Lägg till en handling")
    visit.page.select_option("#kind", key)
    file = FilePayload(name=f"{key}.md", mimeType="text/markdown", buffer=b"# Text\n\nOrd.\n")
    visit.page.set_input_files("input[type=file]", file)
    press(visit, "Lägg till")
    says(visit, "Handlingen är tillagd.")
