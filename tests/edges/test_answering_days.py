"""Those who answer from outside the office: a chair on a phone or by keyboard, and a municipality by its link alone."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser
from post import Server, drained

import webstory
from arende.app import App
from arende.commands import Advance, DecideApproval, RegisterCase, Relate
from browser import Visit
from served import served
from webday import Day, press, refused, says, tab_to

pytestmark = pytest.mark.slow
STEPS: dict[str, tuple[str, dict[str, str]]] = {
    "request_review": ("officer", {}),
    "write_statement": ("officer", {"proposal": "Ärendet tas upp.", "summary": "En led längs kusten."}),
    "submit": ("manager", {"rsau_date": "2020-08-03"}),
    "record_alignment": ("rsau_secretary", {"rsau_date": "2020-08-03", "rsau_section": "12"}),
    "consult": ("officer", {"krf_date": "2020-09-02"}),
}
"""Trigger → who takes the step, and what it asks for."""
TO_THE_CHAIR = ("request_review", "write_statement", "submit")


def at(site: App, *triggers: str) -> str:
    """A declaration of intent after these steps; its number."""
    number = str(site.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden")).register_no)
    site.do(Relate(actor="officer", register_no=number, kind="basis", other="Strukturbild Halland"))
    webstory.write(site, number, "Behovet är stort.\n")
    for trigger in triggers:
        who, fields = STEPS[trigger]
        site.do(Advance(actor=who, register_no=number, trigger=trigger, fields=fields))
    return number


def link_to(site: App, address: str, place: str, to: str) -> str:
    """The link of the last mail to somebody, as our own server on its own port has it."""
    server = Server()
    assert drained(site, server).failed == 0
    texts = [
        str(body.get_content())
        for _, recipient, raw in server.accepted
        if recipient == to and (body := message_from_bytes(raw, policy=policy.default).get_body(("plain",)))
    ]
    found = [m[0] for text in texts if (m := re.search(rf"/{place}/[\w-]+", text))]
    assert found, (to, texts)
    return found[-1]


def test_a_chair_answers_on_a_phone_from_the_mail_to_the_receipt_and_takes_it_back(browser: Browser, site: App) -> None:
    number = at(site, *TO_THE_CHAIR)
    with served(site) as address:
        day = Day(site, browser, address, "phone")
        link = link_to(site, address, "b", "rsau_chair@region.example")
        with day.person("") as visit:
            visit.open(link)
            says(visit, "Att avsiktsförklaringen tas upp på RSAU:s sammanträde för avstämning.")
            visit.page.check("input[value=approve]")
            refused(visit, "Skicka svaret", "Svaret är inte registrerat")
            assert visit.page.is_checked("input[value=approve]")
            visit.page.fill("#control", number[-4:])
            press(visit, "Skicka svaret")
            says(visit, "Ditt svar är registrerat")
        with day.person("rsau_chair") as visit:
            on_ones_own_page(visit, number)


def on_ones_own_page(visit: Visit, number: str) -> None:
    """Nothing waits any more; the answer is taken back, and asked for again; and then days away."""
    page = visit.page
    visit.open("/")
    says(visit, "Inget väntar på dig")
    press(visit, "Det du har svarat")
    says(visit, number)
    press(visit, f"Ta tillbaka svaret {number}")
    page.fill("#reason", "Jag läste fel version.")
    press(visit, "Ta tillbaka svaret")
    says(visit, "Svaret är taget tillbaka")
    page.goto(page.url.partition("/me")[0] + "/me")
    page.fill("#first", "2020-08-20")
    page.fill("#last", "2020-08-28")
    press(visit, "Anmäl frånvaro")
    says(visit, "20 augusti 2020")
    press(visit, "Ta bort 20 augusti 2020")
    says(visit, "Du har inte anmält någon frånvaro.")


def test_a_chair_answers_by_keyboard_alone(browser: Browser, site: App) -> None:
    number = at(site, *TO_THE_CHAIR)
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        link = link_to(site, address, "b", "rsau_chair@region.example")
        with day.person("") as visit:
            visit.open(link)
            tab_to(visit, "input[name=decision]")
            visit.page.keyboard.press("Space")
            tab_to(visit, "#comment")
            visit.page.keyboard.type("Gärna i oktober.")
            tab_to(visit, "#control")
            visit.page.keyboard.type(number[-4:])
            visit.page.keyboard.press("Enter")
            visit.page.wait_for_load_state("load")
            says(visit, "Ditt svar är registrerat")
            says(visit, "Gärna i oktober.")


def test_a_municipality_reads_asks_for_time_answers_and_answers_anew(browser: Browser, site: App) -> None:
    number = at(site, *TO_THE_CHAIR)
    site.do(DecideApproval(actor="rsau_chair", approval=1, decision="approve"))
    for trigger in ("record_alignment", "consult"):
        who, fields = STEPS[trigger]
        site.do(Advance(actor=who, register_no=number, trigger=trigger, fields=fields))
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        link = link_to(site, address, "svar", "registrator@falkenberg.example")
        with day.person("") as visit:
            asks_for_time(visit, link, number)
        with day.person("officer") as visit:
            visit.open(f"/cases/{number}")
            press(visit, "Bevilja anstånd")
            press(visit, "Bevilja anstånd")
        with day.person("") as visit:
            answers(visit, link, number, "supports", "Kommunen ställer sig bakom.")
            answers(visit, link, number, "opposes", "Efter nytt beslut avstyrker kommunen.")
        with day.person("registrar") as visit:
            visit.open(f"/cases/{number}")
            says(visit, "Falkenbergs kommun")
            press(visit, "Registrera svaret")
            visit.page.fill("#how", "Samtal med kommunens registrator.")
            press(visit, "Registrera svaret")
            says(visit, "Svaret är registrerat.")


def asks_for_time(visit: Visit, link: str, number: str) -> None:
    """The documents are there to read, and a wish for more time is taken."""
    page = visit.page
    visit.open(link)
    says(visit, "Falkenbergs kommun")
    with page.expect_download() as file:
        page.locator("ul.files a").first.click()
    assert file.value.suggested_filename
    page.fill("#until", "2020-10-16")
    page.fill("#reason", "Nämnden sammanträder den 13 oktober.")
    page.fill("#control2", number[-4:])
    press(visit, "Begär anstånd")
    says(visit, "16 oktober 2020")


def answers(visit: Visit, link: str, number: str, stance: str, comment: str) -> None:
    """An answer with its extract of minutes; the page shows what has been handed in."""
    page = visit.page
    visit.open(link)
    page.check(f"input[value={stance}]")
    page.fill("#body", "Kommunstyrelsen")
    page.fill("#decided_on", "2020-08-03")
    page.fill("#section", "88")
    page.fill("#comment", comment)
    page.set_input_files("#files", {"name": "utdrag.md", "mimeType": "text/markdown", "buffer": b"Utdrag.\n"})
    page.fill("#sender", "Kommunens registrator")
    page.fill("#control", number[-4:])
    press(visit, "Skicka svaret")
    assert page.url.endswith("#inne")
