"""A chair with a mail in the hand: the link as it was sent, and a browser on the page behind it."""

from __future__ import annotations

import re
import threading
from typing import Any

from httpx import Response
from starlette.testclient import TestClient
from story import Row, Story

from arende import commands, mime, models
from arende.errors import Refused
from arende.usecases import tokens
from arende.web import create_app

DIGITS = "0001"
"""The last four digits of the first case of a story."""


def link_of(story: Story, who: str, n: int = -1) -> str:
    """The path of the link in a mail about a request: of the latest, as the worker would fill it in."""
    mail = [m for m in story.rows(models.outbox, kind="approval") if m["address"].startswith(f"{who}@")][n]
    return f"/b/{mime.link_tag(story.app.keys, mail['key_id'], mail['message_id'])}"


def regret_of(story: Story, n: int = -1) -> str:
    """The path of the link in a receipt to take the answer back, as the worker would fill it in."""
    mail = story.rows(models.outbox, kind="receipt")[n]
    assert mime.LINK in mail["text"]
    return f"/b/{mime.withdraw_tag(story.app.keys, mail['key_id'], mail['message_id'])}"


def token_of(story: Story, path: str) -> Row:
    (row,) = story.rows(models.tokens, sha256=tokens.digest(path.removeprefix("/b/")))
    return row


class Phone:
    """A browser without scripts. ``form`` is what the page holds: nothing chosen, nothing typed."""

    def __init__(self, story: Story, lang: str = "sv") -> None:
        self.http = TestClient(
            create_app(story.app),
            base_url="http://127.0.0.1",
            headers={"accept-language": lang},
            follow_redirects=False,
        )

    def open(self, path: str) -> Response:
        return self.http.get(path)

    def form(self, path: str) -> dict[str, str]:
        return fields(self.open(path).text)

    def send(self, path: str, **given: Any) -> Response:
        """Read the page, fill in and send."""
        return self.http.post(path, data=self.form(path) | given)

    def answer(self, path: str, decision: str, comment: str = "", control: str = DIGITS) -> Response:
        return self.send(path, decision=decision, comment=comment, control=control)


def fields(html: str) -> dict[str, str]:
    """What a script would send by pressing the button: hidden fields, checked radios, empty texts."""
    form = re.search(r"<form.*?</form>", html, re.DOTALL)
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", form[0] if form else ""):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or " checked" in tag):
            found[name[1]] = value[1] if value else ""
    return found


def at_once(story: Story, *orders: commands.Command) -> list[str]:
    """Both at the same instant; what each was told: ``done`` or the sentences."""
    said, barrier = ["?"] * len(orders), threading.Barrier(len(orders))

    def one(n: int) -> None:
        barrier.wait()
        try:
            story.app.do(orders[n])
            said[n] = "done"
        except Refused as e:
            said[n] = " ".join(e.told("sv"))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(orders))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return said
