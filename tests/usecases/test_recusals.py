"""A conflict of interest told after a yes: what was asked and answered, who steps in, and who is told."""

from datetime import date

import pytest
from links import Phone, link_of, regret_of
from room import Room
from scenarios import Player, scenarios
from story import Story, told, untouched

from arende.commands import DeclareConflict, WithdrawApproval
from arende.errors import Refused

KEY = "agenda_clearance"


@pytest.fixture
def asked(story: Story) -> Story:
    return story.at("awaiting_rsau")


@pytest.fixture
def to_sign(story: Story) -> Story:
    return story.at("decided")


def steps_aside(story: Story, who: str) -> None:
    story.on_case(DeclareConflict, who, reason="Äger marken.")


def to_the_chair(story: Story) -> Story:
    """A letter that the director has signed, and that waits for the chair."""
    story.register(type_="letter", title="Svar till staten")
    given = {"about": "other", "sender": "rs", "addressed_to": "x", "contact": "x", "text": "Regionen svarar."}
    story.step("officer", "request_review", recipients="ext_finansdepartementet", **given)
    story.step("manager", "submit")
    story.decide("region_director", "director_signature")
    assert story.state == "with_chair"
    return story


def test_a_clearance_is_void_when_its_chair_steps_aside_and_the_vice_chair_is_asked(asked: Story) -> None:
    asked.decide("rsau_chair", KEY)
    steps_aside(asked, "rsau_chair")
    assert asked.asked_of(KEY) == {"rsau_chair": "recused", "rsau_vice_chair": "pending"}
    assert len(asked.mails("approval_request", to="rsau_vice_chair")) == 1
    with untouched(asked), told(Refused, "Klartecken"):
        asked.step("rsau_secretary", "record_alignment", rsau_date=asked.day, rsau_note="x")
    asked.decide("rsau_vice_chair", KEY)
    asked.step("rsau_secretary", "record_alignment", rsau_date=asked.day, rsau_note="x")


def test_the_one_who_steps_in_has_a_last_day_of_their_own(asked: Story) -> None:
    asked.decide("rsau_chair", KEY)
    asked.on_the("2020-08-12")
    steps_aside(asked, "rsau_chair")
    assert asked.approvals(KEY)[-1]["due_at"].date() == date(2020, 8, 17)


def test_the_receipts_link_of_a_void_yes_no_longer_works(asked: Story) -> None:
    phone, path = Phone(asked), link_of(asked, "rsau_chair")
    phone.answer(path, "approve")
    steps_aside(asked, "rsau_chair")
    number = asked.approvals(KEY)[0]["id"]
    with untouched(asked), pytest.raises(Exception, match="jäv"):
        asked.do(WithdrawApproval(actor="rsau_chair", approval=number, reason="x"))
    page = phone.open(regret_of(asked))
    assert (page.status_code, "<form" in page.text) == (410, False)


def test_one_of_two_signatures_is_void_and_the_officer_appoints(to_sign: Story) -> None:
    to_sign.decide("rs_chair", "signature")
    steps_aside(to_sign, "rs_chair")
    assert "find_substitute" in to_sign.waiting()
    to_sign.decide("region_director", "signature")
    assert to_sign.state == "decided"


@pytest.mark.parametrize(
    ("office", "key", "state"),
    [
        ("chair, body: rsau", KEY, "awaiting_rsau"),
        ("region_director, body: regionkontoret", "signature", "decided"),
    ],
)
def test_of_two_who_hold_the_office_the_second_is_asked_before_anybody_steps_in(
    story: Story, office: str, key: str, state: str
) -> None:
    line = f"  - {{person: officer2, office: {office}, from: 2019-01-01, ordinal: 3}}\n"
    story.people(lambda t: t.replace("offices:\n", f"offices:\n{line}", 1))
    first = {"signature": "region_director", KEY: "rsau_chair"}[key]
    story.at(state)
    story.decide(first, key, "recuse")
    asked = story.asked_of(key)
    assert (asked[first], asked["officer2"], "rsau_vice_chair" in asked) == ("recused", "pending", False)
    story.decide("officer2", key, "recuse")
    assert story.asked_of(key).get("rsau_vice_chair", "pending") == "pending"
    assert ("find_substitute" in story.waiting()) == (key == "signature")


def test_a_signature_that_has_not_left_the_house_leads_back(to_sign: Story) -> None:
    to_sign.on_to("signed")
    steps_aside(to_sign, "rs_chair")
    assert to_sign.state == "signature_returned"
    assert {"request_signatures"} <= to_sign.waiting()
    assert to_sign.asked_of("signature")["rs_chair"] == "recused"


@pytest.fixture
def agreed(story: Story) -> Player:
    """An agreement that the region has signed, and the municipalities have not."""
    told_ = next(s for s in scenarios("agreement") if s.name == "Hemsjukvårdens ersättningsmodell")
    last = [n for n, step in enumerate(told_.steps) if "approve" in step][-1]
    player = Player(story.app, story.clock).play(told_, "agreement", until=last)
    assert player.state == "signed_by_region"
    return player


def test_a_signature_on_an_agreement_leads_back_until_it_is_in_force(agreed: Player) -> None:
    number = agreed.approvals("signature")[-1]["id"]
    agreed.do(WithdrawApproval(actor="region_director", approval=number, reason="Fel bilaga."))
    assert agreed.state == "decisions_in"


def test_a_conflict_of_whoever_signed_an_agreement_leads_it_back(agreed: Player) -> None:
    steps_aside(agreed, "rs_chair")
    assert agreed.state == "decisions_in"


def test_what_has_left_the_house_is_the_officers_to_weigh(to_sign: Story) -> None:
    to_sign.on_to("submitted")
    steps_aside(to_sign, "rs_chair")
    assert to_sign.state == "submitted"
    assert "weigh_conflict" in to_sign.waiting()


def test_what_a_body_has_done_with_a_cleared_case_is_the_officers_to_weigh(asked: Story) -> None:
    asked.on_to("rsau_aligned")
    steps_aside(asked, "rsau_chair")
    assert asked.state == "rsau_aligned"
    assert "weigh_conflict" in asked.waiting()


def test_the_first_of_two_signatures_on_a_letter_does_not_carry_it_on(story: Story) -> None:
    letter = to_the_chair(story)
    steps_aside(letter, "region_director")
    assert letter.state == "draft"
    assert letter.asked_of("chair_signature") == {"rs_chair": "withdrawn"}


@pytest.mark.parametrize("signed", [False, True])
def test_a_signature_on_a_letter_is_taken_back_until_it_is_sent(story: Story, signed: bool) -> None:
    letter = to_the_chair(story)
    if signed:
        letter.decide("rs_chair", "chair_signature")
    number = letter.approvals("director_signature")[0]["id"]
    letter.do(WithdrawApproval(actor="region_director", approval=number, reason="Fel bilaga."))
    assert letter.state == "draft"


def test_the_history_says_which_answer_no_longer_counts(asked: Story) -> None:
    asked.decide("rsau_chair", KEY)
    steps_aside(asked, "rsau_chair")
    event = asked.events("conflict:declared")[0]
    told_of = "Det tidigare svaret räknas inte längre: klartecken"
    assert event["payload"]["void"] == [KEY]
    assert told_of in Phone(asked).http.get(f"/cases/{asked.no}").text


def test_a_substitute_who_was_asked_for_the_one_who_steps_aside_answers_in_their_own_right(story: Story) -> None:
    story.substitute("rsau_chair", "rsau_vice_chair")
    asked = story.at("awaiting_rsau")
    assert asked.asked_of(KEY) == {"rsau_vice_chair": "pending"}
    steps_aside(asked, "rsau_chair")
    asked.decide("rsau_vice_chair", KEY)
    assert asked.events("approval:decided")[0]["on_behalf_of"] is None


# ---------------------------------------------------------------- on an agenda


def test_whoever_minds_the_agenda_is_told_that_a_clearance_no_longer_counts(asked: Story) -> None:
    room = Room(asked)
    asked.decide("rsau_chair", KEY)
    room.plan(asked.day)
    room.step("draft_agenda")
    number = asked.approvals(KEY)[0]["id"]
    asked.do(WithdrawApproval(actor="rsau_chair", approval=number, reason="Fel underlag."))
    task = next(t for t in asked.tasks(state="open") if t["act"] == "not_cleared")
    assert task["role"] == "rsau_secretary"
    assert room.no in task["title"]["sv"]
    assert room.cases() == [asked.no]


def test_nobody_is_told_of_an_agenda_that_the_case_is_not_on(asked: Story) -> None:
    asked.decide("rsau_chair", KEY)
    number = asked.approvals(KEY)[0]["id"]
    asked.do(WithdrawApproval(actor="rsau_chair", approval=number, reason="Fel underlag."))
    assert "not_cleared" not in asked.waiting()
