"""Headers survive, hostile titles inject nothing, and the connection is as safe as the settings ask."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import ssl
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from post import NOW, Server, serving

from arende import keys, mime, smtp
from arende.errors import Invalid, Unavailable
from arende.keys import Ring
from arende.mime import Attachment, Outgoing
from arende.settings import Settings
from arende.smtp import Delivery, Mailer

SETTINGS = Settings(data_dir=Path(tempfile.mkdtemp(prefix="arende-key-")))
RING = Ring(SETTINGS)

MAIL = Outgoing(
    id=7,
    address="asa.oberg@kommun.example",
    recipient_name="Åsa Öberg, ordförande",
    subject="[RS260017] Begäran om yttrande",
    text="Hej!\r\n\r\n.\r\n.. Årets första punkt\nFrom here",
    html="<p>Hej!</p>",
    message_id="<m2@arende.region.example>",
    thread_id="<m1@arende.region.example>",
    created_at=NOW,
    register_no="RS260017",
)
HOSTILE = [
    "=?utf-8?q?Bidrag=0ABcc=3A_e=40e=2Eexample?=",
    "Bidrag\r\nBcc: e@e.example",
    "Bidrag\u2028Bcc: e@e.example",
    "=?utf-8?b?QQpCY2M6IGVAZS5leGFtcGxl?=",
    "Åre =?utf-8?q?=0ABcc=3A_e=40e=2Eexample?=",
    "a =\r\n?utf-8?q?=0ABcc=3A_e=40e=2Eexample?=",
    "==??utf-8?q?=0ABcc=3A_e=40e=2Eexample?=",
    "=\u202e?utf-8?q?=0ABcc=3A_e=40e=2Eexample?=",
    "\x00\x1b[31mrött\x85Bcc: e@e.example",
    "lone \ud800 surrogate",
    "🏛️ " * 300,
    "x" * 10_000,
    "Å" * 10_000,
]


def sent(mail: Outgoing, attachments: Sequence[Attachment] = (), **given: str) -> tuple[bytes, EmailMessage]:
    raw = mime.build(mail, attachments, Settings(**given), RING).as_bytes()  # type: ignore[arg-type]  # test data
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    return raw, read


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_title_or_name_cannot_inject_a_header(title: str) -> None:
    raw, read = sent(
        replace(MAIL, subject=title, recipient_name=title),
        [Attachment(title, title, b"x")],
    )
    head = raw.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in raw
    assert read["Bcc"] is None
    assert all(len(read.get_all(name, [])) == 1 for name in ("From", "To", "Subject", "Date", "Message-ID"))
    assert [a.addr_spec for a in read["To"].addresses] == [MAIL.address]
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998


def test_what_is_written_word_for_word_stays_on_its_line() -> None:
    raw, _ = sent(replace(MAIL, message_id="<a\r\nBcc: e@e.example>", thread_id="<å\r\n\r\nx>"))
    assert b"\nBcc" not in raw
    assert b"\r\nIn-Reply-To: <? x>\r\nReferences: <? x>\r\n" in raw


def test_this_python_is_found_safe() -> None:
    mime.self_test()


def test_a_python_that_makes_a_header_of_a_title_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMessage, "as_bytes", lambda _self: b"Subject: a\r\nBcc: e@e.example\r\n\r\n")
    mime.self_test.cache_clear()
    with pytest.raises(Unavailable, match="Inga mejl sänds"):
        mime.self_test()
    mime.self_test.cache_clear()


@pytest.mark.long
def test_swedish_subjects_and_names_survive() -> None:
    text = "Begäran om beslut bidrag till Östra skärgården kulturnämnden ärende återremiss förslag Åre och av § 12 (RS)"
    words = [*text.split(), "regionråd", "möte", "yttrande", "–", "avsiktsförklaring,", "planering:", "fysisk"]
    rnd = random.Random(1)  # noqa: S311 – the same titles every time
    for n in range(2000):
        title = f"[RS26{n:04d}] " + " ".join(rnd.choices(words, k=rnd.randint(3, 14)))
        message = EmailMessage(policy=mime.MAIL)
        message["Subject"] = title
        message["To"] = mime.Address("Åsa Öberg, ordförande", "x", "y.example")
        read = message_from_bytes(message.as_bytes(), policy=default)
        assert read["Subject"] == title
        assert read["To"] == message["To"]


def test_a_name_too_long_for_one_encoded_word_is_left_out() -> None:
    name = "Mycket lång nämnd för hälsa och sjukvård samt kultur och bildning i Östra skärgården"
    raw, _ = sent(replace(MAIL, recipient_name=name))
    assert b"\r\nTo: asa.oberg@kommun.example\r\n" in raw


def test_the_mail_says_what_it_is_and_hangs_together_with_the_case() -> None:
    raw, read = sent(MAIL, [Attachment("Tjänsteskrivelse Å.pdf", "application/pdf", b"%PDF")])
    assert read["From"].addresses[0].display_name == "Ärendesystemet"
    assert read["In-Reply-To"] == read["References"] == MAIL.thread_id
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert read["Date"].datetime == NOW
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html is not None
    assert html.get_content().strip() == MAIL.html
    (file,) = read.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("Tjänsteskrivelse Å.pdf", "application/pdf")
    assert raw == sent(MAIL, [Attachment("Tjänsteskrivelse Å.pdf", "application/pdf", b"%PDF")])[0]


def test_the_first_mail_of_a_case_refers_to_nothing() -> None:
    _, read = sent(replace(MAIL, message_id=MAIL.thread_id))
    assert read["References"] is None


def test_a_wrong_sender_in_the_settings_is_told() -> None:
    with pytest.raises(Invalid, match="ARENDE_MAIL_FROM"):
        sent(MAIL, mail_from="ingen adress")


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a@räksmörgås.example", "a@xn--rksmrgs-5wao1o.example"),
        ("a@kommun.test", "a@kommun.test"),
        ("å@kommun.example", None),
        ("a@b@kommun.example", None),
        ("a@kommun.example>\r\nRCPT TO:<e@e.example", None),
        ("", None),
    ],
)
def test_only_plain_addresses_are_deliverable(address: str, wire: str | None) -> None:
    assert mime.deliverable(address) == wire


# ---------------------------------------------------------------- the site key


def test_the_site_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    assert keys.site_key(settings) == keys.site_key(settings)
    assert (tmp_path / "new" / "site.key").stat().st_mode & 0o777 == 0o600
    assert [f.name for f in (tmp_path / "new").iterdir()] == ["site.key"]


def test_a_damaged_site_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "k"
    file.write_bytes(b"short")
    with pytest.raises(Unavailable, match="32 byte"):
        keys.site_key(Settings(site_key_file=file))


def test_a_tag_depends_on_key_purpose_and_every_part() -> None:
    tags = {
        keys.tag(key, purpose, *parts)
        for key in (b"a" * 32, b"b" * 32)
        for purpose in ("bounce", "reply")
        for parts in (("1", "2"), ("12",), ("1", "", "2"))
    }
    assert len(tags) == 12
    assert all(len(t) == 32 and t == t.lower() and t.isalnum() for t in tags)


def test_after_a_rotation_what_was_promised_under_the_old_key_still_holds(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    running = Ring(settings)
    old = running.current
    before = running.tag(old, "link", "<m1@x.example>")
    new = keys.rotate(settings)
    assert new not in (old, "")
    assert Ring(settings).ids == (new, old)
    assert Ring(settings).tag(old, "link", "<m1@x.example>") == before
    assert Ring(settings).tag(new, "link", "<m1@x.example>") != before
    assert running.tag(new, "link", "x") == Ring(settings).tag(None, "link", "x")  # a process that runs on learns of it
    assert {f.stat().st_mode & 0o777 for f in tmp_path.rglob("*.key")} == {0o600}
    with pytest.raises(Unavailable, match="Nyckeln abc saknas"):
        running.tag("abc", "link", "x")


# ---------------------------------------------------------------- answers to a mail


def test_a_mail_says_where_its_answer_goes() -> None:
    _, on_the_case = sent(MAIL)
    assert re.fullmatch(r"svar\+rs260017\.[a-z2-7]{16}@arende\.region\.example", on_the_case["Reply-To"])
    _, asked = sent(replace(MAIL, kind="approval"))
    assert asked["Reply-To"] == f"beslut+{mime.reply_tag(RING, None, MAIL.message_id)}@arende.region.example"
    _, receipt = sent(replace(MAIL, kind="receipt"))
    assert (receipt["Reply-To"], receipt["Auto-Submitted"]) == (on_the_case["Reply-To"], "auto-replied")
    assert mime.return_path(replace(MAIL, kind="receipt"), SETTINGS, RING) == ""


def test_the_link_is_filled_in_only_when_an_approval_mail_is_built() -> None:
    text = f"Svara: http://a.example{mime.LINK}\n"
    asked = replace(MAIL, kind="approval", text=text, html=f'<a href="http://a.example{mime.LINK}">Svara</a>')
    _, read = sent(asked)
    link = f"http://a.example/b/{mime.link_tag(RING, None, MAIL.message_id)}"
    plain, html = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == f"Svara: {link}"
    assert html.get_content().strip() == f'<a href="{link}">Svara</a>'
    _, other = sent(replace(asked, kind="case"))
    assert link not in str(other)


# ---------------------------------------------------------------- the connection


def hand_over(settings: Settings, mail: Outgoing = MAIL) -> Delivery:
    async def once() -> Delivery:
        async with Mailer(settings) as mailer:
            return await mailer.send(mail)

    return asyncio.run(once())


def test_the_envelope_sender_names_the_row_by_a_tag(tmp_path: Path) -> None:
    server = Server()

    async def once() -> Delivery:
        async with serving(server) as port, Mailer(Settings(data_dir=tmp_path, smtp_port=port)) as mailer:
            return await mailer.send(MAIL)

    sha256 = hashlib.sha256(
        mime.build(MAIL, (), Settings(data_dir=tmp_path), Ring(Settings(data_dir=tmp_path))).as_bytes()
    )
    assert asyncio.run(once()) == Delivery("accepted", "250 kept", sha256=sha256.hexdigest())
    ((sender, to, raw),) = server.accepted
    assert sender.startswith("studs+7.")
    assert sender.endswith("@arende.region.example")
    assert to == MAIL.address
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == MAIL.text.splitlines(), "a lone dot ends nothing"


def test_an_idle_connection_that_died_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STALE_AFTER", 0.0)
    server, sessions = Server(), list[SMTP]()

    async def twice() -> list[str]:
        async with (
            serving(server, sessions) as port,
            Mailer(Settings(data_dir=tmp_path, smtp_port=port)) as mailer,
        ):
            first = await mailer.send(MAIL)
            sessions[0].transport.close()  # the server hangs up
            return [first.kind, (await mailer.send(MAIL)).kind]

    assert asyncio.run(twice()) == ["accepted", "accepted"]
    assert server.connections == 2


def test_a_password_is_not_sent_in_clear_over_the_network(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="okrypterat"):
        Mailer(Settings(data_dir=tmp_path, smtp_host="mx.region.example", smtp_user="u"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    file, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(file)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    file.write_text(file.read_text() + key.read_text())
    return file


def over_tls(tmp_path: Path, certificate: Path, host: str = "localhost") -> tuple[Server, Delivery]:
    server, context = Server(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def once() -> Delivery:
        async with serving(server, tls_context=context, require_starttls=True) as port:
            settings = Settings(data_dir=tmp_path, smtp_host=host, smtp_port=port, smtp_tls="starttls")
            async with Mailer(settings) as mailer:
                return await mailer.send(MAIL)

    return server, asyncio.run(once())


def test_starttls_with_a_trusted_certificate(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, result = over_tls(tmp_path, certificate)
    assert result.kind == "accepted", result.reply
    assert len(server.accepted) == 1


def test_a_certificate_that_nobody_trusts_or_of_another_name_stops_the_mail(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, result = over_tls(tmp_path, certificate)
    assert (result.kind, result.down, server.accepted) == ("temporary", True, [])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, result = over_tls(tmp_path, certificate, host="127.0.0.1")
    assert (result.kind, result.down, server.accepted) == ("temporary", True, [])


def test_a_server_without_the_encryption_asked_for_gets_no_mail(tmp_path: Path) -> None:
    server = Server()

    async def once() -> Delivery:
        async with serving(server) as port:
            settings = Settings(data_dir=tmp_path, smtp_port=port, smtp_tls="starttls")
            async with Mailer(settings) as mailer:
                return await mailer.send(MAIL)

    result = asyncio.run(once())
    assert (result.kind, result.down, server.accepted) == ("temporary", True, [])


def test_a_login_that_fails_is_the_servers_trouble_not_the_mails(tmp_path: Path) -> None:
    server = Server()

    async def once() -> Delivery:
        async with serving(server, auth_require_tls=False) as port:
            settings = Settings(data_dir=tmp_path, smtp_port=port, smtp_user="u", smtp_password="wrong")  # type: ignore[arg-type]  # pydantic makes it secret
            async with Mailer(settings) as mailer:
                return await mailer.send(MAIL)

    result = asyncio.run(once())
    assert (result.kind, result.down, server.accepted) == ("temporary", True, [])
    assert "wrong" not in result.reply


def test_nobody_at_the_port_is_temporary(tmp_path: Path) -> None:
    result = hand_over(Settings(data_dir=tmp_path, smtp_port=1))
    assert (result.kind, result.down) == ("temporary", True)
