"""Work done in the browser: steps, acts, records, new cases, the inbox. Each form is one command."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest
import typst
from httpx import Response
from starlette.testclient import TestClient

from arende import db, people, queries
from arende.actors import actor
from arende.app import App
from arende.assignmentcommands import GiveAssignment
from arende.casetypes import FieldDef
from arende.commands import AddDocument, Advance, CloseConsultation, RegisterCase, Relate
from arende.errors import NotFound
from arende.home import demo_file
from arende.operationalcommands import ImportPlan
from arende.registercommands import MergeCases
from arende.settings import Settings
from arende.usecases import people as register
from arende.usecases import sentmails, sessions
from arende.usecases.operationalplans import version_of
from arende.usecases.promises import keep
from arende.web import casefields, create_app
from arende.web.acts import ACTS
from arende.web.caseoffers import OF_ANSWER
from arende.web.session import token_of
from handclock import VirtualClock
from planstory import changed
from sharing import open_app

TYPE = "declaration_of_intent"


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("acting")
    shutil.copyfile(sqlite_template, folder / "arende.sqlite")
    engine = db.open_engine(f"sqlite:///{folder / 'arende.sqlite'}", sync_full=False)
    clock = VirtualClock()
    register.load(engine, people.read(demo_file("people.yaml").read_text("utf-8"), "people.yaml"), clock())
    yield open_app(Settings(data_dir=folder), engine, clock)
    engine.dispose()


class Browser:
    """A browser in which somebody is signed in."""

    def __init__(self, app: App, who: str) -> None:
        with db.reading(app.engine) as conn:
            raw = sessions.begin(app, actor(conn, who), "demo")
        self.http = TestClient(
            create_app(app), base_url="http://127.0.0.1", headers={"accept-language": "sv"}, follow_redirects=False
        )
        self.http.cookies.set("arende", raw)
        self.csrf = token_of(raw)

    def read(self, path: str, code: int = 200) -> str:
        answer = self.http.get(path)
        assert answer.status_code == code, (path, answer.status_code)
        return answer.text

    def form(self, path: str) -> dict[str, str]:
        """What a form on the page has hidden in it."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.read(path))
        return {name: value for name, value in found if name != "csrf"}

    def send(self, path: str, code: int = 303, files: dict[str, object] | None = None, **values: object) -> str:
        """Send the form of a page as a person would: with what it had hidden, and what was written."""
        hidden = values.pop("hidden", None) or self.form(path)
        answer = self.http.post(path, data={"csrf": self.csrf, **hidden, **values}, files=files)  # type: ignore[arg-type, dict-item]  # forms are loosely typed
        assert answer.status_code == code, (path, answer.status_code, words(answer.text)[:600])
        return answer.headers.get("location", "") if code == 303 else words(answer.text)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture(scope="module")
def officer(app: App) -> Browser:
    return Browser(app, "officer")


@pytest.fixture
def number(app: App) -> str:
    """A case that may be handed in for review: it has its text and its basis."""
    no = str(app.do(RegisterCase(actor="officer", type=TYPE, title="Om nattåg")).register_no)
    sha256, size = app.storage.put(io.BytesIO(b"Behovet ar stort.\n"))
    app.do(AddDocument(actor="officer", register_no=no, key="declaration", file_name="forslag.md",
                       media_type="text/markdown", size=size, sha256=sha256))  # fmt: skip
    app.do(Relate(actor="officer", register_no=no, kind="basis", other="Strukturbild Halland"))
    return no


def state(app: App, no: str) -> str:
    with db.reading(app.engine) as conn:
        return str(queries.case(conn, no)["state"])


def events(app: App, no: str) -> int:
    with db.reading(app.engine) as conn:
        return int(queries.case(conn, no)["seq"])


# ---------------------------------------------------------------- steps


@pytest.mark.long
def test_the_next_step_is_one_button_and_the_refused_ones_say_why(app: App, officer: Browser, number: str) -> None:
    html = officer.read(f"/cases/{number}")
    assert f'<a class="ds-button" href="/cases/{number}/step/request_review" data-variant="primary">' in html
    other = Browser(app, "rsau_secretary").read(f"/cases/{number}")
    assert "får göras av handläggare. Du har inte den rollen i ärendet." in words(other)
    assert 'data-variant="primary"' not in other


def test_a_step_is_taken_and_the_page_says_so(app: App, officer: Browser, number: str) -> None:
    there = officer.send(f"/cases/{number}/step/request_review", note="Klar för granskning")
    assert (there, state(app, number)) == (f"/cases/{number}?done=step", "manager_review")
    assert "Steget är taget. Ärendet är nu i läget ”Chefsgranskning”." in words(officer.read(there))


def test_the_same_form_sent_twice_is_one_step(app: App, officer: Browser, number: str) -> None:
    path = f"/cases/{number}/step/request_review"
    hidden = officer.form(path)
    officer.send(path, hidden=hidden)
    before = events(app, number)
    assert officer.send(path, hidden=hidden) == f"/cases/{number}?done=step", "the first answer once more"
    assert (events(app, number), state(app, number)) == (before, "manager_review")
    assert "redan använts för något annat" in officer.send(path, hidden=hidden, code=409, note="Något annat")
    late = officer.send(path, hidden={**hidden, "command": str(uuid4())}, code=409, note="Min text")
    assert "har ändrats av någon annan" in words(late)
    assert "Min text" in late, "what was written is not lost"
    assert events(app, number) == before


def test_who_was_too_late_sees_what_happened_and_loses_nothing(app: App, officer: Browser, number: str) -> None:
    path = f"/cases/{number}/step/put_on_hold"
    hidden = officer.form(path)
    app.do(Relate(actor="officer2", register_no=number, kind="follows", other="RS200001"))
    text = officer.send(path, hidden=hidden, code=409, review_on="2023-03-01", note="Väntar på departementet")
    assert "Någon annan hann före" in text
    assert "Andra handläggaren kopplade ärendet till RS200001" in text
    assert "Väntar på departementet" in text
    again = officer.form(path)
    officer.send(path, hidden=again, review_on="2023-03-01", note="Väntar på departementet")
    assert state(app, number) == "on_hold"


def test_what_is_wrong_stands_beside_its_field_and_first_on_the_page(officer: Browser, number: str) -> None:
    path = f"/cases/{number}/step/put_on_hold"
    answer = officer.http.post(path, data={"csrf": officer.csrf, **officer.form(path), "review_on": "2023-02-31"})
    assert answer.status_code == 422
    assert 'href="#review_on"' in answer.text
    assert re.search(r'id="review_on"[^>]*value="2023-02-31"[^>]*aria-invalid="true"', answer.text)
    assert "duger inte" in words(answer.text)


def test_a_form_can_ask_for_every_type_of_field() -> None:
    assert set(casefields.KINDS) == set(get_args(FieldDef.model_fields["type"].annotation))


def test_the_statement_is_written_on_a_form_of_its_own(officer: Browser, number: str) -> None:
    officer.send(f"/cases/{number}/step/request_review", note="")
    assert '<textarea class="ds-input" id="reasons"' in officer.read(f"/cases/{number}/step/write_statement")


def test_a_step_that_is_refused_says_why_and_offers_no_form(app: App, officer: Browser) -> None:
    bare = str(app.do(RegisterCase(actor="officer", type=TYPE, title="Utan underlag")).register_no)
    html = officer.read(f"/cases/{bare}/step/request_review")
    assert "Går inte än" in words(html)
    assert "data-form" not in html


def test_a_value_that_may_be_lacking_is_taken_away_where_the_form_was_emptied(app: App, officer: Browser) -> None:
    given = {"term_ends": "2022-12-31"}
    case = app.do(RegisterCase(actor="officer", type="organisation_change", title="Nämnd", fields=given))
    number = str(case.register_no)
    for key in ("directive", "proposal"):
        sha256, size = app.storage.put(io.BytesIO(key.encode()))
        app.do(AddDocument(actor="officer", register_no=number, key=key, file_name=f"{key}.txt",
                           media_type="text/plain", size=size, sha256=sha256))  # fmt: skip
    app.do(Advance(actor="officer", register_no=number, trigger="start", fields={"committee_decision": "RF 2020"}))
    sent = {"successor": "x", "asked": "municipality_hylte", "answer_by": "2020-12-01"}
    page = f"/cases/{number}/step/refer"
    officer.send(page, abolished=["ln_hylte", "ln_laholm"], **sent)
    app.do(CloseConsultation(actor="officer", register_no=number, reason="Det räcker."))
    officer.send(f"/cases/{number}/step/revise", note="Inget organ upphör.")
    assert 'value="ln_hylte" checked' in officer.read(page)
    officer.send(page, **sent)
    with db.reading(app.engine) as conn:
        fields = queries.case(conn, number)["fields"]
    assert (fields["successor"], fields.get("abolished")) == ("x", None)
    assert "togs bort" in officer.read(f"/cases/{number}")


@pytest.mark.parametrize("path", ["step/nonsense", "do/nonsense", "do/complete?task=999999", "do/answer?party=nobody",
                                  "documents/99", "documents/99/changes"])  # fmt: skip
def test_what_there_is_not_is_not_found(officer: Browser, number: str, path: str) -> None:
    officer.read(f"/cases/{number}/{path}", 404)


def test_whoever_is_not_signed_in_is_led_to_sign_in(app: App, number: str) -> None:
    http = TestClient(create_app(app), base_url="http://127.0.0.1", follow_redirects=False)
    for path in (f"/cases/{number}/step/request_review", f"/cases/{number}/do/note", "/cases/new"):
        assert http.get(path).headers["location"].startswith("/sign-in?next=")


# ---------------------------------------------------------------- other acts


def test_notes_are_written_and_shown_to_colleagues_alone(app: App, officer: Browser, number: str) -> None:
    officer.send(f"/cases/{number}/do/note", text="Ring <b>kommunen</b> i morgon")
    assert "Ring &lt;b&gt;kommunen&lt;/b&gt; i morgon" in officer.read(f"/cases/{number}")
    anybody = TestClient(create_app(app), base_url="http://127.0.0.1")
    assert "kommunen" not in words(anybody.get(f"/cases/{number}").text).partition("Handlingar")[0]
    assert "Arbetsanteckningar" not in anybody.get(f"/cases/{number}").text


def test_who_is_named_in_a_note_gets_a_mail_without_it_and_the_case_on_their_list(
    app: App, officer: Browser, number: str
) -> None:
    officer.send(f"/cases/{number}/do/note", text="@officer2 titta, och skriv till a@kommun.example")
    with db.reading(app.engine) as conn:
        [mail] = [m for m in queries.mails(conn, queries.case(conn, number)["id"]) if m["template"] == "mention"]
    assert mail["recipient_name"] == "Andra handläggaren"
    assert "titta" not in mail["text"] + mail["subject"] + mail["html"]
    assert number in words(Browser(app, "officer2").read("/")).partition("Ärenden du följer")[2]
    assert "nobody" in officer.send(f"/cases/{number}/do/note", code=422, text="@nobody titta")


def test_an_empty_form_says_what_is_missing(officer: Browser, number: str) -> None:
    assert "Fyll i ”Anteckning”." in officer.send(f"/cases/{number}/do/note", code=422, text="  ")


def test_a_refusal_of_the_command_stands_on_the_form(app: App, number: str) -> None:
    text = Browser(app, "rsau_secretary").send(f"/cases/{number}/do/assign", code=422, officer="officer2")
    assert "Du kan inte fördela ärendet." in text


def test_the_next_step_of_a_case_leads_to_its_steps_and_is_not_reported_as_done(
    app: App, officer: Browser, number: str
) -> None:
    with db.reading(app.engine) as conn:
        (task,) = [x for x in queries.tasks(conn, queries.case(conn, number)["id"]) if x["state"] == "open"]
    assert task["act"] == "next_step"
    inbox = officer.read("/")
    assert f'href="/cases/{number}"' in inbox
    by_hand = f"/cases/{number}/do/complete?task={task['id']}"
    assert by_hand not in inbox + officer.read(f"/cases/{number}").replace("&amp;", "&")
    assert "Uppgiften blir klar när ärendet går vidare." in officer.send(by_hand, code=422, comment="Gjort")


def test_every_act_names_a_command_whose_fields_it_fills(app: App) -> None:
    for name, act in ACTS.items():
        known = set(act.command.model_fields)
        assert {a.name for a in act.asks if a.kind != "file"} <= known, name
        assert not act.of or act.of in known, name
        needed = {k for k, f in act.command.model_fields.items() if f.is_required()} - {"actor", "register_no"}
        if any(a.kind == "file" for a in act.asks):
            needed -= {"file_name", "text"}  # they are in the file, or else asked for when it is sent
        assert needed <= {a.name for a in act.asks if a.required} | {act.of}, name
    assert {name for names in OF_ANSWER.values() for name in names} <= set(ACTS)


# ---------------------------------------------------------------- records


def test_a_file_becomes_a_record_and_the_next_one_its_new_version(app: App, officer: Browser, number: str) -> None:
    path = f"/cases/{number}/documents/new"
    there = officer.send(
        path, kind="declaration", direction="drawn_up", files={"file": ("forslag.md", b"Behovet ar mycket stort.\n")}
    )
    assert there == f"/cases/{number}?done=upload#records"
    html = officer.read(f"/cases/{number}")
    assert f'href="/cases/{number}/documents/2/changes"' in html
    told = officer.read(f"/cases/{number}/documents/2/changes")
    assert "<ins>" in told
    assert "tillagt" in told
    served = officer.http.get(f"/cases/{number}/documents/2")
    assert served.content == b"Behovet ar mycket stort.\n"
    assert "markdown" not in served.headers["content-type"]


def test_two_versions_of_a_pdf_are_compared_as_readily_as_plain_text(app: App, officer: Browser, number: str) -> None:
    path = f"/cases/{number}/documents/new"
    for text in ("Behovet är stort i hela länet.", "Behovet har ökat i hela länet."):
        printed = ("forslag.pdf", bytes(typst.compile(text.encode())))
        officer.send(path, kind="annexes", direction="drawn_up", files={"file": printed})
    (changes,) = re.findall(rf'href="(/cases/{number}/documents/\d+/changes)"', officer.read(f"/cases/{number}"))
    told = officer.read(changes)
    assert re.search(r"<del>.*är stort</del>", told)
    assert re.search(r"<ins>.*har ökat</ins>", told)


def test_a_record_needs_a_file_and_a_hostile_name_loses_its_folders(app: App, officer: Browser, number: str) -> None:
    path = f"/cases/{number}/documents/new"
    assert "Välj en fil." in officer.send(path, code=422, kind="other", direction="incoming")
    strange = officer.send(path, code=422, kind="other", direction="x", files={"file": ("a.txt", b"a")})
    assert "har ett värde som inte går att läsa" in strange
    officer.send(
        path, kind="other", direction="incoming", files={"file": ("../../etc/<b>.html", b"<script>1</script>")}
    )
    with db.reading(app.engine) as conn:
        last = queries.documents(conn, queries.case(conn, number)["id"])[-1]
    assert last["name"] == "_b_.html"
    served = officer.http.get(f"/cases/{number}/documents/{last['record_no']}")
    assert served.headers["content-disposition"].startswith("attachment")


# ---------------------------------------------------------------- a new case


def test_a_case_is_registered_from_a_form_of_its_type(app: App, officer: Browser) -> None:
    assert "Avsiktsförklaring" in words(officer.read("/cases/new"))
    there = officer.send(
        f"/cases/new/{TYPE}", title="Om kustleden", draft_due="2023-02-01", officer="officer", secrecy="false"
    )
    assert re.fullmatch(r"/cases/RS\d+\?done=registered", there)
    page = words(officer.read(there))
    assert "Om kustleden" in page
    assert "har fått diarienummer" in page


def test_a_case_without_a_title_is_not_registered_and_nothing_is_lost(app: App, officer: Browser) -> None:
    text = officer.send(f"/cases/new/{TYPE}", code=422, title="", draft_due="i morgon", secrecy="false")
    assert "Fyll i ”Rubrik”." in text
    assert "”i morgon” duger inte" in text


def test_the_same_form_registers_one_case(app: App, officer: Browser) -> None:
    hidden, values = officer.form(f"/cases/new/{TYPE}"), {"title": f"En gång {uuid4()}", "secrecy": "false"}
    first = officer.send(f"/cases/new/{TYPE}", hidden=hidden, **values)
    assert officer.send(f"/cases/new/{TYPE}", hidden=hidden, **values) == first


# ---------------------------------------------------------------- the inbox


def test_the_inbox_shows_what_waits_with_reason_and_next_action(app: App, officer: Browser, number: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))
    html = Browser(app, "manager").read("/")
    assert "Granska avsiktsförklaringen" in html
    assert "Uppgift för chef på regionkontoret" in html
    assert f'href="/cases/{number}/step/submit"' in html
    assert number in words(officer.read("/")).partition("Väntar på andra")[2]


def test_a_watched_case_stands_in_the_inbox_until_it_is_watched_no_more(app: App, number: str) -> None:
    secretary = Browser(app, "krf_secretary")
    secretary.send(f"/cases/{number}/watch", hidden={"watch": "true"})
    assert number in words(secretary.read("/")).partition("Ärenden du följer")[2]
    assert events(app, number) == 3, "watching is no event of the case"
    secretary.send(f"/cases/{number}/watch", hidden={"watch": "false"})
    assert number not in secretary.read("/")


def test_several_cases_are_assigned_in_one_go_each_by_a_command_of_its_own(app: App, officer: Browser) -> None:
    numbers = [str(app.do(RegisterCase(actor="officer", type=TYPE, title=f"Nr {n}")).register_no) for n in range(2)]
    hidden = {"command": str(uuid4())}
    asked = officer.send(
        "/several", code=200, hidden=hidden, do="assign", case=[*numbers, "RS999999"], officer="officer2"
    )
    assert "Fördela till Andra handläggaren?" in asked
    assert asked.count("Går från Handläggaren till Andra handläggaren") == 2
    assert "Här går det inte RS999999 Det finns inget ärende" in asked
    with db.reading(app.engine) as conn:
        assert {queries.case(conn, n)["officer"] for n in numbers} == {"officer"}, "nothing has been done yet"
    text = officer.send(
        "/several", code=200, hidden=hidden, do="assign", case=numbers, officer="officer2", confirmed="yes"
    )
    assert text.count("Klar") == 2
    with db.reading(app.engine) as conn:
        assert {queries.case(conn, n)["officer"] for n in numbers} == {"officer2"}
    assert "Markera minst ett ärende." in officer.send("/several", code=422, hidden=hidden, officer="officer2")


def test_several_are_reminded_in_once_a_day(app: App, officer: Browser, number: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))
    hidden = {"command": str(uuid4())}
    asked = officer.send("/several", code=200, hidden=hidden, do="remind", case=number)
    assert "Påminnelse till: Avdelningschefen" in asked
    done = officer.send("/several", code=200, hidden=hidden, do="remind", case=number, confirmed="yes")
    assert f"{number} Klar" in done
    again = officer.send("/several", code=200, hidden=hidden, do="remind", case=number)
    assert f"Här går det inte {number} En påminnelse har redan gått ut i dag." in again
    with db.reading(app.engine) as conn:
        sent = [m["recipient_name"] for m in queries.mails(conn, queries.case(conn, number)["id"])]
    assert sent.count("Avdelningschefen") == 2, "the task's mail and the reminder"
    text = officer.send(f"/cases/{number}/do/remind", code=422)
    assert "En påminnelse har redan gått ut i dag." in text
    assert "påminde dem som ärendet väntar på" in words(officer.read(f"/cases/{number}"))


def test_a_page_that_stands_open_learns_that_something_changed(app: App, officer: Browser, number: str) -> None:
    for page in ("/", f"/cases/{number}"):
        live, version = re.search(r'data-live="([^"]+)" data-version="([^"]+)"', officer.read(page)).groups()  # type: ignore[union-attr]  # it must be there
        assert officer.http.get(live, headers={"if-none-match": f'"{version}"'}).status_code == 304
        app.do(Relate(actor="officer2", register_no=number, kind="follows", other=f"RS {page}"))
        assert officer.http.get(live, headers={"if-none-match": f'"{version}"'}).json()["version"] != version


def test_the_inbox_learns_what_happens_in_a_case_that_is_only_watched(app: App, number: str) -> None:
    other = Browser(app, "officer2")
    other.send(f"/cases/{number}/watch", hidden={"watch": "true"})
    live, version = re.search(r'data-live="([^"]+)" data-version="([^"]+)"', other.read("/")).groups()  # type: ignore[union-attr]  # it must be there
    app.do(Relate(actor="officer", register_no=number, kind="follows", other="Något"))
    assert other.http.get(live, headers={"if-none-match": f'"{version}"'}).json()["version"] != version


def test_a_related_case_is_a_link_and_what_lies_outside_is_words(app: App, officer: Browser, number: str) -> None:
    other = str(app.do(RegisterCase(actor="officer", type=TYPE, title="Om bussar")).register_no)
    app.do(Relate(actor="officer", register_no=number, kind="follows", other=other))
    html = officer.read(f"/cases/{number}")
    assert f'<dd><a href="/cases/{other}">{other}</a></dd>' in html
    assert "<dd>Strukturbild Halland</dd>" in html


def test_a_relation_that_is_wrong_is_corrected_where_it_is_told(app: App, officer: Browser, number: str) -> None:
    there = re.search(r'href="(/cases/\w+/do/correct\?seq=3)"', officer.read(f"/cases/{number}"))
    assert there
    assert "kopplade ärendet till Strukturbild Halland" in words(officer.read(there[1]))
    officer.send(there[1], text="Det hör till ett annat ärende.")
    html = officer.read(f"/cases/{number}")
    assert "<dd>Strukturbild Halland</dd>" not in html
    assert "rättade händelse 3" in words(html)
    officer.read(f"/cases/{number}/do/correct?seq=77", 404)
    stranger = Browser(app, "officer").http
    stranger.cookies.clear()
    assert "do/correct" not in stranger.get(f"/cases/{number}").text


def test_a_relation_is_seen_from_both_ends_each_in_its_own_words(app: App, officer: Browser, number: str) -> None:
    first, second, hidden = (
        str(app.do(RegisterCase(actor="officer", type=TYPE, title=title, secrecy=secret)).register_no)
        for title, secret in (("Om bussar", False), ("Om färjor", False), ("Om skyddsrum", True))
    )
    app.do(Relate(actor="officer", register_no=first, kind="carries_out", other=f"{number[:2]} {number[2:]}"))
    app.do(Relate(actor="officer", register_no=second, kind="decided_by", other=number))
    app.do(Relate(actor="officer", register_no=hidden, kind="basis", other=number))
    app.do(MergeCases(actor="registrar", register_no=second, into=number, reason="Samma fråga."))
    keep(app)
    html = officer.read(f"/cases/{number}")
    for how, other in (("Genomförs av", first), ("Innehåller beslutet i", second), ("Är underlag för", hidden)):
        assert f'<dt>{how}</dt><dd><a href="/cases/{other}">{other}</a></dd>' in html
    assert html.count("<dt>Fortsätter</dt>") == 1, "both cases say it; it is told once"
    html = Browser(app, "officer2").read(f"/cases/{number}?lang=en")
    assert f'<dt>Carried out by</dt><dd><a href="/cases/{first}?lang=en">{first}</a></dd>' in html
    assert hidden not in html, "nobody learns what a case under secrecy rests on"
    assert f'<dt>Genomför</dt><dd><a href="/cases/{number}">{number}</a></dd>' in officer.read(f"/cases/{first}")


def test_a_case_is_offered_to_those_who_work_on_cases_and_not_to_the_elected(
    app: App, officer: Browser, number: str
) -> None:
    app.do(
        Advance(actor="officer", register_no=number, trigger="request_review")
    )  # the inbox has what waits for others
    for page in ("/", "/cases/new/declaration_of_intent", f"/cases/{number}/do/assign"):
        html = officer.read(page)
        assert 'value="officer2"' in html, page
        assert 'value="rsau_chair"' not in html, page
        assert 'value="rs_m1"' not in html, page


def test_a_mail_is_read_as_it_was_sent_by_colleagues_and_on_its_own_case(
    app: App, officer: Browser, number: str
) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))
    [there, *_] = re.findall(rf'href="(/cases/{number}/mails/\d+)"', officer.read(f"/cases/{number}"))
    text = words(officer.read(there))
    assert "Avdelningschefen, manager@" in text
    assert "Om nattåg" in text
    assert "fylls i när det sänds" in text
    other = str(app.do(RegisterCase(actor="officer", type=TYPE, title="Om bussar")).register_no)
    officer.read(there.replace(number, other), 404)
    anybody = TestClient(create_app(app), base_url="http://127.0.0.1", follow_redirects=False)
    assert anybody.get(there).headers["location"].startswith("/sign-in?next=")
    mail = int(there.rpartition("/")[2])
    assert sentmails.one(app, "krf_secretary", number, mail)[1]["id"] == mail, "whoever holds an office in the house"
    for outsider in ("municipality_varberg", "system"):
        with pytest.raises(NotFound, match="inget sådant mejl"):
            sentmails.one(app, outsider, number, mail if outsider != "system" else 0)


# ---------------------------------------------------------------- secrecy


def test_a_secret_case_is_not_there_for_whoever_has_nothing_to_do_with_it(app: App) -> None:
    hidden = str(app.do(RegisterCase(actor="officer", type=TYPE, title="Hemligt", secrecy=True)).register_no)
    stranger = Browser(app, "krf_secretary")
    for path in ("step/request_review", "do/note", "documents/new", "documents/1", "mails/1"):
        stranger.read(f"/cases/{hidden}/{path}", 404)
    stranger.read(f"/live/cases/{hidden}", 404)
    answer = stranger.http.post(f"/cases/{hidden}/watch", data={"csrf": stranger.csrf, "watch": "true"})
    assert answer.status_code == 404
    assert "Hemligt" in Browser(app, "officer").read(f"/cases/{hidden}")


# ---------------------------------------------------------------- requests for an act


@pytest.mark.long
def test_a_chair_who_is_signed_in_answers_a_request_and_the_record_says_how(app: App, number: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))
    sha256, size = app.storage.put(io.BytesIO(b"Tjansteskrivelse"))
    app.do(AddDocument(actor="officer", register_no=number, key="official_statement", file_name="t.md",
                       media_type="text/markdown", size=size, sha256=sha256))  # fmt: skip
    app.do(Advance(actor="manager", register_no=number, trigger="submit", fields={"rsau_date": "2020-09-02"}))
    chair = Browser(app, "rsau_chair")
    path = re.search(r'href="(/approvals/\d+)" data-variant="primary"', chair.read(f"/cases/{number}"))[1]  # type: ignore[index]  # it must be there
    assert path in chair.read("/")
    assert "Välj ett av svaren" in chair.send(path, code=422)
    assert "Skriv din fråga" in chair.send(path, code=422, decision="ask")
    chair.send(path, decision="ask", comment="Är kommunerna med?")
    officer = Browser(app, "officer")
    answer = re.search(r'href="(/cases/\w+/do/reply_question\?question=\d+)"', officer.read(f"/cases/{number}"))[1]  # type: ignore[index]  # it must be there
    assert "Är kommunerna med?" in officer.read(answer)
    officer.send(answer, answer="Ja, alla sex.")
    assert chair.send(path, decision="approve", comment="") == f"/cases/{number}?done=answered"
    with db.reading(app.engine) as conn:
        [row] = queries.approvals(conn, queries.case(conn, number)["id"])
    assert row["state"] == "approved"
    assert row["evidence"]["level"] == "login"
    assert row["evidence"]["authentication"].startswith("demo, 2020-")
    assert "data-form" not in chair.read(path), "answered already"


def test_nobody_else_answers_it(app: App, number: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))
    sha256, size = app.storage.put(io.BytesIO(b"Tjansteskrivelse"))
    app.do(AddDocument(actor="officer", register_no=number, key="official_statement", file_name="t.md",
                       media_type="text/markdown", size=size, sha256=sha256))  # fmt: skip
    app.do(Advance(actor="manager", register_no=number, trigger="submit", fields={"rsau_date": "2020-09-02"}))
    with db.reading(app.engine) as conn:
        [row] = queries.approvals(conn, queries.case(conn, number)["id"])
    stranger = Browser(app, "krf_secretary")
    assert "data-form" not in stranger.read(f"/approvals/{row['id']}")
    hidden = {"command": str(uuid4()), "text_sha256": row["text_sha256"]}
    stranger.send(f"/approvals/{row['id']}", code=422, hidden=hidden, decision="approve")
    assert state(app, number) == "awaiting_rsau"
    stranger.read("/approvals/999999", 404)


# ---------------------------------------------------------------- operational plans


def test_a_plan_is_read_in_and_followed_up_in_the_browser(app: App, officer: Browser, number: str) -> None:
    year = {"year": "2019", "decision_body": "rs"}
    plan = str(app.do(RegisterCase(actor="officer", type="operational_plan", title="VP 2019", fields=year)).register_no)
    text = demo_file("operational_plan_2019.json").read_text("utf-8")
    assert "Läs in planens text" in words(officer.read(f"/cases/{plan}"))
    home = officer.send(f"/cases/{plan}/do/import_plan", file_name="plan.json", text=text)
    assert "Versionen är inläst" in words(officer.read(home))

    act = f"/cases/{plan}/do/follow_up?activity=A12"
    assert f'href="{act}"' in officer.read(f"/plans/{plan}").replace("&amp;", "&")
    assert "Hur det går" in officer.send(act, code=422, comment="Avtalet är på remiss.")
    there = officer.send(act, status="ongoing", comment="Avtalet är på remiss.")
    assert there == f"/plans/{plan}?done=follow_up"
    shown = words(officer.read(there))
    assert "Uppföljningen är införd." in shown
    assert "Uppföljning: pågår, Handläggaren: Avtalet är på remiss." in shown

    tie = f"/cases/{plan}/do/tie?activity=A12"
    assert "Det finns inget ärende" in officer.send(tie, code=422, other="RS999999")
    officer.send(tie, other=number)
    assert f"Ärende: {number} Om nattåg" in words(officer.read(f"/plans/{plan}"))
    officer.send(f"/cases/{plan}/do/tie?activity=A1", other=number)
    newer = json.dumps(changed(json.loads(text)))  # it has no A1
    app.do(ImportPlan(actor="officer", register_no=plan, file_name="plan.json", text=newer))
    shown = words(officer.read(f"/cases/{number}"))
    assert "Aktivitet A1 i VP 2019 (står inte i den plan som gäller)" in shown
    assert "Aktivitet A12 i VP 2019 (" not in shown
    assert officer.http.get(f"/cases/{plan}/do/tie?activity=A99999").status_code == 404
    assert "/do/follow_up" not in Browser(app, "rsau_secretary").read(f"/plans/{plan}")
    figures = words(officer.read(f"/plans/{plan}"))
    assert "Läget per prioritering" in figures
    assert "Hela planen 180 0 1 0 0 0 179 " in figures

    assert "/do/report_plan" not in officer.read(f"/cases/{plan}")
    assert "Ingen version av planen är fastställd än" in officer.send(f"/cases/{plan}/do/report_plan", code=422)


SHEET = "Avsnitt;Uppdrag;Aktiviteter\n1.1 Trafik;Utveckla trafiken;Bygg en bro över ån\n"


@pytest.fixture
def plan(app: App) -> str:
    fields = {"year": "2019", "decision_body": "rs"}
    case = RegisterCase(actor="officer", type="operational_plan", title="Verksamhetsplan 2019", fields=fields)
    return str(app.do(case).register_no)


def upload(who: Browser, plan: str, name: str, data: bytes, **form: str) -> Response:
    at = f"/cases/{plan}/do/import_plan"
    given = {"csrf": who.csrf, "command": str(uuid4()), **form}
    return who.http.post(at, data=given, files={"file": (name, data)})


def test_a_file_is_read_in_with_its_doubt_and_called_as_its_case(app: App, officer: Browser, plan: str) -> None:
    assert 'type="file"' in officer.read(f"/cases/{plan}/do/import_plan")
    assert upload(officer, plan, "export 7.csv", SHEET.encode("cp1252")).status_code == 303
    with db.reading(app.engine) as conn:
        row = version_of(conn, queries.case(conn, plan))
    assert (row["source"], row["encoding"], row["content"]["title"]) == (
        "export 7.csv", "Windows-1252", "Verksamhetsplan 2019",
    )  # fmt: skip
    assert "se efter att å, ä och ö är rätt" in words(officer.read(f"/plans/{plan}"))


def test_a_file_that_tells_its_encoding_leaves_no_doubt(officer: Browser, plan: str) -> None:
    assert upload(officer, plan, "plan.csv", SHEET.encode("utf-16")).status_code == 303
    shown = words(officer.read(f"/plans/{plan}"))
    assert "Bygg en bro över ån" in shown
    assert "se efter att å" not in shown


MERGED = """1.1 Allmänt
Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter

En aktivitet i en
sammanslagen cell

1 Uppdraget att göra det

Projektet 20201-2020

samma rad
samma rad
"""


def test_what_the_text_leaves_in_doubt_is_kept_and_flagged_on_the_page(officer: Browser, plan: str) -> None:
    officer.send(f"/cases/{plan}/do/import_plan", file_name="plan.txt", text=MERGED)
    shown = words(officer.read(f"/plans/{plan}"))
    for kept in ("En aktivitet i en sammanslagen cell", "Projektet 20201-2020", "samma rad samma rad"):
        assert kept in shown
    for flag in ("Årtalen går inte att förstå", "Samma rad står två gånger", "vad den hör till är inte säkert"):
        assert flag in shown


def test_what_cannot_be_taken_is_refused_in_words(officer: Browser, plan: str) -> None:
    for name, data, more, why in (
        ("plan.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", {}, "ingen text vars teckenkodning"),
        ("tom.txt", b" ", {}, "tom.txt är tom"),
        ("stor.txt", b"a" * 2_000_001, {}, "för stor"),
        ("plan.csv", SHEET.encode(), {"text": "1.1 Trafik"}, "både valt en fil"),
    ):
        refused = upload(officer, plan, name, data, **more)
        assert refused.status_code == 422
        assert why in words(refused.text)
    at = f"/cases/{plan}/do/import_plan"
    assert "Välj planens fil" in words(officer.send(at, code=422, text="", file_name=""))
    assert "var den inklistrade texten kommer ifrån" in words(officer.send(at, code=422, text="x", file_name=""))
    assert upload(officer, plan, "plan.csv", SHEET.encode(), csrf="another").status_code != 303
    assert officer.http.get(f"/plans/{plan}").status_code == 404


def test_a_file_of_somebody_else_is_refused(app: App, plan: str) -> None:
    refused = upload(Browser(app, "rs_secretary"), plan, "plan.csv", SHEET.encode())
    assert refused.status_code in (403, 404, 422)
    assert "skrivs av handläggaren" in words(refused.text)


@pytest.mark.long
def test_an_inbox_that_shows_the_first_hundred_says_so(app: App) -> None:
    for n in range(101):
        app.do(RegisterCase(actor="officer2", type=TYPE, title=f"Ärende {n}"))
    shown = words(Browser(app, "officer2").read("/"))
    assert "Väntar på dig 100+" in shown
    assert "Bara de 100 första visas." in shown
    assert "Bara de" not in words(Browser(app, "manager").read("/"))


def test_an_assignment_in_the_inbox_says_what_it_is(app: App, officer: Browser, number: str) -> None:
    told = {"what": "Återkom med en kostnad", "body": "rs", "decision": "RS 2023-01-04 § 1"}
    app.do(GiveAssignment(actor="officer", register_no=number, to="officer", **told))
    html = officer.read("/")
    assert "Återkom med en kostnad" in html
    assert "Uppdrag från ett beslut" in html
    assert "report" not in re.sub(r"<[^>]+>", "", html)


def test_whom_the_case_waits_for_is_not_told_to_sign_in_as_another(app: App, officer: Browser) -> None:
    fields = {"year": "2021", "decision_body": "rs"}
    at = app.do(RegisterCase(actor="officer", type="operational_plan", title="Utan plan än", fields=fields)).register_no
    html = officer.read(f"/cases/{at}")
    assert "Ärendet väntar på dig, men steget går inte att ta än." in html
    assert "Logga in som den som ärendet väntar på." not in html
