"""Several people asked for one act: when it is settled, who steps in for whom, and what everybody is told."""

import re
from datetime import date
from pathlib import Path

import pytest
from links import Phone, at_once, link_of
from story import Story, told, untouched

from arende import db, models
from arende.commands import AnswerQuestion, AskAboutApproval, DecideApproval, DeclareConflict, WithdrawApproval
from arende.errors import Forbidden, Refused
from arende.settings import Settings
from sharing import open_app

KEY = "agenda_clearance"
FOUR = ["a_chair", "b_chair", "c_chair", "d_chair"]
CHAIRS = ("rs_chair", "rsau_chair", "krf_chair", "region_director")

TYPE = """
key: collegial
version: 1.0.0
title: {sv: Kollegialt, en: Collegial}
legal_regime: none
register: KO
initial: draft
by: [case_officer]
roles:
  a_chair: {office: chair, body: rs, title: {sv: "RS ordförande", en: chair of RS}}
  b_chair: {office: chair, body: rsau, title: {sv: "RSAU ordförande", en: chair of RSAU}}
  c_chair: {office: chair, body: krf, title: {sv: "KRF ordförande", en: chair of KRF}}
  d_chair: {office: region_director, body: regionkontoret, title: {sv: direktör, en: director}}
documents:
  text: {title: {sv: Texten, en: The text}, is_text: true}
  other: {title: {sv: Annat, en: Other}}
states:
  draft: {title: {sv: Utkast, en: Draft}, waits_for: case_officer, no_deadline: inget}
  asked: {title: {sv: Frågat, en: Asked}, waits_for: case_officer, no_deadline: frågan har sin}
  done: {title: {sv: Klart, en: Done}, waits_for: case_officer, no_deadline: inget}
  closed: {title: {sv: Avslutat, en: Closed}, final: true}
transitions:
  - {trigger: write, from: draft, to: draft, by: [case_officer, region_director, a_chair]}
  - trigger: ask
    from: draft
    to: asked
    by: [case_officer, a_chair]
    then:
      - approval:
          key: group
          of: [OF]
          act: ACT
          level: link
          due: {days: 3, unit: working, remind: [-1, 1]}
          MORE
          approve: {trigger: finish}
          OTHERWISE
  - {trigger: finish, from: asked, to: done, by: [case_officer], when: [approved: group]}
  - {trigger: close, from: done, to: closed, by: [case_officer]}
  - {trigger: back, from: asked, to: draft, by: [case_officer, a_chair]}
"""


@pytest.fixture
def play(story: Story, tmp_path: Path):
    """A story of a case type with one group of requests, as the test wants it."""

    def write(of: list[str] = FOUR, act: str = "clearance", **more: str) -> Story:
        formal = act in ("delegated_decision", "urgent_decision")
        text = TYPE.replace("OF", ", ".join(of)).replace("ACT", act)
        text = text.replace("OTHERWISE", f"{'reject' if formal else 'return'}: {{trigger: back}}")
        text = text.replace("MORE", "\n          ".join(f"{k}: {v}" for k, v in more.items()))
        folder = tmp_path / "home" / "states"
        folder.mkdir(parents=True)
        (folder / "collegial.yaml").write_text(text, "utf-8")
        settings = Settings(home=tmp_path / "home", data_dir=tmp_path / "data")
        with db.writing(story.app.engine) as conn:  # each test says itself whom the board has commissioned
            conn.execute(models.mandates.delete().where(models.mandates.c.key == "urgent_decisions_of_rs"))
        played = Story(open_app(settings, story.app.engine, story.clock), story.clock)
        assert [f for f in played.app.types.findings if f.level == "error"] == []
        return played

    return write


def commission(story: Story, *persons: str, to: str | None = None) -> None:
    """The board's standing decision on who may take urgent decisions (KL 6:39)."""
    row = {
        "key": "urgent",
        "body": "rs",
        "decided_on": date(2019, 1, 30),
        "section": "§ 1",
        "acts": ["urgent_decision"],
        "ways": [],
        "persons": list(persons),
        "offices": [],
        "valid_from": date(2019, 2, 1),
        "valid_to": date.fromisoformat(to) if to else None,
    }
    with db.writing(story.app.engine) as conn:
        conn.execute(models.mandates.delete().where(models.mandates.c.key == "urgent_decisions_of_rs"))
        conn.execute(models.mandates.insert().values(**row))


def asking(play: Story) -> Story:
    play.register(type_="collegial", title="En text")
    play.add("officer", "text", "Behovet är stort i länet.", "text.txt", media_type="text/plain")
    play.step("officer", "ask")
    return play


# ---------------------------------------------------------------- joins


def test_when_two_of_four_have_said_yes_the_others_close_and_are_told(play) -> None:
    group = asking(play(join="{at_least: 2}"))
    assert set(group.asked_of("group")) == set(CHAIRS)
    group.decide("rs_chair", "group")
    assert group.state == "asked"
    group.decide("krf_chair", "group")
    assert group.state == "done"
    assert group.asked_of("group") == {
        "rs_chair": "approved",
        "krf_chair": "approved",
        "rsau_chair": "withdrawn",
        "region_director": "withdrawn",
    }
    assert {m["address"].split("@")[0] for m in group.mails("approval_settled")} == {"rsau_chair", "region_director"}
    with told(Refused, "ditt svar behövs inte: besvarad av KRF:s ordförande den 2020-08-03"):
        group.decide("rsau_chair", "group")


def test_one_no_of_four_is_not_the_end_where_two_yes_are_enough(play) -> None:
    group = asking(play(join="{at_least: 2}"))
    group.decide("rs_chair", "group", "return", "Jag är tveksam.")
    assert group.state == "asked"
    group.decide("rsau_chair", "group")
    group.decide("krf_chair", "group")
    assert group.state == "done"


def test_when_enough_can_no_longer_say_yes_the_case_goes_back(play) -> None:
    group = asking(play(join="{at_least: 2}"))
    for chair in ("rs_chair", "rsau_chair", "krf_chair"):
        assert group.state == "asked"
        group.decide(chair, "group", "return", "Nej.")
    assert group.state == "draft"
    assert group.asked_of("group")["region_director"] == "withdrawn"
    assert "nej" in group.mails("approval_settled", to="region_director")[0]["text"]


def test_the_first_answer_settles_any_of(play) -> None:
    group = asking(play(join="first"))
    group.decide("rsau_chair", "group")
    assert group.state == "done"


@pytest.mark.parametrize("rounds", [pytest.param(10, id="10"), pytest.param(100, id="100", marks=pytest.mark.slow)])
def test_of_two_who_are_asked_and_answer_at_once_one_settles_it(play, rounds: int) -> None:
    group = play(of=["b_chair", "d_chair"], join="first")
    for _ in range(rounds):
        asking(group)
        said = at_once(group, *(group.deciding(who, "group") for who in ("rsau_chair", "region_director")))
        assert said.count("done") == 1, said
        other = next(s for s in said if s != "done")
        assert re.search(r"(ordförande|Regiondirektören) den 2020-08-03 kl\. 09\.00", other), other
        assert sorted(group.asked_of("group").values()) == ["approved", "withdrawn"]
        assert len(group.events("approval:decided")) == 1


def test_half_of_them(play) -> None:
    group = asking(play(join="{fraction: 0.5}"))
    group.decide("rsau_chair", "group")
    assert group.state == "asked"
    group.decide("rs_chair", "group")
    assert group.state == "done"


def test_in_order_each_is_asked_when_the_one_before_has_said_yes(play) -> None:
    group = asking(play(join="in_order"))
    for n, chair in enumerate(CHAIRS):
        assert [a["approver"] for a in group.approvals("group")] == list(CHAIRS[: n + 1])
        assert [m["address"].split("@")[0] for m in group.mails("approval_request")] == list(CHAIRS[: n + 1])
        group.clock.advance(days=1)
        group.decide(chair, "group")
    assert group.state == "done"


def test_in_order_each_has_a_last_day_of_their_own(play) -> None:
    group = asking(play(join="in_order"))
    group.on_the("2020-08-05")
    group.decide("rs_chair", "group")
    due = {a["approver"]: a["due_at"].date().isoformat() for a in group.approvals("group")}
    assert due == {"rs_chair": "2020-08-06", "rsau_chair": "2020-08-10"}


def test_in_order_a_no_asks_nobody_more(play) -> None:
    group = asking(play(join="in_order"))
    group.decide("rs_chair", "group")
    group.decide("rsau_chair", "group", "return", "Kort.")
    assert group.state == "draft"
    assert len(group.approvals("group")) == 2


def test_in_order_the_step_is_not_allowed_before_the_last_has_answered(play) -> None:
    group = asking(play(join="in_order"))
    group.decide("rs_chair", "group")
    with untouched(group), told(Refused, "Alla har inte svarat ja"):
        group.step("officer", "finish")


def test_one_person_with_two_of_the_offices_answers_once(play) -> None:
    group = play(of=["a_chair", "b_chair"], join="in_order")
    group.people(lambda t: t.replace("person: rsau_chair,      office: chair", "person: rs_chair,      office: chair"))
    group.clock.advance(days=1)
    asking(group).decide("rs_chair", "group")
    assert group.state == "done"


# ---------------------------------------------------------------- absence


def test_while_somebody_is_away_the_substitute_is_asked_and_the_absent_told(play) -> None:
    group = play(of=["a_chair"])
    group.substitute("rs_chair", "rs_vice_chair", office="chair")
    asking(group)
    assert group.asked_of("group") == {"rs_vice_chair": "pending"}
    (mail,) = group.mails("approval_request")
    assert mail["address"].startswith("rs_vice_chair@")
    assert "i stället för Regionstyrelsens ordförande" in mail["text"]
    assert "svarar i ditt ställe" in group.mails("approval_stood_in", to="rs_chair")[0]["subject"]
    group.decide("rs_vice_chair", "group")
    event = group.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("rs_vice_chair", "rs_chair")


def test_the_absent_one_who_is_back_may_answer_in_their_own_right(play) -> None:
    group = play(of=["a_chair"])
    group.substitute("rs_chair", "rs_vice_chair")
    asking(group).decide("rs_chair", "group")
    event = group.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("rs_chair", None)


def test_a_substitution_that_has_ended_gives_no_right_to_answer(play) -> None:
    group = play(of=["a_chair"])
    group.substitute("rs_chair", "officer2")
    asking(group)
    group.people(lambda t: t)
    group.clock.advance(days=1)
    with untouched(group), told(Forbidden, "Du har inte längre rätt att svara som RS ordförande"):
        group.decide("officer2", "group")
    group.decide("rs_chair", "group")


def test_whoever_has_left_the_office_may_not_answer(play) -> None:
    group = asking(play(of=["a_chair"]))
    new = "  - {person: officer2, office: chair, body: rs, from: 2019-01-01}\n"
    group.people(
        lambda t: t.replace("offices:\n", f"offices:\n{new}").replace(
            "  - {person: rs_chair,        office: chair,           body: rs,             from: 2019-01-01}\n", ""
        )
    )
    group.clock.advance(days=1)
    with untouched(group), told(Forbidden, "inte längre"):
        group.decide("rs_chair", "group")


# ---------------------------------------------------------------- who steps in differs by act


def test_a_chair_with_a_conflict_is_followed_by_the_vice_chair_for_a_clearance(play) -> None:
    group = asking(play(of=["a_chair"]))
    group.on_case(DeclareConflict, "rs_chair")
    assert group.asked_of("group") == {"rs_chair": "recused", "rs_vice_chair": "pending"}


@pytest.mark.parametrize("act", ["delegated_decision", "signature", "urgent_decision", "minutes"])
def test_no_other_act_goes_to_the_vice_chair_by_standing(play, act: str) -> None:
    group = play(of=["a_chair"], act=act)
    commission(group, "rs_chair")
    asking(group)
    group.on_case(DeclareConflict, "rs_chair")
    assert group.asked_of("group") == {"rs_chair": "recused"}
    assert "find_substitute" in group.waiting()


@pytest.mark.parametrize("act", ["delegated_decision", "signature"])
def test_a_decision_and_a_signature_pass_to_who_is_named_for_the_office(play, act: str) -> None:
    group = play(of=["a_chair"], act=act)
    group.substitute("rs_chair", "officer2", office="chair")
    asking(group)
    assert group.asked_of("group") == {"officer2": "pending"}


@pytest.mark.parametrize("act", ["delegated_decision", "signature", "urgent_decision", "minutes"])
def test_a_general_absence_lends_no_formal_act(play, act: str) -> None:
    group = play(of=["a_chair"], act=act)
    group.substitute("rs_chair", "officer2")
    commission(group, "rs_chair")
    asking(group)
    assert group.asked_of("group") == {"rs_chair": "pending"}
    with untouched(group), told(Forbidden, "Begäran gäller Regionstyrelsens ordförande"):
        group.decide("officer2", "group")


def test_an_urgent_decision_is_asked_of_nobody_whom_the_board_has_not_named(play) -> None:
    group = play(of=["a_chair"], act="urgent_decision")
    with told(Refused, "KL 6:39"):
        asking(group)
    commission(group, "rs_chair", to="2020-08-02")  # yesterday
    with untouched(group), told(Refused, "KL 6:39"):
        group.step("officer", "ask")


def test_an_urgent_decision_passes_to_the_next_whom_the_board_has_named(play) -> None:
    group = play(of=["a_chair"], act="urgent_decision")
    commission(group, "rs_chair", "krf_chair")
    asking(group).on_case(DeclareConflict, "rs_chair")
    assert group.asked_of("group") == {"rs_chair": "recused", "krf_chair": "pending"}
    group.decide("krf_chair", "group")
    event = group.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("krf_chair", None)


def test_a_commission_that_has_ended_decides_nothing(play) -> None:
    group = play(of=["a_chair"], act="urgent_decision")
    commission(group, "rs_chair", to="2020-08-03")
    asking(group)
    group.clock.advance(days=1)
    with untouched(group), told(Forbidden, "inte längre rätt"):
        group.decide("rs_chair", "group")


def test_minutes_are_never_handed_to_anybody(play) -> None:
    group = play(of=["a_chair"], act="minutes")
    group.substitute("rs_chair", "rs_vice_chair", office="chair")
    asking(group)
    assert group.asked_of("group") == {"rs_chair": "pending"}
    with untouched(group), told(Forbidden, "Begäran gäller Regionstyrelsens ordförande"):
        group.decide("rs_vice_chair", "group")
    group.on_the("2020-09-30")
    assert group.asked_of("group") == {"rs_chair": "pending"}


# ---------------------------------------------------------------- not the maker


def test_the_maker_is_not_asked(play) -> None:
    group = play(of=["a_chair"], not_same_as="[ask]")
    group.register(type_="collegial", title="En text")
    group.step("rs_chair", "ask")
    assert group.asked_of("group") == {"rs_vice_chair": "pending"}
    with untouched(group), told(Forbidden, "Begäran gäller"):
        group.decide("rs_chair", "group")


def test_the_maker_does_not_answer_as_a_substitute_either(play) -> None:
    group = play(of=["a_chair"], not_same_as="[write]")
    group.substitute("rs_chair", "officer")
    group.register(type_="collegial", title="En text")
    group.step("officer", "write")
    group.step("officer", "ask")
    assert group.asked_of("group") == {"rs_chair": "pending"}
    with untouched(group), told(Forbidden, "inte heller genom en ersättare"):
        group.decide("officer", "group")


def test_for_whom_a_substitute_made_it_counts_as_the_maker(play) -> None:
    group = play(of=["a_chair"], not_same_as="[ask]")
    group.substitute("rs_chair", "krf_chair", office="chair")
    group.register(type_="collegial", title="En text")
    group.step("krf_chair", "ask")
    assert group.asked_of("group") == {"rs_vice_chair": "pending"}


def test_with_only_the_maker_to_ask_the_step_is_refused(play) -> None:
    group = play(of=["d_chair"], not_same_as="[write]")
    group.register(type_="collegial", title="En text")
    group.step("region_director", "write")
    with untouched(group), told(Refused, "har själv gjort det som ska bedömas"):
        group.step("officer", "ask")


# ---------------------------------------------------------------- time


def test_a_clearance_passes_by_time_out_where_it_is_declared(play) -> None:
    group = asking(play(of=["a_chair"], hand_over="2"))
    old = group.deciding("rs_chair", "group")
    assert "går begäran 2 arbetsdagar efter sista dagen över" in group.mails("approval_request")[0]["text"]
    group.on_the("2020-08-07")
    assert group.asked_of("group") == {"rs_chair": "pending"}
    group.on_the("2020-08-10")
    assert group.asked_of("group") == {"rs_chair": "handed_over", "rs_vice_chair": "pending"}
    assert group.mails("approval_handed_over", to="rs_vice_chair")
    assert "inte i tid" in group.mails("approval_stood_in", to="rs_chair")[0]["text"]
    row = next(a for a in group.approvals("group") if a["state"] == "pending")
    assert row["due_at"].date().isoformat() == "2020-08-13"
    with untouched(group), told(Refused, "gått över till Regionstyrelsens vice ordförande"):
        group.do(old)
    with untouched(group), told(Forbidden, "Begäran gäller Regionstyrelsens vice ordförande"):
        group.decide("rs_chair", "group")
    group.decide("rs_vice_chair", "group")
    event = group.events("approval:decided")[0]
    assert (event["actor"], event["on_behalf_of"]) == ("rs_vice_chair", "rs_chair")
    assert group.state == "done"


def test_nothing_passes_by_time_out_where_it_is_not_declared(play) -> None:
    group = asking(play(of=["a_chair"]))
    group.on_the("2020-09-30")
    assert group.asked_of("group") == {"rs_chair": "pending"}


def test_with_nobody_to_step_in_the_request_waits_and_the_officer_is_told(play) -> None:
    group = asking(play(of=["c_chair"], hand_over="1"))
    group.on_the("2020-08-10")
    assert group.asked_of("group") == {"krf_chair": "pending"}
    assert "find_substitute" in group.waiting()


def test_the_ladder_reminds_only_those_who_have_not_answered(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"]))
    group.decide("rs_chair", "group")
    group.on_the("2020-08-05")
    group.on_the("2020-08-07")
    assert not group.mails("approval_reminder", to="rs_chair")
    assert len(group.mails("approval_reminder", to="rsau_chair")) == 2
    group.decide("rsau_chair", "group")
    mails = len(group.mails())
    group.on_the("2020-09-30")
    assert len(group.mails()) == mails


def test_a_case_that_comes_back_asks_anew_and_the_old_request_is_dead(play) -> None:
    group = asking(play(of=["a_chair"]))
    old = group.deciding("rs_chair", "group")
    group.step("officer", "back")
    group.step("officer", "ask")
    assert [a["state"] for a in group.approvals("group")] == ["withdrawn", "pending"]
    assert len(group.mails("approval_request", to="rs_chair")) == 2
    with untouched(group), told(Refused, "Begäran gäller inte längre"):
        group.do(old)


# ---------------------------------------------------------------- a yes that is taken back


def take_back(group: Story, who: str) -> None:
    """The last yes of the person, given for themselves or for somebody."""
    row = [a for a in group.approvals("group") if a["decided_by"] == who][-1]
    group.do(WithdrawApproval(actor=who, approval=row["id"], reason="Fel underlag."))


def test_in_order_nobody_says_yes_before_the_one_before_has_said_it_again(play) -> None:
    group = asking(play(of=["a_chair", "b_chair", "c_chair"], join="in_order"))
    group.decide("rs_chair", "group")
    take_back(group, "rs_chair")
    assert group.asked_of("group") == {"rs_chair": "pending", "rsau_chair": "pending"}
    with untouched(group), told(Refused, "Regionstyrelsens ordförande svarar före dig"):
        group.decide("rsau_chair", "group")
    page = Phone(group).open(link_of(group, "rsau_chair")).text
    assert "svarar före dig" in page
    assert 'value="approve"' not in page
    assert 'value="recuse"' in page
    group.decide("rs_chair", "group")
    assert group.asked_of("group") == {"rs_chair": "approved", "rsau_chair": "pending"}, "the third is not asked yet"
    assert len(group.mails("approval_reminder", to="rsau_chair")) == 1, "told that the turn has come"
    for who in ("rsau_chair", "krf_chair"):
        group.decide(who, "group")
    assert group.state == "done"


@pytest.mark.parametrize(("act", "words"), [("clearance", "svarar före dig"), ("signature", "utsett någon annan")])
def test_in_order_nobody_says_yes_after_one_who_turned_out_to_have_a_conflict(play, act: str, words: str) -> None:
    group = asking(play(["a_chair", "b_chair"], act, join="in_order"))
    group.decide("rs_chair", "group")
    group.on_case(DeclareConflict, "rs_chair")
    with untouched(group), told(Refused, words):
        group.decide("rsau_chair", "group")


def test_in_order_a_conflict_is_told_out_of_turn(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"], join="in_order"))
    group.decide("rs_chair", "group")
    take_back(group, "rs_chair")
    group.decide("rsau_chair", "group", "recuse")
    assert group.asked_of("group") == {
        "rs_chair": "pending", "rsau_chair": "recused", "rsau_vice_chair": "pending",
    }  # fmt: skip
    group.decide("rs_chair", "group")
    group.decide("rsau_vice_chair", "group")
    assert group.state == "done"


def test_what_a_substitute_takes_back_is_asked_of_the_one_who_was_asked_first(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"]))
    group.substitute("rs_chair", "rs_vice_chair")
    row = next(a for a in group.approvals("group") if a["approver"] == "rs_chair")
    group.do(DecideApproval(actor="rs_vice_chair", approval=row["id"], decision="approve"))
    take_back(group, "rs_vice_chair")
    assert len(group.mails("approval_request", to="rs_chair")) == 2
    assert "i stället för" in group.mails("approval_request", to="rs_vice_chair")[-1]["text"]
    group.decide("rs_chair", "group")
    assert group.events("approval:decided")[-1]["on_behalf_of"] is None, "nobody answers for themselves"


def test_whoever_has_left_the_office_and_takes_back_a_yes_leaves_it_to_the_case_officer(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"]))
    group.decide("rs_chair", "group")
    group.people(lambda text: text.replace("person: rs_chair, ", "person: rs_vice_chair, ", 1))
    mails = len(group.mails("approval_request"))
    take_back(group, "rs_chair")
    assert "find_substitute" in group.waiting()
    assert len(group.mails("approval_request")) == mails


def test_the_answer_to_a_question_comes_on_the_request_for_the_new_text(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"]))
    number = group.approvals("group")[0]["id"]
    group.do(AskAboutApproval(actor="rs_chair", approval=number, question="Vad kostar det?"))
    group.add("officer", "text", "Behovet har ökat i länet.", "text.txt", media_type="text/plain")
    question = group.rows(models.questions)[0]["id"]
    group.do(AnswerQuestion(actor="officer", question=question, answer="En miljon."))
    (mail,) = group.mails("question_answered", to="rs_chair")
    assert "En miljon." in mail["text"]
    assert "Vad kostar det?" in Phone(group).open(link_of(group, "rs_chair")).text


# ---------------------------------------------------------------- a changed text


def test_a_changed_text_asks_anew_and_shows_the_difference(play) -> None:
    group = asking(play(of=["a_chair", "b_chair"]))
    group.decide("rs_chair", "group")
    group.add("officer", "text", "Behovet har ökat i länet.", "text.txt", media_type="text/plain")
    assert [a["state"] for a in group.approvals("group")] == ["superseded", "superseded", "pending", "pending"]
    mail = group.mails("approval_request", to="rs_chair")[-1]
    assert ", ny text" in mail["subject"]
    assert "Texten: version 2 (förut: version 1)" in mail["text"]
    assert "[borttaget: är stort] [nytt: har ökat]" in " ".join(mail["text"].split())
    assert "<del" in mail["html"]
    assert ">har ökat</ins>" in mail["html"]


def test_a_changed_document_that_is_no_text_is_told_by_its_version(play) -> None:
    group = asking(play(of=["a_chair"]))
    group.add("officer", "text", "pdf", "text.pdf")
    assert "Texten: version 2 (förut: version 1)" in group.mails("approval_request", to="rs_chair")[-1]["text"]
