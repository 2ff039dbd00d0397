"""A request is answered once, by the person asked or who may stand in, on the text that was shown."""

import pytest
from story import PEOPLE, Story, told, untouched

from arende import commands
from arende.errors import Forbidden, Refused

KEY = "agenda_clearance"


@pytest.fixture
def before_rsau(story: Story) -> Story:
    return story.at("awaiting_rsau")


@pytest.fixture
def to_sign(story: Story) -> Story:
    return story.at("decided")


def test_the_chair_clears_once(before_rsau: Story) -> None:
    order = before_rsau.deciding("rsau_chair", KEY)
    outcome = before_rsau.do(order)
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "approved"}
    assert before_rsau.state == "awaiting_rsau"
    assert before_rsau.do(order) == outcome
    with untouched(before_rsau), told(Refused, "Redan besvarad av RSAU:s ordförande den 2020-08-03"):
        before_rsau.decide("rsau_chair", KEY)


@pytest.mark.parametrize("who", ["rsau_vice_chair", "manager", "rs_chair", "officer", "municipality_hylte"])
def test_nobody_else_may_answer(before_rsau: Story, who: str) -> None:
    with untouched(before_rsau), told(Forbidden, "Begäran gäller RSAU:s ordförande, inte dig"):
        before_rsau.decide(who, KEY)


def test_a_substitute_answers_for_the_absent(before_rsau: Story) -> None:
    before_rsau.substitute("rsau_chair", "rsau_vice_chair", office="chair")
    before_rsau.decide("rsau_vice_chair", KEY)
    event = before_rsau.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("rsau_vice_chair", "rsau_chair")
    row = before_rsau.approvals(KEY)[0]
    assert row["decided_by"] == "rsau_vice_chair"
    assert row["on_behalf_of_id"] is not None


def test_what_a_substitutes_answer_leads_to_is_on_behalf_of_the_absent_too(before_rsau: Story) -> None:
    before_rsau.substitute("rsau_chair", "rsau_vice_chair")
    before_rsau.decide("rsau_vice_chair", KEY, "return", "Kort underlag.")
    step = before_rsau.events("case:step:taken")[-1]
    assert (step["payload"]["trigger"], step["actor"], step["on_behalf_of"]) == (
        "send_back",
        "rsau_vice_chair",
        "rsau_chair",
    )


def test_a_substitute_in_one_office_does_not_answer_for_another(story: Story) -> None:
    """The director also chairs a board; who stands in there has nothing to do with the director's signature."""
    office = "  - {person: region_director, office: chair, body: krf, from: 2019-01-01, ordinal: 3}\n"
    line = "substitutes:\n  - {for: region_director, by: officer2, from: 2019-01-01, to: 2030-01-01, office: chair}"
    story.people(lambda t: t.replace("offices:\n", f"offices:\n{office}").replace("substitutes: []", line))
    story.at("decided")
    request = next(a for a in story.approvals("signature") if a["approver"] == "region_director")
    with untouched(story), told(Forbidden, "Begäran gäller Regiondirektören"):
        story.do(commands.DecideApproval(actor="officer2", approval=request["id"], decision="approve"))


def test_a_return_needs_its_reason_and_leads_back(before_rsau: Story) -> None:
    with untouched(before_rsau), told(Refused, "Skriv varför"):
        before_rsau.decide("rsau_chair", KEY, "return")
    before_rsau.decide("rsau_chair", KEY, "return", "Underlaget är för kort.")
    assert before_rsau.state == "draft"
    step = before_rsau.events("case:step:taken")[-1]
    assert step["payload"]["note"] == "Underlaget är för kort."
    assert step["actor"] == "rsau_chair"
    assert "request_review" in before_rsau.waiting()


def test_an_answer_that_the_act_does_not_have_is_refused(to_sign: Story) -> None:
    with untouched(to_sign), told(Refused, "Svaret reject finns inte", "approve, return"):
        to_sign.decide("rs_chair", "signature", "reject", "Nej.")


def test_the_chair_does_not_take_the_matter_up_now_and_the_manager_chooses_a_later_meeting(before_rsau: Story) -> None:
    with untouched(before_rsau), told(Refused, "Skriv varför"):
        before_rsau.decide("rsau_chair", KEY, "reject")
    before_rsau.decide("rsau_chair", KEY, "reject", "Dagordningen är full.")
    assert before_rsau.state == "manager_review"
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "rejected"}
    assert "submit" in before_rsau.waiting()
    before_rsau.step("manager", "submit", rsau_date="2020-09-15")
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "pending"}
    before_rsau.on_to("rsau_aligned")


def test_the_text_shown_must_be_the_text_now(before_rsau: Story) -> None:
    order = before_rsau.deciding("rsau_chair", KEY).model_copy(update={"text_sha256": "f" * 64})
    with untouched(before_rsau), told(Refused, "Texten har ändrats"):
        before_rsau.do(order)


def test_a_new_text_asks_anew_and_the_old_request_is_void(before_rsau: Story) -> None:
    old = before_rsau.deciding("rsau_chair", KEY)
    before_rsau.decide("rsau_chair", KEY)
    before_rsau.add("officer", "declaration", "en ny lydelse")
    assert [a["state"] for a in before_rsau.approvals(KEY)] == ["superseded", "pending"]
    assert len(before_rsau.mails("approval_request", to="rsau_chair")) == 2
    with untouched(before_rsau), told(Refused, "Klartecken saknas"):
        before_rsau.step("rsau_secretary", "record_alignment", rsau_date=before_rsau.day, rsau_note="x")
    with untouched(before_rsau), pytest.raises(Refused):
        before_rsau.do(
            old.model_copy(update={"id": commands.DecideApproval(actor="x", approval=1, decision="approve").id})
        )
    before_rsau.on_to("rsau_aligned")


def test_another_document_leaves_the_request_alone(before_rsau: Story) -> None:
    before_rsau.add("officer", "cover_letter")
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "pending"}


def test_a_text_that_changes_after_the_state_was_left_asks_nobody(story: Story) -> None:
    story.at("compiling").add("officer", "declaration", "en ny lydelse")
    assert story.asked_of(KEY) == {"rsau_chair": "approved"}


# ---------------------------------------------------------------- conflicts of interest


def test_after_a_recusal_the_vice_chair_clears_and_the_case_goes_on(before_rsau: Story) -> None:
    before_rsau.decide("rsau_chair", KEY, "recuse")
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "recused", "rsau_vice_chair": "pending"}
    assert len(before_rsau.mails("approval_request", to="rsau_vice_chair")) == 1
    with untouched(before_rsau), told(Forbidden, "jäv"):
        before_rsau.decide("rsau_chair", KEY)
    before_rsau.decide("rsau_vice_chair", KEY)
    before_rsau.step("rsau_secretary", "record_alignment", rsau_date=before_rsau.day, rsau_note="Avstämt.")


def test_the_next_request_goes_to_the_vice_chair_at_once(before_rsau: Story) -> None:
    before_rsau.decide("rsau_chair", KEY, "recuse")
    before_rsau.step("officer", "take_back", "Ny text.")
    before_rsau.on_to("manager_review").add("officer", "official_statement")
    before_rsau.step("manager", "submit", rsau_date=before_rsau.day)
    assert before_rsau.asked_of(KEY) == {"rsau_vice_chair": "pending"}


def test_a_declared_conflict_hands_the_open_request_over(before_rsau: Story) -> None:
    before_rsau.on_case(commands.DeclareConflict, "rsau_chair", reason="Äger marken.")
    assert before_rsau.asked_of(KEY) == {"rsau_chair": "recused", "rsau_vice_chair": "pending"}


def test_a_recused_signature_is_not_done_without(to_sign: Story) -> None:
    """Who signs instead is for the rules of procedure: the case officer appoints, and one name is not two."""
    to_sign.decide("rs_chair", "signature", "recuse")
    assert "find_substitute" in to_sign.waiting()
    to_sign.decide("region_director", "signature")
    assert to_sign.state == "decided"
    with untouched(to_sign), told(Refused, "Alla har inte svarat ja"):
        to_sign.step("region_director", "sign")
    chair = "  - {person: rs_vice_chair, office: chair, body: rs, from: 2019-01-01, ordinal: 2}\n"
    to_sign.people(lambda t: t.replace("offices:\n", f"offices:\n{chair}"))
    to_sign.step("officer", "return_unsigned", "Ordföranden är jävig.")
    to_sign.step("officer", "request_signatures", "Vice ordföranden skriver under.")
    assert to_sign.asked_of("signature") == {"rs_vice_chair": "pending", "region_director": "pending"}
    to_sign.decide("rs_vice_chair", "signature")
    to_sign.decide("region_director", "signature")
    assert to_sign.state == "signed"


def test_nobody_is_asked_who_has_a_conflict(to_sign: Story) -> None:
    to_sign.decide("rs_chair", "signature", "recuse")
    to_sign.step("officer", "return_unsigned", "Ordföranden är jävig.")
    with untouched(to_sign), told(Refused, "har anmält jäv", "personfilen"):
        to_sign.step("officer", "request_signatures", "Igen.")


# ---------------------------------------------------------------- two signatures


def test_both_signatures_are_needed(to_sign: Story) -> None:
    to_sign.decide("rs_chair", "signature")
    assert to_sign.state == "decided"
    with untouched(to_sign), told(Refused, "1 väntar"):
        to_sign.step("rs_chair", "sign")
    to_sign.decide("region_director", "signature")
    assert to_sign.state == "signed"


def test_a_return_withdraws_the_other_request_and_leads_back(to_sign: Story) -> None:
    to_sign.decide("region_director", "signature", "return", "Fel datum.")
    assert to_sign.asked_of("signature") == {"rs_chair": "withdrawn", "region_director": "returned"}
    assert to_sign.state == "signature_returned"
    with untouched(to_sign), told(Refused, "ditt svar behövs inte: besvarad av Regiondirektören den 2020-08-03"):
        to_sign.decide("rs_chair", "signature")


def test_a_corrected_text_needs_both_signatures_anew(to_sign: Story) -> None:
    to_sign.decide("rs_chair", "signature")
    to_sign.add("officer", "annexes", "rättad bilaga")
    assert to_sign.asked_of("signature") == {"rs_chair": "pending", "region_director": "pending"}
    to_sign.decide("region_director", "signature")
    assert to_sign.state == "decided"
    to_sign.decide("rs_chair", "signature")
    assert to_sign.state == "signed"


def test_a_person_with_two_offices_is_asked_once(story: Story) -> None:
    """In many regions the director chairs as well: one person, one request, never a broken database rule."""
    story.people(
        lambda t: t.replace(
            "person: region_director, office: region_director", "person: rs_chair, office: region_director"
        )
    )
    story.clock.advance(days=1)
    story.at("decided")
    assert story.asked_of("signature") == {"rs_chair": "pending"}
    story.decide("rs_chair", "signature")
    assert story.state == "signed"


def without(*people: str) -> str:
    """The people file when nobody of these holds an office."""
    return "\n".join(x for x in PEOPLE.splitlines() if not any(f"{{person: {p}," in x for p in people))


def test_a_vacant_chair_is_stood_in_for_by_the_vice_chair(story: Story) -> None:
    story.people(lambda _: without("rsau_chair"))
    story.clock.advance(days=1)
    story.at("manager_review").add("officer", "official_statement")
    story.step("manager", "submit", rsau_date="2020-08-18")
    assert story.asked_of(KEY) == {"rsau_vice_chair": "pending"}


def test_nobody_in_the_office_refuses_the_step_that_asks(story: Story) -> None:
    story.at("manager_review").add("officer", "official_statement")
    story.people(lambda _: without("rsau_chair", "rsau_vice_chair"))
    story.clock.advance(days=1)
    with untouched(story), told(Refused, "Ingen är RSAU:s ordförande den 2020-08-04", "personfilen"):
        story.step("manager", "submit", rsau_date="2020-08-18")
