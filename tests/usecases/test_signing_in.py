"""Signing in to the web: the session behind the cookie, forms of one's own, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from httpx import Response
from sqlalchemy import update
from starlette.testclient import TestClient
from story import PEOPLE, Story

from arende import actors, db, models, signintables
from arende.people import read
from arende.usecases import passwords, sessions
from arende.usecases.people import load
from arende.web import create_app, guard, session
from arende.web.forms import Form

HOST = "http://127.0.0.1"
TEXT = 'Två rader\noch ett "citat" <b>å'


class Browser:
    """A browser without scripts, on an app with a page that takes a form."""

    def __init__(self, story: Story, url: str = HOST, hasher: PasswordHasher = passwords.COST, **settings: Any) -> None:
        self.story = story
        app = story.app
        if settings:
            app = replace(app, settings=app.settings.model_copy(update=settings))
        self.app = app
        self.web = create_app(app, hasher)
        self.took: list[tuple[str, dict[str, str]]] = []
        _add_form(self.web, self.took)
        self.http = TestClient(
            self.web,
            base_url=url,
            headers={"accept-language": "sv"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def get(self, path: str, **more: Any) -> Response:
        return self.http.get(path, **more)

    def post(self, path: str, data: dict[str, Any], **more: Any) -> Response:
        return self.http.post(path, data=data, **more)

    def sign_in(self, who: str = "officer", onward: str = "/") -> Response:
        """As a person does it: open the page, press the button with the name."""
        page = self.get(f"/sign-in?next={onward}").text
        return self.post("/sign-in/demo", {**hidden(page, "/sign-in/demo"), "person": who})

    def token(self) -> str:
        """What the forms of the signed-in visitor carry."""
        return hidden(self.get("/cases").text, "/sign-out")["csrf"]


def _add_form(web: FastAPI, took: list[tuple[str, dict[str, str]]]) -> None:
    """A page of its own kind: it takes a form from whoever is signed in."""

    @web.get("/desk")
    def desk(request: Request) -> dict[str, str]:
        return {"who": session.person(request).key}

    @web.post("/desk")
    def take(form: Form) -> dict[str, str]:
        took.append((form.visitor.key, form.fields))
        return {"took": "it"}


def hidden(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}[^"]*".*?</form>', html, re.DOTALL)
    assert form is not None, html
    tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    return dict(tags)


@pytest.fixture
def browser(story: Story) -> Browser:
    return Browser(story)


def rows(story: Story) -> list[dict[str, Any]]:
    with db.reading(story.app.engine) as conn:
        return [dict(r) for r in conn.execute(signintables.sessions.select()).mappings()]


# ---------------------------------------------------------------- in and out


def test_in_a_demonstration_one_picks_who_to_be_and_every_page_says_so(browser: Browser) -> None:
    assert "vem som helst kan logga in som vem som helst" in browser.get("/").text
    answer = browser.sign_in("rsau_chair", "/cases?show=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?show=open")
    page = browser.get("/cases").text
    assert "RSAU:s ordförande" in page
    assert "vem som helst kan logga in som vem som helst" in page
    assert browser.get("/desk").json() == {"who": "rsau_chair"}


def test_signing_out_ends_the_session_and_not_only_the_cookie(browser: Browser, story: Story) -> None:
    browser.sign_in()
    kept = dict(browser.http.cookies)
    assert browser.post("/sign-out", {"csrf": browser.token()}).status_code == 303
    assert "arende" not in browser.http.cookies
    thief = Browser(story)
    thief.http.cookies.update(kept)
    assert thief.get("/desk").headers["location"] == "/sign-in?next=%2Fdesk"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(story: Story) -> None:
    told = Browser(story).sign_in().headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert "Secure" not in told
    safe = Browser(story, "https://arende.region.example", base_url="https://arende.region.example")
    told = safe.sign_in().headers["set-cookie"]
    assert told.startswith("__Host-arende=")
    assert all(word in told for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"))
    assert "Domain" not in told


def test_the_secret_of_a_session_stands_nowhere(browser: Browser, story: Story) -> None:
    browser.sign_in()
    raw = browser.http.cookies["arende"]
    (row,) = rows(story)
    assert row["sha256"] == sessions.digest(raw)
    assert raw not in str(row)
    assert raw not in browser.get("/cases").text


def test_a_sign_in_always_makes_a_new_secret_and_ends_the_old_one(browser: Browser, story: Story) -> None:
    """Session fixation: what an attacker has put into the browser beforehand never becomes a session."""
    planted = "p" * sessions.SECRET
    browser.http.cookies.set("arende", planted, domain="127.0.0.1", path="/")
    browser.sign_in()
    first = browser.http.cookies["arende"]
    assert first != planted
    browser.sign_in("manager")
    assert browser.http.cookies["arende"] != first
    assert [r["why"] for r in rows(story)] == ["renewed", None]


def test_an_idle_session_ends_and_a_used_one_lives_until_its_day_is_over(browser: Browser, story: Story) -> None:
    browser.sign_in()
    for _ in range(9):
        story.clock.advance(minutes=55)
        assert browser.get("/desk").status_code == 200
    story.clock.advance(minutes=59)
    assert browser.get("/desk").status_code == 200
    story.clock.advance(minutes=50)
    assert browser.get("/desk").status_code == 303, "ten hours are over"
    browser.sign_in()
    story.clock.advance(minutes=61)
    assert browser.get("/desk").status_code == 303, "an hour without anything"


def test_a_stolen_cookie_is_worth_nothing_once_it_is_revoked(browser: Browser, story: Story) -> None:
    browser.sign_in()
    thief = Browser(story)
    thief.http.cookies.update(dict(browser.http.cookies))
    assert thief.get("/desk").status_code == 200
    assert sessions.revoke(story.app, person="officer") == 1
    assert thief.get("/desk").status_code == 303
    assert browser.get("/desk").status_code == 303
    assert sessions.listing(story.app) == []


def test_whoever_is_ended_in_the_people_file_is_out_at_once(browser: Browser, story: Story) -> None:
    browser.sign_in("officer2")
    with db.writing(story.app.engine) as conn:
        ended = story.clock().date().replace(day=1)
        conn.execute(update(models.actors).where(models.actors.c.key == "officer2").values(ended_on=ended))
    assert browser.get("/desk").status_code == 303
    assert browser.sign_in("officer2").status_code == 403


def test_only_persons_can_be_picked(browser: Browser, story: Story) -> None:
    for who in ("system", "municipality_hylte", "nobody", "", "x" * 5000):
        assert browser.sign_in(who).status_code in (403, 422)
    assert rows(story) == []


def test_everybody_ends_their_own_sessions_and_an_administrator_anybodys(browser: Browser, story: Story) -> None:
    other, admin = Browser(story), Browser(story)
    browser.sign_in("officer")
    other.sign_in("officer2")
    admin.sign_in("administrator")
    mine, theirs, _ = (r["id"] for r in rows(story))
    assert "Andra handläggaren" not in browser.get("/sessions").text
    assert "Andra handläggaren" in admin.get("/sessions").text
    for number in (theirs, 999, "x", "1" * 30):
        assert browser.post(f"/sessions/{number}/revoke", {"csrf": browser.token()}).status_code == 404
    assert other.get("/desk").status_code == 200
    assert admin.post(f"/sessions/{theirs}/revoke", {"csrf": admin.token()}).status_code == 303
    assert other.get("/desk").status_code == 303
    assert browser.post(f"/sessions/{mine}/revoke", {"csrf": browser.token()}).status_code == 303
    assert browser.get("/sessions").status_code == 303


# ---------------------------------------------------------------- outside a demonstration


@pytest.fixture
def real(story: Story) -> Browser:
    """The same people, without the word that all of it is made up."""
    load(story.app, read(PEOPLE.replace("  demo: true", "  demo: false"), "people.yaml"), story.clock())
    return Browser(story)


def test_outside_a_demonstration_nobody_reads_or_signs_in_by_picking(real: Browser, story: Story) -> None:
    story.register(title="En rubrik")
    for path in ("/", "/cases", f"/cases/{story.no}", "/mail", "/mail/1"):
        answer = real.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")
    page = real.get("/sign-in").text
    assert "Inget sätt att logga in är inställt" in page
    assert "vem som helst" not in page
    assert real.post("/sign-in/demo", {"person": "officer"}).status_code == 404
    assert rows(story) == []


def test_a_demonstration_whose_mail_leaves_the_machine_is_none(story: Story) -> None:
    browser = Browser(story, smtp_host="mail.region.example")
    assert browser.get("/cases").status_code == 303
    assert browser.post("/sign-in/demo", {"person": "officer"}).status_code == 404


# ---------------------------------------------------------------- forms


def test_a_form_of_ones_own_is_taken(browser: Browser) -> None:
    browser.sign_in()
    assert browser.post("/desk", {"csrf": browser.token(), "note": TEXT}).json() == {"took": "it"}
    assert browser.took == [("officer", {"note": TEXT})]


@pytest.mark.parametrize("csrf", [None, "", "x", "å" * 64, "0" * 64])
def test_a_form_without_the_sessions_token_does_nothing_and_keeps_its_text(browser: Browser, csrf: str | None) -> None:
    browser.sign_in()
    given = {"note": TEXT} | ({} if csrf is None else {"csrf": csrf})
    answer = browser.post("/desk", given)
    assert (answer.status_code, browser.took) == (403, [])
    assert "Kontrollera och skicka igen" in answer.text
    assert "och ett &#34;citat&#34; &lt;b&gt;å" in answer.text
    again = hidden(answer.text, "/desk")
    assert browser.post("/desk", {**again, "note": TEXT}).json() == {"took": "it"}


def test_the_token_of_another_session_is_not_ones_own(browser: Browser, story: Story) -> None:
    other = Browser(story)
    other.sign_in("manager")
    browser.sign_in()
    assert browser.post("/desk", {"csrf": other.token(), "note": "x"}).status_code == 403
    assert browser.took == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1.evil.example"},
    ],
)
def test_a_form_from_elsewhere_is_refused_without_its_words(browser: Browser, headers: dict[str, str]) -> None:
    browser.sign_in()
    token = browser.token()
    for path in ("/desk", "/sign-in/demo", "/sign-out"):
        answer = browser.post(path, {"csrf": token, "note": "Köp nu", "person": "manager"}, headers=headers)
        assert answer.status_code == 403
        assert "Köp nu" not in answer.text
    assert browser.took == []
    assert browser.get("/desk").json() == {"who": "officer"}


def test_a_sign_in_form_from_another_browser_signs_nobody_in(browser: Browser, story: Story) -> None:
    """Else one could be signed in as somebody else without noticing it."""
    other = hidden(Browser(story).get("/sign-in").text, "/sign-in/demo")
    browser.get("/sign-in")
    assert browser.post("/sign-in/demo", {**other, "person": "manager"}).status_code == 403
    assert rows(story) == []


def test_what_was_written_when_the_session_ended_is_sent_after_signing_in_again(browser: Browser, story: Story) -> None:
    browser.sign_in()
    old = browser.token()
    story.clock.advance(hours=11)
    answer = browser.post("/desk", {"csrf": old, "_version": "7", "note": TEXT})
    assert answer.status_code == 403
    assert "Du har loggats ut, men det du skrev finns kvar" in answer.text
    assert 'href="/sign-in?next=%2Fsigned-in" target="_blank"' in answer.text
    assert hidden(answer.text, "/desk") == {"csrf": "", "_version": "7"}
    assert browser.sign_in(onward="/signed-in").headers["location"] == "/signed-in"
    assert "Gå tillbaka till fliken" in browser.get("/signed-in").text
    once_more = browser.post("/desk", {**hidden(answer.text, "/desk"), "note": TEXT})
    assert once_more.status_code == 403
    browser.post("/desk", {**hidden(once_more.text, "/desk"), "note": TEXT})
    assert browser.took == [("officer", {"_version": "7", "note": TEXT})]


def test_files_that_came_too_late_are_told_to_be_lost(browser: Browser) -> None:
    answer = browser.http.post("/desk", data={"note": "x"}, files={"file": ("a.txt", b"x")})
    assert answer.status_code == 413, "this page takes no file"


def test_a_form_that_is_too_large_or_crooked_is_told_and_not_a_fault(browser: Browser) -> None:
    browser.sign_in()
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for answer in (
        browser.post("/desk", {"note": "x" * 600_000}),
        browser.post("/desk", {f"f{n}": "x" for n in range(500)}),
        browser.http.post("/desk", content=b"--x\r\nX\r\n\r\n", headers=kind),
    ):
        assert answer.status_code == 413
        assert "Ingenting är sparat" in answer.text
    assert browser.http.post("/desk", content=b"\xff\xfe=%ff%fe&csrf=%00").status_code == 403
    assert browser.took == []


# ---------------------------------------------------------------- back to where one was


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1",
        " //evil.example", "evil.example", "///evil.example", "/..//evil.example", "/å", "/" + "x" * 3000, "",
    ],
)  # fmt: skip
def test_sign_in_never_leads_to_another_site(browser: Browser, onward: str) -> None:
    form = hidden(browser.get("/sign-in").text, "/sign-in/demo")
    answer = browser.post("/sign-in/demo", {**form, "next": onward, "person": "officer"})
    assert answer.headers["location"] == "/"
    assert "x=1" not in str(answer.headers)
    page = browser.http.get("/sign-in", params={"next": onward}).text
    assert hidden(page, "/sign-in/demo")["next"] == "/"


@pytest.mark.parametrize("onward", ["/cases/RS200001?lang=en&x=//y", "/%2f%2fevil.example", "/b/abc#questions"])
def test_sign_in_leads_back_to_a_page_of_ours(onward: str) -> None:
    assert session.own_path(onward) == onward


# ---------------------------------------------------------------- every route


def test_every_page_is_framed_by_nobody(browser: Browser) -> None:
    for path in ("/sign-in", "/signed-in", "/desk"):
        headers = browser.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == guard.HEADERS["Cache-Control"]


OWN_DOORS = ("/b/", "/svar/", "/mail/{number}/reply")
"""Routes that know whom they let in by other means; each has tests of its own."""


def test_no_route_takes_a_form_without_its_token(browser: Browser) -> None:
    """A route that is added is tried by itself."""
    browser.sign_in()
    tried = 0
    for path, methods in routes(browser.web):
        if "POST" not in methods or path.startswith(OWN_DOORS) or path == "/sign-out":
            continue
        answer = browser.post(re.sub(r"{[^}]+}", "1", path), {"csrf": "0" * 64})
        not_set_up = 404 if path == "/sign-in/password" else 403
        assert answer.status_code in (403, not_set_up), path
        tried += 1
    assert tried >= 2


def routes(web: Any) -> Iterator[tuple[str, set[str]]]:
    """(path, methods) of every route."""
    for route in getattr(web, "routes", web):
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner.routes)
        elif getattr(route, "methods", None):
            yield route.path, route.methods


@pytest.mark.parametrize(
    ("way", "given", "stays"),
    [
        ("demo", {}, True),
        ("demo", {"local_accounts": True}, False),
        ("demo", {"oidc_issuer": "https://id.example"}, False),
        ("password", {"local_accounts": True}, True),
        ("password", {}, False),
        ("oidc", {"oidc_issuer": "https://id.example"}, True),
        ("oidc", {}, False),
        ("oidc", {"oidc_issuer": "https://id.example", "oidc_acr": "loa3"}, True),
        ("oidc", {"oidc_issuer": "https://id.example", "oidc_acr": "loa4"}, False),
    ],
)
def test_nobody_stays_signed_in_by_a_way_that_has_been_closed(
    story: Story, way: sessions.Way, given: dict[str, object], stays: bool
) -> None:
    app = replace(story.app, settings=story.app.settings.model_copy(update=given))
    with db.reading(app.engine) as conn:
        who = actors.actor(conn, "officer")
    raw = sessions.begin(app, who, way, "loa3")
    with db.reading(app.engine) as conn:
        assert (sessions.found(app, conn, raw) is not None) is stays
