"""The secretary's meeting day in a real browser, from the agenda to the notice board: with scripts, and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from arende.app import App
from arende.usecases.promises import keep
from browser import Visit
from served import served
from webday import Day, answer, press, says, step

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("look", "scripts"), [("light", True), ("phone", False)])
def test_a_secretarys_meeting_day(browser: Browser, site: App, look: str, scripts: bool) -> None:
    with served(site) as address:
        day = Day(site, browser, address, look, scripts)
        day.at("2023-01-09T10:00")
        with day.person("rsau_secretary") as visit:
            before(visit)
        with day.person("rsau_chair") as visit:
            answer(visit)
        with day.person("rsau_secretary") as visit:
            visit.open("/meetings/MRSAU230001")
            step(visit, "Kalla")
            press(visit, "Anmäl förhinder")
            visit.page.select_option("#person", "led3")
            press(visit, "Anmäl förhinder")
            says(visit, "Ersättare Ett ersättare tjänstgör för Ledamot Tre")
        day.at("2023-02-07T08:55")
        with day.person("rsau_secretary") as visit:
            in_the_room(visit)
        for person in ("rsau_chair", "rsau_vice_chair"):
            with day.person(person) as visit:
                answer(visit)
        keep(site)
        with day.person("registrar") as visit:
            visit.open("/meetings/MRSAU230001")
            says(visit, "Justerat")
            step(visit, "Anslå justeringen")
            visit.open("/notices")
            says(visit, "§§ 1–3")
            says(visit, "28 februari 2023")


def before(visit: Visit) -> None:
    """The agenda, until it is with the chair."""
    visit.open("/meetings")
    press(visit, "Planera ett sammanträde")
    page = visit.page
    page.fill("#title", "RSAU 2023-02-07")
    page.select_option("#body", "rsau")
    page.fill("#meeting_date", "2023-02-07")
    page.fill("#starts_at", "09:00")
    page.fill("#ends_at", "12:00")
    page.locator("form[data-form] button[type=submit]").last.click()
    page.wait_for_load_state("load")
    visit.open("/meetings/MRSAU230001")
    for heading in ("Remissvar om cykelplanen", "Budget för nattågen"):
        press(visit, "Sätt upp en punkt")
        page.fill("#heading", heading)
        page.fill("#proposal", "Att bifalla förslaget.")
        press(visit, "Sätt upp en punkt")
        says(visit, "Punkten är uppsatt.")
    page.get_by_role("button", name="Flytta upp: Budget för nattågen").click()
    page.wait_for_load_state("load")
    says(visit, "Ordningen är ändrad.")
    assert [h.inner_text() for h in page.locator(".agenda h3").all()] == [
        "Budget för nattågen", "Remissvar om cykelplanen",
    ]  # fmt: skip
    step(visit, "Skriv dagordning och begär klartecken")
    says(visit, "Val av justerare")


def in_the_room(visit: Visit) -> None:
    """From the roll call to the minutes, by keyboard where a list is ticked."""
    page = visit.page
    visit.open("/meetings/MRSAU230001")
    press(visit, "Upprop")
    for person in ("rsau_chair", "rsau_vice_chair", "led2", "ers1"):
        page.focus(f"input[name=here][value={person}]")
        page.keyboard.press("Space")
    page.check("input[name=presiding][value=rsau_chair]")
    page.check("input[name=checker][value=rsau_vice_chair]")
    press(visit, "För in närvaron")
    says(visit, "Organet är beslutfört. 4 av 5 med rösträtt är närvarande. 3 krävs för beslut.")
    step(visit, "Öppna sammanträdet")
    press(visit, "Nästa: Val av justerare")
    outcome(visit, "approved")
    says(visit, "Budget för nattågen")
    press(visit, "För in ett yrkande")
    page.select_option("#person", "led2")
    page.check("input[name=kind][value=reject]")
    page.fill("#text", "Avslag på förslaget.")
    press(visit, "För in ett yrkande")
    press(visit, "För in en omröstning")
    page.fill("#yes_means", "bifall")
    page.fill("#no_means", "avslag")
    for person, vote in (("rsau_chair", "yes"), ("rsau_vice_chair", "no"), ("led2", "no"), ("ers1", "yes")):
        page.check(f"input[name=ballot-{person}][value={vote}]")
    press(visit, "För in en omröstning")
    says(visit, "Utfall: ja, med ordförandens utslagsröst.")
    page.check("input[name=outcome][value=remitted]")
    page.get_by_role("button", name="För in utfallet").click()
    says(visit, "En återremiss har ett motiv")
    visit.wrong.clear()  # the browser tells of the refusal as well
    assert page.input_value("#decision") == "Att bifalla förslaget."
    outcome(visit, "approved")
    says(visit, "Remissvar om cykelplanen")
    outcome(visit, "adjourned")
    page.get_by_role("link", name="Budget för nattågen").click()
    press(visit, "För in en reservation")
    page.select_option("#person", "led2")
    press(visit, "För in en reservation")
    page.click(".crumb a")
    for words in ("Avsluta sammanträdet", "Skriv protokollet", "Begär justering"):
        step(visit, words)
    says(visit, "Justeras")


def outcome(visit: Visit, key: str) -> None:
    """The outcome on the page of an item, or on the form that came back."""
    visit.page.check(f"input[name=outcome][value={key}]")
    press(visit, "För in utfallet")
