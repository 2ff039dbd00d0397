"""Mail that no person wrote as an answer is told apart before any of its words is read."""

from __future__ import annotations

import pytest
from inbound import HEADERS, mail, multipart, part

from arende.mailread import mailkind
from arende.mailread.inmail import read
from arende.mailread.mailkind import Failure, Kind, Why
from arende.mailread.understanding import understand

REPORT = 'multipart/report; report-type=delivery-status; boundary="=_b1"'


def told(raw: bytes) -> tuple[Kind, Why]:
    sort = mailkind.sort(read(raw))
    return sort.kind, sort.why


def test_exchange_suppresses_auto_replies_on_ordinary_mail() -> None:
    raw = mail("GODKÄNN", "X-Auto-Response-Suppress: All", "Auto-Submitted: no", "Return-Path: <chair@region.example>")
    assert (understand(raw).kind, understand(raw).decision) == ("reply", "approve")


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: On holiday",
        "X-AutoReply-From: chair@region.example",
        "Return-Path: <>",
    ],
)
def test_a_header_of_automatic_mail_is_enough(header: str) -> None:
    read = understand(mail("GODKÄNN", header))
    assert (read.kind, read.decision, read.held_reason) == ("auto_reply", None, "auto_reply")


@pytest.mark.parametrize(
    "subject",
    [
        "Automatiskt svar: [RS200982] Klartecken",
        "Autosvar: semester",
        "Frånvaro: SV: Klartecken",
        "Frånvaromeddelande",
        "Out of Office: Re: decision",
        "Out of the office",
        "Automatic reply: decision",
        "Auto-Reply: decision",
        "OOO: back in August",
        "Automatisk svar: møte",
        "Fravær: møte",
        "Ikke til stede: møte",
        "Automaattinen vastaus: kokous",
        "Resposta automática: reunião",
        "Automaatvastus: koosolek",
        "Automatická odpověď: schůze",
        "Автоматична відповідь: нарада",
        "Poissa: kokous",
        "Lomalla",
        "Automatische Antwort: Sitzung",
        "Abwesenheitsnotiz: Sitzung",
        "Réponse automatique : séance",
        "Absence du bureau: séance",
        "Respuesta automática: reunión",
        "Risposta automatica: riunione",
        "Automatisch antwoord: vergadering",
        "Odpowiedź automatyczna: spotkanie",
        "[EXTERN] Automatiskt svar: Klartecken",
    ],
)
def test_the_subject_of_a_vacation_note_is_enough(subject: str) -> None:
    assert told(mail("GODKÄNN", subject=subject)) == (Kind.AUTO_REPLY, Why.AUTO_SUBJECT)


@pytest.mark.parametrize(
    "subject",
    [
        "SV: Frånvaro vid sammanträdet",
        "Frånvaro vid sammanträdet",
        "Semesterlista",
        "Absence policy",
        "Autokonto",
        "Awayday",
    ],
)
def test_an_ordinary_subject_is_no_vacation_note(subject: str) -> None:
    assert told(mail("GODKÄNN", subject=subject)) == (Kind.REPLY, Why.ORDINARY)


# ---------------------------------------------------------------- delivery reports

POSTFIX = mail(
    multipart(
        part("This is the mail system at host mx.region.example.\n"),
        part(
            "Reporting-MTA: dns; mx.region.example\nArrival-Date: Mon, 14 Sep 2026 08:15:00 +0200\n\n"
            "Final-Recipient: rfc822; nobody@kommun.example\nOriginal-Recipient: rfc822;nobody@kommun.example\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <nobody@kommun.example>:\n    unknown user\n\n"
            "Final-Recipient: rfc822; full@kommun.example\nAction: delayed\nStatus: 4.2.2\n",
            "message/delivery-status",
        ),
        part("Subject: GODKÄNN\n\nGODKÄNN", "message/rfc822"),
    ),
    "Return-Path: <>",
    "Auto-Submitted: auto-replied",
    subject="Undelivered Mail Returned to Sender",
    kind=REPORT,
)


def test_a_delivery_report_tells_who_was_not_reached() -> None:
    sort = mailkind.sort(read(POSTFIX))
    assert (sort.kind, sort.why) == (Kind.BOUNCE, Why.DELIVERY_REPORT)
    assert sort.failures == (
        Failure("nobody@kommun.example", "failed", "5.1.1", "smtp; 550 5.1.1 <nobody@kommun.example>: unknown user"),
        Failure("full@kommun.example", "delayed", "4.2.2", ""),
    )


def test_the_words_of_a_returned_mail_decide_nothing() -> None:
    read = understand(POSTFIX)
    assert (read.decision, read.held_reason) == (None, "bounce")


EXCHANGE = (
    'From: "Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@kommun.example>',
    *(h for h in HEADERS if not h.startswith("From")),
)


@pytest.mark.parametrize(
    ("raw", "recipients"),
    [
        (mail("GODKÄNN", subject="Olevererbart: [RS200982] Klartecken", headers=EXCHANGE), ()),
        (mail("GODKÄNN", subject="Undeliverable: Klartecken", headers=EXCHANGE), ()),
        (mail("GODKÄNN", "Return-Path: <>", subject="Returned mail: see transcript for details"), ()),
        (mail("x", "X-Failed-Recipients: a@b.example, c@d.example", subject="Delivery Status Notification (Failure)"), ("a@b.example", "c@d.example")),
    ],
)  # fmt: skip
def test_a_report_in_words_only_is_a_bounce(raw: bytes, recipients: tuple[str, ...]) -> None:
    sort = mailkind.sort(read(raw))
    assert sort.kind is Kind.BOUNCE
    assert tuple(f.recipient for f in sort.failures) == recipients


def test_a_person_may_write_about_undelivered_mail() -> None:
    assert told(mail("Hej!", subject="Undeliverable: klartecken"))[0] is Kind.REPLY


def test_a_read_receipt_is_automatic_mail() -> None:
    note = part(
        "Original-Recipient: rfc822;a@b.example\nDisposition: manual-action/MDN-sent-manually; displayed",
        "message/disposition-notification",
    )
    raw = mail(
        multipart(part("Ditt meddelande\n\nTill: ..\nÄmne: GODKÄNN\n\nlästes den 14 september 2026."), note),
        subject="Läst: [RS200982] Klartecken",
        kind='multipart/report; report-type=disposition-notification; boundary="=_b1"',
    )  # fmt: skip
    assert told(raw) == (Kind.AUTO_REPLY, Why.READ_RECEIPT)


# ---------------------------------------------------------------- calendar, lists, receipts

ICS = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    "raw",
    [
        mail(multipart(part("Accepterat"), part(ICS, "text/calendar; method=REPLY")), subject="Accepterat: Möte", kind="multipart/alternative; boundary==_b1"),
        mail(ICS, kind="text/calendar; charset=utf-8"),
        mail("GODKÄNN", "Content-Class: urn:content-classes:calendarmessage", subject="Accepted: Meeting"),
    ],
)  # fmt: skip
def test_an_answer_to_an_invitation_is_a_calendar_mail(raw: bytes) -> None:
    assert told(raw)[0] is Kind.CALENDAR


def test_a_calendar_file_that_somebody_attached_is_a_file() -> None:
    file = part(ICS, "text/calendar; name=m.ics", "Content-Disposition: attachment; filename=m.ics")
    read = understand(mail(multipart(part("GODKÄNN"), file), kind="multipart/mixed; boundary==_b1"))
    assert (read.kind, read.decision, [a.name for a in read.mail.attachments]) == ("reply", "approve", ["m.ics"])


@pytest.mark.parametrize("header", ["List-Id: <nytt.lista.example>", "Precedence: bulk", "Precedence: list"])
def test_mail_of_a_list_is_no_answer(header: str) -> None:
    read = understand(mail("GODKÄNN", header))
    assert (read.kind, read.held_reason) == ("other", "list_mail")


MINISTRY = (
    "Tack för ditt mejl!\n\nDitt meddelande har kommit in till Landsbygds- och infrastrukturdepartementets registrator "
    "och kommer att diarieföras."
)


@pytest.mark.parametrize(
    "raw",
    [
        mail(MINISTRY, subject="Autosvar från Regeringskansliet"),
        mail(MINISTRY, "Auto-Submitted: auto-replied", subject="SV: [RS200982] Avsiktsförklaring"),
        mail("Vi har tagit emot ert yttrande.", subject="Bekräftelse på mottagen handling"),
        mail("We have received your letter.", "Auto-Submitted: auto-generated", subject="Re: letter"),
    ],
)
def test_an_authority_s_automatic_receipt_is_told_apart(raw: bytes) -> None:
    read = understand(raw)
    assert (read.kind, read.sort.why, read.decision) == ("auto_reply", Why.RECEIPT, None)


def test_a_vacation_note_that_thanks_is_no_receipt() -> None:
    read = understand(mail("Tack för ditt mejl. Jag är på semester.", subject="Automatiskt svar: Klartecken"))
    assert read.kind == "auto_reply"
    assert read.sort.why is not Why.RECEIPT


def test_an_answer_that_thanks_is_an_answer() -> None:
    assert understand(mail("Tack för ert brev. Vi har tagit emot det och tillstyrker.")).kind == "reply"
