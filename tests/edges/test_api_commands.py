"""Commands through the API: the same as at every other door, each exactly once, and refused with the same sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select
from starlette.testclient import TestClient
from test_api import HOST, problem, program

import webstory
from arende import db, models, queries
from arende.app import App
from arende.web import create_app
from arende.web.api.offered import OFFERED
from webstory import TYPE


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("api"))
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def officer(site: App) -> TestClient:
    return program(site)


def give(client: TestClient, name: str, body: Any, key: UUID | str = "", version: str = "", **headers: str) -> Any:
    given = {"idempotency-key": str(key or uuid4()), **headers}
    if version:
        given["if-match"] = version
    return client.post(f"/commands/{name}", json=body, headers=given)


def new_case(client: TestClient, **more: Any) -> Any:
    return give(client, "register_case", {"type": TYPE, "title": "Om kustleden", **more})


def events(site: App, number: str) -> list[str]:
    with db.reading(site.engine) as conn:
        return [e["kind"] for e in queries.history(conn, queries.case(conn, number)["id"])]


# ---------------------------------------------------------------- what is done


def test_a_case_is_registered_and_moved_on(site: App, officer: TestClient) -> None:
    made = new_case(officer, fields={"draft_due": "2023-02-01"})
    assert made.status_code == 201
    number = made.json()["register_no"]
    assert made.headers["location"] == f"/api/v1/cases/{number}"
    tag = officer.get(f"/cases/{number}").headers["etag"]
    assert tag == made.headers["etag"]
    done = give(
        officer,
        "advance",
        {"register_no": number, "trigger": "put_on_hold", "note": "Vänta", "fields": {"review_on": "2023-03-01"}},
        version=tag,
    )
    assert done.status_code == 200, done.text
    assert done.json()["version"] == made.json()["version"] + 1
    with db.reading(site.engine) as conn:
        last = queries.history(conn, queries.case(conn, number)["id"])[-1]
    assert (last["actor"], last["channel"], last["payload"]["note"]) == ("officer", "api", "Vänta")


def test_a_record_goes_up_and_comes_down(officer: TestClient) -> None:
    number = new_case(officer).json()["register_no"]
    headers = {"idempotency-key": str(uuid4()), "content-type": "text/plain; charset=utf-8"}
    way = f"/cases/{number}/documents?key=declaration&name=forslag.txt"
    up = officer.post(way, content="Behovet är stort.".encode(), headers=headers)
    assert (up.status_code, up.json()["data"]["record_no"]) == (201, 1)
    again = officer.post(way, content="Behovet är stort.".encode(), headers=headers)
    assert again.json() == up.json()
    assert problem(officer.post(way, content=b"Annat.", headers=headers)) == (422, "key-reused")
    (row,) = officer.get(f"/cases/{number}/documents").json()["items"]
    assert (row["name"], row["media_type"]) == ("forslag.txt", "text/plain")
    down = officer.get(f"{HOST}{row['href']}")
    assert down.text == "Behovet är stort."
    assert down.headers["etag"] == f'"{row["sha256"]}"'
    assert problem(officer.get(f"/cases/{number}/documents/2")) == (404, "not-found")
    nothing = officer.post(way, content=b"", headers={**headers, "idempotency-key": str(uuid4())})
    assert problem(nothing) == (422, "invalid")


def test_a_task_is_reported_as_done(site: App, officer: TestClient) -> None:
    manager = program(site, "manager")
    number = new_case(officer).json()["register_no"]
    given = {"register_no": number, "what": "Återkom", "to": "officer", "decision": "RS 2023-01-04 § 1"}
    give(officer, "give_assignment", given)
    waiting = [w for w in officer.get("/inbox").json()["items"] if w["kind"] == "task"]
    assert waiting
    wrong = give(manager, "complete_task", {"task": 99_999})
    assert problem(wrong) == (404, "not-found")


# ---------------------------------------------------------------- once


def test_a_command_sent_twice_is_one_act_and_answers_the_same(site: App, officer: TestClient) -> None:
    key = uuid4()
    first = give(officer, "register_case", {"type": TYPE, "title": "En gång"}, key)
    second = give(officer, "register_case", {"type": TYPE, "title": "En gång"}, f'"{key}"')
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["etag"] == first.headers["etag"]
    number = first.json()["register_no"]
    hold = {"register_no": number, "trigger": "put_on_hold", "note": "Vänta", "fields": {"review_on": "2023-03-01"}}
    step = uuid4()
    told = [give(officer, "advance", hold, step, first.headers["etag"]) for _ in range(3)]
    assert [t.status_code for t in told] == [200, 200, 200]
    assert told[0].json() == told[1].json() == told[2].json()
    assert events(site, number).count("case:step:taken") == 1


def test_the_same_id_for_something_else_is_refused(site: App, officer: TestClient) -> None:
    key = uuid4()
    number = give(officer, "register_case", {"type": TYPE, "title": "Ett"}, key).json()["register_no"]
    for client, name, body in (
        (officer, "register_case", {"type": TYPE, "title": "Två"}),
        (program(site, "officer2"), "register_case", {"type": TYPE, "title": "Ett"}),
        (officer, "add_note", {"register_no": number, "text": "Ett"}),
    ):
        assert problem(give(client, name, body, key)) == (422, "key-reused")
    assert len(events(site, number)) == 1


def test_a_command_without_an_id_is_refused(officer: TestClient) -> None:
    for headers in ({}, {"idempotency-key": "x"}):
        answer = officer.post("/commands/register_case", json={"type": TYPE, "title": "x"}, headers=headers)
        assert problem(answer) == (400, "unreadable")


# ---------------------------------------------------------------- versions


def test_a_step_says_which_version_it_saw(site: App, officer: TestClient) -> None:
    made = new_case(officer)
    number, tag = made.json()["register_no"], made.headers["etag"]
    hold = {"register_no": number, "trigger": "put_on_hold", "note": "Vänta", "fields": {"review_on": "2023-03-01"}}
    assert problem(give(officer, "advance", hold)) == (428, "version-needed")
    give(officer, "relate", {"register_no": number, "kind": "basis", "other": "Strukturbild"})
    late = give(officer, "advance", hold, version=tag)
    assert problem(late) == (412, "changed-meanwhile")
    assert f"{number} har ändrats av någon annan" in late.json()["detail"]
    for nonsense in ('"x"', "1", '"1", "2"', 'W/"x"'):
        assert problem(give(officer, "advance", hold, version=nonsense)) == (412, "changed-meanwhile")
    assert events(site, number)[-1] == "relation:added"
    assert give(officer, "advance", hold, version="*").status_code == 200
    assert problem(give(officer, "add_note", {"register_no": number, "text": "x"}, version='"1"'))[0] == 412


def test_a_weak_tag_of_a_proxy_is_the_same_version(officer: TestClient) -> None:
    made = new_case(officer)
    hold = {
        "register_no": made.json()["register_no"],
        "trigger": "put_on_hold",
        "note": "Vänta",
        "fields": {"review_on": "2023-03-01"},
    }
    assert give(officer, "advance", hold, version=f"W/{made.headers['etag']}").status_code == 200


# ---------------------------------------------------------------- refusals


def test_a_refusal_carries_the_sentences_in_the_language_asked_for(officer: TestClient) -> None:
    number = new_case(officer).json()["register_no"]
    body = {"register_no": number, "trigger": "request_review"}
    swedish = give(officer, "advance", body, version="*")
    assert problem(swedish) == (409, "refused")
    assert swedish.headers["content-language"] == "sv"
    english = give(officer, "advance", body, version="*", **{"accept-language": "en"})
    options = officer.get(f"/cases/{number}/options", headers={"accept-language": "en"}).json()["items"]
    why = next(o["why_not"] for o in options if o["trigger"] == "request_review")
    assert english.json()["sentences"] == why
    assert english.json()["title"] == "Not possible now"
    assert swedish.json()["sentences"] != why


def test_a_key_for_reading_gives_no_command(site: App) -> None:
    reader = program(site, role="read")
    assert problem(give(reader, "register_case", {"type": TYPE, "title": "x"})) == (403, "not-allowed")
    assert problem(reader.post("/cases/RS230001/documents?key=other&name=x", content=b"x")) == (403, "not-allowed")
    assert reader.get("/cases").status_code == 200


def test_a_key_may_no_more_than_its_person(site: App, officer: TestClient) -> None:
    number = new_case(officer).json()["register_no"]
    chair = program(site, "rs_chair")
    assert problem(give(chair, "register_case", {"type": TYPE, "title": "x"}))[0] == 403
    assert problem(give(chair, "assign_case", {"register_no": number, "officer": "officer2"}, version="*"))[0] == 403


def test_nothing_is_done_in_a_case_that_may_not_be_seen(site: App) -> None:
    secret, other = "RS230002", program(site, "officer2")
    told = set()
    for number in (secret, "RS230999", "nonsense"):
        for name, more in (
            ("advance", {"trigger": "put_on_hold", "note": "x"}),
            ("add_note", {"text": "x"}),
            ("watch", {}),
            ("answer_consultation", {"party": "municipality_laholm", "stance": "supports"}),
        ):
            answer = give(other, name, {"register_no": number, **more}, version="*")
            assert problem(answer) == (404, "not-found")
            told.add(answer.text)
        up = other.post(
            f"/cases/{number}/documents?key=other&name=x", content=b"x", headers={"idempotency-key": str(uuid4())}
        )
        assert problem(up) == (404, "not-found")
    with db.reading(site.engine) as conn:
        case = queries.case(conn, secret)["id"]
        task = conn.execute(select(func.min(models.tasks.c.id)).where(models.tasks.c.case_id == case)).scalar()
    told.add(give(other, "complete_task", {"task": task}).text)
    told.add(give(other, "complete_task", {"task": 99_999}).text)
    assert task
    assert len(told) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": TYPE}, "/title"),
        ({"type": TYPE, "title": "x", "actor": "registrar"}, "/actor"),
        ({"type": TYPE, "title": "x", "door": "clock"}, "/door"),
        ({"type": TYPE, "title": "x", "at": "2020-01-01T00:00:00Z"}, "/at"),
        ({"type": TYPE, "title": 5}, "/title"),
        ({"type": TYPE, "title": "x", "secrecy": "true"}, "/secrecy"),
        ({"type": TYPE, "title": "x\u0000"}, "/title"),
        ({"type": TYPE, "title": "x", "fields": {"a": {"b": 1}}}, "/fields/a"),
        ([], ""),
        ({"type": TYPE, "title": "x", "fields": {"a": 10**30}}, "/fields/a"),
    ],
)
def test_what_has_another_shape_is_told_where(officer: TestClient, body: Any, pointer: str) -> None:
    answer = give(officer, "register_case", body)
    assert problem(answer) == (422, "invalid")
    assert any(e["pointer"].startswith(pointer) for e in answer.json()["errors"]), answer.text


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"title": "\xed\xa0\x80"}'])
def test_what_is_no_json_is_refused(officer: TestClient, text: bytes) -> None:
    headers = {"idempotency-key": str(uuid4()), "content-type": "application/json"}
    answer = officer.post("/commands/register_case", content=text, headers=headers)
    assert problem(answer)[0] in (400, 422)


def test_what_is_too_large_or_of_another_kind_is_refused(officer: TestClient) -> None:
    headers = {"idempotency-key": str(uuid4())}
    large = officer.post("/commands/add_note", content=b" " * 1_000_001, headers=headers)
    assert problem(large) == (413, "too-large")
    chunked = officer.post("/commands/add_note", content=iter([b" " * 600_000] * 2), headers=headers)
    assert problem(chunked) == (413, "too-large")
    form = officer.post("/commands/add_note", data={"text": "x"}, headers=headers)
    assert problem(form) == (415, "media-type")
    assert problem(officer.post("/commands/fire_deadline", json={}, headers=headers)) == (404, "not-found")


def test_words_that_do_not_fit_are_told_as_sentences(officer: TestClient) -> None:
    number = new_case(officer).json()["register_no"]
    empty = give(officer, "add_note", {"register_no": number, "text": "  "})
    assert problem(empty) == (422, "invalid")
    long = give(officer, "register_case", {"type": TYPE, "title": "x" * 301})
    assert problem(long) == (422, "invalid")
    assert "301" in long.json()["detail"]


# ---------------------------------------------------------------- what is offered


NEVER = {
    "decide_approval": "an act of a person, who signs in or answers a mail",
    "ask_about_approval": "the same",
    "withdraw_approval": "the same",
    "hand_in_answer": "comes with the secret of a mail's link",
    "issue_calendar_link": "makes an address that is a secret itself",
    "revoke_calendar_link": "ends one",
    "remove_payload": "for good: a registrar does it by hand",
    "add_document": "has an address of its own, which takes the file",
    "register_post": "comes with files; the registrar's page takes them",
    "triage_mail": "the same",
    "file_mail": "the mail's own door",
    "fire_deadline": "the clock",
    "send_digest": "the clock",
    "report_delivery": "the worker",
    "carry_out": "the clock",
    "await_words": "the clock",
    "carry_over": "the clock",
    "follow_meeting": "the clock",
    "make_meeting": "the clock",
    "keep_assignment": "the clock",
    "settle_by_minutes": "the clock",
    "report_promise": "the clock",
    "take_record": "the other half of a move, which the promise carries out",
    "take_over": "the other half of a merger, which the promise carries out",
    "take_effect": "the clock",
    "receive_case": "the other half of a hand-over, which the promise carries out",
    "save_search": "a person's own shortcut on the register's page",
    "forget_search": "the same",
    "choose_shortcuts": "keys of the pages, which no program presses",
}
"""Commands that no key gives, and why."""


def test_no_key_gives_what_is_another_doors_and_no_two_commands_have_one_name() -> None:
    from arende.usecases import _table

    names = [kind.name for kind in _table()]
    assert len(names) == len(set(names))
    assert set(OFFERED) & set(NEVER) == set()
    assert set(OFFERED) | set(NEVER) == set(names), "offer a new command to programs, or say why not"


def test_every_command_is_described_without_what_only_a_door_knows(site: App) -> None:
    told = TestClient(create_app(site), base_url=HOST).get("/api/v1/openapi.json").json()
    for name in OFFERED:
        way = told["paths"][f"/commands/{name}"]["post"]
        shape = way["requestBody"]["content"]["application/json"]["schema"]
        assert not {"actor", "door", "id", "at", "expected_version"} & set(shape["properties"])
        assert shape["additionalProperties"] is False
        assert way["description"]
        assert {"409", "412", "422", "428"} <= set(way["responses"])
        needed = {p["name"] for p in way["parameters"] if p["required"]}
        assert needed == {"Idempotency-Key", *(["If-Match"] if name in ("advance", "assign_case") else [])}


def test_a_fault_of_ours_is_a_calm_problem_with_a_number(site: App, caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(create_app(site), base_url=f"{HOST}/api/v1", raise_server_exceptions=False,
                        headers=dict(program(site).headers))  # fmt: skip

    def broken(*_: object) -> None:
        raise ZeroDivisionError("Anna Exempel")

    event.listen(site.engine, "before_cursor_execute", broken)
    try:
        answer = client.get("/search?q=x")
    finally:
        event.remove(site.engine, "before_cursor_execute", broken)
    assert problem(answer) == (500, "failed")
    assert answer.json()["number"] in caplog.text
    assert "Anna Exempel" not in caplog.text + answer.text
