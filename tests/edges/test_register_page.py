"""The register's page and file: the search stands in the address, and nothing secret comes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient
from webvisit import entering, send

import webstory
from arende.app import App
from arende.sheetfile import harmless, xlsx
from arende.web import create_app


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("register"))
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def browser(site: App) -> Iterator[TestClient]:
    """Somebody who has not signed in, in a demonstration, where anybody reads."""
    with TestClient(create_app(site), base_url="http://127.0.0.1") as client:
        yield client


def test_the_address_holds_the_search(browser: TestClient) -> None:
    page = browser.get("/register?q=fysisk+planering&state=closed&lang=sv")
    assert page.status_code == 200
    assert 'value="fysisk planering"' in page.text
    assert '<option value="closed" selected>' in page.text
    assert "/cases/RS200001" in page.text
    assert "/register.csv?q=fysisk+planering&amp;state=closed&amp;lang=sv" in page.text
    assert "/cases/RS200001" not in browser.get("/register?q=fysisk&open=1").text


def test_nothing_secret_is_on_the_page_or_in_the_file(browser: TestClient) -> None:
    for address in ("/register", "/register?q=Hemlig", "/register?q=beredskaps*", "/register?q=RS230002"):
        assert webstory.SECRET not in browser.get(address).text
        assert webstory.SECRET not in browser.get(address.replace("/register", "/register.csv")).text


def test_a_day_that_is_none_is_told_and_what_was_typed_is_kept(browser: TestClient) -> None:
    page = browser.get("/register?q=bro&from=x&lang=sv")
    assert page.status_code == 422
    assert "är ingen dag" in page.text
    assert 'value="bro"' in page.text


def test_the_file_is_for_swedish_spreadsheets_and_runs_nothing(browser: TestClient) -> None:
    answer = browser.get("/register.csv?lang=sv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Diarienummer", "Registrerat", "Rubrik"]
    assert [r[2] for r in rows if r[0] == "RS230001"] == [webstory.HOSTILE]
    assert [harmless(v) for v in ("=1+1", "@SUM(A1)", "-1", "Bro")] == ["'=1+1", "'@SUM(A1)", "'-1", "Bro"]


def test_the_spreadsheet_has_days_text_and_no_formula(browser: TestClient) -> None:
    answer = browser.get("/register.xlsx?lang=sv")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["Diarienummer", "Registrerat", "Rubrik"]
    assert [r[2] for r in rows if r[0] == "RS230001"] == [webstory.HOSTILE]
    assert isinstance(rows[1][1], datetime)
    assert webstory.SECRET not in str(rows)
    made = openpyxl.load_workbook(io.BytesIO(xlsx("a/b", ["x"], [["=1+1"], ["\x07@SUM(A1)"], [date(2026, 3, 31)]])))
    cells = [row[0] for row in made.worksheets[0].iter_rows(min_row=2)]
    assert [(c.value, c.data_type) for c in cells[:2]] == [("'=1+1", "s"), (" @SUM(A1)", "s")]


def test_a_search_is_saved_shared_opened_and_taken_away(site: App) -> None:
    with entering(site) as enter:
        registrar, officer = enter("registrar"), enter("officer")
        told = send(
            registrar,
            "/register?q=fysisk",
            "/register/saved",
            q="fysisk",
            called="Planer & <b>",
            shared_with="registrar",
        )
        assert (told.status_code, told.headers["location"]) == (303, "/register?q=fysisk&done=save_search")
        page = registrar.get("/register?lang=sv").text
        assert "Planer &amp; &lt;b&gt;" in page
        assert "/register?q=fysisk&amp;lang=sv" in page
        assert "Planer &amp;" not in officer.get("/register").text
        wrong = send(officer, "/register?q=bro", "/register/saved", q="bro", called="x", shared_with="registrar")
        assert wrong.status_code == 422
        assert "uppdrag som du själv har" in wrong.text
        gone = send(registrar, "/register", "/register/forgotten", called="Planer & <b>")
        assert gone.status_code == 303
        assert "Planer &amp;" not in registrar.get("/register").text
