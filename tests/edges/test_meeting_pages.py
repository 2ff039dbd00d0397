"""Meetings in the browser: the year, one meeting whole, its files, and the public notice board."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import update
from starlette.testclient import TestClient

import meetingstory
import webstory
from arende import db, models
from arende.actors import actor
from arende.app import App
from arende.commands import Advance
from arende.meetingtables import meetings
from arende.usecases import sessions
from arende.web import create_app
from arende.web.notices import sections


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.played(sqlite_template, tmp_path_factory.mktemp("meetings"))
    meetingstory.play(app)
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def anybody(app: App) -> TestClient:
    """Somebody who has not signed in, in a demonstration."""
    return TestClient(create_app(app), base_url="http://127.0.0.1", headers={"accept-language": "sv"})


def signed_in(app: App, who: str) -> TestClient:
    with db.reading(app.engine) as conn:
        raw = sessions.begin(app, actor(conn, who), "demo")
    client = TestClient(create_app(app), base_url="http://127.0.0.1", headers={"accept-language": "sv"})
    client.cookies.set("arende", raw)
    return client


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---------------------------------------------------------------- the year


def test_the_year_shows_each_body_its_days_and_when_papers_are_in(anybody: TestClient) -> None:
    text = words(anybody.get("/meetings").text)
    assert "Sammanträden 2023" in text
    coming, past = text.split("Kommande ")[1].split("Tidigare ")
    assert re.findall(r"M\w+23\d{4}", coming) == ["MRSAU230002", "MRSAU230003", "MRF230001"]
    assert "MRSAU230001 Regionstyrelsens arbetsutskott tisdagen den 7 februari 2023 klockan 09.00–12.00" in past
    assert "2023-01-26" in past
    only = words(anybody.get("/meetings?year=2023&body=rf").text)
    assert "MRF230001" in only
    assert "MRSAU230001" not in only
    assert "Inga sammanträden 2019" in words(anybody.get("/meetings?year=2019").text)


@pytest.mark.parametrize("year", ["x", "0", "99999", "2023'--", ""])
def test_a_year_that_is_none_shows_the_present_one(anybody: TestClient, year: str) -> None:
    assert "Sammanträden 2023" in anybody.get("/meetings", params={"year": year}).text


def test_a_bodys_year_and_one_meeting_are_calendar_files(anybody: TestClient) -> None:
    year = anybody.get("/meetings/calendar/rsau.ics?year=2023")
    days = {e["UID"].split("@")[0] for e in Calendar.from_ical(year.text).walk("VEVENT")}
    assert {"MRSAU230001", "MRSAU230002", "MRSAU230003"} <= days
    one = anybody.get("/meetings/MRSAU230003/meeting.ics")
    assert [str(e["UID"]).split("@")[0] for e in Calendar.from_ical(one.text).walk("VEVENT")] == ["MRSAU230003"]
    assert anybody.get("/meetings/calendar/nobody.ics").status_code == 404


# ---------------------------------------------------------------- one meeting


def test_a_meeting_shows_its_agenda_who_was_there_and_what_was_decided(anybody: TestClient) -> None:
    text = words(anybody.get("/meetings/MRSAU230001").text)
    for said in (
        "§ 2", "Ledamot Två: Avslag på förslaget.",
        "3 ja (bifall), 1 nej (avslag), 0 avstår. Utfall: ja, med majoritet.",
        "Handläggaren: Följ upp kostnaden.", "Ledamot Två: Till förmån för eget yrkande.", "Bordläggning",
        "4 av 5 med rösträtt är närvarande. 3 krävs för beslut.", "RSAU:s vice ordförande ledamot justerar",
        "Anslag 1 Uppe §§ 1–3 2023-02-07 2023-02-28",
    ):  # fmt: skip
        assert said in text, said


def test_a_case_that_is_not_ready_is_warned_of(anybody: TestClient) -> None:
    assert "RS230001 väntar inte på det här organet" in words(anybody.get("/meetings/MRSAU230003").text)


def test_a_matter_under_secrecy_is_its_number_to_whoever_may_not_see_it(app: App, anybody: TestClient) -> None:
    text = anybody.get("/meetings/MRF230001").text
    assert meetingstory.HIDDEN not in text
    assert "Ärende med sekretess" in text
    assert meetingstory.HIDDEN not in signed_in(app, "rsau_secretary").get("/meetings/MRF230001").text
    assert meetingstory.HIDDEN in signed_in(app, "rf_secretary").get("/meetings/MRF230001").text


def test_the_package_has_the_agenda_and_nothing_secret(anybody: TestClient) -> None:
    packed = zipfile.ZipFile(io.BytesIO(anybody.get("/meetings/MRF230001/package.zip").content))
    assert {n.rpartition("/")[2].partition("-")[0] for n in packed.namelist()} >= {"agenda.json", "MRF230001.ics"}
    assert "Mål och budget 2024" in packed.read("MRF230001/agenda.json").decode()


@pytest.mark.parametrize("path", ["", "/meeting.ics", "/package.zip"])
@pytest.mark.parametrize("number", ["MRSAU239999", "RS200001", "x%2f..%2fy", "x"])
def test_what_is_no_meeting_is_not_found(anybody: TestClient, number: str, path: str) -> None:
    assert anybody.get(f"/meetings/{number}{path}").status_code == 404


# ---------------------------------------------------------------- the notice board


def test_the_notice_board_tells_what_the_law_asks_for_and_nothing_secret(anybody: TestClient) -> None:
    text = words(anybody.get("/notices").text)
    for said in ("§§ 1–3", "Sista dag att överklaga 28 februari 2023", "registratorn, Region Halland", "MRF230001",
                 "tisdagen den 25 april 2023", "Mål och budget 2024"):  # fmt: skip
        assert said in text, said
    assert meetingstory.HIDDEN not in text


def test_whoever_comes_reads_the_notice_board_where_everything_else_asks_to_sign_in(app: App, tmp_path: Path) -> None:
    with db.writing(app.engine) as conn:
        kept = conn.execute(models.authority.select()).mappings().one()["data"]
        conn.execute(update(models.authority).values(data={**kept, "demo": False}))
    try:
        stranger = TestClient(create_app(app), base_url="http://127.0.0.1", follow_redirects=False)
        assert stranger.get("/notices").status_code == 200
        assert 'href="/notices"' in stranger.get("/sign-in").text
        for path in ("/meetings", "/meetings/MRSAU230001", "/meetings/calendar/rsau.ics"):
            assert stranger.get(path).status_code in (303, 401), path
    finally:
        with db.writing(app.engine) as conn:
            conn.execute(update(models.authority).values(data=kept))


def test_sections_are_written_in_runs() -> None:
    assert sections([7, 1, 2, 3, 9, 10]) == "§§ 1–3, § 7, §§ 9–10"
    assert sections([]) == ""


# ---------------------------------------------------------------- what changes while one looks


def test_pages_that_stand_open_learn_what_the_secretary_does(app: App) -> None:
    """The year, one meeting and one item of it: each asks with a mark, and is told only when it has changed."""
    browser, no = signed_in(app, "rsau_secretary"), "MRSAU230003"
    asked = []
    for page in ("/meetings", f"/meetings/{no}", f"/meetings/{no}/items/1"):
        found = re.search(r'data-live="([^"]+)" data-version="([^"]+)"', browser.get(page).text)
        assert found is not None, page
        asked.append((found[1], {"if-none-match": f'"{found[2]}"'}))
    assert [browser.get(live, headers=mark).status_code for live, mark in asked] == [304, 304, 304]
    app.do(Advance(actor="rsau_secretary", register_no=no, trigger="draft_agenda"))
    assert [browser.get(live, headers=mark).status_code for live, mark in asked] == [200, 200, 200]


def test_the_mark_of_a_year_says_nothing_of_a_secret_meetings_place(app: App) -> None:
    outside, secretary = signed_in(app, "krf_secretary"), signed_in(app, "rf_secretary")
    with db.writing(app.engine) as conn:
        which = models.cases.c.register_no == "MRF230001"
        conn.execute(update(models.cases).where(which).values(secrecy=True))
    before = [b.get("/live/meetings?year=2023").json()["version"] for b in (outside, secretary)]
    with db.writing(app.engine) as conn:
        conn.execute(update(meetings).where(meetings.c.place == "Fullmäktigesalen").values(place="Skyddsrummet"))
    after = [b.get("/live/meetings?year=2023").json()["version"] for b in (outside, secretary)]
    with db.writing(app.engine) as conn:
        conn.execute(update(models.cases).where(which).values(secrecy=False))
        conn.execute(update(meetings).where(meetings.c.place == "Skyddsrummet").values(place="Fullmäktigesalen"))
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)
