"""The registrar's tray in the browser: looked at without running anything, sorted by the same command as elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import webstory
from arende import db, queries
from arende.actors import actor
from arende.app import App
from arende.usecases import sessions
from arende.web import create_app

Row = dict[str, Any]
Enter = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("tray"))
    yield app
    app.engine.dispose()


@pytest.fixture
def enter(site: App) -> Iterator[Enter]:
    """A browser in which somebody has signed in."""
    opened: list[TestClient] = []

    def entered(who: str) -> TestClient:
        opened.append(TestClient(create_app(site), base_url="http://127.0.0.1", follow_redirects=False))
        with db.reading(site.engine) as conn:
            opened[-1].cookies.set("arende", sessions.begin(site, actor(conn, who), "demo"))
        return opened[-1]

    yield entered
    for browser in opened:
        browser.close()


def new_mail(site: App, n: int) -> int:
    return webstory.receive(site, webstory.STRANGER.replace("<tray@", f"<tray{n}@"))


def send(browser: TestClient, number: int, action: str, **fields: str) -> Any:
    page = browser.get(f"/tray/{number}?lang=sv").text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "command")}  # type: ignore[index]  # the page has both
    return browser.post(f"/tray/{number}/{action}", data={**hidden, **{f"{action}_{k}": v for k, v in fields.items()}})


def row_of(site: App, number: int) -> Row:
    with db.reading(site.engine) as conn:
        return queries.inbound_mail(conn, number)


# ---------------------------------------------------------------- looking


@pytest.mark.parametrize("path", ["/tray", "/tray/1", "/tray/1/html", "/tray/1/mail.eml", "/tray/1/files/1"])
def test_only_the_registrar_sees_what_is_on_no_case(enter: Enter, path: str) -> None:
    assert enter("registrar").get(path).status_code == 200
    for other in ("officer", "administrator", "rs_chair"):
        refused = enter(other).get(path)
        assert refused.status_code == 403
        assert "bron" not in refused.text


def test_the_list_tells_who_when_and_why(enter: Enter) -> None:
    page = enter("registrar").get("/tray?lang=sv").text
    assert "Anna" in page
    assert "Inget ärende är känt" in page
    assert 'href="/tray" aria-current="page"' in page or 'href="/tray?lang=sv" aria-current="page"' in page


def test_what_a_stranger_wrote_is_text_and_turns_nothing_around(enter: Enter) -> None:
    page = enter("registrar").get("/tray/1?lang=sv").text
    assert "När lagas bron? &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>bron" not in page
    assert "\u202e" not in page


def test_formatted_text_and_files_cannot_run(enter: Enter) -> None:
    browser = enter("registrar")
    formatted = browser.get("/tray/1/html").headers["content-security-policy"]
    assert "sandbox" in formatted
    assert "script-src" not in formatted
    page = browser.get("/tray/1/files/1")
    assert page.headers["content-disposition"].startswith("attachment")
    assert page.headers["content-type"] == "application/octet-stream"
    assert browser.get("/tray/1/files/2").headers["content-disposition"].startswith("inline")
    assert browser.get("/tray/1/mail.eml").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["/tray/999", "/tray/1/files/3", "/tray/1/files/0", "/tray/99999999999999999999"])
def test_what_is_not_there_is_not_found(enter: Enter, path: str) -> None:
    assert enter("registrar").get(path).status_code == 404


# ---------------------------------------------------------------- sorting


def test_a_mail_is_filed_on_a_case_with_its_files(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 2), enter("registrar")
    told = send(browser, number, "file", register_no="rs 230001")
    assert (told.status_code, told.headers["location"]) == (303, "/tray?done=file&case=RS230001")
    assert "registrerat i RS230001" in browser.get("/tray?done=file&case=RS230001&lang=sv").text
    assert (row_of(site, number)["state"], row_of(site, number)["register_no"]) == ("done", "RS230001")
    with db.reading(site.engine) as conn:
        of_mail = [d for d in queries.documents(conn, row_of(site, number)["case_id"]) if d["inbound_id"] == number]
    assert [(d["name"], d["access"]) for d in of_mail] == [
        (f"mejl-{number}.eml", "unchecked"), ("sida.html", "unchecked"), ("karta.txt", "unchecked"),
    ]  # fmt: skip


def test_a_mail_becomes_a_case_that_may_be_secret(site: App, enter: Enter) -> None:
    number = new_mail(site, 3)
    told = send(
        enter("registrar"), number, "new", type=webstory.TYPE, title="En avsikt som ingen får se", secrecy="true"
    )
    assert told.status_code == 303
    with db.reading(site.engine) as conn:
        case = queries.case(conn, row_of(site, number)["register_no"])
    assert (case["title"], case["secrecy"]) == ("En avsikt som ingen får se", True)


@pytest.mark.parametrize(("action", "state"), [("forward", "forwarded"), ("keep", "kept"), ("junk", "junk")])
def test_what_is_not_registered_is_kept_with_a_note_and_can_be_taken_up_again(
    site: App, enter: Enter, action: str, state: str
) -> None:
    number, browser = new_mail(site, 4 + len(action)), enter("registrar")
    assert send(browser, number, action, to="Trafikverket", note="Ringde").status_code == 303
    assert row_of(site, number)["state"] == state
    assert f"/tray/{number}" in browser.get(f"/tray?state={state}").text
    assert "Ringde" in (again := browser.get(f"/tray/{number}?lang=sv").text)
    assert "Ta upp mejlet igen" in again


def test_what_is_wrong_is_told_beside_what_was_written(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 20), enter("registrar")
    nowhere = send(browser, number, "file", register_no="RS269999")
    assert nowhere.status_code == 422
    assert "Det finns inget ärende" in nowhere.text
    assert 'value="RS269999"' in nowhere.text
    assert send(browser, number, "forward", note="x").status_code == 422
    assert send(browser, number, "burn").status_code == 404
    assert row_of(site, number)["state"] == "tray"


def test_an_officer_who_sends_the_form_is_refused(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 21), enter("officer")
    page = browser.get("/cases/RS230001/do/note").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    assert browser.post(f"/tray/{number}/junk", data={"csrf": token[1]}).status_code == 403
    assert row_of(site, number)["state"] == "tray"


def test_a_form_sent_twice_is_one_act(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 22), enter("registrar")
    page = browser.get(f"/tray/{number}").text
    data = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "command")}  # type: ignore[index]  # the page has both
    answers = [browser.post(f"/tray/{number}/junk", data=data) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]


def test_a_mail_too_large_to_be_shown_can_still_be_saved_and_filed(site: App, enter: Enter) -> None:
    text = webstory.STRANGER.replace("<tray@", "<large@").replace("Hej\r\n--m--", "x" * 11_000_000 + "\r\n--m--")
    number, browser = webstory.receive(site, text), enter("registrar")
    assert "för stort" in browser.get(f"/tray/{number}?lang=sv").text
    assert send(browser, number, "file", register_no="RS230001").status_code == 303
