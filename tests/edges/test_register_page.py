"""The register's page and file: the search stands in the address, and nothing secret comes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import webstory
from arende.web import create_app
from arende.web.register import harmless


@pytest.fixture(scope="module")
def browser(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody who has not signed in, in a demonstration, where anybody reads."""
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("register"))
    with TestClient(create_app(app), base_url="http://127.0.0.1") as client:
        yield client
    app.engine.dispose()


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
