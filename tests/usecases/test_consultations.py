"""Positions arrive one by one, late, twice, taken back or not at all; the round joins once."""

import pytest
from scenarios import Player, scenarios
from story import TOWNS, Story, party, told, untouched

from arende import models
from arende.errors import Forbidden, Invalid, NotFound, Refused


@pytest.fixture
def asked(story: Story) -> Story:
    """The six municipalities have been asked, on Monday 3 August; the last day is Monday 14 September."""
    return story.at("municipal_consultation")


def over(story: Story) -> Story:
    for town in TOWNS:
        story.answer(town)
    assert story.state == "compiling"
    return story


def test_every_party_is_asked_with_the_same_last_day(asked: Story) -> None:
    assert set(asked.stances().values()) == {"sent"}
    assert {a["due_at"] for a in asked.round()["answers"].values()} == {asked.round()["due_at"]}
    assert asked.round()["due_at"].date().isoformat() == "2020-09-14"
    assert len(asked.mails("referral")) == 6


def test_nobody_is_asked_to_have_answered_by_a_day_that_has_passed(story: Story) -> None:
    player = Player(story.app, story.clock)
    player.play(scenarios("policy_document")[4], "policy_document", 2)  # a strategy, whose draft is there
    asked = {"asked": "municipality_hylte"}
    with untouched(player), told(Refused, "som har passerat", "2 augusti 2020"):
        player.step("officer", "consult", **asked, answer_by="2020-08-02")
    player.step("officer", "consult", **asked, answer_by="2020-08-03")
    assert player.state == "consultation"


def test_more_time_past_the_papers_of_the_deciding_board_gives_a_warning_in_the_shipped_type(story: Story) -> None:
    story.at("rsau_aligned")
    story.step("officer", "consult", krf_date="2020-09-02", decision_date="2020-10-14")
    assert not story.extend("hylte", "2020-09-30").data.get("warnings")
    assert "onsdagen den 14 oktober 2020 ska vara klara" in story.extend("hylte", "2020-10-05").data["warnings"][0][0]
    with untouched(story), told(Refused, "måndagen den 19 oktober 2020 är senare"):
        story.extend("hylte", "2020-10-19")


def test_the_round_waits_for_the_last_answer(asked: Story) -> None:
    for town in TOWNS[:-1]:
        asked.answer(town)
    assert asked.state == "municipal_consultation"
    asked.answer(TOWNS[-1])
    assert asked.state == "compiling"
    assert asked.round()["state"] == "complete"


def test_a_party_may_answer_for_itself_and_for_nobody_else(asked: Story) -> None:
    asked.answer("hylte", who="municipality_hylte")
    with untouched(asked), told(Forbidden, "Du kan inte registrera partens svar"):
        asked.answer("laholm", who="municipality_hylte")


def test_whoever_has_nothing_to_do_with_it_files_no_answer(asked: Story) -> None:
    with untouched(asked), told(Forbidden, "Det får göras av: registrator"):
        asked.answer("hylte", who="rs_chair")


def test_a_party_that_was_not_asked_is_named_beside_those_who_were(asked: Story) -> None:
    with untouched(asked), told(NotFound, "”municipality_hylt” är inte tillfrågad", "Menade du municipality_hylte?"):
        asked.answer("municipality_hylt")
    with untouched(asked), told(NotFound, "municipality_varberg"):
        asked.answer("ext_trafikverket")


def test_an_answer_given_twice_is_a_revision_and_both_are_kept(asked: Story) -> None:
    asked.answer("hylte", "supports", body="KS", section="§ 12", comment="Ja.")
    asked.answer("hylte", "opposes", body="KF", section="§ 40", comment="Nej.")
    row = asked.round()["answers"]["hylte"]
    assert (row["state"], row["stance"], row["revision"], row["section"]) == ("revised", "opposes", 2, "§ 40")
    kept = [
        (e["payload"]["revision"], e["payload"]["stance"], e["payload"]["comment"])
        for e in asked.events("answer:received")
    ]
    assert kept == [(1, "supports", "Ja."), (2, "opposes", "Nej.")]
    assert asked.last()["payload"]["before"] == "supports"


def test_answering_twice_does_not_count_twice(asked: Story) -> None:
    for _ in TOWNS:
        asked.answer("hylte")
    assert asked.state == "municipal_consultation"


def test_a_party_that_will_return_has_not_answered_yet(asked: Story) -> None:
    for town in TOWNS[1:]:
        asked.answer(town)
    asked.answer(TOWNS[0], "will_return")
    assert asked.state == "municipal_consultation"
    assert asked.stances()[TOWNS[0]] == "acknowledged"
    asked.answer(TOWNS[0])
    assert asked.state == "compiling"
    assert asked.stances()[TOWNS[0]] == "accepted"


def test_a_party_that_takes_its_word_back_to_think_again_is_waited_for(asked: Story) -> None:
    asked.answer(TOWNS[0])
    asked.answer(TOWNS[0], "will_return")
    for town in TOWNS[1:]:
        asked.answer(town)
    assert asked.state == "municipal_consultation"


def test_a_late_answer_is_filed_and_gives_a_task_but_moves_nothing(asked: Story) -> None:
    asked.answer("hylte", "will_return")
    asked.on_the("2020-09-16")
    assert asked.state == "compiling"
    asked.answer("hylte", "opposes")
    assert asked.state == "compiling"
    assert asked.round()["state"] == "expired"
    row = asked.round()["answers"]["hylte"]
    assert (row["stance"], row["late"]) == ("opposes", True)
    assert asked.tasks(act="late_answer", state="open")[0]["assignee"] == "officer"
    assert not asked.mails("position_changed")


def test_the_silent_are_named_when_the_last_day_has_passed(asked: Story) -> None:
    for town in TOWNS[:4]:
        asked.answer(town)
    asked.on_the("2020-09-14", hour=23)
    assert asked.state == "municipal_consultation"
    asked.on_the("2020-09-15")
    assert asked.state == "compiling"
    ended = asked.events("consultation:ended")[0]["payload"]
    assert (ended["how"], ended["silent"]) == ("expired", [party(t) for t in TOWNS[4:]])
    assert [asked.stances()[t] for t in TOWNS[4:]] == ["no_response", "no_response"]
    mail = asked.mails("referral_late_internal", to="officer")[0]
    assert "Laholms kommun" in mail["text"]
    assert "Varbergs kommun" in mail["text"]


def test_a_round_closed_early_names_the_silent_and_needs_its_reason(asked: Story) -> None:
    asked.answer("hylte")
    with untouched(asked), told(Forbidden, "Du kan inte avsluta omgången"):
        asked.close_round("registrar")
    asked.close_round(reason="Frågan är avgjord på annat håll.")
    ended = asked.events("consultation:ended")[0]["payload"]
    assert ended["how"] == "closed_early"
    assert ended["reason"] == "Frågan är avgjord på annat håll."
    assert len(ended["silent"]) == 5
    assert asked.state == "compiling"
    with untouched(asked), told(Refused, "Omgången är redan avslutad"):
        asked.close_round()


def test_a_substitute_who_closes_a_round_is_recorded_as_such(asked: Story) -> None:
    asked.substitute("officer", "region_director")
    asked.close_round("region_director")
    assert {e["on_behalf_of"] for e in asked.events()[-2:]} == {"officer"}


# ---------------------------------------------------------------- more time


def test_the_round_waits_for_a_party_with_more_time(asked: Story) -> None:
    asked.extend("hylte", "2020-10-01")
    for town in TOWNS:
        if town not in ("hylte", "laholm"):
            asked.answer(town)
    asked.on_the("2020-09-20")
    assert asked.state == "municipal_consultation"
    asked.on_the("2020-10-02")
    assert asked.state == "compiling"
    assert asked.events("consultation:ended")[0]["payload"]["silent"] == [party("hylte"), party("laholm")]


def test_a_party_with_more_time_is_not_reminded_before_its_new_day(asked: Story) -> None:
    asked.extend("hylte", "2020-10-01")
    asked.on_the("2020-09-30")
    assert not asked.mails("referral_reminder", to="hylte")


def test_the_others_are_still_reminded_of_their_own_day(asked: Story) -> None:
    asked.extend("hylte", "2020-10-01")
    asked.answer("varberg")
    asked.on_the("2020-08-31")
    asked.on_the("2020-09-15")
    assert [("14 september" in m["text"]) for m in asked.mails("referral_reminder", to="laholm")] == [True, True]
    assert not asked.mails("referral_reminder", to="varberg")


@pytest.mark.parametrize(
    ("until", "words"),
    [("2020-08-03", "framåt i tiden"), ("2020-09-14", "inte senare"), ("2031-01-01", "framåt i tiden")],
)
def test_more_time_lies_ahead_and_after_the_old_day(asked: Story, until: str, words: str) -> None:
    with untouched(asked), told(Refused, words):
        asked.extend("hylte", until)


def test_more_time_is_the_case_officers_to_grant_and_only_while_waited_for(asked: Story) -> None:
    with untouched(asked), told(Forbidden, "Du kan inte bevilja anstånd"):
        asked.extend("hylte", "2020-10-01", who="registrar")
    asked.answer("hylte")
    with untouched(asked), told(Refused, "Hylte kommun väntas inte svara längre"):
        asked.extend("hylte", "2020-10-01")


def test_a_party_that_is_given_more_time_twice_has_the_later_day(asked: Story) -> None:
    asked.extend("hylte", "2020-10-01")
    asked.extend("hylte", "2020-11-02")
    asked.extend("laholm", "2020-10-15")
    asked.on_the("2020-10-30")
    assert asked.state == "municipal_consultation"
    assert asked.on_the("2020-11-03").count == 1
    assert asked.state == "compiling"


# ---------------------------------------------------------------- after the round


def test_a_withdrawal_after_the_round_tells_the_officer_and_the_chair_and_moves_nothing(story: Story) -> None:
    story.at("awaiting_reply")
    story.withdraw("hylte", comment="Kommunstyrelsen har ändrat sig.")
    assert story.state == "awaiting_reply"
    assert story.stances()["hylte"] == "withdrawn"
    assert story.tasks(act="consider_position", state="open")[0]["assignee"] == "officer"
    (mail,) = story.mails("position_changed", to="rs_chair")
    assert "Kommunstyrelsen har ändrat sig." in mail["text"]
    assert "Kommunstyrelsen har ändrat sig." in mail["html"]
    with untouched(story), told(Refused, "Hylte kommun har inget gällande svar att ta tillbaka"):
        story.withdraw("hylte")


def test_a_late_answer_is_filed_with_its_document_also_when_the_case_is_closed(story: Story) -> None:
    story.at("municipal_consultation").on_the("2020-09-15")
    for state in ("awaiting_decision", "decided", "signed", "submitted", "awaiting_reply", "concluded", "closed"):
        story.on_to(state)
    record = story.add("registrar", "other", "yttrande", direction="incoming").data["record_no"]
    story.answer("hylte", "opposes", documents=(record,))
    answer = story.round()["answers"]["hylte"]
    assert (answer["stance"], answer["late"], answer["documents"]) == ("opposes", True, [record])
    assert story.state == "closed"
    assert story.tasks(act="late_answer", state="open")
    with untouched(story), told(Refused, "bara inkomna handlingar"):
        story.add("officer", "other", "för sent")


def test_three_withdrawals_do_not_break_the_case(story: Story) -> None:
    story.at("awaiting_reply")
    for town in TOWNS[:3]:
        story.withdraw(town)
    story.on_to("concluded").deliver()
    with told(Refused, "3 uppgift(er) är öppna"):
        story.step("officer", "close")
    for _ in range(3):
        story.complete("officer", "consider_position")
    story.deliver()
    story.step("officer", "close")


def test_a_new_position_after_a_withdrawal_is_a_change(story: Story) -> None:
    over(story.at("municipal_consultation"))
    story.withdraw("hylte")
    story.answer("hylte", "supports")
    assert len(story.mails("position_changed", to="rs_chair")) == 2
    assert story.stances()["hylte"] == "revised"


def test_the_same_position_once_more_after_the_round_is_no_change(story: Story) -> None:
    over(story.at("municipal_consultation"))
    story.answer("hylte", "supports", section="§ 14")
    assert not story.mails("position_changed")
    assert not story.tasks(act="consider_position")
    assert story.round()["answers"]["hylte"]["section"] == "§ 14"


def test_a_withdrawal_during_the_round_makes_it_wait(asked: Story) -> None:
    asked.answer("hylte")
    asked.withdraw("hylte")
    for town in TOWNS:
        if town != "hylte":
            asked.answer(town)
    assert asked.state == "municipal_consultation"
    asked.answer("hylte", "abstains")
    assert asked.state == "compiling"


def test_a_withdrawal_during_the_round_is_a_task_and_a_mail_for_the_case_officer(asked: Story) -> None:
    asked.answer("hylte")
    asked.withdraw("hylte", comment="Kommunstyrelsen har ändrat sig.")
    (task,) = asked.tasks(act="answer_withdrawn", state="open")
    assert task["title"]["sv"].startswith("Hylte kommun har tagit tillbaka sitt svar")
    assert task["title"]["en"].startswith("Hylte kommun has taken its answer back")
    (mail,) = [m for m in asked.mails("task_assigned", "officer") if "Hylte kommun" in m["text"]]
    assert "Kommunstyrelsen har ändrat sig." in mail["text"]
    for town in TOWNS:
        asked.answer(town)
    assert asked.state == "compiling"
    assert [t["state"] for t in asked.tasks(act="answer_withdrawn")] == ["cancelled"]


def test_whoever_has_not_answered_has_nothing_to_withdraw(asked: Story) -> None:
    with untouched(asked), told(Refused, "inget gällande svar"):
        asked.withdraw("hylte")
    asked.answer("hylte", "will_return")
    with untouched(asked), told(Refused, "inget gällande svar"):
        asked.withdraw("hylte")


def test_a_second_round_asks_everybody_anew_and_answers_of_the_first_do_not_count(story: Story) -> None:
    over(story.at("municipal_consultation"))
    story.step("officer", "revise", "Ny avgränsning.")
    story.on_to("municipal_consultation")
    assert story.round()["round"] == 2
    assert set(story.stances().values()) == {"sent"}
    assert len(story.rows(models.answers)) == 12
    for town in TOWNS[:5]:
        story.answer(town, "no_objection")
    assert story.state == "municipal_consultation"
    story.answer(TOWNS[5], "no_objection")
    assert story.state == "compiling"
    assert {a["stance"] for a in story.rows(models.answers, round=1)} == {"supports"}


def test_an_answer_names_records_of_the_case(asked: Story) -> None:
    with untouched(asked), told(NotFound, "Ärendet har ingen handling 99"):
        asked.answer("hylte", documents=(99,))
    number = asked.add("registrar", "position", direction="incoming").data["record_no"]
    asked.answer("hylte", documents=(number,))
    assert asked.round()["answers"]["hylte"]["documents"] == [number]


def test_a_party_may_change_its_mind_after_the_case_has_ended(story: Story) -> None:
    story.at("closed").withdraw("hylte")
    assert story.state == "closed"
    assert story.last()["kind"] == "answer:withdrawn"
    story.complete("officer", "consider_position")


@pytest.mark.parametrize(("what", "limit"), [("section", 32), ("party_ref", 64), ("body", 200)])
def test_a_reference_that_does_not_fit_is_told_and_not_cut(asked: Story, what: str, limit: int) -> None:
    with untouched(asked), told(Invalid, f"är {limit + 1} tecken; högst {limit} får plats"):
        asked.answer("hylte", **{what: "9" * (limit + 1)})
    asked.answer("hylte", **{what: "9" * limit})
    assert asked.round()["answers"]["hylte"][what] == "9" * limit
