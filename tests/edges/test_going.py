"""Where to go: one list of pages, cases and acts, as a page and – with a script – over any page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from test_acting import Browser, words

import meetingstory
import webstory
from arende import db
from arende.actors import actor
from arende.app import App
from arende.commands import RegisterCase
from arende.deskcommands import ChooseShortcuts
from arende.usecases import sessions
from browser import chromium, tab
from served import served

SECRET = "Hemlig rubrik om skyddsrum"


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("going"))
    meetingstory.play(app)
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def officer(app: App) -> Browser:
    return Browser(app, "officer")


def places(browser: Browser, address: str) -> dict[str, str]:
    """What is offered: words → address."""
    main = browser.read(address).split("<main")[1]
    return {words: href for href, words in re.findall(r'<li data-row><a href="([^"]+)">([^<]+)</a>', main)}


def test_every_place_that_is_offered_is_there_and_may_be_opened(app: App) -> None:
    for who in ("officer", "registrar", "administrator", "rsau_secretary"):
        browser = Browser(app, who)
        for address in ("/go?case=RS230001", "/go?case=MRSAU230002"):
            found = places(browser, address)
            assert len(found) > 10
            for href in found.values():
                assert href == "/mail" or browser.http.get(href).status_code == 200, (who, href)


def test_what_the_case_at_hand_allows_comes_first(app: App, officer: Browser) -> None:
    found = places(officer, "/go?case=RS230001")
    assert found["Skriv en anteckning"] == "/cases/RS230001/do/note"
    assert next(iter(found.values())).startswith("/cases/RS230001/step/")
    assert "/step/" not in " ".join(places(Browser(app, "krf_secretary"), "/go?case=RS230001").values())
    assert "Makulera numret" in places(Browser(app, "registrar"), "/go?case=RS230001")
    assert "Makulera numret" not in found
    assert any(
        "/meetings/MRSAU230003/do/" in h
        for h in places(Browser(app, "rsau_secretary"), "/go?case=MRSAU230003").values()
    )


def test_words_find_places_and_lead_on_to_the_register(officer: Browser) -> None:
    assert list(places(officer, "/go?case=RS230001&q=anteck+SKRIV").values()) == ["/cases/RS230001/do/note"]
    assert list(places(officer, "/go?q=nytt+ärende+avsikt").values()) == ["/cases/new/declaration_of_intent"]
    shown = officer.read("/go?q=rs+200001")
    assert '<a href="/cases/RS200001">Öppna RS200001</a>' in shown
    assert '<a href="/register?q=rs+200001">' in shown
    assert "Inget här heter så." in words(officer.read("/go?q=xyzzy"))


def test_administrators_pages_and_the_registrars_are_offered_to_them_alone(app: App, officer: Browser) -> None:
    assert not {"/admin/keys", "/tray", "/tray/post"} & set(places(officer, "/go").values())
    assert "/admin/keys" in places(Browser(app, "administrator"), "/go").values()
    assert "/tray/post" in places(Browser(app, "registrar"), "/go").values()


def test_a_secret_case_is_not_told_to_whoever_has_nothing_to_do_with_it(app: App, officer: Browser) -> None:
    number = app.do(RegisterCase(actor="officer", type=webstory.TYPE, title=SECRET, secrecy=True)).register_no
    stranger = Browser(app, "krf_secretary")
    shown = stranger.read(f"/go?case={number}")
    assert "I ärendet" not in shown
    assert SECRET not in shown
    assert f"{number} {SECRET}" in places(officer, f"/go?case={number}")
    for odd in ("RS990001", "x", "%00", "'--"):
        assert "I ärendet" not in stranger.read(f"/go?case={odd}")


def test_a_page_about_a_case_leads_to_the_list_with_its_acts(officer: Browser) -> None:
    for path in ("/cases/RS230001", "/cases/RS230001/do/note"):
        assert 'href="/go?case=RS230001"' in officer.read(path)
    assert 'href="/go"' in officer.read("/cases/new")


# ---------------------------------------------------------------- in a browser


def _cookie(app: App, who: str) -> list[dict[str, str]]:
    with db.reading(app.engine) as conn:
        person = actor(conn, who)
    return [{"name": "arende", "value": sessions.begin(app, person, "demo"), "domain": "127.0.0.1", "path": "/"}]


def _marked(page: Page) -> str:
    """What a screen reader says is chosen."""
    found = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent"
    )
    return str(found or "")


@pytest.mark.slow
def test_the_palette_is_opened_searched_and_followed_by_keys_alone_and_can_be_turned_off(app: App) -> None:
    with served(app) as address, chromium() as browser:
        with tab(browser, address, "light", _cookie(app, "officer")) as visit:
            page = visit.page
            visit.open("/cases/RS230001")
            page.keyboard.press("Control+k")
            page.wait_for_selector("#palette-list [role=option]")
            page.keyboard.type("skriv anteck")
            assert _marked(page) == "Skriv en anteckning"
            page.keyboard.press("ArrowDown")
            assert _marked(page) == "Sök i diariet: skriv anteck"
            page.keyboard.press("ArrowDown")
            assert _marked(page) == "Skriv en anteckning"
            assert visit.faults() == []
            page.keyboard.press("Escape")
            assert not page.is_visible("#palette")
            page.keyboard.press("/")
            page.wait_for_selector("#palette-list [role=option]")
            page.keyboard.type("skriv en anteck")
            page.keyboard.press("Enter")
            page.wait_for_url("**/cases/RS230001/do/note")
            app.do(ChooseShortcuts(actor="officer", used=False))
            visit.open("/cases/RS230001")
            for key in ("Control+k", "/", "?", "j"):
                page.keyboard.press(key)
            assert not page.is_visible("dialog")
            assert page.evaluate("document.activeElement === document.body")
            page.click("#go")
            page.wait_for_selector("#palette-list [role=option]")
        with tab(browser, address, "phone", _cookie(app, "officer2")) as visit:
            visit.open("/cases")
            visit.page.click("#go")
            visit.page.fill("#palette-words", "nytt ärende skrivelse")
            visit.page.click("#palette-list [role=option]")
            visit.page.wait_for_url("**/cases/new/letter")
        with tab(browser, address, "phone", _cookie(app, "officer2"), scripts=False) as visit:
            visit.open("/cases/RS230001")
            visit.page.click("#go")
            visit.page.fill("#q", "anteckning")
            visit.page.click("main form button")
            visit.page.click("text=Skriv en anteckning")
            assert visit.page.url.endswith("/cases/RS230001/do/note")
