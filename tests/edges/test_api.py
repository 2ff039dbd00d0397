"""The API: who may come in, what they read, and how they are told why not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

import webstory
from arende import db, duedates, models, queries
from arende.actors import actor
from arende.app import App
from arende.commands import RegisterCase
from arende.demo import declaration
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.registercommands import MergeCases
from arende.usecases import apikeys, sessions
from arende.web import create_app
from webstory import SECRET, TYPE

HOST = "http://127.0.0.1"


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("api"))
    yield app
    app.engine.dispose()


def program(app: App, who: str = "officer", role: apikeys.Role = "act", language: str = "sv") -> TestClient:
    """A program with a key for the person."""
    _, raw = apikeys.make(app, "administrator", "e-tjänsten", who, role, 30)
    headers = {"authorization": f"Bearer {raw}", "accept-language": language}
    return TestClient(create_app(app), base_url=f"{HOST}/api/v1", headers=headers)


@pytest.fixture(scope="module")
def officer(site: App) -> TestClient:
    return program(site)


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["sentences"]
    return answer.status_code, told["type"].removeprefix("urn:problem-type:arende:")


# ---------------------------------------------------------------- keys


def test_a_key_says_who_it_is(officer: TestClient) -> None:
    told = officer.get("/me").json()
    assert told["person"] == {"key": "officer", "name": "Handläggaren"}
    assert "case_officer@regionkontoret" in told["offices"]
    assert told["role"] == "act"


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer arende_nonsense"}, {"authorization": "Basic b2ZmaWNlcjp4"}, {"authorization": "x"}],
)
def test_nobody_comes_in_without_a_key(site: App, headers: dict[str, str]) -> None:
    anybody = TestClient(create_app(site), base_url=f"{HOST}/api/v1", headers=headers)
    for path in ("/cases", "/cases/RS200001", "/me", "/search"):
        answer = anybody.get(path)
        assert problem(answer) == (401, "not-signed-in")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_browsers_session_opens_nothing(site: App) -> None:
    with db.reading(site.engine) as conn:
        person = actor(conn, "officer")
    browser = TestClient(create_app(site), base_url=HOST, cookies={"arende": sessions.begin(site, person, "demo")})
    assert browser.get("/sessions").status_code == 200
    assert problem(browser.get("/api/v1/cases")) == (401, "not-signed-in")


def test_a_key_that_was_revoked_has_ended_or_whose_person_has_left_opens_nothing(site: App) -> None:
    number, raw = apikeys.make(site, "administrator", "gammal", "officer2", "read", 1)
    headers = {"authorization": f"Bearer {raw}"}
    client = TestClient(create_app(site), base_url=f"{HOST}/api/v1", headers=headers)
    assert client.get("/me").status_code == 200
    clock: Any = site.clock
    now = clock.now
    clock.now = now + timedelta(days=1)
    assert problem(client.get("/me")) == (401, "not-signed-in")
    clock.now = now
    apikeys.revoke(site, "administrator", number)
    assert problem(client.get("/me")) == (401, "not-signed-in")
    assert next(k for k in apikeys.listing(site) if k["id"] == number)["holds"] is False
    with pytest.raises(NotFound):
        apikeys.revoke(site, "administrator", number)


def test_administrators_alone_make_keys_and_for_persons_alone(site: App) -> None:
    with pytest.raises(Forbidden):
        apikeys.make(site, "officer", "x", "officer", "read", 30)
    with pytest.raises(Forbidden):
        apikeys.revoke(site, "officer", 1)
    for party in ("municipality_laholm", "system"):
        with pytest.raises(Refused):
            apikeys.make(site, "administrator", "x", party, "read", 30)
    for name, days in (("", 30), ("x\n", 0), ("x", 731), ("x" * 101, 30)):
        with pytest.raises(Invalid):
            apikeys.make(site, "administrator", name, "officer", "read", days)


def test_the_database_does_not_know_a_key_but_when_it_was_used(site: App) -> None:
    number, raw = apikeys.make(site, "administrator", "läsaren", "officer", "read", 30)
    TestClient(create_app(site), base_url=f"{HOST}/api/v1", headers={"authorization": f"Bearer {raw}"}).get("/me")
    row = next(k for k in apikeys.listing(site) if k["id"] == number)
    assert row["used_at"] == site.clock()
    with db.reading(site.engine) as conn:
        dump = "\n".join(conn.connection.driver_connection.iterdump())  # type: ignore[union-attr]  # sqlite3's
    assert raw not in dump
    assert raw.removeprefix(apikeys.PREFIX) not in dump


def test_who_asks_too_often_is_asked_to_wait(sqlite_template: Path, tmp_path: Path, site: App) -> None:
    from dataclasses import replace

    slow = replace(site, settings=site.settings.model_copy(update={"api_per_minute": 2}))
    one, other = program(slow), program(slow)
    assert [one.get("/me").status_code for _ in range(2)] == [200, 200]
    answer = one.get("/me")
    assert problem(answer) == (429, "too-many")
    assert answer.headers["retry-after"] == "60"
    assert other.get("/me").status_code == 200, "each web process counts each key by itself"


# ---------------------------------------------------------------- cases


def test_a_case_is_read_whole(officer: TestClient) -> None:
    answer = officer.get("/cases/rs 200001")
    case = answer.json()
    assert answer.headers["etag"] == f'"{case["version"]}"'
    assert (case["register_no"], case["title"]) == ("RS200001", declaration.TITLE)
    assert case["state_title"] == "Avslutad"
    assert len(case["consultations"][0]["answers"]) == 6
    assert {d["key"] for d in case["documents"]} >= {"declaration"}
    again = officer.get("/cases/RS200001", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    english = officer.get("/cases/RS200001", headers={"accept-language": "en"}).json()
    assert english["state_title"] == "Closed"


def test_a_number_that_has_ended_says_how_and_where_to_go_on(site: App, officer: TestClient) -> None:
    one, other = (
        str(site.do(RegisterCase(actor="officer", type=TYPE, title="Om cykelleder")).register_no) for _ in range(2)
    )
    assert [officer.get(f"/cases/{one}").json()[k] for k in ("ending", "continued_in")] == [None, None]
    site.do(MergeCases(actor="registrar", register_no=one, into=other, reason="Samma sak."))
    case = officer.get(f"/cases/{one}").json()
    assert (case["ending"], case["continued_in"]) == ("merged", other)
    assert case["state_title"] == "Uppgånget i ett annat ärende"
    lines = {c["register_no"]: c for c in officer.get("/cases?limit=200").json()["items"]}
    assert (lines[one]["ending"], lines[other]["ending"]) == ("merged", None)


def test_the_history_is_walked_page_by_page(officer: TestClient) -> None:
    whole = officer.get("/cases/RS200001/history?limit=200").json()["items"]
    assert [e["seq"] for e in whole] == list(range(1, len(whole) + 1))
    assert "Falkenbergs kommun tog tillbaka sitt ställningstagande" in " ".join(e["text"] for e in whole)
    path, found = "/cases/RS200001/history?limit=30", []
    while path:
        answer = officer.get(f"{HOST}{path}" if path.startswith("/api") else path)
        found += answer.json()["items"]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == whole


def test_lists_go_on_where_they_ended_and_show_each_case_once(site: App, officer: TestClient) -> None:
    for path in ("/cases?limit=1", "/search?limit=1"):
        numbers = []
        while path:
            answer = officer.get(f"{HOST}{path}" if path.startswith("/api") else path)
            numbers += [c["register_no"] for c in answer.json()["items"]]
            path = answer.links["next"]["url"] if "next" in answer.links else ""
        assert sorted(numbers) == sorted(set(numbers))
        assert {"RS200001", "RS230001", "RS230002"} <= set(numbers)
    assert officer.get("/cases?type=nothing").json() == {"items": []}
    assert all(c["closed_at"] is None for c in officer.get("/cases?open=true").json()["items"])


@pytest.mark.parametrize("cursor", ["x", "MTIz", "åäö", "MS0yLTM", "LTE"])
def test_a_place_that_no_list_gave_is_refused(officer: TestClient, cursor: str) -> None:
    assert problem(officer.get("/cases", params={"cursor": cursor})) == (400, "unreadable")


def test_the_register_is_searched(officer: TestClient) -> None:
    found = officer.get("/search", params={"q": "avsiktsförklaring", "type": TYPE}).json()
    assert "RS200001" in {c["register_no"] for c in found["items"]}
    assert problem(officer.get("/search?from=2020-13-01")) == (422, "invalid")
    assert problem(officer.get("/search?limit=0")) == (422, "invalid")
    assert problem(officer.get("/search?q=%00")) == (400, "unreadable")
    misspelt = officer.get("/search?quest=x")
    assert problem(misspelt) == (400, "unreadable")
    assert misspelt.json()["sentences"] == ["Adressen tar inte emot quest."]


def test_options_say_why_not(officer: TestClient) -> None:
    options = {o["trigger"]: o for o in officer.get("/cases/RS230001/options").json()["items"]}
    assert not options["request_review"]["allowed"]
    assert options["request_review"]["why_not"]
    assert options["put_on_hold"]["allowed"]


def test_the_inbox_tells_what_waits(site: App, officer: TestClient) -> None:
    waiting = officer.get("/inbox").json()["items"]
    assert "RS230001" in {w["register_no"] for w in waiting}
    assert all(w["what"] for w in waiting if w["kind"] == "task")


def test_case_types_are_described(officer: TestClient) -> None:
    keys = {t["key"] for t in officer.get("/types").json()["items"]}
    assert TYPE in keys
    told = officer.get(f"/types/{TYPE}", headers={"accept-language": "en"}).json()
    assert told["title"] == "Declaration of intent"
    assert ("request_review", "draft") in {(s["trigger"], s["from"]) for s in told["steps"]}
    assert problem(officer.get("/types/nothing")) == (404, "not-found")


def test_last_days_are_listed_the_nearest_first(site: App, officer: TestClient) -> None:
    for day in ("2023-03-01", "2023-02-01", "2023-04-01"):
        site.do(RegisterCase(actor="officer", type=TYPE, title="Med dag", fields={"draft_due": day}))
    first = officer.get("/deadlines?limit=2")
    one = first.json()["items"][0]
    assert one["sentence"] == duedates.last_day(date.fromisoformat(one["due_on"])).sv, "as pages and mails say it"
    assert one["ground"] == "rutin"
    rest = officer.get(f"{HOST}{first.links['next']['url']}").json()["items"]
    days = [d["due_on"] for d in first.json()["items"] + rest]
    assert days == sorted(days)
    assert {"2023-02-01", "2023-03-01", "2023-04-01"} <= set(days)


def test_meetings_are_read(officer: TestClient) -> None:
    listed = officer.get("/meetings").json()["items"]
    for line in listed[:1]:
        whole = officer.get(f"/meetings/{line['register_no']}").json()
        assert whole["items"]
    assert problem(officer.get("/meetings/RS200001")) == (404, "not-found")


# ---------------------------------------------------------------- what is hidden


def test_what_may_not_be_seen_is_not_there(site: App, officer: TestClient) -> None:
    """Secret, unknown and crooked numbers answer alike, in every address."""
    secret = "RS230002"
    other = program(site, "officer2")
    assert officer.get(f"/cases/{secret}").json()["title"] == SECRET
    told = set()
    for number in (secret, "RS230999", "nonsense", "RS23"):
        for way in ("", "/history", "/options", "/documents"):
            answer = other.get(f"/cases/{number}{way}")
            assert problem(answer) == (404, "not-found")
            told.add(answer.text)
        told.add(other.get(f"/meetings/{number}").text)
    assert len(told) == 1
    everything = "".join(other.get(p).text for p in ("/cases", "/search", "/deadlines", "/inbox", "/meetings"))
    assert secret not in everything
    assert SECRET not in everything


def test_of_a_record_that_may_not_be_opened_only_its_number_and_kind_are_told(site: App, officer: TestClient) -> None:
    with db.reading(site.engine) as conn:
        case = queries.case(conn, "RS230001")["id"]
    first = (models.documents.c.case_id == case, models.documents.c.record_no == 1)
    with db.writing(site.engine) as conn:
        conn.execute(update(models.documents).where(*first).values(access="unchecked"))
    other, way = program(site, "officer2"), "/cases/RS230001/documents"
    for told in (other.get(way).json()["items"], other.get("/cases/RS230001").json()["documents"]):
        assert [d["name"] for d in told[:2]] == [None, "forslag.md"]
        assert [d["sha256"] is None for d in told[:2]] == [True, False]
        assert [d["href"] for d in told[:2]] == [None, f"/api/v1{way}/2"]
    assert problem(other.get(f"{way}/1")) == (404, "not-found")
    assert officer.get(f"{way}/1").status_code == 200, "the case's own officer opens it"


def test_everything_else_answers_as_a_problem_too(officer: TestClient) -> None:
    assert problem(officer.get("/nothing")) == (404, "not-found")
    assert problem(officer.get("/types/two%0Alines")) == (404, "not-found")
    assert problem(officer.get(f"{HOST}/api/v1")) == (404, "not-found")
    answer = officer.put("/cases")
    assert problem(answer) == (405, "method")
    assert "GET" in answer.headers["allow"]


def test_the_api_describes_itself_to_anybody(site: App) -> None:
    told = TestClient(create_app(site), base_url=HOST).get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert told["servers"] == [{"url": "/api/v1"}]
    assert told["paths"]["/cases/{register_no}"]["get"]["responses"]["404"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert {"Problem", "Fault", "Case"} <= set(told["components"]["schemas"])
