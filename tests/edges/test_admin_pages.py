"""The administrator's pages: for administrators alone, nothing secret on them, and no page waits for Prefect."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, insert, select, update
from starlette.testclient import TestClient

import webstory
from arende import beats, db, models, reconcile
from arende.actors import actor
from arende.app import App
from arende.deskcommands import ReportAbsence
from arende.usecases import sessions
from arende.web import create_app
from arende.web.admin.frame import PLACES
from arende.web.adminlabels import ADMIN_LABELS
from arende.workdays import local_day
from processes import eventually

BASE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("admin"))
    yield app
    app.engine.dispose()


def signed_in(app: App, who: str) -> TestClient:
    """A browser in which ``who`` is signed in; "" is nobody."""
    browser = TestClient(create_app(app), base_url=BASE, follow_redirects=False, headers={"accept-language": "sv"})
    if who:
        with db.reading(app.engine) as conn:
            person = actor(conn, who)
        browser.cookies.set("arende", sessions.begin(app, person, "demo"))
    return browser


@pytest.fixture(scope="module")
def admin(site: App) -> TestClient:
    return signed_in(site, "administrator")


def failed(app: App, number: str, reply: str = "550 5.1.1 no such mailbox") -> int:
    """A mail of the case that did not get through."""
    o, case = models.outbox.c, select(models.cases.c.id).where(models.cases.c.register_no == number)
    with db.writing(app.engine) as conn:
        mail: int = conn.execute(select(o.id).where(o.case_id == case.scalar_subquery()).limit(1)).scalar_one()
        values = {"state": "failed", "reply": reply, "next_at": app.clock()}
        conn.execute(update(models.outbox).where(o.id == mail).values(**values))
    return mail


def test_the_pages_are_for_administrators(site: App) -> None:
    for path, _ in PLACES:
        assert signed_in(site, "").get(path).headers["location"].startswith("/sign-in")
        for who in ("officer", "registrar"):
            answer = signed_in(site, who).get(path)
            assert answer.status_code == 403
            assert "administratör" in answer.text
    assert 'href="/admin"' not in signed_in(site, "officer").get("/").text
    assert 'href="/admin"' in signed_in(site, "administrator").get("/").text


def test_the_overview_says_what_is_wrong_first(admin: TestClient) -> None:
    page = admin.get("/admin").text
    assert page.index("Ingen arbetsprocess hör av sig") < page.index("Databasen svarar")


def test_a_mail_that_failed_is_found_and_sent_again(site: App, admin: TestClient) -> None:
    mail = failed(site, "RS200001")
    page = admin.get("/admin/mail").text
    assert "550 5.1.1 no such mailbox" in page
    form = re.search(rf'action="/admin/mail/{mail}/retry">.*?</form>', page, re.DOTALL)
    assert form is not None
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    answer = admin.post(f"/admin/mail/{mail}/retry", data=given)
    assert answer.headers["location"] == f"/admin/mail/{mail}?done=1"
    assert "Mejlet står i kö igen" in admin.get(answer.headers["location"]).text
    assert admin.post(f"/admin/mail/{mail}/retry", data=given).status_code == 303  # the same press
    with db.writing(site.engine) as conn:
        conn.execute(update(models.outbox).values(state="sent"))
    refused = admin.post(f"/admin/mail/{mail}/retry", data={**given, "command": ""})
    assert refused.status_code == 409
    assert "redan lämnat till mejlservern" in refused.text


def test_an_officer_cannot_send_the_form_of_an_administrator(site: App) -> None:
    mail, officer = failed(site, "RS200001"), signed_in(site, "officer")
    csrf = re.search(r'name="csrf" value="(\w+)"', officer.get("/").text)
    assert csrf is not None
    assert officer.post(f"/admin/mail/{mail}/retry", data={"csrf": csrf[1]}).status_code == 403


@pytest.mark.parametrize("path", ["/admin/mail/x", "/admin/mail/999999", "/admin/mail?before=x", "/admin/mail/²"])
def test_what_is_not_there_is_not_found(admin: TestClient, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_of_a_secret_case_only_the_number_is_told(site: App, admin: TestClient) -> None:
    o = models.outbox.c
    with db.writing(site.engine) as conn:
        secret = select(models.cases.c.id).where(models.cases.c.register_no == "RS230002").scalar_subquery()
        mail = conn.execute(select(o.id, o.address).where(o.case_id.is_not(None)).limit(1)).one()
        values = {"case_id": secret, "state": "failed", "subject": webstory.SECRET, "reply": f"550 {mail.address}"}
        conn.execute(update(models.outbox).where(o.id == mail.id).values(**values, next_at=site.clock()))
    for path in ("/admin/mail", f"/admin/mail/{mail.id}"):
        page = admin.get(path).text
        assert "RS230002" in page
        assert webstory.SECRET not in page
        assert mail.address not in page


def test_workers_and_sweeps_show_when_they_were_last_seen(site: App, admin: TestClient) -> None:
    beats.beat(site, "worker:maskin1:17", {"pid": 17, "prefect": True})
    beats.beat(site, "sweep:deadlines", {"run": "direct"})
    beats.beat(site, "swept:deadlines", {"run": "0b7e", "line": "Inga frister hade löpt ut.", "gap": None})
    page = admin.get("/admin/flows").text
    for words in ("maskin1:17", "I gång", "Inga frister hade löpt ut.", "/runs/flow-run/0b7e", "Försenat"):
        assert words in page


def csrf_of(browser: TestClient, path: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', browser.get(path).text)
    assert found is not None
    return found[1]


def test_promises_are_reconciled_on_demand_and_lead_to_where_they_are_mended(site: App, admin: TestClient) -> None:
    assert "Ingen avstämning är gjord än" in admin.get("/admin/promises").text
    with db.writing(site.engine) as conn:
        mail = conn.execute(select(models.outbox.c.id).where(models.outbox.c.state == "sent").limit(1)).scalar_one()
        late = {"state": "queued", "next_at": site.clock() - timedelta(hours=1)}
        conn.execute(update(models.outbox).where(models.outbox.c.id == mail).values(**late))
    form = {"csrf": csrf_of(admin, "/admin/promises")}
    assert admin.post("/admin/promises", data=form).headers["location"] == "/admin/promises"
    page = admin.get("/admin/promises").text
    assert f'<a href="/admin/mail/{mail}">Mejl som inte är sänt</a>' in page


def test_every_kind_of_broken_promise_and_every_check_and_sweep_has_its_words() -> None:
    for kind in get_args(reconcile.Kind):
        assert f"kind_{kind}" in ADMIN_LABELS
    for sweep in beats.SCHEDULE:
        assert f"sweep_{sweep}" in ADMIN_LABELS


def test_one_case_is_checked_at_once_and_all_of_them_in_the_background(admin: TestClient) -> None:
    form = {"csrf": csrf_of(admin, "/admin/audit")}
    assert "kedjan är hel" in admin.post("/admin/audit", data={**form, "number": "RS200001"}).text
    unknown = admin.post("/admin/audit", data={**form, "number": "RS990001"})
    assert unknown.status_code == 422
    assert "Det finns inget ärende med diarienummer RS990001" in unknown.text
    assert admin.post("/admin/audit", data={**form, "number": ""}).status_code == 303
    eventually(lambda: "ärenden och" in admin.get("/admin/audit").text, 20, 0.2)
    eventually(lambda: "Pågår" not in admin.get("/admin/audit").text, 20, 0.2)
    assert "0 fel" in admin.get("/admin/audit").text


def test_a_case_type_is_told_in_words_with_its_editions(admin: TestClient) -> None:
    assert "Avsiktsförklaring" in admin.get("/admin/types").text
    page = admin.get("/admin/types/declaration_of_intent").text
    for words in ("Reglerna i ord", "Uppgifter i ärendet", "<h3>Lägen</h3>", "gäller nya ärenden"):
        assert words in page
    assert admin.get("/admin/types/declaration_of_intent?version=9.9.9").status_code == 404
    assert admin.get("/admin/types/nothing").status_code == 404
    assert admin.get("/admin/types/letter/times").status_code == 404


def test_a_chart_says_in_a_table_what_it_shows(admin: TestClient) -> None:
    page = admin.get("/admin/types/declaration_of_intent/times").text
    names = re.findall(r'text-anchor="end">([^<]+)</text>', page)
    assert "Avstämning med kommunerna" in names
    table = page[page.index("<table>") :]
    assert [n for n in names if n not in table] == []


def test_persons_settings_and_their_sources_are_shown_without_secrets(site: App) -> None:
    told = site.settings.model_copy(update={"smtp_password": SecretStr("hemligt")})
    browser = signed_in(replace(site, settings=told), "administrator")
    assert "ordförande, Regionstyrelsens arbetsutskott" in browser.get("/admin/people").text
    today = local_day(site.clock())
    site.do(ReportAbsence(actor="rs_chair", person="rs_chair", first=today, last=today + timedelta(days=3)))
    assert (
        f"Regionstyrelsens ordförande är borta {today}–{today + timedelta(days=3)}" in browser.get("/admin/people").text
    )
    page = browser.get("/admin/settings").text
    assert "ARENDE_SMTP_PASSWORD" in page
    assert "Finns, visas inte" in page
    assert "hemligt" not in page


@contextmanager
def mute() -> Iterator[int]:
    """A server that takes the connection and never answers: Prefect at its worst."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    held.append(listening.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield int(listening.getsockname()[1])
        for connection in held:
            connection.close()


def test_a_prefect_that_is_slow_or_gone_slows_no_page_and_the_page_says_so(site: App) -> None:
    with mute() as port:
        url = f"http://127.0.0.1:{port}/api"
        slow = replace(site, settings=site.settings.model_copy(update={"prefect_api_url": url}))
        browser = signed_in(slow, "administrator")
        browser.get("/admin")
        began = time.monotonic()
        for _ in range(2):
            page = browser.get("/admin/flows")
            assert "Prefect har inte svarat än" in page.text
        assert time.monotonic() - began < 20  # and neither page has waited for an answer: it says so
    gone = replace(site, settings=site.settings.model_copy(update={"prefect_api_url": "http://127.0.0.1:1/api"}))
    assert "Prefect svarar inte just nu" in signed_in(gone, "administrator").get("/admin/flows").text


def test_whoever_runs_the_machine_sees_that_mail_waits_and_not_what_it_says(site: App, admin: TestClient) -> None:
    row = {
        "dedupe": "x" * 64, "received_at": site.clock(), "door": "lmtp", "recipient": "arende@region.example",
        "mail_from": "anna@example.test", "from_address": "anna@example.test", "from_shown": "Anna Exempel",
        "subject": "Om min granne", "raw_sha256": "0" * 64, "size": 2048, "state": "tray", "reason": "no_case",
    }  # fmt: skip
    with db.writing(site.engine) as conn:
        number = conn.execute(insert(models.inbound).values(**row).returning(models.inbound.c.id)).scalar_one()
    assert '<a href="/admin/held">Mejl att sortera</a>' in admin.get("/admin").text
    page = admin.get("/admin/held").text
    for words in (f">{number}</th>", "Inget ärende är känt", "Sorteras av: Registratorn", "2,0\u00a0kB"):
        assert words in page
    for secret in ("granne", "Anna", "example.test", 'href="/tray'):
        assert secret not in page
    with db.writing(site.engine) as conn:
        conn.execute(delete(models.inbound).where(models.inbound.c.id == number))


def test_a_key_is_shown_once_opens_the_api_and_is_ended(site: App, admin: TestClient) -> None:
    csrf = {"csrf": csrf_of(admin, "/admin/keys")}
    form = {**csrf, "key_name": "E-tjänsten", "key_person": "officer", "key_role": "read", "key_days": "30"}
    made = admin.post("/admin/keys", data=form)
    found = re.search(r"<code>(arende_[\w-]+)</code>", made.text)
    assert found is not None
    assert made.headers["cache-control"] == "private, no-store"
    headers = {"authorization": f"Bearer {found[1]}"}
    with TestClient(create_app(site), base_url=BASE, headers=headers) as program:
        assert program.get("/api/v1/me").json()["person"]["key"] == "officer"
        page = admin.get("/admin/keys").text
        assert "E-tjänsten" in page
        assert found[1] not in page
        end = re.search(r'action="(/admin/keys/\d+/revoke)"', page)
        assert end is not None
        assert signed_in(site, "officer").post(end[1], data=csrf).status_code == 403  # its form is not theirs
        assert admin.post(end[1], data=csrf).headers["location"] == "/admin/keys?done=key_ended"
        assert program.get("/api/v1/me").status_code == 401
    assert "Nyckeln är spärrad." in admin.get("/admin/keys?done=key_ended").text


def test_a_key_is_offered_for_those_who_work_here_and_others_are_searched_for(site: App, admin: TestClient) -> None:
    page = admin.get("/admin/keys").text
    offered = page.split('id="key_person"')[1].split("</select>")[0]
    assert 'value="officer"' in offered
    assert 'value="rs_m1"' not in offered, "elected members do not act by a program"
    searched = page.split('<datalist id="key_other-list">')[1].split("</datalist>")[0]
    assert ">rs_m1</option>" in searched
    assert ">officer</option>" not in searched
    name = re.findall(r'<option value="([^"]+)">rs_m1<', searched)[0]
    form = {"csrf": csrf_of(admin, "/admin/keys"), "key_name": "Läsplattan", "key_role": "read", "key_days": "30"}
    assert "Fyll i ”Handlar som”" in admin.post("/admin/keys", data=form).text
    assert "Ingen förtroendevald heter så" in admin.post("/admin/keys", data={**form, "key_other": "Ingen"}).text
    made = admin.post("/admin/keys", data={**form, "key_other": name})
    assert made.status_code == 200
    assert "<code>rs_m1</code>" in made.text


def test_officers_neither_make_nor_end_what_other_programs_come_with(site: App) -> None:
    officer = signed_in(site, "officer")
    csrf = re.search(r'name="csrf" value="(\w+)"', officer.get("/").text)
    assert csrf is not None
    for path in (
        "",
        "/1/revoke",
        "/webhooks",
        "/webhooks/1/try",
        "/webhooks/1/resume",
        "/webhooks/1/remove",
        "/webhooks/1/again",
    ):
        assert officer.post(f"/admin/keys{path}", data={"csrf": csrf[1]}).status_code == 403, path


@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("", {"key_name": "x", "key_person": "officer", "key_days": "x"}, "1–730 dagar"),
        ("", {"key_name": "", "key_person": "officer", "key_days": "1"}, "Fyll i ”Program”"),
        ("", {"key_name": "x", "key_person": "system", "key_days": "1"}, "En nyckel ges för en person"),
        ("/webhooks", {"hook_name": "x", "hook_url": "http://example.test/"}, "börja med https"),
        ("/webhooks", {"hook_name": "x", "hook_url": "https://example.test/", "hook_kinds": "x"}, "case.step"),
    ],
)
def test_what_makes_no_sense_comes_back_with_what_is_wrong(
    admin: TestClient, path: str, given: dict[str, str], told: str
) -> None:
    answer = admin.post(f"/admin/keys{path}", data={"csrf": csrf_of(admin, "/admin/keys"), "key_role": "read", **given})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{given.get("hook_url", "x")}"' in answer.text or not given.get("key_name")


def test_a_webhook_is_added_tried_and_removed(site: App, admin: TestClient) -> None:
    csrf = {"csrf": csrf_of(admin, "/admin/keys")}
    form = {**csrf, "hook_name": "Ledningssystemet", "hook_url": "https://127.0.0.1:9/x", "hook_kinds": "case.step"}
    added = admin.post("/admin/keys/webhooks", data=form)
    assert re.search(r"<code>whsec_[\w+/=]+</code>", added.text)
    page = admin.get("/admin/keys").text
    assert "Inget berättat än" in page
    assert "whsec_" not in page
    number = re.findall(r"/admin/keys/webhooks/(\d+)/try", page)[0]
    tried = admin.post(f"/admin/keys/webhooks/{number}/try", data=csrf)
    assert "Ledningssystemet tog inte emot: the address leads into a network that is not allowed" in tried.text
    page = admin.get(f"/admin/keys/webhooks/{number}").text
    assert "arende.webhook.test" in page
    message = re.findall(r'name="message" value="(\d+)"', page)[0]
    again = admin.post(f"/admin/keys/webhooks/{number}/again", data={**csrf, "message": message}).text
    assert "Ledningssystemet tog inte emot" in again
    assert again.count("Togs inte emot") == 2
    assert signed_in(site, "officer").get(f"/admin/keys/webhooks/{number}").status_code == 403
    assert admin.post(f"/admin/keys/webhooks/{number}/resume", data=csrf).status_code == 303
    assert admin.post(f"/admin/keys/webhooks/{number}/remove", data=csrf).status_code == 303
    assert "127.0.0.1:9" not in admin.get("/admin/keys").text
    assert admin.get(f"/admin/keys/webhooks/{number}").status_code == 404
    for path in (f"/admin/keys/webhooks/{number}/try", "/admin/keys/999/revoke", "/admin/keys/x/revoke"):
        assert admin.post(path, data=csrf).status_code == 404
