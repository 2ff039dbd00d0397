"""Mail that must not decide, each by the wire to the door and through everything behind it.

Nothing is decided, and whoever has to know is told: the sender where the address has been shown to be theirs, else the
registrar, in whose tray it lies.
"""

from __future__ import annotations

import base64
import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from links import Phone, link_of
from sqlalchemy import select
from story import Row, Story

from arende import db, intake, mime, models
from arende.app import App
from arende.intake import lmtp
from arende.usecases.clock import fire_due

KEY, MX, DOMAIN = "agenda_clearance", "mx.region.example", "arende.region.example"
CHAIR = "rsau_chair@region.example"
BELIEVED = f"Authentication-Results: {MX}; dmarc=pass header.from=region.example"


@dataclass
class Asked:
    """The chair of the RSAU has been asked; what comes to the door is sorted at once."""

    story: Story
    port: int
    sent: int = 0

    @property
    def to(self) -> str:
        """The reply address of the chair's latest mail."""
        return self.address(-1)

    def address(self, n: int) -> str:
        """The reply address of one of the chair's mails about the request."""
        mails = [m for m in self.story.mails(to="rsau_chair") if m["kind"] in ("approval", "help")]
        return f"beslut+{mime.reply_tag(self.story.app.keys, mails[n]['key_id'], mails[n]['message_id'])}@{DOMAIN}"

    def come(self, raw: bytes, to: str | None = None, mail_from: str = CHAIR) -> Row:
        """Hand a message over by LMTP, as the mail server does; what became of it."""
        with smtplib.LMTP("127.0.0.1", self.port) as door:
            door.ehlo_or_helo_if_needed()
            door.mail(mail_from)
            door.rcpt(to or self.to)
            code, told = door.data(raw)
        assert code == 250
        intake.handle_all(self.story.app)
        with db.reading(self.story.app.engine) as conn:
            query = select(models.inbound).where(models.inbound.c.id == int(told.rsplit(b" ", 1)[1]))
            return dict(conn.execute(query).mappings().one())

    def answer(self, text: str = "GODKÄNN", **given: str | bytes) -> Row:
        to = str(given.get("to") or self.to)
        return self.come(self.letter(text, **given), to, str(given.get("mail_from", CHAIR)))

    def letter(
        self,
        text: str | bytes = "GODKÄNN",
        *,
        from_: str = f"From: {CHAIR}",
        results: str = BELIEVED,
        head: str = "",
        kind: str = "text/plain; charset=utf-8",
        subject: str = "Sv: Klartecken",
        **_more: str | bytes,
    ) -> bytes:
        self.sent += 1
        lines = [results, from_, f"To: {_more.get('to') or self.to}", f"Subject: {subject}", head]
        lines += [f"Message-ID: <{self.sent}@x.example>", "MIME-Version: 1.0", f"Content-Type: {kind}"]
        body = text if isinstance(text, bytes) else text.encode()
        whole = "\n".join(line for line in lines if line).encode() + b"\n\n" + body
        return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture
def asked(story: Story) -> Iterator[Asked]:
    story.at("awaiting_rsau")
    story.app = trusting(story.app)
    with lmtp.listening(story.app, lambda: None, port=0) as port:
        yield Asked(story, port)


def trusting(app: App) -> App:
    return replace(app, settings=app.settings.model_copy(update={"authserv_id": MX}))


def undecided(asked: Asked) -> None:
    assert asked.story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert "approval:decided" not in asked.story.kinds()


def told(asked: Asked) -> bool:
    """Whether a mail has gone back."""
    return bool(asked.story.mails("reply_held") or asked.story.mails("reply_receipt"))


# ---------------------------------------------------------------- whose mail it is

OTHER = "manager@region.example"
STRANGERS = {
    "a forwarded mail, answered by who got it": ({"from_": f"From: {OTHER}"}, "other_sender"),
    "a copied recipient who answers all": ({"from_": f"From: {OTHER}", "head": f"Cc: {CHAIR}"}, "other_sender"),
    "the chair's name on another address": ({"from_": f'From: "{CHAIR}" <{OTHER}>'}, "other_sender"),
    "spoofed, nobody vouches": ({"results": ""}, "sender_no_result"),
    "spoofed, DMARC failed": ({"results": BELIEVED.replace("=pass", "=fail")}, "sender_failed"),
    "spoofed, no DMARC policy": ({"results": BELIEVED.replace("=pass", "=none")}, "sender_undecided"),
    "spoofed, SPF alone": ({"results": BELIEVED.replace("dmarc", "spf")}, "sender_no_result"),
    "spoofed, another server vouches": ({"results": BELIEVED.replace(MX, "mx.evil.example")}, "sender_no_result"),
    "spoofed, a name like ours vouches": ({"results": BELIEVED.replace(MX, f"{MX}.evil.example")}, "sender_no_result"),
    "spoofed, vouched for another domain": (
        {"results": BELIEVED.replace("from=region", "from=evil")},
        "sender_other_domain",
    ),
    "spoofed, vouched for twice": ({"results": f"{BELIEVED}\n{BELIEVED}"}, "sender_several"),
    "spoofed, vouched for in a comment": (
        {"results": f"Authentication-Results: {MX}; dmarc=fail (dmarc=pass header.from=region.example)"},
        "sender_failed",
    ),
    "two From headers, the chair last": ({"from_": f"From: {OTHER}\nFrom: {CHAIR}"}, "other_sender"),
    "two From headers, the chair first": ({"from_": f"From: {CHAIR}\nFrom: {OTHER}"}, "other_sender"),
    "two addresses in From": ({"from_": f"From: {CHAIR}, {OTHER}"}, "other_sender"),
    "a comment in From": ({"from_": f"From: {CHAIR} (<{OTHER}>)"}, "other_sender"),
    "a comment within the address": ({"from_": "From: rsau_chair(x)@region.example"}, "other_sender"),
    "an address in an encoded word": (
        {"from_": f"From: =?utf-8?b?{base64.b64encode(CHAIR.encode()).decode()}?="},
        "other_sender",
    ),
    "an encoded word and an address": (
        {"from_": f"From: =?utf-8?q?rsau=5Fchair=40region.example?= <{OTHER}>"},
        "other_sender",
    ),
    "a group in From": ({"from_": f"From: x: {CHAIR};"}, "other_sender"),
    "no From": ({"from_": f"Sender: {CHAIR}"}, "other_sender"),
    "a body appended under DKIM l=": (
        {"head": "DKIM-Signature: v=1; a=rsa-sha256; d=region.example; s=x; l=12; h=from; bh=AA==; b=AA=="},
        "sender_partly_signed",
    ),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_who_is_not_shown_to_be_the_chair_decides_nothing(asked: Asked, who: str) -> None:
    given, why = STRANGERS[who]
    row = asked.answer(**given)
    assert (row["state"], row["reason"]) == ("tray", why)
    undecided(asked)
    assert not told(asked), "an address that is not proven gets no mail"


def test_a_reply_address_that_was_guessed_or_is_anothers_decides_nothing(asked: Asked) -> None:
    tag = asked.to.partition("+")[2].partition("@")[0]
    wrong = "a" if tag[0] != "a" else "b"
    for to in (f"beslut+{wrong}{tag[1:]}@{DOMAIN}", f"beslut+@{DOMAIN}", f"beslut@{DOMAIN}", f"svar+{tag}@{DOMAIN}"):
        row = asked.come(asked.letter(to=to), to)
        assert row["state"] == "tray"
    undecided(asked)
    assert not told(asked)


# ---------------------------------------------------------------- what no person wrote

NOTES = {
    "Swedish": ("Autosvar: Klartecken", "Jag är på semester till den 17 augusti."),
    "Swedish, Outlook": ("Automatiskt svar: Klartecken", "GODKÄNN skickas till min ersättare."),
    "English": ("Automatic reply: Klartecken", "I am out of the office."),
    "English, old": ("Out of Office: Klartecken", "APPROVE requests go to my deputy."),
    "Danish": ("Automatisk svar: Klartecken", "Jeg er på ferie."),
    "Norwegian": ("Automatisk svar: Klartecken", "Jeg er ikke på kontoret."),
    "Finnish": ("Automaattinen vastaus: Klartecken", "Olen lomalla."),
    "German": ("Automatische Antwort: Klartecken", "Ich bin im Urlaub."),
    "German, absence": ("Abwesenheitsnotiz: Klartecken", "Ich bin nicht im Büro."),
    "French": ("Réponse automatique : Klartecken", "Je suis absent."),
    "Spanish": ("Respuesta automática: Klartecken", "Estoy de vacaciones."),
    "Italian": ("Risposta automatica: Klartecken", "Sono in ferie."),
    "Dutch": ("Automatisch antwoord: Klartecken", "Ik ben afwezig."),
    "Polish": ("Odpowiedź automatyczna: Klartecken", "Jestem na urlopie."),
    "Portuguese": ("Resposta automática: Klartecken", "Estou de férias."),
    "Estonian": ("Automaatvastus: Klartecken", "Olen puhkusel."),
}


@pytest.mark.parametrize("language", NOTES)
@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", ""])
def test_a_vacation_note_decides_nothing_and_is_not_answered(asked: Asked, language: str, header: str) -> None:
    subject, text = NOTES[language]
    encoded = f"=?utf-8?b?{base64.b64encode(subject.encode()).decode()}?="
    row = asked.answer(f"GODKÄNN\n\n{text}", subject=encoded, head=header)
    assert row["disposition"] == "acknowledged"
    undecided(asked)
    assert not told(asked)


@pytest.mark.parametrize(
    "text",
    ["Jag är på semester.", "I am on annual leave.", "Jeg er på ferie.", "Olen lomalla.", "Ich bin im Urlaub."],
)
def test_a_note_that_nothing_marks_decides_nothing_and_is_not_answered(asked: Asked, text: str) -> None:
    row = asked.answer(text)
    assert (row["disposition"], row["reason"]) == ("held", "absence")
    undecided(asked)
    assert not told(asked)


def parts(*bodies: tuple[str, str], kind: str = "mixed") -> tuple[str, str]:
    """(content type, body) of a mail of parts."""
    inner = "".join(f"--b\nContent-Type: {type_}\n\n{body}\n" for type_, body in bodies)
    return f'multipart/{kind}; boundary="b"', f"{inner}--b--\n"


TEXT = ("text/plain; charset=utf-8", "GODKÄNN")
STATUS = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n"
MACHINES = {
    "a delivery report": parts(TEXT, ("message/delivery-status", STATUS), kind="report; report-type=delivery-status"),
    "a read receipt": parts(
        TEXT,
        ("message/disposition-notification", "Disposition: manual-action/MDN-sent-manually; displayed\n"),
        kind="report; report-type=disposition-notification",
    ),
}


@pytest.mark.parametrize("what", MACHINES)
@pytest.mark.parametrize("mail_from", ["", CHAIR])
def test_a_machines_answer_decides_nothing_and_is_not_answered(asked: Asked, what: str, mail_from: str) -> None:
    kind, body = MACHINES[what]
    row = asked.answer(body, kind=kind, mail_from=mail_from)
    assert row["disposition"] == "acknowledged"
    undecided(asked)
    assert not told(asked)


@pytest.mark.parametrize("head", ["List-Id: <nytt.lista.example>", "Precedence: bulk", "X-Autoreply: yes"])
def test_mail_of_a_list_or_a_machine_decides_nothing(asked: Asked, head: str) -> None:
    assert asked.answer(head=head)["disposition"] == "acknowledged"
    undecided(asked)
    assert not told(asked)


def test_a_forged_report_fails_no_delivery(asked: Asked) -> None:
    """Whoever knows the number of a mail does not know its tag; and a report is no answer to a request."""
    kind, body = MACHINES["a delivery report"]
    for to in (f"studs+2.{'a' * 32}@{DOMAIN}", f"studs+2@{DOMAIN}", asked.to):
        asked.answer(body, kind=kind, to=to, mail_from="")
    assert asked.story.events("delivery:failed") == []
    undecided(asked)


# ---------------------------------------------------------------- what was written


def html(body: str) -> dict[str, str]:
    return {"text": f"<html><body>{body}</body></html>", "kind": "text/html; charset=utf-8"}


WORDS: dict[str, tuple[dict[str, str], str]] = {
    "a quoted word": ({"text": "> GODKÄNN"}, "no_text"),
    "a word below the quote's head": ({"text": "Hej\n\nDen 3 aug. 2020 skrev X:\n> a\n\nGODKÄNN"}, "no_word"),
    "a word below the signature": ({"text": "Hej\n-- \nGODKÄNN"}, "no_word"),
    "only a signature": ({"text": "-- \nGODKÄNN"}, "no_text"),
    "inte godkänt": ({"text": "Inte godkänt"}, "no_word"),
    "godkänns inte": ({"text": "Godkänns inte."}, "no_word"),
    "I do not approve": ({"text": "I do not approve."}, "no_word"),
    "OK men": ({"text": "OK men ändra punkt 3."}, "no_word"),
    "ja, men": ({"text": "GODKÄNN, men inte punkt 3"}, "conditional"),
    "contradictory words": ({"text": "GODKÄNN\nAVSLÅ"}, "contradictory"),
    "nothing at all": ({"text": ""}, "no_text"),
    "hidden by display": (html("Hej<p style='display:none'>x</p><blockquote>GODKÄNN</blockquote>"), "no_word"),
    "quoted by a bar": (html("<div style='border:none;border-left:solid blue 1.5pt'>GODKÄNN</div>"), "no_text"),
    "hidden before": (html("<p style='font-size:0'>GODKÄNN</p><p>Nej</p>"), ""),
    "hidden by colour": (html("<p style='color:#fff;background:#fff'>GODKÄNN</p><p>Jag tycker inte det</p>"), ""),
    "hidden after": (html("<p>GODKÄNN</p><p style='display:none'>men inte punkt 3</p>"), ""),
}


@pytest.mark.parametrize("what", WORDS)
def test_words_that_are_no_clear_decision_are_held_and_the_chair_is_told(asked: Asked, what: str) -> None:
    given, why = WORDS[what]
    row = asked.answer(**given)
    assert row["disposition"] == "held"
    assert why in ("", row["reason"])
    undecided(asked)
    assert told(asked)


def test_two_texts_that_say_different_things_are_held(asked: Asked) -> None:
    rich = ("text/html; charset=utf-8", "<p>AVSLÅ: för tunt</p>")
    kind, body = parts(TEXT, rich, kind="alternative")
    assert asked.answer(body, kind=kind)["disposition"] == "held"
    undecided(asked)


MIXED = 'multipart/mixed; boundary="b"'
BROKEN: dict[str, Callable[[Asked], bytes]] = {
    "a part without end": lambda a: a.letter(
        "--b\nContent-Type: text/plain\n\nGODKANN", kind='multipart/mixed; boundary="b"'
    ),
    "a boundary that never comes": lambda a: a.letter("GODKANN", kind='multipart/mixed; boundary="b"'),
    "no boundary": lambda a: a.letter("GODKANN", kind="multipart/mixed"),
    "broken base64": lambda a: a.letter("R09ES8=====\x01ETk4", head="Content-Transfer-Encoding: base64"),
    "half a letter": lambda a: a.letter(b"GODK\xc3NN"),
    "unknown charset": lambda a: a.letter(b"GODK\xc4NN", kind="text/plain; charset=x-none"),
    "unknown charset, plain letters": lambda a: a.letter("GODKANN", kind="text/plain; charset=x-none"),
    "seven bits with eight": lambda a: a.letter(b"GODK\xff\xfeNN", kind="text/plain; charset=us-ascii"),
    "a header without name": lambda a: a.letter("GODKANN").replace(b"MIME-Version: 1.0", b": x\r\nno header at all"),
    "two subjects": lambda a: a.letter("GODKANN", head="Subject: x\nContent-Type: text/html"),
    "a thousand parts": lambda a: a.letter("--b\n\nGODKANN\n" * 1000, kind=MIXED),
    "parts within parts": lambda a: a.letter(
        "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(60)),
        kind='multipart/mixed; boundary="b0"',
    ),
    "100 kB to hang a parser": lambda a: a.letter("Den " + "skrev x: " * 11_000 + "\nGODKANN"),
    "100 kB of quotes": lambda a: a.letter("> " * 50_000 + "GODKANN"),
    "100 kB of tags": lambda a: a.letter("<div>" * 20_000 + "GODKANN", kind="text/html"),
    "100 kB of From": lambda a: a.letter("GODKANN", from_=f"From: {'(' * 100_000}{CHAIR}"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_or_built_to_hang_decides_nothing(asked: Asked, what: str) -> None:
    raw = BROKEN[what](asked)
    begun = time.process_time()
    row = asked.come(raw)
    assert time.process_time() - begun < 10
    assert row["state"] in ("tray", "done")
    assert row["disposition"] in ("held", "tray", "acknowledged")
    assert told(asked) or row["disposition"] != "held"
    undecided(asked)


@pytest.mark.slow
def test_fifty_megabytes_decide_nothing_and_wait_for_a_person(asked: Asked) -> None:
    attached = ("application/octet-stream", ("x" * 76 + "\n") * 700_000)
    kind, body = parts(TEXT, attached)
    row = asked.answer(body, kind=kind)
    assert row["size"] > 50_000_000
    assert (row["state"], row["reason"]) == ("tray", "too_large")
    undecided(asked)


# ---------------------------------------------------------------- again, too late, about something else


def test_a_replayed_answer_decides_once(asked: Asked) -> None:
    raw = asked.letter("GODKÄNN")
    to = asked.to
    assert asked.come(raw, to)["disposition"] == "decided"
    assert asked.come(raw, to)["disposition"] == "decided"
    assert asked.come(raw.replace(b"Message-ID: <", b"Message-ID: <again-"), to)["disposition"] == "refused"
    other = raw.replace(b"Message-ID: <", b"Message-ID: <more-").replace("GODKÄNN".encode(), "ÅTERREMISS".encode())
    assert asked.come(other, to)["disposition"] == "refused"
    assert asked.story.asked_of(KEY) == {"rsau_chair": "approved"}
    assert asked.story.kinds().count("approval:decided") == 1


def test_an_expired_request_decides_nothing_and_the_chair_is_told(asked: Asked) -> None:
    asked.story.clock.now += timedelta(days=90)
    row = asked.answer()
    assert row["disposition"] == "refused"
    undecided(asked)
    assert "för gammalt" in asked.story.mails("reply_held")[-1]["text"]


def test_an_answer_to_an_older_mail_decides_nothing(asked: Asked) -> None:
    asked.story.clock.now += timedelta(days=7)
    fire_due(asked.story.app)
    assert asked.address(0) != asked.to, "a reminder went out"
    row = asked.answer(to=asked.address(0))
    assert row["disposition"] == "refused"
    undecided(asked)
    assert "nyare mejl" in asked.story.mails("reply_held")[-1]["text"]


def test_an_answer_to_the_request_for_an_old_text_decides_nothing(asked: Asked) -> None:
    first = asked.to
    asked.story.add("officer", "declaration", "another text")
    assert asked.to != first, "a new request went out"
    row = asked.answer(to=first)
    assert row["disposition"] == "refused"
    assert asked.story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert told(asked)


def test_a_mail_that_lies_on_the_case_holds_no_secret_that_another_can_use(asked: Asked) -> None:
    """A held answer quotes the request and is read by others: its link has ended, its address heeds the chair alone."""
    link, to = link_of(asked.story, "rsau_chair"), asked.to
    asked.answer(f"Kanske.\n\n> http://127.0.0.1{link}")
    assert Phone(asked.story).open(link).status_code == 410
    assert asked.answer(to=to, from_="From: officer@region.example")["state"] == "tray"
    undecided(asked)
    assert asked.answer(to=to)["disposition"] == "decided"


# ---------------------------------------------------------------- steps aside, signs, asks


def test_a_chair_with_a_conflict_steps_aside_by_reply(asked: Asked) -> None:
    link = link_of(asked.story, "rsau_chair")
    assert asked.answer("JÄV")["disposition"] == "decided"
    assert asked.story.asked_of(KEY)["rsau_chair"] == "recused"
    assert Phone(asked.story).open(link).status_code == 410
    assert asked.answer()["disposition"] == "refused"


def test_a_signature_that_nobody_checks_makes_no_mail_more_believed(asked: Asked) -> None:
    signed = ("application/pkcs7-signature; name=smime.p7s", "MIIB")
    kind, body = parts(TEXT, signed, kind='signed; protocol="application/pkcs7-signature"; micalg=sha-256')
    row = asked.answer(body, kind=kind, results="")
    assert (row["state"], row["reason"]) == ("tray", "sender_no_result")
    undecided(asked)


# ---------------------------------------------------------------- two machines


@pytest.mark.parametrize("relay", ["honest", "strips"])
def test_two_installations_that_answer_each_other_end(story: Story, story_on_each: Story, relay: str) -> None:
    """Each one's chair is the other one; at worst something between them takes away what marks automatic mail."""
    both = []
    for one in (story, story_on_each):
        one.at("awaiting_rsau")
        one.app = trusting(one.app)
        both.append(Asked(one, 0))
    passed, seen = 0, [{m["id"] for m in one.story.mails() if m["kind"] == "receipt"} for one in both]
    for _ in range(30):
        for here, there, done in ((both[0], both[1], seen[0]), (both[1], both[0], seen[1])):
            for mail in [m for m in here.story.mails(to="rsau_chair") if m["id"] not in done]:
                done.add(mail["id"])
                passed += 1
                with lmtp.listening(there.story.app, lambda: None, port=0) as port:
                    there.port = port
                    there.come(relayed(here.story, mail, relay), mail_from="" if relay == "honest" else CHAIR)
    assert passed <= 2 * (1 + 3)
    if relay == "honest":
        assert passed == 2, "neither answers the other at all"
    for one in both:
        undecided(one)


def relayed(story: Story, mail: Row, relay: str) -> bytes:
    """A mail as it leaves, come to the other installation with its chair's name on it."""
    row = {**mail, "register_no": story.no}
    outgoing = mime.Outgoing(**{k: v for k, v in row.items() if k in mime.Outgoing.__slots__})
    message = mime.build(outgoing, (), story.app.settings, story.app.keys)
    del message["From"], message["Authentication-Results"]
    message["From"] = CHAIR
    if relay == "strips":
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"):
            del message[name]
    return f"{BELIEVED}\r\n".encode() + message.as_bytes()
