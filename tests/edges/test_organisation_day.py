"""Bodies end and another takes over, from the form to the carrying out in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from arende.app import App
from arende.usecases.promises import keep
from served import served
from webday import CASE, Day, approved, filed, fill, handed_over, press, registered, says, step, step_with

pytestmark = pytest.mark.slow


def test_a_body_ends_and_another_takes_over(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-10-29T09:00")
        with day.person("officer") as visit:
            registered(visit, "Organisationsändring", "Den lokala nämnden upphör", term_ends="2022-12-31")
            filed(visit, "directive")
            step_with(visit, "Börja utreda", committee_decision="Regionfullmäktige 2020-10-28")
            filed(visit, "proposal")
            given = {"abolished": "ln_hylte", "successor": "En ny beredning", "asked": "municipality_hylte"}
            step_with(visit, "Sänd förslaget på remiss", answer_by="2021-06-30", **given)
        keep(site)
        handed_over(site)
        with day.person("officer") as visit:
            visit.open(CASE)
            press(visit, "Avsluta omgången i förtid")
            visit.page.fill("[name=reason]", "Svaret behövs inte.")
            press(visit, "Avsluta omgången i förtid")
            keep(site)
            visit.open(CASE)
            says(visit, "Yttrandena är inne")
            filed(visit, "opinions")
            filed(visit, "regulations")
        with day.person("manager") as visit:
            visit.open(CASE)
            step_with(visit, "För in förhandlingen", negotiated="held")
        with day.person("officer") as visit:
            visit.open(CASE)
            step_with(visit, "Lämna till regionstyrelsen", rs_date="2022-02-15")
        approved(day, "rs_chair")
        day.at("2022-02-17T09:00")
        with day.person("rs_secretary") as visit:
            visit.open(CASE)
            step_with(
                visit, "För in regionstyrelsens förslag", rs_date="2022-02-15", rs_section="§ 20", rf_date="2022-03-02"
            )
        day.at("2022-03-03T09:00")
        with day.person("rf_secretary") as visit:
            visit.open(CASE)
            given = {"extract_body": "rf", "extract_date": "2022-03-02", "extract_section": "§ 30"}
            step_with(visit, "Skriv protokollsutdraget", extract_text="Nämnden upphör.", **given)
            keep(site)
            visit.open(CASE)
            step_with(visit, "För in fullmäktiges beslut", rf_date="2022-03-02", rf_section="§ 30")
        with day.person("officer") as visit:
            visit.open(CASE)
            step_with(
                visit, "Börja genomföra", partners="municipality_hylte,municipality_laholm", text="En ny kontakt."
            )
            says(visit, "Genomförande")
            says(visit, "är öppna. Slutför dem först.")
        keep(site)
        handed_over(site)
        with day.person("registrar") as visit:
            visit.open(CASE)
            press(visit, "För över till efterträdaren")
            fill(visit, {"successor": "rs_bsh"})
            press(visit, "För över till efterträdaren")
        day.at("2023-01-02T09:00")
        keep(site)
        for who, tasks in {"rs_secretary": 1, "registrar": 1, "officer": 3}.items():
            with day.person(who) as visit:
                for _ in range(tasks):
                    visit.open(CASE)
                    press(visit, "Klar")
                    press(visit, "Anmäl uppgiften som klar")
        handed_over(site)
        with day.person("officer") as visit:
            visit.open(CASE)
            step(visit, "Avsluta ärendet")
            says(visit, "Avslutad")
