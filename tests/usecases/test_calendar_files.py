"""Calendars of bodies and persons, read back by another program: whole years, changes, secrets and addresses."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
from room import Room
from starlette.testclient import TestClient
from story import Story, told
from test_year_plan import CALENDAR, published

from arende import commands, models
from arende.calendarcommands import IssueCalendarLink, RevokeCalendarLink
from arende.calendartables import calendar_links
from arende.errors import Forbidden, NotFound, Refused
from arende.usecases import calendarfiles, calendarlinks, tokens
from arende.web import create_app

SECRET = "Om beredskapslagret i Getinge"
AT = datetime(2020, 9, 4, 8, tzinfo=UTC)


def read(file: bytes) -> tuple[icalendar.Calendar, list[Any]]:
    """The calendar as an independent reader has it, and its entries."""
    calendar = icalendar.Calendar.from_ical(file)
    assert not calendar.errors
    assert [c["tzid"] for c in calendar.subcomponents if c.name == "VTIMEZONE"] == ["Europe/Stockholm"]
    return calendar, [c for c in calendar.subcomponents if c.name != "VTIMEZONE"]


def meetings(items: list[Any]) -> dict[str, Any]:
    return {str(e["uid"]).partition("@")[0]: e for e in items if not str(e["uid"]).startswith("papers-")}


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize("body", ["krf", "CGH"])
def test_a_bodys_year_has_its_meetings_and_the_days_for_papers(story: Story, body: str) -> None:
    published(story)
    made = calendarfiles.of_body(story.app, body).within(date(2021, 1, 1), date(2021, 12, 31))
    calendar, items = read(made.ics(AT))
    assert calendar["method"] == "PUBLISH"
    wanted = [m for m in json.loads(CALENDAR)["meetings"] if m["body"] == body.upper()]
    found = meetings(items)
    assert list(found) == [f"M{body.upper()}21000{n}" for n in range(1, 9)]
    for item, m in zip(found.values(), wanted, strict=True):
        if m["start"] is None:
            assert (item.decoded("dtstart"), item.decoded("dtend")) == (date(2021, 2, 3), date(2021, 2, 5))
        else:
            begins = item.decoded("dtstart")
            assert begins.isoformat()[:16] == f"{m['start_date']}T{m['start']}"
            assert begins.tzinfo.key == "Europe/Stockholm"
    papers = [e for e in items if str(e["uid"]).startswith("papers-")]
    assert len(papers) == 8
    march = next(e for e in papers if "210002@" in str(e["uid"]))
    before = date(2021, 3, 10) if body == "krf" else date(2021, 2, 17)
    assert march.decoded("dtstart") == before.replace(day=before.day - 7), "five working days, no holiday between"


def test_before_the_meetings_are_cases_the_decided_calendar_tells_the_year(story: Story) -> None:
    _, items = read(calendarfiles.of_body(story.app, "krf").within(date(2021, 1, 1), date(2021, 12, 31)).ics(AT))
    assert list(meetings(items)) == [f"krf-2021-{n}" for n in range(1, 9)]


def test_a_moved_meeting_keeps_its_uid_and_a_cancelled_one_is_told(story: Story) -> None:
    published(story)
    story.no = "MKRF210002"
    story.step("krf_secretary", "move", "Lokalen är upptagen.", meeting_date="2021-03-17")
    story.no = "MKRF210003"
    story.step("krf_chair", "cancel", "Efter samråd.")
    _, items = read(calendarfiles.of_body(story.app, "krf").ics(AT))
    moved, off = (meetings(items)[no] for no in ("MKRF210002", "MKRF210003"))
    assert (moved["sequence"], moved["status"], moved.decoded("dtstart").date()) == (1, "CONFIRMED", date(2021, 3, 17))
    assert (off["sequence"], off["status"]) == (1, "CANCELLED")
    days = {str(e["uid"]): e for e in items}
    assert not any(uid.startswith("papers-MKRF210003") for uid in days), "nothing is handed in to what is called off"
    papers = next(e for uid, e in days.items() if uid.startswith("papers-MKRF210002"))
    assert (papers["sequence"], papers.decoded("dtstart")) == (1, date(2021, 3, 10))
    (method, file), (again, other) = (calendarfiles.of_meeting(story.app, no) for no in ("MKRF210003", "MKRF210002"))
    calendar, (one,) = read(file)
    assert (method, calendar["method"], one["status"]) == ("CANCEL", "CANCEL", "CANCELLED")
    assert (one["uid"], one["sequence"]) == (off["uid"], 1)
    assert (again, read(other)[0]["method"]) == ("REQUEST", "REQUEST")


# ---------------------------------------------------------------- persons


def test_a_person_has_the_meetings_and_the_last_days_that_are_theirs(story: Story) -> None:
    room = Room(story)
    room.plan("2020-09-15", ends_at="12:00")
    story.register()
    story.on_to("manager_review")
    made = {
        key: calendarfiles.of_person(story.app, key) for key in ("rsau_chair", "rsau_secretary", "officer", "manager")
    }
    assert [m.uid for m in made["rsau_chair"].meetings] == [m.uid for m in made["rsau_secretary"].meetings]
    assert made["officer"].meetings == ()
    assert [d.title for d in made["rsau_chair"].last_days] == []
    assert "Handlingar in till RSAU" in [d.title for d in made["rsau_secretary"].last_days]
    (review,) = [d for d in made["manager"].last_days if story.no in d.uid]
    _, items = read(made["manager"].ics(AT))
    (item,) = [e for e in items if str(e["uid"]) == review.uid]
    assert str(item["summary"]).endswith(f"({story.no})")
    assert "Regional fysisk planering" in str(item["description"])
    assert str(item["description"]).startswith("Senast ")
    assert [d.uid.partition("@")[0] for d in made["officer"].last_days] == [f"{story.no}-state-manager_review"]


def test_the_sequence_of_a_last_day_rises_when_the_day_moves(story: Story) -> None:
    story.register()
    story.on_to("manager_review")
    before = calendarfiles.of_person(story.app, "officer").last_days[0]
    story.step("officer", "put_on_hold", "Väntar.", review_on="2020-08-20")
    story.on_the("2020-08-20")
    story.step("officer", "resume")
    after = calendarfiles.of_person(story.app, "officer").last_days[0]
    assert (after.uid, after.sequence > before.sequence, after.due.date > before.due.date) == (before.uid, True, True)


def test_of_a_secret_case_a_calendar_has_the_number_alone(story: Story) -> None:
    done = story.do(
        commands.RegisterCase(
            actor="officer",
            type="declaration_of_intent",
            title=SECRET,
            secrecy=True,
            fields={"draft_due": "2020-08-17"},
        )
    )
    for key in ("officer", "registrar"):
        made = calendarfiles.of_person(story.app, key)
        text = made.ics(AT).decode()
        assert "beredskap" not in text.replace("\r\n ", "").lower()
    (own,) = [d for d in calendarfiles.of_person(story.app, "officer").last_days if str(done.register_no) in d.uid]
    assert (own.title, own.text) == (f"Ärende {done.register_no}", "")


# ---------------------------------------------------------------- addresses


def issue(story: Story, who: str, kind: Any, subject: str) -> str:
    story.do(IssueCalendarLink(actor=who, kind=kind, subject=subject))
    address = calendarlinks.address(story.app, kind, subject)
    assert address is not None
    return address.removeprefix(story.app.settings.base_url)


def test_an_address_shows_the_calendar_until_it_is_ended(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    http = TestClient(create_app(story.app), base_url="http://127.0.0.1")
    published(story)
    path = issue(story, "krf_secretary", "body", "krf")
    with caplog.at_level(logging.DEBUG, logger="arende"):
        got = http.get(path)
    assert (got.status_code, got.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert got.headers["cache-control"] == "private, no-store"
    assert "noindex" in got.headers["x-robots-tag"]
    shown = [uid for uid in meetings(read(got.content)[1]) if uid.startswith("MKRF21")]
    assert len(shown) == 8
    assert http.head(path).status_code == 200
    secret = path.rpartition("/")[2].removesuffix(".ics")
    assert secret not in caplog.text
    assert len(secret) == 32
    with story.app.engine.connect() as conn:
        (row,) = conn.execute(calendar_links.select()).mappings()
        done = conn.execute(models.commands.select()).mappings().all()
    assert row["sha256"] == tokens.digest(secret)
    assert all(secret not in str(dict(r)) for r in (row, *done))
    second = issue(story, "krf_secretary", "body", "krf")
    assert (http.get(path).status_code, http.get(second).status_code) == (404, 200)
    story.do(RevokeCalendarLink(actor="registrar", kind="body", subject="krf"))
    assert http.get(second).status_code == 404
    assert calendarlinks.address(story.app, "body", "krf") is None
    with told(Refused, "ingen adress"):
        story.do(RevokeCalendarLink(actor="registrar", kind="body", subject="krf"))


def test_what_is_no_address_of_ours_gets_one_answer(story: Story) -> None:
    http = TestClient(create_app(story.app), base_url="http://127.0.0.1")
    for name in ("x", "a" * 32, "a" * 5000, "%00", "../officer", "å"):
        got = http.get(f"/calendar/{name}.ics")
        assert got.status_code == 404


def test_an_address_is_the_persons_own(story: Story) -> None:
    assert issue(story, "officer", "person", "officer")
    assert issue(story, "administrator", "person", "rs_chair")
    for who, kind, subject in (("officer", "person", "rs_chair"), ("officer", "body", "krf")):
        with told(Forbidden, "egen"):
            issue(story, who, kind, subject)
    for kind, subject in (("person", "nobody"), ("person", "municipality_hylte"), ("body", "nowhere")):
        with told(NotFound):
            issue(story, "registrar", kind, subject)


def test_whoever_has_left_and_whose_key_has_leaked_shows_nothing_more(story: Story, tmp_path: Path) -> None:
    http = TestClient(create_app(story.app), base_url="http://127.0.0.1")
    path, other = issue(story, "officer2", "person", "officer2"), issue(story, "officer", "person", "officer")
    story.people(lambda text: "\n".join(line for line in text.splitlines() if "officer2" not in line))
    story.on_the("2020-08-05")
    assert (http.get(path).status_code, http.get(other).status_code) == (404, 200)
    assert tokens.end_all_of(story.app, story.app.keys.current) >= 1
    assert http.get(other).status_code == 404


def test_a_year_that_nobody_has_decided_is_shown_as_proposed(story: Story) -> None:
    made = calendarfiles.of_body(story.app, "rs", proposed=[2021])
    _, items = read(made.within(date(2021, 1, 1), date(2021, 12, 31)).ics(AT))
    assert len(items) == 9
    assert {str(e["status"]) for e in items} == {"TENTATIVE"}
    assert all("(föreslaget)" in str(e["summary"]) for e in items)
    assert calendarfiles.of_body(story.app, "krf", proposed=[2021]) == calendarfiles.of_body(story.app, "krf")
