"""A request is answered by the link of its mail: by the person, on the text, once – and by nothing else."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from links import DIGITS, Phone, at_once, fields, link_of, regret_of, token_of
from sqlalchemy import select
from story import Story, told, untouched

from arende import commands, db, mime, models, queries
from arende.cli.approvals import told_of
from arende.commands import Evidence
from arende.errors import Forbidden, NotFound, Refused
from arende.usecases import tokens
from arende.usecases.proofs import proof

KEY = "agenda_clearance"
INVENTED = "Påhittat för demonstrationen, inte belagt i källan."


@pytest.fixture
def asked(story: Story) -> Story:
    """The chair of the RSAU has a request for clearance in the mail."""
    return story.at("awaiting_rsau")


@pytest.fixture
def to_sign(story: Story) -> Story:
    """The chair of the board and the director have a request for signature in the mail."""
    return story.at("decided")


# ---------------------------------------------------------------- reading changes nothing


def test_reading_changes_nothing_however_often(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with untouched(asked):
        pages = [phone.open(path) for _ in range(3)]
        head = phone.http.head(path)
    assert [p.status_code for p in pages] == [200, 200, 200]
    assert (head.status_code, head.text) == (200, "")
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert token_of(asked, path)["used_at"] is None


def test_nothing_is_chosen_beforehand_and_the_page_does_not_hold_the_digits(asked: Story) -> None:
    page = Phone(asked).open(link_of(asked, "rsau_chair")).text
    assert " checked" not in page
    assert asked.no not in page
    assert "<script" not in page
    assert "Ta upp på sammanträdet" in page
    assert "Om ingen svarar" in page


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"decision": "approve"},
        {"decision": "approve", "control": "9999"},
        {"decision": "approve", "control": "approve", "comment": "approve"},
        {"decision": "on", "control": DIGITS},
        {"decision": "", "control": DIGITS},
        {"control": DIGITS},
    ],
    ids=["presses the button", "first radio", "wrong digits", "fills every field", "no answer", "empty", "no choice"],
)
def test_a_machine_that_presses_buttons_decides_nothing(asked: Story, given: dict[str, str]) -> None:
    path = link_of(asked, "rsau_chair")
    with untouched(asked):
        answer = Phone(asked).send(path, **given)
    assert answer.status_code == 422
    assert "Svaret är inte registrerat" in answer.text
    assert 'role="alert"' in answer.text
    assert token_of(asked, path)["used_at"] is None


def test_a_form_without_this_browsers_cookie_decides_nothing(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    form = phone.form(path) | {"decision": "approve", "control": DIGITS}
    with untouched(asked):
        for other in (
            Phone(asked).http.post(path, data=form),
            phone.http.post(path, data=form | {"csrf": "x" * 32}),
            phone.http.post(path, data=form, headers={"sec-fetch-site": "cross-site"}),
            phone.http.post(path, json=form),
            phone.http.post(path, data=form | {"comment": "å" * 60_000}),
        ):
            assert other.status_code == 403
    assert phone.http.post(path, data=form).status_code == 303


# ---------------------------------------------------------------- an answer


def test_a_chair_answers_and_gets_a_receipt(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    answer = phone.answer(path, "approve", "Ser bra ut.")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    receipt = phone.open(path)
    assert receipt.status_code == 200
    for words in ("Ditt svar är registrerat", "Gav klartecken", asked.no, "Ser bra ut.", "3 augusti 2020 09.00"):
        assert words in receipt.text
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}
    shown = asked.events("approval:decided")[0]["payload"]["evidence"]
    assert shown["level"] == "link"
    assert shown["digits"] is True
    assert shown["channel"] == "web"
    assert shown["token_sha256"] == token_of(asked, path)["sha256"]
    assert shown["message_id"] == token_of(asked, path)["message_id"]
    (mail,) = asked.mails("reply_receipt", to="rsau_chair")
    assert mail["kind"] == "receipt"
    assert "genom länken i mejlet" in mail["text"]
    assert "Var det inte du som svarade?" in mail["text"]


def test_the_same_answer_twice_is_one(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    form = phone.form(path) | {"decision": "approve", "control": DIGITS, "comment": ""}
    assert phone.http.post(path, data=form).status_code == 303
    with untouched(asked):
        assert phone.http.post(path, data=form).status_code == 303
        another = phone.http.post(path, data=form | {"decision": "return", "comment": "Nej."})
    assert another.status_code == 409
    assert "Redan besvarad av RSAU:s ordförande den 2020-08-03 kl. 09.00" in another.text
    assert len(asked.events("approval:decided")) == 1


def test_sending_back_needs_its_reason(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with untouched(asked):
        page = phone.answer(path, "return")
    assert page.status_code == 422
    assert 'href="#comment"' in page.text
    assert re.search(r'value="return" checked', page.text)
    phone.answer(path, "return", "Underlaget är för kort.")
    assert asked.state == "draft"


def test_whoever_has_a_conflict_steps_aside_by_the_link(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    phone.answer(path, "recuse")
    assert asked.asked_of(KEY) == {"rsau_chair": "recused", "rsau_vice_chair": "pending"}
    assert "Anmälde jäv" in phone.open(path).text


# ---------------------------------------------------------------- questions


def test_a_question_decides_nothing_and_its_answer_comes_on_the_same_request(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    reply = phone.answer(path, "ask", "Gäller det hela länet?")
    assert reply.headers["location"] == f"{path}#questions"
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert "Handläggaren har inte svarat än" in phone.open(path).text
    assert "answer_question" in asked.waiting()
    assert "Gäller det hela länet?" in asked.mails("task_assigned", to="officer")[-1]["text"]
    (question,) = asked.rows(models.questions)
    order = commands.AnswerQuestion(actor="officer", question=question["id"], answer="Ja, hela länet.")
    with untouched(asked), told(Forbidden, "Frågan är till handläggaren"):
        asked.do(order.model_copy(update={"id": uuid4(), "actor": "registrar"}))
    asked.do(order)
    with untouched(asked), told(Refused, "redan besvarad av Handläggaren"):
        asked.do(order.model_copy(update={"id": uuid4()}))
    assert "answer_question" not in asked.waiting()
    assert "Ja, hela länet." in asked.mails("question_answered", to="rsau_chair")[0]["text"]
    assert phone.open(path).status_code == 410
    newer = link_of(asked, "rsau_chair")
    assert "Ja, hela länet." in phone.open(newer).text
    phone.answer(newer, "approve")
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}


# ---------------------------------------------------------------- links that no longer answer


def dead(story: Story, path: str, *words: str) -> None:
    """The link says honestly why it no longer answers, and does not."""
    phone = Phone(story)
    page = phone.open(path)
    assert page.status_code == 410
    for word in words:
        assert word in page.text
    assert "<form" not in page.text
    cookie = {"csrf": page.cookies["arende-form"], "decision": "approve", "control": DIGITS, "text_sha256": "x"}
    with untouched(story):
        assert phone.http.post(path, data=cookie).status_code == 410


def test_a_reminder_ends_the_link_of_the_first_mail(asked: Story) -> None:
    first = link_of(asked, "rsau_chair")
    asked.on_the("2020-08-05")
    assert asked.mails("approval_reminder", to="rsau_chair")
    dead(asked, first, "Det finns ett nyare mejl om samma begäran")
    assert Phone(asked).answer(link_of(asked, "rsau_chair"), "approve").status_code == 303


def test_a_link_expires(asked: Story) -> None:
    asked.clock.advance(days=40)
    dead(asked, link_of(asked, "rsau_chair"), "Mejlet är för gammalt")


def test_a_link_to_a_changed_text_shows_what_has_changed(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    form = phone.form(path) | {"decision": "approve", "control": DIGITS}
    asked.add("officer", "declaration", "en ny lydelse")
    with untouched(asked):
        answer = phone.http.post(path, data=form)
    assert answer.status_code == 410
    for words in ("Svaret är inte registrerat", "Texten har ändrats", "Avsiktsförklaring: version 2", "version 1"):
        assert words in answer.text
    dead(asked, path, "Texten har ändrats")
    assert phone.answer(link_of(asked, "rsau_chair"), "approve").status_code == 303


def test_a_request_on_a_new_text_shows_what_is_gone_and_what_is_new_and_not_by_colour_alone(asked: Story) -> None:
    plain = {"name": "avsikt.txt", "media_type": "text/plain"}
    asked.add("officer", "declaration", "Behovet är stort i hela länet.", **plain)
    assert "Avsiktsförklaring: version 2" in Phone(asked).open(link_of(asked, "rsau_chair")).text
    asked.add("officer", "declaration", "Behovet har ökat i hela länet.", **plain)
    page = " ".join(Phone(asked).open(link_of(asked, "rsau_chair")).text.split())
    assert "Ett svar på den tidigare begäran räknas inte" in page
    assert 'Avsiktsförklaring: version 3 <span class="under">(förut: version 2)' in page
    assert '<del><span class="hidden">borttaget: </span>är stort</del>' in page
    assert '<ins><span class="hidden">tillagt: </span>har ökat</ins>' in page
    assert "Överstruket är borttaget, understruket är nytt." in page
    assert 'name="decision"' in page


def test_a_link_of_an_earlier_round_or_with_another_text_is_refused(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with untouched(asked):
        assert phone.send(path, decision="approve", control=DIGITS, text_sha256="f" * 64).status_code == 422
        assert phone.send(path, decision="approve", control=DIGITS, text_sha256="").status_code == 422
    asked.step("officer", "take_back", "Ny text.")
    asked.on_to("manager_review").add("officer", "official_statement")
    asked.step("manager", "submit", rsau_date=asked.day)
    dead(asked, path, "Begäran gäller inte längre")
    row = next(a for a in asked.approvals(KEY) if a["state"] == "pending")
    old = Evidence(level="link", token_sha256=token_of(asked, path)["sha256"], digits=True)
    order = commands.DecideApproval(
        actor="rsau_chair", door="web", approval=row["id"], decision="approve", evidence=old
    )
    with untouched(asked), told(Forbidden, "hör inte till den här begäran"):
        asked.do(order)


def test_a_request_that_is_settled_tells_who_and_when(to_sign: Story) -> None:
    path = link_of(to_sign, "region_director")
    assert Phone(to_sign).answer(link_of(to_sign, "rs_chair"), "return", "Fel datum.").status_code == 303
    dead(to_sign, path, "Regionstyrelsens ordförande den 2020-08-03 kl. 09.00")


def test_an_unknown_link_gets_one_neutral_page(asked: Story) -> None:
    phone = Phone(asked)
    reply = mime.reply_tag(asked.app.keys, None, token_of(asked, link_of(asked, "rsau_chair"))["message_id"])
    pages = [phone.open(f"/b/{raw}") for raw in ("a" * 32, "x", reply, "å" * 40, "a" * 3000)]
    assert {p.status_code for p in pages} == {410}
    bodies = {re.sub(r"/b/[^\"?]*", "", p.text) for p in pages}
    assert len(bodies) == 1
    assert "Länken går inte att använda" in bodies.pop()
    assert not any("set-cookie" in p.headers for p in pages)
    with untouched(asked):
        assert phone.http.post("/b/" + "a" * 32, data={"decision": "approve"}).status_code == 410


# ---------------------------------------------------------------- who, and by which way


def test_a_forwarded_link_shows_as_whom_one_answers_and_needs_the_mails_digits(asked: Story) -> None:
    path, other = link_of(asked, "rsau_chair"), Phone(asked)
    assert re.search(r"Du svarar som</dt><dd>RSAU:s ordförande", other.open(path).text)
    with untouched(asked):
        assert other.answer(path, "approve", control="1234").status_code == 422
    mine = Evidence(level="link", token_sha256=token_of(asked, path)["sha256"], digits=True)
    row = asked.approvals(KEY)[0]
    order = commands.DecideApproval(
        actor="rsau_vice_chair", door="web", approval=row["id"], decision="approve", evidence=mine
    )
    with untouched(asked), told(Forbidden, "hör inte till den här begäran och dig"):
        asked.do(order)


def test_only_the_command_line_may_say_who_it_is(asked: Story) -> None:
    order = asked.deciding("rsau_chair", KEY)
    for door in ("web", "mail", "api"):
        with untouched(asked), told(Refused, "Det framgår inte vem som svarar"):
            asked.do(order.model_copy(update={"door": door}))
    asked.do(order)
    shown = asked.events("approval:decided")[0]["payload"]["evidence"]
    assert shown == {
        "level": "login", "digits": False, "note": "operator of this machine", "channel": "cli", "needed": "reply",
    }  # fmt: skip


def test_a_reply_needs_its_own_secret_and_a_request_that_a_reply_may_answer(to_sign: Story) -> None:
    path = link_of(to_sign, "rs_chair")
    message = token_of(to_sign, path)["message_id"]
    reply = tokens.digest(mime.reply_tag(to_sign.app.keys, None, message))
    row = next(a for a in to_sign.approvals("signature") if a["approver"] == "rs_chair")
    order = commands.DecideApproval(
        actor="rs_chair", door="mail", approval=row["id"], decision="approve",
        evidence=Evidence(level="reply", token_sha256=token_of(to_sign, path)["sha256"]),
    )  # fmt: skip
    with untouched(to_sign), told(Forbidden, "hör inte till"):
        to_sign.do(order)
    with untouched(to_sign), told(Refused, "Ett mejlsvar räcker inte"):
        to_sign.do(order.model_copy(update={"evidence": Evidence(level="reply", token_sha256=reply)}))


@pytest.mark.parametrize(("floor", "words"), [("reply", None), ("link", None), ("login", "kräver att du loggar in")])
def test_the_sites_floor_stands_above_the_definition(asked: Story, floor: str, words: str | None) -> None:
    from story import on

    app = on(asked.app, settings=asked.app.settings.model_copy(update={"approval_floor": floor}))
    story = Story(app, asked.clock)
    story.no, story.numbers = asked.no, asked.numbers
    path, phone = link_of(story, "rsau_chair"), Phone(story)
    page = phone.open(path).text
    assert ("Ta upp på sammanträdet</strong>" in page) is (words is None)
    if words:
        assert words in page
        assert phone.answer(path, "approve").status_code == 422
        assert phone.answer(path, "recuse").status_code == 303


def test_a_formal_act_by_link_needs_a_boards_decision_in_force(to_sign: Story) -> None:
    path, phone = link_of(to_sign, "rs_chair"), Phone(to_sign)
    to_sign.people(lambda t: t.replace("\n    from: 2019-02-01", "\n    from: 2019-02-01\n    to: 2020-08-02"))
    page = phone.open(path).text
    assert "Det finns inget beslut i kraft" in page
    assert "Skriv under</strong>" not in page
    with untouched(to_sign):
        refused = phone.answer(path, "approve")
    assert refused.status_code == 422
    to_sign.people(lambda t: t)
    phone.answer(path, "approve")
    shown = to_sign.events("approval:decided")[-1]["payload"]["evidence"]
    assert shown["mandate"] == {
        "key": "signature_by_link", "body": "rs", "decided_on": "2019-01-30", "section": "§ 0", "note": INVENTED,
    }  # fmt: skip
    assert f"RS 2019-01-30 § 0 ({INVENTED})" in phone.open(path).text


def test_an_invented_mandate_says_so_wherever_it_is_shown(to_sign: Story) -> None:
    path, phone = link_of(to_sign, "rs_chair"), Phone(to_sign)
    phone.answer(path, "approve")
    said = f"RS 2019-01-30 § 0 ({INVENTED})"
    receipt = to_sign.mails("reply_receipt")[-1]
    pages = phone.open(path).text, phone.http.get(f"/cases/{to_sign.no}").text
    for shown in (*pages, receipt["text"], receipt["html"]):
        assert said in " ".join(shown.split())
    with db.reading(to_sign.app.engine) as conn:
        asked = to_sign.approvals("signature")
        told = queries.trails(conn, to_sign.case["id"], asked, to_sign.mails())
    assert said in " ".join(value.sv for trail in told for _, value in trail.particulars())


def test_under_secrecy_the_link_shows_nothing_and_answers_nothing(story: Story) -> None:
    story.register(secrecy=True)
    story.on_to("awaiting_rsau")
    mail = story.mails(to="rsau_chair")[-1]
    assert mail["template"] == "secrecy"
    path, phone = link_of(story, "rsau_chair"), Phone(story)
    page = phone.open(path)
    assert "omfattas av sekretess" in page.text
    assert story.case["title"] not in page.text
    assert "<form" not in page.text
    assert "Att avsiktsförklaringen" not in page.text
    form = {"csrf": page.cookies["arende-form"], "decision": "approve", "control": DIGITS, "text_sha256": "x"}
    with untouched(story):
        assert phone.http.post(path, data=form).status_code == 422
        assert phone.open(f"{path}/documents/1").status_code == 410


# ---------------------------------------------------------------- documents


def test_the_documents_of_the_text_can_be_read_and_no_others(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    links = re.findall(rf'href="({path}/documents/\d+)"', phone.open(path).text)
    assert len(links) == 1
    document = phone.open(links[0])
    assert document.status_code == 200
    assert document.headers["content-disposition"].startswith(("inline", "attachment"))
    assert document.headers["x-content-type-options"] == "nosniff"
    assert document.headers["cache-control"] == "private, no-store"
    for number in ("2", "99", "0"):  # record 2 is the official statement: on the case, but not of the text
        assert phone.open(f"{path}/documents/{number}").status_code == 410
    asked.add("officer", "declaration", "en ny lydelse")
    assert phone.open(links[0]).status_code == 410


def test_a_document_cannot_run_anything(asked: Story) -> None:
    asked.add("officer", "annexes", "<script>alert(1)</script>", name='e"vil.html', media_type="text/html")
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    for link in re.findall(rf'href="({path}/documents/\d+)"', phone.open(path).text):
        document = phone.open(link)
        assert not document.headers["content-type"].startswith("text/html")
        assert "\n" not in document.headers["content-disposition"]


# ---------------------------------------------------------------- secrets and headers


def test_the_raw_secret_stands_nowhere(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    phone.answer(path, "approve")
    message = token_of(asked, path)["message_id"]
    raws = [path.removeprefix("/b/"), mime.reply_tag(asked.app.keys, None, message)]
    with db.reading(asked.app.engine) as conn:
        stored = " ".join(
            str(tuple(row)) for table in models.metadata.sorted_tables for row in conn.execute(select(table))
        )
    assert not [raw for raw in raws if raw in stored]
    assert mime.LINK in stored


def test_the_page_is_not_kept_indexed_or_told_to_others(asked: Story, caplog: pytest.LogCaptureFixture) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with caplog.at_level("DEBUG"):
        page = phone.open(path)
        phone.answer(path, "approve")
    for name, value in {
        "cache-control": "private, no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow",
        "x-frame-options": "DENY",
    }.items():
        assert page.headers[name] == value
    csp = page.headers["content-security-policy"]
    assert "default-src 'none'" in csp
    assert "script-src" not in csp
    assert "form-action 'self'" in csp
    cookie = page.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert not [line for line in ours if path.removeprefix("/b/") in line]


def test_over_https_the_cookie_is_bound_to_the_host(asked: Story) -> None:
    from story import on

    app = on(asked.app, settings=asked.app.settings.model_copy(update={"base_url": "https://127.0.0.1"}))
    page = Phone(Story(app, asked.clock)).open(link_of(asked, "rsau_chair"))
    assert page.headers["set-cookie"].startswith("__Host-arende-form=")
    assert "Secure" in page.headers["set-cookie"]


def test_five_wrong_guesses_end_the_link(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with untouched(asked):
        answers = [phone.answer(path, "approve", control=f"{n:04}") for n in range(100, 105)]
    assert [a.status_code for a in answers] == [422] * 4 + [410]
    assert "spärrad efter fem svar" in phone.open(path).text
    for other in (phone, Phone(asked)):  # another process, another place
        assert other.answer(path, "approve").status_code == 410
    assert token_of(asked, path)["why"] == "guessed"
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}


def test_a_slip_is_forgiven(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    for n in range(4):
        assert phone.answer(path, "approve", control=f"{n:04}" if n != 1 else "1").status_code == 422
    assert phone.answer(path, "approve").status_code == 303


def test_what_was_sent_under_a_key_that_leaked_no_longer_answers(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    assert tokens.end_all_of(asked.app, "another") == 0
    assert tokens.end_all_of(asked.app, asked.app.keys.current) == 2, "the link and the reply address"
    page = phone.open(path)
    assert page.status_code == 410
    assert "spärrats av säkerhetsskäl" in page.text
    assert phone.answer(path, "approve").status_code == 410


def test_many_tries_are_slowed_down(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    with untouched(asked):
        answers = [phone.send(path).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    late = phone.send(path)
    assert (late.headers["retry-after"], "Vänta 10 minuter" in late.text) == ("600", True)


@pytest.mark.parametrize(
    "body",
    [
        "&".join(f"a{n}=1" for n in range(500)),
        "decision=approve&decision=reject&control=0001",
        "%ff%fe=%00&decision=%00&control=%E2%80%8B",
        "x" * 300_000,
        "",
    ],
    ids=["many fields", "two answers", "no letters", "too much", "nothing"],
)
def test_a_crooked_form_is_refused_and_breaks_nothing(asked: Story, body: str) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    with untouched(asked):
        assert phone.http.post(path, content=body, headers=kind).status_code in (403, 422)


def test_the_page_speaks_english_too(asked: Story) -> None:
    page = Phone(asked, "en").open(link_of(asked, "rsau_chair")).text
    for words in ('<html lang="en"', "Take up at the meeting", "Control digits", "If nobody answers"):
        assert words in page


def test_the_proof_has_request_mail_text_and_answer(to_sign: Story) -> None:
    path = link_of(to_sign, "rs_chair")
    Phone(to_sign).answer(path, "approve")
    row = next(a for a in to_sign.approvals("signature") if a["approver"] == "rs_chair")
    found = proof(to_sign.app, row["id"])
    assert (found["register_no"], found["request"]["act"]) == (to_sign.no, "signature")
    assert found["request"]["text_sha256"] == token_of(to_sign, path)["text_sha256"]
    mail, receipt = found["mails"]
    assert {t["kind"] for t in receipt["tokens"]} == {"withdraw"}
    assert mail["message_id"] == found["answer"]["evidence"]["message_id"]
    assert {t["kind"] for t in mail["tokens"]} == {"link", "reply"}
    assert (found["answer"]["decided_by"], found["answer"]["evidence"]["level"]) == ("rs_chair", "link")
    assert [e["kind"] for e in found["events"]] == ["case:step:taken", "approval:decided"]
    assert found["documents"][0]["key"] == "declaration"
    assert path.removeprefix("/b/") not in str(found)
    with told(NotFound, "Det finns ingen begäran 999"):
        proof(to_sign.app, 999)


@pytest.mark.parametrize("number", ["x", "-1", "0", "1.5", "²", "%00", "9" * 400, "1x", "١"])
def test_a_record_with_an_odd_number_is_the_neutral_page(asked: Story, number: str) -> None:
    for place in (link_of(asked, "rsau_chair"), "/svar/" + "x" * 32, "/b/" + "x" * 32):
        page = Phone(asked).open(f"{place}/documents/{number}")
        assert page.status_code == 410
        assert "Länken går inte att använda" in page.text


def test_too_many_visits_say_for_how_long_to_wait(asked: Story) -> None:
    phone = Phone(asked)
    answers = [phone.open("/b/" + "x" * 32) for _ in range(121)]
    assert [a.status_code for a in answers[-2:]] == [410, 429]
    assert (answers[-1].headers["retry-after"], "Vänta en minut" in answers[-1].text) == ("60", True)


# ---------------------------------------------------------------- taking back


def test_a_clearance_is_taken_back_while_the_case_has_not_moved(asked: Story) -> None:
    phone = Phone(asked)
    phone.answer(link_of(asked, "rsau_chair"), "approve")
    number = asked.approvals(KEY)[0]["id"]
    order = commands.WithdrawApproval(actor="rsau_chair", approval=number, reason="Fel underlag.")
    with untouched(asked), told(Forbidden, "Bara den som har svarat"):
        asked.do(order.model_copy(update={"id": uuid4(), "actor": "manager"}))
    asked.do(order)
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    assert asked.events("approval:withdrawn")[0]["payload"]["reason"] == "Fel underlag."
    with untouched(asked), told(Refused, "Klartecken"):
        asked.step("rsau_secretary", "record_alignment", rsau_date=asked.day, rsau_note="x")
    phone.answer(link_of(asked, "rsau_chair"), "return", "Underlaget saknar bilaga.")
    assert asked.state == "draft"


def test_a_clearance_that_the_case_has_moved_on_by_stands(asked: Story) -> None:
    asked.on_to("rsau_aligned")
    order = commands.WithdrawApproval(actor="rsau_chair", approval=asked.approvals(KEY)[0]["id"], reason="Ångrar mig.")
    with untouched(asked), told(Refused, "Ärendet har gått vidare"):
        asked.do(order)


def test_a_signature_is_taken_back_until_something_has_left_the_house(to_sign: Story) -> None:
    to_sign.on_to("signed")
    row = next(a for a in to_sign.approvals("signature") if a["approver"] == "rs_chair")
    order = commands.WithdrawApproval(actor="rs_chair", approval=row["id"], reason="Fel bilaga.")
    to_sign.do(order)
    assert to_sign.state == "signature_returned"
    assert to_sign.asked_of("signature")["rs_chair"] == "withdrawn"
    assert "request_signatures" in to_sign.waiting()
    to_sign.step("officer", "request_signatures", "Rättad bilaga.")
    to_sign.on_to("submitted")
    row = next(a for a in reversed(to_sign.approvals("signature")) if a["approver"] == "rs_chair")
    with untouched(to_sign), told(Refused, "Ärendet har gått vidare"):
        to_sign.do(order.model_copy(update={"id": uuid4(), "approval": row["id"]}))


def test_a_clearance_is_taken_back_by_the_link_in_its_receipt(asked: Story) -> None:
    phone = Phone(asked)
    sent = phone.answer(link_of(asked, "rsau_chair"), "approve")
    assert "Ångrar du dig?" in phone.open(sent.headers["location"]).text
    path = regret_of(asked)
    with untouched(asked):
        page = phone.open(path)
        assert page.status_code == 200
        assert "Gav klartecken" in page.text
        assert DIGITS not in page.text.split("<main", 1)[1]
        assert phone.send(path, comment="", control=DIGITS).status_code == 422
        assert "stämmer inte" in phone.send(path, comment="Fel underlag.", control="9999").text
    assert phone.send(path, comment="Fel underlag.", control=DIGITS).status_code == 303
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    event = asked.events("approval:withdrawn")[0]
    assert (event["actor"], event["channel"], event["payload"]["reason"]) == ("rsau_chair", "web", "Fel underlag.")
    assert event["payload"]["evidence"]["level"] == "link"
    assert "Svaret är taget tillbaka" in phone.open(path).text
    with untouched(asked):
        assert phone.http.post(path, data={"csrf": "x"}).status_code == 409
    phone.answer(link_of(asked, "rsau_chair"), "approve")
    assert regret_of(asked) != path


def test_a_signature_is_taken_back_by_link_until_it_has_left_the_house(to_sign: Story) -> None:
    to_sign.decide("region_director", "signature")
    phone = Phone(to_sign)
    phone.answer(link_of(to_sign, "rs_chair"), "approve")
    assert to_sign.state == "signed"
    assert phone.send(regret_of(to_sign), comment="Fel bilaga.", control=DIGITS).status_code == 303
    assert to_sign.state == "signature_returned"
    to_sign.step("officer", "request_signatures", "Rättad bilaga.")
    to_sign.decide("region_director", "signature")
    phone.answer(link_of(to_sign, "rs_chair"), "approve")
    path = regret_of(to_sign)
    to_sign.on_to("submitted")
    with untouched(to_sign):
        page = phone.open(path)
        assert page.status_code == 410
        assert "Ärendet har gått vidare" in page.text
        assert "<form" not in page.text


@pytest.mark.parametrize("how", ["request", "other"])
def test_no_other_secret_takes_an_answer_back(asked: Story, how: str) -> None:
    """Neither the request's own link, nor the link of somebody else's receipt."""
    path = link_of(asked, "rsau_chair")
    Phone(asked).answer(path, "approve")
    number = asked.approvals(KEY)[0]["id"]
    secret = token_of(asked, path if how == "request" else regret_of(asked))
    actor = "rsau_chair" if how == "request" else "rsau_vice_chair"
    evidence = Evidence(level="link", token_sha256=secret["sha256"], digits=True)
    order = commands.WithdrawApproval(actor=actor, door="web", approval=number, reason="x", evidence=evidence)
    with untouched(asked), pytest.raises((Refused, Forbidden)):
        asked.do(order)
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}


TAKEN_BACK = "Svaret togs tillbaka av RSAU:s ordförande den 2020-08-03 kl. 09.05."


def test_after_a_clearance_was_taken_back_the_old_link_says_so(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    phone.answer(path, "approve")
    asked.clock.advance(minutes=5)
    phone.send(regret_of(asked), comment="Fel underlag.", control=DIGITS)
    dead(asked, path, TAKEN_BACK, "Begäran väntar på ett nytt svar")
    assert "Ditt svar är registrerat" not in phone.open(path).text


def test_after_a_signature_was_taken_back_the_old_link_says_so(to_sign: Story) -> None:
    to_sign.decide("region_director", "signature")
    path, phone = link_of(to_sign, "rs_chair"), Phone(to_sign)
    phone.answer(path, "approve")
    phone.send(regret_of(to_sign), comment="Fel bilaga.", control=DIGITS)
    dead(to_sign, path, "Svaret togs tillbaka av Regionstyrelsens ordförande den")
    assert "nytt svar" not in phone.open(path).text


def test_an_answer_whose_text_was_changed_since_is_told_as_void(asked: Story) -> None:
    path, phone = link_of(asked, "rsau_chair"), Phone(asked)
    phone.answer(path, "approve")
    asked.add("officer", "declaration", "en ny lydelse")
    dead(asked, path, "Begäran besvarades av RSAU:s ordförande den 2020-08-03", "så svaret gäller inte längre")


def test_the_proof_tells_that_an_answer_was_taken_back_when_by_whom_and_why(asked: Story) -> None:
    phone = Phone(asked)
    phone.answer(link_of(asked, "rsau_chair"), "approve")
    asked.clock.advance(minutes=5)
    phone.send(regret_of(asked), comment="Fel underlag.", control=DIGITS)
    number = asked.approvals(KEY)[0]["id"]
    (found,) = proof(asked.app, number)["withdrawals"]
    assert (found["actor"], found["reason"], found["evidence"]["level"]) == ("rsau_chair", "Fel underlag.", "link")
    assert (found["at"] - found["answered_at"]).total_seconds() == 300
    lines = "\n".join(told_of(proof(asked.app, number)))
    assert "2020-08-03 07:00Z svar av RSAU:s ordförande" in lines
    assert "2020-08-03 07:05Z taget tillbaka av RSAU:s ordförande: Fel underlag." in lines
    assert "Inget svar än" not in lines
    assert "Väntar på ett nytt svar." in lines


def test_no_receipt_of_a_no_offers_to_take_it_back(asked: Story) -> None:
    Phone(asked).answer(link_of(asked, "rsau_chair"), "return", "Kort.")
    assert mime.LINK not in asked.mails("reply_receipt")[0]["text"]
    assert [t for t in asked.rows(models.tokens) if t["kind"] == "withdraw"] == []


# ---------------------------------------------------------------- two at once


def _by_link(story: Story, who: str, decision: str, comment: str | None = None) -> commands.DecideApproval:
    token = token_of(story, link_of(story, who))
    row = next(a for a in story.approvals(token["key"]) if a["approver_id"] == token["approver_id"]
               and a["round"] == token["round"])  # fmt: skip
    return commands.DecideApproval(
        actor=who, door="web", approval=row["id"], decision=decision, comment=comment,
        evidence=Evidence(level="link", token_sha256=token["sha256"], digits=True),
    )  # fmt: skip


def _rounds(story: Story, rounds: int) -> Iterator[list[str]]:
    """The chair by link and the substitute at a screen, round after round on the same case."""
    story.register()
    story.on_to("awaiting_rsau")
    story.substitute("rsau_chair", "rsau_vice_chair")
    for n in range(rounds):
        if n:
            story.add("officer", "declaration", f"lydelse {n}")
        who = next(a["approver"] for a in story.approvals(KEY) if a["state"] == "pending")
        first = _by_link(story, who, "approve")
        other = "rsau_vice_chair" if who == "rsau_chair" else "rsau_chair"
        second = commands.DecideApproval(actor=other, approval=first.approval, decision="approve")
        yield at_once(story, first, second)


@pytest.mark.parametrize("rounds", [pytest.param(12, id="12"), pytest.param(200, id="200", marks=pytest.mark.slow)])
def test_of_two_who_answer_at_once_one_decides_and_the_other_is_told_who(story_on_each: Story, rounds: int) -> None:
    for said in _rounds(story_on_each, rounds):
        assert said.count("done") == 1, said
        told_ = next(s for s in said if s != "done")
        assert re.search(r"Redan besvarad av RSAU:s (vice )?ordförande den 2020-08-03 kl\. 09\.00", told_), told_
    assert len(story_on_each.events("approval:decided")) == rounds


def test_what_a_bot_would_send_is_not_enough() -> None:
    """The helper that plays the bot reads forms as a browser would."""
    page = '<form><input type="radio" name="a" value="1"><input type="hidden" name="b" value="2"><textarea name="c">'
    assert fields(page + "</textarea></form>") == {"b": "2", "c": ""}
