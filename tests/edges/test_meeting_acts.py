"""What is done at a meeting, in the browser: the agenda, who is there, what is decided, and minutes kept elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from test_acting import Browser, words

import meetingstory
import webstory
from arende import db, meetingqueries, queries
from arende.app import App
from arende.commands import RegisterCase
from arende.usecases.promises import keep
from arende.web.meetingacts import ACTS, ITEM_ACTS
from handclock import STOCKHOLM, VirtualClock
from meetingstory import Meeting


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.seated(sqlite_template, tmp_path_factory.mktemp("acts"))
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    clock.now = datetime(2023, 1, 4, 9, tzinfo=STOCKHOLM)
    app.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden"))
    yield app
    app.engine.dispose()


@pytest.fixture
def secretary(app: App) -> Browser:
    return Browser(app, "rsau_secretary")


class Days:
    """A later day for each meeting, so that no two are on one."""

    month, day = 2, 6

    @classmethod
    def next(cls) -> str:
        cls.day += 7
        if cls.day > 27:
            cls.month, cls.day = cls.month + 1, cls.day - 28 + 2
        return date(2023, cls.month, cls.day).isoformat()


def planned(app: App, body: str = "rsau") -> Meeting:
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    return Meeting(app, clock, body, Days.next())


def opened(app: App, *headings: str) -> Meeting:
    meeting = planned(app).called(*headings)
    day = found(app, meeting)["meeting"]["day"]
    return meeting.opened(day.isoformat())


def found(app: App, meeting: Meeting) -> dict[str, Any]:
    with db.reading(app.engine) as conn:
        return meetingqueries.meeting(conn, meeting.no)


def headings(app: App, meeting: Meeting) -> list[str]:
    return [i["heading"] for i in found(app, meeting)["items"]]


def item(app: App, meeting: Meeting, heading: str) -> dict[str, Any]:
    return next(i for i in found(app, meeting)["items"] if i["heading"] == heading)


# ---------------------------------------------------------------- the agenda


def test_an_item_is_put_on_moved_and_taken_off(app: App, secretary: Browser) -> None:
    m = planned(app)
    base = f"/meetings/{m.no}"
    secretary.send(f"{base}/do/add", heading="Första", proposal="Att bifalla.")
    there = secretary.send(f"{base}/do/add", heading="Andra", other="RS230001")
    assert there == f"{base}?done=add"
    page = secretary.read(there)
    assert "Punkten är uppsatt." in words(page)
    assert "RS230001 väntar inte på det här organet" in words(page)
    second = item(app, m, "Andra")["item"]
    hidden = {"command": re.findall(r'name="command" value="([^"]+)"', page)[0]}
    secretary.send(f"{base}/items/{second}/up", hidden=hidden)
    assert headings(app, m) == ["Andra", "Första"]
    secretary.send(f"{base}/do/order", **{f"place-{second}": "2", f"place-{item(app, m, 'Första')['item']}": "1"})
    assert headings(app, m) == ["Första", "Andra"]
    wrong = secretary.send(f"{base}/items/{second}/remove", code=422, reason="")
    assert "Fyll i ”Skäl”" in wrong
    secretary.send(f"{base}/items/{second}/remove", reason="Drogs tillbaka.")
    assert headings(app, m) == ["Första"]


def test_an_item_that_comes_late_needs_its_reason_and_makes_a_new_version(app: App, secretary: Browser) -> None:
    m = planned(app).called("Budget")
    base = f"/meetings/{m.no}"
    assert "Varför punkten kommer sent" in words(secretary.read(f"{base}/do/add"))
    assert "Fyll i" in secretary.send(f"{base}/do/add", code=422, heading="Sent ärende")
    secretary.send(f"{base}/do/add", heading="Sent ärende", reason="Kom in i går.")
    text = words(secretary.read(base))
    assert "version 2" in text
    assert "Varför sent : Kom in i går." in text or "Varför sent Kom in i går." in text


def test_whoever_does_not_keep_the_agenda_is_offered_nothing_and_refused(app: App) -> None:
    m = planned(app)
    m.add("Budget")
    officer = Browser(app, "officer")
    page = officer.read(f"/meetings/{m.no}")
    assert not re.search(rf'href="/meetings/{m.no}/(do|roll-call|from-minutes|items/\d+/)', page)
    said = officer.send(f"/meetings/{m.no}/do/add", code=422, heading="Min punkt")
    assert "Dagordningen är sekreterarens och ordförandens." in said
    assert 'value="Min punkt"' in officer.http.post(
        f"/meetings/{m.no}/do/add", data={"csrf": officer.csrf, "heading": "Min punkt"}
    ).text  # fmt: skip
    assert headings(app, m) == ["Budget"]


def test_a_step_of_a_meeting_leads_back_to_its_page(app: App, secretary: Browser) -> None:
    m = planned(app)
    m.add("Budget")
    there = secretary.send(f"/meetings/{m.no}".replace("meetings", "cases") + "/step/draft_agenda")
    assert there == f"/meetings/{m.no}?done=step"
    assert "Utkast till dagordning" in words(secretary.read(there))
    assert f'href="/meetings/{m.no}"' in Browser(app, "rsau_chair").read("/")


# ---------------------------------------------------------------- who is there


def test_the_roll_call_enters_everybody_at_once(app: App, secretary: Browser) -> None:
    m = planned(app).called("Budget")
    base = f"/meetings/{m.no}"
    secretary.send(f"{base}/do/absent", person="led3", reason="Sjuk.")
    page = secretary.read(f"{base}/roll-call")
    assert "Förhinder: Sjuk." in words(page)
    assert '<option value="led3" selected>' in page, "the substitute who was called serves for the absent member"
    sent = {"here": ["rsau_chair", "rsau_vice_chair", "ers1"], "for-ers1": "led3", "presiding": "rsau_chair",
            "checker": ["rsau_vice_chair"]}  # fmt: skip
    there = secretary.send(f"{base}/roll-call", **sent)
    assert there.endswith("?done=attend#attendance")
    text = words(secretary.read(base))
    assert "Organet är beslutfört. 3 av 5 med rösträtt är närvarande. 3 krävs för beslut." in text
    assert "Ersättare Ett ersättare tjänstgör för Ledamot Tre" in text
    assert "RSAU:s vice ordförande ledamot justerar" in text


def test_somebody_who_cannot_be_entered_is_told_and_the_others_are_in(app: App, secretary: Browser) -> None:
    m = planned(app).called("Budget")
    base = f"/meetings/{m.no}"
    said = secretary.send(f"{base}/roll-call", code=422, here=["led1", "ers1"], **{"for-ers1": "led1"})
    assert "Ersättare Ett: Ledamot Ett är själv närvarande" in said
    assert [a["actor"] for a in found(app, m)["attendance"]] == ["led1"]
    secretary.send(f"{base}/do/attend", person="led1", role="member", to_item="1")
    secretary.send(f"{base}/do/attend", person="officer", role="official")
    text = words(secretary.read(base))
    assert "Ledamot Ett ledamot –1" in text or "Ledamot Ett ledamot 1–1" in text
    assert "Handläggaren tjänsteperson" in text


# ---------------------------------------------------------------- in the room


def test_an_item_is_dealt_with_and_the_next_one_comes_up(app: App) -> None:
    m = opened(app, "Budget", "Remissvar")
    secretary = Browser(app, "rsau_secretary")
    base, budget = f"/meetings/{m.no}", item(app, m, "Budget")["item"]
    at = f"{base}/items/{budget}"
    secretary.send(f"{at}/conflict", person="led1")
    secretary.send(f"{at}/motion", person="led2", kind="reject", text="Avslag.")
    page = words(secretary.read(f"{at}?done=motion"))
    assert "Yrkandet är infört." in page
    assert "3 av 5" in page
    assert "Ledamot Ett" not in page.split("Deltar i beslutet")[1].split("För in utfallet")[0]
    secretary.send(f"{at}/vote", yes_means="bifall", no_means="avslag",
                   **{"ballot-rsau_chair": "yes", "ballot-rsau_vice_chair": "abstain",
                      "ballot-led2": "no"})  # fmt: skip
    assert "med ordförandens utslagsröst" in words(secretary.read(at))
    there = secretary.send(f"{at}/outcome", outcome="approved", decision="Att anslå medel.", assigned="Följ upp.",
                           assigned_to="officer", assigned_on="2023-12-01")  # fmt: skip
    assert there == f"{base}/items/{item(app, m, 'Remissvar')['item']}?done=outcome"
    secretary.send(f"{at}/dissent", person="led2", text="Eget yrkande.")
    kept = item(app, m, "Budget")
    assert (kept["outcome"], kept["decision"]) == ("approved", "Att anslå medel.")
    assert kept["assignments"][0]["to"] == "officer"
    assert [d["name"] for d in kept["dissents"]] == ["Ledamot Två"]


def test_what_the_law_bars_is_said_on_the_form_and_what_was_written_stays(app: App) -> None:
    m = opened(app, "Budget")
    secretary = Browser(app, "rsau_secretary")
    at = f"/meetings/{m.no}/items/{item(app, m, 'Budget')['item']}"
    said = secretary.send(f"{at}/outcome", code=422, outcome="remitted", decision="Att återremittera.")
    assert "En återremiss har ett motiv" in said
    assert "Att återremittera." in said
    assert "Ordföranden ska rösta" in secretary.send(
        f"{at}/vote", code=422, yes_means="ja", no_means="nej", **{"ballot-led1": "yes", "ballot-led2": "no"}
    )  # fmt: skip
    assert "”Återrapporteras senast” har ett värde" in secretary.send(
        f"{at}/outcome", code=422, outcome="approved", assigned="Gör", assigned_to="officer", assigned_on="2023-02-31"
    )  # fmt: skip
    assert "minst en tredjedel" not in said


def test_the_same_outcome_sent_twice_is_one(app: App) -> None:
    m = opened(app, "Budget")
    secretary = Browser(app, "rsau_secretary")
    path = f"/meetings/{m.no}/items/{item(app, m, 'Budget')['item']}/outcome"
    hidden = secretary.form(path)
    for _ in range(2):
        secretary.send(path, hidden=hidden, outcome="approved")
    with db.reading(app.engine) as conn:
        events = queries.history(conn, queries.case(conn, m.no)["id"])
    assert sum(e["kind"] == "outcome:recorded" for e in events) == 1


# ---------------------------------------------------------------- the minutes


def test_decisions_are_entered_from_minutes_kept_elsewhere(app: App) -> None:
    m = planned(app)
    m.add("Budget")
    m.add("Remissvar")
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    day = found(app, m)["meeting"]["day"]
    clock.now = clock.now.replace(year=day.year, month=day.month, day=day.day)
    secretary = Browser(app, "rsau_secretary")
    base, numbers = f"/meetings/{m.no}", [i["item"] for i in found(app, m)["items"]]
    assert f'href="{base}/from-minutes"' in secretary.read(base)
    first, second = numbers
    told = {f"outcome-{first}": "approved", f"section-{first}": "41", f"decision-{first}": "Att bifalla.",
            f"outcome-{second}": "noted", f"section-{second}": "x"}  # fmt: skip
    pdf = {"file": ("protokoll.pdf", b"%PDF-1.7 minutes", "application/pdf")}
    said = secretary.send(f"{base}/from-minutes", code=422, files=pdf, **told, minutes_approved_on="")
    assert "”Paragraf” har ett värde som inte går att läsa." in said
    assert "Fyll i ”Protokollet justerades den”." in said
    told[f"section-{second}"] = "42"
    said = secretary.send(f"{base}/from-minutes", code=422, **told, minutes_approved_on=day.isoformat())
    assert "saknas" in said, "the minutes themselves are missing"
    secretary.send(f"{base}/from-minutes", files=pdf, **told, minutes_approved_on=day.isoformat())
    keep(app)
    row = found(app, m)
    assert row["case"]["state"] == "minutes_approved"
    assert [i["section_no"] for i in row["items"]] == [41, 42]
    assert "protokoll.pdf" in secretary.read(base)


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_on_a_meeting_has_its_form(app: App, act: str) -> None:
    number = _any(app)
    assert "data-form" in Browser(app, "rsau_secretary").read(f"/meetings/{number}/do/{act}")


@pytest.mark.parametrize("act", sorted(ITEM_ACTS))
def test_every_act_on_an_item_has_its_form(app: App, act: str) -> None:
    number = _any(app)
    secretary = Browser(app, "rsau_secretary")
    with db.reading(app.engine) as conn:
        first = meetingqueries.meeting(conn, number)["items"][0]["item"]
    assert "data-form" in secretary.read(f"/meetings/{number}/items/{first}/{act}")
    for wrong in ("nothing", "../x"):
        secretary.read(f"/meetings/{number}/items/{first}/{wrong}", 404)
    secretary.read(f"/meetings/{number}/items/999/{act}", 404)


def _any(app: App) -> str:
    with db.reading(app.engine) as conn:
        rows = [r for r in meetingqueries.listed(conn, body="rsau") if r["state"] == "in_progress"]
    return str(rows[0]["register_no"]) if rows else opened(app, "Budget").no


def test_a_matter_under_secrecy_cannot_be_opened_by_whoever_may_not_see_it(app: App) -> None:
    meetingstory.play(app)
    with db.reading(app.engine) as conn:
        number = meetingqueries.listed(conn, body="rf")[-1]["register_no"]
        secret = next(i for i in meetingqueries.meeting(conn, number)["items"] if i["heading"] == meetingstory.HIDDEN)
    officer = Browser(app, "officer2")
    officer.read(f"/meetings/{number}/items/{secret['item']}", 404)
    assert meetingstory.HIDDEN not in officer.read(f"/meetings/{number}")


def test_approval_at_once_is_entered_and_announced(app: App) -> None:
    """In the year after: sections run through the year, and earlier meetings of this one are not ended."""
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    m = Meeting(app, clock, "rsau", "2024-01-16").called("Budget").opened("2024-01-16")
    secretary = Browser(app, "rsau_secretary")
    for i in found(app, m)["items"]:
        m.outcome(i["item"], "approved")
    m.step("end")
    base, number = f"/meetings/{m.no}", item(app, m, "Budget")["item"]
    day = found(app, m)["meeting"]["day"].isoformat()
    secretary.send(f"{base}/do/at_once", items=[str(number)], approved_on=day)
    registrar = Browser(app, "registrar")
    assert f'href="{base}/do/post_notice"' in registrar.read(base)
    assert f'href="{base}/do/post_notice"' in registrar.read("/")
    registrar.send(f"{base}/do/post_notice")
    section = item(app, m, "Budget")["section_no"]
    assert f"§ {section}" in words(registrar.read("/notices"))


def test_a_calendar_address_is_made_changed_and_ended(app: App) -> None:
    secretary = Browser(app, "rsau_secretary")
    assert "Ingen adress är skapad." in words(secretary.read("/calendars"))
    hidden = {"kind": "body", "subject": "rsau"}
    page = secretary.read(secretary.send("/calendars", hidden=hidden, do="issue"))
    first = re.findall(r"/calendar/[^<]+\.ics", page)[0]
    assert "BEGIN:VCALENDAR" in secretary.read(first)
    page = secretary.read(secretary.send("/calendars", hidden=hidden, do="issue"))
    second = re.findall(r"/calendar/[^<]+\.ics", page)[0]
    secretary.read(first, 404)
    secretary.send("/calendars", hidden=hidden, do="revoke")
    secretary.read(second, 404)
    secretary.send("/calendars", hidden={"kind": "person", "subject": "rs_chair"}, do="issue", code=403)
    secretary.send("/calendars", hidden=hidden, do="nothing", code=404)
