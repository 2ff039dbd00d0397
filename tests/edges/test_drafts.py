"""Drafts: nothing that was typed is lost, nobody else reads it, and it goes when it has been sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from test_acting import Browser, words

import webstory
from arende import db, queries
from arende.actors import actor
from arende.app import App
from arende.persontables import drafts as table
from arende.usecases import sessions
from browser import chromium, tab
from served import served

NEW = "/cases/new/declaration_of_intent"
NOTE = "/cases/RS230001/do/note"
TEXT = 'Två rader\noch ett "citat" <b>å'


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("drafts"))
    yield app
    app.engine.dispose()


@pytest.fixture
def officer(app: App) -> Browser:
    with db.writing(app.engine) as conn:
        conn.execute(table.delete())
    return Browser(app, "officer")


def typed(browser: Browser, place: str, code: int = 204, **fields: str) -> Any:
    """What a script sends while somebody writes."""
    answer = browser.http.post("/drafts", data={"csrf": browser.csrf, "_place": place, **fields})
    assert answer.status_code == code, answer.text
    return answer


def how_many(app: App) -> int:
    with db.reading(app.engine) as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


# ---------------------------------------------------------------- without a script


def test_a_new_case_that_was_refused_is_found_again_and_goes_when_it_is_registered(app: App, officer: Browser) -> None:
    officer.send(NEW, 422, title="", officer="officer2", secrecy="true", background="x")
    officer.send(NEW, 422, title="Om kustleden " * 40)
    again = officer.read(NEW)
    assert f'value="{"Om kustleden " * 40}"' in again
    assert "Det är inte skickat." in again
    assert "Du har ett utkast från" in officer.read("/cases/new")
    assert officer.send(NEW, title="Om kustleden", officer="officer", secrecy="false").startswith("/cases/RS")
    assert "Det är inte skickat." not in officer.read(NEW)
    assert how_many(app) == 0


def test_an_act_that_was_refused_is_found_again_for_that_act_alone(app: App, officer: Browser) -> None:
    place = "/cases/RS230001/do/relate"
    officer.send(place, 422, kind="", other=TEXT)
    assert "Två rader" in officer.read(f"{place}?lang=en")
    assert "Två rader" not in officer.read("/cases/RS230001/do/remind")
    assert officer.send("/drafts/discard", hidden={"_place": place}) == place
    assert "Två rader" not in officer.read(place)


# ---------------------------------------------------------------- while one writes


def test_what_is_being_written_is_there_on_return_and_for_nobody_else(app: App, officer: Browser) -> None:
    typed(officer, NOTE, text=TEXT, command=str(uuid4()), version="3")
    assert "Två rader\noch ett &#34;citat&#34; &lt;b&gt;å</textarea>" in officer.read(NOTE)
    assert "Två rader" in Browser(app, "officer").read(NOTE), "another browser of the same person"
    for other in ("officer2", "registrar", "administrator"):
        assert "Två rader" not in Browser(app, other).read(NOTE)
        assert Browser(app, other).send("/drafts/discard", hidden={"_place": NOTE}) == NOTE
    assert "Två rader" in officer.read(NOTE)
    typed(officer, NOTE, text=" \n")
    assert how_many(app) == 0, "all of it was wiped"


def test_letters_that_come_after_the_form_was_taken_do_not_bring_the_draft_back(app: App, officer: Browser) -> None:
    hidden = officer.form(NOTE)
    typed(officer, NOTE, text="Klart", command=hidden["command"])
    officer.send(NOTE, hidden=hidden, text="Klart.")
    typed(officer, NOTE, text="Klart", command=hidden["command"])
    assert how_many(app) == 0


@pytest.mark.parametrize("place", ["", "/me", "//evil.example/cases/", "https://evil.example/", "/cases/" + "x" * 300])
def test_a_draft_is_of_a_form_of_ours_and_leads_nowhere_else(app: App, officer: Browser, place: str) -> None:
    typed(officer, place, 422, text="x")
    where = officer.http.post("/drafts/discard", data={"csrf": officer.csrf, "_place": place})
    assert where.headers.get("location", "/cases/").startswith("/cases/")
    assert how_many(app) == 0


def test_a_draft_without_the_pages_own_token_is_not_taken(app: App, officer: Browser) -> None:
    assert officer.http.post("/drafts", data={"_place": NOTE, "text": "x"}).status_code == 403
    assert how_many(app) == 0


# ---------------------------------------------------------------- all of them


def test_what_somebody_has_begun_is_listed_in_the_inbox_and_can_be_thrown_away_there(
    app: App, officer: Browser
) -> None:
    for place in (NEW, NOTE, "/cases/RS230001/documents/new", "/cases/RS230001/step/put_on_hold"):
        typed(officer, place, text=TEXT)
    page = officer.read("/")
    begun = words(page.split('id="begun"')[1].split("</section>")[0])
    for what in ("Nytt ärende", "Avsiktsförklaring", "Skriv en arbetsanteckning", "Lägg till en handling", "RS230001"):
        assert what in begun, begun
    assert TEXT not in page, "the words themselves are for the form"
    assert f'href="{NOTE}"' in page
    assert "Påbörjat" not in Browser(app, "officer2").read("/")
    assert officer.send("/drafts/discard", hidden={"_place": NOTE, "_list": "yes"}) == "/#begun"
    assert f'href="{NOTE}"' not in officer.read("/")


def test_a_draft_in_a_case_that_may_not_be_seen_any_more_tells_its_number_alone(app: App) -> None:
    with db.reading(app.engine) as conn:
        secret = next(r["register_no"] for r in queries.cases(conn) if r["title"] == webstory.SECRET)
    other = Browser(app, "officer2")
    typed(other, f"/cases/{secret}/do/note", text="x")
    page = other.read("/")
    assert webstory.SECRET not in page
    assert f'href="/cases/{secret}' not in page
    assert "Går inte att skicka längre" in words(page)


# ---------------------------------------------------------------- in a browser


@pytest.mark.slow
def test_a_person_who_is_signed_out_while_writing_goes_on_where_they_were(app: App, officer: Browser) -> None:
    with db.reading(app.engine) as conn:
        person = actor(conn, "officer")

    def cookie() -> list[Any]:
        return [{"name": "arende", "value": sessions.begin(app, person, "demo"), "domain": "127.0.0.1", "path": "/"}]

    with served(app) as address, chromium() as browser, tab(browser, address, "light", cookie()) as visit:
        page = visit.page
        visit.open(NEW)
        page.fill("#title", "Om kustl")
        page.get_by_text("Utkastet är sparat.").wait_for()
        assert visit.faults() == []
        page.fill("#title", "Om kustleden")
        visit.open("/cases")  # before the pause is over: it is sent as the page is left
        visit.open(NEW)
        assert page.input_value("#title") == "Om kustleden"
        assert visit.faults() == []
        page.context.clear_cookies()
        page.fill("#title", "Om kustleden och nattågen")
        page.get_by_text("Utkastet kunde inte sparas.").wait_for()
        page.context.add_cookies(cookie())
        page.press("#title", "!")
        page.click("form[data-draft] button[type=submit]")
        page.get_by_text(re.compile("Kontrollera och skicka igen")).first.wait_for()
        page.click("main button[type=submit]")
        page.get_by_text("Om kustleden och nattågen").first.wait_for()
        assert how_many(app) == 0


def test_the_words_of_a_draft_are_swedish(officer: Browser) -> None:
    typed(officer, NOTE, text="x")
    assert "Det här började du skriva" in words(officer.read(NOTE))
