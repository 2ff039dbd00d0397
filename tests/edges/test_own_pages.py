"""A person's own pages in the browser: absence, mails, and what one has answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_acting import Browser, words

import webstory
from arende.app import App


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("own"))
    yield app
    app.engine.dispose()


@pytest.fixture
def chair(app: App) -> Browser:
    return Browser(app, "rs_chair")


def test_an_absence_is_reported_and_removed(app: App, chair: Browser) -> None:
    days = {"first": app.clock().date().isoformat(), "last": f"{app.clock().year}-12-31"}
    assert chair.send("/me/absence", hidden=chair.form("/me"), **days) == "/me?saved=absence"
    shown = words(chair.read("/me?saved=absence"))
    assert "Frånvaron är anmäld." in shown
    assert f"31 december {app.clock().year}" in shown
    number = chair.read("/me").split("/me/absence/")[1].split("/")[0]
    assert chair.send(f"/me/absence/{number}/end", hidden=chair.form("/me")) == "/me?saved=end"
    assert "Du har inte anmält någon frånvaro." in words(chair.read("/me"))


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("", "2099-01-01", "Fyll i ”Första dagen”"),
        ("i går", "2099-01-01", "går att läsa"),
        ("2023-05-02", "2023-05-01", "högst ett år"),
    ],
)
def test_days_that_make_no_sense_come_back_as_they_were_written(
    chair: Browser, first: str, last: str, told: str
) -> None:
    answer = chair.send("/me/absence", 422, hidden=chair.form("/me"), first=first, last=last)
    assert told in answer


def test_nobody_ends_the_absence_of_somebody_else(app: App, chair: Browser) -> None:
    days = {"first": app.clock().date().isoformat(), "last": f"{app.clock().year}-12-31"}
    chair.send("/me/absence", hidden=chair.form("/me"), **days)
    number = chair.read("/me").split("/me/absence/")[1].split("/")[0]
    other = Browser(app, "officer")
    assert "anmäler man själv" in other.send(f"/me/absence/{number}/end", 422, hidden=other.form("/me"))
    other.send("/me/absence/99999/end", 422, hidden=other.form("/me"))


def test_the_choice_of_mail_stays(chair: Browser) -> None:
    assert chair.send("/me/mail", hidden=chair.form("/me"), mail="digest") == "/me?saved=mail"
    assert 'value="digest" checked' in chair.read("/me")


def test_shortcuts_are_turned_off_for_the_person_in_whatever_browser(app: App, chair: Browser) -> None:
    assert 'data-shortcuts="on"' in chair.read("/cases")
    assert chair.send("/me/shortcuts", hidden=chair.form("/me"), used="false") == "/me?saved=shortcuts"
    assert 'value="false" checked' in chair.read("/me?saved=shortcuts")
    other = Browser(app, "rs_chair")
    assert 'data-shortcuts="off"' in other.read("/cases")
    assert 'data-shortcuts="on"' in Browser(app, "officer").read("/cases")
    other.send("/me/shortcuts", hidden=other.form("/me"), used="true")
    assert 'data-shortcuts="on"' in chair.read("/cases")


def test_what_one_has_answered_is_listed_and_a_formal_end_says_why_it_stays(app: App, chair: Browser) -> None:
    assert "Skrev under" in words(chair.read("/me/answers"))
    first = Browser(app, "rsau_chair")
    assert "klartecken" in words(first.read("/me/answers"))
    assert "Ta tillbaka ditt svar" in words(first.read("/approvals/1/withdraw"))
    assert 'name="reason"' not in first.read("/approvals/1/withdraw")
    chair.read("/approvals/1/withdraw", 404)
