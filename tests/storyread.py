"""Reads a played story on the web from beginning to end, as one who has signed in and as anybody outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sqlalchemy import select
from starlette.testclient import TestClient

from arende import db, models
from arende.actors import actor
from arende.app import App
from arende.usecases import sessions
from arende.web import create_app

STARTS = ("/", "/cases", "/register", "/meetings", "/plans", "/notices", "/public", "/calendars")
"""Where a reader begins; the pages of every case come with them."""
FOLLOWED = re.compile(r"/(cases|meetings|plans|public|mail)/[^?]+$")
"""The pages of the story itself: what they link to is opened, too."""
FORMS = re.compile(r"/(do|step)/|/new$|/(attend|vote|outcome|roll-call|from-minutes)$|^/sign-in|^/cases/new")
"""Pages for doing, not for reading."""
ENGLISH = re.compile(
    r"\b(the|and|with|from the|has been|was|closed|opened|approved|rejected|None|null|undefined|True|False|error)\b"
)
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\{\{|\}\}|\{%|&lt;[a-z]")
"""A key, or a template that was not filled in, where words should be."""
BEGINNINGS = {"application/pdf": b"%PDF-", "application/zip": b"PK", "text/calendar": b"BEGIN:VCALENDAR"}
"""How a file of each kind begins."""


VOID = {"br", "img", "input", "meta", "link", "hr", "source", "wbr"}
"""Elements without an end."""
QUOTED = ("Sustainable cities and communities",)
"""English that the sources themselves have."""


class Words(HTMLParser):
    """The words of a page in its language, and the addresses it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link; go past what is no text of the page's own."""
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        foreign = tag in ("script", "style", "code", "svg") or given.get("lang") == "en"
        if (self._skipped or foreign) and tag not in VOID:
            self._skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave what is gone past."""
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        """A piece of text."""
        if not self._skipped and data.strip():
            self.words.append(" ".join(data.split()))


@dataclass
class Reading:
    """What one reader has opened, and everything that was wrong with it."""

    browser: TestClient
    opened: dict[str, str] = field(default_factory=dict)
    """Address → its kind."""
    wrong: list[str] = field(default_factory=list)

    def read(self, *starts: str) -> None:
        """Open the pages, and what is linked from those of the story."""
        ahead = list(starts)
        while ahead:
            path = ahead.pop(0)
            if path not in self.opened:
                ahead += self._open(path)

    def _open(self, path: str) -> list[str]:
        answer = self.browser.get(path)
        kind = answer.headers.get("content-type", "").split(";")[0]
        self.opened[path] = kind
        if answer.status_code != 200:
            self.wrong.append(f"{path}: {answer.status_code}")
            return []
        if kind != "text/html":
            if not answer.content.startswith(BEGINNINGS.get(kind, b"")) or not answer.content:
                self.wrong.append(f"{path}: no {kind}")
            return []
        page = Words()
        page.feed(answer.text)
        self.wrong += [f"{path}: {fault}" for fault in _unswedish(answer.text, page.words)]
        return list(_ours(page.links)) if path in STARTS or FOLLOWED.match(path) else []


def _unswedish(text: str, words: list[str]) -> Iterator[str]:
    if '<html lang="sv"' not in text:
        yield "is not said to be Swedish"
    for piece in words:
        if ENGLISH.search(piece) and not any(quoted in piece for quoted in QUOTED):
            yield f"English? {piece[:120]}"
        if CODE.search(re.sub(r"\S+@\S+|\S+\.\w{2,5}\b|https?://\S+", "", piece)):
            yield f"a code: {piece[:120]}"


def _ours(links: list[str]) -> Iterator[str]:
    for link in links:
        path = link.split("#")[0]
        if path.startswith("/") and not FORMS.search(path) and "lang=" not in path:
            yield path


def read(app: App, who: str = "") -> Reading:
    """Everything that a story has on the web, read by a person of it, or by anybody."""
    browser = TestClient(create_app(app), base_url="http://127.0.0.1", headers={"accept-language": "sv"})
    with browser, db.reading(app.engine) as conn:
        if who:
            browser.cookies.set("arende", sessions.begin(app, actor(conn, who), "demo"))
        numbers = conn.execute(select(models.cases.c.register_no)).scalars().all()
    found = Reading(browser)
    found.read(*STARTS, *(f"/cases/{n}" for n in numbers))
    return found
