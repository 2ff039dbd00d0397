"""A letter from the form to its end in a real browser: reviewed, signed by two, its signed copy exchanged, and sent."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, FilePayload
from post import Server, drained

from arende.app import App
from browser import Visit
from served import served
from webday import Day, answer, press, refused, says, step

pytestmark = pytest.mark.slow
WORDS = "De lokala nämnderna upphör.\n\n<script>alert(1)</script> {{ 7 * 7 }} #panic()"
"""What is written, with what would run if anything of it did."""
GIVEN = {
    "addressed_to": "Hylte och Laholms kommuner",
    "contact": "Handläggaren, officer@region.example",
    "text": WORDS,
}


def test_a_letter_is_written_signed_by_two_and_sent(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-08-03T09:00")
        with day.person("officer") as visit:
            written(visit)
        with day.person("manager") as visit:
            visit.open("/")
            step(visit, "Begär underskrifter")
            says(visit, "Hos regiondirektören")
        for person, then in (("region_director", "Hos ordföranden"), ("rs_chair", "Undertecknad")):
            with day.person(person) as visit:
                answer(visit)
                visit.open("/cases/RS200001")
                says(visit, then)
        with day.person("registrar") as visit:
            exchanged(visit)
            step(visit, "Expediera")
            says(visit, "Expedierad")
        server = Server()
        assert drained(site, server).failed == 0
        told = {to: message_from_bytes(raw, policy=policy.default) for _, to, raw in server.accepted}
        for town in ("hylte", "laholm"):
            (file,) = told[f"registrator@{town}.example"].iter_attachments()
            assert file.get_content() == "# Text\n\nEn ny skanning.\n"
        with day.person("registrar") as visit:
            visit.open("/cases/RS200001")
            step(visit, "Avsluta ärendet")
            says(visit, "Avslutad")


def written(visit: Visit) -> None:
    """The letter is registered, and handed in for review when nothing is missing in its form."""
    page = visit.page
    visit.open("/")
    press(visit, "Nytt ärende")
    press(visit, "Skrivelse")
    page.fill("#title", "De lokala nämnderna upphör")
    press(visit, "Registrera ärendet")
    says(visit, "har fått diarienummer RS200001")
    press(visit, "Lämna till granskning")
    refused(visit, "Lämna till granskning", "Skrivelsens text")
    for name, value in GIVEN.items():
        page.fill(f"[name={name}]", value)
    for town in ("hylte", "laholm"):
        page.check(f"input[name=recipients][value=municipality_{town}]")
    page.select_option("[name=sender]", "rs")
    page.check("input[name=about][value=other]")
    press(visit, "Lämna till granskning")
    says(visit, "Granskning")


def exchanged(visit: Visit) -> None:
    """What both have signed is not exchanged without a word; why it was stands in the history."""
    page = visit.page
    visit.open("/cases/RS200001")
    press(visit, "Lägg till en handling")
    page.select_option("#kind", "signed_letter")
    scan: FilePayload = {"name": "skanning.md", "mimeType": "text/markdown", "buffer": b"# Text\n\nEn ny skanning.\n"}
    page.set_input_files("input[type=file]", scan)
    refused(visit, "Lägg till", "skriv skälet")
    page.set_input_files("input[type=file]", scan)
    page.fill("#reason", "Sidan 2 var oläslig.")
    press(visit, "Lägg till")
    says(visit, "Handlingen är tillagd.")
    assert "Sidan 2 var oläslig." in page.content()
