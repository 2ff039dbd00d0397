"""Hostile words in every field and address that the pages have: shown as words, never obeyed, never a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from webvisit import Enter, entering

import webstory
from arende import db, models
from arende.app import App
from arende.commands import RegisterCase
from arende.web.acts import ACTS

HOSTILE = {
    "SQL": "x'; DROP TABLE cases; --",
    "HTML": '"><script>alert(1)</script><img src=x onerror=alert(2)>',
    "template": "{{ 7 * 7 }} {% for x in (1, 2) %}{{ x.__class__ }}{% endfor %} ${7*7}",
    "header": "Ämne\r\nBcc: alla@angripare.example\r\nSet-Cookie: arende=stulen",
    "controls": "a\x00b\x1b[31m\u202egnp.exe\ufeff",
    "path": "../../../../etc/passwd",
}
ANSWERS = {303, 403, 404, 409, 413, 422}
ENDING = {"void", "merge", "conflict"}
"""After these nothing more is asked of the visitor."""
ADDRESSES = (
    "/register?q={}", "/register?q=a&type={}", "/register?state={}&party={}", "/register?from={}",
    "/register?before={}",
    "/register.csv?q={}", "/register?officer={}&body={}", "/public?q={}", "/cases?type={}", "/cases?before={}",
    "/cases?show={}", "/meetings?year={}", "/meetings?body={}", "/notices?body={}", "/?lang={}", "/tray?state={}",
    "/sign-in?next={}", "/cases/{}", "/cases/{}/documents/1", "/meetings/{}", "/public/{}", "/svar/{}", "/b/{}",
    "/cases/RS200001/documents/{}", "/cases/RS200001/do/{}", "/cases/RS200001/step/{}", "/cases/new/{}", "/static/{}",
    "/calendar/{}.ics", "/tray/{}", "/cases/RS200001?done={}", "/approvals/{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.seated(sqlite_template, tmp_path_factory.mktemp("attacks"))
    for _ in range(2):
        app.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden"))
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def enter(site: App) -> Iterator[Enter]:
    with entering(site) as entered:
        yield entered


@pytest.fixture(scope="module")
def registrar(enter: Enter) -> TestClient:
    return enter("registrar")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_addresses_are_no_fault_and_are_not_obeyed(registrar: TestClient, kind: str) -> None:
    for address in ADDRESSES:
        answer = registrar.get(address.replace("{}", quote(HOSTILE[kind], safe="")))
        assert answer.status_code < 500, address
        harmless(answer.text, address)
        assert "stulen" not in answer.headers.get("set-cookie", ""), address
        assert answer.headers.get("location", "/").startswith(("/", "http://127.0.0.1/")), address


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_in_every_field_of_every_act_are_kept_as_words(
    site: App, registrar: TestClient, kind: str
) -> None:
    taken = set()
    for name in sorted(set(ACTS) - ENDING):
        page = registrar.get(f"/cases/RS200001/do/{name}")
        assert page.status_code in (200, 404), name
        if page.status_code == 200:
            sent = registrar.post(f"/cases/RS200001/do/{name}", data=filled(page.text, HOSTILE[kind]))
            assert sent.status_code in ANSWERS, (name, sent.status_code)
            harmless(sent.text, name)
            taken |= {name} if sent.status_code == 303 else set()
    assert {"note", "relate", "remind"} & taken
    harmless(registrar.get("/cases/RS200001").text, "the case")
    well(site)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_title_and_draft_register_a_case_or_are_refused(site: App, enter: Enter, kind: str) -> None:
    officer, address = enter("officer"), f"/cases/new/{webstory.TYPE}"
    given = filled(officer.get(address).text, HOSTILE[kind]) | {"draft_due": "2026-12-01"}
    sent = officer.post(address, data=given)
    assert sent.status_code in ANSWERS
    if sent.status_code == 303:
        harmless(officer.get(sent.headers["location"]).text, kind)
    for page in ("/", "/cases", "/register", "/public"):
        harmless(officer.get(page).text, page)
    well(site)


def filled(page: str, words: str) -> dict[str, str]:
    """What the page's form carries unseen, hostile words in what is typed, the first of what is chosen."""
    form = page[page.rindex("<form", 0, page.rindex("data-form")) :] if "data-form" in page else page
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    given |= dict.fromkeys(re.findall(r'<(?:input|textarea)[^>]* type="(?:text|date)"[^>]* name="(\w+)"', form), words)
    given |= dict.fromkeys(re.findall(r'<textarea[^>]* name="(\w+)"', form), words)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]+)"', options)
        given |= {name: chosen[0]} if chosen else {}
    for name, value in re.findall(r'type="radio" name="(\w+)" value="([^"]+)"', form):
        given.setdefault(name, value)
    return given


def harmless(text: str, where: str) -> None:
    """No element that was brought along, and nothing worked out."""
    for bad in ("<script>alert", "<img src=x", "&lt;class", "root:x:0"):
        assert bad not in text, where
    assert not re.search(r">\s*49\b", text), where


def well(site: App) -> None:
    """The tables stand, and no mail has a line break in its head."""
    with db.reading(site.engine) as conn:
        assert conn.execute(select(models.cases.c.id)).first() is not None
        o = models.outbox.c
        for subject, address in conn.execute(select(o.subject, o.address)):
            assert not re.search(r"[\r\n\x00]", subject + address)
