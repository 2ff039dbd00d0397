"""Every page that the application has, in a real browser: the route table says which, so none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

import meetingstory
import planstory
import webstory
from arende import db
from arende.actors import actor
from arende.app import App
from arende.commands import RegisterCase, Relate
from arende.feed import News
from arende.meetingcommands import RecordMotion
from arende.usecases import sessions, tellings, webhooks
from arende.web import create_app, menu
from browser import COLOURS, LOOKS, RULES, tab
from served import served

PATIENCE = 10.0
"""Seconds: two, as promised, and the rest for a machine that has other things to do."""
NOBODY, OFFICER, REGISTRAR, SECRETARY = "", "officer", "registrar", "rsau_secretary"
ADMIN = "administrator"
MOVED = "Avslag på det som ingen har läst"
PAGES: dict[str, list[tuple[str, str]]] = {
    "/": [("/", OFFICER), ("/?lang=en", NOBODY)],
    "/go": [("/go", OFFICER), ("/go?case=RS230001&q=anteckning", OFFICER), ("/go?q=ingenting+alls&lang=en", NOBODY)],
    "/cases": [("/cases", OFFICER), ("/cases?show=open&type=nothing", NOBODY)],
    "/register": [
        ("/register", OFFICER),
        ("/register?q=avsikt&type=declaration_of_intent&from=2020-01-01", NOBODY),
    ],
    "/calendars": [("/calendars", SECRETARY)],
    "/meetings": [("/meetings", OFFICER), ("/meetings?year=2023&body=rsau&lang=en", NOBODY)],
    "/meetings/{register_no}": [
        ("/meetings/MRSAU230001", NOBODY),
        ("/meetings/MRSAU230002", SECRETARY),
        ("/meetings/MRF230001", OFFICER),
    ],
    "/meetings/{register_no}/do/{act}": [
        ("/meetings/MRSAU230003/do/add", SECRETARY),
        ("/meetings/MRSAU230002/do/attend", SECRETARY),
    ],
    "/meetings/{register_no}/items/{item}": [
        ("/meetings/MRSAU230001/items/1", NOBODY),
        ("/meetings/MRSAU230002/items/2", SECRETARY),
    ],
    "/meetings/{register_no}/items/{item}/{act}": [("/meetings/MRSAU230002/items/2/vote", SECRETARY)],
    "/meetings/{register_no}/roll-call": [("/meetings/MRSAU230002/roll-call", SECRETARY)],
    "/meetings/{register_no}/from-minutes": [("/meetings/MRSAU230002/from-minutes", SECRETARY)],
    "/plans": [("/plans", NOBODY), ("/plans?lang=en", OFFICER)],
    "/plans/{register_no}": [("/plans/RS230004", NOBODY), ("/plans/RS230004?version=1&lang=en", OFFICER)],
    "/plans/{register_no}/changes": [("/plans/RS230004/changes", NOBODY), ("/plans/RS230004/changes?lang=en", OFFICER)],
    "/notices": [("/notices", NOBODY)],
    "/public": [("/public", NOBODY), ("/public?q=fysisk&lang=en", NOBODY)],
    "/public/{register_no}": [("/public/RS200001", NOBODY)],
    "/cases/{register_no}": [("/cases/RS200001", NOBODY), ("/cases/RS230001", OFFICER), ("/cases/RS230002", NOBODY)],
    "/cases/new": [("/cases/new", OFFICER)],
    "/cases/new/{type_}": [("/cases/new/declaration_of_intent", OFFICER)],
    "/cases/{register_no}/step/{trigger}": [
        ("/cases/RS230001/step/put_on_hold", OFFICER),
        ("/cases/RS230001/step/request_review", OFFICER),
    ],
    "/cases/{register_no}/do/{act}": [("/cases/RS230001/do/note", OFFICER), ("/cases/RS230001/do/assign", OFFICER)],
    "/cases/{register_no}/documents/new": [("/cases/RS230001/documents/new", OFFICER)],
    "/cases/{register_no}/documents/{record_no}/changes": [("/cases/RS230001/documents/2/changes", OFFICER)],
    "/cases/{register_no}/mails/{number:int}": [("/cases/RS200001/mails/15", OFFICER)],
    "/approvals/{number}": [("/approvals/1", OFFICER)],
    "/admin": [("/admin", ADMIN), ("/admin?lang=en", ADMIN)],
    "/admin/promises": [("/admin/promises", ADMIN)],
    "/admin/types": [("/admin/types", ADMIN)],
    "/admin/types/{key}": [("/admin/types/declaration_of_intent", ADMIN), ("/admin/types/letter?lang=en", ADMIN)],
    "/admin/types/{key}/times": [("/admin/types/declaration_of_intent/times", ADMIN)],
    "/admin/people": [("/admin/people", ADMIN)],
    "/admin/audit": [("/admin/audit", ADMIN)],
    "/admin/settings": [("/admin/settings", ADMIN)],
    "/admin/held": [("/admin/held", ADMIN)],
    "/admin/keys": [("/admin/keys", ADMIN)],
    "/admin/keys/webhooks/{number}": [("/admin/keys/webhooks/1", ADMIN)],
    "/admin/mail": [("/admin/mail", ADMIN), ("/admin/mail?show=all", ADMIN)],
    "/admin/mail/{number}": [("/admin/mail/1", ADMIN)],
    "/admin/flows": [("/admin/flows", ADMIN)],
    "/sessions": [("/sessions", OFFICER)],
    "/me": [("/me", "rs_chair"), ("/me?saved=mail", OFFICER)],
    "/me/answers": [("/me/answers", "rs_chair"), ("/me/answers", OFFICER)],
    "/approvals/{number}/withdraw": [("/approvals/1/withdraw", "rsau_chair")],
    "/tray": [("/tray", REGISTRAR), ("/tray?state=junk&lang=en", REGISTRAR)],
    "/tray/secrecy": [("/tray/secrecy", REGISTRAR)],
    "/tray/secrecy/{register_no}/{record_no:int}": [("/tray/secrecy/RS230001/3", REGISTRAR)],
    "/tray/post": [("/tray/post", REGISTRAR)],
    "/tray/{number:int}": [("/tray/1", REGISTRAR)],
    "/sign-in": [("/sign-in", NOBODY)],
    "/signed-in": [("/signed-in", OFFICER)],
}
"""Route → addresses of it, each with who looks. A page without one fails the test below."""
SIDEWAYS = """[...document.querySelectorAll(".scroll:has(> .list:not(.figures))")]
  .filter(frame => frame.scrollWidth > frame.clientWidth).length"""
ELSEWHERE = {
    "/cases/{register_no}/case.pdf": "a file",
    "/calendar/{token}.ics": "a file",
    "/health": "no page",
    "/meetings/calendar/{body}.ics": "a file",
    "/meetings/{register_no}/meeting.ics": "a file",
    "/meetings/{register_no}/package.zip": "a file",
    "/register.csv": "a file",
    "/register.xlsx": "a file",
    "/live/": "no page",
    "/live/meetings": "no page",
    "/live/cases/{register_no}": "no page",
    "/cases/{register_no}/documents/{record_no}": "a file",
    "/mail": "only with a mailbox",
    "/mail/{number}": "only with a mailbox",
    "/tray/{number:int}/files/{n:int}": "a file",
    "/tray/{number:int}/html": "a mail's own markup, locked in",
    "/tray/{number:int}/mail.eml": "a file",
    "/mail/{number}/html": "a mail's own markup, locked in",
    "/b/{token}": "needs a mail's secret",
    "/b/{token}/sign-in": "leads on",
    "/b/{token}/documents/{record_no}": "a file",
    "/svar/{token}": "needs a mail's secret",
    "/svar/{token}/documents/{record_no}": "a file",
}
"""Routes that are no pages, or are looked at elsewhere, and why."""


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("pages"))
    meetingstory.play(app)
    planstory.play(app)
    number, _ = webhooks.add(app, "administrator", "Ledningssystemet", "https://system.example/hook", [], app.clock())
    news = News(uuid4(), "arende.case.step.taken", "RS230001", webstory.TYPE, 3, app.clock())
    with db.writing(app.engine) as conn:
        for taken, reply in ((False, "HTTP 503"), (True, "HTTP 200")):
            tellings.note(conn, number, [tellings.attempt(news, app.clock(), taken=taken, reply=reply)])
    yield app
    app.engine.dispose()


def test_every_page_is_looked_at(site: App) -> None:
    routes = set(_addresses(create_app(site).routes))
    assert routes - set(PAGES) - set(ELSEWHERE) == set(), "give an address of it in PAGES"
    assert (set(PAGES) | set(ELSEWHERE)) - routes == set(), "no such route any more"


def _addresses(routes: Sequence[Any]) -> Iterator[str]:
    """The paths that answer GET, those of routers within routers included."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _addresses(inner.routes)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield route.path


def test_every_entry_of_the_menu_leads_to_a_page(site: App) -> None:
    browser = TestClient(create_app(site), base_url="http://127.0.0.1")
    for path in menu.places():
        browser.cookies.set("arende", _session(site, ADMIN if path == "/admin" else REGISTRAR))
        assert path == "/mail" or browser.get(path).status_code == 200, path


def _session(app: App, who: str) -> str:
    with db.reading(app.engine) as conn:
        person = actor(conn, who)
    return sessions.begin(app, person, "demo")


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def address(site: App) -> Iterator[str]:
    with served(site) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("path", "who"), [page for pages in PAGES.values() for page in pages])
def test_a_page_can_be_used_by_everybody_and_asks_nobody_else(
    browser: Browser, site: App, address: str, path: str, who: str, look: str
) -> None:
    cookie = {"name": "arende", "value": _session(site, who) if who else "none", "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, look, [cookie]) as visit:
        visit.open(path)
        assert urlsplit(visit.page.url).path == urlsplit(path).path, "led elsewhere"
        assert visit.faults(judged=look != "phone", rules=COLOURS if look == "dark" else RULES) == []
        assert look != "phone" or visit.page.evaluate(SIDEWAYS) == 0, "a list is stacked on a phone, not scrolled"


@pytest.mark.slow
def test_on_a_phone_the_menu_opens_by_its_button_without_a_script(browser: Browser, site: App, address: str) -> None:
    cookie = {"name": "arende", "value": _session(site, REGISTRAR), "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, "phone", [cookie], scripts=False) as visit:
        visit.open("/cases")
        assert not visit.page.get_by_role("link", name="Diarium", exact=True).is_visible()
        visit.page.get_by_role("button", name="Meny").click()
        visit.page.get_by_role("link", name="Diarium", exact=True).click()
        assert urlsplit(visit.page.url).path == "/register"


@pytest.mark.slow
@pytest.mark.parametrize("who", [OFFICER, REGISTRAR, ADMIN])
def test_the_menu_fits_on_one_line_of_a_desktop(browser: Browser, site: App, address: str, who: str) -> None:
    cookie = {"name": "arende", "value": _session(site, who), "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, "light", [cookie]) as visit:
        visit.open("/cases")
        assert (
            visit.page.evaluate("new Set([...document.querySelectorAll('.top nav a')].map(a => a.offsetTop)).size") == 1
        )


@pytest.mark.slow
def test_an_open_page_shows_a_change_within_two_seconds_and_works_by_keyboard(
    browser: Browser, site: App, address: str
) -> None:
    number = str(site.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden")).register_no)
    cookie = {"name": "arende", "value": _session(site, OFFICER), "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, "light", [cookie]) as visit:
        visit.open(f"/cases/{number}")
        site.do(Relate(actor="officer2", register_no=number, kind="basis", other="Strukturbild Halland"))
        visit.page.get_by_text("Andra handläggaren kopplade ärendet").wait_for(timeout=PATIENCE * 1000)
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"
        visit.open("/cases")
        visit.page.keyboard.press("j")
        assert "/cases/RS" in visit.page.evaluate("document.activeElement.href")
        assert visit.faults() == []


@pytest.mark.slow
def test_the_room_sees_what_the_secretary_enters_and_keeps_what_is_being_written(
    browser: Browser, site: App, address: str
) -> None:
    cookie = {"name": "arende", "value": _session(site, SECRETARY), "domain": "127.0.0.1", "path": "/"}
    secretary = {"actor": SECRETARY, "register_no": "MRSAU230002"}
    with tab(browser, address, "light", [cookie]) as meeting, tab(browser, address, "light", [cookie]) as item:
        meeting.open("/meetings/MRSAU230002")
        item.open("/meetings/MRSAU230002/items/2")
        item.page.fill("textarea >> nth=0", "En halv mening")
        item.page.evaluate("document.activeElement.blur()")
        site.do(RecordMotion(**secretary, item=2, person="rsau_chair", kind="reject", text=MOVED))
        for visit in (meeting, item):
            visit.page.get_by_text(MOVED).wait_for(timeout=10_000)
        assert item.page.input_value("textarea >> nth=0") == "En halv mening"
        assert [*meeting.faults(), *item.faults()] == []


@pytest.mark.slow
def test_what_is_being_written_outlives_a_wrong_turn(browser: Browser, site: App, address: str) -> None:
    cookie = {"name": "arende", "value": _session(site, OFFICER), "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, "light", [cookie]) as visit:
        visit.open("/cases/RS230001/do/note")
        visit.page.fill("#text", "En halv mening om")
        visit.open("/cases")
        visit.open("/cases/RS230001/do/note")
        assert visit.page.input_value("#text") == "En halv mening om"
        visit.page.click("form[data-form] button[type=submit]")
        visit.page.get_by_text("Anteckningen är sparad.").wait_for()
        visit.open("/cases/RS230001/do/note")
        assert visit.page.input_value("#text") == ""


@pytest.mark.slow
def test_what_is_being_written_outlives_a_wrong_turn_before_the_server_has_it(
    browser: Browser, site: App, address: str
) -> None:
    cookie = {"name": "arende", "value": _session(site, OFFICER), "domain": "127.0.0.1", "path": "/"}
    with tab(browser, address, "light", [cookie]) as visit:
        visit.page.route("**/drafts", lambda route: route.abort())
        visit.open("/cases/RS230001/do/note")
        visit.page.fill("#text", "En halv mening om")
        visit.open("/cases")
        visit.page.unroute("**/drafts")
        visit.open("/cases/RS230001/do/note")
        assert visit.page.input_value("#text") == "En halv mening om"
        visit.page.locator("[data-kept]:visible").wait_for()
        assert visit.page.evaluate("sessionStorage.length") == 0
