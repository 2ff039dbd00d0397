"""Somebody who has never seen the program opens the demonstration: no manual, only what the pages say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from arende import db
from arende.app import App
from arende.demo import play, waiting
from arende.settings import Settings
from arende.web import create_app
from browser import chromium, tab
from served import served
from webday import press, says


@pytest.fixture
def demonstration(sqlite_template: Path, tmp_path: Path) -> Iterator[App]:
    """What ``make run`` ends with: two cases of today that wait for their chairs."""
    shutil.copyfile(sqlite_template, tmp_path / "arende.sqlite")
    app = play.open_fresh(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/arende.sqlite"))
    waiting.play(app, lambda _: None)
    yield app
    app.engine.dispose()


@pytest.fixture
def visitor(demonstration: App) -> TestClient:
    return TestClient(create_app(demonstration), base_url="http://127.0.0.1")


def test_the_first_page_names_what_waits_and_for_whom_it_does(visitor: TestClient) -> None:
    text = visitor.get("/").text
    begin = text[text.index('id="begin"') : text.index("</section>")]
    assert waiting.TITLES[waiting.CLEARANCE] in begin
    assert "väntar på RSAU:s ordförande" in " ".join(begin.split())


def test_a_case_waits_for_whoever_has_been_asked_until_they_have_answered(visitor: TestClient) -> None:
    assert "Ärendet väntar på RSAU:s ordförande." in visitor.get("/cases/RS260001").text


def test_signing_in_from_a_case_offers_first_whom_it_waits_for(visitor: TestClient) -> None:
    text = visitor.get("/sign-in?next=/cases/RS260001").text
    assert text.index("RS260001 väntar på") < text.index('value="rsau_chair"') < text.index('value="rsau_secretary"')
    assert text.index('value="rsau_secretary"') < text.index("Eller någon annan") < text.index('value="officer"')
    assert text.index("Ledamöter och ersättare (") < text.index('value="rs_m1"')


def test_an_installation_that_is_no_demonstration_tells_nobody_what_waits(demonstration: App) -> None:
    with db.writing(demonstration.engine) as conn:
        conn.exec_driver_sql("UPDATE authority SET data = '{}'")
    browser = TestClient(create_app(demonstration), base_url="http://127.0.0.1")
    assert "rsau_chair" not in browser.get("/sign-in?next=/cases/RS260001").text
    assert browser.get("/", follow_redirects=False).status_code == 303


@pytest.mark.slow
@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_stranger_finds_the_declaration_sees_why_it_waits_and_moves_it_on(demonstration: App, look: str) -> None:
    with served(demonstration) as address, chromium() as browser, tab(browser, address, look) as visit:
        visit.open("/")
        assert visit.faults() == []
        press(visit, waiting.TITLES[waiting.SIGNATURE])
        says(visit, "Ärendet väntar på Regionstyrelsens ordförande.")
        press(visit, "Logga in för att se vad du kan göra.")
        assert visit.faults() == []
        visit.page.get_by_role("button", name="Regionstyrelsens ordförande").first.click()
        press(visit, "Svara: Underskrift")
        visit.page.check("input[name=decision][value=approve]")
        press(visit, "Skicka svaret")
        says(visit, "Undertecknad")
        assert visit.faults() == []
