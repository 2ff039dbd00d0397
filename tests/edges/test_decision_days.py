"""Decisions from the form to their end in a real browser: a grant, a refused record, an urgent one of the chair."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from arende.app import App
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


def test_a_grant_is_refused_served_and_appealed(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, "phone", judged=False)
        day.at("2020-08-03T09:00")
        with day.person("registrar") as visit:
            given = {"support_form": "commercial_service", "applicant": "applicant_example"}
            registered(visit, "Bidragsärende", "Stöd till lanthandeln", **given)
            filed(visit, "application")
            step_with(visit, "Registrera ansökan", arrived_on="2020-08-03")
        with day.person("officer") as visit:
            visit.open(CASE)
            filed(visit, "material")
            step_with(visit, "Kommunicera", note="Yttrande från länsstyrelsen.")
            says(visit, "Kommunicerad")
            step_with(visit, "Anteckna att svar har kommit")
            reasons = "Butiken ligger i en tätort."
            given = {"delegation_point": "4.1", "amount": "0", "outcome": "refused", "reasons": reasons}
            wrong_with(visit, "Föreslå beslut", "25 §", **given)
            assert visit.page.input_value("[name=reasons]") == reasons
            visit.page.check("input[name=heard][value=done]")
            refused(visit, "Föreslå beslut", "inte levererat än")
            handed_over(site)
            press(visit, "Föreslå beslut")
        approved(day, "manager")
        with day.person("registrar") as visit:
            visit.open(CASE)
            step_with(visit, "Underrätta sökanden")
            wrong_with(visit, "Anteckna delgivningen", "har inte kommit än", served_on="2020-09-03")
            visit.page.fill("[name=served_on]", "2020-08-03")
            press(visit, "Anteckna delgivningen")
            filed(visit, "appeal")
            step_with(visit, "Registrera överklagande", appeal_came="2020-08-03", appellant="applicant_example")
        with day.person("officer") as visit:
            visit.open(CASE)
            wrong_with(visit, "Rättidspröva", "får inte avvisas", in_time="late")
            visit.page.check("input[name=in_time][value=in_time]")
            press(visit, "Rättidspröva")
            step_with(visit, "Lämna över till domstolen")
            says(visit, "Överlämnad till domstolen")
        with day.person("registrar") as visit:
            visit.open(CASE)
            filed(visit, "judgment")
            step_with(visit, "Domstolen ändrar inte beslutet", judged_on="2020-08-03")
            says(visit, "Avgjord av domstolen")


def test_a_record_is_refused_and_the_refusal_appealed(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-08-03T09:00")
        with day.person("registrar") as visit:
            registered(visit, "Begäran om allmän handling", "Anbudet", records="Anbudet från 2020")
            step_with(visit, "Lämna till sekretessprövning")
        with day.person("officer") as visit:
            visit.open(CASE)
            step_with(visit, "Neka och upplysa om rätten till beslut", secrecy_ground="19 kap. 3 § OSL")
            step_with(visit, "Anteckna att beslut begärs", delegation_point="1.3")
            step_with(visit, "Begär beslut om avslag", reasons="Priserna omfattas av sekretess.")
        approved(day, "manager")
        with day.person("registrar") as visit:
            visit.open(CASE)
            step_with(visit, "Expediera beslutet")
            wrong_with(visit, "Anteckna delgivningen", "togs först den", served_on="2002-08-03")
            visit.page.fill("[name=served_on]", "2020-08-03")
            press(visit, "Anteckna delgivningen")
            filed(visit, "appeal")
            step_with(visit, "Registrera överklagande", appeal_came="2020-08-03")
        with day.person("officer") as visit:
            visit.open(CASE)
            step_with(visit, "Rättidspröva", in_time="in_time")
            step_with(visit, "Lämna över till domstolen")
            says(visit, "Överlämnad till domstolen")


def test_an_urgent_decision_of_the_chair_is_reported_to_the_board(browser: Browser, site: App) -> None:
    with served(site) as address:
        day = Day(site, browser, address, judged=False)
        day.at("2020-08-03T09:00")
        with day.person("officer") as visit:
            registered(visit, "Ordförandebeslut", "Yttrande om elstöd", needed_by="2020-08-12")
        given = {"urgency": "Svarstiden går ut den 12 augusti.", "extra_meeting": "Ingen hinner kallas."}
        given["mandate_ref"] = "RS 2019-01-30 § 0"
        with day.person("rs_secretary") as visit:
            visit.open(CASE)
            given["next_meeting"] = "2020-08-11"
            wrong_with(visit, "Kontrollera uppdrag och brådska", "kan alltså avvaktas", **given)
            assert visit.page.input_value("[name=urgency]") == given["urgency"]
            visit.page.fill("[name=next_meeting]", "2020-08-25")
            press(visit, "Kontrollera uppdrag och brådska")
        with day.person("officer") as visit:
            visit.open(CASE)
            given = {"decision_text": "Regionen tillstyrker.", "reasons": "Stödet behövs."}
            step_with(visit, "Begär ordförandens beslut", **given)
        approved(day, "rs_chair")
        with day.person("registrar") as visit:
            visit.open(CASE)
            step_with(visit, "Registrera beslutet", decision_no="7/2020")
            step_with(visit, "Expediera")
            says(visit, "Expedierat, ska anmälas")
        day.at("2020-08-26T09:00")
        with day.person("rs_secretary") as visit:
            visit.open(CASE)
            given = {"reported_at": "2020-08-25", "report_section": "91", "minutes_approved_on": "2020-08-26"}
            step_with(visit, "För in anmälan ur protokollet", **given)
        with day.person("registrar") as visit:
            visit.open(CASE)
            says(visit, "Anmält")
            handed_over(site)
            visit.open(CASE)
            step(visit, "Avsluta ärendet")
            says(visit, "Avslutad")
