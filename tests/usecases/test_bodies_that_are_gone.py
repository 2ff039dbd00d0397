"""A body, or a party, that is not there on the day is refused wherever it is named, with the law and what to do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from story import TOWNS, Story, told, untouched
from test_assignments import COST
from test_handover_of_a_case import seated
from test_handovers import change, hand_over, the_day

from arende import db
from arende.answercommands import AddParty
from arende.assignmentcommands import GiveAssignment
from arende.commands import Advance, RegisterCase
from arende.errors import Refused
from arende.plancommands import KeepPlan
from arende.web.casefields import of_step
from arende.web.speech import Speech
from edges.webvisit import entering

GONE = ("Lokal nämnd Hylte upphörde den 2022-12-31", "3 kap. 3–4 §§ kommunallagen")
MUNICIPALITY_GONE = ("Hylte kommun finns enligt personfilen till och med den 2022-12-31", "den som har tagit över")


@pytest.fixture
def after(story: Story) -> Story:
    """The year after the local boards."""
    story.on_the("2023-01-10")
    return story


def meeting(story: Story, body: str, day: str, **more: Any) -> str:
    fields = {"body": body, "meeting_date": day, **more}
    return str(story.do(RegisterCase(actor="registrar", type="meeting", title="Möte", fields=fields)).register_no)


def test_no_new_case_is_for_it(after: Story) -> None:
    with untouched(after), told(Refused, "finns den dagen", "3 kap. 3–4 §§ kommunallagen"):
        after.register("officer", "event", "Dialog", fields={
            "body": "ln_hylte", "event_date": "2023-03-01", "invited": "municipality_hylte"})  # fmt: skip


@pytest.mark.parametrize("today", ["2022-12-01", "2023-01-10"])
def test_it_has_no_meeting_after_its_last_day_whenever_it_is_planned(story: Story, today: str) -> None:
    story.on_the(today)
    with untouched(story), told(Refused, *GONE):
        meeting(story, "ln_hylte", "2023-01-15")


def test_its_last_meeting_is_moved_to_no_later_day(story: Story) -> None:
    story.people(seated)
    story.on_the("2022-12-01")
    story.no = meeting(story, "ln_hylte", "2022-12-15")
    with untouched(story), told(Refused, *GONE):
        story.do(Advance(actor="krf_secretary", register_no=story.no, trigger="move", fields={
            "meeting_date": "2023-01-15"}, note="Sjukdom."))  # fmt: skip


def test_a_body_has_no_meeting_before_its_first_day(story: Story) -> None:
    story.on_the("2022-12-01")
    with untouched(story), told(Refused, "finns från den 2023-01-01", "Välj en senare dag"):
        meeting(story, "rs_bsh", "2022-12-15")


def test_whoever_has_taken_over_is_named(story: Story) -> None:
    change(story)
    hand_over(story)
    the_day(story)
    with untouched(story), told(Refused, *GONE, "Välj Regionstyrelsen, som har tagit över."):
        meeting(story, "ln_hylte", "2023-01-15")


def test_no_plan_leads_to_it(after: Story) -> None:
    after.register()
    with untouched(after), told(Refused, *GONE):
        after.on_case(KeepPlan, "officer", body="ln_hylte")
    with untouched(after), told(Refused, *GONE):
        after.on_case(KeepPlan, "officer", body="ln_hylte", meeting=date(2023, 2, 1))


@pytest.mark.parametrize("given", [{"to": "ln_hylte"}, {"to": "secretary@ln_hylte"}, {"body": "ln_hylte"}])
def test_nothing_is_assigned_to_it_or_by_it(after: Story, given: dict[str, str]) -> None:
    after.register()
    with untouched(after), told(Refused, *GONE):
        after.on_case(GiveAssignment, "registrar", **{**COST, "decision": "LN 2022-12-01 § 4", "body": "rs", **given})


def test_a_letter_tells_of_what_it_decided_while_it_was_there(after: Story) -> None:
    letter = {"addressed_to": "Er", "sender": "rs", "contact": "A", "text": "T", "recipients": "municipality_laholm",
              "about": "decision", "decision_ref": "LN Hylte § 4", "decision_body": "ln_hylte"}  # fmt: skip
    after.register("officer", "letter", "Underrättelse")
    with entering(after.app) as entered:
        page = entered("officer").get(f"/cases/{after.no}/step/request_review").text
    assert page.count('value="ln_hylte"') == 1, "offered as the body that decided, not as the sender"
    with untouched(after), told(Refused, "Lokal nämnd Hylte upphörde den 2022-12-31"):
        after.step("officer", "request_review", **letter, decided_on="2023-01-05")
    with untouched(after), told(Refused, "duger inte som ”Avsändare”"):
        after.step("officer", "request_review", **{**letter, "sender": "ln_hylte"}, decided_on="2022-11-15")
    after.step("officer", "request_review", **letter, decided_on="2022-11-15")
    assert after.state == "review"


def without_hylte(text: str) -> str:
    """The municipality is no longer in the people file: it ended yesterday."""
    text = re.sub(r"^ *(- )?municipality_hylte\b:?.*\n", "", text, flags=re.MULTILINE)
    return text.replace("municipality_hylte, ", "")


@pytest.fixture
def poorer(story: Story) -> Story:
    story.on_the("2023-01-01")
    story.people(without_hylte)
    return story


def test_a_party_that_is_no_more_is_not_invited(poorer: Story) -> None:
    with untouched(poorer), told(Refused, *MUNICIPALITY_GONE):
        poorer.register("officer", "event", "Dialog", fields={
            "body": "rs", "event_date": "2023-03-01", "invited": "municipality_hylte"})  # fmt: skip


def test_a_party_that_is_no_more_is_not_asked(poorer: Story) -> None:
    poorer.at("municipal_consultation")
    assert "municipality_hylte" not in poorer.stances()
    with untouched(poorer), told(Refused, *MUNICIPALITY_GONE):
        poorer.on_case(AddParty, "officer", party="municipality_hylte")


def test_a_form_offers_of_a_group_only_those_who_belong_to_it(story: Story) -> None:
    rules = story.app.types.current("agreement")
    with db.reading(story.app.engine) as conn:
        (asked,) = of_step(story.app, conn, rules, "terminate", {}, Speech("sv"))
    assert [key for key, _ in asked.choices] == [f"municipality_{town}" for town in TOWNS]
    assert not asked.required
