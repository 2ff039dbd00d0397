"""The registrar's tray in the browser: looked at without running anything, sorted by the same command as elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from webvisit import Enter, entering, hidden, send

import webstory
from arende import db, queries
from arende.app import App
from arende.commands import RegisterCase

Row = dict[str, Any]


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("tray"))
    yield app
    app.engine.dispose()


@pytest.fixture
def enter(site: App) -> Iterator[Enter]:
    with entering(site) as entered:
        yield entered


def new_mail(site: App, n: int) -> int:
    return webstory.receive(site, webstory.STRANGER.replace("<tray@", f"<tray{n}@"))


def triage(browser: TestClient, number: int, action: str, **fields: str) -> Any:
    named = {f"{action}_{k}": v for k, v in fields.items()}
    return send(browser, f"/tray/{number}", f"/tray/{number}/{action}", **named)


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
    told = triage(browser, number, "file", register_no="rs 230001")
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
    told = triage(
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
    assert triage(browser, number, action, to="Trafikverket", note="Ringde").status_code == 303
    assert row_of(site, number)["state"] == state
    assert f"/tray/{number}" in browser.get(f"/tray?state={state}").text
    assert "Ringde" in (again := browser.get(f"/tray/{number}?lang=sv").text)
    assert "Ta upp mejlet igen" in again


def test_what_is_wrong_is_told_beside_what_was_written(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 20), enter("registrar")
    nowhere = triage(browser, number, "file", register_no="RS269999")
    assert nowhere.status_code == 422
    assert "Det finns inget ärende" in nowhere.text
    assert 'value="RS269999"' in nowhere.text
    assert triage(browser, number, "forward", note="x").status_code == 422
    assert triage(browser, number, "burn").status_code == 404
    assert row_of(site, number)["state"] == "tray"


def test_an_officer_who_sends_the_form_is_refused(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 21), enter("officer")
    assert send(browser, "/cases/RS230001/do/note", f"/tray/{number}/junk").status_code == 403
    assert row_of(site, number)["state"] == "tray"


def test_a_form_sent_twice_is_one_act(site: App, enter: Enter) -> None:
    number, browser = new_mail(site, 22), enter("registrar")
    data = hidden(browser, f"/tray/{number}")
    answers = [browser.post(f"/tray/{number}/junk", data=data) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]


def test_a_mail_too_large_to_be_shown_can_still_be_saved_and_filed(site: App, enter: Enter) -> None:
    text = webstory.STRANGER.replace("<tray@", "<large@").replace("Hej\r\n--m--", "x" * 11_000_000 + "\r\n--m--")
    number, browser = webstory.receive(site, text), enter("registrar")
    assert "för stort" in browser.get(f"/tray/{number}?lang=sv").text
    assert triage(browser, number, "file", register_no="RS230001").status_code == 303


# ---------------------------------------------------------------- checked for secrecy


def test_records_that_nobody_has_checked_are_the_registrars_alone(enter: Enter) -> None:
    listed = enter("registrar").get("/tray/secrecy?lang=sv").text
    assert "karta.txt" in listed
    assert "/tray/secrecy/RS230001/3" in listed
    for path in ("/tray/secrecy", "/tray/secrecy/RS230001/3"):
        assert [enter(who).get(path).status_code for who in ("officer", "administrator")] == [403, 403]
    assert enter("registrar").get("/tray/secrecy/RS230001/99").status_code == 404
    assert enter("registrar").get("/tray/secrecy/hej/1").status_code == 404


def test_a_record_is_read_checked_and_the_next_one_shown(site: App, enter: Enter) -> None:
    browser = enter("registrar")
    page = "/tray/secrecy/RS230001/3"
    assert "När lagas bron? &lt;script&gt;" in browser.get(page).text
    unsaid = send(browser, page, access="secret")
    assert unsaid.status_code == 422
    assert "Ange bestämmelsen" in unsaid.text
    assert send(browser, page).status_code == 422
    assert send(browser, page, access="open").status_code == 422
    done = send(browser, page, access="secret", ground="OSL 25:1")
    assert (done.status_code, done.headers["location"][:25]) == (303, "/tray/secrecy/RS230001/4?")
    assert "Här är nästa" in browser.get(done.headers["location"] + "&lang=sv").text
    with db.reading(site.engine) as conn:
        records = {d["record_no"]: d["access"] for d in queries.documents(conn, queries.case(conn, "RS230001")["id"])}
    assert (records[3], records[4]) == ("secret", "unchecked")


def test_the_check_of_an_officer_is_refused(enter: Enter) -> None:
    told = send(enter("officer"), "/cases/RS230001/do/note", "/tray/secrecy/RS230001/4", access="public")
    assert told.status_code == 403


# ---------------------------------------------------------------- post on paper


def test_a_letter_is_registered_with_its_scanned_pages(site: App, enter: Enter) -> None:
    browser = enter("registrar")
    letter = {"sender": "Anna Ek", "about": "Synpunkter", "arrived_on": "2023-01-03", "register_no": "RS230001"}
    pages = [("files", (name, b"sida", "application/pdf")) for name in ("brev.pdf", "../../bilaga.pdf")]
    told = send(browser, "/tray/post", files=pages, **letter)
    assert (told.status_code, told.headers["location"]) == (303, "/tray/post?done=RS230001")
    assert "registrerat i RS230001" in browser.get("/tray/post?done=RS230001&lang=sv").text
    with db.reading(site.engine) as conn:
        added = [d for d in queries.documents(conn, queries.case(conn, "RS230001")["id"]) if d["key"][:5] == "post_"]
    assert [(d["name"], d["size"]) for d in added] == [("brev.pdf", 4), ("bilaga.pdf", 4)]
    assert "brev.pdf" in browser.get("/tray/secrecy").text


def test_what_a_letter_lacks_is_told_and_what_was_written_is_kept(enter: Enter) -> None:
    browser = enter("registrar")
    lacking = send(browser, "/tray/post", sender="Anna Ek", about="", arrived_on="igår")
    assert lacking.status_code == 422
    assert 'value="Anna Ek"' in lacking.text
    page = browser.get("/tray/post?lang=sv").text
    assert 'value="2023-01-04"' in page
    future = send(browser, "/tray/post", sender="A", about="B", arrived_on="2030-01-01", register_no="RS230001")
    assert future.status_code == 422
    assert enter("officer").get("/tray/post").status_code == 403
    assert send(enter("officer"), "/cases/RS230001/do/note", "/tray/post", sender="A").status_code == 403


# ---------------------------------------------------------------- mending the register


def test_the_case_offers_the_registrars_acts_to_the_registrar_alone(enter: Enter) -> None:
    page = enter("registrar").get("/cases/RS230001").text
    acts = ("/do/void", "/do/merge", "/do/move_record?record_no=3")
    assert all(f"/cases/RS230001{act}" in page for act in acts)
    for other in ("officer", "administrator"):
        page = enter(other).get("/cases/RS230001").text
        assert not any(act in page for act in acts)


def test_a_record_is_moved_and_a_case_merged_by_form(site: App, enter: Enter) -> None:
    browser = enter("registrar")
    right = str(site.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Rätt ärende")).register_no)
    page = "/cases/RS230001/do/move_record?record_no=5"
    told = send(browser, page, to=right, reason="Fel ärende")
    assert (told.status_code, told.headers["location"]) == (303, "/cases/RS230001?done=move_record")
    assert f'Flyttad till <a href="/cases/{right}?lang=sv"' in browser.get("/cases/RS230001?lang=sv").text
    assert browser.get("/cases/RS230001/documents/5").status_code == 404
    assert browser.get(f"/cases/{right}/documents/1").status_code == 200
    wrong = str(site.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Fel ärende")).register_no)
    assert send(browser, f"/cases/{wrong}/do/merge", into=right, reason="Samma").status_code == 303
    ended = browser.get(f"/cases/{wrong}?lang=sv").text
    assert f"{wrong} har gått upp i {right}" in ended
    assert "Uppgånget i ett annat ärende" in browser.get("/register?lang=sv").text
    assert send(browser, f"/cases/{wrong}/do/void", reason="x").status_code == 422
