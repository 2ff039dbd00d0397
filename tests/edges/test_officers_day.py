"""The declaration of intent from registration to dispatch, every click in a real browser and every mail really sent."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser
from post import Server, drained

from arende.app import App
from arende.usecases.promises import keep
from browser import Visit
from served import served
from webday import Day, answer, press, refused, says, step

pytestmark = pytest.mark.slow
TOWNS = (
    "Falkenbergs kommun",
    "Halmstads kommun",
    "Hylte kommun",
    "Kungsbacka kommun",
    "Laholms kommun",
    "Varbergs kommun",
)


def test_an_officer_carries_a_declaration_from_registration_to_dispatch(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-08-03T09:00")
        with day.person("officer") as visit:
            registered(visit)
        with day.person("manager") as visit:
            from_the_inbox(visit, "Sänd vidare till RSAU", rsau_date="2020-08-18")
            says(visit, "Ärendet väntar på RSAU:s ordförande.")
        with day.person("rsau_chair") as visit:
            answer(visit)
        aligned(day)
        decided(day)
        for person in ("rs_chair", "region_director"):
            with day.person(person) as visit:
                answer(visit)
        keep(site)
        with day.person("registrar") as visit:
            dispatched(visit)
        server = Server()
        assert drained(site, server).failed == 0
        sent = {to: message_from_bytes(raw, policy=policy.default) for _, to, raw in server.accepted}
        files = {part.get_filename() for part in sent["registrator@finansdepartementet.example"].iter_attachments()}
        assert {"undertecknad.md"} <= files


def registered(visit: Visit) -> None:
    """A new case, its basis and its text, handed in for review; and its statement."""
    page = visit.page
    visit.open("/")
    press(visit, "Nytt ärende")
    press(visit, "Avsiktsförklaring")
    refused(visit, "Registrera ärendet", "Rubrik")
    page.fill("#title", "Avsiktsförklaring om kustleden")
    page.fill("#draft_due", "2020-08-07")
    press(visit, "Registrera ärendet")
    says(visit, "har fått diarienummer RS200001")
    says(visit, "Lägg till ett samband")
    press(visit, "Lägg till ett samband")
    page.select_option("#kind", "basis")
    page.fill("#other", "Strukturbild Halland")
    press(visit, "Lägg till ett samband")
    filed(visit, "declaration", "avsiktsforklaring.md")
    step(visit, "Lämna till granskning")
    press(visit, "Skriv tjänsteskrivelsen")
    page.fill("#proposal", "Arbetsutskottet stämmer av avsiktsförklaringen.")
    page.fill("#summary", "En led längs kusten genom alla sex kommunerna.")
    press(visit, "Skriv tjänsteskrivelsen")
    says(visit, "Tjänsteskrivelse")


def aligned(day: Day) -> None:
    """The RSAU's alignment, and that of the six municipalities at the KRF's meeting."""
    day.at("2020-08-19T10:00")
    with day.person("rsau_secretary") as visit:
        from_the_inbox(visit, "För in RSAU:s avstämning", rsau_date="2020-08-18", rsau_section="12")
    with day.person("officer") as visit:
        from_the_inbox(visit, "Sänd ut till kommunerna", krf_date="2020-09-02", decision_date="2020-09-23")
        says(visit, "0 av 6 har svarat")
    day.at("2020-09-02T16:30")
    with day.person("krf_secretary") as visit:
        visit.open("/cases/RS200001")
        for town in TOWNS:
            visit.page.locator("tr", has_text=town).get_by_role("link", name="För in ställningstagande").click()
            visit.page.check("input[name=stance][value=supports]")
            press(visit, "För in ställningstagande")
    keep(day.app)


def decided(day: Day) -> None:
    """The compilation, the board's decision from its minutes, and the extract that says so."""
    day.at("2020-09-07T09:00")
    with day.person("officer") as visit:
        visit.open("/cases/RS200001")
        step(visit, "Skriv sammanställningen")
        step_with(visit, "Lämna till beslut", decision_body="rs", decision_date="2020-09-23")
    day.at("2020-09-24T09:00")
    with day.person("rs_secretary") as visit:
        visit.open("/cases/RS200001")
        filed(visit, "minutes_extract", "protokollsutdrag.md")
        given = {"decision_date": "2020-09-23", "decision_section": "101", "minutes_approved_on": "2020-09-24"}
        step_with(visit, "För in beslutet ur protokollet", decision_body="rs", **given)
        says(visit, "Beslutad, inför underskrift")


def dispatched(visit: Visit) -> None:
    """The signed text goes to the ministry."""
    visit.open("/cases/RS200001")
    filed(visit, "signed_declaration", "undertecknad.md")
    step_with(visit, "Sänd till departementet", ministry="ext_finansdepartementet")
    says(visit, "Insänd till departementet")


def from_the_inbox(visit: Visit, words: str, **fields: str) -> None:
    """The step that waits in the inbox, with what it asks for."""
    visit.open("/")
    step_with(visit, words, **fields)


def step_with(visit: Visit, words: str, **fields: str) -> None:
    """A step, with what its form asks for."""
    press(visit, words)
    for name, value in fields.items():
        found = visit.page.locator(f"[name={name}]").first
        if found.get_attribute("type") == "radio":
            visit.page.check(f"input[name={name}][value={value}]")
        elif found.evaluate("e => e.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)
    press(visit, words)


def filed(visit: Visit, key: str, name: str) -> None:
    """A record added to the case."""
    page = visit.page
    press(visit, "Lägg till en handling")
    page.select_option("#kind", key)
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/markdown", "buffer": b"# Text\n\nOrd.\n"})
    press(visit, "Lägg till")
    says(visit, "Handlingen är tillagd.")
