"""An opinion on a referral, from the day it comes to the day it is withdrawn or sent, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from arende.app import App
from arende.usecases.promises import keep
from served import served
from webday import (
    CASE,
    Day,
    approved,
    filed,
    handed_over,
    press,
    refused,
    registered,
    says,
    step,
    step_with,
    wrong_with,
)

pytestmark = pytest.mark.slow

WORDS = {"stance": "supports", "summary": "Regionen *tillstyrker* #förslaget.", "text": "Skälen är <b>tre</b>."}


def test_an_opinion_that_the_board_changed_is_not_sent_as_it_lay(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-08-03T09:00")
        with day.person("registrar") as visit:
            registered(visit, "Remissyttrande", "En promemoria om elstöd")
            filed(visit, "referral")
            given = {"ministry": "ext_naringsdepartementet", "ministry_ref": "N2020/01", "concerns": "Promemoria"}
            step_with(visit, "Registrera remissen", remiss_date="2020-08-28", **given)
        with day.person("manager") as visit:
            visit.open(CASE)
            step_with(visit, "Föreslå yttrande", answer_or_not="answer", joint="solo")
        approved(day, "rs_chair")
        keep(site)
        with day.person("officer") as visit, day.person("officer") as stale:
            visit.open(CASE)
            press(visit, "Börja skriva")
            press(visit, "Börja skriva")
            stale.open(f"{CASE}/step/propose_decision")
            asked = {"proposal": "Regionstyrelsen antar yttrandet.", "decision_body": "rs", **WORDS}
            wrong_with(visit, "Lämna till beslut", "efter den sista dagen", decision_date="2020-09-29", **asked)
            assert visit.page.input_value("[name=summary]") == WORDS["summary"], "nothing that was written is lost"
            visit.page.fill("[name=decision_date]", "2020-08-25")
            press(visit, "Lämna till beslut")
            says(visit, "Inför beslut")
            for name, value in {"summary": "En annan mening.", "text": "x", "proposal": "y"}.items():
                stale.page.fill(f"[name={name}]", value)
            stale.page.check("input[name=stance][value=opposes]")
            stale.page.check("input[name=decision_body][value=rs]")
            refused(stale, "Lämna till beslut", "har ändrats av någon annan")
            assert stale.page.input_value("[name=summary]") == "En annan mening."
            visit.open(CASE)
            filed(visit, "opinion")
        day.at("2020-08-26T09:00")
        with day.person("rs_secretary") as visit:
            visit.open(CASE)
            given = {"decision_date": "2020-08-25", "decision_section": "§ 12", "stance": "opposes"}
            wrong_with(visit, "För in beslutet ur protokollet", "en egen fil från den 3 augusti 2020", **given)
            assert visit.page.is_checked("input[name=stance][value=opposes]")
        with day.person("officer") as visit:
            visit.open(CASE)
            press(visit, "Lägg till en handling")
            visit.page.select_option("#kind", "opinion")
            new = {"name": "nytt.md", "mimeType": "text/markdown", "buffer": b"# Yttrande\n\nRegionen avstyrker.\n"}
            visit.page.set_input_files("input[type=file]", new)  # type: ignore[arg-type]  # as a FilePayload
            press(visit, "Lägg till")
        with day.person("rs_secretary") as visit:
            visit.open(CASE)
            step_with(visit, "För in beslutet ur protokollet", **given)
            says(visit, "Beslutad")
        with day.person("registrar") as visit:
            visit.open(CASE)
            wrong_with(visit, "Sänd inte yttrandet", "Fyll i ”Motivering”")
            visit.page.fill("[name=note]", "Departementet drog tillbaka remissen den 26 augusti.")
            press(visit, "Sänd inte yttrandet")
            says(visit, "Beslutad, sänds inte")
        handed_over(site)
        with day.person("officer") as visit:
            visit.open(CASE)
            step(visit, "Avsluta ärendet")
            says(visit, "Avslutad")
