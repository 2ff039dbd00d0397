"""A party answers by the link in its mail, or by mail: on record at once, in force when a registrar has verified it."""

import re
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from links import fields
from remiss import on, remiss
from starlette.testclient import TestClient
from story import TOWNS, Story, letter_of, party, told, untouched

from arende import answercommands as a
from arende import mime, models
from arende.errors import Forbidden, Refused
from arende.intake.sorting import handle
from arende.intake.storing import store
from arende.web import create_app

DIGITS = "0001"


def link_of(story: Story, town: str, template: str = "referral") -> str:
    mail = story.mails(template, to=town)[-1]
    return f"/svar/{mime.answer_tag(story.app.keys, mail['key_id'], mail['message_id'])}"


class Clerk:
    """A browser at a municipality's registry, without scripts."""

    def __init__(self, story: Story, town: str = "hylte", lang: str = "sv") -> None:
        self.http = TestClient(
            create_app(story.app), base_url="http://127.0.0.1", headers={"accept-language": lang},
            follow_redirects=False,
        )  # fmt: skip
        self.path = link_of(story, town)

    def open(self) -> Response:
        return self.http.get(self.path)

    def send(self, files: tuple[tuple[str, bytes], ...] = (), **given: Any) -> Response:
        filled = fields(self.open().text) | {"control": DIGITS, "sender": "Eva Ek, registrator"} | given
        sent = [("files", (name, data, "application/pdf")) for name, data in files] or [("files", ("", b""))]
        return self.http.post(self.path, data=filled, files=sent)

    def answer(self, stance: str = "supports", **given: Any) -> Response:
        whole = {"body": "Kommunstyrelsen", "decided_on": "2020-08-03", "section": "§ 12", "party_ref": "KS 2020:7"}
        return self.send(stance=stance, **(whole | given))


@pytest.fixture
def out(story: Story, tmp_path: Path) -> Story:
    played = remiss(story, tmp_path)
    played.add("officer", "proposal", "Ett förslag.", "forslag.txt", media_type="text/plain")
    played.step("officer", "send")
    return played


def test_the_link_is_in_the_mail_as_a_place_and_its_secret_in_no_row(out: Story) -> None:
    mail = out.mails("referral", to="hylte")[0]
    assert mime.PARTY_LINK in mail["text"]
    assert mail["kind"] == "referral"
    secret = link_of(out, "hylte").removeprefix("/svar/")
    assert secret not in str(out.rows(models.tokens)) + str(out.rows(models.outbox))
    assert {t["kind"] for t in out.rows(models.tokens)} == {"answer"}


def test_reading_changes_nothing_and_chooses_nothing(out: Story) -> None:
    clerk = Clerk(out)
    with untouched(out):
        page = clerk.open()
        assert clerk.http.head(clerk.path).status_code == 200
    assert page.status_code == 200
    assert "Hylte kommun" in page.text
    assert "måndagen den 14 september 2020</time>, " in page.text, "as the mail says it"
    assert "checked" not in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "private, no-store"
    (href,) = re.findall(r'href="(/svar/[^"]+/documents/\d+)"', page.text)
    assert clerk.http.get(href).content == "Ett förslag.".encode()
    assert clerk.http.get(f"{clerk.path}/documents/99").status_code == 410


def test_an_answer_by_the_link_counts_when_the_registrar_has_verified_it(out: Story) -> None:
    for town in TOWNS:
        if town != "hylte":
            out.answer(town)
    sent = Clerk(out).answer(comment="Bra.", files=(("protokoll.pdf", b"%PDF-1.7 x"),))
    assert sent.status_code == 303
    assert (out.state, out.stances()["hylte"]) == ("out", "received")
    names = [(d["name"], d["direction"], d["access"]) for d in out.rows(models.documents)[-2:]]
    assert names[0][0].startswith("Svar RE")
    assert names[1] == ("protokoll.pdf", "incoming", "unchecked")
    (task,) = out.tasks(act="check_answer")
    assert "Eva Ek, registrator" in task["title"]["sv"]
    on(out, a.RegisterAnswer, "hylte", "registrar", how="Protokollsutdrag, handling 3")
    assert out.state == "answered"
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["stance"], row["body"], row["section"]) == (
        "accepted", "supports", "Kommunstyrelsen", "§ 12",
    )  # fmt: skip
    assert out.events("answer:received")[-1]["payload"]["verified"] == "Protokollsutdrag, handling 3"
    assert not out.tasks(act="check_answer", state="open")


def test_a_copy_goes_to_the_official_address_with_the_whole_answer(out: Story) -> None:
    Clerk(out).answer("opposes", comment="Kommunen säger nej.")
    (mail,) = out.mails("referral_receipt", to="hylte")
    assert mail["address"] == "registrator@hylte.example"
    assert "räknas när vår registrator har kontrollerat" in " ".join(mail["text"].split())
    (attached,) = mail["attachments"]
    assert attached["media_type"] == "application/pdf"
    (row,) = (d for d in out.rows(models.documents) if d["sha256"] == attached["sha256"])
    copy = letter_of(out, row).plain()
    for word in ("avstyrker", "Kommunstyrelsen", "2020-08-03", "§ 12", "KS 2020:7", "Eva Ek", "Kommunen säger nej."):
        assert word in copy


def test_a_forged_answer_is_set_aside_and_the_party_is_awaited_again(out: Story) -> None:
    Clerk(out).answer("opposes")
    on(out, a.SetAsideAnswer, "hylte", "registrar", reason="Kommunen har inte skickat det.")
    assert out.stances()["hylte"] == "sent"
    assert "Kommunen har inte skickat det." in out.mails("answer_notice", to="hylte")[0]["text"]
    assert not out.tasks(act="check_answer", state="open")
    out.on_the("2020-09-15")
    assert party("hylte") in out.events("consultation:ended")[0]["payload"]["silent"]


def test_what_is_in_hand_never_takes_an_answer_out_of_force(out: Story) -> None:
    out.answer("hylte", "supports")
    Clerk(out).answer("opposes")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["stance"], row["pending"]["stance"]) == ("accepted", "supports", "opposes")
    on(out, a.RegisterAnswer, "hylte", "registrar", how="Samtal med kommunens registrator")
    row = out.round()["answers"]["hylte"]
    assert (row["state"], row["stance"], row["pending"]) == ("revised", "opposes", None)


def test_an_answer_without_its_body_is_considered_and_may_be_supplemented(out: Story) -> None:
    Clerk(out).answer(body="", decided_on="")
    on(out, a.RegisterAnswer, "hylte", "registrar", how="E-underskrivet")
    assert out.stances()["hylte"] == "registered"
    assert out.tasks(act="consider_answer", state="open")
    on(out, a.AskSupplement, "hylte", "officer", what="Skriv vilket organ som beslutade.", until=None)
    assert out.stances()["hylte"] == "being_supplemented"
    assert "senast måndagen den 17 augusti" in out.mails("answer_notice", to="hylte")[0]["text"]
    assert "Skriv vilket organ som beslutade." in Clerk(out).open().text
    with untouched(out), told(Refused):
        on(out, a.AskSupplement, "hylte", "officer", what="En gång till.")
    out.on_the("2020-08-18")
    assert out.tasks(act="supplement_late", state="open")
    on(out, a.AcceptAnswer, "hylte", "officer")
    assert out.stances()["hylte"] == "accepted"
    assert not out.tasks(act="consider_answer", state="open")


def test_a_supplement_by_the_link_is_verified_anew(out: Story) -> None:
    Clerk(out).answer(body="")
    on(out, a.RegisterAnswer, "hylte", "registrar", how="E-underskrivet")
    on(out, a.AskSupplement, "hylte", "officer", what="Organ?")
    Clerk(out).answer()
    assert out.stances()["hylte"] == "received"
    out.on_the("2020-08-18")
    assert not out.tasks(act="supplement_late")
    on(out, a.RegisterAnswer, "hylte", "registrar", how="E-underskrivet")
    assert out.stances()["hylte"] == "accepted"


def test_whoever_has_answered_is_not_reminded_nor_named_as_silent(out: Story) -> None:
    Clerk(out).answer()
    out.on_the("2020-09-15")
    assert not out.mails("referral_reminder", to="hylte")
    assert party("hylte") not in out.events("consultation:ended")[0]["payload"]["silent"]
    on(out, a.RegisterAnswer, "hylte", "registrar", how="Protokollsutdrag")
    row = out.round()["answers"]["hylte"]
    assert (row["stance"], row["late"]) == ("supports", False)
    assert out.tasks(act="late_answer", state="open")


def test_the_same_form_twice_is_one_answer(out: Story) -> None:
    clerk = Clerk(out)
    clerk.answer(comment="Samma.")
    with untouched(out):
        assert clerk.answer(comment="Samma.").status_code == 303
    clerk.answer(comment="En annan.")
    assert len(out.events("answer:handed_in")) == 2
    assert len(out.tasks(act="check_answer", state="open")) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stance": ""}, "Välj ert ställningstagande"),
        ({"sender": " "}, "Skriv vem du är"),
        ({"control": "9999"}, "kontrollsiffrorna"),
        ({"decided_on": "i går"}, "Skriv dagen som"),
        ({"section": "9" * 40}, "högst 32 får plats"),
    ],
)
def test_what_is_left_out_or_wrong_is_told_and_what_was_written_stays(
    out: Story, given: dict[str, str], words: str
) -> None:
    clerk = Clerk(out)
    with untouched(out):
        page = clerk.answer(**({"stance": "supports", "comment": "Kvar."} | given))
    assert page.status_code == 422
    assert words in page.text
    assert "Kvar." in page.text


def test_a_form_of_another_site_is_refused(out: Story) -> None:
    clerk = Clerk(out)
    with untouched(out):
        assert clerk.answer(csrf="x" * 40).status_code == 403


def test_more_time_is_asked_for_by_the_link(out: Story) -> None:
    clerk = Clerk(out)
    assert clerk.send(act="extension", until="2020-09-25", reason="KS möts den 22.").status_code == 303
    assert out.stances()["hylte"] == "extension_requested"
    assert out.tasks(act="answer_extension", state="open")
    assert "Behöver ni längre tid" not in clerk.open().text


def test_links_that_have_ended_say_so_and_unknown_ones_tell_nothing(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path)
    out.step("officer", "send")
    old = Clerk(out)
    gone = Clerk(out, "laholm")
    on(out, a.RemoveParty, "laholm", "officer", reason="Berörs inte.")
    assert gone.open().status_code == 410
    assert "behöver inte längre svara" in gone.open().text
    out.step("officer", "revise", "Nytt.")
    out.step("officer", "send")
    assert "ni har fått en ny fråga" in old.open().text
    assert Clerk(out).open().status_code == 200
    unknown = old.http.get("/svar/abc")
    assert unknown.status_code == 410
    assert "Regional indelning" not in unknown.text


def test_a_link_answers_for_its_own_party_alone(out: Story) -> None:
    token = next(t for t in out.rows(models.tokens))
    with untouched(out), told(Forbidden):
        on(out, a.HandInAnswer, "laholm", party("hylte"), stance="supports", sender="x", token_sha256=token["sha256"])
    with untouched(out), told(Refused, "gäller inte det här svaret"):
        on(out, a.HandInAnswer, "laholm", party("laholm"), stance="supports", sender="x", token_sha256=token["sha256"])


def test_a_reminder_has_a_link_of_its_own_and_the_first_still_answers(out: Story) -> None:
    first = Clerk(out)
    out.on_the("2020-08-31")
    second = Clerk(out)
    second.path = link_of(out, "hylte", "referral_reminder")
    assert second.path != first.path
    assert first.open().status_code == second.open().status_code == 200


def test_a_case_under_secrecy_sends_no_link(story: Story, tmp_path: Path) -> None:
    out = remiss(story, tmp_path)
    out.register(type_="remiss", title="Hemligt", secrecy=True)
    out.step("officer", "send")
    assert not out.rows(models.tokens)
    assert mime.PARTY_LINK not in out.mails(to="hylte")[-1]["text"]


# ---------------------------------------------------------------- by mail


def mailed(story: Story, town: str, text: str = "Vi tillstyrker.") -> int:
    """A mail of the party's registry to the address of the case."""
    mail = story.mails("referral", to=town)[0]
    tag = mime.case_tag(story.app.keys, mail["key_id"], story.no)
    to = f"svar+{story.no.lower()}.{tag}@{story.app.settings.mail_domain}"
    raw = (
        f"From: registrator@{town}.example\r\nTo: {to}\r\nSubject: [{story.no}] Svar\r\n"
        f"Message-ID: <{town}@{town}.example>\r\nIn-Reply-To: {mail['message_id']}\r\nReferences: {mail['message_id']}"
        f"\r\nDate: Mon, 10 Aug 2020 09:00:00 +0200\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
    number = store(story.app, raw, to, f"registrator@{town}.example", door="cli")
    handle(story.app, number)
    return number


def test_a_mailed_answer_is_in_hand_and_becomes_the_answer_with_its_records_and_day(out: Story) -> None:
    number = mailed(out, "hylte")
    assert out.stances()["hylte"] == "received"
    assert out.tasks(act="enter_answer", state="open")
    with untouched(out), told(Refused, "--mail"):
        on(out, a.RegisterAnswer, "hylte", "registrar", how="–")
    out.on_the("2020-08-31")
    assert not out.mails("referral_reminder", to="hylte")
    out.answer("hylte", "supports", mail=number, body="KS")
    row = out.round()["answers"]["hylte"]
    assert row["state"] == "accepted"
    assert row["documents"] == [d["record_no"] for d in out.rows(models.documents) if d["inbound_id"] == number]
    assert row["received_at"].date().isoformat() == "2020-08-03"
    assert not [t for t in out.tasks(state="open") if t["act"] in ("enter_answer", "read_mail")]
    assert out.tasks(act="check_secrecy", state="open")


def test_a_mail_in_hand_is_still_weighed_when_the_notes_of_a_forum_come_first(out: Story) -> None:
    mailed(out, "hylte", "Vi avstyrker.")
    said = tuple(a.Position(party=party(t), stance="supports") for t in TOWNS)
    out.do(a.RecordPositions(actor="officer", register_no=out.no, positions=said, source="KRF 2 sept"))
    (task,) = out.tasks(act="weigh_answer", state="open")
    assert (task["role"], "Hylte" in task["title"]["sv"]) == ("registrar", True)
    assert not out.tasks(act="enter_answer", state="open")


def test_a_mail_that_was_a_question_is_set_aside_without_a_mail(out: Story) -> None:
    mailed(out, "hylte", "När är mötet?")
    on(out, a.SetAsideAnswer, "hylte", "registrar", reason="En fråga om mötet.")
    assert out.stances()["hylte"] == "sent"
    assert not out.mails("answer_notice")


def test_a_mail_that_came_in_time_is_no_late_answer_however_late_it_is_entered(out: Story) -> None:
    number = mailed(out, "hylte")
    out.on_the("2020-09-15")
    out.answer("hylte", "opposes", mail=number)
    row = out.round()["answers"]["hylte"]
    assert (row["late"], row["stance"]) == (False, "opposes")


def test_five_wrong_guesses_end_a_partys_link_and_say_what_to_do(out: Story) -> None:
    clerk = Clerk(out)
    with untouched(out):
        codes = [clerk.answer(control=f"{n:04}").status_code for n in range(100, 105)]
    assert codes == [422] * 4 + [410]
    page = Clerk(out).open()  # another place, another process
    assert page.status_code == 410
    assert "fem gånger" in page.text
    assert clerk.answer().status_code == 410
    assert not out.events("answer:handed_in")


def test_a_partys_form_that_is_crooked_is_told_and_not_a_fault(out: Story) -> None:
    clerk = Clerk(out)
    with untouched(out):
        answer = clerk.http.post(clerk.path, files=[(f"f{n}", (None, b"x")) for n in range(200)])
    assert answer.status_code == 413
