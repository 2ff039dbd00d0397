"""The life of an answer, who is asked in which order, and when the round is over."""

from pathlib import Path

import pytest
from remiss import on, remiss, wish
from sqlalchemy import update
from story import TOWNS, Story, party, told, untouched
from test_at_once import at_once

from arende import answercommands as a
from arende import commands, db, models, queries
from arende.answerstate import counted, remarks
from arende.commands import Command, Outcome, ReportDelivery
from arende.errors import Forbidden, Invalid, NotFound, Refused


@pytest.fixture
def out(story: Story, tmp_path: Path) -> Story:
    """Out on referral to the six municipalities on Monday 3 August; the last day is Monday 14 September."""
    played = remiss(story, tmp_path, extend_before="{date: board_date, days: 10}")
    played.step("officer", "send", board_date="2020-10-14")
    return played


# ---------------------------------------------------------------- the request


def test_a_request_tells_whether_it_was_handed_over(out: Story) -> None:
    assert out.round()["answers"]["hylte"]["delivery"]["state"] == "queued"
    out.deliver()
    assert out.round()["answers"]["hylte"]["delivery"]["state"] == "sent"


def test_a_request_that_bounces_is_the_registrars_task(out: Story) -> None:
    out.deliver()
    (mail,) = out.mails("referral", to="hylte")
    out.do(ReportDelivery(actor="system", outbox=mail["id"], reply="550 5.1.1 no such user"))
    (task,) = out.tasks(act="delivery_failure")
    assert task["role"] == "registrar"
    assert out.round()["answers"]["hylte"]["delivery"]["state"] == "failed"


def test_a_party_acknowledges_with_its_own_number_and_is_still_awaited(out: Story) -> None:
    on(out, a.AcknowledgeAnswer, "hylte", "registrar", party_ref="KS 2020:11")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["party_ref"]) == ("acknowledged", "KS 2020:11")
    with untouched(out), told(Refused, "har redan kvitterat"):
        on(out, a.AcknowledgeAnswer, "hylte", "registrar")
    with untouched(out), told(Forbidden):
        on(out, a.AcknowledgeAnswer, "laholm", party("hylte"))


# ---------------------------------------------------------------- more time


def test_a_wish_for_more_time_is_the_officers_task_and_the_clock_goes_on(out: Story) -> None:
    wish(out, "hylte", "2020-09-25", "Kommunstyrelsen möts den 22.")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["due_at"]) == ("extension_requested", out.round()["due_at"])
    (task,) = out.tasks(act="answer_extension")
    assert "Hylte kommun" in task["title"]["sv"]
    assert task["due_at"].date().isoformat() == "2020-08-05"
    assert out.mails("task_assigned", to="officer")


def test_more_time_refused_says_why_and_the_day_stands(out: Story) -> None:
    on(out, a.AcknowledgeAnswer, "hylte", party("hylte"))
    wish(out, "hylte", "2020-09-25")
    on(out, a.RefuseExtension, "hylte", "officer", reason="Styrelsen beslutar i oktober.")
    (mail,) = out.mails("extension_answer", to="hylte")
    assert "inte ge er längre tid" in mail["text"]
    assert "Styrelsen beslutar i oktober." in mail["text"]
    assert "14 september" in mail["text"]
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["wish"], row["extension"]) == ("acknowledged", None, None)
    assert not out.tasks(act="answer_extension", state="open")
    with untouched(out), told(Refused, "har inte begärt anstånd"):
        on(out, a.RefuseExtension, "hylte", "officer", reason="En gång till.")


def test_more_time_granted_settles_the_wish(out: Story) -> None:
    wish(out, "hylte", "2020-09-25")
    out.extend("hylte", "2020-09-22")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["wish"], row["extension"]) == ("extension_granted", None, {"until": "2020-09-22"})
    assert not out.tasks(act="answer_extension", state="open")
    with untouched(out), told(Refused, "har redan begärt eller fått anstånd"):
        wish(out, "hylte", "2020-09-29")


def test_a_party_that_answers_while_its_wish_waits_needs_no_answer_to_it(out: Story) -> None:
    wish(out, "hylte", "2020-09-25")
    out.answer("hylte")
    assert not out.tasks(act="answer_extension", state="open")
    assert out.stances()["hylte"] == "accepted"


def test_a_party_whose_wish_is_never_answered_is_silent_like_others(out: Story) -> None:
    wish(out, "hylte", "2020-09-25")
    out.on_the("2020-09-15")
    assert party("hylte") in out.events("consultation:ended")[0]["payload"]["silent"]


def test_a_wish_comes_before_the_last_day_and_from_the_party_or_who_registers(out: Story) -> None:
    with untouched(out), told(Forbidden):
        wish(out, "hylte", "2020-09-25", who=party("laholm"))
    with untouched(out), told(Refused, "inte senare"):
        wish(out, "hylte", "2020-09-14")
    out.extend("laholm", "2020-09-25")
    out.on_the("2020-09-16")
    with untouched(out), told(Refused, "före den sista dagen"):
        wish(out, "hylte", "2020-09-25")


def test_more_time_past_the_papers_of_the_board_is_refused_with_the_days(out: Story) -> None:
    with untouched(out), told(Refused, "14 oktober 2020", "30 september 2020", "flytta först sammanträdet"):
        out.extend("hylte", "2020-10-01")
    out.extend("hylte", "2020-09-30")


def test_more_time_past_the_papers_is_granted_with_a_warning_where_declared(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path, extend_before="{date: board_date, days: 10, past: warn}")
    out.step("officer", "send", board_date="2020-10-14")
    done = out.extend("hylte", "2020-10-01")
    ((sv, en),) = done.data["warnings"]
    assert "onsdagen den 30 september 2020" in sv
    assert "Wednesday 30 September 2020" in en
    (event,) = out.events("answer:extended")
    assert event["payload"]["warning"] == [sv, en]
    row = out.round()["answers"]["hylte"]
    assert (sv, en) in remarks(row, "referral"), "the page and the command line tell it as long as it stands"
    (mail,) = out.mails("extension_answer", to="hylte")
    assert sv in " ".join(mail["text"].split()), "the party is told that it may be too late"


def test_more_time_until_the_board_has_decided_is_refused_even_where_a_warning_is_declared(
    story: Story, tmp_path: Path
) -> None:
    out = remiss(story, tmp_path, extend_before="{date: board_date, days: 10, past: warn}")
    out.step("officer", "send", board_date="2020-10-14")
    with untouched(out), told(Refused, "14 oktober 2020", "Välj en tidigare dag"):
        out.extend("hylte", "2020-10-14")


# ---------------------------------------------------------------- after it has come in


def test_a_changed_answer_is_taken_in_beside_the_first(out: Story) -> None:
    out.answer("hylte", "supports")
    out.answer("hylte", "opposes")
    on(out, a.AcceptAnswer, "hylte", "officer")
    assert out.stances()["hylte"] == "accepted"
    assert [e["payload"]["stance"] for e in out.events("answer:received")] == ["supports", "opposes"]
    with untouched(out), told(Refused, "redan infört"):
        on(out, a.AcceptAnswer, "hylte", "officer")


def test_nothing_that_has_not_come_in_is_verified_or_set_aside(out: Story) -> None:
    for kind, given, who in (
        (a.RegisterAnswer, {"how": "–"}, "registrar"),
        (a.SetAsideAnswer, {"reason": "–"}, "registrar"),
        (a.AskSupplement, {"what": "–"}, "officer"),
        (a.AcceptAnswer, {}, "officer"),
        (a.ReplyToAnswer, {"reply": "–"}, "officer"),
    ):
        with untouched(out), told(Refused):
            on(out, kind, "hylte", who, **given)


def test_our_reply_is_kept_on_the_answer(out: Story) -> None:
    out.answer("hylte", "supports_with_comments", comment="Tydligare ansvar.")
    on(out, a.ReplyToAnswer, "hylte", "officer", reply="Avsnitt 4 är förtydligat.")
    assert out.round()["answers"]["hylte"]["reply"] == "Avsnitt 4 är förtydligat."
    with untouched(out), told(Forbidden):
        on(out, a.ReplyToAnswer, "hylte", "registrar", reply="Nej.")


# ---------------------------------------------------------------- who is asked


def test_a_party_removed_in_mid_remiss_is_told_and_the_round_counts_without_it(out: Story) -> None:
    for town in TOWNS[1:]:
        out.answer(town)
    assert out.state == "out"
    on(out, a.RemoveParty, TOWNS[0], "officer", reason="Kommunen berörs inte längre.")
    assert out.state == "answered"
    (mail,) = out.mails("answer_notice", to=TOWNS[0])
    assert "Kommunen berörs inte längre." in mail["text"]
    assert out.stances()[TOWNS[0]] == "removed"
    assert out.events("consultation:ended")[0]["payload"]["silent"] == []
    assert not out.mails("referral_reminder")


def test_what_a_removed_party_has_said_stays_but_no_longer_counts(out: Story) -> None:
    out.answer("hylte")
    on(out, a.RemoveParty, "hylte", "officer", reason="Fel part.")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["stance"]) == ("removed", "supports")
    for town in TOWNS:
        if town != "hylte":
            assert out.state == "out"
            out.answer(town)
    assert out.state == "answered"


def test_what_a_removed_party_says_afterwards_is_filed_and_shown_but_does_not_count(out: Story) -> None:
    on(out, a.RemoveParty, "hylte", "officer", reason="Fel part.")
    out.answer("hylte", "opposes", who="registrar")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["stance"]) == ("removed", "opposes")
    assert out.events("answer:received")[-1]["payload"]["removed"]
    (task,) = out.tasks(act="late_answer")
    assert "tillfrågas inte längre men har svarat" in task["title"]["sv"]
    (mail,) = out.mails("referral_receipt", to="hylte")
    assert "räknas inte" in mail["text"]
    for town in TOWNS:
        if town != "hylte":
            assert out.state == "out"
            out.answer(town)
    assert out.state == "answered"


def test_an_answer_decided_on_a_day_to_come_is_refused_with_the_day(out: Story) -> None:
    with untouched(out), told(Invalid, "4 augusti 2020", "har inte varit än"):
        out.answer("hylte", "supports", body="KS", decided_on="2020-08-04")
    out.answer("hylte", "supports", body="KS", decided_on="2020-08-03")


def test_the_last_party_is_not_removed_but_the_round_closed(out: Story) -> None:
    for town in TOWNS[1:]:
        on(out, a.RemoveParty, town, "officer", reason="Berörs inte.")
    with untouched(out), told(Refused, "Avsluta omgången"):
        on(out, a.RemoveParty, TOWNS[0], "officer", reason="Berörs inte.")
    with untouched(out), told(Refused, "tillfrågas inte längre"):
        on(out, a.RemoveParty, TOWNS[1], "officer", reason="Berörs inte.")


def test_a_join_that_asks_for_more_than_are_left_is_complete_when_those_have_answered(
    story: Story, tmp_path: Path
) -> None:
    out = remiss(story, tmp_path, "[municipality_hylte, municipality_laholm, ext_trafikverket]", join="{at_least: 3}")
    out.step("officer", "send")
    out.answer("hylte")
    out.answer("laholm")
    on(out, a.RemoveParty, "ext_trafikverket", "officer", reason="Berörs inte.")
    assert out.state == "answered"


def test_one_more_party_is_asked_and_awaited(out: Story) -> None:
    on(out, a.AddParty, "ext_trafikverket", "officer", due="2020-09-21")
    assert len(out.mails("referral")) == 7
    for town in TOWNS:
        out.answer(town)
    out.on_the("2020-09-15")
    assert out.state == "out"
    out.on_the("2020-09-22")
    assert out.events("consultation:ended")[0]["payload"]["silent"] == ["ext_trafikverket"]
    with untouched(out), told(Refused, "redan avslutad"):
        on(out, a.AddParty, "ext_trafikverket", "officer")


def test_one_asked_later_gets_the_usual_day_and_not_the_longer_one_of_another(out: Story) -> None:
    out.extend("halmstad", "2020-09-28")
    on(out, a.AddParty, "ext_trafikverket", "officer")
    assert out.events("answer:asked")[-1]["payload"]["due_on"] == "2020-09-14"
    out.on_the("2020-09-15")
    reminded = [m for m in out.mails("referral_reminder") if "trafikverket" in m["address"]]
    assert [m["created_at"].date().isoformat() for m in reminded] == ["2020-09-15", "2020-09-15"]  # the sweep slept


def test_one_asked_later_with_a_day_of_its_own_is_reminded_of_that_day(out: Story) -> None:
    on(out, a.AddParty, "ext_trafikverket", "officer", due="2020-10-12")
    for town in TOWNS:
        out.answer(town)
    for day in ("2020-08-31", "2020-09-15", "2020-09-25"):
        out.on_the(day)
        assert [m for m in out.mails("referral_reminder") if "trafikverket" in m["address"]] == [], day
    out.on_the("2020-09-28")
    (mail,) = [m for m in out.mails("referral_reminder") if "trafikverket" in m["address"]]
    assert "12 oktober" in mail["subject"]
    out.on_the("2020-10-13")
    assert len([m for m in out.mails("referral_reminder") if "trafikverket" in m["address"]]) == 2
    assert out.events("consultation:ended")[0]["payload"]["silent"] == ["ext_trafikverket"]


def test_the_tally_counts_neither_one_that_is_asked_no_more_nor_one_that_will_return(out: Story) -> None:
    out.answer("laholm")
    out.answer("laholm", "will_return")
    on(out, a.RemoveParty, "hylte", "officer", reason="Berörs inte.")
    out.answer("hylte")
    out.answer("varberg")
    assert counted(out.round()["answers"].values()) == (1, 5)


def test_time_given_before_the_day_of_the_decision_is_known_is_told_to_be_unjudged(
    story: Story, tmp_path: Path
) -> None:
    out = remiss(story, tmp_path, extend_before="{date: board_date, days: 10}")
    out.step("officer", "send")
    done = out.extend("hylte", "2020-10-30")
    assert "är inte bestämd än" in done.data["warnings"][0][0]


def test_only_those_chosen_at_the_step_are_asked_in_their_order(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path, only="asked")
    with untouched(out), told(Refused, "Trafikverket", "hör inte till dem"):
        out.step("officer", "send", asked="municipality_hylte,ext_trafikverket")
    out.step("officer", "send", asked=f"{party('laholm')}, {party('hylte')}")
    assert list(out.stances()) == ["laholm", "hylte"]
    assert len(out.mails("referral")) == 2


def test_groups_and_parties_are_asked_together_each_once(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path, "[municipality_varberg, municipalities, ext_trafikverket]")
    out.step("officer", "send")
    assert next(iter(out.stances())) == "varberg"
    assert len(out.stances()) == 7


# ---------------------------------------------------------------- one after another


@pytest.fixture
def line(story: Story, tmp_path: Path) -> Story:
    played = remiss(story, tmp_path, "[municipality_hylte, municipality_laholm, municipality_varberg]",
                    order="sequence")  # fmt: skip
    played.step("officer", "send")
    return played


def test_the_next_is_asked_when_the_one_before_has_answered(line: Story) -> None:
    assert line.stances() == {"hylte": "sent", "laholm": "created", "varberg": "created"}
    assert len(line.mails("referral")) == 1
    line.on_the("2020-08-10")
    line.answer("hylte")
    assert line.stances() == {"hylte": "accepted", "laholm": "sent", "varberg": "created"}
    row = line.round()["answers"]["laholm"]
    assert row["due_at"].date().isoformat() == "2020-09-21"
    assert line.round()["due_at"] == row["due_at"]
    line.answer("laholm")
    line.answer("varberg")
    assert line.state == "answered"
    assert line.round()["state"] == "complete"


def test_the_next_is_asked_when_the_day_of_the_one_before_has_passed(line: Story) -> None:
    line.on_the("2020-09-15")
    assert line.stances() == {"hylte": "no_response", "laholm": "sent", "varberg": "created"}
    line.answer("laholm")
    line.answer("varberg")
    assert line.state == "answered"
    ended = line.events("consultation:ended")[0]["payload"]
    assert (ended["how"], ended["silent"]) == ("expired", [party("hylte")])


def test_each_in_line_is_reminded_of_its_own_day(line: Story) -> None:
    line.on_the("2020-08-31")
    assert len(line.mails("referral_reminder", to="hylte")) == 1
    line.on_the("2020-09-15")
    assert not line.mails("referral_reminder", to="laholm")
    line.on_the("2020-10-13")
    assert len(line.mails("referral_reminder", to="laholm")) == 1
    assert len(line.mails("referral_reminder", to="hylte")) == 2


def test_enough_in_line_end_the_round_and_the_rest_are_never_asked(story: Story, tmp_path: Path) -> None:
    line = remiss(story, tmp_path, order="sequence", join="{at_least: 2}")
    line.step("officer", "send")
    line.answer("falkenberg")
    line.answer("halmstad")
    assert line.state == "answered"
    assert set(line.stances().values()) == {"accepted", "closed"}
    assert len(line.mails("referral")) == 2


def test_a_party_in_line_that_is_removed_lets_the_next_in(line: Story) -> None:
    on(line, a.RemoveParty, "hylte", "officer", reason="Berörs inte.")
    assert line.stances()["laholm"] == "sent"
    on(line, a.RemoveParty, "varberg", "officer", reason="Berörs inte.")
    assert not line.mails("answer_notice", to="varberg")
    line.answer("laholm")
    assert line.state == "answered"


def test_more_time_in_line_moves_that_day_alone(line: Story) -> None:
    line.extend("hylte", "2020-09-25")
    line.on_the("2020-09-15")
    assert line.stances()["hylte"] == "extension_granted"
    line.on_the("2020-09-26")
    assert line.stances()["laholm"] == "sent"


# ---------------------------------------------------------------- joins


@pytest.mark.parametrize(("join", "needed"), [("all", 6), ("{at_least: 4}", 4), ("{fraction: 0.5}", 3)])
def test_eight_at_once_end_the_round_once(story_on_each: Story, tmp_path: Path, join: str, needed: int) -> None:
    out = remiss(story_on_each, tmp_path, join=join)
    out.step("officer", "send")
    orders: list[Command] = [out.answering(t, who=party(t)) for t in TOWNS]
    orders += [out.answering(t, "opposes") for t in TOWNS[:2]]
    done = at_once(out, orders)
    assert all(isinstance(d, Outcome) for d in done), done
    assert out.state == "answered"
    assert len(out.events("answer:received")) == 8
    assert len(out.events("consultation:ended")) == 1
    late = [e["payload"]["late"] for e in out.events("answer:received")]
    assert late.count(False) >= needed


def test_eight_in_line_at_once_ask_each_next_once(story_on_each: Story, tmp_path: Path) -> None:
    line = remiss(story_on_each, tmp_path, order="sequence")
    line.step("officer", "send")
    at_once(line, [line.answering(TOWNS[0], comment=str(n)) for n in range(8)])
    assert len(line.events("answer:asked")) == 1
    assert len(line.mails("referral")) == 2


def test_a_round_by_date_waits_for_the_date_however_many_have_answered(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path, join="deadline")
    out.step("officer", "send")
    for town in TOWNS:
        out.answer(town)
    assert out.state == "out"
    out.on_the("2020-09-15")
    assert out.state == "answered"


# ---------------------------------------------------------------- a changed proposal


def test_a_new_round_shows_the_parties_what_has_changed(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path)
    text = {"media_type": "text/plain"}
    out.add("officer", "proposal", "Halland ska bli en egen region i södra Sverige.", "forslag.txt", **text)
    out.step("officer", "send")
    assert "har ändrats" not in out.mails("referral", to="hylte")[0]["text"]
    out.answer("hylte")
    out.step("officer", "revise", "Nytt förslag.")
    out.add("officer", "proposal", "Halland ska bli en egen region i västra Sverige.", "forslag.txt", **text)
    out.step("officer", "send")
    mail = out.mails("referral", to="hylte")[-1]
    for part in (mail["text"], mail["html"]):
        assert "Förslaget har ändrats" in part
        assert "södra" in part
        assert "västra" in part
    assert out.stances()["hylte"] == "sent"
    assert [m["sha256"] for m in mail["attachments"]] == [out.rows(models.documents)[-1]["sha256"]]


def test_a_new_round_ends_the_reminders_of_the_old(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path)
    out.step("officer", "send")
    out.on_the("2020-08-31")
    out.step("officer", "revise", "Nytt förslag.")
    out.step("officer", "send")
    out.on_the("2020-09-16")
    assert len(out.mails("referral_reminder", to="hylte")) == 1


# ---------------------------------------------------------------- notes and mail


def test_many_positions_from_notes_are_filed_at_once_or_not_at_all(out: Story) -> None:
    said = [a.Position(party=party(t), stance="supports", body="KS") for t in TOWNS]
    order = a.RecordPositions(actor="officer", register_no=out.no, positions=(*said, said[0]), source="KRF 2 sept")
    with untouched(out), told(Refused, "står mer än en gång"):
        out.do(order)
    wrong = a.Position(party="municipality_hyltee", stance="supports")
    with untouched(out), told(NotFound, "Menade du municipality_hylte?"):
        out.do(a.RecordPositions(actor="officer", register_no=out.no, positions=(*said, wrong), source="KRF"))
    with untouched(out), told(Invalid, "inga ställningstaganden"):
        out.do(a.RecordPositions(actor="officer", register_no=out.no, positions=(), source="KRF"))
    out.do(a.RecordPositions(actor="officer", register_no=out.no, positions=tuple(said), source="KRF 2 sept"))
    assert out.state == "answered"
    assert {e["payload"]["source"] for e in out.events("answer:received")} == {"KRF 2 sept"}
    assert len({e["command_id"] for e in out.events("answer:received")}) == 1


def test_a_mail_of_another_case_is_no_answer(out: Story) -> None:
    with untouched(out), told(NotFound, "Mejl 7 är inte registrerat på", "arende tray file"):
        out.answer("hylte", mail=7)


def test_two_reminders_are_sent_at_most_also_where_the_day_moves(out: Story) -> None:
    for town in TOWNS[1:]:
        out.answer(town)
    with db.writing(out.app.engine) as conn:
        mine = models.answers.c.party_id == out.rows(models.answers)[0]["party_id"]
        conn.execute(update(models.answers).where(mine).values(reminders=2))
    out.on_the("2020-08-31")
    assert not out.mails("referral_reminder")


def test_the_rounds_of_a_case_are_shown_in_the_order_asked(line: Story) -> None:
    with db.reading(line.app.engine) as conn:
        (shown,) = queries.consultations(conn, line.case["id"])
    assert [x["party"] for x in shown["answers"]] == [party(t) for t in ("hylte", "laholm", "varberg")]
    assert isinstance(line.answering("hylte"), commands.AnswerConsultation)
