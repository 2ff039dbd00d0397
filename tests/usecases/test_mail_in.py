"""What a mail that comes in does: it decides, is filed, waits in the tray – and never twice, never for a stranger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient
from story import Story, told, untouched

from arende import commands, db, intake, mime, models, queries
from arende.app import App
from arende.errors import Forbidden, Invalid, Refused
from arende.intake import sorting
from arende.usecases.clock import fire_due
from arende.web import create_app

Row = dict[str, Any]
MX = "mx.region.example"
DOMAIN = "arende.region.example"
KEY = "agenda_clearance"


@pytest.fixture
def asked(story: Story) -> Story:
    """RSAU's chair has been asked to clear the matter, and the site's mail server is believed."""
    story.at("awaiting_rsau")
    story.app = trusting(story.app)
    return story


@pytest.fixture
def consulted(story: Story) -> Story:
    """The municipalities have been asked."""
    story.at("municipal_consultation")
    story.app = trusting(story.app)
    return story


def trusting(app: App) -> App:
    return replace(app, settings=app.settings.model_copy(update={"authserv_id": MX}))


def reply_address(story: Story, mail: Row) -> str:
    row = {**mail, "register_no": story.no}
    outgoing = mime.Outgoing(**{k: v for k, v in row.items() if k in mime.Outgoing.__slots__})
    return str(mime.reply_to(outgoing, story.app.settings, story.app.keys))


def letter(
    text: str,
    *,
    sender: str = "rsau_chair@region.example",
    to: str = f"arende@{DOMAIN}",
    about: Row | None = None,
    n: int = 1,
    passed: str | None = "pass",
    subject: str = "Sv: Klartecken",
    headers: str = "",
    body_type: str = "text/plain; charset=utf-8",
) -> bytes:
    domain = sender.rpartition("@")[2]
    vouched = f"Authentication-Results: {MX}; dmarc={passed} header.from={domain}\r\n" if passed else ""
    thread = f"In-Reply-To: {about['message_id']}\r\n" if about else ""
    head = (
        f"{vouched}{headers}From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <r{n}@region.example>\r\n"
        f"Date: Mon, 03 Aug 2020 10:00:00 +0200\r\n{thread}MIME-Version: 1.0\r\nContent-Type: {body_type}\r\n\r\n"
    )
    return head.encode() + text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def take(story: Story, raw: bytes, to: str, mail_from: str = "x@region.example") -> Row:
    """The mail taken in and sorted; its row."""
    number = intake.store(story.app, raw, to, mail_from, "lmtp")
    intake.handle_all(story.app)
    return mail_row(story, number)


def mail_row(story: Story, number: int) -> Row:
    with db.reading(story.app.engine) as conn:
        return dict(conn.execute(select(models.inbound).where(models.inbound.c.id == number)).mappings().one())


def answered(story: Story, text: str, **given: Any) -> Row:
    """A reply to the chair's request."""
    mail = story.mails("approval_request")[-1]
    to = reply_address(story, mail)
    return take(story, letter(text, to=to, about=mail, **given), to)


# ---------------------------------------------------------------- decisions


def test_a_reply_decides_and_is_filed_and_answered(asked: Story) -> None:
    row = answered(asked, "GODKÄNN\n\nBra underlag.\n\n> Förslag: Att avsiktsförklaringen tas upp\n")
    assert (row["state"], row["disposition"]) == ("done", "decided")
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}
    decided, filed = asked.events("approval:decided")[-1], asked.events("mail:received")[-1]
    assert (decided["actor"], decided["channel"], decided["payload"]["comment"]) == (
        "rsau_chair", "mail", "Bra underlag.",
    )  # fmt: skip
    assert (filed["payload"]["mail"], filed["payload"]["approval"]) == (row["id"], KEY)
    (record,) = asked.rows(models.documents, inbound_id=row["id"])
    assert (record["direction"], record["access"]) == ("incoming", "unchecked")
    assert asked.app.storage.read(record["sha256"]).endswith(b"tas upp\r\n")
    (receipt,) = asked.mails("reply_receipt")
    assert (receipt["kind"], receipt["address"]) == ("receipt", "rsau_chair@region.example")
    assert "du gav klartecken" in " ".join(receipt["text"].split())


def test_the_same_mail_twice_is_one(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    raw = letter("GODKÄNN", to=to)
    first = take(asked, raw, to)
    before = asked.kinds()
    again = take(asked, b"Received: by another way\r\n" + raw.replace(b"\r\n", b"\n"), to.upper())
    assert again["id"] == first["id"]
    assert asked.kinds() == before


def test_a_mail_that_was_stored_when_everything_stopped_is_sorted_by_the_sweep(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    number = intake.store(asked.app, letter("GODKÄNN", to=to), to, "x@region.example", "lmtp")
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    (done,) = intake.handle_all(asked.app)
    assert (done.id, done.told, done.register_no) == (number, "decided", asked.no)
    assert intake.handle_all(asked.app) == []


def test_a_crash_between_deciding_and_filing_decides_once(asked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    number = intake.store(asked.app, letter("GODKÄNN", to=to), to, "x@region.example", "lmtp")
    with monkeypatch.context() as m:
        m.setattr(sorting._Sorting, "_records", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            intake.handle(asked.app, number)
    assert mail_row(asked, number)["state"] == "received"
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}
    intake.handle_all(asked.app)
    assert mail_row(asked, number)["disposition"] == "decided"
    assert asked.kinds().count("approval:decided") == 1
    assert len(asked.mails("reply_receipt")) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Jag godkänner inte detta.", "no_word"),
        ("GODKÄNN men inte punkt 3", "no_word"),
        ("GODKÄNN, men inte punkt 3", "conditional"),
        ("> GODKÄNN", "no_text"),
    ],
)
def test_a_reply_that_is_no_clear_decision_is_held_and_its_sender_told(asked: Story, text: str, why: str) -> None:
    row = answered(asked, text)
    assert (row["disposition"], row["reason"]) == ("held", why)
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    (help_,) = asked.mails("reply_held")
    assert help_["kind"] == "help"
    assert mime.LINK in help_["text"]
    (filed,) = asked.events("mail:received")
    assert filed["payload"]["told"][0][0] in " ".join(help_["text"].split())  # the history says what the sender heard


def test_the_help_mail_can_itself_be_answered(asked: Story) -> None:
    answered(asked, "Kanske.")
    (help_,) = asked.mails("reply_held")
    to = reply_address(asked, help_)
    assert take(asked, letter("GODKÄNN", to=to, n=2), to)["disposition"] == "decided"
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}


@pytest.mark.parametrize(
    ("text", "state"), [("JÄV", "recused"), ("GODKÄNN", "approved"), ("ÅTERREMISS: Kort.", "returned")]
)
def test_the_first_mail_can_be_answered_anew_after_a_reply_that_was_held(asked: Story, text: str, state: str) -> None:
    """People answer the mail that lies open, also when a help mail has come since."""
    answered(asked, "Kanske.")
    assert answered(asked, text, n=2)["disposition"] == "decided"
    assert asked.approvals(KEY)[0]["state"] == state


def test_after_a_reminder_the_first_mail_decides_nothing_but_tells_which_does(asked: Story) -> None:
    first = reply_address(asked, asked.mails("approval_request")[-1])
    asked.clock.advance(days=7)
    fire_due(asked.app)
    assert take(asked, letter("GODKÄNN", to=first), first)["disposition"] == "refused"
    assert "Det finns ett nyare mejl om samma begäran. Svara i det" in asked.mails("reply_held")[-1]["text"]
    second = reply_address(asked, asked.mails("approval_reminder", to="rsau_chair")[-1])
    assert take(asked, letter("GODKÄNN", to=second, n=2), second)["disposition"] == "decided"


# ---------------------------------------------------------------- a conflict of interest is never lost


def declared(story: Story) -> list[str]:
    return [e["actor"] for e in story.events("conflict:declared")]


def test_a_conflict_told_in_answer_to_an_earlier_text_is_recorded_and_the_new_request_passes_on(asked: Story) -> None:
    to = reply_address(asked, asked.mails("approval_request")[-1])
    asked.add("officer", "declaration", "en ny text")
    row = take(asked, letter("JÄV\n\nMin bror är sökande.", to=to), to)
    assert (row["disposition"], row["reason"]) == ("refused", "conflict")
    assert declared(asked) == ["rsau_chair"]
    assert asked.events("conflict:declared")[0]["payload"]["reason"] == "Min bror är sökande."
    assert asked.asked_of(KEY) == {"rsau_chair": "recused", "rsau_vice_chair": "pending"}
    told_ = " ".join(asked.mails("reply_held")[0]["text"].split())
    assert "Texten har ändrats" in told_
    assert "Din anmälan om jäv är registrerad" in told_
    assert "read_mail" in asked.waiting(), "the case officer reads it"


@pytest.mark.parametrize("past", ["answered", "expired", "on_hold", "reminded"])
def test_a_conflict_told_too_late_is_recorded_all_the_same(asked: Story, past: str) -> None:
    to = reply_address(asked, asked.mails("approval_request")[-1])
    if past == "answered":
        asked.decide("rsau_chair", KEY)
    elif past == "expired":
        asked.clock.advance(days=60)
    elif past == "reminded":
        asked.clock.advance(days=7)
        fire_due(asked.app)
    else:
        asked.step("officer", "put_on_hold", "Väntar.", review_on="2020-12-01")
    assert take(asked, letter("JÄV", to=to), to)["reason"] == "conflict"
    assert declared(asked) == ["rsau_chair"]
    assert take(asked, letter("JÄV", to=to, n=2), to)["reason"] == "conflict"
    assert declared(asked) == ["rsau_chair"]
    assert "redan anmält jäv" in asked.mails("reply_held")[-1]["text"]


def test_a_conflict_told_by_somebody_else_in_the_name_of_the_chair_is_recorded_for_nobody(asked: Story) -> None:
    to = reply_address(asked, asked.mails("approval_request")[-1])
    asked.decide("rsau_chair", KEY)
    others: list[Row] = [{"passed": "fail"}, {"sender": "b@region.example"}, {"headers": "X-Autoreply: yes\r\n"}]
    for n, given in enumerate(others):
        take(asked, letter("JÄV", to=to, n=n, **given), to)
    assert declared(asked) == []


def test_a_refused_answer_is_told_why(story: Story) -> None:
    asked = story.at("decided")  # a signature has no answer "reject"; here a reply is not enough either
    asked.app = trusting(asked.app)
    row = answered(asked, "AVSLÅ: underlaget är för kort", sender=asked.mails("approval_request")[-1]["address"])
    assert row["disposition"] == "refused"
    assert len(asked.mails("reply_held")) == 1


def test_do_not_take_up_now_is_answered_by_mail_and_leads_back_to_the_manager(asked: Story) -> None:
    (mail,) = asked.mails("approval_request", to="rsau_chair")
    assert "Ta inte upp nu" in mail["text"]
    assert "GODKÄNN, AVSLÅ, ÅTERREMISS, FRÅGA eller JÄV" in " ".join(mail["text"].split())
    assert answered(asked, "AVSLÅ: Dagordningen är full.")["disposition"] == "decided"
    assert asked.state == "manager_review"
    assert "tog inte upp ärendet nu" in " ".join(asked.mails("reply_receipt")[0]["text"].split())


def test_a_reply_too_large_to_read_tells_who_was_asked_but_not_for_ever(asked: Story) -> None:
    for n in range(4):
        row = answered(asked, "GODKÄNN\n" + "x" * 11_000_000, n=n)
        assert (row["state"], row["reason"]) == ("tray", "too_large")
    told = asked.mails("reply_held")
    assert len(told) == sorting.ANSWERS_PER_REQUEST
    assert {m["address"] for m in told} == {"rsau_chair@region.example"}
    assert "för stort" in told[0]["text"]
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}


@pytest.mark.parametrize(
    "given", [{"header": True}, {"mail_from": ""}, {"headers": "Auto-Submitted: auto-replied\r\n"}]
)
def test_a_large_mail_that_only_names_the_address_or_is_automatic_is_not_answered(asked: Story, given: Row) -> None:
    to = reply_address(asked, asked.mails("approval_request")[-1])
    raw = letter("x" * 11_000_000, to=to, headers=given.get("headers", ""))
    envelope = f"arende@{DOMAIN}" if given.get("header") else to
    assert take(asked, raw, envelope, given.get("mail_from", "x@region.example"))["state"] == "tray"
    assert asked.mails("reply_held") == []


def test_ten_answers_a_day_and_no_more_go_to_one_address(asked: Story) -> None:
    """Four requests, three answers each: the eleventh is not written, and the next day there are new ones."""
    asked.clock.now = asked.clock.now.replace(hour=9)
    for n in range(4):
        if n:
            asked.add("officer", "declaration", f"lydelse {n}")  # asks anew, as a request of its own
        for m in range(3):
            answered(asked, f"Hm {n}.{m}", n=10 * n + m)
    assert len(asked.mails("reply_held")) == sorting.ANSWERS_PER_DAY
    asked.clock.now += timedelta(days=1, hours=1)
    answered(asked, "Hm igen", n=99)
    assert len(asked.mails("reply_held")) == sorting.ANSWERS_PER_DAY + 1
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}


def test_nobody_is_told_more_than_three_times_about_one_request(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    for n in range(5):
        mail = (asked.mails("reply_held") or [mail])[-1]
        to = reply_address(asked, mail)
        take(asked, letter(f"Hm {n}", to=to, n=n), to)
    assert len(asked.mails("reply_held")) == sorting.ANSWERS_PER_REQUEST
    assert "read_mail" in asked.waiting(), "the rest is for the case officer"


@pytest.mark.parametrize("asks", ["FRÅGA: Vad kostar det?", "FRÅGA Vad kostar det?", "Fråga\nVad kostar det?"])
def test_a_question_goes_to_the_case_officer_and_decides_nothing(asked: Story, asks: str) -> None:
    row = answered(asked, asks)
    assert row["disposition"] == "asked"
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert asked.events("approval:question:asked")[-1]["payload"]["question"] == "Vad kostar det?"


def test_a_reply_is_not_enough_where_the_act_asks_for_a_link(story: Story) -> None:
    story.at("decided")
    story.app = trusting(story.app)
    mail = story.mails("approval_request", "rs_chair")[-1]
    to = reply_address(story, mail)
    row = take(story, letter("GODKÄNN", sender="rs_chair@region.example", to=to), to)
    assert row["disposition"] == "refused"
    assert story.asked_of("signature")["rs_chair"] == "pending"
    assert len(story.mails("reply_held", "rs_chair")) == 1


def test_a_reply_to_an_old_request_for_a_new_text_decides_nothing(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    asked.add("officer", "declaration", "en ny text")
    row = take(asked, letter("GODKÄNN", to=to), to)
    assert row["disposition"] == "refused"
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}


def test_two_workers_on_one_mail_decide_once(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    number = intake.store(asked.app, letter("GODKÄNN", to=to), to, "x@region.example", "lmtp")
    with ThreadPoolExecutor(4) as workers:
        told_ = [w.result() for w in [workers.submit(intake.handle, asked.app, number) for _ in range(4)]]
    assert {t.told for t in told_ if t} == {"decided"}
    assert asked.kinds().count("approval:decided") == 1
    assert asked.kinds().count("mail:received") == 1


def test_on_each_kind_of_database_a_reply_decides_and_a_stranger_waits(story_on_each: Story) -> None:
    story = story_on_each.at("awaiting_rsau")
    story.app = trusting(story.app)
    assert answered(story, "GODKÄNN")["disposition"] == "decided"
    row = take(story, letter("Hej", sender="a@b.example", n=2), f"arende@{DOMAIN}")
    assert row["state"] == "tray"
    order = commands.TriageMail(actor="registrar", inbound=row["id"], action="file", register_no=story.no,
                                records=intake.parts(story.app, row["id"]))  # fmt: skip
    story.do(order)
    assert story.do(order).register_no == story.no
    assert story.kinds().count("mail:received") == 2


# ---------------------------------------------------------------- who is believed


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"sender": "somebody@region.example"}, "other_sender"),
        ({"passed": None}, "sender_no_result"),
        ({"passed": "fail"}, "sender_failed"),
        ({"headers": "From: rsau_chair@region.example\r\n"}, "other_sender"),
        ({"headers": f"Authentication-Results: {MX}; dmarc=pass header.from=region.example\r\n"}, "sender_several"),
    ],
)
def test_a_sender_who_is_not_shown_to_be_the_one_decides_nothing_and_hears_nothing(
    asked: Story, given: Row, why: str
) -> None:
    mails = len(asked.mails())
    row = answered(asked, "GODKÄNN", **given)
    assert (row["state"], row["reason"]) == ("tray", why)
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert len(asked.mails()) == mails


def test_without_a_trusted_mail_server_a_reply_is_only_a_comment(story: Story) -> None:
    story.at("awaiting_rsau")
    outside = story.app.settings.model_copy(update={"smtp_host": "smtp.region.example"})
    story.app = replace(story.app, settings=outside)
    row = answered(story, "GODKÄNN")
    assert row["disposition"] == "comment"
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert "read_mail" in story.waiting()
    (told_,) = story.mails("reply_held")
    words = " ".join(told_["text"].split())
    assert "ingen mejlserver intygar vem det kommer från" in words
    assert "Öppna den och svara på sidan" in words
    assert "Svara på det här mejlet" not in words + " ".join(told_["html"].split())
    assert mime.LINK in told_["text"]
    (filed,) = story.events("mail:received")
    assert filed["payload"]["told"]


@pytest.mark.parametrize("how", ["header", "absent", "automatic"])
def test_without_a_trusted_mail_server_only_a_person_with_the_address_is_told(story: Story, how: str) -> None:
    story.at("awaiting_rsau")
    to = reply_address(story, story.mails("approval_request")[-1])
    text = "Jag är på semester till den 20 augusti." if how == "absent" else "GODKÄNN"
    raw = letter(text, to=to, headers="Auto-Submitted: auto-replied\r\n" if how == "automatic" else "")
    take(story, raw, f"arende@{DOMAIN}" if how == "header" else to)
    assert story.mails("reply_held") == []
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}


def test_without_a_trusted_mail_server_nobody_is_told_for_ever(story: Story) -> None:
    story.at("awaiting_rsau")
    for n in range(5):
        answered(story, f"Hm {n}", n=n)
    assert len(story.mails("reply_held")) == sorting.ANSWERS_PER_REQUEST


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied\r\n", "X-Autoreply: yes\r\n"])
def test_an_automatic_reply_decides_nothing_and_is_not_answered(asked: Story, header: str) -> None:
    row = answered(asked, "GODKÄNN", headers=header)
    assert row["disposition"] == "acknowledged"
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert not asked.mails("reply_held")
    assert not asked.mails("reply_receipt")


CALENDAR = (
    "--b\nContent-Type: text/plain; charset=utf-8\n\nGODKÄNN\n--b\nContent-Type: text/calendar; method=REPLY\n\n"
    "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n--b--\n"
)


def test_whoever_answers_in_the_calendar_is_told_that_it_decides_nothing_but_no_machine_is(asked: Story) -> None:
    kind = 'multipart/alternative; boundary="b"'
    auto = answered(asked, CALENDAR, body_type=kind, headers="Auto-Submitted: auto-replied\r\n")
    to = reply_address(asked, asked.mails("approval_request")[-1])
    nobodys = take(asked, letter(CALENDAR, to=to, body_type=kind, n=4), to, mail_from="")
    assert (auto["disposition"], nobodys["disposition"]) == ("acknowledged", "acknowledged")
    assert asked.mails("reply_held") == []
    row = answered(asked, CALENDAR, body_type=kind, n=2)
    assert (row["disposition"], row["reason"]) == ("held", "calendar")
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    (help_,) = asked.mails("reply_held")
    assert "i kalendern avgör ingenting. Använd länken" in " ".join(help_["text"].split())
    forged = answered(asked, CALENDAR, body_type=kind, n=3, passed="fail")
    assert (forged["state"], len(asked.mails("reply_held"))) == ("tray", 1)


def test_mail_from_nobody_decides_nothing_whatever_its_headers_say(asked: Story) -> None:
    mail = asked.mails("approval_request")[-1]
    to = reply_address(asked, mail)
    assert take(asked, letter("GODKÄNN", to=to), to, mail_from="")["disposition"] == "acknowledged"


def test_a_guessed_address_goes_to_the_tray(asked: Story) -> None:
    row = take(asked, letter("GODKÄNN"), f"beslut+{'a' * 32}@{DOMAIN}")
    assert (row["state"], row["reason"]) == ("tray", "unknown_tag")


# ---------------------------------------------------------------- what concerns a case


def of_case(story: Story, to: str) -> tuple[Row, str]:
    mail = story.mails("referral", to)[-1]
    return mail, reply_address(story, mail)


def test_a_partys_mail_is_filed_with_its_files_and_given_to_those_who_work(consulted: Story) -> None:
    mail, to = of_case(consulted, "registrator")
    sender = mail["address"]
    body = (
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSe bilaga.\r\n--b\r\nContent-Type: application/pdf\r\n"
        'Content-Disposition: attachment; filename="Yttrande Å.pdf"\r\n\r\n%PDF-1.7 x\r\n--b--\r\n'
    )
    raw = letter(body, sender=sender, to=to, about=mail, passed=None, body_type='multipart/mixed; boundary="b"')
    row = take(consulted, raw, to)
    assert row["disposition"] == "incoming"
    whole, file = consulted.rows(models.documents, inbound_id=row["id"])
    assert (whole["media_type"], file["name"], file["access"]) == ("message/rfc822", "Yttrande Å.pdf", "unchecked")
    assert {"read_mail", "check_secrecy"} <= consulted.waiting()
    event = consulted.events("mail:received")[-1]
    assert event["payload"]["party"].startswith("municipality_")
    assert event["payload"]["records"] == [whole["record_no"], file["record_no"]]
    assert consulted.mails("mail_received")[-1]["address"] == "officer@region.example"


def test_a_partys_automatic_receipt_is_an_acknowledgement_and_no_answer(consulted: Story) -> None:
    mail, to = of_case(consulted, "registrator")
    party = next(a for a in consulted.round()["answers"].values() if a["party_id"] == mail["recipient_id"])
    raw = letter("Tack, vi har tagit emot ert mejl.", sender=mail["address"], to=to, about=mail,
                 headers="Auto-Submitted: auto-replied\r\n")  # fmt: skip
    assert take(consulted, raw, to)["disposition"] == "acknowledged"
    now = next(a for a in consulted.round()["answers"].values() if a["party_id"] == party["party_id"])
    assert (party["state"], now["state"]) == ("sent", "acknowledged")
    assert "read_mail" not in consulted.waiting()


def test_an_answer_without_the_address_is_filed_when_it_comes_from_where_our_mail_went(consulted: Story) -> None:
    mail, _ = of_case(consulted, "registrator")
    row = take(consulted, letter("Hej", sender=mail["address"], about=mail), f"arende@{DOMAIN}")
    assert (row["disposition"], row["case_id"]) == ("incoming", consulted.case["id"])


def test_a_diary_number_in_the_subject_only_suggests(consulted: Story) -> None:
    row = take(consulted, letter("Hej", sender="a@b.example", subject=f"Om {consulted.no}"), f"arende@{DOMAIN}")
    assert (row["state"], row["case_id"]) == ("tray", consulted.case["id"])
    assert consulted.events("mail:received") == []


def test_a_party_answers_with_the_diary_number_alone_as_the_request_tells_it_to(consulted: Story) -> None:
    """Its own register writes a new mail: no address of ours with a tag, and no thread."""
    mail, _ = of_case(consulted, "registrator")
    told = {"sender": mail["address"], "subject": f"Yttrande {consulted.no}"}
    row = take(consulted, letter("Vi ställer oss bakom.", **told), f"arende@{DOMAIN}")
    assert (row["disposition"], row["case_id"]) == ("incoming", consulted.case["id"])
    forged = take(consulted, letter("Vi ställer oss inte bakom.", n=2, passed="fail", **told), f"arende@{DOMAIN}")
    assert (forged["state"], forged["case_id"]) == ("tray", consulted.case["id"])


def bounce(story: Story, action: str = "failed") -> tuple[bytes, str]:
    mail = story.mails("referral")[-1]
    tag = mime.bounce_tag(story.app.keys, mail["key_id"], mail["id"], mail["message_id"])
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "\r\n--b--\r\n"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return letter(body, sender="mailer-daemon@mx.example", body_type=kind), f"studs+{mail['id']}.{tag}@{DOMAIN}"


def test_a_bounce_finds_its_mail_and_makes_a_task(consulted: Story) -> None:
    consulted.deliver()
    raw, to = bounce(consulted)
    assert take(consulted, raw, to, mail_from="")["disposition"] == "bounce"
    assert "delivery_failure" in consulted.waiting()
    assert "5.1.1" in consulted.events("delivery:failed")[-1]["payload"]["reply"]
    failed = consulted.mails("referral")[-1]
    assert (failed["state"], failed["reported_at"] is not None) == ("failed", True)


@pytest.mark.parametrize("how", ["delayed", "guessed", "sender"])
def test_what_is_no_proven_failure_reports_none(consulted: Story, how: str) -> None:
    raw, to = bounce(consulted, "delayed" if how == "delayed" else "failed")
    to = to.replace(to[to.index(".") + 1 : to.index("@")], "a" * 32) if how == "guessed" else to
    take(consulted, raw, to, mail_from="a@b.example" if how == "sender" else "")
    assert consulted.events("delivery:failed") == []


# ---------------------------------------------------------------- what no machine can sort


def test_what_nobody_knows_waits_in_the_tray_and_a_registrar_files_it(consulted: Story) -> None:
    row = take(consulted, letter("Hej", sender="a@b.example", n=9), f"arende@{DOMAIN}")
    assert row["state"] == "tray"
    order: Row = {"inbound": row["id"], "action": "file", "register_no": consulted.no}
    with untouched(consulted), told(Forbidden, "är inte registrator"):
        consulted.do(commands.TriageMail(actor="officer", **order))
    with untouched(consulted), told(Invalid, "Ange vilket ärende"):
        consulted.do(commands.TriageMail(actor="registrar", inbound=row["id"], action="file"))
    parts = intake.parts(consulted.app, row["id"])
    consulted.do(commands.TriageMail(actor="registrar", records=parts, **order))
    assert mail_row(consulted, row["id"])["state"] == "done"
    assert [e["kind"] for e in consulted.events()][-2:] == ["mail:received", "document:added"]
    with untouched(consulted), told(Refused, "redan omhändertaget"):
        consulted.do(commands.TriageMail(actor="registrar", **order))


def test_a_mail_can_become_a_case_of_its_own(consulted: Story) -> None:
    row = take(consulted, letter("Hej", sender="a@b.example", subject="Ny fråga"), f"arende@{DOMAIN}")
    outcome = consulted.do(
        commands.TriageMail(
            actor="registrar", inbound=row["id"], action="new", type="declaration_of_intent",
            records=intake.parts(consulted.app, row["id"]),
        )
    )  # fmt: skip
    assert outcome.register_no != consulted.no
    assert outcome.events[:2] == ("case:registered", "mail:received")
    with db.reading(consulted.app.engine) as conn:
        case = conn.execute(select(models.cases).where(models.cases.c.register_no == outcome.register_no)).one()
    assert (case.title, mail_row(consulted, row["id"])["case_id"]) == ("Ny fråga", case.id)


@pytest.mark.parametrize(("action", "state"), [("forward", "forwarded"), ("keep", "kept"), ("junk", "junk")])
def test_what_is_not_filed_is_kept_and_can_be_taken_up_again(consulted: Story, action: Any, state: str) -> None:
    row = take(consulted, letter("Hej", sender="a@b.example"), f"arende@{DOMAIN}")
    consulted.do(commands.TriageMail(actor="registrar", inbound=row["id"], action=action, to="Trafikverket"))
    assert mail_row(consulted, row["id"])["state"] == state
    consulted.do(
        commands.TriageMail(
            actor="registrar", inbound=row["id"], action="file", register_no=consulted.no,
            records=intake.parts(consulted.app, row["id"]),
        )
    )  # fmt: skip
    assert mail_row(consulted, row["id"])["state"] == "done"


def test_an_oversized_mail_goes_whole_to_the_tray(consulted: Story) -> None:
    _, to = of_case(consulted, "registrator")
    row = take(consulted, letter("x" * 11_000_000, to=to), to)
    assert (row["state"], row["reason"], row["case_id"]) == ("tray", "too_large", consulted.case["id"])
    assert len(consulted.app.storage.read(row["raw_sha256"])) == row["size"] > 11_000_000


@pytest.mark.parametrize(
    "raw", [b"\x00\xff\xfe", b"From: a@b.example", b"--b\r\n" * 50_000, b"\r\n\r\n" + b"\x00" * 99]
)
def test_a_broken_message_goes_to_the_tray(consulted: Story, raw: bytes) -> None:
    assert take(consulted, raw, f"arende@{DOMAIN}")["state"] == "tray"


def test_a_mail_that_the_sorting_fails_on_goes_to_the_tray(consulted: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "understand", lambda raw: 1 / 0)
    row = take(consulted, letter("Hej"), f"arende@{DOMAIN}")
    assert (row["state"], row["reason"]) == ("tray", "fault")


# ---------------------------------------------------------------- secrecy


def test_a_record_is_closed_until_a_registrar_has_checked_it(consulted: Story) -> None:
    mail, to = of_case(consulted, "registrator")
    row = take(consulted, letter("Hej", sender=mail["address"], to=to, about=mail), to)
    (record,) = consulted.rows(models.documents, inbound_id=row["id"])
    check: Row = {"register_no": consulted.no, "record_no": record["record_no"]}
    with untouched(consulted), told(Forbidden, "är inte registrator"):
        consulted.do(commands.CheckRecord(actor="officer", access="public", **check))
    with untouched(consulted), told(Refused, "Ange bestämmelsen"):
        consulted.do(commands.CheckRecord(actor="registrar", access="secret", **check))
    consulted.do(commands.CheckRecord(actor="registrar", access="public", **check))
    assert consulted.rows(models.documents, inbound_id=row["id"])[0]["access"] == "public"
    assert "check_secrecy" not in consulted.waiting()
    consulted.do(commands.CheckRecord(actor="registrar", access="secret", ground="OSL 25:1", **check))
    assert consulted.last()["payload"]["before"] == "public"


def test_what_a_removed_mail_said_is_gone_from_every_row(consulted: Story) -> None:
    mail, to = of_case(consulted, "registrator")
    row = take(consulted, letter("Hej", sender=mail["address"], to=to, about=mail, subject="Känsligt"), to)
    with db.writing(consulted.app.engine) as c:
        c.execute(update(models.outbox).values(state="sent"))
    seq = consulted.events("mail:received")[-1]["seq"]
    for n in (seq, seq + 1):
        consulted.on_case(commands.RemovePayload, "registrar", seq=n, decision="RS 2020-08-03 § 4")
    gone = mail_row(consulted, row["id"])
    assert (gone["subject"], gone["from_address"], gone["from_shown"], gone["message_id"]) == ("", "", "", "")
    assert not consulted.app.storage.has(row["raw_sha256"])


def test_the_case_tells_the_trail_of_an_answer_by_mail(asked: Story) -> None:
    """Of whom, by which mail, how it came, what showed the sender, on which text."""
    answered(asked, "GODKÄNN")
    with db.reading(asked.app.engine) as conn:
        case_id = asked.case["id"]
        (trail,) = queries.trails(conn, case_id, queries.approvals(conn, case_id), queries.mails(conn, case_id))
    known = {label.sv: value.sv for label, value in trail.particulars()}
    assert known["Svar"].startswith("RSAU:s ordförande gav klartecken")
    assert known["Så kom svaret"] == "mejl; mejlsvar (krav: mejlsvar)"
    assert "dmarc=pass" in known["Avsändaren styrkt"]
    assert known["Textens kontrollsumma"] == trail.request["text_sha256"]
    assert [m["template"] for m in trail.mails] == ["approval_request", "reply_receipt"]
    page = TestClient(create_app(asked.app), base_url="http://127.0.0.1").get(f"/cases/{asked.no}").text
    for value in known.values():
        assert value in page


def test_the_trail_says_for_whom_a_substitute_answered(story: Story) -> None:
    story.at("awaiting_rsau").substitute("rsau_chair", "rsau_vice_chair", office="chair")
    story.decide("rsau_vice_chair", KEY)
    with db.reading(story.app.engine) as conn:
        case_id = story.case["id"]
        (trail,) = queries.trails(conn, case_id, queries.approvals(conn, case_id), queries.mails(conn, case_id))
    known = {label.sv: value.sv for label, value in trail.particulars()}
    assert "i stället för RSAU:s ordförande gav klartecken" in known["Svar"]
