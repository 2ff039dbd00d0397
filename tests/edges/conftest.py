"""A real browser, and a house in which all have their seats and nothing has happened yet: for its people's days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import webstory
from arende.app import App
from browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for the tests of a file."""
    with chromium() as found:
        yield found


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[App]:
    """The house."""
    app = webstory.seated(sqlite_template, tmp_path)
    yield app
    app.engine.dispose()
