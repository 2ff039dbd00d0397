"""The pages: what they show of a real case, what they hide, and what stands around them."""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

import webstory
from arende import db, mailbox, people, queries, statuswords, virtualtime
from arende.app import App
from arende.commands import AddDocument, RegisterCase, Relate, RemovePayload
from arende.demo import declaration
from arende.errors import Sentence
from arende.home import demo_file
from arende.settings import Settings
from arende.usecases import people as register
from arende.web import create_app, guard, labels, speech
from arende.web.speech import Speech, chosen
from handclock import VirtualClock
from sharing import open_app
from webstory import SECRET, TYPE

HOST = "http://127.0.0.1"


def site(app: App) -> TestClient:
    return TestClient(create_app(app), base_url=HOST, headers={"accept-language": "sv"})


@pytest.fixture(scope="module")
def played(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("web"))
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def browser(played: App) -> TestClient:
    return site(played)


@pytest.fixture(autouse=True)
def _no_language_chosen(browser: TestClient) -> None:
    """What an earlier test has chosen holds for its own pages only."""
    browser.cookies.pop("arende-lang", None)


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path) -> Iterator[App]:
    engine = db.open_engine(sqlite_url, sync_full=False)
    yield open_app(Settings(data_dir=tmp_path), engine, VirtualClock())
    engine.dispose()


def read(browser: TestClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.text


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---------------------------------------------------------------- the list


def test_the_list_shows_every_case_and_what_it_waits_for(browser: TestClient) -> None:
    text = words(read(browser, "/"))
    assert "RS200001" in text
    assert declaration.TITLE in text
    assert "Utkast Handläggaren" in text
    assert text == words(read(browser, "/cases"))


def test_the_list_keeps_its_filters_in_the_address(browser: TestClient) -> None:
    assert "RS200001" not in read(browser, "/cases?show=open")
    assert "RS200001" in read(browser, f"/cases?type={TYPE}")
    assert "RS200001" in read(browser, "/cases?type=nonsense&before=nonsense")
    assert "Inga ärenden passar urvalet" in read(browser, "/cases?before=1-1")


def test_a_long_list_is_walked_page_by_page_and_shows_each_case_once(empty: App) -> None:
    people_ = people.read(demo_file("people.yaml").read_text("utf-8"), "people.yaml")
    register.load(empty.engine, people_, empty.clock())
    wanted = {
        str(empty.do(RegisterCase(actor="officer", type=TYPE, title=f"Nummer {n}")).register_no) for n in range(103)
    }
    browser, path, found, pages = site(empty), "/cases?lang=sv", [], 0
    while path:
        html = read(browser, path)
        found += re.findall(r'<th scope="row"><a href="/cases/(\w+)', html)
        onward = re.search(r'rel="next" href="([^"]+)"', html)
        path, pages = (onward[1].replace("&amp;", "&") if onward else ""), pages + 1
    assert pages == 3
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_an_empty_list_says_what_to_do(empty: App) -> None:
    text = words(read(site(empty), "/"))
    assert "Inga ärenden än" in text
    assert "arende demo" in text
    assert "kommandoraden" not in text
    assert "spelas just nu" not in text
    virtualtime.set_to(empty.engine, datetime(2020, 8, 7, 9, tzinfo=UTC))
    there = site(replace(empty, clock=virtualtime.InstallationClock(empty.engine)))
    text = words(read(there, "/"))
    assert "Demonstrationen spelas just nu" in text
    assert "7 augusti 2020" in text


# ---------------------------------------------------------------- the case


def test_a_case_shows_where_it_is_and_all_that_belongs_to_it(browser: TestClient) -> None:
    html = read(browser, "/cases/RS200001")
    text = words(html)
    assert html.count('aria-current="step"') == 1
    assert "Väntar på Ingen – ärendet är avslutat" in text
    assert "Varning. Beslutande organ: ej angivet – inte belagt i källan." in text
    assert "Falkenbergs kommun Taget tillbaka" in text
    assert "Hylte kommun Svar infört Ställer sig bakom" in text
    assert "Avsiktsförklaring Avsiktsförklaring RS200001.pdf 1" in text
    assert "Underlag Strukturbild Halland" in text
    assert "Mottagande departement Finansdepartementet" in text
    assert "Falkenbergs kommun tog tillbaka sitt ställningstagande" in text


def test_a_document_that_was_removed_is_shown_as_such(empty: App) -> None:
    people_ = people.read(demo_file("people.yaml").read_text("utf-8"), "people.yaml")
    register.load(empty.engine, people_, empty.clock())
    no = str(empty.do(RegisterCase(actor="officer", type=TYPE, title="T")).register_no)
    sha256, size = empty.storage.put(io.BytesIO(b"x"))
    given = {"file_name": "Anna Exempel.pdf", "media_type": "application/pdf", "size": size, "sha256": sha256}
    empty.do(AddDocument(actor="officer", register_no=no, key="other", **given))  # type: ignore[arg-type]  # mixed values
    assert "Borttagen" not in words(read(site(empty), f"/cases/{no}"))
    empty.do(RemovePayload(actor="registrar", register_no=no, seq=2, decision="RS 2020-10-01 § 4"))
    html = read(site(empty), f"/cases/{no}")
    assert "other-1 1 Borttagen genom beslut" in words(html)
    assert "Anna Exempel" not in html


def test_the_history_tells_every_event_once(browser: TestClient, played: App) -> None:
    with db.reading(played.engine) as conn:
        seq = queries.case(conn, "RS200001")["seq"]
    found = re.findall(r'<li id="e(\d+)"', read(browser, "/cases/RS200001"))
    assert [int(n) for n in found] == list(range(seq, 0, -1))


def test_a_case_says_since_when_until_when_and_on_which_ground_it_waits(played: App, browser: TestClient) -> None:
    number = played.do(RegisterCase(actor="officer", type=TYPE, title="En till", fields={"draft_due": "2023-02-01"}))
    text = words(read(browser, f"/cases/{number.register_no}"))
    assert "Väntar på Handläggaren Sedan 4 januari 2023 i dag Senast onsdagen den 1 februari 2023 , om" in text
    assert "Grund rutin" in text
    assert "Handläggaren skriver avsiktsförklaringen" in text


def test_an_untidy_diary_number_leads_to_the_tidy_one(browser: TestClient) -> None:
    answer = browser.get("/cases/rs 200001?lang=en", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/cases/RS200001?lang=en")


def test_pages_speak_english_when_asked(browser: TestClient) -> None:
    html = read(browser, "/cases/RS200001?lang=en")
    assert '<html lang="en" ' in html
    assert "Falkenbergs kommun took back its position" in html
    assert 'href="/cases?lang=en"' in html
    assert '<html lang="en" ' in browser.get("/", headers={"accept-language": "en-GB,en;q=0.9"}).text


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("", "sv"), ("en", "en"), ("de, en;q=0.5", "en"), ("en;q=0.3, sv;q=0.8", "sv"), ("*", "sv"), ("en;q=x", "sv")],
)
def test_the_language_follows_the_browser(accepted: str, found: str) -> None:
    assert chosen(None, accepted, "sv") == found
    assert chosen("en", accepted, "sv") == "en"


@pytest.mark.slow
def test_the_picture_comes_when_it_is_drawn_with_the_present_state_marked(browser: TestClient) -> None:
    for _ in range(300):
        html = read(browser, "/cases/RS200001")
        if "<svg" in html:
            break
        asyncio.run(asyncio.sleep(0.2))
    assert html.count('class="node present"') == 1
    assert 'id="n-closed" class="node present"' in html
    assert "style=" not in html


def test_the_pages_ask_the_database_as_often_for_many_rows_as_for_few(browser: TestClient, played: App) -> None:
    """The played case has some eighty events and mails, the hostile one hardly any; the list has several cases."""
    asked: list[str] = []
    listener = lambda driver, *_: driver.set_trace_callback(asked.append)  # noqa: E731 – a listener of one line
    deaf = lambda driver, *_: driver and driver.set_trace_callback(None)  # noqa: E731 – a listener of one line
    event.listen(played.engine, "checkin", deaf)
    event.listen(played.engine, "checkout", listener)  # the driver tells: some SELECTs are sent past SQLAlchemy
    counts = []
    for path in ("/cases/RS200001", "/cases/RS230001", "/cases"):
        times = []
        for _ in range(4):  # the first makes definitions known; what is asked only now and then is not in all of them
            asked.clear()
            read(browser, path)
            times.append(sum(a.startswith("SELECT") for a in asked))
        counts.append(min(times))
    event.remove(played.engine, "checkout", listener)
    event.remove(played.engine, "checkin", deaf)
    assert min(counts) > 1
    assert max(counts) <= 20  # one for each kind of row of a case
    assert counts[2] <= 3
    assert abs(counts[0] - counts[1]) <= 1


# ---------------------------------------------------------------- what is hidden and escaped


def test_a_case_under_secrecy_shows_its_number_and_state_alone(browser: TestClient, played: App) -> None:
    with db.reading(played.engine) as conn:
        number = next(r["register_no"] for r in queries.cases(conn) if r["secrecy"])
    html = read(browser, f"/cases/{number}")
    assert "Utkast" in html
    for path in (f"/cases/{number}", "/", "/cases?show=open"):
        shown = read(browser, path)
        assert number in shown
        assert SECRET not in shown
    assert "Händelser" not in html
    assert "Avsiktsförklaring" not in html
    assert "Handläggaren" not in html
    assert number not in read(browser, f"/cases?type={TYPE}"), "its type would be given away"


def test_a_hostile_title_is_shown_as_text(browser: TestClient) -> None:
    for path in ("/", "/cases/RS230001"):
        html = read(browser, path)
        assert "<script>" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_hostile_words_of_others_are_shown_as_text(browser: TestClient, played: App) -> None:
    sha256, size = played.storage.put(io.BytesIO(b"%PDF"))
    with db.reading(played.engine) as conn:
        number = queries.case(conn, "RS230001")["register_no"]
    played.do(Relate(actor="officer", register_no=number, kind="basis", other="<b>fet</b>"))
    played.do(AddDocument(actor="officer", register_no=number, key="declaration", file_name="<i>snett</i>.pdf",
                          media_type="application/pdf", size=size, sha256=sha256))  # fmt: skip
    html = read(browser, f"/cases/{number}")
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;b&gt;fet&lt;/b&gt;" in html


# ---------------------------------------------------------------- the mailbox


def test_without_a_mailbox_there_is_no_page_for_it(empty: App) -> None:
    browser = site(empty)
    assert browser.get("/mail").status_code == 404
    assert browser.get("/mail/1").status_code == 404
    assert "/mail" not in read(browser, "/")


def test_a_mail_is_shown_as_text_and_its_formatted_part_locked_in(empty: App) -> None:
    store = mailbox.Store(empty.settings.mailbox_dir)
    raw = (
        "From: a@region.example\r\nTo: b@region.example\r\nSubject: <b>Hej</b>\r\n"
        "Content-Type: text/html; charset=utf-8\r\n\r\n<p style='color:red'>Hej</p><script>alert(1)</script>\r\n"
    )
    number = store.add("a@region.example", ["b@region.example"], raw.encode())
    browser = site(empty)
    assert "&lt;b&gt;Hej&lt;/b&gt;" in read(browser, "/mail")
    page = read(browser, f"/mail/{number}")
    assert f'<iframe class="letter" sandbox src="/mail/{number}/html"' in page
    assert "<script>" not in page
    letter = browser.get(f"/mail/{number}/html")
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "default-src 'none'" in letter.headers["content-security-policy"]
    assert letter.headers["x-frame-options"] == "SAMEORIGIN"
    for wrong in ("/mail/99", "/mail/x", "/mail/-1", "/mail/99/html", "/mail/12345678901234567890"):
        assert browser.get(wrong).status_code == 404


# ---------------------------------------------------------------- around the pages


PATHS = ("/", "/cases", "/cases/RS200001", "/cases/RS230001", "/cases/RS230002", "/nope", "/cases/RS999999")


@pytest.mark.parametrize("path", [*PATHS, "/health", "/static/arende.css", "/static/mark.svg"])
def test_every_answer_carries_the_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["content-security-policy"] == guard.CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_names_another_host_or_carries_a_script_or_an_inline_style(browser: TestClient, path: str) -> None:
    html = re.sub(r'xmlns(:xlink)?="[^"]+"', "", browser.get(path).text)
    assert re.findall(r"(?:https?:)?//[\w.-]+", html) == []
    assert re.sub(r'<script src="/static/arende.js\?v=\w+" type="module"></script>', "", html).count("<script") == 0
    assert "<style" not in html
    assert not re.search(r"<[a-z][^<>]*\s(style|on\w+)=", html)


def test_the_style_asks_no_other_host() -> None:
    css = Path(guard.__file__).with_name("static").joinpath("arende.css").read_text("utf-8")
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_its_landmarks_and_headings_in_order(browser: TestClient, path: str) -> None:
    html = browser.get(path).text
    assert [html.count(tag) for tag in ("<main", "<h1", "<header", "<footer", 'class="skip" href="#main"')] == [1] * 5
    levels = [int(n) for n in re.findall(r"<h([1-6])", html)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "Demonstration: allt är påhittat" in html
    assert 'href="/sign-in?next=' in html


def test_what_does_not_exist_is_told_calmly_and_leaks_nothing(browser: TestClient) -> None:
    for path in ("/nope", "/cases/RS999999", "/cases/XX", "/cases/%3Cscript%3E", "/static/../pages.py", "/docs"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Det finns ingen sådan sida" in answer.text or path.startswith("/static")
        assert "<script>" not in answer.text


def test_what_a_page_does_not_take_is_told(browser: TestClient) -> None:
    answer = browser.post("/cases")
    assert answer.status_code == 405
    assert "går bara att läsa" in answer.text


def test_a_name_that_is_not_ours_gets_no_page(played: App) -> None:
    """A page elsewhere can make its own name point here (DNS rebinding); the browser still sends that name."""
    app = create_app(played)
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:8420", "x@127.0.0.1", ""):
        answer = TestClient(app, base_url=HOST).get("/", headers={"host": host})
        assert answer.status_code == 421
        assert "RS200001" not in answer.text
    for host in ("localhost:8420", "127.0.0.1", "[::1]:8420"):
        assert TestClient(app, base_url=HOST).get("/", headers={"host": host}).status_code == 200


def test_a_failing_page_shows_a_number_that_is_in_the_log(played: App, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ValueError(f"row: {SECRET}")

    app = create_app(played)
    app.add_api_route("/broken", broken)
    with caplog.at_level(logging.ERROR, "arende.web"):
        answer = TestClient(app, base_url=HOST).get("/broken?lang=sv")
    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.text
    number = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert number is not None
    assert number[1] in caplog.text
    assert "/broken" in caplog.text
    assert SECRET not in answer.text + caplog.text
    assert answer.headers["content-security-policy"] == guard.CSP


def test_a_database_that_cannot_be_read_is_told_in_a_sentence(played: App, tmp_path: Path) -> None:
    gone = db.open_engine(f"sqlite:///{tmp_path / 'gone' / 'arende.sqlite'}")
    answer = site(replace(played, engine=gone)).get("/")
    gone.dispose()
    assert answer.status_code == 503
    assert "Det går inte just nu" in answer.text


def test_health_answers_machines(browser: TestClient) -> None:
    answer = browser.get("/health")
    told = answer.json()
    assert answer.status_code == 200
    assert told["status"] == "critical"  # no worker runs here
    assert told["checks"]["database"] == {"level": "ok"}
    assert told["checks"]["workers"] == {"level": "critical", "count": 0}
    assert "@" not in answer.text


# ---------------------------------------------------------------- words


def test_every_label_is_there_in_both_languages_with_the_same_gaps() -> None:
    tables = [labels.PHASES, labels.CHANNELS, labels.DIRECTIONS]
    told = [*speech.LABELS_OF_ALL.values(), *(s for t in tables for s in t.values())]
    w = statuswords
    told += [s for t in (w.DELIVERY, w.ANSWERS, w.ROUND_STATES, w.REQUESTS) for s, _ in t.values()]
    for sentence in told:
        assert isinstance(sentence, Sentence)
        assert sentence.sv
        assert sentence.en
        assert set(re.findall(r"{(\w+)}", sentence.sv)) == set(re.findall(r"{(\w+)}", sentence.en))


def test_no_label_hides_another_of_its_name() -> None:
    names = Counter(name for table in speech.LABELS_OF_ALL.maps for name in table)
    assert [name for name, n in names.items() if n > 1] == []


def test_sizes_and_days_are_said_as_people_say_them() -> None:
    sv, en = Speech("sv"), Speech("en")
    assert [sv.size(n) for n in (0, 999, 1_500, 23_400, 200_000_000)] == [
        "0\u00a0byte", "999\u00a0byte", "1,5\u00a0kB", "23\u00a0kB", "200\u00a0MB",
    ]  # fmt: skip
    assert en.size(1_500) == "1.5\u00a0kB"
    today = date(2020, 9, 2)
    assert (sv.day(today), en.day(today)) == ("2 september 2020", "2 September 2020")
    assert sv.distance(today, today + timedelta(days=1)) == "om 1 arbetsdag"
