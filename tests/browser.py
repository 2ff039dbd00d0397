"""A real browser that looks at our pages: what they ask for, what they complain about, who can use them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

LOOKS: dict[str, tuple[Literal["light", "dark"], int]] = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "phone": ("light", 320),
}
"""Name → (colours, width in pixels)."""
RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""What axe holds the pages against: WCAG 2.2 AA, and more than the law asks."""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""Those of its rules that depend on the colours alone: for a page that has been held against all in other ones."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it the test says what to install, which tests/setup.sh does, and fails in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing = "chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One tab, and everything wrong that it has met."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on(
            "console", lambda m: self.wrong.append(f"console {m.type}: {m.text}") if m.type == "error" else None
        )
        self.page.on("pageerror", lambda e: self.wrong.append(f"script: {e}"))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "about:")):
            self.wrong.append(f"another host: {request.url}")

    def open(self, path: str) -> None:
        """Go to a page of ours."""
        self.page.goto(self.base + path, wait_until="load")

    def faults(self, *, judged: bool = True, rules: dict[str, Any] = RULES) -> list[str]:
        """Everything that is wrong with the page as it is now; ``judged``: axe has a look, too."""
        found = Axe().run(self.page, options=rules).response["violations"] if judged else []
        told = [f"axe {v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"][:3]]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*self.wrong, *told, *([f"{wide} pixels wider than the window"] if wide > 0 else [])]


@contextmanager
def tab(
    browser: Browser, base: str, look: str = "light", cookies: list[Any] | None = None, *, scripts: bool = True
) -> Iterator[Visit]:
    """A tab of its own in one of LOOKS; without ``scripts`` none of the page's own runs."""
    scheme, width = LOOKS[look]
    size = {"width": width, "height": 800}
    context: BrowserContext = browser.new_context(
        color_scheme=scheme, viewport=size, locale="sv-SE", java_script_enabled=scripts
    )  # type: ignore[arg-type]  # a dict of this shape
    try:
        if cookies:
            context.add_cookies(cookies)
        yield Visit(context.new_page(), base)
    finally:
        context.close()
