"""Who says that they are away is stood in for at once, where the act lets somebody step in, and only there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from story import Story

from arende import absences, db
from arende.commands import WithdrawApproval
from arende.deskcommands import ChooseMail, EndAbsence, ReportAbsence
from arende.errors import Forbidden, NotFound, Refused
from arende.usecases import decided, digest
from handclock import STOCKHOLM

KEY = "agenda_clearance"


def away(story: Story, who: str, days: int = 14, by: str | None = None, begins: int = 0) -> None:
    first = date.fromisoformat(story.day) + timedelta(days=begins)
    story.do(ReportAbsence(actor=by or who, person=who, first=first, last=first + timedelta(days=days)))


def listed(story: Story) -> list[dict]:
    with db.reading(story.app.engine) as conn:
        return absences.coming(conn, date.fromisoformat(story.day))


@pytest.fixture
def before(story: Story) -> Story:
    """The step that asks the committee's chair comes next."""
    story.at("manager_review").add("officer", "official_statement")
    return story


def submit(story: Story) -> Story:
    story.step("manager", "submit", rsau_date=story.day)
    return story


def test_a_clearance_goes_to_the_vice_chair_at_once_and_the_absent_is_told(before: Story) -> None:
    away(before, "rsau_chair")
    submit(before)
    assert before.asked_of(KEY) == {"rsau_vice_chair": "pending"}
    assert "svarar i ditt ställe" in before.mails("approval_stood_in", to="rsau_chair")[0]["subject"]
    before.decide("rsau_vice_chair", KEY)
    event = before.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("rsau_vice_chair", "rsau_chair")


def test_whoever_is_back_early_answers_in_their_own_right(before: Story) -> None:
    away(before, "rsau_chair")
    submit(before).decide("rsau_chair", KEY)
    assert before.events("approval:decided")[0]["on_behalf_of"] is None


def test_a_signature_waits_for_its_own_hand(story: Story) -> None:
    away(story, "rs_chair", days=300)
    story.at("decided")
    assert story.asked_of("signature")["rs_chair"] == "pending"


@pytest.mark.parametrize(("begins", "ended"), [(15, False), (0, True)])
def test_an_absence_counts_on_its_days_only_and_not_once_ended(before: Story, begins: int, *, ended: bool) -> None:
    away(before, "rsau_chair", begins=begins)
    if ended:
        number = listed(before)[0]["id"]
        for _ in range(2):
            before.do(EndAbsence(actor="rsau_chair", absence=number))
        assert listed(before) == []
    assert submit(before).asked_of(KEY) == {"rsau_chair": "pending"}


def test_a_secretary_enters_it_for_whoever_rings_and_others_may_not(story: Story) -> None:
    away(story, "rsau_chair", by="rsau_secretary")
    (row,) = listed(story)
    assert (row["key"], row["last_day"] - row["first_day"]) == ("rsau_chair", timedelta(days=14))
    for command in (
        ReportAbsence(actor="officer", person="rsau_chair", first=date(2020, 9, 1), last=date(2020, 9, 2)),
        EndAbsence(actor="officer", absence=row["id"]),
    ):
        with pytest.raises(Forbidden, match="anmäler man själv"):
            story.do(command)
    with pytest.raises(NotFound, match="ingen sådan frånvaro"):
        story.do(EndAbsence(actor="officer", absence=999))
    with pytest.raises(Refused, match="ingen person"):
        away(story, "municipality_halmstad", by="registrar")


@pytest.mark.parametrize(
    ("first", "last"), [("2020-09-02", "2020-09-01"), ("2019-01-01", "2019-01-02"), ("2021-01-01", "2022-06-01")]
)
def test_days_that_cannot_be_are_refused(story: Story, first: str, last: str) -> None:
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    with pytest.raises(Refused, match="högst ett år"):
        story.do(ReportAbsence(actor="rsau_chair", person="rsau_chair", **days))


def test_ones_own_choice_of_mail_goes_before_the_people_file(before: Story) -> None:
    before.do(ChooseMail(actor="rsau_chair", mail="digest"))
    submit(before)
    assert before.mails(to="rsau_chair") == []
    before.clock.now = datetime(2020, 8, 4, 7, tzinfo=STOCKHOLM)
    assert digest.send_due(before.app) == 1
    before.do(ChooseMail(actor="rsau_chair", mail="each"))
    before.clock.now = datetime(2020, 8, 5, 7, tzinfo=STOCKHOLM)
    assert digest.send_due(before.app) == 0


def test_what_one_has_decided_is_listed_and_can_be_taken_back_where_the_act_allows_it(before: Story) -> None:
    submit(before).decide("rsau_chair", KEY)
    (row,) = decided.by_person(before.app, "rsau_chair")
    assert (row["register_no"], row["act"], row["state"]) == (
        before.case["register_no"],
        "agenda_clearance",
        "approved",
    )
    assert decided.by_person(before.app, "officer") == []
    own = decided.own(before.app, row["id"], "rsau_chair")
    assert own.refused == ()
    before.do(WithdrawApproval(actor="rsau_chair", approval=row["id"], reason="Fel underlag."))
    assert decided.own(before.app, row["id"], "rsau_chair").refused
    with pytest.raises(NotFound):
        decided.own(before.app, row["id"], "officer2")
