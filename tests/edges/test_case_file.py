"""A case on paper: everything that its page shows, in one PDF, for those who may see the case."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from test_acting import Browser

import webstory
from arende import db, queries, workdays
from arende.app import App
from arende.search import EVERYTHING
from arende.web import casefile, cases


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("paper"))
    yield app
    app.engine.dispose()


def test_the_paper_tells_the_facts_the_answers_the_records_and_the_history(app: App) -> None:
    answer = Browser(app, "officer").http.get("/cases/RS200001/case.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang) == "sv"
    with db.reading(app.engine) as conn:
        row = queries.case(conn, "RS200001")
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        read = cases.read(conn, row, "sv", workdays.local_day(app.clock()), EVERYTHING)
    words = casefile.letter(app, read, rules).plain()
    for told in ("Avsiktsförklaring om regional fysisk planering", "Halmstads kommun", "Historik", "Handlingar"):
        assert told in words, told
    assert all(n["text"] not in words for n in read.notes)


def test_markup_in_a_title_stays_words(app: App) -> None:
    assert Browser(app, "officer").http.get("/cases/RS230001/case.pdf").status_code == 200


def test_a_case_under_secrecy_is_on_paper_only_for_those_who_may_see_it(app: App) -> None:
    with db.reading(app.engine) as conn:
        number = next(r["register_no"] for r in queries.cases(conn) if r["secrecy"])
    assert Browser(app, "officer").http.get(f"/cases/{number}/case.pdf").status_code == 200
    for who in ("officer2", "rs_chair"):
        assert Browser(app, who).http.get(f"/cases/{number}/case.pdf").status_code == 404
