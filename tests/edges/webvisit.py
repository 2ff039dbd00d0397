"""Pages as a person who has signed in meets them, without a browser: forms are found on the page and sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from arende import db
from arende.actors import actor
from arende.app import App
from arende.usecases import sessions
from arende.web import create_app

Enter = Callable[[str], TestClient]


@contextmanager
def entering(app: App) -> Iterator[Enter]:
    """Gives what opens a browser in which somebody has signed in."""
    opened: list[TestClient] = []

    def entered(who: str) -> TestClient:
        opened.append(TestClient(create_app(app), base_url="http://127.0.0.1", follow_redirects=False))
        if who:
            with db.reading(app.engine) as conn:
                opened[-1].cookies.set("arende", sessions.begin(app, actor(conn, who), "demo"))
        return opened[-1]

    yield entered
    for browser in opened:
        browser.close()


def hidden(browser: TestClient, page: str) -> dict[str, str]:
    """What the page's first form carries unseen."""
    text = browser.get(page).text
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', text) for name in ("csrf", "command")}
    return {name: match[1] for name, match in found.items() if match}


def send(browser: TestClient, page: str, action: str = "", files: Any = None, **fields: str) -> Any:
    """Fill in the page's form and send it to ``action``, or to the page itself."""
    return browser.post(action or page, data={**hidden(browser, page), **fields}, files=files)
