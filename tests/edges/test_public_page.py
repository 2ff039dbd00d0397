"""The public register: read by anybody, with nothing secret, unchecked or personal in it, and not all too often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import webstory
from arende import db, intake, queries
from arende.app import App
from arende.commands import CheckRecord, TriageMail
from arende.web import create_app, public

SUBJECT = "Anmälan mot grannen Bo Ask"


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With one case more, that a stranger's mail has opened and nobody has checked."""
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("public"))
    mail = webstory.receive(app, webstory.STRANGER.replace("<tray@", "<opens@"))
    app.do(TriageMail(actor="registrar", inbound=mail, action="new", type=webstory.TYPE, title=SUBJECT,
                      records=intake.parts(app, mail)))  # fmt: skip
    yield app
    app.engine.dispose()


@pytest.fixture
def browser(site: App) -> Iterator[TestClient]:
    with TestClient(create_app(site), base_url="http://127.0.0.1") as client:
        yield client


def test_anybody_reads_what_is_public(browser: TestClient) -> None:
    assert "/public/RS200001" in browser.get("/public").text
    assert "/public/RS200001" in browser.get("/public?q=fysisk+planering").text
    case = browser.get("/public/RS200001?lang=sv").text
    assert "Offentliga handlingar" in case
    assert "Registrerat" in case


@pytest.mark.parametrize("path", ["/public", "/public?q=Hemlig", "/public?q=RS230002", "/public?q=beredskaps*"])
def test_nothing_secret_is_there(browser: TestClient, path: str) -> None:
    page = browser.get(path).text
    assert webstory.SECRET not in page
    assert "/public/RS230002" not in page
    assert browser.get("/public/RS230002").status_code == 404


def test_a_title_that_a_stranger_wrote_waits_for_the_registrar(site: App) -> None:
    with TestClient(create_app(site), base_url="http://127.0.0.1") as browser:
        assert "grannen" not in browser.get("/public").text
        assert "/public/RS230003" not in browser.get("/public?q=grannen").text
        assert browser.get("/public/RS230003").status_code == 404
        site.do(CheckRecord(actor="registrar", register_no="RS230003", record_no=1, access="public"))
        assert SUBJECT in browser.get("/public?q=anmälan").text
        page = browser.get("/public/RS230003").text
        assert SUBJECT in page
        assert "karta.txt" not in page


def test_neither_parties_files_nor_officers_are_searched_or_shown(site: App, browser: TestClient) -> None:
    with db.reading(site.engine) as conn:
        names = [d["name"] for d in queries.documents(conn, queries.case(conn, "RS200001")["id"])]
    page = browser.get("/public/RS200001").text
    assert names
    assert not any(name in page for name in names)
    for asked in ("q=hylte", "q=skrivelse", "party=municipality_hylte&q=hylte"):
        assert "/public/RS200001" not in browser.get(f"/public?{asked}").text


def test_whoever_asks_too_often_is_asked_for_patience(browser: TestClient) -> None:
    answers = [browser.get("/public/RS209999").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
    assert browser.get("/public").headers["retry-after"] == "60"


def test_a_site_publishes_its_register_only_when_it_has_said_so(site: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arende.web.session.Door._ask_house", lambda _self, _conn: public.session.House("Regionen"))
    for published, status in ((False, 404), (True, 200)):
        app = replace(site, settings=site.settings.model_copy(update={"public_register": published}))
        with TestClient(create_app(app), base_url="http://127.0.0.1") as browser:
            assert browser.get("/public").status_code == status


def test_what_makes_no_sense_is_told(browser: TestClient) -> None:
    assert browser.get("/public?from=x").status_code == 422
    assert browser.get("/public/hej").status_code == 404
